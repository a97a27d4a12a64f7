"""What each probe looks at besides: statuses, redirects, floods, certificates, TLS on the way, host keys, records."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from astreinte.core import lines
from astreinte.monitoring import probes
from astreinte.monitoring.probes import BadParameters, Look, Probe
from astreinte.monitoring.probes.base import param
from tests import probe_servers as servers
from tests.probe_servers import AT, page, play, redirect, serving, site, tls_of
from tests.rooms.core.test_outbound import HOSTILE

SECRETS = {"user": "monitor", "password": "p4ss/w0rd&é", "headers": {"X-Token": "t0ken-of-the-header"}}


@pytest.fixture(scope="module", autouse=True)
def warm():
    import asyncssh  # noqa: F401 - takes a second, longer than the deadlines here

    probes.warm(probes.KINDS)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return servers.certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate, monkeypatch):
    """For this test, this machine trusts the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    lines.tls_context.cache_clear()
    yield certificate
    monkeypatch.undo()
    lines.tls_context.cache_clear()


async def look(kind, given, *, private=True, deadline_s=5.0, resolver=None):
    probe = probes.make(kind, given)
    return await probes.run(probe, at=AT, allow_private=private, deadline_s=deadline_s, resolver=resolver)


def seen(kind, handler, *, tls=None, deadline_s=5.0, encryption=None, **given):
    async def story():
        async with serving(handler, tls=tls) as server:
            where = {"host": "127.0.0.1", "port": server.port, **({} if encryption is None else {"tls": encryption})}
            return await look(kind, {**where, **given}, deadline_s=deadline_s)

    return play(story())


def browsed(pages, *, path="/", tls=None, deadline_s=5.0, **given):
    handler = site(pages) if isinstance(pages, dict) else pages

    async def story():
        async with serving(handler, tls=tls) as server:
            url = f"http{'s' if tls else ''}://127.0.0.1:{server.port}{path}"
            return await look("http", {"url": url, **given}, deadline_s=deadline_s)

    return play(story())


@pytest.mark.parametrize(
    ("status", "expected", "up"),
    [
        ("200 OK", "200-399", True),
        ("404 Not Found", "200-399", False),
        ("404 Not Found", "200-299, 404", True),
        ("503 Busy", [200, 503], True),
        ("204 Nothing", 200, False),
        ("500 Broken", "200-399", False),
    ],
)
def test_a_status_is_expected_or_not(status, expected, up):
    result = browsed({"/": page("", status)}, status=expected)
    assert (result.up, result.error, result.facts["status"]) == (up, "", int(status[:3]))
    assert status[:3] in result.summary


@pytest.mark.parametrize("wrong", ["", "abc", "20", "200-", "2xx", "200;300", None, 99, "1000"])
def test_a_status_that_cannot_be_read_is_refused(wrong):
    with pytest.raises(BadParameters, match=r"http\.status: write statuses"):
        probes.make("http", {"url": "http://x.example/", "status": wrong})


@pytest.mark.parametrize(("text", "up"), [("en ligne", True), ("hors ligne", False), ("é", True)])
def test_a_text_is_looked_for_in_the_page(text, up):
    assert browsed({"/": page("<p>Déjà en ligne")}, contains=text).up is up


@pytest.mark.parametrize("charset", ["iso-8859-1", "idna", "hex", "nothing-known", ""])
def test_a_page_in_any_charset_is_read(charset):
    answer = page("en ligne", "200 OK", f"Content-Type: text/html; charset={charset}")
    assert browsed({"/": answer}, contains="en ligne").up


def test_a_redirect_is_followed_refused_or_judged_as_it_is():
    pages = {"/": redirect("/a"), "/a": redirect("b?x=1"), "/b?x=1": page("arrived")}
    followed = browsed(pages, contains="arrived")
    assert (followed.up, followed.facts["redirects"]) == (True, 2)
    refused = browsed(pages, redirects="refuse")
    assert (refused.up, refused.summary) == (False, "HTTP 302: it redirects")
    assert browsed(pages, redirects="answer", status=302).up
    assert not browsed(pages, redirects="answer", status=200).up


@pytest.mark.parametrize("where", ["/", "//[", "ftp://127.0.0.1/", "file:///etc/passwd", "", "javascript:alert(1)"])
def test_a_redirect_that_leads_nowhere_is_nonsense(where):
    result = browsed({"/": redirect(where)})
    assert (result.up, result.error) == (False, "nonsense")


@pytest.mark.parametrize("private", ["127.0.0.1", "localhost", "[::1]", "2130706433", "127.1", "[::ffff:127.0.0.1]"])
def test_a_redirect_to_a_private_address_is_refused(private):
    """The first server is on a public address as far as the product knows: only the second hop is private."""

    async def story():
        async with (
            serving(servers.silent) as hidden,
            serving(site({"/": redirect(f"http://{private}:{hidden.port}/")})) as front,
        ):
            return await first_hop_allowed(front.port), hidden.seen

    result, connections = play(story())
    assert (result.up, result.error, connections) == (False, "forbidden", [])


