"""The command `astreinte`: what it prints, what it refuses, and its exit codes."""

import json
import re
import socket
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation
from typer.testing import CliRunner

from astreinte.accounts import queries as accounts
from astreinte.accounts.models import ApiToken, Provider, User
from astreinte.core import clock, configuration
from astreinte.core.models import Heartbeat
from astreinte.notifications.models import ContactMethod
from astreinte.oncall.models import Rotation
from astreinte.workers import doctor
from astreinte.workers.cli import app
from astreinte.workers.doctor_lines import Level

FILE = Path(__file__).parents[1] / "data" / "provider.yaml"
pytestmark = pytest.mark.django_db


def run(*words, given=None):
    return CliRunner().invoke(app, list(map(str, words)), input=given, env={"LC_ALL": "en_US.UTF-8"})


@pytest.fixture
def desk(tmp_path, settings):
    """An installation that was given its provider file, and whose workers are alive."""
    settings.DATA = tmp_path
    assert run("apply", FILE).exit_code == 0
    at = clock.now()
    Heartbeat.objects.bulk_create(Heartbeat(worker=name, at=at) for name in ("pager", "keeper", "prober", "auditor"))
    return tmp_path


def test_apply_prints_each_difference_then_none():
    rehearsed = run("apply", FILE, "--dry-run")
    assert "+ rota first" in rehearsed.stdout
    assert "nothing was written" in rehearsed.stdout
    assert User.objects.count() == 0
    first = run("apply", FILE)
    assert "+ server web1.boulangerie.example" in first.stdout
    assert re.search(r"^\d+ changes applied\.$", first.stdout, re.MULTILINE)
    second = run("apply", "-", given=FILE.read_bytes())
    assert second.stdout == "Nothing to change: the installation matches the file.\n"


def test_apply_names_the_file_and_the_line_of_every_problem(tmp_path):
    text = FILE.read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        text.replace("gti: 15m", "gti: soon", 1).replace("kind: business", "kind: bakery", 1), encoding="utf-8"
    )
    answer = run("apply", wrong)
    lines = [
        number for number, line in enumerate(wrong.read_text().splitlines(), 1) if "soon" in line or "bakery" in line
    ]
    assert answer.exit_code == 2
    assert [line.split(": ")[0] for line in answer.stderr.splitlines()[:2]] == [f"{wrong}:{number}" for number in lines]
    assert "nothing was changed" in answer.stderr
    assert User.objects.count() == 0


def test_apply_of_a_file_that_is_not_there():
    answer = run("apply", "nowhere.yaml")
    assert (answer.exit_code, answer.stderr) == (2, "nowhere.yaml: No such file or directory\n")


def test_a_token_is_printed_once_works_and_is_not_in_the_database(desk):
    answer = run("token", "create", "--for", "alice@hebergement.example", "--scope", "read", "--days", "7")
    text = answer.stdout.strip()
    assert re.fullmatch(r"ast_[A-Za-z0-9_-]{43}", text)
    token = ApiToken.objects.get(sha256=accounts.token_sha256(text))
    assert (token.user.email, token.scopes) == ("alice@hebergement.example", ["read"])
    assert token.expires_at - token.created_at == timedelta(days=7)
    assert text not in str(ApiToken.objects.values())
    listed = run("token", "list").stdout
    assert token.prefix in listed
    assert text not in listed
    assert run("token", "revoke", token.prefix).exit_code == 0
    assert ApiToken.objects.get().revoked_at is not None
    assert run("token", "revoke", token.prefix).exit_code == 2


def test_a_token_for_nobody_or_with_an_unknown_scope_is_refused(desk):
    assert run("token", "create", "--for", "nobody@hebergement.example").exit_code == 2
    answer = run("token", "create", "--for", "alice@hebergement.example", "--scope", "everything")
    assert (answer.exit_code, "everything is not a scope" in answer.stderr) == (2, True)
    assert not ApiToken.objects.exists()


def test_a_first_password_is_set_and_a_weak_one_refused(desk):
    weak = run("password", "set", "alice@hebergement.example", "--stdin", given="password1234\n")
    assert (weak.exit_code, weak.stderr.startswith("This password is refused.")) == (2, True)
    good = run("password", "set", "alice@hebergement.example", "--stdin", given="correct horse battery\n")
    assert good.exit_code == 0
    assert User.objects.get(email="alice@hebergement.example").check_password("correct horse battery")


def lines(*options):
    answer = run("doctor", "--json", *options)
    found = json.loads(answer.stdout)
    assert (answer.exit_code == 1) is any(line["level"] == "red" for line in found)
    return {(line["level"], line["about"]) for line in found}


def test_doctor_is_green_on_a_desk_that_is_ready(desk):
    assert {line for line in lines() if line[0] != "green"} == {("amber", "references")}
    Provider.objects.update(settings={"monitoring": {"references": ["tcp 192.0.2.53:53"]}})
    configuration.changed()
    assert {level for level, _about in lines()} == {"green"}
    assert "GREEN rota first: Somebody is on call for the next 14 days." in run("doctor").stdout


