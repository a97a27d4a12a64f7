"""The listing of a backup at the door: what its job is told, and what a hostile one does not get to do."""

import pytest
from django.test import Client
from django.urls import reverse

from astreinte.core import clock
from astreinte.monitoring.models import AlertSource, Incident
from tests.doors.portal import text_of
from tests.doors.programs import refused
from tests.doors.test_console_incidents import signed

pytestmark = pytest.mark.django_db
MOST = 1024 * 1024


@pytest.fixture
def desk(world):
    world.on_call("Alice")
    world.now = clock.now()
    world.listens_to("b", kind="heartbeat", server=world.web1.name, proves="backup", listing=True)
    return world


def post(body, path="b", content_type="application/x-www-form-urlencoded"):
    """As `curl --data-binary @-` sends it."""
    data = body if isinstance(body, bytes) else body.encode()
    return Client().post(f"/inbound/heartbeat/{path}", data, content_type=content_type)


def young(name="www.tar", size=12):
    return f"{clock.now().timestamp():.10f} {size} /backup/{name}\n"


def source():
    return AlertSource.objects.get(name="b")


def test_the_job_is_told_what_its_copies_are_worth(desk):
    answer = post(young())
    assert (answer.status_code, answer.content) == (200, b"up: www.tar, 0 h old\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert post(young(size=0)).content == b"down: the newest copy, www.tar, is empty\n"
    assert (Incident.objects.get().clause, source().newest_at) == ("backup-unreachable", None)
    assert post(young()).content.startswith(b"up: ")
    assert Incident.objects.get().state == "resolved"


@pytest.mark.parametrize("method", ["get", "head"])
def test_without_a_listing_it_is_refused_in_words(desk, method):
    answer = getattr(Client(), method)("/inbound/heartbeat/b")
    assert answer.status_code == 422
    assert source().heard_at is None
    if method == "get":
        assert refused(answer) == (422, "no-listing")
        assert answer.json()["title"].startswith("b ")


def test_more_than_a_mebibyte_is_refused_and_counts_for_nothing(desk):
    assert refused(post(b"x" * (MOST + 1))) == (413, "too-large")
    assert (source().heard_at, Incident.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x00" * 1000, b"\xff\xfe-\x00r\x00", bytes(range(256)) * 400, b"x" * MOST, b"\n" * MOST, b" " * MOST,
        b"-rw-r--r-- " * 90_000, b"[" * 100_000, b"{" * 100_000, b'[{"time": "9999-12-31T23:59:59-14:00"}]',
        b'[{"time": 1e999}]', b"[" + b"9" * 100_000 + b"]", b"9999999999999999999999 1 x", b"99999999999 1 x",
        b"9999-12-31+23:59:59 1 x", b"0000-00-00+00:00:00 1 x", b"2026-11-26+02:51:03 999999999999999999999 x",
        b"<script>alert(1)</script>", "２０２６-11-26+02:51:03 1 x".encode(), b"total 0\n" * 9_999, b"d" * 10_000 + b"\n" * 50,
    ],
)  # fmt: skip
def test_a_hostile_body_is_down_in_words_never_an_error(desk, body):
    answer = post(body)
    assert answer.status_code == 200
    said = answer.content.decode()
    assert said.startswith(("down: no copy in the listing", "down: the listing cannot be read: "))
    assert len(said) < 200
    assert said[:-1].isprintable()
    assert Incident.objects.get().state == "open"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", "nonsense"]
)
def test_whatever_its_type_says_the_body_is_the_listing(desk, content_type):
    assert post(young(), content_type=content_type).content.startswith(b"up: ")


def test_a_name_is_shown_without_its_control_characters(desk):
    assert post(young("a\x1b[31m\u202eb\x00\tc.tar")).content == b"up: a[31mb c.tar, 0 h old\n"
    assert "a[31mb c.tar, 0 h old" in text_of(signed(desk.chloe).get(reverse("console:health")))


def test_a_name_is_no_markup_on_the_health_of_the_desk(desk):
    post(young("<b>1.tar"))
    page = signed(desk.chloe).get(reverse("console:health")).content
    assert b"<b>1.tar" not in page
    assert b"&lt;b&gt;1.tar" in page


def test_a_start_and_a_failure_need_no_listing(desk):
    assert post("anything", "b/start").status_code == 204
    assert Client().get("/inbound/heartbeat/b/fail").status_code == 204
    assert Incident.objects.get().clause == "backup-unreachable"


def test_another_heartbeat_is_answered_as_ever(desk):
    desk.listens_to("plain", kind="heartbeat", server=desk.web1.name, proves="backup", every_s=60)
    assert (post(b"\xff" * 100, "plain").status_code, Incident.objects.count()) == (204, 0)
