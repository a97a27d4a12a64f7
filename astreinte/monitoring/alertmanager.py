"""What other monitoring sends, read: Alertmanager's webhook (version 4) and our own plain shape become a list of what is heard. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from astreinte.core import digests, texts
from astreinte.core.refusals import Refusal

VERSION = "4"
FIRING = {"firing": True, "resolved": False}
# Objects in lists in objects: what both shapes need, and room to spare.
DEEPEST = 16
LONGEST = {"fingerprint": 200, "name": 200, "title": 300, "value": 1000}
MOST_LABELS = 64
# The labels that may name a server, the most precise first.
NAMES = ("server", "instance", "host", "hostname")
TITLES = ("summary", "title", "message", "description")


class NotJson(Refusal):
    """The body is not JSON: send an object, in UTF-8."""

    slug = "not-json"
    status = 400


class TooDeep(Refusal):
    """The JSON of the body is nested too deeply."""

    slug = "too-deep"
    status = 400


class Wrong(Refusal):
    """The field %(field)s is missing, or is not what is expected there."""

    slug = "invalid"
    status = 422


class NotAText(Wrong):
    """The field %(field)s must be a text."""


class Missing(Wrong):
    """The field %(field)s is missing."""


class TooLong(Wrong):
    """The field %(field)s must have at most %(limit)s characters."""


class NotAnObject(Wrong):
    """The field %(field)s must be an object."""


class NotAList(Wrong):
    """The field %(field)s must be a list."""


class NotAStatus(Wrong):
    """The field %(field)s must be "firing" or "resolved"."""


class OtherVersion(Wrong):
    """The field %(field)s must be "4": this is the address of Alertmanager's webhook."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One alert as its source says it: what is wrong, where, and whether it still is."""

    fingerprint: str
    firing: bool
    name: str
    title: str
    server: str = ""
    service: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    # the title in each language, when it is us who say it
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> list[str]:
        """What it may be about, names and addresses, the most precise first."""
        said = [self.server, *(self.labels.get(name, "") for name in NAMES)]
        return list(dict.fromkeys(place for one in said if (place := host(one))))


def host(text: str) -> str:
    """The host of `web1`, `web1:9100`, `[2001:db8::1]:9100` or `https://web1/`, as we compare them; empty when there is none."""
    text = text.strip().lower()
    try:
        return str(ip_address(text.strip("[]")))
    except ValueError:
        pass
    try:
        found = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    try:
        return str(ip_address(found))
    except ValueError:
        return found.rstrip(".")


# -- the body ------------------------------------------------------------------------------------------------------------


def read(body: bytes) -> Any:
    """The JSON of a body; raises NotJson, TooDeep."""
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise TooDeep from None
    except ValueError:
        raise NotJson from None
    if _is_deep(found):
        raise TooDeep
    return found


def _no_constant(_name: str) -> None:
    raise ValueError


