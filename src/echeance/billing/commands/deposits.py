"""Deposits asked for on orders and markets, and the final invoice that deducts them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.drafts import discard_drafts, draft_documents
from echeance.billing.errors import DepositRefusedError, OrderNotBillableError
from echeance.billing.events import DepositAsked, DepositCancelled
from echeance.billing.models import Deposit, Invoice, Market, Order
from echeance.billing.queries.lines import line_of_order
from echeance.billing.rules.deposits import (
    VatGroup,
    deposit_lines,
    deposit_of_amount,
    deposit_of_percent,
    summed,
)
from echeance.billing.types import PREPAYMENT, DraftFacts, DraftLine
from echeance.core.money import ZERO, format_amount, format_number, round_amount

HUNDRED = Decimal(100)


@transaction.atomic
def ask_for_deposit(
    *,
    actor: Actor,
    order_id: int | None = None,
    market_id: int | None = None,
    percent: Decimal | None = None,
    amount: Decimal | None = None,
    label: str = "",
    payment_terms: str = "",
) -> Deposit:
    """Draft the invoice of a deposit (BT-3 386) on an order or a market.

    It has one line for what is taxed alike. About twenty queries.

    Args:
        actor: Who asks.
        order_id: The order, or
        market_id: the market.
        percent: Of what is ordered, without VAT; above 0, at most 100. Or
        amount: without VAT.
        label: Printed; says the part and the order when empty.
        payment_terms: Code of ``core.terms``; empty for payment on receipt.

    Raises:
        NotFoundError: Not an order or market of this company.
        DepositRefusedError: The order is billed or waits, the market is closed, or the deposits
            would exceed what is ordered.
    """
    actor.require(Right.DRAFT_INVOICES)
    assert (order_id is None) != (market_id is None), "on an order or on a market"
    assert (percent is None) != (amount is None), "a part or an amount"
    order = market = None
    if order_id is not None:
        order = _order(actor, order_id)
        number, party_id = order.number, order.party_id
        lines = _ordered(actor, order)
    else:
        assert market_id is not None
        market = _market(actor, market_id)
        number, party_id = market.number, market.party_id
        lines = queries.market_lines_to_tax(market.lines.order_by("position"))
    ordered = summed(queries.groups_for(actor=actor, buyer_id=party_id, lines=lines))
    parts = _parts(actor, number, ordered, order, market, percent=percent, amount=amount)
    net = sum(parts.values(), ZERO)
    row = draft_documents(
        actor=actor,
        drafts=[
            DraftFacts(
                buyer_id=party_id,
                kind=PREPAYMENT,
                lines=deposit_lines(label or _label(number, percent), parts),
                order_reference=(order or market).order_reference,  # type: ignore[union-attr]
                sales_order_reference=order.number if order else "",
                buyer_reference=order.buyer_reference if order else "",
                establishment_id=order.establishment_id if order else None,
                currency=order.currency if order else "EUR",
                project_reference=market.number if market else "",
                payment_terms=payment_terms or "reception",
            )
        ],
    )[0]
    deposit = Deposit.objects.create(
        company=actor.company,
        party_id=row.buyer_id,
        order=order,
        market=market,
        label=label or _label(number, percent),
        percent=percent,
        net_amount=net,
        created_at=clock.now(),
        created_by=actor.name,
        invoice=row,
    )
    journal.record(DepositAsked(deposit.pk, row.pk, str(net)), actor=actor)
    return deposit


def _ordered(actor: Actor, order: Order) -> list[DraftLine]:
    return [line_of_order(row) for row in queries.order_lines(actor=actor, order_id=order.pk)]


def _label(number: str, percent: Decimal | None) -> str:
    if percent is None:
        return f"Acompte sur {number}"
    places = 0 if percent == percent.to_integral_value() else 2
    return f"Acompte de {format_number(percent, places)} % sur {number}"


def _order(actor: Actor, order_id: int) -> Order:
    row = Order.objects.select_for_update().filter(company=actor.company, pk=order_id).first()
    if row is None:
        raise NotFoundError(what=f"commande n° {order_id}")
    if row.kind != Order.OrderKind.ORDER or row.accepted_at is None or row.set_aside_at is not None:
        raise DepositRefusedError(row.number, "ce n'est pas une commande acceptée")
    if row.invoice_id is not None:
        raise DepositRefusedError(row.number, "elle est déjà facturée")
    return row


def _market(actor: Actor, market_id: int) -> Market:
    row = Market.objects.select_for_update().filter(company=actor.company, pk=market_id).first()
    if row is None:
        raise NotFoundError(what=f"marché n° {market_id}")
    if row.closed_at is not None:
        raise DepositRefusedError(row.number, "le marché est soldé")
    return row


def _parts(
    actor: Actor,
    number: str,
    ordered: Mapping[VatGroup, Decimal],
    order: Order | None,
    market: Market | None,
    *,
    percent: Decimal | None,
    amount: Decimal | None,
) -> dict[VatGroup, Decimal]:
    if percent is not None and not ZERO < percent <= HUNDRED:
        raise DepositRefusedError(number, "la part va de 0 à 100 %, donnez-la entre les deux")
    if amount is not None and (amount <= ZERO or amount != round_amount(amount)):
        raise DepositRefusedError(number, "le montant est positif et en centimes entiers")
    whole = sum(ordered.values(), ZERO)
    if not whole:
        raise DepositRefusedError(number, "rien n'y est commandé")
    before = queries.deposits_asked(
        actor=actor,
        order_id=order.pk if order else None,
        market_id=market.pk if market else None,
    )
    left = whole - sum(before.values(), ZERO)
    wanted = round_amount(whole * percent / HUNDRED) if percent is not None else amount
    assert wanted is not None
    if wanted > left:
        raise DepositRefusedError(
            number,
            f"avec ceux déjà demandés, il dépasserait la commande ; demandez au plus "
            f"{format_amount(left)} HT",
        )
    if percent is not None:
        return deposit_of_percent(ordered, percent, before)
    room = {group: net - before.get(group, ZERO) for group, net in ordered.items()}
    return deposit_of_amount(room, wanted)


@transaction.atomic
def cancel_deposit(*, actor: Actor, deposit_id: int) -> Deposit:
    """Give up a deposit whose invoice is still a draft; the draft is deleted.

    Raises:
        NotFoundError: Not one of this company.
        DepositRefusedError: It is issued: it is credited.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = (
        Deposit.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=deposit_id)
        .select_related("invoice")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"acompte n° {deposit_id}")
    invoice = row.invoice
    if invoice is not None and invoice.number:
        raise DepositRefusedError(
            invoice.number, "il est émis, faites un avoir sur sa facture d'acompte"
        )
    row.cancelled_at = row.cancelled_at or clock.now()
    row.save(update_fields=["cancelled_at"])
    if invoice is not None:
        discard_drafts(actor=actor, invoice_ids=[invoice.pk])
    journal.record(DepositCancelled(row.pk, str(row.net_amount)), actor=actor)
    return queries.deposit_for(actor=actor, deposit_id=deposit_id)


