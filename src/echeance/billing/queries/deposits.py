"""Reads of deposits: asked for, invoiced, deducted, what is left to deduct."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.models import (
    Deposit,
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    MarketLine,
)
from echeance.billing.queries.documents import seller_of
from echeance.billing.rules import taxes
from echeance.billing.rules.deposits import DepositLeft, VatGroup, deduction, deductions, summed
from echeance.billing.rules.deposits import final_frame as frame_after
from echeance.billing.rules.taxes import trimmed
from echeance.billing.types import (
    CREDIT_KINDS,
    PREPAYMENT,
    AllowanceFacts,
    DraftFacts,
    DraftLine,
    SellerFacts,
)
from echeance.core.money import ZERO, round_amount
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

if TYPE_CHECKING:
    from django.db.models import QuerySet


def deposits(
    *, actor: Actor, order_id: int | None = None, market_id: int | None = None
) -> QuerySet[Deposit]:
    """Deposits in force with their invoice, oldest first; those of an order or market. One query.

    One whose draft was discarded is no longer in force.
    """
    actor.require(Right.READ)
    rows = Deposit.objects.filter(
        company=actor.company, cancelled_at=None, invoice__isnull=False
    ).select_related("invoice", "party", "order", "market")
    if order_id is not None:
        rows = rows.filter(order=order_id)
    if market_id is not None:
        rows = rows.filter(market=market_id)
    return rows.order_by("pk")


def deposit_for(*, actor: Actor, deposit_id: int) -> Deposit:
    """One deposit of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        Deposit.objects.filter(company=actor.company, pk=deposit_id)
        .select_related("invoice")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"acompte n° {deposit_id}")
    return row


