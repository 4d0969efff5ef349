"""Steps beyond reminders: engaged, ended, undone; each refuses what would skip a legal step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction

from echeance.base import clock, journal, policy
from echeance.base import commands as base
from echeance.base import queries as base_queries
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.cash import queries as cash
from echeance.collection import queries
from echeance.collection.commands.limitation import end_interruption, record_interruption
from echeance.collection.errors import (
    ActInFutureError,
    CounterpartMissingError,
    InsolventDebtorError,
    NoRecoveryItemError,
    NotPaymentOrderError,
    NotRecoverableError,
    OrderEventOutOfOrderError,
    OutcomeMissingError,
    PublicDebtorError,
    ReasonForWithdrawalMissingError,
    RecoveryStepEndedError,
    RecoveryStepStartedError,
    RecoveryToConfirmError,
)
from echeance.collection.events import (
    OrderEventRecorded,
    RecoveryStepEnded,
    RecoveryStepOpened,
    RecoveryStepUndone,
)
from echeance.collection.models import LimitationAct, RecoveryItem, RecoveryStep
from echeance.collection.types import (
    RECOVERY_LABELS,
    CollectionPolicy,
    LimitationCause,
    RecoveryKind,
)
from echeance.core.money import ZERO, format_amount
from echeance.core.recovery.proceedings import (
    ORDER_EVENT_LABELS,
    DatedEvent,
    OrderEvent,
    order_deadlines,
    out_of_order,
)
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, RECEIVABLES, OpenItemFacts
from echeance.parties import commands as parties_commands
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

_COURT: Final = {RecoveryKind.PAYMENT_ORDER, RecoveryKind.COURT}
_NAMED: Final = {RecoveryKind.AGENCY, RecoveryKind.BAILIFF, RecoveryKind.INSURANCE_NOTICE}
_KIND: Final = "collection.payment_order"


@transaction.atomic
def open_recovery_step(
    *,
    actor: Actor,
    party_id: int,
    kind: RecoveryKind,
    item_ids: Collection[int],
    on: date | None = None,
    counterpart: str = "",
    reference: str = "",
    note: str = "",
    confirmed: str = "",
) -> RecoveryStep:
    """Engage a step beyond reminders for some late debts of a customer.

    A supply hold puts the customer on hold (orders and invoices are then stopped) and is lifted
    when the step ends. Debts handed to an agency, a bailiff or a court leave the reminders. The
    writ of a court action interrupts limitation; the request for an order to pay does so when the
    order is served.

    Args:
        actor: Needs the right to prepare reminders; to send them when the debts are handed over;
            to edit parties for a supply hold.
        party_id: The customer; one that was merged is the one that stays.
        kind: Which step.
        item_ids: Its debts.
        on: Its day, that of the writ for a court action; today when absent.
        counterpart: Agency, bailiff, insurer, court.
        reference: Theirs.
        note: Precisions.
        confirmed: Why one goes on although something is missing.

    Raises:
        NotFoundError: No such customer, or one item is not of this company.
        NoRecoveryItemError: No item, or none of that customer.
        NotRecoverableError: Items paid, not due, disputed, sold, covered by a running payment
            plan, or in hand already; all of them are said.
        InsolventDebtorError: Debts older than an opening judgment (C. com. art. L622-21).
        RecoveryToConfirmError: No formal notice with its proof, a term that is over, a promise
            that runs, a consumer not told of mediation, an insurer told late.
        CounterpartMissingError: Nobody is named.
        ActInFutureError: The day has not come.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if kind in queries.HANDED_OVER:
        actor.require(Right.SEND_REMINDERS)
    today = clock.today()
    on = on or today
    if on > today:
        raise ActInFutureError(day=on)
    if kind in _NAMED and not clean_line(counterpart):
        raise CounterpartMissingError
    party = parties.party_for(actor=actor, party_id=party_id)
    snapshot = parties.snapshots(actor=actor, party_ids=[party.pk])[party.pk]
    items = _items(actor, snapshot, item_ids)
    _refuse(actor, kind, items, today)
    _refuse_debtor(actor, kind, snapshot, items)
    doubts = _doubts(actor, kind, snapshot, items, today)
    why = clean_line(confirmed)[:200]
    if doubts and not why:
        raise RecoveryToConfirmError(reasons=" ".join(doubts))
    facts: dict[str, Any] = {"doubts": doubts, "confirmed": why} if doubts else {}
    if kind is RecoveryKind.SUPPLY_HOLD:
        held = parties.credit_terms(actor=actor, party_ids=[party.pk])[party.pk].held
        facts["was_held"] = held
    step = RecoveryStep.objects.create(
        company=actor.company,
        party=party,
        kind=kind.value,
        on=on,
        amount=sum((item.open_amount for item in items), ZERO),
        counterpart=clean_line(counterpart)[:200],
        reference=clean_line(reference)[:80],
        note=clean_line(note)[:200],
        facts=facts,
        opened_at=clock.now(),
        opened_by=actor.name,
    )
    RecoveryItem.objects.bulk_create(
        RecoveryItem(
            company=actor.company,
            step=step,
            open_item_id=item.item_id,
            document_ref=item.document_ref,
            amount=item.open_amount,
        )
        for item in items
    )
    if kind is RecoveryKind.SUPPLY_HOLD:
        reason = f"Arrêt des livraisons : {format_amount(step.amount)} impayés."
        parties_commands.hold_parties(actor=actor, party_ids=[party.pk], reason=reason)
    if kind is RecoveryKind.COURT:
        _interrupt(actor, step, items, on)
    journal.record(
        RecoveryStepOpened(
            step.pk, party.pk, kind.value, step.amount, step.counterpart, confirmed=why
        ),
        actor=actor,
    )
    return step


