"""The diagnosis at the doors: before the bill for the customer, on the case for the engineer, by API for programs."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from astreinte.core import clock
from astreinte.flows import diagnose
from astreinte.tickets import diagnoses
from astreinte.tickets.models import Diagnosis, Ticket
from tests.doors.portal import drafted, signed_in, text_of, types
from tests.doors.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(world):
    """The web site of the bakery is watched."""
    world.now = clock.now() - timedelta(minutes=10)
    world.alice = world.on_call("Alice")[0].user
    world.check = world.watches(url="https://www.boulangerie.example/status?key=hunter2")
    return world


def ended(world):
    diagnose.due(at=clock.now() + timedelta(seconds=11))
    return Diagnosis.objects.order_by("-pk").first()


def test_what_is_wrong_starts_a_diagnosis_which_fills_line_by_line(night):
    jeanne = signed_in(night.jeanne)
    key = drafted(jeanne, night.web1)
    where = reverse("portal:offer", args=[key])
    page = text_of(jeanne.get(where))
    assert "We are looking at this server now." in page
    assert "Web site https://www.boulangerie.example/status?…: …" in page
    live = reverse("portal:diagnosis", args=[key])
    answer = jeanne.get(live)
    assert answer["X-Look-Again"] == "1"
    night.now = clock.now()
    night.sees_once(night.check, up=False, error="refused", saw="hunter2 refused")
    page = text_of(jeanne.get(live))
    assert "the connection is refused" in page
    assert "hunter2" not in page
    ended(night)
    answer = jeanne.get(live)
    assert answer["X-Look-Again"] == "0"
    assert "We cannot say from here whose problem it is" in text_of(answer)
    assert "In doubt, nothing is billed" in text_of(jeanne.get(where))


def test_of_a_known_incident_it_says_ours_and_free(night):
    night.goes_down(night.check)
    jeanne = signed_in(night.jeanne, language="fr")
    key = drafted(jeanne, night.web1, symptom="website-down")
    where = reverse("portal:offer", args=[key])
    ended(night)
    page = text_of(jeanne.get(where))
    assert "C'est très probablement de notre côté." in page
    assert "la garantie le couvre" in page


def test_the_ticket_opened_from_it_has_it(night):
    jeanne = signed_in(night.jeanne)
    key = drafted(jeanne, night.web1)
    ended(night)
    jeanne.post(reverse("portal:standard", args=[key]))
    ticket = Ticket.objects.get()
    assert ticket.diagnoses.count() == 1
    assert ticket.evidence.filter(kind="diagnosis").exists()


def test_the_live_piece_of_another_is_nothing(night):
    live = reverse("portal:diagnosis", args=[drafted(signed_in(night.jeanne), night.web1)])
    assert signed_in(night.lea).get(live).status_code == 404
    assert signed_in(night.jeanne).get(reverse("portal:diagnosis", args=[uuid.uuid4()])).status_code == 404


def test_who_asks_too_often_opens_a_ticket_all_the_same(night):
    jeanne = signed_in(night.jeanne)
    for number in range(diagnoses.MOST):
        types(jeanne, night.web1, subject=f"Down {number}", key=str(uuid.uuid4()))
        Diagnosis.objects.update(symptom="other")
    page = text_of(jeanne.get(types(jeanne, night.web2, subject="Down", key=str(uuid.uuid4()))["Location"]))
    assert "Open a standard ticket" in page
    assert "We are looking at this server now." not in page


def test_the_engineer_reads_it_runs_it_again_and_sees_what_changed(night):
    imap = night.watches(kind="imap", host="mail.boulangerie.example", port=143)
    night.goes_down(imap)
    ticket = night.customer_opens("Mail is down")
    alice = signed_in(night.alice)
    case = reverse("console:case", args=[ticket.ref])
    assert "Nobody has looked yet." in text_of(alice.get(case))
    run = reverse("console:diagnose", args=[ticket.ref])
    alice.post(run)
    assert "The server is being looked at." in text_of(alice.get(case))
    ended(night)
    page = text_of(alice.get(case))
    assert "It is most likely on our side." in page
    night.now = clock.now()
    night.sees_once(imap, up=True)
    alice.post(run)
    ended(night)
    assert "What changed since the first" in text_of(alice.get(case))
    assert signed_in(night.jeanne).post(run).status_code == 404


def test_by_api(night):
    jeanne = Program(night, night.jeanne)
    begun = jeanne.post("/diagnoses", {"server": night.web1.name, "symptom": "website-down", "text": "down"})
    assert begun.status_code == 201
    said = begun.json()
    assert (said["state"], said["advice"], said["known_incident"]) == ("running", None, None)
    assert said["offer"]["amount_excl_vat"] == "95.00"
    ended(night)
    said = jeanne.get(f"/diagnoses/{said['id']}").json()
    assert (said["state"], said["advice"]["outcome"], said["advice"]["fee_proposed"]) == ("done", "undetermined", False)
    assert {fact["kind"] for fact in said["facts"]} >= {"incident.open", "maintenance.window", "entitlement.urgent"}
    assert Program(night, night.lea).get(f"/diagnoses/{said['id']}").status_code == 404
    elsewhere = Program(night, night.lea).post("/diagnoses", {"server": night.web1.name, "symptom": "mail", "text": ""})
    assert elsewhere.status_code == 404


def test_a_ticket_by_api_names_its_diagnosis(night):
    jeanne = Program(night, night.jeanne)
    begun = jeanne.post("/diagnoses", {"server": night.web1.name, "symptom": "mail", "text": ""}).json()["id"]
    wish = {"server": night.web1.name, "mode": "standard", "symptom": "mail", "subject": "Down", "diagnosis": begun}
    assert jeanne.post("/tickets", {**wish, "server": night.web2.name}).status_code == 422
    assert jeanne.post("/tickets", {**wish, "diagnosis": str(uuid.uuid4())}).status_code == 404
    assert jeanne.post("/tickets", wish).status_code == 201
    assert Ticket.objects.get().diagnoses.get().public_id == uuid.UUID(begun)


def fact(**more):
    at = clock.now().isoformat()
    return {"kind": "disk.used_percent", "value": 99.2, "subject": "/", "observed_at": at, "source": "provider", **more}


def test_the_provider_pushes_facts_and_they_are_in_the_next_diagnosis(night):
    program = Program(night, night.alice)
    path = f"/servers/{night.web1.name}/facts"
    answer = program.post(path, {"facts": [fact(), fact(kind="moon.phase", value="full")]})
    assert (answer.status_code, answer.json()) == (200, {"kept": 1, "ignored": ["moon.phase"]})
    said = program.post("/diagnoses", {"server": night.web1.name, "symptom": "slow", "text": ""}).json()
    assert [str(one["value"]) for one in said["facts"] if one["kind"] == "disk.used_percent"] == ["99.2"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "full"}, "facts.0.value"),
        ({"observed_at": "yesterday"}, "facts.0.observed_at"),
        ({"source": "moon"}, "facts.0.source"),
        ({"subject": ""}, "facts.0.subject"),
        ({"colour": "red"}, "facts.0.colour"),
    ],
)
def test_a_fact_that_is_wrong_is_named_and_nothing_is_kept(night, change, field):
    answer = Program(night, night.alice).post(f"/servers/{night.web1.name}/facts", {"facts": [fact(**change)]})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_customers_push_no_facts(night):
    answer = Program(night, night.jeanne).post(f"/servers/{night.web1.name}/facts", {"facts": [fact()]})
    assert answer.status_code == 404
