"""What is said in public about an incident: by a person, by itself at the end, and the promise of the next word."""

from datetime import timedelta

import pytest

from astreinte.core import timeline
from astreinte.flows import acknowledge, announce, recover
from astreinte.flows.announce import Words
from astreinte.monitoring import drafts, said
from astreinte.monitoring.models import Incident, PublicMessage
from astreinte.notifications.models import Notification

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def night(world):
    """Alice has the incident of the bakery's web site."""
    world.alice, world.bruno = (phone.user for phone in world.on_call("Alice", "Bruno"))
    world.check = world.watches()
    world.incident = world.goes_down(world.check)
    acknowledge.page(world.incident.page, person=world.alice, via="link", at=world.now)
    return world


def says(night, text="The disk is full.", *, stage="identified", promise=HALF_AN_HOUR, language="en", by=None):
    """An engineer says something in public; the pager is awake."""
    what = Words(stage=stage, texts={language: text}, next_update=promise)
    message = announce.message(night.incident, what, by=by or night.alice, at=night.now)
    night.pager_ticks()
    night.incident.refresh_from_db()
    return message


def kinds(night):
    return [line.kind for line in timeline.of(night.incident.story)]


def test_a_message_is_on_the_timeline_and_promises_the_next_one(night):
    message = says(night)
    assert (message.author, message.stage, message.texts) == (night.alice, "identified", {"en": "The disk is full."})
    assert night.incident.next_update_at == message.next_update_at == night.now + HALF_AN_HOUR
    assert kinds(night)[-1] == "incident:said"
    assert timeline.of(night.incident.story).last().by_name == "Alice Martin"


def test_resolved_is_said_and_the_incident_goes_on_unless_it_is_ended_with_it(night):
    message = says(night, "It works again.", stage="resolved")
    assert (message.next_update_at, night.incident.state) == (None, "open")


def test_the_last_word_and_the_end_are_one_or_nothing(night):
    last = Words(stage="resolved", texts={"en": "It works again."})
    with pytest.raises(recover.StillFails):
        recover.with_words(night.incident, last, by=night.alice, at=night.now)
    assert PublicMessage.objects.count() == 0
    with pytest.raises(recover.NotTheLastWord):
        recover.with_words(night.incident, Words(stage="monitoring", texts={"en": "x"}), by=night.alice, at=night.now)
    night.check.due_at = None
    night.check.save()
    recover.with_words(night.incident, last, by=night.alice, at=night.now)
    night.incident.refresh_from_db()
    assert (night.incident.state, PublicMessage.objects.get().author) == ("resolved", night.alice)


def test_what_comes_back_by_itself_says_so_when_something_had_been_said(night):
    says(night)
    night.sees(night.check, up=True, times=2)
    _first, last = PublicMessage.objects.order_by("pk")
    assert (last.stage, last.author, last.next_update_at) == ("resolved", None, None)
    assert set(last.texts) == {"fr", "en"}
    assert "works again since" in last.texts["en"]
    assert Incident.objects.get().next_update_at is None


def test_it_says_nothing_by_itself_where_nothing_had_been_said(night):
    night.sees(night.check, up=True, times=2)
    assert (Incident.objects.get().state, PublicMessage.objects.count()) == ("resolved", 0)


def test_it_says_nothing_twice(night):
    says(night, "It works again.", stage="resolved")
    night.sees(night.check, up=True, times=2)
    assert PublicMessage.objects.count() == 1


def test_what_fails_again_after_its_end_was_said_says_so_too(night):
    says(night)
    night.sees(night.check, up=True, times=2)
    night.sees(night.check, up=False, times=3)
    last = said.last_of(Incident.objects.get())
    assert (last.stage, last.author) == ("investigating", None)
    assert "It fails again" in last.texts["en"]


def test_the_same_words_twice_are_one_message(night):
    first = says(night)
    night.now += timedelta(seconds=10)
    assert says(night) == first
    night.now += timedelta(minutes=5)
    assert says(night) != first


def test_only_a_last_word_after_the_end(night):
    night.sees(night.check, up=True, times=2)
    night.incident.refresh_from_db()
    with pytest.raises(announce.AlreadyOver):
        says(night, stage="monitoring")
    assert says(night, "A disk was full; we now watch it.", stage="resolved").next_update_at is None


@pytest.mark.parametrize(
    ("texts", "refused"),
    [
        ({}, announce.NothingSaid),
        ({"en": " \u200b\n"}, announce.NothingSaid),
        ({"en": "x" * 20_001}, announce.TooLong),
        ({"de": "Hallo"}, announce.UnknownLanguage),
    ],
)
def test_what_nobody_could_read_is_refused_and_nothing_is_written(night, texts, refused):
    with pytest.raises(refused):
        announce.message(night.incident, Words(stage="identified", texts=texts), by=night.alice, at=night.now)
    assert PublicMessage.objects.count() == 0
    assert "incident:said" not in kinds(night)


# -- the promise ---------------------------------------------------------------------------------------------------------


def keeper_looks(night):
    """What the keeper does each second; the pager is awake."""
    reminded = announce.overdue(at=night.now)
    night.pager_ticks()
    return reminded


def test_a_promise_that_is_late_reminds_whoever_has_it_once(night):
    says(night)
    night.passes(minutes=29)
    assert keeper_looks(night) == 0
    night.passes(minutes=1)
    assert keeper_looks(night) == 1
    assert keeper_looks(night) == 0
    texts = [text for text in night.phone(night.alice).texts if "est attendu" in text]
    assert len(texts) == 1
    assert f"/console/incidents/{night.incident.public_id}/" in texts[0]
    assert [text for text in night.phone(night.bruno).texts if "est attendu" in text] == []
    assert "incident:reminded" in kinds(night)


def test_a_word_in_time_or_the_end_reminds_nobody(night):
    says(night)
    night.passes(minutes=20)
    says(night, "Still at it.")
    night.passes(minutes=20)
    assert keeper_looks(night) == 0
    night.sees(night.check, up=True, times=2)
    night.passes(minutes=60)
    assert keeper_looks(night) == 0


def test_nobody_has_it_and_whoever_promised_is_reminded(world):
    world.on_call("Alice")
    incident = world.goes_down(world.watches())
    chloe = world.chloe
    announce.message(
        incident, Words(stage="investigating", texts={"fr": "x"}, next_update=HALF_AN_HOUR), by=chloe, at=world.now
    )
    world.now += HALF_AN_HOUR
    announce.overdue(at=world.now)
    assert [one.person for one in Notification.objects.filter(kind="update_due")] == [chloe]


# -- drafts --------------------------------------------------------------------------------------------------------------


def test_the_draft_says_what_is_down_since_when_and_nothing_of_ours(night):
    draft = drafts.of(night.incident, stage="investigating")
    assert list(draft) == ["fr", "en"]
    assert draft["en"] == (
        "Since 02:33 on 25 October, this does not answer on one of our servers: Web site. "
        "Our team is looking for the cause."
    )
    for stage in ("investigating", "identified", "monitoring", "resolved"):
        for text in drafts.of(night.incident, stage=stage).values():
            assert "boulangerie" not in text.lower()
            assert "refused" not in text