async def first_hop_allowed(port):
    """Private addresses are refused from the second connection on."""

    class Turns(probes.http.Http):
        async def _page(self, url):
            with lines.allowing(private=["127.0.0.1"] if url == self.url else []):
                return await super()._page(url)

    return await probes.run(Turns(url=f"http://127.0.0.1:{port}/"), at=AT, allow_private=True, deadline_s=2)


@pytest.mark.parametrize("host", HOSTILE)
def test_no_way_to_write_a_private_address_opens_a_socket(host):
    """A sentence to whoever writes it, or a refusal when it is resolved; where it is no name, no address."""

    async def story(kind, given):
        try:
            return (await look(kind, given, private=False, deadline_s=5)).error
        except BadParameters:
            return "refused with a sentence"

    refusals = {"forbidden", "unresolved", "refused with a sentence"}
    assert play(story("http", {"url": f"http://{host}/"})) in refusals
    assert play(story("tcp", {"host": host, "port": 80})) in refusals


def test_what_is_secret_is_not_carried_to_where_a_redirect_leads():
    heard, elsewhere = [], []

    async def story():
        async with serving(site({"/": page()}, heard=elsewhere)) as other:
            pages = {"/": redirect("/again"), "/again": redirect(f"http://127.0.0.1:{other.port}/")}
            async with serving(site(pages, heard=heard)) as server:
                return await look("http", {"url": f"http://127.0.0.1:{server.port}/", **SECRETS})

    assert play(story()).up
    assert ["Authorization: Basic" in one and "t0ken" in one for one in heard] == [True, True]
    assert ["Authorization" in one or "t0ken" in one for one in elsewhere] == [False]


def test_a_body_of_ten_gigabytes_is_left_after_its_start():
    async def endless(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        while True:
            writer.write(b"well " * 10_000)
            await writer.drain()

    result = browsed(endless, contains="well")
    assert (result.up, result.facts["bytes"]) == (True, 256 * 1024)


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
)
def test_a_page_that_drips_is_left_at_the_deadline(start):
    async def slow(reader, writer):
        writer.write(start)
        await servers.drips(reader, writer)

    result = browsed(slow, deadline_s=0.3)
    assert (result.up, result.error) == (False, "timeout")
    assert result.ms < 2000


def test_a_page_that_is_cut_is_closed_and_a_bomb_is_not_unpacked():
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"
    assert browsed({"/": cut}).error == "closed"
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    assert browsed({"/": packed}).facts["bytes"] == 4


def test_headers_without_end_are_nonsense():
    async def endless(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        await servers.floods(reader, writer)

    assert browsed(endless).error == "nonsense"


def test_a_server_that_says_our_secrets_back_is_shown_without_them():
    @dataclass(frozen=True, kw_only=True)
    class Echo(Probe):
        kind: ClassVar[str] = "echo"
        password: str = param(label="Password", check=str, secret=True)

        async def look(self):
            said = "A\x00" + self.password[:3] + "\x1b" + self.password[3:] + " and " * 38 + self.password
            return Look(up=False, summary=said, facts={"said": self.password, "times": 2})

    result = play(probes.run(Echo(password="p4ssw0rd"), at=AT, allow_private=False))
    assert "p4ss" not in repr(result)
    assert result.facts == {"said": "***", "times": 2}
    assert len(result.summary) <= 200


@pytest.mark.parametrize(
    "broken", [KeyError("x"), RuntimeError("x"), OSError(24, "Too many open files"), ValueError("x")]
)
def test_a_defect_is_a_result_and_never_raised(broken):
    class Broken(Probe):
        kind: ClassVar[str] = "broken"

        async def look(self):
            raise broken

    result = play(probes.run(Broken(), at=AT, allow_private=True))
    assert (result.up, result.error, result.defect) == (False, "failed", broken)
    assert result.summary == f"The check itself is broken: {type(broken).__name__}"


@pytest.mark.parametrize("given", [{}, {"redirects": "answer"}])
def test_a_certificate_nobody_signed_is_refused_unless_it_is_not_checked(certificate, given):
    result = browsed({"/": page()}, tls=tls_of(certificate), **given)
    assert (result.up, result.error, result.summary) == (False, "tls", "self-signed certificate")
    assert browsed({"/": page()}, tls=tls_of(certificate), verify=False, **given).up


def test_a_certificate_that_is_trusted_is_up(trusted):
    assert browsed({"/": page()}, tls=tls_of(trusted)).up
    assert seen("tls", servers.silent, tls=tls_of(trusted)).up
    other = seen("tls", servers.silent, tls=tls_of(trusted), server_name="other.example")
    assert (other.up, other.error) == (False, "tls")
    assert "other.example" in other.summary


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"password": "x"}, "a password needs its user"),
        ({"user": "a:b"}, "a user has no colon"),
        ({"url": "http://u:s3cret@x.example/"}, "without name and password"),
        ({"url": "ftp://x.example/"}, "write an http or https address"),
        ({"url": "http://x.example:99999/"}, "write an http or https address"),
        ({"headers": {"X Y": "1"}}, "a header's name"),
        ({"headers": {"X-Y": "1\r\nX-Evil: 2"}}, "one-line texts"),
        ({"headers": "X-Y: 1"}, "write a mapping"),
        ({"headers": {"Content-Length": "4"}}, "written by the check itself"),
        ({"redirects": "maybe"}, "write one of follow, refuse, answer"),
        ({"verify": "perhaps"}, "write true or false"),
    ],
)
def test_what_is_wrong_for_a_page_is_refused_and_no_secret_is_repeated(given, message):
    with pytest.raises(BadParameters, match=message) as caught:
        probes.make("http", {"url": "http://x.example/", **given})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("days", "given", "up", "warning", "said"),
    [
        (90, {}, True, False, "expires in 90 days"),
        (10, {}, True, True, "expires in 10 days"),
        (10, {"warn_days": 5}, True, False, "expires in 10 days"),
        (10, {"days": 11}, False, True, "expires in 10 days"),
        (-1, {}, False, True, "expired on 2026-11-25"),
    ],
)
def test_the_days_of_a_certificate_are_counted(tmp_path, days, given, up, warning, said):
    tls = tls_of(servers.certificate(tmp_path, days=days))
    result = seen("tls", servers.silent, tls=tls, verify=False, **given)
    assert (result.up, result.facts["warning"], result.facts["days_left"]) == (up, warning, days)
    assert said in result.summary


