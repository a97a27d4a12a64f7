"""An incident of ours is found out once it is over: it rings nobody, and reviews the verdicts of its time."""

from datetime import timedelta

import pytest

from astreinte.core import timeline
from astreinte.flows import declare_incident, review_verdicts
from astreinte.flows.suspect import NotOneOfOurs
from astreinte.paging.models import Page
from astreinte.tickets import reviews

HOUR = timedelta(hours=1)


def declared(world, *, servers=None, **said):
    known = {"title": "HTTP/2 through the proxy", "clause": "network-ours", "began_at": world.now - HOUR}
    what = declare_incident.Past(**{**known, "over_at": world.now, **said})
    chosen = [world.web1] if servers is None else servers
    return declare_incident.past(what, servers=chosen, by=world.chloe, at=world.now)


def test_weeks_later_it_reviews_the_verdicts_of_its_time_alone(world):
    (alice,) = world.on_call("Alice")
    early = world.billed_case(alice.user)
    world.now += timedelta(days=10)
    world.billed_case(alice.user)
    world.invoices_are_issued()
    world.now += timedelta(days=20)
    then = early.opened_at
    declared(world, began_at=then - HOUR, over_at=then + HOUR)
    assert review_verdicts.look(at=world.now) == 1
    assert reviews.waiting().get().verdict.ticket == early


def test_it_calls_nobody_and_is_over(world):
    before = Page.objects.count()
    incident = declared(world)
    world.pager_ticks()
    assert (incident.state, incident.lasted, Page.objects.count()) == ("resolved", HOUR, before)
    assert [one.kind for one in timeline.of(incident.story)] == ["incident:declared"]


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"title": "  "}, declare_incident.NoTitle),
        ({"servers": []}, declare_incident.NoServer),
        ({"clause": "misuse"}, NotOneOfOurs),
    ],
)
def test_it_says_what_and_where_and_why_it_is_ours(world, said, refusal):
    with pytest.raises(refusal):
        declared(world, **said)


@pytest.mark.parametrize(("began", "over"), [(-2, 1), (-1, -1), (-1, -2)])
def test_it_began_then_was_over_both_in_the_past(world, began, over):
    with pytest.raises(declare_incident.NotInThePast):
        declared(world, began_at=world.now + began * HOUR, over_at=world.now + over * HOUR)
