"""Reads of the bank room."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Max, Q

from echeance.base import queries as base
from echeance.base.errors import NotFoundError
from echeance.cash.models import BankAccount, Match, MatchAllocation, Statement, StatementEntry
from echeance.ledger import queries as ledger

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def bank_accounts(*, actor: Actor) -> QuerySet[BankAccount]:
    """Accounts of the company, by name. One query."""
    return BankAccount.objects.filter(company=actor.company).order_by("name", "pk")


def statements(*, actor: Actor) -> QuerySet[Statement]:
    """Statements, latest first, their account joined. One query."""
    return (
        Statement.objects.filter(company=actor.company)
        .select_related("bank_account", "file")
        .order_by("-closing_date", "-pk")
    )


def last_booking_date(*, actor: Actor) -> date | None:
    """Closing date of the latest statement of the account that is the most behind.

    The gate of the reminders reads it: the picture is as old as the oldest account. One query.
    """
    dates = (
        Statement.objects.filter(company=actor.company)
        .values("bank_account")
        .annotate(last=Max("closing_date"))
        .values_list("last", flat=True)
    )
    return min((day for day in dates if day), default=None)


def entries(*, actor: Actor, standing: str = "") -> QuerySet[StatementEntry]:
    """Statement entries, latest first.

    Args:
        actor: Whose company.
        standing: ``open`` for the unexplained ones, ``matched``, ``set_aside``, or all.
    """
    rows = StatementEntry.objects.filter(company=actor.company)
    standing_match = Q(matches__isnull=False, matches__undone_at=None)
    if standing == "open":
        rows = rows.exclude(pk__in=_explained(actor))
    elif standing == "matched":
        rows = rows.filter(standing_match, matches__kind=Match.MatchKind.CUSTOMERS)
    elif standing == "set_aside":
        rows = rows.filter(standing_match, matches__kind=Match.MatchKind.SET_ASIDE)
    return rows.select_related("bank_account").order_by("-booking_date", "-pk")


def entries_to_match(
    *, actor: Actor, entry_ids: Collection[int] | None = None
) -> QuerySet[StatementEntry]:
    """Receipts that nothing explains yet, oldest first. One query."""
    rows = StatementEntry.objects.filter(
        company=actor.company, direction=StatementEntry.Direction.CREDIT, amount__gt=0
    ).exclude(pk__in=_explained(actor))
    if entry_ids is not None:
        rows = rows.filter(pk__in=entry_ids)
    return rows.order_by("booking_date", "pk")


def _explained(actor: Actor) -> QuerySet[Match, int]:
    return Match.objects.filter(company=actor.company, undone_at=None).values_list(
        "entry_id", flat=True
    )


def undone_by_a_person(*, actor: Actor, entry_ids: Collection[int]) -> set[int]:
    """Entries whose explanation somebody undid: the assistant never applies them alone again."""
    return set(
        Match.objects.filter(company=actor.company, entry__in=entry_ids)
        .exclude(undone_at=None)
        .values_list("entry_id", flat=True)
    )


def entry_for(*, actor: Actor, entry_id: int) -> StatementEntry:
    """One statement entry of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    entry = (
        StatementEntry.objects.filter(company=actor.company, pk=entry_id)
        .select_related("bank_account", "statement")
        .first()
    )
    if entry is None:
        raise NotFoundError(what=f"ligne de relevé n° {entry_id}")
    return entry


def standing_match(*, actor: Actor, entry_id: int) -> Match | None:
    """The explanation in force of an entry, its allocations read ahead. Two queries."""
    return (
        Match.objects.filter(company=actor.company, entry_id=entry_id, undone_at=None)
        .prefetch_related("allocations__open_item")
        .first()
    )


def matches_of_items(
    *, actor: Actor, item_ids: Collection[int]
) -> dict[int, list[MatchAllocation]]:
    """Standing allocations by open item: which bank lines paid it. One query."""
    rows = MatchAllocation.objects.filter(
        company=actor.company, open_item__in=item_ids, match__undone_at=None
    ).select_related("match__entry")
    found: dict[int, list[MatchAllocation]] = {}
    for row in rows:
        found.setdefault(row.open_item_id, []).append(row)
    return found


def unapplied_by_party(*, actor: Actor) -> dict[int, Decimal]:
    """Money received and not yet given to an invoice, by customer. One query."""
    found: dict[int, Decimal] = {}
    for item in ledger.open_items(actor=actor, account_prefix="411", side="credit"):
        if item.kind == "receipt" and item.party_id is not None:
            found[item.party_id] = found.get(item.party_id, Decimal(0)) + item.open_amount
    return found


def in_question_by_party(*, actor: Actor) -> dict[int, Decimal]:
    """Receipts that seem a customer's and that nobody has explained yet. Two queries.

    Whoever may have paid is not reminded while the question is open.
    """
    asked = base.work_items(actor=actor, on=date.max, kind="cash.match")
    payers = {int(item.subject.partition(":")[2]): item.evidence.get("party_id") for item in asked}
    found: dict[int, Decimal] = {}
    for entry in entries_to_match(actor=actor, entry_ids=list(payers)):
        party_id = payers[entry.pk]
        if party_id is not None:
            found[int(party_id)] = found.get(int(party_id), Decimal(0)) + entry.amount
    return found
