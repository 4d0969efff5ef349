"""What is frozen of documents beside the terms of EN 16931, read in their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from echeance.base.actor import Actor
from echeance.billing.commands.attachments import joined_files
from echeance.billing.models import Invoice, InvoicePayer
from echeance.billing.types import PrintedFacts, PrintedPayer
from echeance.core.money import round_amount


def printed_facts(*, actor: Actor, rows: Sequence[Invoice]) -> dict[int, PrintedFacts]:
    """By document: retention, payers, rate, pieces joined. Two queries.

    The rows have their totals: a payer of a part takes it of the gross total, rounded half up.
    """
    ids = [row.pk for row in rows]
    files = joined_files(actor=actor, invoice_ids=ids)
    payers: dict[int, list[InvoicePayer]] = defaultdict(list)
    for payer in (
        InvoicePayer.objects.filter(company=actor.company, invoice_id__in=ids)
        .select_related("party")
        .order_by("invoice_id", "position")
    ):
        payers[payer.invoice_id].append(payer)
    return {
        row.pk: PrintedFacts(
            retained_amount=row.retained_amount,
            retained_until=row.retained_until,
            payers=tuple(_payer(row, one) for one in payers[row.pk]),
            exchange_rate=row.exchange_rate,
            exchange_date=row.exchange_date,
            exchange_source=row.exchange_source,
            files=files.get(row.pk, ()),
        )
        for row in rows
    }


def _payer(row: Invoice, payer: InvoicePayer) -> PrintedPayer:
    amount = payer.amount
    if amount is None:
        assert payer.percent is not None, "a part or an amount"
        amount = round_amount(row.gross_total * payer.percent / 100, row.currency)
    return PrintedPayer(payer.party.name, amount, payer.reference)
