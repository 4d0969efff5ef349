"""The proof of the books finds each kind of damage, and says where and by how much."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from echeance.base import clock
from echeance.base.models import Counter
from echeance.ledger import commands, queries
from echeance.ledger.models import (
    Account,
    Allocation,
    EntryLine,
    JournalEntry,
    Lettering,
    OpenItem,
    OpenItemVat,
    Period,
    VatMove,
)
from ledger.books import day


@pytest.fixture
def lived(books):
    """Books with a paid invoice, a part-paid one, a credit and an undone allocation."""
    paid, part = books.service("F1", "05/01", "04/02"), books.service("F2", "06/01", "04/02")
    books.settle(paid, books.receipt("R1", "04/02", "120.00"), "120.00", "04/02")
    books.settle(part, books.receipt("R2", "05/02", "50.00"), "50.00", "05/02")
    mistake = books.settle(part, books.receipt("R3", "06/02", "20.00"), "20.00", "06/02")
    books.undo([mistake], "07/02")
    assert queries.verify(books.actor.company) == []
    return books


def found(books):
    return [(one.code, one.message) for one in queries.verify(books.actor.company)]


def codes(books):
    return sorted({code for code, _ in found(books)})


def test_an_unbalanced_entry(lived):
    line = EntryLine.objects.get(entry__document_ref="F2", account__number="706000")
    EntryLine.objects.filter(pk=line.pk).update(credit=F("credit") + 1)

    assert found(lived) == [
        (
            "ledger.unbalanced_entry",
            (
                f"L'écriture F2 (n° {line.entry_id}) ne s'équilibre pas : débit 120,00\u00a0€, "
                "crédit 120,01\u00a0€."
            ),
        )
    ]


def test_an_entry_without_lines(lived):
    EntryLine.objects.filter(entry__document_ref="R3", account__number="512000").delete()
    OpenItem.objects.filter(document_ref="R3").update(line=EntryLine.objects.first())
    EntryLine.objects.filter(entry__document_ref="R3").delete()

    assert "ledger.unbalanced_entry" in codes(lived)


def test_a_hole_in_the_numbers(lived):
    JournalEntry.objects.filter(journal__code="VT", number=2).update(number=3)

    assert found(lived) == [
        ("ledger.entry_numbers", "Journal VT : 2 écritures numérotées de 1 à 3, compteur à 2.")
    ]


def test_a_counter_that_went_on_alone(lived):
    Counter.objects.filter(name__startswith="entry:VT").update(last=9)

    assert found(lived) == [
        ("ledger.entry_numbers", "Journal VT : 2 écritures numérotées de 1 à 2, compteur à 9.")
    ]


def test_an_entry_outside_its_year(lived):
    JournalEntry.objects.filter(document_ref="R3").update(entry_date=date(2027, 1, 1))

    assert found(lived) == [
        (
            "ledger.entry_date",
            (
                "L'écriture R3 du 01/01/2027 est hors de son exercice, ou a été passée après la "
                "clôture du mois."
            ),
        )
    ]


def test_an_entry_posted_after_its_month_was_closed(lived):
    Period.objects.filter(starts_on=date(2026, 1, 1)).update(
        closed_at=clock.now() - timedelta(minutes=1)
    )

    assert codes(lived) == ["ledger.entry_date"]
    assert len(found(lived)) == 2


def test_entries_posted_before_their_month_was_closed_are_right(lived):
    with clock.at(datetime(2026, 11, 25, 9, tzinfo=UTC)):
        commands.close_period(actor=lived.actor, day=day("28/02"))

    assert found(lived) == []


def test_a_party_account_that_is_not_its_items(lived):
    bank = Account.objects.get(number="512000")
    EntryLine.objects.filter(entry__document_ref="R3", account__number="411000").update(
        account=bank, party=None
    )

    assert found(lived) == [
        (
            "ledger.party_account",
            "Compte 411000, tiers A : solde 70,00\u00a0€, échéances ouvertes 50,00\u00a0€.",
        )
    ]


def test_an_allocation_between_two_customers(lived):
    OpenItem.objects.filter(document_ref="R2").update(party=lived.parties["B"])

    assert codes(lived) == ["ledger.allocation_pair"]


def test_an_allocation_before_the_invoice(lived):
    Allocation.objects.filter(debit_item__document_ref="F1").update(effective_date=day("01/01"))

    (finding,) = found(lived)
    assert finding[0] == "ledger.allocation_pair"
    assert "F1 et R1" in finding[1]


def test_an_open_amount_that_was_edited(lived):
    OpenItem.objects.filter(document_ref="F2").update(open_amount=Decimal("69.00"))

    assert (
        "ledger.open_amount",
        "F2 : 69,00\u00a0€ ouverts, 70,00\u00a0€ d'après ses affectations.",
    ) in found(lived)
    assert codes(lived) == ["ledger.open_amount", "ledger.party_account"]


def test_vat_that_is_not_what_was_settled(lived):
    OpenItemVat.objects.filter(item__document_ref="F2").update(moved=Decimal("9.00"))

    assert found(lived) == [
        (
            "ledger.vat_due",
            (
                "F2, TVA à 20 % : 9,00\u00a0€ exigibles, 8,33\u00a0€ d'après ses mouvements, "
                "8,33\u00a0€ d'après ses règlements."
            ),
        )
    ]


def test_a_lost_vat_move(lived):
    OpenItemVat.objects.filter(item__document_ref="F1").update(moved=0)
    VatMove.objects.filter(item_vat__item__document_ref="F1").delete()

    assert codes(lived) == ["ledger.vat_due"]


def test_a_vat_entry_that_says_something_else(lived):
    move = VatMove.objects.filter(item_vat__item__document_ref="F1").get()
    EntryLine.objects.filter(entry=move.entry, credit__gt=0).update(credit=Decimal("19.00"))
    EntryLine.objects.filter(entry=move.entry, debit__gt=0).update(debit=Decimal("19.00"))

    assert found(lived) == [
        (
            "ledger.vat_entry",
            (
                f"L'écriture n° {move.entry_id} porte 19,00\u00a0€ de TVA exigible, ses mouvements "
                "20,00\u00a0€."
            ),
        )
    ]


def test_a_letter_taken_off_one_item(lived):
    OpenItem.objects.filter(document_ref="R1").update(lettering=None)

    assert codes(lived) == ["ledger.letter"]
    assert ("ledger.letter", "F1 et R1 se soldent sans porter la même lettre.") in found(lived)


def test_a_letter_that_was_taken_back_but_still_stands(lived):
    Lettering.objects.update(undone_at=clock.now())

    assert codes(lived) == ["ledger.letter"]


def test_a_settled_group_without_its_letter(lived):
    OpenItem.objects.filter(lettering__isnull=False).update(lettering=None)

    ((code, message),) = found(lived)
    assert code == "ledger.letter_missing"
    assert message.endswith("se soldent sans lettre.")


def test_another_company_is_not_told_of_it(lived):
    from echeance.base.commands import create_company
    from echeance.base.types import CompanyFacts

    stranger = create_company(facts=CompanyFacts(name="Voisin", siren="404833048"))
    OpenItem.objects.filter(document_ref="F2").update(open_amount=Decimal("69.00"))

    assert queries.verify(stranger) == []
