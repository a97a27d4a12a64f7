"""What is wrong with a check or a heartbeat, in words."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from astreinte.monitoring.models import AlertSource, Check, Site
from astreinte.monitoring.probes.base import of_kind
from astreinte.monitoring.states import SourceKind


def service(check: Check) -> str:
    """The service, as its owner calls it."""
    known = of_kind(check.kind).service
    return _(known) if known else check.kind


def in_each(say: Callable[[], str]) -> dict[str, str]:
    """What is wrong, in each language: an engineer reads theirs, whatever the customer's is."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = say()
    return found


def as_said(words: str) -> dict[str, str]:
    """What others said, in their own words whatever the language."""
    return dict.fromkeys((language for language, _name in settings.LANGUAGES), words)


def symptom_words(check: Check) -> dict[str, str]:
    """What is wrong with this check, in each language."""
    return in_each(lambda: _down(check))


def silent_words(source: AlertSource) -> dict[str, str]:
    """A heartbeat, or a vantage point, is not heard any more, in each language."""
    if source.kind == SourceKind.SITE:
        return in_each(lambda: _("No news of the vantage point %(name)s") % {"name": source.site})
    return in_each(lambda: _("No news of %(name)s") % {"name": source.name})


def failed_words(source: AlertSource) -> dict[str, str]:
    """The job behind a heartbeat says that it failed, in each language."""
    return in_each(lambda: _("%(name)s says that it failed") % {"name": source.name})


def backup_words(source: AlertSource) -> dict[str, str]:
    """The listing of this heartbeat says that its backup is not in order: as a check of ours says it, in each language."""
    return in_each(lambda: _(of_kind("backup").down) % {"where": source.name})


def suspected_words(number: int) -> dict[str, str]:
    """So many customers tell us of trouble at once, in each language."""
    return in_each(
        lambda: (
            ngettext(
                "%(number)s customer reports trouble at the same time",
                "%(number)s customers report trouble at the same time",
                number,
            )
            % {"number": number}
        )
    )


def blind_words(site: Site) -> dict[str, str]:
    """A vantage point sees nothing any more, in each language."""
    return in_each(lambda: _("We cannot see from %(name)s: none of its references answer") % {"name": site.name})


def sentence(check: Check) -> str:
    """The same in the customer's language: the title of the incident."""
    with translation.override(check.server.customer.language):
        return _down(check)


def _down(check: Check) -> str:
    return _(of_kind(check.kind).down) % {"service": service(check), "where": check.where}
