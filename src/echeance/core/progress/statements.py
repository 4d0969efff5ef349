"""The arithmetic of a market billed by statements. Amounts before VAT unless said otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.dates import add_years
from echeance.core.money import ZERO, round_amount
from echeance.core.progress.errors import ProgressBackwardsError, RetentionTooHighError

VatKey = tuple[str, Decimal]
"""VAT category and rate."""
HUNDRED: Final = Decimal(100)
HIGHEST_RETENTION: Final = Decimal(5)
"""Per cent of the works, VAT included. Source: loi n° 71-584 art. 1."""


@dataclass(frozen=True, slots=True)
class MarketLine:
    """A line of the market: its price for the whole work."""

    id: str
    label: str
    net: Decimal
    vat: VatKey


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit already invoiced, deducted in the proportion of the works done."""

    number: str
    net: Decimal
    vat: VatKey


@dataclass(frozen=True, slots=True)
class Billed:
    """Totals of all the statements before; a statement credited whole gives back those it had.

    Attributes:
        lines: Line to what was billed of it.
        deposits: Deposit to what was deducted of it.
    """

    lines: Mapping[str, Decimal] = field(default_factory=dict)
    deposits: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What a statement bills of a line.

    Attributes:
        percent: Progress since the beginning.
        cumulative: Works done since the beginning.
        net: Works of this statement.
    """

    line: MarketLine
    percent: Decimal
    cumulative: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        lines: In the order of the market.
        deductions: Deposit to what this statement deducts of it, above zero.
        after: Totals once it is billed.
    """

    lines: tuple[StatementLine, ...]
    deductions: Mapping[str, Decimal]
    after: Billed

    @property
    def works(self) -> Decimal:
        """Works of this statement."""
        return sum((one.net for one in self.lines), ZERO)

    @property
    def net(self) -> Decimal:
        """What the statement bills: its works less the part of the deposits."""
        return self.works - sum(self.deductions.values(), ZERO)


def statement(
    market: Sequence[MarketLine],
    progress: Mapping[str, Decimal],
    *,
    billed: Billed,
    deposits: Sequence[Deposit] = (),
) -> Statement:
    """The next statement of a market.

    A deposit is deducted in the proportion of the works of its VAT rate done since the beginning;
    what is left of it goes with the last line that ends, so that nothing remains at 100 %.

    Args:
        market: All its lines.
        progress: Line to its progress since the beginning, per cent; a line that is not there has
            not moved.
        billed: What the statements before billed and deducted.
        deposits: Those already invoiced.

    Raises:
        ProgressBackwardsError: A line would be beyond 100 %, or behind what was billed.
    """
    lines = tuple(_line(one, progress, billed) for one in market)
    done, whole = _by_vat(lines)
    deductions = {}
    for deposit in deposits:
        base = whole.get(deposit.vat, ZERO)
        share = round_amount(deposit.net * done[deposit.vat] / base) if base else ZERO
        taken = share - billed.deposits.get(deposit.number, ZERO)
        if taken > 0:
            deductions[deposit.number] = taken
    after = Billed(
        {one.line.id: one.cumulative for one in lines},
        {
            deposit.number: billed.deposits.get(deposit.number, ZERO)
            + deductions.get(deposit.number, ZERO)
            for deposit in deposits
        },
    )
    return Statement(lines, deductions, after)


def _line(line: MarketLine, progress: Mapping[str, Decimal], billed: Billed) -> StatementLine:
    before = billed.lines.get(line.id, ZERO)
    least = before * HUNDRED / line.net if line.net else ZERO
    percent = progress.get(line.id)
    if percent is None:
        return StatementLine(line, least, before, ZERO)
    cumulative = round_amount(line.net * percent / HUNDRED)
    if percent > HUNDRED or abs(cumulative) < abs(before):
        raise ProgressBackwardsError(line.label, percent, least.quantize(Decimal("0.01")))
    return StatementLine(line, percent, cumulative, cumulative - before)


def _by_vat(
    lines: Sequence[StatementLine],
) -> tuple[dict[VatKey, Decimal], dict[VatKey, Decimal]]:
    """Works done since the beginning, and the whole works, by VAT."""
    done: dict[VatKey, Decimal] = {}
    whole: dict[VatKey, Decimal] = {}
    for one in lines:
        key = one.line.vat
        done[key] = done.get(key, ZERO) + one.cumulative
        whole[key] = whole.get(key, ZERO) + one.line.net
    return done, whole


def retained(
    gross_since_the_beginning: Decimal, percent: Decimal, *, retained_before: Decimal
) -> Decimal:
    """What a statement keeps back as retention, VAT included; the customer owes it later.

    The retention is no discount: the statement is taxed and booked whole, and a part of what it
    asks is due at the end of the guarantee.

    Args:
        gross_since_the_beginning: Works since the beginning with VAT, deposits not deducted.
        percent: Rate of the market.
        retained_before: By the statements before.

    Raises:
        RetentionTooHighError: Above 5 %.
    """
    if percent > HIGHEST_RETENTION:
        raise RetentionTooHighError(percent)
    return round_amount(gross_since_the_beginning * percent / HUNDRED) - retained_before


def release_day(accepted_on: date) -> date:
    """Day the retention is due: one year after acceptance, with or without reserves.

    Source: loi n° 71-584 art. 2.

    >>> release_day(date(2027, 2, 28))
    datetime.date(2028, 2, 28)
    """
    return add_years(accepted_on, 1)
