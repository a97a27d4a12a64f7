"""Asks a provider's Prometheus what it measures on one server: every question, a few at a time, all of it by one deadline."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from astreinte.core import addresses, fetching, lines
from astreinte.tickets.rules.metrics import answers, promql
from astreinte.tickets.rules.metrics.answers import Fact
from astreinte.tickets.rules.metrics.table import Query

# The whole of it: a diagnosis ends after ten seconds, with what is known by then.
DEADLINE_S = 7.0
# One question; Prometheus itself is told to give up before that.
QUESTION_S, ITS_S = 5.0, 4
# Questions under way at once.
TOGETHER = 6
REFUSED = {401: "denied", 403: "denied", 400: "question", 422: "question"}
OK, BROKEN = 200, 500


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """Where it is, how we show who we are, and by which labels it knows the server."""

    url: str = field(repr=False)
    matchers: str
    auth: tuple[str, str] | None = field(default=None, repr=False)
    token: str = field(default="", repr=False)
    allow_private: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What it measures on a server. `trouble`: why nothing more was heard (a word); `unanswered`: the questions without an answer, why."""

    facts: Sequence[Fact] = ()
    trouble: str = ""
    unanswered: dict[str, str] = field(default_factory=dict)


class _Trouble(Exception):  # noqa: N818 - an answer, not an error
    """A question has no answer; the text is a word for why."""


async def ask(there: Prometheus, queries: Sequence[Query], *, deadline_s: float = DEADLINE_S) -> Told:
    """What it answers by the deadline. Raises nothing about Prometheus: what it does not answer is named."""
    room = asyncio.Semaphore(TOGETHER)
    asked = {query.name: asyncio.ensure_future(_answer(there, query, room)) for query in queries}
    if not asked:
        return Told()
    try:
        await asyncio.wait(asked.values(), timeout=deadline_s)
    finally:
        for task in asked.values():
            task.cancel()
        await asyncio.gather(*asked.values(), return_exceptions=True)
    heard = {name: _heard(task) for name, task in asked.items()}
    unanswered = {name: said for name, said in heard.items() if isinstance(said, str)}
    found = [fact for said in heard.values() if not isinstance(said, str) for fact in said]
    return Told(facts=answers.worst(found), trouble=_whole(unanswered, asked=len(asked)), unanswered=unanswered)


def _heard(task: "asyncio.Future[list[Fact]]") -> list[Fact] | str:
    """The facts of one question, or a word for why there are none. What is a defect is raised."""
    if task.cancelled():
        return "timeout"
    error = task.exception()
    if isinstance(error, _Trouble):
        return str(error)
    return task.result()


def _whole(unanswered: dict[str, str], *, asked: int) -> str:
    """A word for all of it when no question was answered; a question that is wrong is not Prometheus's trouble."""
    if len(unanswered) < asked:
        return ""
    return next((word for word in unanswered.values() if word != "question"), "question")


async def _answer(there: Prometheus, query: Query, room: asyncio.Semaphore) -> list[Fact]:
    async with room:
        try:
            with lines.allowing(private=addresses.written(there.url) if there.allow_private else ()):
                async with asyncio.timeout(QUESTION_S):
                    page = await _page(there, query)
        except Exception as error:
            known = lines.trouble(error)
            if known is None:
                raise
            raise _Trouble(known[0]) from None
    return _facts(page, query)


async def _page(there: Prometheus, query: Query) -> fetching.Page:
    said = urlencode({"query": promql.asked(query.query, there.matchers), "timeout": f"{ITS_S}s"})
    bearer = [("Authorization", f"Bearer {there.token}")] if there.token else []
    return await fetching.get(f"{there.url.rstrip('/')}/api/v1/query?{said}", headers=bearer, auth=there.auth)


def _facts(page: fetching.Page, query: Query) -> list[Fact]:
    if page.status != OK:
        raise _Trouble(REFUSED.get(page.status, "unavailable" if page.status >= BROKEN else "nonsense"))
    if page.size >= fetching.MAX_BYTES:
        raise _Trouble("too-large")
    try:
        return answers.read(page.text, query)
    except answers.Nonsense:
        raise _Trouble("nonsense") from None
