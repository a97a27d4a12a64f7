"""The form to subscribe, the link that confirms, the one that ends it: for anybody, and telling nobody who is known."""

import pytest
from django.test import Client
from django.urls import reverse

from astreinte.core import clock
from astreinte.flows import subscribe
from astreinte.monitoring.models import Subscriber
from astreinte.notifications import links
from astreinte.notifications.models import Notification
from tests.doors.portal import signed_in, text_of
from tests.public import component, shows

FORM, SENT = "/status/subscribe/", "/status/subscribe/sent/"
READER = "reader@elsewhere.example"
pytestmark = pytest.mark.django_db


@pytest.fixture
def now(world):
    world.now = clock.now()
    shows(world, component("web", "Hosting", plans=["dedicated"]), component("mail", "Mail", plans=["shared"]))
    return world


def browser(language="en", **options):
    return signed_in(None, language=language, **options)


def asks(client=None, **said):
    return (client or browser()).post(FORM, {"way": "email", "address": READER, **said})


def token(kind=links.CONFIRM):
    return links.take_token(Notification.objects.filter(kind=kind).order_by("-pk").first())


def test_the_form_offers_the_components_by_name(now):
    page = text_of(browser().get(FORM))
    assert "Hosting" in page
    assert "By webhook" in page
    assert "S’abonner à la page d’état" in text_of(browser("fr").get(FORM))


def test_asking_confirming_and_leaving(now):
    answer = asks(components=["web"])
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    assert "Look into your mailbox" in text_of(browser().get(SENT))
    address = reverse("public:confirm", args=[token()])
    seen = browser().get(address)
    assert f"{READER} : Hosting." in text_of(seen)
    assert Subscriber.objects.get().confirmed_at is None  # a preview confirms nothing
    assert browser().head(address).status_code == 200
    answer = browser().post(address)
    assert answer["Location"] == address
    assert "You are subscribed" in text_of(browser().get(address))
    leaving = reverse("public:unsubscribe", args=[token()])
    assert "Unsubscribe, and erase the address" in text_of(browser().get(leaving))
    assert Subscriber.objects.exists()
    # as a mail program does (RFC 8058): no cookie, no form seen before
    done = Client(enforce_csrf_checks=True).post(leaving, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert not Subscriber.objects.exists()
    assert "already over" in text_of(browser().post(leaving))


def test_the_answer_tells_nobody_who_is_known(now):
    first = asks()
    subscribe.confirm(Notification.objects.get(kind=links.CONFIRM), at=clock.now())
    known, unknown = asks(), asks(address="other@elsewhere.example")
    assert len({(one.status_code, one["Location"], one.content) for one in (first, known, unknown)}) == 1


def test_a_link_that_is_over_says_so(now):
    asks()
    address = reverse("public:confirm", args=[token()])
    Notification.objects.update(created_at=now.now - subscribe.subscribers.CONFIRMED_WITHIN)
    for answer in (browser().get(address), browser().post(address)):
        assert answer.status_code == 404
        assert "48 hours" in text_of(answer)


@pytest.mark.parametrize(
    "made_up", ["x", "1-" + "0" * 24, "é", "1-", "-", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-" + "0" * 24, "%00"]
)
def test_a_link_that_is_not_ours_leads_nowhere(now, made_up):
    asks()
    for route in ("confirm", "unsubscribe"):
        assert browser().get(f"/status/{route}/{made_up}").status_code == 404
        assert browser().post(f"/status/{route}/{made_up}").status_code == 404
    assert Subscriber.objects.get().confirmed_at is None


def test_a_link_to_take_a_page_subscribes_nobody_and_the_other_way_round(now):
    now.on_call("Alice")
    now.customer_opens()
    page = links.take_token(Notification.objects.get(kind="page"))
    assert browser().post(f"/status/confirm/{page}").status_code == 404
    asks()
    assert browser().get(f"/take/{token()}").status_code == 404


@pytest.mark.parametrize(
    ("way", "address"),
    [
        ("email", "not an address"),
        ("email", "a@b@c"),
        ("email", "x@elsewhere.example\nBcc: all@elsewhere.example"),
        ("email", ""),
        ("email", "a" * 600 + "@elsewhere.example"),
        ("webhook", "http://elsewhere.example/"),
        ("webhook", "https://user:secret@elsewhere.example/"),
        ("webhook", "https://elsewhere.example/#part"),
        ("webhook", "ftp://elsewhere.example/"),
        ("webhook", "https://[::1"),
        ("webhook", READER),
        ("pigeon", READER),
        ("", READER),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(now, way, address):
    answer = asks(way=way, address=address, components=["mail"])
    assert answer.status_code == 422
    assert "This could not be done" in text_of(answer)
    assert 'value="mail" checked' in " ".join(answer.content.decode().split()) or "checked" in answer.content.decode()
    assert not Subscriber.objects.exists()


def test_a_component_that_is_not_ours_is_refused(now):
    assert asks(components=["nothing"]).status_code == 422


def test_too_many_requests_are_refused_in_words(now):
    for number in range(10):
        assert asks(address=f"{number}@elsewhere.example").status_code == 302
    answer = asks(address="10@elsewhere.example")
    assert answer.status_code == 429
    assert "Too many requests came in the last hour" in text_of(answer)
    assert Notification.objects.filter(kind=links.CONFIRM).count() == 10


def test_one_house_of_ipv6_is_one_place(now):
    for number in range(10):
        browser().post(FORM, {"way": "email", "address": f"{number}@e.example"}, REMOTE_ADDR=f"2001:db8:1:2::{number}")
    asked = {"way": "email", "address": "10@e.example"}
    assert browser().post(FORM, asked, REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert browser().post(FORM, asked, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_the_secret_of_a_webhook_is_shown_once(now):
    answer = asks(way="webhook", address="https://hooks.elsewhere.example/status?key=1")
    assert answer.status_code == 201
    assert "whsec_" in text_of(answer)
    assert answer["Cache-Control"] == "no-store"
    row = Subscriber.objects.get()
    assert row.address.startswith("sealed:")
    assert "elsewhere" not in row.address


def test_every_screen_leads_to_the_status_page(now):
    assert 'href="http://127.0.0.1:8000/status/"' in browser().get("/login/").content.decode()
    portal = signed_in(now.jeanne).get(reverse("portal:servers"))
    assert 'href="http://127.0.0.1:8000/status/"' in portal.content.decode()
