"""What the telephone provider tells us: who signed it, what it says, and that saying it twice changes nothing."""

import pytest
from django.conf import settings
from django.test import Client

from astreinte.core import clock, configuration, timeline
from astreinte.notifications import sealing
from astreinte.notifications.channels import signatures
from astreinte.notifications.models import ContactMethod, Notification, Transport
from astreinte.paging.models import Page
from astreinte.tickets.models import Ticket
from tests.doors.programs import refused

pytestmark = pytest.mark.django_db
TOKEN = "test-token"
SIDS = iter(f"SM{number:032d}" for number in range(10_000))


def post(path, fields, *, secret=TOKEN, url=None, signature=None, **headers):
    """A callback as the provider sends it."""
    params = {"AccountSid": "AC1", **fields}
    url = url or f"{settings.BASE_URL}{path}"
    headers = {"X-Twilio-Signature": signature or signatures.sign(url, params, secret=secret), **headers}
    return Client().post(path, params, headers={name: value for name, value in headers.items() if value})


class Desk:
    """An urgent ticket that rings Alice (SMS, then a call), then Bruno, who reads English."""

    def __init__(self, world):
        self.world = world
        self.alice, self.bruno = world.on_call("Alice", "Bruno")
        self.bruno.user.language = "en"
        self.bruno.user.save()
        ContactMethod.objects.create(
            user=self.alice.user, position=1, after_s=60, kind="voice", address=self.alice.number
        )
        world.now = clock.now()
        self.ticket = world.customer_opens()

    @property
    def page(self):
        return Page.objects.get(pk=self.ticket.page_id)

    @property
    def code(self):
        return self.page.code

    def letter(self, channel="sms", person=None):
        person = person or self.alice.user
        return Notification.objects.filter(kind="page", channel=channel, person=person).order_by("id").first()

    def writes(self, phone, body, **more):
        """The answer to an SMS, as text (empty: nothing)."""
        fields = {"From": phone.number, "To": "+33700000000", "Body": body, "MessageSid": next(SIDS), **more}
        answer = post("/inbound/twilio/sms", fields)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
        return answer.content.decode()

    def presses(self, digits, *, sid="CA1", letter=None):
        """What a call says after these keys."""
        letter = letter or self.letter("voice")
        answer = post(f"/inbound/twilio/voice?key={letter.key}", {"CallSid": sid, "Digits": digits})
        assert answer.status_code == 200
        return answer.content.decode()

    def state(self):
        self.ticket = Ticket.objects.get(pk=self.ticket.pk)
        return self.page.state, self.ticket.state


@pytest.fixture
def desk(world):
    return Desk(world)


# -- who says it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["sms", "voice", "status"])
def test_closed_while_no_secret_is_set(world, path):
    Transport.objects.all().delete()
    assert refused(post(f"/inbound/twilio/{path}", {}, secret="")) == (404, "not-found")
    assert refused(post(f"/inbound/twilio/{path}", {})) == (404, "not-found")


@pytest.mark.parametrize("path", ["sms", "voice", "status"])
@pytest.mark.parametrize(
    "how",
    [
        {"signature": "x"}, {"secret": "other"}, {"secret": ""}, {"url": "http://evil.example/inbound/twilio/sms"},
        {"X-Twilio-Signature": ""},
    ],
)  # fmt: skip
def test_what_is_not_signed_by_our_provider_is_refused(desk, path, how):
    assert refused(post(f"/inbound/twilio/{path}", {"From": desk.alice.number, "Body": desk.code}, **how)) == (
        403,
        "forbidden",
    )
    assert desk.state() == ("triggered", "open")


def test_an_altered_request_is_refused(desk):
    signed = {"From": desk.alice.number, "Body": "hello", "MessageSid": "SM1", "AccountSid": "AC1"}
    signature = signatures.sign(f"{settings.BASE_URL}/inbound/twilio/sms", signed, secret=TOKEN)
    altered = post("/inbound/twilio/sms", {**signed, "Body": desk.code}, signature=signature)
    assert refused(altered) == (403, "forbidden")
    assert desk.state() == ("triggered", "open")


def test_both_secrets_are_good_while_they_are_changed(desk):
    Transport.objects.create(kind="sms", position=1, sealed=sealing.seal({"type": "twilio", "token": "the new one"}))
    configuration.changed()
    for secret in (TOKEN, "the new one"):
        fields = {"From": "+33600000000", "Body": "x", "MessageSid": next(SIDS)}
        assert post("/inbound/twilio/sms", fields, secret=secret).status_code == 200


