"""How often a password may be tried, and a link be asked for: by account, and by where it comes from (reliability, S9).

Counted before anything is compared, in the shared database. A browser that its person has already used counts apart: whoever tries the
passwords of somebody else never keeps them out of their own.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from astreinte.accounts.models import Tries, User

SALT = "astreinte.accounts.tries"
DEVICE_LASTS = timedelta(days=365)
# Addresses of one household or server: whoever has one has all of these.
ONE_PLACE_V6 = 64


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many in that time, whatever the account is, and whether it is one."""

    name: str
    account: int
    place: int
    within: timedelta


SIGN_IN = Limit(name="sign-in", account=10, place=50, within=timedelta(minutes=15))
RESET = Limit(name="reset", account=5, place=20, within=timedelta(hours=1))
LONGEST = max(SIGN_IN.within, RESET.within)


@dataclass(frozen=True, kw_only=True)
class Try:
    """One try: what was typed as the account, the address it comes from, and the sign that its browser has kept."""

    email: str
    place: str
    device: str = ""

    def keys(self, limit: Limit) -> list[tuple[str, int]]:
        """What it counts for, each with how many there may be. What is kept of it is a keyed SHA-256."""
        known = _known_device(self.device, email=self.email)
        if known:
            return [(_key(limit, "device", known), limit.account)]
        place, account = _key(limit, "place", _place(self.place)), _key(limit, "account", _account(self.email))
        return [(place, limit.place), (account, limit.account)]


def let(one: Try, limit: Limit, *, at: datetime) -> int:
    """Count it, before anything is compared. Answers for how many seconds it must wait: 0 when it may be."""
    waits = (_let(key, most, limit.within, at=at) for key, most in one.keys(limit))
    return next((seconds for seconds in waits if seconds), 0)


@transaction.atomic
def forgive(one: Try, limit: Limit) -> None:
    """It was the right password: it counts for nothing."""
    keys = [key for key, _most in one.keys(limit)]
    Tries.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def device_of(user: User) -> str:
    """The sign that a browser keeps once its person came in: it opens nothing, it is only counted apart."""
    return signing.dumps([_key(SIGN_IN, "account", _account(user.email)), secrets.token_urlsafe(16)], salt=SALT)


@transaction.atomic
def _let(key: str, most: int, within: timedelta, *, at: datetime) -> int:
    mine, _made = Tries.objects.get_or_create(key=key, defaults={"window_at": at})
    again = Q(window_at__lte=at - within) | Q(window_at__gt=at)  # the clock may have been moved back
    row = Tries.objects.filter(pk=mine.pk)
    if row.filter(again).update(window_at=at, count=1) or row.filter(count__lt=most).update(count=F("count") + 1):
        return 0
    mine.refresh_from_db()
    return max(1, int((mine.window_at + within - at).total_seconds()))


def _known_device(sign: str, *, email: str) -> str:
    """Which browser it is, if its person has come in with this account."""
    try:
        whose, which = signing.loads(sign, salt=SALT, max_age=DEVICE_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(which) if whose == _key(SIGN_IN, "account", _account(email)) else ""


def _account(email: str) -> str:
    return email.strip().lower()


def _place(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(mapped if mapped.version == 4 else ipaddress.ip_network((mapped, ONE_PLACE_V6), strict=False))  # noqa: PLR2004


def _key(limit: Limit, what: str, value: str) -> str:
    return salted_hmac(SALT, f"{limit.name}/{what}/{value}", algorithm="sha256").hexdigest()
