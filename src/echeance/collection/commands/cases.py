"""What stops or bends reminders: the pauses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection.commands.receivables import receivables
from echeance.collection.errors import (
    DayPastError,
    NotCustomerItemError,
    ReasonMissingError,
)
from echeance.collection.events import (
    RemindersHeld,
    RemindersResumed,
)
from echeance.collection.models import Hold
from echeance.core.words import clean_line
from echeance.parties import queries as parties


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
