"""Time zones of rotas: canonical names only, and the instant at which a wall clock shows a time."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from astreinte.core.refusals import gettext_noop

SECOND = timedelta(seconds=1)


UNKNOWN = gettext_noop("%(zone)s is not a time zone; write a name such as Europe/Paris.")
ALIAS = gettext_noop("%(zone)s is an old name of a time zone; write %(canonical)s.")


class ZoneRefused(ValueError):  # noqa: N818 - a refusal, named as the others
    """A zone we do not store; `msgid` and `params` are the sentence that says what to write instead."""

    def __init__(self, msgid: str, params: dict[str, str]) -> None:
        super().__init__(msgid % params)
        self.msgid = msgid
        self.params = params


@cache
def _table(name: str) -> tuple[str, ...]:
    text = (resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def canonical() -> frozenset[str]:
    """Every accepted name: the zones countries use today (zone.tab of the IANA database), and UTC."""
    return frozenset(line.split("\t")[2] for line in _table("zone.tab")) | {"UTC"}


@cache
def _aliases() -> dict[str, str]:
    links = (line.split() for line in _table("tzdata.zi") if line.startswith("L "))
    return {alias: target for _, target, alias in links}


@cache
def countries() -> frozenset[str]:
    """The ISO 3166-1 codes of two letters, as the IANA database lists them."""
    return frozenset(line.split("\t")[0] for line in _table("iso3166.tab"))


def load(name: str) -> ZoneInfo:
    """The zone of this name; raises ZoneRefused for an alias or a name nobody knows.

    An alias may be dropped or pointed elsewhere by a later release of the database: a rota would then move in silence.
    """
    if name not in canonical():
        raise _refused(name)
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError as error:
        raise ZoneRefused(UNKNOWN, {"zone": name}) from error


def _refused(name: str) -> ZoneRefused:
    target = "UTC" if _aliases().get(name, name) in {"Etc/UTC", "Etc/GMT"} else _aliases().get(name)
    if target in canonical():
        return ZoneRefused(ALIAS, {"zone": name, "canonical": str(target)})
    return ZoneRefused(UNKNOWN, {"zone": name[:60]})


def instant(wall: datetime, *, zone: ZoneInfo) -> datetime:
    """The UTC instant at which clocks of this zone first show `wall` (naive).

    A time shown twice is its first occurrence; a time never shown is the first instant after the skip.
    """
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return early if early <= late else _after_the_skip(wall.replace(microsecond=0), zone=zone)


def _after_the_skip(wall: datetime, *, zone: ZoneInfo) -> datetime:
    # The skip lies in ]low, high]: before it clocks show less than `wall`, after it more. Clocks skip on whole seconds.
    low, high = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    while high - low > SECOND:
        middle = low + timedelta(seconds=(high - low) // SECOND // 2)
        if wall_at(middle, zone=zone) < wall:
            low = middle
        else:
            high = middle
    return high


def wall_at(at: datetime, *, zone: ZoneInfo) -> datetime:
    """What clocks of this zone show at this instant (naive)."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)
