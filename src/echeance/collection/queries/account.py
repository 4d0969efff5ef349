"""The account of a customer: what comes next and why, what happened, what its balance is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.cash import queries as cash
from echeance.collection.models import (
    AccountStatement,
    CallTask,
    Dispute,
    Hold,
    LetterProof,
    PaymentPlan,
    RecoveryStep,
)
from echeance.collection.queries.calls import call_history
from echeance.collection.queries.dunning import reminders_of
from echeance.collection.queries.judging import dry_run
from echeance.collection.queries.promises import promise_history
from echeance.collection.queries.replies import replies
from echeance.collection.types import Decision
from echeance.core.lifecycle import label
from echeance.core.money import ZERO, format_amount
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT
from echeance.parties import queries as parties
from echeance.transmission import queries as transmission
from echeance.transmission.types import Status

if TYPE_CHECKING:
    from echeance.base.actor import Actor

SHOWN = 100
_FAILED = {Status.REFUSED, Status.BOUNCED}


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened with a customer.

    Attributes:
        channel: What it belongs to, for the filter: a key of ``CHANNEL_TITLES``.
        title: French, short.
        detail: What was said, or the document.
        url_name: Page of the object; empty for none.
    """

    at: datetime
    channel: str
    icon: str
    title: str
    detail: str = ""
    who: str = ""
    amount: Decimal | None = None
    tone: str = "neutral"
    url_name: str = ""
    object_id: int = 0


CHANNEL_TITLES = {
    "reminders": "Relances et lettres",
    "calls": "Appels",
    "replies": "Réponses",
    "promises": "Promesses et échéanciers",
    "disputes": "Litiges",
    "holds": "Suspensions",
    "statuses": "Statuts des plateformes",
    "recovery": "Contentieux",
    "proofs": "Preuves d'envoi et relevés",
    "messages": "Factures et autres envois",
}


def customer_next(*, actor: Actor, party_id: int, on: date) -> str:
    """What comes next for a customer and why, in French: a call due, a message, or what stops it.

    The dry run of the customer, and two queries.
    """
    actor.require(Right.READ)
    party = parties.party_for(actor=actor, party_id=party_id)
    family = parties.family(actor=actor, party_ids=[party.pk])
    call = (
        CallTask.objects.filter(
            company=actor.company, party__in=family, done_at=None, cancelled_at=None
        )
        .order_by("due_on", "pk")
        .first()
    )
    row = next(iter(dry_run(actor=actor, on=on, party_ids=[party.pk])), None)
    parts = []
    if call is not None:
        parts.append(f"appel le {call.due_on:%d/%m/%Y} ({call.reason.rstrip('.')})")
    if row is None:
        if not parts:
            return "Prochaine action : aucune, rien n'est échu."
        return f"Prochaine action : {parts[0]}."
    why = " ".join(reason.text for reason in row.reasons)
    if row.decision is Decision.SEND:
        ending = ", après votre accord" if row.needs_approval else ""
        parts.insert(0, f"{row.level_label} aujourd'hui, {format_amount(row.total)}{ending}")
        return f"Prochaine action : {' ; '.join(parts)}. {why}"
    if parts:
        return f"Prochaine action : {parts[0]}. Pas de relance : {why}"
    if row.until is not None:
        return f"Prochaine action : nouvel examen le {row.until:%d/%m/%Y}. {why}"
    return f"Prochaine action : à vous de décider. {why}"


def customer_timeline(
    *, actor: Actor, party_id: int, channel: str = "", document_refs: tuple[str, ...] = ()
) -> list[TimelineEvent]:
    """What happened with a customer, the latest first, a hundred events at most.

    Args:
        actor: Whose company.
        party_id: The customer; what is known under merged numbers counts.
        channel: A key of :data:`CHANNEL_TITLES`; all of them when empty or unknown.
        document_refs: Documents whose platform statuses are told.

    Returns:
        Fifteen queries for all channels, whatever the history.
    """
    actor.require(Right.READ)
    sources = {
        "reminders": _reminders,
        "calls": _calls,
        "replies": _replies,
        "promises": _promises,
        "disputes": _disputes,
        "holds": _holds,
        "recovery": _recovery,
        "proofs": _proofs,
        "messages": _messages,
    }
    found = [
        event
        for name, source in sources.items()
        if channel not in CHANNEL_TITLES or name == channel
        for event in source(actor, party_id)
    ]
    if channel not in CHANNEL_TITLES or channel == "statuses":
        found += _statuses(actor, document_refs)
    return sorted(found, key=lambda event: event.at, reverse=True)[:SHOWN]


