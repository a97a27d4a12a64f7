"""PagerDuty's Events API at our door: the key in the address or in the body, and PagerDuty's own answer."""

import pytest

from astreinte.core import clock
from astreinte.monitoring.models import Alert, Incident
from tests.doors.programs import refused
from tests.doors.test_inbound_sources import post

pytestmark = pytest.mark.django_db
PAYLOAD = {"summary": "Disk full", "source": "web1.boulangerie.example", "severity": "critical"}
TRIGGER = {"event_action": "trigger", "dedup_key": "d1", "payload": PAYLOAD}


@pytest.fixture
def desk(world):
    (world.alice,) = world.on_call("Alice")
    world.now = clock.now()
    world.listens_to("zabbix", kind="alerts")
    return world


@pytest.mark.parametrize("path", ["events", "events/v2/enqueue", "events/zabbix"])
def test_a_trigger_rings_and_its_resolve_ends_it(desk, path):
    answer = post(path, {**TRIGGER, "routing_key": "zabbix"})
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "d1"}
    incident = Incident.objects.get()
    assert (incident.state, incident.servers.get(), incident.title) == ("open", desk.web1, "Disk full")
    assert post(path, {"routing_key": "zabbix", "event_action": "resolve", "dedup_key": "d1"}).status_code == 202
    assert Incident.objects.get().state == "resolved"


def test_a_program_takes_charge_of_nothing(desk):
    assert post("events/zabbix", TRIGGER).status_code == 202
    answer = post("events/zabbix", {"event_action": "acknowledge", "dedup_key": "d1"})
    assert (answer.status_code, Alert.objects.get().firing, Incident.objects.get().page.state) == (
        202,
        True,
        "triggered",
    )


def test_whose_it_is_must_be_known(desk):
    assert refused(post("events", {**TRIGGER, "routing_key": "x"})) == (404, "not-found")
    assert refused(post("events/x", TRIGGER)) == (404, "not-found")
    answer = post("events", TRIGGER)
    assert (refused(answer), answer.json()["field"]) == ((422, "invalid"), "routing_key")


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", (400, "not-json")), (b"[" * 100_000, (400, "too-deep")), (b"x" * (1024 * 1024 + 1), (413, "too-large"))],
)
def test_what_cannot_be_read_is_refused_in_words(desk, body, said):
    assert refused(post("events", body)) == refused(post("events/zabbix", body)) == said


def test_the_answer_names_the_field(desk):
    answer = post("events/zabbix", {**TRIGGER, "payload": {**PAYLOAD, "severity": "loud"}})
    assert refused(answer) == (422, "invalid")
    assert answer.json()["field"] == "payload.severity"
    assert "critical" in answer.json()["title"]
