"""État de rapprochement: bank and books agree, or every line between them is told."""

from __future__ import annotations

from decimal import Decimal

from cash.treasury import treasury  # noqa: F401
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.models import Statement
from ledger.books import day


def report(treasury, when="30/06"):  # noqa: F811
    return queries.reconciliation(actor=treasury.actor, ledger_account="512000", on=day(when))


def test_bank_and_books_that_agree(treasury):  # noqa: F811
    entry = treasury.line("120.00", "05/06")
    cash.set_aside(actor=treasury.actor, entry_ids=[entry], reason="test")

    made = report(treasury)

    assert (made.ledger_balance, made.bank_balance, made.difference) == (
        Decimal("120.00"),
        Decimal("120.00"),
        0,
    )
    assert (made.not_booked, made.not_on_bank, made.unexplained) == ((), (), 0)


def test_each_line_that_only_one_of_them_knows_explains_the_difference(treasury):  # noqa: F811
    treasury.line("120.00", "05/06", "VIR INCONNU")
    treasury.line("-30.00", "06/06", "FRAIS")
    treasury.receipt("R1", "07/06", "45.00")

    made = report(treasury)

    assert (made.ledger_balance, made.bank_balance) == (Decimal("45.00"), Decimal("90.00"))
    assert [(one.label, one.amount) for one in made.not_booked] == [
        ("VIR INCONNU", Decimal("120.00")),
        ("FRAIS", Decimal("-30.00")),
    ]
    assert [(one.reference, one.amount) for one in made.not_on_bank] == [("R1", Decimal("45.00"))]
    assert (made.difference, made.unexplained) == (Decimal("45.00"), 0)


def test_a_match_undone_leaves_the_line_to_book_and_nothing_else(treasury):  # noqa: F811
    entry = treasury.line("120.00", "05/06")
    [match] = cash.set_aside(actor=treasury.actor, entry_ids=[entry], reason="test")
    cash.undo_matches(actor=treasury.actor, match_ids=[match])

    now, then = report(treasury, "24/11"), report(treasury, "30/06")

    assert [len(now.not_booked), len(now.not_on_bank), now.unexplained] == [1, 0, 0]
    # On 30 June the books still held the entry, reversed in November.
    assert [len(then.not_booked), len(then.not_on_bank), then.unexplained] == [1, 1, 0]


def test_the_opening_of_the_bank_and_a_missing_statement_are_told(treasury):  # noqa: F811
    treasury.line("10.00", "05/06")
    treasury.statement.opening_balance = Decimal("1000.00")
    treasury.statement.closing_balance = Decimal("1010.00")
    treasury.statement.save()
    Statement.objects.create(
        company=treasury.actor.company,
        bank_account=treasury.bank,
        file=treasury.statement.file,
        opening_date=day("01/07"),
        opening_balance=Decimal("1060.00"),
        closing_date=day("31/07"),
        closing_balance=Decimal("1060.00"),
        imported_at=treasury.statement.imported_at,
    )

    made = report(treasury, "31/07")

    assert (made.opening, made.gap, made.bank_balance) == (
        Decimal("1000.00"),
        Decimal("50.00"),
        Decimal("1060.00"),
    )
    assert (len(made.not_booked), made.unexplained) == (1, 0)


def test_books_that_open_with_the_balance_of_the_bank_agree(treasury):  # noqa: F811
    treasury.post("AN AN1 01/01", "512000 D1000.00; 890000 C1000.00")
    treasury.line("10.00", "05/06")
    treasury.statement.opening_balance = Decimal("1000.00")
    treasury.statement.closing_balance = Decimal("1010.00")
    treasury.statement.save()

    made = report(treasury)

    assert (made.opening, made.difference, made.unexplained) == (0, Decimal("10.00"), 0)


def test_without_a_statement_the_books_stand_alone(treasury):  # noqa: F811
    treasury.receipt("R1", "07/06", "45.00")

    made = report(treasury)

    assert (made.bank_balance, made.ledger_balance, made.unexplained) == (
        None,
        Decimal("45.00"),
        0,
    )


def test_between_two_closings_the_lines_of_the_later_statement_count(treasury):  # noqa: F811
    treasury.line("10.00", "05/06")
    treasury.line("20.00", "20/06")

    made = report(treasury, "10/06")

    assert (made.bank_balance, len(made.not_booked), made.unexplained) == (Decimal("10.00"), 1, 0)
