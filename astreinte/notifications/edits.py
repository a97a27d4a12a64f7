"""How people are reached and what messages leave through, brought to what the provider file says. Secrets are sealed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from astreinte.accounts.models import User
from astreinte.core.changes import HIDDEN, Change, changed, removed
from astreinte.notifications import sealing
from astreinte.notifications.models import ContactMethod, Transport

# Their addresses are passwords, whole or in part.
SEALED = frozenset({"webhook", "apprise"})
# Far past the last place anybody has: rows step aside there while they change places.
ASIDE = 10_000


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One way to reach a person: an address (text, or `{url, secret}`), this long after the start of the step."""

    after_s: int
    kind: str
    address: Any


def contacts(wanted: Mapping[str, Sequence[Contact]]) -> list[Change]:
    """These ways to reach these people (by e-mail), in this order; nobody else has any.

    A refusal of the network is forgotten with its address: a new address starts afresh.
    """
    known: dict[int, list[ContactMethod]] = {}
    for row in ContactMethod.objects.order_by("user_id", "position"):
        known.setdefault(row.user_id, []).append(row)
    users = {user.email: user for user in User.objects.filter(email__in=list(wanted))}
    found: list[Change] = []
    for email, asked in wanted.items():
        found += _of(users[email], known.pop(users[email].pk, []), asked)
    leaving = User.objects.filter(pk__in=list(known)).order_by("email")
    found += [removed(f"contacts of {user.email}") for user in leaving]
    ContactMethod.objects.filter(user__in=list(known)).delete()
    return found


def _of(user: User, known: list[ContactMethod], wanted: Sequence[Contact]) -> list[Change]:
    before = [Contact(after_s=row.after_s, kind=row.kind, address=_opened(row.address)) for row in known]
    if before == list(wanted):
        return []
    # Rows follow their address, so that a refused number stays refused when its place changes.
    by_address: dict[str, list[ContactMethod]] = {}
    for contact, row in zip(before, known, strict=True):
        by_address.setdefault(_identity(contact), []).append(row)
    ContactMethod.objects.filter(user=user).update(position=F("position") + ASIDE)
    for position, contact in enumerate(wanted):
        same = by_address.get(_identity(contact))
        row = same.pop(0) if same else ContactMethod(user=user, address=_closed(contact))
        row.position, row.after_s, row.kind = position, contact.after_s, contact.kind
        row.save()
    ContactMethod.objects.filter(user=user, position__gte=ASIDE).delete()
    return [changed(f"contacts of {user.email}", [_said(one) for one in before], [_said(one) for one in wanted])]


def _identity(contact: Contact) -> str:
    return json.dumps([contact.kind, contact.address], sort_keys=True)


def _closed(contact: Contact) -> str:
    return sealing.seal(contact.address) if contact.kind in SEALED else str(contact.address)


def _opened(sealed: str) -> Any:
    """What was sealed; None when the secret key has changed since: it is then sealed again."""
    try:
        return sealing.unseal(sealed)
    except ValueError:
        return None


def _said(contact: Contact) -> str:
    address = HIDDEN if contact.kind in SEALED else contact.address
    return f"{contact.kind} {address} after {contact.after_s} s"


def transports(wanted: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Change]:
    """These ways out for each kind of channel, the preferred one first, and no other."""
    known: dict[str, list[Any]] = {}
    for row in Transport.objects.order_by("kind", "position"):
        known.setdefault(row.kind, []).append(_opened(row.sealed))
    found: list[Change] = []
    for kind in sorted({*known, *wanted}):
        before, after = known.get(kind, []), [dict(options) for options in wanted.get(kind, ())]
        if before != after:
            _replace(kind, after)
            found.append(_told(kind, before, after))
    return found


def _replace(kind: str, options: Sequence[Mapping[str, Any]]) -> None:
    Transport.objects.filter(kind=kind).delete()
    Transport.objects.bulk_create(
        Transport(kind=kind, position=position, sealed=sealing.seal(one)) for position, one in enumerate(options)
    )


def _told(kind: str, before: list[Any], after: list[dict[str, Any]]) -> Change:
    what = f"channel {kind}"
    if not after:
        return removed(what)
    if not before:
        return Change(kind="added", what=what)
    return changed(what, [_type(one) for one in before], [_type(one) for one in after])


def _type(options: Any) -> str:
    return f"{options['type']} {HIDDEN}" if isinstance(options, dict) and "type" in options else HIDDEN
