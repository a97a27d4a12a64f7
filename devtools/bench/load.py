"""The load, in a process of its own: tickets over kept-open connections, at a pace or as fast as they are accepted."""

import asyncio
import json
import sys
import time
from typing import Any

import aiohttp

HANDS = 16


async def main(asked: dict[str, Any]) -> dict[str, Any]:
    """`{url, token, server, count, per_s?, word}`: what each request took, and what was refused."""
    headers = {"Authorization": f"Bearer {asked['token']}"}
    connector = aiohttp.TCPConnector(limit=HANDS, keepalive_timeout=60)
    async with aiohttp.ClientSession(asked["url"], headers=headers, connector=connector) as session:
        async with session.get("/api/v1/offer", params={"server": asked["server"]}) as answer:
            offer = await answer.json()
            if "amount_excl_vat" not in offer:
                raise SystemExit(f"no offer: {offer}")
        accept = {"amount_excl_vat": offer["amount_excl_vat"], "text_sha256": offer["text_sha256"]}
        body = {"server": asked["server"], "mode": "urgent", "symptom": "mail", "accept": accept}
        told: list[dict[str, Any]] = []
        began = time.monotonic()
        if asked.get("per_s"):
            await _at_a_pace(session, body, told, asked)
        else:
            await _as_fast_as_accepted(session, body, told, asked)
        return {"told": told, "seconds": time.monotonic() - began, "ended": time.monotonic()}


async def _at_a_pace(
    session: aiohttp.ClientSession, body: dict[str, Any], told: list[Any], asked: dict[str, Any]
) -> None:
    """An open loop: the next request leaves when its time has come, whatever became of the one before."""
    began, sending = time.monotonic(), []
    for number in range(asked["count"]):
        await asyncio.sleep(max(0.0, began + number / asked["per_s"] - time.monotonic()))
        sending.append(asyncio.create_task(_open(session, body, told, f"{asked['word']} {number:06d}")))
    await asyncio.gather(*sending)


async def _as_fast_as_accepted(
    session: aiohttp.ClientSession, body: dict[str, Any], told: list[Any], asked: dict[str, Any]
) -> None:
    numbers = iter(range(asked["count"]))

    async def hand() -> None:
        for number in numbers:
            await _open(session, body, told, f"{asked['word']} {number:06d}")

    await asyncio.gather(*(hand() for _ in range(HANDS)))


async def _open(session: aiohttp.ClientSession, body: dict[str, Any], told: list[Any], subject: str) -> None:
    sent = time.monotonic()
    async with session.post("/api/v1/tickets", json={**body, "subject": subject}) as answer:
        said = await answer.json()
    told.append(
        {
            "subject": subject,
            "sent": sent,
            "answered": time.monotonic(),
            "status": answer.status,
            "ref": said.get("ref"),
        }
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.stdin.read())))))
