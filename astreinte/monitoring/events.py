"""What speaks to PagerDuty, heard here: its Events API, version 2, becomes what any other monitoring says. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from astreinte.core import digests, texts
from astreinte.monitoring import payloads
from astreinte.monitoring.alertmanager import Heard

TRIGGER, ACKNOWLEDGE, RESOLVE = "trigger", "acknowledge", "resolve"
ACTIONS = (TRIGGER, ACKNOWLEDGE, RESOLVE)
SEVERITIES = ("critical", "error", "warning", "info")
# What kind of trouble it is, the most precise first: alerts of one server and one of these are one incident.
KINDS = ("class", "component", "group")
LONGEST_KEY = 255


class NotOneOf(payloads.Wrong):
    """The field %(field)s must be one of: %(known)s."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event. `heard` is None when it asks for nothing: a program takes charge of nothing in a person's place."""

    dedup_key: str
    heard: Heard | None


def routing_key(payload: Any) -> str:
    """Whose event it is, as its body says; raises Wrong."""
    return payloads.key(payloads.an_object(payload, "body").get("routing_key"), "routing_key")


def parse(payload: Any) -> Event:
    """What one event says; raises Wrong, which names the field."""
    said = payloads.an_object(payload, "body")
    action = _one_of(said.get("event_action"), "event_action", ACTIONS)
    dedup_key = _dedup_key(said.get("dedup_key"), begins=action == TRIGGER)
    if action == TRIGGER:
        return Event(dedup_key=dedup_key, heard=_triggered(said, dedup_key))
    if action == ACKNOWLEDGE:
        return Event(dedup_key=dedup_key, heard=None)
    over = Heard(fingerprint=_fingerprint(dedup_key), firing=False, name=RESOLVE, title=RESOLVE)
    return Event(dedup_key=dedup_key, heard=over)


def _one_of(value: Any, where: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise NotOneOf(field=where, known=", ".join(known))
    return str(value)


def _dedup_key(value: Any, *, begins: bool) -> str:
    """As it is given; a trigger without one is told the one it got."""
    if value is None or value == "":
        if not begins:
            raise payloads.Missing(field="dedup_key")
        return uuid.uuid4().hex
    if not isinstance(value, str):
        raise payloads.NotAText(field="dedup_key")
    if len(value) > LONGEST_KEY:
        raise payloads.TooLong(field="dedup_key", limit=LONGEST_KEY)
    return value


def _fingerprint(dedup_key: str) -> str:
    """Theirs may be longer than ours, and hold what no text of ours does."""
    fits = len(dedup_key) <= payloads.LONGEST["fingerprint"] and dedup_key == texts.plain(dedup_key)
    return dedup_key if fits else f"sha256/{digests.sha256(dedup_key)}"


def _triggered(said: Mapping[str, Any], dedup_key: str) -> Heard:
    what = payloads.an_object(said.get("payload"), "payload")
    known = ("summary", "source", *KINDS)
    told = {name: payloads.a_text(what.get(name), f"payload.{name}") for name in known}
    for name in ("summary", "source"):
        if not told[name].strip():
            raise payloads.Missing(field=f"payload.{name}")
    severity = _one_of(what.get("severity"), "payload.severity", SEVERITIES)
    title = payloads.short(told["summary"], "title")
    return Heard(
        fingerprint=_fingerprint(dedup_key),
        firing=True,
        name=payloads.short(next((told[one] for one in KINDS if told[one]), title), "name"),
        title=title,
        server=told["source"],
        service=told["component"],
        labels={**payloads.details(what.get("custom_details"), "payload.custom_details"), "severity": severity},
    )
