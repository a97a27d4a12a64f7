"""Every probe keeps the same promises: it looks once, ends by its deadline, names what failed, and says no secret."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import pytest
import yaml

from astreinte.monitoring import probes
from astreinte.monitoring.probes import ERRORS, KINDS, BadParameters
from devtools.docs import ROOT
from tests import copies
from tests import probe_servers as servers
from tests.probe_servers import AT, play, serving

PASSWORD = "p4ssw0rd of the site"
TOKEN = "t0ken-of-the-header"
DEADLINE_S = 0.3
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
PLAIN = {"tls": "none"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """How a kind is tried: where it looks, its other parameters, and a server that is well for it."""

    well: servers.Handler | None = None
    serving: Callable[[], AbstractAsyncContextManager] | None = None
    where: Callable[[str, int], dict] = lambda host, port: {"host": host, "port": port}
    given: dict = field(default_factory=dict)
    encrypted: bool = False
    nonsense: servers.Handler = servers.babbles


CONTRACT = {
    "backup": Entry(serving=copies.serving, given={**copies.LOGIN, "password": PASSWORD}),
    "change-applied": Entry(
        well=servers.site({"/": servers.page('{"requested": 2041, "applied": "2041"}')}),
        where=lambda host, port: {"panel_url": f"http://{host}:{port}/"},
        given={"user": "monitor", "password": PASSWORD, "headers": {"X-Token": TOKEN}},
    ),
    "mysql": Entry(well=servers.mysql(servers.turned_away(1045, "Access denied"))),
    "ping": Entry(where=lambda host, _port: {"host": host}),
    "postgresql": Entry(well=servers.postgres()),
    "http": Entry(
        where=lambda host, port: {"url": f"http://{host}:{port}/"},
        well=servers.site({"/": servers.page()}),
        given={"user": "monitor", "password": PASSWORD, "headers": {"X-Token": TOKEN}},
    ),
    "tcp": Entry(well=servers.greeter("hello you", {}), given={"sends": "hi", "expects": "hello"}),
    "ssh": Entry(well=servers.greeter("SSH-2.0-OpenSSH_9.9", {})),
    "ftp": Entry(well=servers.greeter("220-Welcome\r\n220 ready", {"QUIT": "221 bye"}), given=PLAIN),
    "imap": Entry(well=servers.greeter("* OK ready", {"a2 LOGOUT": "* BYE"}), given=PLAIN),
    "pop3": Entry(well=servers.greeter("+OK ready", {"QUIT": "+OK bye"}), given=PLAIN),
    "smtp": Entry(
        well=servers.greeter("220 mx ESMTP", {"EHLO": "250-mx\r\n250 STARTTLS", "QUIT": "221 bye"}), given=PLAIN
    ),
    "tls": Entry(well=servers.silent, given={"verify": False}, encrypted=True),
    "dns": Entry(
        well=servers.names,
        given={"name": "www.example.com", "tcp": True, "expects": "192.0.2.10"},
        nonsense=servers.babbles_in_a_frame,
    ),
}
every_kind = pytest.mark.parametrize("kind", sorted(KINDS))
# The kernel answers to a ping, on no port: see test_probes_of_pings.py.
every_server = pytest.mark.parametrize("kind", sorted(set(KINDS) - {"ping"}))


@pytest.fixture(scope="module", autouse=True)
def warm():
    import asyncssh  # noqa: F401 - takes a second, longer than the deadlines here

    probes.warm(probes.KINDS)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return servers.certificate(tmp_path_factory.mktemp("certificate"))


def made(kind, port, host="127.0.0.1", **more):
    return probes.make(kind, {**CONTRACT[kind].given, **CONTRACT[kind].where(host, port), **more})


async def look(kind, port, *, private=True, registered=(), deadline_s=5.0, resolver=None, **more):
    probe = made(kind, port, **more)
    where = {"allow_private": private, "registered": registered, "resolver": resolver}
    result = await probes.run(probe, at=AT, deadline_s=deadline_s, **where)
    assert result.defect is None
    assert result.error in {"", *ERRORS}
    assert not (result.up and result.error)
    assert 0 < len(result.summary) <= 200
    told = [result.summary, *(value for value in result.facts.values() if isinstance(value, str))]
    assert [text for text in told if UNPRINTABLE.search(text)] == []
    for secret in (PASSWORD, TOKEN, "cDRzc3cwcmQ"):
        assert secret not in f"{result!r} {probe!r}"
    return result


def seen(kind, handler, *, tls=None, **options):
    """What the probe of this kind sees of such a server."""

    async def story():
        async with serving(handler, tls=tls) as server:
            return await look(kind, server.port, **options)

    return play(story())


def well(kind, certificate, **options):
    """What the probe of this kind sees of a server that is well for it."""
    entry = CONTRACT[kind]
    tls = servers.tls_of(certificate) if entry.encrypted else None

    async def story():
        async with entry.serving() if entry.serving else serving(entry.well or servers.silent, tls=tls) as server:
            return await look(kind, server.port, **options)

    return play(story())


def test_every_kind_is_in_this_contract():
    assert sorted(KINDS) == sorted(CONTRACT)


@every_kind
def test_a_server_that_is_well_is_up(kind, certificate):
    result = well(kind, certificate)
    assert (result.up, result.error) == (True, "")
    assert 0 < result.ms < 5000


@every_server
def test_a_closed_port_is_refused(kind):
    result = play(look(kind, servers.closed_port()))
    assert (result.up, result.error) == (False, "refused")


@every_server
def test_nonsense_is_shown_or_named(kind):
    result = seen(kind, CONTRACT[kind].nonsense, deadline_s=2)
    assert not result.up
    assert result.error in {"nonsense", "tls", "closed"} or "nonsense of a server" in result.summary


@every_server
def test_a_silent_server_is_left_at_the_deadline(kind):
    result = seen(kind, servers.silent, deadline_s=DEADLINE_S)
    assert (result.up, result.error) == (False, "timeout")
    assert result.ms < 2000


@every_server
@pytest.mark.parametrize("handler", [servers.drips, servers.floods, servers.closes])
def test_a_server_that_never_answers_whole_is_left_in_time(kind, handler):
    result = seen(kind, handler, deadline_s=DEADLINE_S)
    assert not result.up
    assert result.ms < 2000


@every_kind
def test_a_private_address_is_never_contacted_unless_it_is_allowed(kind):
    async def story():
        async with serving(servers.silent) as server:
            return await look(kind, server.port, private=False, deadline_s=1), server.seen

    result, connections = play(story())
    assert (result.up, result.error) == (False, "forbidden")
    assert connections == []


@every_kind
@pytest.mark.parametrize(
    "found", [["198.41.0.4", "127.0.0.1"], ["127.0.0.1", "2001:500::1"], ["198.41.0.4", "::ffff:a00:1"]]
)
def test_one_private_address_refuses_the_name_as_a_whole(kind, found):
    async def resolver(_host, _port):
        return found

    async def story():
        async with serving(servers.silent) as server:
            more = {"host": "mixed.example", "private": False, "resolver": resolver}
            return await look(kind, server.port, deadline_s=1, **more), server.seen

    result, connections = play(story())
    assert (result.error, connections) == ("forbidden", [])


@every_kind
@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])  # noqa: S104
def test_some_addresses_are_never_contacted_even_where_private_ones_are(kind, address):
    async def resolver(_host, _port):
        return [address]

    assert play(look(kind, 80, host="rebound.example", resolver=resolver)).error == "forbidden"


@every_kind
def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(kind, certificate):
    asked = []

    async def resolver(host, _port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) < 3 else ["198.41.0.4"]

    assert well(kind, certificate, host="well.example", registered=["127.0.0.1"], resolver=resolver).up
    assert asked == ["well.example"]


@every_kind
def test_where_private_addresses_are_allowed_a_name_does_not_choose_which(kind):
    """A name of the customer's own may lead to the database of the provider: only what is registered is contacted."""

    async def resolver(_host, _port):
        return ["127.0.0.1"]

    async def story():
        async with serving(servers.silent) as server:
            more = {"host": "rebound.example", "resolver": resolver, "registered": ["192.168.7.7"]}
            return await look(kind, server.port, deadline_s=1, **more), server.seen

    result, connections = play(story())
    assert (result.error, connections) == ("forbidden", [])


