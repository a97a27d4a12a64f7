"""What *Just me?* found, in words: one big sentence, its reason, then line by line. What a target said is data: shown, never believed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from astreinte.monitoring.bans import Ban
from astreinte.monitoring.rules.reaching import DOWN, RUNNING, UP, Reach
from astreinte.web import watch_words
from astreinte.web.templatetags import desk

DEGRADED = "degraded"
HEADLINES = {
    Reach.LOOKING: ("running", gettext_noop("We are looking, from everywhere we can")),
    Reach.EVERYWHERE: ("up", gettext_noop("It is up for everyone: only you")),
    Reach.SOMEWHERE: ("degraded", gettext_noop("Some places cannot reach it")),
    Reach.NOWHERE: ("down", gettext_noop("It is down for everyone")),
    Reach.UNKNOWN: ("unknown", gettext_noop("We cannot tell from here")),
}
REASONS = {
    "login-failures": gettext_noop("too many failed logins came from it"),
    "abuse": gettext_noop("it sent what looks like an attack"),
    "provider-error": gettext_noop("and that is an error of ours"),
}
GROUPS = {
    "web": gettext_noop("The site, from each place"),
    "ping": gettext_noop("The server on the network (ping)"),
    "service": gettext_noop("The services of the server"),
    "dns": gettext_noop("The name (DNS)"),
    "dnssec": gettext_noop("The name (DNS)"),
    "tls": gettext_noop("The certificate"),
    "domain": gettext_noop("The domain at its registry"),
}
LABELS = {
    UP: gettext_noop("In order"),
    DOWN: gettext_noop("Failed"),
    RUNNING: gettext_noop("Looking"),
    DEGRADED: gettext_noop("Different"),
}
DOMAIN = {
    "active": gettext_noop("registered"),
    "expired": gettext_noop("expired"),
    "redemption": gettext_noop("expired, and about to be released"),
    "hold": gettext_noop("suspended by its registry or registrar"),
    "transfer-pending": gettext_noop("being transferred"),
}
NO_REASON = gettext_noop("for a reason that we do not know")
NOT_KNOWN, UNKNOWN = gettext_noop("Not known"), gettext_noop("not known")
NO_ANSWER = gettext_noop("no usable answer")
CODES = {"NXDOMAIN": gettext_noop("this name does not exist"), "NOERROR": gettext_noop("no address")}


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The one sentence, and what it means for the reader."""

    state: str
    text: str
    more: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line, as components/findings.html shows it."""

    state: str
    state_label: str
    text: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Lines about one thing."""

    title: str
    findings: list[Finding]


def headline(reach: Reach, lines: Iterable[Mapping[str, Any]], *, ban: Ban | None, is_known: bool) -> Headline:
    """The sentence that is read in one glance."""
    state, text = HEADLINES[reach]
    if reach is Reach.NOWHERE:
        known = _("It is down for everyone: we know") if is_known else _("It is down for everyone: ring us")
        return Headline(state=state, text=known, more=_known_more() if is_known else _unknown_more())
    return Headline(state=state, text=_(text), more=_more(reach, list(lines), ban))


def past(reach: Reach) -> Headline:
    """The sentence of a result that is shared: nobody in particular reads it."""
    state, text = HEADLINES[reach]
    said = _("It was up for everyone") if reach is Reach.EVERYWHERE else _(text)
    return Headline(state=state, text=said, more="")


def _known_more() -> str:
    return _("Our team is on it. There is no need to open a ticket, and nothing to pay.")


def _unknown_more() -> str:
    return _("If it is still down in a minute, tell us that something is wrong: that is looked at first.")


def _more(reach: Reach, lines: list[Mapping[str, Any]], ban: Ban | None) -> str:
    if reach is Reach.LOOKING:
        return _("It takes ten seconds at most.")
    if reach is Reach.UNKNOWN:
        return _("No place that we look from has a recent answer.")
    if reach is Reach.SOMEWHERE:
        failing = sorted({place(line) for line in lines if line["what"] == "web" and line["state"] == DOWN})
        return _("Not reached from: %(places)s.") % {"places": ", ".join(failing)} if failing else ""
    return _only_you(lines, ban)


