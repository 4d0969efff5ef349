"""Limitation of what customers owe, read from the books and from what was recorded."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collection.conftest import at
from echeance.base import clock
from echeance.base.commands import close_work_items
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.queries import history, work_items
from echeance.base.rights import Right
from echeance.collection import commands, jobs, queries
from echeance.collection.errors import (
    ActInFutureError,
    InterruptionEndedError,
    NotCustomerItemError,
    NotProceedingsError,
    TimeBarredError,
    WrittenDemandDoesNotInterruptError,
)
from echeance.collection.models import (
    InsolvencyCase,
    LimitationAct,
    PaymentPlan,
    PaymentPlanItem,
    RecoveryItem,
    RecoveryStep,
)
from echeance.collection.types import LimitationCause
from echeance.ledger import commands as ledger
from echeance.ledger.models import OpenItem
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


def acted(actor, item, cause=LimitationCause.ACKNOWLEDGEMENT, on=TODAY, **more):
    (row,) = commands.record_interruption(actor=actor, item_ids=[item], cause=cause, on=on, **more)
    return row


def test_an_acknowledgement_recorded_moves_the_last_day_and_is_taken_back(world, actor):
    (item,) = world.invoice(world.customer("Dupont"), "F-1", ("100.00", NOVEMBER))

    row = acted(actor, item, note="Lettre du 24 novembre, classeur 3")
    assert last_day(actor, item) == date(2031, 11, 24)

    assert commands.withdraw_interruption(actor=actor, act_ids=[row.pk], reason="erreur") == 1
    assert last_day(actor, item) == date(2031, 11, 12)
    assert commands.withdraw_interruption(actor=actor, act_ids=[row.pk], reason="erreur") == 0
    assert [event.action for event in history(actor=actor, subject=f"party:{party_of(item)}")][
        :2
    ] == ["collection.interruption_withdrawn", "collection.interruption_recorded"]


def party_of(item_id):
    return OpenItem.objects.get(pk=item_id).party_id


def test_proceedings_run_then_end_with_a_title(world, actor):
    (item,) = world.invoice(world.customer("Dupont"), "F-1", ("100.00", NOVEMBER))
    row = acted(actor, item, LimitationCause.COURT_ACTION, on=date(2026, 11, 20))
    assert last_day(actor, item) is None

    commands.end_interruption(
        actor=actor, act_ids=[row.pk], until=TODAY, title="Jugement du 24/11/2026"
    )

    assert last_day(actor, item) == date(2036, 11, 24)
    with pytest.raises(InterruptionEndedError, match="déjà éteinte depuis le 24/11/2026"):
        commands.end_interruption(actor=actor, act_ids=[row.pk], until=TODAY)


@pytest.mark.parametrize(
    ("cause", "facts", "error"),
    [
        (LimitationCause.ACKNOWLEDGEMENT, {"on": date(2026, 11, 25)}, ActInFutureError),
        (LimitationCause.ACKNOWLEDGEMENT, {"on": TODAY, "until": TODAY}, NotProceedingsError),
        (
            LimitationCause.COURT_ACTION,
            {"on": TODAY, "until": date(2026, 11, 23)},
            NotProceedingsError,
        ),
        (LimitationCause.COURT_ACTION, {"on": TODAY, "title": "Jugement"}, NotProceedingsError),
        (LimitationCause.WRITTEN_DEMAND, {"on": TODAY}, WrittenDemandDoesNotInterruptError),
    ],
)
def test_what_interrupts_nothing_is_refused(world, actor, cause, facts, error):
    (item,) = world.invoice(world.customer("Dupont"), "F-1", ("100.00", NOVEMBER))

    with pytest.raises(error):
        acted(actor, item, cause, **facts)

    assert not LimitationAct.objects.exists()


def test_a_registered_letter_to_a_firm_interrupts_nothing_and_it_is_said(world, actor):
    (item,) = world.invoice(world.customer("Dupont"), "F-1", ("100.00", NOVEMBER))
    (public,) = world.invoice(
        world.customer("Mairie", category="public"), "F-2", ("100.00", NOVEMBER)
    )

    with pytest.raises(WrittenDemandDoesNotInterruptError, match="n° 20-23"):
        acted(actor, item, LimitationCause.WRITTEN_DEMAND)
    acted(actor, public, LimitationCause.WRITTEN_DEMAND)

    assert last_day(actor, public) == date(2030, 12, 31)


def test_nothing_revives_a_debt_that_is_time_barred(world, actor):
    (item,) = world.invoice(
        world.customer("Dupont", category="consumer"), "F-1", ("100.00", NOVEMBER)
    )

    with at(date(2028, 11, 13)), pytest.raises(TimeBarredError, match="depuis le 12/11/2028"):
        acted(actor, item, on=date(2028, 11, 13))


def test_only_debts_of_customers_are_limited_here(world, actor):
    paid = world.receipt(world.customer("Dupont"), "100.00", TODAY)

    with pytest.raises(NotCustomerItemError):
        acted(actor, paid)
    with pytest.raises(NotFoundError):
        acted(actor, 999_999)


def questions(actor):
    return [
        (item.key.rpartition(":")[2], item.due_date)
        for item in work_items(actor=actor, on=date.max, kind="collection.limitation")
    ]


def test_a_person_is_asked_six_three_and_one_month_before(world, actor):
    """Due on 12 November 2026, a consumer: the last day is 12 November 2028."""
    (item,) = world.invoice(
        world.customer("Dupont", category="consumer"), "F-1", ("100.00", NOVEMBER)
    )
    last = date(2028, 11, 12)

    for day, expected in (
        (date(2028, 5, 11), []),
        (date(2028, 5, 12), [("6", last)]),
        (date(2028, 5, 13), [("6", last)]),
        (date(2028, 8, 12), [("3", last)]),
        (date(2028, 10, 12), [("1", last)]),
        (date(2028, 11, 12), [("1", last)]),
        (date(2028, 11, 13), []),
    ):
        with at(day):
            commands.watch_limitations(actor=actor, on=day)
        assert questions(actor) == expected, day

    assert item


def test_a_question_answered_is_not_asked_again_at_the_same_stage(world, actor):
    world.invoice(world.customer("Dupont", category="consumer"), "F-1", ("100.00", NOVEMBER))
    with at(date(2028, 5, 12)):
        assert commands.watch_limitations(actor=actor, on=date(2028, 5, 12)) == 1
        (asked,) = work_items(actor=actor, on=date.max, kind="collection.limitation")
        assert "se prescrit le 12/11/2028, dans moins de six mois" in asked.title
        close_work_items(actor=actor, keys=[asked.key], answer="let_go")

        assert commands.watch_limitations(actor=actor, on=date(2028, 5, 13)) == 0
    with at(date(2028, 8, 12)):
        assert commands.watch_limitations(actor=actor, on=date(2028, 8, 12)) == 1


def test_an_act_closes_the_question(world, actor):
    (item,) = world.invoice(
        world.customer("Dupont", category="consumer"), "F-1", ("100.00", NOVEMBER)
    )
    with at(date(2028, 10, 20)):
        commands.watch_limitations(actor=actor, on=date(2028, 10, 20))
        acted(actor, item, on=date(2028, 10, 20))

    assert questions(actor) == []
    assert last_day(actor, item, on=date(2028, 10, 20)) == date(2030, 10, 20)


def test_the_right_to_prepare_reminders_is_needed(world, actor):
    (item,) = world.invoice(world.customer("Dupont"), "F-1", ("100.00", NOVEMBER))

    with pytest.raises(RightMissingError):
        acted(replace(actor, rights=frozenset({Right.READ})), item)


def test_the_watch_runs_each_day_in_every_company(world, actor):
    world.invoice(world.customer("Dupont", category="consumer"), "F-1", ("100.00", NOVEMBER))

    with at(date(2028, 5, 12)):
        assert jobs.watch_limitations.func() == {"opened": 1}
        assert jobs.watch_limitations.func() == {"opened": 0}
