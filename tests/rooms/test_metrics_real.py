"""The facts that a real Prometheus gives: of this machine by real exporters, and of others by what their exporters said."""

import os
import shutil
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from astreinte.core import clock, configuration
from astreinte.flows import diagnose
from astreinte.guarantee.rules import advice
from astreinte.monitoring import readings
from astreinte.tickets import asking
from astreinte.tickets.rules.metrics import promql, table
from tests import loops, metrics, prometheus, real_servers
from tests.probe_servers import closed_port
from tests.processes import until
from tests.rooms.recorded_metrics import RECORDED
from tests.rooms.test_prober import prober

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real servers")]  # a second set of them starves the first
HERE = "web1.boulangerie.example"
PROGRAMS = ("prometheus", "prometheus-node-exporter", "prometheus-mysqld-exporter")


def case(number):
    return f"case-{number}.example"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A Prometheus that remembers every recorded server."""
    folder = tmp_path_factory.mktemp("recorded")
    metrics.remembered(folder, {case(number): one[1] for number, one in enumerate(RECORDED)}, clock.now())
    with metrics.scraping(folder, {}) as there:
        yield there


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """One that asks node_exporter and mysqld_exporter of this machine; with an exporter to be killed, and one without a database."""
    folder = tmp_path_factory.mktemp("live")
    for name in PROGRAMS:
        prometheus.program(name)
    with ExitStack() as stack:
        node, dying = (
            stack.enter_context(metrics.exporter("prometheus-node-exporter", folder / name))
            for name in ("node", "dying")
        )
        (folder / "mariadb").mkdir()
        database = stack.enter_context(real_servers.mariadb(folder / "mariadb"))
        mysqld, alone = (
            stack.enter_context(
                metrics.exporter("prometheus-mysqld-exporter", folder / name, DATA_SOURCE_NAME=_login(port))
            )
            for name, port in {"mysqld": database.port, "alone": closed_port()}.items()
        )
        targets = {
            f"{HERE}:9100": node,
            f"{HERE}:9104": mysqld,
            "dying.example:9100": dying,
            "alone.example:9104": alone,
        }
        there = stack.enter_context(metrics.scraping(folder, {name: real.port for name, real in targets.items()}))
        until(
            lambda: {"cpu.steal_percent", "db.slow_queries"} <= {kind for kind, _ in facts(there)},
            or_tell=lambda: (facts(there), metrics.health(there)),
        )
        yield there, dying


def _login(port):
    return f"{real_servers.USER}:{real_servers.PASSWORD}@(127.0.0.1:{port})/"


def told(there, name=HERE, *, queries=None, match=None):
    known = promql.matchers(match or table.MATCH, name=name, addresses=["192.0.2.77"])
    place = asking.Prometheus(url=f"http://127.0.0.1:{there.port}", matchers=known, allow_private=True)
    return loops.run(asking.ask(place, queries or table.whole({})))


def facts(there, name=HERE, **more):
    found = told(there, name, **more)
    assert (found.trouble, found.unanswered) == ("", {})
    read, wrong = advice.read(found.facts)
    assert wrong == ()
    assert all(timedelta(seconds=-2) < datetime.now(UTC) - one.observed_at < timedelta(minutes=3) for one in read)
    return {(one.kind, one.subject): one.value for one in read}


def test_the_disk_and_the_memory_are_those_of_this_machine(live):
    found = facts(live[0])
    disk = shutil.disk_usage("/")
    assert found["disk.used_percent", "/"] == pytest.approx(100 * disk.used / (disk.used + disk.free), abs=1)
    memory = {line.split(":")[0]: int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines()}
    assert found["memory.used_percent", ""] == pytest.approx(
        100 - 100 * memory["MemAvailable"] / memory["MemTotal"], abs=3
    )
    load, cores = os.getloadavg()[1], Path("/proc/cpuinfo").read_text().count("processor\t")
    assert found["cpu.load_per_core", ""] == pytest.approx(load / cores, abs=0.5)


def test_what_it_says_of_this_machine(live):
    found = facts(live[0])
    assert {"disk.used_percent", "memory.used_percent", "memory.oom_kills", "cpu.load_per_core", "cpu.steal_percent",
            "io.wait_percent", "host.state", "host.reboot_cause", "service.state", "db.slow_queries",
            "limit.used_percent"} <= {kind for kind, _ in found}  # fmt: skip
    assert found["host.state", ""] == "up"
    assert found["service.state", "mysql"] == "running"
    assert 10 <= found["limit.used_percent", "db-connections"] <= 60  # of ten connections
    assert 0 <= found["io.wait_percent", ""] <= 100


def test_every_question_is_accepted_by_the_real_server(live, recorded):
    assert told(live[0], "nobody.example").unanswered == {}
    assert told(recorded, r"case-\d+.example").unanswered == {}


@pytest.mark.parametrize("number", range(len(RECORDED)), ids=[f"{n}-{one[0]}" for n, one in enumerate(RECORDED)])
def test_what_was_recorded(recorded, number):
    question, _series, expected = RECORDED[number]
    shipped = table.shipped()[question]
    found = facts(recorded, case(number), queries=[shipped])
    assert found == {(shipped.fact, subject): pytest.approx(value) if isinstance(value, int | float) else value
                     for subject, value in expected.items()}  # fmt: skip


def test_every_question_was_asked_and_every_word_was_answered():
    given = {(question, value) for question, _series, expected in RECORDED for value in expected.values()}
    assert {question for question, _series, _expected in RECORDED} == set(table.shipped())
    alike = {"systemd-units"}  # the words of `units`
    assert [(name, word) for name, one in table.shipped().items() for word in one.values.values()
            if name not in alike and (name, word) not in given] == []  # fmt: skip


def test_another_server_is_another_server(live):
    assert facts(live[0], "boulangerie.example") == {}
    assert facts(live[0], "web1xboulangerie.example") == {}
    assert facts(live[0], 'x"} or up or {a="') == {}
    assert facts(live[0], ".*") == {}


def test_a_provider_names_its_labels(live):
    assert facts(live[0], HERE, match={"instance": r"$short\..*", "job": ".*_9100"})["host.state", ""] == "up"
    assert facts(live[0], HERE, match={"instance": "$short"}) == {}


def test_a_question_that_is_wrong_is_named_and_leaves_the_others(live):
    own = {"wrong": {"fact": "memory.used_percent", "query": "nonsense of(node_load5{$server})"}}
    found = told(live[0], queries=table.whole(own))
    assert (found.trouble, found.unanswered) == ("", {"wrong": "question"})
    assert found.facts


def test_in_a_diagnosis_the_prober_asks(live, world, thawed, database_url):
    said = {"url": f"http://127.0.0.1:{live[0].port}"}
    type(world.provider).objects.update(settings={"monitoring": {"prometheus": said}})
    configuration.changed()
    with prober(database_url) as process:
        process.says("prober ready")
        begun = diagnose.start(world.web1, symptom="slow", text="", by=world.jeanne, at=clock.now())
        until(lambda: readings.of(world.web1).read_at is not None)
        diagnose.due(at=clock.now())
        begun.refresh_from_db()
        assert process.stop() == 0
        assert "Traceback" not in process.text
    assert begun.state == "done"
    assert ("disk.used_percent", "/") in {(one["kind"], one.get("subject")) for one in begun.facts}


def test_a_private_prometheus_is_asked_only_where_that_is_allowed(live, world, thawed, database_url):
    said = {"url": f"http://127.0.0.1:{live[0].port}"}
    type(world.provider).objects.update(settings={"monitoring": {"prometheus": said}})
    configuration.changed()
    with prober(database_url, ASTREINTE_PROBE_ALLOW_PRIVATE="") as process:
        process.says("prober ready")
        diagnose.start(world.web1, symptom="slow", text="", by=world.jeanne, at=clock.now())
        until(lambda: readings.of(world.web1).read_at is not None)
    assert (readings.of(world.web1).trouble, readings.of(world.web1).facts) == ("forbidden", [])


def test_a_server_whose_exporter_has_stopped_has_no_facts(live):
    there, dying = live
    until(lambda: ("host.state", "") in facts(there, "dying.example"))
    dying.process.kill()
    until(lambda: facts(there, "dying.example") == {})


def test_a_database_that_nobody_reaches_is_not_running(live):
    assert facts(live[0], "alone.example")["service.state", "mysql"] == "degraded"
