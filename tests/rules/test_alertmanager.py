"""What other monitoring sends: a recorded webhook is read to the letter, nonsense is refused by the name of its field."""

import copy
import json
from pathlib import Path

import pytest

from astreinte.monitoring import alertmanager as shapes
from astreinte.monitoring import payloads

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "alertmanager_v4.json").read_text(encoding="utf-8"))
PLAIN = {"fingerprint": "f1", "status": "firing", "title": "Disk full"}


def changed(**more):
    return {**copy.deepcopy(RECORDED), **more}


def with_alert(**more):
    return changed(alerts=[{**RECORDED["alerts"][0], **more}])


def test_a_recorded_webhook():
    first, second, cut = shapes.parse(RECORDED)
    assert (first.fingerprint, first.firing, first.name) == ("b9a3f2c1d4e5a607", True, "InstanceDown")
    assert (first.title, first.service) == ("web1 does not answer its exporter", "node")
    assert first.places == ["web1.boulangerie.example"]
    assert first.starts_at.isoformat() == "2026-10-25T00:28:26.739266+00:00"
    assert (second.firing, second.places) == (False, ["192.0.2.20"])
    assert (cut.firing, cut.fingerprint.startswith("truncated/")) == (False, True)


def test_what_was_left_out_is_said_until_the_whole_group_is_sent():
    *_, cut = shapes.parse(changed(truncatedAlerts=7))
    assert (cut.firing, cut.name, cut.title) == (True, "InstanceDown", "InstanceDown (+7, max_alerts)")
    *_, whole = shapes.parse(RECORDED)
    assert (whole.firing, whole.fingerprint) == (False, cut.fingerprint)


def test_without_a_fingerprint_the_labels_make_one():
    alert = {name: value for name, value in RECORDED["alerts"][0].items() if name != "fingerprint"}
    first, _ = shapes.parse(changed(alerts=[alert]))
    again, _ = shapes.parse(changed(alerts=[copy.deepcopy(alert)]))
    assert len(first.fingerprint) == 64
    assert first.fingerprint == again.fingerprint


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("web1", "web1"), ("web1:9100", "web1"), ("WEB1.example.", "web1.example"), ("https://web1/x?y", "web1"),
        ("[2001:DB8::1]:9100", "2001:db8::1"), ("2001:db8:0::1", "2001:db8::1"), ("192.0.2.1:80", "192.0.2.1"),
        ("", ""), ("http://[", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_the_host_of_an_instance(text, host):
    assert shapes.host(text) == host


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ([], "body"), (None, "body"), ("x", "body"), (changed(version="3"), "version"), (changed(version=4), "version"),
        (changed(alerts={}), "alerts"), (changed(alerts=None), "alerts"), (changed(alerts=["x"]), "alerts[0]"),
        (with_alert(status="maybe"), "alerts[0].status"), (with_alert(status=[]), "alerts[0].status"),
        (with_alert(labels=[]), "alerts[0].labels"), (with_alert(labels={"a": 1}), "alerts[0].labels.a"),
        (with_alert(annotations="x"), "alerts[0].annotations"), (with_alert(fingerprint=7), "alerts[0].fingerprint"),
        (with_alert(fingerprint="x" * 201), "alerts[0].fingerprint"), (with_alert(fingerprint="a\x00"), "alerts[0].fingerprint"),
        (changed(truncatedAlerts="7"), "truncatedAlerts"), (changed(groupKey=[]), "groupKey"),
    ],
)  # fmt: skip
def test_a_wrong_webhook_is_refused_by_the_name_of_its_field(payload, field):
    with pytest.raises(payloads.Wrong) as refused:
        shapes.parse(payload)
    assert refused.value.details["field"] == field


def test_the_plain_shape():
    (heard,) = shapes.plain({**PLAIN, "server": "web1", "service": "disk", "details": {"used": 98}})
    assert (heard.fingerprint, heard.firing, heard.name, heard.title) == ("f1", True, "disk", "Disk full")
    assert (heard.places, heard.labels) == (["web1"], {"used": "98"})
    assert [one.firing for one in shapes.plain([PLAIN, {**PLAIN, "status": "resolved"}])] == [True, False]
    assert shapes.plain([]) == []


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "title"), ({**PLAIN, "title": "  "}, "title"), ({**PLAIN, "title": 7}, "title"),
        ({**PLAIN, "fingerprint": ""}, "fingerprint"), ({**PLAIN, "status": "ok"}, "status"), ({**PLAIN, "server": {}}, "server"),
        ([PLAIN, {"status": "firing"}], "[1].title"), ([PLAIN, {**PLAIN, "status": None}], "[1].status"), (7, "body"),
    ],
)  # fmt: skip
def test_a_wrong_plain_alert_is_refused_by_the_name_of_its_field(payload, field):
    with pytest.raises(payloads.Wrong) as refused:
        shapes.plain(payload)
    assert refused.value.details["field"] == field


def test_long_and_unprintable_words_are_made_fit():
    (heard,) = shapes.plain(
        {**PLAIN, "title": "\x00\ud800" + "x" * 900, "details": {f"k{n}": "\x00" for n in range(900)}}
    )
    assert len(heard.title) == 300
    assert len(heard.labels) == payloads.MOST_LABELS
    assert set(heard.labels.values()) == {""}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b'{"a": Infinity}', b"1" * 5000])
def test_what_is_not_json(body):
    with pytest.raises(payloads.NotJson):
        payloads.read(body)


@pytest.mark.parametrize("depth", [20, 900, 200_000])
def test_absurdly_deep_json(depth):
    with pytest.raises(payloads.TooDeep):
        payloads.read(b"[" * depth + b"]" * depth)
