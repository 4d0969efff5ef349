"""What billing holds on a person: documents issued and orders."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from echeance.base.privacy import HeldPiece
from echeance.billing.models import Invoice, Order
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger

if TYPE_CHECKING:
    from datetime import date

    from echeance.base.actor import Actor

_BASIS = "C. com. L123-22"


class DocumentsHeld:
    """Documents issued to a party and its orders: vouchers of the books, kept ten years.

    Source: C. com. art. L123-22; LPF art. L102 B; CGI art. 289 VII (the chain from order to
    invoice is the proof of the invoice).
    """

    def held(self, *, actor: Actor, party_ids: Collection[int]) -> list[HeldPiece]:
        """One piece a document and an order. Two queries, and one a year."""
        ids = set(party_ids)
        terms: dict[int, date] = {}

        def until(day: date) -> date:
            if day.year not in terms:
                terms[day.year] = max(
                    ledger.keep_until(actor=actor, day=day.replace(month=1, day=1)),
                    ledger.keep_until(actor=actor, day=day.replace(month=12, day=31)),
                )
            return terms[day.year]

        issued = (
            Invoice.objects.filter(company=actor.company, buyer__in=ids)
            .filter(~Q(number=None), issue_date__isnull=False)
            .values_list("number", "issue_date", "file__keep_until")
        )
        found: list[HeldPiece] = []
        for number, day, file_term in issued:
            term: date | None = file_term
            if day:
                kept_until = until(day) if term is None else term
                found.append(HeldPiece("document émis", number or "", day, kept_until, _BASIS))
        orders = Order.objects.filter(company=actor.company, party__in=ids)
        found += [
            HeldPiece("commande", number, day, until(day), _BASIS)
            for number, day in orders.values_list("number", "order_date")
        ]
        return sorted(found, key=lambda piece: (piece.day, piece.reference))

    def owed(self, *, actor: Actor, party_ids: Collection[int]) -> Decimal:
        """Nothing beyond what the ledger says."""
        del actor, party_ids
        return ZERO
