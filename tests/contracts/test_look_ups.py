"""Look-ups against real servers of this machine: DNS, RDAP and TLS, well, refusing, silent, endless, or saying nonsense."""

import asyncio
import json
import ssl
from datetime import timedelta

import dns.flags
import dns.message
import dns.rrset
import pytest

from astreinte.monitoring import lookups, probes
from astreinte.monitoring.lookups import Settings
from tests import probe_servers as servers
from tests.probe_servers import AT, answering, babbles, closed_port, drips, floods, page, play, serving, silent

NAME, OURS = "www.boulangerie.example", "192.0.2.10"
NO_PLACE = Settings()


@pytest.fixture(scope="module", autouse=True)
def warm():
    probes.warm({"dns", "http", "tls"})


async def asks(kind, *, settings=NO_PLACE, name=NAME, private=True, deadline_s=5.0, resolver=None, **more):
    asking = lookups.KINDS[kind](name=name, addresses=(OURS,), settings=settings, **more)
    return await lookups.run(asking, at=AT, allow_private=private, deadline_s=deadline_s, resolver=resolver)


# -- DNS ------------------------------------------------------------------------------------------------------------------


def zone(*, at="192.0.2.10", rcode=0, flags=0, signed=False, servers=("ns1.example.net.",)):
    """A server that is authoritative, and resolves: both are asked on one port here."""

    def reply(wire):
        question = dns.message.from_wire(wire)
        answer = dns.message.make_response(question)
        asked, record = question.question[0].name, dns.rdatatype.to_text(question.question[0].rdtype)
        name = str(asked).rstrip(".")
        if record == "NS" and name == "boulangerie.example":
            answer.answer.append(dns.rrset.from_text(asked, 60, "IN", "NS", *servers))
        elif record == "A" and name.startswith("ns"):
            answer.answer.append(dns.rrset.from_text(asked, 60, "IN", "A", "127.0.0.1"))
        elif record == "A" and at and not (rcode and not question.flags & dns.flags.CD):
            answer.answer.append(dns.rrset.from_text(asked, 300, "IN", "A", at))
        elif record == "A" and rcode:
            answer.set_rcode(rcode)
        answer.flags |= flags
        return answer.to_wire()

    return reply


def names(reply, *others, ours=("ns1.example.net",), **more):
    async def story():
        async with answering(reply) as server:
            places = [f"127.0.0.1#{server.port}"]
            async with asyncio.timeout(10):
                for other in others:
                    places.append(f"127.0.0.1#{other}")
                settings = Settings(resolvers=tuple(places), name_servers=ours)
                return await asks("dns", settings=settings, port=server.port, **more)

    return play(story())


def test_each_authoritative_server_and_each_resolver_is_told():
    found = names(zone()).found
    assert (found["zone"], found["name_servers"]) == ("boulangerie.example", ["ns1.example.net"])
    assert [(one["role"], one["said"], one["code"]) for one in found["answers"]] == [
        ("authority", [OURS], "NOERROR"),
        ("resolver", [OURS], "NOERROR"),
    ]
    assert (found["points"], found["delegation"], found["dnssec"]) == ("ours", "provider", "unsigned")
    assert found["agree"]


@pytest.mark.parametrize(
    ("reply", "points"),
    [
        (zone(at="198.51.100.7"), "elsewhere"),
        (zone(at=""), "no-record"),
        (zone(rcode=3), "nxdomain"),
        (zone(rcode=2), "servfail"),
    ],
)
def test_where_the_name_leads(reply, points):
    assert names(reply).found["points"] == points


def test_a_zone_of_somebody_else_is_a_third_partys_and_a_mixture_is_in_doubt():
    assert names(zone(), ours=("ns.ours.example",)).found["delegation"] == "third-party"
    both = ("ns1.example.net.", "ns2.example.net.")
    assert not names(zone(servers=both), ours=("ns1.example.net",)).found["delegation"]
    assert not names(zone(), ours=()).found["delegation"]


def test_what_a_resolver_that_validates_says_of_the_signature():
    assert names(zone(flags=dns.flags.AD)).found["dnssec"] == "valid"
    assert names(zone(rcode=2)).found["dnssec"] == "bogus"


