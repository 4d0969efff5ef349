"""Goal: the detailed operations of a CFONB 240 file are a notice whose total is proved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.core import bank
from echeance.core.bank.errors import BankFileError

OWN = "300661077100020030401"
OTHER = "149890000122140469732"


def record(kind: str, number: int, **columns: str) -> str:
    """A record of a transfer file; fields at their 1-based column."""
    line = list(f"{kind}{number:06}20211220E    ".ljust(240))
    for name, text in columns.items():
        column = int(name[1:])
        line[column - 1 : column - 1 + len(text)] = text
    return "".join(line)


def header(number: int = 1) -> str:
    return record("31", number, c11="181220", c22=OWN, c78=OWN)


def transfer(number: int, cents: int, **columns: str) -> str:
    facts = {
        "c22": OTHER, "c43": "OFFICE NATIONAL", "c78": OWN, "c99": "ATELIER MOREL",
        "c123": "REF001", "c129": "FACTURE F2012017", "c229": f"{cents:012}",
    }  # fmt: skip
    return record("34", number, **(facts | columns))


def unpaid(number: int, cents: int, code: str, reason: str) -> str:
    """A debit or a bill of ours that came back: we are its issuer."""
    return transfer(
        number,
        cents,
        c9=code,
        c22=OWN,
        c43="ATELIER MOREL",
        c78=OTHER,
        c99="CLIENT NORD",
        c227=reason,
    )


def footer(number: int, cents: int) -> str:
    return record("39", number, c22=OWN, c78=OWN, c229=f"{cents:012}")


def file(*records: str) -> bytes:
    return "".join(f"{line}\r\n" for line in records).encode("iso-8859-1")


def test_transfers_received_are_read_with_their_payers():
    content = file(header(), transfer(2, 171200), transfer(3, 287280), footer(4, 458480))

    (found,) = bank.read(content)

    assert (found.format, found.kind, found.proof) == ("cfonb240", "notice", "totals")
    assert (found.account_key, found.currency) == ("30066-10771-00020030401", "EUR")
    assert (found.opening_balance, found.closing_balance) == (None, None)
    assert (found.opening_date, found.closing_date) == (date(2020, 12, 18), date(2020, 12, 21))
    assert [str(entry.signed) for entry in found.entries] == ["1712.00", "2872.80"]
    first = found.entries[0]
    assert (first.label, first.bank_reference, first.bank_code) == (
        "OFFICE NATIONAL",
        "REF001",
        "20",
    )
    assert (first.line, first.raw) == (2, transfer(2, 171200))
    assert first.details == (
        bank.EntryDetail(
            amount=Decimal("1712.00"),
            payer_name="OFFICE NATIONAL",
            payee_name="ATELIER MOREL",
            remittance_text="FACTURE F2012017",
        ),
    )


@pytest.mark.parametrize("code", ["61", "81"], ids=["bill", "direct debit"])
def test_what_comes_back_unpaid_is_a_debit_with_its_reason(code):
    (found,) = bank.read(file(header(), unpaid(2, 10000, code, "20"), footer(3, 10000)))

    (entry,) = found.entries
    (detail,) = entry.details
    assert (entry.signed, entry.label) == (Decimal("-100.00"), "CLIENT NORD")
    assert (detail.payer_name, detail.payee_name) == ("CLIENT NORD", "ATELIER MOREL")
    assert (detail.return_reason, detail.return_text) == ("20", "provision insuffisante")


def test_groups_of_a_file_are_notices_of_their_own():
    group = [header(), transfer(2, 100), footer(3, 100)]

    first, second = bank.read(file(*group, *group))

    assert [entry.index for entry in (*first.entries, *second.entries)] == [1, 2]


REFUSED = [
    ("total", file(header(), transfer(2, 100), footer(3, 101)), "bank.totals_mismatch", 3),
    ("record cut out", file(header(), transfer(3, 100), footer(4, 100)), "bank.record_sequence", 2),
    ("no header", file(transfer(2, 100)), "bank.record_sequence", 1),
    ("no total", file(header(), transfer(2, 100)), "bank.truncated_file", 2),
    ("short", file(header(), transfer(2, 100)[:-1]), "bank.record_length", 2),
    ("francs", file(header(), transfer(2, 100, c17="F")), "bank.unknown_currency", 2),
    ("letters", file(header(), transfer(2, 100, c229="00000000010A")), "bank.invalid_amount", 2),
    ("no such day", file(header(), transfer(2, 100, c11="310220")), "bank.invalid_date", 2),
    ("another account", file(header(), transfer(2, 100, c78=OTHER)), "bank.account_mismatch", 2),
    ("another total", file(header(), footer(2, 0).replace(OWN, OTHER)), "bank.account_mismatch", 2),
    ("record 35", file(header(), transfer(2, 100).replace("34", "35", 1)), "bank.record_sequence", 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code", "line"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_wrong_file_is_refused_at_its_line(content, code, line):
    with pytest.raises(BankFileError) as refused:
        bank.read(content)

    assert (refused.value.code, refused.value.facts["line"]) == (code, line)


def test_the_difference_of_a_total_is_told():
    with pytest.raises(BankFileError, match=r"39 = 1\.01 et contient 1\.00 \(écart 0\.01\)"):
        bank.read(file(header(), transfer(2, 100), footer(3, 101)))


def test_an_operation_of_unknown_direction_is_refused():
    with pytest.raises(BankFileError, match="opération 47, ligne 2"):
        bank.read(file(header(), transfer(2, 100, c9="47"), footer(3, 100)))
