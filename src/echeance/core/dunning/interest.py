"""Late interest by slices, and the fixed indemnity.

Interest runs without any reminder from the day after the due date to the day of payment included,
on the amount with VAT, actual days over 365, leap years included. It is cut where the semester's
rate changes and where a payment reduces the amount; each slice is rounded half up and the total is
the sum of the slices, so that the customer can redo the sum. A due date on a Sunday is a due date:
only the terms may move it.

A credit note is not money: it always reduces the principal, from its own date on (that day bears
no more interest on it), since the seller says by it that the sum is not owed.

Sources: C. com. L441-10 II, D441-5, L622-28; CCP R2192-31, D2192-35; C. civ. 1343-1, 1343-2.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from echeance.core.dates import Semester, semester
from echeance.core.dunning.rates import RATES, NoLegalRateError, SemesterRates, rate_of
from echeance.core.terms import CustomerKind

RECOVERY_INDEMNITY = Decimal("40.00")
DAYS_IN_YEAR = 365

# Inside, amounts are whole cents and rates whole millionths of a per cent: a slice is one exact
# integer division.
_RATE_SCALE = 6
_DIVISOR = DAYS_IN_YEAR * 100 * 10**_RATE_SCALE


class Imputation(StrEnum):
    """What a payment settles first: the policy says it, the law's own answer is interest."""

    INTEREST_FIRST = "interest_first"
    PRINCIPAL_FIRST = "principal_first"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received on a day, or a credit note of that date."""

    day: date
    amount: Decimal
    is_credit_note: bool = False


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
        paid: Interest that payments have settled.
        principal_left: Principal still owed after the payments.
        excess: Received beyond all that was owed.
    """

    slices: tuple[InterestSlice, ...]
    paid: Decimal
    principal_left: Decimal
    excess: Decimal = Decimal("0.00")

    @property
    def total(self) -> Decimal:
        """All interest accrued, paid or not."""
        return sum((part.amount for part in self.slices), Decimal("0.00"))

    @property
    def left(self) -> Decimal:
        """Interest still owed."""
        return self.total - self.paid


