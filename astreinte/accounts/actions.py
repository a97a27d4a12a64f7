"""The verbs of people: those who stand in for somebody in a rehearsal."""

from astreinte.accounts.models import STAND_INS, User


def stand_in(key: str, *, name: str, language: str) -> User:
    """The person of this key who is nobody, made at its first rehearsal. Not active: they cannot sign in."""
    said = {"name": name, "language": language, "is_active": False, "password": "!"}  # a "!" that no password hashes to
    return User.objects.get_or_create(email=f"{key}{STAND_INS}", defaults=said)[0]
