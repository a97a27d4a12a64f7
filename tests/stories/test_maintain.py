"""A maintenance is planned, changed, cancelled; those responsible for its servers are told each time, and the day before."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from astreinte.core import timeline
from astreinte.flows import maintain, observe
from astreinte.monitoring import queries as monitoring
from astreinte.monitoring.models import Incident, Maintenance
from astreinte.monitoring.rules import windows
from astreinte.monitoring.rules.windows import Wish
from astreinte.notifications.models import Notification

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def wish(world, *servers, title="New disks", starts=3 * DAY, lasts=HOUR):
    names = frozenset(server.name for server in servers or (world.web1,))
    return Wish(title=title, servers=names, start=world.now + starts, end=world.now + starts + lasts)


def plans(world, *servers, **said):
    made = maintain.plan(wish(world, *servers, **said), by=world.chloe, at=world.now)
    world.pager_ticks()
    return made


def read_by(world, person):
    """The e-mails about maintenance that this person received, oldest first."""
    received = world.pocket.network.letters.get(person.email, ())
    return [one for one in received if "aintenance" in one.subject]


def test_those_responsible_are_told_once_with_their_own_servers_in_their_language(world):
    plans(world, world.web1, world.shop)
    (jeanne,), (karim,), (max_,) = (read_by(world, one) for one in (world.jeanne, world.karim, world.max))
    assert "Maintenance prévue" in jeanne.subject
    assert "Maintenance planned" in max_.subject
    assert "web1.boulangerie.example" in karim.text
    assert "shop.gmbh.example" not in karim.text
    assert "shop.gmbh.example" in max_.text
    assert read_by(world, world.berthe) == read_by(world, world.lea) == []


def test_a_form_sent_twice_is_one_maintenance(world):
    key, asked = uuid4(), wish(world)
    first = maintain.plan(asked, key=key, by=world.chloe, at=world.now)
    assert maintain.plan(asked, key=key, by=world.chloe, at=world.now) == first
    assert Maintenance.objects.count() == 1


def test_those_concerned_are_told_again_a_day_before_once(world):
    plans(world)
    world.now += 2 * DAY - timedelta(seconds=1)
    assert maintain.the_day_before(at=world.now) == 0
    world.now += timedelta(seconds=1)
    assert maintain.the_day_before(at=world.now) == 1
    assert maintain.the_day_before(at=world.now) == 0
    world.pager_ticks()
    assert [letter.subject.split()[0] for letter in read_by(world, world.jeanne)] == ["Maintenance", "Rappel,"]


def test_what_begins_within_a_day_is_told_once_only(world):
    plans(world, starts=2 * HOUR)
    assert maintain.the_day_before(at=world.now + HOUR) == 0


def test_a_change_is_told_to_all_and_its_end_to_those_it_concerns_no_more(world):
    made = plans(world, world.web1, world.shop)
    later = wish(world, world.web1, starts=4 * DAY)
    maintain.change(made, later, by=world.chloe, at=world.now)
    maintain.change(made, later, by=world.chloe, at=world.now)
    world.pager_ticks()
    assert ["modifiée" in one.subject for one in read_by(world, world.jeanne)] == [False, True]
    assert "cancelled" in read_by(world, world.max)[1].subject
    assert Maintenance.objects.get().revision == 2
    assert maintain.the_day_before(at=later.start - DAY) == 1


def test_what_is_cancelled_explains_nothing_any_more(world):
    made = plans(world)
    maintain.cancel(made, reason="The disks have not arrived.", by=world.chloe, at=world.now)
    world.pager_ticks()
    assert "The disks have not arrived." in read_by(world, world.jeanne)[1].text
    assert list(monitoring.maintenance_among([world.web1], at=world.now)) == []
    assert not monitoring.is_maintained(world.web1, at=made.start)
    assert maintain.the_day_before(at=made.start - HOUR) == 0
    assert [one.kind for one in timeline.of(made.story)] == ["maintenance:planned", "maintenance:cancelled"]
    with pytest.raises(maintain.AlreadyOver):
        maintain.cancel(made, reason="Again", by=world.chloe, at=world.now)
    with pytest.raises(maintain.AlreadyOver):
        maintain.change(made, wish(world, world.web2), by=world.chloe, at=world.now)


def test_one_in_progress_ends_at_once_and_what_is_down_rings(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.sees(check, up=True)
    made = plans(world, starts=timedelta(0))
    world.sees(check, up=False, times=4)
    assert (Incident.objects.count(), alice.received) == (0, [])
    maintain.cancel(made, reason="Done sooner.", by=world.chloe, at=world.now)
    world.pager_ticks()
    assert observe.left_down(at=world.now) == 1
    world.pager_ticks()
    assert len(alice.received) == 1
    made = Maintenance.objects.get()
    assert (made.end, made.phase(at=world.now)) == (world.now, "over")
    assert "terminée plus tôt" in read_by(world, world.jeanne)[1].subject


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"title": " \u200b "}, maintain.NoTitle),
        ({"lasts": timedelta(0)}, windows.Backwards),
        ({"lasts": 15 * DAY}, windows.TooLong),
        ({"starts": -HOUR, "lasts": 2 * HOUR}, windows.InThePast),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_told(world, said, refused):
    with pytest.raises(refused):
        maintain.plan(wish(world, **said), by=world.chloe, at=world.now)
    with pytest.raises(maintain.NoServer):
        maintain.plan(
            Wish(title="x", servers=frozenset(), start=world.now, end=world.now + HOUR), by=world.chloe, at=world.now
        )
    assert (Maintenance.everything.count(), Notification.objects.count()) == (0, 0)


def test_the_start_of_one_in_progress_stays_and_its_end_may_move(world):
    made = plans(world, starts=timedelta(0))
    world.now += timedelta(minutes=30)
    longer = Wish(title=made.title, servers=frozenset({world.web1.name}), start=made.start, end=made.end + HOUR)
    maintain.change(made, longer, by=world.chloe, at=world.now)
    with pytest.raises(windows.AlreadyBegan):
        maintain.change(made, wish(world), by=world.chloe, at=world.now)
    with pytest.raises(maintain.NoReason):
        maintain.cancel(made, reason=" ", by=world.chloe, at=world.now)
    assert Maintenance.objects.get().end == datetime.fromisoformat("2026-10-25T02:30:00+00:00")
