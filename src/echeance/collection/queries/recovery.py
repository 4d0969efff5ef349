"""Steps beyond reminders: what runs, for which items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection.models import LetterProof, RecoveryItem, RecoveryStep, ReminderItem
from echeance.collection.queries.limitation import LimitationRow, limitation_rows
from echeance.collection.types import RECOVERY_LABELS, ProofKind, RecoveryKind
from echeance.core.dunning import Step
from echeance.core.money import ZERO
from echeance.core.recovery.proceedings import (
    DatedEvent,
    OrderDeadline,
    OrderEvent,
    order_deadlines,
)
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from echeance.base.actor import Actor

HANDED_OVER = (
    RecoveryKind.AGENCY,
    RecoveryKind.BAILIFF,
    RecoveryKind.PAYMENT_ORDER,
    RecoveryKind.COURT,
)
"""Steps in which somebody else, or a court, claims: the items leave the reminders."""


def handed_over_items(*, actor: Actor) -> dict[int, str]:
    """Items an agency, a bailiff or a court has in hand now, each with a French sentence.

    One query.
    """
    actor.require(Right.READ)
    rows = (
        RecoveryItem.objects.filter(
            company=actor.company, step__ended_at=None, step__kind__in=HANDED_OVER
        )
        .order_by("pk")
        .values_list("open_item", "step__kind", "step__on", "step__counterpart")
    )
    return {item_id: _sentence(kind, on, who) for item_id, kind, on, who in rows}


def _sentence(kind: str, on: object, counterpart: str) -> str:
    label = RECOVERY_LABELS[RecoveryKind(kind)]
    to = f" ({counterpart})" if counterpart else ""
    return f"{label[0].upper()}{label[1:]}{to}, depuis le {on:%d/%m/%Y} : plus de relance."


def recovery_steps(
    *, actor: Actor, party_ids: Collection[int] | None = None, running_only: bool = False
) -> QuerySet[RecoveryStep]:
    """Steps of some customers and of those merged with them, latest first, items read ahead.

    Two queries.
    """
    actor.require(Right.READ)
    rows = RecoveryStep.objects.filter(company=actor.company)
    if party_ids is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    if running_only:
        rows = rows.filter(ended_at=None)
    return (
        rows.select_related("party", "file", "word_file")
        .prefetch_related("items__open_item")
        .order_by("-on", "-pk")
    )


def recovery_step_for(*, actor: Actor, step_id: int) -> RecoveryStep:
    """One step of the company, its items read ahead. Two queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = recovery_steps(actor=actor).filter(pk=step_id).first()
    if row is None:
        raise NotFoundError(what=f"étape de recouvrement n° {step_id}")
    return row


def order_events(step: RecoveryStep) -> list[DatedEvent]:
    """What happened to a request for an order to pay, oldest first."""
    return [
        DatedEvent(OrderEvent(one["event"]), date.fromisoformat(one["on"]))
        for one in step.facts.get("events", [])
    ]


def recovered_by_step(*, actor: Actor, steps: Collection[RecoveryStep]) -> dict[int, Decimal]:
    """Money received on the items of each step since its day, as the ledger tells it.

    To the end of a step that is ended; what was un-matched is not counted. Two queries.
    """
    of_step: dict[int, list[int]] = {}
    for step in steps:
        of_step[step.pk] = [row.open_item_id for row in step.items.all()]
    ids = {item_id for items in of_step.values() for item_id in items}
    rows = ledger.allocations_of(actor=actor, item_ids=ids)
    others = ledger.items_for(actor=actor, item_ids={row.credit_item_id for row in rows})
    money = {item.item_id for item in others if item.kind == "receipt"}
    found = {}
    for step in steps:
        until = step.ended_at.date() if step.ended_at else date.max
        found[step.pk] = sum(
            (
                row.amount
                for row in rows
                if row.debit_item_id in set(of_step[step.pk])
                and row.credit_item_id in money
                and step.on <= row.effective_date <= until
            ),
            ZERO,
        )
    return found


