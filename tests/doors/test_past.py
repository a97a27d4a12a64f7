"""The past of a check, as people look at it: ninety days, latency, results, incidents; in as many questions for 60 as for 3."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from astreinte.core import clock
from astreinte.flows import observe
from astreinte.monitoring.models import Check, Incident
from astreinte.monitoring.rules import Seen
from astreinte.web import past_words
from tests.doors.portal import signed_in, text_of

pytestmark = pytest.mark.django_db
SERVERS = reverse("portal:servers")


@pytest.fixture
def night(world):
    """A web site that was well, is down, and that monitoring looks at."""
    world.now = clock.now() - timedelta(minutes=10)
    world.alice = world.on_call("Alice")[0].user
    world.check = world.watches(url="https://www.boulangerie.example/status?key=hunter2")
    world.sees(world.check, up=True, times=2)
    world.sees(world.check, up=False, times=3, saw="503 from <10.0.0.7>")
    world.incident = Incident.objects.get()
    return world


def on(check, name="check"):
    return reverse(f"console:{name}", args=[check.public_id])


def test_a_check_says_what_is_believed_its_past_and_what_its_last_looks_saw(night):
    page = text_of(signed_in(night.alice).get(on(night.check)))
    assert "Web site https://www.boulangerie.example/status?…" in page
    assert "down since" in page
    assert "a look every 1 min, down after 3 failures in a row" in page
    assert ": down for" in page
    assert "Latency of the last 48 hours: usually 12 ms, at most 12 ms." in page
    assert page.count("503 from <10.0.0.7>") == 4  # seen last, and three results
    assert "200 OK" in page
    assert page.count("Site web en panne") == 1


def test_two_looks_of_a_minute_are_told_apart_and_compared_with_logs(night):
    start = night.now.replace(second=3, microsecond=0)
    for seconds in (0, 10, 20):
        night.now = start + timedelta(seconds=seconds)
        night.sees(night.check, up=False, saw="503")
    page = text_of(signed_in(night.alice).get(on(night.check))).partition("Last results")[2]
    zone = ZoneInfo(night.provider.time_zone)
    hours = [f"{(start + timedelta(seconds=n)).astimezone(zone):%H:%M:%S}" for n in (20, 10, 0)]
    assert [page.index(hour) for hour in hours] == sorted(page.index(hour) for hour in hours)


def test_it_is_found_from_the_list_and_from_the_incident(night):
    alice = signed_in(night.alice)
    for address in (reverse("console:checks"), reverse("console:incident", args=[night.incident.public_id])):
        assert on(night.check) in alice.get(address).content.decode()


def test_looking_now_comes_back_to_the_check(night):
    answer = signed_in(night.alice).post(on(night.check, "look"), {"back": "check"})
    assert answer["Location"] == on(night.check)


def test_a_check_that_nobody_looked_at_says_so(world):
    alice = world.on_call("Alice")[0].user
    page = text_of(signed_in(alice).get(on(world.watches())))
    for words in ("never looked at yet", "No incident so far.", "Nothing was seen", "No good look"):
        assert words in page


def test_customers_have_no_page_of_a_check(night):
    for person in (night.jeanne, night.lea, night.denis):
        assert signed_in(person).get(on(night.check)).status_code in {403, 404}


SERVER = reverse("portal:server", args=["web1.boulangerie.example"])


def service(check):
    return reverse("portal:service", args=[check.server.name, check.public_id])


def test_a_server_of_mine_shows_ninety_days_and_the_incidents(night):
    jeanne = signed_in(night.jeanne)
    assert SERVER in jeanne.get(SERVERS).content.decode()
    answer = jeanne.get(SERVER)
    page, html = text_of(answer), answer.content.decode()
    assert 'aria-label="The last 90 days: down on 1 day, no data on 89 days."' in html
    assert reverse("portal:incident", args=[night.incident.public_id]) in html
    assert "10.0.0.7" not in page
    assert "hunter2" not in page


def test_a_service_of_mine_shows_its_latency(night):
    jeanne = signed_in(night.jeanne)
    assert service(night.check) in jeanne.get(SERVER).content.decode()
    page = text_of(jeanne.get(service(night.check)))
    assert "Latency of the last 48 hours: usually 12 ms, at most 12 ms." in page
    assert "10.0.0.7" not in page
    assert "hunter2" not in page


def test_nobody_reads_the_server_of_another(night):
    for person in (night.lea, night.max, night.berthe):
        for address in (SERVER, service(night.check)):
            assert signed_in(person).get(address).status_code == 404
    elsewhere = reverse("portal:service", args=["web2.boulangerie.example", night.check.public_id])
    assert signed_in(night.jeanne).get(elsewhere).status_code == 404


def test_ten_services_a_page(night):
    filled(night, 15)
    address = reverse("portal:server", args=[night.web2.name])
    pages = [text_of(signed_in(night.jeanne).get(f"{address}?page={number}")) for number in (1, 2)]
    assert [page.count("Latency and incidents") for page in pages] == [10, 5]
    assert text_of(signed_in(night.jeanne).get(f"{address}?page=nonsense")) == pages[0]


def test_in_french(night):
    html = signed_in(night.jeanne, language="fr").get(SERVER).content.decode()
    assert "Les 90 derniers jours" in html
    page = text_of(signed_in(night.alice, language="fr").get(on(night.check)))
    assert "Ses incidents" in page


def filled(world, number):
    """So many more checks on one server, each seen down and up again."""
    at, found = clock.now() - timedelta(hours=2), []
    for position in range(number):
        found.append(
            Check.objects.create(
                server=world.web2, kind="ping", where=f"{number}-{position}", interval_s=60, down_after=3, up_after=2,
                due_at=world.now,
            )
        )  # fmt: skip
    observe.results([Seen(check=one.pk, at=at, up=True, took_ms=3) for one in found])
    return found


def test_sixty_checks_ask_as_many_questions_as_three(night):
    counts = []
    for number in (2, 57):
        found = filled(night, number)
        mine = reverse("portal:server", args=[night.web2.name])
        for person, address in ((night.jeanne, SERVERS), (night.jeanne, mine), (night.alice, on(found[0]))):
            client = signed_in(person)
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
    assert counts[:3] == counts[3:]


def test_the_line_breaks_where_nothing_was_measured():
    assert past_words._line([(0, 1), (1, 2), (5, 3)]) == "M0 1.0h.5L1 2.0M5 3.0h.5"
