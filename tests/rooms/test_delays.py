"""How long pages took, for the metrics: those of the past are added up once, and nothing is lost or counted twice by that."""

from datetime import timedelta

from astreinte.flows import acknowledge
from astreinte.paging.models import Page
from astreinte.web.metrics import Delays


def counted(delays, world):
    return [(one.counts, round(one.sum_s, 3)) for one in delays.read(at=world.now)]


def test_what_is_added_up_once_is_what_all_of_them_say(world):
    (alice,) = world.on_call("Alice")
    delays = Delays()
    for days in (0, 0, 2, 0, 3):
        world.billed_case(alice.user)
        assert counted(delays, world) == counted(Delays(), world)
        world.passes(minutes=days * 24 * 60 + 7)
        assert counted(delays, world) == counted(delays, world) == counted(Delays(), world)
    assert sum(delays.read(at=world.now)[0].counts) == Page.objects.count() == 5


def test_the_past_is_not_asked_again_and_a_page_that_still_rings_is(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    world.customer_opens()
    world.billed_case(alice.user)
    old, ringing, _young = Page.objects.order_by("pk")
    delays = Delays()
    world.now += timedelta(days=2)
    sent, taken = delays.read(at=world.now)
    assert (sum(sent.counts), sum(taken.counts)) == (3, 2)
    assert delays._after == old.pk
    acknowledge.page(ringing, person=alice.user, via="link", at=world.now)
    sent, taken = delays.read(at=world.now)
    assert (sum(sent.counts), sum(taken.counts)) == (3, 3)
