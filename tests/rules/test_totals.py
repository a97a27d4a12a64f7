"""What invoices add up to, to the cent, and how they are numbered."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astreinte.billing.rules import numbering
from astreinte.billing.rules.numbering import Series
from astreinte.billing.rules.totals import (
    CreditTooLarge,
    Line,
    NothingToInvoice,
    Totals,
    broken_rules,
    left_after_credits,
    total,
)

LINES = st.lists(
    st.builds(
        Line,
        name=st.just("Intervention"),
        unit_price_cents=st.integers(1, 10_000_000),
        quantity=st.integers(1, 1000),
    ),
    min_size=1,
    max_size=20,
)
RATES = st.sampled_from(["20.00", "8.50", "0.00", "5.50", "2.10"])


def line(cents, quantity=1):
    return Line(name="Intervention", unit_price_cents=cents, quantity=quantity)


@pytest.mark.parametrize(
    ("lines", "rate", "net", "vat", "gross"),
    [
        ([line(9500)], "20.00", 9500, 1900, 11400),
        ([line(9500)], "8.50", 9500, 808, 10308),
        ([line(9500)], "0.00", 9500, 0, 9500),
        ([line(9500, 2), line(1000)], "20.00", 20000, 4000, 24000),
        ([line(4750)], "20.00", 4750, 950, 5700),
        ([line(10000)], "20.00", 10000, 2000, 12000),
        ([line(1), line(1), line(1)], "20.00", 3, 1, 4),
        ([line(2)], "20.00", 2, 0, 2),
        ([line(30)], "5.50", 30, 2, 32),
    ],
)
def test_the_worked_invoices(*, lines, rate, net, vat, gross):
    found = total(lines, rate=rate)
    assert (found.net_cents, found.vat_cents, found.gross_cents, found.due_cents) == (net, vat, gross, gross)


def test_half_a_cent_makes_one():
    assert total([line(10)], rate="5.00").vat_cents == 1
    assert total([line(9)], rate="5.00").vat_cents == 0


def test_what_is_paid_is_not_due():
    assert total([line(9500)], rate="20.00", paid=True) == Totals(
        net_cents=9500, vat_cents=1900, gross_cents=11400, paid_cents=11400, due_cents=0
    )


@pytest.mark.parametrize("lines", [[], [line(0)], [line(-9500)], [line(9500, 0)], [line(9500), line(0)]])
def test_nothing_is_not_invoiced(lines):
    with pytest.raises(NothingToInvoice):
        total(lines, rate="20.00")


@given(lines=LINES, rate=RATES, paid=st.booleans())
def test_totals_always_add_up(lines, rate, paid):
    found = total(lines, rate=rate, paid=paid)
    assert broken_rules(found, lines=lines, rate=rate) == []
    exact = Fraction(sum(one.unit_price_cents * one.quantity for one in lines)) * Fraction(rate) / 100
    assert -Fraction(1, 2) < found.vat_cents - exact <= Fraction(1, 2)


@given(lines=LINES, rate=RATES, field=st.sampled_from(list(Totals.__dataclass_fields__)), off=st.sampled_from([-1, 1]))
def test_one_cent_off_is_always_seen(lines, rate, field, off):
    right = total(lines, rate=rate)
    values = {name: getattr(right, name) for name in Totals.__dataclass_fields__}
    assert broken_rules(Totals(**{**values, field: values[field] + off}), lines=lines, rate=rate)


@given(lines=LINES, rate=RATES)
def test_the_order_of_the_lines_does_not_matter(lines, rate):
    assert total(lines, rate=rate) == total(lines[::-1], rate=rate)


def test_a_cent_the_official_rules_tolerate_is_not_tolerated():
    off = Totals(net_cents=9500, vat_cents=807, gross_cents=10307, paid_cents=0, due_cents=10307)
    assert broken_rules(off, lines=[line(9500)], rate="8.50") == ["BR-CO-17"]


def test_credits_never_exceed_the_invoice():
    assert left_after_credits(11400, credits_cents=[]) == 11400
    assert left_after_credits(11400, credits_cents=[5700]) == 5700
    assert left_after_credits(11400, credits_cents=[11400]) == 0
    for too_much in ([5700, 5701], [0], [-1]):
        with pytest.raises(CreditTooLarge):
            left_after_credits(11400, credits_cents=too_much)


def test_each_kind_of_document_has_its_series():
    day = date(2026, 11, 23)
    assert numbering.series_key(Series.INVOICE, issued_on=day) == "F2026"
    assert numbering.series_key(Series.CREDIT_NOTE, issued_on=day) == "A2026"
    assert numbering.series_key(Series.INVOICE, issued_on=day, yearly=False) == "F"
    assert numbering.number(key="F2026", rank=1) == "F2026-000001"
    assert numbering.number(key="A2026", rank=1_234_567) == "A2026-1234567"


@given(key=st.from_regex(r"[A-Z][0-9]{0,4}", fullmatch=True), rank=st.integers(1, 10**9))
def test_a_number_gives_its_rank_back(key, rank):
    text = numbering.number(key=key, rank=rank)
    assert numbering.rank_of(text) == rank
    assert numbering.is_allowed(text)


@pytest.mark.parametrize(
    ("key", "rank"), [("F2026", 0), ("F2026", -1), ("F 2026", 1), ("É", 1), ("", 1), ("F" * 30, 1)]
)
def test_a_bad_number_is_refused(key, rank):
    with pytest.raises(numbering.BadNumber):
        numbering.number(key=key, rank=rank)


@pytest.mark.parametrize("text", ["F2026 000001", "F2026", "F2026-1", "F2026-00000١", "F2026-000001\n", "x" * 36])
def test_what_is_not_our_number_has_no_rank(text):
    with pytest.raises(numbering.BadNumber):
        numbering.rank_of(text)
