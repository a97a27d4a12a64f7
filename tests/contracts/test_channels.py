"""Every channel keeps the same promises: a receipt or one of two failures, the same key each time, no secret said."""

import json
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from astreinte.core import clock
from astreinte.notifications import channels
from astreinte.notifications.channels import CHANNELS, BadAddress, Message, PermanentFailure, TemporaryFailure, gsm
from devtools.pocket import Settings, running
from devtools.pocket.network import Fault

TOKEN = "tok3n-of-the-account"
PASSWORD = "p4ssword-of-the-relay"
PATH = "s3cret-path-of-the-hook"
SECRET = "whsec_c2lnbmluZy1rZXktb2YtdGhlLWhvb2s="
SECRETS = (TOKEN, PASSWORD, PATH, SECRET[6:])
AT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
PHONE = "+33611111111"
MAIL = "alice@hebergement.example"


@pytest.fixture(scope="module")
def pocket():
    with running(Settings(token=TOKEN, receipt_s=0.01)) as network:
        yield network


@pytest.fixture(autouse=True)
def well(pocket):
    pocket.network.forget()


def transports(pocket, **more):
    twilio = {
        "type": "twilio",
        "url": pocket.url,
        "account": pocket.settings.account,
        "token": TOKEN,
        "from": "+33700000000",
    }
    mail = {"type": "smtp", "url": pocket.smtp_url, "from": "desk@hebergement.example"}
    private = {"allow_private": True}
    return {"sms": twilio, "voice": twilio, "email": mail, "webhook": private, "apprise": private, **more}


def address(pocket, kind):
    hook = pocket.url.removeprefix("http://")
    return {
        "sms": PHONE,
        "voice": PHONE,
        "email": MAIL,
        "webhook": {"url": f"{pocket.url}/{PATH}", "secret": SECRET},
        "apprise": f"json://{hook}/{PATH}",
    }[kind]


def channel(pocket, kind):
    return channels.make(kind, address(pocket, kind), transports(pocket))


def message(**changes):
    plain = {
        "key": "0c6d3a52-8f0e-4a7e-9a38-1f5f6d2b7c10",
        "at": AT,
        "subject": "Boulangerie du Port : le site est en panne",
        "body": "Le site ne répond plus.\nhttp://desk.example/take/Q7 12",
        "short": "Boulangerie du Port, web1 : site en panne. http://desk.example/take/Q7 12",
        "spoken": "Boulangerie du Port. Le site est en panne.",
        "language": "fr",
        "link": "http://desk.example/take/Q7",
        "code": "12",
        "keys": True,
    }
    return Message(**{**plain, **changes})


def arrivals(pocket, kind):
    return [entry for entry in list(pocket.network.ledger) if entry.kind == WIRE[kind]]


WIRE = {"sms": "sms", "voice": "voice", "email": "email", "webhook": "webhook", "apprise": "webhook"}
KINDS = sorted(WIRE)
TEMPORARY = ["500", "503", "429", "reset", "stall", "garbage", "lost-answer"]
# A webhook or a push service is believed on its status alone: nonsense with a 200 has arrived.
BELIEVED = {("webhook", "garbage"), ("apprise", "garbage")}
KEYED = ["sms", "voice", "email", "webhook"]


def fail(pocket, mode):
    pocket.network.faults["*", "*"] = Fault(mode=mode, seconds=3)


