"""The demonstration is loaded with the ports that were chosen; a second time only those change."""

import pytest

from astreinte.core import clock
from astreinte.customers.models import ManagedService, Server
from astreinte.workers.up import SERVICE_PORTS, TELEPHONE_PORTS, TROUBLE_PORTS
from devtools import demo
from devtools.pocket import manners

pytestmark = pytest.mark.django_db
PORTS = TELEPHONE_PORTS | SERVICE_PORTS | TROUBLE_PORTS


def services():
    server = Server.objects.get(name="web1.boulangerie.example")
    return {one.type: (one.pk, one.parameters) for one in ManagedService.objects.filter(server=server)}


def expected(ports):
    there = {name: {"host": "127.0.0.1", "port": ports[name]} for name in ("ssh", "ftp", "imap")}
    return {"http": {"url": f"http://127.0.0.1:{ports['http']}/"}, **there}


def test_each_service_of_the_server_has_a_port_of_its_own():
    demo.load(PORTS, at=clock.now())
    assert {kind: parameters for kind, (_pk, parameters) in services().items()} == expected(PORTS)
    assert set(manners.NAMES) == set(SERVICE_PORTS)


def test_other_ports_a_second_time_change_nothing_but_the_ports():
    demo.load(PORTS, at=clock.now())
    before = services()
    others = {name: port + (1 if name in SERVICE_PORTS else 0) for name, port in PORTS.items()}
    demo.load(others, at=clock.now())
    after = services()
    assert {kind: parameters for kind, (_pk, parameters) in after.items()} == expected(others)
    assert {kind: pk for kind, (pk, _parameters) in after.items()} == {
        kind: pk for kind, (pk, _parameters) in before.items()
    }
