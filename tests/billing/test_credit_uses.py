"""What becomes of a credit note: refunded, deducted, kept for later; any split, each undone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.conftest import TODAY, draft, issued, line
from billing.test_credit_forms import credit, issue, open_of, paid
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import CreditUseError, InvoiceAlreadyIssuedError
from echeance.billing.types import UsePart
from echeance.ledger import commands as ledger_commands
from echeance.ledger import queries as ledger
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts

D = Decimal


@pytest.fixture
def free_note(ready, lefevre):
    """A credit note of 300.00 on an invoice that was paid: all of it is the customer's."""
    invoice = issued(ready, lefevre, line("Table", "1", "1000.00"))
    paid(ready, invoice, "1200.00")
    return issue(ready, credit(ready, invoice, gross=D("300.00")))


def uses(actor, note):
    return [
        (x.use, str(x.amount))
        for x in queries.uses_of(actor=actor, credit_note_id=note.pk)
        if x.undone_at is None
    ]


def test_a_credit_note_is_split_between_its_three_uses(ready, lefevre, free_note):
    other = issued(ready, lefevre, line("Chaise", "1", "100.00"))

    billing.use_credit(
        actor=ready,
        credit_note_id=free_note.pk,
        parts=[
            UsePart("deduction", D("80.00"), other.pk),
            UsePart("refund", D("120.00")),
            UsePart("later", D("100.00")),
        ],
    )

    # 120.00 - 80.00 = 40.00 left to pay; 220.00 of the note waits: 120.00 to refund, 100.00 kept
    assert (open_of(other), open_of(free_note)) == (D("40.00"), D("220.00"))
    assert uses(ready, free_note) == [
        ("deduction", "80.00"),
        ("refund", "120.00"),
        ("later", "100.00"),
    ]
    assert verify(ready.company) == []


def test_what_was_kept_for_later_is_deducted_later(ready, lefevre, free_note):
    billing.use_credit(
        actor=ready, credit_note_id=free_note.pk, parts=[UsePart("later", D("300.00"))]
    )
    other = issued(ready, lefevre, line("Chaise", "1", "100.00"))

    billing.use_credit(
        actor=ready,
        credit_note_id=free_note.pk,
        parts=[UsePart("deduction", D("120.00"), other.pk)],
    )

    assert (open_of(other), open_of(free_note)) == (D(0), D("180.00"))
    assert sorted(uses(ready, free_note)) == [("deduction", "120.00"), ("later", "180.00")]


def test_a_deduction_is_undone(ready, lefevre, free_note):
    other = issued(ready, lefevre, line("Chaise", "1", "100.00"))
    (use,) = billing.use_credit(
        actor=ready,
        credit_note_id=free_note.pk,
        parts=[UsePart("deduction", D("50.00"), other.pk)],
    )

    billing.undo_credit_use(actor=ready, use_id=use.pk)

    assert (open_of(other), open_of(free_note)) == (D("120.00"), D("300.00"))
    assert uses(ready, free_note) == []
    with pytest.raises(CreditUseError, match="déjà annulé"):
        billing.undo_credit_use(actor=ready, use_id=use.pk)
    assert verify(ready.company) == []


def test_a_refund_that_was_paid_no_longer_counts(ready, lefevre, free_note):
    billing.use_credit(
        actor=ready, credit_note_id=free_note.pk, parts=[UsePart("refund", D("200.00"))]
    )
    with pytest.raises(CreditUseError, match=r"il en reste 100\.00"):
        billing.use_credit(
            actor=ready, credit_note_id=free_note.pk, parts=[UsePart("refund", D("100.01"))]
        )
    (posted,) = ledger_commands.post_entries(
        actor=ready,
        entries=[
            EntryFacts(
                "BQ", TODAY, "V1", TODAY, "Virement émis",
                (Posting("411000", debit=D("200.00"), party_id=lefevre.pk),
                 Posting("512000", credit=D("200.00"))),
                (NewOpenItem(0, TODAY, "refund", "V1"),),
            )
        ],
    )  # fmt: skip
    (item,) = ledger.items_of_document(actor=ready, document_refs=[free_note.number])[
        free_note.number
    ]
    ledger_commands.allocate(
        actor=ready,
        allocations=[NewAllocation(posted.item_ids[0], item.item_id, D("200.00"), TODAY)],
    )

    billing.use_credit(
        actor=ready, credit_note_id=free_note.pk, parts=[UsePart("later", D("100.00"))]
    )

    assert open_of(free_note) == D("100.00")


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([UsePart("refund", D("300.01"))], r"il en reste 300\.00"),
        ([UsePart("refund", D("200.00")), UsePart("later", D("100.01"))], r"il en reste 300\.00"),
        ([UsePart("refund", D("0"))], "supérieure à zéro"),
        ([UsePart("cadeau", D("1"))], "est inconnu"),
        ([UsePart("deduction", D("1"))], "nomme sa facture"),
        ([UsePart("deduction", D("1"), 9999)], "n'est pas émise"),
        ([], "au moins une part"),
    ],
)
def test_a_use_that_cannot_be_is_refused(ready, free_note, parts, problem):
    with pytest.raises(CreditUseError, match=problem):
        billing.use_credit(actor=ready, credit_note_id=free_note.pk, parts=parts)

    assert (uses(ready, free_note), open_of(free_note)) == ([], D("300.00"))


def test_a_credit_never_pays_for_another_customer(ready, lefevre, free_note):
    other = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="C2",
                name="Autre",
                siren="552100554",
                address_line="1 rue",
                postcode="69003",
                city="Lyon",
            )
        ],
    )[0]
    invoice = issued(ready, other, line("Chaise", "1", "100.00"))

    with pytest.raises(CreditUseError, match="pas du même client"):
        billing.use_credit(
            actor=ready,
            credit_note_id=free_note.pk,
            parts=[UsePart("refund", D("10")), UsePart("deduction", D("10"), invoice.pk)],
        )

    assert (uses(ready, free_note), open_of(invoice)) == ([], D("120.00"))


def test_only_an_issued_credit_note_is_used(ready, lefevre, free_note):
    with pytest.raises(CreditUseError, match="seul un avoir émis"):
        billing.use_credit(
            actor=ready,
            credit_note_id=draft(ready, lefevre).pk,
            parts=[UsePart("refund", D(1))],
        )
    with pytest.raises(InvoiceAlreadyIssuedError):
        billing.discard_drafts(actor=ready, invoice_ids=[free_note.pk])
