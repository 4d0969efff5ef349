"""Sealing: the file is made from the frozen facts, judged by the official rules, archived."""

from __future__ import annotations

from billing.conftest import issued, line
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.types import SealReport


def test_every_kind_of_document_passes_the_official_rules(ready, lefevre):
    invoice = issued(ready, lefevre, line(), line("Pose", "3.5", "52", nature="services"))
    note = billing.draft_credit_note(actor=ready, invoice_id=invoice.pk, reason="Retour")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk])

    report = billing.seal_invoices(actor=ready)

    assert report == SealReport(sealed=2, refused=0, not_validated=0), [
        (x.number, x.verdict) for x in queries.invoices(actor=ready)
    ]
