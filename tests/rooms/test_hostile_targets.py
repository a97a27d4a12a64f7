"""Whatever is written, resolved, rebound or answered, no private address is called: the desk's own processes in a world that records.

The recorder stands outside the application (reliability, S3 and G11): it sees each packet that opens something, whoever sent it.
"""

import itertools
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from astreinte.core import clock
from astreinte.core.actors import SYSTEM
from astreinte.core.addresses import OutboundRefused, check
from astreinte.flows import apply_provider, subscribe
from astreinte.monitoring.models import Check, Result
from astreinte.notifications.models import Notification
from astreinte.provider_file import ProviderFileRefused, parse
from astreinte.web.public.forms import SubscribeForm
from tests import copies
from tests.hostile import speakers
from tests.hostile.internet import internet, missing
from tests.processes import until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=f"no small Internet: {missing()}")]
DATA = Path(__file__).parents[1] / "data"
EXAMPLE = (DATA / "provider.yaml").read_text(encoding="utf-8")
TARGETS = yaml.safe_load((DATA / "hostile_targets.yaml").read_text(encoding="utf-8"))
HERE = "198.41.1.1"
# How each kind is told where to look, at the port where somebody answers.
TOOLS = {
    "backup": {"path": "/copies", "user": "x", "password": "y", "host_keys": copies.LOGIN["host_keys"]},
    "dns": {"name": "www.example.com"},
    "ftp": {},
    "http": {"url": "http://{}/"},
    "http2": {"type": "http", "url": "https://{}/", "http2": True},
    "change-applied": {"panel_url": "http://{}/"},
    "imap": {"port": 143},
    "mysql": {},
    "ping": {},
    "pop3": {"port": 110},
    "postgresql": {},
    "smtp": {"tls": "starttls"},
    "ssh": {},
    "tcp": {"port": 80},
    "tls": {},
}
HELD = ("http", "ftp", "imap", "tls")  # no more than are looked at together on one host


def service(tool, where):
    """One line of a provider file."""
    given = {name: said.format(where) if isinstance(said, str) else said for name, said in TOOLS[tool].items()}
    aimed = {} if {"url", "panel_url"} & set(given) else {"host": where}
    return json.dumps({"type": tool, **aimed, **given}, ensure_ascii=False).replace("\x7f", "\\x7f")


def redirects():
    for number, location in enumerate(TARGETS["locations"]):
        target = quote(location.encode("utf-8"), safe="")
        status = (301, 302, 303, 307, 308)[number % 5]
        ways = [f"go/{status}/{target}", f"hop/{1 + number % 4}/{target}", f"meta/0/{target}", f"refresh/0/{target}"]
        yield from (f"http://site.hostile.example/{way}" for way in ways)


def written():
    """Every service that somebody may try to register."""
    hosts = [*TARGETS["hosts"], *TARGETS["names"]]
    tools = [service(tool, where) for tool in TOOLS for where in hosts]
    held = [service(tool, where) for tool in HELD for where in TARGETS["held"]]
    return [*tools, *held, *(json.dumps({"type": "http", "url": url}) for url in redirects())]


def file_with(services):
    """The example, where one server has these services and no other."""
    head, _mark, tail = EXAMPLE.partition("        services:\n")
    rest = tail[tail.index("  - ref: carnet") :]
    lines = ["        services:", *(f"          - {one}" for one in services)]
    return "\n".join([head.rstrip("\n"), *lines, rest])


def accepted(services):
    """Those that the door of the provider file takes; each of the others is refused with a sentence on its line."""
    with pytest.raises(ProviderFileRefused) as refused:
        parse(file_with([*services, service("tcp", "user@127.0.0.1")]))
    first = file_with([]).count("\n", 0, file_with([]).index("        services:\n")) + 2
    wrong = {problem.line - first for problem in refused.value.problems}
    assert all(problem.sentence for problem in refused.value.problems)
    assert wrong <= set(range(len(services) + 1))
    return [one for number, one in enumerate(services) if number not in wrong]


def forbidden(called):
    """Of what was called, all that is neither public nor the resolver."""
    return sorted(place for place in called if not is_public(place.split()[1]))


def is_public(address):
    try:
        check(address, allow_private=False)
    except OutboundRefused:
        return False
    return True


@pytest.fixture
def net(tmp_path):
    with internet(tmp_path / "internet", TARGETS["names"] | TARGETS["held"]) as there:
        yield there


