"""Several places look: what they agree on rings, a place that is blind or silent says so itself, and late results are history."""

from datetime import timedelta

import pytest
from django.core.serializers import serialize

from astreinte.accounts.models import Provider
from astreinte.core import timeline
from astreinte.core.actors import SYSTEM
from astreinte.core.refusals import Refusal
from astreinte.flows import apply_provider, hear, look_from, observe, recover
from astreinte.monitoring import history, vantage
from astreinte.monitoring.models import AlertSource, Check, Incident, Result, Rollup, Sight, Site
from astreinte.monitoring.rules.intervals import Interval
from astreinte.provider_file import parse
from tests.stories.test_apply_provider import EXAMPLE, NOON
from tests.stories.test_observe import rung

HOUR = timedelta(hours=1)


def about(word):
    return Incident.objects.filter(title__contains=word)


# -- blind ---------------------------------------------------------------------------------------------------------------


def test_blind_for_an_hour_pages_once_as_itself_blames_nobody_and_recovers(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    checks = [world.watches(), world.watches(kind="ssh", host="web1.boulangerie.example")]
    for check in checks:
        world.sees(check, up=True)
    since = world.now
    for _ in range(60):
        observe.results([world.saw(check, up=False, error="blind") for check in checks])
        look_from.blind_here(since=since, at=world.now)
        world.prober_looks()
        world.passes(minutes=1)
    incident = Incident.objects.get()
    assert (incident.title, incident.state, incident.servers.count()) == (
        "Nous ne voyons rien depuis main : aucune de ses références ne répond",
        "open",
        0,
    )
    assert len(rung(alice)) == 1
    assert set(Check.objects.values_list("state", flat=True)) == {"up"}

    look_from.sees_here(at=world.now)
    observe.results([world.saw(check, up=True) for check in checks])
    world.prober_looks()
    assert (Incident.objects.get().state, vantage.main().blind_at) == ("resolved", None)
    assert len(rung(alice)) == 1


def test_a_cut_of_ten_seconds_calls_nobody(world):
    (alice,) = world.on_call("Alice")
    look_from.blind_here(since=world.now, at=world.now)
    since, world.now = world.now, world.now + timedelta(seconds=10)
    look_from.blind_here(since=since, at=world.now)
    look_from.sees_here(at=world.now)
    world.pager_ticks()
    assert (Incident.objects.count(), rung(alice)) == (0, [])


def test_one_prober_of_the_desk_that_sees_is_enough(world):
    """Two probers share a database: one is blind, the other takes that back every few seconds."""
    world.on_call("Alice")
    since = world.now
    for _ in range(12):
        look_from.blind_here(since=world.now, at=world.now)
        look_from.sees_here(at=world.now)
        world.passes(seconds=5)
    assert world.now - since >= timedelta(minutes=1)
    assert Incident.objects.count() == 0


def test_a_square_wave_of_blindness_is_one_incident_and_three_calls_at_most(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    for _ in range(20):
        look_from.blind_here(since=world.now, at=world.now)
        world.passes(seconds=20)
        look_from.blind_here(since=world.now, at=world.now)
        world.prober_looks()
        look_from.sees_here(at=world.now)
        world.passes(seconds=20)
    assert (Incident.objects.count(), Incident.objects.get().state) == (1, "resolved")
    assert len(rung(alice)) == 3


def test_a_person_cannot_close_what_a_blind_site_holds_open(world):
    world.on_call("Alice")
    look_from.blind_here(since=world.now - HOUR, at=world.now)
    with pytest.raises(recover.StillFails):
        recover.by_hand(Incident.objects.get(), by=world.chloe, at=world.now)


# -- agreement -----------------------------------------------------------------------------------------------------------


def test_down_from_one_of_two_places_only_is_shown_and_rings_nobody(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.looks_from("paris")
    world.round(check, here=True, paris=True, times=2)
    world.round(check, here=True, paris=False, times=5)
    assert (check.state, rung(alice)) == ("up", [])
    assert [(one.site.name, one.believed) for one in vantage.seen_from(check)] == [("main", "up"), ("paris", "down")]
    assert vantage.disputed([check]) == {check.pk}

    world.round(check, here=False, paris=False, times=3)
    assert (check.state, len(rung(alice)), vantage.disputed([check])) == ("down", 1, set())
    world.round(check, here=True, paris=False, times=2)
    assert (check.state, Incident.objects.get().state) == ("up", "resolved")
    assert [line.kind for line in timeline.of(check.story)] == ["check:up", "check:down", "check:up"]


def test_two_of_three_places_are_enough(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.looks_from("paris", "rennes")
    world.round(check, here=True, paris=True, rennes=True)
    world.round(check, here=True, paris=False, rennes=False, times=3)
    assert (check.state, len(rung(alice))) == ("down", 1)


def test_a_place_that_is_blind_or_silent_has_no_say(world):
    world.on_call("Alice")
    check = world.watches()
    (paris,) = world.looks_from("paris")
    world.round(check, here=True, paris=True)
    world.round(check, here=False, paris=True, times=3)
    assert check.state == "up"

    world.reports(paris, blind_since=world.now - timedelta(minutes=1))
    world.prober_looks()
    check.refresh_from_db()
    assert check.state == "down"
    world.round(check, here=False, paris=True)  # it sees again, and sees it well
    assert check.state == "up"
    world.round(check, here=False, times=4)  # it is not heard any more
    assert check.state == "down"
    assert about("paris").count() == 2


def test_when_nobody_may_say_what_was_believed_stays(world):
    check = world.watches()
    world.looks_from("paris")
    world.round(check, here=True, paris=True)
    world.passes(hours=1)
    Sight.objects.update(believed="down")
    assert observe.doubts(at=world.now) == 0
    assert Check.objects.get().state == "up"


def test_the_availability_is_that_of_what_was_agreed(world):
    world.on_call("Alice")
    check = world.watches()
    start = world.now
    world.looks_from("paris")
    world.round(check, here=True, paris=True, times=2)
    world.round(check, here=True, paris=False, times=20)
    period = Interval(start=start, end=world.now)
    assert history.availability(world.web1, period=period, at=world.now).outages == []
    world.round(check, here=False, paris=False, times=5)
    period = Interval(start=start, end=world.now)
    (outage,) = history.availability(world.web1, period=period, at=world.now).outages
    assert outage.interval.length == timedelta(minutes=3)


def test_a_square_wave_seen_from_everywhere_is_one_incident_and_three_calls_at_most(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    check = world.watches()
    world.looks_from("paris", "rennes")
    world.round(check, here=True, paris=True, rennes=True)
    for _ in range(7):
        world.round(check, here=False, paris=False, rennes=False, times=3)
        world.round(check, here=True, paris=True, rennes=True, times=2)
    assert (Incident.objects.count(), Incident.objects.get().state, check.state) == (1, "resolved", "up")
    assert len(rung(alice)) == 3


def test_the_only_other_place_leaves_and_the_desk_goes_on_alone(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.looks_from("paris")
    world.round(check, here=True, paris=True)
    world.looks_from()
    world.sees(check, up=False, times=3)
    assert (check.state, len(rung(alice)), Sight.objects.count()) == ("down", 1, 0)


# -- reports -------------------------------------------------------------------------------------------------------------


def test_a_site_that_is_silent_pages_once_as_itself_and_is_over_when_it_is_heard(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=9))
    (paris,) = world.looks_from("paris")
    world.reports(paris)
    world.passes(seconds=119)
    world.prober_looks()
    assert Incident.objects.count() == 0
    world.passes(seconds=1)
    for _ in range(3):
        world.prober_looks()
    assert (Incident.objects.get().title, len(rung(alice))) == ("Aucune nouvelle du point de vue paris", 1)
    world.reports(paris)
    assert (Incident.objects.get().state, len(rung(alice))) == ("resolved", 1)


def test_the_desk_that_was_away_does_not_call_others_silent(world):
    world.on_call("Alice")
    world.looks_from("paris")
    world.passes(hours=1)
    look_from.begins(at=world.now)
    world.prober_looks()
    assert Incident.objects.count() == 0
    world.passes(minutes=2)
    world.prober_looks()
    assert about("paris").count() == 1


def test_a_day_without_the_desk_goes_to_the_history_and_opens_nothing(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    (paris,) = world.looks_from("paris")
    world.round(check, here=True, paris=True)
    before = Rollup.objects.get(span_s=86400).failures
    world.passes(days=1)
    for minutes in range(60, 0, -10):
        world.reports(paris, world.saw(check, up=False), ago=timedelta(minutes=minutes))
    check.refresh_from_db()
    assert (check.state, about("Site web").count(), rung(alice)) == ("up", 0, [])
    assert sum(Rollup.objects.filter(span_s=86400).values_list("failures", flat=True)) == before + 6
    assert Result.objects.filter(site=paris, up=False).count() == 6


def test_what_is_sent_twice_counts_once(world):
    check = world.watches()
    (paris,) = world.looks_from("paris")
    world.reports(paris, world.saw(check, up=True))
    world.sent -= 1
    world.reports(paris, world.saw(check, up=True))
    assert Rollup.objects.get(span_s=86400).looks == 1


def test_results_about_what_is_not_watched_from_there_are_left_out(world):
    check, other = world.watches(), world.watches(world.shop, kind="ssh", host="shop.gmbh.example")
    (paris,) = world.looks_from("paris", servers=(world.shop,))
    assert [one.pk for one in vantage.checks_of(paris)] == [other.pk]
    world.reports(paris, world.saw(check, up=False), world.saw(other, up=True))
    assert list(Sight.objects.values_list("of_check", flat=True)) == [other.pk]
    assert not Result.objects.filter(of_check=check).exists()


@pytest.mark.parametrize("off", [timedelta(minutes=3), timedelta(minutes=-3)])
def test_a_clock_that_is_minutes_off_is_refused_with_a_sentence(world, off):
    check = world.watches()
    (paris,) = world.looks_from("paris")
    said = look_from.Report(sent_at=world.now + off, results=())
    with pytest.raises(Refusal) as refused:
        look_from.report(paris, said, at=world.now)
    assert refused.value.slug == "clock-is-off"
    assert refused.value.details == {"site": "paris", "seconds": 180}
    assert Site.objects.get(name="paris").off_ms == 0
    assert check.sights.count() == 0


def test_a_clock_that_is_a_minute_off_is_corrected(world):
    check = world.watches()
    (paris,) = world.looks_from("paris")
    slow = timedelta(seconds=60)
    seen = look_from.Numbered(number=1, seen=world.saw(check, up=True))
    sent = look_from.Report(
        sent_at=world.now - slow,
        results=(look_from.replace(seen, seen=look_from.replace(seen.seen, at=world.now - slow)),),
    )
    look_from.report(paris, sent, at=world.now)
    assert (Result.objects.get().at, Site.objects.get(name="paris").off_ms) == (world.now, 60_000)


# -- several probers of the desk --------------------------------------------------------------------------------------------


def test_what_a_dead_prober_had_claimed_is_looked_at_again(world):
    check = world.watches()
    Check.objects.update(interval_s=3600)
    world.passes(minutes=1)
    assert [one.pk for one in observe.claimed(at=world.now, limit=10)] == [check.pk]
    world.passes(seconds=39)
    assert (observe.abandoned(at=world.now), observe.claimed(at=world.now, limit=10)) == (0, [])
    world.passes(seconds=2)
    assert observe.abandoned(at=world.now) == 1
    assert [one.pk for one in observe.claimed(at=world.now, limit=10)] == [check.pk]
    observe.results([world.saw(check, up=True)])
    world.passes(minutes=2)
    assert observe.abandoned(at=world.now) == 0


def test_a_blind_prober_leaves_the_checks_to_the_others_for_a_while(world):
    check = world.watches()
    world.passes(minutes=1)
    assert observe.claimed(at=world.now, limit=10, waited=timedelta(minutes=2)) == []
    world.passes(minutes=2)
    assert [one.pk for one in observe.claimed(at=world.now, limit=10, waited=timedelta(minutes=2))] == [check.pk]


@pytest.mark.django_db
def test_a_silent_site_that_leaves_the_file_leaves_no_incident_open():
    apply(with_sites("paris", "rennes"), at=NOON)
    late = NOON + timedelta(minutes=5)
    assert hear.unheard_of(at=late) == 2
    incidents = {one.alerts.get().source.name: one for one in Incident.objects.all()}
    apply(with_sites("rennes"), at=late + timedelta(minutes=1))
    states = {name: Incident.objects.get(pk=one.pk).state for name, one in incidents.items()}
    assert states == {"site paris": "resolved", "site rennes": "open"}
    lines = timeline.of(incidents["site paris"].story)
    assert [one.kind for one in lines][-2:] == ["incident:unexpected", "incident:resolved"]
    assert lines.get(kind="incident:unexpected").data["source"] == "site paris"
    again = [one.kind for one in lines]
    apply(with_sites("rennes"), at=late + timedelta(minutes=2))
    assert [one.kind for one in timeline.of(incidents["site paris"].story)] == again


def with_sites(*names):
    """The example, with these places to look from."""
    lines = "".join(f"    {name}: {{key: 0123456789abcdef-{name}}}\n" for name in names)
    return EXAMPLE.replace("\ncustomers:", f"\nmonitoring:\n  sites:\n{lines}\ncustomers:", 1)


# -- the provider file -----------------------------------------------------------------------------------------------------


def apply(text, *, at):
    return [f"{one.kind} {one.what}" for one in apply_provider.apply(parse(text), by=SYSTEM, at=at)]


@pytest.mark.django_db
def test_the_file_says_what_proves_that_we_see_and_where_we_look_from():
    first = EXAMPLE.replace(
        "\ncustomers:",
        """
monitoring:
  references: ["https://www.example.org/", "tcp 192.0.2.53:53"]
  sites:
    paris: {key: 0123456789abcdef-paris}
    rennes: {key: 0123456789abcdef-rennes, servers: [web1.boulangerie.example]}

customers:""",
        1,
    )
    assert {"added site paris", "added site rennes"} <= set(apply(first, at=NOON))
    assert apply(first, at=NOON) == []
    assert vantage.references() == ("https://www.example.org/", "tcp 192.0.2.53:53")
    paris = vantage.with_key("0123456789abcdef-paris")
    assert (paris.name, paris.source.due_at) == ("paris", NOON + timedelta(minutes=2))
    assert "abcdef-" not in serialize(
        "json", [*Provider.objects.all(), *AlertSource.objects.all(), *Site.objects.all()]
    )

    swapped = first.replace("f-paris", "f-x").replace("f-rennes", "f-paris").replace("f-x", "f-rennes")
    assert sorted(apply(swapped, at=NOON)) == ["changed site paris: key_sha256", "changed site rennes: key_sha256"]
    assert vantage.with_key("0123456789abcdef-paris").name == "rennes"
    assert sorted(apply(EXAMPLE, at=NOON))[-2:] == ["removed site paris", "removed site rennes"]
    assert vantage.with_key("0123456789abcdef-paris") is None
    assert {"changed site paris: is_active"} <= set(apply(first, at=NOON))
