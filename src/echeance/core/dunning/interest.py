"""Late interest by slices, and the fixed indemnity.

Interest runs without any reminder from the day after the due date to the day of payment included,
on the amount with VAT, days over 365. It is cut where the semester's rate changes and where a
payment reduces the amount; each slice is rounded half up and the total is the sum of the slices,
so that the customer can redo the sum.

Sources: C. com. L441-10 II, D441-5, L622-28; CCP R2192-31, D2192-35; C. civ. 1343-1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from echeance.core.dates import ONE_DAY, DateRange, semesters_between
from echeance.core.dunning.rates import penalty_rate
from echeance.core.money import ZERO, round_amount
from echeance.core.terms import CustomerKind

RECOVERY_INDEMNITY = Decimal("40.00")
DAYS_IN_YEAR = 365
_HUNDRED = Decimal(100)


class Imputation(StrEnum):
    """What a payment settles first: the policy says it, the law's own answer is interest."""

    INTEREST_FIRST = "interest_first"
    PRINCIPAL_FIRST = "principal_first"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received, or a credit note allocated, on a day."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InterestSlice:
    """One line of the sum.

    Attributes:
        start: First day counted.
        end: First day no longer counted.
        base: Amount unpaid.
        rate_percent: Yearly rate.
        amount: ``base`` × rate × days / 365, rounded half up.
    """

    start: date
    end: date
    base: Decimal
    rate_percent: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        """Days counted."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest of one open item.

    Attributes:
        slices: In order, contiguous until the principal is paid.
        paid: Interest that payments have settled (interest first only).
        principal_left: Principal still owed after the payments.
    """

    slices: tuple[InterestSlice, ...]
    paid: Decimal
    principal_left: Decimal

    @property
    def total(self) -> Decimal:
        """All interest accrued, paid or not."""
        return sum((part.amount for part in self.slices), Decimal("0.00"))

    @property
    def left(self) -> Decimal:
        """Interest still owed."""
        return self.total - self.paid


def late_interest(
    item_amount: Decimal,
    due_date: date,
    *,
    until: date,
    customer: CustomerKind,
    payments: Sequence[Payment] = (),
    contract_rate: Decimal | None = None,
    insolvency_date: date | None = None,
    imputation: Imputation = Imputation.INTEREST_FIRST,
) -> Interest:
    """Interest accrued on one item up to a day.

    Args:
        item_amount: Amount with VAT due on ``due_date``, positive.
        due_date: Due date of the item (of the instalment).
        until: Last day counted; later payments are ignored.
        customer: Consumers owe none; public buyers keep the rate of the semester in which
            interest began.
        payments: Receipts on the item, any order; what exceeds the debt is ignored.
        contract_rate: Rate of the sales conditions, per cent, for professionals.
        insolvency_date: Opening judgment; interest stops before that day.
        imputation: What each payment settles first.

    Raises:
        NoLegalRateError: a day falls in a semester whose rates are unknown.

    >>> paid = [Payment(date(2026, 7, 20), Decimal("12000.00"))]
    >>> interest = late_interest(
    ...     Decimal("12000.00"), date(2026, 5, 31), until=date(2026, 7, 20),
    ...     customer=CustomerKind.PROFESSIONAL, payments=paid,
    ... )
    >>> [(s.days, str(s.rate_percent), str(s.amount)) for s in interest.slices]
    [(30, '12.15', '119.84'), (20, '12.40', '81.53')]
    >>> str(interest.total)
    '201.37'
    """
    start = due_date + ONE_DAY
    end = until + ONE_DAY
    if insolvency_date is not None:
        end = min(end, insolvency_date)
    terms = _RateTerms(customer, contract_rate, first_day=start)

    principal, accrued, paid = item_amount, ZERO, ZERO
    slices: list[InterestSlice] = []
    for payment in sorted(payments, key=lambda one: one.day):
        if payment.day > until:
            break
        # The day of payment still bears interest on the amount it pays.
        stop = min(payment.day + ONE_DAY, end)
        new = _slices(principal, start, stop, terms)
        slices += new
        accrued += sum((part.amount for part in new), ZERO)
        start = max(start, stop)
        on_interest = ZERO
        if imputation is Imputation.INTEREST_FIRST:
            on_interest = min(payment.amount, accrued - paid)
        paid += on_interest
        principal -= min(principal, payment.amount - on_interest)
    slices += _slices(principal, start, end, terms)
    return Interest(tuple(slices), paid, principal)


@dataclass(frozen=True, slots=True)
class _RateTerms:
    """Which rate runs when; rates are looked up for the days needed only."""

    customer: CustomerKind
    contract_rate: Decimal | None
    first_day: date

    def periods(self, start: date, end: date) -> Iterator[tuple[DateRange, Decimal]]:
        match self.customer:
            case CustomerKind.CONSUMER:
                return
            case CustomerKind.PUBLIC:
                yield DateRange(start, end), penalty_rate(self.customer, self.first_day)
            case CustomerKind.PROFESSIONAL:
                for _, period in semesters_between(start, end):
                    rate = penalty_rate(self.customer, period.start, self.contract_rate)
                    yield period, rate


def _slices(base: Decimal, start: date, end: date, terms: _RateTerms) -> list[InterestSlice]:
    """Slices of one unchanged amount over ``[start, end)``."""
    if base <= ZERO or start >= end:
        return []
    return [
        InterestSlice(
            period.start,
            period.end,
            base,
            rate,
            # Multiplied first and divided last: the only rounding is to the cent.
            round_amount(base * rate * period.days / (_HUNDRED * DAYS_IN_YEAR)),
        )
        for period, rate in terms.periods(start, end)
    ]


def recovery_indemnity(
    customer: CustomerKind,
    late_due_dates: Iterable[date],
    insolvency_date: date | None = None,
) -> Decimal:
    """The 40 € of one invoice: once, however many of its instalments are or were late.

    Args:
        customer: Professionals and public buyers owe it, consumers never.
        late_due_dates: Due dates of the invoice's instalments that were not paid in time.
        insolvency_date: Opening judgment: from that day the law forbids paying earlier debts, so
            what falls due on it or later gives no indemnity. What was due before keeps it.

    >>> str(recovery_indemnity(CustomerKind.PROFESSIONAL, [date(2026, 5, 31)]))
    '40.00'
    """
    if customer is CustomerKind.CONSUMER:
        return Decimal("0.00")
    owed = any(insolvency_date is None or due < insolvency_date for due in late_due_dates)
    return RECOVERY_INDEMNITY if owed else Decimal("0.00")
