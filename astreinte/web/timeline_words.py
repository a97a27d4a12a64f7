"""The sentence of every kind of line of the history, in the reader's language: the customer's page and the console share it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from astreinte.core.models import TimelineEntry

# %(by)s is who did it; the other names are the data of the line. A name that is missing is said as nothing.
SENTENCES: dict[str, str] = {
    "ticket:opened": gettext_noop("%(by)s opened the ticket"),
    "ticket:linked": gettext_noop("The ticket is about an incident that our monitoring found"),
    "ticket:made-urgent": gettext_noop("%(by)s made the ticket urgent"),
    "ticket:acknowledged": gettext_noop("%(by)s took charge"),
    "ticket:eta": gettext_noop("%(by)s said when they will be there"),
    "ticket:handed-over": gettext_noop("%(by)s handed the ticket over"),
    "ticket:cancelled": gettext_noop("%(by)s cancelled the ticket: nothing is due"),
    "ticket:closed": gettext_noop("The ticket is closed"),
    "ticket:forgotten": gettext_noop("The rehearsal is forgotten"),
    "ticket:erased": gettext_noop("What somebody had typed was erased, on request"),
    "ticket:resolved": gettext_noop("%(by)s resolved the ticket"),
    "ticket:reopened": gettext_noop("%(by)s reopened the ticket"),
    "message:public": gettext_noop("%(by)s wrote a message"),
    "message:internal": gettext_noop("%(by)s wrote an internal message"),
    "message:erased": gettext_noop("A message was erased, on request"),
    "diagnosis:done": gettext_noop("The diagnosis is done"),
    "verdict:proposed": gettext_noop("%(by)s proposed a verdict against the advice: a second person confirms"),
    "verdict:given": gettext_noop("%(by)s gave the verdict"),
    "verdict:overturned": gettext_noop("The verdict was overturned: nothing is due"),
    "dispute:opened": gettext_noop("%(by)s contested the verdict"),
    "dispute:decided": gettext_noop("%(by)s answered the dispute"),
    "dispute:late": gettext_noop("The day promised for the answer has passed"),
    "review:opened": gettext_noop("An incident of ours is known since: the verdict is looked at again"),
    "review:decided": gettext_noop("%(by)s looked at the verdict again"),
    "page:triggered": gettext_noop("The call for an engineer began"),
    "page:rung": gettext_noop("Called: %(people)s"),
    "page:step-skipped": gettext_noop("Nobody could be called at this step: the next one is called at once"),
    "page:last-resort": gettext_noop("Nobody on duty could be called: everybody is"),
    "page:acknowledged": gettext_noop("%(by)s answered the call"),
    "page:declined": gettext_noop("%(by)s cannot come: the next step is called"),
    "page:added": gettext_noop("%(person)s also called by %(by)s"),
    "page:joined": gettext_noop("%(by)s comes to help"),
    "page:excused": gettext_noop("%(by)s cannot come to help"),
    "page:stranger": gettext_noop("An answer came from a number that was not called: nothing was done"),
    "page:beside": gettext_noop("Our team is already being called for this incident: nobody is called twice"),
    "page:eta": gettext_noop("%(by)s said when they start"),
    "page:handed-over": gettext_noop("%(by)s passed the call on"),
    "page:closed": gettext_noop("The call is over"),
    "incident:opened": gettext_noop("Monitoring saw it fail: %(saw)s"),
    "incident:suspected": gettext_noop("Several customers reported trouble at the same time"),
    "incident:confirmed": gettext_noop("%(by)s says that it is one trouble, and ours"),
    "incident:declared": gettext_noop("%(by)s wrote it down, once it was found out"),
    "incident:dismissed": gettext_noop("%(by)s says that these are separate troubles"),
    "incident:reopened": gettext_noop("It failed again"),
    "incident:spread": gettext_noop("The trouble spreads: %(title)s"),
    "incident:rings": gettext_noop("It stays down: an engineer is called"),
    "incident:resolved": gettext_noop("It is over, says %(by)s"),
    "incident:unexpected": gettext_noop(
        "“%(source)s” is not in the provider file any more: it is not expected to be heard"
    ),
    "incident:said": gettext_noop("%(by)s wrote a public message"),
    "incident:reminded": gettext_noop("The promised update is late: %(name)s was reminded"),
    "incident:followed": gettext_noop("%(name)s follows the incident"),
    "incident:unfollowed": gettext_noop("%(name)s follows the incident no more"),
    "maintenance:planned": gettext_noop("%(by)s planned the maintenance"),
    "maintenance:changed": gettext_noop("%(by)s changed the maintenance"),
    "maintenance:cancelled": gettext_noop("%(by)s cancelled the maintenance: %(reason)s"),
    "maintenance:ended": gettext_noop("%(by)s ended the maintenance early: %(reason)s"),
    "maintenance:reminded": gettext_noop("Those concerned were told again, a day before"),
    "check:up": gettext_noop("It answers: %(saw)s"),
    "check:down": gettext_noop("It is down: %(saw)s"),
    "notification:sending": gettext_noop("A message is leaving for %(name)s (%(channel)s)"),
    "notification:accepted": gettext_noop("The message to %(name)s was sent (%(channel)s)"),
    "notification:delivered": gettext_noop("The message to %(name)s arrived (%(channel)s)"),
    "notification:failed": gettext_noop("The message to %(name)s did not get through (%(channel)s)"),
    "notification:delayed": gettext_noop("The message to %(name)s will be tried again (%(channel)s)"),
    "notification:released": gettext_noop("The message to %(name)s is sent again (%(channel)s)"),
    "notification:hastened": gettext_noop("No sign from %(instead_of)s: %(name)s is tried by %(channel)s"),
    "notification:withdrawn": gettext_noop("What was still to leave was stopped: %(count)s"),
    "notification:pressed": gettext_noop("%(name)s pressed the key %(key)s in a test call"),
    "charge:made": gettext_noop("The fee of the verdict was written down"),
    "charge:held": gettext_noop("The fee is on hold while the verdict is reviewed"),
    "charge:released": gettext_noop("The fee is no longer on hold"),
    "charge:cancelled": gettext_noop("The fee was cancelled: nothing is due"),
    "invoice:issued": gettext_noop("The document %(number)s was issued"),
    "invoice:rendered": gettext_noop("The document was drawn"),
    "invoice:credited": gettext_noop("The invoice was credited"),
    "invoice:paid": gettext_noop("The invoice was paid"),
    "ban:lift-asked": gettext_noop("%(by)s asked for the ban of %(address)s on %(server)s to be lifted"),
    "ban:lifted": gettext_noop("The ban of %(address)s on %(server)s was lifted"),
}
# What the customer reads of the history. Rings are in the ladder; what stays among the staff is not here.
FOR_CUSTOMERS = frozenset(
    kind for kind in SENTENCES if kind.startswith(("ticket:", "verdict:", "dispute:", "review:"))
) | {
    "page:beside",
    "page:step-skipped",
    "page:last-resort",
    "page:handed-over",
    "charge:held",
    "charge:cancelled",
    "invoice:issued",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """A line of the history in words."""

    at: datetime
    kind: str
    text: str


class _Data(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def sentence(kind: str, *, by: str = "", data: Mapping[str, Any] | None = None) -> str:
    """A line of the history, as people say it. A kind that has no sentence is said by its name: it still happened."""
    words = {name: ", ".join(map(str, one)) if isinstance(one, list) else one for name, one in (data or {}).items()}
    return _(SENTENCES.get(kind, kind.replace("%", "%%"))) % _Data(words, by=by)


def said(entry: TimelineEntry) -> Said:
    """One line, in words."""
    return Said(at=entry.at, kind=entry.kind, text=sentence(entry.kind, by=entry.by_name, data=entry.data))
