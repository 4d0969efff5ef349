"""What credit notes have left of invoices, read for many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.errors import CreditRefusedError
from echeance.billing.models import (
    CreditUse,
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    InvoicePayer,
    InvoiceVat,
)
from echeance.billing.queries.parts import payers_of
from echeance.billing.rules.amounts import VatKey, credit_shares, paid_shares
from echeance.billing.rules.crediting import (
    REASONS,
    AllowanceLeft,
    Left,
    LineLeft,
    RateKey,
    check_groups,
    credited_allowances,
    credited_amount,
    credited_lines,
    spread,
)
from echeance.billing.rules.taxes import trimmed
from echeance.billing.types import CORRECTIVE, CREDIT_KINDS, CreditLine
from echeance.core.bookkeeping import VatLeft
from echeance.core.money import ZERO
from echeance.core.tax import Exigibility, Nature, TaxedLine, VatCategory, VatShare
from echeance.ledger import queries as ledger

Lines = dict[int, list[InvoiceLine]]
Allowances = dict[int, list[InvoiceAllowance]]


def left_of(*, actor: Actor, invoice_ids: Collection[int], drafts: bool = True) -> dict[int, Left]:
    """What credit notes have left of each issued invoice. Ten queries.

    Args:
        actor: Whose company.
        invoice_ids: The invoices.
        drafts: Whether credit notes that are still drafts already take their part.
    """
    actor.require(Right.READ)
    originals = list(
        Invoice.objects.filter(company=actor.company, pk__in=set(invoice_ids)).defer("facts")
    )
    kids = _notes(actor, [row.pk for row in originals], drafts=drafts)
    of: dict[int, list[Invoice]] = {row.pk: [] for row in originals}
    for kid in kids:
        assert kid.preceding_id is not None, "the filter keeps those that cite"
        of[kid.preceding_id].append(kid)
    documents = [*originals, *kids]
    lines: Lines = {row.pk: [] for row in documents}
    for line in InvoiceLine.objects.filter(invoice__in=documents).order_by("invoice", "position"):
        lines[line.invoice_id].append(line)
    allowances: Allowances = {row.pk: [] for row in documents}
    for one in InvoiceAllowance.objects.filter(invoice__in=documents, line=None).order_by(
        "invoice", "position"
    ):
        allowances[one.invoice_id].append(one)
    groups = vat_left(actor=actor, invoice_ids=list(of))
    payers = _payers_left(originals, of)
    found = {}
    for row in originals:
        notes = [kid for kid in of[row.pk] if kid.kind != CORRECTIVE]
        replaced = next((str(kid) for kid in of[row.pk] if kid.kind == CORRECTIVE), "")
        found[row.pk] = (
            Left({}, replaced_by=replaced)
            if replaced
            else Left(
                *_parts_left(row, notes, lines, allowances),
                groups=_less_drafts(groups[row.pk], notes, lines, allowances),
                retained=row.retained_amount - sum((note.retained_amount for note in notes), ZERO),
                payers=payers.get(row.pk, {}),
            )
        )
    return found


def _notes(actor: Actor, invoice_ids: Collection[int], *, drafts: bool) -> list[Invoice]:
    rows = Invoice.objects.filter(
        company=actor.company,
        preceding__in=invoice_ids,
        kind__in=(*CREDIT_KINDS, CORRECTIVE),
    )
    if not drafts:
        rows = rows.filter(status=Invoice.Status.ISSUED)
    return list(rows.defer("facts").order_by("pk"))


def _rate(row: InvoiceLine | InvoiceAllowance) -> RateKey:
    return VatCategory(row.vat_category), trimmed(row.vat_rate or ZERO), row.nature


def _parts_left(
    row: Invoice, notes: Iterable[Invoice], lines: Lines, allowances: Allowances
) -> tuple[dict[int, LineLeft], dict[int, AllowanceLeft]]:
    units: dict[int, Decimal] = {}
    amounts: dict[int, Decimal] = {}
    taken: dict[int, Decimal] = {}
    given: dict[RateKey, Decimal] = {}
    prices = {line.pk: line.unit_price for line in lines[row.pk]}
    for note in notes:
        for line in lines[note.pk]:
            if line.vat_amount is not None or line.credited_line_id is None:
                given[_rate(line)] = given.get(_rate(line), ZERO) + line.net_amount
                continue
            pk = line.credited_line_id
            amounts[pk] = amounts.get(pk, ZERO) + line.net_amount
            if line.unit_price == prices.get(pk):
                units[pk] = units.get(pk, ZERO) + line.quantity
        for one in allowances[note.pk]:
            if one.credited_id is not None:
                taken[one.credited_id] = taken.get(one.credited_id, ZERO) + one.amount
    found, rest = spread(
        [
            LineLeft(
                line.pk,
                line.position,
                trimmed(line.unit_price),
                trimmed(line.quantity),
                trimmed(line.quantity - units.get(line.pk, ZERO)),
                line.net_amount - amounts.get(line.pk, ZERO),
                _rate(line),
            )
            for line in lines[row.pk]
        ],
        [
            AllowanceLeft(
                one.pk,
                _rate(one),
                one.amount - taken.get(one.pk, ZERO),
                one.is_charge,
                one.deposit_id is not None,
            )
            for one in allowances[row.pk]
        ],
        given,
    )
    return {one.line_id: one for one in found}, {one.allowance_id: one for one in rest}


def _less_drafts(
    left: dict[VatKey, VatLeft], notes: Iterable[Invoice], lines: Lines, allowances: Allowances
) -> dict[VatKey, VatLeft]:
    """Groups once credit notes that are still drafts have taken theirs, one after the other."""
    for note in notes:
        if note.status == Invoice.Status.ISSUED:
            continue
        signed = [
            *((_taxed(line), line.vat_amount) for line in lines[note.pk]),
            *((_taxed(one), None) for one in allowances[note.pk]),
        ]
        for share in credit_shares(signed, left):
            key = (share.category, share.rate, share.exigibility)
            before = left[key]
            left[key] = VatLeft(key[1], before.base - share.base, before.vat - share.vat)
    return left


def _taxed(row: InvoiceLine | InvoiceAllowance) -> TaxedLine:
    if isinstance(row, InvoiceLine):
        amount = row.net_amount
    else:
        amount = row.amount if row.is_charge else -row.amount
    category, rate, nature = _rate(row)
    return TaxedLine(amount, category, rate, Nature(nature))


def _payers_left(
    originals: Iterable[Invoice], of: dict[int, list[Invoice]]
) -> dict[int, dict[int, Decimal]]:
    """What is left of each other payer's share, by invoice and party. Two queries."""
    originals = list(originals)
    payers = payers_of(originals)
    if not payers:
        return {}
    kids = {kid.pk: kid.preceding_id for notes in of.values() for kid in notes}
    left = {
        row.pk: {
            share.party_id: share.amount
            for share in paid_shares(payers.get(row.pk, ()), row.gross_total, row.currency)
        }
        for row in originals
        if row.pk in payers
    }
    for given in InvoicePayer.objects.filter(invoice__in=kids, amount__isnull=False):
        shares = left.get(kids[given.invoice_id] or 0, {})
        if given.party_id in shares and given.amount is not None:
            shares[given.party_id] -= given.amount
    return left


