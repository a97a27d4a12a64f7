"""The tables of a room, made and dropped together."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from astreinte.core.tables import Tables

ROOM = Tables(
    [
        migrations.CreateModel("Rack", fields=[("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "Slot",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("rack", models.ForeignKey("core.rack", on_delete=models.CASCADE)),
            ],
        ),
    ]
)


def made():
    """Which of the two exist, and what the second refers to."""
    with connection.cursor() as cursor:
        found = {"core_rack", "core_slot"} & set(connection.introspection.table_names(cursor))
        refers = connection.introspection.get_relations(cursor, "core_slot") if "core_slot" in found else {}
    return sorted(found), [relation[1] for relation in refers.values()]


@pytest.mark.django_db(transaction=True)
def test_they_are_made_in_their_order_and_dropped_the_last_one_first():
    before, after = ProjectState(), ProjectState()
    assert "Rack" not in str(after.apps.get_models())  # drawn once already, as after another migration
    ROOM.state_forwards("core", after)
    with connection.schema_editor() as editor:
        ROOM.database_forwards("core", editor, before, after)
    assert made() == (["core_rack", "core_slot"], ["core_rack"])
    with connection.schema_editor() as editor:
        ROOM.database_backwards("core", editor, after, before)
    assert made() == ([], [])
    assert ROOM.describe() == "Create models Rack, Slot"
