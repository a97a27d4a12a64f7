"""What is down, for those who are rung: Tonight, the incident and its three answers, everything that is watched."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from astreinte.core import clock
from astreinte.customers.models import ManagedService
from astreinte.monitoring import edits
from astreinte.monitoring.edits import Pace
from astreinte.monitoring.models import Check, Incident
from astreinte.paging.models import Page
from tests.doors.portal import text_of

pytestmark = pytest.mark.django_db
ANSWERS = ("incident_take", "incident_not_me", "incident_over")
TITLE = "Site web en panne : https://www.boulangerie.example/"


def signed(person, language="en"):
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(person)
    return client


def on(incident, name="incident"):
    return reverse(f"console:{name}", args=[incident.public_id])


def questions(client, name):
    """How many queries this page makes, once what is remembered is known."""
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse(name))
    return len(asked)


@pytest.fixture
def night(world):
    """Alice and Bruno on call; the web site of the bakery is down, and Alice's phone rings."""
    world.alice, world.bruno = (phone.user for phone in world.on_call("Alice", "Bruno", escalates_after=timedelta(1)))
    world.check = world.watches()
    world.incident = world.goes_down(world.check)
    return world


def shop_with(world, number):
    """So many services on one server, each with its check."""
    known = world.shop.services.count()
    for position in range(known, known + number):
        at = f"https://shop.gmbh.example/{position}"
        ManagedService.objects.create(server=world.shop, position=position, type="http", parameters={"url": at})
    pace = Pace(interval_s=60, down_after=3, up_after=2)
    paces = {one.name: [pace] * one.services.count() for one in (world.shop, world.web1)}
    edits.checks(paces, kinds={"http"}, at=world.now)
    Check.objects.filter(server=world.shop).update(state="up", since=world.now, looked_at=world.now, took_ms=7)


def test_tonight_says_what_is_down_since_when_and_that_nobody_has_it(night):
    page = text_of(signed(night.alice).get(reverse("console:tonight")))
    assert "Down now" in page
    assert f"{TITLE} web1.boulangerie.example · Boulangerie du Port SARL nobody yet, step 1 since" in page


def test_tonight_leads_to_the_incident_from_what_rings_and_from_the_calls_of_the_night(night):
    night.now = clock.now()
    Page.objects.update(opened_at=night.now)
    body = signed(night.alice).get(reverse("console:tonight")).content.decode()
    assert body.count(f'href="{on(night.incident)}"') == 3
    assert f'href="{on(night.incident)}#take"' in body


def test_tonight_asks_as_many_questions_for_three_incidents_as_for_sixty(night):
    client, counts = signed(night.alice), []
    for number in (3, 57):
        for _ in range(number):
            Incident.objects.create(title="Down", opened_at=night.now).servers.set([night.web1])
        counts.append(questions(client, "console:tonight"))
    assert counts[0] == counts[1]


def test_the_incident_says_what_fails_how_it_is_watched_and_who_was_called(night):
    page = text_of(signed(night.alice).get(on(night.incident)))
    assert "Web site https://www.boulangerie.example/" in page
    assert "Seen last connection refused" in page
    assert "in 12 ms" in page
    assert "a look every 1 min, down after 3 failures in a row, in order after 2 good looks" in page
    assert "Alice Martin" in page
    assert "Monitoring saw it fail: connection refused" in page
    assert "web1.boulangerie.example · Dedicated 192.0.2.10" in page


def test_an_incident_that_came_back_says_how_often(night):
    night.sees(night.check, up=True, times=2)
    night.sees(night.check, up=False, times=3)
    page = text_of(signed(night.alice).get(on(night.incident)))
    assert "2 times, the last time" in page
    assert "It failed again" in page


def test_an_engineer_takes_it_with_the_minutes_and_the_others_read_who_has_it(night):
    assert signed(night.alice).post(on(night.incident, "incident_take"), {"eta_minutes": "15"}).status_code == 302
    page = Page.objects.get()
    assert (page.acknowledged_by, page.acknowledged_via) == (night.alice, "console")
    assert page.eta_at - page.acknowledged_at == timedelta(minutes=15)
    others = text_of(signed(night.bruno).get(on(night.incident)))
    assert "Alice Martin has it, starts in" in others
    assert "I take it" not in others
    assert "Alice Martin since" in text_of(signed(night.bruno).get(reverse("console:tonight")))


def test_the_one_who_comes_late_reads_who_was_faster(night):
    signed(night.alice).post(on(night.incident, "incident_take"))
    late = signed(night.bruno).post(on(night.incident, "incident_take"))
    assert late.status_code == 409
    assert "Alice Martin has already taken charge." in text_of(late)
    assert signed(night.bruno).post(on(night.incident, "incident_not_me")).status_code == 409
    assert Page.objects.get().acknowledged_by == night.alice


def test_the_link_of_the_text_leads_to_the_incident_once_it_is_taken(night):
    text = night.phone(night.alice).texts[0]
    client = Client()
    taken = client.post(text[text.index("/take/") :].split()[0], {"answer": "take"}, follow=True)
    assert Page.objects.get().acknowledged_via == "link"
    assert f'href="{on(night.incident)}"' in taken.content.decode()


