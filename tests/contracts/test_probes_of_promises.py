"""The two promises that nobody watches: the newest backup can be read, and a change of the panel is applied."""

import json
from datetime import timedelta

import pytest

from astreinte.monitoring import probes
from astreinte.monitoring.probes import BadParameters
from tests import copies
from tests.probe_servers import AT, page, play, serving, site

LOGIN = {**copies.LOGIN, "password": "p4ssw0rd of the site"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
def warm():
    probes.warm(probes.KINDS)


async def look(kind, **given):
    return await probes.run(probes.make(kind, given), at=AT, allow_private=True, deadline_s=5)


def backup(files=copies.NIGHT, *, age=HOUR, **given):
    async def story():
        async with copies.serving(files, age=age) as server:
            return await look("backup", host="127.0.0.1", port=server.port, **{**LOGIN, **given})

    result = play(story())
    assert LOGIN["password"] not in repr(result)
    return result


def test_the_newest_copy_is_read():
    result = backup()
    assert (result.up, result.error) == (True, "")
    assert result.summary == "2026-11-26, 1 h old, can be read"
    assert result.facts == {"copies": 2, "newest": "2026-11-26", "age_h": 1.0}


@pytest.mark.parametrize(
    ("age", "younger_than", "up"),
    [(25 * HOUR, "26h", True), (26 * HOUR, "26h", False), (27 * HOUR, "26h", False), (27 * HOUR, "28h", True)],
)
def test_a_copy_is_young_enough_or_too_old(age, younger_than, up):
    result = backup({"www.tar.gz": "content"}, age=age, younger_than=younger_than)
    assert (result.up, result.error) == (up, "")
    assert f"{age // HOUR} h old" in result.summary


def test_the_day_in_a_name_wins_over_the_date_of_its_last_change():
    old = backup({"www_20261120.tar": "content"}, age=HOUR)  # being cleaned, an hour ago
    assert (old.up, old.facts["age_h"]) == (False, 111.0)
    kept = backup({"2026-11-26/www.tar": "content"}, age=300 * DAY)  # rsync keeps the dates of what it copies
    assert (kept.up, kept.facts["age_h"]) == (True, 15.0)
    no_day = backup({"2026-13-45.tar": "content"}, age=2 * HOUR)
    assert (no_day.up, no_day.facts["age_h"]) == (True, 2.0)


def test_what_is_dated_far_ahead_hides_nothing():
    result = backup({"2099-01-01/x": "content", "2026-11-20/x": "content"})
    assert (result.up, result.facts["newest"]) == (False, "2026-11-20")
    assert backup({"x.tar": "content"}, age=-10 * DAY).summary == "no copy in /backups"


@pytest.mark.parametrize(
    ("files", "given", "said"),
    [
        ({}, {}, "no copy in /backups"),
        ({".hidden": "content"}, {}, "no copy in /backups"),
        ({"notes.txt": "content"}, {"pattern": "*.tar.gz"}, "no copy in /backups"),
        ({"2026-11-26.tar": ""}, {}, "the newest copy, 2026-11-26.tar, is empty"),
        ({"2026-11-26/a/b/empty": ""}, {}, "the newest copy, 2026-11-26, is empty"),
        ({"x": "content"}, {"path": "/gone"}, "/gone: No such file or directory"),
        ({"x": "content"}, {"password": "wrong"}, "monitor may not log in"),
        ({"x": "content"}, {"host_keys": f"SHA256:{'A' * 43}"}, "the host key is not the expected one"),
    ],
)
def test_a_copy_that_is_not_there_or_not_for_us_is_down(files, given, said):
    result = backup(files, **given)
    assert (result.up, result.error) == (False, "")
    assert said in result.summary


def test_a_copy_deep_in_its_folders_is_found():
    assert backup({"2026-11-26/a/b/c/d.sql": "content", "2026-11-26/a/empty": ""}).up


def test_a_link_is_no_copy():
    async def story():
        async with copies.serving({"old/x": "content"}, age=9 * DAY) as server:
            (server.seen[0] / "backups" / "latest").symlink_to("/etc")
            return await look("backup", host="127.0.0.1", port=server.port, **LOGIN)

    assert play(story()).facts["newest"] == "old"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"password": ""}, "write a password or a key, one of them"),
        ({"key": "-----BEGIN X PRIVATE KEY-----\nabc\n-----END X PRIVATE KEY-----"}, "a password or a key"),
        ({"password": "", "key": "abc"}, "write the whole private key"),
        ({"host_keys": []}, "host_keys needs the fingerprint"),
        ({"host_keys": "abc"}, "write the SHA256 fingerprint"),
        ({"younger_than": "soon"}, "write a duration, as in 15m or 26h"),
        ({"younger_than": "0s"}, "write a duration"),
        ({"path": " "}, "write a text"),
    ],
)
def test_what_is_wrong_for_a_backup_is_refused(given, message):
    with pytest.raises(BadParameters, match=message):
        probes.make("backup", {"host": "x.example", **LOGIN, **given})


# -- changes -----------------------------------------------------------------------------------------------------------


def answer(said):
    return page(said if isinstance(said, str) else json.dumps(said))


