"""The real blackbox_exporter, with the modules we write, judges a server as our own probes do; what it cannot do is said."""

import asyncio

import aiohttp
import pytest
import yaml

from astreinte.monitoring import blackbox
from astreinte.monitoring.blackbox import CannotBeMade
from tests import probe_servers as servers
from tests import prometheus
from tests.contracts.test_probes import CONTRACT, PASSWORD
from tests.probe_servers import play, serving
from tests.processes import Worker

KINDS = sorted(set(CONTRACT) & {"http", "tcp", "ssh", "ftp", "imap", "pop3", "smtp", "tls", "dns"})
HASTE = {"X-Prometheus-Scrape-Timeout-Seconds": "2"}


def where(kind, port):
    return {"url": f"http://127.0.0.1:{port}/"} if kind == "http" else {"host": "127.0.0.1", "port": port}


def made(kind, port=80, file="unused", **more):
    return blackbox.made(kind, {**CONTRACT[kind].given, **where(kind, port), **more}, secret_file=file)


@pytest.fixture(scope="module")
def exporter(tmp_path_factory):
    """The exporter with one module a kind, and where it listens."""
    program = prometheus.program("prometheus-blackbox-exporter")
    folder = tmp_path_factory.mktemp("blackbox")
    (folder / "secret").write_text(PASSWORD, encoding="utf-8")
    modules = {kind: made(kind, file=str(folder / "secret")).module for kind in KINDS}
    (folder / "blackbox.yml").write_text(yaml.safe_dump({"modules": modules}), encoding="utf-8")
    port = prometheus.free_ports().blackbox
    worker = Worker([program, f"--config.file={folder}/blackbox.yml", f"--web.listen-address=127.0.0.1:{port}"], {})
    worker.says("Listening on")
    yield f"http://127.0.0.1:{port}/probe"
    worker.stop()


async def success(exporter, kind, port):
    asked = {"module": kind, "target": made(kind, port).target}
    async with aiohttp.ClientSession() as session, session.get(exporter, params=asked, headers=HASTE) as answer:
        lines = (await answer.text()).splitlines()
        return "probe_success 1" in lines


@pytest.mark.parametrize("kind", KINDS)
def test_it_finds_well_what_is_well_and_down_what_is_not(kind, exporter, tmp_path):
    entry = CONTRACT[kind]
    context = servers.tls_of(servers.certificate(tmp_path)) if entry.encrypted else None

    async def story():
        async with serving(entry.well, tls=context) as well, serving(entry.nonsense) as nonsense:
            ports = well.port, nonsense.port, servers.closed_port()
            return await asyncio.gather(*(success(exporter, kind, port) for port in ports))

    assert play(story()) == [True, False, False]


def test_credentials_stay_with_the_server_they_were_written_for():
    guarded = made("http", redirects="follow")
    assert (guarded.module["http"]["follow_redirects"], guarded.own, guarded.note) == (
        False,
        True,
        blackbox.NOT_FOLLOWED,
    )
    assert guarded.secret == PASSWORD
    assert PASSWORD not in str(guarded.module)
    plain = blackbox.made("http", {"url": "https://a.example/"}, secret_file="")
    assert (plain.module["http"]["follow_redirects"], plain.own, plain.note) == (True, False, "")


def test_statuses_and_redirects():
    def codes(**more):
        return blackbox.made("http", {"url": "https://a.example/", **more}, secret_file="").module["http"][
            "valid_status_codes"
        ]

    assert codes(status="200, 401-403") == [200, 401, 402, 403]
    assert 302 in codes(redirects="answer")
    assert not {301, 302, 303, 307, 308} & set(codes(redirects="refuse"))


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("ssh", {"host_keys": "SHA256:" + "a" * 43}, blackbox.NO_KEYS),
        ("dns", {"expects": ["192.0.2.1", "192.0.2.2"]}, blackbox.ONE_ANSWER),
        ("tcp", {"port": 0}, "tcp.port: write a whole number from 1 to 65535"),
    ],
)
def test_what_it_cannot_do_is_said(kind, more, why):
    with pytest.raises(CannotBeMade) as refused:
        made(kind, **more)
    assert str(refused.value) == why
