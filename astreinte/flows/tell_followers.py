"""Tells those who follow an incident what is said in public about it, and that it is over; and whoever has it, that a promise is late."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from astreinte.accounts.models import User
from astreinte.monitoring import drafts, said
from astreinte.monitoring.models import Incident, PublicMessage
from astreinte.notifications import actions as notifications
from astreinte.notifications import queries as outbox
from astreinte.notifications.actions import Letter

# After everything else: five hundred followers never stand before a page.
LAST = 7
# Somebody works on it now, and waits for this: after pages, before letters.
SOON = 2


def said_about(incident: Incident, message: PublicMessage, *, of_parts: bool, at: datetime) -> int:
    """A public message, to each follower once. Answers how many letters that made."""
    until = message.next_update_at.isoformat() if message.next_update_at else ""
    context = {
        "stage": message.stage,
        "stage_words": drafts.stage_words(message.stage),
        "texts": message.texts,
        "next_update_at": until,
    }
    people = said.followers(incident, of_parts=of_parts)
    return _to_each(people, kind="incident_said", once=f"{incident.story}/said/{message.pk}", context=context, at=at)


def over(incident: Incident, *, at: datetime) -> int:
    """It is over, and nothing was ever said about it in public: those who follow it are told all the same."""
    context = {"texts": drafts.of(incident, stage="resolved")}
    people = said.followers(incident, of_parts=False)
    return _to_each(
        people, kind="incident_over", once=f"{incident.story}/over/{incident.times}", context=context, at=at
    )


def _to_each(
    people: Iterable[tuple[User, Incident]], *, kind: str, once: str, context: dict[str, Any], at: datetime
) -> int:
    letters = [
        notifications.by_email(
            person,
            once=f"{once}/{person.pk}",
            about=incident.followers_story,
            kind=kind,
            due_at=at,
            priority=LAST,
            context={**context, **_read_by(person, context["texts"]), **_of(incident)},
        )
        for person, incident in people
    ]
    return notifications.enqueue(letters, at=at)


def _read_by(person: User, texts: dict[str, str]) -> dict[str, str]:
    told = said.in_language(texts, language=person.language)
    return {"text": told.text, "other_language": "" if told.language == person.language else told.language}


def _of(incident: Incident) -> dict[str, str]:
    return {"title": incident.title, "path": f"/incidents/{incident.public_id}/"}


def promise_is_late(incident: Incident, person: User, *, at: datetime) -> None:
    """To whoever has it, by the first of their ways that is not a call: the hour that was promised has passed."""
    ways = [one for one in outbox.contacts([person]).get(person.pk, ()) if one.kind != "voice"]
    way = ways[0] if ways else None
    promised = incident.next_update_at.isoformat() if incident.next_update_at else ""
    letter = Letter(
        once=f"{incident.story}/update_due/{promised}/{person.pk}",
        about=incident.story,
        kind="update_due",
        person=person,
        name=person.name,
        language=person.language,
        channel=way.kind if way else "email",
        contact=way,
        address=way.address if way else person.email,
        due_at=at,
        priority=SOON,
        context={
            "title": incident.title,
            "promised_at": promised,
            "path": f"/console/incidents/{incident.public_id}/#words",
        },
    )
    notifications.enqueue([letter], at=at)


def promise_is_kept(incident: Incident, *, at: datetime) -> None:
    """Somebody spoke: a reminder that has not left yet says nothing any more."""
    notifications.withdraw(incident.story, kinds=["update_due"], at=at)
