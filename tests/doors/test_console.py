"""The staff's screens: each role its own, every refusal keeps what was typed, and one gesture moves one thing."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis.strategies import lists, sampled_from, text

from astreinte.billing.models import Charge, Invoice
from astreinte.core import clock, heartbeats
from astreinte.flows import contest, issue_invoices
from astreinte.oncall.models import Override
from astreinte.paging.models import Page
from astreinte.tickets.models import Dispute, Message, Ticket, Verdict
from astreinte.web.csv_files import FORMULA, _lines, safe_cell

pytestmark = pytest.mark.django_db
GESTURES = ("take", "not_me", "hand_over", "say", "resolve", "reopen", "verdict", "decide")


def signed(person):
    """A browser where this person signed in, in English."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


def on(ticket, name="case"):
    return reverse(f"console:{name}", args=[ticket.ref])


@pytest.fixture
def team(world):
    """Alice and Bruno on call; a page that rings."""
    world.alice, world.bruno = (phone.user for phone in world.on_call("Alice", "Bruno"))
    world.ticket = world.customer_opens("Mail is down")
    return world


@pytest.fixture
def resolved(team):
    """Taken and resolved: the verdict is to be given."""
    team.takes(team.alice, team.ticket)
    team.resolves(team.alice, team.ticket)
    return team


@pytest.fixture
def contested(resolved):
    """Billed by Alice, contested by the customer."""
    resolved.decides(resolved.alice, resolved.ticket, "customer-app")
    contest.open(Ticket.objects.get(), reason="Not us", by=resolved.jeanne, at=resolved.now)
    return resolved


def test_each_role_has_its_screens_and_no_other(team):
    team.root = team.staff("Root Admin", "admin")
    engineer = {"tonight", "tonight_live", "cases", "rotas"}
    may = {
        "alice": engineer,
        "chloe": {*engineer, "reviews", "bills", "journal", "health"},
        "denis": {"bills", "journal"},
        "root": {"health"},
        "jeanne": set(),
        "karim": set(),
    }
    everything = sorted(set().union(*may.values()))
    for name, screens in may.items():
        client = signed(getattr(team, name))
        seen = {one for one in everything if client.get(reverse(f"console:{one}")).status_code == 200}
        assert seen == screens, name


def test_a_clerk_opens_no_case_and_makes_no_gesture_on_one(team):
    clerk = signed(team.denis)
    assert clerk.get(on(team.ticket)).status_code == 404
    assert [clerk.post(on(team.ticket, name)).status_code for name in GESTURES] == [404] * len(GESTURES)


def test_home_leads_each_to_where_they_have_something_to_do(team):
    starts = {"alice": "console:tonight", "denis": "console:bills", "jeanne": "portal:servers"}
    for name, route in starts.items():
        assert signed(getattr(team, name)).get("/").url == reverse(route)


