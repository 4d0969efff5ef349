"""The duty that follows what customers undertook: told once, with the reason, never twice."""

from datetime import date
from decimal import Decimal

import pytest

from collection.conftest import TODAY, at, world  # noqa: F401
from echeance.assistant import commands as assistant
from echeance.assistant.models import Decision
from echeance.assistant.types import Duty
from echeance.collection import commands
from echeance.collection.models import CallTask
from echeance.collection.types import NewPaymentPlan
from echeance.core.dunning.instalments import Every

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def dupont(world):  # noqa: F811
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 10, 12)))[0]
    with at(date(2026, 11, 19)):
        commands.promise(actor=world.actor, item_ids=[party.item_id], promised_on=FRIDAY)
    return party


def run(actor, on=TODAY):
    with at(on):
        report = assistant.run_day(actor=actor, on=on)
    return [one for one in report.decisions if one.duty is Duty.FOLLOW_UP]


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_promise_not_kept_is_told_and_a_call_is_made_then_the_reminder_goes(actor, dupont):
    (told,) = run(actor)

    assert (told.outcome, plain(told.act)) == (
        "asked",
        "promesse non tenue : Dupont SA, 1 000,00 €",
    )
    assert plain(told.reasons[0]) == (
        "promesse du 20/11/2026 sur F-1 non tenue : rien n'est venu des 1 000,00 € promis."
    )
    assert CallTask.objects.count() == 1
    assert Decision.objects.filter(duty="remind").exclude(outcome="refused").count() == 1


def test_the_same_day_again_tells_nothing_new(actor, dupont):
    run(actor)

    assert not run(actor)
    assert not run(actor, date(2026, 11, 25))
    assert CallTask.objects.count() == 1


def test_a_promise_that_waits_for_the_bank_says_so_once(world, actor, dupont):  # noqa: F811
    with at(date(2026, 11, 23)):
        commands.promise(actor=actor, item_ids=[dupont.item_id], promised_on=TODAY)

    (told,) = run(actor, date(2026, 11, 25))

    assert (told.outcome, told.act) == ("refused", "promesse sur F-1 pas encore jugée")
    assert not run(actor, date(2026, 11, 25))


def test_judgments_of_a_killed_run_are_told_by_the_next(actor, dupont):
    with at(TODAY):
        commands.judge_promises(actor=actor, on=TODAY)

    assert [one.act for one in run(actor)] == [
        "promesse non tenue : Dupont SA, 1\u202f000,00\u00a0€"
    ]


def test_a_plan_broken_is_asked_about_and_an_instalment_to_come_is_announced(
    world,  # noqa: F811
    actor,
    dupont,
):
    other = world.customer("Durand SA")
    (item,) = world.invoice(other, "F-2", ("300.00", date(2026, 10, 12)))
    for party, item_id, first in (
        (dupont, dupont.item_id, date(2026, 11, 9)),
        (other, item, date(2026, 11, 26)),
    ):
        with at(date(2026, 11, 2)):
            plan = commands.draft_payment_plan(
                actor=actor,
                facts=NewPaymentPlan(party.pk, (item_id,), first, every=Every.WEEK),
            )
            commands.propose_payment_plan(actor=actor, plan_id=plan.pk)
        with at(date(2026, 11, 2), 10):
            commands.accept_payment_plan(
                actor=actor, plan_id=plan.pk, accepted_on=date(2026, 11, 2), accepted_by="x"
            )

    told = {one.subject.partition(":")[0]: one for one in run(actor)}

    assert told["payment_plan"].outcome == "asked"
    assert "rompu : Dupont SA" in told["payment_plan"].act
    assert told["instalment"].reversal == "held"
    assert Decimal(CallTask.objects.get(key__contains="payment_plan").amount) == Decimal("1000.00")
