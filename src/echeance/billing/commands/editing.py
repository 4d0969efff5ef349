"""A document made and changed by hand, line by line; two people at once are told of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from echeance.archive import queries as archive
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.drafts import (
    _allowance_row,
    _check,
    _Known,
    _known,
    _line_row,
    _lock_draft,
    _row,
    _taxable,
    _total,
    _write_parts,
    draft_documents,
)
from echeance.billing.errors import DraftChangedError, DraftInvalidError
from echeance.billing.events import DraftChanged
from echeance.billing.models import (
    Invoice,
    InvoiceAllowance,
    InvoiceAttachment,
    InvoiceLine,
    InvoicePayer,
    InvoiceSeries,
)
from echeance.billing.queries import parts
from echeance.billing.queries.editing import draft_as_facts, last_edit
from echeance.billing.rendering import Look, draft_pdf
from echeance.billing.rules import preflight, taxes
from echeance.billing.rules.amounts import Amounts, Draft, Payer
from echeance.billing.rules.document import Composed
from echeance.billing.types import DraftFacts, DraftLine, Finding
from echeance.core.roundtrip import plain_number

_FIELDS = {
    "buyer_id": "client",
    "delivery_date": "date de livraison",
    "order_reference": "bon de commande",
    "buyer_reference": "référence de l'acheteur",
    "payment_terms": "conditions de règlement",
    "note": "remarque",
    "language": "langue",
    "currency": "devise",
    "contract_reference": "contrat",
    "project_reference": "projet",
    "period_start": "début de période",
    "period_end": "fin de période",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What a document would be; nothing of it is written.

    Attributes:
        lines: Net amount of each line, in their order.
        amounts: Totals and VAT; none when they cannot be reckoned.
        findings: Everything wrong with it.
        composed: The document, when it can be composed.
    """

    lines: tuple[Decimal, ...]
    amounts: Amounts | None
    findings: tuple[Finding, ...]
    composed: Composed | None


def preview_draft(*, actor: Actor, facts: DraftFacts) -> Preview:
    """What a draft of these facts would be today: its totals and its findings. Writes nothing.

    About fifteen queries.

    Raises:
        DraftInvalidError: See :func:`echeance.billing.commands.drafts.draft_documents`.
    """
    actor.require(Right.READ)
    today = clock.today()
    known = _known(actor, [facts], today)
    _check(facts, known)
    row = _row(actor, facts, known, clock.now())
    buyer, seller = known.sides(facts)
    lines = [
        _line_row(row, place, line, tax=taxes.tax_of(line, buyer, seller, today))
        for place, line in enumerate(facts.lines, start=1)
    ]
    for place, made in enumerate(lines, start=1):
        made.pk = -place  # a row nobody has: its discounts are those of a line
    emails = queries.billing_emails(actor=actor, party_ids=[row.buyer_id])
    foreign = {facts.currency} - {"EUR"}
    rates = parts.rates_for(actor=actor, currencies=foreign, on=today) if foreign else {}
    draft = Draft(
        kind=row.kind,
        buyer=buyer,
        lines=tuple(
            parts.line_facts(
                made,
                [
                    parts.allowance_facts(_allowance_row(row, 1, one, line=made, tax=None))
                    for one in line.allowances
                ],
            )
            for made, line in zip(lines, facts.lines, strict=True)
        ),
        terms=row.payment_terms,
        currency=row.currency,
        order_reference=row.order_reference,
        sales_order_reference=row.sales_order_reference,
        buyer_reference=row.buyer_reference,
        delivery_date=row.delivery_date,
        note=row.note,
        reason=row.reason,
        billing_email=next(iter(emails.get(row.buyer_id, ())), ""),
        frame=row.frame,
        contract_reference=row.contract_reference,
        project_reference=row.project_reference,
        period=(row.period_start, row.period_end),
        retained_amount=row.retained_amount,
        retained_until=row.retained_until,
        allowances=tuple(
            parts.allowance_facts(
                _allowance_row(
                    row, 1, one, line=None, tax=taxes.tax_of(_taxable(one), buyer, seller, today)
                )
            )
            for one in facts.allowances
        ),
        payers=tuple(
            Payer(
                payer.party_id,
                known.parties[payer.party_id].name,
                payer.percent,
                payer.amount,
                payer.reference,
            )
            for payer in facts.payers
        ),
        attachments=facts.attachments,
        exchange=rates.get(facts.currency),
    )
    return _examined(actor, draft, row, tuple(line.net_amount for line in lines))


def print_draft(*, actor: Actor, facts: DraftFacts) -> bytes:
    """The PDF these facts would give today, in the look in force. Writes nothing.

    Raises:
        DraftInvalidError: It cannot be composed; the message says why.
        TemplateError: The template of the company cannot be set.
    """
    found = preview_draft(actor=actor, facts=facts)
    if found.composed is None:
        raise DraftInvalidError(
            " ".join(one.message for one in found.findings) or "saisissez une première ligne"
        )
    return draft_pdf(found.composed, _look(actor), at=clock.now())


def _look(actor: Actor) -> Look:
    style = queries.style_in_force(actor=actor)
    if style is None:
        return Look()
    template, logo = style.template, style.logo
    return Look(
        template=archive.content(actor=actor, file_id=template.pk).decode() if template else "",
        color=style.color,
        logo=archive.content(actor=actor, file_id=logo.pk) if logo else b"",
        logo_name=logo.filename if logo else "",
        footer=style.footer,
    )


