"""A long list, page by page, by the number of its last row: no count, and a row that arrives moves nothing."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

SIZE = 25
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class ListPage(Generic[M]):
    """The rows of a page, and the addresses of its neighbours (empty when there is none)."""

    rows: list[M]
    newer_url: str
    older_url: str


def page_of(rows: QuerySet[M], request: HttpRequest, *, size: int = SIZE) -> ListPage[M]:
    """The newest rows, or those before ?before=NUMBER."""
    before = request.GET.get("before", "")
    rows = rows.order_by("-pk")
    if before.isascii() and before.isdecimal() and len(before) < 19:  # noqa: PLR2004 - what a big integer holds
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: size + 1])
    older = f"?before={found[size - 1].pk}" if len(found) > size else ""
    return ListPage(rows=found[:size], newer_url=request.path if before else "", older_url=older)
