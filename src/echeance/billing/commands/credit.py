"""Credit notes and corrective invoices: all of an invoice, some lines, a price, an amount.

Never more than is left, line by line and rate by rate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.drafts import draft_documents
from echeance.billing.errors import (
    CreditApprovalError,
    CreditRefusedError,
    InvoiceAlreadyIssuedError,
    InvoiceNotIssuedError,
)
from echeance.billing.events import CreditApproved
from echeance.billing.models import (
    CreditApproval,
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    InvoicePayer,
    Order,
    OrderLine,
)
from echeance.billing.rules import crediting
from echeance.billing.rules.crediting import Left
from echeance.billing.rules.taxes import trimmed
from echeance.billing.types import (
    CORRECTIVE,
    CREDIT_NOTE,
    INVOICE,
    SELF_BILLED,
    SELF_BILLED_CREDIT,
    AllowanceFacts,
    CreditLine,
    DraftFacts,
    DraftLine,
    PayerFacts,
)
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind


@transaction.atomic
def draft_credit_note(
    *,
    actor: Actor,
    invoice_id: int,
    reason: str,
    lines: Sequence[CreditLine] | None = None,
    gross: Decimal | None = None,
    net: Decimal | None = None,
    reason_code: str = "",
) -> Invoice:
    """Draft a credit note on an issued invoice.

    Give lines, or an amount with VAT, or one without; nothing takes all that is left. The invoice
    is locked meanwhile: two credit notes cannot both take what only one may. Discounts and charges
    of the document go with the lines they bear on; a retention and the shares of other payers are
    given back in proportion.

    Args:
        actor: Who credits.
        invoice_id: The invoice.
        reason: Why; printed. The words of ``reason_code`` when empty.
        lines: What to give back of each line.
        gross: Amount with VAT, spread over the rates in proportion of what is left of them.
        net: Amount without VAT, spread the same way.
        reason_code: A key of :data:`echeance.billing.rules.crediting.REASONS`.

    Raises:
        NotFoundError: Not an invoice of this company.
        InvoiceNotIssuedError: It is a draft.
        CreditRefusedError: It is a credit note, was replaced, nothing is left, or a line or the
            amount takes too much.
    """
    actor.require(Right.DRAFT_INVOICES)
    original = _lock_original(actor, invoice_id)
    number = str(original)
    if sum(how is not None for how in (lines, gross, net)) > 1:
        raise CreditRefusedError(number, "donnez des lignes, ou un seul montant")
    if reason_code and reason_code not in crediting.REASONS:
        raise CreditRefusedError(number, f"le code de motif « {reason_code} » est inconnu")
    words = reason.strip() or (crediting.REASONS[reason_code].label if reason_code else "")
    if not words:
        raise CreditRefusedError(number, "donnez un motif, il est imprimé")
    left = queries.left_of(actor=actor, invoice_ids=[original.pk])[original.pk]
    if left.replaced_by:
        raise CreditRefusedError(number, f"la rectificative {left.replaced_by} l'annule déjà")
    if gross is None and net is None:
        parts = _by_lines(number, left, lines)
    else:
        parts = _by_amount(number, left, gross, net), []
    note = draft_documents(
        actor=actor,
        drafts=[
            DraftFacts(
                buyer_id=original.buyer_id,
                kind=SELF_BILLED_CREDIT if original.mandate_id else CREDIT_NOTE,
                lines=tuple(parts[0]),
                allowances=tuple(parts[1]),
                order_reference=original.order_reference,
                sales_order_reference=original.sales_order_reference,
                buyer_reference=original.buyer_reference,
                contract_reference=original.contract_reference,
                project_reference=original.project_reference,
                currency=original.currency,
                language=original.language,
                establishment_id=original.establishment_id,
                mandate_id=original.mandate_id,
                preceding_id=original.pk,
                reason=words[:200],
                reason_code=reason_code,
            )
        ],
    )[0]
    _give_back_to_each(note, original, left)
    return note


def _lock_original(actor: Actor, invoice_id: int) -> Invoice:
    row = Invoice.objects.select_for_update().filter(company=actor.company, pk=invoice_id).first()
    if row is None:
        raise NotFoundError(what=f"facture n° {invoice_id}")
    if row.number is None:
        raise InvoiceNotIssuedError(row.pk)
    if row.is_credit_note:
        raise CreditRefusedError(row.number, "un avoir ne se crédite pas, refaites une facture")
    return row


def _by_lines(
    number: str, left: Left, wanted: Sequence[CreditLine] | None
) -> tuple[list[DraftLine], list[AllowanceFacts]]:
    if not left.net and not left.gross:
        raise CreditRefusedError(number, "tout a déjà été crédité")
    credited = crediting.credited_lines(number, left.lines, wanted)
    back = crediting.credited_allowances(left, credited, everything=wanted is None)
    crediting.check_groups(number, left, credited, back)
    billed = InvoiceLine.objects.in_bulk([one.line_id for one in credited])
    allowed = InvoiceAllowance.objects.in_bulk([one.allowance_id for one in back])
    return (
        [
            _draft_line(
                billed[one.line_id],
                quantity=one.quantity,
                unit_price=one.unit_price,
                net_amount=one.net_amount,
                credited_line_id=one.line_id,
            )
            for one in credited
        ],
        [_draft_allowance(allowed[one.allowance_id], one.amount) for one in back],
    )


def _by_amount(
    number: str, left: Left, gross: Decimal | None, net: Decimal | None
) -> list[DraftLine]:
    """One line for what is taxed, exempt and posted alike."""
    groups = crediting.credited_amount(number, left.groups, gross=gross, net=net)
    parts = [part for group in groups for part in crediting.of_lines(left, group)]
    billed = InvoiceLine.objects.in_bulk([pk for pk, _, _ in parts])
    sums: dict[tuple[str, ...], tuple[InvoiceLine, Decimal, Decimal]] = {}
    for pk, base, vat in parts:
        line = billed[pk]
        key = (
            line.vat_category,
            str(line.vat_rate),
            line.nature,
            line.exemption,
            line.exemption_article,
            line.revenue_account,
        )
        first, base_before, vat_before = sums.get(key, (line, ZERO, ZERO))
        sums[key] = (first, base_before + base, vat_before + vat)
    return [
        _draft_line(
            line,
            name=_amount_label(number, line),
            quantity=Decimal(1),
            unit_price=base,
            net_amount=base,
            vat_amount=None if gross is None else vat,
        )
        for line, base, vat in sums.values()
        if base
    ]


def _amount_label(number: str, line: InvoiceLine) -> str:
    if line.exemption:
        return f"Avoir partiel sur la facture {number}, sans TVA"
    percent = f"{trimmed(line.vat_rate):f}".replace(".", ",")
    return f"Avoir partiel sur la facture {number}, TVA {percent} %"


def _draft_line(
    line: InvoiceLine,
    *,
    quantity: Decimal,
    unit_price: Decimal,
    net_amount: Decimal,
    name: str = "",
    credited_line_id: int | None = None,
    vat_amount: Decimal | None = None,
) -> DraftLine:
    return DraftLine(
        name=name or line.name,
        description="" if name else line.description,
        item_code="" if name else line.item_code,
        quantity=quantity,
        unit_code="C62" if name else line.unit_code,
        unit_price=unit_price,
        net_amount=net_amount,
        vat_rate=line.vat_rate,
        exemption=line.exemption,
        exemption_article=line.exemption_article,
        nature=line.nature,
        revenue_account=line.revenue_account,
        credited_line_id=credited_line_id,
        vat_amount=vat_amount,
    )


def _draft_allowance(
    one: InvoiceAllowance, amount: Decimal, *, credits_it: bool = True
) -> AllowanceFacts:
    return AllowanceFacts(
        reason=one.reason,
        amount=amount,
        is_charge=one.is_charge,
        reason_code=one.reason_code,
        percent=one.percent if amount == one.amount else None,
        base=one.base if amount == one.amount else None,
        vat_rate=one.vat_rate,
        exemption=one.exemption,
        exemption_article=one.exemption_article,
        nature=one.nature,
        account=one.account,
        deposit_id=one.deposit_id,
        credited_id=one.pk if credits_it else None,
    )


def _give_back_to_each(note: Invoice, original: Invoice, left: Left) -> None:
    """Cut a credit note between those who owe its invoice: the buyer, its retention, the payers."""
    if not left.retained and not any(left.payers.values()):
        return
    payers = [(pk, amount) for pk, amount in left.payers.items() if amount > ZERO]
    weights = [left.retained, *(amount for _, amount in payers)]
    own = left.gross - sum(weights, ZERO)
    retained, *shares, _ = crediting.shared(note.gross_total, [*weights, max(own, ZERO)])
    if retained:
        note.retained_amount, note.retained_until = retained, original.retained_until
        note.save(update_fields=["retained_amount", "retained_until"])
    InvoicePayer.objects.bulk_create(
        InvoicePayer(
            company_id=note.company_id, invoice=note, party_id=pk, position=rank, amount=share
        )
        for rank, ((pk, _), share) in enumerate(zip(payers, shares, strict=True), start=1)
        if share > ZERO
    )


# -- corrective invoices, and invoices made again -------------------------------------------------


@transaction.atomic
def draft_corrective(*, actor: Actor, invoice_id: int, reason: str) -> Invoice:
    """Draft the corrective invoice (384) that annuls an issued one and stands in for it.

    It starts as a copy, to be changed as any draft. Once issued, all that was left of the original
    is taken back in the same entry, and what the customer had paid of it pays the corrective one.

    Raises:
        NotFoundError: Not an invoice of this company.
        InvoiceNotIssuedError: It is a draft.
        CreditRefusedError: It is a credit note, self-billed or a consumer's, was replaced or
            wholly credited, or a draft credit note on it waits.

    Source: CGI 289 I-5; BOI-TVA-DECLA-30-20-20-20; XP Z12-012, BR-FR-CO-04.
    """
    actor.require(Right.DRAFT_INVOICES)
    original = _lock_original(actor, invoice_id)
    number = str(original)
    words = reason.strip()
    if not words:
        raise CreditRefusedError(number, "donnez un motif, il est imprimé")
    if original.kind == SELF_BILLED:
        raise CreditRefusedError(number, "une auto-facture se corrige par un avoir")
    if original.buyer.category == CustomerKind.CONSUMER:
        # E-reporting adds up sales to consumers day by day: one that replaces counts twice.
        raise CreditRefusedError(number, "celle d'un particulier se corrige par un avoir")
    left = queries.left_of(actor=actor, invoice_ids=[original.pk])[original.pk]
    if left.replaced_by:
        raise CreditRefusedError(number, f"la rectificative {left.replaced_by} l'annule déjà")
    if not left.gross:
        raise CreditRefusedError(number, "tout a déjà été crédité, refaites une facture simple")
    if Invoice.objects.filter(preceding=original, status=Invoice.Status.DRAFT).exists():
        raise CreditRefusedError(number, "un avoir sur elle est en brouillon, supprimez-le d'abord")
    return _copied(actor, original, kind=CORRECTIVE, preceding_id=original.pk, reason=words[:200])


@transaction.atomic
def draft_again(*, actor: Actor, invoice_id: int) -> Invoice:
    """Draft an issued invoice again, under a number to come: after it was refused or cancelled.

    It is a new invoice, to be changed before it is issued; nothing is said of the former one.

    Raises:
        NotFoundError: Not an invoice of this company.
        InvoiceNotIssuedError: It is a draft.
        CreditRefusedError: It is a credit note, or something of it is not credited yet.

    Source: XP Z12-012: an invoice refused (210) or rejected (213) is issued again under a new
    number.
    """
    actor.require(Right.DRAFT_INVOICES)
    original = _lock_original(actor, invoice_id)
    left = queries.left_of(actor=actor, invoice_ids=[original.pk], drafts=True)[original.pk]
    if left.gross:
        raise CreditRefusedError(
            str(original), "elle n'est pas encore entièrement créditée, faites d'abord son avoir"
        )
    kind = INVOICE if original.kind == CORRECTIVE else original.kind
    return _copied(actor, original, kind=kind)


def _copied(
    actor: Actor,
    original: Invoice,
    *,
    kind: str,
    preceding_id: int | None = None,
    reason: str = "",
) -> Invoice:
    lines = InvoiceLine.objects.filter(invoice=original).order_by("position")
    of_lines: dict[int, list[AllowanceFacts]] = {}
    of_document: list[AllowanceFacts] = []
    for one in InvoiceAllowance.objects.filter(invoice=original).order_by("position"):
        facts = _draft_allowance(one, one.amount, credits_it=False)
        if one.line_id is None:
            of_document.append(facts)
        else:
            of_lines.setdefault(one.line_id, []).append(facts)
    payers = InvoicePayer.objects.filter(invoice=original).order_by("position")
    return draft_documents(
        actor=actor,
        drafts=[
            DraftFacts(
                buyer_id=original.buyer_id,
                kind=kind,
                lines=tuple(
                    DraftLine(
                        name=line.name,
                        quantity=line.quantity,
                        unit_price=line.unit_price,
                        description=line.description,
                        item_code=line.item_code,
                        unit_code=line.unit_code,
                        vat_rate=None if line.exemption else line.vat_rate,
                        exemption=line.exemption,
                        exemption_article=line.exemption_article,
                        nature=line.nature,
                        revenue_account=line.revenue_account,
                        net_amount=line.net_amount,
                        gross_price=line.gross_price,
                        price_discount=line.price_discount,
                        period_start=line.period_start,
                        period_end=line.period_end,
                        allowances=tuple(of_lines.get(line.pk, ())),
                    )
                    for line in lines
                ),
                allowances=tuple(of_document),
                payers=tuple(
                    PayerFacts(row.party_id, row.percent, row.amount, row.reference)
                    for row in payers
                ),
                order_reference=original.order_reference,
                sales_order_reference=original.sales_order_reference,
                buyer_reference=original.buyer_reference,
                delivery_date=original.delivery_date,
                payment_terms=original.payment_terms,
                note=original.note,
                currency=original.currency,
                language=original.language,
                establishment_id=original.establishment_id,
                frame=original.frame,
                contract_reference=original.contract_reference,
                project_reference=original.project_reference,
                period_start=original.period_start,
                period_end=original.period_end,
                retained_amount=original.retained_amount,
                retained_until=original.retained_until,
                mandate_id=original.mandate_id,
                preceding_id=preceding_id,
                reason=reason,
            )
        ],
    )[0]


# -- approval -------------------------------------------------------------------------------------


@transaction.atomic
def approve_credit(*, actor: Actor, invoice_id: int) -> CreditApproval:
    """Approve a draft credit note above the threshold of the policy, as somebody else.

    An approval stands for the total it was given for: a draft that changes asks for another.

    Args:
        actor: Who approves: may issue credit notes, and did not draft this one.
        invoice_id: The draft.

    Raises:
        NotFoundError: Not a document of this company.
        InvoiceAlreadyIssuedError: It has its number.
        CreditApprovalError: It is no credit note, or the person drafted it.
    """
    actor.require(Right.ISSUE_CREDITS)
    row = Invoice.objects.select_for_update().filter(company=actor.company, pk=invoice_id).first()
    if row is None:
        raise NotFoundError(what=f"facture n° {invoice_id}")
    if row.number:
        raise InvoiceAlreadyIssuedError(row.number)
    if not row.is_credit_note:
        raise CreditApprovalError("ce n'est pas un avoir")
    if row.created_by == actor.name:
        raise CreditApprovalError("qui prépare un avoir ne l'approuve pas, demandez à un collègue")
    CreditApproval.objects.filter(invoice=row).delete()
    approval = CreditApproval.objects.create(
        company=actor.company,
        invoice=row,
        net_total=row.net_total,
        approved_at=clock.now(),
        approved_by=actor.name,
    )
    journal.record(CreditApproved(row.pk, str(row.net_total)), actor=actor)
    return approval


# -- cancelled orders -----------------------------------------------------------------------------


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
            reason_code="cancelled",
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
