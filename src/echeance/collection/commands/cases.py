"""What stops or bends reminders: disputes and pauses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection.commands.receivables import receivables
from echeance.collection.errors import (
    DayPastError,
    DisputeClosedError,
    DisputeTooLargeError,
    NotCustomerItemError,
    ReasonMissingError,
)
from echeance.collection.events import (
    DisputeClosed,
    DisputeOpened,
    RemindersHeld,
    RemindersResumed,
)
from echeance.collection.models import Dispute, Hold
from echeance.collection.types import DisputeOutcome, DisputeReason
from echeance.core.money import ZERO
from echeance.core.words import clean_line
from echeance.parties import queries as parties


@transaction.atomic
def open_dispute(
    *,
    actor: Actor,
    item_id: int,
    reason_code: DisputeReason,
    amount: Decimal | None = None,
    note: str = "",
) -> Dispute:
    """Record that a customer contests an item or a part of it; the rest stays chased.

    Args:
        actor: Needs the right on disputes.
        item_id: The open item of the ledger.
        reason_code: Of the platform's status 207.
        amount: Part contested; all that is left and not yet contested when absent.
        note: In the customer's words.

    Raises:
        NotFoundError: No such item.
        NotCustomerItemError: It is not an open receivable.
        DisputeTooLargeError: More than is owed and not yet contested, or nothing.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [(item, party_id)] = receivables(actor, [item_id])
    open_rows = Dispute.objects.filter(company=actor.company, open_item=item_id, closed_at=None)
    contested = open_rows.aggregate(total=Sum("amount"))["total"] or ZERO
    left = max(item.open_amount - contested, ZERO)
    contested_now = left if amount is None else amount
    if not ZERO < contested_now <= left:
        raise DisputeTooLargeError(document_ref=item.document_ref, amount=contested_now, left=left)
    dispute = Dispute.objects.create(
        company=actor.company,
        party_id=party_id,
        open_item_id=item.item_id,
        document_ref=item.document_ref,
        amount=contested_now,
        reason_code=reason_code.value,
        note=note.strip(),
        opened_at=clock.now(),
        opened_by=actor.name,
    )
    journal.record(
        DisputeOpened(
            dispute_id=dispute.pk,
            party_id=dispute.party_id,
            document_ref=dispute.document_ref,
            amount=dispute.amount,
            reason_code=dispute.reason_code,
        ),
        actor=actor,
    )
    return dispute


@transaction.atomic
def close_dispute(*, actor: Actor, dispute_id: int, outcome: DisputeOutcome) -> Dispute:
    """End a dispute; what it covered is chased again unless it was credited.

    Raises:
        NotFoundError: Not one of this company.
        DisputeClosedError: Somebody closed it first.
    """
    actor.require(Right.HANDLE_DISPUTES)
    dispute = (
        Dispute.objects.select_for_update().filter(company=actor.company, pk=dispute_id).first()
    )
    if dispute is None:
        raise NotFoundError(what=f"litige n° {dispute_id}")
    if dispute.closed_at:
        raise DisputeClosedError(document_ref=dispute.document_ref)
    dispute.closed_at = clock.now()
    dispute.closed_by = actor.name
    dispute.outcome = outcome.value
    dispute.save(update_fields=["closed_at", "closed_by", "outcome"])
    journal.record(
        DisputeClosed(dispute_id=dispute.pk, party_id=dispute.party_id, outcome=dispute.outcome),
        actor=actor,
    )
    return dispute


@transaction.atomic
def hold_reminders(
    *,
    actor: Actor,
    party_id: int,
    reason: str,
    item_id: int | None = None,
    until: date | None = None,
) -> Hold:
    """Stop reminding a customer, or of one item, until a day included or until it is lifted.

    Raises:
        NotFoundError: No such customer or item.
        NotCustomerItemError: The item is not an open receivable of that customer.
        ReasonMissingError: Nobody would know why.
        DayPastError: Its last day is over.
    """
    actor.require(Right.PREPARE_REMINDERS)
    party = parties.party_for(actor=actor, party_id=party_id)
    if not clean_line(reason):
        raise ReasonMissingError
    if until is not None and until < clock.today():
        raise DayPastError(day=until)
    if item_id is not None:
        [(item, owed_by)] = receivables(actor, [item_id])
        if owed_by not in {party_id, party.pk}:
            raise NotCustomerItemError(document_ref=item.document_ref)
    hold = Hold.objects.create(
        company=actor.company,
        party=party,
        open_item_id=item_id,
        reason=clean_line(reason)[:200],
        until=until,
        placed_at=clock.now(),
        placed_by=actor.name,
    )
    journal.record(
        RemindersHeld(
            hold_id=hold.pk,
            party_id=party.pk,
            item_id=item_id,
            reason=hold.reason,
            until=until,
        ),
        actor=actor,
    )
    return hold


@transaction.atomic
def resume_reminders(*, actor: Actor, hold_ids: Collection[int]) -> int:
    """Lift pauses; those already lifted are left as they are.

    Returns:
        How many were lifted.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.PREPARE_REMINDERS)
    wanted = set(hold_ids)
    rows = list(
        Hold.objects.select_for_update().filter(company=actor.company, pk__in=wanted).order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFoundError(what="une des suspensions")
    standing = [row for row in rows if row.lifted_at is None]
    Hold.objects.filter(pk__in=[row.pk for row in standing]).update(
        lifted_at=clock.now(), lifted_by=actor.name
    )
    journal.record_many([RemindersResumed(row.pk, row.party_id) for row in standing], actor=actor)
    return len(standing)
