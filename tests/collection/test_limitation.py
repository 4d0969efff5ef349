"""Limitation of what customers owe, read from the books and from what was recorded."""

from datetime import date
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.collection import queries
from echeance.collection.models import (
    InsolvencyCase,
    LimitationAct,
    PaymentPlan,
    PaymentPlanItem,
    RecoveryItem,
    RecoveryStep,
)
from echeance.ledger import commands as ledger
from echeance.ledger.types import NewAllocation
from echeance.parties.commands import merge_parties

NOVEMBER = date(2026, 11, 12)
TODAY = date(2026, 11, 24)
LATER = date(2030, 1, 1)


def last_day(actor, item_id, on=TODAY):
    return queries.limitation_dates(actor=actor, item_ids=[item_id], on=on)[item_id].last_day


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("professional", date(2031, 11, 12)),
        ("consumer", date(2028, 11, 12)),
        ("public", date(2030, 12, 31)),
    ],
)
def test_the_category_of_the_customer_says_the_term(world, actor, category, expected):
    (item,) = world.invoice(
        world.customer("Dupont", category=category), "F-1", ("100.00", NOVEMBER)
    )

    assert last_day(actor, item) == expected


def test_a_haulier_has_one_year_from_the_invoice(world, actor):
    (item,) = world.invoice(world.customer("Dupont"), "F-1", ("100.00", NOVEMBER))
    world.policy(carriage_debts=True)

    found = queries.limitation_dates(actor=actor, item_ids=[item], on=TODAY)[item]

    assert (found.last_day, found.to_confirm) == (date(2027, 1, 15), True)


def test_a_part_payment_interrupts_and_a_credit_note_does_not(world, actor):
    party = world.customer("Dupont")
    paid, credited = world.invoice(party, "F-1", ("100.00", NOVEMBER), ("200.00", NOVEMBER))
    world.pays(party, paid, "40.00", date(2026, 11, 20))
    credit = world.receipt(party, "40.00", date(2026, 11, 20), kind="credit_note")
    ledger.allocate(
        actor=actor, allocations=[NewAllocation(credited, credit, Decimal("40.00"), TODAY)]
    )

    assert last_day(actor, paid) == date(2031, 11, 20)
    assert last_day(actor, credited) == NOVEMBER.replace(year=2031)
    # Before the money came, nothing had interrupted.
    assert last_day(actor, paid, on=date(2026, 11, 19)) == NOVEMBER.replace(year=2031)


def test_a_payment_undone_interrupts_nothing(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("100.00", NOVEMBER))
    rows = world.pays(party, item, "40.00", date(2026, 11, 20))
    ledger.unallocate(actor=actor, allocation_ids=rows, on=TODAY)

    assert last_day(actor, item) == NOVEMBER.replace(year=2031)


def test_acts_recorded_plans_accepted_and_claims_interrupt(world, actor):
    party = world.customer("Dupont")
    acted, planned = world.invoice(party, "F-1", ("100.00", NOVEMBER), ("200.00", NOVEMBER))
    bankrupt = world.customer("Durand")
    (told,) = world.invoice(bankrupt, "F-2", ("300.00", NOVEMBER))
    company, now = actor.company, clock.now()
    LimitationAct.objects.create(
        company=company, open_item_id=acted, document_ref="F-1", cause="court_action",
        on=date(2028, 1, 5), until=date(2029, 3, 1), recorded_at=now, recorded_by="x",
    )  # fmt: skip
    plan = PaymentPlan.objects.create(
        company=company, party=party, state="accepted", total=200,
        accepted_on=date(2027, 2, 2), made_at=now, made_by="x",
    )  # fmt: skip
    PaymentPlanItem.objects.create(
        company=company, plan=plan, open_item_id=planned, document_ref="F-1", amount=200
    )
    InsolvencyCase.objects.create(
        company=company, party=bankrupt, kind="liquidation", judgment_on=date(2027, 1, 1),
        claimed_on=date(2027, 2, 1), opened_at=now, opened_by="x",
    )  # fmt: skip

    assert last_day(actor, acted, on=date(2028, 6, 1)) is None
    assert last_day(actor, acted, on=LATER) == date(2034, 3, 1)
    assert last_day(actor, planned, on=LATER) == date(2032, 2, 2)
    assert last_day(actor, told, on=LATER) is None


def test_the_list_begins_with_the_nearest_and_says_what_is_over(world, actor):
    first, second = world.customer("Dupont", category="consumer"), world.customer("Durand")
    world.invoice(second, "F-2", ("200.00", NOVEMBER))
    world.invoice(first, "F-1", ("100.00", NOVEMBER))
    world.invoice(second, "F-3", ("100.00", date(2026, 12, 31)))  # not late

    rows = queries.limitation_rows(actor=actor, on=TODAY)
    assert [row.item.document_ref for row in rows] == ["F-1", "F-2"]
    assert [row.is_expired for row in rows] == [False, False]

    rows = queries.limitation_rows(actor=actor, on=date(2028, 11, 13))
    assert [(row.item.document_ref, row.is_expired) for row in rows] == [
        ("F-1", True), ("F-2", False), ("F-3", False),
    ]  # fmt: skip


def test_any_number_of_items_costs_the_same_queries(world, actor, django_assert_max_num_queries):
    for number in range(12):
        world.invoice(world.customer(f"Client {number}"), f"F-{number}", ("100.00", NOVEMBER))

    with django_assert_max_num_queries(13):
        assert len(queries.limitation_rows(actor=actor, on=TODAY)) == 12


def test_items_handed_over_are_those_of_steps_that_run(world, actor):
    party, other = world.customer("Dupont"), world.customer("Dupont bis", email="")
    first, second, third = world.invoice(
        party, "F-1", ("100.00", NOVEMBER), ("200.00", NOVEMBER), ("300.00", NOVEMBER)
    )
    for item, kind, ended in (
        (first, "agency", None), (second, "supply_hold", None), (third, "court", clock.now()),
    ):  # fmt: skip
        step = RecoveryStep.objects.create(
            company=actor.company, party=other, kind=kind, on=TODAY, counterpart="Recouvr'Est",
            opened_at=clock.now(), opened_by="x", ended_at=ended,
        )  # fmt: skip
        RecoveryItem.objects.create(
            company=actor.company, step=step, open_item_id=item, document_ref="F-1", amount=1
        )
    merge_parties(actor=actor, party_id=other.pk, into_id=party.pk)

    assert queries.handed_over_items(actor=actor) == {
        first: "Dossier confié à un recouvreur (Recouvr'Est), depuis le 24/11/2026 : "
        "plus de relance.",
    }
    assert len(queries.recovery_steps(actor=actor, party_ids=[party.pk])) == 3
    assert len(queries.recovery_steps(actor=actor, party_ids=[other.pk], running_only=True)) == 2