def _only_you(lines: list[Mapping[str, Any]], ban: Ban | None) -> str:
    if ban:
        return banned(ban)
    if any(line["what"] == "dns" and line["state"] in {DEGRADED, DOWN} for line in lines):
        return _("The name servers do not all answer the same: yours may still have an old address.")
    return _("Every place reaches it. Try another network or another browser; your own connection may be at fault.")


def banned(ban: Ban) -> str:
    """Why the reader's address is banned, without blame."""
    reason = _(REASONS.get(ban.reason, NO_REASON))
    return _("The firewall of the server refuses your address: %(reason)s.") % {"reason": reason}


def banned_address(ban: Ban, *, address: str) -> str:
    """The same, for an engineer: it is the address of the customer of a case."""
    said = {"reason": _(REASONS.get(ban.reason, NO_REASON)), "address": address}
    return (
        _("The firewall of the server refuses the address from which the customer accepted (%(address)s): %(reason)s.")
        % said
    )


def place(line: Mapping[str, Any]) -> str:
    """From where a line was seen."""
    return str(line["from"]) or _("our desk")


def in_public(lines: Iterable[Mapping[str, Any]], *, name: str) -> list[Mapping[str, Any]]:
    """The same without the addresses of what is watched: a path or an address of a server is for those who see the server."""
    return [{**line, "where": name} if line["what"] in {"web", "ping", "service"} else line for line in lines]


def groups(lines: Iterable[Mapping[str, Any]]) -> list[Group]:
    """The lines, one heading for each thing."""
    found: dict[str, list[Finding]] = {}
    told = list(lines)
    for what, title in GROUPS.items():
        found.setdefault(_(title), []).extend(_finding(line) for line in told if line["what"] == what)
    return [Group(title=title, findings=some) for title, some in found.items() if some]


def _finding(line: Mapping[str, Any]) -> Finding:
    state = str(line["state"])
    label = _(LABELS.get(state, NOT_KNOWN))
    at = datetime.fromisoformat(line["at"]) if line["at"] else None
    return Finding(state=state, state_label=label, text=": ".join([_about(line), _said(line)]), at=at)


def _about(line: Mapping[str, Any]) -> str:
    what = line["what"]
    if what in {"web", "ping", "service"}:
        named = {"place": place(line), "where": line["where"]}
        return _("From %(place)s, %(where)s") % named
    if what == "dns" and line["from"]:
        named = {"server": line["from"], "name": line["where"]}
        if line["role"] == "authority":
            return _("%(name)s, from its own server %(server)s") % named
        return _("%(name)s, from the resolver %(server)s") % named
    return str(line["where"])


def _said(line: Mapping[str, Any]) -> str:
    if line["state"] == RUNNING:
        return "…"
    if line["error"]:
        return watch_words.meaning(line["error"])
    return SAYS.get(str(line["what"]), _looked)(line)


def _looked(line: Mapping[str, Any]) -> str:
    if line["state"] == UP:
        return _("answers in %(ms)d ms") % {"ms": line["ms"]}
    return watch_words.meaning("other") if line["state"] == DOWN else _("no recent answer")


def _dns(line: Mapping[str, Any]) -> str:
    said = line.get("said") or _(CODES.get(str(line.get("code")), NO_ANSWER))
    return _("%(said)s (the others answer something else)") % {"said": said} if line["state"] == DEGRADED else said


def _dnssec(_line: Mapping[str, Any]) -> str:
    return _("its signature (DNSSEC) is wrong: many visitors are refused")


def _tls(line: Mapping[str, Any]) -> str:
    if "ends_at" not in line:
        return _("not known")
    said = {"issuer": line["said"] or "?", "day": desk.day(datetime.fromisoformat(line["ends_at"]).date())}
    text = _("issued by %(issuer)s, until %(day)s") % said
    return (
        _("%(text)s; browsers refuse it: %(why)s") % {"text": text, "why": line["refused"]} if line["refused"] else text
    )


def _domain(line: Mapping[str, Any]) -> str:
    return ", ".join(_parts(line))


def _parts(line: Mapping[str, Any]) -> Iterator[str]:
    yield _(DOMAIN.get(str(line["domain_state"]), UNKNOWN))
    if line["ends_at"]:
        yield _("until %(day)s") % {"day": desk.day(datetime.fromisoformat(line["ends_at"]).date())}
    if line["said"]:
        yield _("through %(registrar)s") % {"registrar": line["said"]}


SAYS = {"dns": _dns, "dnssec": _dnssec, "tls": _tls, "domain": _domain}