def test_resolvers_that_do_not_agree_say_nothing_of_where_it_leads():
    async def story():
        async with answering(zone()) as one, answering(zone(at="198.51.100.7")) as other:
            settings = Settings(resolvers=(f"127.0.0.1#{one.port}", f"127.0.0.1#{other.port}"))
            return await asks("dns", settings=settings, port=one.port)

    found = play(story()).found
    assert (found["points"], found["agree"]) == ("", False)


def test_a_resolver_that_is_away_leaves_the_others():
    found = names(zone(), closed_port()).found
    assert [one["error"] for one in found["answers"]] == ["", "", "refused"]
    assert found["points"] == "ours"


def test_a_resolver_that_babbles_leaves_us_knowing_nothing():
    found = names(lambda _wire: servers.NONSENSE).found
    assert [one["error"] for one in found["answers"]] == ["nonsense"]
    assert (found["zone"], found["points"]) == ("", "")


def test_no_name_server_on_a_private_address_is_contacted_unless_that_is_allowed():
    """The name says where its servers are: a stranger may have written that."""

    async def story():
        async with answering(zone()) as server:
            settings = Settings(resolvers=(f"127.0.0.1#{server.port}",))
            answer = await asks("dns", settings=settings, port=server.port, private=False)
            return answer, server.seen

    answer, seen = play(story())
    assert [one["error"] for one in answer.found["answers"]] == ["forbidden"]
    assert seen == []


def test_what_a_server_says_is_cut_and_has_no_control_character():
    assert lookups.base.fit({"a": ["x\x1b[31m\u202e" * 200]})["a"][0].startswith("x[31mx[31m")
    assert len(lookups.base.fit("x" * 5000)) == lookups.base.SHOWN
    assert len(lookups.base.fit(list(range(500)))) == lookups.base.MOST


# -- the registry -----------------------------------------------------------------------------------------------------------


def record(**more):
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Registrar <b>One</b>\x1b"]]]
    return {
        "status": ["active"],
        "events": [{"eventAction": "expiration", "eventDate": "2027-02-01T00:00:00Z"}],
        "entities": [{"roles": ["registrar"], "vcardArray": card}],
        **more,
    }


def registry(*, known="boulangerie.example", status="200 OK", body=None, seen=None):
    async def handler(reader, writer):
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        if seen is not None:
            seen.append(asked)
        found = asked == f"/domain/{known}"
        writer.write(page(json.dumps(record()) if body is None else body, status if found else "404 Not Found"))
        await writer.drain()

    return handler


def registration(handler, *, name=NAME, registrar=(), **more):
    async def story():
        async with serving(handler) as server:
            settings = Settings(rdap=f"http://127.0.0.1:{server.port}", registrar=registrar)
            return await asks("rdap", settings=settings, name=name, **more)

    return play(story())


def test_the_registry_says_until_when_and_through_whom():
    seen = []
    answer = registration(registry(seen=seen))
    assert answer.error == ""
    assert answer.found == {
        "domain": "boulangerie.example",
        "state": "active",
        "ends_at": "2027-02-01T00:00:00+00:00",
        "registrar": "Registrar <b>One</b>",
        "registrar_is": "",
    }
    assert seen == ["/domain/boulangerie.example"]


def test_whose_the_registrar_is_where_the_provider_says_its_names():
    assert registration(registry(), registrar=("REGISTRAR <B>one</B>\x1b",)).found["registrar_is"] == "provider"
    assert registration(registry(), registrar=("Other",)).found["registrar_is"] == "third-party"


def test_a_domain_under_a_longer_suffix_is_found_and_one_nobody_knows_proves_nothing():
    answer = registration(registry(known="shop.co.example"), name="www.shop.co.example")
    assert answer.found["domain"] == "shop.co.example"
    nobody = registration(registry(known="other.example"))
    assert (nobody.error, nobody.found["state"], nobody.found["domain"]) == ("", "", "")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"status": ["redemption period"]}, "redemption"),
        ({"status": ["client hold", "active"]}, "hold"),
        ({"status": ["pending transfer"]}, "transfer-pending"),
        ({"events": [{"eventAction": "expiration", "eventDate": "2026-01-01T00:00:00Z"}]}, "expired"),
        ({"status": 7, "events": "x", "entities": [None]}, ""),
    ],
)
def test_the_states_of_a_registration(said, state):
    assert registration(registry(body=json.dumps(record(**said)))).found["state"] == state


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (registry(body="<html>"), "nonsense"),
        (registry(body="[1]"), "nonsense"),
        (registry(body="[" * 100_000), "nonsense"),
        (registry(status="500 Oops"), "nonsense"),
        (registry(status="429 Too Many Requests"), "refused"),
        (babbles, "nonsense"),
    ],
)
def test_a_registry_that_refuses_or_says_nonsense(handler, error):
    answer = registration(handler)
    assert (answer.error, answer.found, answer.defect) == (error, {}, None)


