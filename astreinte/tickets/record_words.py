"""How often an advice like this one was right so far, as pages and programs read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from astreinte.tickets import figures
from astreinte.tickets.rules.figures import OUTCOMES, UNDETERMINED, Record


def of(advice: Mapping[str, Any], *, at: datetime) -> Record | None:
    """The record of such an advice; None for one about which that is no question (`ineligible`)."""
    if advice["outcome"] not in OUTCOMES:
        return None
    return figures.track_record(advice["outcome"], confidence=advice.get("confidence", ""), at=at)


def sentence(advice: Mapping[str, Any] | None, *, at: datetime) -> str:
    """The same, in a sentence; empty when there is none."""
    found = of(advice, at=at) if advice else None
    return told(found) if found else ""


def told(record: Record) -> str:
    """A record, in a sentence with its figures."""
    if not record.is_enough:
        return _("How often such advice was right: too few cases yet to say (%(many)d over the last 12 months).") % {
            "many": record.many
        }
    if record.outcome == UNDETERMINED:
        said = ngettext(
            "Of %(many)d such case over the last 12 months, %(right)d cost nothing in the end.",
            "Of %(many)d such cases over the last 12 months, %(right)d cost nothing in the end.",
            record.many,
        )
    else:
        said = ngettext(
            "Such advice was right in %(right)d of %(many)d case over the last 12 months.",
            "Such advice was right in %(right)d of %(many)d cases over the last 12 months.",
            record.many,
        )
    return said % {"right": record.right, "many": record.many}
