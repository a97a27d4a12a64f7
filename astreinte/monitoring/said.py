"""What was said in public about incidents, and to whom: reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import User
from astreinte.core import rows
from astreinte.customers import queries as customers
from astreinte.monitoring.models import Follower, Incident, PublicMessage
from astreinte.monitoring.states import IncidentState

# The same person, the same words, within this: one click too many.
TWICE = timedelta(minutes=1)
# Promises looked at in one turn.
LOOKED_AT = 100
# Whoever sees every server may follow any incident.
SEES_ALL = ("engineer", "manager", "admin")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A text, and the language it is in."""

    text: str
    language: str


def languages() -> list[str]:
    """The languages of the desk, the first one first."""
    provider = accounts.provider()
    return list(provider.languages if provider else []) or ["fr"]


def in_language(texts: Mapping[str, str], *, language: str) -> Told:
    """These words in the reader's language; else in the first of the desk's that there is."""
    found = next((one for one in (language, *languages(), *texts) if texts.get(one)), "")
    return Told(text=texts.get(found, ""), language=found)


def about(incidents: Iterable[Incident]) -> dict[int, list[PublicMessage]]:
    """What was said about each of these, or about the trouble it is a part of, oldest first; by the key of the incident."""
    of = {one.pk: {one.pk, one.parent_id} for one in incidents}
    asked = {key for keys in of.values() for key in keys if key}
    spoken: dict[int, list[PublicMessage]] = defaultdict(list)
    for message in PublicMessage.objects.filter(incident__in=asked).select_related("author"):
        spoken[message.incident_id].append(message)
    return {
        pk: sorted((one for key in keys if key for one in spoken[key]), key=lambda one: one.pk)
        for pk, keys in of.items()
    }


def last_about(incidents: Iterable[Incident]) -> dict[int, PublicMessage]:
    """The last word about each of these that there is a word about; by the key of the incident."""
    return {pk: messages[-1] for pk, messages in about(incidents).items() if messages}


def last_of(incident: Incident) -> PublicMessage | None:
    """The last word about this very incident."""
    return incident.messages.order_by("-pk").first()


def just_said(
    incident: Incident, *, author: User, stage: str, texts: Mapping[str, str], at: datetime
) -> PublicMessage | None:
    """The last word, when it is this one: the same person pressed twice."""
    last = last_of(incident)
    same = last and (last.author_id, last.stage, last.texts) == (author.pk, stage, dict(texts))
    return last if last and same and last.said_at > at - TWICE else None


def overdue(*, at: datetime) -> list[Incident]:
    """Incidents in progress whose promised update is late, and nobody was reminded of it."""
    late = Incident.objects.filter(state=IncidentState.OPEN, reminded_at=None, next_update_at__lte=at)
    return list(late.select_related("page", "parent__page").order_by("next_update_at")[:LOOKED_AT])


# -- followers -----------------------------------------------------------------------------------------------------------


def is_followed(incident: Incident, *, by: User) -> bool:
    """Whether this person follows this incident."""
    return incident.followers.filter(user=by).exists()


def followed(incidents: Iterable[Incident], *, by: User) -> frozenset[int]:
    """The keys of those of these incidents that this person follows."""
    mine = {"user": by, "incident__in": [one.pk for one in incidents]}
    return frozenset(one.incident_id for one in rows.select(Follower, mine))


def followers(incident: Incident, *, of_parts: bool) -> list[tuple[User, Incident]]:
    """Who is to be told, each once, and which incident they follow: this one, or a part of it that is not over.

    Only those who still see one of its servers: rights may have gone since they began to follow.
    """
    here = Q(incident=incident)
    parts = Q(incident__parent=incident, incident__state=IncidentState.OPEN)
    follow = Follower.objects.filter(here | parts if of_parts else here, user__is_active=True)
    found: dict[int, tuple[User, Incident]] = {}
    for row in follow.select_related("user", "incident").prefetch_related("incident__servers__customer").order_by("pk"):
        if row.user_id not in found or row.incident_id == incident.pk:
            found[row.user_id] = row.user, row.incident
    return _who_see(list(found.values()))


def _who_see(people: Collection[tuple[User, Incident]]) -> list[tuple[User, Incident]]:
    servers = {server.pk: server for _user, one in people for server in one.servers.all()}
    seeing = {person.pk: {one.pk for one in theirs} for person, theirs in customers.responsible_for(servers.values())}
    staff = set(accounts.with_role(*SEES_ALL).values_list("pk", flat=True))
    return [
        (person, one)
        for person, one in people
        if person.pk in staff or any(server.pk in seeing.get(person.pk, ()) for server in one.servers.all())
    ]
