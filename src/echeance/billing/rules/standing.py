"""Where a document stands on a day, from what the ledger says of it. Never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from echeance.billing.types import Standing
from echeance.core.money import ZERO, allocate, round_amount
from echeance.ledger.types import DEBIT, OpenItemFacts


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a document stands.

    Attributes:
        standing: The state shown.
        open_amount: What is left to pay of an invoice, or to use of a credit note.
        due_date: Earliest instalment still open; none when nothing is.
        days_late: Days since that instalment was due; zero when it is not late.
    """

    standing: Standing
    open_amount: Decimal = ZERO
    due_date: date | None = None
    days_late: int = 0


def in_currency(items: Sequence[OpenItemFacts], gross: Decimal) -> list[OpenItemFacts]:
    """Items of a document in its currency: the ledger keeps them in euros.

    Each is its share of the total in euros; what is whole in euros is whole in the currency.

    Args:
        items: All those of the document that are of its own side, settled ones included.
        gross: Total of the document, in its currency.
    """
    whole = sum((item.amount for item in items), ZERO)
    if not whole:
        return list(items)
    amounts = allocate(gross, [item.amount for item in items])
    return [
        replace(
            item,
            amount=amount,
            open_amount=round_amount(amount * item.open_amount / item.amount),
        )
        for item, amount in zip(items, amounts, strict=True)
    ]


def stand_of(
    items: Sequence[OpenItemFacts], *, is_draft: bool, is_credit_note: bool, on: date
) -> Stand:
    """Where a document stands on a day.

    Args:
        items: Its open items, settled ones included.
        is_draft: It has no number yet.
        is_credit_note: It gives back.
        on: The day.

    >>> stand_of([], is_draft=True, is_credit_note=False, on=date(2026, 11, 24)).standing.value
    'draft'
    """
    if is_draft:
        return Stand(Standing.DRAFT)
    open_items = [item for item in items if item.open_amount > ZERO]
    left = sum((item.open_amount for item in open_items), ZERO)
    if is_credit_note:
        return Stand(Standing.CREDIT if left else Standing.SETTLED, left)
    if not open_items:
        return Stand(Standing.SETTLED)
    due = min(item.due_date for item in open_items)
    if due < on:
        return Stand(Standing.LATE, left, due, (on - due).days)
    # What was carried to another due date stands on both sides.
    total = sum((item.amount if item.side == DEBIT else -item.amount for item in items), ZERO)
    return Stand(Standing.PART_PAID if left < total else Standing.DUE, left, due)