@every_kind
def test_a_name_without_an_address_is_unresolved(kind):
    async def nothing(_host, _port):
        return []

    assert play(look(kind, 80, host="gone.example", resolver=nothing)).error == "unresolved"


@every_kind
def test_a_resolver_that_hangs_is_left_at_the_deadline(kind):
    async def hangs(_host, _port):
        await asyncio.Event().wait()

    assert play(look(kind, 80, host="slow.example", resolver=hangs, deadline_s=0.05)).error == "timeout"


@every_server
def test_a_look_that_is_cancelled_leaves_nothing_open(kind):
    async def story():
        async with serving(servers.silent) as server:
            looking = asyncio.create_task(look(kind, server.port))
            await server.arrived.wait()
            looking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await looking

    play(story())


@every_kind
def test_what_is_wrong_is_refused_with_a_sentence_that_names_it(kind):
    place = CONTRACT[kind].where("x.example", 1)
    good, where = {**CONTRACT[kind].given, **place}, next(iter(place))
    for wrong in ("", "a b", "x\r\ny", "user@x", ["x"], None, True, {}, "x" * 300):
        with pytest.raises(BadParameters, match=f"^{kind}.{where}: write "):
            probes.make(kind, {**good, where: wrong})
    for given in ({**good, "colour": "blue"}, {name: value for name, value in good.items() if name != where}):
        with pytest.raises(BadParameters, match=rf"^{kind}\.(colour does not exist; its|{where} is missing)"):
            probes.make(kind, given)


