"""What settled some items since an instant: how promises and payment plans are read.

Nothing of it is stored: an allocation undone no longer counts, and a bank file taken in late
counts on the day the bank credited the money.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from echeance.base.actor import Actor
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.types import AllocationFacts

CHUNK = 500


@dataclass(frozen=True, slots=True)
class ItemSettlements:
    """Allocations of one debit item, reversals included, in the order they were recorded."""

    rows: tuple[AllocationFacts, ...] = ()

    def since(self, at: datetime) -> tuple[tuple[date, Decimal], ...]:
        """Day and amount of what settled it beyond what was known to settle it at an instant.

        What stands now, by the day of the credit; as much as stood then is taken off, the oldest
        first: what was undone and matched again is no new payment.
        """
        known = sum((row.amount for row in self.rows if row.recorded_at <= at), ZERO)
        undone = {row.reverses_id for row in self.rows}
        found = []
        for row in sorted(self.rows, key=lambda one: (one.credited_on, one.allocation_id)):
            if row.reverses_id is not None or row.allocation_id in undone:
                continue
            taken = min(row.amount, known)
            known -= taken
            if row.amount > taken:
                found.append((row.credited_on, row.amount - taken))
        return tuple(found)


def settlements_of(*, actor: Actor, item_ids: Collection[int]) -> Mapping[int, ItemSettlements]:
    """Allocations of debit items; items never settled are absent. One query a chunk of 500."""
    wanted = sorted(set(item_ids))
    rows: dict[int, list[AllocationFacts]] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        asked = set(chunk)
        for row in ledger.allocations_of(actor=actor, item_ids=chunk):
            if row.debit_item_id in asked:
                rows.setdefault(row.debit_item_id, []).append(row)
    return {item_id: ItemSettlements(tuple(found)) for item_id, found in rows.items()}
