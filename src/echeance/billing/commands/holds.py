"""Orders kept back because their customer may not owe more, and what lets them go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from django.db import transaction

from echeance.base import clock, journal, policy
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import OrderNotBillableError, ReasonNeededError
from echeance.billing.events import OrderReleased
from echeance.billing.models import Order
from echeance.billing.queries import exposure, to_bill
from echeance.billing.rules.credit import wait_reasons
from echeance.billing.types import BillingPolicy, DraftLine

_BATCH = 500
_BACK_BELOW: Final = "le client peut de nouveau être facturé"


def reasons(
    actor: Actor, lines: Mapping[int, tuple[int, list[DraftLine]]], on: date
) -> dict[int, str]:
    """Why some of these orders wait, by key; each key has its customer and its lines.

    They are counted in the order given. Four queries when no customer has a limit, else twenty.
    """
    if policy.read(actor.company, BillingPolicy).credit_orders == "take":
        return {}
    stands = exposure.limited(actor=actor, party_ids={party_id for party_id, _ in lines.values()})
    mine = {key: one for key, one in lines.items() if one[0] in stands}
    if not mine:
        return {}
    gross = exposure.gross_of_lines(actor=actor, lines=mine, on=on)
    said = wait_reasons(stands, [(party_id, gross[key]) for key, (party_id, _) in mine.items()])
    return {key: reason for key, reason in zip(mine, said, strict=True) if reason}


def reasons_of(actor: Actor, rows: Sequence[Order]) -> dict[int, str]:
    """Why some of these orders, that are not counted yet, wait; by order."""
    pieces = [to_bill.piece_of_order(row) for row in rows]
    full = to_bill.fill_orders(actor=actor, pieces=pieces)
    return reasons(
        actor,
        {piece.source_id: (piece.party_id, list(piece.lines)) for piece in full},
        clock.today(),
    )


@transaction.atomic
def release_orders(*, actor: Actor, order_ids: Collection[int], reason: str) -> list[Order]:
    """Take orders although their customer owes too much or is blocked; why is kept. All or none.

    Raises:
        RightMissingError: The actor may not grant credit.
        ReasonNeededError: No reason.
        NotFoundError: One is not of this company.
        OrderNotBillableError: One does not wait for that.
    """
    actor.require(Right.GRANT_CREDIT)
    told = reason.strip()[:200]
    if not told:
        raise ReasonNeededError
    rows = list(
        Order.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(order_ids))
        .order_by("pk")
    )
    if len(rows) < len(set(order_ids)):
        raise NotFoundError(what="une des commandes")
    for row in rows:
        if not row.is_held or row.set_aside_at is not None:
            raise OrderNotBillableError(row.number, "elle n'est pas retenue pour encours")
    _let_go(actor, rows, told)
    return rows


@transaction.atomic
def recheck_orders(*, actor: Actor) -> list[Order]:
    """Let go the orders kept back whose customer may owe them now, the oldest first.

    The others say why with the figures of the moment. A constant number of queries.
    """
    actor.require(Right.IMPORT_ORDERS)
    rows = list(
        Order.objects.select_for_update()
        .filter(
            company=actor.company,
            held_at__isnull=False,
            released_at=None,
            set_aside_at=None,
            invoice=None,
        )
        .order_by("order_date", "pk")
    )
    if not rows:
        return []
    said = reasons_of(actor, rows)
    free = [row for row in rows if row.pk not in said]
    changed = [row for row in rows if said.get(row.pk, row.waiting_reason) != row.waiting_reason]
    for row in changed:
        row.waiting_reason = said[row.pk]
    Order.objects.bulk_update(changed, ["waiting_reason"], batch_size=_BATCH)
    _let_go(actor, free, _BACK_BELOW)
    return free


def _let_go(actor: Actor, rows: Sequence[Order], reason: str) -> None:
    now = clock.now()
    events = [OrderReleased(row.pk, row.number, row.waiting_reason, reason) for row in rows]
    ids = [row.pk for row in rows]
    for start in range(0, len(ids), _BATCH):
        Order.objects.filter(pk__in=ids[start : start + _BATCH]).update(
            accepted_at=now, released_at=now, released_by=actor.name
        )
    for row in rows:
        row.accepted_at, row.released_at, row.released_by = now, now, actor.name
    journal.record_many(events, actor=actor)
