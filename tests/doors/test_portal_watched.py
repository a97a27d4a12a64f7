"""What a customer reads of what is watched: the state of each server and service in their words, and no secret of a check."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from astreinte.core import clock
from astreinte.customers.models import Server
from astreinte.flows import acknowledge
from astreinte.monitoring.models import Check, Incident, Maintenance
from astreinte.web.portal.servers import TOLD
from tests.doors.portal import signed_in, text_of

pytestmark = pytest.mark.django_db
SERVERS = "portal:servers"


@pytest.fixture
def night(world):
    """The web site of the bakery is down."""
    world.alice = world.on_call("Alice")[0].user
    world.check = world.watches(url="https://www.boulangerie.example/status?key=hunter2")
    world.sees(world.check, up=True)
    world.sees(world.check, up=False, times=3, saw="503 from 10.0.0.7 behind hunter2")
    world.incident = Incident.objects.get()
    return world


def servers(person, language="en"):
    return text_of(signed_in(person, language=language).get(reverse(SERVERS)))


def incident(night, person, language="en"):
    address = reverse("portal:incident", args=[night.incident.public_id])
    return signed_in(person, language=language).get(address)


def test_my_servers_say_what_is_down_and_since_when(night):
    page = servers(night.jeanne)
    assert "1 service is down since" in page
    assert "Web site https://www.boulangerie.example/status?… down since" in page
    assert "the connection is refused" in page
    assert "Not watched no known incident" in page  # the other server


def test_all_in_order_then_not_known_yet(world):
    check = world.watches()
    assert "Not known yet" in servers(world.jeanne)
    world.sees(check, up=True)
    page = servers(world.jeanne)
    assert "All in order" in page
    assert "1 service is watched" in page


def test_what_a_maintenance_explains_is_a_maintenance(world):
    now = clock.now()
    window = Maintenance.objects.create(title="Disks", start=now - timedelta(1), end=now + timedelta(1))
    window.servers.set([world.web1])
    Check.objects.filter(pk=world.watches().pk).update(state="down", since=now)
    page = servers(world.jeanne)
    assert "Maintenance in progress until" in page
    assert "1 service is down" not in page


def test_a_customer_reads_no_parameter_and_nothing_the_service_said(night):
    for page in (servers(night.jeanne), text_of(incident(night, night.jeanne))):
        assert "hunter2" not in page
        assert "10.0.0.7" not in page


def test_the_incident_says_what_is_watched_and_who_has_it(night):
    page = text_of(incident(night, night.jeanne))
    assert "What is watched Web site https://www.boulangerie.example/status?… down since" in page
    assert "We look every 1 min. The last time:" in page
    acknowledge.page(night.incident.page, person=night.alice, via="link", at=night.now)
    assert "Alice Martin took charge" in text_of(incident(night, night.jeanne))
    assert "Alice Martin took charge" in servers(night.jeanne)


def test_members_see_what_is_watched_on_their_servers_alone(night):
    assert "Web site" in servers(night.karim)
    assert "Web site" not in servers(night.berthe)
    for stranger in (night.lea, night.max):
        assert "Web site" not in servers(stranger)
        assert incident(night, stranger).status_code == 404


def test_an_incident_of_two_customers_shows_each_their_own(night):
    night.incident.servers.add(night.shop)
    page = text_of(incident(night, night.max))
    assert "shop.gmbh.example" in page
    assert "What is watched" not in page
    assert "web1" not in page


def test_sixty_checks_ask_as_many_questions_as_three(night):
    jeanne, counts = signed_in(night.jeanne), []
    for number in (2, 57):
        for position in range(number):
            Check.objects.create(
                server=night.web2, kind="ping", where=f"{number}-{position}", interval_s=60, down_after=3, up_after=2,
                due_at=night.now,
            )  # fmt: skip
        jeanne.get(reverse(SERVERS))
        with CaptureQueriesContext(connection) as asked:
            jeanne.get(reverse(SERVERS))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_in_french(night):
    page = servers(night.jeanne, "fr")
    assert "1 service en panne" in page
    assert "Site web" in page
    assert "la connexion est refusée" in page
    assert "Ce qui est surveillé" in text_of(incident(night, night.jeanne, "fr"))


@pytest.fixture
def fleet(night):
    """Thirty more servers, by name before the one that is in trouble."""
    for number in range(30):
        Server.objects.create(name=f"a{number:02}.example", customer=night.boulangerie, plan=night.web1.plan)
    return signed_in(night.jeanne, language="en")


def shown(fleet, **asked):
    answer = fleet.get(reverse(SERVERS), asked)
    return answer, [row.server.name for row in answer.context["rows"]]


def test_what_is_in_trouble_stands_first_and_a_page_has_twenty_servers(fleet):
    answer, first = shown(fleet)
    assert first == ["web1.boulangerie.example", *(f"a{number:02}.example" for number in range(19))]
    assert "Next page" in text_of(answer)
    assert "Previous page" not in text_of(answer)
    answer, second = shown(fleet, page=2)
    assert second[0] == "a19.example"
    assert len(first) + len(second) == 30 + 2
    assert "Previous page" in text_of(answer)


def test_a_server_among_many_is_found_by_a_piece_of_its_name(fleet):
    answer, found = shown(fleet, q="A2")
    assert found == [f"a2{number}.example" for number in range(10)]
    assert 'value="A2"' in answer.content.decode()
    answer, found = shown(fleet, q="nothing like it")
    assert found == []
    assert "No server has a name like this" in text_of(answer)


def test_of_a_storm_five_incidents_are_told_and_the_others_counted(night, fleet):
    for server in Server.objects.filter(name__startswith="a0")[:6]:
        night.goes_down(night.watches(server))
    answer, names = shown(fleet)
    page = text_of(answer)
    known = Incident.objects.filter(state="open").count()
    assert page.count("There is no need to open a ticket for it.") == TOLD < known
    assert f"{known - TOLD} more incidents are in progress: their servers say so below." in page
    assert page.count("1 service is down") == known
    assert "web1.boulangerie.example" in names


def test_a_page_that_is_no_page_is_the_first_and_one_too_far_the_last(fleet):
    for page in ("0", "-1", "x", "1e9", "99999999999"):
        assert shown(fleet, page=page)[1][0] == "web1.boulangerie.example"
    assert shown(fleet, page="400")[1] == shown(fleet, page="2")[1]


def test_who_has_a_few_servers_is_asked_for_no_name(night):
    page = signed_in(night.jeanne, language="en").get(reverse(SERVERS))
    assert page.context["form"] is None
    assert 'role="search"' not in page.content.decode()
