"""A customer entered twice is billed, credited and paid as one; what was issued does not move.

The story: the bakery Lefèvre was typed again at the counter as « LEFEVRE boulang. ». Each record
has an order; the second was already invoiced once, in March, 120.00 with VAT.
"""

from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import TODAY, issued, line
from billing.test_import_orders import row, take
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.models import Invoice, Order
from echeance.ledger import queries as ledger
from echeance.parties import commands as parties
from echeance.parties.models import Party
from echeance.parties.quality import FixKind
from echeance.parties.queries import duplicate_pairs
from echeance.parties.types import ContactFacts, PartyFacts


@pytest.fixture
def counter(ready, lefevre) -> Party:
    """The second record, with its own mailbox."""
    (party,) = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="C001B", name="LEFEVRE boulangerie", siren="404833048", address_line="3, pl. du marche",
                postcode="13001", city="MARSEILLE", payment_terms="net30",
            )
        ],
    )  # fmt: skip
    parties.add_contacts(
        actor=ready, contacts=[ContactFacts(party.pk, "magasin@lefevre.example", "billing")]
    )
    return party


def test_the_pair_is_found_with_the_fuller_record_to_stay(ready, lefevre, counter):
    (pair,) = duplicate_pairs(actor=ready)

    assert (pair.party_id, pair.subject_id) == (lefevre.pk, counter.pk)
    assert (pair.fix.kind, pair.fix.target_id) == (FixKind.MERGE, lefevre.pk)
    assert pair.facts["score"] == "100"


def test_the_bakery_is_billed_credited_and_read_as_one(ready, lefevre, counter):
    old = issued(ready, counter, line(quantity="1", price="100"), on=date(2026, 3, 2))
    take(ready, row("B1"), row("B2", customer="C001B", quantity="1"))

    merge = parties.merge_parties(actor=ready, party_id=counter.pk, into_id=lefevre.pk)

    # Both orders are billed to the record that stays, at its name and to both mailboxes.
    done = billing.run_billing(actor=ready, on=TODAY)
    assert [(one.pieces, one.gross) for one in done.drafts] == [
        (("B1",), Decimal("359.76")),
        (("B2",), Decimal("179.88")),
    ]
    new = Invoice.objects.exclude(pk=old.pk).order_by("pk")
    assert {(one.buyer_id, one.buyer_name) for one in new} == {(lefevre.pk, "Boulangerie Lefèvre")}
    assert queries.billing_emails(actor=ready, party_ids=[lefevre.pk])[lefevre.pk] == [
        "compta@lefevre.example",
        "magasin@lefevre.example",
    ]
    # What was issued keeps the name it was issued with, and is in the account of the other.
    old.refresh_from_db()
    assert (old.buyer_id, old.buyer_name) == (counter.pk, "LEFEVRE boulangerie")
    account = queries.account(actor=ready, party_id=lefevre.pk, on=TODAY)
    assert account.balance == Decimal("659.64")  # 120.00 + 359.76 + 179.88
    assert queries.orders(actor=ready, party_id=counter.pk).count() == 2
    assert queries.invoices(actor=ready, party_id=lefevre.pk).count() == 3

    # A credit note of the old invoice settles it, whichever of the two it is posted to.
    note = billing.draft_credit_note(actor=ready, invoice_id=old.pk, reason="pain non livré")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk], issue_date=TODAY)
    items = ledger.items_of_document(actor=ready, document_refs=[old.number])
    assert [item.open_amount for item in items[old.number]] == [Decimal(0)]
    assert queries.account(actor=ready, party_id=counter.pk, on=TODAY).balance == Decimal("539.64")
    assert ledger.verify(ready.company) == []

    # Undone: each is itself again; invoices issued meanwhile stay where they were issued.
    parties.undo_merge(actor=ready, merge_id=merge.pk)
    assert queries.account(actor=ready, party_id=counter.pk, on=TODAY).balance == Decimal(0)
    assert queries.account(actor=ready, party_id=lefevre.pk, on=TODAY).balance == Decimal("539.64")
    assert Order.objects.get(number="B2").party_id == counter.pk
    assert ledger.verify(ready.company) == []
