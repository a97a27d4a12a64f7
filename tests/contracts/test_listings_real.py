"""The listings that the guide asks for, as the programs of this machine write them."""

import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from astreinte.monitoring import listings
from astreinte.monitoring.rules import copies

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LS = ["ls", "-l", "--time-style=full-iso", "."]
FIND = ["find", ".", "-type", "f", "-printf"]
YEAR = timedelta(days=365)


@pytest.fixture
def folder(tmp_path):
    """Two copies of yesterday and of tonight, a folder that is newer, a link, and names as people have them."""
    for name, hours in (("sauvegarde d'hier.tar", 25), ("été $(x).tar", 1), ("folder/in.tar", 50)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("content")
        then = (AT - timedelta(hours=hours)).timestamp()
        os.utime(path, (then, then))
    (tmp_path / "latest").symlink_to("folder")
    return tmp_path


def newest(folder, command, *, zone="UTC"):
    written = subprocess.run(
        command, cwd=folder, capture_output=True, check=True, env={**os.environ, "TZ": zone, "LC_ALL": "C.UTF-8"}
    ).stdout
    found = listings.read(written, pattern="*", zone=zone, at=AT)
    return len(found), copies.judged(found, where="the listing", younger_than=YEAR, at=AT).summary


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/St_Johns"])
@pytest.mark.parametrize(
    ("command", "number"), [(LS, 2), ([*FIND, "%T@ %s %p\\n"], 3), ([*FIND, "%T+ %s %p\\n"], 3)], ids=["ls", "T@", "T+"]
)
def test_what_this_machine_writes_is_read(folder, command, number, zone):
    assert newest(folder, command, zone=zone) == (number, "été $(x).tar, 1 h old")


@pytest.mark.parametrize("command", [LS, [*FIND, "%T@ %s %p\\n"]], ids=["ls", "find"])
def test_an_empty_folder_has_no_copy(tmp_path, command):
    assert newest(tmp_path, command) == (0, "no copy in the listing")
