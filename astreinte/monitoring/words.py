"""What is wrong with a check or a heartbeat, in words."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from astreinte.monitoring.models import AlertSource, Check

# What each kind of check is for the one whose service it is; others by their own name.
SERVICES = {
    "http": gettext_noop("Web site"),
    "ftp": gettext_noop("File transfer (FTP)"),
    "imap": gettext_noop("Mailboxes (IMAP)"),
    "pop3": gettext_noop("Mailboxes (POP3)"),
    "smtp": gettext_noop("Sending mail (SMTP)"),
    "ssh": gettext_noop("Remote access (SSH)"),
    "tcp": gettext_noop("Network service (TCP)"),
    "tls": gettext_noop("Certificate (TLS)"),
    "dns": gettext_noop("Domain name (DNS)"),
    "ping": gettext_noop("Answers on the network (ping)"),
    "postgresql": gettext_noop("Database (PostgreSQL)"),
    "mysql": gettext_noop("Database (MySQL)"),
}


def service(check: Check) -> str:
    """The service, as its owner calls it."""
    known = SERVICES.get(check.kind)
    return _(known) if known else check.kind


def in_each(say: Callable[[], str]) -> dict[str, str]:
    """What is wrong, in each language: an engineer reads theirs, whatever the customer's is."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = say()
    return found


def symptom_words(check: Check) -> dict[str, str]:
    """What is wrong with this check, in each language."""
    return in_each(lambda: _down(check))


def silent_words(source: AlertSource) -> dict[str, str]:
    """A heartbeat is not heard any more, in each language."""
    return in_each(lambda: _("No news of %(name)s") % {"name": source.name})


def failed_words(source: AlertSource) -> dict[str, str]:
    """The job behind a heartbeat says that it failed, in each language."""
    return in_each(lambda: _("%(name)s says that it failed") % {"name": source.name})


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


def sentence(check: Check) -> str:
    """The same in the customer's language: the title of the incident."""
    with translation.override(check.server.customer.language):
        return _down(check)


def _down(check: Check) -> str:
    return _("%(service)s is down: %(where)s") % {"service": service(check), "where": check.where}
