"""What our views receive: Django's request, with its instant and its person."""

from datetime import datetime

from django.http import HttpRequest

from astreinte.accounts.models import User
from astreinte.core.actors import Actor


class AnyRequest(HttpRequest):
    """A request, with the instant at which it came."""

    at: datetime


class PersonRequest(AnyRequest):
    """A request of somebody signed in (the policy table made sure)."""

    user: User

    @property
    def actor(self) -> Actor:
        """Set by the access middleware; here for the types."""
        return self.user.actor
