"""OFX: bank and card accounts read with their totals, everything else refused with its reason."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core import bank
from echeance.core.bank.errors import BankFileError, DoctypeRefusedError, TruncatedFileError
from echeance.core.errors import EcheanceError

SAMPLES = Path(__file__).resolve().parents[3].parent / "shared/data/bank_statements/ofx"
FIXTURES = SAMPLES / "ofxparse/tests/fixtures"

FRENCH = """\
OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>30006<BRANCHID>00001<ACCTID>12345678901<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261101<DTEND>20261103
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261102<DTAVAIL>20261103<TRNAMT>+120,00<FITID>A1
<NAME>VIR DUPONT &amp; FILS<MEMO>FA2026-000001</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261103120000[+1:CET]<TRNAMT>-19.90<FITID>A2<NAME>FRAIS</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1100.10<DTASOF>20261103</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""

READ = {
    "anzcc.ofx": [("1234123412341234", "AUD", 1, "-5.50", "-123.45")],
    "bank_medium.ofx": [("12300000012345678", "CAD", 3, "-345.27", "382.34")],
    "checking.ofx": [("1452687~7", "USD", 3, "-59.50", "100.99")],
    "multiple_accounts.ofx": [
        ("9100", "USD", 0, "0", "111.00"),
        ("9200", "USD", 0, "0", "222.00"),
    ],
    "multiple_accounts2.ofx": [
        ("9100", "USD", 0, "0", "111.00"),
        ("9200", "USD", 0, "0", "222.00"),
    ],
    "suncorp.ofx": [("123456789", "AUD", 1, "-16.85", "1234.12")],
}
REFUSED = {
    "account_listing_aggregation.ofx": ("bank.no_statement", None),
    "bank_small.ofx": ("bank.no_statement", None),
    "error_message.ofx": ("bank.server_error", 22),
    "fail_nice/date_missing.ofx": ("bank.missing_field", 33),
    "fail_nice/decimal_error.ofx": ("bank.invalid_amount", 37),
    "fail_nice/empty_balance.ofx": ("bank.closing_balance_missing", None),
    "fidelity-savings.ofx": ("bank.investment_account", 36),
    "fidelity.ofx": ("bank.investment_account", 11),
    "investment_401k.ofx": ("bank.investment_account", 36),
    "investment_medium.ofx": ("bank.investment_account", 32),
    "ofx-v102-empty-tags.ofx": ("bank.missing_field", 23),
    "signon_fail.ofx": ("bank.server_error", 11),
    "signon_success.ofx": ("bank.no_statement", None),
    "signon_success_no_message.ofx": ("bank.no_statement", None),
    "td_ameritrade.ofx": ("bank.investment_account", 36),
    "tiaacref.ofx": ("bank.investment_account", 11),
    "vanguard.ofx": ("bank.investment_account", 21),
    "vanguard401k.ofx": ("bank.investment_account", 11),
}


def test_a_french_file_is_read_whatever_its_decimal_mark():
    (statement,) = bank.read(FRENCH.encode("cp1252"))

    assert (statement.account_key, statement.proof, statement.closing_balance) == (
        "30006-00001-12345678901",
        "closing",
        Decimal("1100.10"),
    )
    first, second = statement.entries
    assert (first.signed, first.label, first.details[0].remittance_text, first.bank_reference) == (
        Decimal("120.00"),
        "VIR DUPONT & FILS",
        "FA2026-000001",
        "A1",
    )
    assert (first.booking_date, first.value_date) == (date(2026, 11, 2), date(2026, 11, 3))
    assert (second.signed, second.line) == (Decimal("-19.90"), 14)
    assert first.raw.startswith("<STMTTRN>")
    assert "FA2026-000001" in first.raw


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared bank files are not on this machine")
def test_every_sample_is_read_with_its_totals_or_refused_with_its_reason():
    read, refused = {}, {}
    for path in sorted(FIXTURES.rglob("*.ofx")):
        name = str(path.relative_to(FIXTURES))
        try:
            statements = bank.read(path.read_bytes(), filename=name)
        except EcheanceError as error:
            refused[name] = (error.code, error.facts.get("line"))
            continue
        read[name] = [
            (
                one.account_key,
                one.currency,
                len(one.entries),
                str(sum(entry.signed for entry in one.entries)),
                str(one.closing_balance),
            )
            for one in statements
        ]

    assert read == READ
    assert refused == REFUSED


def test_a_file_cut_anywhere_is_refused():
    content = FRENCH.encode()
    start = content.index(b"<OFX>") + 5

    for end in range(start, len(content) - 8, 7):
        with pytest.raises(BankFileError):
            bank.read(content[:end])
    with pytest.raises(TruncatedFileError):
        bank.read(content.replace(b"</OFX>", b""))


def test_entities_of_ones_own_are_refused():
    hostile = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><OFX>&a;</OFX>'

    with pytest.raises(DoctypeRefusedError):
        bank.read(hostile)


@given(st.integers(0, len(FRENCH) - 1), st.integers(0, 255))
def test_a_byte_changed_never_breaks_the_reader(at, byte):
    content = bytearray(FRENCH.encode())
    content[at] = byte

    with contextlib.suppress(BankFileError):
        bank.read(bytes(content))
