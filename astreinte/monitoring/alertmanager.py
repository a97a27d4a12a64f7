"""What other monitoring sends, read: Alertmanager's webhook (version 4) and our own plain shape become a list of what is heard. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from astreinte.core import digests
from astreinte.monitoring import payloads

VERSION = "4"
# The labels that may name a server, the most precise first.
NAMES = ("server", "instance", "host", "hostname")
# The label that names one of our own checks (its public id): what `astreinte prometheus-config` writes on what it watches.
CHECK = "check_id"
# The alert that always fires: hearing it is the news, and it is no trouble.
WATCHDOG = "Watchdog"
TITLES = ("summary", "title", "message", "description")


class OtherVersion(payloads.Wrong):
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
    def check(self) -> str:
        """The check of ours that it says it is about; empty when it names none."""
        return self.labels.get(CHECK, "")

    @property
    def places(self) -> list[str]:
        """What it may be about, names and addresses, the most precise first."""
        said = [self.server, *(self.labels.get(name, "") for name in NAMES)]
        return list(dict.fromkeys(place for one in said if (place := host(one))))


@lru_cache(4096)
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


# -- the two shapes ------------------------------------------------------------------------------------------------------


def parse(payload: Any) -> list[Heard]:
    """What one webhook of Alertmanager says; raises Wrong, which names the field."""
    said = payloads.an_object(payload, "body")
    if said.get("version") != VERSION:
        raise OtherVersion(field="version")
    alerts = payloads.a_list(said.get("alerts"), "alerts")
    found = [_alert(one, f"alerts[{number}]") for number, one in enumerate(alerts)]
    return [*found, *_cut(said)]


def _alert(payload: Any, where: str) -> Heard:
    said = payloads.an_object(payload, where)
    labels = payloads.labels(said.get("labels", {}), f"{where}.labels")
    notes = payloads.labels(said.get("annotations", {}), f"{where}.annotations")
    name = labels.get("alertname") or "alert"
    return Heard(
        fingerprint=_fingerprint(said, labels, where),
        firing=payloads.is_firing(said, where),
        name=payloads.short(name, "name"),
        title=payloads.short(next((notes[one] for one in TITLES if notes.get(one)), name), "title"),
        service=labels.get("service") or labels.get("job", ""),
        labels=labels,
        starts_at=payloads.instant(said.get("startsAt")),
    )


def _fingerprint(said: Mapping[str, Any], labels: Mapping[str, str], where: str) -> str:
    """As it is given, or made from the labels, as Alertmanager does it: the same labels are the same alert."""
    given = said.get("fingerprint", "")
    return payloads.key(given, f"{where}.fingerprint") if given else digests.sha256(digests.canonical_json(labels))


def _cut(said: Mapping[str, Any]) -> Iterator[Heard]:
    """Alertmanager left some alerts of the group out (`max_alerts`): that itself is said, until it sends the whole group again."""
    cut = said.get("truncatedAlerts", 0)
    if not isinstance(cut, int) or isinstance(cut, bool):
        raise payloads.Wrong(field="truncatedAlerts")
    group = said.get("groupKey", "")
    if not isinstance(group, str):
        raise payloads.NotAText(field="groupKey")
    labels = payloads.labels(said.get("commonLabels", {}), "commonLabels")
    name = payloads.short(labels.get("alertname") or "alert", "name")
    yield Heard(
        fingerprint=f"truncated/{digests.sha256(group)}",
        firing=cut > 0 and said.get("status") == "firing",
        name=name,
        title=payloads.short(f"{name} (+{cut}, max_alerts)", "title"),
        labels=labels,
    )


def plain(payload: Any) -> list[Heard]:
    """What any other monitoring says, one object or a list of them; raises Wrong, which names the field."""
    if isinstance(payload, list):
        return [_plain(one, f"[{number}]", f"[{number}].") for number, one in enumerate(payload)]
    return [_plain(payload, "body", "")]


def _plain(payload: Any, where: str, before: str) -> Heard:
    said = payloads.an_object(payload, where)
    texts_ = {
        name: payloads.a_text(said.get(name), f"{before}{name}") for name in ("title", "server", "service", "name")
    }
    if not texts_["title"].strip():
        raise payloads.Missing(field=f"{before}title")
    title = payloads.short(texts_["title"], "title")
    return Heard(
        fingerprint=payloads.key(said.get("fingerprint"), f"{before}fingerprint"),
        firing=payloads.is_firing(said, before.rstrip(".")),
        name=payloads.short(texts_["name"] or texts_["service"] or title, "name"),
        title=title,
        server=texts_["server"],
        service=texts_["service"],
        labels=payloads.details(said.get("details"), f"{before}details"),
    )