def credit_plan(
    *,
    actor: Actor,
    invoice: Invoice,
    lines: Sequence[CreditLine] | None = None,
    gross: Decimal | None = None,
    net: Decimal | None = None,
) -> tuple[VatShare, ...]:
    """VAT groups of the credit note that would be drafted; nothing is written. Ten queries.

    Args:
        actor: Whose company.
        invoice: The invoice, issued.
        lines: What to give back of each line, as the command takes it; or
        gross: an amount with VAT; or
        net: one without. Nothing for all that is left.

    Raises:
        CreditRefusedError: What would refuse the draft.
    """
    number = str(invoice)
    left = left_of(actor=actor, invoice_ids=[invoice.pk])[invoice.pk]
    if left.replaced_by:
        raise CreditRefusedError(number, f"la rectificative {left.replaced_by} l'annule déjà")
    if gross is not None or net is not None:
        groups = credited_amount(number, left.groups, gross=gross, net=net)
        return tuple(
            VatShare(one.key[0], one.key[1], one.base, one.vat, one.key[2]) for one in groups
        )
    if not left.gross:
        raise CreditRefusedError(number, "tout a déjà été crédité")
    credited = credited_lines(number, left.lines, lines)
    back = credited_allowances(left, credited, everything=lines is None)
    check_groups(number, left, credited, back)
    signed = [(one.net_amount, left.lines[one.line_id].rate) for one in credited]
    for taken in back:
        of = left.allowances[taken.allowance_id]
        signed.append((taken.amount if of.is_charge else -taken.amount, of.rate))
    return credit_shares(
        [
            (TaxedLine(amount, category, rate, Nature(nature)), None)
            for amount, (category, rate, nature) in signed
        ],
        left.groups,
    )


