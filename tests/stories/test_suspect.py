"""Three customers within minutes: perhaps it is one trouble, and ours; a person says so, or says no."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from astreinte.accounts.models import Provider
from astreinte.billing.models import Charge
from astreinte.core import configuration, timeline
from astreinte.flows import cancel, give_verdict, recover, suspect
from astreinte.monitoring import history
from astreinte.monitoring import queries as watched
from astreinte.monitoring.models import Incident
from astreinte.paging.models import Page


@pytest.fixture
def told(world):
    """Three customers open a ticket within ten minutes."""
    world.on_call("Alice")
    tickets = [world.customer_opens("Mail is down")]
    world.passes(minutes=5)
    tickets.append(world.customer_opens_standard("The shop is gone", by=world.max, server=world.shop))
    world.passes(minutes=5)
    tickets.append(world.customer_opens("Blog", by=world.lea, server=world.lea_dedicated))
    return tickets


def linked(tickets):
    for ticket in tickets:
        ticket.refresh_from_db()
    return {ticket.incident for ticket in tickets}


def test_three_customers_within_a_quarter_of_an_hour_are_a_suspicion(world, told):
    assert suspect.look(at=world.now) == 3
    (incident,) = linked(told)
    assert (incident.state, incident.clause, incident.page) == ("suspected", "", None)
    assert incident.title == "3 clients signalent un problème au même moment"
    assert {server.name for server in incident.servers.all()} == {one.server.name for one in told}
    assert suspect.look(at=world.now) == 0


def test_a_suspicion_calls_nobody_of_its_own(world, told):
    before = Page.objects.count()
    suspect.look(at=world.now)
    world.pager_ticks()
    assert Page.objects.count() == before


def test_three_tickets_of_two_customers_are_none(world):
    world.on_call("Alice")
    world.customer_opens("Mail is down")
    world.customer_opens("The other one too", server=world.web2)
    world.customer_opens("Blog", by=world.lea, server=world.lea_dedicated)
    assert suspect.look(at=world.now) == 0
    assert watched.suspected() is None


def test_tickets_further_apart_are_none(world, told):
    world.passes(minutes=6)
    assert suspect.look(at=world.now) == 0


def test_what_was_cancelled_says_nothing(world, told):
    cancel.ticket(told[0], by=world.jeanne, at=world.now)
    assert suspect.look(at=world.now) == 0


def test_what_an_incident_explains_says_nothing(world):
    world.on_call("Alice")
    world.goes_down(world.watches())
    world.customer_opens("Mail is down")
    world.customer_opens("The shop is gone", by=world.max, server=world.shop)
    world.customer_opens("Blog", by=world.lea, server=world.lea_dedicated)
    assert suspect.look(at=world.now) == 0


def test_a_ticket_more_joins_it(world, told):
    suspect.look(at=world.now)
    late = world.customer_opens("And the other one", server=world.web2)
    assert suspect.look(at=world.now) == 1
    assert len(linked([*told, late])) == 1


def test_a_provider_may_want_more_of_them_or_none(world, told):
    for wanted in (4, 0):
        Provider.objects.update(settings={"monitoring": {"suspect_after": wanted}})
        configuration.changed()
        assert suspect.look(at=world.now) == 0


def test_nothing_is_billed_while_it_is_suspected(world, told):
    suspect.look(at=world.now)
    world.takes(world.chloe, told[0])
    world.resolves(world.chloe, told[0])
    with pytest.raises(give_verdict.PerhapsOurs):
        world.decides(world.chloe, told[0], "customer-app")
    world.decides(world.chloe, told[0], "undetermined")
    assert not Charge.objects.exists()


def test_once_confirmed_it_is_covered(world, told):
    suspect.look(at=world.now)
    incident = suspect.confirm(watched.suspected(), clause="network-ours", by=world.chloe, at=world.now)
    assert (incident.state, incident.clause) == ("open", "network-ours")
    assert list(watched.open_on(world.shop)) == [incident]
    world.takes(world.chloe, told[0])
    world.resolves(world.chloe, told[0])
    with pytest.raises(give_verdict.CoveredByIncident):
        world.decides(world.chloe, told[0], "customer-app")
    kinds = [line.kind for line in timeline.of(incident.story)]
    assert kinds == ["incident:suspected", "incident:confirmed"]


def test_once_dismissed_each_ticket_is_its_own(world, told):
    suspect.look(at=world.now)
    recover.by_hand(watched.suspected(), by=world.chloe, at=world.now)
    assert [line.kind for line in timeline.of(Incident.objects.get().story)][-1] == "incident:dismissed"
    assert suspect.look(at=world.now) == 0
    assert not watched.seen_by(world.jeanne).exists()
    assert not history.incidents_on([world.web1], at=world.now)[world.web1.pk]
    world.takes(world.chloe, told[0])
    world.resolves(world.chloe, told[0])
    world.decides(world.chloe, told[0], "customer-app")
    assert Charge.objects.count() == 1


def test_what_is_confirmed_or_dismissed_is_no_suspicion_any_more(world, told):
    suspect.look(at=world.now)
    incident = watched.suspected()
    with pytest.raises(suspect.NotOneOfOurs):
        suspect.confirm(incident, clause="customer-app", by=world.chloe, at=world.now)
    recover.by_hand(incident, by=world.chloe, at=world.now)
    with pytest.raises(suspect.NotSuspected):
        suspect.confirm(incident, clause="network-ours", by=world.chloe, at=world.now)


def test_customers_read_nothing_of_a_suspicion(world, told):
    suspect.look(at=world.now)
    assert not watched.seen_by(world.jeanne).exists()
    assert not watched.open_on(world.web1).exists()


def test_an_engineer_confirms_it_on_its_screen(world, told):
    suspect.look(at=world.now)
    incident = watched.suspected()
    client = Client()
    client.force_login(world.chloe)
    assert incident.title in client.get(reverse("console:tonight")).content.decode()
    where = reverse("console:incident", args=[incident.public_id])
    shown = client.get(where).content.decode()
    assert all(ticket.ref in shown for ticket in told)
    confirmed = reverse("console:incident_confirm", args=[incident.public_id])
    assert client.post(confirmed, {"clause": "how-to"}).status_code == HTTPStatus.CONFLICT
    assert client.post(confirmed, {"clause": "host-down"}).status_code == HTTPStatus.FOUND
    incident.refresh_from_db()
    assert (incident.state, incident.clause) == ("open", "host-down")
