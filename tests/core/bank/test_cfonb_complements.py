"""Goal: each complement of a CFONB 120 movement lands where it belongs, and rejects have words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from echeance.core import bank
from echeance.core.bank.reject_codes import REJECT_CODES, iso_reason_of, meaning_of
from echeance.core.bank.return_reasons import REASONS

IBAN = "FR7630006000011234567890189"


def record(kind: str, **columns: str) -> str:
    """A record of the account, fields at their 1-based column (``c49="LABEL"``)."""
    line = list(f"{kind}30006    00001EUR2 12345678901  231126".ljust(120))
    for name, text in columns.items():
        column = int(name[1:])
        line[column - 1 : column - 1 + len(text)] = text
    return "".join(line)


def read(*complements: str, reject: str = "", amount: str = "0000000001000{"):
    """The only movement of a statement, with these complements (qualifier and text)."""
    records = [
        record("01", c91="0000000000000{"),
        record("04", c33="05", c41=reject, c43="241126", c49="VIR", c91=amount),
        *(record("05", c33="05", c46=text) for text in complements),
        record("07", c91=amount),
    ]
    (statement,) = bank.read("\r\n".join(records).encode("iso-8859-1"))
    return statement.entries[0]


COMPLEMENTS = [
    ("NPYHolding SA", {"payer_name": "Holding SA"}),
    ("NPOFiliale Nord", {"payer_name": "Filiale Nord", "ultimate_payer_name": "Filiale Nord"}),
    ("NBEAtelier Morel", {"payee_name": "Atelier Morel"}),
    ("NBUAtelier Sud", {"payee_name": "Atelier Sud"}),
    (f"IPY{IBAN}", {"payer_iban": IBAN}),
    ("IPYFR7630006000011234567890188", {"payer_iban": ""}),
    (f"IBE{IBAN}", {"payee_iban": IBAN}),
    ("IBEFR72ZZZ123456", {"creditor_id": "FR72ZZZ123456", "payee_iban": ""}),
    (f"CPY{IBAN}", {"payer_iban": IBAN}),
    (f"CBE{IBAN}", {"payee_iban": IBAN}),
    ("LCCFacture FA-1", {"remittance_text": "Facture FA-1"}),
    ("LC2suite", {"remittance_text": "suite"}),
    ("LIBAU TITRE DE", {"remittance_text": "AU TITRE DE"}),
    ("LCSRF18539007547034", {"creditor_reference": "RF18539007547034"}),
    ("RCN" + "E2E-1".ljust(35) + "SALA", {"end_to_end_id": "E2E-1", "purpose": "SALA"}),
    ("RCNNOTPROVIDED", {"end_to_end_id": ""}),
    ("REF" + "LOT-1".ljust(35) + "INSTR-2", {"transaction_id": "INSTR-2"}),
    ("RUM" + "RUM-9".ljust(35) + "RCUR", {"mandate_id": "RUM-9"}),
    ("MMOUSD200000000011000", {"original_amount": Decimal("110.00"), "original_currency": "USD"}),
    ("MMOJPY000000000012000", {"original_amount": Decimal(12000), "original_currency": "JPY"}),
    ("MMOUSD2000000000110A0", {}),
    ("MMO???200000000011000", {"original_amount": None, "original_currency": ""}),
    ("FEEEUR200000000000350", {"charges": Decimal("3.50")}),
    ("FEEUSD200000000000350", {"charges": None}),
    ("RETAM04 PROVISION", {"return_text": "AM04 PROVISION"}),
    ("XYZinconnu", {}),
]


@pytest.mark.parametrize(("text", "facts"), COMPLEMENTS, ids=[case[0][:12] for case in COMPLEMENTS])
def test_a_complement_tells_its_fact_and_no_other(text, facts):
    found = read(text)

    assert found.details == (bank.EntryDetail(amount=Decimal("100.00"), **facts),)
    assert text[:10] in found.raw


def test_the_account_of_the_payer_does_not_change_what_recognises_the_movement():
    assert read(f"CPY{IBAN}").fingerprint == read().fingerprint


@pytest.mark.parametrize(
    ("code", "words"),
    [("20", "provision insuffisante"), ("14", "compte clos"), ("77", "motif 77, inconnu")],
)
def test_a_reject_code_is_told_in_words(code, words):
    found = read(reject=code, amount="0000000001000}")

    assert (found.signed, found.details[0].return_reason) == (Decimal("-100.00"), code)
    assert found.details[0].return_text == words


def test_a_movement_without_a_reject_has_no_words():
    assert read().details[0].return_text == ""


def test_what_the_bank_says_of_the_return_comes_first():
    assert read("RETCOMPTE CLOS LE 12", reject="14").details[0].return_text == "COMPTE CLOS LE 12"


def test_every_iso_reason_of_a_reject_code_has_an_action():
    iso = {row.iso_reason for row in REJECT_CODES.values() if row.iso_reason}

    # BE01: the name does not fit the account; nothing more precise is proposed.
    assert iso - REASONS.keys() <= {"BE01"}
    assert all(code == row.code for code, row in REJECT_CODES.items())


def test_an_iso_code_stays_what_it_is():
    assert (iso_reason_of("14"), iso_reason_of("am04"), iso_reason_of("")) == ("AC04", "AM04", "")
    assert meaning_of("  ") == ""


def test_a_mark_of_utf8_before_the_first_record_is_no_part_of_it():
    content = "".join(
        f"{line}\n" for line in (record("01", c91="0" * 13 + "{"), record("07", c91="0" * 13 + "{"))
    )

    assert bank.read(b"\xef\xbb\xbf" + content.encode())[0].entries == ()


def test_an_unknown_currency_is_refused_at_its_line():
    content = record("01", c17="EUX", c91="0" * 13 + "{").encode()

    with pytest.raises(bank.errors.BankFileError) as refused:
        bank.read(content)

    assert (refused.value.code, refused.value.facts["line"]) == ("bank.unknown_currency", 1)