@dataclass(frozen=True, slots=True)
class FormalNotice:
    """A formal notice that named an item, and what proves that it was posted."""

    reminder_id: int
    on: date
    posted_on: date


def formal_notices(*, actor: Actor, item_ids: Collection[int]) -> dict[int, FormalNotice]:
    """The first formal notice of each item whose posting is proved; others are absent.

    A mail, a letter without proof, withdrawn, or sent back as unknown there is none. Two queries.
    """
    actor.require(Right.READ)
    named = ReminderItem.objects.filter(
        company=actor.company,
        open_item__in=set(item_ids),
        reminder__step=Step.FORMAL_NOTICE.value,
        reminder__cancelled_at=None,
    ).order_by("reminder")
    rows = list(named.values_list("open_item", "reminder", "reminder__run__on"))
    posted: dict[int, date] = {}
    proofs = LetterProof.objects.filter(
        company=actor.company, reminder__in={reminder for _, reminder, _ in rows}
    )
    returned = set()
    for reminder_id, on, kind in proofs.order_by("on").values_list("reminder", "on", "kind"):
        posted.setdefault(reminder_id, on)
        if kind == ProofKind.RETURNED:
            returned.add(reminder_id)
    found: dict[int, FormalNotice] = {}
    for item_id, reminder_id, on in rows:
        if reminder_id in posted and reminder_id not in returned and item_id not in found:
            found[item_id] = FormalNotice(reminder_id, on, posted[reminder_id])
    return found


@dataclass(frozen=True, slots=True)
class UnpaidCustomer:
    """A customer beyond reminders, or whose debts come near their last day.

    Attributes:
        step: The latest step that runs, if any.
        amount: All that is overdue.
        nearest: Its debt whose last day is the nearest.
        deadline: The next thing to do before a day, proceedings first.
    """

    party_id: int
    party_name: str
    amount: Decimal
    items: int
    oldest_due: date
    nearest: LimitationRow
    step: RecoveryStep | None = None
    deadline: OrderDeadline | None = None

    @property
    def next_day(self) -> date | None:
        """The nearest of its deadline and its last day to sue."""
        days = [
            day
            for day in (
                self.deadline.last_day if self.deadline else None,
                self.nearest.limitation.last_day,
            )
            if day
        ]
        return min(days, default=None)


def unpaid_customers(*, actor: Actor, on: date, late_days: int = 45) -> list[UnpaidCustomer]:
    """Customers with a step that runs, or with a debt late by more than some days.

    The nearest deadline first. The queries of :func:`limitation_rows`, and two.
    """
    rows: dict[int, list[LimitationRow]] = {}
    for row in limitation_rows(actor=actor, on=on):
        rows.setdefault(row.party_id, []).append(row)
    merged = parties.merged_parties(actor=actor)
    steps: dict[int, list[RecoveryStep]] = {}
    for step in recovery_steps(actor=actor, running_only=True):
        steps.setdefault(merged.get(step.party_id, step.party_id), []).append(step)
    found = []
    for party_id, debts in rows.items():
        oldest = min(row.item.due_date for row in debts)
        running = steps.get(party_id, [])
        if not running and (on - oldest).days <= late_days:
            continue
        deadlines = [one for step in running for one in order_deadlines(order_events(step))]
        found.append(
            UnpaidCustomer(
                party_id=party_id,
                party_name=debts[0].party_name,
                amount=sum((row.item.open_amount for row in debts), ZERO),
                items=len(debts),
                oldest_due=oldest,
                nearest=debts[0],
                step=running[0] if running else None,
                deadline=min(deadlines, key=lambda one: one.last_day, default=None),
            )
        )
    return sorted(found, key=lambda one: (one.next_day or date.max, -one.amount, one.party_name))
