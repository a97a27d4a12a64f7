"""A long list, page by page: by the number of its last row where rows arrive, so that one more moves nothing; else by its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

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


def address(here: str, asked: Mapping[str, str], *, page: int) -> str:
    """This page of a list, filtered as it was asked for; the first one needs no number."""
    kept = {**asked, "page": str(page) if page > 1 else ""}
    words = urlencode({name: value for name, value in kept.items() if value})
    return f"{here}{'?' if words else ''}{words}"


def neighbours(here: str, asked: Mapping[str, str], *, page: int, is_last: bool) -> dict[str, str]:
    """The addresses of the pages before and after this one, as components/pagination.html takes them."""
    return {
        "newer_url": address(here, asked, page=page - 1) if page > 1 else "",
        "older_url": "" if is_last else address(here, asked, page=page + 1),
    }
