"""What is frozen of documents beside the terms of EN 16931, read in their rows."""

from __future__ import annotations

from collections.abc import Sequence

from echeance.base.actor import Actor
from echeance.billing.commands.attachments import joined_files
from echeance.billing.models import Invoice
from echeance.billing.types import PrintedFacts


def printed_facts(*, actor: Actor, rows: Sequence[Invoice]) -> dict[int, PrintedFacts]:
    """By document: retention, rate, pieces joined; the payers come when it is frozen. One query."""
    files = joined_files(actor=actor, invoice_ids=[row.pk for row in rows])
    return {
        row.pk: PrintedFacts(
            retained_amount=row.retained_amount,
            retained_until=row.retained_until,
            exchange_rate=row.exchange_rate,
            exchange_date=row.exchange_date,
            exchange_source=row.exchange_source,
            files=files.get(row.pk, ()),
        )
        for row in rows
    }
