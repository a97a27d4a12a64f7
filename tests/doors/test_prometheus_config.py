"""`astreinte prometheus-config`: files that Prometheus's own checkers accept, 0600, the same every time, and no secret on the screen."""

import stat

import pytest
import yaml

from astreinte.core import clock
from astreinte.customers.models import ManagedService
from astreinte.monitoring import edits
from astreinte.monitoring.edits import Pace
from astreinte.monitoring.models import AlertSource, Check
from tests import prometheus
from tests.doors.test_command_line import FILE, run

pytestmark = pytest.mark.django_db
SECRETS = ("p4ss-of-the-site", "k3y-in-the-address", "t0ken-in-a-header", "am-key")
SERVICES = [
    ("http", {"url": "https://www.example.com/?key=k3y-in-the-address"}),
    ("http", {"url": "https://a.example/", "user": "u", "password": "p4ss-of-the-site", "contains": "Hello, (you) $1"}),
    ("http", {"url": "https://b.example/", "headers": {"X-Token": "t0ken-in-a-header"}, "redirects": "refuse"}),
    ("tcp", {"host": "::1", "port": 25, "sends": "a", "expects": "b c"}),
    ("ssh", {"host": "web1.example"}),
    ("ssh", {"host": "web1.example", "host_keys": "SHA256:" + "a" * 43}),
    ("ftp", {"host": "web1.example", "tls": "starttls"}),
    ("imap", {"host": "web1.example"}),
    ("imap", {"host": "web1.example", "port": 143, "tls": "starttls", "verify": False}),
    ("pop3", {"host": "web1.example", "port": 110, "tls": "starttls"}),
    ("smtp", {"host": "web1.example", "tls": "starttls", "server_name": "mx.example"}),
    ("dns", {"host": "web1.example", "name": "www.example.com", "expects": "192.0.2.1"}),
    ("tls", {"host": "web1.example", "days": 3}),
]


@pytest.fixture
def desk(world):
    """Something of every kind is watched, at three paces; Alertmanager has its door."""
    kinds = {kind for kind, _ in SERVICES}
    for position, (kind, parameters) in enumerate(SERVICES):
        ManagedService.objects.create(server=world.web1, position=position, type=kind, parameters=parameters)
    paces = [
        Pace(interval_s=(20, 60, 300)[n % 3], down_after=1 + n % 3, up_after=1 + n % 2) for n in range(len(SERVICES))
    ]
    edits.checks({world.web1.name: paces}, kinds=kinds, at=clock.now())
    world.listens_to("am-key", every_s=300)
    return world


def configured(folder, *more):
    folder.mkdir(exist_ok=True)
    if not (folder / "alertmanager.yml").exists():
        (folder / "alertmanager.yml").write_text("url: http://x/inbound/alertmanager/am-key", encoding="utf-8")
    return run("prometheus-config", "--out", folder, *more)


def read(folder, name):
    return yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))


def test_every_file_is_accepted_by_the_checkers_of_prometheus(desk, tmp_path):
    answer = configured(tmp_path / "p")
    assert answer.exit_code == 0, answer.output
    assert "SUCCESS" in prometheus.says_yes("promtool", "check", "config", str(tmp_path / "p" / "prometheus.yml"))
    assert "SUCCESS" in prometheus.says_yes("promtool", "check", "rules", str(tmp_path / "p" / "rules.yml"))
    assert "SUCCESS" in prometheus.says_yes("amtool", "check-config", str(tmp_path / "p" / "alertmanager.yml"))
    config = f"--config.file={tmp_path / 'p' / 'blackbox.yml'}"
    assert "Config file is ok" in prometheus.says_yes("prometheus-blackbox-exporter", "--config.check", config)


