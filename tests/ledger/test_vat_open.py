"""VAT of what is left open: it sums with the bases to the open amount, whatever settled the rest."""

from __future__ import annotations

import pytest

from echeance.ledger import queries
from ledger.books import Books, item, vat


@pytest.fixture
def books(actor) -> Books:
    return Books(actor)


def told(books, item_id):
    (rows,) = queries.vat_open(actor=books.actor, item_ids=[item_id]).values()
    return [(str(row.base), str(row.vat)) for row in rows]


@pytest.mark.parametrize("kind", ["service", "goods"])
def test_what_is_paid_takes_its_share_of_the_vat(books, kind):
    invoice = getattr(books, kind)("F1", "05/01", "05/02")
    assert told(books, invoice) == [("100.00", "20.00")]

    books.settle(invoice, books.receipt("R1", "10/01", "50.00"), "50.00", "10/01")

    # 50 of 120: 8,33 of VAT paid, 11,67 left in the 70,00 that are open.
    assert told(books, invoice) == [("58.33", "11.67")]


def test_a_credit_note_takes_its_own_vat(books):
    invoice = books.service("F1", "05/01", "05/02")
    (credit,) = books.post(
        "VT A1 06/01",
        "706000 D50.00; 445740 D10.00; 411000 C60.00 A",
        item(2, "06/01", "credit_note", vat("20", "50.00", "10.00"), credits_ref="F1"),
    )
    books.settle(invoice, credit, "60.00", "06/01")
    books.settle(invoice, books.receipt("R1", "10/01", "30.00"), "30.00", "10/01")

    assert told(books, invoice) == [("25.00", "5.00")]


def test_what_is_settled_or_without_vat_is_left_out(books):
    invoice = books.service("F1", "05/01", "05/02")
    books.settle(invoice, books.receipt("R1", "10/01", "120.00"), "120.00", "10/01")
    bare = books.post("VT F2 05/01", "411000 D40.00 A; 706000 C40.00", item(0, "05/02", "invoice"))

    assert queries.vat_open(actor=books.actor, item_ids=[invoice, *bare]) == {}