def test_behind_a_proxy_the_provider_may_spell_our_address_otherwise(desk):
    fields = {"From": "+33600000000", "Body": "x", "MessageSid": next(SIDS)}
    url = f"{settings.BASE_URL}/inbound/twilio/sms".replace("http://", "https://")
    assert post("/inbound/twilio/sms", fields, url=url, Host="127.0.0.1:8000").status_code == 200


def test_too_large_and_by_get(desk):
    assert refused(post("/inbound/twilio/sms", {"Body": "x" * 70_000})) == (413, "too-large")
    assert refused(Client().get("/inbound/twilio/sms")) == (405, "method-not-allowed")


# -- answers by SMS ------------------------------------------------------------------------------------------------


def test_the_code_takes_it(desk):
    said = desk.writes(desk.alice, desk.code)
    assert "Boulangerie du Port" in said
    assert desk.state() == ("acknowledged", "acknowledged")
    assert (desk.page.acknowledged_by, desk.page.acknowledged_via) == (desk.alice.user, "sms")
    assert "/take/" not in said


def test_the_code_with_minutes_says_when(desk):
    assert "15" in desk.writes(desk.alice, f"ack {desk.code} 15 min")
    assert (desk.page.eta_at - desk.page.acknowledged_at).total_seconds() == 900


def test_the_code_and_e_rings_the_next_one_now(desk):
    desk.writes(desk.alice, f"{desk.code}e")
    assert desk.state() == ("triggered", "open")
    desk.world.passes(seconds=1)
    assert desk.bruno.received == ["Mail is down"]


def test_too_late_says_who_has_it_in_the_reader_s_language(desk):
    desk.writes(desk.alice, f"{desk.code} e")
    desk.world.passes(seconds=1)
    desk.writes(desk.alice, desk.code)
    late = desk.writes(desk.bruno, desk.code)
    assert "Alice Martin has already taken charge" in late
    assert desk.page.acknowledged_by == desk.alice.user


def test_twice_is_the_same_answer(desk):
    first = desk.writes(desk.alice, desk.code)
    assert desk.writes(desk.alice, desk.code) == first
    assert desk.world.history(desk.ticket).count("page:acknowledged") == 1


def test_the_same_message_sent_again_acts_once(desk):
    sid = next(SIDS)
    answers = {desk.writes(desk.alice, f"{desk.code} e", MessageSid=sid)}
    desk.world.passes(seconds=1)
    answers |= {desk.writes(desk.alice, f"{desk.code} e", MessageSid=sid) for _ in range(3)}
    assert len(answers) == 1
    assert desk.world.history(desk.ticket).count("page:declined") == 1


def test_a_stranger_s_reply_does_nothing_learns_nothing_and_is_remembered(desk):
    fields = {"From": "+33699999999", "To": "+33700000000", "Body": desk.code, "MessageSid": next(SIDS)}
    said = post("/inbound/twilio/sms", fields).content.decode()
    assert "Message" not in said
    assert desk.state() == ("triggered", "open")
    (line,) = timeline.of(desk.page.story).filter(kind="page:stranger")
    assert line.data == {"number": "…9999", "via": "sms"}


def test_a_colleague_who_was_not_called_cannot_take_it_by_sms(desk):
    assert "/take/" not in desk.writes(desk.world.phone(desk.world.chloe), desk.code)
    assert desk.state() == ("triggered", "open")


def test_an_unclear_reply_is_told_how_to_answer(desk):
    for body in ("what?", "", f"{desk.code} 15 e", "999", "🙂" * 300, "\x00\x1b"):
        said = desk.writes(desk.alice, body)
        assert f"{desk.code} e" in said
        assert desk.state() == ("triggered", "open")


def test_somebody_who_left_takes_nothing(desk):
    desk.alice.user.is_active = False
    desk.alice.user.save()
    desk.writes(desk.alice, desk.code)
    assert desk.state() == ("triggered", "open")


def test_after_a_cancellation_there_is_nothing_to_take(desk):
    from astreinte.flows import cancel

    cancel.ticket(desk.ticket, by=desk.world.jeanne, at=desk.world.now)
    desk.writes(desk.alice, desk.code)
    assert desk.state() == ("closed", "cancelled")


