"""What completes pieces to bill: deposits of their order deducted, other payers named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Sum

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import Delivery, Deposit, Invoice, InvoiceLine, OrderLine
from echeance.billing.queries.deposits import deposits_left, groups_of
from echeance.billing.queries.documents import seller_of
from echeance.billing.queries.lines import line_of_order
from echeance.billing.queries.payers import payer_shares, shares_of
from echeance.billing.rules import billable
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.deposits import (
    DepositLeft,
    VatGroup,
    deductions,
    final_frame,
    gross_of,
    shared_deductions,
    summed,
)
from echeance.billing.rules.payers import Share, payers_of
from echeance.billing.types import CREDIT_KINDS, AllowanceFacts, DraftLine
from echeance.core.money import ZERO, round_amount
from echeance.parties import queries as parties

_WITH_PAYERS = frozenset({billable.ORDER, billable.DELIVERY, billable.TIME, billable.CONTRACT})


def _orders_of(pieces: Sequence[Piece]) -> dict[tuple[object, ...], int]:
    """Order of each piece that has one. One query."""
    deliveries = dict(
        Delivery.objects.filter(
            pk__in=[piece.source_id for piece in pieces if piece.source == billable.DELIVERY]
        ).values_list("pk", "order_id")
    )
    found: dict[tuple[object, ...], int] = {}
    for piece in pieces:
        if piece.source == billable.ORDER:
            found[piece.key] = piece.source_id
        elif piece.source == billable.DELIVERY and piece.source_id in deliveries:
            found[piece.key] = deliveries[piece.source_id]
    return found


def wait_for_deposits(*, actor: Actor, pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces of an order whose deposit is still a draft wait for it. Two queries."""
    actor.require(Right.READ)
    drafted = set(
        Deposit.objects.filter(
            company=actor.company,
            cancelled_at=None,
            order__isnull=False,
            invoice__status=Invoice.Status.DRAFT,
        ).values_list("order_id", flat=True)
    )
    if not drafted:
        return list(pieces)
    orders = _orders_of([piece for piece in pieces if piece.source != billable.ORDER])
    orders |= {piece.key: piece.source_id for piece in pieces if piece.source == billable.ORDER}
    return [
        replace(piece, waits="un acompte est encore en brouillon")
        if not piece.waits and orders.get(piece.key) in drafted
        else piece
        for piece in pieces
    ]