def buyer_of(*, actor: Actor, party_id: int) -> int:
    """The party billed: after a merger, the one that stays. Two queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    found = parties.snapshots(actor=actor, party_ids=[party_id]).get(party_id)
    if found is None:
        raise NotFoundError(what=f"client n° {party_id}")
    return found.party_id


def party_named(*, actor: Actor, text: str) -> int:
    """The party of a code, a SIREN or an exact name. Three queries at most.

    Raises:
        NotFoundError: None, or several of that name.
    """
    text = text.strip()
    found = list(parties.by_codes(actor=actor, codes=[text]).values())
    if not found:
        found = parties.by_identifiers(actor=actor, identifiers=[text]).get(text, [])
    if not found:
        found = list(parties.parties(actor=actor).filter(name__iexact=text)[:2])
    if len(found) != 1:
        raise NotFoundError(what=f"« {text} » parmi les fiches, donnez son code")
    return found[0].pk


def groups_of(
    lines: Iterable[DraftLine], buyer: PartySnapshot, seller: SellerFacts, on: date
) -> list[tuple[VatGroup, Decimal]]:
    """What each line is taxed like, and its amount without VAT. No query."""
    found = []
    for line in lines:
        tax = taxes.tax_of(line, buyer, seller, on)
        net = line.net_amount
        if net is None:
            net = round_amount(line.quantity * line.unit_price)
        group = VatGroup(tax.category.value, tax.rate, tax.exemption, tax.article, line.nature)
        found.append((group, net))
    return found


def deposits_asked(
    *, actor: Actor, order_id: int | None = None, market_id: int | None = None
) -> dict[VatGroup, Decimal]:
    """Deposits asked for, drafts included and credits taken off, by group. Four queries."""
    rows = deposits(actor=actor, order_id=order_id, market_id=market_id)
    invoice_ids = [row.invoice_id for row in rows if row.invoice_id is not None]
    return summed((one.group, one.net) for one in _lefts(invoice_ids))


def market_lines_to_tax(rows: Iterable[MarketLine]) -> list[DraftLine]:
    """Lines of a market as lines to tax, each whole. No query."""
    return [
        DraftLine(
            name=row.name,
            quantity=Decimal(1),
            unit_price=row.net_amount,
            net_amount=row.net_amount,
            vat_rate=row.vat_rate,
            exemption=row.exemption,
            exemption_article=row.exemption_article,
            nature=row.nature,
        )
        for row in rows
    ]


def groups_for(
    *, actor: Actor, buyer_id: int, lines: Iterable[DraftLine]
) -> list[tuple[VatGroup, Decimal]]:
    """As :func:`groups_of`, for a buyer and today. Three queries."""
    today = clock.today()
    buyer = parties.snapshots(actor=actor, party_ids=[buyer_id])[buyer_id]
    return groups_of(lines, buyer, seller_of(company=actor.company, on=today), today)


def deposits_left(
    *, actor: Actor, order_ids: Collection[int] = (), market_ids: Collection[int] = ()
) -> dict[int, list[DepositLeft]]:
    """What issued deposits leave to deduct, by order or by market, oldest first. Five queries.

    Credit notes on a deposit and deductions of it count from their draft on, so that nothing is
    deducted twice; a credit note that gives back a deduction counts once it is issued.

    Args:
        actor: Whose company.
        order_ids: Orders, or
        market_ids: markets; the answer is by their number. One of the two, not both.
    """
    actor.require(Right.READ)
    assert not (order_ids and market_ids), "orders or markets, not both"
    rows = Deposit.objects.filter(
        company=actor.company, cancelled_at=None, invoice__status=Invoice.Status.ISSUED
    ).order_by("pk")
    rows = rows.filter(market__in=market_ids) if market_ids else rows.filter(order__in=order_ids)
    owners = {
        row.invoice_id: (row.market_id if market_ids else row.order_id)
        for row in rows
        if row.invoice_id is not None
    }
    found: dict[int, list[DepositLeft]] = {}
    for left in _lefts(owners):
        owner = owners[left.invoice_id]
        assert owner is not None, "a deposit is on one of them"
        found.setdefault(owner, []).append(left)
    return found


def overdrawn_deposit(*, actor: Actor, invoice_ids: Collection[int]) -> DepositLeft | None:
    """A deposit of which documents deduct or give back more than was invoiced. Two queries.

    Four more where they touch a deposit, whose invoice is then locked: two documents at once never
    take the same amount.

    Args:
        actor: Whose company.
        invoice_ids: Documents just written, in the transaction of the caller.
    """
    actor.require(Right.READ)
    touched = set(
        InvoiceAllowance.objects.filter(invoice__in=invoice_ids, deposit__isnull=False).values_list(
            "deposit_id", flat=True
        )
    ) | set(
        Invoice.objects.filter(pk__in=invoice_ids, preceding__kind=PREPAYMENT).values_list(
            "preceding_id", flat=True
        )
    )
    if not touched:
        return None
    locked = Invoice.objects.select_for_update().filter(pk__in=touched).order_by("pk")
    lefts = _lefts([row.pk for row in locked.defer("facts")])
    return next((one for one in lefts if one.left < ZERO), None)


def _lefts(invoice_ids: Collection[int]) -> list[DepositLeft]:
    if not invoice_ids:
        return []
    numbers = dict(Invoice.objects.filter(pk__in=invoice_ids).values_list("pk", "number"))
    net: dict[tuple[int, VatGroup], Decimal] = {}
    for line in InvoiceLine.objects.filter(invoice__in=invoice_ids).order_by("invoice", "position"):
        key = (line.invoice_id, _group_of(line))
        net[key] = net.get(key, ZERO) + line.net_amount
    credits_ = InvoiceLine.objects.filter(credited_line__invoice__in=invoice_ids)
    for line in credits_.select_related("credited_line"):
        origin = line.credited_line
        assert origin is not None, "the filter keeps lines that credit another"
        net[origin.invoice_id, _group_of(origin)] -= line.net_amount
    taken: dict[tuple[int, VatGroup], Decimal] = {}
    deducted = InvoiceAllowance.objects.filter(deposit__in=invoice_ids).select_related("invoice")
    for one in deducted:
        assert one.deposit_id is not None, "the filter keeps deductions of a deposit"
        key = (one.deposit_id, _group_of_allowance(one))
        if one.invoice.kind not in CREDIT_KINDS:
            taken[key] = taken.get(key, ZERO) + one.amount
        elif one.invoice.status == Invoice.Status.ISSUED:
            taken[key] = taken.get(key, ZERO) - one.amount
    return [
        DepositLeft(
            invoice_id, numbers[invoice_id] or "", group, amount, amount - taken.get(key, ZERO)
        )
        for key, amount in net.items()
        for invoice_id, group in [key]
    ]


def _group_of(line: InvoiceLine) -> VatGroup:
    return VatGroup(
        line.vat_category,
        trimmed(line.vat_rate),
        line.exemption,
        line.exemption_article,
        line.nature,
    )


def _group_of_allowance(one: InvoiceAllowance) -> VatGroup:
    return VatGroup(
        one.vat_category,
        trimmed(one.vat_rate or ZERO),
        one.exemption,
        one.exemption_article,
        one.nature,
    )


def deposits_to_deduct(
    *, actor: Actor, order_ids: Collection[int] = (), market_ids: Collection[int] = ()
) -> dict[int, tuple[AllowanceFacts, ...]]:
    """All that deposits leave to deduct, as allowances, by order or by market. Five queries.

    What a document bills may be less: :func:`with_deposits` deducts no more than it bills.
    """
    lefts = deposits_left(actor=actor, order_ids=order_ids, market_ids=market_ids)
    return {
        owner: tuple(deduction(one, one.left) for one in found if one.left > ZERO)
        for owner, found in lefts.items()
    }


def with_deposits(
    *, actor: Actor, drafts: Mapping[int, DraftFacts], final: bool = True
) -> dict[int, DraftFacts]:
    """Documents of orders with the deposits of their order deducted. Eight queries.

    Args:
        actor: Whose company.
        drafts: By order.
        final: The document ends what was ordered: its frame says so (B4, S4, M4).
    """
    lefts = deposits_left(actor=actor, order_ids=list(drafts))
    concerned = {order_id: facts for order_id, facts in drafts.items() if lefts.get(order_id)}
    if not concerned:
        return dict(drafts)
    today = clock.today()
    seller = seller_of(company=actor.company, on=today)
    buyers = parties.snapshots(
        actor=actor, party_ids={facts.buyer_id for facts in concerned.values()}
    )
    changed = {
        order_id: _deducted(
            facts,
            lefts[order_id],
            summed(groups_of(facts.lines, buyers[facts.buyer_id], seller, today)),
            final=final,
        )
        for order_id, facts in concerned.items()
    }
    return {**drafts, **changed}


def _deducted(
    facts: DraftFacts,
    lefts: Sequence[DepositLeft],
    bases: Mapping[VatGroup, Decimal],
    *,
    final: bool,
) -> DraftFacts:
    found = deductions(lefts, bases)
    frame = facts.frame
    if found and final and not frame:
        frame = frame_after(line.nature for line in facts.lines)
    return replace(facts, allowances=(*facts.allowances, *found), frame=frame)
