"""Year-end rebates: reckoned on a turnover by tiers, each step kept.

Sources: C. com. L441-3 and L441-4 (agreed in writing), CGI 272-1 (the VAT of a reduction goes
back), PCG 709 and 4198; EN 16931 type 262, which names the contract (BT-12) and its period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from echeance.billing.rules.deposits import VatGroup
from echeance.billing.types import DraftLine, RebateTier
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, allocate, format_amount, round_amount

HUNDRED: Final = Decimal(100)
WHOLE: Final = "whole"


@dataclass(frozen=True, slots=True)
class Step:
    """A slice of the turnover and what it earns.

    Attributes:
        start: Its first euro.
        end: Its end; none for the last.
        base: Part of the turnover in it.
    """

    start: Decimal
    end: Decimal | None
    base: Decimal
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rebate:
    """What a turnover earns, and how."""

    turnover: Decimal
    amount: Decimal
    steps: tuple[Step, ...] = ()

    @property
    def detail(self) -> list[dict[str, str]]:
        """The steps as text, to be kept."""
        return [
            {name: "" if value is None else str(value) for name, value in asdict(step).items()}
            for step in self.steps
        ]


def tiers_of(kept: Sequence[Mapping[str, str]]) -> tuple[RebateTier, ...]:
    """Tiers as the table keeps them."""
    return tuple(RebateTier(Decimal(one["from"]), Decimal(one["percent"])) for one in kept)


def kept_tiers(tiers: Sequence[RebateTier]) -> list[dict[str, str]]:
    """Tiers as the table keeps them, lowest first."""
    ordered = sorted(tiers, key=lambda one: one.threshold)
    return [{"from": str(one.threshold), "percent": str(one.percent)} for one in ordered]


def problem(tiers: Sequence[RebateTier]) -> str:
    """Why tiers cannot be applied, as a French clause; empty when they can."""
    if not tiers:
        return "donnez au moins un palier"
    thresholds = [one.threshold for one in tiers]
    if len(set(thresholds)) < len(thresholds):
        return "deux paliers commencent au même montant"
    if min(thresholds) < ZERO:
        return "un palier commence à zéro au moins"
    if any(not ZERO <= one.percent <= HUNDRED for one in tiers):
        return "un taux va de 0 à 100 %"
    return ""


def rebate(turnover: Decimal, tiers: Sequence[RebateTier], basis: str) -> Rebate:
    """What a turnover earns.

    Args:
        turnover: Without VAT, credits taken off; nothing is earned below zero.
        tiers: In any order.
        basis: ``whole``: the rate reached, on all; ``slices``: each slice at its rate.

    >>> tiers = [RebateTier(Decimal(0), Decimal(1)), RebateTier(Decimal(50000), Decimal(3))]
    >>> str(rebate(Decimal(80000), tiers, "whole").amount)
    '2400.00'
    >>> str(rebate(Decimal(80000), tiers, "slices").amount)
    '1400.00'
    """
    ordered = sorted(tiers, key=lambda one: one.threshold)
    reached = [one for one in ordered if one.threshold <= turnover]
    if turnover <= ZERO or not reached:
        return Rebate(turnover, ZERO)
    if basis == WHOLE:
        best = reached[-1]
        amount = round_amount(turnover * best.percent / HUNDRED)
        return Rebate(turnover, amount, (Step(ZERO, None, turnover, best.percent, amount),))
    steps = []
    for rank, one in enumerate(reached):
        end = ordered[rank + 1].threshold if rank + 1 < len(ordered) else None
        base = (turnover if end is None else min(turnover, end)) - one.threshold
        amount = round_amount(base * one.percent / HUNDRED)
        steps.append(Step(one.threshold, end, base, one.percent, amount))
    return Rebate(turnover, sum((step.amount for step in steps), ZERO), tuple(steps))


def shares_by_vat(amount: Decimal, turnover: Mapping[VatGroup, Decimal]) -> dict[VatGroup, Decimal]:
    """A rebate spread over what is taxed alike, in proportion of the turnover, no cent lost."""
    weights = {group: max(net, ZERO) for group, net in turnover.items()}
    parts = zip(weights, allocate(amount, list(weights.values())), strict=True)
    return {group: part for group, part in parts if part}


def credit_lines(
    found: Rebate, turnover: Mapping[VatGroup, Decimal], starts_on: date, ends_on: date
) -> tuple[DraftLine, ...]:
    """Lines of the credit note (262), one for what is taxed alike."""
    told = f"Chiffre d'affaires HT de la période : {format_amount(found.turnover)}."
    return tuple(
        DraftLine(
            name=f"Remise de fin d'année du {starts_on:%d/%m/%Y} au {ends_on:%d/%m/%Y}",
            description=told,
            quantity=Decimal(1),
            unit_price=part,
            net_amount=part,
            vat_rate=None if group.exemption else group.rate,
            exemption=group.exemption,
            exemption_article=group.article,
            nature=group.nature,
            revenue_account=account_number("sales_reductions"),
        )
        for group, part in shares_by_vat(found.amount, turnover).items()
    )


def read_tier(text: str) -> RebateTier:
    """A tier typed as ``50000 : 2,5``.

    Raises:
        ValueError: It cannot be read.

    >>> read_tier("50 000 : 2,5")
    RebateTier(threshold=Decimal('50000'), percent=Decimal('2.5'))
    """
    start, mark, percent = text.partition(":")
    if not mark:
        raise ValueError(text)
    try:
        return RebateTier(_number(start), _number(percent))
    except InvalidOperation as error:
        raise ValueError(text) from error


def _number(text: str) -> Decimal:
    kept = "".join(sign for sign in text if not sign.isspace() and sign not in "€%")
    value = Decimal(kept.replace(",", "."))
    if not value.is_finite():
        raise InvalidOperation
    return value
