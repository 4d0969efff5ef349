"""Drafts: made from orders or by hand, changed, discarded. Nothing of them is final."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

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
from echeance.billing.events import DraftChanged, DraftDiscarded, InvoiceDrafted
from echeance.billing.models import (
    BillingRule,
    Invoice,
    InvoiceAllowance,
    InvoiceAttachment,
    InvoiceLine,
    InvoicePayer,
    InvoiceSeries,
    Order,
    OrderLine,
)
from echeance.billing.rules import document, taxes
from echeance.billing.rules.posting import allowance_account, usual_account
from echeance.billing.rules.sides import (
    EstablishmentFacts,
    MandateFacts,
    at_establishment,
    company_as_buyer,
    supplier_as_seller,
)
from echeance.billing.types import (
    CITES_ANOTHER,
    PREPAYMENT,
    SELF_BILLED_KINDS,
    AllowanceFacts,
    DraftFacts,
    DraftLine,
    PayerFacts,
    SellerFacts,
)
from echeance.core.einvoice.codes import BUSINESS_PROCESSES
from echeance.core.money import ZERO, decimals, format_amount, round_amount
from echeance.core.tax import Exemption, Nature
from echeance.core.terms import parse_terms
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

_BATCH = 500
_HUNDRED = Decimal(100)
_LARGEST = Decimal(10) ** 12
"""Nothing billed is as much: what is, is a slip of the keyboard."""
_CHANGEABLE = {
    "order_reference",
    "buyer_reference",
    "delivery_date",
    "payment_terms",
    "note",
}


@transaction.atomic
def draft_documents(*, actor: Actor, drafts: Sequence[DraftFacts]) -> list[Invoice]:
    """Make drafts, in the order given; all or none. About twenty queries, whatever their number.

    Raises:
        DraftInvalidError: An unknown buyer, nature, exemption or kind, a nameless line, a
            discount without a reason, or a reference that does not exist.
    """
    actor.require(Right.DRAFT_INVOICES)
    today = clock.today()
    known = _known(actor, drafts, today)
    for facts in drafts:
        _check(facts, known)
    now = clock.now()
    rows = Invoice.objects.bulk_create(
        [_row(actor, facts, known, now) for facts in drafts], batch_size=_BATCH
    )
    _write_parts(zip(rows, drafts, strict=True), known, today)
    _refuse_overdrawn(actor, rows)
    _total(actor, rows, known.company, today)
    journal.record_many(
        [InvoiceDrafted(row.pk, row.kind, str(row.gross_total)) for row in rows], actor=actor
    )
    return rows


def _refuse_overdrawn(actor: Actor, rows: Sequence[Invoice]) -> None:
    """No deposit is deducted or given back beyond what was invoiced of it."""
    found = queries.overdrawn_deposit(actor=actor, invoice_ids=[row.pk for row in rows])
    if found is not None:
        over = format_amount(-found.left)
        raise DraftInvalidError(
            f"l'acompte {found.number} est déjà déduit ou crédité, il dépasserait de {over} HT ce "
            "qui en a été facturé ; créditez d'abord la facture qui le déduit"
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What drafts refer to, read once for all of them."""

    company: SellerFacts
    parties: Mapping[int, PartySnapshot]
    mandates: Mapping[int, MandateFacts]
    establishments: Mapping[int, EstablishmentFacts]
    series: Mapping[int, InvoiceSeries]
    usual_series: Mapping[int, InvoiceSeries]
    deposits: Collection[int]

    def sides(self, facts: DraftFacts) -> tuple[PartySnapshot, SellerFacts]:
        """Buyer and seller: swapped where the company bills itself in a supplier's name."""
        party = self.parties[facts.buyer_id]
        if facts.mandate_id is not None:
            mandate = self.mandates[facts.mandate_id]
            return company_as_buyer(self.company), supplier_as_seller(
                party, franchise=mandate.franchise
            )
        if facts.establishment_id is not None:
            party = at_establishment(party, self.establishments[facts.establishment_id])
        return party, self.company


