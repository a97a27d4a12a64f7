"""Questions about people and the provider."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from astreinte.accounts.models import ApiToken, Provider, Role, User
from astreinte.core import digests
from astreinte.core.configuration import remembered


@remembered
def provider() -> Provider | None:
    """The provider whose desk this is; None until `astreinte apply` ran once."""
    return next(iter(Provider.objects.all()[:1]), None)


def zone() -> ZoneInfo:
    """The provider's time zone: its days and months are those of reports, letters and papers."""
    known = provider()
    return ZoneInfo(known.time_zone if known else "UTC")


@remembered
def holders(role: str) -> list[User]:
    """The active people who have this role, in a stable order: to be told or rung."""
    return list(with_role(role))


@remembered
def active(keys: frozenset[int]) -> dict[int, User]:
    """Those of these people who are still there, by their key."""
    return {user.pk: user for user in User.objects.filter(pk__in=keys, is_active=True)}


def with_role(*roles: str) -> QuerySet[User]:
    """The active people who have one of these roles, in a stable order."""
    return User.objects.filter(is_active=True, pk__in=Role.objects.filter(role__in=roles).values("user")).order_by("pk")


def staff() -> QuerySet[User]:
    """Everybody who works for the provider."""
    return User.objects.filter(is_active=True, pk__in=Role.objects.values("user")).order_by("pk")


@remembered
def named(email: str) -> User | None:
    """The active person an escalation names by this address: to be rung."""
    return by_email(email)


def by_email(email: str) -> User | None:
    """The active person with this address, whatever its case."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


def whoever(email: str) -> User | None:
    """The person with this address, whether they may still sign in or not."""
    return User.objects.filter(email=email.strip().lower()).first()


def token_sha256(token: str) -> str:
    """How a token is kept."""
    return digests.sha256(token)


def token(text: str, *, at: datetime) -> ApiToken | None:
    """The token with this text, if it may be used now: not expired, not revoked, of somebody active."""
    found = _token(token_sha256(text))
    return found if found and found.expires_at > at else None


@remembered
def _token(sha256: str) -> ApiToken | None:
    valid = ApiToken.objects.filter(revoked_at__isnull=True, user__is_active=True)
    return valid.select_related("user").filter(sha256=sha256).first()
