"""Credit notes: all of an invoice, some lines, or part of a price; never more than is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.drafts import draft_documents
from echeance.billing.errors import CreditRefusedError, InvoiceNotIssuedError
from echeance.billing.models import Invoice, InvoiceLine, Order, OrderLine
from echeance.billing.rules.crediting import credited_lines
from echeance.billing.types import (
    CREDIT_NOTE,
    SELF_BILLED_CREDIT,
    CreditLine,
    DraftFacts,
    DraftLine,
)


@transaction.atomic
def draft_credit_note(
    *,
    actor: Actor,
    invoice_id: int,
    reason: str,
    lines: Sequence[CreditLine] | None = None,
) -> Invoice:
    """Draft a credit note on an issued invoice.

    The invoice is locked meanwhile: two credit notes cannot both take what only one may.

    Args:
        actor: Who credits.
        invoice_id: The invoice.
        reason: Why; printed.
        lines: What to give back; None for all that is left.

    Raises:
        NotFoundError: Not an invoice of this company.
        InvoiceNotIssuedError: It is a draft.
        CreditRefusedError: It is a credit note, nothing is left, or a line takes too much.
    """
    actor.require(Right.DRAFT_INVOICES)
    original = _lock_original(actor, invoice_id)
    assert original.number is not None, "it is issued"
    if not reason.strip():
        raise CreditRefusedError(original.number, "donnez un motif, il est imprimé")
    left = queries.lines_left(actor=actor, invoice_id=original.pk)
    credited = credited_lines(original.number, left, lines)
    billed = InvoiceLine.objects.in_bulk([one.line_id for one in credited])
    return draft_documents(
        actor=actor,
        drafts=[
            DraftFacts(
                buyer_id=original.buyer_id,
                kind=SELF_BILLED_CREDIT if original.mandate_id else CREDIT_NOTE,
                lines=tuple(
                    DraftLine(
                        name=line.name,
                        description=line.description,
                        item_code=line.item_code,
                        quantity=one.quantity,
                        unit_code=line.unit_code,
                        unit_price=one.unit_price,
                        net_amount=one.net_amount,
                        vat_rate=line.vat_rate,
                        exemption=line.exemption,
                        exemption_article=line.exemption_article,
                        nature=line.nature,
                        revenue_account=line.revenue_account,
                        credited_line_id=line.pk,
                    )
                    for one in credited
                    for line in [billed[one.line_id]]
                ),
                order_reference=original.order_reference,
                sales_order_reference=original.sales_order_reference,
                buyer_reference=original.buyer_reference,
                currency=original.currency,
                language=original.language,
                establishment_id=original.establishment_id,
                mandate_id=original.mandate_id,
                preceding_id=original.pk,
                reason=reason.strip()[:200],
            )
        ],
    )[0]


def _lock_original(actor: Actor, invoice_id: int) -> Invoice:
    row = Invoice.objects.select_for_update().filter(company=actor.company, pk=invoice_id).first()
    if row is None:
        raise NotFoundError(what=f"facture n° {invoice_id}")
    if row.number is None:
        raise InvoiceNotIssuedError(row.pk)
    if row.is_credit_note:
        raise CreditRefusedError(row.number, "un avoir ne se crédite pas, refaites une facture")
    return row


@transaction.atomic
def draft_cancellations(*, actor: Actor, order_ids: Collection[int]) -> list[Invoice]:
    """Draft the credit note of each cancellation, on the invoice of the order it cancels.

    Cancellations whose order is not invoiced yet, or that have their credit note, are left out.
    All or none; about fifteen queries a cancellation.

    Raises:
        CreditRefusedError: One takes more than is left of its invoice.
    """
    actor.require(Right.DRAFT_INVOICES)
    rows = (
        Order.objects.select_for_update(of=("self",))
        .filter(
            company=actor.company,
            pk__in=set(order_ids),
            kind=Order.OrderKind.CANCELLATION,
            accepted_at__isnull=False,
            invoice=None,
            cancels__invoice__status=Invoice.Status.ISSUED,
        )
        .select_related("cancels")
        .order_by("pk")
    )
    made = []
    for order in rows:
        assert order.cancels is not None, "the filter keeps those that cancel an order"
        invoice_id = order.cancels.invoice_id
        assert invoice_id is not None
        note = draft_credit_note(
            actor=actor,
            invoice_id=invoice_id,
            reason=f"Annulation {order.number}",
            lines=_cancelled_lines(order, invoice_id),
        )
        Order.objects.filter(pk=order.pk).update(invoice=note)
        made.append(note)
    return made


def _cancelled_lines(order: Order, invoice_id: int) -> list[CreditLine]:
    billed = {
        line.order_line_id: line.pk for line in InvoiceLine.objects.filter(invoice=invoice_id)
    }
    wanted: dict[int, CreditLine] = {}
    for line in OrderLine.objects.filter(order=order).order_by("position"):
        line_id = billed.get(line.cancels_id)
        if line_id is None:
            raise CreditRefusedError(
                order.number, "une ligne annulée n'est pas sur la facture de la commande"
            )
        before = wanted.get(line_id)
        quantity = line.quantity + (before.quantity or 0 if before else 0)
        wanted[line_id] = CreditLine(line_id, quantity)
    return list(wanted.values())
