"""What is said in public about an incident: by a person, or by itself once it is over; and the promise to say more is kept in mind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.core import words
from astreinte.core.actors import SYSTEM
from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing
from astreinte.flows import tell_followers
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import drafts, said
from astreinte.monitoring.models import Incident, PublicMessage

LONGEST = 20_000
INVESTIGATING, RESOLVED = "investigating", "resolved"


class NothingSaid(Refusal):
    """Write the message, in at least one of the languages of the desk."""

    slug = "nothing-said"
    status = 422


class TooLong(Refusal):
    """At most 20,000 characters in each language: this text has %(length)s."""

    slug = "too-long"
    status = 422


class UnknownLanguage(Refusal):
    """The desk does not speak %(language)s: write in one of %(known)s."""

    slug = "unknown-language"
    status = 422


class AlreadyOver(Refusal):
    """This incident is over: only a last word can be said about it, at the stage “it is over”."""

    slug = "not-open"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What somebody says: how far we are, the text by language, and in how long the next word is promised (never after the last)."""

    stage: str
    texts: Mapping[str, str]
    next_update: timedelta | None = None


def _texts(what: Words) -> dict[str, str]:
    known = said.languages()
    unknown = sorted(set(what.texts) - set(known))
    if unknown:
        raise UnknownLanguage(language=unknown[0][:20], known=", ".join(known))
    found = {one: what.texts[one].strip() for one in known if not words.says_nothing(what.texts.get(one, ""))}
    if not found:
        raise NothingSaid
    longest = max(map(len, found.values()))
    if longest > LONGEST:
        raise TooLong(length=longest)
    return found


@all_or_nothing
def message(incident: Incident, what: Words, *, by: User, at: datetime) -> PublicMessage:
    """An engineer says something. It ends nothing, whatever its stage. The same words twice within a minute are one message."""
    texts = _texts(what)
    monitoring.hold(incident)
    last = said.just_said(incident, author=by, stage=what.stage, texts=texts, at=at)
    if last:
        return last
    if incident.state != "open" and what.stage != RESOLVED:
        raise AlreadyOver
    promised = at + what.next_update if what.next_update and what.stage != RESOLVED else None
    told = monitoring.say(
        incident, stage=what.stage, texts=texts, author=by, next_update_at=promised, by=by.actor, at=at
    )
    tell_followers.promise_is_kept(incident, at=at)
    tell_followers.said_about(incident, told, of_parts=True, at=at)
    return told


def over(incident: Incident, *, at: datetime) -> None:
    """It ended, in the transaction of whoever saw it: that is said by itself where something had been said before, once."""
    last = said.last_of(incident)
    if last is None:
        tell_followers.over(incident, at=at)
    elif last.stage != RESOLVED:
        _by_itself(incident, stage=RESOLVED, texts=drafts.of(incident, stage=RESOLVED), at=at)


def again(incident: Incident, *, at: datetime) -> None:
    """It rings again after it was said to be over: nobody is left with that."""
    last = said.last_of(incident)
    if last and last.stage == RESOLVED:
        _by_itself(incident, stage=INVESTIGATING, texts=drafts.again(incident), at=at)


def _by_itself(incident: Incident, *, stage: str, texts: Mapping[str, str], at: datetime) -> None:
    told = monitoring.say(incident, stage=stage, texts=texts, author=None, next_update_at=None, by=SYSTEM, at=at)
    tell_followers.promise_is_kept(incident, at=at)
    # what is a part of it and still fails is not over
    tell_followers.said_about(incident, told, of_parts=False, at=at)


# -- the promise ---------------------------------------------------------------------------------------------------------


def overdue(*, at: datetime) -> int:
    """Promised updates that did not come: whoever has the incident is reminded, once. Answers how many."""
    return sum(_reminded(incident, at=at) for incident in said.overdue(at=at))


@all_or_nothing
def _reminded(incident: Incident, *, at: datetime) -> bool:
    people = _who_has(incident)
    if not monitoring.remind(incident, name=", ".join(one.name for one in people), at=at):
        return False
    for person in people:
        tell_followers.promise_is_late(incident, person, at=at)
    return True


def _who_has(incident: Incident) -> list[User]:
    """Whoever took it; nobody did: whoever promised; they left: the managers."""
    call, last = incident.call, said.last_of(incident)
    asked = [call.acknowledged_by if call else None, last.author if last else None]
    person = next((one for one in asked if one and one.is_active), None)
    return [person] if person else accounts.holders("manager")