def _known(actor: Actor, drafts: Sequence[DraftFacts], today: date) -> _Known:
    party_ids = {facts.buyer_id for facts in drafts}
    party_ids |= {payer.party_id for facts in drafts for payer in facts.payers}
    series = {
        row.pk: row
        for row in InvoiceSeries.objects.filter(company=actor.company, closed_at__isnull=True)
    }
    rules = BillingRule.objects.filter(
        company=actor.company, party__in=party_ids, series__isnull=False
    ).values_list("party_id", "series_id")
    deposits = {
        one.deposit_id for facts in drafts for one in facts.allowances if one.deposit_id is not None
    }
    return _Known(
        company=queries.seller_of(company=actor.company, on=today),
        parties=parties.snapshots(actor=actor, party_ids=party_ids),
        mandates=queries.mandates_by_id(
            actor=actor, mandate_ids={one.mandate_id for one in drafts if one.mandate_id}
        ),
        establishments=queries.establishments_by_id(
            actor=actor,
            establishment_ids={one.establishment_id for one in drafts if one.establishment_id},
        ),
        series=series,
        usual_series={
            party_id: series[series_id] for party_id, series_id in rules if series_id in series
        },
        deposits=set(
            Invoice.objects.filter(
                company=actor.company,
                pk__in=deposits,
                kind=PREPAYMENT,
                status=Invoice.Status.ISSUED,
            ).values_list("pk", flat=True)
        )
        if deposits
        else (),
    )


def _row(actor: Actor, facts: DraftFacts, known: _Known, now: datetime) -> Invoice:
    party = known.parties[facts.buyer_id]
    usual = known.usual_series.get(facts.buyer_id)
    series_id = facts.series_id
    if series_id is None and usual is not None and usual.kind == facts.kind:
        series_id = usual.pk
    return Invoice(
        company=actor.company,
        kind=facts.kind,
        series_id=series_id,
        buyer_id=party.party_id,
        buyer_name=party.name,
        delivery_date=facts.delivery_date,
        currency=facts.currency,
        order_reference=facts.order_reference,
        sales_order_reference=facts.sales_order_reference,
        buyer_reference=facts.buyer_reference,
        payment_terms=facts.payment_terms or party.payment_terms,
        note=facts.note,
        language=facts.language,
        establishment_id=facts.establishment_id,
        frame=facts.frame,
        contract_reference=facts.contract_reference,
        project_reference=facts.project_reference,
        period_start=facts.period_start,
        period_end=facts.period_end,
        retained_amount=facts.retained_amount,
        retained_until=facts.retained_until,
        mandate_id=facts.mandate_id,
        preceding_id=facts.preceding_id,
        reason=facts.reason,
        reason_code=facts.reason_code,
        created_at=now,
        created_by=actor.name,
    )


def _write_parts(drafts: Iterable[tuple[Invoice, DraftFacts]], known: _Known, today: date) -> None:
    """Write lines, discounts and charges, payers and joined pieces. Five queries a batch."""
    drafts = list(drafts)
    lines = InvoiceLine.objects.bulk_create(
        (
            _line_row(row, position, line, tax=taxes.tax_of(line, *known.sides(facts), today))
            for row, facts in drafts
            for position, line in enumerate(facts.lines, start=1)
        ),
        batch_size=_BATCH,
    )
    of_document = {(line.invoice_id, line.position): line for line in lines}
    allowances: list[InvoiceAllowance] = []
    for row, facts in drafts:
        rank = 0
        for position, line in enumerate(facts.lines, start=1):
            for one in line.allowances:
                rank += 1
                allowances.append(
                    _allowance_row(row, rank, one, line=of_document[row.pk, position], tax=None)
                )
        for one in _with_nature(facts, [of_document[row.pk, place] for place in
                                        range(1, len(facts.lines) + 1)]):  # fmt: skip
            rank += 1
            tax = taxes.tax_of(_taxable(one), *known.sides(facts), today)
            allowances.append(_allowance_row(row, rank, one, line=None, tax=tax))
    InvoiceAllowance.objects.bulk_create(allowances, batch_size=_BATCH)
    InvoicePayer.objects.bulk_create(
        (
            InvoicePayer(
                company_id=row.company_id,
                invoice=row,
                party_id=known.parties[payer.party_id].party_id,
                position=position,
                percent=payer.percent,
                amount=payer.amount,
                reference=payer.reference,
            )
            for row, facts in drafts
            for position, payer in enumerate(facts.payers, start=1)
        ),
        batch_size=_BATCH,
    )
    InvoiceAttachment.objects.bulk_create(
        (
            InvoiceAttachment(
                company_id=row.company_id,
                invoice=row,
                file_id=piece.file_id,
                position=position,
                code=piece.code,
                label=piece.label,
                is_embedded=piece.is_embedded,
            )
            for row, facts in drafts
            for position, piece in enumerate(facts.attachments, start=1)
        ),
        batch_size=_BATCH,
    )