def test_doctor_is_red_without_a_provider_or_a_pager(tmp_path, settings):
    settings.DATA = tmp_path
    assert {("red", "provider"), ("red", "rotas"), ("red", "escalation"), ("red", "pager")} <= lines()


def test_doctor_sees_a_gap_a_silent_person_and_a_deaf_step(desk):
    Rotation.objects.filter(rota__name="second").update(ends_on=clock.now().date() + timedelta(days=3))
    ContactMethod.objects.filter(user__email="chloe@hebergement.example").delete()
    assert {("red", "rota second"), ("red", "people"), ("red", "escalation default")} <= lines()
    assert ("green", "rota first") in lines()


def test_doctor_sees_a_place_that_is_blind_and_one_that_is_silent(world):
    world.on_call("Alice")
    paris, rennes = world.looks_from("paris", "rennes")
    world.reports(rennes)
    world.reports(paris, blind_since=world.now - timedelta(minutes=1))
    found = {line.about: line.level for line in doctor.examine(at=world.now)}
    assert (found["site paris"], found["site rennes"]) == (Level.AMBER, Level.GREEN)
    with translation.override("fr"):
        found = {line.about: line.sentence for line in doctor.examine(at=world.now + timedelta(hours=1))}
    assert found["site rennes"] == "Il ne donne pas de nouvelles."


def test_a_prober_of_another_place_needs_the_address_of_the_desk():
    answer = run("prober", "--site", "paris")
    assert answer.exit_code == 2
    assert "--core" in answer.stderr


def test_doctor_sees_a_late_worker_and_a_secret_that_others_can_read(desk, monkeypatch):
    monkeypatch.delenv("ASTREINTE_SECRET_KEY")
    key = desk / "secret_key"
    key.write_text("secret", encoding="utf-8")
    key.chmod(0o644)
    Heartbeat.objects.filter(worker="keeper").update(at=clock.now() - timedelta(minutes=5))
    assert {("red", "secret key"), ("amber", "keeper"), ("green", "pager")} <= lines()
    key.chmod(stat.S_IRUSR)
    assert ("green", "secret key") in lines()


def test_doctor_sees_what_is_overdue(world):
    world.on_call("Alice")
    world.customer_opens()
    world.passes(minutes=1)
    at = world.now + timedelta(hours=1)
    levels = {line.about: line.level for line in doctor.examine(at=at)}
    assert levels["outbox"] == Level.GREEN
    world.member("Zoe Late", world.gmbh)
    world.now = at
    from astreinte.notifications.models import Notification

    Notification.objects.filter(state="accepted").update(state="queued", due_at=at - timedelta(minutes=2))
    assert {line.about: line.level for line in doctor.examine(at=at)}["outbox"] == Level.RED


def test_doctor_reaches_the_gateways(desk, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_server(("127.0.0.1", 0)) as closed:
        answers, silent = listening.getsockname()[1], closed.getsockname()[1]
        closed.close()
        text = FILE.read_text(encoding="utf-8").replace(":9900", f":{answers}").replace(":9925", f":{silent}")
        (tmp_path / "here.yaml").write_text(text, encoding="utf-8")
        assert run("apply", tmp_path / "here.yaml").exit_code == 0
        assert {("green", "channel sms"), ("red", "channel email")} <= lines("--send")


def test_verify_says_that_all_is_well_or_names_the_row(world):
    from django.db import connection

    world.on_call("Alice")
    ticket = world.customer_opens()
    well = run("verify")
    assert (well.exit_code, well.stdout.count("GREEN")) == (0, 6)
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER tickets_consent_no_update" + ("" if connection.vendor == "sqlite" else " ON tickets_consent")
        )
        cursor.execute("UPDATE tickets_consent SET amount_excl_cents = 1")
    answer = run("verify", "--json")
    assert answer.exit_code == 1
    said = json.loads(answer.stdout)
    assert (said["ok"], said["broken"]["consent"][0]["row"]) == (False, f"consent {ticket.consent_id}")


def test_export_is_json_lines_without_secrets(world):
    (alice,) = world.on_call("Alice")
    world.billed_case(alice.user)
    world.invoices_are_issued()
    answer = run("export")
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert {row["type"] for row in rows} == {"pages", "deliveries", "timeline", "invoices"}
    invoice = next(row for row in rows if row["type"] == "invoices")
    assert (invoice["number"], invoice["document_type"], invoice["amount_incl_vat"]) == (
        "F2026-000001",
        "invoice",
        "114.00",
    )
    only = run("export", "--kind", "pages", "--since", "2026-10-25")
    assert [json.loads(line)["state"] for line in only.stdout.splitlines()] == ["closed"]
    assert run("export", "--kind", "pages", "--since", "2026-12-01").stdout == ""
    assert run("export", "--since", "yesterday").exit_code == 2
