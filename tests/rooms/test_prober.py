"""The prober looks at real servers, writes what it saw, and what fails rings."""

import socket
import threading
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from astreinte.core import clock, heartbeats
from astreinte.customers.models import ManagedService
from astreinte.flows import diagnose
from astreinte.monitoring import edits
from astreinte.monitoring.edits import Pace
from astreinte.monitoring.models import Check, Incident, Result, Site
from astreinte.notifications.models import Notification
from astreinte.tickets.models import Diagnosis
from tests.processes import running, until


class WebSite(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(type(self).status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture
def site():
    """A web server, and the class whose `status` it answers."""
    kind = type("OneSite", (WebSite,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kind, f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def check(thawed, world, site):
    """A look a second, down after two failures."""
    world.on_call("Alice")
    ManagedService.objects.create(server=world.web1, position=0, type="http", parameters={"url": site[1]})
    pace = Pace(interval_s=1, down_after=2, up_after=1)
    edits.checks({world.web1.name: [pace]}, kinds={"http"}, at=clock.now())
    return Check.objects.get()


def state():
    return Check.objects.values_list("state", flat=True).get()


def prober(database_url, **environment):
    environment.setdefault("ASTREINTE_PROBE_ALLOW_PRIVATE", "1")
    return running("-m", "astreinte", "prober", ASTREINTE_DATABASE_URL=database_url, **environment)


def test_it_sees_a_service_fail_and_come_back(check, site, database_url):
    kind, _url = site
    with prober(database_url) as process:
        process.says("prober ready")
        until(lambda: state() == "up")
        kind.status = 500
        until(lambda: state() == "down")
        incident = Incident.objects.get()
        assert incident.state == "open"
        assert Notification.objects.filter(kind="page", about=incident.page.story).exists()
        kind.status = 200
        until(lambda: state() == "up")
        assert Incident.objects.get().state == "resolved"
        assert "prober" in heartbeats.ages(at=clock.now())
        assert process.stop() == 0
        assert "Traceback" not in process.text


def test_killed_it_loses_nothing_and_the_next_one_goes_on(check, site, database_url):
    kind, _url = site
    with prober(database_url) as first:
        first.says("prober ready")
        until(lambda: state() == "up")
        first.process.kill()
    kind.status = 500
    with prober(database_url) as second:
        second.says("prober ready")
        until(lambda: state() == "down")
    assert Incident.objects.count() == 1


def test_an_address_that_may_not_be_contacted_is_our_trouble_and_nobody_is_rung(check, database_url):
    with prober(database_url, ASTREINTE_PROBE_ALLOW_PRIVATE="") as process:
        process.says("prober ready")
        until(lambda: Check.objects.get().error == "forbidden")
    assert (state(), Incident.objects.count()) == ("unknown", 0)


def test_when_our_references_do_not_answer_either_nobody_is_blamed(check, world, site, database_url):
    kind, _url = site
    reference = socket.socket()
    reference.bind(("127.0.0.1", 0))  # refuses until it listens
    where = f"tcp 127.0.0.1:{reference.getsockname()[1]}"
    type(world.provider).objects.update(settings={"monitoring": {"references": [where]}})
    kind.status = 500
    with reference, prober(database_url) as process:
        process.says("prober ready")
        until(lambda: Result.objects.filter(error="blind").count() >= 3)
        assert (state(), Check.objects.get().against) == ("unknown", 0)
        until(lambda: Site.objects.filter(name="main", blind_at__isnull=False).exists())
        reference.listen(8)
        until(lambda: state() == "down")
        assert Incident.objects.filter(of_check=check).count() == 1
        until(lambda: Site.objects.filter(name="main", blind_at=None).exists())


def test_two_share_the_checks_and_what_the_killed_one_had_begun_is_taken_over(world, thawed, database_url):
    """The service does not answer at all while the first one looks: it dies with every look under way."""
    world.on_call("Alice")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        for position in range(4):
            ManagedService.objects.create(server=world.web1, position=position, type="http", parameters={"url": url})
        pace = Pace(interval_s=3600, down_after=1, up_after=1)
        edits.checks({world.web1.name: [pace] * 4}, kinds={"http"}, at=clock.now())
        Check.objects.update(due_at=clock.now())
        with prober(database_url) as first:
            first.says("prober ready")
            until(lambda: Check.objects.filter(claimed_at__isnull=False).count() == 4)
            first.process.kill()
    assert set(Check.objects.values_list("state", flat=True)) == {"unknown"}
    Check.objects.update(claimed_at=clock.now() - timedelta(minutes=1))  # instead of waiting
    with prober(database_url) as second:
        second.says("prober ready")
        until(lambda: set(Check.objects.values_list("state", flat=True)) == {"down"})
    assert not Check.objects.filter(claimed_at__isnull=False).exists()


def test_of_two_at_once_each_look_is_made_by_one(world, thawed, site, database_url):
    _kind, url = site
    for position in range(20):
        ManagedService.objects.create(server=world.web1, position=position, type="http", parameters={"url": url})
    pace = Pace(interval_s=2, down_after=2, up_after=1)
    edits.checks({world.web1.name: [pace] * 20}, kinds={"http"}, at=clock.now())
    with prober(database_url) as first, prober(database_url) as second:
        for one in (first, second):
            one.says("prober ready")
        until(lambda: Result.objects.count() >= 100)
        first.process.kill()
        known = Result.objects.count()
        until(lambda: Result.objects.count() >= known + 60)
        assert second.stop() == 0
    instants = list(Result.objects.values_list("at", flat=True))
    turns = (max(instants) - min(instants)) / timedelta(seconds=2) + 2
    assert max(Counter(Result.objects.values_list("of_check", flat=True)).values()) <= turns


def test_a_diagnosis_wakes_it_at_once(check, world, database_url):
    Check.objects.update(interval_s=600, due_at=clock.now() + timedelta(minutes=10))
    with prober(database_url) as process:
        process.says("prober ready")
        waits = []
        for _ in range(5):
            began = clock.now()
            diagnose.start(world.web1, symptom="other", text="", by=world.jeanne, at=began)
            until(lambda: Check.objects.filter(looked_at__gte=began).exists())
            waits.append((clock.now() - began).total_seconds())
            Diagnosis.objects.update(symptom="mail")
        assert process.stop() == 0
    # the tick alone would take a second now and then
    assert sorted(waits)[1] < 0.6, waits
