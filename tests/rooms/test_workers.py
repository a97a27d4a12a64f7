"""The auditor, the keeper and what machines ask the desk."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from astreinte.accounts import leftovers
from astreinte.accounts.models import RememberedAnswer
from astreinte.billing.models import Invoice
from astreinte.core import clock, heartbeats
from astreinte.core.models import Heartbeat
from astreinte.flows import observe
from astreinte.notifications import actions
from astreinte.notifications.models import Notification
from astreinte.tickets.models import Receipt
from astreinte.web import metrics
from astreinte.workers import auditor
from astreinte.workers.auditor import Auditor
from astreinte.workers.bell import Bell
from tests.gateways import gateway, letter
from tests.processes import running, until

LONG_AGO = timedelta(seconds=61)


@pytest.fixture
def outside(settings):
    """The dead-man's switch."""
    with gateway() as found:
        settings.HEARTBEAT_URL = f"{found.url}/alive"
        yield found


def everybody_lives():
    for worker in ("pager", "keeper", "auditor"):
        heartbeats.beat(worker, at=clock.now())


def look_once():
    bell = Bell()
    bell.stopping = True
    watcher = Auditor(bell)
    watcher._turn()
    bell.close()
    return Heartbeat.objects.get(worker="auditor").detail["wrong"]


@pytest.mark.django_db
def test_while_all_is_well_the_outside_is_told(outside):
    everybody_lives()
    assert look_once() == []
    assert outside.call().path == "/alive"


@pytest.mark.django_db
def test_something_overdue_withholds_the_heartbeat(outside):
    everybody_lives()
    actions.enqueue([letter(1, due_at=clock.now() - LONG_AGO)], at=clock.now())
    assert look_once() == ["1 messages are overdue"]
    assert outside.calls.empty()


@pytest.mark.django_db
def test_a_silent_worker_withholds_the_heartbeat(outside):
    heartbeats.beat("pager", at=clock.now() - LONG_AGO)
    assert look_once() == ["pager is silent"]
    assert outside.calls.empty()


def watcher_says(*, started_ago):
    """What the auditor finds, of the workers that were never seen too, once it has watched for so long."""
    bell = Bell()
    watcher = Auditor(bell)
    watcher._started_at -= started_ago
    bell.close()
    return auditor.findings(at=clock.now()) + watcher._missing(clock.now())


def test_a_silent_prober_withholds_the_heartbeat_while_there_is_something_to_watch(world, outside):
    everybody_lives()
    world.watches()
    heartbeats.beat("prober", at=clock.now())
    assert look_once() == []
    assert outside.call().path == "/alive"
    heartbeats.beat("prober", at=clock.now() - LONG_AGO)
    assert look_once() == ["prober is silent"]
    assert outside.calls.empty()


@pytest.mark.parametrize(
    ("watch", "never"),
    [
        (lambda _world: None, []),
        (lambda world: world.watches(), ["prober was never seen"]),
        (lambda world: world.listens_to("nightly", kind="heartbeat", every_s=60), ["prober was never seen"]),
        (lambda world: world.listens_to("prometheus"), []),
    ],
)
def test_a_prober_that_was_never_started_is_missed_where_there_is_something_to_watch(world, watch, never):
    everybody_lives()
    watch(world)
    assert watcher_says(started_ago=59) == []
    assert watcher_says(started_ago=61) == never


def test_a_prober_that_was_stopped_is_not_missed_once_nothing_is_watched_any_more(world):
    everybody_lives()
    check = world.watches()
    heartbeats.beat("prober", at=clock.now() - LONG_AGO)
    assert watcher_says(started_ago=61) == ["prober is silent"]
    type(check).objects.update(due_at=None)
    assert watcher_says(started_ago=61) == []


def test_a_page_about_which_nothing_left_is_found(world):
    world.on_call("Alice")
    world.customer_opens()
    assert auditor.findings(at=world.now + LONG_AGO) == []
    from astreinte.paging.models import Page

    Page.objects.update(first_sent_at=None)
    page = Page.objects.get()
    assert auditor.findings(at=world.now + LONG_AGO) == [
        f"pages {page.pk} are stuck, or nothing about them could be sent"
    ]


