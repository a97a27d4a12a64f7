"""Questions about people and the provider."""

from datetime import datetime

from django.db.models import QuerySet

from astreinte.accounts.models import ApiToken, Provider, Role, User
from astreinte.core import digests
from astreinte.core.configuration import remembered


@remembered
def provider() -> Provider | None:
    """The provider whose desk this is; None until `astreinte apply` ran once."""
    return next(iter(Provider.objects.all()[:1]), None)


def with_role(*roles: str) -> QuerySet[User]:
    """The active people who have one of these roles, in a stable order."""
    return User.objects.filter(is_active=True, pk__in=Role.objects.filter(role__in=roles).values("user")).order_by("pk")


def staff() -> QuerySet[User]:
    """Everybody who works for the provider."""
    return User.objects.filter(is_active=True, pk__in=Role.objects.values("user")).order_by("pk")


def by_email(email: str) -> User | None:
    """The active person with this address, whatever its case."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


def token_sha256(token: str) -> str:
    """How a token is kept."""
    return digests.sha256(token)


def token(text: str, *, at: datetime) -> ApiToken | None:
    """The token with this text, if it may be used now: not expired, not revoked, of somebody active."""
    valid = ApiToken.objects.filter(expires_at__gt=at, revoked_at__isnull=True, user__is_active=True)
    return valid.select_related("user").filter(sha256=token_sha256(text)).first()