@transaction.atomic
def draft_final_invoice(*, actor: Actor, order_id: int) -> Invoice:
    """Draft the invoice of an order less the deposits issued on it, to the cent.

    What the order holds and what it deducts are both on the document, each with its VAT; its frame
    is that of a final invoice after a deposit (BT-23: B4, S4, M4). About twenty-five queries.

    Raises:
        NotFoundError: Not an order of this company.
        OrderNotBillableError: It is billed, waits, or a deposit of it is still a draft.
    """
    actor.require(Right.DRAFT_INVOICES)
    try:
        order = _order(actor, order_id)
    except DepositRefusedError as error:
        raise OrderNotBillableError(error.number, error.reason) from error
    for deposit in queries.deposits(actor=actor, order_id=order.pk):
        if deposit.invoice is not None and deposit.invoice.number is None:
            raise OrderNotBillableError(
                order.number, "un acompte est encore en brouillon, émettez-le ou abandonnez-le"
            )
    facts = DraftFacts(
        buyer_id=order.party_id,
        lines=tuple(_ordered(actor, order)),
        order_reference=order.order_reference,
        sales_order_reference=order.number,
        buyer_reference=order.buyer_reference,
        delivery_date=order.delivery_date,
        establishment_id=order.establishment_id,
        currency=order.currency,
    )
    facts = queries.with_deposits(actor=actor, drafts={order.pk: facts})[order.pk]
    row = draft_documents(actor=actor, drafts=[facts])[0]
    order.invoice = row
    order.save(update_fields=["invoice"])
    return row