@pytest.mark.parametrize("handler", [silent, drips, floods])
def test_a_registry_that_never_ends_is_left(handler):
    assert registration(handler, deadline_s=0.3).error in {"timeout", "nonsense"}


def test_a_registry_on_a_private_address_is_not_asked_unless_that_is_allowed():
    seen = []
    assert registration(registry(seen=seen), private=False).error == "forbidden"
    assert seen == []


def test_the_bootstrap_says_whom_to_ask_of_a_top_level_domain():
    services = {"services": [[["Example", "test"], ["http://plain.example/", "https://rdap.example/"]], "junk", [1]]}
    assert list(lookups.registry._bases(services, "test")) == ["https://rdap.example/"]
    assert list(lookups.registry._bases(services, "org")) == []

    async def story():
        async with serving(lambda r, w: _said(r, w, json.dumps(services))) as server:
            settings = Settings(rdap=f"http://127.0.0.1:{server.port}/dns.json")
            return await asks("rdap", settings=settings, name="www.boulangerie.org")

    assert play(story()).found["domain"] == ""


async def _said(reader, writer, body):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(page(body))
    await writer.drain()


# -- the certificate --------------------------------------------------------------------------------------------------------


async def to_us(_host, _port):
    return ["127.0.0.1"]


def certificate(folder, *, days=90.0, handler=silent, private=True):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(servers.certificate(folder, days=days))

    async def story():
        async with serving(handler, tls=context) as server:
            return await asks("tls", name="localhost", port=server.port, resolver=to_us, private=private)

    return play(story())


def test_a_certificate_says_who_issued_it_for_whom_and_until_when(tmp_path):
    answer = certificate(tmp_path)
    assert (answer.error, answer.found["issuer"], answer.found["names"]) == ("", "localhost", ["localhost"])
    assert answer.found["days_left"] == pytest.approx(90, abs=0.1)
    assert "self" in answer.found["refused"].replace("-", " ")


def test_one_that_has_expired_still_says_since_when(tmp_path):
    found = certificate(tmp_path, days=-3).found
    assert found["days_left"] == pytest.approx(-3, abs=0.1)
    assert found["ends_at"].startswith((AT - timedelta(days=3)).date().isoformat())


def test_what_is_not_tls_or_not_there_is_an_error():
    async def story():
        async with serving(babbles) as server:
            spoken = await asks("tls", name="localhost", port=server.port, resolver=to_us)
        return spoken, await asks("tls", name="localhost", port=closed_port(), resolver=to_us)

    spoken, nobody = play(story())
    assert (spoken.error, nobody.error) == ("tls", "refused")


def test_a_site_on_a_private_address_is_not_contacted_unless_that_is_allowed(tmp_path):
    assert certificate(tmp_path, private=False).error == "forbidden"


# -- the network of whoever asks ---------------------------------------------------------------------------------------------


def network(reply, address="203.0.113.7"):
    async def story():
        async with answering(reply) as server:
            settings = Settings(resolvers=(f"127.0.0.1#{server.port}",), networks="origin.asn.example")
            return await asks("asn", settings=settings, name=address)

    return play(story())


def test_the_network_of_an_address_is_read_from_a_zone():
    answer = network(lambda wire: servers.answered(wire, '"64500 | 203.0.113.0/24 | FR"', record="TXT"))
    assert (answer.error, answer.found) == ("", {"asn": 64500})
    assert network(lambda wire: servers.answered(wire, '"<b> | x"', record="TXT")).found == {"asn": 0}
    assert network(lambda _wire: servers.NONSENSE).found == {"asn": 0}


def test_the_question_about_a_network():
    ask = lookups.networks.question
    assert ask("203.0.113.7", "origin.asn.example") == "7.113.0.203.origin.asn.example"
    assert ask("2001:db8::1", "origin.asn.example").endswith(".8.b.d.0.1.0.0.2.origin6.asn.example")
