"""A ticket and an incident of one server at one time are one trouble: linked both ways, one call, and nothing to pay."""

from datetime import timedelta

import pytest

from astreinte.core import timeline
from astreinte.flows import acknowledge, give_verdict
from astreinte.flows.same_trouble import WAITS
from astreinte.monitoring.models import Incident
from astreinte.paging.models import Page
from astreinte.tickets import tracking
from astreinte.tickets.models import Ticket, Verdict


def rings(phone):
    return [text for text in phone.texts if "/take/" in text]


def test_a_ticket_about_a_known_incident_calls_nobody_a_second_time(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=2))
    incident = world.goes_down(world.watches())
    ticket = world.customer_opens("The site is down")
    ticket.refresh_from_db()
    assert ticket.incident == incident
    assert len(rings(alice)) == 1
    kinds = [line.kind for line in timeline.of(ticket.story, ticket.page.story)]
    assert "ticket:linked" in kinds
    assert "page:beside" in kinds


def test_the_customer_follows_the_call_of_the_incident(world):
    """Who is called for it, and who took it: their own call has rung nobody."""
    (alice,) = world.on_call("Alice")
    incident = world.goes_down(world.watches())
    ticket = Ticket.objects.get(pk=world.customer_opens("The site is down").pk)
    assert [(one.person, one.state) for one in tracking.tracker(ticket).called] == [("Alice Martin", "accepted")]
    before = tracking.last_number(ticket)
    acknowledge.page(incident.page, person=alice.user, via="link", at=world.now)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert tracking.tracker(ticket).taken.person == "Alice Martin"
    assert tracking.last_number(ticket) > before


def test_whoever_takes_the_incident_takes_the_ticket(world):
    (alice,) = world.on_call("Alice")
    incident = world.goes_down(world.watches())
    ticket = world.customer_opens("The site is down")
    acknowledge.page(incident.page, person=alice.user, via="link", eta=timedelta(minutes=10), at=world.now)
    world.pager_ticks()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handled_by, ticket.page.state) == ("acknowledged", alice.user, "acknowledged")
    assert ticket.eta_at == world.now + timedelta(minutes=10)
    assert any("charge" in subject for subject in world.phone(world.jeanne).letters)


def test_whoever_takes_the_ticket_takes_the_incident(world):
    (alice,) = world.on_call("Alice")
    incident = world.goes_down(world.watches())
    ticket = world.customer_opens("The site is down")
    world.takes(alice.user, ticket, via="console")
    incident.page.refresh_from_db()
    assert (incident.page.state, incident.page.acknowledged_by) == ("acknowledged", alice.user)


def test_an_incident_that_somebody_has_gives_its_tickets_the_same_person_at_once(world):
    (alice,) = world.on_call("Alice")
    incident = world.goes_down(world.watches())
    acknowledge.page(incident.page, person=alice.user, via="link", at=world.now)
    ticket = world.customer_opens("The site is down")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handled_by, ticket.acknowledged_at) == ("acknowledged", alice.user, world.now)
    assert len(rings(alice)) == 1
    assert any("incident que vous avez" in subject for subject in alice.letters)


def test_an_incident_after_the_ticket_is_the_same_trouble(world):
    """The customer was faster than our monitoring."""
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.sees(check, up=True)
    ticket = world.customer_opens("The site is down")
    world.sees(check, up=False, times=3)
    ticket.refresh_from_db()
    assert ticket.incident == Incident.objects.get()
    assert len(rings(alice)) == 1
    world.takes(alice.user, ticket)
    assert {page.acknowledged_by for page in Page.objects.all()} == {alice.user}


def test_an_incident_long_after_the_ticket_rings_for_itself(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.sees(check, up=True)
    ticket = world.customer_opens("The site is slow")
    world.takes(alice.user, ticket)
    world.sees(check, up=True, times=15)
    world.sees(check, up=False, times=3)
    ticket.refresh_from_db()
    assert ticket.incident is None
    assert len(rings(alice)) == 2


def test_nobody_answers_either_and_the_ticket_rings_by_itself_after_ten_minutes(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=3))
    world.goes_down(world.watches())
    world.customer_opens("The site is down")
    world.passes(minutes=WAITS.total_seconds() / 60)
    assert len(rings(alice)) == 2


def test_an_incident_that_ends_before_anybody_took_it_lets_its_tickets_ring(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=3))
    check = world.watches()
    world.goes_down(check)
    ticket = world.customer_opens("The site is down")
    world.sees(check, up=True, times=2)
    assert Incident.objects.get().state == "resolved"
    assert len(rings(alice)) == 2
    world.takes(alice.user, ticket)
    ticket.refresh_from_db()
    assert ticket.handled_by == alice.user


def test_another_server_is_another_trouble(world):
    (alice,) = world.on_call("Alice")
    world.goes_down(world.watches())
    ticket = world.customer_opens("Mail is down", server=world.web2)
    ticket.refresh_from_db()
    assert ticket.incident is None
    assert len(rings(alice)) == 2


def test_a_ticket_about_a_covered_incident_cannot_be_billed(world):
    (alice,) = world.on_call("Alice")
    world.goes_down(world.watches())
    ticket = world.customer_opens("The site is down")
    world.takes(alice.user, ticket)
    world.resolves(alice.user, ticket)
    with pytest.raises(give_verdict.CoveredByIncident) as refused:
        world.decides(alice.user, ticket, "customer-app")
    assert "Site web" in refused.value.details["title"]
    assert Verdict.objects.count() == 0
    world.decides(alice.user, ticket, "service-down")
    assert Verdict.objects.get().charge is None


def test_a_standard_ticket_made_urgent_during_an_incident_is_linked_too(world):
    from astreinte.flows import open_ticket

    (alice,) = world.on_call("Alice")
    world.goes_down(world.watches())
    ticket = world.customer_opens_standard("The site is down")
    given = open_ticket.Given(channel="web")
    open_ticket.make_urgent(
        ticket, language="fr", acceptance=world.acceptance(), given=given, by=world.jeanne, at=world.now
    )
    world.pager_ticks()
    assert Ticket.objects.get().incident == Incident.objects.get()
    assert len(rings(alice)) == 1
