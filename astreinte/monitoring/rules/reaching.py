"""Is it up for everyone? Of what each place sees, the one sentence that a visitor needs. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum


class Reach(StrEnum):
    """Who reaches a site, as far as we see."""

    LOOKING = "looking"
    EVERYWHERE = "everywhere"
    SOMEWHERE = "somewhere"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"


# What has not answered by then is not waited for.
PATIENCE = timedelta(seconds=10)
# An answer this old is taken for one of now: two people who ask at once are one look.
RECENT = timedelta(seconds=10)
# Other places look at their own pace: what they saw within this time.
LATELY = timedelta(minutes=5)
# How long the answer to a look-up is used again. A registry is asked four times a day, whatever happens.
KEPT = {
    "dns": timedelta(seconds=30),
    "tls": timedelta(minutes=1),
    "rdap": timedelta(hours=6),
    "asn": timedelta(hours=6),
}
# After a failure a registry is left alone for this long; the others are asked again as usual.
AFTER_FAILURE = {"rdap": timedelta(hours=1)}

UP, DOWN, RUNNING = "up", "down", "running"
# By the first of these that was measured the whole is judged.
JUDGED_BY = ("web", "ping", "service")


def reach(lines: Iterable[Mapping[str, object]]) -> Reach:
    """What each place sees of the site itself decides; of a place that sees two pages, both must be up."""
    told = list(lines)
    for what in JUDGED_BY:
        places: dict[object, list[object]] = {}
        for line in told:
            if line["what"] == what:
                places.setdefault(line["from"], []).append(line["state"])
        if places:
            return _judged(list(places.values()))
    return Reach.LOOKING if any(line["state"] == RUNNING for line in told) else Reach.UNKNOWN


def _judged(places: list[list[object]]) -> Reach:
    if any(RUNNING in states for states in places):
        return Reach.LOOKING
    measured = [states for states in places if {UP, DOWN} & set(states)]
    well = [DOWN not in states for states in measured]
    if not well:
        return Reach.UNKNOWN
    return Reach.EVERYWHERE if all(well) else Reach.SOMEWHERE if any(well) else Reach.NOWHERE
