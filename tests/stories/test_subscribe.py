"""To be told of the status page: confirmed first, told once, forgotten at one request; and nobody's mailbox is flooded."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from astreinte.core import timeline
from astreinte.flows import maintain, subscribe
from astreinte.flows.subscribe import LinkIsOver, TooManyRequests, Wish
from astreinte.monitoring.models import Subscriber, SubscriptionRequest
from astreinte.notifications import links
from astreinte.notifications.models import Notification
from astreinte.workers.status_page import StatusPage
from tests import hooks
from tests.public import announces, moves, plans, says

HOUR = timedelta(hours=1)
READER = "reader@elsewhere.example"


@pytest.fixture
def night(world):
    """The web sites of two customers are watched; one of them is down, of which somebody wrote."""
    world.on_call("Alice")
    world.check = world.watches()
    world.watches(world.shop, kind="imap", host="imap.gmbh.example")
    return world


def wish(*components, source="192.0.2.200", language="en"):
    return Wish(components=list(components), language=language, source=source)


def asks(world, address=READER, **about):
    subscribe.by_email(address, wish(**about), at=world.now)
    world.pager_ticks()


def mails(world, address=READER):
    return list(world.pocket.network.letters.get(address, ()))


def letter(kind=links.CONFIRM):
    return Notification.objects.filter(kind=kind).order_by("-pk").first()


def subscribed(world, *components, address=READER, language="en"):
    """Somebody who asked and confirmed."""
    subscribe.by_email(address, wish(*components, source=address, language=language), at=world.now)
    world.pager_ticks()
    return subscribe.confirm(letter(), at=world.now)


def breaks(world, text="A switch has failed."):
    incident = world.goes_down(world.check)
    says(world, incident, text)
    return incident


def test_a_letter_asks_first_and_nothing_else_comes(night, site):
    asks(night)
    (mail,) = mails(night)
    assert "confirm your subscription" in mail.subject
    assert f"/status/confirm/{links.take_token(letter())}" in mail.text
    breaks(night)
    site.write()
    assert len(mails(night)) == 1


def test_whoever_confirmed_is_told_once_of_each_word(night, site):
    subscribed(night)
    incident = breaks(night)
    site.write()
    site.write()
    assert [mail.subject for mail in mails(night)[1:]] == ["Web sites: outage · we know the cause"]
    mail = mails(night)[-1]
    assert "A switch has failed." in mail.text
    assert f"/status/en/incidents/{incident.public_id}.html" in mail.text
    night.sees(night.check, up=True, times=2)
    site.write()
    assert mails(night)[-1].subject == "Web sites: outage · it is over"


def test_everybody_reads_their_own_language(night, site):
    subscribed(night, language="fr")
    breaks(night)
    site.write()
    assert "Sites web : panne" in mails(night)[-1].subject


def test_one_is_told_of_the_components_one_chose(night, site):
    subscribed(night, "mail", address="mail@elsewhere.example")
    subscribed(night, "web", address="web@elsewhere.example")
    breaks(night)
    site.write()
    assert len(mails(night, "mail@elsewhere.example")) == 1
    assert len(mails(night, "web@elsewhere.example")) == 2


def test_what_is_not_public_is_told_to_nobody(night, site):
    subscribed(night)
    night.goes_down(night.check)
    site.write()
    assert len(mails(night)) == 1


def test_a_maintenance_is_announced_once_and_again_when_it_moves(night, site):
    subscribed(night)
    soon = night.now + 24 * HOUR
    window = plans(night, night.web1, night.shop, start=soon, end=soon + HOUR)
    site.write()
    site.write()
    assert len(mails(night)) == 2
    assert "maintenance · planned" in mails(night)[-1].subject
    window.start += timedelta(minutes=30)
    window.save()
    site.write()
    assert len(mails(night)) == 3


def test_who_was_told_of_a_maintenance_is_told_that_it_moved_and_that_it_is_cancelled(night, site):
    subscribed(night)
    window = announces(night, night.web1, night.shop, start=night.now + 24 * HOUR)
    site.write()
    moves(night, window, hours=6)
    site.write()
    assert "maintenance · moved" in mails(night)[-1].subject
    assert "Before:" in mails(night)[-1].text
    maintain.cancel(window, reason="No spare part.", by=night.chloe, at=night.now)
    site.write()
    site.write()
    assert [mail.subject.rpartition(" ")[2] for mail in mails(night)[1:]] == ["planned", "moved", "cancelled"]
    assert "It does not take place." in mails(night)[-1].text
    assert "spare part" not in mails(night)[-1].text


def test_who_was_never_told_of_a_maintenance_is_not_told_that_it_is_cancelled(night, site):
    subscribed(night)
    window = announces(night, night.web1, night.shop, start=night.now + 24 * HOUR)
    maintain.cancel(window, reason="A mistake.", by=night.chloe, at=night.now)
    site.write()
    assert len(mails(night)) == 1


def test_old_news_is_for_the_page_alone(night, site):
    subscribed(night)
    breaks(night)
    night.passes(hours=2)
    site.write()
    assert len(mails(night)) == 1


def test_each_letter_ends_it_in_one_request_and_says_so_to_mail_programs(night, site):
    subscribed(night)
    breaks(night)
    site.write()
    mail = mails(night)[-1]
    address = links.unsubscribe(letter(links.NEWS))
    headers = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert headers["List-Unsubscribe"].strip() == f"<{address}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.text


def test_whoever_leaves_is_forgotten_everywhere(night, site):
    reader = subscribed(night)
    breaks(night)
    site.write()
    subscribe.leave(reader, at=night.now)
    assert not Subscriber.objects.exists()
    rows = Notification.objects.filter(kind__in=subscribe.KINDS)
    assert {(row.address, row.name, str(row.context)) for row in rows} == {("", "", "{}")}
    told = [(entry.kind, entry.data, entry.by_name) for entry in timeline.of(reader.story)]
    assert READER not in str(told)
    assert told[-1][0] == "subscriber:forgotten"
    assert READER not in str(list(SubscriptionRequest.objects.values()))


def test_what_waits_for_whoever_leaves_does_not_leave(night, site):
    reader = subscribed(night)
    incident = breaks(night)
    StatusPage().turn(at=night.now)  # and the pager sleeps
    subscribe.leave(reader, at=night.now)
    night.pager_ticks()
    assert len(mails(night)) == 1
    assert incident.messages.count() == 1


def test_a_link_works_for_two_days_and_only_the_last_one(night):
    asks(night)
    first = letter()
    night.passes(hours=2)
    asks(night)
    with pytest.raises(LinkIsOver):
        subscribe.confirm(first, at=night.now)
    with pytest.raises(LinkIsOver):
        subscribe.confirm(letter(), at=night.now + 48 * HOUR)
    assert subscribe.confirm(letter(), at=night.now + 48 * HOUR - timedelta(seconds=1)).confirmed_at
    with pytest.raises(LinkIsOver):
        subscribe.confirm(letter(), at=night.now)  # once


def test_whoever_never_confirms_is_forgotten(night):
    asks(night)
    assert subscribe.expired(at=night.now + 47 * HOUR) == 0
    assert subscribe.expired(at=night.now + 48 * HOUR) == 2  # the subscriber, and what was counted
    assert READER not in str(list(Notification.objects.values()))


def test_a_new_choice_replaces_the_old_one_once_it_is_confirmed(night):
    subscribed(night, "web")
    night.passes(hours=1)
    subscribe.by_email(READER.upper(), wish("mail"), at=night.now)
    assert Subscriber.objects.get(confirmed_at__isnull=False).components == ["web"]
    subscribe.confirm(letter(), at=night.now)
    assert Subscriber.objects.get().components == ["mail"]


def test_one_mailbox_gets_one_letter_an_hour_and_three_in_two_days(night):
    for address in (READER, READER.upper(), "reader+a@elsewhere.example", "reader+b@elsewhere.example"):
        asks(night, address, source=address)
    assert len(night.pocket.network.letters) == 1
    for _ in range(5):
        night.passes(hours=1)
        asks(night, source="198.51.100.1")
    assert len(mails(night)) == 3


def test_five_hundred_strangers_addresses_from_one_place_get_ten_letters(night):
    refused = 0
    for number in range(500):
        try:
            asks(night, f"{number}@elsewhere.example", source="192.0.2.1")
        except TooManyRequests:
            refused += 1
    assert (len(night.pocket.network.letters), refused) == (10, 490)


def test_there_is_a_limit_for_everybody_together(night):
    for number in range(200):
        subscribe.by_email(f"{number}@elsewhere.example", wish(source=f"192.0.2.{number}"), at=night.now)
    with pytest.raises(TooManyRequests):
        asks(night, source="198.51.100.7")
    night.passes(hours=1)
    asks(night, source="198.51.100.7")


def test_a_crowd_is_told_little_by_little_and_behind_every_page(night, site):
    Subscriber.objects.bulk_create(
        Subscriber(
            kind="email", address=f"{n}@elsewhere.example", digest=str(n), language="en", asked_at=night.now,
            confirmed_at=night.now,
        )
        for n in range(450)
    )  # fmt: skip
    breaks(night)
    StatusPage().turn(at=night.now)
    waiting = Notification.objects.filter(kind=links.NEWS).order_by("pk")
    assert waiting.count() == 450
    assert waiting.last().due_at - waiting.first().due_at == timedelta(seconds=44)
    assert set(waiting.values_list("priority", flat=True)) == {8}


# -- programs ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hook(night, settings):
    """A program on this machine, as only the demonstration may have one."""
    settings.DEMO, settings.PROBE_ALLOW_PRIVATE = True, True
    with hooks.hook() as found:
        yield found


def test_a_webhook_that_echoes_its_challenge_is_told_signed(night, hook, site):
    secret = subscribe.by_webhook(hook.url, wish(), at=night.now)
    token = links.take_token(letter(links.CHALLENGE))
    hook.answer = f'{{"challenge": "{token}"}}'
    night.pager_ticks()
    assert hook.heard.get_nowait().json["data"]["challenge"] == token
    assert Subscriber.objects.get().confirmed_at
    breaks(night)
    site.write()
    told = hook.heard.get_nowait()
    assert told.json["type"] == "status_news"
    assert told.json["data"]["title"] == "Web sites: outage"
    assert "/status/unsubscribe/" in told.json["data"]["body"]
    signed = {name: value for name, value in told.headers.items() if name.startswith("webhook-")}
    assert signed["webhook-signature"] == Webhook(secret).sign(
        signed["webhook-id"], datetime.fromtimestamp(int(signed["webhook-timestamp"]), UTC), told.body.decode()
    )


@pytest.mark.parametrize(("status", "left"), [(410, 0), (404, 1), (503, 1)])
def test_a_webhook_that_is_gone_for_good_is_told_no_more(night, hook, site, status, left):
    subscribe.by_webhook(hook.url, wish(), at=night.now)
    hook.answer = links.take_token(letter(links.CHALLENGE))
    night.pager_ticks()
    hook.status = status
    breaks(night)
    site.write()
    assert Subscriber.objects.filter(confirmed_at__isnull=False).count() == left


def test_a_webhook_may_answer_with_the_challenge_alone(night, hook):
    subscribe.by_webhook(hook.url, wish(), at=night.now)
    hook.answer = links.take_token(letter(links.CHALLENGE))
    night.pager_ticks()
    assert Subscriber.objects.get().confirmed_at


@pytest.mark.parametrize("answer", ["ok", "", "[]", '{"challenge": 1}', '{"challenge": "x"}', "é", "1-" + "0" * 24])
def test_a_webhook_that_does_not_echo_is_told_nothing(night, hook, site, answer):
    subscribe.by_webhook(hook.url, wish(), at=night.now)
    hook.answer = answer
    night.pager_ticks()
    hook.heard.get_nowait()
    assert Subscriber.objects.get().confirmed_at is None
    breaks(night)
    site.write()
    assert hook.heard.empty()


def test_a_strangers_webhook_never_reaches_a_private_address(night, hook, settings):
    settings.DEMO = False
    subscribe.by_webhook(hook.url, wish(), at=night.now)
    night.pager_ticks()
    assert hook.heard.empty()
    assert letter(links.CHALLENGE).state == "failed"


def test_one_host_is_not_flooded_with_challenges(night):
    for number in range(5):
        subscribe.by_webhook(f"https://hooks.example/{number}", wish(source=f"192.0.2.{number}"), at=night.now)
    with pytest.raises(TooManyRequests):
        subscribe.by_webhook("https://HOOKS.example/9", wish(source="192.0.2.99"), at=night.now)
