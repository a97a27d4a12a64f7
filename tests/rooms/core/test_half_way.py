"""The migrations of before the first release: a database that had them all goes on, one that had some is refused with a sentence."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from astreinte.core import clock, health
from astreinte.workers import doctor
from astreinte.workers.cli import app

pytestmark = pytest.mark.django_db
REPLACED = {key: one.replaces for key, one in MigrationLoader(None).disk_migrations.items() if one.replaces}


@pytest.fixture
def had():
    """Make the database remember what the version before had applied, but for some. Django notes the replaced ones by itself."""

    def remember(*, but=()):
        recorder = MigrationRecorder(connection)
        assert {one for old in REPLACED.values() for one in old} <= set(recorder.applied_migrations())
        for one in [*REPLACED, *but]:
            recorder.record_unapplied(*one)

    return remember


def test_each_room_has_one_migration_that_stands_for_all_before():
    assert {name for _room, name in REPLACED} == {"0001_tables"}
    assert len(REPLACED) == 10
    assert sum(map(len, REPLACED.values())) == 40


def test_a_database_that_had_them_all_goes_on_and_nothing_is_done(had):
    had()
    assert health.missing_migrations() == []
    call_command("migrate", verbosity=0, interactive=False)
    assert set(REPLACED) <= set(MigrationRecorder(connection).applied_migrations())


def test_migrating_plans_once():
    """Each plan reads what the database has had: ours asks once whether there is a way, Django's own command does the rest."""
    with CaptureQueriesContext(connection) as django:
        call_command("migrate", verbosity=0, interactive=False)
    with CaptureQueriesContext(connection) as ours:
        assert CliRunner().invoke(app, ["migrate"], env={"LANG": "en"}).exit_code == 0
    assert reads(ours) == reads(django) + 1


def reads(questions):
    return sum('FROM "django_migrations"' in one["sql"] for one in questions)


def test_a_database_that_stopped_half_way_is_told_what_to_do(had):
    had(but=[("tickets", "0011_rehearsals"), ("monitoring", "0012_readings")])
    with pytest.raises(health.HalfWay) as refused:
        health.missing_migrations()
    assert refused.value.details == {"rooms": "monitoring, tickets", "commit": "e974aec"}
    for command in (["migrate"], ["verify"]):
        said = CliRunner().invoke(app, command, env={"LANG": "en"})
        assert said.exit_code == 2
        assert "e974aec" in said.output
    (line,) = [line for line in doctor.examine(at=clock.now()) if line.about == "migrations"]
    assert "monitoring, tickets" in line.sentence
    assert "e974aec" in line.sentence
