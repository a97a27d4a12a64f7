"""Is it up for everyone, or down for me alone? From every place, with a link to share, and a ban that can be lifted."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from astreinte.core import timeline
from astreinte.flows import just_me
from astreinte.monitoring import bans, inquiries
from astreinte.monitoring.models import Check, Inquiry
from astreinte.monitoring.registered import Target
from astreinte.notifications.models import Notification
from tests import hooks
from tests.looked_up import HERE, SECRET, SITE, asks, bans_address, lifting, settle


def plain(world):
    """A site without a certificate: there is less to wait for."""
    return world.watches(url=f"http://{SITE}/")


def ends(world, inquiry):
    world.now += timedelta(seconds=11)
    just_me.due(at=world.now)
    inquiry.refresh_from_db()
    return inquiry


# -- what everyone sees -------------------------------------------------------------------------------------------------------


def test_a_site_that_answers_here_is_up_for_everyone(world):
    check = plain(world)
    inquiry = asks(world)
    assert Check.objects.get().due_at == world.now
    assert inquiries.verdict(inquiry, inquiries.lines(inquiry, at=world.now)) == "looking"
    world.sees_once(check, up=True)
    assert just_me.due(at=world.now) == 1
    inquiry.refresh_from_db()
    assert (inquiry.verdict, [line["state"] for line in inquiry.found]) == ("everywhere", ["up"])


def test_one_that_does_not_is_down_for_everyone(world):
    check = plain(world)
    inquiry = asks(world)
    world.sees_once(check, up=False, error="refused")
    assert ends(world, inquiry).verdict == "nowhere"


def test_some_places_cannot_reach_it(world):
    check = plain(world)
    lyon, oslo = world.looks_from("lyon", "oslo")
    world.reports(lyon, world.saw(check, up=True), ago=timedelta(seconds=20))
    world.reports(oslo, world.saw(check, up=False), ago=timedelta(seconds=30))
    inquiry = asks(world)
    world.sees_once(check, up=True)
    ended = ends(world, inquiry)
    assert ended.verdict == "somewhere"
    assert {line["from"]: line["state"] for line in ended.found} == {"": "up", "lyon": "up", "oslo": "down"}


def test_a_place_that_is_silent_says_nothing(world):
    check = plain(world)
    (lyon,) = world.looks_from("lyon")
    world.reports(lyon, world.saw(check, up=False), ago=timedelta(seconds=30))
    world.now += timedelta(minutes=3)
    inquiry = asks(world)
    world.sees_once(check, up=True)
    ended = ends(world, inquiry)
    assert (ended.verdict, [line["state"] for line in ended.found]) == ("everywhere", ["up", "unknown"])


def test_what_nobody_could_look_at_is_not_known(world):
    plain(world)
    ended = ends(world, asks(world))
    assert (ended.verdict, ended.found[0]["state"]) == ("unknown", "unknown")


def test_a_ping_tells_where_there_is_no_page(world):
    world.watches(kind="ping", host="192.0.2.10")
    check = world.watches(kind="dns", host="192.0.2.10", name="boulangerie.example")
    inquiry = asks(world, name="boulangerie.example")
    world.sees_once(Check.objects.get(kind="ping"), up=True)
    world.sees_once(check, up=False)
    assert ends(world, inquiry).verdict == "everywhere"


def test_a_server_as_a_whole_is_everything_on_it(world):
    plain(world)
    check = world.watches(kind="ssh", host="192.0.2.10")
    inquiry = asks(world, name=world.web1.name)
    world.sees_once(check, up=True)
    assert {line["what"] for line in inquiries.lines(inquiry, at=world.now)} == {"web", "service"}


# -- bans -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "detail", "banned"),
    [
        (HERE, "", True), ("198.51.100.0/24", "", True), ("198.51.100.8", HERE, False), ("", f"sshd: {HERE}.", True),
        ("", "sshd: 198.51.100.70", False), ("ssh", "", False), ("2001:db8::/32", "", False),
    ],
)  # fmt: skip
def test_whose_address_a_ban_is_about(world, subject, detail, banned):
    bans_address(world, "login-failures", subject=subject, detail=detail)
    assert bool(bans.of(world.web1, HERE, at=world.now)) is banned
    assert bans.of(world.web1, HERE, at=world.now + timedelta(minutes=11)) is None
    assert bans.of(world.web1, None, at=world.now) is None


def test_a_ban_is_lifted_by_the_panel_and_confirmed_by_its_new_fact(world):
    lifting(world)
    world.watches()
    bans_address(world, "login-failures")
    inquiry = asks(world)
    just_me.lift(inquiry, by=world.jeanne, at=world.now)
    just_me.lift(inquiry, by=world.jeanne, at=world.now)
    letter = Notification.objects.get(kind="lift_ban")
    assert (letter.channel, letter.context["address"], letter.context["server"]) == ("webhook", HERE, world.web1.name)
    assert "whsec" not in letter.address
    world.now += timedelta(minutes=1)
    bans_address(world, "abuse", address="198.51.100.99")
    assert Inquiry.objects.get().lifted_at is None
    bans_address(world, "none")
    assert Inquiry.objects.get().lifted_at == world.now
    assert [line.kind for line in timeline.lines(inquiry.story) if line.kind.startswith("ban:")] == [
        "ban:lift-asked",
        "ban:lifted",
    ]
    assert bans.of(world.web1, HERE, at=world.now) is None


def test_the_panel_is_called_with_a_signed_webhook_on_a_private_address_only_where_that_is_allowed(world, settings):
    world.watches()
    bans_address(world, "abuse")
    with hooks.hook() as panel:
        lifting(world, url=panel.url)
        settings.PROBE_ALLOW_PRIVATE = False
        just_me.lift(asks(world), by=world.jeanne, at=world.now)
        world.pager_ticks()
        assert panel.heard.empty()
        settings.PROBE_ALLOW_PRIVATE = True
        just_me.lift(asks(world, by=world.karim), by=world.karim, at=world.now)
        world.pager_ticks()
        told = panel.heard.get_nowait()
    at = datetime.fromtimestamp(int(told.headers["webhook-timestamp"]), UTC)
    signed = Webhook(SECRET).sign(told.headers["webhook-id"], at, told.body.decode())
    assert told.headers["webhook-signature"] == signed
    data = told.json["data"]
    assert (told.json["type"], data["address"], data["asked_by"]) == ("lift_ban", HERE, world.karim.email)


def test_nothing_is_lifted_where_there_is_no_ban_or_no_panel(world):
    world.watches()
    inquiry = asks(world)
    with pytest.raises(just_me.CannotLift):
        just_me.lift(inquiry, by=world.jeanne, at=world.now)
    lifting(world)
    assert just_me.lifts_bans()
    with pytest.raises(just_me.NoBan):
        just_me.lift(inquiry, by=world.jeanne, at=world.now)
    assert not Notification.objects.filter(kind="lift_ban").exists()


# -- too much, and too old ------------------------------------------------------------------------------------------------------


def test_the_same_question_is_the_same_inquiry_and_two_people_are_one_look(world):
    check = plain(world)
    first = asks(world)
    assert asks(world) == first
    world.sees_once(check, up=True)
    world.now += timedelta(seconds=5)
    second = asks(world, by=world.karim)
    assert second != first
    assert Check.objects.get().due_at != world.now
    assert inquiries.lines(second, at=world.now)[0]["state"] == "up"


def test_whoever_asks_too_often_waits(world):
    world.watches()
    for number in range(inquiries.MOST):
        asks(world, name=f"site{number}.example")
    with pytest.raises(just_me.TooManyQuestions):
        asks(world, name="one-more.example")
    asks(world, name="one-more.example", by=world.karim)


def anonymous(world, *, name=SITE, address=HERE):
    return just_me.ask(Target(server=world.web1, name=name), by=None, address=address, at=world.now)


def test_a_place_without_a_login_asks_ten_times_in_ten_minutes(world):
    for number in range(inquiries.FROM_ONE_PLACE):
        anonymous(world, name=f"site{number}.example", address=f"2001:db8:0:1::{number}")
    with pytest.raises(just_me.TooManyQuestions):
        anonymous(world, address="2001:db8:0:1::ffff")
    anonymous(world, address="2001:db8:0:2::1")
    world.now += timedelta(minutes=11)
    anonymous(world, address="2001:db8:0:1::ffff")


def test_the_whole_world_without_a_login_asks_sixty_times_a_minute(world):
    for number in range(inquiries.FROM_EVERYWHERE):
        anonymous(world, address=f"203.0.113.{number}")
    with pytest.raises(just_me.TooManyQuestions):
        anonymous(world)
    asks(world)


def test_an_address_that_is_none_is_not_kept(world):
    assert anonymous(world, address="unix:").address is None


def test_a_result_is_shared_until_it_expires_or_is_ended(world):
    check = plain(world)
    inquiry = asks(world)
    with pytest.raises(just_me.NotShared):
        just_me.share(inquiry, at=world.now)
    world.sees_once(check, up=True)
    token = just_me.share(inquiry, at=world.now)
    assert token not in repr(Inquiry.objects.values())
    assert inquiries.shared(token, at=world.now + timedelta(days=6, hours=23)) == inquiry
    assert inquiries.shared(token, at=world.now + timedelta(days=7)) is None
    again = just_me.share(inquiry, at=world.now)
    assert inquiries.shared(token, at=world.now) is None
    just_me.unshare(inquiry, at=world.now)
    assert inquiries.shared(again, at=world.now) is None


def test_the_provider_says_how_long_a_link_works(world):
    settle(world, just_me={"share_for_s": 3600})
    check = plain(world)
    inquiry = asks(world)
    world.sees_once(check, up=True)
    just_me.share(inquiry, at=world.now)
    assert inquiry.shared_until == world.now + timedelta(hours=1)


def test_what_nobody_shared_is_forgotten_after_a_day_and_the_rest_with_its_link(world):
    check = plain(world)
    kept, gone = asks(world), asks(world, by=world.karim)
    world.sees_once(check, up=True)
    just_me.share(kept, at=world.now)
    assert just_me.forgotten(at=world.now + timedelta(hours=23)) == 0
    assert just_me.forgotten(at=world.now + timedelta(hours=25)) == 1
    assert Inquiry.objects.get() == kept != gone
    assert just_me.forgotten(at=datetime(2027, 1, 1, tzinfo=UTC)) == 1


def test_a_ban_told_a_day_ago_is_forgotten(world):
    bans_address(world, "abuse")
    assert just_me.forgotten(at=world.now + timedelta(hours=23)) == 0
    assert just_me.forgotten(at=world.now + timedelta(hours=24)) == 1
