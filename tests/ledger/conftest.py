"""A company with books for 2026 and two customers, and short words for what is posted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.ledger import commands
from echeance.ledger.types import (
    EntryFacts,
    ItemVat,
    NewAllocation,
    NewOpenItem,
    Posting,
)
from echeance.parties.models import Party


class Books:
    """Post an invoice, a credit note, a receipt; allocate them. Amounts are texts."""

    def __init__(self, actor, customer):
        self.actor, self.customer = actor, customer

    def invoice(self, ref, net, vat, on=date(2026, 1, 10), *, receipts=False, parts=None):
        net, vat = Decimal(net), Decimal(vat)
        waits = "445740" if receipts else "445710"
        shares = parts or [(date(2026, 2, 10), net + vat, vat)]
        return self._post(
            "VT", on, ref,
            (Posting("411000", debit=net + vat, party_id=self.customer),
             Posting("706000", credit=net), Posting(waits, credit=vat)),
            tuple(
                NewOpenItem(0, due, "invoice", ref, amount=amount,
                            vat=(ItemVat("S", Decimal(20), amount - share, share,
                                         "receipts" if receipts else "debits"),))
                for due, amount, share in shares
            ),
        )  # fmt: skip

    def credit_note(self, ref, net, vat, on=date(2026, 1, 20), *, receipts=False):
        net, vat = Decimal(net), Decimal(vat)
        waits = "445740" if receipts else "445710"
        return self._post(
            "VT", on, ref,
            (Posting("411000", credit=net + vat, party_id=self.customer),
             Posting("706000", debit=net), Posting(waits, debit=vat)),
            (NewOpenItem(0, on, "credit_note", ref,
                         vat=(ItemVat("S", Decimal(20), net, vat,
                                      "receipts" if receipts else "debits"),)),),
        )[0]  # fmt: skip

    def receipt(self, ref, amount, on=date(2026, 2, 15)):
        amount = Decimal(amount)
        return self._post(
            "BQ", on, ref,
            (Posting("512000", debit=amount),
             Posting("411000", credit=amount, party_id=self.customer)),
            (NewOpenItem(1, on, "receipt", ref),),
        )[0]  # fmt: skip

    def refund(self, ref, amount, on=date(2026, 3, 1)):
        amount = Decimal(amount)
        return self._post(
            "BQ", on, ref,
            (Posting("411000", debit=amount, party_id=self.customer),
             Posting("512000", credit=amount)),
            (NewOpenItem(0, on, "refund", ref),),
        )[0]  # fmt: skip

    def pay(self, debit, credit, amount, on=date(2026, 2, 15)):
        return commands.allocate(
            actor=self.actor,
            allocations=[NewAllocation(debit, credit, Decimal(amount), on)],
        )[0]

    def _post(self, journal, on, ref, postings, items):
        facts = EntryFacts(journal, on, ref, on, ref, postings, items)
        return commands.post_entries(actor=self.actor, entries=[facts])[0].item_ids


@pytest.fixture
def books(actor) -> Books:
    commands.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    customer = Party.objects.create(
        company=actor.company, code="C1", name="Dupont SA", created_at=clock.now()
    )
    return Books(actor, customer.pk)
