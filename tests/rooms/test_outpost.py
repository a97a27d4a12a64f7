"""A prober on another machine, as a real process, against a real web process of the desk."""

import json

import pytest

from astreinte.core import clock
from astreinte.customers.models import ManagedService
from astreinte.monitoring import edits
from astreinte.monitoring.edits import Pace, SiteWish
from astreinte.monitoring.models import Check, Incident, Result, Sight, Site
from tests.processes import running, until
from tests.rooms.test_prober import site as site  # noqa: PLC0414 - a fixture

KEY = "key-of-paris-and-no-other"


@pytest.fixture
def port():
    """One that was free a moment ago."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def check(thawed, world, site):
    """A look a second, down after two failures; looked at from Paris too."""
    world.on_call("Alice")
    ManagedService.objects.create(server=world.web1, position=0, type="http", parameters={"url": site[1]})
    pace = Pace(interval_s=1, down_after=2, up_after=1)
    edits.checks({world.web1.name: [pace]}, kinds={"http"}, at=clock.now())
    edits.sites([SiteWish(name="paris", key=KEY)], at=clock.now())
    return Check.objects.get()


def web(database_url, port):
    return running(
        "-m", "astreinte", "web", "--port", str(port),
        ASTREINTE_DATABASE_URL=database_url, ASTREINTE_WEB_PROCESSES="1",
    )  # fmt: skip


def outpost(tmp_path, core, key=KEY, **environment):
    """It has a data folder of its own, and no database."""
    words = ["-m", "astreinte", "prober", "--site", "paris", "--core", core]
    given = {"ASTREINTE_PROBE_ALLOW_PRIVATE": "1", "ASTREINTE_DATA": str(tmp_path), "ASTREINTE_SITE_KEY": key}
    return running(*words, ASTREINTE_DATABASE_URL="sqlite:////nowhere/at/all", **{**given, **environment})


def believed():
    return Sight.objects.filter(site__name="paris").values_list("believed", flat=True).first()


@pytest.mark.slow
def test_it_looks_reports_and_is_believed_and_a_desk_that_was_away_gets_what_was_kept(
    check, site, port, database_url, tmp_path
):
    kind, _url = site
    core = f"http://127.0.0.1:{port}"
    with outpost(tmp_path, core) as far:
        far.says("the desk is away")
        with web(database_url, port) as desk:
            far.says("prober ready")
            until(lambda: believed() == "up")
            paris = Site.objects.select_related("source").get(name="paris")
            until(lambda: Site.objects.get(name="paris").checks == 1)
            assert paris.source.due_at > clock.now()
            kind.status = 500
            until(lambda: believed() == "down")
            until(lambda: Check.objects.get().state == "down")  # nobody else looks: one of one
            kind.status = 200
            until(lambda: Check.objects.get().state == "up")
            assert Incident.objects.get().state == "resolved"
            desk.process.kill()
        before = Result.objects.count()
        far.says("results are kept")
        folder = tmp_path / "prober-paris"
        until(lambda: sum(len(path.read_text().splitlines()) for path in folder.glob("*.jsonl")) >= 5)
        with web(database_url, port):
            far.says("the desk is back")
            until(lambda: Result.objects.count() >= before + 5)
            numbers = list(Result.objects.values_list("at", flat=True))
            assert len(numbers) == len(set(numbers))
            assert Incident.objects.count() == 1
            assert far.stop() == 0
    assert KEY not in far.text
    assert "Traceback" not in far.text


@pytest.mark.slow
def test_killed_while_the_desk_is_away_it_loses_nothing_it_had_seen(check, site, port, database_url, tmp_path):
    core = f"http://127.0.0.1:{port}"
    folder = tmp_path / "prober-paris"
    with outpost(tmp_path, core) as first:
        with web(database_url, port) as desk:
            first.says("prober ready")
            until(lambda: believed() == "up")
            desk.process.kill()
        until(lambda: sum(len(path.read_text().splitlines()) for path in folder.glob("*.jsonl")) >= 4)
        first.process.kill()
    kept = [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    with web(database_url, port), outpost(tmp_path, core) as second:
        second.says("prober ready")
        until(lambda: Site.objects.get(name="paris").last_number > max(row[0] for row in kept))
    told = {round(at.timestamp() * 1000) for at in Result.objects.values_list("at", flat=True)}
    assert {row[2] for row in kept} <= told


@pytest.mark.parametrize(
    ("core", "key", "says"),
    [
        ("http://desk.provider.example", KEY, "write https://desk.provider.example"),
        ("ftp://desk.provider.example", KEY, "is not the address of a desk"),
        ("https://desk.provider.example", "", "Give the key of this site"),
    ],
)
def test_what_it_cannot_use_stops_it_with_a_sentence(tmp_path, core, key, says):
    with outpost(tmp_path, core, key=key) as far:
        far.says(says)
        assert far.process.wait(60) == 2


def test_a_key_that_the_desk_does_not_know_stops_it_with_a_sentence(check, port, database_url, tmp_path):
    with web(database_url, port):
        until(lambda: _answers(port))
        with outpost(tmp_path, f"http://127.0.0.1:{port}", key="another") as far:
            far.says("The desk knows no site with this key")
            assert far.process.wait(60) == 2


def _answers(port):
    import socket

    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0
