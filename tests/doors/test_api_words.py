"""What programs say in public about an incident, how they follow it, and what they read and plan of maintenance."""

from datetime import timedelta

import pytest

from astreinte.core import clock
from astreinte.monitoring.models import Follower, Incident, Maintenance, PublicMessage
from astreinte.notifications.models import Notification
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db
WEB1 = "web1.boulangerie.example"


@pytest.fixture
def night(world):
    world.alice = world.on_call("Alice")[0].user
    world.now = clock.now()
    world.incident = world.goes_down(world.watches())
    world.path = f"/incidents/{world.incident.public_id}"
    return world


@pytest.fixture
def alice(night):
    return Program(night, night.alice, language="en")


def test_an_engineer_says_something_and_the_owner_reads_it(night, alice):
    texts = {"en": "A disk is full.", "fr": "Un disque est plein."}
    said = alice.post(f"{night.path}/messages", {"stage": "identified", "texts": texts, "next_update_minutes": 30})
    assert said.status_code == 201
    shown = Program(night, night.jeanne, language="fr").get(night.path).json()
    (message,) = shown["messages"]
    assert (message["text"], message["language"], message["texts"]) == ("Un disque est plein.", "fr", texts)
    assert (message["stage"], message["author"]) == ("identified", "Alice Martin")
    assert message["next_update_at"] == shown["next_update_at"] is not None
    assert shown["following"] is False
    listed = Program(night, night.jeanne).get("/incidents").json()["items"][0]["messages"]
    assert len(listed) == 1


def test_a_text_alone_is_in_the_language_of_the_request(night, alice):
    alice.post(f"{night.path}/messages", {"stage": "investigating", "text": "We look."})
    assert PublicMessage.objects.get().texts == {"en": "We look."}


def test_the_same_key_says_it_once(night, alice):
    body = {"stage": "investigating", "text": "We look."}
    assert [alice.post(f"{night.path}/messages", body, key="k1").status_code for _ in range(20)] == [201] * 20
    assert PublicMessage.objects.count() == 1
    other = alice.post(f"{night.path}/messages", {**body, "text": "Otherwise."}, key="k1")
    assert refused(other) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"stage": "identified"}, 422, "validation"),
        ({"stage": "identified", "text": "x", "texts": {"en": "x"}}, 422, "validation"),
        ({"stage": "nonsense", "text": "x"}, 422, "validation"),
        ({"stage": "identified", "text": "x" * 20_001}, 422, "validation"),
        ({"stage": "identified", "text": " \u200b"}, 422, "nothing-said"),
        ({"stage": "identified", "text": "\x00"}, 422, "nothing-said"),
        ({"stage": "identified", "texts": {"de": "Hallo"}}, 422, "unknown-language"),
        ({"stage": "identified", "text": "x", "next_update_minutes": 0}, 422, "validation"),
        ({"stage": "identified", "text": "x", "resolve": True}, 422, "not-the-last-word"),
        ({"stage": "resolved", "text": "x", "resolve": True}, 409, "still-failing"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is(night, alice, body, status, slug):
    assert refused(alice.post(f"{night.path}/messages", body)) == (status, slug)
    assert PublicMessage.objects.count() == 0
    assert Incident.objects.get().state == "open"


def test_the_owner_follows_and_follows_no_more(night):
    jeanne = Program(night, night.jeanne)
    assert [jeanne.post(f"{night.path}/follow").json()["following"] for _ in range(2)] == [True, True]
    assert Follower.objects.count() == 1
    assert [jeanne.delete(f"{night.path}/follow").json()["following"] for _ in range(2)] == [False, False]
    assert refused(Program(night, night.lea).post(f"{night.path}/follow")) == (404, "not-found")
    assert refused(Program(night, night.jeanne, scopes=["read"]).post(f"{night.path}/follow")) == (
        403,
        "insufficient-scope",
    )
    Incident.objects.update(state="resolved")
    assert refused(jeanne.post(f"{night.path}/follow")) == (409, "not-open")


# -- maintenance ---------------------------------------------------------------------------------------------------------


def window(night, *servers, **changed):
    start = night.now + timedelta(days=3)
    given = {"title": "New kernel", "servers": list(servers or (WEB1,)), "start": start.isoformat()}
    return {**given, "end": (start + timedelta(hours=1)).isoformat(), **changed}


def test_maintenance_is_planned_read_by_those_concerned_and_cancelled(night, alice):
    made = alice.post("/maintenance", window(night, WEB1, night.shop.name), key="m1")
    assert made.status_code == 201
    assert alice.post("/maintenance", window(night, WEB1, night.shop.name), key="m2").status_code == 201
    (_second, first) = Program(night, night.jeanne).get("/maintenance").json()["items"]
    assert (first["state"], first["title"], first["servers"]) == ("planned", "New kernel", [WEB1])
    assert Program(night, night.lea).get("/maintenance").json() == {"items": [], "next": None}
    path = f"/maintenance/{first['id']}/cancel"
    assert refused(Program(night, night.jeanne).post(path, {"reason": "x"})) == (403, "not-engineer")
    assert refused(Program(night, night.lea).post(path, {"reason": "x"})) == (404, "not-found")
    assert refused(alice.post(path, {"reason": " "})) == (422, "no-reason")
    assert alice.post(path, {"reason": "No disks."}).json()["state"] == "cancelled"
    assert refused(alice.post(path, {"reason": "Again."})) == (409, "not-planned")
    shown = Program(night, night.jeanne).get(f"/servers/{WEB1}").json()["maintenance"]
    assert [one["state"] for one in shown] == ["planned"]


@pytest.mark.parametrize(
    ("changed", "slug"),
    [
        ({"servers": ["nothing.example"]}, "validation"),
        ({"servers": []}, "validation"),
        ({"title": " "}, "validation"),
        ({"title": "x" * 201}, "validation"),
        ({"start": "2026-11-03 03:00"}, "validation"),
        ({"start": "2000-01-01T00:00:00Z", "end": "2000-01-01T01:00:00Z"}, "in-the-past"),
        ({"end": "2099-01-01T00:00:00Z"}, "too-long"),
        ({"end": "2000-01-01T00:00:00Z"}, "ends-before-it-starts"),
    ],
)
def test_a_window_that_cannot_be_is_refused_and_nobody_is_told(night, alice, changed, slug):
    assert refused(alice.post("/maintenance", window(night, **changed))) == (422, slug)
    assert Maintenance.everything.count() == 0
    assert not Notification.objects.filter(kind__startswith="maintenance").exists()
