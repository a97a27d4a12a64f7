"""Every table that a migration froze is still frozen once all migrations have run: SQLite drops triggers with the table it rebuilds."""

import re

import pytest
from django.apps import apps
from django.db import connection

from devtools.docs import ROOT

FROZEN = re.compile(r'\bfreeze\(\s*"(\w+)",\s*"(\w+)"')
MIGRATIONS = sorted((ROOT / "astreinte").glob("*/migrations/*.py"))
MODELS = sorted({found for path in MIGRATIONS for found in FROZEN.findall(path.read_text(encoding="utf-8"))})
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass",
}


def test_what_must_be_proved_is_frozen():
    assert {model for _app, model in MODELS} >= {"timelineentry", "seal", "consent", "evidence", "invoice"}


@pytest.mark.django_db
@pytest.mark.parametrize(("app", "model"), MODELS)
def test_a_frozen_table_has_its_triggers(app, model):
    table = apps.get_model(app, model)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor], [table])
        found = {name for (name,) in cursor.fetchall()}
    assert found >= {f"{table}_no_update", f"{table}_no_delete"}
