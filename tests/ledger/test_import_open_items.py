"""Open items taken over from another program: every bad cell said, all or nothing, never twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.archive.models import StoredFile
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.core.tabular import write_csv, write_xlsx
from echeance.ledger import commands, queries
from echeance.ledger.errors import (
    NoFiscalYearError,
    OpenItemColumnsError,
    OpenItemsKnownError,
    OpenItemsRefusedError,
)
from echeance.ledger.models import EntryLine, JournalEntry, OpenItem
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts

ON = date(2026, 11, 24)
TITLES = ("Code client", "Numéro", "Date", "Échéance", "Reste dû", "TVA", "Taux de TVA", "Commande")
ROWS = (
    ("C1", "F-118", "15/10/2026", "14/11/2026", "1200,00", "200,00", "20", "CDE-9"),
    ("C1", "F-119", "20/10/2026", "19/11/2026", "50,00", "", "", ""),
    ("C2", "A-7", "02/11/2026", "02/11/2026", "-30,00", "", "", ""),
)


@pytest.fixture
def customers(actor):
    commands.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    return parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(code=code, name=name, category="consumer")
            for code, name in (("C1", "Dupont"), ("C2", "Martin"))
        ],
    )


def take(actor, rows=ROWS, titles=TITLES, on=ON, dry_run=False, content=None):
    return commands.import_open_items(
        actor=actor,
        content=content or write_csv(titles, rows),
        filename="reprise.csv",
        on=on,
        dry_run=dry_run,
    )


def balance(actor, account):
    return queries.account_balance(actor=actor, account=account)


def test_a_dry_run_says_what_would_be_owed_and_writes_nothing(actor, customers):
    report = take(actor, dry_run=True)

    assert (report.rows, report.total, report.problems) == (3, Decimal("1220.00"), ())
    assert not JournalEntry.objects.exists()
    assert not StoredFile.objects.exists()


def test_items_are_taken_over_with_their_dates_and_the_books_stay_proved(actor, customers):
    take(actor)

    rows = OpenItem.objects.order_by("pk").values_list(
        "document_ref", "side", "kind", "document_date", "due_date", "open_amount", "order_ref"
    )
    assert list(rows) == [
        ("F-118", "debit", "invoice", date(2026, 10, 15), date(2026, 11, 14), Decimal("1200.00"),
         "CDE-9"),
        ("F-119", "debit", "invoice", date(2026, 10, 20), date(2026, 11, 19), Decimal("50.00"), ""),
        ("A-7", "credit", "credit_note", date(2026, 11, 2), date(2026, 11, 2), Decimal("30.00"),
         ""),
    ]  # fmt: skip
    assert balance(actor, "411") == Decimal("1220.00")
    assert balance(actor, "44574") == Decimal("-200.00")
    assert balance(actor, "890") == Decimal("-1020.00")
    assert set(JournalEntry.objects.values_list("journal__code", "entry_date")) == {("AN", ON)}
    assert StoredFile.objects.get().kind == "open_items_import"
    assert verify(company=actor.company) == []


def test_the_vat_becomes_due_with_the_money(actor, customers):
    take(actor)
    item = OpenItem.objects.get(document_ref="F-118")
    receipt = EntryFacts(
        "BQ", ON, "VIR", ON, "Virement",
        (Posting("512000", debit=Decimal("600.00")),
         Posting("411000", credit=Decimal("600.00"), party_id=customers[0].pk)),
        (NewOpenItem(1, ON, "receipt", "VIR"),),
    )  # fmt: skip
    [posted] = commands.post_entries(actor=actor, entries=[receipt])

    commands.allocate(
        actor=actor,
        allocations=[NewAllocation(item.pk, posted.item_ids[0], Decimal("600.00"), ON)],
    )

    assert balance(actor, "44574") == Decimal("-100.00")
    assert balance(actor, "44571") == Decimal("-100.00")
    assert verify(company=actor.company) == []


def test_a_workbook_is_read_like_a_csv(actor, customers):
    content = write_xlsx(
        TITLES[:5], [("C1", "F-1", date(2026, 10, 1), date(2026, 10, 31), Decimal("12.50"))]
    )

    take(actor, content=content)

    assert OpenItem.objects.get().amount == Decimal("12.50")


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({0: "C9"}, "Code client", "Ce client est inconnu : importez d'abord les clients."),
        ({0: ""}, "Code client", "Cette cellule est vide : remplissez-la."),
        ({1: ""}, "Numéro", "Cette cellule est vide : remplissez-la."),
        ({1: "F" * 81}, "Numéro", "Le numéro dépasse 80 caractères."),
        ({2: "31/02/2026"}, "Date", "existante"),
        ({2: "25/11/2026"}, "Date", "postérieure à la reprise du 24/11/2026"),
        ({3: "demain"}, "Échéance", "existante"),
        ({4: "beaucoup"}, "Reste dû", "un nombre est attendu"),
        ({4: "0,00"}, "Reste dû", "soldée"),
        ({4: "1,2345", 5: ""}, "Reste dû", "deux décimales"),
        ({5: "210,00"}, "TVA", "est de 200,00"),
        ({6: "21"}, "TVA", "Donnez le taux"),
        ({6: ""}, "TVA", "Donnez le taux"),
        ({4: "-1200,00", 5: "-200,00"}, "TVA", "avoir"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_taken_over(actor, customers, cells, column, reason):
    bad = tuple(cells.get(place, value) for place, value in enumerate(ROWS[0]))

    report = take(actor, rows=(bad, ROWS[1]), dry_run=True)
    with pytest.raises(OpenItemsRefusedError) as refused:
        take(actor, rows=(bad, ROWS[1]))

    [problem] = report.problems
    assert (problem.row, problem.column) == (2, column)
    assert reason in problem.reason
    assert "ligne 2" in str(refused.value)
    assert not JournalEntry.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_document_that_is_there_or_stands_twice_is_refused(actor, customers):
    take(actor, rows=ROWS[:1])

    report = take(actor, rows=(ROWS[0], ROWS[1], ROWS[1]), dry_run=True)

    assert [(one.row, one.reason) for one in report.problems] == [
        (2, "Cette pièce est déjà en comptabilité."),
        (4, "Cette échéance est déjà en ligne 3."),
    ]


def test_instalments_of_a_document_are_so_many_lines(actor, customers):
    second = ("C1", "F-118", "15/10/2026", "14/12/2026", "10,00", "", "", "")

    take(actor, rows=(ROWS[0], second))

    assert OpenItem.objects.filter(document_ref="F-118").count() == 2


def test_the_same_bytes_are_never_taken_over_twice(actor, customers):
    take(actor)

    with pytest.raises(OpenItemsKnownError) as refused:
        take(actor)

    assert "a déjà été repris le 24/11/2026" in str(refused.value)
    assert OpenItem.objects.count() == 3


def test_a_missing_and_an_unknown_column_are_said(actor, customers):
    with pytest.raises(OpenItemColumnsError, match="« Échéance »"):
        take(actor, titles=("Client", "Numéro", "Date", "Montant"), rows=())
    report = take(
        actor, titles=(*TITLES[:5], "Humeur"), rows=[(*ROWS[1][:5], "bonne")], dry_run=True
    )
    assert [(one.row, one.column) for one in report.problems] == [(1, "Humeur")]


def test_a_line_with_too_many_cells_is_refused(actor, customers):
    report = take(actor, titles=TITLES[:5], rows=[(*ROWS[1][:5], "de trop")], dry_run=True)

    assert "plus de cellules que de titres" in report.problems[0].reason


def test_a_day_of_no_fiscal_year_is_refused(actor, customers):
    with pytest.raises(NoFiscalYearError):
        take(actor, on=date(2027, 1, 5))

    assert not EntryLine.objects.exists()


def test_whoever_may_not_post_takes_nothing_over(actor, customers):
    reader = Actor(company=actor.company, user=None, rights=frozenset())

    with pytest.raises(RightMissingError):
        take(reader, dry_run=True)


def test_another_company_may_take_over_the_same_file(actor, customers):
    from echeance.base.actor import system
    from echeance.base.types import CompanyFacts

    take(actor)
    other = system(base.create_company(facts=CompanyFacts(name="Zéphyr", siren="404833048")))
    commands.set_up_books(
        actor=other, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )

    report = take(other, dry_run=True)

    # Its customers are its own: none has these codes, and none of our documents is seen.
    assert {one.column for one in report.problems} == {"Code client"}