@pytest.mark.parametrize("port", [0, 65536, -1, "ssh", 1.5, True, None, "", [22]])
@pytest.mark.parametrize("kind", sorted(kind for kind in KINDS if "port" in CONTRACT[kind].where("x", 1)))
def test_a_port_is_a_number_that_a_socket_takes(kind, port):
    with pytest.raises(BadParameters, match=f"^{kind}.port: write a whole number from 1 to 65535$"):
        probes.make(kind, {**CONTRACT[kind].given, "host": "x.example", "port": port})


def test_an_unknown_kind_is_refused_with_the_ones_there_are():
    with pytest.raises(
        BadParameters, match="gopher is not a kind of check; there are backup, change-applied, dns, ftp, http"
    ):
        probes.make("gopher", {})


def services():
    file = yaml.safe_load((ROOT / "tests" / "data" / "provider.yaml").read_text(encoding="utf-8"))
    owned = [server for customer in file["customers"] for server in customer.get("servers", ())]
    return [service for server in owned for service in server.get("services", ())]


@pytest.mark.parametrize("service", services(), ids=lambda service: service["type"])
def test_the_services_of_the_provider_file_are_checks_as_they_are(service):
    given = {name: value for name, value in service.items() if name != "type"}
    assert probes.make(service["type"], given).kind == service["type"]


@every_kind
def test_every_kind_has_its_page_which_names_each_parameter(kind):
    text = (ROOT / "docs" / "probes" / f"{kind}.md").read_text(encoding="utf-8")
    assert f"(`{kind}`)" in text.splitlines()[0]
    named = re.findall(r"^\| `(\w+)` \|", text.partition("| parameter |")[2].partition("\n\n")[0], re.MULTILINE)
    assert named == [parameter.name for parameter in probes.parameters(KINDS[kind])]


def test_every_page_is_of_a_kind():
    assert {path.stem for path in (ROOT / "docs" / "probes").glob("*.md")} == set(KINDS)
