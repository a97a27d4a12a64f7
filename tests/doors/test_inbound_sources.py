"""What other monitoring tells us at the door: whose key it is, how large, how wrong, how often."""

import json
from pathlib import Path

import pytest
from django.test import Client

from astreinte.core import clock
from astreinte.flows import hear
from astreinte.monitoring import sources
from astreinte.monitoring.models import Alert, AlertSource, Incident
from tests.doors.programs import refused

pytestmark = pytest.mark.django_db
RECORDED = (Path(__file__).parents[1] / "data" / "alertmanager_v4.json").read_bytes()
PLAIN = {"fingerprint": "f1", "status": "firing", "title": "Disk full", "server": "web1.boulangerie.example"}


def post(path, body=b"", **more):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(f"/inbound/{path}", data, content_type="application/json", **more)


@pytest.fixture
def desk(world):
    (world.alice,) = world.on_call("Alice")
    world.now = clock.now()
    world.listens_to("am")
    world.listens_to("other", kind="alerts")
    world.listens_to("beat", kind="heartbeat", every_s=300)
    return world


def test_alertmanager_is_heard_and_sent_again_changes_nothing(desk):
    assert [post("alertmanager/am", RECORDED).status_code for _ in range(3)] == [204, 204, 204]
    assert (Alert.objects.get().times, Incident.objects.count()) == (3, 1)
    desk.now = clock.now()
    desk.pager_ticks()
    assert len(desk.alice.texts) == 1


def test_plain_alerts_one_or_many(desk):
    assert post("alerts/other", PLAIN).status_code == 204
    assert post("alerts/other", [PLAIN, {**PLAIN, "fingerprint": "f2"}]).status_code == 204
    assert (Alert.objects.count(), Alert.objects.filter(server=desk.web1).count()) == (2, 2)
    assert (
        post("alerts/other", [{**PLAIN, "fingerprint": f"f{n}", "status": "resolved"} for n in (1, 2)]).status_code
        == 204
    )
    assert Incident.objects.get().state == "resolved"


@pytest.mark.parametrize(
    "path", ["alertmanager/x", "alertmanager/other", "alerts/am", "heartbeat/am", "heartbeat/x/fail", "alerts/%00"]
)
def test_another_key_or_the_key_of_another_door_is_nothing(desk, path):
    assert refused(post(path, PLAIN)) == (404, "not-found")
    assert Alert.objects.count() == 0


def test_a_source_that_left_is_nothing(desk):
    AlertSource.objects.update(is_active=False)
    assert refused(post("alertmanager/am", RECORDED)) == (404, "not-found")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", (400, "not-json")), (b"\xff\xfe", (400, "not-json")), (b"[" * 100_000, (400, "too-deep")),
        (b'{"a":' * 50 + b"1" + b"}" * 50, (400, "too-deep")), (b"{}", (422, "invalid")), (b"[]", (422, "invalid")),
        (b"x" * (1024 * 1024 + 1), (413, "too-large")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(desk, body, said):
    assert refused(post("alertmanager/am", body)) == said
    assert Alert.objects.count() == 0


def test_the_answer_names_the_field(desk):
    answer = post("alerts/other", [PLAIN, {**PLAIN, "status": "broken"}])
    assert refused(answer) == (422, "invalid")
    assert answer.json()["field"] == "[1].status"
    assert "[1].status" in answer.json()["title"]
    assert Alert.objects.count() == 0  # all of a request or nothing


def test_a_body_of_almost_one_mebibyte_is_taken(desk):
    body = json.dumps([{**PLAIN, "fingerprint": f"f{n}", "details": "x" * 300} for n in range(2450)]).encode()
    assert 1_000_000 < len(body) <= 1024 * 1024
    assert post("alerts/other", body).status_code == 204
    assert (Alert.objects.count(), Incident.objects.count()) == (2450, 1)


def test_too_many_are_told_who_and_when(desk):
    AlertSource.objects.filter(name="other").update(window_at=clock.now(), window_count=sources.MOST)
    answer = post("alerts/other", PLAIN)
    assert refused(answer) == (429, hear.TooMany.slug)
    assert "other" in answer.json()["title"]
    assert "300" in answer.json()["title"]
    assert 290 <= int(answer.headers["Retry-After"]) <= 300
    assert post("alertmanager/am", RECORDED).status_code == 204


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_heartbeat(desk, method):
    assert getattr(Client(), method)("/inbound/heartbeat/beat").status_code == 204
    assert AlertSource.objects.get(name="beat").heard_at is not None


def test_a_heartbeat_that_starts_and_fails(desk):
    assert Client().get("/inbound/heartbeat/beat/start").status_code == 204
    assert Incident.objects.count() == 0
    assert post("heartbeat/beat/fail", b"any log, not read").status_code == 204
    assert Incident.objects.get().state == "open"


def test_alerts_are_posted(desk):
    assert refused(Client().get("/inbound/alertmanager/am")) == (405, "method-not-allowed")