@transaction.atomic
def end_recovery_step(*, actor: Actor, step_id: int, outcome: str, title: str = "") -> RecoveryStep:
    """End a step and say how; what was recovered is read from the ledger.

    A supply hold that this step placed is lifted, which needs the right to grant credit. The
    debts still open are reminded again from the next run on. The limitation that proceedings
    interrupted runs again from today, ten years with a title.

    Args:
        actor: Needs the right to prepare reminders.
        step_id: The step.
        outcome: In a few words.
        title: The judgment obtained, if any.

    Raises:
        NotFoundError: Not one of this company.
        RecoveryStepEndedError: Ended already.
        OutcomeMissingError: Nothing is said.
    """
    actor.require(Right.PREPARE_REMINDERS)
    step = _running(actor, step_id)
    told = clean_line(outcome)[:200]
    if not told:
        raise OutcomeMissingError
    _finish(actor, step, told, clean_line(title))
    journal.record(RecoveryStepEnded(step.pk, step.party_id, step.kind, told), actor=actor)
    return step


@transaction.atomic
def undo_recovery_step(*, actor: Actor, step_id: int, reason: str) -> RecoveryStep:
    """Take back a step engaged by mistake: what it did inside is undone, the row stays.

    What left the company is not called back by this: a file sent to an agency is asked for by
    its own letter.

    Raises:
        NotFoundError: Not one of this company.
        RecoveryStepEndedError: Ended already.
        RecoveryStepStartedError: The request is filed at the court, or the writ is served.
        ReasonForWithdrawalMissingError: Nobody would know why.
    """
    actor.require(Right.PREPARE_REMINDERS)
    step = _running(actor, step_id)
    why = clean_line(reason)[:180]
    if not why:
        raise ReasonForWithdrawalMissingError
    if step.facts.get("events"):
        raise RecoveryStepStartedError
    LimitationAct.objects.filter(
        company=actor.company, pk__in=step.facts.get("act_ids", []), withdrawn_at=None
    ).update(withdrawn_at=clock.now())
    step.facts = {**step.facts, "undone": why, "act_ids": []}
    _finish(actor, step, f"Annulée : {why}")
    journal.record(RecoveryStepUndone(step.pk, step.party_id, step.kind, why), actor=actor)
    return step


