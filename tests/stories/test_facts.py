"""What is known of a complaint, as typed facts: from the desk, its incidents, the provider's systems and its own checks."""

from datetime import timedelta

import pytest

from astreinte.flows import push_facts, suspect
from astreinte.guarantee.rules import advice
from astreinte.monitoring.models import Maintenance
from astreinte.tickets import facts
from astreinte.tickets.models import Ticket


def known(world, *, server=None, symptom="website-down"):
    """Every fact, read back by the reader of facts: none may be wrong."""
    found = facts.about(server or world.web1, symptom=symptom, at=world.now)
    read, wrong = advice.read(found)
    assert not wrong, [(one.place, one.msgid) for one in wrong]
    assert len(read) == len(found)
    return {(fact.kind, fact.subject): fact.value for fact in read}


def test_of_a_server_that_nobody_watches_the_desk_knows_its_own(world):
    found = known(world)
    assert found["entitlement.urgent", ""] is True
    assert found["request.intent", ""] == "fault"
    assert found["incident.open", ""] == "none"
    assert found["maintenance.window", ""] == "none"
    assert found["incident.other_customers", ""] == 0
    assert not any(kind.startswith("vantage.") for kind, _ in found)
    assert known(world, server=world.mutu)["entitlement.urgent", ""] is False
    assert known(world, symptom="how-to")["request.intent", ""] == "how-to"


@pytest.mark.parametrize(
    ("error", "saw", "value"),
    [
        ("refused", "", "refused"), ("timeout", "", "timeout"), ("unresolved", "", "dns-error"), ("tls", "", "tls-error"),
        ("", "HTTP 503, expected 200-299", "server-error"), ("", "HTTP 404, expected 200-299", "not-found"),
        ("", "HTTP 502, expected 200-299", "gateway-error"), ("nonsense", "x", "server-error"),
    ],
)  # fmt: skip
def test_what_a_visitor_gets(world, error, saw, value):
    check = world.watches(url="https://www.boulangerie.example/")
    world.sees_once(check, up=False, error=error, saw=saw)
    found = known(world)
    assert found["http.site", "www.boulangerie.example"] == value
    assert found["vantage.count", ""] == 1
    port = {"refused": "refused", "timeout": "timeout", "unresolved": None}.get(error, "open")
    assert found.get(("tcp.port", "https:443")) == port


def test_the_witness_page_tells_the_server_from_the_application(world):
    site, witness = world.watches(), world.watches(url="https://witness.web1.example/", witness=True)
    world.sees_once(site, up=False, saw="HTTP 500, expected 200-399")
    world.sees_once(witness, up=True, saw="HTTP 200")
    found = known(world)
    assert found["http.site", "www.boulangerie.example"] == "server-error"
    assert found["http.witness", ""] == "ok"
    world.passes(minutes=1)
    world.sees_once(witness, up=False, saw="HTTP 404, expected 200-399")
    assert known(world)["http.witness", ""] == "server-error"


def test_from_several_places_it_is_known_how_many_reach_it(world):
    check = world.watches()
    world.looks_from("paris", "rennes")
    world.round(check, times=3, here=True, paris=True, rennes=True)
    found = known(world)
    assert (found["vantage.count", ""], found["vantage.ok_ratio", "www.boulangerie.example"]) == (3, 1)
    world.round(check, times=3, here=True, paris=False, rennes=True)
    assert known(world)["vantage.ok_ratio", "www.boulangerie.example"] == 0.67


def test_of_backups_it_is_known_whether_they_can_be_read(world):
    check = world.watches(kind="backup", path="/backup", user="desk", password="x", host_key="SHA256:x")
    world.sees_once(check, up=True, saw="the newest is 3 h old")
    assert known(world, symptom="backup")["backup.access", ""] == "ok"


