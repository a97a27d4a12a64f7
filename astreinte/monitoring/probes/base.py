"""What every probe promises: it looks once and says what it saw; deadline and network errors are the runner's (rule 7)."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from astreinte.core import addresses, asked, lines
from astreinte.core.texts import plain, redact

DEADLINE_S = 10.0
# What a person reads on one line, and what a result keeps for ever.
SHOWN = 200
# What is read of an answer before it is cut: a secret must be seen whole to be blanked out.
READ = 20_000

Fact = str | int | float | bool


def _(text: str) -> str:
    """Mark a sentence for translation; doors translate it."""
    return text


# What each `error` of a result means, in words that need no training and repeat nothing of what the service said.
ERRORS = {
    "refused": _("the connection is refused"),
    "timeout": _("no answer in time"),
    "unresolved": _("the name does not resolve"),
    "forbidden": _("this address may not be watched"),
    "closed": _("the connection was cut"),
    "nonsense": _("the answer makes no sense"),
    "tls": _("the certificate or the encryption is refused"),
    "failed": _("the check itself is broken"),
    "misconfigured": _("the check is badly configured"),
}


class BadParameters(ValueError):  # noqa: N818 - an answer, not an error
    """No check can be made from that; the text names the parameter, says what to write, and repeats no secret."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a probe saw: one line for people, facts for machines. What the other side said may be in both, as it is."""

    up: bool
    summary: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "summary", plain(self.summary, limit=READ, one_line=True))


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one run gave. `error` is empty or one of `ERRORS`; `defect` is what broke, for the caller's log."""

    up: bool
    summary: str
    ms: float
    facts: Mapping[str, Fact]
    error: str = ""
    defect: Exception | None = field(default=None, compare=False, repr=False)


def param(
    *,
    label: str,
    check: Callable[[Any], Any],
    default: Any = MISSING,
    secret: bool = False,
    choices: tuple[str, ...] = (),
) -> Any:
    """One parameter of a probe: forms and documentation are made from these.

    `check` returns the tidy value or raises `ValueError` with what to write ("a port is between 1 and 65535").
    """
    metadata = {"label": label, "check": check, "secret": secret, "choices": choices}
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One look at one thing. `kind` is its name in the provider file, `label` what it is for those who set it up.

    For whoever depends on it: `service` is what they call it, `down` the title of its incident, `clause` the rule of the
    guarantee under which it falls.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    service: ClassVar[str] = ""
    down: ClassVar[str] = _("%(service)s is down: %(where)s")
    clause: ClassVar[str] = "service-down"

    async def look(self) -> Look:
        """Look once, as if all went well; the network only through `core.lines` and `core.fetching`."""
        raise NotImplementedError(self.kind)

    def secrets(self) -> Iterator[str]:
        """What must never be shown, whatever the other side answers."""
        yield from (value for parameter in parameters(self) if (value := _secret(self, parameter)))


def _secret(probe: Probe, parameter: "Field[Any]") -> str:
    return str(getattr(probe, parameter.name)) if parameter.metadata["secret"] else ""


KINDS: dict[str, type[Probe]] = {}


def of_kind(kind: str) -> type[Probe]:
    """What is known of a kind; of one that is no more, what is true of any."""
    return KINDS.get(kind, Probe)


P = TypeVar("P", bound=type[Probe])


def register(probe: P) -> P:
    """Make a probe known under its kind."""
    KINDS[probe.kind] = probe
    return probe


def parameters(probe: Probe | type[Probe]) -> tuple["Field[Any]", ...]:
    """The parameters of a probe, in order, each with its label, its check and its choices in `metadata`."""
    return fields(probe)