def test_a_certificate_of_tomorrow_is_not_valid_yet(tmp_path):
    tls = tls_of(servers.certificate(tmp_path, days=9000, at=AT + timedelta(days=3651)))
    assert seen("tls", servers.silent, tls=tls, verify=False).summary == "the certificate is not valid yet"


GREETERS = {
    "imap": ("* OK hi", {"a1 STARTTLS": "* CAPABILITY x\r\na1 OK go", "a2": "* BYE"}, "a1 STARTTLS"),
    "pop3": ("+OK hi", {"STLS": "+OK go"}, "STLS"),
    "ftp": ("220 hi", {"AUTH TLS": "234 go"}, "AUTH TLS"),
    "smtp": ("220 hi", {"EHLO": "250-mx\r\n250 STARTTLS", "STARTTLS": "220 go"}, "STARTTLS"),
}
every_greeter = pytest.mark.parametrize("kind", sorted(GREETERS))


@every_greeter
def test_tls_is_asked_for_on_the_way_and_the_certificate_is_checked(kind, certificate):
    greeting, replies, before = GREETERS[kind]
    handler = servers.greeter(greeting, replies, tls=tls_of(certificate), before=before)
    result = seen(kind, handler, encryption="starttls")
    assert (result.up, result.error) == (False, "tls")
    unchecked = seen(kind, handler, encryption="starttls", verify=False)
    assert (unchecked.up, unchecked.facts["tls"]) == (True, "TLSv1.3")


@every_greeter
def test_tls_that_is_refused_when_it_is_asked_for_is_down(kind):
    greeting, replies, before = GREETERS[kind]
    handler = servers.greeter(greeting, {**replies, before: "a1 NO no"})
    result = seen(kind, handler, encryption="starttls")
    assert (result.up, result.error) == (False, "nonsense")


@every_greeter
def test_tls_from_the_first_byte(kind, certificate):
    greeting, replies, _before = GREETERS[kind]
    tls = tls_of(certificate)
    assert (
        seen(kind, servers.greeter(greeting, replies), tls=tls, encryption=True, verify=False).facts["tls"] == "TLSv1.3"
    )
    assert seen(kind, servers.greeter(greeting, replies), tls=tls, encryption=True).error == "tls"


@every_greeter
def test_a_server_that_says_no_is_down_with_its_words(kind):
    said = {"imap": "* BYE full", "pop3": "-ERR full", "ftp": "421 full", "smtp": "554 full"}[kind]
    result = seen(kind, servers.greeter(said, {}), encryption="none")
    assert (result.up, result.error, result.summary) == (False, "", said)


def test_a_greeting_that_never_ends_is_left_before_the_deadline():
    async def handler(_reader, writer):
        while True:
            writer.write(b"220-and more\r\n" * 100)
            await writer.drain()

    assert seen("ftp", handler, encryption="none").error == "nonsense"


def test_a_relay_that_refuses_ehlo_is_down():
    result = seen("smtp", servers.greeter("220 hi", {"EHLO": "550 not you"}))
    assert (result.up, result.summary) == (False, "to EHLO the answer is: 550 not you")
