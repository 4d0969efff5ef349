"""Statements of account: exact at a past day, once a customer and day, checked before they leave."""

from datetime import date
from decimal import Decimal

import pytest

from collection.conftest import TODAY, at
from collection.letters import pages
from echeance.archive import queries as archive
from echeance.base import clock
from echeance.collection import commands, queries
from echeance.collection.errors import StatementDayError
from echeance.collection.models import AccountStatement, DunningLevel
from echeance.core.tabular import read_table
from echeance.parties.models import Contact, Party
from echeance.transmission.models import Message

JULY = date(2026, 7, 31)


@pytest.fixture
def lefevre(world):
    """Two invoices, one paid in part in September, and a payment not applied."""
    party = world.customer("Boulangerie Lefèvre")
    (first,) = world.invoice(party, "F1", ("1200.00", date(2026, 6, 30)))
    world.invoice(party, "F2", ("360.00", date(2026, 11, 30)))
    world.pays(party, first, "500.00", date(2026, 9, 15))
    world.receipt(party, "60.00", date(2026, 11, 20))
    return party


def make(world, *parties, on=TODAY, send=False):
    return commands.make_statements(
        actor=world.actor, party_ids=[one.pk for one in parties], on=on, send=send
    )


def facts(world, party, on=TODAY):
    return queries.statement_facts(actor=world.actor, party_ids=[party.pk], on=on)[party.pk]


def test_a_statement_gives_what_is_open_with_its_running_balance(world, lefevre):
    told = facts(world, lefevre)

    assert [(one.number, str(one.outstanding), str(one.balance)) for one in told.lines] == [
        ("F1", "700.00", "700.00"),
        ("VIR", "-60.00", "640.00"),
        ("F2", "360.00", "1000.00"),
    ]
    assert told.balance == Decimal("1000.00")
    assert told.overdue == Decimal("700.00")
    # not due, 1 to 30, 31 to 60, 61 to 90, more, to deduct; F1 is 147 days late
    assert [str(one) for one in told.ages] == ["360.00", "0", "0", "0", "700.00", "-60.00"]


def test_a_statement_of_a_past_day_is_as_things_stood_then(world, lefevre):
    told = facts(world, lefevre, JULY)

    assert [(one.number, str(one.outstanding), one.days_late) for one in told.lines] == [
        ("F1", "1200.00", 31),
        ("F2", "360.00", 0),
    ]


def test_the_file_says_the_same_in_the_language_of_the_customer(world, lefevre):
    english = world.customer("Smith Ltd", language="en")
    world.invoice(english, "F3", ("80.00", date(2026, 10, 31)))

    made = make(world, lefevre, english).made

    texts = {
        row.party.name: pages(archive.content(actor=world.actor, file_id=row.file_id))
        for row in AccountStatement.objects.filter(pk__in=made)
    }
    assert "Relevé de compte au 24 novembre 2026" in texts["Boulangerie Lefèvre"]
    assert (
        "F1 15/01/2026 30/06/2026 147 j 1 200,00 € 700,00 € 700,00 €"
        in (texts["Boulangerie Lefèvre"])
    )
    assert "Solde en notre faveur 1 000,00 €" in texts["Boulangerie Lefèvre"]
    assert "Statement of account on 24 November 2026" in texts["Smith Ltd"]
    assert "Balance in our favour 80,00 €" in texts["Smith Ltd"]


def test_the_workbook_has_the_same_figures(world, lefevre):
    content = queries.statement_xlsx(actor=world.actor, party_id=lefevre.pk, on=TODAY)

    rows = list(read_table(content, "releve.xlsx").rows)
    assert [
        (row.cells["Pièce"], row.cells["Reste ouvert"], row.cells["Solde"]) for row in rows
    ] == [("F1", 700, 700), ("VIR", -60, 640), ("F2", 360, 1000)]


def test_one_statement_a_customer_and_day(world, lefevre):
    first = make(world, lefevre)
    again = make(world, lefevre)
    other_day = make(world, lefevre, on=JULY)

    assert again.made == ()
    assert again.known == first.made
    assert len(other_day.made) == 1


