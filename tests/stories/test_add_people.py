"""One more colleague: beside the escalation while it rings, to help whoever has it afterwards."""

from datetime import timedelta

import pytest

from astreinte.core import configuration, timeline
from astreinte.flows import acknowledge, add_people, hand_over
from astreinte.notifications.models import ContactMethod, Notification, Transport
from astreinte.paging.models import Page
from astreinte.tickets import tracking
from astreinte.tickets.models import Ticket


@pytest.fixture
def night(world):
    """Alice is being rung, Bruno after five minutes; Léa is on no rota."""
    world.alice, world.bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    world.zoe = world.phone(world.staff("Zoé Roy", "engineer"))
    world.ticket = world.customer_opens("Mail is down")
    return world


def adds(world, phone, *, by=None):
    """Somebody has a colleague called."""
    add_people.ticket(Ticket.objects.get(), person=phone.user, by=by or world.alice.user, at=world.now)
    world.pager_ticks()


def page():
    return Page.objects.get()


def ladder(world):
    return [(rung.person, rung.state) for rung in tracking.tracker(Ticket.objects.get()).rungs if rung.state != "next"]


# -- while it rings ------------------------------------------------------------------------------------------------


def test_whoever_is_added_while_it_rings_is_rung_now_and_the_plan_goes_on(night):
    before = page().escalates_at, page().plan
    night.passes(minutes=1)
    adds(night, night.zoe)
    assert night.zoe.received == ["Mail is down"]
    assert (page().escalates_at, page().plan) == before
    night.passes(minutes=4)
    assert night.bruno.received == ["Mail is down"]


def test_it_is_by_their_own_contact_rules(night):
    ContactMethod.objects.create(user=night.zoe.user, position=1, after_s=20, kind="voice", address=night.zoe.number)
    adds(night, night.zoe)
    night.passes(seconds=19)
    assert night.zoe.calls == []
    night.passes(seconds=1)
    assert len(night.zoe.calls) == 1


def test_whoever_was_added_may_take_it_like_anybody(night):
    adds(night, night.zoe)
    night.takes(night.zoe.user, night.ticket)
    assert Ticket.objects.get().handled_by == night.zoe.user
    assert "Zoé Roy" in night.alice.texts[-1]
    assert ladder(night) == [("Alice Martin", "stopped"), ("Zoé Roy", "acknowledged")]


def test_somebody_else_takes_it_and_they_are_told(night):
    ContactMethod.objects.create(user=night.zoe.user, position=1, after_s=60, kind="voice", address=night.zoe.number)
    adds(night, night.zoe)
    night.takes(night.alice.user, night.ticket)
    night.passes(minutes=10)
    assert "Alice Martin" in night.zoe.texts[-1]
    assert "/take/" not in night.zoe.texts[-1]
    assert night.zoe.calls == []


def test_the_history_says_who_had_whom_called(night):
    adds(night, night.zoe, by=night.chloe)
    line = timeline.of(page().story).get(kind="page:added")
    assert (line.by_name, line.data) == ("Chloé Durand", {"person": "Zoé Roy"})
    rung = tracking.tracker(Ticket.objects.get()).rungs[1]
    assert (rung.person, rung.added_by) == ("Zoé Roy", "Chloé Durand")


# -- a "no" ----------------------------------------------------------------------------------------------------------


def test_whoever_is_being_called_is_not_called_twice(night):
    with pytest.raises(add_people.AlreadyCalled) as told:
        adds(night, night.alice, by=night.chloe)
    assert told.value.details["name"] == "Alice Martin"
    adds(night, night.zoe)
    with pytest.raises(add_people.AlreadyCalled):
        adds(night, night.zoe)
    night.passes(minutes=3)
    adds(night, night.zoe)
    assert len(night.zoe.received) == 2


def test_whoever_cannot_be_reached_is_refused(night):
    ContactMethod.objects.filter(user=night.zoe.user).update(refused_at=night.now, refused_because="unknown number")
    with pytest.raises(add_people.Unreachable):
        adds(night, night.zoe)
    ContactMethod.objects.filter(user=night.zoe.user).update(refused_at=None)
    Transport.objects.filter(kind="sms").delete()
    configuration.changed()
    with pytest.raises(add_people.Unreachable):
        adds(night, night.zoe)
    assert "page:added" not in night.history(night.ticket)


def test_nobody_is_added_to_what_does_not_ring(night):
    standard = night.customer_opens_standard()
    with pytest.raises(add_people.NoCall):
        add_people.ticket(standard, person=night.zoe.user, by=night.alice.user, at=night.now)
    night.takes(night.alice.user, night.ticket)
    night.resolves(night.alice.user, night.ticket)
    with pytest.raises(add_people.NoCall):
        add_people.ticket(
            Ticket.objects.get(pk=night.ticket.pk), person=night.zoe.user, by=night.alice.user, at=night.now
        )


def test_whoever_has_it_is_not_added_to_it(night):
    night.takes(night.alice.user, night.ticket)
    with pytest.raises(acknowledge.AlreadyTaken):
        adds(night, night.alice, by=night.chloe)


