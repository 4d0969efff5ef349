"""Whether a promise was kept: pure. What was paid is read from the ledger.

A promise for a day the banks do not work is judged on the next one that they do: a transfer
ordered on a Saturday is credited on the Monday.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from echeance.collection.types import PromiseVerdict
from echeance.core.dates import roll_forward
from echeance.core.money import ZERO, format_amount


def last_day(promised_on: date) -> date:
    """The day by whose end the money must have been credited.

    >>> last_day(date(2026, 11, 21))  # a Saturday
    datetime.date(2026, 11, 23)
    """
    return roll_forward(promised_on)


def paid_by(payments: Iterable[tuple[date, Decimal]], promised: Decimal, day: date) -> Decimal:
    """What was paid of a promise by a day, never more than it."""
    return min(sum((amount for when, amount in payments if when <= day), ZERO), promised)


def verdict_of(promised: Decimal, paid: Decimal) -> PromiseVerdict:
    """Kept, in part, or not.

    >>> verdict_of(Decimal("100.00"), Decimal("60.00")).value
    'partly'
    """
    if paid >= promised:
        return PromiseVerdict.KEPT
    return PromiseVerdict.PARTLY if paid > ZERO else PromiseVerdict.BROKEN


def sentence(
    verdict: PromiseVerdict, *, document_ref: str, promised: Decimal, paid: Decimal, day: date
) -> str:
    """The judgment in one French sentence."""
    told = f"promesse du {day:%d/%m/%Y} sur {document_ref}"
    match verdict:
        case PromiseVerdict.KEPT:
            return f"{told} tenue : {format_amount(promised)} reçus."
        case PromiseVerdict.PARTLY:
            return (
                f"{told} tenue en partie : {format_amount(paid)} reçus sur "
                f"{format_amount(promised)}."
            )
        case _:
            return f"{told} non tenue : rien n'est venu des {format_amount(promised)} promis."
