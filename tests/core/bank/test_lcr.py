"""Bills handed to the bank: each column where CFONB puts it, and read back the same."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.bank.lcr import (
    Acceptance,
    Bill,
    BillRemittance,
    Entry,
    bill_text,
    read_lcr,
    write_lcr,
)
from echeance.core.bank.orders import OrderFileInvalidError, OrderRefusedError

BILL = Bill(
    reference="LCR0000001",
    drawee_reference="F2026-0042",
    drawee_name="DUPONT SA",
    drawee_bank="BANQUE DU RHONE",
    iban="FR1420041010050500013M02606",
    amount=Decimal("1234.56"),
    due_date=date(2026, 12, 31),
    created_on=date(2026, 11, 20),
    acceptance=Acceptance.LCR_ACCEPTED,
)
REMITTANCE = BillRemittance(
    reference="EFF-000001",
    issuer_number="123456",
    remitted_on=date(2026, 11, 24),
    creditor_name="ATELIER MOREL",
    creditor_bank="BANQUE DE LYON",
    iban="FR7630006000011234567890189",
    entry=Entry.COLLECTION,
    bills=(
        BILL,
        replace(BILL, reference="BOR0000002", amount=Decimal("0.44"), acceptance=Acceptance.BOR),
    ),
)


def columns(line, first, last):
    return line[first - 1 : last]


def test_each_field_is_in_its_columns():
    head, bill, _, total = write_lcr(REMITTANCE).decode("ascii").split("\r\n")[:4]

    assert {len(line) for line in (head, bill, total)} == {160}
    assert columns(head, 1, 30) == "036000000001123456      241126"
    assert columns(head, 31, 81) == f"{'ATELIER MOREL':24}{'BANQUE DE LYON':24}3 E"
    assert columns(head, 82, 102) == "300060000112345678901"
    assert columns(head, 103, 149) == " " * 47
    assert columns(head, 150, 160) == "EFF-000001 "
    assert columns(bill, 1, 30) == "066000000002        F2026-0042"
    assert columns(bill, 31, 79) == f"{'DUPONT SA':24}{'BANQUE DU RHONE':24}1"
    assert columns(bill, 82, 102) == "20041010050500013M026"
    assert columns(bill, 103, 114) == "000000123456"
    assert columns(bill, 119, 130) == "311226201126"
    assert columns(bill, 151, 160) == "LCR0000001"
    assert columns(total, 1, 12) == "086000000004"
    assert columns(total, 103, 114) == "000000123500"


def test_a_remittance_is_read_back():
    content = write_lcr(REMITTANCE)

    assert read_lcr(content) == REMITTANCE
    assert write_lcr(REMITTANCE) == content


words = st.text(max_size=40).filter(lambda text: any(c.isalnum() for c in bill_text(text, 24)))


@given(words, st.integers(1, 999_999_999_999), st.sampled_from(Acceptance), st.text(max_size=20))
def test_whatever_is_written_is_read_back(name, units, acceptance, bank):
    bill = replace(
        BILL,
        drawee_name=name,
        drawee_bank=bank,
        amount=Decimal(units).scaleb(-2),
        acceptance=acceptance,
    )

    read = read_lcr(write_lcr(replace(REMITTANCE, bills=(bill,))))

    written = replace(bill, drawee_name=bill_text(name, 24), drawee_bank=bill_text(bank, 24))
    assert read == replace(REMITTANCE, bills=(written,))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iban": "DE89370400440532013000"}, "compte français"),
        ({"iban": "FR7630006000011234567890188"}, "compte français"),
        ({"amount": Decimal(0)}, "montant"),
        ({"amount": Decimal("1.001")}, "montant"),
        ({"amount": Decimal("10000000000.00")}, "montant"),
        ({"drawee_name": "🦊"}, "aucune lettre"),
        ({"reference": ""}, "référence"),
    ],
)
def test_a_bill_no_bank_would_take_is_refused(changes, words):
    with pytest.raises(OrderRefusedError, match=words):
        write_lcr(replace(REMITTANCE, bills=(replace(BILL, **changes),)))


def test_a_reference_is_given_once_and_a_remittance_holds_a_bill():
    with pytest.raises(OrderRefusedError, match="deux fois"):
        write_lcr(replace(REMITTANCE, bills=(BILL, BILL)))
    with pytest.raises(OrderRefusedError, match="aucun effet"):
        write_lcr(replace(REMITTANCE, bills=()))


CONTENT = write_lcr(REMITTANCE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 160,
        CONTENT[:-60],
        CONTENT.replace(b"000000123500", b"000000123501"),
        CONTENT.replace(b"311226", b"320026"),
        CONTENT.replace(b"066000000003", b"066000000009"),
        CONTENT.replace(b"000000123456", b"0000001234 6"),
        CONTENT.replace(b"20041010050500013M026", b"2004101005050001-M026"),
    ],
)
def test_a_remittance_that_does_not_hold_is_refused(content):
    with pytest.raises(OrderFileInvalidError):
        read_lcr(content)


@given(st.integers(0, len(CONTENT) - 1), st.integers(0, 255))
def test_a_byte_changed_is_read_or_refused(place, byte):
    changed = CONTENT[:place] + bytes([byte]) + CONTENT[place + 1 :]

    with suppress(OrderFileInvalidError):
        assert read_lcr(changed).bills
