"""DNS by datagram and over TCP, SSH with its host key pinned: against servers that speak the protocol."""

import asyncssh
import dns.message
import pytest

from astreinte.monitoring import probes
from astreinte.monitoring.probes import BadParameters
from tests import probe_servers as servers
from tests.probe_servers import AT, answered, answering, play, serving

WWW = {"name": "www.example.com"}


@pytest.fixture(scope="module", autouse=True)
def warm():
    import asyncssh  # noqa: F401 - takes a second, longer than the deadlines here

    probes.warm(probes.KINDS)


async def look(kind, port, *, private=True, deadline_s=5.0, **given):
    probe = probes.make(kind, {"host": "127.0.0.1", "port": port, **given})
    return await probes.run(probe, at=AT, allow_private=private, deadline_s=deadline_s)


def asked(reply, **given):
    async def story():
        async with answering(reply) as server:
            return await look("dns", server.port, **{**WWW, **given})

    return play(story())


@pytest.mark.parametrize(
    ("record", "answers", "expects", "up"),
    [
        ("A", ["192.0.2.10", "192.0.2.11"], (), True),
        ("A", ["192.0.2.10", "192.0.2.11"], ["192.0.2.11", "192.0.2.10"], True),
        ("A", ["192.0.2.10"], "192.0.2.66", False),
        ("AAAA", ["2001:db8::1"], "2001:DB8::1", True),
        ("MX", ["10 mx.example.com."], "10 mx.example.com", True),
        ("TXT", ['"v=spf1 -all"'], '"v=spf1 -all"', True),
        ("NS", ["ns1.example.com.", "ns2.example.com."], "ns1.example.com.", True),
    ],
)
def test_a_name_server_answers_what_is_expected_or_not(record, answers, expects, up):
    result = asked(lambda wire: answered(wire, *answers, record=record), record=record.lower(), expects=expects)
    assert (result.up, result.error, result.facts["code"]) == (up, "", "NOERROR")
    assert ("missing: 192.0.2.66" in result.summary) is not up


def test_the_serial_of_a_zone_is_a_fact():
    soa = "ns1.example.com. admin.example.com. 2026112601 3600 600 604800 60"
    assert asked(lambda wire: answered(wire, soa, record="SOA"), record="SOA").facts["serial"] == 2026112601


def with_code(code):
    def reply(wire):
        answer = dns.message.make_response(dns.message.from_wire(wire))
        answer.set_rcode(code)
        return answer.to_wire()

    return reply


@pytest.mark.parametrize(("code", "said"), [(3, "NXDOMAIN"), (2, "SERVFAIL"), (5, "REFUSED"), (0, "NOERROR")])
def test_a_name_server_that_has_no_answer_is_down_with_its_code(code, said):
    result = asked(with_code(code))
    assert (result.up, result.error, result.facts["code"]) == (False, "", said)


@pytest.mark.parametrize("noise", [b"\x00", b"x", b"nonsense", servers.NONSENSE * 3, b"\xff" * 600])
def test_a_datagram_that_is_not_dns_is_nonsense(noise):
    assert asked(lambda _wire: noise).error == "nonsense"


def test_an_answer_to_another_question_is_nonsense():
    other = dns.message.make_query("evil.example", "A").to_wire()
    assert asked(lambda _wire: answered(other, "192.0.2.66")).error == "nonsense"


def test_a_datagram_nobody_answers_is_left_at_the_deadline():
    async def story():
        async with answering(lambda _wire: None) as server:
            return await look("dns", server.port, deadline_s=0.2, **WWW), len(server.seen)

    result, datagrams = play(story())
    assert (result.error, datagrams) == ("timeout", 1)


def test_no_datagram_leaves_for_a_private_address():
    async def story():
        async with answering(lambda _wire: None) as server:
            return await look("dns", server.port, private=False, deadline_s=0.5, **WWW), server.seen

    result, datagrams = play(story())
    assert (result.error, datagrams) == ("forbidden", [])


def test_a_port_without_a_name_server_is_refused():
    assert play(look("dns", servers.closed_port(), **WWW)).error == "refused"


def test_an_answer_that_does_not_fit_is_asked_for_over_tcp():
    def truncated(wire):
        answer = dns.message.make_response(dns.message.from_wire(wire))
        answer.flags |= dns.flags.TC
        return answer.to_wire()

    async def story():
        async with serving(servers.names) as tcp, answering(truncated, port=tcp.port) as udp:
            return await look("dns", udp.port, **WWW), len(tcp.seen)

    result, connections = play(story())
    assert (result.up, result.facts["answers"], connections) == (True, "192.0.2.10", 1)


@pytest.mark.parametrize("name", ["", "a b", "a..b", "x" * 64, "http://x/", "é.example", None])
def test_a_name_that_cannot_be_asked_for_is_refused(name):
    with pytest.raises(BadParameters, match=r"dns\.name: write"):
        probes.make("dns", {"host": "ns1.example.com", "name": name})


@pytest.fixture(scope="module")
def key():
    return asyncssh.generate_private_key("ssh-ed25519")


def pinned(key, *fingerprints):
    async def story():
        server = await asyncssh.create_server(asyncssh.SSHServer, "127.0.0.1", 0, server_host_keys=[key])
        async with server:
            return await look("ssh", server.get_port(), host_keys=list(fingerprints))

    return play(story())


def test_a_host_key_that_is_expected_is_up(key):
    other = asyncssh.generate_private_key("ssh-ed25519").get_fingerprint()
    result = pinned(key, other, key.get_fingerprint())
    assert (result.up, result.facts) == (True, {"host_key": key.get_fingerprint()})


def test_another_host_key_is_down_and_shown(key):
    result = pinned(key, asyncssh.generate_private_key("ssh-ed25519").get_fingerprint())
    assert (result.up, result.error) == (False, "")
    assert result.summary == f"host key {key.get_fingerprint()} is not the expected one"


PIN = "SHA256:" + "A" * 43


@pytest.mark.parametrize(
    ("handler", "errors"),
    [
        (servers.silent, {"timeout"}),
        (servers.closes, {"closed"}),
        (servers.babbles, {"nonsense", "closed", "timeout"}),
        (servers.floods, {"nonsense", "closed", "timeout"}),
        (servers.greeter("SSH-2.0-endless", {}), {"nonsense", "closed", "timeout"}),
    ],
)
def test_a_key_that_is_never_shown_is_down_by_the_deadline(handler, errors):
    async def story():
        async with serving(handler) as server:
            return await look("ssh", server.port, host_keys=PIN, deadline_s=0.5)

    result = play(story())
    assert not result.up
    assert result.error in errors
    assert result.ms < 2000


def test_a_host_key_is_not_asked_of_a_private_address():
    async def story():
        async with serving(servers.silent) as server:
            return await look("ssh", server.port, private=False, host_keys=PIN), server.seen

    result, connections = play(story())
    assert (result.error, connections) == ("forbidden", [])


@pytest.mark.parametrize("wrong", ["SHA256:short", "MD5:aa:bb", "A" * 42, 12])
def test_a_fingerprint_that_cannot_be_one_is_refused(wrong):
    with pytest.raises(BadParameters, match=r"ssh\.host_keys: write the SHA256 fingerprint"):
        probes.make("ssh", {"host": "x.example", "host_keys": wrong})
