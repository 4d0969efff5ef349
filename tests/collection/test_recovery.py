"""Steps beyond reminders: what each needs, what it stops, how it ends and is undone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.base.errors import RightMissingError
from echeance.base.queries import history, work_items
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.errors import (
    ActInFutureError,
    CounterpartMissingError,
    InsolventDebtorError,
    NoRecoveryItemError,
    NotPaymentOrderError,
    NotRecoverableError,
    OrderEventOutOfOrderError,
    OutcomeMissingError,
    PaymentOrderIncompleteError,
    PublicDebtorError,
    ReasonForWithdrawalMissingError,
    RecoveryStepEndedError,
    RecoveryStepStartedError,
    RecoveryToConfirmError,
)
from echeance.collection.models import (
    DunningRun,
    InsolvencyCase,
    LetterProof,
    RecoveryStep,
    Reminder,
    ReminderItem,
)
from echeance.collection.types import DisputeReason, RecoveryKind
from echeance.core.recovery.proceedings import OrderEvent
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties

SEPTEMBER = date(2026, 9, 10)
TODAY = date(2026, 11, 24)
AGENCY, COURT, ORDER = RecoveryKind.AGENCY, RecoveryKind.COURT, RecoveryKind.PAYMENT_ORDER
HOLD, INSURANCE = RecoveryKind.SUPPLY_HOLD, RecoveryKind.INSURANCE_NOTICE


def opened(actor, party, *items, kind=AGENCY, counterpart="Recouvr'Est", **more):
    return commands.open_recovery_step(
        actor=actor, party_id=party.pk, kind=kind, item_ids=items, counterpart=counterpart, **more
    )


def noticed(actor, party, item, *, kind="posted", on=date(2026, 10, 20)):
    """A formal notice that names an item, and what proves its course."""
    run, _ = DunningRun.objects.get_or_create(
        company=actor.company, on=on, prepared_at=clock.now(), prepared_by="x"
    )
    reminder = Reminder.objects.create(
        company=actor.company, run=run, party=party, rank=3, label="Mise en demeure", total=1,
        step="formal_notice", channel="registered", prepared_at=clock.now(),
    )  # fmt: skip
    ReminderItem.objects.create(
        company=actor.company, reminder=reminder, open_item_id=item, document_ref="F-1",
        due_date=SEPTEMBER, amount=1, rank=3,
    )  # fmt: skip
    if kind:
        LetterProof.objects.create(
            company=actor.company, reminder=reminder, kind=kind, on=on, tracking="2C1",
            recorded_at=clock.now(), recorded_by="x",
        )  # fmt: skip


def test_a_file_given_to_an_agency_leaves_the_reminders_until_it_ends(world, actor):
    party = world.customer("Dupont")
    first, second = world.invoice(party, "F-1", ("1000.00", SEPTEMBER), ("50.00", SEPTEMBER))

    step = opened(actor, party, first, reference="A-77")

    assert (step.amount, step.reference, step.opened_by) == (
        Decimal("1000.00"),
        "A-77",
        "assistant",
    )
    assert queries.handed_over_items(actor=actor) == {
        first: "Dossier confié à un recouvreur (Recouvr'Est), depuis le 24/11/2026 : "
        "plus de relance."
    }
    world.pays(party, first, "400.00", TODAY)
    assert queries.recovered_by_step(actor=actor, steps=[step]) == {step.pk: Decimal("400.00")}

    commands.end_recovery_step(actor=actor, step_id=step.pk, outcome="Rendu, 400 € obtenus")

    assert queries.handed_over_items(actor=actor) == {}
    assert second
    with pytest.raises(RecoveryStepEndedError, match="24/11/2026"):
        commands.end_recovery_step(actor=actor, step_id=step.pk, outcome="encore")


def test_money_before_the_step_or_undone_was_not_recovered_by_it(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    world.pays(party, item, "100.00", date(2026, 11, 1))
    step = opened(actor, party, item)

    assert step.amount == Decimal("900.00")
    assert queries.recovered_by_step(actor=actor, steps=[step]) == {step.pk: Decimal(0)}


def test_what_may_not_enter_a_step_is_told_at_once(world, actor):
    party = world.customer("Dupont")
    paid, future, disputed = world.invoice(
        party, "F-1", ("10.00", SEPTEMBER), ("20.00", date(2026, 12, 1)), ("30.00", SEPTEMBER)
    )
    (elsewhere,) = world.invoice(party, "F-2", ("40.00", SEPTEMBER))
    world.pays(party, paid, "10.00", TODAY)
    commands.open_dispute(actor=actor, item_id=disputed, reason_code=DisputeReason.AUTRE)
    opened(actor, party, elsewhere)

    with pytest.raises(NotRecoverableError) as told:
        opened(actor, party, paid, future, disputed, elsewhere)

    assert told.value.reasons == (
        "F-1 est payée. F-1 est en litige. F-2 est déjà confiée. "
        "F-1 n'est pas échue avant le 01/12/2026."
    )
    assert RecoveryStep.objects.count() == 1


def test_a_step_is_about_debts_of_that_customer_and_names_who_has_them(world, actor):
    party, other = world.customer("Dupont"), world.customer("Durand")
    (item,) = world.invoice(other, "F-1", ("10.00", SEPTEMBER))

    with pytest.raises(NoRecoveryItemError, match="Dupont"):
        opened(actor, party, item)
    with pytest.raises(NoRecoveryItemError):
        opened(actor, party)
    with pytest.raises(CounterpartMissingError):
        opened(actor, other, item, counterpart=" ")
    with pytest.raises(ActInFutureError):
        opened(actor, other, item, on=date(2026, 11, 25))


def test_handing_over_needs_the_right_to_send(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("10.00", SEPTEMBER))
    clerk = replace(actor, rights=actor.rights - {Right.SEND_REMINDERS})

    with pytest.raises(RightMissingError):
        opened(clerk, party, item)
    with pytest.raises(RightMissingError):
        opened(replace(actor, rights=frozenset({Right.READ})), party, item, kind=INSURANCE)


def test_a_supply_hold_stops_orders_and_is_lifted_with_the_step(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))

    step = opened(actor, party, item, kind=HOLD, counterpart="")

    terms = parties.credit_terms(actor=actor, party_ids=[party.pk])[party.pk]
    assert (terms.held, terms.hold_reason) == (
        True,
        "Arrêt des livraisons : 1 000,00 € impayés.",
    )
    assert queries.handed_over_items(actor=actor) == {}  # still reminded
    clerk = replace(actor, rights=actor.rights - {Right.GRANT_CREDIT})
    with pytest.raises(RightMissingError):
        commands.end_recovery_step(actor=clerk, step_id=step.pk, outcome="payé")

    commands.end_recovery_step(actor=actor, step_id=step.pk, outcome="payé")

    assert not parties.credit_terms(actor=actor, party_ids=[party.pk])[party.pk].held


def test_a_customer_that_was_held_before_stays_so(world, actor):
    from echeance.parties.commands import hold_parties

    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    hold_parties(actor=actor, party_ids=[party.pk], reason="Fraude")
    step = opened(actor, party, item, kind=HOLD, counterpart="")

    commands.undo_recovery_step(actor=actor, step_id=step.pk, reason="doublon")

    terms = parties.credit_terms(actor=actor, party_ids=[party.pk])[party.pk]
    assert (terms.held, terms.hold_reason) == (True, "Fraude")


@pytest.mark.parametrize("kind", [COURT, ORDER])
def test_a_court_is_not_seized_without_a_formal_notice_proved_or_a_reason(world, actor, kind):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    noticed(actor, party, item, kind="")

    with pytest.raises(RecoveryToConfirmError, match="pas de mise en demeure avec sa preuve"):
        opened(actor, party, item, kind=kind)

    step = opened(actor, party, item, kind=kind, confirmed="Remise en main propre, décharge")
    assert step.facts["confirmed"] == "Remise en main propre, décharge"


def test_a_letter_sent_back_as_unknown_proves_nothing(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    noticed(actor, party, item, kind="returned")

    assert queries.formal_notices(actor=actor, item_ids=[item]) == {}


def test_with_its_proof_the_writ_interrupts_limitation(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    noticed(actor, party, item)

    step = opened(actor, party, item, kind=COURT, on=date(2026, 11, 20))
    limits = queries.limitation_dates(actor=actor, item_ids=[item], on=TODAY)
    assert limits[item].last_day is None

    commands.end_recovery_step(
        actor=actor, step_id=step.pk, outcome="Condamné", title="Jugement du 24/11/2026"
    )
    limits = queries.limitation_dates(actor=actor, item_ids=[item], on=TODAY)
    assert limits[item].last_day == date(2036, 11, 24)


def test_a_writ_undone_interrupted_nothing(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    noticed(actor, party, item)
    step = opened(actor, party, item, kind=COURT)

    with pytest.raises(ReasonForWithdrawalMissingError):
        commands.undo_recovery_step(actor=actor, step_id=step.pk, reason=" ")
    commands.undo_recovery_step(actor=actor, step_id=step.pk, reason="mauvais client")

    limits = queries.limitation_dates(actor=actor, item_ids=[item], on=TODAY)
    assert limits[item].last_day == date(2031, 9, 10)
    assert history(actor=actor, subject=f"party:{party.pk}")[0].action == (
        "collection.recovery_step_undone"
    )


def test_a_consumer_hears_of_the_mediator_before_a_court(world, actor):
    party = world.customer("Dupont", category="consumer")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    noticed(actor, party, item)

    with pytest.raises(RecoveryToConfirmError, match="L616-1"):
        opened(actor, party, item, kind=ORDER)


def test_a_promise_that_runs_and_an_insurer_told_late_are_confirmed(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    commands.promise(actor=actor, item_ids=[item], promised_on=date(2026, 11, 30))

    with pytest.raises(RecoveryToConfirmError, match="jusqu'au 30/11/2026"):
        opened(actor, party, item)
    with pytest.raises(RecoveryToConfirmError, match="plus de 60 jours de retard"):
        opened(actor, party, item, kind=INSURANCE)
    world.policy(insurance_notice_days=90)
    assert opened(actor, party, item, kind=INSURANCE).kind == "insurance_notice"


def insolvent(actor, party, on):
    InsolvencyCase.objects.create(
        company=actor.company, party=party, kind="receivership", judgment_on=on,
        opened_at=clock.now(), opened_by="x",
    )  # fmt: skip


@pytest.mark.parametrize("kind", [AGENCY, RecoveryKind.BAILIFF, ORDER, COURT])
def test_the_judgment_forbids_individual_actions_for_earlier_debts(world, actor, kind):
    """The invoice is of 15 January 2026 (C. com. art. L622-21)."""
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    insolvent(actor, party, date(2026, 10, 1))

    with pytest.raises(InsolventDebtorError, match="L622-21"):
        opened(actor, party, item, kind=kind, confirmed="quand même")

    assert not RecoveryStep.objects.exists()


def test_what_was_supplied_after_the_judgment_may_be_claimed(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    insolvent(actor, party, date(2026, 1, 10))

    assert opened(actor, party, item)
    with pytest.raises(RecoveryToConfirmError, match="L622-13"):
        opened(actor, party, item, kind=HOLD)


@pytest.fixture
def request_filed(world, actor):
    party = world.customer("Dupont")
    (item,) = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    noticed(actor, party, item)
    step = opened(actor, party, item, kind=ORDER, counterpart="Tribunal de commerce de Lyon")
    commands.record_order_event(
        actor=actor, step_id=step.pk, event=OrderEvent.FILED, on=date(2026, 11, 24)
    )
    return step, item


def asked(actor):
    return [
        (item.title.partition(" : ")[2][:35], item.due_date)
        for item in work_items(actor=actor, on=date.max, kind="collection.payment_order")
    ]


def test_the_order_is_served_in_time_then_enforceable(actor, request_filed):
    """Granted on 15 December 2026: three months to serve it; served on 5 January: until 5 February."""
    from collection.conftest import at

    step, item = request_filed

    def told(event, day):
        with at(day):
            commands.record_order_event(actor=actor, step_id=step.pk, event=event, on=day)

    def limit(on):
        return queries.limitation_dates(actor=actor, item_ids=[item], on=on)[item].last_day

    assert asked(actor) == []
    told(OrderEvent.GRANTED, date(2026, 12, 15))
    assert asked(actor) == [("Faites signifier l'ordonnance avant", date(2027, 3, 15))]
    assert limit(date(2026, 12, 20)) == date(2031, 9, 10)  # the request interrupts nothing
    told(OrderEvent.SERVED, date(2027, 1, 5))
    assert asked(actor) == [("Le débiteur peut faire opposition j", date(2027, 2, 5))]
    assert limit(date(2027, 1, 5)) is None
    with pytest.raises(OrderEventOutOfOrderError, match="jusqu'au 05/02/2027"):
        told(OrderEvent.ENFORCEABLE, date(2027, 2, 5))
    told(OrderEvent.ENFORCEABLE, date(2027, 2, 8))
    assert asked(actor) == []
    assert limit(date(2027, 2, 8)) == date(2037, 2, 8)


def test_a_request_filed_is_ended_and_not_undone(actor, request_filed):
    step, _ = request_filed

    with pytest.raises(RecoveryStepStartedError):
        commands.undo_recovery_step(actor=actor, step_id=step.pk, reason="erreur")
    with pytest.raises(OutcomeMissingError):
        commands.end_recovery_step(actor=actor, step_id=step.pk, outcome="")
    with pytest.raises(OrderEventOutOfOrderError, match="se note après « ordonnance rendue »"):
        commands.record_order_event(actor=actor, step_id=step.pk, event=OrderEvent.SERVED, on=TODAY)

    commands.record_order_event(actor=actor, step_id=step.pk, event=OrderEvent.DISMISSED, on=TODAY)

    step.refresh_from_db()
    assert step.outcome == "Requête rejetée"
    with pytest.raises(NotPaymentOrderError):
        commands.record_order_event(
            actor=actor, step_id=step.pk, event=OrderEvent.GRANTED, on=TODAY
        )


def test_the_list_of_the_unpaid_begins_with_the_nearest_deadline(world, actor, request_filed):
    from collection.conftest import at

    step, _ = request_filed
    world.invoice(world.customer("Zoé", category="consumer"), "F-2", ("9.00", SEPTEMBER))
    world.invoice(world.customer("Récent"), "F-3", ("9.00", date(2026, 11, 1)))
    with at(date(2026, 12, 15)):
        commands.record_order_event(
            actor=actor, step_id=step.pk, event=OrderEvent.GRANTED, on=date(2026, 12, 15)
        )

    rows = queries.unpaid_customers(actor=actor, on=TODAY)

    assert [(row.party_name, row.next_day) for row in rows] == [
        ("Dupont", date(2027, 3, 15)),
        ("Zoé", date(2028, 9, 10)),
    ]


def test_the_request_is_filled_from_the_record_or_says_what_it_lacks(actor, request_filed):
    """Debts of 15 January 2026; the company of the tests has no address until it is told."""
    step, _ = request_filed
    actor.company.address_line = "12 rue de la République"
    actor.company.city = "Lyon"

    with pytest.raises(PaymentOrderIncompleteError, match="qui représente le créancier"):
        commands.write_order_request(
            actor=actor, step_id=step.pk, court_city="Paris", represented_by=""
        )
    written = commands.write_order_request(
        actor=actor, step_id=step.pk, court_city="Paris", represented_by="Camille Morel, gérante"
    )

    assert written.file.filename == f"requete_injonction_{step.pk}.pdf"
    assert written.word_file.filename == f"requete_injonction_{step.pk}.docx"


def test_a_public_buyer_is_sued_before_another_judge(world, actor):
    party = world.customer("Mairie de Valbonne", category="public")
    [item] = world.invoice(party, "F-1", ("1000.00", SEPTEMBER))
    noticed(actor, party, item)

    with pytest.raises(PublicDebtorError, match="juge administratif"):
        opened(actor, party, item, kind=ORDER)

    assert not RecoveryStep.objects.exists()


def test_a_doubtful_debt_is_still_led_to_its_end(world, actor):
    party = world.customer("Dupont")
    [item] = world.invoice(party, "F-1", ("1200.00", SEPTEMBER))
    commands.move_to_doubtful(actor=actor, item_ids=[item], on=TODAY, reason="sans réponse")
    [doubtful] = ledger.open_items(actor=actor, account_prefix="416", party_ids=[party.pk])

    step = opened(actor, party, doubtful.item_id)

    assert step.amount == Decimal("1200.00")
    assert doubtful.item_id in queries.limitation_dates(
        actor=actor, item_ids=[doubtful.item_id], on=TODAY
    )
