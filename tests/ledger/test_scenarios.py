"""The hand-worked journal tables of docs/explanation/ledger-scenarios.md, played step by step.

The page is the oracle: after each step, the entries posted since the last one, every item with
what is left of it and its letter, and the balances must be those of its tables.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from echeance.ledger import commands, queries
from echeance.ledger.models import EntryLine, OpenItem
from ledger.books import day, item, vat

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "ledger-scenarios.md"


def read_page():
    """What each step says: lines posted, items, balances; all as texts."""
    steps = {}
    for text in re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        block = text.split("\n## ")[0]
        lines, items = [], []
        target = None
        for row in block.splitlines():
            if row.startswith("| Journal"):
                target = lines
            elif row.startswith("| Item"):
                target = items
            elif row.startswith("| "):
                target.append(tuple(cell.strip() for cell in row.strip("|").split("|")))
        balances = dict(re.findall(r"(\d{6}) = (-?[\d.]+)", block))
        steps[block.split()[0]] = (lines, items, balances)
    return steps


STEPS = read_page()


@pytest.fixture
def check(books):
    """Compare the books with a step of the page; steps of a scenario are checked in order."""
    seen: set[int] = set()

    def check(step):
        lines, items, balances = STEPS[step]
        posted = EntryLine.objects.exclude(entry__in=seen).select_related(
            "entry__journal", "account", "party"
        )
        written = Counter(
            (
                line.entry.journal.code,
                f"{line.entry.entry_date:%d/%m}",
                line.entry.document_ref,
                line.account.number,
                line.party.code if line.party else "",
                f"{line.debit:.2f}" if line.debit else "",
                f"{line.credit:.2f}" if line.credit else "",
            )
            for line in posted
        )
        seen.update(line.entry_id for line in posted)
        kept = Counter(
            (
                one.document_ref,
                one.account.number,
                one.party.code if one.party else "",
                f"{one.due_date:%d/%m}",
                "D" if one.side == "debit" else "C",
                f"{one.amount:.2f}",
                f"{one.open_amount:.2f}",
                one.lettering.letter if one.lettering else "",
            )
            for one in OpenItem.objects.select_related("account", "party", "lettering")
        )
        told = {
            account: f"{queries.account_balance(actor=books.actor, account=account):.2f}"
            for account in balances
        }
        assert written == Counter(lines)
        assert kept == Counter(items)
        assert told == balances
        assert queries.verify(books.actor.company) == []

    return check


def test_the_page_has_its_scenarios():
    assert len({step.split(".")[0] for step in STEPS}) == 19
    assert all(items and balances for _, items, balances in STEPS.values())


def test_1_part_payment(books, check):
    f1 = books.goods("F1", "05/01", "04/02", "1000.00")
    check("1.1")
    books.settle(f1, books.receipt("R1", "02/02", "500.00"), "500.00", "02/02")
    check("1.2")
    books.settle(f1, books.receipt("R2", "20/02", "700.00"), "700.00", "20/02")
    check("1.3")


def test_2_instalments(books, check):
    first, second = books.post(
        "VT F1 10/01",
        "411000 D120.00 A; 706000 C100.00; 445740 C20.00",
        item(0, "31/01", "invoice", vat("20", "33.33", "6.67"), amount="40.00"),
        item(0, "28/02", "invoice", vat("20", "66.67", "13.33"), amount="80.00"),
    )
    check("2.1")
    books.settle(first, books.receipt("R1", "31/01", "40.00"), "40.00", "31/01")
    check("2.2")
    books.settle(second, books.receipt("R2", "27/02", "80.00"), "80.00", "27/02")
    check("2.3")


def credit_note(books, ref, when, gross, net, tax, *, of="F1", rate="20"):
    return books.post(
        f"VT {ref} {when}",
        f"411000 C{gross} A; 706000 D{net}; 445740 D{tax}",
        item(0, when, "credit_note", vat(rate, net, tax), credits_ref=of),
    )[0]


def test_3_credit_note_before_payment(books, check):
    f1 = books.service("F1", "05/01", "04/02")
    check("3.1")
    a1 = credit_note(books, "A1", "20/01", "60.00", "50.00", "10.00")
    books.settle(f1, a1, "60.00", "20/01")
    check("3.2")
    books.settle(f1, books.receipt("R1", "04/02", "60.00"), "60.00", "04/02")
    check("3.3")


def test_4_credit_note_after_payment_then_refunded(books, check):
    f1 = books.service("F1", "05/01", "04/02")
    books.settle(f1, books.receipt("R1", "02/02", "120.00"), "120.00", "02/02")
    check("4.1")
    a1 = credit_note(books, "A1", "10/03", "60.00", "50.00", "10.00")
    check("4.2")
    books.settle(books.refund("V1", "20/03", "60.00"), a1, "60.00", "20/03")
    check("4.3")


def test_5_deposit_invoice_then_the_final_invoice(books, check):
    d1, advance = books.post(
        "VT D1 05/01",
        "411000 D1200.00 A; 419100 C1000.00 A; 445740 C200.00",
        item(0, "04/02", "invoice", vat("20", "1000.00", "200.00")),
    )
    check("5.1")
    books.settle(d1, books.receipt("R1", "30/01", "1200.00"), "1200.00", "30/01")
    check("5.2")
    f1, cleared = books.post(
        "VT F1 28/02",
        "411000 D4800.00 A; 419100 D1000.00 A; 706000 C5000.00; 445740 C800.00",
        item(0, "30/03", "invoice", vat("20", "4000.00", "800.00")),
    )
    books.settle(cleared, advance, "1000.00", "28/02")
    check("5.3")
    books.settle(f1, books.receipt("R2", "30/03", "4800.00"), "4800.00", "30/03")
    check("5.4")


def test_6_unmatched_then_the_bank_entry_undone(books, check):
    f1 = books.service("F1", "05/01", "04/02")
    allocation = books.settle(f1, books.receipt("R1", "10/02", "50.00"), "50.00", "10/02")
    check("6.1")
    books.undo([allocation], "02/03")
    check("6.2")
    entry = queries.entries_of(actor=books.actor, document_ref="R1").get()
    commands.reverse_entries(actor=books.actor, entry_ids=[entry.pk], on=day("02/03"))
    check("6.3")


def test_7_returned_direct_debit(books, check):
    f1 = books.service("F1", "10/01", "09/02", "200.00")
    r1 = books.receipt("R1", "15/02", "240.00")
    allocation = books.settle(f1, r1, "240.00", "15/02")
    check("7.1")
    books.undo([allocation], "20/02")
    books.settle(books.refund("V1", "20/02", "240.00"), r1, "240.00", "20/02")
    check("7.2")


def test_8_vat_on_receipts_in_three_payments(books, check):
    (f1,) = books.post(
        "VT F1 05/01",
        "411000 D119.99 A; 706000 C99.99; 445740 C20.00",
        item(0, "04/02", "invoice", vat("20", "99.99", "20.00")),
    )
    check("8.1")
    for step, ref, when, amount in (
        ("8.2", "R1", "01/02", "33.33"),
        ("8.3", "R2", "01/03", "33.33"),
        ("8.4", "R3", "01/04", "53.33"),
    ):
        books.settle(f1, books.receipt(ref, when, amount), amount, when)
        check(step)


def test_9_two_rates_and_a_credit_note_of_one_after_part_payment(books, check):
    (f1,) = books.post(
        "VT F1 05/01",
        "411000 D230.00 A; 706000 C200.00; 445740 C10.00; 445740 C20.00",
        item(0, "04/02", "invoice", vat("10", "100.00", "10.00"), vat("20", "100.00", "20.00")),
    )
    check("9.1")
    books.settle(f1, books.receipt("R1", "04/02", "115.00"), "115.00", "04/02")
    check("9.2")
    a1 = credit_note(books, "A1", "10/02", "120.00", "100.00", "20.00")
    books.settle(f1, a1, "115.00", "10/02")
    check("9.3")
    books.settle(books.refund("V1", "20/02", "5.00"), a1, "5.00", "20/02")
    check("9.4")


def test_10_goods_and_services_on_one_invoice(books, check):
    (f1,) = books.post(
        "VT F1 05/01",
        "411000 D240.00 A; 707000 C100.00; 706000 C100.00; 445710 C20.00; 445740 C20.00",
        item(
            0,
            "04/02",
            "invoice",
            vat("20", "100.00", "20.00", "debits"),
            vat("20", "100.00", "20.00"),
        ),
    )
    check("10.1")
    books.settle(f1, books.receipt("R1", "04/02", "60.00"), "60.00", "04/02")
    check("10.2")
    (a1,) = books.post(
        "VT A1 10/02",
        "411000 C120.00 A; 707000 D100.00; 445710 D20.00",
        item(0, "10/02", "credit_note", vat("20", "100.00", "20.00", "debits"), credits_ref="F1"),
    )
    books.settle(f1, a1, "120.00", "10/02")
    check("10.3")
    books.settle(f1, books.receipt("R2", "20/02", "60.00"), "60.00", "20/02")
    check("10.4")


def test_11_overpayment(books, check):
    f1 = books.goods("F1", "05/01", "04/02")
    r1 = books.receipt("R1", "04/02", "150.00")
    books.settle(f1, r1, "120.00", "04/02")
    check("11.1")
    books.settle(books.refund("V1", "10/02", "30.00"), r1, "30.00", "10/02")
    check("11.2")


def test_12_suspense_then_identified(books, check):
    f1 = books.service("F1", "05/01", "04/02")
    (unknown,) = books.post(
        "BQ R1 10/02", "512000 D120.00; 471000 C120.00", item(1, "10/02", "receipt")
    )
    check("12.1")
    cleared, receipt = books.post(
        "OD R1 10/02",
        "471000 D120.00; 411000 C120.00 A",
        item(0, "10/02", "other"),
        item(1, "10/02", "receipt"),
    )
    books.settle(cleared, unknown, "120.00", "10/02")
    books.settle(f1, receipt, "120.00", "10/02")
    check("12.2")


def test_13_refund_of_a_credit_in_two_parts(books, check):
    f1 = books.service("F1", "05/01", "04/02")
    books.settle(f1, books.receipt("R1", "02/02", "120.00"), "120.00", "02/02")
    a1 = credit_note(books, "A1", "10/02", "120.00", "100.00", "20.00")
    check("13.1")
    books.settle(books.refund("V1", "15/02", "50.00"), a1, "50.00", "15/02")
    check("13.2")
    books.settle(books.refund("V2", "01/03", "70.00"), a1, "70.00", "01/03")
    check("13.3")


def test_14_small_difference_written_off(books, check):
    f1 = books.service("F1", "05/01", "04/02")
    books.settle(f1, books.receipt("R1", "04/02", "119.50"), "119.50", "04/02")
    check("14.1")
    (w1,) = books.post("OD W1 10/02", "658000 D0.50; 411000 C0.50 A", item(1, "10/02", "other"))
    books.settle(f1, w1, "0.50", "10/02")
    check("14.2")


def test_15_export_without_vat(books, check):
    (f1,) = books.post(
        "VT F1 05/01",
        "411000 D5000.00 A; 707000 C5000.00",
        item(0, "04/02", "invoice", vat("0", "5000.00", "0.00", "none")),
    )
    check("15.1")
    books.settle(f1, books.receipt("R1", "04/02", "5000.00"), "5000.00", "04/02")
    check("15.2")


def test_16_two_customers_in_one_receipt(books, check):
    f1 = books.goods("F1", "05/01", "04/02")
    (f2,) = books.post(
        "VT F2 05/01",
        "411000 D240.00 B; 706000 C200.00; 445740 C40.00",
        item(0, "04/02", "invoice", vat("20", "200.00", "40.00")),
    )
    check("16.1")
    of_a, of_b = books.post(
        "BQ R1 04/02",
        "512000 D360.00; 411000 C120.00 A; 411000 C240.00 B",
        item(1, "04/02", "receipt"),
        item(2, "04/02", "receipt"),
    )
    books.settle(f1, of_a, "120.00", "04/02")
    books.settle(f2, of_b, "240.00", "04/02")
    check("16.2")


def test_17_credit_of_one_invoice_used_to_pay_another(books, check):
    (f1,) = books.post(
        "VT F1 05/01",
        "411000 D110.00 A; 706000 C100.00; 445740 C10.00",
        item(0, "04/02", "invoice", vat("10", "100.00", "10.00")),
    )
    books.settle(f1, books.receipt("R1", "02/02", "110.00"), "110.00", "02/02")
    a1 = credit_note(books, "A1", "10/02", "110.00", "100.00", "10.00", rate="10")
    f2 = books.service("F2", "12/02", "14/03")
    check("17.1")
    books.settle(f2, a1, "110.00", "01/03")
    check("17.2")
    books.settle(f2, books.receipt("R2", "14/03", "10.00"), "10.00", "14/03")
    check("17.3")


def test_18_bad_debt(books, check):
    f1 = books.service("F1", "05/01", "04/02")
    check("18.1")
    (w1,) = books.post(
        "OD W1 30/06",
        "654000 D100.00; 445740 D20.00; 411000 C120.00 A",
        item(2, "30/06", "other", vat("20", "100.00", "20.00"), credits_ref="F1"),
    )
    books.settle(f1, w1, "120.00", "30/06")
    check("18.2")


def test_19_supplier_of_services(books, check):
    (p1,) = books.post(
        "AC P1 05/01",
        "604000 D100.00; 445640 D20.00; 401000 C120.00 S",
        item(2, "04/02", "invoice", vat("20", "100.00", "20.00")),
    )
    check("19.1")
    (v1,) = books.post("BQ V1 04/02", "401000 D60.00 S; 512000 C60.00", item(0, "04/02", "refund"))
    books.settle(v1, p1, "60.00", "04/02")
    check("19.2")