def lines_left(*, actor: Actor, invoice_id: int) -> dict[int, LineLeft]:
    """What credit notes, drafts included, have left of each line of an invoice. Ten queries."""
    left = left_of(actor=actor, invoice_ids=[invoice_id]).get(invoice_id)
    return dict(left.lines) if left else {}


def vat_left(*, actor: Actor, invoice_ids: Collection[int]) -> dict[int, dict[VatKey, VatLeft]]:
    """What issued credit notes have left of the VAT groups of invoices. Three queries.

    Nothing is left of an invoice that a corrective one annuls.
    """
    actor.require(Right.READ)
    left: dict[int, dict[VatKey, VatLeft]] = {invoice_id: {} for invoice_id in invoice_ids}
    mine = InvoiceVat.objects.filter(company=actor.company)
    fields = ("category", "rate", "exigibility", "base", "vat")
    for owner, *group in mine.filter(invoice__in=left).values_list("invoice_id", *fields):
        key, base, vat = _group(*group)
        left[owner][key] = VatLeft(key[1], base, vat)
    given_back = mine.filter(invoice__preceding__in=left).values_list(
        "invoice__preceding_id", "invoice__kind", *fields
    )
    annulled: set[int] = set()
    for owner, kind, *group in given_back:
        if kind == CORRECTIVE:
            annulled.add(owner)
            continue
        key, base, vat = _group(*group)
        before = left[owner][key]
        left[owner][key] = VatLeft(key[1], before.base - base, before.vat - vat)
    for owner in annulled:
        left[owner] = {key: VatLeft(key[1], ZERO, ZERO) for key in left[owner]}
    return left


def _group(
    category: str, rate: Decimal, exigibility: str, base: Decimal, vat: Decimal
) -> tuple[VatKey, Decimal, Decimal]:
    return (VatCategory(category), trimmed(rate), Exigibility(exigibility)), base, vat


def credited_total(*, actor: Actor, invoice_ids: Collection[int]) -> dict[int, Decimal]:
    """Gross total of the issued credit notes of each invoice that has any. One query."""
    actor.require(Right.READ)
    return {
        owner: total
        for owner, total in Invoice.objects.filter(
            company=actor.company,
            preceding__in=invoice_ids,
            kind__in=CREDIT_KINDS,
            status=Invoice.Status.ISSUED,
        )
        .values_list("preceding")
        .annotate(total=Sum("gross_total"))
        if owner is not None
    }


def credit_reasons(*, actor: Actor, since: date, to: date) -> list[tuple[str, str, int, Decimal]]:
    """Why credit notes were issued: code, label, how many, net total; largest first. One query.

    Args:
        actor: Whose company.
        since: First day.
        to: Last day, included.
    """
    actor.require(Right.READ)
    rows = (
        Invoice.objects.filter(
            company=actor.company,
            kind__in=CREDIT_KINDS,
            status=Invoice.Status.ISSUED,
            issue_date__gte=since,
            issue_date__lte=to,
        )
        .order_by()
        .values_list("reason_code")
        .annotate(count=Count("pk"), net=Sum("net_total"))
    )
    found = [
        (code, REASONS[code].label if code in REASONS else "", count, net or ZERO)
        for code, count, net in rows
    ]
    return sorted(found, key=lambda one: (-one[3], one[0]))


def uses_of(*, actor: Actor, credit_note_id: int) -> QuerySet[CreditUse]:
    """What was decided of a credit note, oldest first, what was undone too. One query."""
    actor.require(Right.READ)
    return (
        CreditUse.objects.filter(company=actor.company, credit_note=credit_note_id)
        .select_related("target")
        .order_by("pk")
    )


def deductible(*, actor: Actor, note: Invoice) -> list[tuple[Invoice, Decimal]]:
    """Invoices of the customer that a credit note may lower, with what each owes. Three queries.

    Earliest due first; at most a hundred.
    """
    items = ledger.open_items(actor=actor, party_ids=[note.buyer_id], side="debit")
    owed: dict[str, Decimal] = {}
    for item in items:
        owed[item.document_ref] = owed.get(item.document_ref, ZERO) + item.open_amount
    rows = Invoice.objects.filter(
        company=actor.company, number__in=list(owed)[:100], status=Invoice.Status.ISSUED
    ).defer("facts")
    found = {row.number: row for row in rows}
    return [(found[number], amount) for number, amount in owed.items() if number in found]
