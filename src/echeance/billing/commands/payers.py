"""Shares that other payers take: recorded, withdrawn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import PayerShareRefusedError
from echeance.billing.events import PayerShareEnded, PayerShareSaved
from echeance.billing.models import Order, PayerShare
from echeance.billing.rules.payers import Share, problem
from echeance.parties.models import Party


@transaction.atomic
def add_payer_share(
    *,
    actor: Actor,
    party_id: int,
    payer_id: int,
    starts_on: date,
    ends_on: date | None = None,
    percent: Decimal | None = None,
    amount: Decimal | None = None,
    reference: str = "",
    order_id: int | None = None,
) -> PayerShare:
    """Record that a payer takes a part, or an amount with VAT, of what a customer is billed.

    Args:
        actor: Who records.
        party_id: The buyer.
        payer_id: The training body, insurer or other who pays in its place.
        starts_on: First day of the supplies it covers.
        ends_on: Last day; none for no end.
        percent: Above 0, at most 100 with the other shares of those days. Or
        amount: with VAT.
        reference: Its number of agreement, printed.
        order_id: Only for that order.

    Raises:
        NotFoundError: The buyer, the payer or the order is unknown.
        PayerShareRefusedError: The shares would exceed the invoice, or the payer is the buyer.
    """
    actor.require(Right.EDIT_PARTIES)
    # One writer a customer: two shares at once would each see room for itself.
    mine = Party.objects.select_for_update().filter(company=actor.company)
    buyer_id = queries.buyer_of(actor=actor, party_id=party_id)
    mine.get(pk=buyer_id)
    payer = queries.buyer_of(actor=actor, party_id=payer_id)
    if (
        order_id is not None
        and not Order.objects.filter(company=actor.company, party=buyer_id, pk=order_id).exists()
    ):
        raise NotFoundError(what=f"commande n° {order_id}")
    new = Share(payer, starts_on, ends_on, percent, amount, reference.strip()[:60], order_id)
    known = queries.shares_of(actor=actor, party_ids=[buyer_id]).get(buyer_id, [])
    if reason := problem(known, new, buyer_id):
        raise PayerShareRefusedError(reason)
    row = PayerShare.objects.create(
        company=actor.company,
        party_id=buyer_id,
        payer_id=payer,
        order_id=order_id,
        percent=percent,
        amount=amount,
        reference=new.reference,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    told = f"{percent} %" if percent is not None else str(amount)
    journal.record(PayerShareSaved(row.pk, buyer_id, payer, told), actor=actor)
    return row


@transaction.atomic
def end_payer_share(*, actor: Actor, share_id: int) -> PayerShare:
    """Withdraw a share; documents already made keep theirs. Harmless when repeated.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.EDIT_PARTIES)
    row = PayerShare.objects.select_for_update().filter(company=actor.company, pk=share_id).first()
    if row is None:
        raise NotFoundError(what=f"prise en charge n° {share_id}")
    if row.ended_at is None:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        journal.record(PayerShareEnded(row.pk, row.party_id), actor=actor)
    return row
