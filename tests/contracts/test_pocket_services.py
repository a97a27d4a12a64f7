"""The services of the demonstration's server say what they should in each state, change at once, and fail by themselves."""

import asyncio
import socket
from contextlib import suppress

import pytest

from astreinte.core import outbound
from devtools.pocket import Settings, running
from devtools.pocket.manners import NAMES, State
from devtools.pocket.services import Services
from tests import loops
from tests.processes import until

GREETINGS = {
    "ssh": b"SSH-2.0-OpenSSH_9.6 demo\r\n",
    "ftp": b"220 web1.boulangerie.example FTP server ready.\r\n",
    "imap": b"* OK web1.boulangerie.example IMAP4rev1 ready\r\n",
}
ASKED = b"GET / HTTP/1.1\r\nHost: web1.boulangerie.example\r\n\r\n"


@pytest.fixture(scope="module")
def shared():
    with running(Settings()) as found:
        yield found


@pytest.fixture
def pocket(shared):
    for name in NAMES:
        turn(shared, name, "well")
    return shared


def turn(pocket, name, state):
    answer = outbound.post(f"{pocket.url}/dev/services/{name}", allow_private=True, json={"state": state})
    assert answer.status == 200
    return answer.json()


def listed(pocket):
    return outbound.get(f"{pocket.url}/dev/services", allow_private=True).json()["services"]


def calls(pocket, name):
    """A connection to this service, closed by a `with`."""
    return socket.create_connection(("127.0.0.1", pocket.services[name].port), timeout=5)


def hears(pocket, name, *said):
    """The greeting, then the line that answers each thing that is said; of the web server, everything."""
    with calls(pocket, name) as connection, connection.makefile("rb") as words:
        heard = [words.readline()] if name != "http" else []
        for one in said:
            connection.sendall(one)
            heard.append(words.read() if name == "http" else words.readline())
        return heard


@pytest.mark.parametrize("name", GREETINGS)
def test_a_well_service_greets(pocket, name):
    assert hears(pocket, name) == [GREETINGS[name]]


def test_the_web_server_shows_its_page_and_hangs_up(pocket):
    [answer] = hears(pocket, "http", ASKED)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"Boulangerie du Port" in body
    [answer] = hears(pocket, "http", ASKED.replace(b"GET", b"HEAD"))
    assert answer == head + b"\r\n\r\n"


def test_a_request_may_arrive_in_pieces(pocket):
    with calls(pocket, "http") as connection:
        for piece in (ASKED[:9], ASKED[9:-1], ASKED[-1:]):
            connection.sendall(piece)
        assert connection.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(
    ("name", "said", "heard"),
    [
        ("ftp", [b"NOOP\r\n", b"quit\r\n"], [b"530 Please log in with USER and PASS.\r\n", b"221 Goodbye.\r\n"]),
        ("imap", [b"a1 LIST\r\n", b"a2 LOGOUT\r\n"], [b"a1 BAD Unknown command.\r\n", b"* BYE Logging out\r\n"]),
        ("ssh", [b"SSH-2.0-prober\r\n"], [b""]),
    ],
)
def test_a_well_service_answers_and_lets_go(pocket, name, said, heard):
    assert hears(pocket, name, *said) == [GREETINGS[name], *heard]


def test_two_commands_at_once_are_two(pocket):
    with calls(pocket, "imap") as connection, connection.makefile("rb") as words:
        connection.sendall(b"a1 LIST\r\na2 LOGOUT\r\na3 LIST\r\n")
        said = [b"a1 BAD Unknown command.", b"* BYE Logging out", b"a2 OK Logout completed."]
        assert words.read().splitlines() == [GREETINGS["imap"].strip(), *said]


@pytest.mark.parametrize("name", NAMES)
def test_a_stopped_service_refuses_and_comes_back_where_it_was(pocket, name):
    port = pocket.services[name].port
    turn(pocket, name, "stopped")
    with pytest.raises(ConnectionRefusedError):
        calls(pocket, name)
    assert turn(pocket, name, "well") == {"name": name, "port": port, "state": "well"}
    calls(pocket, name).close()


