"""The ticket's page: the tracker, the clocks, what may still be done, who may look, and what a refusal keeps."""

from datetime import timedelta

import pytest
from django.urls import reverse

from astreinte.billing.models import Invoice
from astreinte.core import clock
from astreinte.flows import contest, converse, draw_receipts, issue_invoices
from astreinte.tickets.models import Dispute, Message, Ticket
from tests.doors.portal import signed_in, text_of

pytestmark = pytest.mark.django_db
ACTIONS = ("cancel", "reopen", "contest", "say", "make_urgent")


def address(name, ticket):
    return reverse(f"portal:{name}", args=[ticket.ref])


@pytest.fixture
def alice(world):
    (phone,) = world.on_call("Alice")
    return phone.user


def test_only_those_concerned_see_the_ticket_or_act_on_it(world, alice):
    ticket = world.customer_opens("Mail is down")
    for user in (world.jeanne, world.karim, alice, world.chloe):
        assert "Mail is down" in text_of(signed_in(user).get(address("ticket", ticket)))
    for user in (world.berthe, world.lea, world.max):
        client = signed_in(user)
        for name in ("ticket", "live"):
            assert client.get(address(name, ticket)).status_code == 404
        for name in ACTIONS:
            assert client.post(address(name, ticket), {"body": "x", "reason": "x"}).status_code == 404
    for user in (alice, world.denis):  # the staff acts in the console
        for name in ACTIONS:
            assert signed_in(user).post(address(name, ticket), {"body": "x", "reason": "x"}).status_code == 404
    ticket.refresh_from_db()
    assert (ticket.state, Message.objects.count()) == ("open", 0)
    assert signed_in(None).get(address("ticket", ticket))["Location"].startswith("/login/?next=/tickets/")


def test_the_receipt_is_on_the_page_once_it_is_drawn(world, alice):
    ticket = world.customer_opens("Mail is down")
    owner = signed_in(world.jeanne)
    assert "The receipt (PDF) being drawn" in text_of(owner.get(address("ticket", ticket)))
    assert owner.get(address("receipt", ticket)).status_code == 404
    world.passes(seconds=1)
    draw_receipts.due(renderer=lambda found: [b"%PDF-1.7 it" for _one in found], at=world.now)
    assert address("receipt", ticket) in owner.get(address("ticket", ticket)).content.decode()
    for user, status in ((world.jeanne, 200), (world.karim, 200), (alice, 200), (world.berthe, 404), (world.max, 404)):
        assert signed_in(user).get(address("receipt", ticket)).status_code == status, user
    answer = owner.get(address("receipt", ticket))
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 it", "application/pdf")
    assert f'filename="{ticket.ref}.pdf"' in answer["Content-Disposition"]
    standard = world.customer_opens_standard()
    assert owner.get(address("receipt", standard)).status_code == 404


@pytest.mark.parametrize("ref", ["T1", "T999999", "T-1", "x", "T1000000000000000", "٣"])
def test_a_reference_of_nothing_is_nothing(world, ref):
    assert signed_in(world.jeanne).get(reverse("portal:ticket", args=[ref])).status_code == 404


def test_the_tracker_says_who_is_called_who_came_and_when(world):
    _alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    ticket = world.customer_opens("Mail is down")
    client = signed_in(world.jeanne)
    page = text_of(client.get(address("ticket", ticket)))
    assert "Calling: Alice Martin." in page
    assert "Called next" in page
    world.passes(minutes=5)
    page = text_of(client.get(address("ticket", ticket)))
    assert "Alice Martin · SMS No answer" in page
    assert "Calling: Bruno Martin." in page
    world.takes(bruno.user, ticket, eta=timedelta(minutes=5))
    page = text_of(client.get(address("ticket", ticket)))
    assert "Bruno Martin took charge at" in page
    assert "Called next" not in page
    assert "+336" not in page  # nobody's number


def test_cancelling_is_free_until_somebody_took_charge(world, alice):
    client = signed_in(world.jeanne)
    first = world.customer_opens("Mail is down")
    for _click in range(2):
        assert client.post(address("cancel", first)).status_code == 302
    first.refresh_from_db()
    assert (first.state, first.page.state) == ("cancelled", "closed")
    assert "Nothing is due." in text_of(client.get(address("ticket", first)))
    second = world.customer_opens("Web is down")
    world.takes(alice, second)
    answer = client.post(address("cancel", second))
    assert answer.status_code == 422
    assert "An engineer has already taken charge" in text_of(answer)


def test_contesting_is_one_sentence_within_thirty_days(world, alice):
    world.now = clock.now()  # the door reads the real one, and thirty days pass
    ticket = world.billed_case(alice)
    client = signed_in(world.jeanne)
    page = text_of(client.get(address("ticket", ticket)))
    assert "The intervention is billed €95.00 excl. VAT, €114.00 incl. VAT." in page
    assert "Seen in the logs." in page
    refused = client.post(address("contest", ticket), {"reason": "  "})
    assert (refused.status_code, Dispute.objects.count()) == (422, 0)
    too_long = client.post(address("contest", ticket), {"reason": "y" * 20_001})
    assert too_long.status_code == 422
    assert "y" * 20_001 in too_long.content.decode()
    client.post(address("contest", ticket), {"reason": "It was the <server>\x00"})
    assert Dispute.objects.get().reason == "It was the <server>"
    again = client.post(address("contest", ticket), {"reason": "Once more"})
    assert again.status_code == 422
    assert "already contested" in text_of(again)
    page = client.get(address("ticket", ticket))
    assert "It was the &lt;server&gt;" in page.content.decode()
    assert "Contest the verdict" not in text_of(page)


