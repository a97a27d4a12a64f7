"""What comes before the first process: migrate, and give an empty database a provider. Ends; the answer is JSON on its output."""

import json
import sys
from pathlib import Path
from typing import Any

from astreinte.core import clock
from astreinte.workers import life


def main() -> int:
    """Reads `{"config": path or null, "ports": {...}}`; answers what the supervisor prints and starts."""
    asked = json.loads(sys.stdin.read())
    life.begin()
    from django.core.management import call_command

    from astreinte.core import health

    try:
        health.refuse_half_way()
    except health.HalfWay as refused:
        sys.stderr.write(f"{refused.sentence % refused.details}\n")
        return 1
    call_command("migrate", verbosity=0, interactive=False)
    try:
        answer = _provider(asked)
    except Exception as refusal:
        if type(refusal).__module__.startswith("astreinte."):
            sys.stderr.write(f"{refusal}\n")
            return 1
        raise
    sys.stdout.write(json.dumps({**answer, "journal": _journal()}))
    return 0


def _provider(asked: dict[str, Any]) -> dict[str, Any]:
    from astreinte.accounts import queries as accounts

    provider = accounts.provider()
    if asked["config"]:
        from astreinte.core.actors import SYSTEM
        from astreinte.flows import apply_provider
        from astreinte.provider_file import parse

        text = Path(str(asked["config"])).read_text(encoding="utf-8")
        apply_provider.apply(parse(text), by=SYSTEM, at=clock.now())
        return {"demonstration": False}
    if provider is None or provider.demonstration:
        from devtools import demo

        return {"demonstration": True, **demo.load(asked["ports"], at=clock.now())}
    return {"demonstration": False}


def _journal() -> str:
    """Which journal an embedded database uses; empty on PostgreSQL."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return str(cursor.fetchone()[0]).upper()


if __name__ == "__main__":
    sys.exit(main())
