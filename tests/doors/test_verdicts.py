"""The verdict on the screens and by API: the advice beside it, its evidence, its letter, its review, its figures."""

import csv
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from astreinte.accounts.models import Provider
from astreinte.core import clock, configuration
from astreinte.flows import contest, diagnose, push_facts, review_verdicts
from astreinte.guarantee.rules import advice
from astreinte.monitoring.models import Incident
from astreinte.tickets import figures
from astreinte.tickets.models import Diagnosis, Ticket, Verdict
from tests.doors.portal import signed_in as signed
from tests.doors.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(world):
    """It is now: the doors read the real clock."""
    world.now = clock.now() - timedelta(minutes=10)
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    return world


def resolved(team, *, diagnosed=True):
    """A case whose diagnosis advises that it is covered, taken and resolved."""
    ticket = team.customer_opens("Mail is down")
    if diagnosed:
        at = team.now.isoformat()
        said = {"kind": "service.state", "value": "failed", "subject": "imap", "observed_at": at, "source": "provider"}
        push_facts.push(team.web1, advice.read([said])[0], by=team.chloe, at=team.now)
        diagnose.start(team.web1, symptom="mail", text="", by=team.jeanne, at=team.now, ticket=ticket)
        diagnose.due(at=team.now)
    team.takes(team.alice, ticket)
    return team.resolves(team.alice, ticket)


def case(ticket, gesture="case"):
    return reverse(f"console:{gesture}", args=[ticket.ref])


def past(team, *, forecast, coverage, many, confidence="high", state="given"):
    """Verdicts of the last months, as the figures count them."""
    for _ in range(many):
        ticket = Ticket.objects.create(
            mode="standard",
            customer=team.boulangerie,
            server=team.web1,
            opened_by=team.jeanne,
            symptom="mail",
            subject="Mail",
            language="fr",
            opening_key=f"past-{next(team.numbers)}",
            opened_at=team.now,
            plan_name="dedicated",
            gti_s=900,
            gtr_s=3600,
            availability="99.9",
        )
        Verdict.objects.create(
            ticket=ticket,
            clause="service-down" if coverage == "covered" else "undetermined",
            coverage=coverage,
            state=state,
            justification="Seen.",
            given_by=team.alice,
            given_at=team.now - timedelta(days=40),
            forecast=forecast,
            forecast_confidence=confidence,
        )


# -- giving it ---------------------------------------------------------------------------------------------------------


def test_the_advice_stands_beside_the_clauses_with_its_reasons_and_how_sure_it_is(team):
    text = signed(team.alice).get(case(resolved(team))).content.decode()
    form = text[text.index('id="verdict"') :]
    assert "It is most likely on our side." in form
    assert "waits for a second person" in form
    assert "(advised)" in form
    assert "too few cases yet to say" in form
    assert form.index("1. The clause") < form.index("2. What it rests on") < form.index("3. Why")


@pytest.mark.parametrize("clause", ["service-down", "customer-app"])
def test_in_the_console_every_clause_rests_on_something(team, clause):
    ticket = resolved(team, diagnosed=False)
    said = {"clause": clause, "justification": "The queue was full."}
    answer = signed(team.alice).post(case(ticket, "verdict"), said)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Tick at least one piece of evidence that this clause rests on." in text
    assert "The queue was full." in text
    assert not Verdict.objects.exists()


def test_doubt_needs_nothing(team):
    ticket = resolved(team)
    said = {"clause": "undetermined", "justification": "Nobody knows."}
    assert signed(team.alice).post(case(ticket, "verdict"), said).status_code == 302
    verdict = Verdict.objects.get()
    assert (verdict.forecast, verdict.advised) == ("covered", "covered")


def test_by_api_a_clause_that_bills_without_evidence_is_refused_in_a_sentence(team):
    ticket = resolved(team, diagnosed=False)
    wish = {"clause": "customer-app", "justification": "Their application.", "evidence": []}
    answer = Program(team, team.alice).post(f"/tickets/{ticket.ref}/verdict", wish)
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (422, "no-evidence")


def test_the_incidents_of_that_time_are_shown_before_deciding(team):
    ticket = resolved(team)
    team.knows_of_trouble()
    assert "HTTP/2 through the proxy" in signed(team.alice).get(case(ticket)).content.decode()


# -- its letter --------------------------------------------------------------------------------------------------------


