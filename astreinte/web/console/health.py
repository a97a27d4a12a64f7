"""The health of the desk: are the workers alive, does what should leave leave, who cannot be reached."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from astreinte.accounts import queries as accounts
from astreinte.core import health as life
from astreinte.monitoring import lists, sources, vantage
from astreinte.notifications import queries as outbox
from astreinte.notifications import readiness
from astreinte.notifications.models import ChannelKind
from astreinte.paging import queries as pages
from astreinte.web.requests import PersonRequest

# Every worker of one installation; the outside heartbeat stops at 60 s (reliability, G7).
WORKERS = ("pager", "auditor", "keeper", "prober")
# With nothing to look at there need be none.
LOOKING = "prober"
SILENT_AFTER_S = 60
LATE_AFTER_S = 15
# A channel without a provider of its own: the person's own address is enough.
ALONE = {"webhook", "apprise"}
# Rules named for one source: a rule that is wrong is soon many.
MOST_RULES = 20


def _sources() -> list[dict[str, Any]]:
    """Who speaks to us, each with the rules that were never about a server of ours."""
    dead: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for rule in sources.never_matched():
        dead[rule["source__name"]].append(rule)
    return [{"source": one, "dead": dead[one.name][:MOST_RULES]} for one in sources.overview()]


@require_safe
def health(request: PersonRequest) -> HttpResponse:
    """What an administrator looks at first."""
    overdue_s = outbox.overdue_s(at=request.at)
    labels = dict(ChannelKind.choices)
    context = {
        "workers": _workers(request),
        "overdue_s": overdue_s,
        "late": overdue_s > LATE_AFTER_S,
        "lost": list(pages.lost(at=request.at)),
        "unusable": [
            {"person": person, "kind": labels.get(kind, kind), "why": why}
            for person, kind, why in readiness.unusable_contacts()
        ],
        "unreachable": _unreachable(),
        "channels": _channels(),
        "sources": _sources(),
        "sites": _sites(request),
        "references": vantage.references(),
    }
    return render(request, "console/health.html", context)


def _workers(request: PersonRequest) -> list[dict[str, Any]]:
    signs = life.heartbeats()
    ages = {name: max(0.0, (request.at - at).total_seconds()) for name, at in signs.items()}
    names = dict.fromkeys([*WORKERS, *sorted(ages)])
    idle = set() if sources.is_expecting() else {LOOKING}
    return [
        {"name": name, "age_s": ages.get(name), "state": _state(ages.get(name), can_wait=name in idle)}
        for name in names
    ]


def _state(age_s: float | None, *, can_wait: bool) -> str:
    if age_s is None:
        return "unknown"
    if age_s <= SILENT_AFTER_S:
        return "up"
    return "warn" if can_wait else "down"


def _sites(request: PersonRequest) -> list[dict[str, Any]]:
    """The places we look from: that of the desk is alive with its prober, and looks at everything."""
    return [
        {
            "site": site,
            "is_main": site.name == vantage.MAIN,
            "checks": sum(lists.watched_tally().values()) if site.name == vantage.MAIN else site.checks,
            "heard_at": site.source.heard_at,
            "blind": vantage.is_blind(site, at=request.at),
            "silent": not vantage.is_heard(site, at=request.at),
            "off_s": round(site.off_ms / 1000),
        }
        for site in vantage.overview()
    ]


def _unreachable() -> list[Any]:
    """People who may be on call and have no way to be reached."""
    people = list(accounts.with_role("engineer", "manager"))
    reachable = readiness.reachable(people)
    return [person for person in people if person.pk not in reachable]


def _channels() -> list[dict[str, Any]]:
    configured = readiness.gateways()
    return [
        {
            "label": label,
            "providers": len(configured.get(kind, [])),
            "state": "up" if configured.get(kind) or kind in ALONE else "down",
            "alone": kind in ALONE,
        }
        for kind, label in ChannelKind.choices
    ]
