"""The ladder of calls in words: the same for the customer's page, the console and whoever else draws it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _

from astreinte.accounts import queries as accounts
from astreinte.notifications.models import ChannelKind
from astreinte.tickets.rules.tracker import OUTCOMES, Rung, Tracker
from astreinte.web.templatetags import desk


@dataclass(frozen=True, kw_only=True)
class Ring:
    """A rung as components/ladder.html draws it."""

    person: str
    channel_label: str
    state: str
    state_label: str
    at: datetime | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Reader:
    """When and where somebody reads."""

    at: datetime
    zone: tzinfo

    def hour(self, instant: datetime) -> str:
        """The hour, with its date on another day: "02:18"."""
        return desk.absolute(instant, zone=self.zone, at=self.at)

    def both(self, instant: datetime) -> str:
        """Relative and absolute together: "in 3 min (02:18)"."""
        return f"{desk.relative(instant, at=self.at)} ({self.hour(instant)})"


def reader(*, at: datetime) -> Reader:
    """Somebody who reads now: the hours are the provider's."""
    return Reader(at=at, zone=accounts.zone())


def rings(tracker: Tracker, reader: Reader) -> list[Ring]:
    """Every rung in words."""
    return [
        Ring(
            person=_person(rung),
            channel_label=", ".join(str(ChannelKind(one).label) for one in rung.channels if one in ChannelKind.values),
            state=rung.state,
            state_label=_(OUTCOMES[rung.state]),
            at=rung.at,
            detail=", ".join(said for said in (_added(rung), _detail(rung, reader)) if said),
        )
        for rung in tracker.rungs
    ]


def _person(rung: Rung) -> str:
    if rung.everybody:
        return _("The whole team")
    if rung.state == "next":
        return _("The next step")
    return rung.person or _("Nobody on duty")


def _added(rung: Rung) -> str:
    return _("also called by %(person)s") % {"person": rung.added_by} if rung.added_by else ""


def _detail(rung: Rung, reader: Reader) -> str:
    if rung.state == "next" and rung.until:
        if rung.until <= reader.at:
            return _("now")
        return _("%(when)s, if nobody answers") % {"when": reader.both(rung.until)}
    if rung.state == "acknowledged" and rung.until:
        taken = _("at %(hour)s") % {"hour": reader.hour(rung.until)}
        return f"{taken}, {_coming(rung.eta_at, reader)}" if rung.eta_at else taken
    if rung.state == "joined" and rung.eta_at:
        return _coming(rung.eta_at, reader)
    if rung.state == "nobody":
        return _("the next one is called at once")
    return ""


def _coming(eta_at: datetime, reader: Reader) -> str:
    if eta_at <= reader.at:
        return _("expected since %(hour)s") % {"hour": reader.hour(eta_at)}
    return _("there %(when)s") % {"when": reader.both(eta_at)}


def headline(tracker: Tracker, reader: Reader) -> str:
    """The whole ladder in one sentence: what a screen reader says when it changes."""
    called = ", ".join(dict.fromkeys(_person(rung) for rung in tracker.called))
    calling = _("Calling: %(people)s.") % {"people": called} if called else ""
    taken = tracker.taken
    if taken and taken.until:
        words = {"person": taken.person, "hour": reader.hour(taken.until)}
        said = _("%(person)s took charge at %(hour)s") % words
        coming = f", {_coming(taken.eta_at, reader)}" if taken.eta_at else ""
        return f"{said}{coming}. {calling}".rstrip()
    return calling or _("The call for an engineer is being made.")
