"""Periods of e-reporting: their days and the day they are due, by VAT regime."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.reporting.errors import RegimeEndedError
from echeance.core.reporting.model import ReportKind
from echeance.core.reporting.periods import Regime, period_of, periods

SALES, PAID = ReportKind.TRANSACTIONS, ReportKind.PAYMENTS


@pytest.mark.parametrize(
    ("regime", "kind", "day", "first", "last", "due"),
    [
        # real, monthly: three times a month, payments once
        ("monthly", SALES, (2026, 9, 1), (2026, 9, 1), (2026, 9, 10), (2026, 9, 20)),
        ("monthly", SALES, (2026, 9, 10), (2026, 9, 1), (2026, 9, 10), (2026, 9, 20)),
        ("monthly", SALES, (2026, 9, 11), (2026, 9, 11), (2026, 9, 20), (2026, 9, 30)),
        ("monthly", SALES, (2028, 2, 20), (2028, 2, 11), (2028, 2, 20), (2028, 2, 29)),
        ("monthly", SALES, (2026, 9, 21), (2026, 9, 21), (2026, 9, 30), (2026, 10, 10)),
        ("monthly", SALES, (2026, 12, 31), (2026, 12, 21), (2026, 12, 31), (2027, 1, 10)),
        ("monthly", PAID, (2026, 9, 14), (2026, 9, 1), (2026, 9, 30), (2026, 10, 10)),
        # real, quarterly: every month all the same
        ("quarterly", SALES, (2026, 12, 5), (2026, 12, 1), (2026, 12, 31), (2027, 1, 10)),
        ("quarterly", PAID, (2026, 12, 5), (2026, 12, 1), (2026, 12, 31), (2027, 1, 10)),
        # simplified, while it lasts: by the end of the month that follows
        ("simplified", SALES, (2026, 12, 31), (2026, 12, 1), (2026, 12, 31), (2027, 1, 31)),
        # franchise: two months, by the end of the month that follows
        ("franchise", SALES, (2027, 10, 3), (2027, 9, 1), (2027, 10, 31), (2027, 11, 30)),
        ("franchise", PAID, (2027, 12, 31), (2027, 11, 1), (2027, 12, 31), (2028, 1, 31)),
        ("franchise", SALES, (2028, 1, 1), (2028, 1, 1), (2028, 2, 29), (2028, 3, 31)),
    ],
)
def test_the_days_and_the_due_day_follow_the_regime(regime, kind, day, first, last, due):
    period = period_of(Regime(regime), kind, date(*day))

    assert (period.days.start, period.days.last, period.due_on) == (
        date(*first),
        date(*last),
        date(*due),
    )


def test_the_simplified_regime_ends_with_2026():
    with pytest.raises(RegimeEndedError) as refusal:
        period_of(Regime.SIMPLIFIED, SALES, date(2027, 1, 1))

    assert str(refusal.value) == (
        "Le régime de TVA « réel simplifié » n'existe plus au 01/01/2027 : choisissez le régime "
        "réel normal, mensuel ou trimestriel, dans la fiche de la société."
    )


@given(
    st.sampled_from([Regime.MONTHLY, Regime.QUARTERLY, Regime.FRANCHISE]),
    st.sampled_from(ReportKind),
    st.dates(date(2026, 9, 1), date(2035, 1, 1)),
    st.integers(0, 400),
)
def test_periods_follow_each_other_without_a_gap_and_are_due_after_their_last_day(
    regime, kind, since, length
):
    on = since + timedelta(days=length)

    found = list(periods(regime, kind, since, on))

    assert since in found[0].days
    assert on in found[-1].days
    assert all(one.days.end == after.days.start for one, after in pairwise(found))
    assert all(one.due_on > one.days.last for one in found)
    assert all(period_of(regime, kind, one.days.last) == one for one in found)


def test_no_period_ends_before_it_begins_to_bind():
    assert list(periods(Regime.MONTHLY, SALES, date(2026, 9, 2), date(2026, 9, 1))) == []
