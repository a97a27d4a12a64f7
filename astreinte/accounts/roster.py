"""The provider and its people, brought to what the provider file says. Passwords and tokens are never touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from astreinte.accounts.models import ApiToken, Provider, Role, User
from astreinte.core import timeline
from astreinte.core.actors import SYSTEM
from astreinte.core.changes import Change, changed, put, removed
from astreinte.core.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who signs in. `language` None leaves theirs, which starts as `first_language`."""

    email: str
    name: str
    language: str | None
    first_language: str
    roles: frozenset[str] = frozenset()


def provider(*, fields: Mapping[str, Any], hidden: Iterable[str] = ()) -> tuple[Provider, list[Change]]:
    """The one provider. Its row is locked: of two files applied at once, the second waits."""
    known = Provider.objects.select_for_update().first()
    return put(known, Provider, "provider", fields=fields, hidden=list(hidden))


def people(wanted: Iterable[Person]) -> list[Change]:
    """These people and nobody else: those who left cannot sign in any more and have no role, and are kept for the history.

    A new person has no password: they choose one by the reset link.
    """
    known = {user.email: user for user in User.objects.order_by("email")}
    held = _roles()
    found: list[Change] = []
    asked = {person.email: person for person in wanted}
    for person in asked.values():
        user, changes = _person(person, known.get(person.email))
        found += [*changes, *_set_roles(user, before=held.get(user.pk, set()), after=set(person.roles))]
    for email, user in known.items():
        if email not in asked:
            found += _leaves(user, held=held.get(user.pk, set()))
    return found


def _roles() -> dict[int, set[str]]:
    held: dict[int, set[str]] = {}
    for user, role in Role.objects.values_list("user_id", "role"):
        held.setdefault(user, set()).add(role)
    return held


def _person(person: Person, known: User | None) -> tuple[User, list[Change]]:
    fields: dict[str, Any] = {"name": person.name, "is_active": True}
    if person.language:
        fields["language"] = person.language
    first = {"email": person.email, "language": person.first_language, "password": make_password(None)}
    return put(known, User, f"person {person.email}", fields=fields, first=first)


def _set_roles(user: User, *, before: set[str], after: set[str]) -> list[Change]:
    if before == after:
        return []
    Role.objects.filter(user=user, role__in=before - after).delete()
    Role.objects.bulk_create([Role(user=user, role=role) for role in sorted(after - before)])
    return [changed(f"person {user.email}: roles", before, after)]


def _leaves(user: User, *, held: set[str]) -> list[Change]:
    if not user.is_active and not held:
        return []
    Role.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(is_active=False)
    return [removed(f"person {user.email}")]


class BadPassword(Refusal):
    """This password is refused. %(why)s."""

    slug = "bad-password"
    status = 422


def set_password(user: User, *, password: str, at: datetime) -> None:
    """A first password, set on the machine itself. Raises BadPassword with the rules it breaks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadPassword(why=" ".join(error.messages).removesuffix(".")) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    timeline.record(user, "person:password-set", at=at, by=SYSTEM, story=f"user/{user.pk}")


def tokens() -> list[ApiToken]:
    """Every token, the newest first; none can be read again."""
    return list(ApiToken.objects.select_related("user").order_by("-id"))


def tokens_starting(prefix: str) -> list[ApiToken]:
    """The tokens that still work and start like this."""
    return list(ApiToken.objects.filter(prefix__startswith=prefix[:12], revoked_at__isnull=True).select_related("user"))
