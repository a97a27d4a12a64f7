"""What the machine proposes to say in public about an incident: plain words, nothing of ours, no name of any customer."""

from collections.abc import Callable
from datetime import datetime

from babel import dates
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from astreinte.accounts import queries as accounts
from astreinte.core.instants import locale_of
from astreinte.monitoring import said, words
from astreinte.monitoring.models import Incident
from astreinte.monitoring.states import IncidentState, Stage


def of(incident: Incident, *, stage: str) -> dict[str, str]:
    """What may be said at this stage, in each language of the desk."""
    return _each(lambda: _DRAFTS[Stage(stage)](incident))


def again(incident: Incident) -> dict[str, str]:
    """It had been said to be over, and it fails again."""
    return _each(lambda: _("It fails again since %(since)s. Our team is on it.") % {"since": _began(incident)})


def stage_words(stage: str) -> dict[str, str]:
    """A stage, in each language."""
    return words.in_each(lambda: str(Stage(stage).label))


def _each(say: Callable[[], str]) -> dict[str, str]:
    spoken = words.in_each(say)
    return {one: spoken[one] for one in said.languages() if one in spoken}


def _investigating(incident: Incident) -> str:
    return " ".join([_what_fails(incident), _("Our team is looking for the cause.")])


def _identified(incident: Incident) -> str:
    return " ".join([_what_fails(incident), _("We know the cause, and are mending it.")])


def _monitoring(incident: Incident) -> str:
    return _("What failed since %(since)s is mended. We keep an eye on it.") % {"since": _began(incident)}


def _resolved(incident: Incident) -> str:
    if incident.resolved_at is None:
        return _("What failed since %(since)s works again.") % {"since": _began(incident)}
    said_ = {"since": _began(incident), "until": _moment(incident.resolved_at)}
    return _("What failed since %(since)s works again since %(until)s.") % said_


_DRAFTS = {
    Stage.INVESTIGATING: _investigating,
    Stage.IDENTIFIED: _identified,
    Stage.MONITORING: _monitoring,
    Stage.RESOLVED: _resolved,
}


def _what_fails(incident: Incident) -> str:
    together = [incident, *incident.parts.filter(state=IncidentState.OPEN).select_related("of_check")]
    number = max(1, len({server.pk for one in together for server in one.servers.all()}))
    services = sorted({words.service(one.of_check) for one in together if one.of_check})
    what = {"since": _began(incident), "number": number, "services": ", ".join(services)}
    return (_down(number) if services else _fails(number)) % what


def _down(number: int) -> str:
    return ngettext(
        "Since %(since)s, this does not answer on one of our servers: %(services)s.",
        "Since %(since)s, this does not answer on %(number)s of our servers: %(services)s.",
        number,
    )


def _fails(number: int) -> str:
    return ngettext(
        "Since %(since)s, something fails on one of our servers.",
        "Since %(since)s, something fails on %(number)s of our servers.",
        number,
    )


def _began(incident: Incident) -> str:
    return _moment(incident.started_at or incident.opened_at)


def _moment(instant: datetime) -> str:
    local = instant.astimezone(accounts.zone())
    locale = locale_of(get_language() or "fr")
    hour = dates.format_time(local, "HH:mm", locale=locale)
    return _("%(hour)s on %(day)s") % {"hour": hour, "day": dates.format_date(local, "d MMMM", locale=locale)}
