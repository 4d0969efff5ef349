"""Hand-worked journal tables: after each step, what is open, and where the VAT stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.ledger import commands, queries
from echeance.ledger.errors import AllocationTooLargeError, PeriodClosedError
from echeance.ledger.models import Allocation, OpenItem
from echeance.ledger.verify import verify


def open_of(item_id):
    return OpenItem.objects.get(pk=item_id).open_amount


def balance(books, account):
    return queries.account_balance(actor=books.actor, account=account)


def state(books):
    items = OpenItem.objects.order_by("pk").values_list("pk", "open_amount", "lettering__letter")
    accounts = {number: balance(books, number) for number in ("411", "44571", "44574", "512")}
    return list(items), accounts


def test_part_payment_then_the_rest_letters_the_invoice(books):
    (invoice,) = books.invoice("FA1", "1000.00", "200.00")
    first = books.receipt("R1", "500.00")
    books.pay(invoice, first, "500.00")

    assert open_of(invoice) == Decimal("700.00")
    assert OpenItem.objects.get(pk=invoice).lettering is None

    books.pay(invoice, books.receipt("R2", "700.00"), "700.00")

    assert open_of(invoice) == 0
    assert set(OpenItem.objects.values_list("lettering__letter", flat=True)) == {"AA"}
    assert verify(company=books.actor.company) == []


def test_vat_on_receipts_moves_as_money_comes_and_the_last_payment_clears_it(books):
    # 120.00 with 20.00 of VAT, paid 50.00 then 70.00: 20 × 50 / 120 = 8.33, then 11.67.
    (invoice,) = books.invoice("FA1", "100.00", "20.00", receipts=True)
    books.pay(invoice, books.receipt("R1", "50.00"), "50.00")

    assert balance(books, "445710") == Decimal("-8.33")
    assert balance(books, "445740") == Decimal("-11.67")

    books.pay(invoice, books.receipt("R2", "70.00"), "70.00")

    assert balance(books, "445710") == Decimal("-20.00")
    assert balance(books, "445740") == 0
    assert verify(company=books.actor.company) == []


def test_undoing_a_payment_gives_back_the_exact_previous_state(books):
    (invoice,) = books.invoice("FA1", "100.00", "20.00", receipts=True)
    receipt = books.receipt("R1", "120.00")
    before = state(books)
    allocation = books.pay(invoice, receipt, "120.00")

    commands.unallocate(actor=books.actor, allocation_ids=[allocation], on=date(2026, 3, 2))

    assert state(books) == before
    assert Allocation.objects.count() == 2  # nothing was edited: the second reverses the first
    assert verify(company=books.actor.company) == []


def test_credit_note_before_payment_lowers_what_is_owed_and_its_vat(books):
    # Invoice 120.00, credit 60.00, then 60.00 paid: 10.00 of VAT becomes due, none waits.
    (invoice,) = books.invoice("FA1", "100.00", "20.00", receipts=True)
    credit = books.credit_note("AV1", "50.00", "10.00", receipts=True)
    books.pay(invoice, credit, "60.00")

    assert open_of(invoice) == Decimal("60.00")
    assert balance(books, "445710") == 0

    books.pay(invoice, books.receipt("R1", "60.00"), "60.00")

    assert balance(books, "445710") == Decimal("-10.00")
    assert balance(books, "445740") == 0
    assert verify(company=books.actor.company) == []


def test_credit_note_after_payment_then_its_refund_brings_the_vat_back(books):
    # Paid 120.00: 20.00 due. Credited 60.00: 44574 holds 10.00 debit until 60.00 are refunded.
    (invoice,) = books.invoice("FA1", "100.00", "20.00", receipts=True)
    books.pay(invoice, books.receipt("R1", "120.00"), "120.00")
    credit = books.credit_note("AV1", "50.00", "10.00", receipts=True)

    assert balance(books, "445740") == Decimal("10.00")

    books.pay(books.refund("V1", "60.00"), credit, "60.00", on=date(2026, 3, 1))

    assert balance(books, "445740") == 0
    assert balance(books, "445710") == Decimal("-10.00")
    assert verify(company=books.actor.company) == []


def test_instalments_are_settled_one_by_one(books):
    parts = [
        (date(2026, 2, 10), Decimal("40.00"), Decimal("6.67")),
        (date(2026, 3, 10), Decimal("80.00"), Decimal("13.33")),
    ]
    first, second = books.invoice("FA1", "100.00", "20.00", receipts=True, parts=parts)
    books.pay(first, books.receipt("R1", "40.00"), "40.00")

    assert (open_of(first), open_of(second)) == (0, Decimal("80.00"))
    assert balance(books, "445710") == Decimal("-6.67")


def test_a_reversed_receipt_leaves_nothing_open_and_the_bank_as_it_was(books):
    books.receipt("R1", "120.00")
    entry = queries.entries_of(actor=books.actor, document_ref="R1").get()

    commands.reverse_entries(actor=books.actor, entry_ids=[entry.pk], on=date(2026, 3, 2))

    assert queries.open_items(actor=books.actor) == []
    assert balance(books, "512") == 0
    assert verify(company=books.actor.company) == []


def test_more_than_is_left_is_refused_and_changes_nothing(books):
    (invoice,) = books.invoice("FA1", "100.00", "20.00")
    receipt = books.receipt("R1", "200.00")
    before = state(books)

    with pytest.raises(AllocationTooLargeError, match=r"FA1.*120\.00"):
        books.pay(invoice, receipt, "120.01")

    assert state(books) == before


def test_a_closed_month_takes_no_entry(books):
    commands.close_period(actor=books.actor, day=date(2026, 2, 15))

    with pytest.raises(PeriodClosedError, match="15/02/2026"):
        books.receipt("R1", "10.00")

    assert balance(books, "512") == 0


def test_aged_balance_at_a_past_day_ignores_what_came_later(books):
    (invoice,) = books.invoice("FA1", "1000.00", "200.00")  # due 10/02/2026
    books.pay(invoice, books.receipt("R1", "1200.00", on=date(2026, 4, 1)), "1200.00",
              on=date(2026, 4, 1))  # fmt: skip

    past = queries.aged_balance(actor=books.actor, on=date(2026, 3, 31))
    now = queries.aged_balance(actor=books.actor, on=date(2026, 4, 1))

    assert past.buckets == (0, 0, Decimal("1200.00"), 0, 0, 0)  # 49 days late
    assert now.rows == ()
