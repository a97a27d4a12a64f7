"""Tables as files that a spreadsheet opens: safe, accents kept, streamed line by line."""

import csv
import re
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

# A spreadsheet takes a cell that begins with one of these for a formula (reliability, S15).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
# A French one splits this file at semicolons, and the quotes of our cells then protect nothing: what follows begins a cell.
_SPLIT = re.compile(rf"(?<=[;,\t\r\n])([ \"]*)(?=[{re.escape(''.join(FORMULA))}])")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe_cell(text: str) -> str:
    """A cell no spreadsheet takes for a formula. Numbers of ours stay numbers."""
    try:
        float(text)
    except ValueError:
        apart = _SPLIT.sub(r"\1'", text)
        return f"'{apart}" if text.lstrip(" ").startswith(FORMULA) else apart
    return text


def _lines(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"  # or a spreadsheet reads the accents wrong
    yield writer.writerow(list(head))
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


def table(name: str, *, head: Iterable[str], rows: Iterable[Iterable[str]]) -> StreamingHttpResponse:
    """The answer that downloads this table."""
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
