"""Chart, journals, years and months."""

from __future__ import annotations

from datetime import date

import pytest

from echeance.core.bookkeeping import CHART, JOURNALS
from echeance.ledger import commands, queries
from echeance.ledger.errors import FiscalYearOverlapError, NoFiscalYearError, PeriodNotOverError
from echeance.ledger.models import Account, FiscalYear, Journal, Period


def test_books_have_their_chart_journals_and_twelve_months(books):
    assert Account.objects.count() == len(CHART)
    assert set(Journal.objects.values_list("code", flat=True)) == {one.code for one in JOURNALS}
    assert Period.objects.count() == 12
    assert Account.objects.get(key="vat_deferred").number == "445740"


def test_setting_up_twice_changes_nothing(books):
    again = commands.set_up_books(
        actor=books.actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )

    assert again == FiscalYear.objects.get()
    assert Account.objects.count() == len(CHART)
    assert Period.objects.count() == 12


def test_a_year_may_start_and_end_inside_a_month(books):
    year = commands.open_fiscal_year(
        actor=books.actor, starts_on=date(2027, 1, 1), ends_on=date(2028, 6, 15)
    )

    months = list(year.periods.order_by("starts_on").values_list("starts_on", "ends_on"))

    assert len(months) == 18
    assert months[13] == (date(2028, 2, 1), date(2028, 2, 29))
    assert months[-1] == (date(2028, 6, 1), date(2028, 6, 15))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 12, 31), date(2027, 12, 30)),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_years_do_not_overlap(books, start, end):
    with pytest.raises(FiscalYearOverlapError, match="recouvre"):
        commands.open_fiscal_year(actor=books.actor, starts_on=start, ends_on=end)

    assert FiscalYear.objects.count() == 1
    assert Period.objects.count() == 12


def test_the_year_of_a_day(books):
    inside = queries.fiscal_year_of(company=books.actor.company, day=date(2026, 12, 31))

    assert inside == FiscalYear.objects.get()
    assert queries.fiscal_year_of(company=books.actor.company, day=date(2027, 1, 1)) is None


def test_documents_are_kept_ten_years_from_the_end_of_their_year(books):
    assert queries.keep_until(actor=books.actor, day=date(2026, 1, 5)) == date(2036, 12, 31)


def test_closing_a_month_closes_those_before_it(books):
    closed = commands.close_period(actor=books.actor, day=date(2026, 3, 15))

    assert [one.starts_on.month for one in closed] == [1, 2, 3]
    assert Period.objects.filter(closed_at=None).count() == 9
    assert commands.close_period(actor=books.actor, day=date(2026, 2, 1)) == []


def test_a_running_month_is_not_closed(books):
    with pytest.raises(PeriodNotOverError, match="30/11/2026"):
        commands.close_period(actor=books.actor, day=date(2026, 11, 24))

    assert Period.objects.filter(closed_at=None).count() == 12


def test_a_day_without_a_period_is_refused(books):
    with pytest.raises(NoFiscalYearError, match="01/01/2025"):
        commands.close_period(actor=books.actor, day=date(2025, 1, 1))