def _examined(actor: Actor, draft: Draft, row: Invoice, nets: tuple[Decimal, ...]) -> Preview:
    occasion = queries.occasion_of(actor=actor, issue_date=clock.today())
    series = InvoiceSeries.objects.filter(
        company=actor.company, kind=row.kind, closed_at=None
    ).first()
    composed, findings = preflight.examine(
        draft,
        replace(occasion, last_issue_date=series.last_issue_date if series else None),
        queries.stand_in(series, occasion.issue_date),
    )
    return Preview(nets, composed.amounts if composed else None, tuple(findings), composed)


@transaction.atomic
def save_draft(
    *, actor: Actor, facts: DraftFacts, invoice_id: int | None = None, seen: str = ""
) -> Invoice:
    """Make a draft, or replace all of one; atomic. About twenty queries.

    Args:
        actor: Who saves.
        facts: The whole document.
        invoice_id: The draft replaced; none for a new one.
        seen: Version the person worked on, see ``queries.edited_draft``; empty to overwrite
            whatever is there.

    Raises:
        NotFoundError: Not one of this company.
        InvoiceAlreadyIssuedError: It has its number.
        DraftChangedError: Somebody changed it since: who, when and what.
        DraftInvalidError: Facts that cannot stand, or a credit note's lines, which come from its
            invoice.
    """
    actor.require(Right.DRAFT_INVOICES)
    if invoice_id is None:
        return draft_documents(actor=actor, drafts=[facts])[0]
    row = _lock_draft(actor, [invoice_id])[0]
    before = draft_as_facts(row)
    if seen and before.version != seen:
        edit = last_edit(actor=actor, invoice_id=row.pk)
        raise DraftChangedError(
            by=edit.by if edit else "une autre personne",
            at=edit.at if edit else "il y a peu",
            what=edit.what if edit and edit.what else "son contenu a changé",
        )
    if facts.preceding_id is not None and facts.lines != before.facts.lines:
        raise DraftInvalidError(
            "les lignes d'un avoir viennent de sa facture, supprimez-le et refaites-le"
        )
    today = clock.today()
    known = _known(actor, [facts], today)
    _check(facts, known)
    changes = differences(before.facts, facts)
    if not changes:
        return row
    _replace(actor, row, facts, known)
    journal.record(DraftChanged(row.pk, changes), actor=actor)
    return row


def _replace(actor: Actor, row: Invoice, facts: DraftFacts, known: _Known) -> None:
    today = clock.today()
    made = _row(actor, facts, known, clock.now())
    kept = {"id", "company", "created_at", "created_by", "status"}
    names = [
        field.name
        for field in Invoice._meta.concrete_fields  # noqa: SLF001  Django's own way to the fields
        if field.name in _COPIED and field.name not in kept
    ]
    for name in names:
        setattr(row, name, getattr(made, name))
    row.save(update_fields=names)
    InvoiceAllowance.objects.filter(invoice=row).delete()
    InvoiceLine.objects.filter(invoice=row).delete()
    InvoicePayer.objects.filter(invoice=row).delete()
    InvoiceAttachment.objects.filter(invoice=row).delete()
    _write_parts([(row, facts)], known, today)
    if facts.lines:
        _total(actor, [row], known.company, today)
    else:
        row.net_total = row.vat_total = row.gross_total = Decimal(0)
        row.save(update_fields=["net_total", "vat_total", "gross_total"])


_COPIED = {
    "kind", "series", "buyer", "buyer_name", "delivery_date", "currency", "order_reference",
    "sales_order_reference", "buyer_reference", "payment_terms", "note", "language",
    "establishment", "frame", "contract_reference", "project_reference", "period_start",
    "period_end", "retained_amount", "retained_until", "mandate", "preceding", "reason",
    "reason_code",
}  # fmt: skip


def differences(old: DraftFacts, new: DraftFacts) -> dict[str, tuple[str, str]]:
    """What of a draft changes, by French name, as texts; empty when nothing does."""
    changes = {
        label: (str(getattr(old, name) or ""), str(getattr(new, name) or ""))
        for name, label in _FIELDS.items()
        if getattr(old, name) != getattr(new, name)
    }
    for place in range(max(len(old.lines), len(new.lines))):
        was, now = _told(old.lines, place), _told(new.lines, place)
        if was != now or old.lines[place : place + 1] != new.lines[place : place + 1]:
            changes[f"ligne {place + 1}"] = (was, now)
    if old.allowances != new.allowances:
        changes["remises et frais"] = (
            ", ".join(f"{one.reason} {plain_number(one.amount)}" for one in old.allowances),
            ", ".join(f"{one.reason} {plain_number(one.amount)}" for one in new.allowances),
        )
    if old.payers != new.payers or old.attachments != new.attachments:
        changes["payeurs et pièces"] = ("", "")
    return changes


def _told(lines: Sequence[DraftLine], place: int) -> str:
    if place >= len(lines):
        return ""
    line = lines[place]
    return f"{line.name}, {plain_number(line.quantity)} × {plain_number(line.unit_price)}"
