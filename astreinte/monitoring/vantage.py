"""Questions about the places that are looked from: whose key is this, what do they look at, who may say, what do they see. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from astreinte.accounts import queries as accounts
from astreinte.core import digests, rows
from astreinte.core.configuration import remembered
from astreinte.monitoring.models import Check, Sight, Site
from astreinte.monitoring.rules import agreement
from astreinte.monitoring.states import CheckState, SourceKind

# The site of the desk itself: its probers share the database.
MAIN = "main"


def _active() -> QuerySet[Site]:
    return Site.objects.select_related("source").filter(source__is_active=True)


def with_key(key: str) -> Site | None:
    """The site whose key this is; what is compared is a SHA-256."""
    known = _active().exclude(name=MAIN)
    return known.filter(source__key_sha256=digests.sha256(key), source__kind=SourceKind.SITE).first()


def overview() -> list[Site]:
    """The sites, that of the desk first."""
    return sorted(_active(), key=lambda site: (site.name != MAIN, site.name))


def main() -> Site | None:
    """The site of the desk itself, once it has been needed."""
    return _active().filter(name=MAIN).first()


@remembered
def are_several() -> bool:
    """Whether anybody but the desk itself looks."""
    return _active().exclude(name=MAIN).exists()


def references() -> Sequence[str]:
    """What is asked before a target is blamed, as the provider file writes it: `https://...`, `tcp host:port`, `ping host`."""
    provider = accounts.provider()
    said: Mapping[str, Any] = provider.settings.get("monitoring", {}) if provider else {}
    return tuple(said.get("references", ()))


def checks_of(site: Site) -> list[Check]:
    """What this site looks at, with the parameters and the server."""
    watched = Check.objects.filter(due_at__isnull=False, service__isnull=False).select_related("service", "server")
    chosen = list(site.servers.values_list("pk", flat=True))
    return list((watched.filter(server__in=chosen) if chosen else watched).order_by("pk"))


def theirs_among(site: Site, keys: Iterable[int]) -> set[int]:
    """Of these checks those that are watched from this site."""
    asked = Check.objects.filter(pk__in=set(keys), due_at__isnull=False)
    chosen = list(site.servers.values_list("pk", flat=True))
    return set((asked.filter(server__in=chosen) if chosen else asked).values_list("pk", flat=True))


# -- what they see -------------------------------------------------------------------------------------------------------


def sights(checks: Iterable[int]) -> dict[int, dict[int, Sight]]:
    """What each site believes of each of these checks: by the key of the check, then of the site."""
    found: dict[int, dict[int, Sight]] = defaultdict(dict)
    for sight in rows.select(Sight, {"of_check__in": sorted(set(checks))}):
        found[sight.of_check_id][sight.site_id] = sight
    return found


def voters(*, at: datetime) -> set[int]:
    """The sites that are heard and see."""
    return {site.pk for site in _active() if is_heard(site, at=at) and not is_blind(site, at=at)}


def is_heard(site: Site, *, at: datetime) -> bool:
    """Whether this site is alive, as far as we know; of that of the desk its looks say so."""
    return site.name == MAIN or (site.source.due_at is not None and site.source.due_at > at)


def is_blind(site: Site, *, at: datetime) -> bool:
    """Whether this site is believed to be blind."""
    return agreement.is_blind(site.blind_at, at=at)


def agreed(check: Check, seen: Iterable[Sight], *, among: set[int], at: datetime) -> str:
    """What those who may say agree on."""
    votes = [
        sight.believed
        for sight in seen
        if agreement.may_say(
            looked_at=sight.looked_at,
            interval_s=check.interval_s,
            is_heard=sight.site_id in among,
            is_blind=False,
            at=at,
        )
    ]
    return agreement.agreed(check.state, votes)


def reach(checks: Iterable[int], *, at: datetime) -> dict[int, list[bool]]:
    """Whether each place that may say reaches each of these checks now; by the key of the check, nothing where one looks alone."""
    among = voters(at=at)
    known = sights(checks)
    return {
        check: [sight.believed == CheckState.UP for site, sight in seen.items() if site in among and sight.looked_at]
        for check, seen in known.items()
    }


def is_blind_here(*, at: datetime) -> bool:
    """Whether the desk itself is believed to be blind."""
    own = main()
    return own is not None and is_blind(own, at=at)


def in_doubt() -> list[int]:
    """The checks of which some site believes something else than what was agreed."""
    otherwise = Sight.objects.filter(of_check=OuterRef("pk")).exclude(believed=OuterRef("state"))
    asked = Check.objects.filter(due_at__isnull=False).filter(Exists(otherwise))
    return list(asked.order_by("pk").values_list("pk", flat=True))


def seen_from(check: Check) -> list[Sight]:
    """What each site sees of a check, that of the desk first; nothing while only one looks."""
    found = check.sights.select_related("site__source").filter(site__source__is_active=True)
    return sorted(found, key=lambda sight: (sight.site.name != MAIN, sight.site.name))


def disputed(checks: Iterable[Check]) -> set[int]:
    """Of these checks those that are down from some places only."""
    asked = Sight.objects.filter(of_check__in=[check.pk for check in checks], site__source__is_active=True)
    split = asked.filter(believed=agreement.DOWN).exclude(of_check__state=F("believed"))
    return set(split.values_list("of_check", flat=True))
