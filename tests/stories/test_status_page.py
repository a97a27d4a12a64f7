"""The status page tells of what several customers feel, and of what a person wrote; and it is written when something changed."""

from datetime import timedelta

import pytest

from astreinte.flows import maintain, recover
from astreinte.monitoring.models import Incident, PublicMessage
from astreinte.workers.status_page import StatusPage
from tests.public import announces, component, moves, plans, says, shows

DAY = timedelta(1)


@pytest.fixture
def night(world):
    """The web site of the bakery is down; that of the shop is watched too."""
    world.on_call("Alice")
    world.check, world.other = world.watches(), world.watches(world.shop, url="https://shop.gmbh.example/")
    world.incident = world.goes_down(world.check)
    return world


def test_one_customers_server_is_nobodys_news(night, site):
    site.write()
    assert "All services are in order." in site.read()
    assert site.json()["incidents"] == []
    assert not [name for name in site.names() if name.startswith("en/incidents/")]


def test_what_a_person_wrote_is_public_with_its_component(night, site):
    says(night, night.incident, "A switch of the Paris hall has failed.")
    site.write()
    page = site.read()
    assert "Some services are out of order." in page
    assert "Web sites: outage" in page
    assert "A switch of the Paris hall has failed." in page
    incident = site.read(f"en/incidents/{night.incident.public_id}.html")
    assert "We know the cause" in incident
    assert "Our monitoring found it and has called the engineer on duty." in incident  # its first word is our own


def test_what_was_said_by_itself_publishes_nothing(night, site):
    PublicMessage.objects.create(
        incident=night.incident, stage="investigating", texts={"en": "web1 is down"}, said_at=night.now
    )
    site.write()
    assert site.json()["incidents"] == []
    says(night, night.incident, "We look at it.")
    site.write()
    assert "web1 is down" not in site.everything()


def test_what_several_customers_feel_is_told_at_once(night, site):
    night.incident.servers.add(night.shop)
    site.write()
    assert "Web sites: outage" in site.read()
    assert "Notre surveillance l’a vu et a appelé l’ingénieur d’astreinte." in site.read("fr/index.html")
    assert site.html("index.html").startswith('<!doctype html>\n<html lang="fr">')


def test_the_parts_of_a_trouble_count_with_it(night, site):
    other = Incident.objects.create(
        title="x", of_check=night.other, parent=night.incident, opened_at=night.now, started_at=night.now
    )
    other.servers.add(night.shop)
    site.write()
    (told,) = site.json()["incidents"]
    assert told["id"] == str(night.incident.public_id)
    assert told["status"] == "investigating"


def test_a_shared_component_tells_of_its_own(night, site):
    shows(night, component("platform", "Shared platform", servers=[night.web1, night.web2], shared=True))
    site.write()
    assert "Shared platform: outage" in site.read()


def test_a_component_is_what_the_provider_file_says(night, site):
    shows(
        night,
        component("web", "Hosting", plans=["dedicated", "gold"], description={"en": "Sites and shops"}),
        component("mail", "Mail", plans=["dedicated"], services=["imap"]),
        name="Exemple status",
    )
    night.incident.servers.add(night.shop)
    site.write()
    assert "Exemple status" in site.read()
    assert "Sites and shops" in site.read()
    states = {one["id"]: one["status"] for one in site.json("components")["components"]}
    assert states == {"web": "major_outage", "mail": "operational"}


def test_it_ends_on_the_page_as_it_ended(night, site):
    says(night, night.incident, "A switch has failed.")
    night.sees(night.check, up=True, times=2)
    site.write()
    page = site.read()
    assert "All services are in order." in page
    assert "It is over" in page
    assert "Our monitoring sees it in order again." in page
    month = site.read("en/history/2026-10.html")
    assert "Web sites: outage" in month
    assert "October 2026 1 incident" in site.read("en/history/index.html")


def test_a_person_may_say_that_it_is_over_before_the_machine_does(night, site):
    says(night, night.incident, "Mended.", stage="resolved")
    site.write()
    assert "All services are in order." in site.read()
    assert site.json("incidents")["incidents"][0]["status"] == "resolved"


def test_what_came_back_is_in_progress_again(night, site):
    says(night, night.incident, "Mended.", stage="resolved")
    night.sees(night.check, up=True, times=2)
    night.sees(night.check, up=False, times=3)
    night.incident.refresh_from_db()
    assert night.incident.times == 2
    site.write()
    assert "Some services are out of order." in site.read()


def test_the_promise_of_news_is_on_the_page(night, site):
    says(night, night.incident, "We look.", stage="investigating", next_at=night.now + timedelta(minutes=30))
    site.write()
    assert "Next news by 25 Oct 2026, 02:04" in site.read()


def test_what_is_mended_and_watched_is_not_an_outage(night, site):
    says(night, night.incident, "Mended.", stage="monitoring")
    site.write()
    assert site.json("status")["status"]["indicator"] == "minor"


