"""The verbs of people: those who stand in for somebody in a rehearsal; one who is erased."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Q

from astreinte.accounts.erased import ERASED
from astreinte.accounts.models import STAND_INS, ApiToken, RememberedAnswer, User
from astreinte.core import configuration, timeline
from astreinte.core.actors import Actor


def stand_in(key: str, *, name: str, language: str) -> User:
    """The person of this key who is nobody, made at its first rehearsal. Not active: they cannot sign in."""
    said = {"name": name, "language": language, "is_active": False, "password": "!"}  # a "!" that no password hashes to
    return User.objects.get_or_create(email=f"{key}{STAND_INS}", defaults=said)[0]


def hold(user: User) -> None:
    """Nobody changes this account, or writes a row of theirs, until our transaction ends."""
    User.objects.select_for_update().get(pk=user.pk)
    user.refresh_from_db()


def erase(user: User, *, name: str, why: str, by: Actor, at: datetime) -> None:
    """Their account is nobody's: no name, no address, no key, no session. It stays, because the history refers to it."""
    ApiToken.objects.filter(user=user).delete()
    RememberedAnswer.objects.filter(user=user).delete()
    _end_sessions(user)
    nobody: dict[str, Any] = {
        "is_active": False,
        "password": "!",
        "last_login": None,
    }  # a "!" that no password hashes to
    User.objects.filter(pk=user.pk).update(email=f"{user.pk}{ERASED}", name=name, **nobody)
    configuration.changed()
    timeline.record(user, "person:erased", at=at, by=by, story=f"user/{user.pk}", why=why)


def _end_sessions(user: User) -> None:
    """A session is a text that must be read to know whose it is."""
    theirs = [one.pk for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()


def forget_answers(refs: Iterable[str]) -> None:
    """The answers kept for an Idempotency-Key that speak of these tickets, whoever asked."""
    for ref in refs:
        RememberedAnswer.objects.filter(Q(answer__contains=f'"{ref}"')).delete()
