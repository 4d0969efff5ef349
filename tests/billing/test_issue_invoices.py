"""Issuing: numbers, frozen facts, entries and open items come together, or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.conftest import issued, line
from echeance.ledger import queries as ledger
from echeance.ledger.models import EntryLine


def test_issuing_numbers_freezes_and_posts(ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line(quantity="2", price="149.90"),
        line("Pose", "3.5", "52", nature="services"),
    )

    assert row.number == "FA-2026-000001"
    assert row.status == "issued"
    # 299.80 + 182.00 = 481.80; TVA 20 % = 96.36
    assert (row.net_total, row.vat_total, row.gross_total) == (
        Decimal("481.80"),
        Decimal("96.36"),
        Decimal("578.16"),
    )
    assert row.due_date == date(2026, 12, 24)
    lines = EntryLine.objects.filter(entry=row.entry).order_by("pk")
    assert [(x.account.number, x.debit, x.credit) for x in lines] == [
        ("411000", Decimal("578.16"), Decimal("0.00")),
        ("706000", Decimal("0.00"), Decimal("182.00")),
        ("707000", Decimal("0.00"), Decimal("299.80")),
        ("445710", Decimal("0.00"), Decimal("59.96")),
        ("445740", Decimal("0.00"), Decimal("36.40")),
    ]
    item = ledger.items_of_document(actor=ready, document_refs=[row.number])[row.number][0]
    assert (item.amount, item.open_amount, item.due_date) == (
        Decimal("578.16"),
        Decimal("578.16"),
        date(2026, 12, 24),
    )
