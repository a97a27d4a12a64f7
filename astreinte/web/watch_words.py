"""What went wrong with a service that is watched, in words that need no training and repeat nothing of what it said."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from astreinte.monitoring.models import Check

# What the stable word of a result means.
TROUBLE = {
    "refused": gettext_noop("the connection is refused"),
    "timeout": gettext_noop("no answer in time"),
    "unresolved": gettext_noop("the name does not resolve"),
    "forbidden": gettext_noop("this address may not be watched"),
    "closed": gettext_noop("the connection was cut"),
    "nonsense": gettext_noop("the answer makes no sense"),
    "tls": gettext_noop("the certificate or the encryption is refused"),
    "failed": gettext_noop("the check itself is broken"),
    "misconfigured": gettext_noop("the check is badly configured"),
}
OTHERWISE = gettext_noop("not the expected answer")


def trouble(check: Check) -> str:
    """What is wrong, without a word of what the service itself said; nothing while it is in order."""
    if check.state != "down":
        return ""
    return _(TROUBLE.get(check.error, OTHERWISE))
