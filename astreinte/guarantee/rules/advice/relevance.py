"""Which complaint a fact can explain (facts.md, 2.7)."""

from functools import cache

from astreinte.guarantee.rules.advice.subjects import ELSEWHERE, MANAGED, is_mail_host, is_on_the_host, is_site, stem
from astreinte.guarantee.rules.advice.vocabulary import SYMPTOMS

ANYTHING = frozenset(SYMPTOMS)
RESOURCES = frozenset({"website-down", "slow", "mail", "ftp-ssh", "other"})
WEB = frozenset({"website-down", "slow", "other"})
MAIL = frozenset({"mail", "other"})
SHELL = frozenset({"ftp-ssh", "backup", "change-not-applied", "other"})
NAMES = frozenset({"website-down", "mail", "dns-domain", "certificate", "change-not-applied", "other"})
CERTIFICATES = frozenset({"certificate", "website-down", "other"})
BACKUPS = frozenset({"backup"})
SITE = WEB | {"mail", "dns-domain", "certificate"}
# A ban keeps one person out of everything; of mail it cannot be told whether their own box is meant.
OWN_ACCESS = frozenset({"website-down", "ftp-ssh", "other"})
ACCESS = frozenset({"website-down", "mail", "ftp-ssh", "other"})

FAMILIES = {
    **dict.fromkeys(("host", "hardware", "icmp", "network", "attack", "maintenance", "account", "ip"), ANYTHING),
    **dict.fromkeys(("entitlement", "history", "vantage", "notice"), ANYTHING),
    **dict.fromkeys(("disk", "memory", "cpu", "io", "db", "resource", "limit", "traffic"), RESOURCES),
    **dict.fromkeys(("http", "app"), WEB),
    "mail": MAIL,
    "dns": NAMES,
    "domain": NAMES,
    "backup": BACKUPS,
}
SERVICES = {
    **dict.fromkeys(("imap", "pop3", "smtp"), MAIL),
    **dict.fromkeys(("ftp", "ssh"), SHELL),
    "dns": NAMES,
    "backup": BACKUPS,
    "cron": frozenset({"other"}),
}


@cache
def explains(kind: str, subject: str, symptom: str) -> bool:
    """Whether a fact of this kind, about this subject, can explain this complaint."""
    return symptom in _symptoms(kind, subject)


def _symptoms(kind: str, subject: str) -> frozenset[str]:
    family = kind.partition(".")[0]
    special = SPECIAL.get(family)
    return special(kind, subject) if special else FAMILIES[family]


def of_service(name: str) -> frozenset[str]:
    """A service; what no list knows is a program of the customer. One of ours may be what somebody asks how to repair."""
    found = SERVICES.get(name, WEB)
    return found | {"how-to", "other"} if name in MANAGED else found


def _of_service(kind: str, subject: str) -> frozenset[str]:
    # Somebody who asks how to repair a program of their own has not found one of ours broken.
    return SERVICES.get(stem(subject), WEB) if kind == "service.managed_by" else of_service(stem(subject))


def _of_limit(kind: str, subject: str) -> frozenset[str]:
    return MAIL if subject in {"mailbox", "outgoing-mail"} else FAMILIES[kind.partition(".")[0]] | RESOURCES


def _of_certificate(_kind: str, subject: str) -> frozenset[str]:
    return CERTIFICATES | {"mail"} if is_mail_host(subject) else CERTIFICATES


def _of_firewall(kind: str, subject: str) -> frozenset[str]:
    if kind == "firewall.ban" and not subject:
        return OWN_ACCESS
    return of_service(stem(subject)) & (ACCESS | {"backup"})


def _of_incident(_kind: str, subject: str) -> frozenset[str]:
    return ANYTHING if is_on_the_host(subject) or subject in ELSEWHERE else about(subject)


def _of_change(_kind: str, subject: str) -> frozenset[str]:
    return about(subject) | {"change-not-applied"}


def about(subject: str) -> frozenset[str]:
    """The complaints about a subject, whatever the fact."""
    if is_on_the_host(subject) or subject == "account":
        return ANYTHING
    if subject == "firewall":
        return ACCESS
    return SITE if is_site(subject) else of_service(stem(subject))


def _of_request(kind: str, _subject: str) -> frozenset[str]:
    return BACKUPS if kind == "request.data_age" else ANYTHING


SPECIAL = {
    "service": _of_service,
    "tcp": _of_service,
    "limit": _of_limit,
    "resource": _of_limit,
    "tls": _of_certificate,
    "firewall": _of_firewall,
    "incident": _of_incident,
    "change": _of_change,
    "request": _of_request,
}
