"""What is said in public, at the doors: the engineer's form and the API; what customers read, and how they follow."""

from datetime import timedelta

import pytest
from django.urls import reverse

from astreinte.core import clock
from astreinte.monitoring.models import Follower, Incident, PublicMessage
from tests.doors.portal import drafted, signed_in, text_of
from tests.doors.programs import Program

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> & \u202etxt"


@pytest.fixture
def night(world):
    world.now = clock.now()
    (alice,) = world.on_call("Alice")
    world.alice = alice.user
    world.incident = world.goes_down(world.watches())
    world.place = reverse("console:incident", args=[world.incident.public_id])
    return world


def publishes(night, client=None, **said):
    typed = {"stage": "identified", "text_en": "A disk is full.", "next_update_minutes": "30", **said}
    return (client or signed_in(night.alice)).post(f"{night.place}words/", typed)


def follows(client, night, name="follow", **more):
    return client.post(reverse(f"portal:{name}", args=[night.incident.public_id]), more)


# -- the engineer --------------------------------------------------------------------------------------------------------


def test_the_first_word_is_proposed_and_published_as_it_is_changed(night):
    page = signed_in(night.alice).get(night.place)
    assert "Our team is looking for the cause." in text_of(page)
    assert publishes(night).status_code == 302
    message = PublicMessage.objects.get()
    assert (message.stage, message.texts, message.author) == ("identified", {"en": "A disk is full."}, night.alice)
    assert message.next_update_at - message.said_at == timedelta(minutes=30)
    shown = text_of(signed_in(night.alice).get(night.place))
    assert "A disk is full." in shown
    assert "Alice Martin wrote a public message" in shown
    assert "Our team is looking for the cause." not in shown
    proposed = text_of(signed_in(night.alice).get(night.place, {"draft": "monitoring"}))
    assert "is mended. We keep an eye on it." in proposed


def test_what_is_refused_keeps_what_was_typed_in_both_languages(night):
    for language, why in (("en", "Write the message"), ("fr", "Écrivez le message")):
        answer = publishes(night, signed_in(night.alice, language=language), text_en=" ", next_update_minutes="45")
        assert answer.status_code == 422
        assert why in text_of(answer)
        assert 'value="45"' in answer.content.decode()
    long = publishes(night, text_en="x" * 20_001)
    assert (long.status_code, "20000" in text_of(long) or "20,000" in text_of(long)) == (422, True)
    ends = publishes(night, stage="resolved", ends="on")
    assert (ends.status_code, "The check still fails" in text_of(ends)) == (422, True)
    assert PublicMessage.objects.count() == 0


def test_two_clicks_are_one_message(night):
    assert [publishes(night).status_code for _ in range(2)] == [302, 302]
    assert PublicMessage.objects.count() == 1


def test_customers_and_clerks_do_not_speak_for_the_desk(night):
    for person in (night.jeanne, night.denis, night.lea):
        assert publishes(night, signed_in(person)).status_code == 404
        answer = Program(night, person).post(
            f"/incidents/{night.incident.public_id}/messages", {"stage": "resolved", "text": "x"}
        )
        assert answer.status_code in {403, 404}
    assert PublicMessage.objects.count() == 0


# -- the customer --------------------------------------------------------------------------------------------------------


def test_the_customer_reads_since_when_who_the_last_word_and_the_next_one_promised(night):
    publishes(night, text_en=HOSTILE)
    jeanne = signed_in(night.jeanne)
    places = [
        reverse("portal:servers"),
        reverse("portal:problem") + f"?server={night.web1.name}",
        reverse("portal:offer", args=[drafted(jeanne, night.web1)]),
        reverse("portal:incident", args=[night.incident.public_id]),
    ]
    for place in places:
        body = jeanne.get(place).content.decode()
        page = text_of(jeanne.get(place))
        assert "<script>alert(1)" not in body, place
        assert "alert(1)" in page, place
        assert "Next update promised: in" in page, place
        assert "Follow this incident by e-mail" in page, place


def test_who_reads_another_language_is_told_which_one_it_is(night):
    publishes(night)
    page = text_of(signed_in(night.jeanne, language="fr").get(reverse("portal:servers")))
    assert "A disk is full." in page
    assert "écrit en anglais" in page


def test_following_is_one_click_and_so_is_its_end(night):
    jeanne = signed_in(night.jeanne)
    back = reverse("portal:servers")
    assert follows(jeanne, night, next=back)["Location"] == back
    follows(jeanne, night)
    assert [one.user for one in Follower.objects.all()] == [night.jeanne]
    assert "You follow this incident by e-mail." in text_of(jeanne.get(back))
    assert follows(jeanne, night, "unfollow", next="https://evil.example/")["Location"] == reverse(
        "portal:incident", args=[night.incident.public_id]
    )
    assert Follower.objects.count() == 0


def test_nobody_follows_what_they_do_not_see(night):
    for person in (night.lea, night.berthe, night.denis):
        assert follows(signed_in(person), night).status_code == 404
        answer = Program(night, person).post(f"/incidents/{night.incident.public_id}/follow", {})
        assert answer.status_code == 404
    assert Follower.objects.count() == 0


def test_following_what_is_over_leads_to_its_page(night):
    Incident.objects.update(state="resolved", resolved_at=night.now)
    answer = follows(signed_in(night.jeanne), night, next="/servers/")
    assert answer["Location"] == reverse("portal:incident", args=[night.incident.public_id])
    assert Follower.objects.count() == 0
