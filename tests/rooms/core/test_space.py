"""That there is room for more is proved, and nothing of the proof stays."""

import pytest
from django.db import connection
from django.db.utils import OperationalError

from astreinte.core import space
from tests.chaos.disks import small_disk


@pytest.mark.django_db
def test_where_there_is_room_the_proof_leaves_nothing_behind():
    before = connection.introspection.table_names()
    space.prove()
    space.prove()
    assert connection.introspection.table_names() == before


@pytest.mark.django_db
def test_a_role_that_may_make_no_table_of_its_own_is_let_be(engine):
    if engine == "sqlite":
        pytest.skip("SQLite knows no roles")
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC')
        cursor.execute("CREATE ROLE modest")
        cursor.execute("SET LOCAL ROLE modest")
    space.prove()


def test_a_full_disk_is_said_in_words_a_reader_of_the_log_understands():
    with small_disk(1) as disk:
        if disk is None:
            pytest.skip("a small disk can be mounted by root alone, where the machine allows it")
        disk.fill()
        with pytest.raises(OperationalError, match="no room in the folder of the database: No space left on device"):
            space._prove_folder(disk.folder)
        assert [one.name for one in disk.folder.iterdir()] == ["ballast"]