def test_the_port_of_a_stopped_service_is_nobody_elses(pocket):
    turn(pocket, "ssh", "stopped")
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", pocket.services["ssh"].port))


def test_a_port_taken_by_force_is_said_and_the_service_stays_stopped(pocket):
    turn(pocket, "ssh", "stopped")
    asked = f"{pocket.url}/dev/services/ssh"
    with socket.create_server(("127.0.0.1", pocket.services["ssh"].port)):
        answer = outbound.post(asked, allow_private=True, json={"state": "well"})
    sentence = f"something else listens on port {pocket.services['ssh'].port} by now"
    assert (answer.status, answer.text, listed(pocket)[1]["state"]) == (409, sentence, "stopped")


@pytest.mark.parametrize("name", GREETINGS)
def test_a_broken_service_says_nonsense(pocket, name):
    turn(pocket, name, "broken")
    [said] = hears(pocket, name)
    assert said
    assert not said.startswith((b"SSH-", b"220", b"* "))


def test_a_broken_web_server_answers_500(pocket):
    turn(pocket, "http", "broken")
    [answer] = hears(pocket, "http", ASKED)
    assert answer.startswith(b"HTTP/1.1 500 ")


@pytest.mark.parametrize("name", NAMES)
def test_a_silent_service_accepts_and_says_nothing(pocket, name):
    turn(pocket, name, "silent")
    with calls(pocket, name) as connection:
        connection.sendall(ASKED)
        connection.settimeout(0.03)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_connection_keeps_the_manners_it_found_until_the_service_stops(pocket):
    with calls(pocket, "ftp") as connection, connection.makefile("rb") as words:
        assert words.readline() == GREETINGS["ftp"]
        turn(pocket, "ftp", "broken")
        connection.sendall(b"NOOP\r\n")
        assert words.readline().startswith(b"530 ")
        turn(pocket, "ftp", "stopped")
        assert words.readline() == b""


def test_the_list_says_name_port_and_state(pocket):
    turn(pocket, "imap", "silent")
    assert [(one["name"], one["state"]) for one in listed(pocket)] == [
        ("http", "well"),
        ("ssh", "well"),
        ("ftp", "well"),
        ("imap", "silent"),
    ]
    assert [one["port"] for one in listed(pocket)] == [pocket.services[name].port for name in NAMES]


