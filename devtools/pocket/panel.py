"""The provider's panel: it tells the product what it sees of its servers, over the API that real panels use."""

import asyncio
from dataclasses import dataclass

import aiohttp

from devtools.pocket.network import now
from devtools.pocket.troubles import Trouble, Troubles

# The shortest-lived of what it says counts for ten minutes.
EVERY_S = 60.0
# Until the product answers for the first time, and after a failure.
AGAIN_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Access:
    """How it gets in: a token of the scope `facts`. And who visitors of the demonstration sign in as."""

    token: str = ""
    login: str = ""
    password: str = ""


class Panel:
    """Says everything again once a minute, and at once when a server is broken or mended."""

    def __init__(self, troubles: Troubles, *, app_url: str, access: Access) -> None:
        self._troubles = troubles
        self._app_url = app_url
        self._access = access
        self._news = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def open(self) -> None:
        if self._access.token:
            self._work = asyncio.ensure_future(self._talk())

    async def close(self) -> None:
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def look(self) -> None:
        """Something changed."""
        self._news.set()

    async def _talk(self) -> None:
        headers = {"Authorization": f"Bearer {self._access.token}"}
        async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=10)) as session:
            while True:
                self._news.clear()
                heard = [await self._tell(session, one) for one in self._troubles]
                try:
                    await asyncio.wait_for(self._news.wait(), EVERY_S if all(heard) else AGAIN_S)
                except TimeoutError:
                    continue

    async def _tell(self, session: aiohttp.ClientSession, trouble: Trouble) -> bool:
        """Whether it was heard."""
        at = now().isoformat()
        facts = [{**fact, "observed_at": at, "source": "provider"} for fact in trouble.facts]
        where = f"{self._app_url}/api/v1/servers/{trouble.server}/facts"
        try:
            async with session.post(where, json={"facts": facts}) as answer:
                return answer.ok
        except (aiohttp.ClientError, TimeoutError):
            return False
