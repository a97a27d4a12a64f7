"""Tariffs, brought to what the provider file says. One that customers accepted is history: it does not change."""

from collections.abc import Collection, Mapping
from datetime import date

from astreinte.billing.models import Tariff
from astreinte.billing.queries import URGENT
from astreinte.core import money
from astreinte.core.changes import Change, changed, removed
from astreinte.core.refusals import Refusal


class TariffAccepted(Refusal):
    """Customers accepted the tariff of %(day)s at %(amount)s: leave it, and write a new one from a later day."""

    slug = "tariff-accepted"


class TariffInForce(Refusal):
    """The tariff of %(day)s is in force and customers accepted it: leave it in the file, or write the one that follows it."""

    slug = "tariff-in-force"


def against_tariffs(wanted: Mapping[date, int], *, accepted: Collection[date], today: date) -> list[Refusal]:
    """Why these tariffs (cents by first day) cannot replace those we have; `accepted` are the days tickets refer to."""
    found: list[Refusal] = []
    for tariff in Tariff.objects.filter(kind=URGENT, from_date__in=list(accepted), from_date__lte=today):
        day = tariff.from_date
        if day in wanted and wanted[day] != tariff.amount_cents:
            found.append(TariffAccepted(day=day, amount=money.decimal_string(tariff.amount_cents)))
        if day not in wanted and not any(day < other <= today for other in wanted):
            found.append(TariffInForce(day=day))
    return found


def tariffs(wanted: Mapping[date, int], *, accepted: Collection[date]) -> list[Change]:
    """These tariffs; those that customers accepted are kept whatever the file says."""
    known = {tariff.from_date: tariff for tariff in Tariff.objects.filter(kind=URGENT)}
    found: list[Change] = []
    for day, cents in wanted.items():
        found += _tariff(day, cents, known.get(day))
    for day, tariff in known.items():
        if day not in wanted and day not in accepted:
            tariff.delete()
            found.append(removed(f"tariff from {day}"))
    return found


def _tariff(day: date, cents: int, known: Tariff | None) -> list[Change]:
    what = f"tariff from {day}"
    if known is None:
        Tariff.objects.create(kind=URGENT, from_date=day, amount_cents=cents)
        return [Change(kind="added", what=what, after=money.decimal_string(cents))]
    if known.amount_cents == cents:
        return []
    before = known.amount_cents
    Tariff.objects.filter(pk=known.pk).update(amount_cents=cents)
    return [changed(what, money.decimal_string(before), money.decimal_string(cents))]
