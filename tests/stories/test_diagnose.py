"""Before the bill: what is known is gathered, what is watched is looked at, and what it advises is frozen into the case."""

from datetime import timedelta

import pytest

from astreinte.core import timeline
from astreinte.flows import diagnose, open_ticket, push_facts
from astreinte.guarantee.rules import advice
from astreinte.tickets import diagnoses
from astreinte.tickets.models import Diagnosis


def begins(world, *, server=None, symptom="website-down", by=None):
    return diagnose.start(server or world.web1, symptom=symptom, text="It is down", by=by or world.jeanne, at=world.now)


def ends(world, diagnosis):
    diagnose.due(at=world.now)
    diagnosis.refresh_from_db()
    return diagnosis


def test_everything_watched_on_the_server_is_looked_at_now(world):
    mine, other = world.watches(), world.watches(world.shop)
    for check in (mine, other):
        world.sees_once(check, up=True)
        check.due_at = world.now + timedelta(minutes=1)
        check.save()
    begins(world)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.due_at == world.now
    assert other.due_at > world.now


def test_it_ends_once_everything_has_answered(world):
    check = world.watches()
    begun = begins(world)
    assert ends(world, begun).state == "running"
    world.passes(seconds=1)
    world.sees_once(check, up=True)
    assert ends(world, begun).state == "done"
    assert (begun.advice["outcome"], begun.ended_at) == ("undetermined", world.now)


def test_what_does_not_answer_is_not_waited_for_longer_than_ten_seconds(world):
    world.watches()
    begun = begins(world)
    world.passes(seconds=7)
    assert ends(world, begun).state == "running"
    world.passes(seconds=1)
    assert ends(world, begun).state == "done"


def test_without_anything_watched_it_ends_at_once(world):
    assert ends(world, begins(world)).state == "done"


def test_what_was_found_is_frozen(world):
    begun = ends(world, begins(world))
    before = diagnoses.known(begun, at=world.now)
    world.goes_down(world.watches())
    assert diagnoses.known(begun, at=world.now) == before


def test_an_open_incident_of_ours_is_covered_and_free(world):
    world.on_call("Alice")
    world.goes_down(world.watches())
    begun = begins(world)
    world.passes(seconds=10)
    advice = ends(world, begun).advice
    assert (advice["outcome"], advice["fee_proposed"]) == ("covered", False)
    assert "incident.open" in {entry["fact_kind"] for entry in advice["explanation"]}


def test_the_same_question_within_ten_seconds_is_the_same_diagnosis(world):
    first = begins(world)
    assert begins(world) == first
    assert begins(world, symptom="slow") != first
    assert begins(world, by=world.karim) != first
    world.passes(seconds=10)
    assert begins(world) != first


def test_who_asks_too_often_is_told_so(world):
    asks_often(world)
    with pytest.raises(diagnose.TooMany):
        begins(world, server=world.web2)
    world.passes(minutes=1)
    begins(world, server=world.web2)


def asks_often(world) -> None:
    for _ in range(diagnoses.MOST):
        begins(world)
        world.passes(seconds=0.1)
        Diagnosis.objects.update(symptom="other")


def test_who_asks_too_often_is_told_of_what_was_seen_of_this_server_lately(world):
    check = world.watches()
    asks_often(world)
    last = Diagnosis.objects.latest("pk")
    world.sees_once(check, up=True)
    due = check.due_at
    begun = begins(world)
    check.refresh_from_db()
    assert (begun.started_at, begun.symptom, check.due_at) == (last.started_at, "website-down", due)
    assert begins(world) == begun
    with pytest.raises(diagnose.TooMany):
        begins(world, server=world.web2)


