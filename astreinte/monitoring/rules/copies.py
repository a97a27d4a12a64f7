"""The copies of a backup, whoever saw them: which is the newest, and whether it is young enough. Pure."""

import fnmatch
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A day as people write it in the name of a copy.
DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d{5})", re.ASCII)
# A copy named for a day was made on that day, wherever the server's clock is: half a day either side of Greenwich.
EITHER_SIDE = timedelta(hours=12)
# A clock may be wrong by this much before what it dates is put aside.
AHEAD = timedelta(days=1)
# A copy a day, and two hours to make it.
YOUNGER_THAN = timedelta(hours=26)
# More names than that are no listing of copies.
MOST_NAMES = 10_000


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One copy: a file, or the folder of a day. `size` is in bytes; None: not known before it is read."""

    name: str
    made_at: datetime
    size: int | None = None
    is_folder: bool = False


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Whether a backup is in order, in words; the newest copy, and how old it is, where there is one."""

    up: bool
    summary: str
    newest: Copy | None = None
    age: timedelta = timedelta()


def copy_of(
    name: str,
    *,
    changed_at: datetime,
    pattern: str,
    at: datetime,
    size: int | None = None,
    is_folder: bool = False,
) -> Copy | None:
    """What counts as a copy: a file or a folder of that name, not hidden, and not from the future."""
    if name.startswith(".") or not fnmatch.fnmatch(name, pattern):
        return None
    made_at = _made_at(name, changed_at)
    return Copy(name=name, made_at=made_at, size=size, is_folder=is_folder) if made_at <= at + AHEAD else None


def _made_at(name: str, changed_at: datetime) -> datetime:
    """When a copy was made: when it was last changed, within the day that its name says, if it says one.

    A folder of last week that is being cleaned today is not of today; one that kept the old date of what is in it is.
    """
    found = DAY.search(name)
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else None
    except ValueError:
        day = None
    return min(max(changed_at, day - EITHER_SIDE), day + timedelta(days=1) + EITHER_SIDE) if day else changed_at


def judged(copies: Collection[Copy], *, where: str, younger_than: timedelta, at: datetime) -> Judged:
    """The newest copy must be younger than that, and not known to be empty."""
    if not copies:
        return Judged(up=False, summary=f"no copy in {where}")
    newest = max(copies, key=lambda copy: copy.made_at)
    age = max(at - newest.made_at, timedelta())
    if age >= younger_than:
        said = f"the newest copy, {newest.name}, is {_hours(age)} old"
        return Judged(up=False, summary=said, newest=newest, age=age)
    if newest.size == 0:
        return Judged(up=False, summary=empty(newest), newest=newest, age=age)
    return Judged(up=True, summary=f"{newest.name}, {_hours(age)} old", newest=newest, age=age)


def empty(newest: Copy) -> str:
    """There is nothing in it, in words."""
    return f"the newest copy, {newest.name}, is empty"


def _hours(age: timedelta) -> str:
    return f"{age / timedelta(hours=1):.0f} h"