def _with_nature(facts: DraftFacts, lines: Sequence[InvoiceLine]) -> Iterator[AllowanceFacts]:
    """Discounts and charges of a document, each of the nature of the lines it bears on.

    One whose nature no line has takes that of the lines: its VAT falls due with theirs.
    """
    natures = {line.nature for line in lines}
    for one in facts.allowances:
        lone = len(natures) == 1 and one.nature not in natures and one.credited_id is None
        yield replace(one, nature=next(iter(natures))) if lone else one


def _taxable(one: AllowanceFacts) -> DraftLine:
    """A discount or a charge bears VAT as a line would."""
    return DraftLine(
        name=one.reason,
        quantity=Decimal(1),
        unit_price=one.amount,
        vat_rate=one.vat_rate,
        exemption=one.exemption,
        exemption_article=one.exemption_article,
        nature=one.nature,
        # What gives back keeps the VAT it had, like a line that credits another.
        credited_line_id=one.credited_id,
    )


def _allowance_row(
    row: Invoice,
    position: int,
    one: AllowanceFacts,
    *,
    line: InvoiceLine | None,
    tax: taxes.LineTax | None,
) -> InvoiceAllowance:
    is_deposit = one.deposit_id is not None
    account = one.account
    if line is None and (is_deposit or not account):
        account = allowance_account(
            is_charge=one.is_charge,
            deposit=is_deposit,
            self_billed=row.kind in SELF_BILLED_KINDS,
        )
    return InvoiceAllowance(
        company_id=row.company_id,
        invoice=row,
        line=line,
        position=position,
        is_charge=one.is_charge,
        reason=one.reason[:200],
        reason_code=one.reason_code,
        percent=one.percent,
        base=one.base,
        amount=one.amount,
        vat_category=tax.category.value if tax else "",
        vat_rate=tax.rate if tax else None,
        nature=one.nature,
        exemption=tax.exemption if tax else "",
        exemption_article=tax.article if tax else "",
        account=account,
        deposit_id=one.deposit_id,
        credited_id=one.credited_id,
    )


def _check(facts: DraftFacts, known: _Known) -> None:
    problem = _document_problem(facts, known)
    if not problem:
        found = (_line_problem(place, line) for place, line in enumerate(facts.lines, start=1))
        problem = next(filter(None, found), "")
    if not problem:
        problem = next(filter(None, map(_allowance_problem, facts.allowances)), "")
    if problem:
        raise DraftInvalidError(problem)