def test_every_channel_is_in_this_contract():
    assert sorted(CHANNELS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_that_is_well_gives_a_receipt_and_the_message_arrives_once(pocket, kind):
    receipt = channel(pocket, kind).send(message())
    assert receipt.provider_ref or kind == "apprise"
    assert len(arrivals(pocket, kind)) == 1


@pytest.mark.parametrize(("kind", "mode"), [pair for pair in product(KINDS, TEMPORARY) if pair not in BELIEVED])
def test_what_may_pass_is_a_temporary_failure_within_the_deadline(pocket, kind, mode, caplog):
    caplog.set_level(logging.DEBUG)
    fail(pocket, mode)
    with pytest.raises(TemporaryFailure) as caught:
        channel(pocket, kind).send(message(), deadline_s=0.5)
    says_no_secret(caught.value, caplog)


@pytest.mark.parametrize(("kind", "mode"), sorted(BELIEVED))
def test_a_2xx_is_all_a_webhook_has_to_say(pocket, kind, mode):
    fail(pocket, mode)
    assert not channel(pocket, kind).send(message()).will_confirm


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_is_a_permanent_failure(pocket, kind, caplog):
    caplog.set_level(logging.DEBUG)
    fail(pocket, "400")
    with pytest.raises(PermanentFailure) as caught:
        channel(pocket, kind).send(message())
    says_no_secret(caught.value, caplog)


@pytest.mark.parametrize("kind", ["sms", "voice", "webhook", "apprise"])
def test_a_refused_address_is_to_blame(pocket, kind):
    fail(pocket, "400")
    with pytest.raises(PermanentFailure) as caught:
        channel(pocket, kind).send(message())
    assert caught.value.blames_address


@pytest.mark.parametrize("kind", ["sms", "voice"])
def test_a_wrong_password_of_ours_blames_nobodys_number(pocket, kind):
    wrong = {kind: {**transports(pocket)[kind], "token": "an-old-token"}}
    with pytest.raises(PermanentFailure, match="20003") as caught:
        channels.make(kind, PHONE, wrong).send(message())
    assert not caught.value.blames_address


def says_no_secret(error, caplog):
    told = f"{error!r} {error} {caplog.text}"
    assert [secret for secret in SECRETS if secret in told] == []
    assert error.__cause__ is None


@pytest.mark.parametrize("kind", ["sms", "voice", "email"])
def test_a_closed_port_is_a_temporary_failure(pocket, kind):
    closed = {"url": "smtp://u:" + PASSWORD + "@127.0.0.1:9" if kind == "email" else "http://127.0.0.1:9"}
    options = {**transports(pocket)[kind], **closed}
    with pytest.raises(TemporaryFailure) as caught:
        channels.make(kind, address(pocket, kind), {kind: options}).send(message())
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("kind", KEYED)
def test_the_key_is_the_same_at_every_attempt(pocket, kind):
    reached = channel(pocket, kind)
    for _attempt in range(3):
        reached.send(message())
    keys = Counter(entry.key for entry in arrivals(pocket, kind))
    assert len(keys) == 1
    assert message().key in next(iter(keys))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if CHANNELS[kind].can_look_up])
def test_what_was_accepted_before_the_answer_was_lost_is_found(pocket, kind):
    reached = channel(pocket, kind)
    since = clock.now()
    assert reached.look_up(message(), since=since) is None
    fail(pocket, "lost-answer")
    with pytest.raises(TemporaryFailure):
        reached.send(message())
    pocket.network.faults.clear()
    found = reached.look_up(message(), since=since)
    assert found is not None
    assert reached.look_up(message(), since=since + timedelta(minutes=5)) is None
    assert reached.look_up(message(), since=since, known={found.provider_ref}) is None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if CHANNELS[kind].can_look_up])
def test_a_provider_that_cannot_say_is_a_temporary_failure(pocket, kind):
    fail(pocket, "503")
    with pytest.raises(TemporaryFailure):
        channel(pocket, kind).look_up(message(), since=AT)


def test_an_sms_that_failed_or_says_something_else_is_not_ours(pocket):
    reached, since = channel(pocket, "sms"), clock.now()
    reached.send(message(short="another"))
    assert reached.look_up(message(), since=since) is None


@pytest.mark.parametrize("kind", ["sms", "voice"])
def test_the_second_provider_takes_over_within_the_attempt(pocket, kind):
    well = transports(pocket)[kind]
    broken = {**well, "url": "http://127.0.0.1:9"}
    refused = {**well, "token": "an-old-token"}
    receipt = channels.make(kind, PHONE, {kind: [broken, refused, well]}).send(message())
    assert receipt.provider_ref
    assert [entry.status for entry in arrivals(pocket, kind)] == [401, 201]


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_copy_says_so(pocket, kind):
    channel(pocket, kind).send(message(copy=2, language="en"))
    body = json.dumps(arrivals(pocket, kind)[0].body)
    assert "repeat 2" in body or '"copy": 2' in body or '\\"copy\\": 2' in body


POISON = "a\x00b\r\nX-Evil: 1\u202ec\ud800d\u200b <Say>&"


@pytest.mark.parametrize("kind", KINDS)
def test_any_text_leaves(pocket, kind):
    poison = dict.fromkeys(("subject", "body", "spoken"), POISON * 2000)
    channel(pocket, kind).send(message(short=POISON + " http://desk.example/take/Q7 12", **poison))
    assert len(arrivals(pocket, kind)) == 1


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("sms", "0611111111"),
        ("sms", ""),
        ("voice", "+33"),
        ("email", "alice"),
        ("email", "a@b\r\nBcc: c@d"),
        ("webhook", "ftp://x/"),
        ("webhook", {"url": "http://x/", "secret": "whsec_a"}),
        ("webhook", "{broken"),
        ("apprise", "nothing://"),
        ("apprise", "syslog://"),
        ("apprise", "slack://T1/T2/T3?template=/etc/passwd"),
        ("pigeon", "Gertrude"),
    ],
)
def test_what_cannot_be_reached_is_refused_with_a_sentence(pocket, kind, wrong):
    with pytest.raises(BadAddress) as caught:
        channels.make(kind, wrong, transports(pocket))
    assert len(str(caught.value)) > 20
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("kind", ["sms", "voice", "email"])
def test_a_channel_without_its_section_is_refused(kind):
    with pytest.raises(BadAddress, match=f"channels.{kind}"):
        channels.make(kind, PHONE if kind != "email" else MAIL, {})