@dataclass(frozen=True, slots=True)
class LateItem:
    """One item of a list to reckon: see :func:`late_interest` for each field."""

    amount: Decimal
    due_date: date
    payments: Sequence[Payment] = ()
    insolvency_date: date | None = None
    noted: Sequence[date] = ()


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
    rates: Mapping[Semester, SemesterRates] = RATES,
    noted: Sequence[date] = (),
    terms: RateTerms | None = None,
) -> Interest:
    """Interest accrued on one item up to a day.

    Args:
        item_amount: Amount with VAT due on ``due_date``, positive, whole cents.
        due_date: Due date of the item (of the instalment).
        until: Last day counted; later payments are ignored.
        customer: Consumers owe none; public buyers keep the rate of the semester in which
            interest began.
        payments: Receipts and credit notes on the item, any order; what exceeds the debt is told
            as ``excess``.
        contract_rate: Rate of the sales conditions, per cent, for professionals.
        insolvency_date: Opening judgment; interest stops before that day.
        imputation: What each payment settles first.
        rates: The table, by semester.
        noted: Last days of interest already claimed by a penalty note. The sum is cut there, and
            what had accrued is from then on a receivable of its own: payments on the item no
            longer settle it.
        terms: The same customer, contract and table, read before: for many items.

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
    item = LateItem(item_amount, due_date, payments, insolvency_date, noted)
    terms = terms or RateTerms(customer, contract_rate, rates)
    return _interest(item, until, terms, imputation)


def late_interest_of_many(
    items: Iterable[LateItem],
    *,
    until: date,
    customer: CustomerKind,
    contract_rate: Decimal | None = None,
    imputation: Imputation = Imputation.INTEREST_FIRST,
    rates: Mapping[Semester, SemesterRates] = RATES,
) -> list[Interest]:
    """Interest of many items that bear the same terms, in their order; the table is read once.

    Raises:
        NoLegalRateError: a day falls in a semester whose rates are unknown.
    """
    terms = RateTerms(customer, contract_rate, rates)
    return [_interest(item, until, terms, imputation) for item in items]


def plain_slices(
    item_amount: Decimal,
    due_date: date,
    *,
    until: date,
    terms: RateTerms,
    insolvency_date: date | None = None,
) -> tuple[InterestSlice, ...]:
    """Slices of an item of which nothing was paid: the short way of :func:`late_interest`.

    Raises:
        NoLegalRateError: a day falls in a semester whose rates are unknown.
    """
    running = running_interest(
        item_amount, due_date, until=until, terms=terms, insolvency_date=insolvency_date
    )
    running.run(running.limit)
    return tuple(
        InterestSlice(_day(start), _day(end), euros(base), rate, euros(amount))
        for start, end, base, rate, amount in running.slices
    )


@dataclass(slots=True)
class RateTerms:
    """Which rate runs on which day, for one kind of customer and one contract.

    Attributes:
        customer: Who is late.
        contract_rate: Rate of the sales conditions, per cent; raised to the floor of each semester.
        rates: The table.
    """

    customer: CustomerKind
    contract_rate: Decimal | None = None
    rates: Mapping[Semester, SemesterRates] = field(default_factory=lambda: RATES)
    _starts: list[int] = field(default_factory=list)
    _periods: list[tuple[int, int, Decimal, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for half in sorted(self.rates):
            rate = rate_of(self.rates[half], self.customer, self.contract_rate)
            self._starts.append(half.start.toordinal())
            self._periods.append(
                (self._starts[-1], half.end.toordinal(), rate, _whole(rate, _RATE_SCALE))
            )

    def rate_on(self, day: date) -> Decimal:
        """Rate of a day; for a public buyer, of the day its interest began.

        Raises:
            NoLegalRateError: unknown semester.
        """
        return self.period(day.toordinal())[2]

    def period(self, day: int) -> tuple[int, int, Decimal, int]:
        """Semester a day (ordinal) is in: first day, end excluded, rate, rate in millionths."""
        index = bisect_right(self._starts, day) - 1
        if index < 0 or self._periods[index][1] <= day:
            raise NoLegalRateError(str(semester(date.fromordinal(day))))
        return self._periods[index]


@dataclass(slots=True)
class RunningInterest:
    """Interest of one item as days pass: run to a day, receive, run again.

    Amounts are whole cents, days are ordinals. ``limit`` is the first day that bears nothing.
    """

    terms: RateTerms
    principal: int
    start: int
    limit: int
    accrued: int = 0
    paid: int = 0
    excess: int = 0
    settled_apart: int = 0
    slices: list[tuple[int, int, int, Decimal, int]] = field(default_factory=list)
    first_day: int = 0

    def __post_init__(self) -> None:
        self.first_day = self.start

    def run(self, stop: int) -> None:
        """Let interest run to a day, excluded."""
        stop = min(stop, self.limit)
        customer = self.terms.customer
        if self.principal > 0 and self.start < stop and customer is not CustomerKind.CONSUMER:
            if customer is CustomerKind.PUBLIC:
                # Frozen: one rate, and one slice however many semesters pass.
                _, _, rate, whole = self.terms.period(self.first_day)
                self._add(stop, rate, whole)
            else:
                while self.start < stop:
                    _, end, rate, whole = self.terms.period(self.start)
                    self._add(min(end, stop), rate, whole)
        self.start = max(self.start, stop)

    def _add(self, stop: int, rate: Decimal, whole: int) -> None:
        # Multiplied first and divided last: the only rounding is to the cent, half up.
        exact = self.principal * whole * (stop - self.start)
        amount = (2 * exact + _DIVISOR) // (2 * _DIVISOR)
        self.slices.append((self.start, stop, self.principal, rate, amount))
        self.accrued += amount
        self.start = stop

    @property
    def interest_left(self) -> int:
        """Interest that a payment on the item may still settle."""
        return self.accrued - self.settled_apart - self.paid

    def receive(self, payment: Payment, imputation: Imputation) -> None:
        """Take a payment or a credit note on its day."""
        day, amount = payment.day.toordinal(), cents(payment.amount)
        # The day of a payment still bears interest on the amount it pays.
        self.run(day if payment.is_credit_note else day + 1)
        payable = 0 if payment.is_credit_note else self.interest_left
        if imputation is Imputation.INTEREST_FIRST:
            on_interest = min(amount, payable)
            on_principal = min(self.principal, amount - on_interest)
        else:
            on_principal = min(self.principal, amount)
            on_interest = min(payable, amount - on_principal)
        self.paid += on_interest
        self.principal -= on_principal
        self.excess += amount - on_interest - on_principal

    def note(self, last_day: int) -> None:
        """Interest up to a day, included, becomes a receivable of its own."""
        self.run(last_day + 1)
        # What payments had put on that interest goes back to the principal.
        self.principal = max(self.principal - self.paid, 0)
        self.paid = 0
        self.settled_apart = self.accrued

    def told(self) -> Interest:
        """What it came to."""
        return Interest(
            tuple(
                InterestSlice(_day(start), _day(end), euros(base), rate, euros(amount))
                for start, end, base, rate, amount in self.slices
            ),
            euros(self.paid),
            euros(self.principal),
            euros(self.excess),
        )


def running_interest(
    item_amount: Decimal,
    due_date: date,
    *,
    until: date,
    terms: RateTerms,
    insolvency_date: date | None = None,
) -> RunningInterest:
    """An item of which nothing was paid yet; interest never runs past ``until`` or the judgment."""
    limit = until.toordinal() + 1
    if insolvency_date is not None:
        limit = min(limit, insolvency_date.toordinal())
    return RunningInterest(terms, cents(item_amount), due_date.toordinal() + 1, limit)


def _interest(item: LateItem, until: date, terms: RateTerms, imputation: Imputation) -> Interest:
    running = running_interest(
        item.amount,
        item.due_date,
        until=until,
        terms=terms,
        insolvency_date=item.insolvency_date,
    )
    if not item.payments and not item.noted:
        running.run(running.limit)
        return running.told()
    # On one day: credit notes, which count from it; money, which counts from the next; notes.
    events: list[tuple[date, int, Payment | None]] = [
        (one.day, 0 if one.is_credit_note else 1, one) for one in item.payments if one.day <= until
    ]
    events += [(day, 2, None) for day in set(item.noted) if day <= until]
    for day, _, payment in sorted(events, key=lambda event: event[:2]):
        if payment is None:
            running.note(day.toordinal())
        else:
            running.receive(payment, imputation)
    running.run(running.limit)
    return running.told()


def cents(amount: Decimal) -> int:
    """An amount in whole cents; a fraction of a cent is a bug of the caller.

    >>> cents(Decimal("12.5"))
    1250
    """
    return _whole(amount, 2)


def euros(amount: int) -> Decimal:
    """Whole cents as an amount of two decimals.

    >>> euros(1250)
    Decimal('12.50')
    """
    return Decimal(amount).scaleb(-2)


def _whole(value: Decimal, places: int) -> int:
    scaled = value.scaleb(places)
    whole = int(scaled)
    assert whole == scaled, f"{value} has more than {places} decimals"
    return whole


@lru_cache(maxsize=4096)
def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


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
