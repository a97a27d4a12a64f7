"""What a server, a program or a prober elsewhere says is shown as words, wherever it is shown: every source by every place."""

import json

import feedparser
import pytest
from django.core.serializers import serialize

from astreinte.core import clock
from astreinte.core.texts import plain
from astreinte.monitoring import probes
from astreinte.monitoring.models import Alert, Check, Incident, Result
from astreinte.notifications.models import Notification
from tests.doors.hostile import ELEMENT, LARGEST, SERVER, WORDS, Page, is_only_words, opens_a_case, read_all
from tests.doors.hostile import desk as desk  # noqa: PLC0414 - a fixture
from tests.doors.programs import Program
from tests.doors.test_hostile_logs import written as written  # noqa: PLC0414 - a fixture
from tests.doors.test_inbound_sites import report, result
from tests.doors.test_inbound_sources import post
from tests.probe_servers import AT, greeter, play, serving
from tests.public import says

pytestmark = pytest.mark.django_db
LONG = WORDS + "x" * 10_000_000
# A heartbeat's words are not kept; a fact with such a subject is refused, its detail is for the staff's API; what a prober
# elsewhere saw is kept beside the desk's own looks, which are what is shown.
SHOWN_NOWHERE = {"heartbeat", "facts", "prober"}


# -- where it comes from ---------------------------------------------------------------------------------------------------


def greeted(kind, hello, **given):
    """What the probe of this kind says of a server that greets so."""

    async def story():
        async with serving(greeter(hello, {})) as server:
            probe = probes.make(kind, {"host": "127.0.0.1", "port": server.port, **given})
            return await probes.run(probe, at=AT, allow_private=True, deadline_s=2)

    return play(story())


def by_a_probe(kind, hello, **given):
    """A server that greets with these words, looked at, down."""

    def source(desk, said):
        seen = greeted(kind, hello.format(said[:60_000]), **given)
        desk.sees(desk.check, up=True)
        desk.sees(desk.check, up=False, times=3, saw=seen.summary)

    return source


def by_a_prober_elsewhere(desk, said):
    """A prober of another site that somebody took over."""
    told = [said[start : start + 200] for start in range(0, min(len(said), 1000), 200)]
    looks = [result(desk.check, number, up=False, saw=one, error="refused") for number, one in enumerate(told, 1)]
    assert report(results=looks).status_code == 200
    report(results=[result(desk.check, 8, up=False, saw=said, error="refused")])
    report(results=[result(desk.check, 9, up=False, saw="x", error=said)])
    desk.sees(desk.check, up=False, times=3)


def by_alertmanager(desk, said):
    labels = {"alertname": said, "instance": SERVER, "severity": said, "job": said}
    alert = {"status": "firing", "labels": labels, "annotations": {"summary": said, "description": said}}
    alert |= {"startsAt": desk.now.isoformat(), "fingerprint": "f1", "generatorURL": f"javascript:{said}"}
    sent = post("alertmanager/am", {"version": "4", "status": "firing", "alerts": [alert], "externalURL": said})
    assert sent.status_code < 500


def by_an_alert(desk, said):
    alert = {
        "fingerprint": "f2",
        "status": "firing",
        "title": said[:290],
        "server": SERVER,
        "labels": {"a": said, said[:50]: "b"},
    }
    assert post("alerts/other", alert).status_code < 500


def by_an_event(desk, said):
    payload = {
        "summary": said,
        "source": SERVER,
        "severity": "critical",
        "component": said,
        "custom_details": {said: said},
    }
    event = {"event_action": "trigger", "dedup_key": said[:150], "client": said, "client_url": f"javascript:{said}"}
    assert post("events/other", {**event, "payload": payload}).status_code < 500


def by_a_heartbeat(desk, said):
    for verb in ("fail", "log", "1"):
        assert post(f"heartbeat/beat/{verb}", said.encode()).status_code < 500


def by_facts(desk, said):
    facts = [
        {"kind": "disk.used_percent", "subject": said, "value": 99, "source": "provider"},
        {"kind": "disk.used_percent", "subject": "/", "value": 99, "source": "provider", "detail": said},
        {"kind": said, "subject": "/", "value": said, "source": "provider"},
        {"kind": "disk.used_percent", "subject": "/", "value": said, "source": "provider", said[:50]: 1},
    ]
    program = Program(desk, desk.chloe)
    for fact in facts:
        said_at = clock.now().isoformat()
        assert program.post(f"/servers/{SERVER}/facts", {"facts": [{**fact, "observed_at": said_at}]}).status_code < 500


SOURCES = {
    "ftp": by_a_probe("ftp", "500 {}", tls="none"),
    "smtp": by_a_probe("smtp", "554 {}", tls="none"),
    "imap": by_a_probe("imap", "* BYE {}", tls="none"),
    "pop3": by_a_probe("pop3", "-ERR {}", tls="none"),
    "ssh": by_a_probe("ssh", "SSH-1.5-{}"),
    "tcp": by_a_probe("tcp", "{}", expects="never"),
    "prober": by_a_prober_elsewhere,
    "alertmanager": by_alertmanager,
    "alert": by_an_alert,
    "event": by_an_event,
    "heartbeat": by_a_heartbeat,
    "facts": by_facts,
}
every_source = pytest.mark.parametrize("source", sorted(SOURCES))


# -- told ------------------------------------------------------------------------------------------------------------------


@every_source
def test_what_is_said_is_only_words_wherever_it_is_shown(desk, source, written):
    SOURCES[source](desk, WORDS)
    diagnosis = opens_a_case(desk)
    shown = [text for text in read_all(desk) if ELEMENT in text]
    assert shown or source in SHOWN_NOWHERE
    assert diagnosis.advice["outcome"] != "covered" or Incident.objects.exists()
    assert Notification.objects.filter(state="failed").count() == 0
    for line in written.getvalue().splitlines():
        is_only_words(line)
        assert not line or json.loads(line)


@every_source
def test_ten_megabytes_are_refused_or_cut(desk, source):
    SOURCES[source](desk, LONG)
    rows = serialize(
        "json", [*Check.objects.all(), *Result.objects.all(), *Incident.objects.all(), *Alert.objects.all()]
    )
    assert len(rows) < LARGEST


def test_what_is_said_does_not_change_the_advice(desk):
    """A prober says what it saw in words: they are read by tables, never obeyed."""

    def advised(said):
        desk.sees_once(
            desk.check, up=True, saw=plain(said, limit=200, one_line=True)
        )  # as the runner of probes gives it
        diagnosis = opens_a_case(desk)
        return diagnosis.advice["outcome"], diagnosis.advice["clauses"], diagnosis.advice["fee_proposed"]

    assert advised(WORDS) == advised("200 OK")


def test_the_files_of_the_status_page(desk, site):
    """They say what a person wrote and what our own words are: nothing that a server or a program said."""
    for source in ("alertmanager", "alert", "event", "ssh"):
        SOURCES[source](desk, WORDS)
    for incident in Incident.objects.all():
        incident.servers.add(desk.shop)
        says(desk, incident, "A switch has failed.")
    site.write()
    for name in site.names():
        text = site.html(name)
        is_only_words(text)
        if name.endswith((".html", ".htm")):
            assert Page(text).wrong == [], name
        elif name.endswith(".json"):
            json.loads(text)
        elif name.endswith((".atom", ".rss", ".xml")):
            assert not feedparser.parse(text).bozo, name
        assert ELEMENT not in text, name
