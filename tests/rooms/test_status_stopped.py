"""The status page is still right when the application and the database are stopped: real processes, then nothing but files."""

import json
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import feedparser
import pytest

from astreinte.core import clock, outbound
from tests.processes import running, until
from tests.public import says
from tests.rooms.test_up import free_port

pytestmark = pytest.mark.slow
NOWHERE = "postgresql://127.0.0.1:1/stopped"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing: the tests look at the answers."""


@contextmanager
def plain_server(folder):
    """What comes with Python, on a folder: it knows nothing of us."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetched(address):
    answer = outbound.get(address, allow_private=True)
    assert answer.status == 200, address
    return answer.text


@pytest.fixture
def broken(thawed, world):
    """Several customers feel it, and somebody wrote."""
    world.now = clock.now()
    world.on_call("Alice")
    incident = world.goes_down(world.watches())
    incident.servers.add(world.shop)
    says(world, incident, "A switch has failed.")
    return incident


def test_the_files_are_right_when_everything_else_has_stopped(broken, database_url, tmp_path):
    folder = tmp_path / "elsewhere"
    told = {"ASTREINTE_DATABASE_URL": database_url, "ASTREINTE_STATUS_DIR": str(folder)}
    with running("-m", "astreinte", "keeper", **told) as keeper:
        until((folder / "index.html").exists)
        assert keeper.stop() == 0
    with plain_server(folder) as address:
        page = fetched(f"{address}/")
        assert "Sites web : panne" in page
        assert "A switch has failed." in page
        assert "A switch has failed." in fetched(f"{address}/en/incidents/{broken.public_id}.html")
        assert json.loads(fetched(f"{address}/api/v2/status.json"))["status"]["indicator"] == "critical"
        assert len(feedparser.parse(fetched(f"{address}/feed.atom")).entries) == 1
        sheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert ":root" in fetched(f"{address}/{sheet}")


def test_the_web_process_serves_them_while_the_database_is_away(broken, database_url, tmp_path):
    folder, port = tmp_path / "status", free_port()
    told = {"ASTREINTE_DATABASE_URL": database_url, "ASTREINTE_STATUS_DIR": str(folder)}
    with running("-m", "astreinte", "keeper", **told):
        until((folder / "index.html").exists)
    away = {"ASTREINTE_DATABASE_URL": NOWHERE, "ASTREINTE_STATUS_DIR": str(folder), "ASTREINTE_WEB_PROCESSES": "1"}
    with running("-m", "astreinte", "web", "--port", str(port), **away) as web:
        until(partial(_answers, f"http://127.0.0.1:{port}/healthz"))
        assert "A switch has failed." in fetched(f"http://127.0.0.1:{port}/status/")
        ready = outbound.get(f"http://127.0.0.1:{port}/readyz", allow_private=True, deadline_s=60)
        assert ready.status == 503
        web.stop()


def _answers(address):
    try:
        return outbound.get(address, allow_private=True, deadline_s=5).ok
    except outbound.OutboundFailed:
        return False
