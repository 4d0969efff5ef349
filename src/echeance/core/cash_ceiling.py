"""How much of a debt may be paid in cash in France.

Sources: CMF art. L112-6 and D112-3 (see ``docs/legal/especes.md`` for the text and its date).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from echeance.core.money import ZERO

RESIDENT_OR_BUSINESS: Final = Decimal("1000.00")
FOREIGN_CONSUMER: Final = Decimal("10000.00")


def cash_ceiling(*, is_business: bool, country: str) -> Decimal:
    """Largest part of one debt that a debtor may pay in cash, in euros.

    Args:
        is_business: The debtor acts for a business (an administration is counted as one).
        country: ISO 3166 code of its fiscal residence; unknown counts as France.

    >>> str(cash_ceiling(is_business=True, country="BE"))
    '1000.00'
    >>> str(cash_ceiling(is_business=False, country="US"))
    '10000.00'
    """
    abroad = bool(country) and country != "FR"
    return FOREIGN_CONSUMER if abroad and not is_business else RESIDENT_OR_BUSINESS


@dataclass(frozen=True, slots=True)
class CashExcess:
    """A debt that would be paid too much in cash.

    Attributes:
        debt: Its number; empty for money that pays no document yet.
        paid: Paid in cash before.
        ceiling: What the law allows in all.
    """

    debt: str
    paid: Decimal
    ceiling: Decimal


def excess(
    new: Mapping[str, Decimal], paid: Mapping[str, Decimal], ceiling: Decimal
) -> CashExcess | None:
    """The first debt whose cash payments would pass the ceiling; payments of a debt are summed.

    Args:
        new: What is being paid now, by debt.
        paid: What was paid in cash before, by debt.
        ceiling: Of the debtor.

    >>> excess({"F1": Decimal(400)}, {"F1": Decimal(600)}, Decimal(1000)) is None
    True
    >>> excess({"F1": Decimal("400.01")}, {"F1": Decimal(600)}, Decimal(1000)).paid
    Decimal('600')
    """
    for debt, amount in new.items():
        before = paid.get(debt, ZERO)
        if before + amount > ceiling:
            return CashExcess(debt, before, ceiling)
    return None
