"""What programs read of what is watched, and how an engineer's program takes an incident and says that it is over."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from astreinte.core import clock
from astreinte.customers.models import Server
from astreinte.monitoring.models import Check, Incident, Maintenance
from astreinte.paging.models import Page
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(world):
    """The web site of the bakery is down, and Alice's phone rings."""
    world.alice = world.on_call("Alice")[0].user
    world.check = world.watches()
    world.incident = world.goes_down(world.check)
    world.path = f"/incidents/{world.incident.public_id}"
    return world


def test_the_owner_reads_the_state_of_a_server_and_of_each_check(night):
    shown = Program(night, night.jeanne).get("/servers/web1.boulangerie.example").json()
    assert shown["state"] == "down"
    (check,) = shown["checks"]
    assert check.pop("since") <= check.pop("looked_at")
    assert check == {
        "id": str(night.check.public_id),
        "kind": "http",
        "where": "https://www.boulangerie.example/",
        "state": "down",
        "took_ms": 12,
        "interval_s": 60,
        "down_after": 3,
        "up_after": 2,
    }


def test_a_server_in_order_under_maintenance_or_not_looked_at_yet(night):
    owner = Program(night, night.jeanne)

    def state():
        return owner.get("/servers/web2.boulangerie.example").json()["state"]

    assert state() == "unknown"
    check = night.watches(night.web2, url="https://web2.boulangerie.example/")
    assert state() == "unknown"
    night.sees(check, up=True)
    assert state() == "up"
    now = clock.now()
    window = Maintenance.objects.create(title="Disks", start=now, end=now + timedelta(hours=1))
    window.servers.set([night.web2])
    assert state() == "maintenance"
    night.sees(check, up=False, times=3)
    assert state() == "maintenance"


def test_who_has_it_is_read_by_the_customer_and_the_page_by_the_staff_alone(night):
    owner, engineer = Program(night, night.jeanne), Program(night, night.alice)
    before = owner.get(night.path).json()
    assert (before["acknowledged_by"], before["page"], before["check"]["kind"]) == (None, None, "http")
    taken = engineer.post(f"{night.path}/acknowledge", {"eta_minutes": 10})
    assert taken.status_code == 200
    page = Page.objects.get()
    assert (page.acknowledged_via, page.eta_at - page.acknowledged_at) == ("api", timedelta(minutes=10))
    assert (taken.json()["acknowledged_by"], taken.json()["page"]) == ("Alice Martin", str(page.public_id))
    assert owner.get(night.path).json()["acknowledged_by"] == "Alice Martin"
    assert owner.get("/incidents").json()["items"] == [owner.get(night.path).json()]
    assert engineer.get(f"/pages/{page.public_id}").status_code == 200
    assert refused(owner.get(f"/pages/{page.public_id}")) == (404, "not-found")


def test_a_second_call_of_the_same_person_is_the_same_answer_and_of_another_a_refusal(night):
    first = Program(night, night.alice).post(f"{night.path}/acknowledge")
    assert Program(night, night.alice).post(f"{night.path}/acknowledge").json() == first.json()
    late = Program(night, night.chloe, language="en").post(f"{night.path}/acknowledge")
    assert refused(late) == (409, "already-taken")
    assert late.json()["title"] == "Alice Martin has already taken charge."


def test_it_is_over_once_the_check_does_not_say_otherwise(night):
    engineer = Program(night, night.alice)
    assert refused(engineer.post(f"{night.path}/resolve")) == (409, "still-failing")
    Check.objects.update(due_at=None)
    over = engineer.post(f"{night.path}/resolve")
    assert (over.status_code, over.json()["state"]) == (200, "resolved")
    assert refused(engineer.post(f"{night.path}/resolve")) == (409, "not-open")
    assert refused(engineer.post(f"{night.path}/acknowledge")) == (409, "not-ringing")


def test_what_calls_nobody_cannot_be_taken(world):
    incident = Incident.objects.create(title="IMAP is slow", opened_at=world.now)
    answer = Program(world, world.chloe).post(f"/incidents/{incident.public_id}/acknowledge")
    assert refused(answer) == (409, "not-ringing")


@pytest.mark.parametrize("verb", ["acknowledge", "resolve"])
def test_only_engineers_answer_and_only_with_the_scope(night, verb):
    path = f"{night.path}/{verb}"
    assert refused(Program(night, night.jeanne).post(path)) == (403, "not-engineer")
    for stranger in (night.lea, night.max, night.denis):
        assert refused(Program(night, stranger).post(path)) == (404, "not-found")
        assert refused(Program(night, stranger).get(night.path)) == (404, "not-found")
    assert refused(Program(night, night.alice, scopes=["read"]).post(path)) == (403, "insufficient-scope")
    assert refused(Program(night, night.alice).post(f"/incidents/{uuid.uuid4()}/{verb}")) == (404, "not-found")
    assert Page.objects.get().state == "triggered"


def test_minutes_that_are_none_are_refused(night):
    path = f"{night.path}/acknowledge"
    assert refused(Program(night, night.alice).post(path, {"eta_minutes": -1})) == (422, "validation")
    assert refused(Program(night, night.alice).post(path, {"eta": 5})) == (422, "validation")


def test_an_incident_of_several_servers_shows_a_customer_their_own(night):
    night.incident.servers.add(night.shop)
    seen = Program(night, night.max).get(night.path).json()
    assert (seen["servers"], seen["check"]) == (["shop.gmbh.example"], None)


def test_sixty_servers_ask_as_many_questions_as_three(night):
    owner, counts = Program(night, night.jeanne), []
    for first, last in ((0, 3), (3, 60)):
        for number in range(first, last):
            one = Server.objects.create(
                name=f"n{number}.boulangerie.example", customer=night.boulangerie, plan=night.web1.plan
            )
            check = Check.objects.create(
                server=one, kind="ping", where="x", interval_s=60, down_after=3, up_after=2, due_at=night.now
            )
            Incident.objects.create(title="Down", of_check=check, opened_at=night.now).servers.set([one])
        owner.get("/servers", limit=200)
        with CaptureQueriesContext(connection) as asked:
            assert len(owner.get("/servers", limit=200).json()["items"]) == last + 2
            owner.get("/incidents", limit=200)
        counts.append(len(asked))
    assert counts[0] == counts[1]
