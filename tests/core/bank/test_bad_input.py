"""Goal: hostile and damaged bank files end in a French refusal with its line, never otherwise."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.bank.test_camt_details import (
    DAY,
    FOREIGN,
    REMITTANCE,
    batch,
    detail,
    message,
    summary,
)
from tests.core.bank.test_camt_details import entry as camt_entry
from tests.core.bank.test_camt_details import statement as camt_statement
from tests.core.bank.test_cfonb240 import file, footer, header, transfer, unpaid
from tests.core.bank.test_payment_status import PLAIN
from tests.core.bank.test_reader import CAMT, CFONB_STATEMENT

from echeance.core import bank
from echeance.core.bank.errors import BankFileError

CFONB = bank.write_cfonb120(CFONB_STATEMENT)
NOTICE = message(*DAY, before=summary(2, "10.00", "4.00"), kind="054", version="14")
DETAILED = camt_statement(
    "198.00",
    camt_entry("98.00", batch(FOREIGN)),
    camt_entry("100.00", batch(detail("100.00", REMITTANCE))),
)
CFONB240 = file(header(), transfer(2, 100), unpaid(3, 200, "81", "20"), footer(4, 300))
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + rank, b"&%c;" % (97 + rank) * 10) for rank in range(9))
    + b"]><Document>&j;</Document>"
)

HOSTILE = [
    ("billion laughs", LAUGHS, "bank.doctype_refused"),
    ("doctype in UTF-16", '<?xml version="1.0"?><!DOCTYPE d><d/>'.encode("utf-16"), "bank.doctype_refused"),
    ("root that is a colon", b"<:/>" + CAMT, "bank.unknown_format"),
    ("undefined entity", CAMT.replace(b"RLV-2026-228", b"&laugh;", 1), "bank.malformed_xml"),
    ("latin-1 told UTF-8", CAMT.replace("é".encode(), b"\xe9"), "bank.wrong_encoding"),
    ("NUL in the text", CAMT.replace(b"VIR RECU", b"VIR\x00RECU", 1), "bank.malformed_xml"),
    ("deep", CAMT.replace(b"<BookgDt>", b"<a>" * 5000 + b"<BookgDt>", 1), "bank.xml_too_complex"),
    ("root beyond 64 KB of comments", b"<!-- no -->" * 7000 + CAMT.split(b"?>", 1)[1], "bank.unknown_format"),
    ("amount of a thousand digits", CAMT.replace(b"120.00<", b"1" * 1000 + b"<", 1), "bank.invalid_amount"),
    ("not a number", CAMT.replace(b"120.00<", b"NaN<", 1), "bank.invalid_amount"),
    ("text in UTF-16", CFONB.decode("iso-8859-1").encode("utf-16"), "bank.malformed_xml"),
    ("records in UTF-32", CFONB.decode("iso-8859-1").encode("utf-32-le"), "bank.unknown_format"),
    ("NUL in a record", CFONB.replace(b"EUR2", b"EUR\x00", 1), "bank.invalid_amount"),
    ("a line without end", CFONB[:122] + b"04" * 400_000, "bank.record_length"),
    ("records cut in the middle", CFONB[: 122 + 60], "bank.record_length"),
    ("blank after a record", CFONB[:122], "bank.truncated_file"),
    ("digits of another script", CFONB.decode("iso-8859-1").replace("0000000010000{", "000000001000٠{").encode(), "bank.invalid_amount"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_a_hostile_file_is_refused(content, code):
    with pytest.raises(BankFileError) as refused:
        bank.read(content)

    assert refused.value.code == code
    assert str(refused.value)


def test_a_sequence_number_of_any_length_is_only_a_text():
    content = CAMT.replace(b"<ElctrncSeqNb>228<", b"<ElctrncSeqNb>" + b"9" * 5000 + b"<")

    assert bank.read(content)[0].sequence_number is None


def test_an_xml_in_utf16_is_read():
    text = CAMT.decode().replace("encoding='UTF-8'", "encoding='UTF-16'")

    assert bank.read(text.encode("utf-16"))[0].entries == bank.read(CAMT)[0].entries


def test_distinct_names_without_end_are_refused():
    names = b"".join(b"<n%d/>" % rank for rank in range(11_000))

    with pytest.raises(BankFileError) as refused:
        bank.read(CAMT.replace(b"<BookgDt>", names + b"<BookgDt>", 1))

    assert refused.value.code == "bank.xml_too_complex"


FILES = {
    "camt.053": CAMT,
    "camt.053 detailed": DETAILED,
    "camt.054": NOTICE,
    "CFONB 120": CFONB,
    "CFONB 240": CFONB240,
}


@st.composite
def damaged(draw, contents):
    """One of the files with bytes flipped, cut out, repeated or put in."""
    content = bytearray(draw(st.sampled_from(contents)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        match draw(st.sampled_from(["flip", "cut", "insert", "repeat", "end"])):
            case "flip" if content:
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del content[at : at + draw(st.integers(1, 200))]
            case "insert":
                content[at:at] = draw(st.binary(max_size=8))
            case "repeat":
                content[at:at] = content[at : at + draw(st.integers(1, 300))]
            case "end":
                del content[at:]
    return bytes(content)


@settings(max_examples=250)
@given(damaged(list(FILES.values())))
def test_a_damaged_file_is_refused_or_still_proved(content):
    with suppress(BankFileError):
        for found in bank.read(content):
            if found.proof == "balances":
                assert found.opening_balance + found.movements == found.closing_balance
    with suppress(BankFileError):
        for _ in bank.stream(io.BytesIO(content)):
            pass


@settings(max_examples=100)
@given(damaged([PLAIN]))
def test_a_damaged_answer_of_a_bank_is_read_or_refused(content):
    with suppress(BankFileError):
        bank.read_payment_status(content)
