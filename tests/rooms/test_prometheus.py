"""The real Prometheus and Alertmanager of Debian, with the configuration we write, tell us the same as our own prober."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from astreinte.core import clock
from astreinte.customers.models import ManagedService
from astreinte.monitoring import edits
from astreinte.monitoring.edits import Pace
from astreinte.monitoring.models import Alert, AlertSource, Check, Incident
from astreinte.notifications.models import Notification
from tests import prometheus
from tests.doors.test_command_line import run
from tests.processes import running, until
from tests.rooms.test_prober import prober, site

__all__ = ["site"]
QUICK = Pace(interval_s=1, down_after=2, up_after=1)


def told(incident: Incident) -> tuple[object, ...]:
    return incident.title, incident.clause, [one.name for one in incident.servers.all()], incident.of_check_id


def last() -> Incident:
    return Incident.objects.order_by("-pk").first()


@pytest.fixture
def watched(thawed, world, site):
    """A look a second, down after two failures; Alice is on call, and Prometheus has its door."""
    world.on_call("Alice")
    ManagedService.objects.create(server=world.web1, position=0, type="http", parameters={"url": site[1]})
    edits.checks({world.web1.name: [QUICK]}, kinds={"http"}, at=clock.now())
    world.now = clock.now()
    world.listens_to("prometheus", every_s=3600)
    return world


@contextmanager
def desk(database_url: str, port: int):
    """The web door on this port."""
    with running("-m", "astreinte", "web", "--port", str(port), ASTREINTE_DATABASE_URL=database_url) as one:
        yield one


def an_outage(kind) -> tuple[object, ...]:
    """The site fails until an incident says so, and works again until it is over: what the incident said."""
    until(lambda: Incident.objects.filter(state="open").count() == 0)
    known = Incident.objects.count()
    kind.status = 500
    until(lambda: Incident.objects.count() == known + 1)
    found = last()
    assert Notification.objects.filter(kind="page", about=found.page.story).exists()
    kind.status = 200
    until(lambda: Incident.objects.get(pk=found.pk).state == "resolved")
    Incident.objects.update(resolved_at=clock.now() - timedelta(hours=1))  # what comes next is another one
    return told(found)


@pytest.mark.slow
def test_the_same_outage_is_the_same_incident_by_our_prober_and_by_prometheus(
    watched, site, database_url, tmp_path, settings
):
    for name in prometheus.NAMES:
        prometheus.program(name)
    kind, _url = site
    with prober(database_url) as process:
        process.says("prober ready")
        until(lambda: Check.objects.get().state == "up")
        ours = an_outage(kind)
    Check.objects.update(due_at=clock.now() + timedelta(days=1))
    ports = prometheus.free_ports()
    settings.BASE_URL = f"http://127.0.0.1:{ports.desk}"
    _configured(tmp_path / "config", ports)
    with desk(database_url, ports.desk), prometheus.running(tmp_path / "config", ports, tmp_path):
        until(lambda: AlertSource.objects.get().heard_at is not None)  # its Watchdog
        theirs = an_outage(kind)
    assert theirs == ours
    assert Alert.objects.get().labels["check_id"] == str(Check.objects.get().public_id)
    assert AlertSource.objects.get().matched_at is not None


def _configured(folder: Path, ports: prometheus.Ports) -> None:
    """The configuration as an operator has it written, the key kept from the time before."""
    folder.mkdir()
    (folder / "alertmanager.yml").write_text("url: http://x/inbound/alertmanager/prometheus\n", encoding="utf-8")
    at = ["--blackbox", f"127.0.0.1:{ports.blackbox}", "--alertmanager", f"127.0.0.1:{ports.alertmanager}"]
    answer = run("prometheus-config", "--out", folder, *at)
    assert answer.exit_code == 0, answer.output