def test_the_customer_reads_the_letter_and_the_evidence_on_the_page_of_the_ticket(team):
    ticket = team.billed_case(team.alice)
    text = signed(team.jeanne).get(reverse("portal:ticket", args=[ticket.ref])).content.decode()
    assert 'id="letter"' in text
    assert 'id="proofs"' in text
    assert f"[{ticket.ref}]" in text[text.index('id="letter"') :]


def test_a_dispute_shows_the_day_of_its_answer_to_both_sides(team):
    ticket = team.billed_case(team.alice)
    contest.open(ticket, reason="It was the server", by=team.jeanne, at=team.now)
    assert "We answer by" in signed(team.jeanne).get(reverse("portal:ticket", args=[ticket.ref])).content.decode()
    assert "Answer promised by" in signed(team.chloe).get(reverse("console:reviews")).content.decode()
    team.now -= timedelta(days=8)
    ticket.verdict.dispute.__class__.objects.update(answer_by=team.now)
    assert "late" in signed(team.chloe).get(reverse("console:reviews")).content.decode()


# -- its review --------------------------------------------------------------------------------------------------------


@pytest.fixture
def flagged(team):
    ticket = team.billed_case(team.alice)
    team.knows_of_trouble()
    assert review_verdicts.look(at=team.now) == 1
    return ticket


def test_what_is_flagged_is_in_the_reviews_with_why_and_on_the_page_of_the_customer(team, flagged):
    text = signed(team.chloe).get(reverse("console:reviews")).content.decode()
    assert "HTTP/2 through the proxy" in text
    assert "not invoiced: on hold" in text
    assert f"{case(flagged)}#review" in text
    page = signed(team.jeanne).get(reverse("portal:ticket", args=[flagged.ref])).content.decode()
    assert "“HTTP/2 through the proxy”" in page


def test_a_manager_decides_and_an_engineer_does_not(team, flagged):
    said = {"decision": "covered", "answer": "Our proxy."}
    assert signed(team.alice).post(case(flagged, "review"), said).status_code == 404
    client = signed(team.chloe)
    assert client.post(case(flagged, "review"), {"decision": "covered", "answer": " "}).status_code == 422
    assert client.post(case(flagged, "review"), said).status_code == 302
    assert client.post(case(flagged, "review"), said).status_code == 422
    assert Verdict.objects.get().state == "overturned"
    page = signed(team.jeanne).get(reverse("portal:ticket", args=[flagged.ref])).content.decode()
    assert "After our review, nothing is due." in page


def test_what_was_found_out_later_is_written_down_by_a_manager(team):
    ticket = team.billed_case(team.alice)
    address = reverse("console:past_incident")
    local = (team.now - timedelta(hours=1)).astimezone(ZoneInfo("Europe/Paris"))
    hours = {"start": f"{local:%Y-%m-%dT%H:%M}", "end": f"{local + timedelta(minutes=65):%Y-%m-%dT%H:%M}"}
    said = {"title": "HTTP/2 through the proxy", "clause": "network-ours", "servers": [team.web1.pk], **hours}
    assert signed(team.alice).post(address, said).status_code == 404
    client = signed(team.chloe)
    assert client.get(address).status_code == 200
    refused = client.post(address, {**said, "end": hours["start"]})
    assert refused.status_code == 422
    assert "HTTP/2 through the proxy" in refused.content.decode()
    assert client.post(address, said).url == reverse("console:incident", args=[Incident.objects.get().public_id])
    assert review_verdicts.look(at=team.now) == 1
    assert "HTTP/2" in client.get(case(ticket)).content.decode()


# -- how often it was right --------------------------------------------------------------------------------------------


def diagnosis_of(team):
    """What a customer reads before the click."""
    done = {"facts": [], "state": "done", "ended_at": team.now}
    said = {"outcome": "covered", "clauses": ["service-down"], "fee_proposed": False, "confidence": "high"}
    return Diagnosis.objects.create(
        server=team.web1,
        symptom="mail",
        started_by=team.jeanne,
        started_at=team.now,
        advice={**said, "explanation": []},
        **done,
    )


def test_the_diagnosis_says_how_often_such_advice_was_right(team):
    past(team, forecast="covered", coverage="covered", many=11)
    past(team, forecast="covered", coverage="undetermined", many=1)
    past(team, forecast="covered", coverage="undetermined", many=3, confidence="low")
    found = Program(team, team.jeanne).get(f"/diagnoses/{diagnosis_of(team).public_id}").json()["record"]
    said = "Un tel avis était juste dans 11 cas sur 12 au cours des 12 derniers mois."
    assert found == {"cases": 12, "right": 11, "confidence": "high", "enough": True, "says": said}


