"""What a check saw is kept: each result for two days, its part of five minutes, an hour and a day; and for ever around an incident."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from astreinte.core import timeline
from astreinte.core.actors import SYSTEM
from astreinte.flows import observe
from astreinte.monitoring import actions, history, leftovers
from astreinte.monitoring.models import Incident, Maintenance, Result, Rollup
from astreinte.monitoring.rules import Seen
from astreinte.monitoring.rules.intervals import Interval
from astreinte.monitoring.rules.rollups import DAY, HOUR, MOMENT

DAY_ONE = datetime(2026, 9, 1, tzinfo=UTC)
MONTH = Interval(start=DAY_ONE, end=DAY_ONE + timedelta(days=30))


def rollup(check, span_s):
    """The looks of the first row of this span, its failures, and what it says of their time."""
    row = Rollup.objects.filter(of_check=check, span_s=span_s).order_by("start").first()
    return row.looks, row.failures, row.ms_total, row.ms_max


def look(check, at, *, up=True, took_ms=10, error=""):
    return Seen(check=check.pk, at=at, up=up, saw="200 OK" if up else "", took_ms=took_ms, error=error)


def test_a_look_is_a_result_and_a_part_of_three_spans(world):
    check = world.watches()
    world.sees(check, up=True)
    world.sees(check, up=False)
    assert [(one.up, one.saw, one.error) for one in Result.objects.order_by("at")] == [
        (True, "200 OK", ""),
        (False, "connection refused", "refused"),
    ]
    for span_s in (MOMENT, HOUR, DAY):
        assert rollup(check, span_s) == (2, 1, 12, 12)


def test_a_batch_adds_up_whatever_its_order_and_however_it_is_cut(world):
    check, other = world.watches(), world.watches(kind="ssh", host="web1.boulangerie.example")
    start = world.now.replace(hour=3, minute=0, second=0, microsecond=0)
    found = [look(one, start + timedelta(minutes=n), took_ms=n) for n in range(120) for one in (check, other)]
    observe.results(found[7:])
    observe.results(found[:7][::-1])
    for one in (check, other):
        assert rollup(one, MOMENT) == (5, 0, 0 + 1 + 2 + 3 + 4, 4)
        assert rollup(one, HOUR) == (60, 0, sum(range(60)), 59)
        assert rollup(one, DAY) == (120, 0, sum(range(120)), 119)
        assert Result.objects.filter(of_check=one).count() == 120


def test_a_day_begins_at_midnight_utc(world):
    check = world.watches()
    midnight = world.now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(1)
    observe.results([look(check, midnight - timedelta(seconds=1)), look(check, midnight)])
    days = Rollup.objects.filter(span_s=DAY).order_by("start")
    assert [(day.start, day.looks) for day in days] == [(midnight - timedelta(1), 1), (midnight, 1)]


def test_trouble_of_our_own_is_kept_and_not_counted(world):
    check = world.watches()
    observe.results([look(check, world.now, up=False, error="failed")])
    assert (Result.objects.get().error, Rollup.objects.count()) == ("failed", 0)


def test_what_is_said_of_a_check_that_is_gone_is_not_kept(world):
    check = world.watches()
    check.due_at = None
    check.save()
    observe.results([look(check, world.now), Seen(check=10**6, at=world.now, up=True)])
    assert (Result.objects.count(), Rollup.objects.count(), Incident.objects.count()) == (0, 0, 0)


def keeps(check, *, since, every, number, up=True):
    """So many looks that were written, without a word to anybody."""
    found = [look(check, since + n * every, up=up) for n in range(number)]
    actions.keep(found)


def test_results_are_forgotten_after_two_days_and_stay_around_an_incident(world):
    check, other = world.watches(), world.watches(kind="ssh", host="web1.boulangerie.example")
    start = world.now
    for one in (check, other):
        keeps(one, since=start, every=timedelta(minutes=10), number=7 * 24 * 6)
    incident = Incident.objects.create(
        title="x", of_check=check, opened_at=start + timedelta(hours=10), started_at=start + timedelta(hours=10),
        resolved_at=start + timedelta(hours=20), state="resolved",
    )  # fmt: skip
    incident.servers.add(world.web1)
    now = start + timedelta(days=7)
    assert leftovers.forget(at=now) > 0
    hours = sorted({(one.at - start) // timedelta(hours=1) for one in Result.objects.filter(of_check=check)})
    assert hours == [9, 10, 19, 20, *range(5 * 24, 7 * 24)]
    assert Result.objects.filter(of_check=other).earliest("at").at >= now - leftovers.RESULTS_KEPT
    assert leftovers.forget(at=now) == 0


def test_what_no_check_found_keeps_what_every_check_of_its_server_saw(world):
    check, elsewhere = world.watches(), world.watches(world.shop, url="https://shop.gmbh.example/")
    for one in (check, elsewhere):
        keeps(one, since=world.now, every=timedelta(minutes=10), number=6)
    Incident.objects.create(title="x", opened_at=world.now).servers.add(world.web1)
    leftovers.forget(at=world.now + timedelta(days=30))
    assert (Result.objects.filter(of_check=check).count(), Result.objects.filter(of_check=elsewhere).count()) == (6, 0)


def test_days_stay_and_shorter_sums_go(world):
    check = world.watches()
    start = world.now.replace(minute=0, second=0, microsecond=0)
    keeps(check, since=start, every=timedelta(hours=6), number=4 * 100)
    leftovers.forget(at=start + timedelta(days=100))
    assert [Rollup.objects.filter(span_s=span_s).count() for span_s in (MOMENT, HOUR)] == [8 * 4, 90 * 4]
    assert Rollup.objects.filter(span_s=DAY).count() >= 100


def test_a_day_is_in_order_in_trouble_down_or_unknown(world):
    world.on_call("Alice")
    world.now = world.now.replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=3)
    check = world.watches()
    world.sees(check, up=True, times=3)
    world.passes(days=1)
    world.sees(check, up=False)
    world.sees(check, up=True)
    world.passes(days=1)
    world.sees(check, up=False, times=3)
    world.passes(minutes=7)
    world.sees(check, up=True, times=2)
    days = history.days([check], at=world.now)[check.pk]
    assert len(days) == 90
    assert [day.state for day in days[-4:]] == ["unknown", "up", "degraded", "down"]
    # from the third failure to the second good look
    assert (days[-1].looks, days[-1].failures, days[-1].down) == (5, 3, timedelta(minutes=9))


def turned(check, *turns):
    """Changes of state, by minutes since the start of the day."""
    for minutes, kind in turns:
        at = DAY_ONE + timedelta(minutes=minutes)
        timeline.record(check, f"check:{kind}", at=at, by=SYSTEM, story=check.story)
        check.state, check.since = kind, at
    check.save()
    return check


def measured(world, *, until=10 * 24 * 60, month=None):
    return history.availability(world.web1, period=month or MONTH, at=DAY_ONE + timedelta(minutes=until))


def test_the_availability_of_a_server_is_that_of_the_union_of_its_checks(world):
    turned(world.watches(), (5, "up"), (100, "down"), (130, "up"), (500, "down"), (510, "up"))
    turned(world.watches(kind="ssh", host="x"), (5, "down"), (15, "up"), (120, "down"), (140, "up"))
    turned(world.watches(world.web2, kind="ssh", host="y"), (5, "down"))
    found = measured(world)
    assert found.down == timedelta(minutes=10 + 40 + 10)
    assert found.percent == Fraction(100 * (30 * 1440 - 60), 30 * 1440)
    assert [one.check.kind for one in found.outages] == ["ssh", "http", "ssh", "http"]


def test_planned_maintenance_does_not_count(world):
    turned(world.watches(), (5, "up"), (100, "down"), (160, "up"))
    window = Maintenance.objects.create(
        title="x", start=DAY_ONE + timedelta(minutes=90), end=DAY_ONE + timedelta(minutes=130)
    )
    window.servers.add(world.web1)
    found = measured(world)
    assert [(one.interval.start, one.interval.end) for one in found.outages] == [
        (DAY_ONE + timedelta(minutes=130), DAY_ONE + timedelta(minutes=160))
    ]


def test_an_outage_that_lasts_counts_until_now_and_one_of_last_month_from_midnight(world):
    check = turned(world.watches(), (-200, "up"), (-60, "down"))
    assert measured(world, until=30).down == timedelta(minutes=30)
    turned(check, (45, "up"))
    assert measured(world).down == timedelta(minutes=45)
    before = Interval(start=DAY_ONE - timedelta(days=30), end=DAY_ONE)
    assert measured(world, month=before).down == timedelta(minutes=60)


def test_the_first_word_about_a_check_says_nothing_of_before(world):
    turned(world.watches(), (300, "up"))
    assert measured(world).down == timedelta(0)


def test_what_is_not_watched_any_more_is_down_no_longer_than_it_was_seen_down(world):
    check = turned(world.watches(), (0, "up"), (10, "down"))
    check.due_at, check.looked_at = None, DAY_ONE + timedelta(minutes=25)
    check.save()
    assert measured(world).down == timedelta(minutes=15)