def test_a_complaint_after_a_look_is_asked_for_once(world):
    for _ in range(diagnoses.MOST - 1):
        looked = begins(world, symptom="other")
        diagnose.start(world.web1, symptom="mail", text="", by=world.jeanne, at=world.now, looked=looked)
        world.passes(seconds=0.1)
        Diagnosis.objects.filter(symptom="other").update(symptom="slow")
    assert begins(world, server=world.web2).state == "running"
    assert Diagnosis.objects.count() == 2 * diagnoses.MOST - 1


def opens(world, diagnosis):
    return open_ticket.urgent(
        world.opening(),
        server=world.web1,
        acceptance=world.acceptance(),
        given=open_ticket.Given(channel="web"),
        diagnosis=diagnosis,
        by=world.jeanne,
        at=world.now,
    )


def test_a_ticket_opened_after_it_has_it_as_evidence(world):
    world.on_call("Alice")
    world.goes_down(world.watches())
    begun = begins(world)
    world.passes(seconds=10)
    ticket = opens(world, ends(world, begun))
    kinds = [one.kind for one in ticket.evidence.all()]
    assert kinds[0] == "diagnosis"
    assert "fact" in kinds
    assert "declaration" in kinds
    assert ticket.evidence.filter(kind="diagnosis").get().text == "C'est très probablement de notre côté."


def test_a_ticket_opened_meanwhile_has_it_once_it_is_done(world):
    world.on_call("Alice")
    world.watches()
    begun = begins(world)
    ticket = opens(world, begun)
    assert [one.kind for one in ticket.evidence.all()] == ["declaration"]
    world.passes(seconds=10)
    ends(world, begun)
    assert "diagnosis" in [one.kind for one in ticket.evidence.all()]
    assert "diagnosis:done" in [line.kind for line in timeline.of(ticket.story)]
    assert ends(world, begun).ticket == ticket
    assert [one.kind for one in ticket.evidence.all()].count("diagnosis") == 1


def test_the_one_who_is_rung_reads_what_it_saw(world):
    (alice,) = world.on_call("Alice")
    check = world.watches(kind="imap", host="mail.boulangerie.example", port=143)
    begun = begins(world, symptom="mail")
    world.passes(seconds=1)
    world.sees_once(check, up=False, error="refused", saw="Nothing accepts the connection")
    opens(world, begun)
    world.pager_ticks()
    assert "imap: Nothing accepts the connection" in alice.texts[-1]


def test_the_one_who_is_rung_reads_what_failed_though_all_that_is_watched_is_in_order(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    told = {"kind": "service.state", "subject": "php", "value": "failed", "observed_at": world.now.isoformat()}
    facts, wrong = advice.read([told | {"source": "provider"}])
    assert not wrong
    push_facts.push(world.web1, facts, by=world.chloe, at=world.now)
    begun = begins(world)
    world.passes(seconds=1)
    world.sees_once(check, up=True)
    ends(world, begun)
    opens(world, begun)
    world.pager_ticks()
    assert "service.state php: failed" in alice.texts[-1]
    assert "1/1 OK" not in alice.texts[-1]


def test_one_about_another_server_is_refused_and_nothing_is_opened(world):
    world.on_call("Alice")
    elsewhere = begins(world, server=world.web2)
    with pytest.raises(diagnose.ElsewhereLooked):
        opens(world, elsewhere)


def test_who_sees_the_server_sees_its_diagnoses(world):
    begun = begins(world)
    seen = {person: diagnoses.seen_by(person).exists() for person in (world.karim, world.lea, world.chloe, world.denis)}
    assert seen == {world.karim: True, world.lea: False, world.chloe: True, world.denis: False}
    assert begun.public_id


def test_of_several_each_ends_when_its_own_server_has_answered(world):
    mine, other = world.watches(), world.watches(world.shop)
    first = begins(world)
    world.passes(seconds=2)
    second = begins(world, server=world.shop, by=world.chloe)
    world.sees_once(other, up=True)
    assert (ends(world, first).state, ends(world, second).state) == ("running", "done")
    world.sees_once(mine, up=True)
    assert ends(world, first).state == "done"
