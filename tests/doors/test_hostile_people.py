"""People who are no longer what they were, or are two things at once: each sees and does what is theirs, at once."""

import pytest
from django.urls import reverse

from astreinte.accounts.models import Role
from astreinte.billing.models import Charge
from astreinte.core import clock, configuration
from astreinte.customers.models import Member, Server
from astreinte.flows import acknowledge, contest, converse, open_ticket
from astreinte.notifications.models import ContactMethod
from astreinte.paging.models import Page
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Dispute, Ticket
from tests.doors.portal import signed_in
from tests.doors.programs import Program, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(world):
    (alice,) = world.on_call("Alice")
    return alice.user


def test_a_server_that_changes_hands_takes_no_ticket_with_it(world, alice):
    ticket = world.customer_opens("Our accounts are in /srv/secret")
    Server.objects.filter(pk=world.web1.pk).update(customer=world.carnet)
    configuration.changed()
    path = reverse("portal:ticket", args=[ticket.ref])
    assert signed_in(world.lea).get(path).status_code == 404
    assert Program(world, world.lea).get(f"/tickets/{ticket.ref}").status_code == 404
    assert Program(world, world.lea).get(f"/pages/{ticket.page.public_id}").status_code == 404
    assert signed_in(world.jeanne).get(path).status_code == 200


def test_the_contacts_of_a_server_that_changed_hands_no_longer_see_it(world, alice):
    ticket = world.customer_opens()
    Server.objects.filter(pk=world.web1.pk).update(customer=world.carnet)
    configuration.changed()
    world.web1.refresh_from_db()
    later = world.customer_opens_standard("A word of the new customer", by=world.lea)
    assert Program(world, world.karim).get("/servers").json()["items"] == []
    assert [one["ref"] for one in Program(world, world.karim).get("/tickets").json()["items"]] == [ticket.ref]
    assert Program(world, world.karim).get(f"/tickets/{later.ref}").status_code == 404


def test_the_tickets_of_a_server_that_is_gone_stay_readable_and_contestable(world, alice):
    world.now = clock.now()  # the door reads the real one, and a verdict is contested for thirty days
    ticket = world.billed_case(alice)
    Server.objects.filter(pk=world.web1.pk).update(is_active=False)
    configuration.changed()
    for member in (world.jeanne, world.karim):
        assert signed_in(member).get(reverse("portal:ticket", args=[ticket.ref])).status_code == 200
    signed_in(world.jeanne).post(reverse("portal:contest", args=[ticket.ref]), {"reason": "It was the mail server."})
    assert Dispute.objects.get().verdict.ticket == ticket
    assert Charge.objects.get().held_at


def test_nobody_is_woken_for_a_server_that_is_gone(world, alice):
    ticket = world.customer_opens_standard()
    Server.objects.filter(pk=world.web1.pk).update(is_active=False)
    configuration.changed()
    with pytest.raises(open_ticket.ServerGone):
        open_ticket.make_urgent(
            Ticket.objects.get(pk=ticket.pk),
            language="fr",
            acceptance=None,
            given=open_ticket.Given(channel="web"),
            by=world.jeanne,
            at=world.now,
        )
    assert Page.objects.count() == 0


def test_what_is_said_is_written_to_nobody_who_left_nor_to_the_next_customer(world, alice):
    ticket = world.customer_opens_standard(by=world.karim)
    Member.objects.filter(user=world.karim).delete()
    Server.objects.filter(pk=world.web1.pk).update(customer=world.carnet)
    configuration.changed()
    before = {who: len(world.phone(who).letters) for who in (world.karim, world.lea)}
    converse.say(Ticket.objects.get(pk=ticket.pk), body="The password file is here", by=alice, at=world.now)
    world.pager_ticks()
    assert {who: len(world.phone(who).letters) for who in before} == before
    assert len(world.phone(world.jeanne).letters) == 1


def test_who_contested_does_not_decide(world, alice):
    ticket = world.billed_case(alice)
    Member.objects.create(user=world.chloe, customer=world.boulangerie, is_owner=True)
    contest.open(ticket, reason="No", by=world.chloe, at=world.now)
    answer = Program(world, world.chloe).post(
        f"/tickets/{ticket.ref}/dispute/decision", {"upheld": True, "reason": "I agree with myself"}
    )
    assert refused(answer) == (403, "same-person")
    assert Dispute.objects.get().state == "open"


def test_a_taken_standard_ticket_that_becomes_urgent_can_be_taken(world, alice):
    ticket = world.customer_opens_standard()
    acknowledge.ticket(ticket, person=world.chloe, via="console", at=world.now)
    ticket.refresh_from_db()
    given = open_ticket.Given(channel="web")
    open_ticket.make_urgent(
        ticket, language="fr", acceptance=world.acceptance(), given=given, by=world.jeanne, at=world.now
    )
    world.pager_ticks()
    world.takes(alice, Ticket.objects.get())
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handled_by, ticket.acknowledged_by) == ("acknowledged", alice, alice)
    assert Page.objects.get().state == "acknowledged"


def test_nobody_hands_a_call_over_to_the_clerk(world, alice):
    ticket = world.customer_opens()
    world.takes(alice, ticket)
    ContactMethod.objects.create(user=world.denis, position=0, after_s=0, kind="sms", address="+33611119999")
    answer = Program(world, alice).post(f"/tickets/{ticket.ref}/hand-over", {"to": world.denis.email})
    assert refused(answer) == (422, "validation")


@pytest.mark.parametrize("gone", ["inactive", "no longer staff"])
def test_a_session_and_a_token_die_with_their_person(world, alice, gone):
    ticket = world.customer_opens()
    browser, program = signed_in(alice), Program(world, alice)
    console = reverse("console:case", args=[ticket.ref])
    assert (browser.get(console).status_code, program.get(f"/tickets/{ticket.ref}").status_code) == (200, 200)
    if gone == "inactive":
        alice.is_active = False
        alice.save()
    else:
        Role.objects.filter(user=alice).delete()
    configuration.changed()
    assert browser.get(console).status_code in {302, 404}
    assert browser.post(reverse("console:take", args=[ticket.ref])).status_code in {302, 404}
    assert program.get(f"/tickets/{ticket.ref}").status_code in {401, 404}
    assert Page.objects.get().state == "triggered"


def test_a_membership_that_ends_ends_at_once(world, alice):
    ticket = world.customer_opens()
    browser, program = signed_in(world.jeanne), Program(world, world.jeanne)
    Member.objects.filter(user=world.jeanne).delete()
    configuration.changed()
    assert browser.get(reverse("portal:ticket", args=[ticket.ref])).status_code == 404
    assert browser.post(reverse("portal:cancel", args=[ticket.ref])).status_code == 404
    assert program.post(f"/tickets/{ticket.ref}/cancel").status_code == 404
    assert cases.by_ref(cases.seen_by(alice), ticket.ref).state == "open"
