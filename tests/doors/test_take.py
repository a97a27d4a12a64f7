"""The page opened from an SMS: looking changes nothing, a post takes, the link is the proof."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.urls import reverse

from astreinte.flows import cancel
from astreinte.notifications import links
from astreinte.notifications.models import Notification
from astreinte.paging.models import Page
from astreinte.tickets.models import Ticket
from tests.doors.test_every_route import snapshot

pytestmark = pytest.mark.django_db
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 14) Mobile", "HTTP_ACCEPT_LANGUAGE": "fr"}


def address(person, *, page=None):
    """The link of the newest message that rang this person."""
    page = page or Page.objects.latest("id")
    letter = Notification.objects.filter(person=person, kind="page", about=page.story).latest("id")
    return reverse("take", args=[links.take_token(letter)])


@pytest.fixture
def ringing(world):
    """Alice is being rung, Bruno after five minutes."""
    world.alice, world.bruno = (phone.user for phone in world.on_call("Alice", "Bruno"))
    world.ticket = world.customer_opens("La messagerie est en panne")
    return world


def test_the_link_of_the_text_opens_the_page(ringing):
    (text,) = ringing.phone(ringing.alice).texts
    path = text[text.index("/take/") :].split()[0]
    answer = Client().get(path)
    assert answer.status_code == 200
    for words in ("La messagerie est en panne", "web1.boulangerie.example", "Boulangerie du Port SARL"):
        assert words in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_preview_a_scanner_or_a_head_takes_nothing(ringing, method):
    before = snapshot()
    for agent in ("WhatsApp/2.23", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0"):
        getattr(Client(HTTP_USER_AGENT=agent), method)(address(ringing.alice))
    assert snapshot() == before


def test_the_form_of_a_phone_without_scripts_takes_and_says_who_has_it(ringing):
    phone = Client(enforce_csrf_checks=True, **PHONE)
    shown = phone.get(address(ringing.alice))
    token = shown.context["csrf_token"]
    answer = phone.post(
        address(ringing.alice), {"csrfmiddlewaretoken": str(token), "answer": "take", "eta_minutes": "15"}, follow=True
    )
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.handled_by) == ("acknowledged", ringing.alice)
    assert ticket.eta_at - ticket.acknowledged_at == timedelta(minutes=15)
    assert Page.objects.get().acknowledged_via == "link"
    assert reverse("console:case", args=[ticket.ref]) in answer.content.decode()


def test_a_post_from_elsewhere_does_nothing(ringing):
    before = snapshot()
    assert Client(enforce_csrf_checks=True).post(address(ringing.alice), {"answer": "take"}).status_code == 403
    assert snapshot() == before


@pytest.mark.parametrize("said", [{}, {"eta_minutes": ""}, {"eta_minutes": "17"}, {"eta_minutes": "5"}])
def test_an_empty_post_takes_whatever_else_it_says(ringing, said):
    Client().post(address(ringing.alice), said)
    assert Ticket.objects.get().handled_by == ringing.alice


def test_not_me_rings_the_next_person_and_may_be_taken_back(ringing):
    answer = Client().post(address(ringing.alice), {"answer": "next"}, follow=True)
    assert answer.templates[0].name == "take/passed.html"
    ringing.now = Page.objects.get().escalates_at
    ringing.pager_ticks()
    assert ringing.phone(ringing.bruno).received == ["La messagerie est en panne"]
    Client().post(address(ringing.alice))
    assert Ticket.objects.get().handled_by == ringing.alice


def test_the_second_engineer_is_told_who_has_it(ringing):
    ringing.passes(minutes=5)
    Client().post(address(ringing.alice))
    answer = Client().post(address(ringing.bruno), follow=True)
    assert answer.templates[0].name == "take/taken.html"
    assert "Alice Martin" in answer.content.decode()
    assert Ticket.objects.get().handled_by == ringing.alice


def test_two_engineers_tap_at_the_same_instant_and_one_has_it(transactional_db, world):
    alice, bruno = (phone.user for phone in world.on_call("Alice", "Bruno"))
    world.customer_opens("Down")
    world.passes(minutes=5)
    together = threading.Barrier(2)

    def tap(link):
        try:
            together.wait(timeout=10)
            return Client().post(link).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(tap, [address(alice), address(bruno)])) == [302, 302]
    page, ticket = Page.objects.get(), Ticket.objects.get()
    assert page.acknowledged_by == ticket.handled_by
    assert world.history(ticket).count("page:acknowledged") == 1


def test_the_same_click_twice_is_the_same_answer(ringing):
    Client().post(address(ringing.alice))
    before = ringing.history(ringing.ticket)
    Client().post(address(ringing.alice))
    assert ringing.history(ringing.ticket) == before


def test_what_is_over_says_so_and_takes_nothing(ringing):
    link = address(ringing.alice)
    cancel.ticket(Ticket.objects.get(), by=ringing.jeanne, at=ringing.now)
    before = snapshot()
    answer = Client().post(link, follow=True)
    assert answer.status_code == 200
    assert answer.templates[0].name == "take/gone.html"
    assert snapshot() == before


def test_an_altered_unknown_or_foreign_link_leads_nowhere(ringing):
    token = address(ringing.alice).removeprefix("/take/")
    number, _, signature = token.partition("-")
    receipt = Notification.objects.exclude(kind="page").first()
    altered = [
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        f"{number}0-{signature}",
        number,
        "x" * 400,
        "é",
        links.take_token(receipt),
    ]
    before = snapshot()
    for wrong in altered:
        for method in ("get", "post"):
            assert getattr(Client(), method)(f"/take/{wrong}").status_code == 404, (method, wrong)
    assert snapshot() == before


def test_somebody_who_left_takes_nothing(ringing):
    link = address(ringing.alice)
    ringing.alice.is_active = False
    ringing.alice.save()
    assert Client().get(link).status_code == 404
    assert Client().post(link).status_code == 404
    assert Page.objects.get().state == "triggered"


def test_it_speaks_the_language_of_the_person_and_not_of_the_phone(ringing):
    Notification.objects.filter(person=ringing.alice).update(language="en")
    assert "I take it" in Client(HTTP_ACCEPT_LANGUAGE="fr").get(address(ringing.alice)).content.decode()


def test_the_whole_page_weighs_less_than_thirty_kilobytes(ringing):
    link = address(ringing.alice)
    with open(finders.find("css/take.css"), "rb") as file:  # noqa: PTH123 - a path of Django's finders
        style = len(file.read())
    weights = [len(Client().get(link).content)]
    Client().post(link)
    weights.append(len(Client().get(link).content))
    assert max(weights) + style < 30_000
    assert b"<script" not in Client().get(link).content
