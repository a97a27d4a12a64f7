"""Maintenance on the console: planned, changed and cancelled on the clocks of the provider, by those who may."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from astreinte.core import clock
from astreinte.flows import maintain
from astreinte.monitoring.models import Maintenance
from astreinte.monitoring.rules.windows import Wish
from tests.doors.portal import signed_in, text_of

pytestmark = pytest.mark.django_db
LIST = "/console/maintenance/"


@pytest.fixture
def engineer(world):
    world.now = clock.now()
    return signed_in(world.chloe)


def key_of(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.content.decode())[1]


def next_autumn(world):
    """The day after which an hour comes twice in Paris: the last Sunday of the next October."""
    year = world.now.year + (world.now.month > 9)
    last = datetime(year, 10, 31, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def typed(world, engineer, **said):
    start = (world.now + timedelta(days=3)).strftime("%Y-%m-%dT02:00")
    end = start.replace("T02", "T04")
    return {
        "key": key_of(engineer.get(LIST)),
        "title": "New disks",
        "servers": [world.web1.pk],
        "start": start,
        "end": end,
        **said,
    }


def test_it_is_planned_once_however_often_it_is_sent_and_listed(world, engineer):
    said = typed(world, engineer)
    places = {engineer.post(LIST, said)["Location"] for _ in range(2)}
    made = Maintenance.objects.get()
    assert places == {reverse("console:maintenance_one", args=[made.public_id])}
    assert "New disks" in text_of(engineer.get(LIST))
    shown = text_of(engineer.get(places.pop()))
    assert "Chloé Durand planned the maintenance" in shown
    assert "web1.boulangerie.example" in shown


def test_hours_are_those_of_the_provider_on_the_night_an_hour_comes_twice(world, engineer):
    day = next_autumn(world).strftime("%Y-%m-%d")
    engineer.post(LIST, typed(world, engineer, start=f"{day}T02:30", end=f"{day}T03:30"))
    made = Maintenance.objects.get()
    assert (made.start.hour, made.start.minute) == (0, 30)
    assert made.end - made.start == timedelta(hours=2)
    # an untouched hour stays the instant it was, even its second time
    later = made.start + timedelta(hours=1)
    Maintenance.objects.update(start=later)
    place = reverse("console:maintenance_one", args=[made.public_id])
    engineer.post(place, typed(world, engineer, start=f"{day}T02:30", end=f"{day}T04:30"))
    made.refresh_from_db()
    assert (made.start, made.end - made.start) == (later, timedelta(hours=2))


def test_what_is_refused_keeps_what_was_typed(world, engineer):
    said = typed(world, engineer)
    answer = engineer.post(LIST, {**said, "end": said["start"], "title": "<b>Disks</b>"})
    assert answer.status_code == 422
    assert "The end is not after the start" in text_of(answer)
    assert "&lt;b&gt;Disks&lt;/b&gt;" in answer.content.decode()
    french = signed_in(world.chloe, language="fr").post(LIST, {**said, "end": said["start"]})
    assert "La fin n’est pas après le début" in text_of(french)
    assert engineer.post(LIST, {**said, "key": "x", "servers": ["x"], "start": "x"}).status_code == 422
    assert Maintenance.objects.count() == 0


def test_it_is_changed_then_cancelled_with_the_reason(world, engineer):
    said = typed(world, engineer)
    place = engineer.post(LIST, said)["Location"]
    assert engineer.post(place, {**said, "title": "Newer disks"}).status_code == 302
    assert engineer.post(f"{place}cancel/", {"reason": " "}).status_code == 422
    assert engineer.post(f"{place}cancel/", {"reason": "No <b>disks</b>."}).status_code == 302
    page = engineer.get(place)
    assert "No <b>disks</b>." in text_of(page)
    assert "<b>disks" not in page.content.decode()
    late = engineer.post(f"{place}cancel/", {"reason": "Again."})
    assert (late.status_code, "over, or was cancelled" in text_of(late)) == (422, True)


def test_one_in_progress_keeps_its_start(world, engineer):
    wish = Wish(
        title="Disks", servers=frozenset({world.web1.name}), start=world.now, end=world.now + timedelta(hours=1)
    )
    made = maintain.plan(wish, by=world.chloe, at=world.now)
    place = reverse("console:maintenance_one", args=[made.public_id])
    said = typed(
        world, engineer, start="2020-01-01T00:00", end=(world.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    )
    assert engineer.post(place, said).status_code == 302
    made.refresh_from_db()
    assert made.start == world.now


def test_nobody_else_plans(world):
    for person in (world.jeanne, world.denis, world.lea):
        client = signed_in(person)
        assert client.get(LIST).status_code == 404
        assert client.post(LIST, {"title": "x"}).status_code == 404