@transaction.atomic
def record_order_event(*, actor: Actor, step_id: int, event: OrderEvent, on: date) -> RecoveryStep:
    """Record what happens to a request for an order to pay; its deadlines become questions.

    The service of the order interrupts limitation for its debts until it is enforceable, which
    gives them a title of ten years. A dismissal ends the step.

    Raises:
        NotFoundError: Not one of this company.
        NotPaymentOrderError: Another kind of step, or one that is ended.
        ActInFutureError: The day has not come.
        OrderEventOutOfOrderError: It cannot follow what is known.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if on > clock.today():
        raise ActInFutureError(day=on)
    step = _locked(actor, step_id)
    if step.kind != RecoveryKind.PAYMENT_ORDER or step.ended_at:
        raise NotPaymentOrderError(step_id=step_id)
    known = queries.order_events(step)
    new = DatedEvent(event, on)
    if why := out_of_order(known, new):
        raise OrderEventOutOfOrderError(event=ORDER_EVENT_LABELS[event], on=on, why=why)
    told = [*step.facts.get("events", []), {"event": event.value, "on": on.isoformat()}]
    step.facts = {**step.facts, "events": told}
    if event is OrderEvent.SERVED:
        items = ledger.items_for(
            actor=actor, item_ids=step.items.values_list("open_item", flat=True)
        )
        _interrupt(actor, step, items, on)
    if event is OrderEvent.ENFORCEABLE:
        title = f"Ordonnance portant injonction de payer {step.reference}".strip()
        _end_acts(actor, step, on, title)
    step.save(update_fields=["facts"])
    journal.record(OrderEventRecorded(step.pk, step.party_id, event.value, on), actor=actor)
    _ask(actor, step)
    if event is OrderEvent.DISMISSED:
        end_recovery_step(actor=actor, step_id=step.pk, outcome="Requête rejetée")
        step.refresh_from_db()
    return step


def _items(actor: Actor, snapshot: PartySnapshot, item_ids: Collection[int]) -> list[OpenItemFacts]:
    wanted = set(item_ids)
    items = ledger.items_for(actor=actor, item_ids=wanted)
    if len(items) != len(wanted):
        raise NotFoundError(what="une des échéances")
    merged = parties.merged_parties(actor=actor)
    mine = [
        item
        for item in items
        if item.side == DEBIT
        and item.account.startswith(RECEIVABLES)
        and item.party_id is not None
        and merged.get(item.party_id, item.party_id) == snapshot.party_id
    ]
    if not mine or len(mine) != len(items):
        raise NoRecoveryItemError(party_name=snapshot.name)
    return mine


def _refuse(actor: Actor, kind: RecoveryKind, items: Sequence[OpenItemFacts], today: date) -> None:
    """Every debt that may not be in the step, at once."""
    ids = [item.item_id for item in items]
    disputed = queries.disputed_reasons(actor, ids)
    sold = cash.assigned_items(actor=actor)
    elsewhere = queries.handed_over_items(actor=actor) if kind in queries.HANDED_OVER else {}
    planned = queries.items_under_plan(actor=actor, on=today)
    reasons = []
    for item in items:
        ref = item.document_ref
        if item.open_amount <= ZERO:
            reasons.append(f"{ref} est payée.")
        elif item.due_date >= today:
            reasons.append(f"{ref} n'est pas échue avant le {item.due_date:%d/%m/%Y}.")
        elif item.item_id in disputed:
            reasons.append(f"{ref} est en litige.")
        elif item.item_id in sold:
            reasons.append(f"{ref} est cédée (bordereau {sold[item.item_id]}).")
        elif item.item_id in elsewhere:
            reasons.append(f"{ref} est déjà confiée.")
        elif item.item_id in planned and kind in queries.HANDED_OVER:
            reasons.append(f"{ref} est dans un échéancier accepté et tenu.")
    if reasons:
        raise NotRecoverableError(reasons=" ".join(reasons))


def _refuse_debtor(
    actor: Actor, kind: RecoveryKind, snapshot: PartySnapshot, items: Sequence[OpenItemFacts]
) -> None:
    if kind is RecoveryKind.PAYMENT_ORDER and snapshot.category == CustomerKind.PUBLIC:
        raise PublicDebtorError(party_name=snapshot.name)
    if kind not in queries.HANDED_OVER:
        return
    case = queries.insolvent_parties(actor=actor, party_ids=[snapshot.party_id]).get(
        snapshot.party_id
    )
    if case is None:
        return
    before = [item.document_ref for item in items if item.document_date <= case.judgment_on]
    if before:
        raise InsolventDebtorError(
            party_name=snapshot.name,
            judgment_on=case.judgment_on,
            document_refs=", ".join(dict.fromkeys(before)),
        )


def _doubts(
    actor: Actor,
    kind: RecoveryKind,
    snapshot: PartySnapshot,
    items: Sequence[OpenItemFacts],
    today: date,
) -> list[str]:
    """What a person confirms before the step goes on."""
    ids = [item.item_id for item in items]
    doubts = []
    if kind in _COURT:
        notices = queries.formal_notices(actor=actor, item_ids=ids)
        bare = dict.fromkeys(item.document_ref for item in items if not notices.get(item.item_id))
        if bare:
            doubts.append(
                f"{', '.join(bare)} : pas de mise en demeure avec sa preuve de dépôt "
                "(C. civ. art. 1344)."
            )
        dates = queries.limitation_dates(actor=actor, item_ids=ids, on=today)
        over = dict.fromkeys(
            item.document_ref
            for item in items
            if item.item_id in dates and dates[item.item_id].is_expired(today)
        )
        if over:
            doubts.append(f"{', '.join(over)} : la prescription semble acquise.")
        if CustomerKind(snapshot.category) is CustomerKind.CONSUMER:
            doubts.append(
                "Le client est un consommateur : a-t-il été informé du médiateur "
                "(C. conso. art. L616-1) ?"
            )
    if kind in queries.HANDED_OVER:
        promised = [
            row for row in queries.promises(actor=actor, party_id=snapshot.party_id)
            if row.open_item_id in set(ids) and row.promised_on >= today
        ]  # fmt: skip
        if promised:
            last = max(row.promised_on for row in promised)
            doubts.append(f"Une promesse de paiement court jusqu'au {last:%d/%m/%Y}.")
    if kind is RecoveryKind.INSURANCE_NOTICE:
        days = policy.read(actor.company, CollectionPolicy).insurance_notice_days
        late = dict.fromkeys(
            item.document_ref for item in items if (today - item.due_date).days > days
        )
        if late:
            doubts.append(
                f"{', '.join(late)} : plus de {days} jours de retard, le délai de déclaration de "
                "votre police."
            )
    if kind is RecoveryKind.SUPPLY_HOLD and queries.insolvent_parties(
        actor=actor, party_ids=[snapshot.party_id]
    ):
        doubts.append(
            "Le client est en procédure collective : un contrat en cours s'exécute malgré les "
            "impayés antérieurs (C. com. art. L622-13)."
        )
    return doubts


def _interrupt(actor: Actor, step: RecoveryStep, items: Sequence[OpenItemFacts], on: date) -> None:
    """Record the court action for the debts that are not time-barred."""
    dates = queries.limitation_dates(
        actor=actor, item_ids=[item.item_id for item in items], on=clock.today()
    )
    running = [item.item_id for item in items if not dates[item.item_id].is_expired(on)]
    if not running:
        return
    rows = record_interruption(
        actor=actor,
        item_ids=running,
        cause=LimitationCause.COURT_ACTION,
        on=on,
        note=f"{RECOVERY_LABELS[RecoveryKind(step.kind)]} {step.reference}".strip(),
    )
    step.facts = {**step.facts, "act_ids": [row.pk for row in rows]}
    step.save(update_fields=["facts"])


def _end_acts(actor: Actor, step: RecoveryStep, until: date, title: str) -> None:
    rows = LimitationAct.objects.filter(
        company=actor.company,
        pk__in=step.facts.get("act_ids", []),
        until=None,
        withdrawn_at=None,
    )
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        end_interruption(actor=actor, act_ids=ids, until=until, title=title)


def _finish(actor: Actor, step: RecoveryStep, outcome: str, title: str = "") -> None:
    step.ended_at, step.ended_by, step.outcome = clock.now(), actor.name, outcome
    step.save(update_fields=["ended_at", "ended_by", "outcome", "facts"])
    if step.kind == RecoveryKind.SUPPLY_HOLD and not step.facts.get("was_held"):
        parties_commands.release_parties(actor=actor, party_ids=[step.party_id], reason=outcome)
    _end_acts(actor, step, clock.today(), title)
    _close_questions(actor, step)


def _ask(actor: Actor, step: RecoveryStep) -> None:
    """One question for the deadline that runs; that of an earlier event closes."""
    _close_questions(actor, step)
    deadlines = order_deadlines(queries.order_events(step))
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=f"{_KIND}:{step.pk}:{deadline.key}",
                kind=_KIND,
                subject=f"party:{step.party_id}",
                title=f"{step.party.name} : {deadline.sentence}",
                evidence={"step_id": step.pk},
                answers=(Answer("noted", "C'est fait, je note la date au dossier"),
                         Answer("later", "Plus tard")),
                amount=step.amount,
                due_date=deadline.last_day,
            )
            for deadline in deadlines
        ],
    )  # fmt: skip


def _close_questions(actor: Actor, step: RecoveryStep) -> None:
    opened = base_queries.work_items(actor=actor, on=date.max, kind=_KIND)
    keys = {item.key for item in opened if item.key.startswith(f"{_KIND}:{step.pk}:")}
    base.close_work_items(actor=actor, keys=keys, answer="moved_on")


def _locked(actor: Actor, step_id: int) -> RecoveryStep:
    step = (
        RecoveryStep.objects.select_for_update(of=("self",))
        .select_related("party")
        .filter(company=actor.company, pk=step_id)
        .first()
    )
    if step is None:
        raise NotFoundError(what=f"étape de recouvrement n° {step_id}")
    return step


def _running(actor: Actor, step_id: int) -> RecoveryStep:
    step = _locked(actor, step_id)
    if step.ended_at:
        raise RecoveryStepEndedError(ended=step.ended_at.date())
    return step
