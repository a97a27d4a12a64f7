"""The prober looks at real servers, writes what it saw, and what fails rings."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from astreinte.core import clock, heartbeats
from astreinte.customers.models import ManagedService
from astreinte.monitoring import edits
from astreinte.monitoring.edits import Pace
from astreinte.monitoring.models import Check, Incident
from astreinte.notifications.models import Notification
from tests.processes import running, until


class Site(BaseHTTPRequestHandler):
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
    kind = type("OneSite", (Site,), {})
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
    return running("-m", "astreinte.workers", "prober", ASTREINTE_DATABASE_URL=database_url, **environment)


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
