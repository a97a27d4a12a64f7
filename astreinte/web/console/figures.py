"""The figures of the verdicts: a period, what was decided, how often the advice was right, what was contested; and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from astreinte.accounts import queries as accounts
from astreinte.core import money
from astreinte.monitoring.rules import intervals
from astreinte.tickets import figures
from astreinte.tickets.rules.figures import Count, Figures
from astreinte.web import csv_files, figures_words
from astreinte.web.figures_words import Named
from astreinte.web.requests import PersonRequest

DEFAULT_DAYS = "90"
HEAD = (
    "table",
    "line",
    "verdicts",
    "covered",
    "billed",
    "undetermined",
    "contested",
    "overturned",
    "right",
    "amount_excl",
)


@dataclass(frozen=True, kw_only=True)
class Period:
    """From an instant (included) to another."""

    start: datetime
    end: datetime

    @property
    def first(self) -> date:
        """Its first day, by the provider's calendar."""
        return self.start.astimezone(accounts.zone()).date()

    @property
    def last(self) -> date:
        """Its last day, included."""
        return (self.end - timedelta(microseconds=1)).astimezone(accounts.zone()).date()


class PeriodForm(forms.Form):
    """The last days, or a month: nothing else of the address is read."""

    days = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[("30", _("the last 30 days")), ("90", _("the last 90 days")), ("365", _("the last 12 months"))],
    )
    month = forms.DateField(
        label=_("Or a month"),
        required=False,
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month", "placeholder": "2026-11"}),
        error_messages={"invalid": _("Write the month as year-month, like 2026-11.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "period_%s"
        super().__init__(*args, **kwargs)

    def period(self, *, at: datetime) -> Period:
        """What was asked; the last 90 days when that is not a period."""
        said = self.cleaned_data if self.is_valid() else {}
        if said.get("month"):
            return _month(said["month"])
        return Period(start=at - timedelta(days=int(said.get("days") or DEFAULT_DAYS)), end=at)


def _month(first: date) -> Period:
    """A month of the provider's own calendar."""
    found = intervals.month(f"{first:%Y-%m}", zone=accounts.zone())
    return Period(start=found.start, end=found.end)


def _asked(request: PersonRequest) -> tuple[PeriodForm, Period]:
    form = PeriodForm({"days": DEFAULT_DAYS, **request.GET.dict()})
    return form, form.period(at=request.at)


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """Everything on one screen."""
    form, period = _asked(request)
    found = figures.of_period(start=period.start, end=period.end)
    context = {
        "form": form,
        "period": period,
        "asked": request.GET.urlencode(),
        "figures": found,
        "forecasts": [Named(name=figures_words.outcome(one.key), count=one) for one in found.forecasts],
        "tables": [
            (_("By clause"), [Named(name=figures_words.clause(one.key), count=one) for one in found.clauses]),
            (_("By symptom"), [Named(name=figures_words.symptom(one.key), count=one) for one in found.symptoms]),
        ],
    }
    return render(request, "console/figures.html", context)


@require_safe
def as_csv(request: PersonRequest) -> StreamingHttpResponse:
    """The same, one line a figure, by the names that programs know."""
    _form, period = _asked(request)
    found = figures.of_period(start=period.start, end=period.end)
    return csv_files.table("verdicts.csv", head=HEAD, rows=_lines(found))


def _lines(found: Figures) -> Iterator[tuple[str, ...]]:
    yield (*_line("all", "all", found.whole), "", money.decimal_string(found.cents))
    yield from ((*_line("clause", one.key, one), "", "") for one in found.clauses)
    yield from ((*_line("symptom", one.key, one), "", "") for one in found.symptoms)
    for one in found.forecasts:
        yield ("advice", one.key, str(one.many), "", "", "", "", "", str(one.right), "")
    for name, many in _others(found):
        yield (name, "", str(many), "", "", "", "", "", "", "")


def _line(table: str, name: str, one: Count) -> tuple[str, ...]:
    counts = (one.many, one.covered, one.billed, one.undetermined, one.contested, one.overturned)
    return (table, name, *map(str, counts))


def _others(found: Figures) -> Iterator[tuple[str, int]]:
    yield "billed-against-advice", found.against_advice
    yield "without-advice", found.without_forecast
    yield "disputes", found.disputes
    yield "disputes-won", found.won
    yield "disputes-lost", found.lost
