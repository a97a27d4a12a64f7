"""Is this address banned by the firewall of a server, as far as the provider's own systems said? Reads only."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from astreinte.core.addresses import IpAddress
from astreinte.customers.models import Server
from astreinte.monitoring.models import ServerFact

KIND, NONE = "firewall.ban", "none"
# facts.md, 7: after that we do not know any more.
FRESH = timedelta(minutes=10)
KEPT = timedelta(days=1)
_WORD = re.compile(r"[0-9a-fA-F:.]+")


@dataclass(frozen=True, kw_only=True)
class Ban:
    """Why an address is banned (`login-failures`, `abuse`, `provider-error`), since when we know, and in whose words."""

    reason: str
    told_at: datetime
    detail: str


def of(server: Server, address: str | None, *, at: datetime) -> Ban | None:
    """The newest word on this address; None when it is not banned, or when we do not know."""
    told = newest(server, address, at=at)
    if told is None or told.value == NONE:
        return None
    return Ban(reason=str(told.value), told_at=told.observed_at, detail=told.detail)


def newest(server: Server, address: str | None, *, at: datetime) -> ServerFact | None:
    """What was last said of this address, if it is not too old."""
    theirs = _address(address or "")
    if theirs is None:
        return None
    said = ServerFact.objects.filter(server=server, kind=KIND, observed_at__gt=at - FRESH).order_by("-observed_at")
    return next((one for one in said if concerns(theirs, subject=one.subject, detail=one.detail)), None)


def old(*, at: datetime) -> QuerySet[ServerFact]:
    """Bans told a day ago or before: an address is somebody's, and nothing rests on what is that old."""
    return ServerFact.objects.filter(kind=KIND, observed_at__lte=at - KEPT)


def concerns(theirs: IpAddress, *, subject: str, detail: str) -> bool:
    """Whether a ban is about this address: its subject is the address, or a network it is in; or its detail has it, word for word."""
    if is_about_an_address(subject):
        network = ipaddress.ip_network(subject, strict=False)
        return theirs.version == network.version and theirs in network
    return any(_address(word.strip(".:")) == theirs for word in _WORD.findall(detail))


def is_about_an_address(subject: str) -> bool:
    """Whether a subject is an address, or a network."""
    try:
        ipaddress.ip_network(subject, strict=False)
    except ValueError:
        return False
    return True


def _address(text: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
