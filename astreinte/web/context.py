"""What every template may use: the instant of the request, the provider, whether this is the demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from astreinte.accounts import queries as accounts


def desk(request: HttpRequest) -> dict[str, Any]:
    """`at`, `provider`, `demonstration`, `pocket_url`, `status_url`."""
    return {
        "at": getattr(request, "at", None),
        "provider": accounts.provider(),
        "demonstration": settings.DEMO,
        "pocket_url": settings.POCKET_URL,
        "status_url": f"{settings.STATUS_URL}/",
    }