def test_each_check_is_scraped_at_its_pace_and_carries_its_name(desk, tmp_path):
    configured(tmp_path / "p", "--blackbox", "127.0.0.1:1234", "--alertmanager", "am.example:9093")
    found = read(tmp_path / "p", "prometheus")
    told = {
        one["labels"]["check_id"]: (one["targets"], one["labels"], job["scrape_interval"])
        for job in found["scrape_configs"]
        for one in job["static_configs"]
    }
    assert len(told) == 12
    check = Check.objects.get(kind="tcp")
    targets, labels, interval = told[str(check.public_id)]
    assert (targets, labels["server"], labels["service"], interval) == (["[::1]:25"], desk.web1.name, "tcp", "20s")
    assert found["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["am.example:9093"]}]
    assert all(job["relabel_configs"][-1]["replacement"] == "127.0.0.1:1234" for job in found["scrape_configs"])


def test_down_after_so_many_in_a_row_and_the_way_back(desk, tmp_path):
    configured(tmp_path / "p")
    rules = {
        rule["labels"].get("pace"): rule for group in read(tmp_path / "p", "rules")["groups"] for rule in group["rules"]
    }
    assert [(rules[pace]["for"], rules[pace]["keep_firing_for"]) for pace in ("20s/1/1", "60s/2/2", "300s/3/1")] == [
        ("0s", "0s"), ("65s", "65s"), ("605s", "0s"),
    ]  # fmt: skip
    (tls,) = [rule for rule in rules.values() if rule["labels"].get("days") == "3"]
    assert tls["expr"].endswith("- time() < 259200")
    routes = read(tmp_path / "p", "alertmanager")["route"]["routes"]
    assert [(one["matchers"], one.get("repeat_interval")) for one in routes] == [
        (['alertname="Watchdog"'], "100s"), (['severity="critical"'], None),
    ]  # fmt: skip


def test_no_secret_is_shown_and_every_file_is_its_owner_s_alone(desk, tmp_path):
    answer = configured(tmp_path / "p")
    assert not [secret for secret in SECRETS if secret in answer.output.replace("am-key has", "")]
    files = [path for path in (tmp_path / "p").rglob("*") if path.is_file()]
    assert len(files) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    (secret,) = (tmp_path / "p" / "secrets").iterdir()
    assert secret.read_text(encoding="utf-8") == "p4ss-of-the-site"
    assert secret.name in (tmp_path / "p" / "blackbox.yml").read_text(encoding="utf-8")
    labels = [
        one["labels"] for job in read(tmp_path / "p", "prometheus")["scrape_configs"] for one in job["static_configs"]
    ]
    assert "k3y-in-the-address" not in str(labels)
    assert "rules.yml" not in [path.name for path in files if any(one in path.read_text() for one in SECRETS)]


def test_a_second_time_changes_nothing_and_a_secret_that_left_is_removed(desk, tmp_path):
    first = configured(tmp_path / "p")
    assert first.output.count("written") == 4
    assert "12 checks are watched." in first.output
    again = configured(tmp_path / "p")
    assert again.output.count("unchanged") == 4
    ManagedService.objects.filter(parameters__user="u").update(parameters={"url": "https://a.example/"})
    configured(tmp_path / "p")
    assert list((tmp_path / "p" / "secrets").iterdir()) == []


def test_what_it_cannot_watch_and_what_differs_is_said(desk, tmp_path):
    said = configured(tmp_path / "p").output
    assert "web1.boulangerie.example, ssh web1.example: blackbox_exporter does not compare host keys" in said
    assert "web1.boulangerie.example, http https://a.example/: redirects are not followed" in said
    assert "rings nobody" not in said
    AlertSource.objects.update(every_s=None)
    assert "am-key has no every: its silence rings nobody" in configured(tmp_path / "p").output


def test_the_key_is_read_in_the_provider_file_that_was_applied(tmp_path):
    text = FILE.read_text(encoding="utf-8").partition("\ninbound:")[0]
    file = tmp_path / "provider.yaml"
    file.write_text(f"{text}\ninbound:\n  prom: {{type: alertmanager, key: one-of-ours, every: 5m}}\n")
    assert run("apply", file).exit_code == 0
    without = run("prometheus-config", "--out", tmp_path / "p")
    assert without.exit_code == 1
    assert "WRITE-THE-KEY-HERE" in (tmp_path / "p" / "alertmanager.yml").read_text()
    answer = run("prometheus-config", "--out", tmp_path / "p", "--file", file)
    assert answer.exit_code == 0, answer.output
    assert "/inbound/alertmanager/one-of-ours" in (tmp_path / "p" / "alertmanager.yml").read_text()
    assert run("prometheus-config", "--out", tmp_path / "p").exit_code == 0  # kept from the time before
    file.write_text(file.read_text().replace("of-ours", "of-others"))
    other = run("prometheus-config", "--out", tmp_path / "p", "--file", file)
    assert (other.exit_code, "apply this file first" in other.output) == (2, True)


def test_exporters_are_scraped_where_the_provider_file_says(desk, tmp_path):
    said = {"prometheus": {"url": "http://p.example", "exporters": {"node": "$name:9100", "mysqld": "$address:9104"}}}
    type(desk.provider).objects.update(settings={"monitoring": said})
    answer = configured(tmp_path / "p")
    assert answer.exit_code == 0, answer.output
    assert "SUCCESS" in prometheus.says_yes("promtool", "check", "config", str(tmp_path / "p" / "prometheus.yml"))
    jobs = {one["job_name"]: one for one in read(tmp_path / "p", "prometheus")["scrape_configs"]}
    found = {one["labels"]["instance"]: one for one in jobs["exporter_node"]["static_configs"]}
    assert found[f"{desk.web1.name}:9100"]["targets"] == [f"{desk.web1.name}:9100"]
    assert found[f"{desk.web1.name}:9100"]["labels"]["server"] == desk.web1.name
    assert len(jobs["exporter_mysqld"]["static_configs"]) == len(found) == desk.web1.__class__.objects.count()
    (blind,) = [
        one for group in read(tmp_path / "p", "rules")["groups"] for one in group["rules"] if "up{" in one["expr"]
    ]
    assert "exporter" not in blind["expr"]


def test_without_a_door_for_alertmanager_nothing_is_written(world, tmp_path):
    world.watches()
    answer = run("prometheus-config", "--out", tmp_path / "p")
    assert (answer.exit_code, (tmp_path / "p").exists()) == (1, False)
    assert "type: alertmanager" in answer.output
    world.listens_to("one")
    world.listens_to("two")
    several = run("prometheus-config", "--out", tmp_path / "p")
    assert (several.exit_code, "one, two" in several.output) == (2, True)
    assert run("prometheus-config", "--out", tmp_path / "p", "--source", "two").exit_code == 1  # its key is missing
    assert (tmp_path / "p").exists()


def test_nothing_watched_is_nothing_written(world, tmp_path):
    world.listens_to("one")
    answer = run("prometheus-config", "--out", tmp_path / "p")
    assert (answer.exit_code, (tmp_path / "p").exists()) == (1, False)
