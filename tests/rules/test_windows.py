"""The window of a maintenance, on the clocks of the provider, both DST nights included; and which line of the file is which."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from astreinte.monitoring.rules import windows
from astreinte.monitoring.rules.windows import Known, Wish

PARIS = ZoneInfo("Europe/Paris")


def wall(text):
    return datetime.fromisoformat(text)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "begins", "ends"),
    [
        ("2026-07-01 02:00", "2026-07-01 03:00", "2026-07-01 00:00", "2026-07-01 01:00"),
        # 25 October 2026: from 3:00 the clocks go back to 2:00
        ("2026-10-25 01:00", "2026-10-25 04:00", "2026-10-24 23:00", "2026-10-25 03:00"),
        ("2026-10-25 02:15", "2026-10-25 02:45", "2026-10-25 00:15", "2026-10-25 00:45"),
        ("2026-10-25 02:45", "2026-10-25 02:15", "2026-10-25 00:45", "2026-10-25 01:15"),
        # 29 March 2026: from 2:00 the clocks go forward to 3:00
        ("2026-03-29 01:00", "2026-03-29 04:00", "2026-03-29 00:00", "2026-03-29 02:00"),
        ("2026-03-29 01:30", "2026-03-29 02:30", "2026-03-29 00:30", "2026-03-29 01:00"),
        ("2026-03-29 02:30", "2026-03-29 03:30", "2026-03-29 01:00", "2026-03-29 01:30"),
    ],
)
def test_the_instants_of_two_times_on_the_wall(start, end, begins, ends):
    assert windows.instants(wall(start), wall(end), zone=PARIS) == (utc(begins), utc(ends))


def test_an_hour_that_never_comes_is_no_window():
    begins, ends = windows.instants(wall("2026-03-29 02:15"), wall("2026-03-29 02:45"), zone=PARIS)
    assert isinstance(windows.wrong_length(begins, ends), windows.Backwards)


def test_an_end_before_its_start_on_any_other_day_stays_wrong():
    begins, ends = windows.instants(wall("2026-07-01 02:45"), wall("2026-07-01 02:15"), zone=PARIS)
    assert isinstance(windows.wrong_length(begins, ends), windows.Backwards)


FIRST, SECOND, THIRD = (utc(f"2026-11-0{day} 02:00") for day in (1, 2, 3))


def line(title, start):
    return Wish(title=title, servers=frozenset({"web1"}), start=start, end=start + timedelta(hours=1))


@pytest.mark.parametrize(
    ("wanted", "known", "paired"),
    [
        ([line("Disks", FIRST)], [Known(key=1, title="Disks", start=FIRST, moves=True)], {1: FIRST}),
        ([line("Disks", SECOND)], [Known(key=1, title="Disks", start=FIRST, moves=True)], {1: SECOND}),
        ([line("Disks", SECOND)], [Known(key=1, title="Disks", start=FIRST, moves=False)], {}),
        ([line("Kernel", FIRST)], [Known(key=1, title="Disks", start=FIRST, moves=True)], {}),
        (
            [line("Disks", FIRST), line("Disks", THIRD)],
            [
                Known(key=1, title="Disks", start=SECOND, moves=True),
                Known(key=2, title="Disks", start=FIRST, moves=True),
            ],
            {2: FIRST, 1: THIRD},
        ),
    ],
)
def test_a_line_of_the_file_is_found_again(wanted, known, paired):
    assert {key: wish.start for key, wish in windows.pairs(wanted, known).items()} == paired
