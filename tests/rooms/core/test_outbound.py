"""The only way out refuses hostile addresses, follows nothing, and ends by its deadline."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from astreinte.core import addresses, outbound
from astreinte.core.outbound import Client, OutboundFailed, OutboundRefused

HOSTILE = [
    "127.0.0.1",
    "127.1",
    "0.0.0.0",  # noqa: S104
    "0",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "017700000001",
    "0x7f.1",
    "127.0.0.1.",
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.2.10",
    "198.51.100.7",
    "203.0.113.9",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.192",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:8.8.8.8]",
    "[::ffff:a00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::808:808]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2002:808:808::]",
    "[2001:0:808:808::]",
    "[2001:db8::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[ff02::1]",
    "[fec0::1]",
    "[100::1]",
    "[3fff::1]",
    "localhost",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
    "127.0.0.1:80",
    "①②⑦.⓪.⓪.①",
]

NOT_ADDRESSES = [
    "ftp://198.41.0.4/", "file:///etc/passwd", "gopher://198.41.0.4/", "//198.41.0.4/", "http://", "", "http:///x",
    "http://198.41.0.4:99999/", "javascript:alert(1)", "http://exa mple/", "http://[::1", "unix:///run/x.sock",
]  # fmt: skip


@contextmanager
def listener(answer=None):
    """A server on a free port; counts the connections it sees and hands each to `answer`."""
    server = socket.create_server(("127.0.0.1", 0))
    seen = []

    def talk(connection):
        with suppress(OSError):  # the other side hangs up, or the test is over
            answer(connection)

    def serve():
        while True:
            try:
                connection, _peer = server.accept()
            except OSError:
                return
            seen.append(connection)
            if answer:
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], seen
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()
        for connection in seen:
            connection.close()


def says(text):
    def answer(connection):
        connection.recv(65536)
        connection.sendall(text)

    return answer


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize("host", HOSTILE)
def test_a_hostile_address_is_refused_and_nothing_connects(host):
    with listener(says(OK)) as (port, seen):
        url = f"http://{host}/" if host.endswith(":80") else f"http://{host}:{port}/"
        with pytest.raises((OutboundRefused, OutboundFailed)) as caught:
            outbound.get(url, allow_private=False, deadline_s=2)
    assert seen == []
    # Some spellings are not names at all for this machine's resolver: they fail instead, and lead nowhere either.
    assert isinstance(caught.value, OutboundRefused) or "ConnectError" in caught.value.reason


@pytest.mark.parametrize("url", NOT_ADDRESSES)
def test_what_is_not_an_http_address_is_refused(url):
    with pytest.raises(OutboundRefused):
        outbound.get(url, allow_private=True, deadline_s=2)


@pytest.mark.parametrize("host", ["169.254.169.254", "224.0.0.1", "0.0.0.0", "fe80::1%eth0", "::ffff:169.254.169.254"])  # noqa: S104
def test_metadata_and_multicast_are_refused_even_where_private_addresses_are_allowed(host):
    with pytest.raises(OutboundRefused):
        addresses.check(host, allow_private=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.0.0.1", "192.0.2.10", "fd12::1", "::ffff:10.0.0.1"])
def test_private_addresses_are_for_those_who_were_allowed(host):
    addresses.check(host, allow_private=True)
    with pytest.raises(OutboundRefused):
        addresses.check(host, allow_private=False)


@pytest.mark.parametrize("host", ["8.8.8.8", "198.41.0.4", "2606:4700::1111", "2a01:4f8::1"])
def test_public_addresses_pass(host):
    addresses.check(host, allow_private=False)


def test_one_private_address_among_the_answers_refuses_the_name():
    client = Client(allow_private=False, resolver=lambda _host, _port: ["198.41.0.4", "::1"])
    with pytest.raises(OutboundRefused):
        client.request("GET", "http://mixed.example/", deadline_s=2)


def test_a_name_that_changes_its_answer_is_resolved_once_and_the_checked_address_is_used():
    asked = []

    def rebinding(host, _port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with listener(says(OK)) as (port, seen):
        client = Client(allow_private=True, resolver=rebinding)
        assert client.request("GET", f"http://rebinding.example:{port}/", deadline_s=5).text == "ok"
        client.close()
    assert asked == ["rebinding.example"]
    assert len(seen) == 1


def test_the_name_is_kept_in_the_host_header():
    received = []

    def answer(connection):
        received.append(connection.recv(65536))
        connection.sendall(OK)

    with listener(answer) as (port, _seen):
        client = Client(allow_private=True, resolver=lambda _host, _port: ["127.0.0.1"])
        client.request("GET", f"http://kept.example:{port}/", deadline_s=5)
        client.close()
    assert f"Host: kept.example:{port}".encode() in received[0]


def test_a_redirect_is_an_answer_and_is_not_followed():
    with listener() as (inner, reached):
        there = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inner}/\r\nContent-Length: 0\r\n\r\n".encode()
        with listener(says(there)) as (port, _seen):
            assert outbound.get(f"http://127.0.0.1:{port}/", allow_private=True).status == 302
        assert reached == []


def test_a_huge_answer_is_cut():
    def answer(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        try:
            for _ in range(1000):
                connection.sendall(b"x" * 65536)
        except OSError:
            connection.close()

    with listener(answer) as (port, _seen), pytest.raises(OutboundFailed, match="larger than 1000 bytes"):
        outbound.get(f"http://127.0.0.1:{port}/", allow_private=True, max_bytes=1000)


def drips(start):
    def answer(connection):
        connection.recv(65536)
        stop = threading.Event()
        try:
            connection.sendall(start)
            while not stop.wait(0.02):
                connection.sendall(b"x")
        except OSError:
            connection.close()

    return answer


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"])
def test_a_server_that_drips_is_left_at_the_deadline(start):
    with listener(drips(start)) as (port, _seen):
        began = time.monotonic()
        with pytest.raises(OutboundFailed) as caught:
            outbound.get(f"http://127.0.0.1:{port}/", allow_private=True, deadline_s=0.3)
    assert caught.value.timed_out
    assert time.monotonic() - began < 2


def test_a_silent_server_is_left_at_the_deadline():
    with listener() as (port, _seen), pytest.raises(OutboundFailed) as caught:
        outbound.post(f"http://127.0.0.1:{port}/", allow_private=True, deadline_s=0.2, json={})
    assert caught.value.timed_out


def test_a_slow_resolver_is_left_at_the_deadline():
    never = threading.Event()

    def slow(_host, _port):
        never.wait(5)
        return ["127.0.0.1"]

    client = Client(allow_private=True, resolver=slow)
    with pytest.raises(OutboundFailed) as caught:
        client.request("GET", "http://slow.example/", deadline_s=0.2)
    never.set()
    assert caught.value.timed_out


def test_a_compressed_answer_is_not_unpacked():
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    with listener(says(packed)) as (port, _seen):
        assert len(outbound.get(f"http://127.0.0.1:{port}/", allow_private=True).text) == 4


def test_a_connection_that_one_rule_opened_is_never_used_by_the_other():
    with listener(says(OK)) as (port, seen):
        outbound.get(f"http://127.0.0.1:{port}/", allow_private=True)
        with pytest.raises(OutboundRefused):
            outbound.get(f"http://127.0.0.1:{port}/", allow_private=False)
    assert len(seen) == 1


@pytest.mark.parametrize("header", ["a\r\nX-Evil: 1", "a\nb"])
def test_a_header_that_would_start_a_second_line_is_refused(header):
    with listener(says(OK)) as (port, _seen), pytest.raises(OutboundRefused):
        outbound.get(f"http://127.0.0.1:{port}/", allow_private=True, headers={"X-Name": header})


def test_the_reason_names_the_host_and_no_secret():
    with pytest.raises(OutboundFailed) as caught:
        outbound.get("http://user:s3cret@127.0.0.1:9/tok3n?key=s3cret", allow_private=True)
    assert caught.value.reason == "127.0.0.1: ConnectError"
    assert "s3cret" not in str(caught.value)
