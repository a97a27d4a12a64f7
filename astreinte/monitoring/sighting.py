"""The verbs of the places that are looked from: what a site believes, what they agree on, that a site is alive or blind."""

from datetime import datetime
from typing import Any

from astreinte.core import rows
from astreinte.core.actors import SYSTEM
from astreinte.core.moves import move
from astreinte.monitoring.models import AlertSource, Check, Sight, Site
from astreinte.monitoring.rules import OURS, Seen, Tally, Turn, agreement, judge
from astreinte.monitoring.states import CHECK, CheckState, SourceKind
from astreinte.monitoring.vantage import MAIN

TURNS = {CheckState.DOWN: Turn.WENT_DOWN, CheckState.UP: Turn.CAME_BACK}


def main(*, at: datetime) -> Site:
    """The site of the desk itself, made the first time it is needed. Nothing opens it: its key is no SHA-256."""
    fields: dict[str, Any] = {"kind": SourceKind.SITE, "key_sha256": MAIN, "since": at}
    source, _made = AlertSource.objects.get_or_create(name=f"site {MAIN}", defaults=fields)
    return Site.objects.select_related("source").get_or_create(name=MAIN, defaults={"source": source})[0]


def sighted(check: Check, seen: Seen, *, site: Site, before: Sight | None) -> Sight:
    """One more result from this site: what it believes now. Trouble of its own changes nothing of that."""
    sight = before or _first(check, site=site)
    fields: dict[str, Any] = {"saw": seen.saw[:200], "error": seen.error[:20]}
    if seen.error not in OURS:
        tally = Tally(state=sight.believed, against=sight.against)
        told, turn = judge(tally, up=seen.up, down_after=check.down_after, up_after=check.up_after)
        fields |= {"against": told.against, "looked_at": seen.at, "took_ms": seen.took_ms}
        fields |= {} if turn is Turn.NOTHING else {"believed": told.state, "since": seen.at}
    rows.update(Sight, {"pk": sight.pk}, fields)
    for name, value in fields.items():
        setattr(sight, name, value)
    return sight


def _first(check: Check, *, site: Site) -> Sight:
    """The desk's own goes on with what is believed already; any other begins with nothing."""
    known = {"believed": check.state, "since": check.since, "against": check.against} if site.name == MAIN else {}
    return Sight.objects.get_or_create(of_check=check, site=site, defaults=known)[0]


def looked(check: Check, seen: Seen) -> None:
    """The last look at this check, wherever from."""
    fields = {"looked_at": seen.at, "took_ms": seen.took_ms, "saw": seen.saw[:200], "error": seen.error[:20]}
    rows.update(Check, {"pk": check.pk}, {**fields, "against": 0, "claimed_at": None})


def agree(check: Check, state: str, *, saw: Sight | None, at: datetime) -> Turn:
    """The places agree on this state: the check has it. Raises CannotMove when another process said so first."""
    if state == check.state:
        return Turn.NOTHING
    first = check.state == CheckState.UNKNOWN and state == CheckState.UP
    said: dict[str, Any] = {"saw": saw.saw, "error": saw.error} if saw else {"saw": "", "error": ""}
    move(
        check,
        CHECK,
        to=state,
        kind=f"check:{state}",
        at=at,
        by=SYSTEM,
        story=check.story,
        data=said,
        since=at,
        **said,
    )
    return Turn.IS_UP if first else TURNS[CheckState(state)]


def heard(site: Site, **said: Any) -> None:
    """What a site says of itself with each report."""
    Site.objects.filter(pk=site.pk).update(**said)


def expect_again(*, at: datetime) -> None:
    """The desk itself was away: nobody could report, and they all have their time again."""
    silent = AlertSource.objects.filter(kind=SourceKind.SITE, is_active=True, due_at__isnull=False)
    silent.filter(due_at__lt=at + agreement.SILENT_AFTER).update(due_at=at + agreement.SILENT_AFTER)


def blind(site: Site, *, since: datetime) -> None:
    """None of its references answer: since when, if that is not known yet."""
    Site.objects.filter(pk=site.pk, blind_at=None).update(blind_at=since)


def sees(site: Site) -> None:
    """It sees again."""
    Site.objects.filter(pk=site.pk, blind_at__isnull=False).update(blind_at=None)
