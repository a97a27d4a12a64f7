"""An incident is followed, free: each public message and the end by e-mail, once, in one's language, after everything that rings."""

from datetime import timedelta

import pytest

from astreinte.accounts.models import User
from astreinte.core import configuration
from astreinte.customers.models import Member
from astreinte.flows import acknowledge, announce, follow_incident
from astreinte.flows.announce import Words
from astreinte.monitoring.models import Follower, Incident
from astreinte.notifications import queries as outbox
from astreinte.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(world):
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    world.check = world.watches()
    world.incident = world.goes_down(world.check)
    acknowledge.page(world.incident.page, person=world.alice, via="link", at=world.now)
    return world


def follows(night, *people, incident=None):
    for person in people:
        follow_incident.follow(incident or night.incident, person=person, at=night.now)


def says(night, texts=None, *, stage="identified", incident=None):
    what = Words(stage=stage, texts=texts or {"en": "The disk is full.", "fr": "Le disque est plein."})
    announce.message(incident or night.incident, what, by=night.alice, at=night.now)
    night.pager_ticks()


def letters(night, person):
    """What this person read about incidents, oldest first."""
    received = night.pocket.network.letters.get(person.email, ())
    return [one for one in received if "ncident" in one.subject]


def test_each_message_and_the_end_once_in_ones_language(night):
    night.karim.language = "en"
    night.karim.save()
    follows(night, night.jeanne, night.karim)
    follows(night, night.jeanne)
    says(night)
    (french,), (english,) = letters(night, night.jeanne), letters(night, night.karim)
    assert "Le disque est plein." in french.text
    assert "The disk is full." in english.text
    assert f"/incidents/{night.incident.public_id}/" in english.text
    night.sees(night.check, up=True, times=2)
    assert len(letters(night, night.jeanne)) == 2
    assert "works again" in letters(night, night.karim)[1].text


def test_the_letter_is_plain_text_whatever_was_typed(night):
    follows(night, night.jeanne)
    says(night, {"fr": "<script>alert(1)</script>\nSubject: x"})
    (letter,) = letters(night, night.jeanne)
    assert "<script>alert(1)</script>" in letter.text
    assert "\n" not in letter.subject


def test_a_message_in_one_language_says_which_to_those_who_read_another(night):
    night.karim.language = "en"
    night.karim.save()
    follows(night, night.jeanne, night.karim)
    says(night, {"fr": "Le disque est plein."})
    assert "only (French):" in letters(night, night.karim)[0].text
    assert "français" not in letters(night, night.jeanne)[0].text


def test_the_end_is_told_even_if_nothing_was_said(night):
    follows(night, night.jeanne)
    night.sees(night.check, up=True, times=2)
    (letter,) = letters(night, night.jeanne)
    assert "terminé" in letter.subject


def test_who_follows_no_more_reads_no_more(night):
    follows(night, night.jeanne)
    follow_incident.unfollow(night.incident, person=night.jeanne, at=night.now)
    follow_incident.unfollow(night.incident, person=night.jeanne, at=night.now)
    says(night)
    assert letters(night, night.jeanne) == []


def test_who_lost_their_rights_meanwhile_reads_no_more(night):
    follows(night, night.jeanne, night.karim)
    Member.objects.get(user=night.karim).technical_on.clear()
    configuration.changed()
    says(night)
    assert (len(letters(night, night.jeanne)), len(letters(night, night.karim))) == (1, 0)


def test_nothing_is_followed_once_it_is_over(night):
    night.sees(night.check, up=True, times=2)
    night.incident.refresh_from_db()
    with pytest.raises(follow_incident.AlreadyOver):
        follows(night, night.jeanne)


def test_the_customer_whose_ticket_is_linked_follows_by_itself(night):
    night.customer_opens("The site is down")
    assert [one.user for one in Follower.objects.all()] == [night.jeanne]
    says(night)
    assert len(letters(night, night.jeanne)) == 1


def test_a_ticket_opened_before_the_incident_follows_it_too(world):
    world.on_call("Alice")
    world.customer_opens("The site is down")
    world.goes_down(world.watches())
    assert [one.user for one in Follower.objects.all()] == [world.jeanne]


def test_who_follows_a_part_of_the_trouble_reads_what_is_said_about_the_whole(night):
    part = night.goes_down(night.watches(url="https://mail.boulangerie.example/"))
    assert part.parent == night.incident
    follows(night, night.jeanne, incident=part)
    says(night)
    (letter,) = letters(night, night.jeanne)
    assert f"/incidents/{part.public_id}/" in letter.text


def test_five_hundred_followers_never_stand_before_a_page(night):
    people = User.objects.bulk_create(
        User(email=f"follower{n}@boulangerie.example", name=f"Follower {n}", password="!") for n in range(500)
    )
    Member.objects.bulk_create(
        Member(user=person, customer=night.boulangerie, technical_everywhere=True) for person in people
    )
    Follower.objects.bulk_create(Follower(incident=night.incident, user=one, since=night.now) for one in people)
    configuration.changed()
    what = Words(stage="identified", texts={"fr": "Le disque est plein."})
    announce.message(night.incident, what, by=night.alice, at=night.now)
    assert Notification.objects.filter(kind="incident_said", state="queued").count() == 500
    night.now += timedelta(seconds=1)
    before = Notification.objects.order_by("-pk").first().pk
    night.opens_without_pager(night.acceptance())
    Incident.objects.update(started_at=night.now - timedelta(hours=1))
    first = outbox.due(at=night.now + timedelta(minutes=1), limit=1)[0]
    assert first.kind != "incident_said"
    assert first.pk > before
