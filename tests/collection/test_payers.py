"""How customers pay, read from the books: profiles, expected days, forecast, order of calls."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collection.conftest import TODAY, at
from echeance.collection import commands, queries
from echeance.collection.models import PayerProfile, PaymentPrediction
from echeance.collection.types import DisputeReason
from echeance.core.payers import Action, Grade
from echeance.ledger import commands as ledger
from echeance.ledger.types import NewAllocation
from echeance.parties import commands as parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def habits(world):
    """Ponctuel pays on the day, Tardif forty days late; each owes one more invoice."""
    found = {}
    for name, late, next_due in (
        ("Ponctuel", 0, date(2026, 11, 26)),
        ("Tardif", 40, date(2026, 11, 20)),
    ):
        party = world.customer(name)
        for month in range(2, 8):
            due = date(2026, month, 10)
            [item] = world.invoice(party, f"{name}-{month}", ("120.00", due))
            world.pays(party, item, "120.00", due + timedelta(days=late))
        [item] = world.invoice(party, f"{name}-9", ("600.00", next_due))
        found[name] = (party, item)
    return found


def test_profiles_are_reckoned_from_the_bank_and_never_typed(world, habits):
    report = commands.reckon_payers(actor=world.actor, on=TODAY)

    profile = queries.payer_profile(actor=world.actor, party_id=habits["Tardif"][0].pk)
    assert report.profiles == 2
    assert (profile.paid_count, profile.median_days_late, profile.grade) == (6, 40, Grade.LATE)
    assert profile.paid_amount == Decimal("720.00")
    good = queries.payer_profile(actor=world.actor, party_id=habits["Ponctuel"][0].pk)
    assert (good.weighted_days_late, good.grade) == (Decimal("0.0"), Grade.PROMPT)


def test_the_expected_day_follows_the_habit(world, habits):
    commands.reckon_payers(actor=world.actor, on=TODAY)

    items = [item for _, item in habits.values()]
    found = queries.foreseen(actor=world.actor, item_ids=items)
    assert found[habits["Tardif"][1]].expected_on == date(2026, 12, 30)
    assert found[habits["Ponctuel"][1]].expected_on >= TODAY


def test_run_twice_the_same_day_it_writes_the_same(world, habits):
    commands.reckon_payers(actor=world.actor, on=TODAY)
    before = list(PaymentPrediction.objects.values()), list(PayerProfile.objects.values())

    commands.reckon_payers(actor=world.actor, on=TODAY)

    assert (list(PaymentPrediction.objects.values()), list(PayerProfile.objects.values())) == before


def test_what_a_credit_note_settles_or_is_undone_is_no_payment(world):
    party = world.customer("Retour")
    [credited] = world.invoice(party, "R-1", ("100.00", date(2026, 3, 1)))
    note = world.receipt(party, "100.00", date(2026, 5, 1), kind="credit_note")
    ledger.allocate(
        actor=world.actor,
        allocations=[NewAllocation(credited, note, Decimal("100.00"), date(2026, 5, 1))],
    )
    [undone] = world.invoice(party, "R-2", ("50.00", date(2026, 3, 1)))
    [allocation] = world.pays(party, undone, "50.00", date(2026, 4, 1))
    ledger.unallocate(actor=world.actor, allocation_ids=[allocation], on=date(2026, 6, 1))

    assert queries.paid_history(actor=world.actor, on=TODAY) == {}


def test_a_payment_matched_again_counts_on_the_day_of_the_bank(world):
    party = world.customer("Retour")
    [item] = world.invoice(party, "R-2", ("50.00", date(2026, 3, 1)))
    [first] = world.pays(party, item, "50.00", date(2026, 5, 30))
    ledger.unallocate(actor=world.actor, allocation_ids=[first], on=date(2026, 6, 1))
    world.pays(party, item, "50.00", date(2026, 4, 1))

    [paid] = queries.paid_history(actor=world.actor, on=TODAY)[party.pk]
    assert paid.paid_on == date(2026, 4, 1)


def test_an_item_paid_since_is_expected_no_more(world, habits):
    commands.reckon_payers(actor=world.actor, on=TODAY)
    party, item = habits["Tardif"]
    world.pays(party, item, "600.00", TODAY)

    commands.reckon_payers(actor=world.actor, on=TODAY)

    assert item not in queries.foreseen(actor=world.actor, item_ids=[item])


def test_the_forecast_adds_up_to_what_is_owed(world, habits):
    party, item = habits["Ponctuel"]
    commands.open_dispute(
        actor=world.actor,
        item_id=item,
        reason_code=DisputeReason.QTE_ERR,
        amount=Decimal("150.00"),
    )
    world.invoice(party, "F-99", ("80.00", date(2027, 6, 1)))
    commands.reckon_payers(actor=world.actor, on=TODAY)

    found = queries.forecast(actor=world.actor, on=TODAY)

    weeks = sum(week.expected for week in found.weeks)
    assert found.disputed == Decimal("150.00")
    assert found.beyond == Decimal("80.00")
    assert weeks + found.beyond + found.disputed + found.unforeseen == Decimal("1280.00")
    assert found.computed_on == TODAY
    assert found.weeks[0].start == date(2026, 11, 23)
    assert found.weeks[0].expected == Decimal("450.00")  # Ponctuel, less what he contests
    assert found.weeks[5].expected == Decimal("600.00")  # Tardif, on 30 December


def test_the_order_of_calls_puts_the_money_at_risk_first(world, habits):
    world.invoice(habits["Ponctuel"][0], "F-99", ("700.00", date(2026, 11, 20)))
    with at(TODAY):
        commands.reckon_payers(actor=world.actor, on=TODAY)
        ranked = queries.call_order(actor=world.actor, on=TODAY)

    assert [one.party_id for one in ranked] == [
        habits["Tardif"][0].pk,
        habits["Ponctuel"][0].pk,
    ]
    assert ranked[0].next.action is Action.WRITE
    assert "600,00" in ranked[0].next.sentence


def test_a_merged_customer_pays_as_the_one_that_stays(world, habits):
    gone, stays = habits["Tardif"][0], habits["Ponctuel"][0]
    parties.merge_parties(actor=world.actor, party_id=gone.pk, into_id=stays.pk)

    commands.reckon_payers(actor=world.actor, on=TODAY)

    profile = queries.payer_profile(actor=world.actor, party_id=gone.pk)
    assert profile.party_id == stays.pk
    assert profile.paid_count == 12


def test_the_queries_do_not_grow_with_the_customers(world, habits, django_assert_max_num_queries):
    for number in range(12):
        party = world.customer(f"Client {number}")
        [item] = world.invoice(party, f"C-{number}", ("10.00", date(2026, 5, 1)))
        world.pays(party, item, "10.00", date(2026, 5, 9))
        world.invoice(party, f"D-{number}", ("10.00", date(2026, 11, 1)))

    with django_assert_max_num_queries(32):
        commands.reckon_payers(actor=world.actor, on=TODAY)
    with django_assert_max_num_queries(16):
        queries.call_order(actor=world.actor, on=TODAY)
    with django_assert_max_num_queries(10):
        queries.forecast(actor=world.actor, on=TODAY)
