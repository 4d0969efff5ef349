"""What a person answers to the questions that disputes ask: opened, credited or closed at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.test_platform_signals import company, heeded, invoice, question, say  # noqa: F401
from billing.conftest import lefevre, ready  # noqa: F401  fixtures
from echeance.assistant.answers import answer
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.billing.models import Invoice
from echeance.collection import commands as collection
from echeance.collection.models import Dispute
from echeance.collection.types import DisputeReason
from echeance.core.lifecycle import Amount, Reason
from echeance.ledger import commands as ledger
from echeance.ledger import queries as books
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting


@pytest.fixture
def item(company, invoice):  # noqa: F811
    [found] = books.items_of_document(actor=company, document_refs=[invoice.number])[invoice.number]
    return found


def test_a_status_207_comes_with_its_pieces_and_its_day(company, invoice):  # noqa: F811
    say(company, invoice, 207, reasons=(Reason("QTE_ERR", "9 reçus sur 10"),))
    heeded(company)

    dispute = Dispute.objects.get()

    assert dispute.stage == "new"
    assert [one.label for one in dispute.pieces.order_by("rank")] == [
        "bon de commande",
        "bon de livraison signé",
    ]
    assert f"{dispute.answer_by}" == "2026-12-04"


def test_the_credit_of_a_partial_approval_is_exact(company, invoice):  # noqa: F811
    """30.00 not approved of 120.00: 25.00 + 5.00 credited; issued, the dispute is closed."""
    say(
        company,
        invoice,
        206,
        reasons=(Reason("PU_ERR"),),
        amounts=(Amount("MNATTC", Decimal("30.00")),),
    )
    heeded(company)
    asked = question("platform.contested")

    told = answer(actor=company, work_item_id=asked.pk, choice="credit")

    assert told == ("Avoir de 30,00\u00a0€ préparé en brouillon : émettez-le pour clore le litige.")
    note = Invoice.objects.get(kind="381")
    assert (note.net_total, note.vat_total) == (Decimal("25.00"), Decimal("5.00"))
    billing.issue_invoices(actor=company, invoice_ids=[note.pk])
    heeded(company)
    assert Dispute.objects.get().outcome == "founded"


def test_a_credit_asked_when_nothing_is_left_to_dispute_says_where(company, invoice, item):  # noqa: F811
    collection.open_dispute(actor=company, item_id=item.item_id, reason_code=DisputeReason.PU_ERR)
    say(company, invoice, 207, reasons=(Reason("QTE_ERR"),))
    heeded(company)
    asked = question("platform.contested")

    told = answer(actor=company, work_item_id=asked.pk, choice="credit")

    assert told.startswith("Faites l'avoir depuis la page de la facture")
    assert not Invoice.objects.filter(kind="381").exists()


def test_words_of_a_customer_become_a_dispute(company, invoice, item):  # noqa: F811
    collection.propose_dispute(
        actor=company,
        item_id=item.item_id,
        quote="Il en manque un.",
        reason_code=DisputeReason.LIVR_INCOMP,
    )
    asked = question("collection.dispute_proposed")

    told = answer(actor=company, work_item_id=asked.pk, choice="open_dispute")

    dispute = Dispute.objects.get()
    assert told == f"Litige ouvert sur {invoice.number} : 120,00\u00a0€ ne sont plus relancés."
    assert (dispute.note, dispute.reason_code) == ("Il en manque un.", "LIVR_INCOMP")
    asked.refresh_from_db()
    assert asked.answer == "open_dispute"


def test_words_that_are_no_dispute_open_nothing(company, invoice, item):  # noqa: F811
    collection.propose_dispute(actor=company, item_id=item.item_id, quote="Bien reçu, merci.")

    answer(
        actor=company,
        work_item_id=question("collection.dispute_proposed").pk,
        choice="no_dispute",
    )

    assert not Dispute.objects.exists()


def test_a_dispute_paid_in_full_is_closed_from_its_question(company, invoice, item):  # noqa: F811
    collection.open_dispute(actor=company, item_id=item.item_id, reason_code=DisputeReason.PU_ERR)
    on = item.document_date
    facts = EntryFacts(
        "BQ", on, "VIR", on, "Virement",
        (Posting("512000", debit=item.open_amount),
         Posting("411000", credit=item.open_amount, party_id=item.party_id)),
        (NewOpenItem(1, on, "receipt", "VIR"),),
    )  # fmt: skip
    [credit] = ledger.post_entries(actor=company, entries=[facts])[0].item_ids
    ledger.allocate(
        actor=company,
        allocations=[NewAllocation(item.item_id, credit, item.open_amount, on)],
    )
    collection.follow_disputes(actor=company)
    asked = question("collection.dispute_paid")

    told = answer(actor=company, work_item_id=asked.pk, choice="close_dispute")

    assert told == f"Litige sur {invoice.number} clos."
    assert Dispute.objects.get().outcome == "unfounded"
    assert not WorkItem.objects.filter(kind="collection.dispute_paid", closed_at=None).exists()
