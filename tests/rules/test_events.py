"""PagerDuty's Events API, version 2, as its own documentation writes it; what is wrong is refused by the name of its field."""

import pytest

from astreinte.monitoring import events, payloads

EVENT = {
    "routing_key": "k",
    "event_action": "trigger",
    "dedup_key": "srv01/HTTP",
    "payload": {
        "summary": "DISK at 99% on machine prod-datapipe03.example.com",
        "timestamp": "2026-10-25T00:17:15.123+0000",
        "severity": "critical",
        "source": "prod-datapipe03.example.com",
        "component": "mysql",
        "group": "prod-datapipe",
        "class": "disk",
        "custom_details": {"free space": "1%", "load average": 0.32},
    },
    "images": [],
    "links": [{"href": "https://example.com/", "text": "graph"}],
    "client": "Sample",
}


def with_payload(**more):
    return {**EVENT, "payload": {**EVENT["payload"], **more}}


def test_a_trigger():
    event = events.parse(EVENT)
    heard = event.heard
    assert (event.dedup_key, heard.fingerprint, heard.firing, heard.name) == ("srv01/HTTP", "srv01/HTTP", True, "disk")
    assert (heard.title, heard.service) == (EVENT["payload"]["summary"], "mysql")
    assert heard.places == ["prod-datapipe03.example.com"]
    assert heard.labels == {"free space": "1%", "load average": "0.32", "severity": "critical"}
    assert events.routing_key(EVENT) == "k"


def test_a_trigger_without_a_key_is_given_one():
    first, second = (events.parse({**EVENT, "dedup_key": None}).dedup_key for _ in range(2))
    assert first
    assert first != second


def test_a_resolve_and_an_acknowledgement():
    over = events.parse({"event_action": "resolve", "dedup_key": "srv01/HTTP"})
    assert (over.heard.fingerprint, over.heard.firing) == ("srv01/HTTP", False)
    assert events.parse({"event_action": "acknowledge", "dedup_key": "srv01/HTTP"}).heard is None


@pytest.mark.parametrize("key", ["k" * 255, "é\x00"])
def test_a_key_that_does_not_fit_is_the_same_one_when_it_comes_again(key):
    begun = events.parse({**EVENT, "dedup_key": key})
    over = events.parse({"event_action": "resolve", "dedup_key": key})
    assert begun.dedup_key == key
    assert begun.heard.fingerprint == over.heard.fingerprint
    assert len(begun.heard.fingerprint) <= payloads.LONGEST["fingerprint"]


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ([], "body"), ({**EVENT, "event_action": "wake"}, "event_action"), ({**EVENT, "event_action": []}, "event_action"),
        ({"event_action": "resolve"}, "dedup_key"), ({**EVENT, "dedup_key": 7}, "dedup_key"),
        ({**EVENT, "dedup_key": "k" * 256}, "dedup_key"), ({**EVENT, "payload": None}, "payload"),
        (with_payload(summary=" "), "payload.summary"), (with_payload(source=None), "payload.source"),
        (with_payload(severity="loud"), "payload.severity"), (with_payload(component=7), "payload.component"),
    ],
)  # fmt: skip
def test_a_wrong_event_is_refused_by_the_name_of_its_field(payload, field):
    with pytest.raises(payloads.Wrong) as refused:
        events.parse(payload)
    assert refused.value.details["field"] == field


def test_an_event_that_is_nobody_s():
    with pytest.raises(payloads.Missing):
        events.routing_key({})
