"""Agreements of set-off, what they would settle, and credits that customers forget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import AssignedItem, Netting, NettingAgreement
from echeance.cash.types import DormantCredit, NettingProposal, NettingSide
from echeance.core.bookkeeping import account_number
from echeance.core.dates import add_years
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

CUSTOMERS = account_number("customers")
SUPPLIERS = account_number("suppliers")
PRESCRIPTION_YEARS = 5
DORMANT_DAYS = 90


def netting_agreements(*, actor: Actor) -> QuerySet[NettingAgreement]:
    """Agreements, those in force first, their party joined. One query."""
    actor.require(Right.READ)
    rows = NettingAgreement.objects.filter(company=actor.company).select_related("party", "file")
    return rows.order_by("ended_on", "party__name", "pk")


def netting_agreement(*, actor: Actor, party_id: int, on: date) -> NettingAgreement | None:
    """The agreement of a party that holds on a day, if any. One query."""
    rows = netting_agreements(actor=actor).filter(party=party_id, signed_on__lte=on)
    return rows.filter(Q(ended_on=None) | Q(ended_on__gt=on)).first()


def nettings(*, actor: Actor) -> QuerySet[Netting]:
    """Set-offs, latest first, undone ones included, their party joined. One query."""
    actor.require(Right.READ)
    rows = Netting.objects.filter(company=actor.company)
    return rows.select_related("agreement__party").order_by("-on", "-pk")


def netting_for(*, actor: Actor, netting_id: int) -> Netting:
    """One set-off of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = nettings(actor=actor).filter(pk=netting_id).first()
    if row is None:
        raise NotFoundError(what=f"compensation n° {netting_id}")
    return row


def propose_netting(*, actor: Actor, party_id: int, on: date) -> NettingProposal | None:
    """What is due on both sides on a day, set off from the oldest; ``None`` when a side is empty.

    Receivables sold to a factor are not the company's to set off. Four queries.
    Source: C. civ. art. 1347-1: certain, of money, due.
    """
    sold = {item_id for item_id, _ in assigned_items(actor=actor).items()}
    owed, owing = (
        [
            item
            for item in ledger.open_items(
                actor=actor, account_prefix=account, party_ids=[party_id], side=side
            )
            if item.due_date <= on and item.item_id not in sold
        ]
        for account, side in ((CUSTOMERS, "debit"), (SUPPLIERS, "credit"))
    )
    amount = min(
        sum((item.open_amount for item in owed), ZERO),
        sum((item.open_amount for item in owing), ZERO),
    )
    if not amount:
        return None
    return NettingProposal(party_id, on, amount, _part(owed, amount), _part(owing, amount))


def _part(items: Sequence[OpenItemFacts], amount: Decimal) -> tuple[NettingSide, ...]:
    parts: list[NettingSide] = []
    for item in items:
        part = min(item.open_amount, amount)
        if part:
            amount -= part
            parts.append(
                NettingSide(item.item_id, item.document_ref, item.due_date, item.open_amount, part)
            )
    return tuple(parts)


def assigned_items(*, actor: Actor) -> dict[int, str]:
    """Receivables sold and not returned: open item, then the reference of its assignment.

    The reminders leave them alone: they are the assignee's to collect. One query.
    """
    actor.require(Right.READ)
    return dict(
        AssignedItem.objects.filter(
            company=actor.company, returned_at=None, assignment__state="assigned"
        ).values_list("open_item", "assignment__reference")
    )


def dormant_credits(*, actor: Actor, on: date, days: int = DORMANT_DAYS) -> list[DormantCredit]:
    """Credits of customers (receipts not applied, credit notes not used) that sleep, oldest first.

    Args:
        actor: Who asks.
        on: The day their age is counted to.
        days: Only those older than that.

    Two queries.
    """
    oldest = on - timedelta(days=days)
    items = [
        item
        for item in ledger.open_items(actor=actor, account_prefix=CUSTOMERS, side="credit")
        if item.document_date < oldest and item.party_id is not None
    ]
    names = parties.snapshots(actor=actor, party_ids={item.party_id or 0 for item in items})
    return sorted(
        (
            DormantCredit(
                item_id=item.item_id,
                party_id=item.party_id or 0,
                party_name=names[item.party_id or 0].name,
                document_ref=item.document_ref,
                kind=item.kind,
                on=item.document_date,
                open_amount=item.open_amount,
                age_days=(on - item.document_date).days,
                prescribed_on=add_years(item.document_date, PRESCRIPTION_YEARS),
            )
            for item in items
        ),
        key=lambda one: (one.on, one.item_id),
    )
