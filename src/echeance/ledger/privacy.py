"""What the books hold on a person: entries, and what is open."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.privacy import HeldPiece
from echeance.core.money import ZERO
from echeance.ledger import queries
from echeance.ledger.models import EntryLine

if TYPE_CHECKING:
    from datetime import date

    from echeance.base.actor import Actor


class EntriesHeld:
    """Entries that name a party, kept ten years from the closing of their fiscal year.

    Source: C. com. art. L123-22; LPF art. L102 B.
    """

    def held(self, *, actor: Actor, party_ids: Collection[int]) -> list[HeldPiece]:
        """One piece a document of the books. One query, and one a fiscal year."""
        rows = (
            EntryLine.objects.filter(company=actor.company, party__in=set(party_ids))
            .order_by("entry__entry_date", "entry__document_ref")
            .values_list("entry__document_ref", "entry__entry_date")
            .distinct()
        )
        terms: dict[int, date] = {}
        found = []
        for reference, day in rows:
            # A fiscal year lasts twelve months in all but rare years: the later term is kept.
            if day.year not in terms:
                terms[day.year] = max(
                    queries.keep_until(actor=actor, day=day.replace(month=1, day=1)),
                    queries.keep_until(actor=actor, day=day.replace(month=12, day=31)),
                )
            found.append(HeldPiece("écriture", reference, day, terms[day.year], "C. com. L123-22"))
        return found

    def owed(self, *, actor: Actor, party_ids: Collection[int]) -> Decimal:
        """Open items of customers and suppliers, debits and credits alike. Two queries."""
        items = [
            *queries.open_items(actor=actor, account_prefix="41", party_ids=party_ids),
            *queries.open_items(actor=actor, account_prefix="40", party_ids=party_ids),
        ]
        return sum((item.open_amount for item in items), ZERO)