@pytest.mark.django_db
def test_ready_is_yes_when_everybody_lives_and_nothing_is_late(client):
    everybody_lives()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


@pytest.mark.django_db
def test_ready_says_every_reason_why_not(client):
    heartbeats.beat("pager", at=clock.now())
    heartbeats.beat("keeper", at=clock.now() - LONG_AGO)
    actions.enqueue([letter(1, due_at=clock.now() - LONG_AGO)], at=clock.now())
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == [
        "keeper: silent for 61 s",
        "auditor: never seen",
        "outbox: something is overdue",
    ]


def test_alive_asks_no_database(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_a_process_of_the_web_has_read_its_pages_before_anybody_asks(database_url):
    """The one that is ready answers for all: a cold one kept its first customer waiting for over a second."""
    words = (
        "import sys, astreinte.config.wsgi; print('warm' if 'astreinte.web.console.case' in sys.modules else 'cold')"
    )
    with running("-c", words, ASTREINTE_DATABASE_URL=database_url) as process:
        process.says("warm")


def test_the_telephones_are_there_in_a_demonstration_alone(client, settings):
    settings.POCKET_URL = ""
    assert client.get("/dev/phones").status_code == 404
    settings.POCKET_URL = "http://127.0.0.1:9900"
    assert client.get("/dev/phones")["Location"] == "http://127.0.0.1:9900/dev/phones"


def test_the_numbers_are_those_of_the_desk(world, client):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    heartbeats.beat("pager", at=world.now - timedelta(seconds=7))
    heartbeats.beat("prober", at=world.now - timedelta(seconds=9))
    check = world.watches()
    observe.results([world.saw(check, up=up) for up in (True, True, False)])
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(metrics.computed(at=world.now).decode())
        for sample in family.samples
    }
    assert found["astreinte_page_latency_seconds_count",] == 1
    assert found["astreinte_page_latency_seconds_bucket", "0.01"] == 1
    assert found["astreinte_ack_latency_seconds_bucket", "+Inf"] == 1
    assert found["astreinte_deliveries_total", "accepted", "sms"] >= 1
    assert found["astreinte_tickets_total", "urgent"] == 1
    assert found["astreinte_verdicts_total", "customer-app"] == 1
    assert found["astreinte_worker_heartbeat_age_seconds", "pager"] == 7
    assert found["astreinte_worker_heartbeat_age_seconds", "prober"] == 9
    assert found["astreinte_incidents_open",] == 0
    assert [found["astreinte_checks", state] for state in ("down", "unknown", "up")] == [0, 0, 1]
    assert found["astreinte_probe_lag_seconds",] == 0
    assert found["astreinte_probe_results_total", "http", "up"] == 2
    assert found["astreinte_probe_results_total", "down", "http"] == 1
    assert found["astreinte_oncall_gap_seconds",] == 0
    assert client.get("/metrics").status_code == 200


@pytest.mark.django_db
def test_what_was_kept_for_a_day_is_forgotten(django_user_model):
    user = django_user_model.objects.create_user("a@b.example", None, name="A")
    now = clock.now()
    for key, age in (("old", 25), ("new", 23)):
        RememberedAnswer.objects.create(
            user=user, key=key, asked_sha256="", status=200, answer="", at=now - timedelta(hours=age)
        )
    assert leftovers.forget(at=now) == 1
    assert RememberedAnswer.objects.get().key == "new"


@pytest.mark.slow
def test_the_keeper_issues_renders_and_sends(thawed, world, database_url):
    world.now = clock.now()
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    with running("-m", "astreinte", "keeper", ASTREINTE_DATABASE_URL=database_url) as keeper:
        # papers are drawn by processes that step aside for everybody else
        until(lambda: Invoice.objects.filter(pdf_sha256__isnull=False).exists(), within_s=90)
        until(lambda: Notification.objects.filter(kind="invoice").exists())
        until(Receipt.objects.exists, within_s=90)
        until(lambda: Heartbeat.objects.filter(worker="keeper").exists())
        assert keeper.stop() == 0
