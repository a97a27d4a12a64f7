"""Whether messages could leave now: each channel made as it would be for sending, none of them used. Reads only."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from astreinte.accounts.models import User
from astreinte.notifications import channels, queries, sealing
from astreinte.notifications.models import ContactMethod

PORTS = {"http": 80, "https": 443, "smtp": 25, "smtps": 465, "smtp+starttls": 587}


def unusable_contacts() -> list[tuple[User, str, str]]:
    """The ways to reach people that cannot work: (person, kind of channel, why, in English)."""
    transports, found = _transports(), []
    for contact in (
        ContactMethod.objects.select_related("user").filter(user__is_active=True).order_by("user", "position")
    ):
        why = _trouble(contact, transports)
        if why:
            found.append((contact.user, contact.kind, why))
    return found


def _transports() -> dict[str, list[dict[str, object]]]:
    try:
        return queries.transports()
    except ValueError:
        return {}


def _trouble(contact: ContactMethod, transports: dict[str, list[dict[str, object]]]) -> str:
    if contact.refused_at is not None:
        return contact.refused_because or "refused by the network"
    try:
        channels.make(contact.kind, sealing.unseal(contact.address), transports)
    except ValueError as trouble:
        return str(trouble)
    return ""


def troubles(contacts: Iterable[ContactMethod]) -> dict[int, str]:
    """Why each of these ways (by key) cannot work, in English; an empty text for those that can."""
    transports = _transports()
    return {contact.pk: _trouble(contact, transports) for contact in contacts}


def reachable(people: Iterable[User]) -> set[int]:
    """Which of these people (by key) at least one channel could reach now."""
    transports = _transports()
    rows = ContactMethod.objects.filter(user__in=[person.pk for person in people])
    return {contact.user_id for contact in rows if not _trouble(contact, transports)}


def unreadable() -> str:
    """Why the credentials of the channels cannot be read; empty when they can."""
    try:
        queries.transports()
    except ValueError as error:
        return str(error)
    return ""


def gateways() -> dict[str, list[tuple[str, int]]]:
    """The machines each kind of channel leaves through: (host, port)."""
    found: dict[str, list[tuple[str, int]]] = {}
    for kind, ways in _transports().items():
        urls = [urlsplit(str(way.get("url") or "")) for way in ways]
        found[kind] = [(url.hostname, url.port or PORTS.get(url.scheme, 443)) for url in urls if url.hostname]
    return found
