"""CSV of banks: columns guessed with their doubts, read by the layout confirmed, rows proved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.core import bank, tabular
from echeance.core.bank.csv_layout import CsvLayout, guess_layout, read_csv
from echeance.core.bank.errors import (
    BalanceMismatchError,
    InvalidAmountError,
    LayoutMismatchError,
    LayoutNeededError,
    MalformedLineError,
    UnknownFormatError,
)

TWO_COLUMNS = """\
Compte courant n° 12345678901;;;;
Solde au 30/11/2026;1 230,10 €;;;

Date;Date de valeur;Libellé;Débit euros;Crédit euros
28/11/2026;29/11/2026;VIR DUPONT FA2026-000001;;1 250,00
27/11/2026;27/11/2026;"FRAIS; TENUE DE COMPTE";-19,90;
"""

BALANCES = """\
Date,Description,Amount,Balance,Reference
2026-11-03,=HYPERLINK("x"),-5.00,95.00,R3
2026-11-02,CARD,-20.50,100.00,R2
2026-11-01,WIRE DUPONT,120.50,120.50,R1
"""


def test_debit_and_credit_under_a_few_lines_of_the_bank():
    guess = guess_layout(TWO_COLUMNS.encode("cp1252"))

    assert guess.doubts == ()
    assert (guess.layout.header_line, guess.layout.date_format, guess.layout.decimal_mark) == (
        4,
        "%d/%m/%Y",
        ",",
    )
    (statement,) = bank.read(TWO_COLUMNS.encode("cp1252"))
    assert (statement.format, statement.proof, statement.closing_balance) == ("csv", "none", None)
    assert [
        (entry.signed, entry.booking_date, entry.value_date, entry.label, entry.line)
        for entry in statement.entries
    ] == [
        (
            Decimal("-19.90"),
            date(2026, 11, 27),
            date(2026, 11, 27),
            "FRAIS; TENUE DE COMPTE",
            6,
        ),
        (
            Decimal("1250.00"),
            date(2026, 11, 28),
            date(2026, 11, 29),
            "VIR DUPONT FA2026-000001",
            5,
        ),
    ]


def test_a_column_of_balances_proves_a_file_written_backwards():
    (statement,) = bank.read(BALANCES.encode())

    assert (statement.proof, statement.opening_balance, statement.closing_balance) == (
        "balances",
        Decimal("0.00"),
        Decimal("95.00"),
    )
    assert [entry.bank_reference for entry in statement.entries] == ["R1", "R2", "R3"]
    assert statement.entries[2].label == '=HYPERLINK("x")'


def test_a_row_left_out_breaks_the_balances():
    content = "".join(line for line in BALANCES.splitlines(keepends=True) if "CARD" not in line)

    with pytest.raises(BalanceMismatchError) as refusal:
        bank.read(content.encode())
    assert refusal.value.difference == Decimal("-20.50")


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        ("Date;Libellé;Montant\n03/04/2026;X;-1,00\n", "le jour et le mois"),
        ("Date;Libellé;Montant\n13/04/2026;X;1,00\n", "aucun montant n'est négatif"),
        ("Date;Libellé;Montant\n13/04/2026;X;-1,234\n", "le séparateur décimal"),
        ("Date;Libellé\n13/04/2026;X\n", "aucune colonne ne dit le montant"),
        ("Date;Libellé;Montant;Montant net\n13/04/2026;X;-1,00;2,00\n", "se ressemblent"),
    ],
)
def test_what_is_not_sure_is_asked(content, doubt):
    with pytest.raises(LayoutNeededError) as question:
        bank.read(content.encode())

    assert doubt in question.value.doubts


def test_a_layout_once_confirmed_reads_the_next_file_and_refuses_another():
    layout = guess_layout(b"Date;Libelle;Montant\n03/04/2026;X;-1,00\n").layout
    kept = CsvLayout.from_json(layout.to_json())

    (statement,) = read_csv(b"Date;Libelle;Montant\n04/04/2026;Y;2,00\n", kept, account="X1")

    assert (statement.account_key, statement.entries[0].signed) == ("X1", Decimal("2.00"))
    with pytest.raises(LayoutMismatchError):
        read_csv(b"Date;Montant;Libelle\n04/04/2026;2,00;Y\n", kept)


def test_bad_rows_are_refused_with_their_line():
    layout = guess_layout(b"Date;Libelle;Montant\n13/04/2026;X;-1,00\n").layout

    with pytest.raises(MalformedLineError) as refusal:
        read_csv(b"Date;Libelle;Montant\n13/04/2026;X;-1,00\n;Y;2,00;Z\n", layout)
    assert refusal.value.line == 3
    with pytest.raises(InvalidAmountError):
        read_csv(b"Date;Libelle;Montant\n13/04/2026;X;=1+1\n", layout)


def test_a_workbook_is_read_like_a_csv():
    content = tabular.write_xlsx(
        ["Date", "Libellé", "Montant", "Solde"],
        [
            [date(2026, 11, 2), "VIR DUPONT", Decimal("120.00"), Decimal("220.00")],
            [date(2026, 11, 3), "FRAIS", Decimal("-20.00"), Decimal("200.00")],
        ],
    )

    (statement,) = bank.read(content, filename="releve.xlsx")

    assert (statement.proof, statement.opening_balance, statement.closing_balance) == (
        "balances",
        Decimal("100.00"),
        Decimal("200.00"),
    )


def test_a_text_that_is_no_table_is_refused():
    with pytest.raises(UnknownFormatError):
        bank.read(b"Bonjour, voici\nle virement, merci\nbien, a vous\n")
