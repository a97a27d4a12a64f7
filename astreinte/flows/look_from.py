"""A place that is looked from reports: it is alive, it sees or is blind, and this is what it saw."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from astreinte.core.refusals import Refusal
from astreinte.core.transactions import all_or_nothing, yields_to_twin
from astreinte.flows import hear, observe
from astreinte.monitoring import actions as monitoring
from astreinte.monitoring import sighting, sources, vantage
from astreinte.monitoring.alertmanager import Heard
from astreinte.monitoring.models import Site
from astreinte.monitoring.reports import Numbered, Report
from astreinte.monitoring.rules import agreement
from astreinte.monitoring.words import blind_words, silent_words

# A silence has the fingerprint of every silence (`hear`); being blind has its own.
BLIND = "blind"


class ClockIsOff(Refusal):
    """The clock of %(site)s is %(seconds)s s away from ours: let chrony or systemd-timesyncd keep its time. Nothing was taken in."""

    slug = "clock-is-off"
    status = 422


def report(site: Site, said: Report, *, at: datetime) -> int:
    """Take in what a site reports. Answers up to which number its results are taken in. Raises ClockIsOff, TooMany."""
    hear.come_in(site.source, at=at)
    off = at - said.sent_at
    if abs(off) > agreement.MOST_OFF:
        raise ClockIsOff(site=site.name, seconds=round(abs(off).total_seconds()))
    return _reported(site, said, off=off, at=at)


@yields_to_twin
@all_or_nothing
def _reported(site: Site, said: Report, *, off: timedelta, at: datetime) -> int:
    monitoring.hear(site.source, at=at, due_at=at + agreement.SILENT_AFTER)
    site.refresh_from_db()
    fresh = [one for one in said.results if one.number > site.last_number]
    _seen(site, fresh, off=off, at=at)
    last = max([site.last_number, *(one.number for one in fresh)])
    sighting.heard(
        site,
        last_number=last,
        blind_at=said.blind_since and said.blind_since + off,
        checks=said.checks,
        kept=said.kept,
        dropped=said.dropped,
        off_ms=round(off.total_seconds() * 1000),
    )
    site.refresh_from_db()
    _told(site, at=at)
    return last


def _seen(site: Site, fresh: Sequence[Numbered], *, off: timedelta, at: datetime) -> None:
    """By our clock; what is told too late, or is not watched from there, says nothing of now."""
    off = off if abs(off) > agreement.ON_THE_WAY else timedelta()
    theirs = vantage.theirs_among(site, (one.seen.check for one in fresh))
    told = [replace(one.seen, at=min(one.seen.at + off, at)) for one in fresh if one.seen.check in theirs]
    late = [seen for seen in told if agreement.is_late(seen.at, at=at)]
    now = [seen for seen in told if not agreement.is_late(seen.at, at=at)]
    if late:
        observe.past([seen for seen in late if at - seen.at <= agreement.FORGOTTEN], site=site)
    if now:
        observe.results(now, site=site)


def _told(site: Site, *, at: datetime) -> None:
    """It is heard; it is blind or it sees: its incident begins, goes on, or is over."""
    is_blind = vantage.is_blind(site, at=at)
    said = [_of(site, hear.HEARTBEAT, silent_words(site.source), firing=False)]
    hear.told(site.source, [*said, _of(site, BLIND, blind_words(site), firing=is_blind)], at=at)


def _of(site: Site, fingerprint: str, words: dict[str, str], *, firing: bool) -> Heard:
    title = next(iter(words.values()))
    return Heard(fingerprint=fingerprint, firing=firing, name=f"{site} {fingerprint}", title=title, words=words)


@all_or_nothing
def begins(*, at: datetime) -> None:
    """The desk was away, and is back: nobody is late by what they could not say."""
    sighting.expect_again(at=at)


# -- the desk's own --------------------------------------------------------------------------------------------------------


@yields_to_twin
@all_or_nothing
def blind_here(*, since: datetime, at: datetime) -> None:
    """None of our own references answer, since then; once that is believed somebody is called."""
    sighting.blind(sighting.main(at=at), since=since)
    site = sighting.main(at=at)
    if vantage.is_blind(site, at=at):
        _told(site, at=at)


@yields_to_twin
@all_or_nothing
def sees_here(*, at: datetime) -> None:
    """Our references answer: whatever said that we are blind is over."""
    site = vantage.main()
    if site is None or (site.blind_at is None and not sources.firing(site.source, [BLIND])):
        return
    sighting.sees(site)
    site.blind_at = None
    _told(site, at=at)
