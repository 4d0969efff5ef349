"""Campaigns of payment: what is ordered, of which items, what became of it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import (
    BankAccount,
    BillOfExchange,
    InstructedItem,
    Match,
    PaymentCampaign,
    PaymentInstruction,
    StatementEntry,
)
from echeance.cash.types import InstructedPart
from echeance.core.money import ZERO

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

CHUNK = 500
Status = PaymentInstruction.Status
LIVE = (Status.WAITING, Status.SENT, Status.ACCEPTED, Status.EXECUTED)
"""Statuses of an order that still holds its items."""


def campaigns(*, actor: Actor) -> QuerySet[PaymentCampaign]:
    """Campaigns, the latest first, with ``count`` and ``total`` of what leaves. One query."""
    actor.require(Right.READ)
    leaves = ~Q(instructions__status=Status.EXCLUDED)
    return (
        PaymentCampaign.objects.filter(company=actor.company)
        .select_related("bank_account")
        .annotate(
            count=Count("instructions", filter=leaves),
            total=Sum("instructions__amount", filter=leaves),
        )
        .order_by("-created_at", "-pk")
    )


def campaign_for(*, actor: Actor, campaign_id: int) -> PaymentCampaign:
    """One campaign, with ``count`` and ``total``. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = campaigns(actor=actor).filter(pk=campaign_id).first()
    if row is None:
        raise NotFoundError(what=f"campagne n° {campaign_id}")
    return row


def instructions(*, actor: Actor, campaign_id: int) -> QuerySet[PaymentInstruction]:
    """Lines of a campaign, those that leave first, then by name; items joined. Two queries."""
    actor.require(Right.READ)
    return (
        PaymentInstruction.objects.filter(company=actor.company, campaign=campaign_id)
        .select_related("party", "mandate")
        .prefetch_related("items__open_item")
        .order_by("status_reason", "name", "pk")
    )


def total_of(*, actor: Actor, campaign_id: int) -> Decimal:
    """What leaves with a campaign. One query."""
    actor.require(Right.READ)
    rows = PaymentInstruction.objects.filter(company=actor.company, campaign=campaign_id)
    total = rows.exclude(status=Status.EXCLUDED).aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def instructed_items(
    *, actor: Actor, end_to_end_ids: Collection[str]
) -> dict[str, list[InstructedPart]]:
    """What orders given to the bank pay, by end-to-end reference; unknown ones are absent.

    Excluded lines and cancelled campaigns are left out. One query a chunk of 500.
    """
    actor.require(Right.READ)
    wanted = sorted(set(end_to_end_ids))
    found: dict[str, list[InstructedPart]] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = _parts(actor).filter(
            instruction__end_to_end_id__in=wanted[start : start + CHUNK],
        )
        for row in rows:
            found.setdefault(row.instruction.end_to_end_id, []).append(_part(row))
    return found


def instructed_by_campaign(
    *, actor: Actor, references: Collection[str]
) -> dict[str, list[InstructedPart]]:
    """What whole files given to the bank pay, by campaign reference (MsgId).

    For a bank that books a file in one line: orders refused, come back or explained by a line
    already are left out. Unknown references are absent. One query.
    """
    actor.require(Right.READ)
    found: dict[str, list[InstructedPart]] = {}
    rows = _parts(actor).filter(
        instruction__campaign__reference__in=set(references),
        instruction__status__in=LIVE,
        instruction__match=None,
    )
    for row in rows:
        found.setdefault(row.instruction.campaign.reference, []).append(_part(row))
    return found


def _parts(actor: Actor) -> QuerySet[InstructedItem]:
    return (
        InstructedItem.objects.filter(company=actor.company)
        .exclude(instruction__status=Status.EXCLUDED)
        .exclude(instruction__campaign__state=PaymentCampaign.State.CANCELLED)
        .select_related("instruction__campaign")
        .order_by("instruction", "pk")
    )


def _part(row: InstructedItem) -> InstructedPart:
    return InstructedPart(
        instruction_id=row.instruction_id,
        end_to_end_id=row.instruction.end_to_end_id,
        kind=row.instruction.campaign.kind,
        party_id=row.instruction.party_id,
        item_id=row.open_item_id,
        amount=row.amount,
    )


def lines_citing(*, actor: Actor, campaign: PaymentCampaign) -> list[StatementEntry]:
    """Bank lines that nothing explains yet and that cite a campaign handed over, or its orders.

    Those booked since it was exported, oldest first, five hundred looked at. One query.
    """
    actor.require(Right.READ)
    if campaign.exported_at is None or campaign.kind == PaymentCampaign.CampaignKind.BILLS:
        return []
    incoming = campaign.kind == PaymentCampaign.CampaignKind.DIRECT_DEBIT
    direction = StatementEntry.Direction.CREDIT if incoming else StatementEntry.Direction.DEBIT
    rows = (
        StatementEntry.objects.filter(
            company=actor.company,
            bank_account=campaign.bank_account_id,
            direction=direction,
            booking_date__gte=campaign.exported_at.date(),
        )
        .exclude(pk__in=Match.objects.filter(undone_at=None).values("entry"))
        .order_by("booking_date", "pk")[:CHUNK]
    )
    return [row for row in rows if _cites(row, campaign.reference)]


def _cites(entry: StatementEntry, reference: str) -> bool:
    told = [str(one) for one in entry.references]
    told += [str(detail.get("end_to_end_id", "")) for detail in entry.details]
    return any(one == reference or one.rpartition("-")[0] == reference for one in told)


def items_in_campaigns(*, actor: Actor, item_ids: Collection[int] | None = None) -> set[int]:
    """Items that an order in preparation or under way holds. One query, or one a chunk of 500.

    An item leaves when its order is excluded, refused, returned, or explained by a bank line that
    stands, and when its campaign is cancelled.
    """
    actor.require(Right.READ)
    rows = (
        InstructedItem.objects.filter(company=actor.company, instruction__status__in=LIVE)
        .filter(Q(instruction__match=None) | Q(instruction__match__undone_at__isnull=False))
        .exclude(instruction__campaign__state=PaymentCampaign.State.CANCELLED)
        .values_list("open_item_id", flat=True)
    )
    if item_ids is None:
        return set(rows)
    wanted = sorted(set(item_ids))
    return {
        item_id
        for start in range(0, len(wanted), CHUNK)
        for item_id in rows.filter(open_item__in=wanted[start : start + CHUNK])
    }


def mandates_under_way(*, actor: Actor, mandate_ids: Collection[int]) -> set[int]:
    """Mandates that an order in preparation or under way collects under. One query."""
    actor.require(Right.READ)
    return set(
        PaymentInstruction.objects.filter(
            company=actor.company, mandate__in=set(mandate_ids), status__in=LIVE
        )
        .exclude(campaign__state=PaymentCampaign.State.CANCELLED)
        .values_list("mandate_id", flat=True)
    )


def orderable_accounts(*, actor: Actor) -> QuerySet[BankAccount]:
    """Bank accounts of the company that orders may be given on: open, with an IBAN. One query."""
    actor.require(Right.READ)
    return (
        BankAccount.objects.filter(
            company=actor.company, kind=BankAccount.AccountKind.BANK, closed_at=None
        )
        .exclude(iban="")
        .order_by("name", "pk")
    )


def bills(*, actor: Actor, state: str = "") -> QuerySet[BillOfExchange]:
    """Bills, by due date, with their party; only those in a state when given. One query."""
    actor.require(Right.READ)
    rows = BillOfExchange.objects.filter(company=actor.company).select_related("party")
    return (rows.filter(state=state) if state else rows).order_by("due_date", "pk")
