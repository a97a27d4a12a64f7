"""Nobody has answered yet: ring the next step; an empty one is skipped at once, and a whole round of nobody is the last resort."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.core.moves import CannotMove
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import tell
from astreinte.notifications import actions as notifications
from astreinte.notifications import queries as outbox
from astreinte.notifications.actions import Letter
from astreinte.oncall import queries as oncall
from astreinte.paging import actions as paging
from astreinte.paging import queries as pages
from astreinte.paging.models import Page
from astreinte.paging.rules.plan import Ring, following
from astreinte.tickets.rules.rehearsal import stand_ins

AT_ONCE = 200
# A call is placed again every minute while its step lasts (features, C9), five times at most.
CALL_AGAIN = timedelta(seconds=60)
MAX_CALLS = 5


def due(*, at: datetime) -> int:
    """Every page whose next step is due climbs. Answers how many did."""
    return sum(climbed(page, at=at) for page in pages.due(at=at, limit=AT_ONCE))


def climbed(page: Page, *, at: datetime) -> bool:
    """Move one page to its next step; False when another pager was faster, or somebody took it."""
    try:
        one(page, at=at)
    except CannotMove:
        return False
    return True


@all_or_nothing
def one(page: Page, *, at: datetime) -> None:
    """Ring the next step that has somebody to ring, skipping the empty ones at once."""
    first(page, at=at)


def first(page: Page, *, at: datetime) -> None:
    """The same, in the transaction of the flow that starts the page: what it accepts includes the first notifications."""
    for _ in page.plan["steps"]:
        ring = following(page.plan, step=page.step, round_=page.round)
        letters = letters_to(page, people(ring.targets, at=at), ring=ring, at=at)
        called = [*_names(letters), *(stand_ins(ring.targets) if page.rehearsal else ())]
        paging.climb(page, ring, people=called, at=at)
        if called:
            notifications.enqueue(letters, at=at)
            return
        if not page.rehearsal:
            tell.step_was_empty(page, at=at)
        if ring.last_of_round:
            break
    if not page.reached and not page.rehearsal:
        _last_resort(page, at=at)


def _names(letters: list[Letter]) -> list[str]:
    return list({letter.name: None for letter in letters})


def people(targets: Iterable[str], *, at: datetime) -> list[User]:
    """The people these targets name at this instant, each once, in order: `rota:NAME`, `role:ROLE`, or an address."""
    found: dict[int, User] = {}
    for target in targets:
        for person in _named(target, at=at):
            found.setdefault(person.pk, person)
    return list(found.values())


def _named(target: str, *, at: datetime) -> list[User]:
    kind, _, name = target.rpartition(":")
    if kind == "rota":
        return [holding.person for holding in oncall.on_call(name, at=at)]
    if kind == "role":
        return accounts.holders(name)
    person = accounts.named(name)
    return [person] if person else []


def letters_to(page: Page, called: list[User], *, ring: Ring, at: datetime) -> list[Letter]:
    """What these people are sent, each by their own contact rules from now on; nothing for who cannot be reached."""
    called = [person for person in called if page.may_ring(person, round_=ring.round)]
    contacts = outbox.contacts(called)
    return [
        Letter(
            once=f"{page.story}/{ring.round}/{ring.step}/{person.pk}/{contact.pk}/{count}",
            about=page.story,
            kind="page",
            person=person,
            name=person.name,
            language=person.language,
            channel=contact.kind,
            contact=contact,
            address=contact.address,
            due_at=at + timedelta(seconds=contact.after_s) + count * CALL_AGAIN,
            priority=0 if page.facts.get("urgent", True) else 1,  # in a storm a customer's call leaves first
            context={"title": page.title, **page.facts, "code": page.code},
        )
        for person in called
        for contact in contacts.get(person.pk, ())
        for count in range(_times(contact.kind, after=timedelta(seconds=contact.after_s), length=ring.length))
    ]


def _times(kind: str, *, after: timedelta, length: timedelta) -> int:
    if kind != "voice":
        return 1
    return max(1, min(MAX_CALLS, int((length - after) / CALL_AGAIN)))


def _last_resort(page: Page, *, at: datetime) -> None:
    """Everybody of the staff who can be reached; the provider's own mailbox when there is nobody at all."""
    called = people(page.plan.get("last_resort", []), at=at) or list(accounts.staff())
    ring = Ring(step=page.step, round=page.round, targets=(), length=CALL_AGAIN, last_of_round=True)
    letters = letters_to(page, called, ring=ring, at=at) or tell.mailbox_letters(page, at=at)
    notifications.enqueue(letters, at=at)
    paging.resorted(page, _names(letters), at=at)