def name_payers(*, actor: Actor, pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces with who pays a share of them; two with other payers are never together. Two queries.

    An amount is given to one document at a time, so such a piece is billed alone.
    """
    concerned = {row.party_id for row in payer_shares(actor=actor)}
    if not concerned:
        return list(pieces)
    shares = shares_of(actor=actor, party_ids=concerned)
    orders = _orders_of([piece for piece in pieces if piece.party_id in concerned])
    return [_named(piece, shares, orders.get(piece.key)) for piece in pieces]


def _named(piece: Piece, shares: dict[int, list[Share]], order_id: int | None) -> Piece:
    if piece.party_id not in shares or piece.source not in _WITH_PAYERS:
        return piece
    payers = payers_of(shares[piece.party_id], order_id=order_id, gross=None, on=piece.supplied_on)
    alone = piece.alone or any(one.amount is not None for one in payers)
    return replace(piece, payers=payers, alone=alone)


def deduct_deposits(*, actor: Actor, pieces: Sequence[Piece]) -> list[Piece]:
    """Filled pieces with the deposits of their order deducted, oldest first. Thirteen queries.

    An order billed whole deducts all that is left, and is a final invoice (BT-23); a delivery
    deducts in the proportion of what the order has left to bill, the last one all that is left.
    No document deducts more than it bills at each VAT.
    """
    orders = _orders_of(pieces)
    lefts = deposits_left(actor=actor, order_ids=set(orders.values())) if orders else {}
    if not lefts:
        return list(pieces)
    today = clock.today()
    seller = seller_of(company=actor.company, on=today)
    buyers = parties.snapshots(actor=actor, party_ids={piece.party_id for piece in pieces})
    parts = {
        orders[piece.key]: piece.party_id
        for piece in pieces
        if piece.source == billable.DELIVERY and lefts.get(orders.get(piece.key, 0))
    }
    to_bill = {
        order_id: summed(groups_of(lines, buyers[parts[order_id]], seller, today))
        for order_id, lines in _left_of_orders(actor, parts).items()
    }
    done = []
    for piece in pieces:
        order_id = orders.get(piece.key)
        if order_id is None or not lefts.get(order_id):
            done.append(piece)
            continue
        bases = summed(groups_of(piece.lines, buyers[piece.party_id], seller, today))
        if order_id in to_bill:
            found = shared_deductions(lefts[order_id], bases, to_bill[order_id])
            for group, base in bases.items():
                to_bill[order_id][group] = to_bill[order_id].get(group, ZERO) - base
        else:
            found = deductions(lefts[order_id], bases)
        done.append(_deducted(piece, found))
        lefts[order_id] = _rest(lefts[order_id], found)
    return done


def _left_of_orders(actor: Actor, order_ids: Collection[int]) -> dict[int, list[DraftLine]]:
    """Lines of orders with what no document bills of each yet. Three queries."""
    if not order_ids:
        return {}
    own = InvoiceLine.objects.filter(company=actor.company, order_line__order__in=order_ids)
    billed = dict(
        own.exclude(invoice__kind__in=CREDIT_KINDS)
        .order_by()
        .values_list("order_line")
        .annotate(total=Sum("net_amount"))
    )
    credited = InvoiceLine.objects.filter(
        credited_line__order_line__order__in=order_ids, invoice__status=Invoice.Status.ISSUED
    )
    for line_id, total in (
        credited.order_by()
        .values_list("credited_line__order_line")
        .annotate(total=Sum("net_amount"))
    ):
        billed[line_id] -= total
    found: dict[int, list[DraftLine]] = {}
    rows = OrderLine.objects.filter(company=actor.company, order__in=order_ids)
    for row in rows.order_by("order", "position"):
        line = line_of_order(row)
        net = line.net_amount
        if net is None:
            net = round_amount(line.quantity * line.unit_price)
        left = max(net - billed.get(row.pk, ZERO), ZERO)
        found.setdefault(row.order_id, []).append(replace(line, net_amount=left))
    return found


def _deducted(piece: Piece, found: tuple[AllowanceFacts, ...]) -> Piece:
    frame = piece.frame
    if found and not frame and piece.source == billable.ORDER:
        frame = final_frame(line.nature for line in piece.lines)
    return replace(piece, allowances=(*piece.allowances, *found), frame=frame)


def _rest(lefts: Sequence[DepositLeft], found: Sequence[AllowanceFacts]) -> list[DepositLeft]:
    taken: dict[tuple[int | None, str, Decimal, str], Decimal] = {}
    for one in found:
        key = (one.deposit_id, one.exemption, one.vat_rate or ZERO, one.nature)
        taken[key] = taken.get(key, ZERO) + one.amount
    return [
        replace(
            one,
            left=one.left
            - taken.get(
                (
                    one.invoice_id,
                    one.group.exemption,
                    ZERO if one.group.exemption else one.group.rate,
                    one.group.nature,
                ),
                ZERO,
            ),
        )
        for one in lefts
    ]


def settle_payers(*, actor: Actor, pieces: Sequence[Piece]) -> list[Piece]:
    """Filled pieces whose payers take no more than the document, nor than what they have left.

    Six queries.
    """
    concerned = {
        piece.party_id for piece in pieces if any(one.amount is not None for one in piece.payers)
    }
    if not concerned:
        return list(pieces)
    shares = shares_of(actor=actor, party_ids=concerned)
    orders = _orders_of([piece for piece in pieces if piece.party_id in concerned])
    today = clock.today()
    seller = seller_of(company=actor.company, on=today)
    buyers = parties.snapshots(actor=actor, party_ids=concerned)
    done = []
    for piece in pieces:
        if piece.party_id not in concerned or not piece.payers:
            done.append(piece)
            continue
        groups = groups_of(piece.lines, buyers[piece.party_id], seller, today)
        taken_off = [
            (
                VatGroup("S", one.vat_rate or ZERO, one.exemption),
                one.amount if one.is_charge else -one.amount,
            )
            for one in piece.allowances
        ]
        payers = payers_of(
            shares[piece.party_id],
            order_id=orders.get(piece.key),
            gross=gross_of([*groups, *taken_off]),
            on=piece.supplied_on,
        )
        done.append(replace(piece, payers=payers))
        used = {(one.party_id, one.reference): one.amount or ZERO for one in payers}
        shares[piece.party_id] = [
            replace(one, used=one.used + used.get((one.payer_id, one.reference), ZERO))
            for one in shares[piece.party_id]
        ]
    return done
