"""A request is from our telephone provider, or it is refused: Twilio's signature in all its spellings."""

import base64
import hashlib
import hmac

import pytest

from astreinte.notifications.channels import signatures

URL = "https://desk.example/inbound/twilio/sms?key=k1"
PARAMS = {"From": "+33611111111", "Body": "12 15", "MessageSid": "SM1"}
OLD, NEW = "old-secret", "new-secret"


def by_hand(url, params, secret):
    """Twilio's rule, written again: the URL, then each parameter and value, sorted by name; HMAC-SHA1, base64."""
    text = url + "".join(name + value for name in sorted(params) for value in sorted(set(params[name])))
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


SIGNED = by_hand(URL, {name: [value] for name, value in PARAMS.items()}, NEW)


def is_genuine(url=URL, params=PARAMS, signature=SIGNED, secrets=(NEW,)):
    return signatures.is_genuine(url, params, signature=signature, secrets=secrets)


def test_a_valid_request_passes_and_passes_again_when_it_is_sent_twice():
    assert is_genuine()
    assert is_genuine()


@pytest.mark.parametrize("secrets", [(), ("",), (None,), ("", None)])
def test_without_a_secret_the_door_is_closed(secrets):
    assert not is_genuine(secrets=secrets)
    assert not is_genuine(secrets=secrets, signature=by_hand(URL, {n: [v] for n, v in PARAMS.items()}, ""))


def test_two_secrets_are_active_while_they_rotate():
    assert is_genuine(secrets=(OLD, NEW))
    assert is_genuine(secrets=(NEW, OLD))
    assert not is_genuine(secrets=(OLD,))


@pytest.mark.parametrize(
    "changed",
    [
        {"Body": "12 e"},
        {"From": "+33622222222"},
        {"Body": "12 15", "Extra": "1"},
        {"MessageSid": ["SM1", "SM2"]},
    ],
)
def test_an_altered_request_is_refused(changed):
    assert not is_genuine(params={**PARAMS, **changed})


def test_a_missing_parameter_is_refused():
    assert not is_genuine(params={"From": PARAMS["From"]})


@pytest.mark.parametrize("signature", ["", " ", "x", SIGNED[:-1], SIGNED + "=", SIGNED.swapcase(), "é" * 28, "\ud800"])
def test_another_signature_is_refused(signature):
    assert not is_genuine(signature=signature)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/inbound/twilio/sms?key=k1",
        "https://desk.example.evil.example/inbound/twilio/sms?key=k1",
        "https://desk.example/inbound/twilio/voice?key=k1",
        "https://desk.example/inbound/twilio/sms?key=k2",
    ],
)
def test_another_address_is_refused(url):
    assert not is_genuine(url=url)


@pytest.mark.parametrize("signed_as", ["http://desk.example", "https://desk.example:443", "http://desk.example:80"])
def test_the_spellings_a_proxy_makes_of_our_address_pass(signed_as):
    wide = {name: [value] for name, value in PARAMS.items()}
    signature = by_hand(URL.replace("https://desk.example", signed_as), wide, NEW)
    assert is_genuine(signature=signature)


def test_a_provider_that_leaves_our_port_out_passes():
    signature = by_hand("http://127.0.0.1/inbound", {"Body": ["12"]}, NEW)
    assert is_genuine(url="http://127.0.0.1:8000/inbound", params={"Body": "12"}, signature=signature)


def test_repeated_parameters_are_signed_each_in_any_order():
    repeated = {"Tag": ["b", "a", "b"], "Body": ["12"]}
    signature = by_hand(URL, repeated, NEW)
    assert is_genuine(params=repeated, signature=signature)
    assert is_genuine(params={"Body": "12", "Tag": ("a", "b")}, signature=signature)
    assert not is_genuine(params={"Body": "12", "Tag": "a"}, signature=signature)


def test_a_megabyte_is_refused_before_anything_is_computed():
    huge = {"Body": "x" * 1_000_000}
    assert not is_genuine(params=huge, signature=by_hand(URL, {"Body": ["x" * 1_000_000]}, NEW))
    assert not is_genuine(params=b"x" * 1_000_000)


def test_a_json_body_is_checked_by_its_hash():
    body = b'{"status": "delivered"}'
    url = f"https://desk.example/inbound/twilio/status?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = by_hand(url, {}, NEW)
    assert is_genuine(url=url, params=body, signature=signature)
    assert not is_genuine(url=url, params=body + b" ", signature=signature)
    bare = "https://desk.example/inbound/twilio/status"
    assert not is_genuine(url=bare, params=body, signature=by_hand(bare, {}, NEW))


def test_what_we_sign_ourselves_is_what_twilio_would_sign():
    assert signatures.sign(URL, PARAMS, secret=NEW) == SIGNED