@pytest.mark.parametrize("missing", ["From", "MessageSid"])
def test_a_callback_without_its_names(desk, missing):
    fields = {"From": desk.alice.number, "Body": desk.code, "MessageSid": next(SIDS)}
    assert refused(post("/inbound/twilio/sms", {**fields, missing: ""})) == (400, "bad-request")


# -- keys in a call ------------------------------------------------------------------------------------------------


@pytest.fixture
def call(desk):
    desk.world.passes(seconds=61)
    assert desk.alice.calls
    return desk


@pytest.mark.parametrize(("digits", "minutes"), [("4", None), ("1", 5), ("2", 15), ("3", 30)])
def test_a_key_takes_it(call, digits, minutes):
    said = call.presses(digits)
    assert "<Hangup" in said
    assert "<Gather" not in said
    assert call.state() == ("acknowledged", "acknowledged")
    assert call.page.acknowledged_via == "voice"
    eta = call.page.eta_at
    assert (eta - call.page.acknowledged_at).total_seconds() / 60 == minutes if minutes else eta is None


def test_six_passes_it_on(call):
    call.presses("6")
    call.presses("6")
    assert call.state() == ("triggered", "open")
    assert call.world.history(call.ticket).count("page:declined") == 1


@pytest.mark.parametrize("digits", ["5", "*", "7", "0", "#", "44", "A"])
def test_another_key_says_it_again(call, digits):
    assert "<Gather" in call.presses(digits)
    assert call.state() == ("triggered", "open")


def test_no_key_is_no_answer(call):
    assert "<Hangup" in call.presses("")
    assert call.state() == ("triggered", "open")


def test_a_key_too_late_says_who_has_it(call):
    call.world.takes(call.world.chloe, call.ticket)
    assert "Chloé Durand" in call.presses("4")
    assert call.page.acknowledged_by == call.world.chloe


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-0000-0000-000000000000", "%00"])
def test_a_call_about_nothing(desk, key):
    assert refused(post(f"/inbound/twilio/voice?key={key}", {"CallSid": "CA1", "Digits": "4"})) == (404, "not-found")


def test_a_text_is_not_answered_by_a_key(desk):
    path = f"/inbound/twilio/voice?key={desk.letter('sms').key}"
    assert refused(post(path, {"CallSid": "CA1", "Digits": "4"})) == (404, "not-found")


# -- receipts ------------------------------------------------------------------------------------------------------


def receipt(letter, status, *, sid=None, kind="Message", **more):
    fields = {f"{kind}Sid": letter.provider_ref if sid is None else sid, f"{kind}Status": status, **more}
    answer = post(f"/inbound/twilio/status?key={letter.key}", fields)
    assert (answer.status_code, answer.content) == (204, b"")
    letter.refresh_from_db()
    return letter.state


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "accepted", "nonsense", ""])
def test_on_its_way_is_no_receipt(desk, status):
    assert receipt(desk.letter(), status) == "accepted"


def test_a_receipt_only_moves_forward(desk):
    letter = desk.letter()
    assert [receipt(letter, status) for status in ("delivered", "sent", "failed", "delivered")] == ["delivered"] * 4
    assert list(timeline.of(letter.about).filter(kind="notification:delivered").values_list("subject", flat=True)) == [
        f"notification/{letter.pk}"
    ]
    assert desk.state() == ("triggered", "open")


def test_undelivered_makes_the_next_channel_leave_now(desk):
    assert receipt(desk.letter(), "undelivered", ErrorCode="30003") == "failed"
    assert "30003" in desk.letter().error
    desk.world.passes(seconds=1)
    assert desk.alice.calls


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_call_nobody_picked_up_failed(call, status):
    assert receipt(call.letter("voice"), status, kind="Call") == "failed"


def test_a_call_that_was_picked_up_is_no_acknowledgement(call):
    assert receipt(call.letter("voice"), "completed", kind="Call") == "delivered"
    assert call.state() == ("triggered", "open")


def test_a_receipt_of_another_message_changes_nothing(desk):
    assert receipt(desk.letter(), "delivered", sid="SM404") == "accepted"
    answer = post("/inbound/twilio/status?key=nobody", {"MessageSid": "SM1", "MessageStatus": "delivered"})
    assert answer.status_code == 204
