"""Signing in and out, the language, a forgotten password; nothing leads elsewhere, nothing tells who is known."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from astreinte.accounts.models import User
from astreinte.core import clock
from astreinte.notifications.models import Notification
from tests.doors.portal import signed_in, text_of
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "%09//evil.example",
    "\t//evil.example",
    "http:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://127.0.0.1:8000@evil.example/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://evil。example/",
    "ftp://testserver/",
    "\x00//evil.example",
    " https://evil.example",
    "mailto:a@b.example",
]


def mail_leaves(world):
    """The door read the real clock: the world catches up, and what is due leaves."""
    world.now = clock.now()
    world.pager_ticks()


def signs_in(client, user, *, password=PASSWORD, **more):
    return client.post("/login/", {"username": user.email, "password": password, **more})


def test_a_person_signs_in_whatever_the_case_of_the_address_and_goes_where_they_wanted(world):
    client = Client()
    answer = client.post(
        "/login/", {"username": " JEANNE@Boulangerie.example ", "password": PASSWORD, "next": "/bills/"}
    )
    assert answer["Location"] == "/bills/"
    assert client.get("/bills/").status_code == 200


@pytest.mark.parametrize("url", ELSEWHERE)
def test_next_leads_nowhere_but_here(world, url):
    for address, answer in (
        ("/login/", signs_in(Client(), world.jeanne, next=url)),
        ("/language/", Client().post("/language/", {"language": "en", "next": url})),
    ):
        seen = urlsplit(urljoin(f"http://testserver{address}", answer["Location"]))
        assert (seen.scheme, seen.netloc) == ("http", "testserver")


def test_the_same_sentence_whether_the_address_is_known_or_not(world):
    unknown = User(email="nobody@nowhere.example")
    sentences = set()
    for user in (world.jeanne, unknown):
        answer = signs_in(Client(), user, password="wrong")
        assert answer.status_code == 422
        sentences.add(text_of(answer).replace(user.email, ""))
    assert len(sentences) == 1


def test_the_session_is_a_new_one_after_signing_in(world):
    client = signed_in(world.karim)
    before = client.session.session_key
    client.post("/logout/")
    signs_in(client, world.jeanne)
    assert client.session.session_key != before


def test_who_left_does_not_come_in(world):
    User.objects.filter(pk=world.jeanne.pk).update(is_active=False)
    assert signs_in(Client(), world.jeanne).status_code == 422


def test_signing_out_ends_the_session_and_only_by_a_form(world):
    client = signed_in(world.jeanne)
    assert client.get("/logout/").status_code == 405
    assert client.get("/bills/").status_code == 200
    assert client.post("/logout/").status_code == 200
    assert client.get("/bills/").status_code == 302


def test_the_language_of_a_person_is_theirs_at_every_sign_in(world):
    client = Client()
    signs_in(client, world.max)
    assert 'lang="en"' in client.get("/servers/").content.decode()
    client.post("/language/", {"language": "fr", "next": "/servers/"})
    assert User.objects.get(pk=world.max.pk).language == "fr"
    assert 'lang="fr"' in client.get("/servers/").content.decode()
    other = Client()
    signs_in(other, world.max)
    assert 'lang="fr"' in other.get("/servers/").content.decode()


def test_an_unknown_language_changes_nothing(world):
    client = signed_in(world.max)
    for language in ("de", "", "../x", "fr-FR' --"):
        client.post("/language/", {"language": language})
    assert User.objects.get(pk=world.max.pk).language == "en"
    assert client.get("/language/").status_code == 405


def test_a_forgotten_password_goes_through_the_outbox_and_works_once(world):
    answer = Client().post("/password/reset/", {"email": "Jeanne@boulangerie.example"})
    assert answer["Location"] == reverse("password_reset_done")
    letter = Notification.objects.get(kind="password_reset")
    assert letter.context == {}  # nothing usable is kept
    mail_leaves(world)
    link = re.search(r"/password/reset/\S+", world.phone(world.jeanne).letter("mot de passe"))[0]
    client = Client()
    form = client.get(link)["Location"]
    new = {"new_password1": "a brand new passphrase", "new_password2": "a brand new passphrase"}
    assert client.post(form, {**new, "new_password2": "another"}).status_code == 200
    assert client.post(form, new)["Location"] == reverse("password_reset_complete")
    assert "no longer works" in text_of(Client(headers={"accept-language": "en"}).get(link))
    assert signs_in(Client(), world.jeanne).status_code == 422
    assert signs_in(Client(), world.jeanne, password="a brand new passphrase").status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_a_known_one_a_single_letter(world):
    for address in ("nobody@nowhere.example", world.jeanne.email, world.jeanne.email):
        answer = Client().post("/password/reset/", {"email": address})
        assert (answer.status_code, answer["Location"]) == (302, reverse("password_reset_done"))
    assert 1 <= Notification.objects.filter(kind="password_reset").count() <= 2  # one a minute


def test_the_link_is_ours_whatever_the_host_of_the_request(world):
    Client().post("/password/reset/", {"email": world.jeanne.email}, headers={"x-forwarded-host": "evil.example"})
    assert (
        Client().post("/password/reset/", {"email": "x@y.example"}, headers={"host": "evil.example"}).status_code == 400
    )
    mail_leaves(world)
    assert "evil.example" not in world.phone(world.jeanne).letter("mot de passe")
