"""A draft as the facts it could be made from again, and what tells one state of it from another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from echeance.base import queries as base
from echeance.base.actor import Actor
from echeance.billing.models import Invoice, InvoiceAllowance, InvoiceLine, InvoicePayer
from echeance.billing.queries import parts
from echeance.billing.queries.documents import invoice_for
from echeance.billing.rules.taxes import trimmed
from echeance.billing.types import AllowanceFacts, DraftFacts, DraftLine, PayerFacts
from echeance.core.money import ZERO, round_amount

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class EditedDraft:
    """A draft to edit.

    Attributes:
        invoice: Its row.
        facts: What it could be made from again.
        line_ids: Number of each line, in their order.
        version: Changes with anything of the facts.
    """

    invoice: Invoice
    facts: DraftFacts
    line_ids: tuple[int, ...]
    version: str


def edited_draft(*, actor: Actor, invoice_id: int) -> EditedDraft:
    """A draft and its version. Five queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    return draft_as_facts(invoice_for(actor=actor, invoice_id=invoice_id))


def draft_as_facts(row: Invoice) -> EditedDraft:
    """The facts of a document's row. Four queries."""
    of_lines: dict[int, list[AllowanceFacts]] = {}
    of_document: list[AllowanceFacts] = []
    for one in InvoiceAllowance.objects.filter(invoice=row).order_by("position"):
        found = of_document if one.line_id is None else of_lines.setdefault(one.line_id, [])
        found.append(_allowance(one))
    lines = list(
        InvoiceLine.objects.filter(invoice=row).select_related("invoice").order_by("position")
    )
    payers = tuple(
        PayerFacts(one.party_id, one.percent, one.amount, one.reference)
        for one in InvoicePayer.objects.filter(invoice=row).order_by("position")
    )
    facts = DraftFacts(
        buyer_id=row.buyer_id,
        lines=tuple(_line(line, tuple(of_lines.get(line.pk, ()))) for line in lines),
        kind=row.kind,
        order_reference=row.order_reference,
        sales_order_reference=row.sales_order_reference,
        buyer_reference=row.buyer_reference,
        delivery_date=row.delivery_date,
        payment_terms=row.payment_terms,
        note=row.note,
        preceding_id=row.preceding_id,
        reason=row.reason,
        reason_code=row.reason_code,
        currency=row.currency,
        language=row.language,
        establishment_id=row.establishment_id,
        frame=row.frame,
        contract_reference=row.contract_reference,
        project_reference=row.project_reference,
        period_start=row.period_start,
        period_end=row.period_end,
        retained_amount=row.retained_amount,
        retained_until=row.retained_until,
        mandate_id=row.mandate_id,
        series_id=row.series_id,
        allowances=tuple(of_document),
        payers=payers,
        attachments=tuple(parts.attachments_of([row]).get(row.pk, ())),
    )
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()
    return EditedDraft(row, facts, tuple(line.pk for line in lines), digest[:16])


def _reckoned(row: InvoiceLine, allowances: tuple[AllowanceFacts, ...]) -> Decimal:
    """Quantity times price, with the discounts and charges of the line."""
    parts_of = (one.amount if one.is_charge else -one.amount for one in allowances)
    return round_amount(row.quantity * row.unit_price, row.invoice.currency) + sum(parts_of, ZERO)


def _line(row: InvoiceLine, allowances: tuple[AllowanceFacts, ...]) -> DraftLine:
    return DraftLine(
        name=row.name,
        quantity=trimmed(row.quantity),
        unit_price=trimmed(row.unit_price),
        description=row.description,
        item_code=row.item_code,
        unit_code=row.unit_code,
        vat_rate=None if row.exemption else trimmed(row.vat_rate),
        exemption=row.exemption,
        exemption_article=row.exemption_article,
        nature=row.nature,
        revenue_account=row.revenue_account,
        order_line_id=row.order_line_id,
        credited_line_id=row.credited_line_id,
        net_amount=None if row.net_amount == _reckoned(row, allowances) else row.net_amount,
        gross_price=None if row.gross_price is None else trimmed(row.gross_price),
        price_discount=None if row.price_discount is None else trimmed(row.price_discount),
        period_start=row.period_start,
        period_end=row.period_end,
        allowances=allowances,
        vat_amount=row.vat_amount,
    )


def _allowance(row: InvoiceAllowance) -> AllowanceFacts:
    return AllowanceFacts(
        reason=row.reason,
        amount=row.amount,
        is_charge=row.is_charge,
        reason_code=row.reason_code,
        percent=None if row.percent is None else trimmed(row.percent),
        base=row.base,
        vat_rate=None if row.exemption or row.vat_rate is None else trimmed(row.vat_rate),
        exemption=row.exemption,
        exemption_article=row.exemption_article,
        nature=row.nature,
        account=row.account if row.line_id is None else "",
        deposit_id=row.deposit_id,
        credited_id=row.credited_id,
    )


@dataclass(frozen=True, slots=True)
class DraftEdit:
    """Who last changed a draft, when, and what of it."""

    by: str
    at: str
    what: str


def last_edit(*, actor: Actor, invoice_id: int) -> DraftEdit | None:
    """The last change of a draft, as the journal says it; none when it says nothing. One query."""
    from echeance.base.language import instant

    event = (
        base.history(actor=actor, subject=f"invoice:{invoice_id}")
        .filter(action="billing.draft_changed")
        .first()
    )
    if event is None:
        return None
    changes = event.facts.get("changes", {})
    what = " ; ".join(
        f"{name} : {old or '—'} → {new or '—'}"
        for name, (old, new) in list(changes.items())[:_SHOWN]
    )
    return DraftEdit(event.actor, instant(event.at), what)
