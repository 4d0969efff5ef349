"""Drafts: made from orders or by hand, changed, discarded. Nothing of them is final."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import (
    DraftInvalidError,
    InvoiceAlreadyIssuedError,
    OrderNotBillableError,
)
from echeance.billing.events import DraftDiscarded, InvoiceDrafted
from echeance.billing.models import Invoice, InvoiceLine, Order, OrderLine
from echeance.billing.rules import document, taxes
from echeance.billing.rules.posting import revenue_account
from echeance.billing.types import DraftFacts, DraftLine, SellerFacts
from echeance.core.money import round_amount
from echeance.core.tax import Exemption, Nature
from echeance.core.terms import parse_terms
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

_BATCH = 500
_CHANGEABLE = {
    "order_reference",
    "buyer_reference",
    "delivery_date",
    "payment_terms",
    "note",
}


@transaction.atomic
def draft_documents(*, actor: Actor, drafts: Sequence[DraftFacts]) -> list[Invoice]:
    """Make drafts, in the order given; all or none. About ten queries, whatever their number.

    Raises:
        DraftInvalidError: An unknown buyer, nature, exemption or kind, or a nameless line.
    """
    actor.require(Right.DRAFT_INVOICES)
    today = clock.today()
    seller = queries.seller_of(company=actor.company, on=today)
    buyers = parties.snapshots(actor=actor, party_ids={facts.buyer_id for facts in drafts})
    for facts in drafts:
        _check(facts, buyers)
    now = clock.now()
    rows = Invoice.objects.bulk_create(
        [
            Invoice(
                company=actor.company,
                kind=facts.kind,
                buyer_id=buyers[facts.buyer_id].party_id,
                buyer_name=buyers[facts.buyer_id].name,
                delivery_date=facts.delivery_date,
                order_reference=facts.order_reference,
                sales_order_reference=facts.sales_order_reference,
                buyer_reference=facts.buyer_reference,
                payment_terms=facts.payment_terms or buyers[facts.buyer_id].payment_terms,
                note=facts.note,
                preceding_id=facts.preceding_id,
                reason=facts.reason,
                created_at=now,
                created_by=actor.name,
            )
            for facts in drafts
        ],
        batch_size=_BATCH,
    )
    InvoiceLine.objects.bulk_create(
        (
            _line_row(
                row, position, line, tax=taxes.tax_of(line, buyers[facts.buyer_id], seller, today)
            )
            for row, facts in zip(rows, drafts, strict=True)
            for position, line in enumerate(facts.lines, start=1)
        ),
        batch_size=_BATCH,
    )
    _total(actor, rows, seller, today)
    journal.record_many(
        [InvoiceDrafted(row.pk, row.kind, str(row.gross_total)) for row in rows], actor=actor
    )
    return rows


def _check(facts: DraftFacts, buyers: Mapping[int, PartySnapshot]) -> None:
    problem = ""
    if facts.buyer_id not in buyers:
        problem = f"le client n° {facts.buyer_id} est introuvable"
    elif facts.kind not in Invoice.InvoiceKind.values:
        problem = f"le type de document « {facts.kind} » n'est pas admis"
    for position, line in enumerate(facts.lines, start=1):
        if not line.name.strip():
            problem = f"la ligne {position} n'a pas de désignation"
        elif line.nature not in {Nature.GOODS, Nature.SERVICES}:
            problem = f"la nature de la ligne {position} est « goods » ou « services »"
        elif line.exemption and line.exemption not in set(Exemption):
            problem = f"le motif d'exonération de la ligne {position} est inconnu"
        elif (
            round(line.quantity, 4) != line.quantity or round(line.unit_price, 6) != line.unit_price
        ):
            problem = (
                f"la ligne {position} a plus de 4 décimales de quantité ou 6 décimales de prix"
            )
    if problem:
        raise DraftInvalidError(problem)


def _line_row(row: Invoice, position: int, line: DraftLine, *, tax: taxes.LineTax) -> InvoiceLine:
    return InvoiceLine(
        company_id=row.company_id,
        invoice=row,
        position=position,
        item_code=line.item_code,
        name=line.name[:200],
        description=line.description,
        nature=line.nature,
        quantity=line.quantity,
        unit_code=line.unit_code,
        unit_price=line.unit_price,
        net_amount=round_amount(line.quantity * line.unit_price)
        if line.net_amount is None
        else line.net_amount,
        vat_category=tax.category.value,
        vat_rate=tax.rate,
        exemption=tax.exemption,
        exemption_article=tax.article,
        revenue_account=line.revenue_account or revenue_account(line.nature),
        order_line_id=line.order_line_id,
        credited_line_id=line.credited_line_id,
    )


def _total(actor: Actor, rows: Sequence[Invoice], seller: SellerFacts, on: date) -> None:
    """Write the totals of drafts, as they stand on a day."""
    drafts = queries.drafts_of(actor=actor, invoices=rows)
    for row in rows:
        draft = drafts[row.pk]
        if draft.lines:
            amounts = document.amounts_of(draft, seller, on)
            row.net_total, row.vat_total, row.gross_total = amounts.net, amounts.vat, amounts.gross
    Invoice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["net_total", "vat_total", "gross_total"],
        batch_size=_BATCH,
    )


@transaction.atomic
def draft_invoices(*, actor: Actor, order_ids: Collection[int]) -> list[Invoice]:
    """Draft one invoice for each order, in the order given. All or none.

    Raises:
        OrderNotBillableError: One waits, was set aside, is billed or is a cancellation.
        NotFoundError: One is not of this company.
    """
    actor.require(Right.DRAFT_INVOICES)
    wanted = list(dict.fromkeys(order_ids))
    rows = {
        row.pk: row
        for row in Order.objects.select_for_update()
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    }
    if missing := set(wanted) - set(rows):
        raise NotFoundError(what=f"commande n° {min(missing)}")
    for row in rows.values():
        if reason := _unbillable(row):
            raise OrderNotBillableError(row.number, reason)
    lines: dict[int, list[DraftLine]] = {pk: [] for pk in wanted}
    for line in OrderLine.objects.filter(order__in=wanted).order_by("order", "position"):
        lines[line.order_id].append(_draft_line(line))
    orders = [rows[pk] for pk in wanted]
    made = draft_documents(
        actor=actor,
        drafts=[
            DraftFacts(
                buyer_id=order.party_id,
                lines=tuple(lines[order.pk]),
                order_reference=order.order_reference,
                sales_order_reference=order.number,
                buyer_reference=order.buyer_reference,
                delivery_date=order.delivery_date,
            )
            for order in orders
        ],
    )
    for order, invoice in zip(orders, made, strict=True):
        order.invoice = invoice
    Order.objects.bulk_update(orders, ["invoice"], batch_size=_BATCH)
    return made


def _unbillable(order: Order) -> str:
    if order.kind == Order.OrderKind.CANCELLATION:
        return "c'est une annulation, elle donne un avoir"
    if order.set_aside_at is not None:
        return "elle a été écartée"
    if order.accepted_at is None:
        return f"elle attend une décision ({order.waiting_reason})"
    if order.invoice_id is not None:
        return f"elle est déjà facturée (document n° {order.invoice_id})"
    return ""


def _draft_line(line: OrderLine) -> DraftLine:
    return DraftLine(
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        description=line.description,
        item_code=line.item_code,
        unit_code=line.unit_code,
        vat_rate=line.vat_rate,
        exemption=line.exemption,
        exemption_article=line.exemption_article,
        nature=line.nature,
        revenue_account=line.revenue_account,
        order_line_id=line.pk,
    )


@transaction.atomic
def change_draft(
    *,
    actor: Actor,
    invoice_id: int,
    changes: Mapping[str, Any] | None = None,
    lines: Sequence[DraftLine] | None = None,
) -> Invoice:
    """Change the references, terms, note or lines of a draft; totals follow.

    Args:
        actor: Who changes.
        invoice_id: The draft.
        changes: New value by field: ``order_reference``, ``buyer_reference``,
            ``delivery_date``, ``payment_terms``, ``note``.
        lines: New lines, all of them; None leaves them as they are.

    Raises:
        NotFoundError: Not one of this company.
        InvoiceAlreadyIssuedError: It has its number.
        DraftInvalidError: A line cannot stand, or a credit note's lines were given.
        UnreadableTermsError: The new terms name nothing known.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = _lock_draft(actor, [invoice_id])[0]
    changes = changes or {}
    assert set(changes) <= _CHANGEABLE, f"not fields of a draft: {set(changes) - _CHANGEABLE}"
    if "payment_terms" in changes:
        changes = {**changes, "payment_terms": parse_terms(changes["payment_terms"]).code}
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        row.save(update_fields=list(changes))
    today = clock.today()
    seller = queries.seller_of(company=actor.company, on=today)
    if lines is not None:
        if row.is_credit_note:
            raise DraftInvalidError(
                "les lignes d'un avoir viennent de sa facture, supprimez-le et refaites-le"
            )
        buyers = parties.snapshots(actor=actor, party_ids=[row.buyer_id])
        _check(DraftFacts(row.buyer_id, tuple(lines), kind=row.kind), buyers)
        InvoiceLine.objects.filter(invoice=row).delete()
        InvoiceLine.objects.bulk_create(
            _line_row(
                row, position, line, tax=taxes.tax_of(line, buyers[row.buyer_id], seller, today)
            )
            for position, line in enumerate(lines, start=1)
        )
    _total(actor, [row], seller, today)
    return row


@transaction.atomic
def discard_drafts(*, actor: Actor, invoice_ids: Collection[int]) -> int:
    """Delete drafts; their orders are left to bill again. All or none; how many.

    Raises:
        NotFoundError: One is not of this company.
        InvoiceAlreadyIssuedError: One has its number.
    """
    actor.require(Right.DRAFT_INVOICES)
    rows = _lock_draft(actor, invoice_ids)
    journal.record_many([DraftDiscarded(row.pk, str(row.gross_total)) for row in rows], actor=actor)
    Invoice.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _lock_draft(actor: Actor, invoice_ids: Collection[int]) -> list[Invoice]:
    rows = list(
        Invoice.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(invoice_ids))
        .order_by("pk")
    )
    if missing := set(invoice_ids) - {row.pk for row in rows}:
        raise NotFoundError(what=f"facture n° {min(missing)}")
    for row in rows:
        if row.number:
            raise InvoiceAlreadyIssuedError(row.number)
    return rows
