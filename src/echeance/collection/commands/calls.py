"""Calls to make to customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import User
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.events import CallAsked, CallAssigned, CallCancelled
from echeance.collection.models import CallTask
from echeance.collection.types import NewCall
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.parties.models import Contact

_CHUNK = 500


@transaction.atomic
def make_calls(*, actor: Actor, calls: Sequence[NewCall], again: bool = False) -> list[CallTask]:
    """Put calls on the list; a matter already there, done or cancelled, is left as it is.

    The number and the name come from the customer's contacts where none is given: those for
    reminders first. A customer without a number is on the list all the same.

    Args:
        actor: Needs the right to prepare reminders.
        calls: One a matter.
        again: A call that was cancelled is asked for once more, and one still to be made takes
            the reason, the day and the amount given.

    Returns:
        The call of each matter, in the order asked for, new or not. Four queries a chunk of 500.
    """
    actor.require(Right.PREPARE_REMINDERS)
    wanted = {call.key: call for call in calls}
    keys = list(wanted)
    found: dict[str, CallTask] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        known = _by_key(actor, chunk)
        fresh = [wanted[key] for key in chunk if key not in known]
        numbers = queries.numbers_of(actor=actor, party_ids={call.party_id for call in fresh})
        made = CallTask.objects.bulk_create(
            [_task(actor, call, numbers.get(call.party_id, ())) for call in fresh]
        )
        journal.record_many(
            [CallAsked(row.pk, row.party_id, row.reason, row.due_on) for row in made], actor=actor
        )
        if again:
            _ask_again(actor, known, wanted)
        found.update(known)
        found.update({row.key: row for row in made})
    return [found[call.key] for call in calls]


def call_now(*, actor: Actor, party_id: int) -> CallTask:
    """Put on the list a call a person makes or takes now, whatever the reason; it is theirs.

    Raises:
        NotFoundError: No such customer.
    """
    actor.require(Right.PREPARE_REMINDERS)
    party = parties.party_for(actor=actor, party_id=party_id)
    call = NewCall(
        party_id=party.pk,
        key=f"collection.call.person:{party.pk}:{clock.now().isoformat()}",
        reason="appel à votre initiative",
        due_on=clock.today(),
        assigned_to_id=actor.user.pk if actor.user else None,
    )
    return make_calls(actor=actor, calls=[call])[0]


def _ask_again(actor: Actor, known: Mapping[str, CallTask], wanted: Mapping[str, NewCall]) -> None:
    standing = [row for row in known.values() if not row.done_at]
    back = [row for row in standing if row.cancelled_at]
    for row in standing:
        row.cancelled_at, row.cancel_reason = None, ""
        row.due_on, row.amount = wanted[row.key].due_on, wanted[row.key].amount
        row.reason = clean_line(wanted[row.key].reason)[:200]
        row.contact_name = wanted[row.key].contact_name or row.contact_name
        row.phone = wanted[row.key].phone or row.phone
    CallTask.objects.bulk_update(
        standing,
        [
            "cancelled_at",
            "cancel_reason",
            "due_on",
            "amount",
            "reason",
            "contact_name",
            "phone",
        ],
        batch_size=_CHUNK,
    )
    journal.record_many(
        [CallAsked(row.pk, row.party_id, row.reason, row.due_on) for row in back], actor=actor
    )


def cancel_calls(*, actor: Actor, keys: Collection[str], reason: str) -> int:
    """Take calls of some matters off the list; those made or taken off stay as they are.

    Returns:
        How many were on the list. Two queries, and the journal.
    """
    actor.require(Right.PREPARE_REMINDERS)
    rows = list(
        CallTask.objects.filter(
            company=actor.company, key__in=set(keys), done_at=None, cancelled_at=None
        )
    )
    CallTask.objects.filter(pk__in=[row.pk for row in rows]).update(
        cancelled_at=clock.now(), cancel_reason=reason[:200]
    )
    journal.record_many([CallCancelled(row.pk, row.party_id, reason) for row in rows], actor=actor)
    return len(rows)


@transaction.atomic
def assign_calls(*, actor: Actor, call_ids: Collection[int], user: User | None) -> int:
    """Hand calls that are to be made to a colleague, or to nobody in particular. How many.

    Raises:
        NotFoundError: One is not of this company, or the person is no member of it.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if user is not None and user.pk not in {one.user.pk for one in queries.callers(actor=actor)}:
        raise NotFoundError(what="cette personne dans la société")
    wanted = set(call_ids)
    rows = list(
        CallTask.objects.select_for_update()
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFoundError(what="un des appels")
    standing = [row for row in rows if row.done_at is None and row.cancelled_at is None]
    CallTask.objects.filter(pk__in=[row.pk for row in standing]).update(assigned_to=user)
    to = user.email if user else ""
    journal.record_many([CallAssigned(row.pk, row.party_id, to) for row in standing], actor=actor)
    return len(standing)


@transaction.atomic
def tidy_calls(*, actor: Actor) -> int:
    """Take off the list the calls to customers who owe nothing any more. How many. Six queries."""
    actor.require(Right.PREPARE_REMINDERS)
    rows = list(queries.calls(actor=actor))
    stays = parties.with_merged(actor=actor, party_ids={row.party_id for row in rows})
    owing = {
        stays.get(item.party_id, item.party_id)
        for item in ledger.open_items(actor=actor, party_ids=set(stays), side=DEBIT)
        if item.party_id is not None
    }
    keys = [row.key for row in rows if stays[row.party_id] not in owing]
    return cancel_calls(actor=actor, keys=keys, reason="Plus rien n'est dû.")


def _by_key(actor: Actor, keys: Sequence[str]) -> dict[str, CallTask]:
    rows = CallTask.objects.filter(company=actor.company, key__in=keys)
    return {row.key: row for row in rows}


def _task(actor: Actor, call: NewCall, numbers: Sequence[Contact]) -> CallTask:
    first = numbers[0] if numbers and not call.phone else None
    return CallTask(
        company=actor.company,
        party_id=call.party_id,
        key=call.key,
        reason=clean_line(call.reason)[:200],
        amount=call.amount,
        due_on=call.due_on,
        assigned_to_id=call.assigned_to_id,
        contact_name=call.contact_name or (first.name if first else ""),
        phone=call.phone or (first.phone if first else ""),
        made_at=clock.now(),
        made_by=actor.name,
    )
