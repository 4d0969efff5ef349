"""Assignments of receivables, and what may be assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import Match, ReceivableAssignment, StatementEntry
from echeance.cash.queries.netting import assigned_items
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def assignments(*, actor: Actor) -> QuerySet[ReceivableAssignment]:
    """Assignments, latest first, with ``count`` and ``total`` of their receivables. One query."""
    actor.require(Right.READ)
    return (
        ReceivableAssignment.objects.filter(company=actor.company)
        .annotate(count=Count("items"), total=Sum("items__amount"))
        .select_related("assignee", "file")
        .order_by("-assigned_on", "-pk")
    )


def assignment_for(*, actor: Actor, assignment_id: int) -> ReceivableAssignment:
    """One assignment of the company, its receivables read ahead. Two queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    rows = assignments(actor=actor).filter(pk=assignment_id)
    row = rows.prefetch_related("items__open_item__party").first()
    if row is None:
        raise NotFoundError(what=f"cession n° {assignment_id}")
    return row


def assignable_items(*, actor: Actor) -> list[OpenItemFacts]:
    """Open invoices of customers, in euros and not assigned, by due date. Two queries."""
    sold = assigned_items(actor=actor)
    return [
        item
        for item in ledger.open_items(
            actor=actor, account_prefix=account_number("customers"), side="debit"
        )
        if item.currency == "EUR" and item.item_id not in sold
    ]


def financing_lines(*, actor: Actor) -> list[StatementEntry]:
    """Receipts that nothing explains and that an assignee may have paid, latest first. Two queries.

    Those up to what assignees owe in all (467100).
    """
    owed = ledger.account_balance(actor=actor, account=account_number("factor"))
    explained = Match.objects.filter(company=actor.company, undone_at=None).values("entry")
    return list(
        StatementEntry.objects.filter(
            company=actor.company,
            direction=StatementEntry.Direction.CREDIT,
            amount__gt=0,
            amount__lte=max(owed, ZERO),
        )
        .exclude(pk__in=explained)
        .order_by("-booking_date", "-pk")[:20]
    )
