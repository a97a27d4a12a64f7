"""What our own checks saw at their last look, from the machine of the prober."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from astreinte.monitoring import queries as monitoring
from astreinte.monitoring import vantage
from astreinte.monitoring.models import Check, Result
from astreinte.monitoring.probes import KINDS
from astreinte.monitoring.rules import OURS
from astreinte.tickets.facts.base import Complaint, fact

# A look older than this says nothing of now (facts.md, 7).
FRESH = timedelta(minutes=15)
SLOW_MS = 3000
# Checks that hold a conversation: each is the service of its name.
TALK = frozenset({"ftp", "ssh", "smtp", "imap", "pop3", "mysql", "postgresql"})
# What a visitor gets, by what the look says of the network; the rest is in the status of the answer.
SITE = {"refused": "refused", "timeout": "timeout", "unresolved": "dns-error", "tls": "tls-error"}
STATUS = {403: "forbidden", 404: "not-found", 502: "gateway-error", 504: "gateway-error"}
# A page of ours that says anything else than "all is well" is out of order.
WITNESS = {"not-found": "server-error", "forbidden": "server-error", "dns-error": "timeout"}
DIALOGUE = {"timeout": "timeout", "tls": "identity-changed"}
CLOSED = {"refused": "refused", "timeout": "timeout"}


def facts(complaint: Complaint) -> Iterator[dict[str, Any]]:
    """Of each check that was looked at within a quarter of an hour; trouble of our own says nothing."""
    watched = list(monitoring.checks_of([complaint.server]).select_related("service"))
    looks = monitoring.last_looks(watched, since=complaint.at - FRESH)
    seen = [(check, looks[check.pk]) for check in watched if check.pk in looks and looks[check.pk].error not in OURS]
    if not seen:
        return
    newest = max(look.at for _, look in seen)
    well = "offline" if vantage.is_blind_here(at=complaint.at) else "ok"
    yield fact("vantage.prober", well, source="check", at=newest)
    reached = vantage.reach((check.pk for check, _ in seen), at=complaint.at)
    yield fact("vantage.count", max([1, *map(len, reached.values())]), source="check", at=newest)
    for check, look in seen:
        yield from _of(check, look)
        yield from _from_everywhere(check, look, reached.get(check.pk, []))


def _from_everywhere(check: Check, look: Result, seen: list[bool]) -> Iterator[dict[str, Any]]:
    """The share of the places that reach it, where there are several."""
    if len(seen) > 1:
        ratio = round(sum(seen) / len(seen), 2)
        yield fact("vantage.ok_ratio", ratio, source="vantage", at=look.at, subject=_subject(check))


def _subject(check: Check) -> str:
    return _host(check) if check.kind == "http" else check.kind


def _host(check: Check) -> str:
    return (urlsplit(str(_said(check).get("url", ""))).hostname or check.server.name).lower()


def _of(check: Check, look: Result) -> Iterator[dict[str, Any]]:
    if check.kind == "http":
        yield from _site(check, look)
    elif check.kind == "ping":
        yield fact("icmp.loss_percent", 0 if look.up else 100, source="check", at=look.at, detail=look.saw)
    elif check.kind == "backup":
        yield fact("backup.access", "ok" if look.up else "stale", source="check", at=look.at, detail=look.saw)
    elif check.kind in TALK:
        yield from _port(f"{check.kind}:{_port_of(check)}", look)
        value = "ok" if look.up else DIALOGUE.get(look.error, "protocol-error")
        if look.up or look.error not in CLOSED:
            yield fact("service.dialogue", value, source="check", at=look.at, subject=check.kind, detail=look.saw)


def _site(check: Check, look: Result) -> Iterator[dict[str, Any]]:
    asked = urlsplit(str(_said(check).get("url", "")))
    witness = _said(check).get("witness")
    kind, subject = ("http.witness", "") if witness else ("http.site", _host(check))
    answer = WITNESS.get(_answer(look), _answer(look)) if witness else _answer(look)
    yield fact(kind, answer, source="check", at=look.at, subject=subject, detail=look.saw)
    yield from _port(f"{asked.scheme}:{asked.port or (443 if asked.scheme == 'https' else 80)}", look)


def _answer(look: Result) -> str:
    if look.up:
        return "slow" if look.took_ms >= SLOW_MS else "ok"
    if look.error in SITE:
        return SITE[look.error]
    digits = look.saw.removeprefix("HTTP ")[:3]
    status = int(digits) if digits.isdecimal() else 500
    return STATUS.get(status, "server-error")


def _port(subject: str, look: Result) -> Iterator[dict[str, Any]]:
    """Whether the port accepted: known unless the name did not resolve."""
    if look.error != "unresolved":
        yield fact("tcp.port", CLOSED.get(look.error, "open"), source="check", at=look.at, subject=subject)


def _said(check: Check) -> dict[str, Any]:
    return dict(check.service.parameters) if check.service else {}


def _port_of(check: Check) -> int:
    usual: int = getattr(KINDS.get(check.kind), "port", 0)
    return int(_said(check).get("port", usual))
