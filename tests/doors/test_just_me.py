"""*Just me?* at the doors: who may ask about what, what each reads, the link that is shared, and what a target answers."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from astreinte.core import clock
from astreinte.flows import just_me, look_up
from astreinte.monitoring import inquiries
from astreinte.monitoring.models import Inquiry
from tests.doors.portal import signed_in, text_of
from tests.looked_up import ANSWER, bans_address, lifting, settle

pytestmark = pytest.mark.django_db
SITE = "www.boulangerie.example"
ASK = "/just-me/"


@pytest.fixture
def desk(world):
    """The web site of the bakery is watched, without a certificate: there is less to wait for."""
    world.now = clock.now() - timedelta(minutes=10)
    world.alice = world.on_call("Alice")[0].user
    world.check = world.watches(url=f"http://{SITE}/inside/health")
    return world


def asks(browser, name=SITE, **more):
    """Where the answer is."""
    answer = browser.post(ASK, {"name": name}, **more)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"]


def saw(desk, *, up):
    desk.now = clock.now()
    desk.sees_once(desk.check, up=up, error="" if up else "refused")
    just_me.due(at=clock.now())


def test_a_customer_asks_about_a_site_and_reads_one_sentence(desk):
    jeanne = signed_in(desk.jeanne)
    assert f'value="{SITE}"' in jeanne.get(ASK).content.decode()
    where = asks(jeanne, f"https://{SITE.upper()}/page")
    page = jeanne.get(where)
    assert "We are looking, from everywhere we can" in text_of(page)
    assert jeanne.get(f"{where}live/")["X-Look-Again"] == "1"
    saw(desk, up=True)
    live = jeanne.get(f"{where}live/")
    assert live["X-Look-Again"] == "0"
    assert "It is up for everyone: only you" in text_of(live)
    assert jeanne.get(f"{where}live/", headers={"If-None-Match": live["ETag"]}).status_code == 304
    assert "You come from 127.0.0.1, as we see you." in text_of(jeanne.get(where))


def test_down_for_everyone_offers_to_tell_us_and_says_when_we_know(desk):
    jeanne = signed_in(desk.jeanne, language="en")
    where = asks(jeanne)
    saw(desk, up=False)
    page = jeanne.get(where)
    assert "It is down for everyone: ring us" in text_of(page)
    assert f"{reverse('portal:problem')}?server={desk.web1.name}" in page.content.decode()
    desk.now = clock.now() - timedelta(minutes=5)
    desk.goes_down(desk.check)
    assert "It is down for everyone: we know" in text_of(jeanne.get(where))


def test_in_french_too(desk):
    jeanne = signed_in(desk.jeanne, language="fr")
    where = asks(jeanne)
    saw(desk, up=False)
    assert "C'est en panne pour tout le monde : appelez-nous" in text_of(jeanne.get(where))


def test_somebody_elses_site_and_an_unknown_one_are_refused_alike(desk):
    lea = signed_in(desk.lea)
    for name in (SITE, desk.web1.name, "example.org", "127.0.0.1", "http://[", "\x00", ""):
        answer = lea.post(ASK, {"name": name})
        assert answer.status_code == 422, name
    assert "is not one of your sites" in text_of(lea.post(ASK, {"name": SITE}))
    assert not Inquiry.objects.exists()
    where = asks(signed_in(desk.jeanne))
    for path in (where, f"{where}live/", f"{where}share/", f"{where}unshare/", f"{where}lift/"):
        answer = lea.get(path) if path.endswith(("live/", where)) else lea.post(path)
        assert answer.status_code == 404, path


def test_a_colleague_reads_it_and_neither_shares_it_nor_sees_from_where_it_was_asked(desk):
    where = asks(signed_in(desk.jeanne), REMOTE_ADDR="198.51.100.7")
    karim = signed_in(desk.karim)
    page = text_of(karim.get(where))
    assert SITE in page
    assert "198.51.100.7" not in page
    assert "You come from" not in page
    assert karim.post(f"{where}share/").status_code == 404


def test_an_engineer_asks_about_any_server(desk):
    alice = signed_in(desk.alice)
    page = alice.get(asks(alice, desk.shop.name))
    assert desk.shop.name in text_of(page)
    assert 'class="console"' in page.content.decode()


# -- without a login --------------------------------------------------------------------------------------------------------


def test_nobody_asks_without_a_login_unless_the_provider_opens_it(desk):
    nobody = Client()
    assert nobody.get(ASK)["Location"].startswith("/login/")
    assert nobody.post(ASK, {"name": SITE})["Location"].startswith("/login/")
    assert not Inquiry.objects.exists()


def test_anybody_asks_about_a_registered_site_where_it_is_open(desk):
    settle(desk, just_me={"public": True})
    nobody = Client(HTTP_ACCEPT_LANGUAGE="en")
    assert SITE not in text_of(nobody.get(ASK))
    where = asks(nobody)
    saw(desk, up=True)
    page = nobody.get(where)
    assert "It is up for everyone: only you" in text_of(page)
    assert "You come from 127.0.0.1" in text_of(page)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    for secret in (desk.web1.name, "Boulangerie du Port", "Something is wrong", "share", "/inside"):
        assert secret not in text_of(page)
    elsewhere = Client(HTTP_ACCEPT_LANGUAGE="en", REMOTE_ADDR="203.0.113.9")
    assert "You come from" not in text_of(elsewhere.get(where))
    refused = nobody.post(ASK, {"name": desk.web1.name})
    assert refused.status_code == 422
    assert "is not a site that we host and watch" in text_of(refused)


def test_an_inquiry_of_somebody_signed_in_is_nobody_elses(desk):
    settle(desk, just_me={"public": True})
    where = asks(signed_in(desk.jeanne))
    assert Client().get(where).status_code == 404
    assert Client().get(f"{where}live/").status_code == 404
    public = asks(Client())
    assert signed_in(desk.jeanne).get(public).status_code == 404


def test_whoever_asks_too_often_reads_a_sentence(desk):
    settle(desk, just_me={"public": True})
    for number in range(inquiries.FROM_ONE_PLACE):
        desk.watches(url=f"http://site{number}.example/")
        asks(Client(), f"site{number}.example")
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").post(ASK, {"name": SITE})
    assert answer.status_code == 429
    assert "wait a few minutes" in text_of(answer)
    assert f'value="{SITE}"' in answer.content.decode()


# -- a link to share ----------------------------------------------------------------------------------------------------------


def shares(browser, where):
    page = browser.post(f"{where}share/")
    assert page.status_code == 201
    return re.search(r"/just-me/shared/[\w-]+/", page.content.decode())[0]


def test_a_shared_link_shows_the_result_and_nothing_of_who_asked(desk):
    jeanne = signed_in(desk.jeanne)
    where = asks(jeanne, REMOTE_ADDR="198.51.100.7")
    saw(desk, up=True)
    link = shares(jeanne, where)
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get(link)
    assert page.status_code == 200
    assert "It was up for everyone" in text_of(page)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert 'name="robots" content="noindex' in page.content.decode()
    for secret in ("198.51.100.7", "Jeanne", "jeanne@", desk.web1.name, "You come from", "/inside"):
        assert secret not in page.content.decode()


def test_a_link_that_is_over_says_so(desk):
    jeanne = signed_in(desk.jeanne)
    where = asks(jeanne)
    saw(desk, up=True)
    link = shares(jeanne, where)
    jeanne.post(f"{where}unshare/")
    for over in (link, f"/just-me/shared/{uuid.uuid4().hex}/"):
        answer = Client(HTTP_ACCEPT_LANGUAGE="en").get(over)
        assert answer.status_code == 410
        assert "It has expired, or whoever shared it has ended it." in text_of(answer)
    link = shares(jeanne, where)
    Inquiry.objects.update(shared_until=clock.now())
    assert Client().get(link).status_code == 410


def test_what_is_still_looked_at_is_not_shared_yet(desk):
    jeanne = signed_in(desk.jeanne)
    where = asks(jeanne)
    answer = jeanne.post(f"{where}share/", follow=True)
    assert "It is still being looked at" in text_of(answer)


# -- a ban -------------------------------------------------------------------------------------------------------------------


def test_a_banned_address_is_told_and_its_ban_lifted_on_request(desk):
    lifting(desk)
    jeanne = signed_in(desk.jeanne)
    desk.now = clock.now()
    bans_address(desk, "login-failures", address="127.0.0.1")
    where = asks(jeanne)
    saw(desk, up=True)
    page = text_of(jeanne.get(where))
    assert "The firewall of the server refuses your address: too many failed logins came from it." in page
    assert "Lift the ban of my address" in page
    page = text_of(jeanne.post(f"{where}lift/", follow=True))
    assert "We have asked for the ban to be lifted." in page
    assert "Lift the ban of my address" not in page
    desk.now = clock.now()
    bans_address(desk, "none", address="127.0.0.1")
    assert "The ban was lifted" in text_of(jeanne.get(f"{where}live/"))
    assert "does not refuse this address" in text_of(jeanne.get(where))


def test_no_ban_is_lifted_without_a_panel_or_without_a_login(desk):
    settle(desk, just_me={"public": True})
    desk.now = clock.now()
    bans_address(desk, "abuse", address="127.0.0.1")
    jeanne = signed_in(desk.jeanne)
    where = asks(jeanne)
    assert "Lift the ban" not in text_of(jeanne.get(where))
    assert "Bans are not lifted from here" in text_of(jeanne.post(f"{where}lift/", follow=True))
    lifting(desk)
    public = asks(Client())
    assert "Lift the ban" not in text_of(Client(HTTP_ACCEPT_LANGUAGE="en").get(public))
    assert Client().post(f"{public}lift/")["Location"].startswith("/login/")


# -- what a target answers is data ------------------------------------------------------------------------------------------------


def test_what_a_target_says_is_shown_as_text_in_the_page_and_in_the_link(desk):
    settle(desk, look_ups={"resolvers": ["192.0.2.53"]})
    jeanne = signed_in(desk.jeanne)
    where = asks(jeanne)
    nasty = {**ANSWER["answers"][1], "said": ["<script>alert(1)</script>"], "server": "<img src=x>"}
    for one in look_up.claimed(at=clock.now(), limit=9):
        look_up.found([(one.pk, {**ANSWER, "answers": [nasty]}, "")], at=clock.now())
    saw(desk, up=True)
    for page in (jeanne.get(where), jeanne.get(f"{where}live/"), Client().get(shares(jeanne, where))):
        body = page.content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
        assert "<script>alert" not in body
        assert "<img src=x>" not in body
