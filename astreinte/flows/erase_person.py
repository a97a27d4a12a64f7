"""A person is erased from the desk: what they typed, and who they were. Their acceptances and invoices stay, and every chain holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from astreinte.accounts import actions as accounts
from astreinte.accounts import erased
from astreinte.accounts.models import User
from astreinte.billing import actions as billing
from astreinte.core.actors import SYSTEM, Actor
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.customers import actions as customers
from astreinte.flows import subscribe
from astreinte.monitoring import inquiries, subscribers
from astreinte.monitoring.actions import subscribers as monitoring
from astreinte.notifications import leftovers as messages
from astreinte.paging import actions as paging
from astreinte.tickets import actions as tickets
from astreinte.tickets import erasing


class WorksHere(Refusal):
    """%(name)s works for the provider: take their roles away in the provider file first. Nothing was erased."""

    slug = "works-here"


class NobodyToErase(Refusal):
    """This account is nobody's: it was erased, or stands in for people in rehearsals."""

    slug = "nobody-to-erase"


class StillToLeave(Refusal):
    """A message to %(name)s, or about one of their cases, has still to leave: try again once it has. Nothing was erased."""

    slug = "still-to-leave"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is erased, case by case, and how much stays for the law."""

    person: User
    typed: list[erasing.Typed]
    diagnoses: int
    files: int
    acceptances: int

    @property
    def stories(self) -> list[str]:
        """Those in which their words were told to others: of their cases, and of the calls that these began."""
        pages = [one.ticket.page.story for one in self.typed if one.opened and one.ticket.page]
        return [*(one.ticket.story for one in self.typed), *pages]


def look(person: User) -> Found:
    """What there is to erase. Raises a Refusal that names the first thing in the way; writes nothing."""
    if person.stands_in or erased.is_erased(person):
        raise NobodyToErase
    if person.roles:
        raise WorksHere(name=person.name)
    typed = erasing.typed_by(person)
    for one in typed:
        refusal = erasing.not_over(one.ticket)
        if refusal:
            raise refusal
    return _found(person, typed)


def _found(person: User, typed: list[erasing.Typed]) -> Found:
    found = Found(
        person=person,
        typed=typed,
        diagnoses=erasing.diagnoses_of(person).count(),
        files=erasing.files_of(person),
        acceptances=erasing.acceptances_of(person),
    )
    if messages.on_its_way(person, about=found.stories):
        raise StillToLeave(name=person.name)
    return found


def erase(person: User, *, why: str, by: Actor, at: datetime) -> Found:
    """For good. `why` is kept and names nobody. Raises what `look` raises.

    Files go once all the rest is certain: those of a desk that stopped in between go the next time.
    """
    found = _erase(person, why=why, is_listed=False, by=by, at=at)
    tickets.remove_files()
    return found


@all_or_nothing
def _erase(person: User, *, why: str, is_listed: bool, by: Actor, at: datetime) -> Found:
    accounts.hold(person)  # nobody writes in their name, nor erases them twice, until this ends
    found, (name, instead) = look(person), erased.words(person.language)
    for one in found.typed:
        _case(one, instead=instead, why=why, by=by, at=at)
    tickets.erase_diagnoses(person)
    _leave(found, at=at)
    if not is_listed:  # before the address is gone; without it a backup of before would bring them back
        erased.write(person, why=why, at=at)
    accounts.erase(person, name=name, why=why, by=by, at=at)
    return found


def _case(typed: erasing.Typed, *, instead: str, why: str, by: Actor, at: datetime) -> None:
    """What they typed in one case; and, where it is theirs, its sentence on the call and in the charge."""
    tickets.erase_typed(typed, instead=instead, why=why, by=by, at=at)
    if typed.opened:
        billing.erase_words(typed.ticket.ref)
    if typed.opened and typed.ticket.page:
        paging.erase_words(typed.ticket.page, instead=instead)


def _leave(found: Found, *, at: datetime) -> None:
    """Nothing reaches them any more, and nobody keeps what was said of their cases."""
    accounts.forget_answers(one.ticket.ref for one in found.typed)
    asked = [one.story for one in inquiries.own(found.person)]
    messages.forget_person(found.person, theirs=asked, about=found.stories)
    monitoring.forget_person(found.person)
    for one in subscribers.at_address(found.person.email):
        subscribe.leave(one, at=at)
    customers.leave(found.person)


def again(*, at: datetime) -> tuple[list[User], Sequence[tuple[User, Refusal]]]:
    """After an old backup was restored: those whom `erased.jsonl` names are erased again. Answers who is, and who cannot be yet."""
    done: list[User] = []
    refused: list[tuple[User, Refusal]] = []
    for person, line in erased.are_back():
        try:
            _erase(person, why=line.why, is_listed=True, by=SYSTEM, at=at)
        except Refusal as refusal:
            refused.append((person, refusal))
        else:
            done.append(person)
    tickets.remove_files()
    return done, refused
