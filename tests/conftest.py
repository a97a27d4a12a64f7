"""Fixtures every test may ask for; the small world of the stories is in tests/world.py."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from devtools.pocket import Pocket, running
from devtools.pocket import Settings as PocketSettings

if TYPE_CHECKING:
    from tests.public import Site
    from tests.world import World

# Chromium silent on the network, and without the sandbox that root cannot have in a container.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# On the build machine the same commit always tries the same examples; everywhere else new ones are looked for.
hypothesis.settings.register_profile("build", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("build")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: a file made while collecting may say when, and then the workers collect different tests."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, not in memory: several threads and processes must be able to fight for it, as in production."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database["TEST"]["NAME"] = str(Path(os.environ["ASTREINTE_DATA"]) / "test.sqlite3")


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> str:
    """Which database this run is on: `sqlite` or `postgres`."""
    return str(pytestconfig.getoption("--database"))


@pytest.fixture
def thawed(transactional_db: None) -> Iterator[None]:
    """What is committed here can be wiped after the test: SQLite has no TRUNCATE, and a frozen row refuses a DELETE."""
    from django.db import connection

    yield
    if connection.vendor != "sqlite":
        return
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        for table in {table for _, table, _ in triggers}:
            cursor.execute(f'DELETE FROM "{table}"')
        for _, _, sql in triggers:
            cursor.execute(sql)


@pytest.fixture
def database_url(thawed: None, engine: str) -> str:
    """The address of the test database, for the processes a test starts (ASTREINTE_DATABASE_URL)."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    if engine == "sqlite":
        return f"sqlite:///{name}"
    head, _slash, tail = os.environ["ASTREINTE_DATABASE_URL"].rpartition("/astreinte")
    return f"{head}/{name}{tail}"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium. Playwright keeps an event loop in this thread: Django must be told that it is not ours."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": CHROMIUM}


@pytest.fixture(scope="session")
def pocket() -> Iterator[Pocket]:
    """The stand-in telephone network, in a thread: one for the whole run, emptied for each world."""
    with running(PocketSettings(app_url="http://127.0.0.1:1")) as network:
        yield network


@pytest.fixture
def world(db: None, pocket: Pocket) -> "World":
    """A small world to tell a story in."""
    from tests.world import World

    pocket.network.forget()
    return World(pocket)


@pytest.fixture
def site(world: "World", settings: Any, tmp_path: Path) -> "Site":
    """The folder of the public status page of that world."""
    from tests.public import Site

    settings.STATUS_DIR = tmp_path / "status"
    return Site(world, settings.STATUS_DIR)


@pytest.fixture(autouse=True)
def swept(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with real commits, SQLite refuses to empty what is never deleted: its triggers stand aside for that."""
    marker = request.node.get_closest_marker("django_db")
    commits = (marker and marker.kwargs.get("transaction")) or "transactional_db" in request.fixturenames
    if not commits or request.config.getoption("--database") != "sqlite":
        yield
        return
    request.getfixturevalue("_django_db_helper")  # it empties the tables after us
    yield
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        call_command("flush", verbosity=0, interactive=False, allow_cascade=False)
        for _name, sql in triggers:
            cursor.execute(sql)
