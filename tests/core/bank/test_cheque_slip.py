"""The slip handed to the bank with the cheques: what it says, and always the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest

from echeance.core.bank.cheque_slip import ChequeSlip, SlipCheque, rib_of, write_cheque_slip
from echeance.core.identifiers import InvalidIbanError

SLIP = ChequeSlip(
    number="RC-2026-0007",
    deposited_on=date(2026, 11, 24),
    holder=("Atelier Morel", "SIREN 552 100 554", "12 rue de la Paix, 69002 Lyon"),
    bank_name="Banque du Rhône",
    iban="FR7630006000011234567890189",
    cheques=(
        SlipCheque("0000123", "Crédit du Lac", "DUPONT SA", Decimal("1234.56")),
        SlipCheque("0000009", "", 'Élodie "Lolo" #set page(width: 1mm) 🦊', Decimal("0.44")),
    ),
    made_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
)


def text_of(pdf):
    pikepdf = pytest.importorskip("pikepdf")
    pypdf = pytest.importorskip("pypdf")
    with pikepdf.open(BytesIO(pdf)) as opened:
        pages = len(opened.pages)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    return pages, " ".join(text.split())


def test_the_total_is_the_sum_of_the_cheques():
    assert SLIP.total == Decimal("1235.00")
    assert rib_of("DE89370400440532013000") == ""


def test_the_same_slip_gives_the_same_bytes():
    pdf = write_cheque_slip(SLIP)

    assert pdf.startswith(b"%PDF-")
    assert write_cheque_slip(SLIP) == pdf


def test_the_slip_says_the_account_each_cheque_and_the_total():
    pages, text = text_of(write_cheque_slip(SLIP))

    assert pages == 1
    for words in (
        "Remise de chèques n° RC-2026-0007",
        "30006 00001 12345678901 89",
        "0000123",
        "DUPONT SA",
        "#set page(width: 1mm)",
        "2 chèques",
    ):
        assert words in text
    assert "1235,00" in text.replace("\u202f", "").replace(" ", "")


def test_many_cheques_go_over_pages():
    many = tuple(replace(SLIP.cheques[0], number=f"{n:07d}") for n in range(120))

    pages, text = text_of(write_cheque_slip(replace(SLIP, cheques=many)))

    assert pages > 1
    assert "120 chèques" in text


def test_a_wrong_account_is_refused():
    with pytest.raises(InvalidIbanError):
        write_cheque_slip(replace(SLIP, iban="FR7630006000011234567890188"))
