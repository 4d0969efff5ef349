"""What drafts are made of, read for many of them at once: discounts, payers, sides, rates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import (
    ExchangeRate,
    Invoice,
    InvoiceAllowance,
    InvoiceAttachment,
    InvoiceLine,
    InvoicePayer,
    SelfBillingMandate,
)
from echeance.billing.rules.amounts import Allowance, Exchange, Line, Payer
from echeance.billing.rules.sides import EstablishmentFacts, MandateFacts
from echeance.billing.rules.taxes import LineTax, trimmed
from echeance.billing.types import AttachmentFacts
from echeance.core.tax import VatCategory
from echeance.parties.models import Establishment

Of = dict[int, list[Allowance]]
Days = tuple[date | None, date | None]


def line_facts(line: InvoiceLine, allowances: Sequence[Allowance] = ()) -> Line:
    """A line without its row. No query."""
    return Line(
        position=line.position,
        name=line.name,
        description=line.description,
        item_code=line.item_code,
        nature=line.nature,
        quantity=trimmed(line.quantity),
        unit_code=line.unit_code,
        unit_price=trimmed(line.unit_price),
        net_amount=line.net_amount,
        tax=LineTax(
            VatCategory(line.vat_category),
            trimmed(line.vat_rate),
            line.exemption,
            line.exemption_article,
        ),
        revenue_account=line.revenue_account,
        gross_price=None if line.gross_price is None else trimmed(line.gross_price),
        price_discount=None if line.price_discount is None else trimmed(line.price_discount),
        period=(line.period_start, line.period_end),
        allowances=tuple(allowances),
        vat_amount=line.vat_amount,
    )


def allowance_facts(row: InvoiceAllowance) -> Allowance:
    """A discount or a charge without its row; ``deposit`` is loaded with it. No query."""
    tax = None
    if row.line_id is None:
        tax = LineTax(
            VatCategory(row.vat_category),
            trimmed(row.vat_rate or Decimal(0)),
            row.exemption,
            row.exemption_article,
        )
    deposit = row.deposit
    return Allowance(
        reason=row.reason,
        amount=row.amount,
        is_charge=row.is_charge,
        reason_code=row.reason_code,
        percent=None if row.percent is None else trimmed(row.percent),
        base=row.base,
        tax=tax,
        nature=row.nature,
        account=row.account,
        deposit=(deposit.number, deposit.issue_date)
        if deposit and deposit.number and deposit.issue_date
        else None,
    )


def allowances_of(invoices: Sequence[Invoice]) -> tuple[Of, Of]:
    """Discounts and charges: of documents, by document, and of lines, by line. One query."""
    of_documents: Of = {}
    of_lines: Of = {}
    rows = InvoiceAllowance.objects.filter(invoice__in=invoices).select_related("deposit")
    for row in rows.order_by("invoice", "position"):
        found = allowance_facts(row)
        if row.line_id is None:
            of_documents.setdefault(row.invoice_id, []).append(found)
        else:
            of_lines.setdefault(row.line_id, []).append(found)
    return of_documents, of_lines


def payers_of(invoices: Sequence[Invoice]) -> dict[int, list[Payer]]:
    """Payers other than the buyer, by document. One query."""
    found: dict[int, list[Payer]] = {}
    rows = InvoicePayer.objects.filter(invoice__in=invoices).select_related("party")
    for row in rows.order_by("invoice", "position"):
        found.setdefault(row.invoice_id, []).append(
            Payer(
                row.party_id,
                row.party.name,
                None if row.percent is None else trimmed(row.percent),
                row.amount,
                row.reference,
            )
        )
    return found


def attachments_of(invoices: Sequence[Invoice]) -> dict[int, list[AttachmentFacts]]:
    """Pieces joined, by document. One query."""
    found: dict[int, list[AttachmentFacts]] = {}
    rows = InvoiceAttachment.objects.filter(invoice__in=invoices).order_by("invoice", "position")
    for row in rows:
        found.setdefault(row.invoice_id, []).append(
            AttachmentFacts(row.file_id, row.code, row.label, row.is_embedded)
        )
    return found


def mandates_by_id(*, actor: Actor, mandate_ids: Collection[int]) -> dict[int, MandateFacts]:
    """Self-billing mandates; unknown ones are absent. One query, none when none is asked for."""
    actor.require(Right.READ)
    if not mandate_ids:
        return {}
    rows = SelfBillingMandate.objects.filter(company=actor.company, pk__in=set(mandate_ids))
    return {
        row.pk: MandateFacts(
            supplier_id=row.supplier_id,
            reference=row.reference,
            franchise=row.franchise,
            signed_on=row.signed_on,
            ends_on=row.ends_on,
            revoked=row.revoked_at is not None,
        )
        for row in rows
    }


def establishments_by_id(
    *, actor: Actor, establishment_ids: Collection[int]
) -> dict[int, EstablishmentFacts]:
    """Establishments; unknown ones are absent. One query, none when none is asked for."""
    actor.require(Right.READ)
    if not establishment_ids:
        return {}
    rows = Establishment.objects.filter(company=actor.company, pk__in=set(establishment_ids))
    return {
        row.pk: EstablishmentFacts(
            party_id=row.party_id,
            siret=row.siret,
            address_line=row.address_line,
            address_extra=row.address_extra,
            postcode=row.postcode,
            city=row.city,
            country=row.country,
            electronic_address=row.electronic_address,
        )
        for row in rows
    }


def rates_for(*, actor: Actor, currencies: Iterable[str], on: date) -> dict[str, Exchange]:
    """Last rate of each currency on or before a day; none known, absent. One query a currency."""
    actor.require(Right.READ)
    found: dict[str, Exchange] = {}
    for currency in sorted(set(currencies)):
        row = (
            ExchangeRate.objects.filter(company=actor.company, currency=currency, on__lte=on)
            .order_by("-on")
            .first()
        )
        if row is not None:
            found[currency] = Exchange(row.rate, row.on, row.source)
    return found


def forms_of(*, actor: Actor, invoice: Invoice) -> tuple[list[Allowance], list[Payer]]:
    """Discounts and charges of one document, and its payers other than the buyer. Two queries."""
    actor.require(Right.READ)
    of_documents, _ = allowances_of([invoice])
    return of_documents.get(invoice.pk, []), payers_of([invoice]).get(invoice.pk, [])
