"""What every command shares: Django when it is needed, the reader's language, a database that is ready, and how to stop."""

import os
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

import typer

T = TypeVar("T")
_spoken: list[Any] = []


def begin() -> None:
    """Django, and the language of this terminal: English where it asks for it, French otherwise."""
    import django
    from django.apps import apps
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "astreinte.config.settings")
    if not apps.ready:
        django.setup()
    asked = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    spoken = translation.override("en" if asked.startswith("en") else "fr")
    spoken.__enter__()
    _spoken.append(spoken)


def end() -> None:
    """Give back the language that was spoken before."""
    while _spoken:
        _spoken.pop().__exit__(None, None, None)


def ready() -> None:
    """Django with a database: an empty one gets its tables; one that is late, or away, stops the command with a sentence."""
    begin()
    from django.core.management import call_command
    from django.db.utils import DatabaseError
    from django.utils.translation import gettext as _

    from astreinte.core import health

    try:
        if health.is_empty():
            call_command("migrate", verbosity=0, interactive=False)
            return
        missing = may_go_on(health.missing_migrations)
    except DatabaseError as error:
        stop(_("The database does not answer: %s.") % str(error).strip())
    if missing:
        stop(_("The database is older than this version: run `astreinte migrate` first."))


def may_go_on(look: Callable[[], T]) -> T:
    """What is found; a database that stopped where this version cannot go on stops the command with a sentence."""
    from django.utils.translation import gettext as _

    from astreinte.core import health

    try:
        return look()
    except health.HalfWay as refused:
        stop(_(refused.sentence) % refused.details)


def stop(*sentences: str, code: int = 2) -> NoReturn:
    """Say why on the error output, and end."""
    for sentence in sentences:
        typer.echo(sentence, err=True)
    raise typer.Exit(code)


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print rows under their headings."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, header_style="bold")
    for place, column in enumerate(columns):
        drawn.add_column(column, no_wrap=place == 0, overflow="fold")  # the first one is there to be copied
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(drawn)


def coloured(mark: str, style: str, text: str) -> None:
    """One line whose first word has a colour, where the terminal has some; never cut, never interpreted."""
    from rich.console import Console
    from rich.text import Text

    Console(highlight=False).print(Text.assemble((mark, style), f" {text}"), soft_wrap=True)
