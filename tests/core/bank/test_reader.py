"""Goal: a bank file is read exactly and proved, or refused whole with the line and what to do."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import camt053
import cfonb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echeance.core import bank
from echeance.core.bank import EntryDetail, Statement, StatementEntry
from echeance.core.bank.errors import BalanceMismatchError, BankFileError, RecordLengthError
from echeance.core.bank.reader import MEGABYTE, SIZE_LIMIT_MB

IBAN = "FR7630006000011234567890189"
ACCOUNT = "30006-00001-12345678901"


def entry(index: int, signed: str, **facts) -> StatementEntry:
    """A movement of 23 November 2026."""
    amount = Decimal(signed)
    plain = StatementEntry(
        index=index,
        direction="CRDT" if amount >= 0 else "DBIT",
        amount=abs(amount),
        reversal=False,
        booking_date=date(2026, 11, 23),
        value_date=date(2026, 11, 24),
        bank_reference="",
        bank_code="05",
        label="VIR RECU",
        details=(EntryDetail(amount=abs(amount)),),
        raw="",
        fingerprint="",
    )
    return replace(plain, **facts)


def statement(*entries: StatementEntry, **facts) -> Statement:
    """A statement that opens on 1,000.00 and closes where its entries lead."""
    closing = Decimal("1000.00") + sum(found.signed for found in entries)
    plain = Statement(
        format="camt.053.001.08",
        statement_id="RLV-2026-228",
        sequence_number=228,
        account_iban=IBAN,
        account_id="",
        account_key=ACCOUNT,
        currency="EUR",
        opening_balance=Decimal("1000.00"),
        closing_balance=closing,
        opening_date=date(2026, 11, 22),
        closing_date=date(2026, 11, 23),
        entries=entries,
    )
    return replace(plain, **facts)


def comparable(found: Statement) -> Statement:
    """A statement without what its format or its source alone decides."""
    entries = tuple(replace(line, raw="", fingerprint="", line=0) for line in found.entries)
    return replace(found, format="", entries=entries)


RICH = statement(
    entry(
        1,
        "120.00",
        bank_reference="BK-1",
        bank_code="PMNT-RCDT-ESCT",
        details=(
            EntryDetail(
                amount=Decimal("120.00"),
                end_to_end_id="E2E-1",
                mandate_id="RUM-9",
                payer_name="Durand & Fils",
                payer_iban=IBAN,
                payee_name="Atelier Morel",
                remittance_text="Facture FA-2026-0041 réglée",
                creditor_reference="RF13FA20260041",
                document_numbers=("FA-2026-0041", "FA-2026-0042"),
            ),
        ),
    ),
    entry(
        2,
        "-45.10",
        reversal=True,
        details=(EntryDetail(amount=Decimal("45.10"), return_reason="AM04"),),
    ),
    entry(
        3,
        "30.00",
        label="REMISE",
        details=(
            EntryDetail(amount=Decimal("10.00"), end_to_end_id="A"),
            EntryDetail(amount=Decimal("20.00"), end_to_end_id="B"),
        ),
    ),
)


def test_a_camt_statement_is_read_back_as_it_was_written():
    (read,) = bank.read(bank.write_camt053(RICH))

    assert comparable(read) == comparable(RICH)
    assert read.format == "camt.053.001.08"


def test_a_third_party_reader_finds_the_same_in_a_written_camt():
    (theirs,) = camt053.parse_document(bank.write_camt053(RICH).decode()).statements

    assert [(found.amount, found.credit_debit_indicator) for found in theirs.entries] == [
        ("120.00", "CRDT"),
        ("45.10", "DBIT"),
        ("30.00", "CRDT"),
    ]
    assert [(found.type_code, found.amount) for found in theirs.balances] == [
        ("OPBD", "1000.00"),
        ("CLBD", "1104.90"),
    ]


def test_several_statements_of_a_file_number_their_entries_together():
    content = bank.write_camt053(RICH, replace(RICH, statement_id="RLV-2026-229"))

    first, second = bank.read(content)

    assert [found.index for found in (*first.entries, *second.entries)] == [1, 2, 3, 4, 5, 6]


def test_a_pending_camt_entry_is_no_movement():
    content = bank.write_camt053(statement(entry(1, "10.00"), closing_balance=Decimal("1000.00")))
    pending = content.replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>")

    (read,) = bank.read(pending)

    assert read.entries == ()


def test_pages_of_a_camt_statement_are_proved_by_their_interim_balances():
    first = bank.write_camt053(statement(entry(1, "10.00"))).replace(b"CLBD", b"ITBD")
    second = bank.write_camt053(statement(entry(1, "10.00"))).replace(b"OPBD", b"ITBD")

    assert bank.read(first)[0].closing_balance == Decimal("1010.00")
    assert bank.read(second)[0].opening_balance == Decimal("1000.00")


def test_trailing_zeros_beyond_the_cent_are_accepted():
    content = bank.write_camt053(statement(entry(1, "10.00"))).replace(b"10.00<", b"10.00000<")

    (read,) = bank.read(content)

    assert str(read.entries[0].amount) == "10.00"


def test_an_end_to_end_id_not_provided_is_empty():
    (read,) = bank.read(bank.write_camt053(statement(entry(1, "10.00"))))

    assert read.entries[0].details[0].end_to_end_id == ""
    assert read.entries[0].references == ()


def test_the_texts_and_references_of_an_entry_are_gathered():
    (read,) = bank.read(bank.write_camt053(RICH))

    first = read.entries[0]
    assert first.text == "VIR RECU\nFacture FA-2026-0041 réglée"
    assert first.references == ("RF13FA20260041", "FA-2026-0041", "FA-2026-0042", "E2E-1")


# --- CFONB 120 -----------------------------------------------------------------------------


def record(kind: str, day: str = "231126", amount: str = "", **columns: str) -> str:
    """A record of the account, fields at their 1-based column (``c49="LABEL"``)."""
    line = list(f"{kind}30006    00001EUR2 12345678901  {day}".ljust(120))
    fields = {91: amount, **{int(name[1:]): text for name, text in columns.items()}}
    for column, text in fields.items():
        line[column - 1 : column - 1 + len(text)] = text
    return "".join(line)


OPENING = record("01", "221126", "0000000010000{")
MOVEMENT = record(
    "04", amount="0000000001205C", c33="05", c43="241126", c49="VIR DURAND", c105="REF0041"
)
CLOSING = record("07", "231126", "0000000011205C")
# 1,000.00 + 120.53 = 1,120.53


def cfonb_file(*records: str, end: str = "\r\n") -> bytes:
    return "".join(f"{line}{end}" for line in records).encode("iso-8859-1")


def test_a_cfonb_movement_is_read_with_its_complements():
    complements = [
        record("05", c33="05", c46="NPYDurand & Fils"),
        record("05", c33="05", c46=f"IPY{IBAN}"),
        record("05", c33="05", c46="NBEAtelier Morel"),
        record("05", c33="05", c46="LCC" + "Facture réglée ".ljust(66, ".") + "FA-2"),
        record("05", c33="05", c46="LC2026-0041"),
        record("05", c33="05", c46="LIBAU TITRE DE NOVEMBRE"),
        record("05", c33="05", c46="RCNE2E-1"),
        record("05", c33="05", c46="RUMRUM-9"),
        record("05", c33="05", c46="LCSRF13FA20260041"),
        record("05", c33="05", c46="MMOEUR200000000012053"),
    ]
    content = cfonb_file(OPENING, MOVEMENT, *complements, CLOSING)

    (read,) = bank.read(content)

    (movement,) = read.entries
    assert movement.signed == Decimal("120.53")
    assert (movement.booking_date, movement.value_date) == (date(2026, 11, 23), date(2026, 11, 24))
    assert (movement.bank_code, movement.label) == ("05", "VIR DURAND")
    assert movement.bank_reference == "REF0041"
    assert movement.details == (
        EntryDetail(
            amount=Decimal("120.53"),
            end_to_end_id="E2E-1",
            mandate_id="RUM-9",
            payer_name="Durand & Fils",
            payer_iban=IBAN,
            payee_name="Atelier Morel",
            remittance_text="Facture réglée " + "." * 51 + "FA-2026-0041 AU TITRE DE NOVEMBRE",
            creditor_reference="RF13FA20260041",
            original_amount=Decimal("120.53"),
            original_currency="EUR",
        ),
    )
    assert movement.line == 2
    assert movement.raw == "\n".join([MOVEMENT, *complements])
    assert read.account_key == ACCOUNT == bank.account_key(IBAN)


OVERPUNCHED = [
    ("0000000000012{", "1.20"), ("0000000000012A", "1.21"), ("0000000000012I", "1.29"),
    ("0000000000012}", "-1.20"), ("0000000000012J", "-1.21"), ("0000000000012R", "-1.29"),
    ("0000000000000{", "0.00"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), OVERPUNCHED)
def test_the_last_character_of_an_amount_carries_digit_and_sign(text, expected):
    content = cfonb_file(record("01", amount=text), record("07", amount=text))

    (read,) = bank.read(content)

    assert str(read.opening_balance) == expected


@pytest.mark.parametrize(
    "end", ["\r\n", "\n", "", "\n\n"], ids=["CRLF", "LF", "none", "blank lines"]
)
def test_records_may_be_separated_in_any_way(end):
    (read,) = bank.read(cfonb_file(OPENING, MOVEMENT, CLOSING, end=end))

    assert read.closing_balance == Decimal("1120.53")


def test_a_utf8_cfonb_file_keeps_its_accents():
    movement = MOVEMENT.replace("VIR DURAND   ", "VIR HÉLOÏSE  ")
    content = f"{OPENING}\n{movement}\n{CLOSING}".encode()

    (read,) = bank.read(content)

    assert read.entries[0].label == "VIR HÉLOÏSE"


def test_a_cfonb_file_may_hold_several_accounts():
    other = [line.replace("12345678901", "12345678902") for line in (OPENING, MOVEMENT, CLOSING)]

    first, second = bank.read(cfonb_file(OPENING, MOVEMENT, CLOSING, *other))

    assert (first.account_id, second.account_id) == (ACCOUNT, "30006-00001-12345678902")
    assert [found.index for found in (*first.entries, *second.entries)] == [1, 2]


def test_a_value_date_left_out_is_the_booking_date():
    movement = MOVEMENT.replace("241126", "000000")

    (read,) = bank.read(cfonb_file(OPENING, movement, CLOSING))

    assert read.entries[0].value_date == date(2026, 11, 23)


CFONB_STATEMENT = statement(
    entry(
        1,
        "120.00",
        bank_reference="BK-1",
        details=(
            EntryDetail(
                amount=Decimal("120.00"),
                end_to_end_id="E2E-1",
                mandate_id="RUM-9",
                payer_name="Durand & Fils",
                payer_iban=IBAN,
                payee_name="Atelier Morel",
                remittance_text=("Facture FA-2026-0041 réglée avec retard " * 3).strip(),
                creditor_reference="RF13FA20260041",
            ),
        ),
    ),
    entry(2, "-45.10", bank_code="A3", bank_reference="A REFERENCE OF MORE THAN 16"),
    statement_id="20261122-20261123",
    sequence_number=None,
    account_iban="",
    account_id=ACCOUNT,
)


def test_a_cfonb_statement_is_read_back_as_it_was_written():
    (read,) = bank.read(bank.write_cfonb120(CFONB_STATEMENT))

    assert comparable(read) == comparable(CFONB_STATEMENT)


def test_a_third_party_reader_finds_the_same_in_a_written_cfonb():
    content = bank.write_cfonb120(CFONB_STATEMENT).decode("iso-8859-1")

    (theirs,) = cfonb.StatementReader().parse(io.StringIO(content.replace("\r\n", "\n")))

    assert theirs.header["prev_amount"] == Decimal("1000.00")
    assert [line["amount"] for line in theirs.lines] == [Decimal("120.00"), Decimal("-45.10")]
    assert theirs.footer["next_amount"] == Decimal("1074.90")


# --- the same movement in two files --------------------------------------------------------


def test_the_same_movement_in_two_files_has_one_fingerprint():
    alone = statement(entry(1, "10.00"))
    among_others = statement(entry(1, "99.00", label="CHEQUE"), entry(2, "10.00"))

    (first,) = bank.read(bank.write_camt053(alone))
    (second,) = bank.read(bank.write_camt053(replace(among_others, statement_id="WEEK")))

    assert first.entries[0].fingerprint == second.entries[1].fingerprint


def test_identical_movements_of_a_day_keep_distinct_fingerprints():
    twice = statement(entry(1, "10.00"), entry(2, "10.00"))

    (read,) = bank.read(bank.write_camt053(twice))
    (again,) = bank.read(bank.write_camt053(twice))

    fingerprints = [found.fingerprint for found in read.entries]
    assert len(set(fingerprints)) == 2
    assert fingerprints == [found.fingerprint for found in again.entries]


# --- refusals ------------------------------------------------------------------------------

CAMT = bank.write_camt053(RICH)
REFUSED_CAMT = [
    ("doctype", CAMT.replace(b"<Document", b'<!DOCTYPE d [<!ENTITY e "x">]><Document', 1), "bank.doctype_refused"),
    ("not closed", CAMT[:-20], "bank.truncated_file"),
    ("cut in the middle", CAMT[: len(CAMT) // 2 - len(CAMT[: len(CAMT) // 2].rpartition(b"\n")[2])], "bank.truncated_file"),
    ("broken tag", CAMT.replace(b"<Ccy>", b"<Ccy", 1), "bank.malformed_xml"),
    ("another message", CAMT.replace(b"camt.053.001.08", b"pain.001.001.09"), "bank.unsupported_format"),
    ("another document", b"<html><body>Session expir\xc3\xa9e</body></html>", "bank.unknown_format"),
    ("one cent", CAMT.replace(b"120.00<", b"120.01<"), "bank.balance_mismatch"),
    ("no opening", CAMT.replace(b"OPBD", b"OPAV"), "bank.opening_balance_missing"),
    ("no closing", CAMT.replace(b"CLBD", b"CLAV"), "bank.closing_balance_missing"),
    ("another currency", CAMT.replace(b'Ccy="EUR">120', b'Ccy="USD">120', 1), "bank.currency_mismatch"),
    ("tenth of a cent", CAMT.replace(b"120.00<", b"120.001<", 1), "bank.amount_precision"),
    ("negative", CAMT.replace(b"120.00<", b"-120.00<", 1), "bank.invalid_amount"),
    ("infinite", CAMT.replace(b"120.00<", b"Infinity<", 1), "bank.invalid_amount"),
    ("impossible date", CAMT.replace(b"2026-11-24", b"2026-02-30", 1), "bank.invalid_date"),
    ("no direction", CAMT.replace(b"DBIT", b"BOTH", 1), "bank.invalid_direction"),
    ("no account", CAMT.replace(b"IBAN>FR", b"Ibn>FR", 1).replace(b"</IBAN>", b"</Ibn>", 1), "bank.missing_element"),
]  # fmt: skip
REFUSED_CFONB = [
    ("one character short", cfonb_file(OPENING, MOVEMENT[:-1], CLOSING), "bank.record_length", 2),
    ("no opening", cfonb_file(MOVEMENT, CLOSING), "bank.record_sequence", 1),
    ("complement first", cfonb_file(OPENING, record("05"), CLOSING), "bank.record_sequence", 2),
    ("two openings", cfonb_file(OPENING, OPENING, CLOSING), "bank.record_sequence", 2),
    ("unknown record", cfonb_file(OPENING, record("08"), CLOSING), "bank.record_sequence", 2),
    ("no closing", cfonb_file(OPENING, MOVEMENT), "bank.truncated_file", 2),
    ("another account", cfonb_file(OPENING, MOVEMENT.replace("12345678901", "12345678902"), CLOSING), "bank.account_mismatch", 2),
    ("another currency", cfonb_file(OPENING, MOVEMENT.replace("EUR", "USD"), CLOSING), "bank.currency_mismatch", 2),
    ("bad overpunch", cfonb_file(OPENING, MOVEMENT.replace("1205C", "12053"), CLOSING), "bank.invalid_overpunch", 2),
    ("letters in an amount", cfonb_file(OPENING, MOVEMENT.replace("1205C", "1X05C"), CLOSING), "bank.invalid_amount", 2),
    ("third decimal", cfonb_file(OPENING, MOVEMENT.replace("EUR2", "EUR3"), CLOSING), "bank.amount_precision", 2),
    ("impossible date", cfonb_file(OPENING, MOVEMENT.replace("241126", "300226"), CLOSING), "bank.invalid_date", 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"), [case[1:] for case in REFUSED_CAMT], ids=[case[0] for case in REFUSED_CAMT]
)
def test_a_wrong_camt_file_is_refused(content, code):
    with pytest.raises(BankFileError) as refused:
        bank.read(content)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [case[1:] for case in REFUSED_CFONB],
    ids=[case[0] for case in REFUSED_CFONB],
)
def test_a_wrong_cfonb_file_is_refused_at_its_line(content, code, line):
    with pytest.raises(BankFileError) as refused:
        bank.read(content)

    assert refused.value.code == code
    assert refused.value.facts["line"] == line


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bank.empty_file"),
        (b"  \r\n", "bank.empty_file"),
        (b"%PDF-1.7", "bank.unknown_format"),
        (b"date;montant\n", "bank.unknown_format"),
        (b"!Type:Bank\n", "bank.no_statement"),
        (b" " * (SIZE_LIMIT_MB * MEGABYTE + 1), "bank.file_too_large"),
    ],
    ids=["nothing", "blanks", "PDF", "CSV", "QIF", "too large"],
)
def test_a_file_that_is_no_statement_is_refused(content, code):
    with pytest.raises(BankFileError) as refused:
        bank.read(content)

    assert refused.value.code == code


def test_an_unbalanced_statement_gives_the_figures_in_french():
    content = cfonb_file(OPENING, MOVEMENT, record("07", amount="0000000011206C"))

    with pytest.raises(BalanceMismatchError) as refused:
        bank.read(content)

    assert refused.value.difference == Decimal("0.10")
    assert str(refused.value) == (
        f"Relevé 20261122-20261123 du compte {ACCOUNT} : solde initial 1\u202f000,00\u00a0€ et "
        "mouvements 120,53\u00a0€ ne donnent pas le solde final 1\u202f120,63\u00a0€ (écart "
        "0,10\u00a0€). Rien n'est importé : demandez à la banque un relevé complet."
    )


def test_a_refusal_says_the_line_and_what_to_do():
    with pytest.raises(RecordLengthError) as refused:
        bank.read(cfonb_file(OPENING, "04", CLOSING))

    assert str(refused.value) == (
        "Ligne 2 : l'enregistrement compte 2 caractères au lieu de 120. Le fichier a été modifié "
        "ou coupé : téléchargez-le de nouveau auprès de la banque."
    )


def test_the_overpunch_sentence_shows_its_braces():
    with pytest.raises(BankFileError, match=r"attendu : \{, A à I, \} ou J à R"):
        bank.read(cfonb_file(OPENING, MOVEMENT.replace("1205C", "12053"), CLOSING))


# --- laws ----------------------------------------------------------------------------------

words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZÉÈÀ0123456789-/", min_size=1, max_size=12).filter(
    lambda word: word != "NOTPROVIDED"
)
phrases = st.lists(words, max_size=8).map(" ".join)
days = st.dates(date(1980, 1, 1), date(2079, 12, 31))
amounts = st.integers(0, 10**11).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def statements(draw):
    entries = []
    for index in range(1, draw(st.integers(0, 4)) + 1):
        amount = draw(amounts)
        detail = EntryDetail(
            amount=amount,
            end_to_end_id=draw(phrases)[:35].strip(),
            payer_name=draw(phrases)[:70].strip(),
            remittance_text=draw(phrases),
        )
        direction = draw(st.sampled_from(["CRDT", "DBIT"]))
        # In CFONB the sign of a zero is in its overpunch too.
        facts = {"direction": direction, "amount": amount, "details": (detail,)}
        label = draw(phrases)[:31].strip()
        moved = entry(index, "0.00", label=label, booking_date=draw(days), value_date=draw(days))
        entries.append(replace(moved, **facts))
    return statement(*entries, opening_date=draw(days), closing_date=draw(days))


@settings(max_examples=50)
@given(statements())
def test_reading_undoes_writing_camt(written):
    (read,) = bank.read(bank.write_camt053(written))

    assert comparable(read) == comparable(written)


@settings(max_examples=50)
@given(statements())
def test_reading_undoes_writing_cfonb(written):
    written = replace(
        written,
        statement_id=f"{written.opening_date:%Y%m%d}-{written.closing_date:%Y%m%d}",
        sequence_number=None,
        account_iban="",
        account_id=ACCOUNT,
        entries=tuple(
            # Zero has no direction in the sign of an amount.
            replace(line, direction="CRDT") if line.amount == 0 else line
            for line in written.entries
        ),
    )

    (read,) = bank.read(bank.write_cfonb120(written))

    assert comparable(read) == comparable(written)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_file_is_read_whole_or_refused_but_never_breaks(data):
    content = data.draw(st.sampled_from([CAMT, bank.write_cfonb120(CFONB_STATEMENT)]))
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:at] + data.draw(st.binary(max_size=3)) + content[at + 1 :]

    with suppress(BankFileError):
        for found in bank.read(damaged):
            moved = sum(line.signed for line in found.entries)
            assert found.opening_balance + moved == found.closing_balance


def test_a_brace_inside_the_namespace_is_no_bank_file():
    with pytest.raises(BankFileError, match="reconnu"):
        bank.read(CAMT.replace(b"urn:iso", b"u}n:iso"))