def test_not_me_and_the_next_step_rings(night):
    assert signed(night.alice).post(on(night.incident, "incident_not_me")).status_code == 302
    night.now = clock.now() + timedelta(seconds=1)
    night.pager_ticks()
    assert len(night.phone(night.bruno).texts) == 1


def test_it_is_over_only_once_the_check_does_not_say_otherwise(night):
    client = signed(night.alice)
    refused = client.post(on(night.incident, "incident_over"))
    assert refused.status_code == 409
    assert "The check still fails" in text_of(refused)
    Check.objects.update(due_at=None)
    assert client.post(on(night.incident, "incident_over")).status_code == 302
    assert (Incident.objects.get().state, Page.objects.get().state) == ("resolved", "closed")
    again = client.post(on(night.incident, "incident_over"))
    assert (again.status_code, "This incident is already resolved." in text_of(again)) == (409, True)
    assert "It is over, says Alice Martin" in text_of(again)


def test_an_incident_that_calls_nobody_has_nothing_to_take(world):
    incident = Incident.objects.create(title="IMAP is slow", opened_at=world.now)
    incident.servers.set([world.web1])
    client = signed(world.chloe)
    assert "Nobody is called" in text_of(client.get(on(incident)))
    assert client.post(on(incident, "incident_take")).status_code == 409


def test_the_live_piece_says_nothing_new_with_304(night):
    client = signed(night.alice)
    first = client.get(on(night.incident, "incident_live"))
    assert (first.status_code, first["X-Look-Again"]) == (200, "1")
    again = client.get(on(night.incident, "incident_live"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code in {304, 200}  # 200 only when the minute has turned in between


def test_nobody_else_answers_or_looks(night):
    for person in (night.jeanne, night.denis, night.lea):
        client = signed(person)
        assert client.get(on(night.incident)).status_code == 404
        assert client.get(reverse("console:checks")).status_code == 404
        assert [client.post(on(night.incident, name)).status_code for name in ANSWERS] == [404] * 3
        assert client.post(reverse("console:look", args=[night.check.public_id])).status_code == 404
    assert Page.objects.get().state == "triggered"


def test_the_checks_are_there_the_worst_server_first(night):
    shop_with(night, 2)
    answer = signed(night.alice).get(reverse("console:checks"))
    page, body = text_of(answer), answer.content.decode()
    assert "1 down" in page
    assert "2 in order" in page
    assert body.index('aria-label="web1.boulangerie.example"') < body.index('aria-label="shop.gmbh.example"')
    assert "Web site https://www.boulangerie.example/ down since" in page
    assert "connection refused looked at" in page
    assert "in 7 ms" in page


def test_the_checks_are_filtered(night):
    shop_with(night, 2)
    client = signed(night.alice)
    found = text_of(client.get(reverse("console:checks"), {"q": "SHOP"}))
    assert "shop.gmbh.example" in found
    assert "www.boulangerie.example" not in found
    down = text_of(client.get(reverse("console:checks"), {"down": "on"}))
    assert "shop.gmbh.example" not in down
    assert "No check is like this" in text_of(client.get(reverse("console:checks"), {"q": "nothing"}))
    assert client.get(reverse("console:checks"), {"page": "x", "q": "\0"}).status_code == 200


def test_sixty_checks_ask_as_many_questions_as_three_and_twenty_are_a_page(night):
    client, counts = signed(night.alice), []
    for number in (3, 57):
        shop_with(night, number)
        counts.append(questions(client, "console:checks"))
    assert counts[0] == counts[1]
    shop_with(night, 45)
    first = client.get(reverse("console:checks")).content.decode()
    assert first.count("Look now") == 20
    assert "?page=2" in first
    assert client.get(reverse("console:checks"), {"page": "6"}).content.decode().count("Look now") == 6


def test_look_now_is_the_probers_next_turn_and_the_list_stays_as_it_was(night):
    later = clock.now() + timedelta(hours=1)
    Check.objects.update(due_at=later)
    address = reverse("console:look", args=[night.check.public_id])
    answer = signed(night.alice).post(address, {"q": "web1", "page": "2"})
    assert answer["Location"] == f"{reverse('console:checks')}?q=web1&page=2"
    assert Check.objects.get().due_at < later
    Check.objects.update(due_at=None)
    assert signed(night.alice).post(address).status_code == 404
    assert Check.objects.get().due_at is None


def test_a_password_in_an_address_is_shown_to_nobody(night):
    night.watches(night.shop, url="https://me:hunter2@shop.gmbh.example:8443/a?key=hunter3#x")
    page = text_of(signed(night.alice).get(reverse("console:checks")))
    assert "https://shop.gmbh.example:8443/a?…" in page
    assert "hunter" not in page


def test_in_french(night):
    client = signed(night.alice, "fr")
    assert "En panne maintenant" in text_of(client.get(reverse("console:tonight")))
    assert "3 échecs de suite" in text_of(client.get(on(night.incident)))
    assert "Mesurer maintenant" in text_of(client.get(reverse("console:checks")))
