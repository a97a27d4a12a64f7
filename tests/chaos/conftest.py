"""Fixtures of the tests that kill: a stage on a database of its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.stage import Stage, database


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They load the machine: one after the other, on one worker. Before pytest-xdist reads the groups."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.chaos)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("chaos"))


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Keeps a figure beside the outcome of a test, in the report of the run."""
    return lambda name, value: request.node.user_properties.append((name, value))


@pytest.fixture(scope="session")
def kills(pytestconfig: pytest.Config) -> int:
    """How many times the pager is killed."""
    return int(pytestconfig.getoption("--kills"))


@pytest.fixture(scope="session")
def migrated(engine: str, tmp_path_factory: pytest.TempPathFactory, pocket) -> Iterator[str | Path]:
    """A database to copy from."""
    folder = tmp_path_factory.mktemp("template")
    with database(engine, folder, None) as url:
        stage = Stage(folder=folder, database_url=url, pocket=pocket)
        stage.run("migrate", within=120)
        stage.close()
        yield Path(url.removeprefix("sqlite:///")) if engine == "sqlite" else url.rpartition("/")[2]


@pytest.fixture
def stages(engine: str, tmp_path: Path, migrated: str | Path, pocket) -> Iterator[Callable[..., Stage]]:
    """Makes stages; everything started on them ends with the test."""
    pocket.network.forget()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # its clients die in the middle of a request
    with ExitStack() as stack:

        def make(channel: str = "sms", environment: dict[str, str] | None = None, **more) -> Stage:
            folder = tmp_path / f"stage{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            url = stack.enter_context(database(engine, folder, migrated))
            stage = Stage(folder=folder, database_url=url, pocket=pocket, environment=environment)
            stack.callback(stage.close)
            stage.build(channel, **more)
            return stage

        yield make


@pytest.fixture
def stage(stages: Callable[..., Stage]) -> Stage:
    """A stage whose engineers are called by SMS, through a gateway that can be asked what it has."""
    return stages()
