"""Monitoring already knows: a service that fails is an incident, and a phone rings, with no ticket."""

from datetime import timedelta

from astreinte.core import timeline
from astreinte.customers.models import Server
from astreinte.flows import acknowledge, observe
from astreinte.monitoring.models import Check, Incident, Maintenance
from astreinte.monitoring.rules import STAYS
from astreinte.paging.models import Page
from astreinte.tickets.models import Ticket


def test_a_service_that_fails_three_times_rings_an_engineer_and_there_is_no_ticket(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.sees(check, up=True)
    world.sees(check, up=False, times=2)
    assert (check.state, alice.texts, Incident.objects.count()) == ("up", [], 0)

    world.sees(check, up=False)
    incident = Incident.objects.get()
    assert (check.state, incident.state, incident.clause) == ("down", "open", "service-down")
    assert [one.name for one in incident.servers.all()] == ["web1.boulangerie.example"]
    (text,) = alice.texts
    assert "Boulangerie du Port" in text
    assert "Site web en panne" in text
    assert "connection refused" in text
    assert "/take/" in text
    assert Ticket.objects.count() == 0


def test_a_backup_that_cannot_be_read_falls_under_its_own_clause(world):
    (alice,) = world.on_call("Alice")
    incident = world.goes_down(world.watches(kind="backup", host="web1.boulangerie.example", path="/backups"))
    assert (incident.clause, incident.title) == (
        "backup-unreachable",
        "La dernière sauvegarde n’est pas lisible : web1.boulangerie.example",
    )
    assert "La dernière sauvegarde n'est pas lisible" in alice.texts[0]  # an SMS has no curly apostrophe


def test_a_change_that_is_not_applied_falls_under_its_own_clause(world):
    world.on_call("Alice")
    check = world.watches(kind="change-applied", panel_url="https://canary:s3cret@panel.example/web1?key=s3cret")
    incident = world.goes_down(check)
    assert (incident.clause, incident.title) == (
        "change-not-applied",
        "Un changement n’est pas appliqué sur le serveur : https://panel.example/web1?…",
    )


def test_what_fails_now_and_then_is_no_incident(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    for _ in range(5):
        world.sees(check, up=True)
        world.sees(check, up=False, times=2)
    assert (Incident.objects.count(), alice.texts) == (0, [])


def test_a_service_never_seen_well_is_an_incident_too(world):
    (alice,) = world.on_call("Alice")
    world.sees(world.watches(), up=False, times=3)
    assert len(alice.texts) == 1


def test_nobody_answers_and_the_next_step_rings_as_for_a_ticket(world):
    alice, bruno = world.on_call("Alice", "Bruno", escalates_after=timedelta(minutes=5))
    world.goes_down(world.watches())
    assert (len(alice.texts), len(bruno.texts)) == (1, 0)
    world.passes(minutes=5)
    assert len(bruno.texts) == 1


def test_a_whole_server_tells_each_service_once(world):
    """One incident per check, whatever the number of failures that follow."""
    (alice,) = world.on_call("Alice")
    check = world.watches()
    incident = world.goes_down(check)
    acknowledge.page(incident.page, person=alice.user, via="link", at=world.now)
    world.sees(check, up=False, times=10)
    assert Incident.objects.count() == Page.objects.count() == 1


def test_trouble_within_half_an_hour_is_the_same_incident_and_rings_again(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    first = world.goes_down(check)
    world.sees(check, up=True, times=2)
    world.sees(check, up=False, times=3)
    again = Incident.objects.get()
    assert (again.pk, again.state, again.times) == (first.pk, "open", 2)
    assert again.page_id != first.page_id
    assert len([text for text in alice.texts if "/take/" in text]) == 2


def test_trouble_much_later_is_another_incident(world):
    world.on_call("Alice")
    check = world.watches()
    world.goes_down(check)
    world.sees(check, up=True, times=32)
    world.sees(check, up=False, times=3)
    assert Incident.objects.count() == 2


def test_what_comes_and_goes_rings_three_times_then_once_it_stays(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.sees(check, up=True)
    for _ in range(8):
        world.sees(check, up=False, times=3)
        world.sees(check, up=True, times=2)
        observe.unheard(at=world.now)
    rung = [text for text in alice.texts if "/take/" in text]
    assert (Incident.objects.count(), len(rung)) == (1, 3)

    world.sees(check, up=False, times=3)
    assert Incident.objects.get().state == "open"
    world.passes(minutes=STAYS.total_seconds() / 60)
    assert observe.unheard(at=world.now) == 1
    world.pager_ticks()
    assert len([text for text in alice.texts if "/take/" in text]) == 4
    assert observe.unheard(at=world.now) == 0


def test_a_maintenance_rings_nobody_and_what_is_still_down_at_its_end_does(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    window = Maintenance.objects.create(title="New disks", start=world.now, end=world.now + timedelta(hours=1))
    window.servers.add(world.web1)
    world.sees(check, up=True)
    world.sees(check, up=False, times=5)
    assert observe.left_down(at=world.now) == 0
    assert (check.state, alice.texts, Incident.objects.count()) == ("down", [], 0)

    world.passes(hours=1)
    assert observe.left_down(at=world.now) == 1
    world.pager_ticks()
    assert len(alice.texts) == 1
    assert observe.left_down(at=world.now) == 0


def test_the_history_of_a_check_says_each_turn(world):
    world.on_call("Alice")
    check = world.watches()
    world.goes_down(check)
    world.sees(check, up=True, times=2)
    assert [line.kind for line in timeline.of(check.story)] == ["check:up", "check:down", "check:up"]


def test_results_of_one_batch_count_one_after_the_other(world):
    world.on_call("Alice")
    check = world.watches()
    seen = [observe.Seen(check=check.pk, at=world.now, up=False, saw="refused", error="refused") for _ in range(3)]
    assert observe.results(seen) == 1
    assert Check.objects.get().state == "down"


def test_trouble_of_our_own_is_never_held_against_a_server(world):
    (alice,) = world.on_call("Alice")
    check = world.watches()
    world.sees(check, up=True)
    for error in ("forbidden", "failed", "misconfigured") * 3:
        observe.results([observe.Seen(check=check.pk, at=world.now, up=False, saw="ours", error=error)])
    check.refresh_from_db()
    assert (check.state, check.error, alice.texts) == ("up", "misconfigured", [])


def test_a_check_is_looked_at_by_one_prober_and_again_an_interval_later(world):
    check = world.watches()
    world.passes(minutes=1)
    assert [one.pk for one in observe.claimed(at=world.now, limit=10)] == [check.pk]
    assert observe.claimed(at=world.now, limit=10) == []
    world.passes(minutes=1)
    assert [one.pk for one in observe.claimed(at=world.now, limit=10)] == [check.pk]


def test_a_prober_that_was_away_for_a_day_does_not_catch_up(world):
    world.watches()
    world.passes(days=1)
    assert len(observe.claimed(at=world.now, limit=10)) == 1
    assert observe.claimed(at=world.now, limit=10) == []


def rung(phone):
    return [text for text in phone.texts if "/take/" in text]


def test_a_host_that_is_down_with_all_its_services_is_one_call(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=2))
    checks = [world.watches(kind=kind, host="web1.boulangerie.example") for kind in ("ssh", "ftp", "imap")]
    for check in checks:
        world.sees(check, up=True)
    for check in checks:
        observe.results([observe.Seen(check=check.pk, at=world.now, up=False, error="timeout")] * 3)
    world.pager_ticks()
    assert (Incident.objects.count(), Page.objects.count(), len(rung(alice))) == (3, 1, 1)
    parent = Incident.objects.get(parent=None)
    assert {one.call for one in Incident.objects.all()} == {parent.page}
    assert [line.kind for line in timeline.of(parent.story)] == [
        "incident:opened",
        "incident:spread",
        "incident:spread",
    ]


def test_what_is_left_of_a_trouble_that_is_over_rings_for_itself(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=2))
    first, second = (world.watches(kind=kind, host="web1.boulangerie.example") for kind in ("ssh", "ftp"))
    for check in (first, second):
        observe.results([observe.Seen(check=check.pk, at=world.now, up=False, error="timeout")] * 3)
    world.pager_ticks()
    assert observe.unheard(at=world.now) == 0
    world.sees(first, up=True, times=2)
    assert observe.unheard(at=world.now) == 1
    world.pager_ticks()
    assert len(rung(alice)) == 2
    assert observe.unheard(at=world.now) == 0


def test_a_switch_that_is_down_is_five_calls_and_no_more_whatever_hangs_on_it(world):
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=2))
    servers = [
        Server.objects.create(name=f"s{number}.boulangerie.example", customer=world.boulangerie, plan=world.web1.plan)
        for number in range(20)
    ]
    checks = [world.watches(server, kind="ssh", host=server.name) for server in servers]
    for check in checks:
        observe.results([observe.Seen(check=check.pk, at=world.now, up=False, error="timeout")] * 3)
    world.pager_ticks()
    assert Incident.objects.count() == 20
    assert len(rung(alice)) == 5


def test_a_ticket_in_the_middle_of_a_storm_goes_beside_its_call_or_rings(world):
    """On a server that the storm took: beside; on any other one: it rings at once."""
    (alice,) = world.on_call("Alice", repeat=timedelta(hours=2))
    for kind in ("ssh", "ftp"):
        check = world.watches(kind=kind, host="web1.boulangerie.example")
        observe.results([observe.Seen(check=check.pk, at=world.now, up=False, error="timeout")] * 3)
    world.pager_ticks()
    world.customer_opens("All is down")
    assert len(rung(alice)) == 1
    world.customer_opens("My shop is down", server=world.shop, by=world.max)
    assert len(rung(alice)) == 2
