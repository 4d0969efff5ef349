"""MT940 and MT942: the dialects of the banks, balances and sums proved, every field found."""

from __future__ import annotations

import contextlib
import io
from datetime import date
from decimal import Decimal

import mt940
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core import bank
from echeance.core.bank.errors import (
    BalanceMismatchError,
    BankFileError,
    MalformedLineError,
    MissingFieldError,
    TotalsMismatchError,
    TruncatedFileError,
)

GERMAN = """\
:20:STARTUMS
:25:20041133/0123456
:28C:00012/001
:60F:C261031EUR1000,00
:61:2611021102CR250,00NTRFNONREF//BANK4711
:86:166?00GUTSCHRIFT?109310?20EREF+RG-2026-17?21SVWZ+FA2026-000017 vom?22 12.10.2026
?30COBADEFFXXX?31DE89370400440532013000?32MUSTER MASCHINEN?33 GMBH
:61:2611031103DR19,90NCHGNONREF
:86:808?00ENTGELT?20KONTOFUEHRUNG
:62F:C261103EUR1230,10
-
"""

DUTCH = """\
{1:F01ABNANL2AXXXX0000000000}{2:I940ABNANL2AXXXXN}{4:
:20:ABN AMRO BANK NV
:25:NL91ABNA0417164300
:28C:30701/1
:60F:D261101EUR50,00
:61:2611021102C300,N658NONREF
:86:/TRTP/SEPA OVERBOEKING/IBAN/NL20INGB0001234567/BIC/INGBNL2A/NAME/J
ANSEN BV/REMI/FA2026-000002/EREF/NOTPROVIDED
:61:2611031103RC100,N544EREF77//REJ1
:86:/EREF/E2E-77//RTRN/AC04//CNTP/NL20INGB0001234567/INGBNL2A/JANSEN BV///REMI/USTD//RETOUR/
:62F:C261103EUR150,
-}
"""

FRENCH = """\
:20:9401203
:25:30006/00001/12345678901
:28C:00123
:60F:C261230EUR10000,
:61:2701020102C1500,50NTRF12345//VIR0001
:86:VIR SEPA RECU DE DUPONT SA
FA2026-000009 ET FA2026-000010
:61:2612311231D2000,NCHK0012345
:62F:C270102EUR9500,50
"""

REPORT = """\
:20:INTRADAY
:25:30006/00001/12345678901
:28C:1
:34F:EUR0,
:13D:2611241030+0100
:61:2611241124C12,50NTRFNONREF
:86:VIR DUPONT
:90D:0EUR0,
:90C:1EUR12,50
-
"""


def test_a_german_file_gives_payer_reference_and_purpose():
    (statement,) = bank.read(GERMAN.encode())

    assert (statement.format, statement.proof, statement.sequence_number) == (
        "mt940",
        "balances",
        12,
    )
    assert (statement.opening_balance, statement.closing_balance) == (
        Decimal("1000.00"),
        Decimal("1230.10"),
    )
    entry, fee = statement.entries
    detail = entry.details[0]
    assert (entry.signed, entry.bank_reference, entry.label) == (
        Decimal("250.00"),
        "BANK4711",
        "GUTSCHRIFT",
    )
    assert (detail.payer_name, detail.payer_iban, detail.payer_bic) == (
        "MUSTER MASCHINEN GMBH",
        "DE89370400440532013000",
        "COBADEFFXXX",
    )
    assert (detail.end_to_end_id, detail.remittance_text) == (
        "RG-2026-17",
        "FA2026-000017 vom 12.10.2026",
    )
    assert (fee.signed, fee.bank_code) == (Decimal("-19.90"), "NCHG")


def test_a_dutch_file_gives_words_between_slashes_and_a_returned_payment():
    (statement,) = bank.read(DUTCH.encode())

    received, returned = statement.entries
    assert statement.account_iban == "NL91ABNA0417164300"
    assert statement.opening_balance == Decimal("-50.00")
    assert received.details[0].payer_iban == "NL20INGB0001234567"
    assert received.details[0].remittance_text == "FA2026-000002"
    assert received.details[0].end_to_end_id == ""
    assert (returned.signed, returned.reversal) == (Decimal("-100.00"), True)
    assert returned.details[0].return_reason == "AC04"
    assert returned.details[0].end_to_end_id == "E2E-77"


def test_a_french_file_is_of_the_account_that_cfonb_names_and_turns_the_year():
    (statement,) = bank.read(FRENCH.encode("cp1252"))

    received, cheque = statement.entries
    assert statement.account_key == "30006-00001-12345678901"
    assert received.text.startswith("VIR SEPA RECU DE DUPONT SA FA2026-000009 ET FA2026-000010")
    assert (received.booking_date, received.value_date) == (date(2027, 1, 2), date(2027, 1, 2))
    assert (cheque.signed, cheque.raw) == (Decimal("-2000.00"), ":61:2612311231D2000,NCHK0012345")


def test_a_report_of_the_day_is_proved_by_its_sums():
    (report,) = bank.read(REPORT.encode())

    assert (report.kind, report.proof, report.closing_balance) == ("report", "totals", None)
    with pytest.raises(TotalsMismatchError) as refusal:
        bank.read(REPORT.replace(":90C:1EUR12,50", ":90C:1EUR13,50").encode())
    assert (refusal.value.line, refusal.value.difference) == (9, Decimal("1.00"))


@pytest.mark.parametrize("content", [GERMAN, DUTCH, FRENCH])
def test_amounts_and_dates_are_those_that_another_reader_finds(content):
    peer = mt940.parse(io.BytesIO(content.encode()))
    (statement,) = bank.read(content.encode())

    assert [entry.value_date for entry in statement.entries] == [
        one.data["date"] for one in peer.transactions
    ]
    assert [entry.amount for entry in statement.entries] == [
        abs(one.data["amount"].amount) for one in peer.transactions
    ]


def test_balances_that_do_not_follow_are_refused_with_the_difference():
    with pytest.raises(BalanceMismatchError) as refusal:
        bank.read(GERMAN.replace("1230,10", "1230,00").encode())

    assert refusal.value.difference == Decimal("-0.10")


def test_a_bad_line_is_refused_with_its_number():
    with pytest.raises(MalformedLineError) as refusal:
        bank.read(GERMAN.replace(":61:2611031103DR19,90", ":61:2611031103XX19,90").encode())
    assert refusal.value.line == 8

    with pytest.raises(TruncatedFileError):
        bank.read(GERMAN.split(":62F:", maxsplit=1)[0].encode())
    with pytest.raises(MissingFieldError):
        bank.read(GERMAN.replace(":60F:C261031EUR1000,00\n", "").encode())


@given(st.integers(0, len(GERMAN) - 1), st.integers(0, 255))
def test_a_byte_changed_never_breaks_the_reader(at, byte):
    content = bytearray(GERMAN.encode())
    content[at] = byte

    with contextlib.suppress(BankFileError):
        bank.read(bytes(content))
