"""Reads of the shares that other payers take of what customers are billed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import InvoicePayer, PayerShare
from echeance.billing.rules.payers import Share, payers_of
from echeance.billing.types import CREDIT_KINDS, PayerFacts
from echeance.core.money import ZERO
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet


def payer_shares(*, actor: Actor, party_id: int | None = None) -> QuerySet[PayerShare]:
    """Shares in force with their payer, oldest first; of one customer or all. One query."""
    actor.require(Right.READ)
    rows = PayerShare.objects.filter(company=actor.company, ended_at=None)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party", "payer", "order").order_by("pk")


def shares_of(*, actor: Actor, party_ids: Collection[int]) -> dict[int, list[Share]]:
    """Shares of customers, with what documents took of each amount, drafts too. Three queries.

    Those of a merged customer are of the one that stays.
    """
    stands = parties.with_merged(actor=actor, party_ids=party_ids)
    rows = list(payer_shares(actor=actor).filter(party__in=stands))
    found: dict[int, list[Share]] = {}
    if not rows:
        return found
    taken: dict[tuple[int, int, str], Decimal] = {}
    for buyer_id, payer_id, reference, total in (
        InvoicePayer.objects.filter(
            ~Q(invoice__kind__in=CREDIT_KINDS),
            company=actor.company,
            invoice__buyer__in=stands,
            amount__isnull=False,
        )
        .order_by()
        .values_list("invoice__buyer", "party", "reference")
        .annotate(total=Sum("amount"))
    ):
        key = (stands[buyer_id], payer_id, reference)
        taken[key] = taken.get(key, ZERO) + total
    for row in rows:
        found.setdefault(stands[row.party_id], []).append(
            Share(
                payer_id=row.payer_id,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                percent=row.percent,
                amount=row.amount,
                reference=row.reference,
                order_id=row.order_id,
                used=taken.get((stands[row.party_id], row.payer_id, row.reference), ZERO)
                if row.amount is not None
                else ZERO,
            )
        )
    return found


def payers_for(
    *,
    actor: Actor,
    party_id: int,
    on: date,
    order_id: int | None = None,
    gross: Decimal | None = None,
) -> tuple[PayerFacts, ...]:
    """Who pays a share of a document of a customer, never more than its total. Two queries.

    Args:
        actor: Whose company.
        party_id: The buyer.
        on: Day of the supply.
        order_id: The order billed, whose own shares win over those of the buyer.
        gross: Total with VAT; none leaves the amounts as they are recorded.
    """
    shares = shares_of(actor=actor, party_ids=[party_id]).get(party_id, [])
    return payers_of(shares, order_id=order_id, gross=gross, on=on)