def test_a_customer_who_owes_nothing_has_no_statement(world):
    party = world.customer("Garage Petit")

    assert make(world, party).empty == (party.pk,)
    assert not AccountStatement.objects.exists()


def test_a_day_to_come_is_refused(world, lefevre):
    with pytest.raises(StatementDayError):
        make(world, lefevre, on=date(2026, 11, 25))


def test_a_sent_statement_is_held_then_leaves_with_its_files(world, lefevre):
    (pk,) = make(world, lefevre, send=True).made
    row = AccountStatement.objects.get(pk=pk)
    assert row.message.status == "held"
    assert row.message.subject_line == "Relevé de compte au 24/11/2026"
    assert "Solde : 1\u202f000,00\xa0€, dont échu : 700,00\xa0€." in row.message.body
    assert [one.file.filename for one in row.message.files.order_by("order")] == [
        f"releve-{lefevre.code}-2026-11-24.pdf",
        f"releve-{lefevre.code}-2026-11-24.xlsx",
    ]

    with at(TODAY, 12):
        report = commands.release_statements(actor=world.actor, now=clock.now())

    row.message.refresh_from_db()
    assert report.released == (pk,)
    assert row.message.status == "released"


def test_a_statement_whose_balance_has_changed_is_taken_back(world, lefevre):
    (pk,) = make(world, lefevre, send=True).made
    world.receipt(lefevre, "100.00", TODAY)

    with at(TODAY, 12):
        report = commands.release_statements(actor=world.actor, now=clock.now())

    row = AccountStatement.objects.get(pk=pk)
    assert row.message.status == "withdrawn"
    assert report.cancelled[0].reason == (
        "Le solde a changé : 1\u202f000,00\xa0€ annoncés, 900,00\xa0€ dus."
    )


def test_a_statement_whose_recipients_have_changed_is_taken_back(world, lefevre):
    make(world, lefevre, send=True)
    world.contact(lefevre, "autre@lefevre.example")

    with at(TODAY, 12):
        report = commands.release_statements(actor=world.actor, now=clock.now())

    assert "destinataires ont changé" in report.cancelled[0].reason


def test_who_cannot_be_mailed_is_written_to_by_post(world, lefevre):
    Contact.objects.update(is_active=False)

    (pk,) = make(world, lefevre, send=True).made

    row = AccountStatement.objects.get(pk=pk)
    assert row.message is None
    assert row.letter.address == ["Boulangerie Lefèvre", "1 rue des Forges", "75001 PARIS"]


def test_who_can_be_neither_mailed_nor_posted_to_is_told(world, lefevre):
    Contact.objects.update(is_active=False)
    Party.objects.update(address_line="", city="", postcode="")

    report = make(world, lefevre, send=True)

    assert report.unsent == {
        lefevre.pk: "ni contact à qui écrire, ni courrier possible : l'adresse n'a ni rue ni ville"
    }
    assert len(report.made) == 1


def test_the_number_of_queries_does_not_follow_that_of_customers(
    world, django_assert_max_num_queries
):
    parties = [world.customer(f"Client {rank}") for rank in range(30)]
    for rank, party in enumerate(parties):
        world.invoice(party, f"F{rank}", ("10.00", date(2026, 10, 31)))

    with django_assert_max_num_queries(70):
        report = make(world, *parties, send=True)

    assert len(report.made) == 30


def test_the_customers_to_state_are_those_with_something_open(world, lefevre):
    world.customer("Garage Petit")

    assert queries.customers_to_state(actor=world.actor, on=TODAY) == {
        lefevre.pk: Decimal("1000.00")
    }
    assert queries.customers_to_state(actor=world.actor, on=JULY) == {
        lefevre.pk: Decimal("1560.00")
    }


def test_a_reminder_by_mail_goes_with_the_statement_where_its_level_joins_it(world, lefevre):
    DunningLevel.objects.update(attaches_statement=True)

    world.prepare()

    (row,) = AccountStatement.objects.all()
    message = Message.objects.get(kind="reminder")
    assert [one.file_id for one in message.files.all()] == [row.file_id]
    assert row.on == TODAY
