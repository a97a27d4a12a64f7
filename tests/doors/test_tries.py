"""Passwords are not guessed here, and whoever tries keeps nobody out of their own account (reliability, S9)."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from astreinte.accounts import leftovers, tries
from astreinte.accounts.models import Tries
from astreinte.accounts.tries import RESET, SIGN_IN, Try
from astreinte.core import clock
from astreinte.notifications.models import Notification
from tests.doors.portal import text_of
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def signs_in(client, email, password=PASSWORD, *, place="198.51.100.7"):
    return client.post(
        "/login/",
        {"username": email, "password": password},
        REMOTE_ADDR=place,
        headers={"accept-language": "en"},
    )


def asks(email, *, place="198.51.100.7"):
    headers = {"accept-language": "en"}
    return Client().post("/password/reset/", {"email": email}, REMOTE_ADDR=place, headers=headers)


def guesses(email, *, times=SIGN_IN.account, device=""):
    """Somebody has tried passwords, from as many places as there were guesses."""
    for n in range(times):
        assert not tries.let(Try(email=email, place=f"203.0.113.{n}", device=device), SIGN_IN, at=clock.now())


@pytest.mark.parametrize("email", ["jeanne@boulangerie.example", "nobody@nowhere.example"])
def test_an_account_is_tried_a_few_times_from_everywhere_together_known_or_not(world, email):
    guesses(email, times=SIGN_IN.account - 1)
    assert signs_in(Client(), email, "guess").status_code == 422
    answer = signs_in(Client(), email.upper())
    assert answer.status_code == 429  # the right password is not even compared
    assert "Try again in 15 min, or choose a new password" in text_of(answer)
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    assert email.lower() in answer.content.decode().lower()  # what was typed is not lost


def test_the_browser_that_its_person_has_used_is_never_kept_out_by_others(world):
    mine = Client()
    assert signs_in(mine, world.jeanne.email).status_code == 302
    mine.post("/logout/")
    guesses(world.jeanne.email)
    assert signs_in(Client(), world.jeanne.email).status_code == 429
    assert signs_in(mine, world.jeanne.email).status_code == 302


def test_it_opens_nothing_it_is_counted_too_and_is_for_one_account(world):
    mine = Client()
    signs_in(mine, world.jeanne.email)
    mine.post("/logout/")
    guesses(world.jeanne.email, times=SIGN_IN.account, device=mine.cookies["astreinte_browser"].value)
    assert signs_in(mine, world.jeanne.email).status_code == 429
    guesses(world.lea.email)
    assert signs_in(mine, world.lea.email).status_code == 429
    for sign in ("", "x", mine.cookies["astreinte_browser"].value + "x"):
        one = Try(email=world.jeanne.email, place="198.51.100.7", device=sign)
        assert len(one.keys(SIGN_IN)) == 2
    assert world.jeanne.email not in mine.cookies["astreinte_browser"].value


def test_whoever_holds_the_mailbox_comes_in_at_once(world):
    guesses(world.jeanne.email)
    asks(world.jeanne.email)
    world.now = clock.now()
    world.pager_ticks()
    link = re.search(r"/password/reset/\S+", world.phone(world.jeanne).letter("mot de passe"))[0]
    client, new = Client(), "a brand new passphrase"
    client.post(client.get(link)["Location"], {"new_password1": new, "new_password2": new})
    assert signs_in(client, world.jeanne.email, new).status_code == 302


def test_a_place_tries_so_many_times_over_all_accounts(world):
    for n in range(SIGN_IN.place):
        assert not tries.let(Try(email=f"person{n}@x.example", place="198.51.100.7"), SIGN_IN, at=clock.now())
    assert signs_in(Client(), world.jeanne.email).status_code == 429
    assert signs_in(Client(), world.jeanne.email, place="198.51.100.8").status_code == 302


def test_five_hundred_places_are_one_attacker_of_an_account(world):
    at = clock.now()
    waits = [
        tries.let(Try(email=world.jeanne.email, place=f"203.0.{n // 256}.{n % 256}"), SIGN_IN, at=at)
        for n in range(500)
    ]
    assert waits.count(0) == SIGN_IN.account


def test_the_right_password_counts_for_nothing(world):
    guesses(world.jeanne.email, times=SIGN_IN.account - 1)
    for _ in range(2):
        assert signs_in(Client(), world.jeanne.email).status_code == 302


def test_it_is_over_after_a_while_and_forgotten(world):
    at, one = clock.now(), Try(email="a@b.example", place="2001:db8::1")
    assert [tries.let(one, SIGN_IN, at=at) for _ in range(SIGN_IN.account + 1)] == [0] * SIGN_IN.account + [900]
    assert tries.let(one, SIGN_IN, at=at + 14 * MINUTE) == 60
    assert tries.let(one, RESET, at=at) == 0  # another limit
    assert tries.let(one, SIGN_IN, at=at + 15 * MINUTE) == 0
    assert "db8" not in "".join(Tries.objects.values_list("key", flat=True))
    leftovers.forget(at=at + 2 * RESET.within)
    assert not Tries.objects.exists()


def test_addresses_of_one_place_are_one():
    def place(address):
        return Try(email="a@b.example", place=address).keys(SIGN_IN)[0]

    assert place("2001:db8::1") == place("2001:db8:0:0:ffff::2") != place("2001:db8:0:1::1")
    assert place("::ffff:192.0.2.1") == place("192.0.2.1") != place("192.0.2.2")
    assert place("unix:") == place("")


@pytest.mark.parametrize("email", ["jeanne@boulangerie.example", "nobody@nowhere.example"])
def test_links_are_asked_for_a_few_times_an_hour_and_those_sent_still_work(world, email):
    found = [asks(email, place=f"203.0.113.{n}").status_code for n in range(RESET.account)]
    assert found == [302] * RESET.account
    answer = asks(email)
    assert answer.status_code == 429
    assert "use the last one that we sent, it still works, or ask again in 60 min" in text_of(answer)
    assert answer["Retry-After"]
    assert Notification.objects.filter(kind="password_reset").count() <= 2


def test_a_place_asks_for_so_many_links(world):
    found = [asks(f"person{n}@x.example").status_code for n in range(RESET.place + 1)]
    assert found == [302] * RESET.place + [429]