def test_tonight_shows_who_rings_and_says_nothing_new_with_304(team):
    client = signed(team.alice)
    text = client.get(reverse("console:tonight")).content.decode()
    assert "Mail is down" in text
    assert "Called: Alice Martin." in text
    first = client.get(reverse("console:tonight_live"))
    assert first["X-Look-Again"] == "1"
    again = client.get(reverse("console:tonight_live"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code in {304, 200}  # 200 only when the minute has turned in between


def test_taking_from_the_console_and_losing_the_race(team):
    assert signed(team.alice).post(on(team.ticket, "take"), {"eta_minutes": "5"}).status_code == 302
    late = signed(team.bruno).post(on(team.ticket, "take"), {"eta_minutes": ""})
    assert late.status_code == 422
    assert "Alice Martin has already taken charge" in late.content.decode()
    assert Ticket.objects.get().handled_by == team.alice
    assert Page.objects.get().acknowledged_via == "console"


def test_not_me_then_handing_over_to_a_colleague(team):
    assert signed(team.alice).post(on(team.ticket, "not_me")).status_code == 302
    signed(team.alice).post(on(team.ticket, "take"))
    assert signed(team.alice).post(on(team.ticket, "hand_over"), {"to": team.bruno.pk}).status_code == 302
    team.now = clock.now() + timedelta(seconds=1)  # the door reads the real one
    team.pager_ticks()
    assert team.phone(team.bruno).received[-1] == "Mail is down"


def test_an_internal_note_is_told_apart_and_stays_inside(team):
    note = {"audience": "internal", "body": "Look at <script>alert(1)</script>"}
    assert signed(team.alice).post(on(team.ticket, "say"), note).status_code == 302
    text = signed(team.bruno).get(on(team.ticket)).content.decode()
    assert "is-internal" in text
    assert "<script>alert" not in text
    assert b"Look at" not in signed(team.jeanne).get(reverse("portal:ticket", args=[team.ticket.ref])).content


def test_a_file_that_lies_is_refused_and_what_was_typed_is_kept(team):
    bad = SimpleUploadedFile("shot.png", b"#!/bin/sh\n", content_type="image/png")
    said = {"audience": "internal", "body": "what I typed", "uploads": [bad]}
    answer = signed(team.alice).post(on(team.ticket, "say"), said)
    assert answer.status_code == 422
    assert "what I typed" in answer.content.decode()
    assert Message.objects.count() == 0


def test_nothing_said_is_refused(team):
    assert signed(team.alice).post(on(team.ticket, "say"), {"audience": "public", "body": " "}).status_code == 422


def test_a_ready_made_reply_starts_the_answer_and_changes_nothing(team):
    answer = signed(team.alice).get(on(team.ticket) + "?reply=on-it")
    assert "j’examine web1.boulangerie.example" in answer.content.decode()
    assert Message.objects.count() == 0


def test_resolving_needs_a_sentence_then_may_be_reopened(team):
    client = signed(team.alice)
    assert client.post(on(team.ticket, "resolve"), {"summary": " "}).status_code == 422
    assert client.post(on(team.ticket, "resolve"), {"summary": "Restarted"}).status_code == 302
    assert client.post(on(team.ticket, "reopen")).status_code == 302
    assert Ticket.objects.get().state == "acknowledged"


def test_a_verdict_that_bills_needs_evidence_and_keeps_what_was_typed(resolved):
    said = {"clause": "customer-app", "justification": "The update of the plug-in."}
    answer = signed(resolved.alice).post(on(resolved.ticket, "verdict"), said)
    assert answer.status_code == 422
    assert "The update of the plug-in." in answer.content.decode()
    assert 'value="customer-app" checked' in answer.content.decode()
    assert (Verdict.objects.count(), Charge.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "said",
    [
        {"clause": "invented", "justification": "x"},
        {"clause": "service-down", "justification": " "},
        {"justification": "x"},
    ],
)
def test_a_verdict_of_no_clause_or_no_reason_is_refused(resolved, said):
    assert signed(resolved.alice).post(on(resolved.ticket, "verdict"), said).status_code == 422
    assert Verdict.objects.count() == 0


def test_the_evidence_of_another_case_is_refused(resolved):
    other = resolved.customer_opens("Another", server=resolved.shop, by=resolved.max)
    proof = other.evidence.first()
    said = {"clause": "customer-app", "justification": "x", "evidence": [proof.pk]}
    assert signed(resolved.alice).post(on(resolved.ticket, "verdict"), said).status_code == 422
    assert Charge.objects.count() == 0


def test_a_verdict_is_given_once_and_its_letter_is_shown(resolved):
    proof = resolved.ticket.evidence.first()
    said = {"clause": "customer-app", "justification": "Seen.", "evidence": [proof.pk]}
    client = signed(resolved.alice)
    assert client.post(on(resolved.ticket, "verdict"), said).status_code == 302
    assert client.post(on(resolved.ticket, "verdict"), said).status_code == 422
    assert "The letter, as it was sent" in client.get(on(resolved.ticket)).content.decode()
    assert Charge.objects.count() == 1


def test_whoever_gave_the_verdict_does_not_decide_the_dispute(team):
    team.takes(team.chloe, team.ticket)
    team.resolves(team.chloe, team.ticket)
    team.decides(team.chloe, team.ticket, "customer-app")
    contest.open(Ticket.objects.get(), reason="Not us", by=team.jeanne, at=team.now)
    answer = signed(team.chloe).post(on(team.ticket, "decide"), {"decision": "upheld", "answer": "Yes"})
    assert answer.status_code == 422
    assert Dispute.objects.get().state == "open"


def test_another_manager_decides_and_says_why(contested):
    client = signed(contested.chloe)
    assert client.post(on(contested.ticket, "decide"), {"decision": "upheld", "answer": " "}).status_code == 422
    assert client.post(on(contested.ticket, "decide"), {"answer": "Yes"}).status_code == 422
    assert client.post(on(contested.ticket, "decide"), {"decision": "upheld", "answer": "Yes"}).status_code == 302
    assert Verdict.objects.get().state == "overturned"


def test_an_engineer_does_not_decide_a_dispute(contested):
    said = {"decision": "upheld", "answer": "Yes"}
    assert signed(contested.bruno).post(on(contested.ticket, "decide"), said).status_code == 404


def test_the_list_filters_searches_and_ignores_what_it_does_not_know(team):
    team.customer_opens_standard("How do I add a domain?")
    client = signed(team.alice)

    def titles(**asked):
        return [one.subject for one in client.get(reverse("console:cases"), asked).context["found"].tickets]

    assert titles() == ["How do I add a domain?", "Mail is down"]
    assert titles(mode="urgent") == ["Mail is down"]
    assert titles(q="domain") == ["How do I add a domain?"]
    assert titles(server="web2.boulangerie.example") == []
    assert titles(mine="on") == []
    assert titles(state="nonsense", before="x'--", customer__ref="1", order_by="body") == titles()
    assert client.get(reverse("console:cases"), {"q": team.ticket.ref.lower()}).url == on(team.ticket)


def test_the_list_goes_page_by_page_and_back(team):
    for n in range(30):
        team.customer_opens_standard(f"Question {n}")
    client = signed(team.alice)
    first = client.get(reverse("console:cases"))
    second = client.get(first.context["older_url"])
    back = client.get(second.context["newer_url"])
    assert [len(one.context["found"].tickets) for one in (first, second, back)] == [25, 6, 25]
    assert back.context["found"].tickets == first.context["found"].tickets
    assert back.context["newer_url"] == second.context["older_url"] == ""


def test_paid_is_marked_once_and_a_credit_note_never_is(resolved):
    resolved.decides(resolved.alice, resolved.ticket, "customer-app")
    (invoice,) = resolved.invoices_are_issued()
    clerk = signed(resolved.denis)
    for _ in range(2):
        assert clerk.post(reverse("console:paid", args=[invoice.public_id])).status_code == 302
    invoice.refresh_from_db()
    assert invoice.state == "paid"


def test_a_credit_note_is_not_paid(contested):
    Charge.objects.update(held_at=None)
    (invoice,) = contested.invoices_are_issued()
    note = issue_invoices.credit(invoice, by=contested.denis.actor, at=contested.now)
    assert signed(contested.denis).post(reverse("console:paid", args=[note.public_id])).status_code == 422


def test_a_charge_set_aside_is_tried_again_once_its_reason_is_mended(resolved):
    resolved.decides(resolved.alice, resolved.ticket, "customer-app")
    Charge.objects.update(vat_rate="5.50")
    assert resolved.invoices_are_issued() == []
    clerk = signed(resolved.denis)
    again = reverse("console:try_again", args=[Charge.objects.get().pk])
    assert clerk.post(again).status_code == 422
    Charge.objects.update(vat_rate="20.00")
    assert clerk.post(again).status_code == 302
    assert Invoice.objects.get().state == "issued"


def test_a_contested_charge_is_not_issued_by_hand(contested):
    assert signed(contested.denis).post(reverse("console:try_again", args=[Charge.objects.get().pk])).status_code == 422
    assert Invoice.objects.count() == 0


@pytest.mark.parametrize("name", ["=1+1", "+33", "-cmd", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|calc", "%0A"])
def test_no_cell_of_the_journal_is_a_formula(resolved, name):
    resolved.boulangerie.name = name
    resolved.boulangerie.save()
    resolved.decides(resolved.alice, resolved.ticket, "customer-app")
    resolved.invoices_are_issued()
    answer = signed(resolved.denis).get(reverse("console:journal"))
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0]["customer"].startswith("'") == (name != "+33")
    assert rows[0]["customer"].replace("'", "") == name
    assert (rows[0]["amount_excl"], rows[0]["amount_incl"]) == ("95.00", "114.00")


@given(
    texts=lists(text(alphabet="ab1,;|\t\r\n\"' =+-@", max_size=20), min_size=1, max_size=4),
    separator=sampled_from(",;\t"),
)
@example(texts=["Boulangerie;=cmd|'/C calc'!A0"], separator=";")
@example(texts=["Boulangerie\n=cmd"], separator=";")
def test_no_cell_is_a_formula_however_a_spreadsheet_splits_the_line(texts, separator):
    """A French spreadsheet splits at semicolons a file that has commas: what follows one begins a cell."""
    (_mark, _head, *lines) = _lines(["number"], [("F2026-000001", *texts)])
    for row in csv.reader(io.StringIO("".join(lines), newline=""), delimiter=separator):
        for cell in row:
            assert not cell.strip() or not cell.lstrip(" ").startswith(FORMULA) or is_a_number(cell), (cell, row)


def is_a_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_an_amount_stays_a_number():
    assert safe_cell("-95.00") == "-95.00"


def test_a_replacement_that_changes_nothing_is_refused_with_the_reason(team):
    client = signed(team.chloe)
    said = {"person": team.alice.pk, "start": "2030-01-02T08:00", "end": "2030-01-03T08:00"}
    useless = client.post(reverse("console:replace", args=["rota-alice"]), said)
    assert useless.status_code == 422
    assert "already on call" in useless.content.decode()
    said["person"] = team.bruno.pk
    assert client.post(reverse("console:replace", args=["rota-alice"]), said).status_code == 302
    assert Override.objects.get().start.isoformat() == "2030-01-02T07:00:00+00:00"


def test_a_gap_of_the_rota_is_shown(team):
    team.bruno.is_active = False
    team.bruno.save()
    text = signed(team.chloe).get(reverse("console:rotas")).content.decode()
    assert "gap in the next four weeks" in text
    assert "Nobody is on call now" in text


def test_health_names_who_cannot_be_reached(team):
    mute = team.staff("Mute Person", "engineer")
    from astreinte.notifications.models import ContactMethod

    ContactMethod.objects.filter(user=mute).delete()
    ContactMethod.objects.filter(user=team.bruno).update(refused_at=team.now, refused_because="unknown number")
    text = signed(team.chloe).get(reverse("console:health")).content.decode()
    assert "Mute Person" in text
    assert "unknown number" in text
    assert "never seen" in text


def test_a_silent_prober_is_orange_for_it_stops_no_page(team):
    for worker in ("pager", "prober"):
        heartbeats.beat(worker, at=clock.now() - timedelta(minutes=5))
    text = signed(team.chloe).get(reverse("console:health")).content.decode()
    tones = dict(re.findall(r'<strong>(pager|prober)</strong><span class="last"><span class="state tone-(\w+)"', text))
    assert tones == {"pager": "down", "prober": "warn"}
