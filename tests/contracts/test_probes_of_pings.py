"""By which ways an echo leaves, and what is made of a machine that does not answer."""

import asyncio
import os

import pytest

from astreinte.core import echoes, lines
from astreinte.core.echoes import Path
from astreinte.monitoring import probes
from tests.probe_servers import AT, play

REPLY = "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.123 ms"


async def echo(host, by, *, private=True, deadline_s=2.0):
    with lines.allowing(private=["127.0.0.1", "::1"] if private else []):
        async with asyncio.timeout(deadline_s):
            return await echoes.echo(host, by=by)


@pytest.fixture
def ping(tmp_path, monkeypatch):
    """A `ping` of the machine that does this."""

    def write(script):
        program = tmp_path / "ping"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return write


@pytest.mark.parametrize(("by", "privileged"), [(Path.SOCKET, False), (Path.RAW, True)])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_echo_by_a_socket(by, privileged, host):
    import icmplib

    kind = icmplib.ICMPv6Socket if ":" in host else icmplib.ICMPv4Socket
    try:
        kind(privileged=privileged).close()
    except icmplib.ICMPLibError as refused:
        pytest.skip(f"this process may not have such a socket: {refused}")
    assert 0 < play(echo(host, by)) < 2000


def test_many_echoes_at_once_by_raw_sockets_take_each_its_own():
    if echoes.path() is not Path.RAW:
        pytest.skip("this process has no raw socket, or needs none")

    async def story():
        return await asyncio.gather(*(echo("127.0.0.1", Path.RAW) for _number in range(50)))

    assert all(0 < took < 2000 for took in play(story()))


def test_an_echo_by_the_program_of_the_machine(ping):
    ping(f'echo "$@" > "$0.said"; echo "{REPLY}"')
    assert play(echo("127.0.0.1", Path.PROGRAM)) == 0.123


@pytest.mark.parametrize(
    "script", ["exit 1", "echo nonsense", "echo 'From 127.0.0.1 icmp_seq=1 Destination Host Unreachable'"]
)
def test_a_program_that_heard_nothing_is_no_answer(ping, script):
    ping(script)
    with pytest.raises(OSError, match="no echo came back"):
        play(echo("127.0.0.1", Path.PROGRAM))


def test_a_program_that_waits_is_ended_at_the_deadline(ping):
    ping('echo $$ > "$0.pid"; exec sleep 60')
    with pytest.raises(TimeoutError):
        play(echo("127.0.0.1", Path.PROGRAM, deadline_s=0.3))


def test_without_any_way_the_check_is_broken_and_nobody_is_down():
    async def story():
        return await echo("127.0.0.1", Path.NONE)

    with pytest.raises(PermissionError) as refused:
        play(story())
    assert lines.trouble(refused.value) is None


@pytest.mark.parametrize("by", [Path.SOCKET, Path.RAW, Path.PROGRAM])
def test_no_private_address_is_asked_by_any_way(ping, by, tmp_path):
    ping('touch "$0.ran"')
    with pytest.raises(lines.OutboundRefused):
        play(echo("127.0.0.1", by, private=False))
    assert not (tmp_path / "ping.ran").exists()


@pytest.mark.skipif(not echoes.path(), reason="this machine may not send an echo")
def test_what_is_said_of_an_answer():
    probe = probes.make("ping", {"host": "127.0.0.1"})
    result = play(probes.run(probe, at=AT, allow_private=True))
    assert (result.up, result.error) == (True, "")
    assert result.summary.startswith("answered in ")
    assert 0 < result.facts["ms"] <= result.ms