def _is_deep(found: Any) -> bool:
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [inside for one in level for inside in _inside(one)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


# -- the two shapes ------------------------------------------------------------------------------------------------------


def parse(payload: Any) -> list[Heard]:
    """What one webhook of Alertmanager says; raises Wrong, which names the field."""
    said = _object(payload, "body")
    if said.get("version") != VERSION:
        raise OtherVersion(field="version")
    alerts = _list(said.get("alerts"), "alerts")
    found = [_alert(one, f"alerts[{number}]") for number, one in enumerate(alerts)]
    return [*found, *_cut(said)]


def _alert(payload: Any, where: str) -> Heard:
    said = _object(payload, where)
    labels = _texts(said.get("labels", {}), f"{where}.labels")
    notes = _texts(said.get("annotations", {}), f"{where}.annotations")
    name = labels.get("alertname") or "alert"
    return Heard(
        fingerprint=_fingerprint(said, labels, where),
        firing=_status(said, where),
        name=_short(name, "name"),
        title=_short(next((notes[one] for one in TITLES if notes.get(one)), name), "title"),
        service=labels.get("service") or labels.get("job", ""),
        labels=labels,
        starts_at=_time(said.get("startsAt")),
    )


def _fingerprint(said: Mapping[str, Any], labels: Mapping[str, str], where: str) -> str:
    """As it is given, or made from the labels, as Alertmanager does it: the same labels are the same alert."""
    given = said.get("fingerprint", "")
    return _key(given, f"{where}.fingerprint") if given else digests.sha256(digests.canonical_json(labels))


def _cut(said: Mapping[str, Any]) -> Iterator[Heard]:
    """Alertmanager left some alerts of the group out (`max_alerts`): that itself is said, until it sends the whole group again."""
    cut = said.get("truncatedAlerts", 0)
    if not isinstance(cut, int) or isinstance(cut, bool):
        raise Wrong(field="truncatedAlerts")
    group = said.get("groupKey", "")
    if not isinstance(group, str):
        raise NotAText(field="groupKey")
    labels = _texts(said.get("commonLabels", {}), "commonLabels")
    name = _short(labels.get("alertname") or "alert", "name")
    yield Heard(
        fingerprint=f"truncated/{digests.sha256(group)}",
        firing=cut > 0 and said.get("status") == "firing",
        name=name,
        title=_short(f"{name} (+{cut}, max_alerts)", "title"),
        labels=labels,
    )


def plain(payload: Any) -> list[Heard]:
    """What any other monitoring says, one object or a list of them; raises Wrong, which names the field."""
    if isinstance(payload, list):
        return [_plain(one, f"[{number}]", f"[{number}].") for number, one in enumerate(payload)]
    return [_plain(payload, "body", "")]


def _plain(payload: Any, where: str, before: str) -> Heard:
    said = _object(payload, where)
    texts_ = {name: _text(said.get(name), f"{before}{name}") for name in ("title", "server", "service", "name")}
    if not texts_["title"].strip():
        raise Missing(field=f"{before}title")
    title = _short(texts_["title"], "title")
    return Heard(
        fingerprint=_key(said.get("fingerprint"), f"{before}fingerprint"),
        firing=_status(said, before.rstrip(".")),
        name=_short(texts_["name"] or texts_["service"] or title, "name"),
        title=title,
        server=texts_["server"],
        service=texts_["service"],
        labels=_details(said.get("details"), f"{before}details"),
    )


def _details(value: Any, where: str) -> dict[str, str]:
    if value is None:
        return {}
    return _texts(value if isinstance(value, dict) else {"details": value}, where, strict=False)


# -- one field -----------------------------------------------------------------------------------------------------------


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAnObject(field=where)
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise NotAList(field=where)
    return value


def _text(value: Any, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotAText(field=where)
    return texts.plain(value, one_line=True, limit=LONGEST["value"])


def _texts(value: Any, where: str, *, strict: bool = True) -> dict[str, str]:
    """Labels. `strict`: their values are texts; else what is not one is written as JSON."""
    found = {}
    for name, said in list(_object(value, where).items())[:MOST_LABELS]:
        if not strict and not isinstance(said, str):
            said = json.dumps(said, ensure_ascii=False)  # noqa: PLW2901
        found[_short(name, "name")] = _text(said, f"{where}.{_short(name, 'name')}")
    return found


def _short(text: str, what: str) -> str:
    return texts.plain(text, one_line=True, limit=LONGEST[what])


def _key(value: Any, where: str) -> str:
    """A fingerprint is never cut: two that begin alike are two."""
    if value is None or value == "":
        raise Missing(field=where)
    if not isinstance(value, str):
        raise NotAText(field=where)
    if len(value) > LONGEST["fingerprint"]:
        raise TooLong(field=where, limit=LONGEST["fingerprint"])
    if value != texts.plain(value):
        raise Wrong(field=where)
    return value


def _status(said: Mapping[str, Any], where: str) -> bool:
    status = said.get("status")
    if not isinstance(status, str) or status not in FIRING:
        raise NotAStatus(field=f"{where}.status".lstrip("."))
    return FIRING[status]


def _time(value: Any) -> datetime | None:
    """When it began, for what it is worth: ours is the clock that counts."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None
