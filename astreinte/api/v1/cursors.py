"""Lists by cursor: newest first, from where the last answer stopped; the cursor means nothing to its reader."""

import base64
import binascii
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_noop

from astreinte.api.v1.problems import Unknown

M = TypeVar("M", bound=Model)
NOT_OURS = gettext_noop("This cursor is not one of ours: take `next` of the answer before.")
LENGTH = 18  # digits of a key


def _before(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise Unknown("cursor", NOT_OURS) from error
    kind, _, key = text.partition(":")
    if kind != "before" or not key.isdecimal() or len(key) > LENGTH:
        raise Unknown("cursor", NOT_OURS)
    return int(key)


def cut(rows: QuerySet[M], *, cursor: str | None, limit: int) -> tuple[list[M], str | None]:
    """The rows of this answer, newest first, and the cursor of the next one; None at the end. Raises Unknown."""
    asked = rows.filter(pk__lt=_before(cursor)) if cursor else rows
    found = list(asked.order_by("-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    after = base64.urlsafe_b64encode(f"before:{found[limit - 1].pk}".encode()).decode().rstrip("=")
    return found[:limit], after
