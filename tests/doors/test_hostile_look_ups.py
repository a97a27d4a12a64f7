"""What certificates, name servers, registries, the provider's panel and its Prometheus answer is shown as words, as all the rest."""

import json

import dns.message
import dns.name
import dns.rrset
import pytest
from django.test import override_settings
from dns.rdtypes.ANY.TXT import TXT

from astreinte.core import clock
from astreinte.flows import just_me, read_metrics
from astreinte.monitoring import probes
from astreinte.monitoring.lookups import Settings
from astreinte.notifications.models import Notification
from astreinte.tickets import asking
from astreinte.tickets.rules.metrics import promql, table
from tests import hooks
from tests import probe_servers as servers
from tests.contracts.test_look_ups import asks as looks_up
from tests.contracts.test_look_ups import record, registry, to_us
from tests.contracts.test_prometheus_source import says as prometheus_says
from tests.doors.hostile import ELEMENT, SERVER, WORDS, is_only_words, opens_a_case, read_all
from tests.doors.hostile import desk as desk  # noqa: PLC0414 - a fixture
from tests.doors.programs import Program
from tests.doors.test_hostile_logs import written as written  # noqa: PLC0414 - a fixture
from tests.looked_up import ANSWER, HERE, SHOWN, asks, finds, lifting, settle
from tests.probe_servers import AT, answering, page, play, serving, silent, site

pytestmark = pytest.mark.django_db
RESOLVER = "127.0.0.1"
LABEL = 60  # bytes of a name between two dots, at most
# A resolver shows addresses, never a text, and a registry that dates by words has no date; of the network there is its number;
# a certificate's dates are what a probe tells; what a panel answers to a webhook is for its history.
SHOWN_NOWHERE = {"dns-texts", "network", "rdap-dates", "tls-probe", "unban", "unban-refused"}


# -- where it comes from ---------------------------------------------------------------------------------------------------


def known(desk, **found):
    """Somebody asks whether it is up for everyone, and this is what was looked up."""
    settle(
        desk,
        look_ups={
            "resolvers": ["192.0.2.53"],
            "rdap": "https://rdap.example",
            "name_servers": ["ns.ours.example"],
            "registrar": ["Ours"],
        },
    )
    asks(desk)
    finds(desk, **{"dns": ANSWER, "tls": SHOWN, "rdap": "timeout", "asn": "timeout", **found})


def shown_by(folder, said):
    """A certificate whose every name is these words."""
    also = said.encode("ascii", "ignore").decode()
    return servers.tls_of(servers.certificate(folder, at=clock.now(), who=said, also=also))


def by_a_certificate(desk, said, folder):
    context = shown_by(folder, said)

    async def story():
        async with serving(silent, tls=context) as server:
            return await looks_up("tls", name="localhost", port=server.port, resolver=to_us)

    answer = play(story())
    assert ELEMENT in answer.found["issuer"]
    assert any(ELEMENT in one for one in answer.found["names"])
    known(desk, tls=answer.found)


def by_a_probe_of_the_certificate(desk, said, folder):
    context = shown_by(folder, said)

    async def story():
        async with serving(silent, tls=context) as server:
            probe = probes.make("tls", {"host": "127.0.0.1", "port": server.port, "server_name": "www.example.org"})
            return await probes.run(probe, at=AT, allow_private=True, deadline_s=2)

    seen = play(story())
    assert not seen.up
    down(desk, seen.summary)


def labels(said):
    """A name of these words, as it goes over the wire: any byte is allowed between two dots."""
    raw = said.encode()[: 3 * LABEL]
    return dns.name.Name([*(raw[start : start + LABEL] for start in range(0, len(raw), LABEL)), b"example", b""])


def zone(said):
    """A name server whose own name, aliases and texts are these words."""
    hostile = labels(said)

    def reply(wire):
        answer = dns.message.make_response(dns.message.from_wire(wire))
        asked, kind = answer.question[0].name, dns.rdatatype.to_text(answer.question[0].rdtype)
        if kind == "NS" and str(asked) == "boulangerie.example.":
            answer.answer.append(dns.rrset.from_text(asked, 60, "IN", "NS", hostile.to_text()))
        elif kind == "A" and asked == hostile:
            answer.answer.append(dns.rrset.from_text(asked, 60, "IN", "A", RESOLVER))
        elif kind in {"A", "AAAA"}:
            answer.answer.append(dns.rrset.from_text(asked, 60, "IN", "CNAME", hostile.to_text()))
            answer.answer.append(dns.rrset.from_rdata(hostile, 60, texts(said)))
        elif kind == "TXT":
            answer.answer.append(dns.rrset.from_rdata(asked, 60, texts(said)))
        return answer.to_wire()

    return reply


def texts(said):
    return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, [said.encode()[:250], said.encode()[250:500]])


def resolved(kind, said, **more):
    async def story():
        async with answering(zone(said)) as server:
            settings = Settings(
                resolvers=(f"{RESOLVER}#{server.port}",), name_servers=("ns.ours.example",), networks="asn.example"
            )
            port = {"port": server.port} if kind == "dns" else {}
            return await looks_up(kind, settings=settings, **port, **more)

    answer = play(story())
    assert answer.defect is None
    return answer.found


def by_name_servers(desk, said, _folder):
    found = resolved("dns", said)
    assert any(ELEMENT in one for one in found["name_servers"])
    known(desk, dns=found)


def by_texts_and_aliases(desk, said, _folder):
    """No server of its own: what it answers for the addresses of the name."""
    found = resolved("dns", said, name="www.elsewhere.example")
    known(desk, dns=found)


def by_the_network(desk, said, _folder):
    settle(desk, look_ups={"resolvers": ["192.0.2.53"], "networks": "asn.example"})
    asks(desk, address="9.9.9.9")
    finds(desk, tls=SHOWN, dns=ANSWER, asn=resolved("asn", said, name="9.9.9.9"))


