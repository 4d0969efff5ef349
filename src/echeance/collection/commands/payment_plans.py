"""Payment plans: drafted, proposed, accepted, followed, ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal, policy
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.cash import queries as cash
from echeance.collection import queries
from echeance.collection.commands.calls import cancel_calls, make_calls
from echeance.collection.commands.receivables import receivables
from echeance.collection.errors import (
    NotCustomerItemError,
    PaymentPlanAnsweredError,
    PaymentPlanChangedError,
    PaymentPlanPaidError,
    PaymentPlanStandsError,
    PaymentPlanStateError,
)
from echeance.collection.events import (
    PaymentPlanAccepted,
    PaymentPlanDrafted,
    PaymentPlanEnded,
    PaymentPlanProposed,
    PaymentPlanReopened,
    PromiseWithdrawn,
)
from echeance.collection.models import (
    Dispute,
    LimitationAct,
    PaymentPlan,
    PaymentPlanInstalment,
    PaymentPlanItem,
    Promise,
)
from echeance.collection.types import (
    CollectionPolicy,
    JudgedPlan,
    LimitationCause,
    NewCall,
    NewPaymentPlan,
    NotReleased,
    PaymentPlanReport,
    PaymentPlanState,
    PromiseVerdict,
    ReleaseReport,
)
from echeance.core.dates import roll_forward
from echeance.core.dunning.instalments import (
    COUNT_MAX,
    Instalment,
    InstalmentState,
    PlanProgress,
    split,
)
from echeance.core.dunning.instalments import schedule as checked_schedule
from echeance.core.money import ZERO, format_amount
from echeance.core.payment_plan_note import PaymentPlanNote, PlanDebt, write_payment_plan_note
from echeance.core.terms import CustomerKind
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties
from echeance.parties.types import Purpose
from echeance.transmission import commands as transmission
from echeance.transmission import queries as outbox
from echeance.transmission.types import NewMessage

if TYPE_CHECKING:
    from echeance.transmission.models import Message

CHUNK = 200
KIND = "payment_plan"
COURTESY_DAYS = 3
CORRECTED_DAYS = 90
"""How long after its end a plan is still judged again, for bank files that come late."""
_OPEN = [PaymentPlanState.PROPOSED.value, PaymentPlanState.ACCEPTED.value]
_TOKEN_BYTES = 32


@transaction.atomic
def draft_payment_plan(*, actor: Actor, facts: NewPaymentPlan) -> PaymentPlan:
    """Draft a payment plan of what a customer owes, disputed parts left out.

    Args:
        actor: Needs the right to prepare reminders.
        facts: The items and the instalments; penalty notes are items like others.

    Raises:
        NotFoundError: No such customer or item.
        NotCustomerItemError: An item is not an open receivable of that customer, or all of it is
            disputed.
        PaymentPlanStandsError: An item is in a plan proposed or accepted.
        ScheduleInvalidError: The instalments do not make that total.
    """
    actor.require(Right.PREPARE_REMINDERS)
    party = parties.party_for(actor=actor, party_id=facts.party_id)
    family = set(parties.with_merged(actor=actor, party_ids=[party.pk]))
    owed = receivables(actor, facts.item_ids)
    _check_free(actor, facts.item_ids)
    disputed = _disputed(actor, facts.item_ids)
    items = []
    for item, party_id in owed:
        amount = item.open_amount - disputed.get(item.item_id, ZERO)
        if party_id not in family or amount <= ZERO:
            raise NotCustomerItemError(document_ref=item.document_ref)
        items.append((item, amount))
    total = sum((amount for _, amount in items), ZERO)
    instalments = _instalments(facts, total)
    plan = PaymentPlan.objects.create(
        company=actor.company,
        party=party,
        total=total,
        grace_days=facts.grace_days,
        misses_max=facts.misses_max,
        acknowledges_debt=facts.acknowledges_debt,
        note=facts.note.strip()[:2000],
        made_at=clock.now(),
        made_by=actor.name,
    )
    PaymentPlanItem.objects.bulk_create(
        PaymentPlanItem(
            company=actor.company,
            plan=plan,
            open_item_id=item.item_id,
            document_ref=item.document_ref,
            amount=amount,
        )
        for item, amount in items
    )
    PaymentPlanInstalment.objects.bulk_create(
        PaymentPlanInstalment(
            company=actor.company, plan=plan, rank=one.rank, due_on=one.due_on, amount=one.amount
        )
        for one in instalments
    )
    journal.record(PaymentPlanDrafted(plan.pk, party.pk, total, len(instalments)), actor=actor)
    return plan


def _instalments(facts: NewPaymentPlan, total: Decimal) -> tuple[Instalment, ...]:
    if facts.parts:
        return checked_schedule(facts.parts, total)
    return split(total, facts.count, facts.first_on, facts.every, business_days=facts.business_days)


def _check_free(actor: Actor, item_ids: Collection[int], *, but: int = 0) -> None:
    taken = (
        PaymentPlanItem.objects.filter(
            company=actor.company, open_item__in=item_ids, plan__state__in=_OPEN
        )
        .exclude(plan=but)
        .first()
    )
    if taken:
        raise PaymentPlanStandsError(document_ref=taken.document_ref, plan_id=taken.plan_id)


def _disputed(actor: Actor, item_ids: Collection[int]) -> dict[int, Decimal]:
    rows = Dispute.objects.filter(company=actor.company, closed_at=None, open_item__in=item_ids)
    return dict(rows.values_list("open_item").annotate(total=Sum("amount")))


def propose_payment_plan(
    *, actor: Actor, plan_id: int, by_mail: bool = False
) -> tuple[PaymentPlan, str]:
    """Set the agreement of a draft as a PDF, give it a link, and write to the customer if asked.

    The mail is held in the outbox until :func:`send_payment_plans` lets it go. A plan proposed
    before gets a new link; the old one opens nothing more.

    Returns:
        The plan, and the secret of its link: shown once, only its digest is kept.

    Raises:
        NotFoundError: Not one of this company.
        PaymentPlanStateError: It is accepted or ended.
        PaymentPlanStandsError: An item is in another plan proposed or accepted.
        PaymentPlanChangedError: Less is owed than the plan says.
        InvalidMessagesError: Nobody can be written to.
    """
    actor.require(Right.PREPARE_REMINDERS)
    plan = queries.payment_plan_for(actor=actor, plan_id=plan_id)
    content = write_payment_plan_note(_agreement(actor, plan))
    with transaction.atomic():
        plan = _locked(
            actor,
            plan_id,
            {PaymentPlanState.DRAFT, PaymentPlanState.PROPOSED},
            "il se propose avant d'être accepté",
        )
        _check_free(actor, [item.open_item_id for item in plan.items.all()], but=plan.pk)
        _check_owed(plan)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        plan.document = archive.store_file(
            actor=actor,
            file=NewFile(
                content=content,
                filename=f"echeancier-{plan.pk}.pdf",
                media_type="application/pdf",
                kind="payment_plan",
                subject=f"payment_plan:{plan.pk}",
                keep_until=ledger.keep_until(actor=actor, day=clock.today()),
            ),
        )
        plan.state = PaymentPlanState.PROPOSED.value
        plan.proposed_at = clock.now()
        plan.link_digest = _digest(token)
        plan.save(update_fields=["document", "state", "proposed_at", "link_digest"])
        journal.record(PaymentPlanProposed(plan.pk, plan.party_id), actor=actor)
        if by_mail:
            transmission.queue_messages(actor=actor, messages=[_proposal(actor, plan)])
    return plan, token


def _agreement(actor: Actor, plan: PaymentPlan) -> PaymentPlanNote:
    company = actor.company
    party = parties.snapshots(actor=actor, party_ids=[plan.party_id])[plan.party_id]
    account = next((one for one in cash.bank_accounts(actor=actor) if one.iban), None)
    return PaymentPlanNote(
        reference=f"n° {plan.pk}",
        creditor=_lines(
            company.name, company.siren, company.address_line, f"{company.postcode} {company.city}"
        ),
        debtor=_lines(
            party.name, party.siren, party.address_line, f"{party.postcode} {party.city}"
        ),
        debts=tuple(
            PlanDebt(item.document_ref, item.open_item.due_date, item.amount)
            for item in sorted(plan.items.all(), key=lambda one: (one.open_item.due_date, one.pk))
        ),
        instalments=queries.instalments_of(plan),
        grace_days=plan.grace_days,
        misses_max=plan.misses_max,
        acknowledges_debt=plan.acknowledges_debt,
        is_consumer=party.category == CustomerKind.CONSUMER.value,
        iban=account.iban if account else "",
        note=plan.note,
        made_at=plan.made_at,
    )


def _lines(name: str, siren: str, *address: str) -> tuple[str, ...]:
    return tuple(
        line for line in (name, f"SIREN {siren}" if siren else "", *address) if line.strip()
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _proposal(actor: Actor, plan: PaymentPlan) -> NewMessage:
    first = queries.instalments_of(plan)[0]
    body = (
        "Bonjour,\n\n"
        f"Voici l'accord de paiement échelonné de {format_amount(plan.total)}, en "
        f"{plan.instalments.count()} échéances, la première de {format_amount(first.amount)} le "
        f"{first.due_on:%d/%m/%Y}.\n\n"
        "Merci de nous le renvoyer daté et signé. Une question ? Répondez simplement à ce "
        f"message.\n\nCordialement,\n{actor.company.name}"
    )
    assert plan.document_id is not None, "a plan proposed has its agreement"
    return _message(
        actor,
        plan,
        key=f"payment_plan:{plan.pk}:proposal:{plan.document_id}",
        title=f"Accord de paiement échelonné : {format_amount(plan.total)}",
        body=body,
        file_ids=(plan.document_id,),
    )


def _message(
    actor: Actor,
    plan: PaymentPlan,
    *,
    key: str,
    title: str,
    body: str,
    file_ids: tuple[int, ...] = (),
) -> NewMessage:
    to = parties.contacts(actor=actor, party_ids=[plan.party_id], purpose=Purpose.REMINDERS.value)
    minutes = policy.read(actor.company, CollectionPolicy).hold_minutes
    return NewMessage(
        key=key,
        kind=KIND,
        subject=f"payment_plan:{plan.pk}",
        party_id=plan.party_id,
        to=tuple(dict.fromkeys(contact.email for contact in to[plan.party_id])),
        subject_line=title,
        body=body,
        file_ids=file_ids,
        hold_until=clock.now() + timedelta(minutes=minutes),
        reply_to=actor.company.email,
    )


@transaction.atomic
def accept_payment_plan(
    *,
    actor: Actor,
    plan_id: int,
    accepted_on: date,
    accepted_by: str,
    signed: NewFile | None = None,
) -> PaymentPlan:
    """Note that the customer accepted a plan: its items are no longer chased while it is kept.

    Promises that stand on its items give way to it. A plan that acknowledges the debt sets the
    limitation clock of each item going again from that day (C. civ. art. 2240).

    Args:
        actor: Needs the right to prepare reminders.
        plan_id: A plan proposed.
        accepted_on: Day of the signature, today or before, not before the proposal was drafted.
        accepted_by: Name of who signed.
        signed: The agreement signed, if it came back.

    Raises:
        NotFoundError: Not one of this company.
        PaymentPlanStateError: It is not proposed, the day is to come, or nobody signed.
        PaymentPlanChangedError: Less is owed than the plan says.
    """
    actor.require(Right.PREPARE_REMINDERS)
    plan = _locked(actor, plan_id, {PaymentPlanState.PROPOSED}, "il s'accepte une fois proposé")
    name = clean_line(accepted_by)[:120]
    if not name:
        raise PaymentPlanStateError(plan_id=plan_id, problem="dites qui l'a accepté")
    if accepted_on > clock.today():
        raise PaymentPlanStateError(plan_id=plan_id, problem="le jour de l'accord est à venir")
    _check_owed(plan)
    now = clock.now()
    if signed is not None:
        plan.signed_file = archive.store_file(actor=actor, file=signed)
    plan.state = PaymentPlanState.ACCEPTED.value
    plan.accepted_on, plan.accepted_by, plan.accepted_at = accepted_on, name, now
    plan.link_digest = ""
    plan.save(
        update_fields=[
            "state", "accepted_on", "accepted_by", "accepted_at", "signed_file", "link_digest",
        ]
    )  # fmt: skip
    items = list(plan.items.all())
    _give_way(actor, [item.open_item_id for item in items], plan)
    if plan.acknowledges_debt:
        LimitationAct.objects.bulk_create(
            LimitationAct(
                company=actor.company,
                open_item_id=item.open_item_id,
                document_ref=item.document_ref,
                cause=LimitationCause.ACKNOWLEDGEMENT.value,
                on=accepted_on,
                file=plan.signed_file or plan.document,
                note=_act_note(plan),
                recorded_at=now,
                recorded_by=actor.name,
            )
            for item in items
        )
    journal.record(PaymentPlanAccepted(plan.pk, plan.party_id, accepted_on, name), actor=actor)
    return plan


def _act_note(plan: PaymentPlan) -> str:
    return f"échéancier n° {plan.pk} accepté par {plan.accepted_by}"[:200]


def _give_way(actor: Actor, item_ids: Collection[int], plan: PaymentPlan) -> None:
    rows = list(
        Promise.objects.select_for_update().filter(
            company=actor.company, verdict="", open_item__in=item_ids
        )
    )
    Promise.objects.filter(pk__in=[row.pk for row in rows]).update(
        verdict=PromiseVerdict.WITHDRAWN.value, judged_at=plan.accepted_at
    )
    reason = f"remplacée par l'échéancier n° {plan.pk}"
    journal.record_many(
        [PromiseWithdrawn(row.pk, row.party_id, reason) for row in rows], actor=actor
    )


def accept_by_link(*, token: str, name: str, agreed: bool) -> PaymentPlan:
    """Accept a plan through its link; the bearer has no other right than this one.

    Raises:
        PaymentPlanLinkError: The link opens nothing: wrong, replaced, or the plan is answered.
        PaymentPlanAnsweredError: No name, or « bon pour accord » is not ticked.
        PaymentPlanChangedError: Less is owed than the plan says.
    """
    plan = queries.payment_plan_of_link(token=token)
    if not agreed or not clean_line(name):
        raise PaymentPlanAnsweredError
    return accept_payment_plan(
        actor=system(plan.company),
        plan_id=plan.pk,
        accepted_on=clock.today(),
        accepted_by=name,
    )


@transaction.atomic
def undo_acceptance(*, actor: Actor, plan_id: int) -> PaymentPlan:
    """Take back an acceptance noted by mistake, before anything was paid: the plan is proposed.

    Its acts on the limitation clock are withdrawn with it.

    Raises:
        NotFoundError: Not one of this company.
        PaymentPlanStateError: It is not accepted.
        PaymentPlanPaidError: Something was paid since; the plan may be cancelled instead.
    """
    actor.require(Right.PREPARE_REMINDERS)
    plan = _locked(actor, plan_id, {PaymentPlanState.ACCEPTED}, "il n'est pas accepté")
    state = queries.plan_progress(actor=actor, plans=[plan], on=date.max)[plan.pk]
    if state.paid:
        raise PaymentPlanPaidError(plan_id=plan.pk, paid=state.paid)
    assert plan.accepted_at is not None, "an accepted plan says when that was noted"
    LimitationAct.objects.filter(
        company=actor.company,
        recorded_at=plan.accepted_at,
        note=_act_note(plan),
        open_item__in=[item.open_item_id for item in plan.items.all()],
        withdrawn_at=None,
    ).update(withdrawn_at=clock.now())
    plan.state = PaymentPlanState.PROPOSED.value
    plan.accepted_on, plan.accepted_by, plan.accepted_at = None, "", None
    plan.signed_file = None
    plan.save(update_fields=["state", "accepted_on", "accepted_by", "accepted_at", "signed_file"])
    journal.record(PaymentPlanReopened(plan.pk, plan.party_id, plan.state), actor=actor)
    return plan


@transaction.atomic
def cancel_payment_plan(*, actor: Actor, plan_id: int, reason: str) -> PaymentPlan:
    """End a plan that was not paid whole: its items are chased again from their level.

    What was paid stays paid, and an acknowledgement of debt given stays given.

    Raises:
        NotFoundError: Not one of this company.
        PaymentPlanStateError: It has ended already, or no reason is said.
    """
    actor.require(Right.PREPARE_REMINDERS)
    running = {PaymentPlanState.DRAFT, PaymentPlanState.PROPOSED, PaymentPlanState.ACCEPTED}
    plan = _locked(actor, plan_id, running, "il est déjà fini")
    if not clean_line(reason):
        raise PaymentPlanStateError(plan_id=plan_id, problem="dites pourquoi il est annulé")
    _end(actor, plan, PaymentPlanState.CANCELLED, clean_line(reason))
    return plan


def _end(actor: Actor, plan: PaymentPlan, state: PaymentPlanState, reason: str) -> None:
    plan.state = state.value
    plan.ended_at = clock.now()
    plan.ended_reason = reason[:200]
    plan.link_digest = ""
    plan.save(update_fields=["state", "ended_at", "ended_reason", "link_digest"])
    journal.record(
        PaymentPlanEnded(plan.pk, plan.party_id, state.value, plan.ended_reason), actor=actor
    )


def _locked(
    actor: Actor, plan_id: int, states: Collection[PaymentPlanState], problem: str
) -> PaymentPlan:
    found = PaymentPlan.objects.select_for_update().filter(company=actor.company, pk=plan_id)
    if not found.exists():
        raise NotFoundError(what=f"échéancier n° {plan_id}")
    plan = queries.payment_plan_for(actor=actor, plan_id=plan_id)
    if plan.state not in {state.value for state in states}:
        raise PaymentPlanStateError(plan_id=plan_id, problem=problem)
    return plan


def _check_owed(plan: PaymentPlan) -> None:
    for item in plan.items.all():
        if item.open_item.open_amount < item.amount:
            raise PaymentPlanChangedError(
                document_ref=item.document_ref, left=item.open_item.open_amount
            )


def judge_payment_plans(*, actor: Actor, on: date) -> PaymentPlanReport:
    """Follow the plans accepted: those paid whole end, those not kept break, a miss is called.

    Judged is what the bank had credited by the eve, or by the last day it is known for. A broken
    plan covers nothing any more: its items are chased again from their level, and a question is
    asked. A plan broken or completed lately is taken up again when a late bank file or an un-match
    shows that it was not. Running it again changes nothing.

    Args:
        actor: Needs the right to prepare reminders.
        on: The day; instalments of earlier days are judged.

    Returns:
        What is new. Nine queries a chunk of 200 plans, and what follows each change.
    """
    actor.require(Right.PREPARE_REMINDERS)
    known = queries.judged_day(actor=actor, on=on)
    ids = list(queries.plans_to_judge(actor=actor, on=on, days=CORRECTED_DAYS))
    judged: list[JudgedPlan] = []
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            judged += _judge(actor, ids[start : start + CHUNK], known, on)
    return PaymentPlanReport(tuple(judged))


def _judge(actor: Actor, plan_ids: Sequence[int], known: date, on: date) -> list[JudgedPlan]:
    list(
        PaymentPlan.objects.select_for_update()
        .filter(pk__in=plan_ids)
        .order_by("pk")
        .values_list("pk")
    )
    plans = list(queries.payment_plans(actor=actor).filter(pk__in=plan_ids).order_by("pk"))
    states = queries.plan_progress(actor=actor, plans=plans, on=known)
    judged = []
    for plan in plans:
        found = _verdict(states[plan.pk])
        if found.value != plan.state:
            judged.append(_change(actor, plan, found, states[plan.pk], on))
        elif found is PaymentPlanState.ACCEPTED:
            judged += _missed(actor, plan, states[plan.pk], on)
    return judged


def _verdict(state: PlanProgress) -> PaymentPlanState:
    if state.broken_on is not None:
        return PaymentPlanState.BROKEN
    return PaymentPlanState.COMPLETED if state.is_complete else PaymentPlanState.ACCEPTED


def _change(
    actor: Actor, plan: PaymentPlan, found: PaymentPlanState, state: PlanProgress, on: date
) -> JudgedPlan:
    before = plan.state
    key = _key(plan.pk)
    if found is PaymentPlanState.ACCEPTED:
        plan.state, plan.ended_at, plan.ended_reason = found.value, None, ""
        plan.save(update_fields=["state", "ended_at", "ended_reason"])
        journal.record(PaymentPlanReopened(plan.pk, plan.party_id, found.value), actor=actor)
        reason = "l'échéancier tient : un paiement qui manquait est venu"
        _call_off(actor, key, reason)
        return _told(plan, before, found, reason)
    if found is PaymentPlanState.COMPLETED:
        reason = f"tout est payé : {format_amount(plan.total)}"
        _end(actor, plan, found, reason)
        _call_off(actor, key, "L'échéancier est soldé.")
        return _told(plan, before, found, reason)
    missed = [one for one in state.instalments if one.was_missed]
    reason = (
        f"échéance du {missed[-1].instalment.due_on:%d/%m/%Y} non payée : la totalité du solde, "
        f"{format_amount(state.left)}, est exigible"
    )
    _end(actor, plan, found, reason)
    if state.left:
        _ask(actor, plan, owed=state.left, on=on)
    return _told(plan, before, found, reason)


def _missed(actor: Actor, plan: PaymentPlan, state: PlanProgress, on: date) -> list[JudgedPlan]:
    """A call for each instalment late or missed that does not break the plan."""
    gone = [_key(plan.pk, one.instalment.rank) for one in state.instalments if not one.left]
    cancel_calls(actor=actor, keys=gone, reason="L'échéance est payée.")
    late = {
        _key(plan.pk, one.instalment.rank): one
        for one in state.instalments
        if one.state in {InstalmentState.GRACE, InstalmentState.MISSED}
    }
    told = []
    for key in late.keys() - queries.known_calls(actor=actor, keys=late):
        one = late[key]
        reason = f"échéancier n° {plan.pk} : échéance du {one.instalment.due_on:%d/%m/%Y} non payée"
        make_calls(
            actor=actor, calls=[NewCall(plan.party_id, key, reason, roll_forward(on), one.left)]
        )
        told.append(_told(plan, plan.state, PaymentPlanState.ACCEPTED, reason))
    return told


def _ask(actor: Actor, plan: PaymentPlan, *, owed: Decimal, on: date) -> None:
    key, what = _key(plan.pk), f"échéancier n° {plan.pk} rompu"
    told = f"{what}, {format_amount(owed)} exigibles"
    call = NewCall(plan.party_id, key, told, roll_forward(on), owed)
    make_calls(actor=actor, calls=[call], again=True)
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=key,
                kind="collection.payment_plan",
                subject=f"payment_plan:{plan.pk}",
                title=f"{plan.party.name} : {what}, {format_amount(owed)} sont exigibles.",
                evidence={"party_id": plan.party_id, "plan_id": plan.pk},
                answers=(
                    Answer("call", "Je l'appelle"),
                    Answer("remind_again", "Les relances reprennent, sans appel"),
                ),
                amount=owed,
                due_date=on,
            )
        ],
    )


def _call_off(actor: Actor, key: str, reason: str) -> None:
    keys = [key, *(f"{key}:{rank}" for rank in range(1, COUNT_MAX + 1))]
    cancel_calls(actor=actor, keys=keys, reason=reason)
    base.close_work_items(actor=actor, keys=[key], answer="paid")


def _key(plan_id: int, rank: int = 0) -> str:
    return (
        f"collection.payment_plan:{plan_id}:{rank}"
        if rank
        else f"collection.payment_plan:{plan_id}"
    )


def _told(plan: PaymentPlan, before: str, state: PaymentPlanState, reason: str) -> JudgedPlan:
    return JudgedPlan(plan.pk, plan.party_id, plan.party.name, before, state, reason)


def remind_instalments(
    *, actor: Actor, on: date, days: int = COURTESY_DAYS
) -> list[tuple[int, int]]:
    """Write to the customers whose next instalment falls within some days; held before it leaves.

    One message an instalment. A customer who cannot be written to is passed over.

    Returns:
        Plan and rank of the instalments written about by this call.
    """
    actor.require(Right.PREPARE_REMINDERS)
    plans = list(queries.payment_plans(actor=actor, states=[PaymentPlanState.ACCEPTED]))
    messages = [one for one in _courtesies(actor, plans, on, days) if one.to]
    subjects = {one.subject for one in messages}
    known = {
        row.key
        for rows in outbox.messages_of(actor=actor, subjects=subjects).values()
        for row in rows
    }
    fresh = [one for one in messages if one.key not in known]
    transmission.queue_messages(actor=actor, messages=fresh)
    return [(int(plan), int(rank)) for _, plan, rank in (one.key.split(":") for one in fresh)]


def _courtesies(
    actor: Actor, plans: Sequence[PaymentPlan], on: date, days: int
) -> list[NewMessage]:
    states = queries.plan_progress(actor=actor, plans=plans, on=on)
    found = []
    for plan in plans:
        coming = states[plan.pk].next
        if coming is None or not on <= coming.instalment.due_on <= on + timedelta(days=days):
            continue
        due = coming.instalment
        body = (
            f"Bonjour,\n\nNous vous rappelons l'échéance du {due.due_on:%d/%m/%Y} de votre accord "
            f"de paiement n° {plan.pk} : {format_amount(coming.left)}.\n\nSi votre paiement vient "
            f"de partir, ne tenez pas compte de ce message.\n\nCordialement,\n{actor.company.name}"
        )
        found.append(
            _message(
                actor,
                plan,
                key=f"payment_plan:{plan.pk}:{due.rank}",
                title=f"Échéance du {due.due_on:%d/%m/%Y} : {format_amount(coming.left)}",
                body=body,
            )
        )
    return found


def release_payment_plans(*, actor: Actor, now: datetime) -> ReleaseReport:
    """Check the messages of payment plans a last time, and let go those that are still right.

    A proposal whose plan is no longer proposed, a reminder of an instalment that was paid, other
    recipients: the message is taken back.

    Args:
        actor: Needs the right to send documents.
        now: The instant; holds that are over by then are looked at.
    """
    with transaction.atomic():
        rows = list(outbox.to_release(actor=actor, kind=KIND, now=now))
        ids = {int(row.subject.partition(":")[2]) for row in rows}
        plans = list(queries.payment_plans(actor=actor).filter(pk__in=ids))
        today = timezone.localdate(now)
        accepted = [one for one in plans if one.state == PaymentPlanState.ACCEPTED.value]
        right = {one.key: one for one in _courtesies(actor, accepted, today, COURTESY_DAYS)}
        for plan in plans:
            if plan.state == PaymentPlanState.PROPOSED.value and plan.document_id:
                proposal = _proposal(actor, plan)
                right[proposal.key] = proposal
        good = [row for row in rows if _is_right(row, right.get(row.key))]
        wrong = [row for row in rows if row not in good]
        reason = "L'échéancier ou ses destinataires ont changé depuis la préparation."
        transmission.withdraw_messages(
            actor=actor, message_ids=[row.pk for row in wrong], reason=reason
        )
        transmission.release_messages(actor=actor, message_ids=[row.pk for row in good])
    return ReleaseReport(
        released=tuple(row.pk for row in good),
        cancelled=tuple(NotReleased(row.pk, row.party_id or 0, reason) for row in wrong),
    )


def _is_right(row: Message, wanted: NewMessage | None) -> bool:
    return (
        wanted is not None
        and set(row.to) == set(wanted.to)
        and row.subject_line == wanted.subject_line
        and row.body == wanted.body
    )