# -- once somebody has it --------------------------------------------------------------------------------------------


@pytest.fixture
def helped(night):
    """Alice has it, and asks Zoé for help."""
    night.takes(night.alice.user, night.ticket)
    adds(night, night.zoe)
    return night


def test_help_is_asked_for_in_words_and_without_a_link_that_takes(helped):
    (text,) = helped.zoe.texts
    assert "Alice Martin" in text
    assert "/join/" in text
    assert "/take/" not in text
    assert len(text) <= 320


def test_a_manager_asks_for_somebody_else(night):
    night.takes(night.alice.user, night.ticket)
    adds(night, night.zoe, by=night.chloe)
    assert all(name in night.zoe.texts[0] for name in ("Chloé Durand", "Alice Martin"))


def test_whoever_comes_is_written_down_and_the_case_stays_where_it_is(helped):
    add_people.join(page(), person=helped.zoe.user, via="link", eta=timedelta(minutes=15), at=helped.now)
    assert (page().acknowledged_by, Ticket.objects.get().handled_by) == (helped.alice.user, helped.alice.user)
    assert ladder(helped) == [("Alice Martin", "acknowledged"), ("Zoé Roy", "joined")]
    rung = tracking.tracker(Ticket.objects.get()).rungs[-1]
    assert rung.eta_at == helped.now + timedelta(minutes=15)
    with pytest.raises(add_people.AlreadyComing):
        adds(helped, helped.zoe)


def test_the_same_answer_twice_is_one_line_and_a_new_delay_another(helped):
    for _ in range(2):
        add_people.join(page(), person=helped.zoe.user, via="link", at=helped.now)
    assert helped.history(helped.ticket).count("page:joined") == 1
    add_people.join(page(), person=helped.zoe.user, via="link", eta=timedelta(minutes=5), at=helped.now)
    assert helped.history(helped.ticket).count("page:joined") == 2
    for _ in range(2):
        add_people.excuse(page(), person=helped.zoe.user, via="link", at=helped.now)
    assert helped.history(helped.ticket).count("page:excused") == 1
    assert ladder(helped)[-1] == ("Zoé Roy", "declined")


def test_their_other_phones_stay_silent_once_they_answered(night):
    ContactMethod.objects.create(user=night.zoe.user, position=1, after_s=60, kind="voice", address=night.zoe.number)
    night.takes(night.alice.user, night.ticket)
    adds(night, night.zoe)
    adds(night, night.bruno)
    add_people.join(page(), person=night.zoe.user, via="sms", at=night.now)
    calls = Notification.objects.filter(person=night.zoe.user, channel="voice")
    assert {call.state for call in calls} == {"withdrawn"}
    night.passes(minutes=5)
    assert night.zoe.calls == []
    assert len(night.bruno.texts) == 1


def test_when_their_first_channel_fails_the_next_one_leaves_now(night):
    ContactMethod.objects.create(user=night.zoe.user, position=1, after_s=170, kind="voice", address=night.zoe.number)
    night.takes(night.alice.user, night.ticket)
    adds(night, night.zoe)
    night.passes(seconds=30)
    (call,) = night.pocket.network.calls[night.zoe.number]
    assert "Alice Martin" in call.twiml
    assert "vous venez" in call.twiml


def test_nothing_more_leaves_once_it_is_resolved(night):
    ContactMethod.objects.create(user=night.zoe.user, position=1, after_s=60, kind="voice", address=night.zoe.number)
    night.takes(night.alice.user, night.ticket)
    adds(night, night.zoe)
    night.resolves(night.alice.user, night.ticket)
    night.passes(minutes=5)
    assert night.zoe.calls == []
    with pytest.raises(acknowledge.NoLongerRings):
        add_people.join(page(), person=night.zoe.user, via="link", at=night.now)


def test_handed_over_meanwhile_it_asks_nobody_to_help_who_has_it_no_more(night):
    ContactMethod.objects.create(user=night.zoe.user, position=1, after_s=60, kind="voice", address=night.zoe.number)
    night.takes(night.alice.user, night.ticket)
    adds(night, night.zoe)
    hand_over.ticket(Ticket.objects.get(), to=night.bruno.user, by=night.alice.user, at=night.now)
    night.pager_ticks()
    assert ladder(night) == [("Alice Martin", "passed"), ("Zoé Roy", "stopped"), ("Bruno Martin", "accepted")]
    with pytest.raises(add_people.NobodyHasIt):
        add_people.join(page(), person=night.zoe.user, via="link", at=night.now)
    night.passes(minutes=2)
    assert night.zoe.calls == []


def test_whoever_has_it_by_now_is_not_their_own_helper(helped):
    hand_over.ticket(Ticket.objects.get(), to=helped.zoe.user, by=helped.alice.user, at=helped.now)
    helped.takes(helped.zoe.user, helped.ticket)
    add_people.join(page(), person=helped.zoe.user, via="link", at=helped.now)
    assert "page:joined" not in helped.history(helped.ticket)
