"""Many clicks at the same instant, in as many threads: one ticket, one page, one consent, and everybody sees it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from astreinte.paging.models import Page
from astreinte.tickets.models import Consent, Ticket
from tests.doors.portal import drafted, hidden, signed_in

CLICKS = 6


@pytest.fixture
def transactional_world(thawed, world):
    return world


@pytest.mark.parametrize("route", ["confirm", "standard"])
def test_clicks_at_the_same_instant_are_one_ticket(transactional_world, route):
    world = transactional_world
    world.on_call("Alice")
    client = signed_in(world.jeanne)
    key = drafted(client, world.web1)
    values = hidden(client.get(reverse("portal:confirm", args=[key])))
    together = Barrier(CLICKS)

    def click(_number):
        other = signed_in(None)
        other.cookies = client.cookies
        together.wait(timeout=30)
        try:
            return other.post(reverse(f"portal:{route}", args=[key]), values)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        places = set(pool.map(click, range(CLICKS)))
    ticket = Ticket.objects.get()
    assert places == {reverse("portal:ticket", args=[ticket.ref])}
    paged = 1 if route == "confirm" else 0
    assert (Page.objects.count(), Consent.objects.count()) == (paged, paged)