@pytest.mark.parametrize("kind", ["webhook", "apprise"])
def test_a_private_address_is_refused_unless_the_installation_allows_it(pocket, kind):
    with pytest.raises(PermanentFailure, match="not a public address"):
        channels.make(kind, address(pocket, kind), {}).send(message())
    assert arrivals(pocket, kind) == []


@pytest.mark.parametrize("kind", KINDS)
def test_showing_a_channel_shows_no_secret(pocket, kind):
    with_password = {"url": f"smtp://u:{PASSWORD}@127.0.0.1:25", "from": "a@b.example"}
    reached = channels.make(kind, address(pocket, kind), transports(pocket, email=with_password))
    assert [secret for secret in (TOKEN, PASSWORD, SECRET) if secret in repr(reached)] == []


def test_a_webhook_is_signed_as_standard_webhooks(pocket):
    from standardwebhooks.webhooks import Webhook

    channel(pocket, "webhook").send(message(at=clock.now(), data={"type": "page", "server": "web1"}))
    entry = arrivals(pocket, "webhook")[0]
    said = Webhook(SECRET).verify(entry.body["raw"], entry.body["headers"])
    assert (said["type"], said["data"]["server"], entry.key) == ("page", "web1", message().key)


def test_a_bare_webhook_takes_the_secret_of_the_installation_or_none(pocket):
    bare = f"{pocket.url}/{PATH}"
    ours = {"webhook": {"allow_private": True, "secret": SECRET}}
    channels.make("webhook", bare, ours).send(message())
    channels.make("webhook", bare, transports(pocket)).send(message())
    signed, unsigned = [entry.body["headers"] for entry in arrivals(pocket, "webhook")]
    assert "webhook-signature" in signed
    assert "webhook-signature" not in unsigned
    assert unsigned["webhook-id"] == message().key


def test_an_sms_keeps_its_link_and_its_code_within_320_characters():
    long = "Boulangerie « L'Été » – ça ne répond plus… " * 20
    text = gsm.fit(f"{long} http://desk.example/take/Q7 12", tail_at="http://desk.example/take/Q7")
    assert text.endswith("... http://desk.example/take/Q7 12")
    assert gsm.is_gsm(text)
    assert gsm.length(text) <= 320
    assert gsm.segments(text) == 3


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("ça", "ca"),
        ("“où” – là…", '"où" - là...'),
        ("10 €", "10 €"),
        ("Œuvre", "OEuvre"),
        ("Ωμέγα", "Ωμέγα"),
        ("ok 👍", "ok "),
    ],
)
def test_text_is_folded_to_the_gsm_alphabet_where_possible(written, sent):
    assert gsm.fold(written) == sent or not gsm.is_gsm(sent)


def test_a_letter_is_threaded_and_marked_automatic(pocket):
    file = channels.Attachment(name="facture.pdf", media_type="application/pdf", content=b"%PDF-1.7")
    threading = {"message_id": "<t1.2@desk>", "in_reply_to": "<t1.1@desk>", "references": "<t1.1@desk>"}
    channel(pocket, "email").send(message(attachments=(file,), reply_to="t+abc@desk.example", **threading))
    letter = pocket.network.letters[MAIL][-1]
    assert letter.headers["Auto-Submitted"] == "auto-generated"
    assert letter.headers["Message-ID"] == "<t1.2@desk>"
    assert letter.headers["In-Reply-To"] == "<t1.1@desk>"
    assert letter.headers["Reply-To"] == "t+abc@desk.example"
    assert letter.attachments == ("facture.pdf",)
    assert "Le site ne répond plus." in letter.text


def test_a_call_offers_the_keys_only_when_an_answer_is_asked_for():
    asking = channels.voice.twiml(message(base_url="http://desk.example", language="en"))
    telling = channels.voice.twiml(message(keys=False))
    assert "Gather" not in telling
    assert 'action="http://desk.example/inbound/twilio/voice?key=' in asking
    assert "press 4" in asking
    assert 'language="en-GB"' in asking
    assert len(channels.voice.twiml(message(spoken="é" * 5000))) < 4000


def test_the_loudest_priority_is_asked_for_a_page():
    assert channels.push._loud("ntfy://desk.example/x").endswith("?priority=max")
    assert channels.push._loud("pover://u@t?sound=x").endswith("&priority=emergency")
    assert channels.push._loud("ntfy://x/y?priority=low") == "ntfy://x/y?priority=low"
    assert channels.push._loud("json://x/") == "json://x/"
