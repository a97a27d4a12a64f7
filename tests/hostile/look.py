"""Look once at each of these services, as the prober does and with nothing else of it: `python -m tests.hostile.look FILE RESULTS`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from astreinte.core import clock
from astreinte.monitoring import probes

TOGETHER = 100
DEADLINE_S = 4.0


async def _look(said: dict[str, Any], room: asyncio.Semaphore) -> str:
    given = {name: value for name, value in said.items() if name != "type"}
    async with room:
        probe = probes.make(said["type"], given)
        found = await probes.run(probe, at=clock.now(), allow_private=False, deadline_s=DEADLINE_S)
    if found.defect:
        raise found.defect
    return found.error or ("up" if found.up else "down")


async def _all(services: list[dict[str, Any]]) -> list[str]:
    room = asyncio.Semaphore(TOGETHER)
    return await asyncio.gather(*(_look(said, room) for said in services))


if __name__ == "__main__":
    probes.warm(probes.KINDS)
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    seen = asyncio.run(_all([json.loads(line) for line in lines]))
    Path(sys.argv[2]).write_text(json.dumps(seen), encoding="utf-8")
