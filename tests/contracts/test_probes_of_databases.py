"""What the probes of databases look at besides: who is turned away, what is full, secrets in the clear, answers without end."""

import pytest

from astreinte.monitoring import probes
from astreinte.monitoring.probes import BadParameters
from tests import probe_servers as servers
from tests.probe_servers import AT, GREETING, packet, play, refusal, serving, tls_of, turned_away

PASSWORD = "p4ssw0rd of the check"
LOGIN = {"user": "monitor", "password": PASSWORD}
WELL = packet(2, b"\x00\x00\x00\x02\x00\x00\x00")
every_database = pytest.mark.parametrize("kind", ["mysql", "postgresql"])


@pytest.fixture(scope="module", autouse=True)
def warm():
    probes.warm(probes.KINDS)


def seen(kind, handler, *, deadline_s=5.0, **given):
    async def story():
        async with serving(handler) as server:
            probe = probes.make(kind, {"host": "127.0.0.1", "port": server.port, **given})
            return await probes.run(probe, at=AT, allow_private=True, deadline_s=deadline_s)

    result = play(story())
    assert PASSWORD not in repr(result)
    return result


@pytest.mark.parametrize(
    ("code", "up"),
    [("28P01", True), ("28000", True), ("3D000", True), ("57P03", False), ("53300", False), ("XX000", False)],
)
def test_a_postgresql_that_lets_nobody_in_is_well_and_one_that_starts_or_is_full_is_not(code, up):
    result = seen("postgresql", servers.postgres(b"E", refusal(code, "sorry")))
    assert (result.up, result.error, result.facts) == (up, "", {"code": code})
    assert result.summary == "PostgreSQL answers: sorry"


@pytest.mark.parametrize("body", [b"", b"\0\0\0", b"\xff\xfe", b"C\0M\0"])
def test_an_error_without_words_is_down(body):
    assert not seen("postgresql", servers.postgres(b"E", body)).up


def test_a_postgresql_that_announces_more_than_it_may_is_left():
    async def boasts(reader, writer):
        await reader.read(100)
        writer.write(b"E\x7f\xff\xff\xff")
        await servers.floods(reader, writer)

    assert seen("postgresql", boasts).error == "nonsense"


def test_a_password_in_the_clear_is_not_given_to_who_has_not_proved_its_name():
    """A server that says it is the database, and asks for the password as it is."""
    heard = []

    async def asks(reader, writer):
        while size := int.from_bytes(await reader.readexactly(4)):
            heard.append(await reader.readexactly(size - 4))
            if heard[-1] == b"\x04\xd2\x16\x2f":
                writer.write(b"N")
                continue
            writer.write(b"R\0\0\0\x08\0\0\0\x03")
            heard.append(await reader.read(1000))
            return

    result = seen("postgresql", asks, **LOGIN)
    assert not result.up
    assert [one for one in heard if PASSWORD.encode() in one] == []
    assert len(heard) > 2


@pytest.mark.parametrize("plugin", ["mysql_clear_password", "dialog"])
def test_nor_by_mysql(plugin):
    heard = []

    async def asks(reader, writer):
        writer.write(packet(0, GREETING))
        heard.append(await reader.readexactly(int.from_bytes((await reader.readexactly(4))[:3], "little")))
        writer.write(packet(2, b"\xfe" + plugin.encode() + b"\0\x02Password: "))
        heard.append(await reader.read(1000))

    result = seen("mysql", asks, tls="none", **LOGIN)
    assert (result.up, result.error) == (False, "nonsense")
    assert result.summary == "the server asks for the password in the clear"
    assert PASSWORD.encode() not in b"".join(heard)


@pytest.mark.parametrize(("code", "up"), [(1045, True), (1130, True), (1040, False), (1129, False), (1053, False)])
def test_a_mysql_that_lets_nobody_in_is_well_and_one_that_is_full_is_not(code, up):
    result = seen("mysql", servers.mysql(greeting=turned_away(code, "sorry", number=0)))
    assert (result.up, result.error, result.facts) == (up, "", {"code": code})
    assert not seen("mysql", servers.mysql(greeting=turned_away(code, "sorry", number=0)), **LOGIN).up


@pytest.mark.parametrize(
    "greeting",
    [
        b"\x0a",
        b"",
        b"\x0a5.5\0",
        b"\x0anot a version\0" + bytes(60),
        b"\x09" + bytes(100),
        GREETING[:-30],
        b"\xff",
        GREETING.replace(b"mysql_native_password", b"no_such_plugin_at_all"),
    ],
)
def test_a_greeting_that_makes_no_sense_is_no_defect(greeting):
    result = seen("mysql", servers.mysql(WELL, greeting=packet(0, greeting)), deadline_s=0.5)
    assert not result.up
    assert result.error in {"nonsense", "closed", "timeout"}


def test_a_mysql_that_never_stops_is_left_after_a_few_bytes():
    async def endless(reader, writer):
        number = 0
        while True:
            writer.write(b"\xff\xff\xff" + bytes([number % 256]) + bytes(0xFFFFFF))
            await writer.drain()
            number += 1

    result = seen("mysql", endless)
    assert (result.up, result.error, result.summary) == (False, "nonsense", "more than 65536 bytes")


@every_database
def test_tls_that_is_asked_for_and_refused_is_no_connection(kind):
    async def says_no(reader, writer):
        writer.write(packet(0, GREETING.replace(b"\xff\xf7", b"\xff\xf6", 1)) if kind == "mysql" else b"N")
        await reader.read()

    assert seen(kind, says_no, tls="tls").error == "nonsense"


def test_postgresql_goes_on_in_tls_and_the_certificate_is_checked(tmp_path):
    tls = tls_of(servers.certificate(tmp_path))

    async def encrypts(reader, writer):
        await reader.readexactly(8)
        writer.write(b"S")
        await writer.start_tls(tls)
        await servers.postgres()(reader, writer)

    assert seen("postgresql", encrypts, tls="tls").error == "tls"
    assert seen("postgresql", encrypts, tls="tls", verify=False).up


@every_database
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"password": "x"}, "a password needs its user"),
        ({"tls": "perhaps"}, "write one of auto, none, tls"),
        ({"user": "a\nb"}, "write one line"),
        ({"verify": "maybe"}, "write true or false"),
    ],
)
def test_what_is_wrong_for_a_database_is_refused(kind, given, message):
    with pytest.raises(BadParameters, match=message):
        probes.make(kind, {"host": "db.example", **given})
