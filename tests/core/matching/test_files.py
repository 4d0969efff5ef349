"""Goal: strangers' files are read as they are written, refused with the line, and matched."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from echeance.cli.main import build
from echeance.core.bank import EntryDetail, Statement, StatementEntry, write_camt053
from echeance.core.matching.errors import (
    ItemColumnsError,
    ItemKnownError,
    ItemLineError,
    PolicyFileError,
)
from echeance.core.matching.files import (
    DEFAULT_RULES,
    match_files,
    payment_of,
    read_items,
    read_policy,
)

IBAN = "FR7630006000011234567890189"
HEADER = "item_id,debtor_id,debtor_name,debtor_iban,document_number,issue_date,due_date,amount,open_amount,currency\n"
LINES = (
    f"0007,C1,Durand & Fils,{IBAN},FA-2026-0041,2026-10-01,2026-10-31,120.00,120.00,EUR\n"
    "0008,C2,Mercier,,FA-2026-0042,2026-10-01,2026-10-31,80.50,80.50,EUR\n"
    "0009,C1,Durand & Fils,,AV-2026-0007,2026-10-01,2026-10-31,-20.00,-20.00,EUR\n"
)


def entry(rank: int, amount: str, text: str, **facts) -> StatementEntry:
    detail = EntryDetail(
        amount=Decimal(amount), remittance_text=text, end_to_end_id=f"E2E-{rank}", **facts
    )
    return StatementEntry(
        index=rank,
        direction="CRDT",
        amount=Decimal(amount),
        reversal=False,
        booking_date=date(2026, 11, 20),
        value_date=date(2026, 11, 20),
        bank_reference=f"B{rank}",
        bank_code="PMNT-RCDT-ESCT",
        label="VIR",
        details=(detail,),
        raw="",
        fingerprint="",
    )


def statement(*entries: StatementEntry) -> Statement:
    total = sum((found.signed for found in entries), Decimal(0))
    return Statement(
        format="camt.053.001.08",
        statement_id="S1",
        sequence_number=1,
        account_iban="FR7610107001011234567890129",
        account_id="",
        account_key="10107-00101-12345678901",
        currency="EUR",
        opening_balance=Decimal("0.00"),
        closing_balance=total,
        opening_date=date(2026, 11, 20),
        closing_date=date(2026, 11, 20),
        entries=entries,
    )


def test_the_console_answers_one_line_an_entry(tmp_path):
    items, bank = tmp_path / "items.csv", tmp_path / "releve.xml"
    items.write_text(HEADER + LINES, encoding="utf-8")
    bank.write_bytes(
        write_camt053(statement(entry(1, "120.00", "FA-2026-0041"), entry(2, "7.77", "MERCI")))
    )

    answer = CliRunner().invoke(
        build(), ["cash", "match", "--items", str(items), "--statement", str(bank), "--json"]
    )

    assert answer.exit_code == 0, answer.output
    first, second = map(json.loads, answer.stdout.splitlines())
    assert first == {
        "entry": 1,
        "reference": "B1",
        "amount": "120.00",
        "decision": "applied",
        "allocations": [{"item_id": "0007", "amount": "120.00"}],
        "differences": [],
        "alternatives": 0,
        "reasons": first["reasons"],
    }
    assert (second["decision"], second["allocations"]) == ("unknown", [])
    assert second["reasons"]


def test_identifiers_stay_as_written_and_the_iban_is_known():
    found = read_items((HEADER + LINES).encode())

    assert found.item_ids == ("0007", "0008", "0009")
    assert found.known_payers == {IBAN: 1}
    assert [item.open_amount for item in found.items] == [
        Decimal("120.00"),
        Decimal("80.50"),
        Decimal("-20.00"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_semicolons_french_dates_and_commas_are_read(encoding):
    text = HEADER.replace(",", ";") + (
        "1;C1;Société Générale d'Été;;FA-1041;01/10/2026;;1 234,50;1 234,50;eur\n"
    )

    (item,) = read_items(text.encode(encoding)).items

    assert item.debtor_names == ("Société Générale d'Été",)
    assert (item.issue_date, item.due_date) == (date(2026, 10, 1), date(2026, 10, 1))
    assert (item.open_amount, item.currency) == (Decimal("1234.50"), "EUR")


def test_an_iban_of_two_debtors_says_that_either_may_pay():
    text = HEADER + LINES.replace("Mercier,,", f"Mercier,{IBAN},")

    found = read_items(text.encode())

    assert found.known_payers == {}
    assert [(link.kind, link.value, link.debtor_ids) for link in found.links] == [
        ("iban", IBAN, frozenset({1, 2}))
    ]


BAD_LINES = [
    ("2026-10-01", "2026-13-01", "Échéances, ligne 2, colonne issue_date : « 2026-13-01 » n'est pas une date"),
    ("120.00,120.00", "120.00,abc", "ligne 2, colonne open_amount : « abc » n'est pas un montant"),
    ("120.00,120.00", "1.234,1.234", "« 1.234 » n'est pas un montant au centime"),
    ("120.00,120.00", "120.00,130.00", "« 130.00 » n'est pas entre 0 et le montant"),
    ("120.00,120.00", "120.00,-10.00", "« -10.00 » n'est pas entre 0 et le montant"),
    ("0007,C1", ",C1", "colonne item_id : «  » n'est pas un identifiant"),
    ("Durand & Fils", "D" * 2000, "n'est pas un texte de moins de 1000 caractères"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "sentence"), BAD_LINES, ids=[case[1][:12] for case in BAD_LINES]
)
def test_a_bad_line_is_refused_with_its_line(old, new, sentence):
    with pytest.raises(ItemLineError) as caught:
        read_items((HEADER + LINES.replace(old, new, 1)).encode())

    assert sentence in str(caught.value)


def test_a_repeated_identifier_and_a_missing_column_are_refused():
    with pytest.raises(ItemKnownError, match="ligne 5"):
        read_items((HEADER + LINES + LINES).encode())
    with pytest.raises(ItemColumnsError, match="currency"):
        read_items(HEADER.replace(",currency", "").encode())
    with pytest.raises(ItemColumnsError, match="item_id"):
        read_items(b"")


def test_a_policy_is_read_from_json_and_from_toml():
    as_json = b'{"part_payments": false, "differences": [{"kind": "rounding", "account": "658", "limit_amount": "0.05", "direction": "both"}]}'
    as_toml = b'part_payments = false\n[[differences]]\nkind = "rounding"\naccount = "658"\nlimit_amount = "0.05"\ndirection = "both"\n'

    rules = read_policy(as_json)

    assert rules == read_policy(as_toml)
    assert rules.part_payments is False
    (line,) = rules.differences
    assert (line.kind, line.limit_amount, line.direction) == ("rounding", Decimal("0.05"), "both")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"color": 1}', "« color » n'est pas un réglage connu"),
        (b'{"differences": [{"kind": "magic", "limit_amount": "1"}]}', "« kind » est l'un de"),
        (b'{"differences": [{"kind": "small"}]}', "a besoin d'une limite"),
        (b'{"differences": [{"kind": "small", "limit_amount": "-1"}]}', "nombre positif"),
        (b'{"sum_work_max": 0}', "un nombre entier positif"),
        (b'{"part_payments": "oui"}', "vrai ou faux"),
        (b"{", "JSON"),
        (b"[[", "JSON ou en TOML"),
    ],
)
def test_a_policy_that_cannot_be_read_is_refused(content, sentence):
    with pytest.raises(PolicyFileError) as caught:
        read_policy(content)

    assert sentence in str(caught.value)


def test_the_transactions_of_a_batch_are_parts_when_their_sum_is_the_amount():
    details = (
        EntryDetail(amount=Decimal("120.00"), payer_name="Durand", remittance_text="FA-2026-0041"),
        EntryDetail(amount=Decimal("80.50"), payer_name="Mercier", remittance_text="FA-2026-0042"),
    )
    whole = replace(entry(1, "200.50", ""), details=details)
    without = replace(whole, details=(details[0], replace(details[1], amount=None)))

    paid = payment_of(whole, entry_id=1, currency="EUR")

    assert [(part.amount, part.payer_name, part.text) for part in paid.parts] == [
        (Decimal("120.00"), "Durand", "FA-2026-0041"),
        (Decimal("80.50"), "Mercier", "FA-2026-0042"),
    ]
    assert paid.payer_name == ""
    assert payment_of(without, entry_id=1, currency="EUR").parts == ()


def test_an_item_paid_by_one_entry_is_not_paid_again_by_a_later_one():
    later = replace(entry(2, "120.00", "FA-2026-0041"), booking_date=date(2026, 11, 21))
    paid = statement(entry(1, "120.00", "FA-2026-0041"), later)

    answers = list(match_files(read_items((HEADER + LINES).encode()), [paid], rules=DEFAULT_RULES))

    assert [answer["decision"] for answer in answers] == ["applied", "asked"]
