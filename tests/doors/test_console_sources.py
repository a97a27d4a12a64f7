"""Other monitoring on the console: what it says of an incident, and on the health of the desk which of its rules are dead."""

from datetime import timedelta

import pytest
from django.urls import reverse

from astreinte.core import clock, heartbeats
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import AlertSource, Incident
from tests.doors.portal import text_of
from tests.doors.test_console_incidents import on, signed
from tests.stories.test_hear import down, up

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(world):
    (world.alice,) = world.on_call("Alice")
    world.now = clock.now()
    world.source = world.listens_to(every_s=300)
    return world


def test_an_incident_lists_its_alerts_with_their_labels_those_that_fire_first(night):
    night.hears(night.source, down("f1"), down("f2"))
    night.hears(night.source, up(down("f1")))
    page = text_of(signed(night.alice.user).get(on(Incident.objects.get())))
    assert "Alerts from elsewhere 2" in page
    assert "instance=web1.boulangerie.example:9100" in page
    assert page.index("fires") < page.index("taken back")


def test_of_thousands_the_first_fifty_and_how_many_more(night):
    night.hears(night.source, *[down(f"f{number}") for number in range(120)])
    page = text_of(signed(night.alice.user).get(on(Incident.objects.get())))
    assert page.count("instance=web1") == 50
    assert "and 70 more alerts" in page


def test_labels_of_any_name_are_shown_as_they_are(night):
    hostile = Heard(fingerprint="h", firing=True, name="X", title="X", labels={"items": "<b>1</b>", "keys": "{{ 2 }}"})
    night.hears(night.source, hostile)
    answer = signed(night.alice.user).get(on(Incident.objects.get()))
    assert "items=&lt;b&gt;1&lt;/b&gt;" in answer.content.decode()
    assert "keys={{ 2 }}" in text_of(answer)


def test_an_incident_of_our_own_has_no_such_list(night):
    incident = night.goes_down(night.watches())
    assert "Alerts from elsewhere" not in text_of(signed(night.alice.user).get(on(incident)))


def test_health_names_rules_and_sources_that_never_were_about_a_server_of_ours(night):
    night.hears(night.source, down("f1", at="nobody.example", name="SwitchPort"), down("f2"))
    night.hears(night.listens_to("zabbix", kind="alerts"), down("f3", at="nobody.example", name="Agent"))
    page = text_of(signed(night.chloe).get(reverse("console:health")))
    assert page.count("Rules that never were about a server of yours:") == 2
    assert "SwitchPort (1," in page
    assert "Agent (1," in page
    assert "InstanceDown (" not in page
    assert page.count("never about a server of yours") == 1
    assert "its silence rings after" in page


def test_health_blames_a_silent_prober_only_where_there_is_something_to_watch(night):
    def prober():
        workers = signed(night.chloe).get(reverse("console:health")).context["workers"]
        return next(one["state"] for one in workers if one["name"] == "prober")

    heartbeats.beat("prober", at=clock.now() - timedelta(seconds=61))
    assert prober() == "down"
    AlertSource.objects.update(due_at=None)
    assert prober() == "warn"
    heartbeats.beat("prober", at=clock.now())
    assert prober() == "up"
