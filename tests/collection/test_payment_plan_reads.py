"""What a payment plan covers, and which calls are on the list: the first of what others read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from echeance.collection import commands, queries
from echeance.collection.models import CallTask, PaymentPlan
from echeance.collection.types import NewCall
from echeance.parties.commands import add_contacts
from echeance.parties.types import ContactFacts

TODAY = date(2026, 11, 24)
SOON = date(2026, 12, 1)


@pytest.fixture
def dupont(world):
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 10, 12)))[0]
    return party


def a_plan(actor, party, first, state="accepted"):
    plan = PaymentPlan.objects.create(
        company=actor.company, party=party, state=state, total=Decimal("1000.00"),
        made_at=datetime(2026, 11, 2, tzinfo=UTC), made_by="x", accepted_on=date(2026, 11, 3),
        accepted_at=datetime(2026, 11, 3, tzinfo=UTC),
    )  # fmt: skip
    plan.items.create(
        company=actor.company, open_item_id=party.item_id, document_ref="F-1", amount=1000
    )
    for rank, day in enumerate((first, SOON), 1):
        plan.instalments.create(company=actor.company, rank=rank, due_on=day, amount=500)
    return plan


def test_an_accepted_plan_on_schedule_covers_its_items(world, actor, dupont):
    plan = a_plan(actor, dupont, date(2026, 11, 10))
    world.pays(dupont, dupont.item_id, "500.00", date(2026, 11, 9))

    found = queries.items_under_plan(actor=actor, on=TODAY)[dupont.item_id]

    assert found.reason == (
        f"échéancier n° {plan.pk} accepté, échéance de 500,00\u00a0€ le 01/12/2026"
    )
    assert found.until == date(2026, 12, 4)


def test_a_plan_whose_instalment_was_missed_covers_nothing(actor, dupont):
    a_plan(actor, dupont, date(2026, 11, 10))

    assert queries.items_under_plan(actor=actor, on=TODAY) == {}


def test_what_the_bank_has_not_told_yet_is_not_missed(actor, dupont):
    a_plan(actor, dupont, date(2026, 11, 22))

    found = queries.items_under_plan(actor=actor, on=date(2026, 12, 24))

    assert found[dupont.item_id].until == date(2026, 12, 24)


@pytest.mark.parametrize("state", ["draft", "proposed", "broken", "completed", "cancelled"])
def test_a_plan_that_is_not_in_force_covers_nothing(actor, dupont, state):
    a_plan(actor, dupont, SOON, state)

    assert queries.items_under_plan(actor=actor, on=TODAY) == {}


def test_a_matter_is_on_the_list_of_calls_once(actor, dupont):
    call = NewCall(dupont.pk, "reminder:1", "Relance 2", TODAY, Decimal("1000.00"))

    first = commands.make_calls(actor=actor, calls=[call])
    again = commands.make_calls(actor=actor, calls=[call, call])

    assert [row.pk for row in again] == [first[0].pk] * 2
    assert CallTask.objects.count() == 1


def test_a_call_takes_its_number_from_the_contact_for_reminders(actor, dupont):
    for purpose, name, phone in (
        ("general", "Accueil", "0100000000"),
        ("reminders", "Mme Petit", "0612345678"),
    ):
        facts = ContactFacts(dupont.pk, f"{name[:3]}@x.example", purpose, name, phone)
        add_contacts(actor=actor, contacts=[facts])

    (row,) = commands.make_calls(actor=actor, calls=[NewCall(dupont.pk, "k", "Relance", TODAY)])

    assert (row.contact_name, row.phone) == ("Mme Petit", "0612345678")
