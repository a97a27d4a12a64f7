"""Two demonstrations that start at the same moment have ports of their own."""

import json
import os
import socket
from contextlib import ExitStack

from astreinte.workers.ports import Ports
from tests.processes import running

# Chooses, says what, and keeps it until it is stopped.
CHOOSE = """
import json, signal, sys
from astreinte.workers.ports import Ports
with Ports() as reserved:
    print(json.dumps(reserved.choose(json.loads(sys.argv[1]))), "chosen", flush=True)
    signal.pause()
"""


def free():
    """Two ports that nobody has."""
    with socket.socket() as one, socket.socket() as other:
        for asking in (one, other):
            asking.bind(("127.0.0.1", 0))
        return {"pocket": one.getsockname()[1], "smtp": other.getsockname()[1]}


def test_those_that_start_together_share_no_port():
    wanted = free()
    with ExitStack() as stack:
        processes = [stack.enter_context(running("-c", CHOOSE, json.dumps(wanted))) for _ in range(4)]
        for process in processes:
            process.says("chosen")
        chosen = [json.loads(process.text.removesuffix("chosen\n")) for process in processes]
    ports = [port for one in chosen for port in one.values()]
    assert len(set(ports)) == len(ports) == 8
    assert set(wanted.values()) <= set(ports)


def test_a_port_is_given_back_when_its_demonstration_ends():
    wanted = free()
    with running("-c", CHOOSE, json.dumps(wanted)) as process, Ports() as other:
        process.says("chosen")
        assert not set(other.choose(wanted).values()) & set(wanted.values())
        os.kill(process.process.pid, 9)
        process.ends()
        assert other.choose(wanted) == wanted


def test_a_port_somebody_else_has_is_left_alone():
    with socket.create_server(("127.0.0.1", 0)) as taken, Ports() as reserved:
        port = taken.getsockname()[1]
        assert reserved.choose({"pocket": port})["pocket"] != port