def change(panel, server=None, *, heard=None, heard_at_server=None, **given):
    """What is seen of a panel that says this, and of a server that says that."""

    async def story():
        async with (
            serving(site({"/canary": answer(panel)}, heard=heard)) as one,
            serving(site({"/applied": answer(server)}, heard=heard_at_server)) as other,
        ):
            where = {"panel_url": f"http://127.0.0.1:{one.port}/canary"}
            if server is not None:
                where["applied_url"] = f"http://127.0.0.1:{other.port}/applied"
            return await look("change-applied", **where, **given)

    return play(story())


def ago(minutes):
    return (AT - timedelta(minutes=minutes)).isoformat()


@pytest.mark.parametrize(
    ("panel", "server", "up", "said"),
    [
        ({"requested": "2041"}, {"applied": "2041"}, True, "2041 is applied"),
        ({"requested": 2041}, {"applied": "2041"}, True, "2041 is applied"),
        ({"requested": "2041", "applied": "2041"}, None, True, "2041 is applied"),
        (
            {"requested": "b", "requested_at": ago(3)},
            {"applied": "a"},
            True,
            "b was requested 3 min ago, the server has a",
        ),
        (
            {"requested": "b", "requested_at": ago(16)},
            {"applied": "a"},
            False,
            "b was requested 16 min ago, the server has a",
        ),
        ({"requested": ago(2)}, {"applied": ago(12)}, True, "was requested 2 min ago"),
        ({"requested": ago(20)}, {"applied": ago(30)}, False, "was requested 20 min ago"),
        ({"requested": ago(20)}, {"applied": ago(10)}, True, "is applied"),
        ({"requested": ago(20)}, {"applied": "none yet"}, False, "the server has none yet"),
    ],
)
def test_a_change_is_applied_late_or_on_its_way(panel, server, up, said):
    result = change(panel, server)
    assert (result.up, result.error) == (up, "")
    assert said in result.summary
    assert set(result.facts) == {"requested", "applied"}


def test_how_long_a_change_may_take_is_said():
    panel, server = {"requested": "b", "requested_at": ago(16)}, {"applied": "a"}
    assert change(panel, server, within="20m").up
    assert not change(panel, server, within="10m").up


@pytest.mark.parametrize(
    ("panel", "server", "said"),
    [
        ("no JSON", {"applied": "a"}, "no JSON object from the panel"),
        ({"requested": "a"}, "[1]", "no JSON object from the server"),
        ({"requested": "a"}, {}, "no applied in the answer"),
        ({"requested": True}, {"applied": "a"}, "no requested in the answer"),
        ({"requested": ["a"]}, {"applied": "a"}, "no requested in the answer"),
        ({"requested": " "}, {"applied": "a"}, "no requested in the answer"),
        ({"requested": "b"}, {"applied": "a"}, "no requested_at in the answer of the panel"),
        ({"requested": "b", "requested_at": 17}, {"applied": "a"}, "no requested_at in the answer of the panel"),
        ({"requested": "a"}, None, "no applied in the answer"),
    ],
)
def test_what_says_no_version_is_nonsense(panel, server, said):
    result = change(panel, server)
    assert (result.up, result.error, result.summary) == (False, "nonsense", said)


def test_a_panel_that_is_out_of_order_is_named():
    async def story():
        async with serving(site({"/": page("", "503 Busy")})) as panel:
            return await look("change-applied", panel_url=f"http://127.0.0.1:{panel.port}/")

    assert play(story()).summary == "HTTP 503 of the panel"


def test_the_login_of_the_panel_goes_to_the_panel_alone():
    heard, elsewhere = [], []
    login = {"user": "canary", "password": "s3cret", "headers": {"X-Token": "t0ken"}}
    given = {"panel": {"requested": "a"}, "server": {"applied": "a"}, "heard": heard, "heard_at_server": elsewhere}
    assert change(**given, **login).up
    assert ["Authorization: Basic" in one and "t0ken" in one for one in heard] == [True]
    assert ["Authorization" in one or "t0ken" in one for one in elsewhere] == [False]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"password": "x"}, "a password needs its user"),
        ({"within": "a while"}, "write a duration, as in 15m or 26h"),
        ({"applied_url": "ftp://x"}, "write an http or https address"),
    ],
)
def test_what_is_wrong_for_a_change_is_refused(given, message):
    with pytest.raises(BadParameters, match=message):
        probes.make("change-applied", {"panel_url": "https://panel.example/", **given})


# -- what each kind falls under ------------------------------------------------------------------------------------------


def test_the_clause_of_each_kind_is_said_by_the_kind():
    clauses = {kind: probe.clause for kind, probe in probes.KINDS.items()}
    assert (clauses.pop("backup"), clauses.pop("change-applied")) == ("backup-unreachable", "change-not-applied")
    assert set(clauses.values()) == {"service-down"}


@pytest.mark.parametrize("kind", sorted(probes.KINDS))
def test_every_kind_has_a_name_for_its_owner(kind):
    assert probes.KINDS[kind].service
    assert "%(where)s" in probes.KINDS[kind].down