def _reminders(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    for row in reminders_of(actor=actor, party_ids=[party_id])[:SHOWN]:
        state, tone = "préparée", "info"
        if row.cancelled_at:
            state, tone = f"annulée : {row.cancel_reason}", "neutral"
        elif row.message is not None:
            state = row.message.get_status_display()
            tone = "bad" if row.message.status in _FAILED else "good"
        elif row.released_at:
            state, tone = "accordée", "good"
        yield TimelineEvent(
            at=row.released_at or row.prepared_at,
            channel="reminders",
            icon="mail-forward",
            title=row.label,
            detail=state,
            who=row.approved_by,
            amount=row.total,
            tone=tone,
            url_name="collection:reminder",
            object_id=row.pk,
        )


def _calls(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    for row in call_history(actor=actor, party_id=party_id)[:SHOWN]:
        if row.done_at is not None:
            yield TimelineEvent(
                at=row.done_at,
                channel="calls",
                icon="phone",
                title=f"Appel : {row.get_outcome_display()}",
                detail=row.note or row.reason,
                who=row.done_by,
            )


def _replies(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    for row in replies(actor=actor, party_id=party_id)[:SHOWN]:
        yield TimelineEvent(
            at=row.received_at,
            channel="replies",
            icon="message",
            title="Réponse du client" if row.read_at else "Réponse du client, à lire",
            detail=row.text,
            who=row.recorded_by,
            tone="good" if row.read_at else "warn",
        )


def _promises(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    for row in promise_history(actor=actor, party_id=party_id)[:SHOWN]:
        verdict = f", {row.get_verdict_display()}" if row.verdict else ""
        yield TimelineEvent(
            at=row.recorded_at,
            channel="promises",
            icon="calendar-event",
            title=f"Promesse pour le {row.promised_on:%d/%m/%Y}{verdict}",
            detail=f"{row.document_ref} {row.note}".strip(),
            who=row.recorded_by,
            amount=row.amount,
            tone={"kept": "good", "broken": "bad"}.get(row.verdict, "info"),
        )
    family = parties.family(actor=actor, party_ids=[party_id])
    plans = PaymentPlan.objects.filter(company=actor.company, party__in=family)
    for plan in plans.order_by("-pk")[:SHOWN]:
        yield TimelineEvent(
            at=plan.made_at,
            channel="promises",
            icon="calendar-due",
            title=f"Échéancier {plan.get_state_display()}",
            detail=plan.ended_reason or plan.note,
            who=plan.made_by,
            amount=plan.total,
        )


def _disputes(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    family = parties.family(actor=actor, party_ids=[party_id])
    rows = Dispute.objects.filter(company=actor.company, party__in=family)
    for row in rows.order_by("-pk")[:SHOWN]:
        ended = f", clos : {row.get_outcome_display()}" if row.closed_at else ""
        yield TimelineEvent(
            at=row.opened_at,
            channel="disputes",
            icon="message-report",
            title=f"Litige sur {row.document_ref}{ended}",
            detail=row.get_reason_code_display(),
            who=row.opened_by,
            amount=row.amount,
            tone="neutral" if row.closed_at else "dispute",
            url_name="collection:dispute",
            object_id=row.pk,
        )


def _holds(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    family = parties.family(actor=actor, party_ids=[party_id])
    rows = Hold.objects.filter(company=actor.company, party__in=family)
    for row in rows.select_related("open_item").order_by("-pk")[:SHOWN]:
        until = f" jusqu'au {row.until:%d/%m/%Y}" if row.until else ""
        lifted = f", levée le {timezone.localdate(row.lifted_at):%d/%m/%Y}" if row.lifted_at else ""
        yield TimelineEvent(
            at=row.placed_at,
            channel="holds",
            icon="hand-stop",
            title=f"Relances suspendues{until}{lifted}",
            detail=row.reason,
            who=row.placed_by,
            tone="neutral" if row.lifted_at else "warn",
        )


def _recovery(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    family = parties.family(actor=actor, party_ids=[party_id])
    rows = RecoveryStep.objects.filter(company=actor.company, party__in=family)
    for row in rows.order_by("-pk")[:SHOWN]:
        yield TimelineEvent(
            at=row.opened_at,
            channel="recovery",
            icon="gavel",
            title=row.get_kind_display().capitalize(),
            detail=" ".join(filter(None, [row.counterpart, row.reference, row.note])),
            amount=row.amount or None,
            tone="bad",
        )


def _proofs(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    family = parties.family(actor=actor, party_ids=[party_id])
    proofs = LetterProof.objects.filter(company=actor.company, reminder__party__in=family)
    for row in proofs.select_related("reminder").order_by("-pk")[:SHOWN]:
        yield TimelineEvent(
            at=row.recorded_at,
            channel="proofs",
            icon="mail-opened",
            title=f"{row.get_kind_display().capitalize()} le {row.on:%d/%m/%Y}",
            detail=" ".join(filter(None, [row.reminder.label, row.tracking, row.note])),
            who=row.recorded_by,
            tone="good",
            url_name="collection:reminder",
            object_id=row.reminder_id,
        )
    made = AccountStatement.objects.filter(company=actor.company, party__in=family)
    for sent in made.order_by("-pk")[:SHOWN]:
        yield TimelineEvent(
            at=sent.made_at,
            channel="proofs",
            icon="file-text",
            title=f"Relevé de compte au {sent.on:%d/%m/%Y}",
            who=sent.made_by,
            amount=sent.balance,
        )


def _messages(actor: Actor, party_id: int) -> Iterator[TimelineEvent]:
    family = parties.family(actor=actor, party_ids=[party_id])
    rows = transmission.outbox(actor=actor).filter(party__in=family).exclude(kind="reminder")
    for row in rows[:SHOWN]:
        yield TimelineEvent(
            at=row.finished_at or row.created_at,
            channel="messages",
            icon="mail",
            title=row.subject_line,
            detail=row.get_status_display(),
            tone="bad" if row.status in _FAILED else "neutral",
        )


def _statuses(actor: Actor, document_refs: tuple[str, ...]) -> Iterator[TimelineEvent]:
    told = transmission.statuses_of(actor=actor, document_refs=document_refs[:SHOWN])
    for number, statuses in told.items():
        for one in statuses:
            if not one.anomaly:
                yield TimelineEvent(
                    at=one.event.at,
                    channel="statuses",
                    icon="building-bank",
                    title=f"{number} : {label(one.event.code).lower()}",
                    who=one.source,
                    tone="info",
                )


@dataclass(frozen=True, slots=True)
class Payment:
    """What took a part off an item: the credit, and the bank line when there is one.

    Attributes:
        entry_id: Line of the bank statement; ``None`` for a credit note or another credit.
    """

    reference: str
    on: date
    amount: Decimal
    entry_id: int | None = None
    bank_text: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """An open item from its amount to what is left of it; ``amount - payments = left``."""

    item_id: int
    document_ref: str
    due_date: date
    sign: int
    amount: Decimal
    left: Decimal
    payments: tuple[Payment, ...] = field(default=())

    @property
    def other(self) -> Decimal:
        """What the payments listed do not explain; zero unless allocations were not found."""
        return self.amount - self.left - sum((one.amount for one in self.payments), ZERO)


def explain_balance(*, actor: Actor, party_id: int, on: date) -> list[Explained]:
    """The balance of a customer at the end of a day, from each document to the bank lines.

    What is settled weighs nothing and is left out. The signed ``left`` add up to the balance.
    Five queries, and one a chunk of 500 items.
    """
    account = billing.account(actor=actor, party_id=party_id, on=on)
    ids = [line.item.item_id for line in account.lines]
    rows = ledger.allocations_of(actor=actor, item_ids=ids)
    undone = {row.reverses_id for row in rows}
    matches = cash.matches_of_items(actor=actor, item_ids=ids)
    entries = {
        match.allocation_id: match.match.entry for found in matches.values() for match in found
    }
    parts: dict[int, list[Payment]] = {}
    for row in rows:
        standing = row.reverses_id is None and row.allocation_id not in undone
        if not standing or row.effective_date > on:
            continue
        entry = entries.get(row.allocation_id)
        text = entry.text if entry is not None else ""
        for item_id, other in (
            (row.debit_item_id, row.credit_ref),
            (row.credit_item_id, row.debit_ref),
        ):
            payment = Payment(
                reference=other,
                on=row.credited_on,
                amount=row.amount,
                entry_id=entry.pk if entry is not None else None,
                bank_text=text,
            )
            parts.setdefault(item_id, []).append(payment)
    return [
        Explained(
            item_id=line.item.item_id,
            document_ref=line.item.document_ref,
            due_date=line.item.due_date,
            sign=1 if line.item.side == DEBIT else -1,
            amount=line.item.amount,
            left=line.item.open_amount,
            payments=tuple(sorted(parts.get(line.item.item_id, ()), key=lambda one: one.on)),
        )
        for line in account.lines
    ]
