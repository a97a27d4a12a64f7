"""What doors write about accounts: API tokens, the answers kept for an Idempotency-Key, the language somebody prefers."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from astreinte.accounts import queries
from astreinte.accounts.models import ApiToken, RememberedAnswer, User
from astreinte.accounts.permissions import SCOPES
from astreinte.core import configuration

# 256 bits; the prefix is for scanners of leaked secrets (reliability, S10).
TOKEN_PREFIX = "ast_"  # noqa: S105 - what every token starts with
TOKEN_BYTES = 32
TOKEN_LASTS = timedelta(days=365)
# The contract: the same key and body give the same answer for 24 h.
REMEMBERED_FOR = timedelta(hours=24)
# "Last used" is for people: writing it at every call would cost a transaction a call.
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered: the status, the text, and whether it is to be given again to the same key."""

    status: int
    text: str
    is_kept: bool = True


class KeyReused(Exception):  # noqa: N818 - an answer, not an error
    """This Idempotency-Key came with another request."""


class _Forget(Exception):  # noqa: N818 - undoes the claim of a key
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def new_token(
    user: User, *, name: str, scopes: Iterable[str] | None = None, at: datetime, lasts: timedelta = TOKEN_LASTS
) -> tuple[ApiToken, str]:
    """A new token and its text, shown this once. Without scopes it may do whatever its person may. ValueError: unknown scope."""
    wanted = sorted(SCOPES) if scopes is None else list(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        raise ValueError(", ".join(unknown))
    text = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name[:100],
            prefix=text[:12],
            sha256=queries.token_sha256(text),
            scopes=wanted,
            created_at=at,
            expires_at=at + lasts,
        )
        configuration.changed()
    return token, text


@transaction.atomic
def revoke_token(token: ApiToken, *, at: datetime) -> None:
    """From now on this token is refused."""
    configuration.changed()
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)


def token_used(token: ApiToken, *, at: datetime) -> None:
    """Note that a token is in use, at most once a minute."""
    if token.last_used_at is None or token.last_used_at <= at - USED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
        token.last_used_at = at  # the object is remembered: without this it would be asked to write at every call


def once(*, user: User, key: str, asked_sha256: str, work: Callable[[], Answer], at: datetime) -> Answer:
    """Do this work once for a key: the answer is kept in the transaction of the work itself, so that both exist or neither.

    Whoever comes meanwhile with the same key waits for the first. Raises KeyReused when the key was for another request.
    """
    try:
        with transaction.atomic():
            return _first(user=user, key=key, asked_sha256=asked_sha256, work=work, at=at)
    except _Forget as undone:
        return undone.answer


def _first(*, user: User, key: str, asked_sha256: str, work: Callable[[], Answer], at: datetime) -> Answer:
    RememberedAnswer.objects.filter(user=user, key=key, at__lt=at - REMEMBERED_FOR).delete()
    try:
        with transaction.atomic():
            mine = RememberedAnswer.objects.create(
                user=user, key=key, asked_sha256=asked_sha256, status=0, answer="", at=at
            )
    except IntegrityError:
        return _again(RememberedAnswer.objects.get(user=user, key=key), asked_sha256=asked_sha256)
    answer = work()
    if not answer.is_kept:
        raise _Forget(answer)
    RememberedAnswer.objects.filter(pk=mine.pk).update(status=answer.status, answer=answer.text)
    return answer


def _again(known: RememberedAnswer, *, asked_sha256: str) -> Answer:
    if known.asked_sha256 != asked_sha256:
        raise KeyReused
    return Answer(status=known.status, text=known.answer)


@transaction.atomic
def choose_language(user: User, *, language: str) -> None:
    """From now on the desk writes to them, and shows its pages, in this language."""
    configuration.changed()
    User.objects.filter(pk=user.pk).update(language=language)
