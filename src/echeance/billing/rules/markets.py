"""Markets: the document of a statement or of milestones, from ``core.progress``.

Sources: loi n° 71-584 du 16 juillet 1971 (retention of guarantee), CGI art. 269-2 and 289 I-1 c.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.rules import deposits
from echeance.billing.rules.deposits import DepositLeft, VatGroup
from echeance.billing.types import AllowanceFacts, DraftLine
from echeance.core import progress
from echeance.core.dates import add_years
from echeance.core.money import ZERO, format_amount, format_number

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Work:
    """A line of a market with its VAT.

    Attributes:
        line_id: Its row.
        net: Price of the whole line.
        billed: What documents billed of it, credits taken off.
    """

    line_id: int
    name: str
    net: Decimal
    group: VatGroup
    account: str = ""
    billed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Done:
    """Progress of a line in a statement.

    Attributes:
        percent: Since the beginning.
        cumulative: Works done since the beginning.
        net: Works of this statement.
    """

    work: Work
    percent: Decimal
    cumulative: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class StatementPlan:
    """What a statement would bill.

    Attributes:
        lines: Every line of the market, in its order.
        allowances: Deposits deducted.
        retained: Kept back until the end of the guarantee, VAT included.
        works_net: Works of the statement.
        deducted_net: Deposits deducted.
        net: What it bills.
        vat: Its VAT.
    """

    lines: tuple[Done, ...]
    allowances: tuple[AllowanceFacts, ...] = ()
    retained: Decimal = ZERO
    works_net: Decimal = ZERO
    deducted_net: Decimal = ZERO
    net: Decimal = ZERO
    vat: Decimal = ZERO
    bases: Mapping[VatGroup, Decimal] = field(default_factory=dict)

    @property
    def gross(self) -> Decimal:
        """With VAT."""
        return self.net + self.vat

    @property
    def due(self) -> Decimal:
        """What is to be paid now: the total less what is kept back."""
        return self.gross - self.retained


def plan_statement(
    works: Sequence[Work],
    percents: Mapping[int, Decimal],
    *,
    deposits_left: Sequence[DepositLeft] = (),
    retention_percent: Decimal = ZERO,
    retained_before: Decimal = ZERO,
) -> StatementPlan:
    """The next statement of a market.

    A deposit is deducted in the proportion of the works of its VAT done since the beginning, never
    more than this document bills at that VAT: what could not be deducted goes with the next one.
    The retention is reckoned on the works since the beginning, VAT included.

    Args:
        works: All the lines.
        percents: Line to its progress since the beginning; one that is not there has not moved.
        deposits_left: Deposits already invoiced.
        retention_percent: Zero when a bond stands in for it.
        retained_before: Kept back by the documents before.

    Raises:
        ProgressBackwardsError: A line would be beyond 100 %, or behind what was billed.
        RetentionTooHighError: Above 5 %.
    """
    by_key = {str(work.line_id): work for work in works}
    before = progress.Billed(
        {key: work.billed for key, work in by_key.items()},
        {_key(one): one.net - one.left for one in deposits_left},
    )
    found = progress.statement(
        [
            progress.MarketLine(key, work.name, work.net, _vat_key(work.group))
            for key, work in by_key.items()
        ],
        {str(line_id): percent for line_id, percent in percents.items()},
        billed=before,
        deposits=[
            progress.Deposit(_key(one), one.net, _vat_key(one.group)) for one in deposits_left
        ],
    )
    lines = tuple(
        Done(by_key[one.line.id], one.percent, one.cumulative, one.net) for one in found.lines
    )
    bases = deposits.summed((one.work.group, one.net) for one in lines if one.net)
    asked = [(one, found.deductions.get(_key(one), ZERO)) for one in deposits_left]
    allowances = _deductions(asked, bases)
    left = dict(bases)
    for (one, _), amount in allowances:
        left[one.group] -= amount
    since = deposits.summed((one.work.group, one.cumulative) for one in lines)
    kept = progress.retained(
        sum((base + group.vat(base) for group, base in since.items()), ZERO),
        retention_percent,
        retained_before=retained_before,
    )
    net = sum(left.values(), ZERO)
    vat = sum(
        (VatGroup(*key).vat(base) for key, base in _by_rate(left).items()),
        ZERO,
    )
    return StatementPlan(
        lines=lines,
        allowances=tuple(deposits.deduction(one, amount) for (one, _), amount in allowances),
        retained=min(max(kept, ZERO), net + vat),
        works_net=sum(bases.values(), ZERO),
        deducted_net=sum((amount for _, amount in allowances), ZERO),
        net=net,
        vat=vat,
        bases=bases,
    )


def _by_rate(bases: Mapping[VatGroup, Decimal]) -> dict[tuple[str, Decimal], Decimal]:
    """Bases as the breakdown of the document groups them (BG-23)."""
    found: dict[tuple[str, Decimal], Decimal] = {}
    for group, base in bases.items():
        key = (group.category, group.rate)
        found[key] = found.get(key, ZERO) + base
    return found


def _deductions(
    asked: Iterable[tuple[DepositLeft, Decimal]], bases: Mapping[VatGroup, Decimal]
) -> list[tuple[tuple[DepositLeft, Decimal], Decimal]]:
    room = dict(bases)
    found = []
    for deposit, wanted in asked:
        amount = min(wanted, deposit.left, room.get(deposit.group, ZERO))
        if amount > ZERO:
            room[deposit.group] -= amount
            found.append(((deposit, wanted), amount))
    return found


def _key(deposit: DepositLeft) -> str:
    group = deposit.group
    return f"{deposit.invoice_id}/{_vat_key(group)}"


def _vat_key(group: VatGroup) -> tuple[str, Decimal]:
    return f"{group.category}/{group.exemption}/{group.article}/{group.nature}", group.rate


def statement_lines(plan: StatementPlan) -> tuple[DraftLine, ...]:
    """Lines of the document: the works of this statement, with what was done since the beginning.

    Lines that have not moved are left out.
    """
    return tuple(_line(one) for one in plan.lines if one.net)


def _line(one: Done) -> DraftLine:
    work = one.work
    told = (
        f"Avancement cumulé {format_number(one.percent, _places(one.percent))} %, soit "
        f"{format_amount(one.cumulative)} sur {format_amount(work.net)} ; "
        f"déjà facturé {format_amount(work.billed)}."
    )
    group = work.group
    return DraftLine(
        name=work.name,
        description=told,
        quantity=Decimal(1),
        unit_price=one.net,
        net_amount=one.net,
        vat_rate=None if group.exemption else group.rate,
        exemption=group.exemption,
        exemption_article=group.article,
        nature=group.nature,
        revenue_account=work.account,
    )


def _places(percent: Decimal) -> int:
    shown = round(percent, 2)
    return 0 if shown == shown.to_integral_value() else 2


def milestone_lines(works: Sequence[Work], reached: Mapping[int, date]) -> tuple[DraftLine, ...]:
    """Lines of the document of milestones: each whole, with the day it was reached."""
    return tuple(
        DraftLine(
            name=work.name,
            description=f"Jalon atteint le {reached[work.line_id]:%d/%m/%Y}",
            quantity=Decimal(1),
            unit_price=work.net - work.billed,
            net_amount=work.net - work.billed,
            vat_rate=None if work.group.exemption else work.group.rate,
            exemption=work.group.exemption,
            exemption_article=work.group.article,
            nature=work.group.nature,
            revenue_account=work.account,
        )
        for work in works
    )


def retained_until(
    accepted_on: date | None, expected: Iterable[date | None], signed_on: date
) -> date:
    """Day the retention is expected to be due: one year after acceptance.

    Before acceptance, one year after the last day a line is expected to end, or two years after
    signature where none is: the acceptance sets the true day.

    Source: loi n° 71-584 art. 2.

    >>> retained_until(None, [date(2027, 3, 31), None], date(2026, 9, 1))
    datetime.date(2028, 3, 31)
    """
    if accepted_on is not None:
        return progress.release_day(accepted_on)
    known = [day for day in expected if day is not None]
    return progress.release_day(max(known) if known else add_years(signed_on, 1))


def statement_label(rank: int, on: date, *, is_final: bool) -> str:
    """How a statement is named.

    >>> statement_label(2, date(2026, 11, 30), is_final=False)
    'Situation n° 2 arrêtée au 30/11/2026'
    """
    kind = "Décompte final" if is_final else "Situation"
    return f"{kind} n° {rank} {'arrêté' if is_final else 'arrêtée'} au {on:%d/%m/%Y}"