def test_there_are_enough_of_them():
    assert sum(map(len, TARGETS.values())) >= 200


def test_the_recorder_sees_what_is_called(net):
    calls = "import socket; socket.create_connection(('10.9.8.7', 80), 5).close(); print('called', flush=True)"
    with net.running("-c", calls) as process:
        process.says("called")
    until(lambda: "tcp 10.9.8.7 80" in net.called())
    assert forbidden(net.called()) == ["tcp 10.9.8.7 80"]


def test_no_check_calls_a_private_address(net, tmp_path):
    """Every target that the door takes, with every kind of check."""
    services = accepted(written())
    (tmp_path / "services").write_text("\n".join(services), encoding="utf-8")
    with net.running("-m", "tests.hostile.look", str(tmp_path / "services"), str(tmp_path / "seen")) as process:
        assert process.ends() == 0, process.text
    seen = Counter(json.loads((tmp_path / "seen").read_text(encoding="utf-8")))
    assert forbidden(net.called()) == []
    assert seen["forbidden"] > 1000
    assert set(seen) <= {"up", "down", "forbidden", "unresolved", "nonsense", "closed", "timeout", "tls", "refused"}
    assert seen["refused"] <= 12, seen  # everybody answers in that world, except to datagrams
    reached = {place for place in net.called() if place.split()[1] == speakers.SITE}
    assert {int(place.split()[2]) for place in reached} == {0, *speakers.PORTS} - {993, 8080}
    assert {f"tcp {address} 80" for address in speakers.SPEAKERS} <= net.called()


def looked(net, database_url, services, **environment):
    """The provider file is applied, and the prober looks once at all of it."""
    at = clock.now()
    apply_provider.apply(parse(file_with(services)), by=SYSTEM, at=at)
    Check.objects.update(due_at=at, interval_s=3600)
    with net.running("-m", "astreinte", "prober", ASTREINTE_DATABASE_URL=database_url, **environment) as prober:
        until(lambda: Result.objects.values("of_check").distinct().count() == Check.objects.count())
        assert prober.stop() == 0
        assert "Traceback" not in prober.text


def in_turn(tools, places):
    """Each place with one of the tools, one after the other."""
    return [service(tool, where) for tool, where in zip(itertools.cycle(tools), places, strict=False)]


def test_the_prober_calls_none_either_and_where_they_are_allowed_only_the_registered_ones(thawed, net, database_url):
    """Those written as they are, in the check or among the addresses of its server; a name or a redirect registers nothing."""
    names = [one for shift in range(2) for one in in_turn([*TOOLS][shift:], TARGETS["names"])]
    pages = [json.dumps({"type": "http", "url": url}) for url in [*redirects()][::8]]
    own = [service("tcp", "192.168.77.7"), service("http", "[fd77::7]"), service("tcp", "registered.hostile.example")]
    looked(net, database_url, accepted([*names, *pages, *own]), ASTREINTE_PROBE_ALLOW_PRIVATE="1")
    assert {place.split()[1] for place in forbidden(net.called())} == {"192.0.2.10", "192.168.77.7", "fd77::7"}


def test_no_webhook_of_a_stranger_calls_a_private_address_even_where_they_are_allowed(thawed, world, net, database_url):
    """Asked for by the form of the status page; what answers with a redirect is left there."""
    places = [*TARGETS["hosts"], *TARGETS["names"]]
    urls = [*(f"https://{where}/" for where in places), *(f"https://{where}:8080/" for where in TARGETS["names"])]
    taken = [url for url in urls if SubscribeForm({"way": "webhook", "address": url}, components=[]).is_valid()]
    assert len(taken) > 150
    for number, url in enumerate(taken):
        wish = subscribe.Wish(components=[], language="en", source=str(number))
        subscribe.by_webhook(url, wish, at=clock.now() - timedelta(minutes=2 * (len(taken) - number)))
    letters = Notification.objects.filter(channel="webhook")
    letters.update(due_at=clock.now())
    told = {"ASTREINTE_DATABASE_URL": database_url, "ASTREINTE_PROBE_ALLOW_PRIVATE": "1"}
    with net.running("-m", "astreinte", "pager", **told) as pager:
        until(lambda: not letters.filter(attempt=0).exists())
        pager.stop()
    assert forbidden(net.called()) == []
    assert f"tcp {speakers.SITE} 443" in net.called()
