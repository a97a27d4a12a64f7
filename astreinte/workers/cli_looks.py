"""The commands that look and write nothing: `doctor`, `verify`, `export`."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astreinte.workers import terminal

if TYPE_CHECKING:
    from astreinte.core.proofs import Broken
    from astreinte.workers.doctor_lines import Line

AsJson = Annotated[bool, typer.Option("--json", help="JSON on the output, for programs.")]


def doctor(
    *,
    send: Annotated[bool, typer.Option("--send", help="Also open a connection to each gateway.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check everything that could stop a page; exit 1 on any red line."""
    terminal.begin()
    from astreinte.core import clock
    from astreinte.workers import doctor as looks
    from astreinte.workers.doctor_lines import Level

    lines = looks.examine(at=clock.now(), send=send)
    if as_json:
        typer.echo(json.dumps([line.as_json() for line in lines], ensure_ascii=False))
    for line in () if as_json else lines:
        _print_line(line)
    raise typer.Exit(1 if any(line.level is Level.RED for line in lines) else 0)


def _print_line(line: "Line") -> None:
    style = {"green": "green", "amber": "yellow", "red": "bold red"}[line.level]
    remedy = f" {line.remedy}" if line.remedy else ""
    terminal.coloured(f"{line.level.upper():5}", style, f"{line.about}: {line.sentence}{remedy}")


def verify(*, as_json: AsJson = False) -> None:
    """Re-compute every hash chain; name the first broken row of each, and exit 1."""
    terminal.ready()
    from astreinte.core import proofs as history

    found = {name: list(_first(look())) for name, look in _proofs().items()}
    if as_json:
        rows = {name: [{"row": one.row, "why": one.why} for one in broken] for name, broken in found.items()}
        typer.echo(json.dumps({"ok": not any(found.values()), "broken": rows, "last_seal": history.head()}))
    else:
        _print_proofs(found, head=history.head())
    raise typer.Exit(1 if any(found.values()) else 0)


def _proofs() -> "dict[str, Callable[[], Iterator[Broken]]]":
    from astreinte.billing import proofs as billing
    from astreinte.core import proofs as history
    from astreinte.tickets import proofs as tickets

    return {
        "timeline": history.history,
        "consent": tickets.consents,
        "receipts": tickets.receipts,
        "evidence": tickets.evidence,
        "packs": tickets.packs,
        "invoices": billing.invoices,
    }


def _first(broken: "Iterable[Broken]") -> "Iterator[Broken]":
    for one in broken:
        yield one
        return


def _print_proofs(found: "dict[str, list[Broken]]", *, head: str) -> None:
    from django.utils.translation import gettext as _

    for name, broken in found.items():
        for one in broken:
            terminal.coloured("RED  ", "bold red", f"{name}: {one.row}: {_(one.why)}.")
        if not broken:
            terminal.coloured("GREEN", "green", f"{name}: {_('Nothing was changed.')}")
    if head:
        typer.echo(_("Last seal: %s. Kept elsewhere, it also proves that nothing was cut off the end.") % head)


class Kind(StrEnum):
    """What can be exported."""

    PAGES = "pages"
    DELIVERIES = "deliveries"
    TIMELINE = "timeline"
    INVOICES = "invoices"


def export(
    *,
    since: Annotated[str, typer.Option(help="From this day or instant on (2026-01-31, or RFC 3339).")] = "",
    kind: Annotated[list[Kind] | None, typer.Option(help="Only this; repeat for several.")] = None,
) -> None:
    """Dump pages, deliveries, timeline and invoices as JSON lines; reads only."""
    terminal.ready()
    start = _instant(since) if since else None
    for one in kind or list(Kind):
        for row in _rows(one)(since=start):
            sys.stdout.write(json.dumps({"type": one.value, **_typed(row)}, ensure_ascii=False, default=str) + "\n")


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """An invoice has a `type` of its own, which would hide the kind of line."""
    return {("document_type" if name == "type" else name): value for name, value in row.items()}


def _rows(kind: Kind) -> Callable[..., Iterator[dict[str, Any]]]:
    from astreinte.billing import exports as billing
    from astreinte.core import exports as core
    from astreinte.notifications import exports as notifications
    from astreinte.paging import exports as paging

    return {
        Kind.PAGES: paging.pages,
        Kind.DELIVERIES: notifications.deliveries,
        Kind.TIMELINE: core.timeline,
        Kind.INVOICES: billing.invoices,
    }[kind]


def _instant(text: str) -> datetime:
    from django.utils.translation import gettext as _

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        terminal.stop(_("%s is not a date; write as in 2026-01-31 or 2026-01-31T22:00:00Z.") % text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
