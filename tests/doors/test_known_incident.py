"""Before the click: what our monitoring already knows, who is on it, and that a ticket about it is not billed."""

import pytest
from django.urls import reverse

from astreinte.flows import acknowledge
from astreinte.tickets.models import Ticket
from tests.doors.portal import drafted, hidden, signed_in, text_of

pytestmark = pytest.mark.django_db
JOINS = "a ticket about it joins it, nobody is called twice, and it is never billed"


@pytest.fixture
def alice(world):
    return world.on_call("Alice")[0].user


def test_the_price_and_its_confirmation_say_that_it_is_not_billed(world, alice):
    world.goes_down(world.watches())
    jeanne = signed_in(world.jeanne)
    key = drafted(jeanne, world.web1)
    for name in ("portal:offer", "portal:confirm"):
        page = text_of(jeanne.get(reverse(name, args=[key])))
        assert JOINS in page
        assert "Our team is being called." in page


def test_on_another_server_nothing_of_it_is_said(world, alice):
    world.goes_down(world.watches())
    jeanne = signed_in(world.jeanne)
    assert JOINS not in text_of(jeanne.get(reverse("portal:offer", args=[drafted(jeanne, world.web2)])))


def test_the_ticket_opened_all_the_same_shows_who_has_the_incident(world, alice):
    incident = world.goes_down(world.watches())
    acknowledge.page(incident.page, person=alice, via="link", at=world.now)
    jeanne = signed_in(world.jeanne)
    address = reverse("portal:confirm", args=[drafted(jeanne, world.web1)])
    jeanne.post(address, hidden(jeanne.get(address)))
    ticket = Ticket.objects.get()
    assert (ticket.incident, ticket.handled_by) == (incident, alice)
    page = text_of(jeanne.get(reverse("portal:ticket", args=[ticket.ref])))
    assert "The ticket is about an incident that our monitoring found" in page
    assert "Alice Martin" in page