def test_a_dispute_that_is_accepted_shows_the_credit_note(world, alice):
    ticket = world.billed_case(alice)
    world.invoices_are_issued()
    contest.open(ticket, reason="It was the server", by=world.jeanne, at=world.now)
    contest.decide(ticket, upheld=True, answer="You are right", by=world.chloe, at=world.now)
    page = text_of(signed_in(world.jeanne).get(address("ticket", ticket)))
    assert "After your dispute, nothing is due." in page
    assert "You are right" in page
    assert "Credit note A2026-000001" in page
    # a technical contact reads the verdict, not the papers
    assert "A2026-000001" not in text_of(signed_in(world.karim).get(address("ticket", ticket)))


def test_what_is_not_solved_is_opened_again_until_the_verdict(world, alice):
    ticket = world.customer_opens("Mail is down")
    client = signed_in(world.jeanne)
    assert client.post(address("reopen", ticket)).status_code == 422
    world.takes(alice, ticket)
    world.resolves(alice, ticket)
    assert "open it again" in text_of(client.get(address("ticket", ticket)))
    client.post(address("reopen", ticket))
    assert Ticket.objects.get(pk=ticket.pk).state == "acknowledged"
    world.resolves(alice, ticket)
    world.decides(alice, ticket, "service-down")
    refused = client.post(address("reopen", ticket))
    assert refused.status_code == 422
    assert "Nothing to pay." in text_of(refused)


def test_the_page_looks_again_and_hears_304_until_something_happens(world, alice):
    ticket = world.customer_opens("Mail is down")
    client = signed_in(world.jeanne)
    first = client.get(address("live", ticket))
    assert (first.status_code, first["X-Look-Again"]) == (200, "1")
    known = {"if-none-match": first["ETag"]}
    again = client.get(address("live", ticket), headers=known)
    if again["ETag"] == first["ETag"]:  # unless the minute has just turned
        assert (again.status_code, again.content) == (304, b"")
    world.takes(alice, ticket)
    changed = client.get(address("live", ticket), headers=known)
    assert (changed.status_code, changed["X-Look-Again"]) == (200, "15")
    for piece in (b'id="tracker"', b'id="thread"', b'id="aside"'):
        assert piece in changed.content
    world.resolves(alice, ticket)
    assert client.get(address("live", ticket))["X-Look-Again"] == "15"
    other = world.customer_opens("Web is down")
    client.post(address("cancel", other))
    assert client.get(address("live", other))["X-Look-Again"] == "0"


def test_what_the_staff_says_inside_is_on_no_page_of_the_portal(world, alice):
    ticket = world.customer_opens("Mail is down")
    converse.say(ticket, body="inside words", internal=True, by=alice, at=world.now)
    for user in (world.jeanne, world.karim, alice):
        client = signed_in(user)
        for name in ("ticket", "live"):
            page = text_of(client.get(address(name, ticket)))
            assert "inside words" not in page
            assert "internal message" not in page


def test_the_list_goes_page_by_page(world):
    for number in range(27):
        world.customer_opens_standard(f"Question {number}")
    client = signed_in(world.jeanne)
    first = client.get(reverse("portal:tickets"))
    assert "Question 26" in text_of(first)
    assert "Question 1 " not in text_of(first)
    last = Ticket.objects.order_by("id")[2]
    second = text_of(client.get(reverse("portal:tickets") + f"?before={last.pk}"))
    assert "Question 1 " in second
    assert "More recent" in second
    for nonsense in ("x", "-1", "9" * 40, "٣"):
        assert client.get(reverse("portal:tickets") + f"?before={nonsense}").status_code == 200


def test_bills_are_for_who_sees_bills_as_pdf_and_as_xml(world, alice):
    ticket = world.billed_case(alice)
    world.invoices_are_issued()
    bill = Invoice.objects.get()
    pdf, xml = (reverse(f"portal:bill_{kind}", args=[bill.public_id]) for kind in ("pdf", "xml"))
    assert signed_in(world.berthe).get(pdf).status_code == 404  # not drawn yet
    issue_invoices.render(renderer=lambda _document, _at: (b"%PDF-1.7 here", "<xml/>"), at=world.now)
    for user in (world.jeanne, world.berthe, world.denis):
        client = signed_in(user)
        assert bill.number in text_of(client.get(reverse("portal:bills")))
        answer = client.get(pdf)
        assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 here", "application/pdf")
        assert answer["Content-Disposition"] == f'attachment; filename="{bill.number}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert client.get(xml).content == b"<xml/>"
    for user in (world.karim, world.lea, world.max):
        client = signed_in(user)
        assert bill.number not in text_of(client.get(reverse("portal:bills")))
        assert (client.get(pdf).status_code, client.get(xml).status_code) == (404, 404)
    # who sees the bills alone is not led to a ticket they may not open
    assert address("ticket", ticket) not in signed_in(world.berthe).get(reverse("portal:bills")).content.decode()
