"""`make bench`: one table, SQLite beside PostgreSQL, each figure with its limit. Ends with 1 when a limit is broken."""

import argparse
import importlib
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import httpx

from devtools.bench import advice as measures_of_advice
from devtools.bench import alerts, diagnosis, measures, past, watched
from devtools.bench.desk import running
from devtools.bench.measures import Figure


def main() -> int:
    """0 when every promise is kept."""
    asked = _arguments().parse_args()
    found: dict[str, list[Figure]] = {}
    for engine in asked.database or ["sqlite", "postgres"]:
        with _database(engine) as url:
            found[engine] = measure(url, quick=asked.quick, only=asked.only or ())
    _print(found)
    broken = [f"{engine}: {one.name}" for engine, figures in found.items() for one in figures if not one.holds]
    print("\n".join(["", *(f"broken: {line}" for line in broken)]) if broken else "\nEvery limit holds.")
    return 1 if broken else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devtools.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer tickets, shorter pauses: a look, not a proof")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="this measure alone, as it is named while it runs"
    )
    parser.add_argument("--database", action="append", choices=["sqlite", "postgres"], help="this one alone")
    return parser


@contextmanager
def _database(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        yield ""
        return
    servers = importlib.import_module("tests.servers")  # not ours to import: the tests' own

    with servers.postgresql(durable=True) as url:
        _create(url)
        yield url


def _create(url: str) -> None:
    import psycopg

    with psycopg.connect(url.replace("/astreinte", "/postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'astreinte'").fetchone():
            connection.execute("CREATE DATABASE astreinte")


def measure(url: str, *, quick: bool, only: Collection[str] = ()) -> list[Figure]:
    """Every figure, or only some, on one database."""
    with running(url) as desk:
        bare, floor = measures.floor(desk)
        jobs: list[tuple[str, Callable[[], list[Figure]]]] = [
            ("advice", measures_of_advice.advice),
            ("start", lambda: [*measures.start(desk), *floor]),
            ("idle", lambda: measures.idle(desk, seconds=8 if quick else 20)),
            ("pages", lambda: measures.pages(desk, bare, few=1_000, many=10_000 if quick else 100_000)),
            ("pace", lambda: measures.pace(desk, bare, per_s=20, seconds=5 if quick else 20)),
            ("taking", lambda: measures.taking(desk, bare, count=10 if quick else 50)),
            ("storm", lambda: measures.storm(desk, count=300 if quick else 3_000)),
            ("failures", lambda: watched.failures(desk, count=5 if quick else 30)),
            ("diagnosis", lambda: diagnosis.dead_server(desk, count=5 if quick else 2 * diagnosis.OF_ONE)),
            ("alerts", lambda: alerts.storm(desk, count=2_000 if quick else 10_000, seconds=12 if quick else 60)),
            ("past", lambda: past.pages(desk, bare, checks=100 if quick else 1_000)),
            ("many checks", lambda: watched.many(desk, count=2_000, interval_s=20)),
            ("probes", lambda: watched.probes(desk, seconds=6 if quick else 16)),
        ]
        return [figure for name, job in jobs if not only or name in only for figure in _done(name, job)]


def _done(name: str, job: Callable[[], list[Figure]]) -> list[Figure]:
    """One measure; one that cannot be taken is a broken limit, and the others go on."""
    print(f"{name}...", file=sys.stderr, flush=True)
    try:
        return job()
    except (RuntimeError, OSError, httpx.HTTPError) as error:
        print(f"{name}: {error}", file=sys.stderr, flush=True)
        return [Figure(name=f"{name}: measured", value=0, unit="", limit=1, at_least=True)]


def _print(found: dict[str, list[Figure]]) -> None:
    engines = list(found)
    names = list(dict.fromkeys(one.name for figures in found.values() for one in figures))
    width = max(map(len, names))
    print(f"\n{'':{width}}  {'limit':>10}  " + "".join(f"{engine:>25}" for engine in engines))
    for name in names:
        row = {engine: next((one for one in found[engine] if one.name == name), None) for engine in engines}
        one = next(figure for figure in row.values() if figure)
        bound = f"{'>=' if one.at_least else '<='} {one.limit:g} {one.unit}" if one.limit is not None else ""
        print(f"{name:{width}}  {bound:>10}  " + "".join(f"{_cell(row[engine]):>25}" for engine in engines))


def _cell(one: Figure | None) -> str:
    if one is None:
        return "-"
    ratio = f" ({one.times_floor:.1f} x floor)" if one.times_floor else ""
    return f"{one.value:.1f} {one.unit}{ratio}{'' if one.holds else ' !'}"


if __name__ == "__main__":
    sys.exit(main())
