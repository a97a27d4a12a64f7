"""The verbs of what is said in public about an incident, and of who follows it."""

from collections.abc import Mapping
from datetime import datetime

from astreinte.accounts.models import User
from astreinte.core import digests, moves, timeline
from astreinte.core.actors import SYSTEM, Actor
from astreinte.monitoring.models import Follower, Incident, PublicMessage
from astreinte.monitoring.states import IncidentState


def hold(incident: Incident) -> Incident:
    """Nobody else says anything about it before this transaction ends."""
    return moves.hold(incident)


def say(
    incident: Incident,
    *,
    stage: str,
    texts: Mapping[str, str],
    author: User | None,
    next_update_at: datetime | None,
    by: Actor,
    at: datetime,
) -> PublicMessage:
    """A public message, with the promise of the next one; the promise before it is kept, or void."""
    message = PublicMessage.objects.create(
        incident=incident, stage=stage, texts=dict(texts), author=author, next_update_at=next_update_at, said_at=at
    )
    Incident.objects.filter(pk=incident.pk).update(next_update_at=next_update_at, reminded_at=None)
    incident.next_update_at, incident.reminded_at = next_update_at, None
    said = {"stage": str(stage), "texts_sha256": digests.sha256(digests.canonical_json(dict(texts)))}
    timeline.record(message, "incident:said", at=at, by=by, story=incident.story, **said)
    return message


def remind(incident: Incident, *, name: str, at: datetime) -> bool:
    """The promised hour passed in silence: that is said once. False when somebody spoke meanwhile, or was reminded already."""
    late = Incident.objects.filter(pk=incident.pk, state=IncidentState.OPEN, reminded_at=None, next_update_at__lte=at)
    if not late.update(reminded_at=at):
        return False
    timeline.record(incident, "incident:reminded", at=at, by=SYSTEM, story=incident.story, name=name)
    return True


def follow(incident: Incident, *, person: User, by: Actor, at: datetime) -> bool:
    """This person is told what is said from now on. False when they already are."""
    _row, is_new = Follower.objects.get_or_create(incident=incident, user=person, defaults={"since": at})
    if is_new:
        timeline.record(incident, "incident:followed", at=at, by=by, story=incident.followers_story, name=person.name)
    return is_new


def unfollow(incident: Incident, *, person: User, by: Actor, at: datetime) -> bool:
    """This person is told no more. False when they were not."""
    gone, _each = Follower.objects.filter(incident=incident, user=person).delete()
    if gone:
        timeline.record(incident, "incident:unfollowed", at=at, by=by, story=incident.followers_story, name=person.name)
    return bool(gone)
