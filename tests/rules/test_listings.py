"""The listing of a backup, as programs write it: what is read in it, and what is said about what is not."""

import json
from datetime import UTC, datetime

import pytest

from astreinte.monitoring import listings
from astreinte.monitoring.listings import Unreadable

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LS = """total 20
drwxr-xr-x  3 root root       4096 2026-11-26 11:00:00.000000000 +0100 folder
lrwxrwxrwx  1 root root          3 2026-11-26 11:00:00.000000000 +0100 latest -> www.tar
-rw-r-----+ 1 root www-data  51234 2026-11-25 02:51:03.123456789 +0100 www 2026-11-25.tar
-rw-r--r--. 2 1000 backup        7 2026-11-26 02:51:03.123456789 +0100 www.tar
-rw-r--r--  1 root root          9 2026-11-26 02:51:03.123456789 +0100 .hidden
"""
SNAPSHOT = {"time": "2026-11-26T02:51:03.123456789+01:00", "short_id": "40dc1520", "paths": ["/srv"]}


def read(listing, *, pattern="*", zone="Europe/Paris"):
    body = listing if isinstance(listing, bytes) else listing.encode()
    return listings.read(body, pattern=pattern, zone=zone, at=AT)


def found(listing, **more):
    return [(copy.name, f"{copy.made_at:%d %H:%M}", copy.size) for copy in read(listing, **more)]


def test_ls_with_full_dates_names_its_files():
    assert found(LS) == [("www 2026-11-25.tar", "25 01:51", 51234), ("www.tar", "26 01:51", 7)]
    assert found(LS.replace("\n", "\r\n"), pattern="*-*.tar") == [("www 2026-11-25.tar", "25 01:51", 51234)]


def test_find_says_the_local_time_or_the_seconds_since_1970():
    assert found("2026-11-26+02:51:03.1234567890 12 ./a b.tar\n") == [("a b.tar", "26 01:51", 12)]
    assert found("2026-11-26+02:51:03.1234567890 12 ./a b.tar\n", zone="UTC") == [("a b.tar", "26 02:51", 12)]
    assert found(f"{AT.timestamp():.0f}.1234567890 0 /x/a.tar") == [("a.tar", "26 12:00", 0)]


def test_the_files_of_a_day_s_folder_are_one_copy():
    lines = [
        "2026-11-25+02:00:00.0 5 /backup/2026-11-25/www.tar",
        "2026-11-26+02:00:00.0 5 /backup/2026-11-26/db/a.sql",
        "2026-11-26+02:10:00.0 0 /backup/2026-11-26/marker",
        "2026-11-26+01:00:00.0 3 /backup/other/marker",
        "2026-11-26+01:30:00.0 4 /backup/another/marker",
    ]
    assert found("\n".join(lines)) == [
        ("2026-11-25", "25 01:00", 5),
        ("2026-11-26", "26 01:10", 5),
        ("marker", "26 00:00", 3),
        ("marker", "26 00:30", 4),
    ]


def test_restic_says_its_snapshots():
    sized = {**SNAPSHOT, "time": "2026-11-25T01:51:03Z", "summary": {"total_bytes_processed": 51}}
    assert found(json.dumps([sized, SNAPSHOT, SNAPSHOT])) == [
        ("snapshot 2026-11-25 01:51", "25 01:51", 51),
        ("snapshot 2026-11-26 01:51", "26 01:51", None),
    ]
    assert found("[]") == []
    assert found(json.dumps([{**SNAPSHOT, "summary": {"total_bytes_processed": True}}]))[0][2] is None


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ("PK\x03\x04 binary", "line 1 says 'PK binary'"),
        (b"\xff\xfe\x00-\x00r", "line 1 says "),
        ("-rw-r--r-- 1 a b 12 Nov 26 02:51 www.tar", "line 1 says '-rw-r--r-- 1 a b 12 Nov 26 02:51 www.tar'"),
        ("-rw-r--r-- 1 a b 1,2G 2026-11-26 02:51:03.0 +0100 x", "line 1 says"),
        ("total 1\n\n-rw-r--r-- 1 a b 1 2026-13-45 02:51:03.0 +0100 x", "line 3 says"),
        ("2026-02-30+02:51:03.0 1 x", "line 1 says"),
        ("0001-01-01+00:00:00.0 1 x", "line 1 says"),
        ("2026-11-26+02:51:03 1 a 2026-11-26+02:51:03", ""),
        ("-rw-r--r-- 1 a b 1 2026-11-26 02:51:03.0 +9999 x", "line 1 says"),
        ("x" * 500, "line 1 says '" + "x" * 77 + "...'"),
        ("-1 12 x", "line 1 says"),
        ("\n" * 10_001, "it has more than 10000 lines"),
        ("[" * 100_000, "it is not JSON"),
        ("[1", "it is not JSON"),
        ("[NaN]", "it is not JSON"),
        ("{}", "a list of at most 10000 snapshots is expected"),
        ("[1]", "snapshot 1 has no time with its zone"),
        ('[{"time": "2026-11-26T02:51:03"}]', "snapshot 1 has no time with its zone"),
        ('[{"time": "0001-01-01T00:00:00+14:00"}]', "snapshot 1 has no time with its zone"),
        ('[{"time": 12}]', "snapshot 1 has no time with its zone"),
    ],
)
def test_what_is_no_listing_is_named_by_its_line(listing, said):
    if not said:
        assert len(read(listing)) == 1
        return
    with pytest.raises(Unreadable) as why:
        read(listing)
    assert str(why.value).startswith("the listing cannot be read: ")
    assert said in str(why.value)
    assert len(str(why.value)) < 200


def test_names_are_fit_to_be_shown():
    (copy,) = read("2026-11-26+02:51:03 1 /b/a\x00\x1b[31m\u202egz.exe" + "x" * 300)
    assert copy.name.startswith("a[31mgz.exexx")
    assert len(copy.name) == 100


def test_what_is_dated_far_ahead_is_left_out():
    assert found("99999999999 1 x\n2026-11-26+02:51:03 1 y") == [("y", "26 01:51", 1)]
