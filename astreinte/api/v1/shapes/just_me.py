"""A question to *Just me?*, and what is seen from each place."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from astreinte.api.v1.shapes.common import Shape, asked, example
from astreinte.api.v1.values import Name

_LINE = {
    "what": "web",
    "kind": "http",
    "where": "https://www.boulangerie.example/",
    "from": "lyon",
    "state": "up",
    "error": "",
    "said": "",
    "ms": 48,
    "at": "2026-10-25T00:30:01Z",
}


class InquiryIn(Shape):
    """The name of a site of a managed service, or of a server."""

    model_config = asked(name="www.boulangerie.example")
    name: Name


class InquiryOut(Shape):
    """What each place sees: `running` for ten seconds at most, then `done`. `reach` says it in one word."""

    model_config = example(
        id="0d6c4a52-93c7-4f41-9a83-06c1dbe0cf07",
        state="done",
        name="www.boulangerie.example",
        server="web1.boulangerie.example",
        asked_at="2026-10-25T00:30:00Z",
        ended_at="2026-10-25T00:30:02Z",
        reach="everywhere",
        lines=[_LINE],
        address="198.51.100.7",
        ban=None,
    )
    id: uuid.UUID
    state: Literal["running", "done"]
    name: str
    server: str
    asked_at: datetime
    ended_at: datetime | None
    reach: Literal["looking", "everywhere", "somewhere", "nowhere", "unknown"]
    lines: list[dict[str, Any]] = Field(
        description="One for each place, name server, resolver, certificate and domain."
    )
    address: str | None = Field(description="From where the caller asked, as we see it; nothing for others.")
    ban: str | None = Field(description="Why that address is banned by the server's firewall, as far as we know.")
