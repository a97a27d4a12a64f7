"""The feeds and the documents of the status page, as other people's programs read them; and no file ever names a customer."""

import html
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from astreinte.customers.models import Customer, Server
from astreinte.monitoring.models import Check, Incident, Maintenance, PublicMessage
from astreinte.monitoring.rules.publicity import Board, Component, Hit, Level, Told, Trouble, Update
from astreinte.web.public import folder, site
from astreinte.web.public.frame import Frame, stylesheet
from tests.public import component, plans, says, shows

NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)
FRAME = Frame(
    name="Exemple",
    title="Exemple & Cie <status>",
    languages=("fr", "en"),
    time_zone="Europe/Paris",
    site_url="https://status.hebergement.example",
    desk_url="https://support.hebergement.example",
)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def made(text, *, stage="identified", over=False, number=1):
    """A trouble of which somebody wrote."""
    updates = [
        Update(key="incident/1", stage="investigating", at=NOON - timedelta(hours=2)),
        Update(key="message/1", stage=stage, at=NOON - timedelta(hours=1), texts=(("en", text), ("fr", text))),
    ]
    if over:
        updates.append(Update(key="incident/1/x", stage="resolved", at=NOON))
    trouble = Trouble(
        key=number,
        public_id=f"00000000-0000-0000-0000-{number:012d}",
        began_at=NOON - timedelta(hours=2),
        over_at=NOON if over else None,
        hits=(Hit(server=1, customer=1),),
        updates=tuple(updates),
        by_person=True,
    )
    return Told(trouble=trouble, levels=(("web", Level.OUTAGE),))


def board(*troubles):
    web = Component(key="web", names=(("en", "Web & mail"), ("fr", "Web & courrier")), servers=frozenset({1}))
    return Board(components=(web,), troubles=troubles, windows=(), since=NOON - timedelta(days=30))


def files(*troubles):
    return site.files(board(*troubles), FRAME, at=NOON)


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss", "en/feed.atom", "en/feed.rss"])
def test_a_feed_reader_reads_the_feeds(name):
    content = files(made("A <b>switch</b> & more ]]> \x00\x1b é"), made("Over", over=True, number=2))[name]
    feed = feedparser.parse(content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == {"atom": "atom10", "rss": "rss20"}[name.rpartition(".")[2]]
    assert feed.feed.language == ("en" if name.startswith("en/") else "fr")
    assert len({entry.id for entry in feed.entries}) == 2
    first = feed.entries[0]
    assert first.link.startswith("https://status.hebergement.example/")
    assert "switch" in (first.get("content") or [first])[0].get("value", first.get("summary"))
    # a page of a feed leads to a file that there is
    for entry in feed.entries:
        assert entry.link.removeprefix("https://status.hebergement.example/") in files(made("x"), made("y", number=2))


def test_the_dates_of_the_feeds_are_those_of_the_last_word():
    said = files(made("x", over=True))
    atom = feedparser.parse(said["en/feed.atom"]).entries[0]
    assert (atom.updated, atom.published) == ("2026-10-25T12:00:00Z", "2026-10-25T10:00:00Z")
    assert parsedate_to_datetime(feedparser.parse(said["en/feed.rss"]).entries[0].published) == NOON


def test_an_empty_feed_is_a_feed():
    for name in ("feed.atom", "feed.rss"):
        assert not feedparser.parse(files()[name]).bozo


PAGE = {"id": str, "name": str, "url": str, "time_zone": str, "updated_at": str}
COMPONENT = {
    "id", "name", "status", "created_at", "updated_at", "position", "description", "showcase", "start_date", "group_id",
    "page_id", "group", "only_show_if_degraded",
}  # fmt: skip
INCIDENT = {
    "id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink", "started_at",
    "page_id", "incident_updates", "components",
}  # fmt: skip
UPDATE = {
    "id", "status", "body", "incident_id", "created_at", "updated_at", "display_at", "affected_components",
    "deliver_notifications", "custom_tweet", "tweet_id",
}  # fmt: skip


def test_the_documents_have_the_shape_that_programs_know(world, site):
    world.on_call("Alice")
    incident = world.goes_down(world.watches())
    says(world, incident, "A switch has failed.")
    soon = world.now + timedelta(days=1)
    plans(world, world.web1, world.shop, start=soon, end=soon + timedelta(hours=1))
    site.write()
    summary = site.json()
    assert set(summary) == {"page", "components", "incidents", "scheduled_maintenances", "status"}
    assert {name: type(value) for name, value in summary["page"].items()} == PAGE
    assert summary["status"] == {"indicator": "critical", "description": "Certains services sont en panne."}
    assert all(set(one) == COMPONENT for one in summary["components"])
    assert [one["position"] for one in summary["components"]] == [1, 2]
    (told,) = summary["incidents"]
    assert set(told) == INCIDENT
    assert all(set(one) == UPDATE for one in told["incident_updates"])
    assert [one["status"] for one in told["incident_updates"]] == ["identified", "investigating"]
    assert told["incident_updates"][0]["affected_components"] == [
        {"code": "web", "name": "Sites web", "old_status": "major_outage", "new_status": "major_outage"}
    ]
    assert RFC3339.fullmatch(told["created_at"])
    (work,) = summary["scheduled_maintenances"]
    assert set(work) == INCIDENT | {"scheduled_for", "scheduled_until"}
    assert work["status"] == "scheduled"
    for name in ("status", "components", "incidents", "incidents/unresolved", "scheduled-maintenances"):
        assert site.json(name)["page"] == summary["page"]


def test_every_address_in_every_page_leads_to_a_file_there_is():
    said = files(made("x"), made("y", over=True, number=2))
    lost = []
    for name in said:
        if name.endswith(".html"):
            here = name.rpartition("/")[0].split("/") if "/" in name else []
            for target in re.findall(r'href="([^"#]+)"', said[name].decode()):
                if "://" not in target:
                    lost += [f"{name}: {target}"] if _followed(here, html.unescape(target)) not in said else []
    assert lost == []


def _followed(here, target):
    steps = list(here)
    for step in target.split("/"):
        if step == "..":
            steps.pop()
        else:
            steps.append(step)
    return "/".join(steps)


def test_the_pages_are_small_and_have_no_script_and_load_nothing_else():
    said = files(*(made("x" * 500, over=bool(n % 2), number=n) for n in range(1, 40)))
    sheet = len(stylesheet()[1])
    for name, content in said.items():
        assert folder.NAME.fullmatch(name)
        if name.endswith(".html") and "history" not in name:
            assert len(files(made("x"), made("y", over=True, number=2)).get(name, b"")) + sheet < 50_000, name
        text = content.decode()
        # without one a browser asks for /favicon.ico, and finds nothing
        assert ('rel="icon"' in text) == name.endswith(".html"), name
        assert "<script" not in text
        assert " style=" not in text
        assert "src=" not in text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ frame }}{% now %}", "\u202e\x00"]
)
def test_what_people_write_is_text_and_nothing_else(text):
    said = files(made(text))
    page = said["en/incidents/00000000-0000-0000-0000-000000000001.html"].decode()
    assert "<script>" not in page
    assert "<img" not in page
    if text.startswith("{{"):
        assert html.escape(text) in page