def by_a_registry(desk, said, _folder):
    card = ["vcard", [["fn", {"x": said}, "text", said], ["org", {}, "text", said]]]
    wrong = record(
        status=["active", said], entities=[{"roles": ["registrar", said], "vcardArray": card, "handle": said}]
    )
    wrong |= {"ldhName": said, "notices": [{"title": said, "links": [{"href": f"javascript:{said}"}]}], said: said}

    async def story():
        async with serving(registry(body=json.dumps(wrong))) as server:
            settings = Settings(rdap=f"http://127.0.0.1:{server.port}", registrar=("Ours",))
            return await looks_up("rdap", settings=settings)

    answer = play(story())
    assert ELEMENT in answer.found["registrar"]
    known(desk, rdap=answer.found)


def by_a_registry_that_dates(desk, said, _folder):
    """What should be an instant, a list or an object is these words."""

    async def story(body):
        async with serving(registry(body=body)) as server:
            return await looks_up("rdap", settings=Settings(rdap=f"http://127.0.0.1:{server.port}"))

    ends = [{"eventAction": "expiration", "eventDate": said}]
    known(desk, rdap=play(story(json.dumps(record(events=ends)))).found)
    assert play(story(json.dumps(said))).error == play(story(said)).error == "nonsense"


def down(desk, summary):
    desk.sees(desk.check, up=True)
    desk.sees(desk.check, up=False, times=3, saw=summary)


def by_the_panel(desk, said, _folder):
    """What was requested, and what the server has: both are words of other systems."""
    asked = {"requested": said, "applied": f"{said} else", "requested_at": "2026-11-25T00:00:00Z"}

    async def story():
        async with serving(site({"/panel": page(json.dumps(asked))})) as server:
            probe = probes.make("change-applied", {"panel_url": f"http://127.0.0.1:{server.port}/panel"})
            return await probes.run(probe, at=AT, allow_private=True, deadline_s=2)

    seen = play(story())
    assert not seen.up
    assert ELEMENT in seen.summary
    down(desk, seen.summary)


def by_a_ban(desk, said, _folder):
    """The panel names the address of whoever reads, and why in its own words."""
    asks(desk)
    program = Program(desk, desk.chloe)
    ban = {
        "kind": "firewall.ban",
        "value": "login-failures",
        "source": "provider",
        "observed_at": clock.now().isoformat(),
    }
    for more in ({"subject": HERE, "detail": said}, {"subject": said}, {"value": said}, {"detail": f"{HERE} {said}"}):
        assert program.post(f"/servers/{SERVER}/facts", {"facts": [{**ban, **more}]}).status_code < 500


def by_the_panel_that_lifts(status):
    def source(desk, said, folder):
        by_a_ban(desk, "sshd", folder)
        with override_settings(PROBE_ALLOW_PRIVATE=True), hooks.hook() as panel:
            panel.answer, panel.status = said, status
            lifting(desk, url=panel.url)
            just_me.lift(asks(desk), by=desk.jeanne, at=desk.now)
            desk.pager_ticks()
            sent = panel.heard.get_nowait().json
        assert sent["data"]["address"] == HERE
        Notification.objects.filter(kind="lift_ban").update(
            state="delivered"
        )  # it says what it says: that is not asked here

    return source


def by_prometheus(desk, said, _folder):
    """Every label it has, its warnings and its own error."""
    settle(desk, monitoring={"prometheus": {"url": "http://prometheus.example:9090"}})
    read_metrics.wanted(desk.web1, at=desk.now)
    (reading,) = read_metrics.claimed(at=desk.now, limit=8)
    labelled = {"mountpoint": "/", "device": said, "job": said, "instance": said, said: said, promql.PART: promql.VALUE}
    other = {"mountpoint": said, promql.PART: promql.VALUE}
    at = clock.now().timestamp()
    rows = [(labelled, "99.5"), (other, "99.4"), ({promql.PART: promql.SEEN}, str(at)), ({promql.PART: said}, "1")]
    result = [{"metric": metric, "value": [at, number]} for metric, number in rows]
    body = {"status": "success", "data": {"resultType": "vector", "result": result}, "warnings": [said], "error": said}

    async def story():
        async with serving(prometheus_says(json.dumps(body))) as server:
            there = asking.Prometheus(
                url=f"http://127.0.0.1:{server.port}/", matchers='instance=~"x"', allow_private=True
            )
            return await asking.ask(there, [table.shipped()["disk"]], deadline_s=2)

    told = play(story())
    assert any(ELEMENT in one.get("detail", "") for one in told.facts)
    read_metrics.heard(reading.pk, told, at=desk.now)


SOURCES = {
    "tls": by_a_certificate,
    "tls-probe": by_a_probe_of_the_certificate,
    "dns": by_name_servers,
    "dns-texts": by_texts_and_aliases,
    "network": by_the_network,
    "rdap": by_a_registry,
    "rdap-dates": by_a_registry_that_dates,
    "change-applied": by_the_panel,
    "ban": by_a_ban,
    "unban": by_the_panel_that_lifts(200),
    "unban-refused": by_the_panel_that_lifts(500),
    "prometheus": by_prometheus,
}


# -- told ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_what_is_looked_up_is_only_words_wherever_it_is_shown(desk, source, written, tmp_path):
    SOURCES[source](desk, WORDS, tmp_path)
    opens_a_case(desk)
    shown = [text for text in read_all(desk) if ELEMENT in text]
    assert shown or source in SHOWN_NOWHERE
    assert Notification.objects.filter(state="failed").count() == 0
    for line in written.getvalue().splitlines():
        is_only_words(line)
        assert not line or json.loads(line)
