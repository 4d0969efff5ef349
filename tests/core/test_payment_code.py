"""The code to pay and the RF reference, against what others read of them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from echeance.core.creditor_reference import creditor_reference, is_creditor_reference
from echeance.core.payment_code import epc_text, qr_svg

IBAN = "FR7630006000011234567890189"
NUMBERS = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/_", min_size=1, max_size=35)


def test_a_code_holds_the_twelve_lines_of_the_standard():
    text = epc_text(
        name="Atelier Morel",
        iban=IBAN,
        bic="AGRIFRPP",
        amount=Decimal("578.16"),
        remittance="RF84FA2026000042",
    )

    assert text == (
        "BCD\n002\n1\nSCT\nAGRIFRPP\nAtelier Morel\nFR7630006000011234567890189\nEUR578.16\n\n"
        "RF84FA2026000042"
    )


def test_a_number_is_free_text_for_who_receives_it():
    text = epc_text(name="M", iban=IBAN, amount=Decimal(1), remittance="FA-2026-000042")

    assert text.split("\n")[9:] == ["", "FA-2026-000042"]


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Decimal("0.00")},
        {"amount": Decimal("1000000000.00")},
        {"iban": "FR7630006000011234567890188"},
        {"name": "  "},
        {"remittance": "x" * 141},
        {"name": "é" * 70, "remittance": "é" * 140},
    ],
)
def test_what_the_standard_cannot_carry_has_no_code(changed):
    facts = {"name": "Atelier", "iban": IBAN, "amount": Decimal(1), **changed}

    assert epc_text(**facts) == ""
    assert qr_svg("") == ""


def test_every_dark_square_is_drawn_and_no_other():
    text = epc_text(name="Atelier Morel", iban=IBAN, amount=Decimal("12.30"), remittance="FA-1")
    code = segno.make_qr(text, error="m", mode="byte", encoding="utf-8", boost_error=False, mask=0)

    drawn = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", qr_svg(text))
        for step in range(int(length))
    }

    assert code.error == "M"
    assert drawn == {
        (x, y) for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark
    }


@given(NUMBERS)
def test_every_reference_is_good_for_another_reader(number):
    reference = creditor_reference(number)

    kept = [sign for sign in number if sign.isalnum()]
    assert bool(reference) == (0 < len(kept) <= 21)
    if reference:
        assert is_creditor_reference(reference)
        assert iso11649.is_valid(reference)


@given(NUMBERS, st.integers(0, 24), st.sampled_from("0123456789ABCXYZ"))
def test_one_wrong_sign_is_always_seen(number, place, sign):
    reference = creditor_reference(number)
    changed = reference[:place] + sign + reference[place + 1 :]

    same_kind = place < len(reference) and reference[place].isdigit() == sign.isdigit()
    if same_kind and changed != reference:
        assert not is_creditor_reference(changed)