@pytest.mark.parametrize(
    ("name", "said", "status", "sentence"),
    [
        ("http", {"json": {"state": "asleep"}}, 400, '"asleep" is not one of well, stopped, broken, silent'),
        ("http", {"json": {}}, 400, '"" is not one of well, stopped, broken, silent'),
        ("http", {"json": ["well"]}, 400, "a JSON object is expected"),
        ("http", {"data": {"state": "up"}}, 400, '"up" is not one of well, stopped, broken, silent'),
        ("pop3", {"json": {"state": "well"}}, 404, "there is no service pop3, only http, ssh, ftp, imap"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(pocket, name, said, status, sentence):
    answer = outbound.post(f"{pocket.url}/dev/services/{name}", allow_private=True, **said)
    assert (answer.status, answer.text) == (status, sentence)
    assert {one["state"] for one in listed(pocket)} == {"well"}


def page(pocket, language, version=""):
    asked = f"{pocket.url}/dev/phones?lang={language}"
    return outbound.get(asked, allow_private=True, max_bytes=1_000_000, headers={"X-Version": version})


@pytest.mark.parametrize(
    ("language", "stop", "start"), [("fr", "Arrêter ssh", "Relancer ssh"), ("en", "Stop ssh", "Start ssh")]
)
def test_the_page_stops_and_starts_again(pocket, language, stop, start):
    before = page(pocket, language).text
    version = before.partition('data-version="')[2].partition('"')[0]
    assert stop in before
    asked = f"{pocket.url}/dev/services/ssh?lang={language}"
    pressed = outbound.post(asked, allow_private=True, data={"state": "stopped"}, headers={"Accept": "text/html"})
    assert pressed.status == 303
    after = page(pocket, language, version).text
    assert start in after
    assert stop not in after


class Stage:
    """Services alone in a loop, and every state the web server goes through."""

    async def __aenter__(self):
        self.seen = asyncio.Queue()
        self.services = Services(dict.fromkeys(NAMES, 0), host="127.0.0.1", changed=self._look)
        self.services.open()
        return self

    async def __aexit__(self, *_error):
        await self.services.close()

    def _look(self):
        self.seen.put_nowait(self.services["http"].state)

    async def sees(self, count):
        async with asyncio.timeout(10):
            return [await self.seen.get() for _ in range(count)]


def test_the_web_server_stops_by_itself_and_comes_back():
    async def story():
        async with Stage() as stage:
            stage.services.break_every(0.02, for_s=0.01)
            assert await stage.sees(4) == [State.STOPPED, State.WELL] * 2
            assert {one.state for one in stage.services if one.name != "http"} == {State.WELL}

    loops.run(story())


def test_an_outage_never_lasts_longer_than_half_of_its_period():
    async def story():
        async with Stage() as stage:
            stage.services.break_every(0.02, for_s=60)
            assert await stage.sees(4) == [State.STOPPED, State.WELL] * 2

    loops.run(story())


def test_never_is_never():
    async def story():
        async with Stage() as stage:
            stage.services.break_every(0, for_s=0)
            await asyncio.sleep(0.02)
            assert stage.seen.empty()

    loops.run(story())


@pytest.mark.parametrize("state", [State.STOPPED, State.BROKEN, State.SILENT])
def test_what_a_person_decided_during_an_outage_stays(state):
    async def story():
        async with Stage() as stage:
            stage.services.break_every(0.02, for_s=0.01)
            await stage.sees(1)
            stage.services.turn("http", state)
            await stage.sees(1)
            await asyncio.sleep(0.05)  # more than two periods
            assert stage.seen.empty()
            assert stage.services["http"].state is state

    loops.run(story())


def test_stopped_by_a_person_before_an_outage_it_stays_so():
    async def story():
        async with Stage() as stage:
            stage.services.turn("http", State.STOPPED)
            decided = stage.services.fail("http")
            assert decided is None
            stage.services.recover("http", decided=decided)
            assert stage.services["http"].state is State.STOPPED

    loops.run(story())


def test_started_and_stopped_again_by_a_person_it_does_not_come_back():
    async def story():
        async with Stage() as stage:
            decided = stage.services.fail("http")
            stage.services.turn("http", State.WELL)
            stage.services.turn("http", State.STOPPED)
            stage.services.recover("http", decided=decided)
            assert stage.services["http"].state is State.STOPPED

    loops.run(story())


def test_the_next_outage_comes_after_a_person_started_it_again():
    async def story():
        async with Stage() as stage:
            stage.services.break_every(0.02, for_s=0.01)
            await stage.sees(1)
            stage.services.turn("http", State.WELL)
            assert await stage.sees(3) == [State.WELL, State.STOPPED, State.WELL]

    loops.run(story())


def test_the_period_is_a_setting_of_the_pocket():
    with running(Settings(break_every_s=0.02, break_for_s=0.01)) as pocket:
        until(lambda: listed(pocket)[0]["state"] == "stopped")
        until(lambda: listed(pocket)[0]["state"] == "well")


def test_nothing_stays_open():
    with running(Settings()) as pocket:
        turn(pocket, "ftp", "stopped")
        ports = [service.port for service in pocket.services]
        held = [calls(pocket, name) for name in NAMES if name != "ftp"]
    for connection in held:
        # ends, for nobody holds the other end
        with connection, connection.makefile("rb") as words, suppress(ConnectionResetError):
            words.read()
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()


def test_a_port_that_is_taken_is_said_and_nothing_stays_open():
    async def story(taken):
        services = Services({"http": 0, "ssh": taken}, host="127.0.0.1", changed=lambda: None)
        with pytest.raises(OSError, match="in use"):
            services.open()
        port = services["http"].port
        await services.close()
        socket.create_server(("127.0.0.1", port)).close()

    with socket.create_server(("127.0.0.1", 0)) as other:
        loops.run(story(other.getsockname()[1]))