def test_maintenance_of_several_customers_is_announced(world, site):
    world.watches()
    soon = world.now + DAY
    plans(world, world.web1, world.shop, start=soon, end=soon + timedelta(hours=2))
    plans(world, world.web2, start=soon, end=soon + timedelta(hours=2))  # of one customer: it is theirs
    site.write()
    assert "Servers and network: maintenance" in site.read("en/maintenance.html")
    assert len(site.json("scheduled-maintenances/upcoming")["scheduled_maintenances"]) == 1
    assert "Disks of" not in site.everything()
    world.passes(days=1, minutes=1)
    site.write()
    assert "Maintenance is in progress." in site.read()
    assert len(site.json("scheduled-maintenances/active")["scheduled_maintenances"]) == 1


def test_a_maintenance_that_is_cancelled_is_said_to_be_until_it_would_have_been_over(world, site):
    world.watches()
    window = announces(world, world.web1, world.shop, start=world.now + DAY)
    site.write()
    maintain.cancel(window, reason="The spare part of Beispiel is late.", by=world.chloe, at=world.now)
    site.write()
    for name in ("en/index.html", "en/maintenance.html"):
        assert "Servers and network: maintenance cancelled It does not take place." in site.read(name)
    assert "annulée" in site.read("fr/maintenance.html")
    assert "Beispiel" not in site.everything()  # why is for those concerned
    (work,) = site.json()["scheduled_maintenances"]
    assert (work["status"], work["name"]) == ("completed", "Sites web, Serveurs et réseau : maintenance · annulée")
    assert "Elle n’a pas lieu." in work["incident_updates"][0]["body"]
    assert site.json("scheduled-maintenances/upcoming")["scheduled_maintenances"] == []
    for feed in ("en/feed.atom", "en/feed.rss"):
        assert "maintenance · cancelled" in site.read(feed)
    world.passes(days=1, minutes=1)
    site.write()
    assert "All services are in order." in site.read()  # nothing is in progress
    assert "cancelled" in site.read()
    world.passes(hours=2)
    site.write()
    assert "cancelled" not in site.read()
    assert "maintenance" not in site.read("en/feed.atom").replace("Incidents", "")


def test_a_maintenance_that_moved_says_when_it_was_to_be(world, site):
    world.watches()
    window = announces(world, world.web1, world.shop, start=world.now + DAY)
    moves(world, window, hours=6)
    site.write()
    page = site.read("en/maintenance.html")
    assert "maintenance moved 26 Oct 2026, 07:30 – 26 Oct 2026, 09:30 (Europe/Paris)" in page
    assert "Before: 26 Oct 2026, 01:30 – 26 Oct 2026, 03:30" in page
    (work,) = site.json("scheduled-maintenances/upcoming")["scheduled_maintenances"]
    assert "2026-10-26 00:30 – 2026-10-26 02:30 UTC" in work["incident_updates"][0]["body"]
    world.passes(days=1, hours=3)
    site.write()
    assert "moved" not in site.read("en/maintenance.html")
    moves(world, window, hours=1)
    moves(world, window, hours=-1)  # back where it was
    site.write()
    assert "Before: 26 Oct 2026, 08:30" in site.read("en/maintenance.html")


def test_it_is_written_when_something_changed_and_stamped_anew_all_the_same(night, site, settings):
    keeper = StatusPage()
    assert keeper.turn(at=night.now)
    assert keeper.turn(at=night.now) == 0  # a moment later nothing is asked
    keeper._asked_at = keeper._looked_at = float("-inf")
    assert keeper.turn(at=night.now) == 0  # looked, and nothing had changed
    night.incident.servers.add(night.shop)
    keeper._asked_at = keeper._looked_at = float("-inf")
    assert keeper.turn(at=night.now)
    keeper._asked_at = keeper._looked_at = keeper._stamped_at = float("-inf")
    assert 0 < keeper.turn(at=night.now + timedelta(minutes=5)) < len(site.names())
    assert "As of 25 Oct 2026, 02:39" in site.read()
    assert "25 Oct 2026, 02:54" in site.read()  # until then


def test_a_page_that_is_not_published_any_more_goes_and_strangers_files_stay(night, site):
    said = says(night, night.incident, "A switch has failed.")
    site.write()
    (site.folder / "robots.txt").write_text("theirs")
    page = f"en/incidents/{night.incident.public_id}.html"
    assert page in site.names()
    PublicMessage.objects.filter(pk=said.pk).delete()
    site.write()
    assert page not in site.names()
    assert "robots.txt" in site.names()


def test_nothing_is_written_before_there_is_a_provider(db, settings, tmp_path):
    from astreinte.core import clock

    settings.STATUS_DIR = tmp_path / "status"
    assert StatusPage().turn(at=clock.now()) == 0
    assert not settings.STATUS_DIR.exists()


def test_what_an_engineer_ends_is_over_on_the_page(night, site):
    says(night, night.incident, "A switch has failed.")
    Incident.objects.filter(pk=night.incident.pk).update(of_check=None)  # nothing says otherwise
    night.incident.refresh_from_db()
    recover.by_hand(night.incident, by=night.chloe, at=night.now)
    site.write()
    assert site.json()["incidents"] == []
