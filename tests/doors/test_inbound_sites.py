"""Probers on other machines at the door: whose key it is, what they are told, what they may say."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from astreinte.core import clock
from astreinte.monitoring import sources, vantage
from astreinte.monitoring.models import AlertSource, Check, Result, Sight, Site
from tests.doors.programs import refused
from tests.doors.test_console import signed

pytestmark = pytest.mark.django_db
ADDRESS = "/inbound/prober/paris"


def report(address=ADDRESS, **more):
    said = {"sent_at": clock.now().isoformat(), "results": [], **more}
    return post(json.dumps(said).encode(), address)


def post(body, address=ADDRESS):
    return Client().post(address, body, content_type="application/json")


def result(check, number=1, **more):
    return {"number": number, "check": check.pk, "at": clock.now().isoformat(), "up": True, "took_ms": 5, **more}


@pytest.fixture
def desk(world):
    (world.alice,) = world.on_call("Alice")
    world.now = clock.now()
    world.check = world.watches(url="https://www.boulangerie.example/", user="monitor", password="s3cret")
    (world.paris,) = world.looks_from("paris")
    return world


@pytest.mark.parametrize("key", ["x", "main", "%00", "pariS", "site%20paris"])
def test_another_key_is_nothing_and_that_of_the_desk_itself_opens_nothing(desk, key):
    desk.round(desk.check, here=True)  # the desk's own site is there
    assert refused(report(f"/inbound/prober/{key}")) == (404, "not-found")
    assert refused(Client().get(f"/inbound/prober/{key}")) == (404, "not-found")


def test_the_key_of_a_site_opens_no_other_door_and_the_other_way_round(desk):
    desk.listens_to("beat", kind="heartbeat", every_s=60)
    assert Client().get("/inbound/heartbeat/paris").status_code == 404
    assert Client().get("/inbound/prober/beat").status_code == 404


def test_a_site_that_left_is_nothing(desk):
    desk.looks_from()
    assert refused(report()) == (404, "not-found")


def test_what_is_to_be_looked_at_is_told_once(desk):
    desk.provider.settings = {"monitoring": {"references": ["tcp 192.0.2.53:53"]}}
    desk.provider.save()
    answer = Client().get(ADDRESS)
    said = answer.json()
    assert (said["site"], said["references"]) == ("paris", ["tcp 192.0.2.53:53"])
    (told,) = said["checks"]
    assert (told["check"], told["kind"], told["interval_s"]) == (desk.check.pk, "http", 60)
    assert told["parameters"]["password"] == "s3cret"
    assert answer.headers["Cache-Control"] == "no-store"
    again = Client().get(ADDRESS, headers={"If-None-Match": said["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    Check.objects.update(interval_s=30)
    assert Client().get(ADDRESS, headers={"If-None-Match": said["etag"]}).status_code == 200


def test_a_report_is_taken_in_and_says_that_the_site_is_alive(desk):
    answer = report(results=[result(desk.check, 7)], checks=1, kept=3, dropped=2)
    assert (answer.status_code, answer.json()) == (200, {"last_number": 7})
    site = Site.objects.select_related("source").get(name="paris")
    assert (site.checks, site.kept, site.dropped, site.last_number) == (1, 3, 2, 7)
    assert site.source.due_at > clock.now() + timedelta(seconds=100)
    assert (Sight.objects.get().believed, Check.objects.get().state) == ("up", "up")


def test_forged_results_of_checks_that_are_not_this_sites_are_left_out(desk):
    other = desk.watches(desk.shop, kind="ssh", host="shop.gmbh.example")
    desk.looks_from("paris", "rennes")
    Site.objects.get(name="paris").servers.set([desk.shop])
    forged = [{**result(desk.check, number), "up": False, "error": "refused"} for number in range(1, 6)]
    nobodys = {**result(other, 6), "check": 2**52}
    assert report(results=[*forged, nobodys, result(other, 9)]).json() == {"last_number": 9}
    assert list(Result.objects.values_list("of_check", flat=True)) == [other.pk]
    assert Check.objects.get(pk=desk.check.pk).state == "unknown"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", (400, "not-json")), (b"\xff\xfe", (400, "not-json")), (b"[" * 100_000, (400, "too-deep")),
        (b"[]", (422, "invalid")), (b"{}", (422, "invalid")), (b'{"sent_at": 5}', (422, "invalid")),
        (b'{"sent_at": "2026-11-01T00:00:00"}', (422, "invalid")),
        (b'{"sent_at": "0001-01-01T00:00:00+14:00"}', (422, "invalid")),
        (b'{"sent_at": "2001-01-01T00:00:00Z"}', (422, "clock-is-off")),
        (b"x" * (1024 * 1024 + 1), (413, "too-large")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(desk, body, said):
    assert refused(post(body)) == said
    assert AlertSource.objects.get(name="site paris").heard_at is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"checks": -1}, "checks"), ({"kept": True}, "kept"), ({"dropped": 2**60}, "dropped"),
        ({"blind_since": "soon"}, "blind_since"), ({"results": {}}, "results"), ({"results": [1]}, "results[0]"),
        ({"results": [{}] * 2001}, "results"),
    ],
)  # fmt: skip
def test_the_answer_names_the_field(desk, wrong, field):
    answer = report(**wrong)
    assert refused(answer) == (422, "invalid")
    assert answer.json()["field"] == field
    assert field in answer.json()["title"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("up", 1), ("up", None), ("at", "now"), ("at", None), ("check", "1"), ("number", -1), ("took_ms", 1.5),
        ("saw", 5), ("saw", "x" * 201), ("error", "x" * 21),
    ],
)  # fmt: skip
def test_one_wrong_result_refuses_the_report_and_names_itself(desk, name, value):
    answer = report(results=[result(desk.check, 1), {**result(desk.check, 2), name: value}])
    assert answer.json()["field"] == f"results[1].{name}"
    assert Result.objects.count() == 0


def test_what_was_seen_is_cleaned_before_it_is_shown(desk):
    report(results=[result(desk.check, 1, saw="\x1b[31m<b>bold</b>\x00\n")])
    shown = signed(desk.chloe).get(reverse("console:check", args=[desk.check.public_id])).content.decode()
    assert "&lt;b&gt;bold" in shown
    assert "\x1b" not in Result.objects.get().saw
    assert "\x00" not in Result.objects.get().saw


def test_too_many_reports_are_told_when_to_send_again(desk):
    AlertSource.objects.filter(name="site paris").update(window_at=clock.now(), window_count=sources.MOST)
    answer = report()
    assert answer.status_code == 429
    assert 290 <= int(answer.headers["Retry-After"]) <= 300


# -- screens -------------------------------------------------------------------------------------------------------------


def test_the_page_of_a_check_says_what_each_place_sees(desk):
    desk.round(desk.check, here=True, paris=False, times=3)
    shown = signed(desk.chloe).get(reverse("console:check", args=[desk.check.public_id])).content.decode()
    assert "Seen from" in shown
    assert "Down from some places only" in shown
    assert vantage.disputed([desk.check])


def test_the_page_of_a_check_says_nothing_of_places_where_there_is_one(desk):
    desk.looks_from()
    desk.sees(desk.check, up=True)
    shown = signed(desk.chloe).get(reverse("console:check", args=[desk.check.public_id])).content.decode()
    assert "Seen from" not in shown


def test_the_health_of_the_desk_lists_the_places(desk):
    desk.round(desk.check, here=True, paris=True)
    desk.reports(desk.paris, checks=1, kept=12, dropped=4, blind_since=desk.now - timedelta(minutes=10))
    shown = signed(desk.chloe).get(reverse("console:health")).content.decode()
    assert "Vantage points" in shown
    assert "sees nothing" in shown
    assert "12 results still kept there" in shown
    assert "4 results given up" in shown
    assert "site paris" not in shown  # not among the sources too
    assert "Nothing proves that we see" in shown
