"""Erasing a person, from its doors: the command and the screen say what goes, ask, refuse; `doctor` after an old backup."""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation
from typer.testing import CliRunner

from astreinte.accounts import erased
from astreinte.accounts.models import User
from astreinte.accounts.tries import SIGN_IN
from astreinte.core import clock
from astreinte.core.models import TimelineEntry
from astreinte.tickets.models import Evidence, Ticket
from astreinte.workers import doctor
from astreinte.workers.cli import app
from tests.world import PASSWORD

CANARY = "canary-5d1c"
WHY = ("--why", "letter of 3 March")


def run(*words, given=None):
    return CliRunner().invoke(app, list(words), input=given, env={"LC_ALL": "en_US.UTF-8"})


@pytest.fixture
def email(world, settings, tmp_path):
    """Jeanne, who opened a standard ticket that is resolved."""
    settings.DATA = tmp_path
    (alice,) = world.on_call("Alice")
    world.resolves(alice.user, world.customer_opens_standard(CANARY))
    return world.jeanne.email


def is_whole():
    return Ticket.objects.get().subject == CANARY


def test_it_says_what_goes_and_what_stays_and_writes_nothing(email):
    said = run("erase", email, "--dry-run")
    assert said.exit_code == 0
    assert f"What goes, of Jeanne Blanc ({email}):" in said.stdout
    assert "1  tickets, their sentences and texts" in said.stdout
    assert "0  acceptances of a fee, with their papers" in said.stdout
    assert "the provider file" in said.stdout
    assert said.stdout.endswith("Nothing was written.\n")
    assert is_whole()


def test_it_asks_for_the_address_once_more(email):
    assert run("erase", email, *WHY, given="somebody@else.example\n").exit_code == 2
    assert is_whole()
    done = run("erase", email, *WHY, given=f"{email}\n")
    assert (done.exit_code, "Erased. Keep" in done.stdout) == (0, True)
    assert not is_whole()
    assert not Evidence.objects.filter(text__contains=CANARY).exists()
    assert run("verify").exit_code == 0


def test_it_wants_to_know_who_asked(email):
    said = run("erase", email, "--yes")
    assert (said.exit_code, "--why" in said.stderr) == (2, True)
    assert is_whole()


@pytest.mark.parametrize("address", ["nobody@else.example", ""])
def test_nobody_has_that_address(email, address):
    said = run("erase", address, "--yes", *WHY)
    assert (said.exit_code, f"Nobody has the address {address}." in said.stderr) == (2, True)


def test_what_is_in_the_way_is_said_and_nothing_is_erased(world, email):
    ticket = world.customer_opens_standard("Another")
    said = run("erase", email, "--yes", *WHY)
    assert (said.exit_code, f"{ticket.ref} is still open" in said.stderr) == (1, True)
    assert Ticket.objects.filter(subject=CANARY).exists()


def lines():
    with translation.override("en"):
        found = [one for one in doctor.examine(at=clock.now()) if one.about == "erased"]
    return [(one.level, one.sentence, one.remedy) for one in found]


def test_after_an_old_backup_doctor_says_it_and_the_command_erases_again(world, email):
    assert lines() == []
    backup = transaction.savepoint()
    assert run("erase", email, "--yes", *WHY).exit_code == 0
    assert lines() == []
    transaction.savepoint_rollback(backup)
    assert lines() == [("red", "1 person who was erased is back.", "Run `astreinte erase --again`.")]
    again = run("erase", "--again")
    assert (again.exit_code, again.stdout) == (0, "1 person erased again.\n")
    assert lines() == []
    assert not User.objects.filter(email=email).exists()


def test_who_cannot_be_erased_again_yet_is_named(world, email):
    backup = transaction.savepoint()
    assert run("erase", email, "--yes", *WHY).exit_code == 0
    transaction.savepoint_rollback(backup)
    ticket = world.customer_opens_standard("Another")
    said = run("erase", "--again")
    assert (said.exit_code, said.stdout) == (1, "0 people erased again.\n")
    assert said.stderr.startswith(f"{email}: {ticket.ref} is still open")


def test_a_file_that_is_not_ours_erases_nobody(email):
    erased.path().write_text("{}\n", encoding="utf-8")
    said = run("erase", "--again")
    assert (said.exit_code, "cannot be read" in said.stderr) == (2, True)
    assert lines()[0][0] == "red"
    assert is_whole()


# -- the screen ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(world, email):
    """Chloé, signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.chloe)
    return client


def asks(client, email, **more):
    answer = client.post("/console/erase/", {"email": email, **more})
    return answer.status_code, answer.content.decode()


def test_an_administrator_sees_what_would_go_and_nothing_is_erased(admin, email):
    assert 'href="/console/erase/"' in admin.get("/console/health/").content.decode()
    assert "See what would go" in admin.get("/console/erase/").content.decode()
    status, page = asks(admin, email)
    assert status == 200
    for words in ("What goes, of Jeanne Blanc", "tickets, their sentences and texts", "This cannot be undone."):
        assert words in page, words
    assert is_whole()


def test_their_password_is_asked_for_and_then_it_is_done(world, admin, email):
    given = {"why": "letter of 3 March"}
    for wrong in ("", "not it"):
        status, page = asks(admin, email, **given, password=wrong)
        assert (status, is_whole(), "letter of 3 March" in page) == (422, True, True)
    assert "This is not your password." in page
    assert asks(admin, email, why="", password=PASSWORD)[0] == 422
    assert is_whole()
    assert asks(admin, email, **given, password=PASSWORD)[0] == 302
    assert not is_whole()
    line = TimelineEntry.objects.get(kind="person:erased")
    assert (line.by_name, line.data["why"]) == ("Chloé Durand", "letter of 3 March")
    assert "Erased." in admin.get("/console/erase/").content.decode()


def test_a_password_that_is_guessed_there_is_soon_not_compared_any_more(admin, email):
    for _ in range(SIGN_IN.account):
        assert "This is not your password." in asks(admin, email, why="letter", password="not it")[1]
    status, page = asks(admin, email, why="letter", password=PASSWORD)
    assert (status, is_whole()) == (422, True)
    assert "Too many passwords were tried" in page


def test_the_screen_says_what_is_in_the_way(world, admin, email):
    assert "Nobody has the address" in asks(admin, "nobody@else.example")[1]
    ticket = world.customer_opens_standard("Another")
    status, page = asks(admin, email)
    assert (status, f"{ticket.ref} is still open" in page, "Erase for good" in page) == (422, True, False)
    status, page = asks(admin, email, why="letter", password=PASSWORD)
    assert (status, f"{ticket.ref} is still open" in page) == (422, True)
    status, page = asks(admin, world.denis.email)
    assert (status, "works for the provider" in page) == (422, True)
    assert Ticket.objects.filter(subject=CANARY).exists()


def test_nobody_else_has_that_screen(world, email):
    for person in (world.jeanne, world.denis):
        client = Client()
        client.force_login(person)
        assert client.get("/console/erase/").status_code == 404
        assert asks(client, world.max.email, why="x", password=PASSWORD)[0] == 404
