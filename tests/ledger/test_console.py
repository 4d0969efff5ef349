"""The console says whether the books are right, by its words and by its exit status."""

import json

from typer.testing import CliRunner

from echeance.ledger.console import app
from echeance.ledger.models import JournalEntry


def test_right_books_end_with_zero(books):
    books.service("F1", "05/01", "04/02")

    result = CliRunner().invoke(app, ["verify", "--json"])

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"sound": True, "findings": []}


def test_wrong_books_end_with_one_and_say_what(books):
    books.service("F1", "05/01", "04/02")
    JournalEntry.objects.update(number=2)

    result = CliRunner().invoke(app, ["verify"])

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Journal VT : 1 écritures numérotées de 2 à 2, compteur à 1.",
        "1 anomalie(s).",
    ]


def test_the_aged_balance_of_a_day_for_programs(books):
    books.service("F1", "05/01", "04/02")
    books.receipt("R1", "04/02", "20.00")

    result = CliRunner().invoke(app, ["aged", "--on", "2026-02-10", "--json"])

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "on": "2026-02-10",
        "total": "100.00",
        "rows": [
            {
                "party_id": books.parties["A"],
                "party": "Alma",
                "not_due": "0.00",
                "1-30": "120.00",
                "31-60": "0.00",
                "61-90": "0.00",
                "91-120": "0.00",
                "over_120": "0.00",
                "credits": "20.00",
                "balance": "100.00",
            }
        ],
    }


def test_the_aged_balance_of_a_day_for_people(books):
    books.service("F1", "05/01", "04/02")

    result = CliRunner().invoke(app, ["aged", "--on", "10/02/2026"])

    lines = result.stdout.splitlines()
    assert lines[0] == "Balance âgée au 10/02/2026"
    assert lines[2].split("  ")[0] == "Alma"
    assert lines[2].endswith("120,00\u00a0€")
    assert lines[3].startswith("Total")
