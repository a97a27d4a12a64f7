"""How I am reached: my own ways and nobody else's, a real test of each, its keys and its result."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from astreinte.core import clock
from astreinte.notifications import trials
from astreinte.notifications.channels import signatures
from astreinte.notifications.models import ContactMethod, Notification
from tests.doors.test_console import signed

pytestmark = pytest.mark.django_db
ME = "/console/me/"


@pytest.fixture
def team(world):
    """Alice: SMS, then a call."""
    world.now = clock.now()  # the doors read the real one
    world.alice = world.on_call("Alice")[0].user
    number = world.phone(world.alice).number
    ContactMethod.objects.create(user=world.alice, position=1, after_s=60, kind="voice", address=number)
    return world


def button(person, position=0):
    contact = trials.contacts_of(person).get(position=position)
    return reverse("console:test_contact", args=[contact.pk])


def presses(letter, digits=""):
    """What a call says after this key."""
    path = f"/inbound/twilio/voice?key={letter.key}"
    params = {"AccountSid": "AC1", "CallSid": "CA1", **({"Digits": digits} if digits else {})}
    signature = signatures.sign(f"{settings.BASE_URL}{path}", params, secret="test-token")
    return Client().post(path, params, headers={"X-Twilio-Signature": signature}).content.decode()


def test_my_ways_are_shown_in_order_with_what_is_wrong(team):
    ContactMethod.objects.filter(user=team.alice, position=0).update(
        refused_at=team.now, refused_because="unknown number"
    )
    text = signed(team.alice).get(ME).content.decode()
    assert re.findall(r"<strong>(\d\. \w+)</strong>", text) == ["1. SMS", "2. Call"]
    assert "unknown number" in text
    assert "1 min after the start of the call" in text
    assert text.count("Never tested.") == 2


def test_the_button_sends_a_test_once_a_minute(team):
    client = signed(team.alice)
    assert client.post(button(team.alice)).status_code == 302
    again = client.post(button(team.alice))
    assert again.status_code == 422
    assert "tested less than a minute ago" in again.content.decode()
    assert Notification.objects.filter(kind="test").count() == 1


def test_nobody_tests_the_phone_of_another(team):
    for person in (team.chloe, team.denis, team.jeanne):
        assert signed(person).post(button(team.alice)).status_code == 404
    assert signed(team.jeanne).get(ME).status_code == 404
    assert Notification.objects.count() == 0


def test_a_key_says_what_it_does_and_does_nothing(team):
    client = signed(team.alice)
    client.post(button(team.alice, 1))
    team.now = clock.now()
    team.pager_ticks()
    letter = Notification.objects.get(kind="test")
    assert "touche" in presses(letter, "*")
    assert "Fin de l'essai" in presses(letter)
    assert "vous prenez en charge et vous êtes là dans 15 minutes" in presses(letter, "2")
    assert "vous prenez en charge." in presses(letter, "4")
    assert "la personne suivante" in presses(letter, "6")
    assert "keys pressed: 2, 4, 6" in client.get(ME).content.decode()


def test_the_page_moves_by_itself_while_something_is_awaited(team):
    client = signed(team.alice)
    calm = client.get(reverse("console:me_live"))
    assert calm["X-Look-Again"] == "15"
    client.post(button(team.alice))
    quick = client.get(reverse("console:me_live"))
    assert quick["X-Look-Again"] == "1"
    team.now = clock.now()
    team.pager_ticks()
    sent = client.get(reverse("console:me_live"), headers={"If-None-Match": quick["ETag"]})
    assert sent.status_code == 200
    assert b'id="ways"' in sent.content


def test_a_manager_sees_when_each_way_was_last_tested_and_an_engineer_does_not(team):
    signed(team.alice).post(button(team.alice))
    seen = signed(team.chloe).get(ME).content.decode().partition('id="everybody"')[2]
    assert "Alice Martin" in seen
    assert "never tested" in seen
    assert "waiting" in seen
    assert 'id="everybody"' not in signed(team.alice).get(ME).content.decode()


def test_a_clerk_without_any_way_is_told(team):
    assert "Nothing can reach you" in signed(team.denis).get(ME).content.decode()
