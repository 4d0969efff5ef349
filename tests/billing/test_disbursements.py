"""Débours: paid in the customer's name, on a note outside VAT, with its piece."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import DisbursementRefusedError
from echeance.billing.types import DisbursementFacts
from echeance.ledger.models import EntryLine

TODAY = date(2026, 11, 24)


def facts(party, **more):
    values = {
        "party_id": party.pk,
        "paid_on": date(2026, 11, 10),
        "label": "Droits d'enregistrement",
        "supplier_reference": "DGFIP-991",
        "amount": Decimal("375.00"),
    } | more
    return DisbursementFacts(**values)


def piece(actor):
    return archive.store_file(
        actor=actor,
        file=NewFile(
            content=b"%PDF-1.7 quittance",
            filename="quittance.pdf",
            media_type="application/pdf",
            kind="disbursement",
            subject="disbursement",
            keep_until=date(2037, 1, 1),
        ),
    )


def test_a_disbursement_is_billed_outside_vat_on_account_467(ready, lefevre):
    [row] = billing.record_disbursements(
        actor=ready, disbursements=[facts(lefevre, file_id=piece(ready).pk)]
    )

    [note] = billing.draft_disbursements(actor=ready, disbursement_ids=[row.pk])
    [result] = billing.issue_invoices(actor=ready, invoice_ids=[note.pk])

    assert result.number, result.findings
    note.refresh_from_db()
    assert (note.net_total, note.vat_total) == (Decimal("375.00"), Decimal("0.00"))
    assert [line.vat_category for line in note.lines.all()] == ["O"]
    lines = EntryLine.objects.filter(entry=note.entry_id).select_related("account")
    assert sorted((one.account.number, one.debit, one.credit) for one in lines) == [
        ("411000", Decimal("375.00"), Decimal(0)),
        ("467000", Decimal(0), Decimal("375.00")),
    ]


def test_without_the_piece_it_waits(ready, lefevre):
    [row] = billing.record_disbursements(actor=ready, disbursements=[facts(lefevre)])

    [waiting] = queries.disbursement_pieces(actor=ready, on=TODAY)
    assert waiting.waits == "la pièce du fournisseur manque"
    with pytest.raises(DisbursementRefusedError, match="pièce du fournisseur manque"):
        billing.draft_disbursements(actor=ready, disbursement_ids=[row.pk])

    billing.attach_disbursement_piece(actor=ready, disbursement_id=row.pk, file_id=piece(ready).pk)

    [free] = queries.disbursement_pieces(actor=ready, on=TODAY)
    assert (free.waits, len(free.attachments)) == ("", 1)


def test_what_is_not_in_the_customer_s_name_is_a_service_with_vat(ready, lefevre):
    with pytest.raises(DisbursementRefusedError, match="avec TVA"):
        billing.record_disbursements(
            actor=ready, disbursements=[facts(lefevre, in_customers_name=False)]
        )


def test_the_same_piece_is_recorded_once(ready, lefevre):
    billing.record_disbursements(actor=ready, disbursements=[facts(lefevre)])

    with pytest.raises(DisbursementRefusedError, match="déjà enregistrée"):
        billing.record_disbursements(actor=ready, disbursements=[facts(lefevre)])
    twice = facts(lefevre, supplier_reference="X-1")
    with pytest.raises(DisbursementRefusedError, match="déjà enregistrée"):
        billing.record_disbursements(actor=ready, disbursements=[twice, twice])