def _document_problem(facts: DraftFacts, known: _Known) -> str:
    self_billed = facts.kind in SELF_BILLED_KINDS
    mandate = known.mandates.get(facts.mandate_id or 0)
    series = known.series.get(facts.series_id or 0)
    deposits = {one.deposit_id for one in facts.allowances if one.deposit_id is not None}
    wrong = [
        (facts.buyer_id not in known.parties, f"le client n° {facts.buyer_id} est introuvable"),
        (
            facts.kind not in Invoice.InvoiceKind.values,
            f"le type de document « {facts.kind} » n'est pas admis",
        ),
        (
            (facts.kind in CITES_ANOTHER) != (facts.preceding_id is not None),
            "un avoir ou une facture rectificative, et eux seuls, citent leur facture",
        ),
        (
            self_billed and (mandate is None or mandate.supplier_id != facts.buyer_id),
            "une auto-facture demande le mandat de ce fournisseur",
        ),
        (
            not self_billed and facts.mandate_id is not None,
            "seule une auto-facture nomme un mandat",
        ),
        (
            facts.series_id is not None and (series is None or series.kind != facts.kind),
            "la série choisie n'existe pas, est close ou numérote un autre genre de document",
        ),
        (
            facts.establishment_id is not None
            and (
                (found := known.establishments.get(facts.establishment_id)) is None
                or found.party_id != facts.buyer_id
            ),
            "l'établissement choisi n'est pas de ce client",
        ),
        (
            bool(facts.frame) and facts.frame not in BUSINESS_PROCESSES,
            f"le cadre de facturation « {facts.frame} » n'existe pas",
        ),
        (
            not re.fullmatch("[A-Z]{3}", facts.currency) or decimals(facts.currency) > 2,
            f"la devise « {facts.currency} » n'est pas admise",
        ),
        (
            (facts.retained_amount > ZERO) != (facts.retained_until is not None)
            or not ZERO <= facts.retained_amount < _LARGEST
            or facts.retained_amount != round_amount(facts.retained_amount),
            "une retenue de garantie a un montant et une fin",
        ),
        (
            bool(facts.period_start and facts.period_end)
            and (facts.period_end or date.max) < (facts.period_start or date.min),
            "la période finit avant de commencer",
        ),
        (
            bool(deposits - set(known.deposits)),
            "un acompte à déduire n'est pas une facture d'acompte émise",
        ),
        (
            len({payer.party_id for payer in facts.payers}) < len(facts.payers)
            or any((payer.percent is None) == (payer.amount is None) for payer in facts.payers)
            or any(not _is_share(payer) for payer in facts.payers),
            "un payeur figure une fois, avec une part ou un montant supérieur à zéro",
        ),
        (
            any(payer.party_id not in known.parties for payer in facts.payers),
            "un payeur est introuvable",
        ),
    ]
    return next((words for is_wrong, words in wrong if is_wrong), "")


def _is_share(payer: PayerFacts) -> bool:
    if payer.percent is not None:
        return ZERO < payer.percent <= _HUNDRED and round(payer.percent, 6) == payer.percent
    amount = payer.amount or ZERO
    return ZERO < amount < _LARGEST and amount == round_amount(amount)


def _line_problem(position: int, line: DraftLine) -> str:
    if not line.name.strip():
        return f"la ligne {position} n'a pas de désignation"
    if line.nature not in {Nature.GOODS, Nature.SERVICES}:
        return f"la nature de la ligne {position} est « goods » ou « services »"
    if line.exemption and line.exemption not in set(Exemption):
        return f"le motif d'exonération de la ligne {position} est inconnu"
    if round(line.quantity, 4) != line.quantity or round(line.unit_price, 6) != line.unit_price:
        return f"la ligne {position} a plus de 4 décimales de quantité ou 6 décimales de prix"
    if abs(line.quantity) >= _LARGEST or abs(line.quantity * line.unit_price) >= _LARGEST:
        return f"le montant de la ligne {position} est trop grand"
    if any(
        price is not None and (round(price, 6) != price or abs(price) >= _LARGEST)
        for price in (line.gross_price, line.price_discount)
    ):
        return f"le prix brut ou la remise de la ligne {position} a plus de 6 décimales"
    if line.price_discount is not None and (
        line.gross_price is None or line.gross_price - line.price_discount != line.unit_price
    ):
        return f"le prix de la ligne {position} n'est pas son prix brut moins sa remise"
    if line.period_start and line.period_end and line.period_end < line.period_start:
        return f"la période de la ligne {position} finit avant de commencer"
    found = next(filter(None, map(_allowance_problem, line.allowances)), "")
    return f"ligne {position}, {found}" if found else ""


