"""Chart, journals, fiscal years, periods."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.core.bookkeeping import CHART, JOURNALS
from echeance.ledger import rules
from echeance.ledger.errors import FiscalYearOverlapError, NoFiscalYearError, PeriodNotOverError
from echeance.ledger.events import FiscalYearOpened, PeriodClosed
from echeance.ledger.models import Account, FiscalYear, Journal, Period


@transaction.atomic
def set_up_books(*, actor: Actor, fiscal_year_start: date, fiscal_year_end: date) -> FiscalYear:
    """Give a company its chart, its journals and a fiscal year; harmless when repeated.

    Raises:
        FiscalYearOverlapError: Another fiscal year shares a day with this one.
    """
    actor.require(Right.CLOSE_PERIODS)
    Account.objects.bulk_create(
        (
            Account(
                company=actor.company,
                key=account.key,
                number=account.number,
                label=account.label,
                is_party=account.is_party,
            )
            for account in CHART
        ),
        ignore_conflicts=True,
    )
    Journal.objects.bulk_create(
        (Journal(company=actor.company, code=one.code, label=one.label) for one in JOURNALS),
        ignore_conflicts=True,
    )
    known = FiscalYear.objects.filter(
        company=actor.company, starts_on=fiscal_year_start, ends_on=fiscal_year_end
    ).first()
    return known or open_fiscal_year(
        actor=actor, starts_on=fiscal_year_start, ends_on=fiscal_year_end
    )


def open_accounts(
    *, actor: Actor, keys: Collection[str] = (), numbers: Mapping[str, str] | None = None
) -> None:
    """Open the accounts that the chart of the company lacks; harmless when repeated. Two queries.

    Args:
        actor: Needs the right to post entries.
        keys: Accounts of the default chart, by key; one the company renumbered is left alone.
        numbers: Other accounts, each number with its label.
    """
    actor.require(Right.POST_ENTRIES)
    wanted = [one for one in CHART if one.key in keys]
    known = set(
        Account.objects.filter(company=actor.company, key__in=keys).values_list("key", flat=True)
    )
    Account.objects.bulk_create(
        (
            *(
                Account(
                    company=actor.company,
                    key=one.key,
                    number=one.number,
                    label=one.label,
                    is_party=one.is_party,
                )
                for one in wanted
                if one.key not in known
            ),
            *(
                Account(company=actor.company, number=number, label=label)
                for number, label in (numbers or {}).items()
            ),
        ),
        ignore_conflicts=True,
    )


def open_journals(*, actor: Actor, codes: Collection[str]) -> None:
    """Open the journals of the default chart that the company lacks; harmless when repeated.

    One query.

    Args:
        actor: Needs the right to post entries.
        codes: Journals of the default chart.
    """
    actor.require(Right.POST_ENTRIES)
    Journal.objects.bulk_create(
        (
            Journal(company=actor.company, code=one.code, label=one.label)
            for one in JOURNALS
            if one.code in codes
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def open_fiscal_year(*, actor: Actor, starts_on: date, ends_on: date) -> FiscalYear:
    """Open a fiscal year and its monthly periods.

    Raises:
        FiscalYearOverlapError: Another fiscal year shares a day with this one.
    """
    actor.require(Right.CLOSE_PERIODS)
    # Two people opening years at once would not see each other's: one waits for the other.
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if FiscalYear.objects.filter(
        company=actor.company, starts_on__lte=ends_on, ends_on__gte=starts_on
    ).exists():
        raise FiscalYearOverlapError(start=starts_on, end=ends_on)
    year = FiscalYear.objects.create(company=actor.company, starts_on=starts_on, ends_on=ends_on)
    Period.objects.bulk_create(
        Period(company=actor.company, fiscal_year=year, starts_on=first, ends_on=last)
        for first, last in rules.months(starts_on, ends_on)
    )
    journal.record(
        FiscalYearOpened(
            fiscal_year_id=year.pk, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat()
        ),
        actor=actor,
    )
    return year


@transaction.atomic
def close_period(*, actor: Actor, day: date) -> list[Period]:
    """Close the month that holds a day, and those before it: nothing is dated in them any more.

    Returns:
        The periods that were open until now, oldest first.

    Raises:
        NoFiscalYearError: No period holds the day.
        PeriodNotOverError: The month is still running.
    """
    actor.require(Right.CLOSE_PERIODS)
    mine = Period.objects.filter(company=actor.company)
    last = mine.filter(starts_on__lte=day, ends_on__gte=day).first()
    if last is None:
        raise NoFiscalYearError(day=day)
    if last.ends_on >= clock.today():
        raise PeriodNotOverError(ends_on=last.ends_on)
    closed = list(
        mine.filter(closed_at=None, ends_on__lte=last.ends_on)
        .select_for_update()
        .order_by("starts_on")
    )
    mine.filter(pk__in=[period.pk for period in closed]).update(closed_at=clock.now())
    journal.record_many(
        [PeriodClosed(period_id=one.pk, ends_on=one.ends_on.isoformat()) for one in closed],
        actor=actor,
    )
    return closed
