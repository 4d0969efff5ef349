"""Payment plans: agreed, followed by instalment, paid whole or broken."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection.conftest import TERM, at
from echeance.archive import queries as files
from echeance.archive.types import NewFile
from echeance.base import queries as base
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.errors import (
    NotCustomerItemError,
    PaymentPlanAnsweredError,
    PaymentPlanChangedError,
    PaymentPlanLinkError,
    PaymentPlanPaidError,
    PaymentPlanStandsError,
    PaymentPlanStateError,
)
from echeance.collection.models import CallTask, LimitationAct, PaymentPlan, Promise
from echeance.collection.types import DisputeReason, NewPaymentPlan
from echeance.core.dunning.instalments import Every, ScheduleInvalidError
from echeance.parties.commands import merge_parties
from echeance.transmission.errors import InvalidMessagesError
from echeance.transmission.models import Message

NOVEMBER_2 = date(2026, 11, 2)
NOVEMBER_9 = date(2026, 11, 9)
NOVEMBER_16 = date(2026, 11, 16)
TODAY = date(2026, 11, 24)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def dupont(world):
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 9, 12)))[0]
    return party


def draft(actor, party, *items, **facts):
    given = {"first_on": NOVEMBER_9, "count": 3, "every": Every.WEEK} | facts
    with at(NOVEMBER_2):
        return commands.draft_payment_plan(
            actor=actor, facts=NewPaymentPlan(party.pk, items or (party.item_id,), **given)
        )


def accepted(actor, party, *items, **facts):
    plan = draft(actor, party, *items, **facts)
    with at(NOVEMBER_2, 10):
        commands.propose_payment_plan(actor=actor, plan_id=plan.pk)
    with at(NOVEMBER_2, 11):
        return commands.accept_payment_plan(
            actor=actor, plan_id=plan.pk, accepted_on=NOVEMBER_2, accepted_by="Mme Petit"
        )


def pays(world, party, amount, on):
    with at(on, 18):
        world.pays(party, party.item_id, amount, on)


def judge(actor, on=TODAY, hour=9):
    with at(on, hour):
        return commands.judge_payment_plans(actor=actor, on=on).judged


def states():
    return list(PaymentPlan.objects.order_by("pk").values_list("state", flat=True))


def test_a_plan_is_what_is_owed_split_to_the_cent(actor, dupont):
    plan = draft(actor, dupont)

    rows = plan.instalments.order_by("rank").values_list("due_on", "amount")
    assert list(rows) == [
        (NOVEMBER_9, Decimal("333.33")),
        (NOVEMBER_16, Decimal("333.33")),
        (date(2026, 11, 23), Decimal("333.34")),
    ]
    assert (plan.total, plan.state) == (Decimal("1000.00"), "draft")


def test_what_is_disputed_is_left_out_of_the_plan(world, actor, dupont):
    commands.open_dispute(
        actor=actor,
        item_id=dupont.item_id,
        reason_code=DisputeReason.PU_ERR,
        amount=Decimal("100.00"),
    )

    assert draft(actor, dupont).total == Decimal("900.00")


def test_a_schedule_agreed_by_hand_makes_the_total(actor, dupont):
    parts = ((NOVEMBER_9, Decimal("400.00")), (NOVEMBER_16, Decimal("600.00")))

    assert draft(actor, dupont, parts=parts).instalments.count() == 2
    with pytest.raises(ScheduleInvalidError):
        draft(actor, dupont, parts=parts[:1])


def test_a_plan_pays_what_that_customer_owes_only(world, actor, dupont):
    other = world.customer("Durand SA")

    with pytest.raises(NotCustomerItemError):
        draft(actor, other, dupont.item_id)

    assert not PaymentPlan.objects.exists()


def test_the_agreement_says_the_debt_the_instalments_and_the_loss_of_the_term(actor, dupont):
    plan = draft(actor, dupont)

    plan, _ = commands.propose_payment_plan(actor=actor, plan_id=plan.pk)

    assert plan.state == "proposed"
    assert files.content(actor=actor, file_id=plan.document_id).startswith(b"%PDF")
    assert not Message.objects.exists()


def test_the_agreement_by_mail_waits_in_the_outbox_then_leaves_once(world, actor, dupont):
    plan = draft(actor, dupont)
    with at(NOVEMBER_2, 10):
        commands.propose_payment_plan(actor=actor, plan_id=plan.pk, by_mail=True)
    message = Message.objects.get()
    assert (message.status, message.to) == ("held", ["compta@c1.example"])
    assert plain(message.subject_line) == "Accord de paiement échelonné : 1 000,00 €"

    with at(NOVEMBER_2, 13):
        report = commands.release_payment_plans(actor=actor, now=at_now())

    assert report.released == (message.pk,)


def at_now():
    from echeance.base import clock

    return clock.now()


def test_the_mail_of_a_plan_that_was_cancelled_does_not_leave(actor, dupont):
    plan = draft(actor, dupont)
    with at(NOVEMBER_2, 10):
        commands.propose_payment_plan(actor=actor, plan_id=plan.pk, by_mail=True)
        commands.cancel_payment_plan(actor=actor, plan_id=plan.pk, reason="erreur")

    with at(NOVEMBER_2, 13):
        report = commands.release_payment_plans(actor=actor, now=at_now())

    assert (report.released, len(report.cancelled)) == ((), 1)
    assert Message.objects.get().status == "withdrawn"


def test_an_acceptance_leaves_the_items_alone_and_sets_the_limitation_clock(world, actor, dupont):
    with at(NOVEMBER_2):
        commands.promise(actor=actor, item_ids=[dupont.item_id], promised_on=date(2026, 11, 30))
    plan = accepted(actor, dupont, first_on=date(2026, 11, 27))

    assert (plan.state, plan.accepted_by) == ("accepted", "Mme Petit")
    act = LimitationAct.objects.get()
    assert (act.cause, act.on, act.document_ref, act.file_id) == (
        "acknowledgement",
        NOVEMBER_2,
        "F-1",
        plan.document_id,
    )
    assert Promise.objects.get().verdict == "withdrawn"
    assert dupont.item_id in queries.items_under_plan(actor=actor, on=TODAY)


def test_without_acknowledgement_no_act_is_noted(actor, dupont):
    accepted(actor, dupont, acknowledges_debt=False)

    assert not LimitationAct.objects.exists()


def test_the_signed_agreement_is_the_proof_of_the_acknowledgement(actor, dupont):
    plan = draft(actor, dupont)
    commands.propose_payment_plan(actor=actor, plan_id=plan.pk)
    signed = NewFile(b"signature", "signe.pdf", "application/pdf", "payment_plan", "", TERM)

    plan = commands.accept_payment_plan(
        actor=actor, plan_id=plan.pk, accepted_on=TODAY, accepted_by="Mme Petit", signed=signed
    )

    assert LimitationAct.objects.get().file_id == plan.signed_file_id


def test_the_customer_accepts_by_the_link_once(actor, dupont):
    plan = draft(actor, dupont)
    _, token = commands.propose_payment_plan(actor=actor, plan_id=plan.pk)

    with pytest.raises(PaymentPlanAnsweredError):
        commands.accept_by_link(token=token, name="Mme Petit", agreed=False)
    commands.accept_by_link(token=token, name="Mme Petit", agreed=True)

    assert states() == ["accepted"]
    with pytest.raises(PaymentPlanLinkError):
        commands.accept_by_link(token=token, name="Mme Petit", agreed=True)
    with pytest.raises(PaymentPlanLinkError):
        commands.accept_by_link(token="", name="x", agreed=True)


def test_a_plan_is_not_accepted_on_less_than_it_says(world, actor, dupont):
    plan = draft(actor, dupont)
    commands.propose_payment_plan(actor=actor, plan_id=plan.pk)
    world.pays(dupont, dupont.item_id, "200.00", TODAY)

    with pytest.raises(PaymentPlanChangedError) as refusal:
        commands.accept_payment_plan(
            actor=actor, plan_id=plan.pk, accepted_on=TODAY, accepted_by="Mme Petit"
        )

    assert str(refusal.value) == (
        "Il ne reste que 800.00 € dus sur F-1 : annulez cet échéancier et refaites-le sur ce qui "
        "reste."
    )
    assert states() == ["proposed"]


def test_an_item_is_in_one_plan_at_a_time(actor, dupont):
    accepted(actor, dupont)

    with pytest.raises(PaymentPlanStandsError):
        draft(actor, dupont)


def test_a_draft_is_not_accepted(actor, dupont):
    plan = draft(actor, dupont)

    with pytest.raises(PaymentPlanStateError) as refusal:
        commands.accept_payment_plan(
            actor=actor, plan_id=plan.pk, accepted_on=TODAY, accepted_by="x"
        )

    assert refusal.value.problem == "il s'accepte une fois proposé"


def test_paid_instalment_by_instalment_it_is_completed(world, actor, dupont):
    plan = accepted(actor, dupont)
    pays(world, dupont, "333.33", NOVEMBER_9)
    pays(world, dupont, "333.33", NOVEMBER_16)
    assert not judge(actor, date(2026, 11, 18))
    pays(world, dupont, "333.34", date(2026, 11, 23))

    (told,) = judge(actor)

    assert (told.plan_id, told.before, told.state) == (plan.pk, "accepted", "completed")
    assert states() == ["completed"]
    assert not judge(actor)


def test_an_overpayment_covers_the_next_instalment(world, actor, dupont):
    accepted(actor, dupont)
    pays(world, dupont, "666.66", NOVEMBER_9)

    assert not judge(actor, date(2026, 11, 22))
    assert dupont.item_id in queries.items_under_plan(actor=actor, on=date(2026, 11, 22))


def test_an_instalment_late_but_tolerated_is_called_once(world, actor, dupont):
    plan = accepted(actor, dupont, grace_days=10)

    told = judge(actor, date(2026, 11, 12))

    assert [one.reason for one in told] == [
        f"échéancier n° {plan.pk} : échéance du 09/11/2026 non payée"
    ]
    assert CallTask.objects.get().amount == Decimal("333.33")
    assert not judge(actor, date(2026, 11, 13))
    pays(world, dupont, "333.33", date(2026, 11, 13))
    judge(actor, date(2026, 11, 15))
    assert CallTask.objects.get().cancel_reason == "L'échéance est payée."


def test_a_missed_instalment_breaks_the_plan_and_the_whole_is_chased_again(world, actor, dupont):
    plan = accepted(actor, dupont)
    pays(world, dupont, "333.33", NOVEMBER_9)

    (told,) = judge(actor)

    assert (told.state, plain(told.reason)) == (
        "broken",
        "échéance du 16/11/2026 non payée : la totalité du solde, 666,67 €, est exigible",
    )
    assert queries.items_under_plan(actor=actor, on=TODAY) == {}
    (question,) = base.work_items(actor=actor, on=TODAY)
    assert (
        plain(question.title)
        == f"Dupont SA : échéancier n° {plan.pk} rompu, 666,67 € sont exigibles."
    )
    row = world.row(dupont)
    assert (row.decision, row.total) == ("send", Decimal("666.67"))


def test_a_bank_file_that_comes_late_takes_the_plan_up_again(world, actor, dupont):
    accepted(actor, dupont, first_on=NOVEMBER_16, count=2, every=Every.MONTH)
    judge(actor, date(2026, 11, 23))
    assert states() == ["broken"]
    with at(TODAY):
        world.pays(dupont, dupont.item_id, "500.00", NOVEMBER_16)

    (told,) = judge(actor, TODAY, 12)

    assert (told.before, told.state) == ("broken", "accepted")
    assert not base.work_items(actor=actor, on=TODAY)
    assert CallTask.objects.filter(cancelled_at=None).count() == 0


def test_nothing_is_missed_while_the_bank_does_not_tell(actor, dupont):
    accepted(actor, dupont, first_on=date(2026, 11, 24))

    assert not judge(actor, date(2026, 12, 20))


def test_what_was_paid_before_the_agreement_does_not_count(world, actor, dupont):
    with at(date(2026, 10, 20)):
        world.pays(dupont, dupont.item_id, "400.00", date(2026, 10, 20))

    plan = accepted(actor, dupont)

    assert plan.total == Decimal("600.00")
    state = queries.plan_progress(actor=actor, plans=[plan], on=TODAY)[plan.pk]
    assert (state.paid, state.left) == (0, Decimal("600.00"))


def test_an_acceptance_noted_by_mistake_is_taken_back_before_the_first_payment(
    world, actor, dupont
):
    plan = accepted(actor, dupont)

    commands.undo_acceptance(actor=actor, plan_id=plan.pk)

    assert states() == ["proposed"]
    assert LimitationAct.objects.get().withdrawn_at
    again = commands.accept_payment_plan(
        actor=actor, plan_id=plan.pk, accepted_on=TODAY, accepted_by="Mme Petit"
    )
    assert again.state == "accepted"


def test_an_acceptance_is_not_taken_back_once_something_was_paid(world, actor, dupont):
    plan = accepted(actor, dupont)
    pays(world, dupont, "333.33", NOVEMBER_9)

    with pytest.raises(PaymentPlanPaidError):
        commands.undo_acceptance(actor=actor, plan_id=plan.pk)

    assert states() == ["accepted"]


def test_a_cancelled_plan_says_why_and_ends_once(actor, dupont):
    plan = accepted(actor, dupont)

    with pytest.raises(PaymentPlanStateError):
        commands.cancel_payment_plan(actor=actor, plan_id=plan.pk, reason=" ")
    commands.cancel_payment_plan(actor=actor, plan_id=plan.pk, reason="accord dénoncé")

    assert states() == ["cancelled"]
    with pytest.raises(PaymentPlanStateError):
        commands.cancel_payment_plan(actor=actor, plan_id=plan.pk, reason="encore")


def test_a_reminder_goes_before_each_instalment_and_only_once(world, actor, dupont):
    accepted(actor, dupont)

    with at(date(2026, 11, 7)):
        first = commands.remind_instalments(actor=actor, on=date(2026, 11, 7))
        again = commands.remind_instalments(actor=actor, on=date(2026, 11, 8))

    assert (first, again) == ([(PaymentPlan.objects.get().pk, 1)], [])
    message = Message.objects.get()
    assert plain(message.subject_line) == "Échéance du 09/11/2026 : 333,33 €"


def test_a_reminder_of_an_instalment_paid_meanwhile_does_not_leave(world, actor, dupont):
    accepted(actor, dupont)
    with at(date(2026, 11, 7)):
        commands.remind_instalments(actor=actor, on=date(2026, 11, 7))
    with at(date(2026, 11, 7), 10):
        world.pays(dupont, dupont.item_id, "333.33", date(2026, 11, 7))

    with at(date(2026, 11, 7), 15):
        report = commands.release_payment_plans(actor=actor, now=at_now())

    assert (report.released, len(report.cancelled)) == ((), 1)


def test_the_plan_of_a_merged_customer_is_that_of_the_one_that_stays(world, actor, dupont):
    plan = accepted(actor, dupont, first_on=date(2026, 11, 27))
    stays = world.customer("Dupont Groupe")

    merge_parties(actor=actor, party_id=dupont.pk, into_id=stays.pk)

    assert [one.pk for one in queries.payment_plans(actor=actor, party_id=stays.pk)] == [plan.pk]
    assert world.codes(stays) == ("hold", ["payment_plan"])


def test_an_agreement_does_not_go_by_mail_to_nobody(world, actor):
    party = world.customer("Sans adresse", email="")
    party.item_id = world.invoice(party, "F-9", ("100.00", date(2026, 9, 12)))[0]
    plan = draft(actor, party)

    with pytest.raises(InvalidMessagesError):
        commands.propose_payment_plan(actor=actor, plan_id=plan.pk, by_mail=True)

    assert states() == ["draft"]
    assert not Message.objects.exists()


def test_a_reader_changes_nothing_of_a_plan(actor, dupont):
    plan = draft(actor, dupont)
    reader = replace(actor, rights=frozenset({Right.READ}))

    for act in (
        lambda: commands.propose_payment_plan(actor=reader, plan_id=plan.pk),
        lambda: commands.cancel_payment_plan(actor=reader, plan_id=plan.pk, reason="x"),
        lambda: commands.judge_payment_plans(actor=reader, on=TODAY),
        lambda: commands.judge_promises(actor=reader, on=TODAY),
        lambda: commands.remind_instalments(actor=reader, on=TODAY),
    ):
        with pytest.raises(RightMissingError):
            act()

    assert states() == ["draft"]


def test_a_plan_of_another_company_is_not_found(actor, dupont):
    draft(actor, dupont)

    with pytest.raises(NotFoundError):
        queries.payment_plan_for(actor=actor, plan_id=999_999)


def test_many_plans_are_followed_by_chunks(world, actor):
    for number in range(12):
        party = world.customer(f"Client {number}")
        party.item_id = world.invoice(party, f"G-{number}", ("90.00", date(2026, 9, 12)))[0]
        accepted(actor, party, first_on=date(2026, 12, 1))

    with CaptureQueriesContext(connection) as seen:
        assert not judge(actor)

    assert len(seen) < 45