def make(kind: str, given: Mapping[str, Any]) -> Probe:
    """The probe of this kind with these parameters; raises `BadParameters` with a sentence that says what to change."""
    if kind not in KINDS:
        raise BadParameters(f"{kind} is not a kind of check; there are {', '.join(sorted(KINDS))}")
    known = {parameter.name: parameter for parameter in parameters(KINDS[kind])}
    if unknown := sorted(str(name) for name in given if name not in known):
        raise BadParameters(f"{kind}.{unknown[0]} does not exist; its parameters are {', '.join(known)}")
    if missing := [name for name, one in known.items() if one.default is MISSING and name not in given]:
        raise BadParameters(f"{kind}.{missing[0]} is missing")
    values = {name: _tidy(kind, known[name], value) for name, value in given.items()}
    try:
        return KINDS[kind](**values)
    except ValueError as wrong:  # parameters that are right one by one, and wrong together
        raise BadParameters(f"{kind}: {wrong}") from None


def at_home(kind: str, given: Mapping[str, Any], *, server: str, addresses: Sequence[str]) -> dict[str, Any]:
    """These parameters as a service of this server means them: what says no host is on the server itself.

    Its certificate is then expected in the name of the server, not of its address.
    """
    known = {parameter.name for parameter in parameters(KINDS[kind])} if kind in KINDS else set()
    if "host" not in known or "host" in given:
        return dict(given)
    own = {"host": next(iter(addresses), server), **({"server_name": server} if "server_name" in known else {})}
    return {**own, **given}


def written(probe: Probe) -> Iterator[str]:
    """The addresses that the parameters of this probe name as they are: they are registered by that."""
    for parameter in parameters(probe):
        said = getattr(probe, parameter.name)
        if isinstance(said, str):
            yield from addresses.written(said)


def _tidy(kind: str, parameter: "Field[Any]", value: Any) -> Any:
    try:
        return parameter.metadata["check"](value)
    except ValueError as wrong:
        raise BadParameters(f"{kind}.{parameter.name}: {wrong}") from None


async def run(
    probe: Probe,
    *,
    at: datetime,
    allow_private: bool,
    registered: Collection[str] = (),
    deadline_s: float = DEADLINE_S,
    resolver: lines.Resolver | None = None,
) -> Result:
    """Look once and say what was seen, in `deadline_s` at most. Nothing but a cancellation is ever raised.

    Of the private addresses, where they are allowed at all, those written in the parameters may be contacted, and the
    `registered` ones of the server: not what a name resolves to today, nor where a redirect leads.
    A defect gives `error="failed"` and the exception in `defect`: the caller logs it.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        private = {*written(probe), *registered} if allow_private else ()
        with asked.asking(at), lines.allowing(private=private, resolver=resolver):
            async with asyncio.timeout(deadline_s):
                seen = await probe.look()
        told = Result(up=bool(seen.up), summary=seen.summary, ms=0.0, facts=dict(seen.facts))
    except Exception as error:  # noqa: BLE001 - whatever happens to a probe is a result, and never the prober's end
        told = _failure(error)
    return _fit(told, ms=(loop.time() - began) * 1000, secrets=tuple(_all_secrets(probe)))


def _failure(error: Exception) -> Result:
    trouble = lines.trouble(error)
    if trouble is None:
        broken = f"The check itself is broken: {type(error).__name__}"
        return Result(up=False, summary=broken, ms=0.0, facts={}, error="failed", defect=error)
    slug, sentence = trouble
    return Result(up=False, summary=sentence, ms=0.0, facts={}, error=slug)


def _all_secrets(probe: Probe) -> Iterator[str]:
    """A probe written elsewhere may be wrong here too: then the values marked as secrets are blanked out all the same."""
    try:
        yield from probe.secrets()
    except Exception:  # noqa: BLE001
        yield from Probe.secrets(probe)


def _fit(told: Result, *, ms: float, secrets: tuple[str, ...]) -> Result:
    facts = {name: _shown(value, secrets) if isinstance(value, str) else value for name, value in told.facts.items()}
    return replace(told, summary=_shown(told.summary, secrets), ms=ms, facts=facts)


def _shown(text: str, secrets: tuple[str, ...]) -> str:
    """First cleaned, then without its secrets, then cut: in any other order a part of a secret could remain."""
    return plain(redact(plain(text, limit=READ, one_line=True), secrets), limit=SHOWN, one_line=True)