def test_or_that_there_are_too_few(team):
    past(team, forecast="covered", coverage="covered", many=2)
    found = Program(team, team.jeanne).get(f"/diagnoses/{diagnosis_of(team).public_id}").json()["record"]
    assert (found["enough"], found["cases"]) == (False, 2)
    assert "Trop peu de cas encore pour le dire" in found["says"]


def test_an_advice_older_than_a_year_is_not_counted(team):
    past(team, forecast="covered", coverage="covered", many=3)
    assert figures.track_record("covered", confidence="high", at=team.now).many == 3
    assert figures.track_record("covered", confidence="high", at=team.now + timedelta(days=330)).many == 0


# -- the figures -------------------------------------------------------------------------------------------------------


def test_the_figures_of_a_period_are_asked_by_one_question(team, django_assert_num_queries):
    past(team, forecast="covered", coverage="covered", many=6)
    past(team, forecast="excluded", coverage="undetermined", many=2)
    with django_assert_num_queries(1):
        found = figures.of_period(start=team.now - timedelta(days=90), end=team.now)
    assert (found.whole.many, found.whole.covered, found.whole.undetermined) == (8, 6, 2)


@pytest.mark.parametrize(
    ("asked", "many"), [("", 6), ("?days=30", 0), ("?days=365", 6), ("?days=abc", 6), ("?month=1999-01", 0)]
)
def test_the_manager_chooses_the_period(team, asked, many):
    past(team, forecast="covered", coverage="covered", many=6)
    answer = signed(team.chloe).get(reverse("console:figures") + asked)
    assert answer.status_code == 200
    assert answer.context["figures"].whole.many == many


def test_a_month_that_is_none_is_said(team):
    text = signed(team.chloe).get(reverse("console:figures") + "?month=2026-99").content.decode()
    assert "Write the month as year-month" in text


def test_a_month_is_one_of_the_provider_s_own_calendar(team):
    past(team, forecast="covered", coverage="covered", many=1)
    Verdict.objects.update(given_at="2026-10-31T23:30:00Z")
    client = signed(team.chloe)
    october, november = (client.get(f"{reverse('console:figures')}?month=2026-{n}") for n in (10, 11))
    assert [one.context["figures"].whole.many for one in (october, november)] == [0, 1]
    assert "Verdicts given from 1 Oct 2026 to 31 Oct 2026." in october.content.decode()


def test_the_same_as_a_file(team):
    past(team, forecast="covered", coverage="covered", many=6)
    team.billed_case(team.alice)
    answer = signed(team.chloe).get(reverse("console:figures_csv"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = {(one["table"], one["line"]): one for one in csv.DictReader(io.StringIO(text))}
    assert lines["all", "all"]["verdicts"] == "7"
    assert lines["all", "all"]["amount_excl"] == "95.00"
    assert lines["advice", "covered"]["right"] == "6"
    assert lines["clause", "service-down"]["covered"] == "6"
    assert lines["symptom", "mail"]["billed"] == "1"


def test_the_figures_are_for_managers(team):
    for person in (team.alice, team.denis, team.jeanne):
        assert signed(person).get(reverse("console:figures")).status_code == 404


def publish(*, figures):
    Provider.objects.update(settings={"status": {"figures": figures}})
    configuration.changed()


def test_nobody_reads_what_is_not_published(team, client):
    assert client.get("/status/figures/").status_code == 404
    publish(figures=False)
    assert client.get("/status/figures/").status_code == 404


def test_everybody_reads_what_is_and_no_count_below_five(team, client):
    past(team, forecast="covered", coverage="covered", many=12)
    past(team, forecast="excluded", coverage="undetermined", many=2)
    publish(figures=True)
    answer = client.get("/status/figures/", headers={"Accept-Language": "en"})
    assert answer["Cache-Control"] == "public, max-age=300"
    text = answer.content.decode()
    assert "too few to be shown" in text
    assert "boulangerie" not in text.lower()
    published = answer.context["figures"]
    assert published.whole == 14
    assert dict(published.clauses)["undetermined"] is None
    assert published.covered.part is None  # the rest of it is of two