def test_a_bar_says_in_words_what_it_shows():
    page = files(made("x", over=True))["en/index.html"].decode()
    (bar,) = re.findall(r'role="img" aria-label="([^"]*)"', page)
    assert bar == "The last 90 days: outage on 1 day, in order on 30 days, no data on 59 days."
    assert "25 Oct 2026: outage for 2 h 00" in page


# -- nobody is named -----------------------------------------------------------------------------------------------------

SECRETS = (
    "web1",
    "web2",
    "shop.gmbh",
    "gmbh.example",
    "boulangerie",
    "Boulangerie",
    "Beispiel",
    "Carnet",
    "mutu7",
    "192.0.2.",
    "hunter2",
)


def fails(world, *, kinds, servers, parts, said, shared, service):
    """Something fails: whose, how it was told by itself, and whether a person wrote of it."""
    if shared:
        shows(
            world, component("all", "All of it", plans=["dedicated", "gold", "shared"], services=service, shared=True)
        )
    for number, kind in enumerate(kinds):
        server = servers[number % len(servers)]
        check = Check.objects.create(
            server=server, kind=kind, where=f"{kind}://{server.name}/?hunter2", interval_s=60, down_after=3, up_after=2,
            due_at=world.now, state="down",
        )  # fmt: skip
        parent = Incident.objects.filter(parent=None).first() if parts else None
        incident = Incident.objects.create(
            title=f"{kind} is down: {server.name} ({server.customer.name})", of_check=check, parent=parent,
            opened_at=world.now, started_at=world.now,
        )  # fmt: skip
        incident.servers.set(servers if number % 2 else [server])
        PublicMessage.objects.create(
            incident=incident, stage="investigating", texts={"en": f"{server.name} is down", "fr": server.name},
            said_at=world.now,
        )  # fmt: skip
        if said:
            says(world, incident, "A switch has failed.")


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(["http", "imap", "ssh", "ping", "gopher"]), min_size=1, max_size=4),
    which=st.sets(st.integers(0, 4), min_size=1),
    parts=st.booleans(),
    said=st.booleans(),
    shared=st.booleans(),
    service=st.sampled_from([[], ["http"], ["imap", "ssh"]]),
    planned=st.booleans(),
)
def test_no_file_ever_names_a_customer_a_server_or_an_address(world, site, **drawn):
    from django.db import transaction

    with transaction.atomic():
        _write_and_look(world, site, **drawn)
        transaction.set_rollback(True)


def _write_and_look(world, site, *, kinds, which, parts, said, shared, service, planned):
    everybody = list(Server.objects.order_by("pk"))
    servers = [everybody[number] for number in sorted(which)]
    fails(world, kinds=kinds, servers=servers, parts=parts, said=said, shared=shared, service=service)
    if planned:
        plans(world, *servers, start=world.now, end=world.now + timedelta(hours=1))
    site.write()
    everything = site.everything()
    names = [*SECRETS, *Server.objects.values_list("name", flat=True), *Customer.objects.values_list("name", flat=True)]
    assert [name for name in names if name in everything] == []
    customers = {server.customer_id for server in servers}
    if len(customers) == 1 and not said and not shared:
        assert site.json("incidents")["incidents"] == []
        assert site.json()["status"]["indicator"] == "none"
        assert Maintenance.objects.count() == planned
        assert site.json("scheduled-maintenances")["scheduled_maintenances"] == []