def _allowance_problem(one: AllowanceFacts) -> str:
    if not one.reason.strip():
        return "une remise ou des frais n'ont pas de motif"
    if not ZERO < one.amount < _LARGEST or one.amount != round_amount(one.amount):
        return f"« {one.reason} » n'a pas un montant au centime, supérieur à zéro"
    if one.percent is not None and not (
        ZERO <= one.percent <= _HUNDRED and round(one.percent, 2) == one.percent
    ):
        return f"le taux de « {one.reason} » est entre 0 et 100, avec deux décimales au plus"
    if one.base is not None and not (
        abs(one.base) < _LARGEST and one.base == round_amount(one.base)
    ):
        return f"la base de « {one.reason} » n'est pas un montant au centime"
    if one.nature not in {Nature.GOODS, Nature.SERVICES}:
        return f"la nature de « {one.reason} » est « goods » ou « services »"
    if one.exemption and one.exemption not in set(Exemption):
        return f"le motif d'exonération de « {one.reason} » est inconnu"
    return ""


def _line_row(row: Invoice, position: int, line: DraftLine, *, tax: taxes.LineTax) -> InvoiceLine:
    net_amount = line.net_amount
    if net_amount is None:
        net_amount = round_amount(line.quantity * line.unit_price, row.currency) + sum(
            (one.amount if one.is_charge else -one.amount for one in line.allowances), ZERO
        )
    account = line.revenue_account or usual_account(row.kind, line.nature)
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
        net_amount=net_amount,
        vat_category=tax.category.value,
        vat_rate=tax.rate,
        exemption=tax.exemption,
        exemption_article=tax.article,
        revenue_account=account,
        gross_price=line.gross_price,
        price_discount=line.price_discount,
        period_start=line.period_start,
        period_end=line.period_end,
        order_line_id=line.order_line_id,
        credited_line_id=line.credited_line_id,
        vat_amount=line.vat_amount,
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
    changed = {
        name: (str(getattr(row, name) or ""), str(value or ""))
        for name, value in changes.items()
        if getattr(row, name) != value
    }
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        row.save(update_fields=list(changes))
    if lines is not None:
        changed["lignes"] = ("", str(len(lines)))
    if changed:
        journal.record(DraftChanged(row.pk, changed), actor=actor)
    today = clock.today()
    seller = queries.seller_of(company=actor.company, on=today)
    if lines is not None:
        if row.is_credit_note and row.preceding_id is not None:
            raise DraftInvalidError(
                "les lignes d'un avoir viennent de sa facture, supprimez-le et refaites-le"
            )
        if row.statements.exists() or row.milestones.exists():
            raise DraftInvalidError(
                "les lignes d'une situation ou d'un jalon viennent de son marché, supprimez ce "
                "brouillon et refaites-le depuis le marché"
            )
        facts = DraftFacts(
            row.buyer_id,
            tuple(lines),
            kind=row.kind,
            preceding_id=row.preceding_id,
            mandate_id=row.mandate_id,
            establishment_id=row.establishment_id,
        )
        known = _known(actor, [facts], today)
        _check(facts, known)
        InvoiceLine.objects.filter(invoice=row).delete()
        _renumber(row, len([one for line in lines for one in line.allowances]))
        _write_parts([(row, facts)], known, today)
    _total(actor, [row], seller, today)
    return row


def _renumber(row: Invoice, taken: int) -> None:
    """Discounts of the document make room for those of the new lines."""
    kept = list(InvoiceAllowance.objects.filter(invoice=row).order_by("position"))
    InvoiceAllowance.objects.filter(invoice=row).delete()
    for position, one in enumerate(kept, start=taken + 1):
        one.position = position
    InvoiceAllowance.objects.bulk_create(kept)


class LetGo(Protocol):
    """An upper room that drops its links to drafts."""

    def __call__(self, *, actor: Actor, invoice_ids: Collection[int]) -> None:
        """Drop the links to these documents."""


_let_go: list[LetGo] = []


def before_discard(*, let_go: LetGo) -> None:
    """Let an upper room drop its links to drafts about to be deleted, in their transaction."""
    if let_go not in _let_go:
        _let_go.append(let_go)


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
    for let_go in _let_go:
        let_go(actor=actor, invoice_ids=[row.pk for row in rows])
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