def test_a_conversation_is_a_dialogue_and_a_port(world):
    check = world.watches(kind="imap", host="mail.boulangerie.example", port=143)
    world.sees_once(check, up=True, saw="* OK ready")
    found = known(world, symptom="mail")
    assert (found["service.dialogue", "imap"], found["tcp.port", "imap:143"]) == ("ok", "open")
    world.passes(minutes=1)
    world.sees_once(check, up=False, error="refused")
    found = known(world, symptom="mail")
    assert ("service.dialogue", "imap") not in found
    assert found["tcp.port", "imap:143"] == "refused"


def test_trouble_of_our_own_says_nothing(world):
    check = world.watches()
    world.sees_once(check, up=False, error="forbidden")
    assert not any(kind.startswith(("http.", "tcp.", "vantage.")) for kind, _ in known(world))


def test_an_incident_that_the_guarantee_covers_is_ours(world):
    world.on_call("Alice")
    world.goes_down(world.watches())
    found = known(world)
    assert found["incident.open", "http"] == "confirmed"
    assert found["incident.owner", "http"] == "provider"


def test_a_maintenance_in_progress_and_to_come(world):
    window = Maintenance.objects.create(
        title="Disks", start=world.now + timedelta(hours=1), end=world.now + timedelta(hours=2)
    )
    window.servers.set([world.web1])
    assert known(world)["maintenance.window", ""] == "planned"
    world.passes(minutes=61)
    assert known(world)["maintenance.window", ""] == "active"


def test_other_customers_with_the_same_complaint(world):
    world.on_call("Alice")
    for person, server in ((world.max, world.shop), (world.lea, world.lea_dedicated), (world.jeanne, world.web2)):
        world.customer_opens("Mail is down", by=person, server=server)
    assert known(world, symptom="mail")["incident.other_customers", ""] == 2
    assert known(world, symptom="slow")["incident.other_customers", ""] == 0
    suspect.look(at=world.now)
    assert ("incident.common_factor", "") not in known(world, symptom="mail")
    suspect.confirm(Ticket.objects.first().incident, clause="network-ours", by=world.chloe, at=world.now)
    assert known(world, symptom="mail")["incident.common_factor", ""] == "network"


def pushed(world, kind, value, *, minutes_ago=1, subject=""):
    at = (world.now - timedelta(minutes=minutes_ago)).isoformat()
    said = {"kind": kind, "value": value, "subject": subject, "observed_at": at, "source": "provider"}
    found, wrong = advice.read([said])
    assert not wrong
    return push_facts.push(world.web1, found, by=world.chloe, at=world.now)


def test_how_old_the_newest_copy_was_is_known_from_the_last_listing_of_the_backups(world):
    world.on_call("Alice")
    more = {"kind": "heartbeat", "server": world.web1.name, "proves": "backup", "listing": True}
    www, db = (world.listens_to(name, **more) for name in ("www", "db"))
    world.lists(www, f"{world.now.timestamp() - 3600:.0f} 9 www.tar")
    assert known(world, symptom="backup")["backup.latest_age", ""] == 3600
    world.lists(db, f"{world.now.timestamp() - 180_000:.0f} 9 db.sql")
    found = known(world, symptom="backup")
    assert (found["backup.latest_age", ""], found["incident.open", "backup"]) == (180_000, "confirmed")
    assert ("backup.latest_age", "") not in known(world, server=world.web2, symptom="backup")
    world.passes(days=1, seconds=1)
    assert ("backup.latest_age", "") not in known(world, symptom="backup")


def test_what_the_provider_pushes_is_known_and_the_newest_word_counts(world):
    assert pushed(world, "disk.used_percent", 99.2, subject="/") == 1
    assert known(world)["disk.used_percent", "/"] == 99.2
    assert pushed(world, "disk.used_percent", 40, subject="/", minutes_ago=5) == 0
    assert known(world)["disk.used_percent", "/"] == 99.2
    assert pushed(world, "disk.used_percent", 41, subject="/", minutes_ago=0) == 1
    assert known(world)["disk.used_percent", "/"] == 41
    assert ("disk.used_percent", "/") not in known(world, server=world.web2)
