"""The command `advice`: questions on the input, answers on the output, one JSON line each."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from astreinte.workers import terminal

LARGEST = 32 * 1024 * 1024


def advice(
    *,
    at: Annotated[
        str, typer.Option(help="The time of the questions that do not say theirs (RFC 3339); now otherwise.")
    ] = "",
) -> None:
    """Say what facts mean: one JSON object, or one a line, on the input: {plan, policy, symptom, text, facts}.

    A line that cannot be read is answered by its errors, and the command ends with 1.
    """
    terminal.ready()
    from astreinte.core import clock

    asked_at = _instant(at) or clock.now()
    wrong = 0
    for question in _questions(sys.stdin.buffer.read(LARGEST + 1)):
        answer = _answer(question, at=asked_at)
        wrong += "errors" in answer
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    raise typer.Exit(1 if wrong else 0)


def _instant(text: Any) -> datetime | None:
    """None when nothing was written; what cannot be read stops the command."""
    from django.utils.translation import gettext as _

    if not text:
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        terminal.stop(_("%s is not a date; write as in 2026-01-31 or 2026-01-31T22:00:00Z.") % text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _questions(given: bytes) -> Iterator[Any]:
    """One object on several lines, or one a line."""
    from django.utils.translation import gettext as _

    if len(given) > LARGEST:
        terminal.stop(_("The input is too long: 32 MiB at most."))
    text = given.decode(errors="replace")
    whole = _json(text)
    if isinstance(whole, Mapping):
        yield whole
        return
    yield from (_json(line) for line in text.splitlines() if line.strip())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _answer(question: Any, *, at: datetime) -> Mapping[str, Any]:
    from django.utils.translation import gettext as _

    from astreinte.guarantee import asked

    if not isinstance(question, Mapping):
        return _errors(("", _("Write one JSON object, or one a line.")))
    try:
        when = datetime.fromisoformat(str(question["at"])) if question.get("at") else at
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
    except ValueError:
        return _errors(("at", _("Write a date and time with its zone, such as 2026-10-25T02:30:00Z.")))
    named = {name: question.get(name) for name in ("plan", "policy", "symptom", "text", "facts")}
    try:
        return asked.advice(**named, at=when).as_json
    except asked.NotUnderstood as wrong:
        return _errors(*((one.field, _(one.msgid) % one.params) for one in wrong.troubles))


def _errors(*wrong: tuple[str, str]) -> Mapping[str, Any]:
    return {"errors": [{"field": field, "sentence": sentence} for field, sentence in wrong]}
