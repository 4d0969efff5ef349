"""Tills: what is in them, their book, what was paid in cash of each debt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import BankAccount, TillMovement
from echeance.cash.types import TillBook, TillLine
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def tills(*, actor: Actor) -> QuerySet[BankAccount]:
    """Open tills of the company, by name. One query."""
    actor.require(Right.READ)
    return BankAccount.objects.filter(
        company=actor.company, kind=BankAccount.AccountKind.TILL, closed_at=None
    ).order_by("name", "pk")


def till_for(*, actor: Actor, till_id: int) -> BankAccount:
    """One till of the company, closed ones included. One query.

    Raises:
        NotFoundError: Not a till of this company.
    """
    actor.require(Right.READ)
    row = BankAccount.objects.filter(
        company=actor.company, kind=BankAccount.AccountKind.TILL, pk=till_id
    ).first()
    if row is None:
        raise NotFoundError(what=f"caisse n° {till_id}")
    return row


def _movements(actor: Actor, till_id: int) -> QuerySet[TillMovement]:
    actor.require(Right.READ)
    return TillMovement.objects.filter(company=actor.company, till=till_id, cancelled_at=None)


def till_balance(*, actor: Actor, till_id: int, on: date | None = None) -> Decimal:
    """What the book says is in a till at the end of a day, cancelled movements left out.

    One query.
    """
    rows = _movements(actor, till_id)
    if on:
        rows = rows.filter(on__lte=on)
    total: Decimal | None = rows.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def lowest_till_balance(*, actor: Actor, till_id: int) -> tuple[date, Decimal] | None:
    """The day a till ended lowest, and with what; ``None`` when nothing moved. One query."""
    lowest: tuple[date, Decimal] | None = None
    balance = ZERO
    days = _movements(actor, till_id).order_by("on").values_list("on").annotate(Sum("amount"))
    for day, moved in days:
        balance += moved
        if lowest is None or balance < lowest[1]:
            lowest = (day, balance)
    return lowest


def till_book(*, actor: Actor, till_id: int, since: date, until: date) -> TillBook:
    """Livre de caisse: the movements of a period, both days included, with the balance after each.

    Two queries.
    """
    opening = _movements(actor, till_id).filter(on__lt=since).aggregate(total=Sum("amount"))
    balance: Decimal = opening["total"] or ZERO
    lines: list[TillLine] = []
    rows = _movements(actor, till_id).filter(on__range=(since, until)).select_related("party")
    start = balance
    for row in rows.order_by("on", "pk"):
        balance += row.amount
        lines.append(
            TillLine(
                movement_id=row.pk,
                on=row.on,
                kind=row.kind,
                label=row.label,
                piece_ref=row.piece_ref,
                party_name=row.party.name if row.party else "",
                received=max(row.amount, ZERO),
                paid=max(-row.amount, ZERO),
                balance=balance,
                recorded_by=row.recorded_by,
                in_bank=row.match_id is not None,
            )
        )
    return TillBook(start, tuple(lines))


def paid_in_cash(*, actor: Actor, party_ids: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """What each party paid, or was paid, in cash, by document number. Three queries.

    What pays no document yet stands under ``""``.
    """
    actor.require(Right.READ)
    rows = TillMovement.objects.filter(
        company=actor.company, party__in=party_ids, cancelled_at=None, receipt_item__isnull=False
    ).values_list("party_id", "receipt_item_id")
    owner = {item_id: party_id for party_id, item_id in rows if item_id and party_id}
    paid: dict[int, dict[str, Decimal]] = {}
    for item in ledger.items_for(actor=actor, item_ids=list(owner)):
        paid.setdefault(owner[item.item_id], {}).setdefault("", ZERO)
        paid[owner[item.item_id]][""] += item.open_amount
    for one in ledger.allocations_of(actor=actor, item_ids=list(owner)):
        for own, other in (
            (one.credit_item_id, one.debit_ref),
            (one.debit_item_id, one.credit_ref),
        ):
            if own in owner:
                debts = paid.setdefault(owner[own], {})
                debts[other] = debts.get(other, ZERO) + one.amount
    return paid
