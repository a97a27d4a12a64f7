"""What every look-up promises: it asks about one registered name and says what it found, as plain JSON that is fit to be shown."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from astreinte.core import addresses, asked, lines
from astreinte.core.texts import plain

DEADLINE_S = 8.0
# What is kept of one thing somebody else said, and of a list of them.
SHOWN, MOST = 200, 30

Found = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Whom the provider lets us ask, and what is its own. Nothing is asked of anybody the provider did not name.

    `resolvers` are addresses, with a port after `#` when it is not 53; `rdap` is a base address, or that of a bootstrap file
    (RFC 9224) when it ends in `.json`.
    """

    resolvers: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    rdap: str = ""
    registrar: tuple[str, ...] = ()
    networks: str = ""

    @classmethod
    def read(cls, section: Mapping[str, Any]) -> "Settings":
        """From the section `look_ups` of the provider file, as it is kept."""
        return cls(
            resolvers=tuple(section.get("resolvers", ())),
            name_servers=tuple(section.get("name_servers", ())),
            rdap=str(section.get("rdap") or ""),
            registrar=tuple(section.get("registrar", ())),
            networks=str(section.get("networks") or ""),
        )

    @property
    def written(self) -> list[str]:
        """The addresses that the provider wrote down here."""
        said = [*(one.partition("#")[0] for one in self.resolvers), self.rdap]
        return [host for one in said for host in addresses.written(one)]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one look-up gave: `error` is empty or one of those of the probes; `defect` is what broke, for the caller's log."""

    found: Found
    error: str = ""
    defect: Exception | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One look-up of one name; `addresses` are those of its server."""

    kind: ClassVar[str]

    name: str
    addresses: tuple[str, ...] = ()
    settings: Settings = Settings()

    async def ask(self) -> Found:
        """Ask, as if all went well; the network only through `core`."""
        raise NotImplementedError(self.kind)


KINDS: dict[str, type[Asking]] = {}
A = TypeVar("A", bound=type[Asking])


def register(asking: A) -> A:
    """Make a look-up known under its kind."""
    KINDS[asking.kind] = asking
    return asking


async def run(
    asking: Asking,
    *,
    at: datetime,
    allow_private: bool,
    deadline_s: float = DEADLINE_S,
    resolver: lines.Resolver | None = None,
) -> Answer:
    """Ask once and say what was found, in `deadline_s` at most. Nothing but a cancellation is ever raised.

    Of the private addresses, where they are allowed at all, those of the server and those the provider wrote down count.
    """
    try:
        private = (
            (*asking.addresses, *asking.settings.written, *addresses.written(asking.name)) if allow_private else ()
        )
        with asked.asking(at), lines.allowing(private=private, resolver=resolver):
            async with asyncio.timeout(deadline_s):
                return Answer(found=fit(await asking.ask()))
    except Exception as error:  # noqa: BLE001 - whatever happens is an answer, and never the prober's end
        trouble = lines.trouble(error)
        return Answer(found={}, error=trouble[0]) if trouble else Answer(found={}, error="failed", defect=error)


def fit(value: Any) -> Any:
    """What somebody else said, without control characters and cut, wherever it stands."""
    if isinstance(value, str):
        return plain(value, limit=SHOWN, one_line=True)
    if isinstance(value, Mapping):
        return {str(key): fit(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [fit(one) for one in value[:MOST]]
    return value
