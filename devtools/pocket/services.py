"""The services of the demonstration's server web1.boulangerie.example: they stop, break, fall silent and come back."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast

from aiohttp import web

from devtools.pocket import manners
from devtools.pocket.manners import State

# The one that fails by itself.
FRAGILE = "http"
# Nobody has so much to say to a stand-in.
LONGEST = 16 * 1024


class _Talk(asyncio.Protocol):
    """One connection: it keeps the manners of the moment it was made."""

    def __init__(self, service: "Service") -> None:
        self._service = service
        self._how = service.how(service.name, service.state)
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # a stream socket has no other
        self._service.talks.add(self._transport)
        if self._service.is_listening:
            self._transport.write(self._how.greeting)
        else:  # it was accepted, and the service stopped before anything was said
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        *things, self._heard = self._heard.split(self._how.ends)
        for thing in things:
            said = self._how.reply(thing)
            self._transport.write(said.words)
            if said.last:
                self._transport.close()
                return
        self._heard = self._heard[-LONGEST:]

    def connection_lost(self, _error: Exception | None) -> None:
        self._service.talks.discard(self._transport)


class Service:
    """One of them. While it is stopped a socket that does not listen is bound to its port: the system gives it to nobody.

    It accepts by itself: Python 3.11 loses a connection that is accepted in the moment an `asyncio.Server` closes.
    """

    def __init__(
        self, name: str, *, host: str, port: int, how: Callable[[str, State], manners.Manners] = manners.of
    ) -> None:
        self.name = name
        self.how = how
        self.state = State.STOPPED
        # Moves each time a person decides: what was planned before then gives way.
        self.decided = 0
        self.talks: set[asyncio.Transport] = set()
        self.is_listening = False
        self._seat = _bound((host, port))
        self._address: tuple[str, int] = self._seat.getsockname()[:2]
        self._accepted: set[asyncio.Future[Any]] = set()

    @property
    def port(self) -> int:
        return self._address[1]

    def become(self, state: State) -> None:
        """For every connection that is made from now on; a service that stops drops those it has.

        Raises `OSError`, and changes nothing, when somebody who insisted listens on its port by now.
        """
        if state is State.STOPPED and self.is_listening:
            self._stop()
            self._seat = _bound(self._address)
        elif state is not State.STOPPED and not self.is_listening:
            self._seat.listen()
            asyncio.get_running_loop().add_reader(self._seat, self._accept)
            self.is_listening = True
        self.state = state

    async def close(self) -> None:
        self._stop()
        await asyncio.gather(*self._accepted, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted closes its socket at the next turn of the loop

    def _stop(self) -> None:
        if self.is_listening:
            asyncio.get_running_loop().remove_reader(self._seat)
        self.is_listening = False
        self._seat.close()
        for talk in tuple(self.talks):
            talk.abort()

    def _accept(self) -> None:
        with suppress(OSError):  # who called may have gone already
            caller, _ = self._seat.accept()
            loop = asyncio.get_running_loop()
            made = asyncio.ensure_future(loop.connect_accepted_socket(lambda: _Talk(self), caller))
            self._accepted.add(made)
            made.add_done_callback(self._accepted.discard)


class Services:
    """All of them, and who may change them: a person, and the outage that comes by itself."""

    def __init__(self, ports: Mapping[str, int], *, host: str, changed: Callable[[], None]) -> None:
        self._host = host
        self._wanted = ports
        self._changed = changed
        self._services: dict[str, Service] = {}
        self._outages: asyncio.Task[None] | None = None

    def __iter__(self) -> Iterator[Service]:
        return iter(self._services.values())

    def __getitem__(self, name: str) -> Service:
        return self._services[name]

    def __contains__(self, name: str) -> bool:
        return name in self._services

    def open(self) -> None:
        """Everything is well; port 0 becomes a free one."""
        for name, port in self._wanted.items():
            self._services[name] = Service(name, host=self._host, port=port)
            self._services[name].become(State.WELL)

    async def close(self) -> None:
        if self._outages:
            self._outages.cancel()
            await asyncio.gather(self._outages, return_exceptions=True)
        for service in self:
            await service.close()

    def turn(self, name: str, state: State) -> None:
        """A person decides."""
        self[name].become(state)
        self[name].decided += 1
        self._changed()

    def break_every(self, seconds: float, *, for_s: float) -> None:
        """From now on the web server is stopped for a while, once in each period; 0: never."""
        if seconds > 0:
            self._outages = asyncio.ensure_future(self._break(seconds, min(for_s, seconds / 2)))

    async def _break(self, every_s: float, for_s: float) -> None:
        await asyncio.sleep(every_s)
        while True:
            decided = self.fail(FRAGILE)
            await asyncio.sleep(for_s)
            with suppress(OSError):  # its port was taken: it stays stopped until a person starts it
                self.recover(FRAGILE, decided=decided)
            await asyncio.sleep(every_s - for_s)

    def fail(self, name: str) -> int | None:
        """Stops by itself what is well; answers what `recover` has to know, None when it was not well."""
        if self[name].state is not State.WELL:
            return None
        self[name].become(State.STOPPED)
        self._changed()
        return self[name].decided

    def recover(self, name: str, *, decided: int | None) -> None:
        """Comes back by itself, unless a person has decided something since it failed."""
        if self[name].decided == decided:
            self[name].become(State.WELL)
            self._changed()


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)


def _bound(address: tuple[str, int]) -> socket.socket:
    seat = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    seat.setblocking(False)
    seat.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        seat.bind(address)
    except OSError:
        seat.close()
        raise
    return seat
