"""Do we see at all: references on real sockets, asked only when something fails."""

import asyncio
import socket

import pytest

from astreinte.core import clock
from astreinte.monitoring.probes import BadParameters
from astreinte.monitoring.probes.horizon import Horizon, read
from tests.loops import run


def closed():
    """A port that refuses, as long as the socket is open; `listen` opens it."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    return found


def where(sock):
    return f"tcp 127.0.0.1:{sock.getsockname()[1]}"


def horizon(*references, allow_private=True):
    found = Horizon(allow_private=allow_private, now=clock.now, again_s=0.05)
    found.look_at(references)
    return found


async def asked(found, times=1):
    began = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(found.was_blind(began) for _ in range(times)))
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    return answers


def test_without_references_nobody_is_ever_blind():
    assert run(asked(horizon())) == [False]


def test_one_that_answers_is_enough():
    with closed() as dead, closed() as alive:
        alive.listen()
        found = horizon(where(dead), where(alive))
        assert run(asked(found)) == [False]
        assert found.blind_since is None


def test_none_that_answers_is_blind_and_a_storm_is_one_question():
    with closed() as dead:
        found = horizon(where(dead))
        assert run(asked(found, times=500)) == [True] * 500
        assert found.blind_since is not None


def test_references_that_may_not_be_contacted_prove_nothing():
    with closed() as dead:
        assert run(asked(horizon(where(dead), allow_private=False))) == [False]


def test_it_sees_again_by_itself_and_what_failed_meanwhile_was_blind():
    async def told(found, dead):
        began = asyncio.get_running_loop().time()
        assert await found.was_blind(began)
        dead.listen()
        async with asyncio.timeout(30):
            while await found.was_blind(asyncio.get_running_loop().time()):  # noqa: ASYNC110 - it is asked, as a prober does
                await asyncio.sleep(0.01)
        return await found.was_blind(began), found.blind_since

    with closed() as dead:
        assert run(told(horizon(where(dead)), dead)) == (True, None)


@pytest.mark.parametrize(
    "text", ["https://example.org/", "http://192.0.2.1", "tcp 192.0.2.1:53", "tcp [2001:db8::1]:53"]
)
def test_what_a_reference_may_be(text):
    read(text)


@pytest.mark.parametrize(
    "text", ["", "example.org", "tcp 192.0.2.1", "tcp :53", "tcp a:b", "udp a:53", "ftp://example.org"]
)
def test_what_is_none(text):
    with pytest.raises(BadParameters):
        read(text)
