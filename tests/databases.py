"""Pytest plugin: `--database sqlite|postgres` chooses the engine, and the environment is set before Django reads it."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers

STACK = pytest.StashKey[contextlib.ExitStack]()
# Whoever asks for one of these meets a database, in this process or in one of its own.
MEETS = {"db", "transactional_db", "django_db_setup", "engine", "database_url", "migrated"}
# Kept from the caller's environment: everything else of ours would make the run depend on the machine.
KEPT = {servers.GIVEN}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite", help="the engine to test on")
    parser.addoption(
        "--kills", type=int, default=150, help="how many times the tests of crashes kill a pager, on each database"
    )
    parser.addoption("--races", type=int, default=500, help="how many times an answer races an escalation")
    parser.addoption("--restarts", type=int, default=4, help="how many times PostgreSQL is restarted under load")
    parser.addoption("--locked", type=float, default=17, help="for how many seconds the tests hold the database")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What meets no database is the same on both: it is marked, and run once."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if not asked & MEETS and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.once)


def pytest_collection_finish(session: pytest.Session) -> None:
    """A group that is spread over the workers makes two demonstrations fight for the same ports: better no run at all."""
    grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
    if session.config.getoption("loadgroup", False) and not all("@" in item.nodeid for item in grouped):
        raise pytest.UsageError(
            "a test of an xdist_group is in none: marked too late, or pytest and pytest-xdist do not go together"
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before pytest-django loads the settings. The workers of xdist find the controller's server in the environment."""
    options = early_config.known_args_namespace
    stack = early_config.stash[STACK] = contextlib.ExitStack()
    early_config.add_cleanup(stack.close)
    for name in [name for name in os.environ if name.startswith("ASTREINTE_") and name not in KEPT]:
        del os.environ[name]
    os.environ["ASTREINTE_DATA"] = _data_folder(stack)
    os.environ["ASTREINTE_SECRET_KEY"] = "only for the tests, which keep no secret"
    os.environ["ASTREINTE_LOG"] = "text"
    if options.database == "postgres" and not (options.help or options.version):
        os.environ[servers.GIVEN] = os.environ["ASTREINTE_DATABASE_URL"] = stack.enter_context(servers.postgresql())
    return (yield)


def _data_folder(stack: contextlib.ExitStack) -> str:
    folder = tempfile.mkdtemp(prefix="astreinte-data-")
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    (Path(folder) / "static").mkdir()  # WhiteNoise warns when nothing was collected, and warnings are errors
    return str(Path(folder).resolve())
