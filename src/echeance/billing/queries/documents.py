"""Reads of billing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from echeance.archive import queries as archive
from echeance.base import clock, policy
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.billing.errors import (
    InvoiceNotIssuedError,
    InvoiceNotSealedError,
    ReportPeriodError,
)
from echeance.billing.models import (
    DocumentStyle,
    ImportMapping,
    Instalment,
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    InvoiceSeries,
    InvoiceVat,
    Item,
    Order,
    OrderImport,
    OrderLine,
    RejectedLine,
    SalesReport,
)
from echeance.billing.queries import parts
from echeance.billing.queries.crediting import left_of, vat_left
from echeance.billing.queries.parts import line_facts
from echeance.billing.rules import frozen, numbering
from echeance.billing.rules import preflight as rules
from echeance.billing.rules.account import Account, account_of
from echeance.billing.rules.amounts import EURO, Draft, Exchange, Line
from echeance.billing.rules.attachments import with_attachments
from echeance.billing.rules.sides import at_establishment, company_as_buyer, supplier_as_seller
from echeance.billing.rules.standing import Stand, in_currency, stand_of
from echeance.billing.types import (
    CORRECTIVE,
    CREDIT_KINDS,
    CREDIT_NOTE,
    BillingPolicy,
    ItemFacts,
    ListTotals,
    OrderMapping,
    PaymentAccount,
    ReportStand,
    SellerFacts,
    Settlement,
    View,
)
from echeance.cash import queries as cash
from echeance.core.dates import ONE_DAY, DateRange
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.facturx import default_template
from echeance.core.lifecycle import label
from echeance.core.money import ZERO
from echeance.core.reporting.correction import Change, changes
from echeance.core.reporting.model import Content, ReportKind
from echeance.core.reporting.periods import (
    BEGINS,
    OBLIGED_FROM,
    Regime,
    ReportingPeriod,
    period_of,
    periods,
)
from echeance.core.reporting.xml import read_report
from echeance.core.tabular import Cell, write_csv, write_xlsx
from echeance.ledger import queries as ledger
from echeance.ledger.types import RECEIVABLES, OpenItemFacts
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot, Purpose
from echeance.transmission import queries as transmission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.transmission.models import Flow

_CHUNK = 500
HOUSE_SOURCE = "standard"


# -- orders ---------------------------------------------------------------------------------------


def orders(*, actor: Actor, party_id: int | None = None) -> QuerySet[Order]:
    """Orders and cancellations with their customer, latest first. One query."""
    actor.require(Right.READ)
    rows = Order.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party", "invoice").order_by("-pk")


def order_for(*, actor: Actor, order_id: int) -> Order:
    """One order of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = orders(actor=actor).filter(pk=order_id).first()
    if row is None:
        raise NotFoundError(what=f"commande n° {order_id}")
    return row


def order_lines(*, actor: Actor, order_id: int) -> QuerySet[OrderLine]:
    """Lines of an order, in their order. One query."""
    actor.require(Right.READ)
    return OrderLine.objects.filter(company=actor.company, order=order_id).order_by("position")


def left_to_bill(*, actor: Actor) -> QuerySet[Order]:
    """Accepted orders without an invoice, not even a draft; oldest first. One query."""
    return (
        orders(actor=actor)
        .filter(
            kind=Order.OrderKind.ORDER,
            accepted_at__isnull=False,
            set_aside_at=None,
            invoice=None,
        )
        .order_by("order_date", "pk")
    )


def waiting_orders(*, actor: Actor) -> QuerySet[Order]:
    """Orders and cancellations that wait for a person, oldest first. One query."""
    return (
        orders(actor=actor).filter(accepted_at=None, set_aside_at=None).order_by("order_date", "pk")
    )


def cancellations_to_credit(*, actor: Actor) -> QuerySet[Order]:
    """Accepted cancellations whose order is invoiced and that have no credit note. One query."""
    return (
        orders(actor=actor)
        .filter(
            kind=Order.OrderKind.CANCELLATION,
            accepted_at__isnull=False,
            set_aside_at=None,
            invoice=None,
            cancels__invoice__status=Invoice.Status.ISSUED,
        )
        .order_by("order_date", "pk")
    )


def order_imports(*, actor: Actor) -> QuerySet[OrderImport]:
    """Imports of order files, latest first. One query."""
    actor.require(Right.READ)
    return OrderImport.objects.filter(company=actor.company).order_by("-pk")


def rejected_lines(*, actor: Actor, import_id: int | None = None) -> QuerySet[RejectedLine]:
    """Rejected lines of an import, or of all, in the order of the files. One query."""
    actor.require(Right.READ)
    rows = RejectedLine.objects.filter(company=actor.company)
    if import_id is not None:
        rows = rows.filter(order_import=import_id)
    return rows.order_by("order_import", "row")


def mapping_for(*, actor: Actor, source: str) -> OrderMapping | None:
    """The mapping saved for a source, if any. One query."""
    actor.require(Right.READ)
    row = ImportMapping.objects.filter(company=actor.company, source=source).first()
    if row is None:
        return None
    return OrderMapping(
        source=row.source,
        columns=row.columns,
        constants=row.formats.get("constants", {}),
        ignored=tuple(row.formats.get("ignored", ())),
        date_formats=tuple(row.formats.get("date_formats", ())),
        decimal_mark=row.formats.get("decimal_mark", ""),
        cancellation_prefix=row.formats.get("cancellation_prefix", ""),
    )


def sources(*, actor: Actor) -> list[str]:
    """Names of the sources whose columns are known, the titles of the house first. One query."""
    actor.require(Right.READ)
    saved = ImportMapping.objects.filter(company=actor.company).order_by("source")
    named = saved.values_list("source", flat=True)
    return list(dict.fromkeys([HOUSE_SOURCE, *named]))


def items(*, actor: Actor) -> QuerySet[Item]:
    """Articles in use, by code. One query."""
    actor.require(Right.READ)
    return Item.objects.filter(company=actor.company, closed_at=None).order_by("code")


def items_by_code(*, actor: Actor, codes: Collection[str]) -> dict[str, ItemFacts]:
    """What the catalogue says of each code asked for. One query a chunk of 500."""
    wanted = sorted(set(codes))
    found: dict[str, ItemFacts] = {}
    for start in range(0, len(wanted), _CHUNK):
        for row in items(actor=actor).filter(code__in=wanted[start : start + _CHUNK]):
            found[row.code] = ItemFacts(
                row.code,
                row.name,
                row.description,
                row.nature,
                row.unit_code,
                row.unit_price,
                row.vat_rate,
                row.exemption,
                row.exemption_article,
                row.revenue_account,
                row.eco_contribution,
                row.eco_label,
            )
    return found


# -- documents ------------------------------------------------------------------------------------


def invoices(
    *,
    actor: Actor,
    text: str = "",
    status: str | None = None,
    kind: str | None = None,
    party_id: int | None = None,
    sealed: bool | None = None,
    issued_from: date | None = None,
    issued_to: date | None = None,
    view: View | None = None,
    on: date | None = None,
) -> QuerySet[Invoice]:
    """Invoices and credit notes, latest first. One query.

    Args:
        actor: Whose company.
        text: In the number, the customer's name or the order references.
        status: ``draft`` or ``issued``.
        kind: BT-3.
        party_id: Only that customer's.
        sealed: Whether the file is made.
        issued_from: Issued that day or later.
        issued_to: Issued that day or before.
        view: One of the lists a person works through.
        on: The day that says what is late; today when absent.
    """
    actor.require(Right.READ)
    rows = Invoice.objects.filter(company=actor.company)
    if view:
        rows = rows.filter(_in_view(actor.company, view, on or clock.today()))
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(buyer_name__icontains=text)
            | Q(order_reference__icontains=text)
            | Q(sales_order_reference__icontains=text)
        )
    if status:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    if party_id is not None:
        rows = rows.filter(buyer__in=parties.family(actor=actor, party_ids=[party_id]))
    if sealed is not None:
        rows = rows.filter(sealed_at__isnull=not sealed)
    if issued_from:
        rows = rows.filter(issue_date__gte=issued_from)
    if issued_to:
        rows = rows.filter(issue_date__lte=issued_to)
    return rows.order_by("-pk")


def _in_view(company: Company, view: View, on: date) -> Q:
    """Which documents a list holds; paid and late are read from the items of the instalments.

    From the few items that are open to their documents, never the other way: the cost is that of
    what is open, not of all that was ever issued.
    """
    unpaid = Instalment.objects.filter(item__company=company, item__open_amount__gt=0)
    match view:
        case View.OPEN:
            return Q(pk__in=unpaid.values("invoice"))
        case View.LATE:
            return Q(pk__in=unpaid.filter(due_date__lt=on).values("invoice"))
        case View.SETTLED:
            issued = Q(status=Invoice.Status.ISSUED) & ~Q(kind__in=CREDIT_KINDS)
            return issued & ~Q(pk__in=unpaid.values("invoice"))
        case View.DRAFTS:
            return Q(status=Invoice.Status.DRAFT)
        case View.CREDITS:
            return Q(kind__in=CREDIT_KINDS)


def view_counts(*, actor: Actor, on: date) -> dict[View, int]:
    """How many documents each list holds. One query."""
    actor.require(Right.READ)
    counts = Invoice.objects.filter(company=actor.company).aggregate(
        **{view.name: Count("pk", filter=_in_view(actor.company, view, on)) for view in View}
    )
    return {view: counts[view.name] for view in View}


def list_totals(rows: QuerySet[Invoice]) -> ListTotals:
    """Figures of a whole list of documents, whatever the page shown. Two queries."""
    sums = rows.order_by().aggregate(
        count=Count("pk"),
        billed=Sum("gross_total", filter=~Q(kind__in=CREDIT_KINDS)),
        credited=Sum("gross_total", filter=Q(kind__in=CREDIT_KINDS)),
    )
    left = Instalment.objects.filter(
        item__open_amount__gt=0, invoice__in=rows.order_by().values("pk")
    ).aggregate(total=Sum("item__open_amount"))
    return ListTotals(
        count=sums["count"],
        gross=(sums["billed"] or ZERO) - (sums["credited"] or ZERO),
        open_amount=left["total"] or ZERO,
    )


def stands(*, actor: Actor, invoices: Sequence[Invoice], on: date) -> dict[int, Stand]:
    """Where each document stands on a day, by document, in its own currency. One query."""
    items = ledger.items_of_document(
        actor=actor, document_refs=[row.number for row in invoices if row.number]
    )
    return {
        row.pk: stand_of(
            in_currency(items.get(row.number or "", ()), row.gross_total)
            if row.currency != EURO
            else items.get(row.number or "", ()),
            is_draft=row.number is None,
            is_credit_note=row.is_credit_note,
            on=on,
        )
        for row in invoices
    }


def settlements(*, actor: Actor, item_ids: Collection[int]) -> dict[int, list[Settlement]]:
    """What settles each open item now, oldest first; what was undone is left out. Two queries."""
    allocations = ledger.allocations_of(actor=actor, item_ids=item_ids)
    undone = {one.reverses_id for one in allocations}
    banked = {
        part.allocation_id: part.match.entry
        for parts in cash.matches_of_items(actor=actor, item_ids=item_ids).values()
        for part in parts
    }
    found: dict[int, list[Settlement]] = {item_id: [] for item_id in item_ids}
    for one in allocations:
        if one.reverses_id is not None or one.allocation_id in undone:
            continue
        entry = banked.get(one.allocation_id)
        text = " ".join(part for part in (entry.payer_name, entry.text) if part) if entry else ""
        for item_id, other in (
            (one.debit_item_id, one.credit_ref),
            (one.credit_item_id, one.debit_ref),
        ):
            if item_id in found:
                found[item_id].append(Settlement(one.effective_date, one.amount, other, text))
    return found


def vat_of(*, actor: Actor, invoice_id: int) -> QuerySet[InvoiceVat]:
    """VAT of an issued document by group, largest rate first. One query."""
    actor.require(Right.READ)
    return InvoiceVat.objects.filter(company=actor.company, invoice=invoice_id).order_by(
        "-rate", "category", "exigibility"
    )


def credit_notes_of(*, actor: Actor, invoice_id: int) -> QuerySet[Invoice]:
    """Credit notes on an invoice, drafts included, oldest first. One query."""
    return invoices(actor=actor).filter(preceding=invoice_id).defer("facts").order_by("pk")


EXPORTED = (
    "Numéro", "Type", "Client", "Date d'émission", "Échéance", "Commande", "Total HT", "TVA",
    "Total TTC", "Reste ouvert", "Jours de retard",
)  # fmt: skip


def export_invoices(
    *, actor: Actor, rows: QuerySet[Invoice], on: date, kind: str = "xlsx"
) -> bytes:
    """A list of documents as a file, in its order; credit notes count below zero.

    One query, and one a chunk of 500.

    Args:
        actor: Who asks.
        rows: The list, as :func:`invoices` gives it.
        on: The day that says what is late.
        kind: ``csv`` or ``xlsx``.
    """
    found = list(rows.defer("facts", "verdict"))
    lines: list[list[Cell]] = []
    for start in range(0, len(found), _CHUNK):
        chunk = found[start : start + _CHUNK]
        where = stands(actor=actor, invoices=chunk, on=on)
        lines += [_exported(row, where[row.pk]) for row in chunk]
    write = write_csv if kind == "csv" else write_xlsx
    return write(EXPORTED, lines)


def _exported(row: Invoice, stand: Stand) -> list[Cell]:
    sign = -1 if row.is_credit_note else 1
    return [
        str(row),
        row.get_kind_display(),
        row.buyer_name,
        row.issue_date,
        row.due_date,
        row.order_reference or row.sales_order_reference,
        sign * row.net_total,
        sign * row.vat_total,
        sign * row.gross_total,
        sign * stand.open_amount,
        str(stand.days_late) if stand.days_late else "",
    ]


def invoice_for(*, actor: Actor, invoice_id: int) -> Invoice:
    """One document of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = invoices(actor=actor).filter(pk=invoice_id).select_related("preceding", "file").first()
    if row is None:
        raise NotFoundError(what=f"facture n° {invoice_id}")
    return row


def lines_of(*, actor: Actor, invoice_id: int) -> QuerySet[InvoiceLine]:
    """Lines of a document, in their order. One query."""
    actor.require(Right.READ)
    return InvoiceLine.objects.filter(company=actor.company, invoice=invoice_id).order_by(
        "position"
    )


def by_number(*, actor: Actor, number: str) -> Invoice:
    """The document of a number. One query.

    Raises:
        NotFoundError: No such number in this company.
    """
    row = invoices(actor=actor).filter(number=number).select_related("preceding", "file").first()
    if row is None:
        raise NotFoundError(what=f"facture {number}")
    return row


def by_numbers(*, actor: Actor, numbers: Collection[str]) -> dict[str, Invoice]:
    """Documents by the numbers asked for; unknown ones are absent. One query a chunk of 500."""
    wanted = sorted(set(numbers))
    found: dict[str, Invoice] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = invoices(actor=actor).filter(number__in=wanted[start : start + _CHUNK])
        found.update({row.number: row for row in rows if row.number})
    return found


def ids_by_number(*, actor: Actor, numbers: Collection[str]) -> dict[str, int]:
    """Which document each number is; unknown ones are absent. One query a chunk of 500."""
    actor.require(Right.READ)
    wanted = sorted(set(numbers))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Invoice.objects.filter(
            company=actor.company, number__in=wanted[start : start + _CHUNK]
        )
        found |= {number: pk for number, pk in rows.values_list("number", "pk") if number}
    return found


def account(*, actor: Actor, party_id: int, on: date) -> Account:
    """What a customer owes at the end of a day, merged customers included. Two queries."""
    ids = parties.with_merged(actor=actor, party_ids=[party_id])
    past = on if on < clock.today() else None
    items = ledger.open_items(actor=actor, account_prefix=RECEIVABLES, party_ids=list(ids), on=past)
    return account_of(items, on)


def accounts(*, actor: Actor, party_ids: Collection[int], on: date) -> dict[int, Account]:
    """What each of these customers owes now, merged customers included. Two queries."""
    ids = parties.with_merged(actor=actor, party_ids=party_ids)
    items: dict[int, list[OpenItemFacts]] = {party_id: [] for party_id in party_ids}
    for item in ledger.open_items(actor=actor, account_prefix=RECEIVABLES, party_ids=list(ids)):
        if item.party_id is not None:
            items[ids[item.party_id]].append(item)
    return {party_id: account_of(found, on) for party_id, found in items.items()}


STATEMENT = ("Pièce", "Date", "Échéance", "Commande", "Montant", "Reste ouvert", "Solde",
             "Jours de retard")  # fmt: skip


def statement(*, actor: Actor, party_id: int, on: date, kind: str = "xlsx") -> bytes:
    """Statement of account of a customer at the end of a day, as a file. Two queries.

    Args:
        actor: Who asks.
        party_id: The customer.
        on: The day.
        kind: ``csv`` or ``xlsx``.
    """
    write = write_csv if kind == "csv" else write_xlsx
    lines = account(actor=actor, party_id=party_id, on=on).lines
    return write(
        STATEMENT,
        [
            [
                line.item.document_ref,
                line.item.document_date,
                line.item.due_date,
                line.item.order_ref,
                line.sign * line.item.amount,
                line.sign * line.item.open_amount,
                line.balance,
                str(line.days_late) if line.days_late else "",
            ]
            for line in lines
        ],
    )


def pdf(*, actor: Actor, invoice_id: int) -> bytes:
    """The sealed file of a document. Two queries.

    Raises:
        NotFoundError: Not one of this company.
        InvoiceNotSealedError: Its file is not made yet.
    """
    row = invoice_for(actor=actor, invoice_id=invoice_id)
    if row.file_id is None:
        raise InvoiceNotSealedError(number=str(row))
    return archive.content(actor=actor, file_id=row.file_id)


def xml(*, actor: Actor, invoice_id: int) -> bytes:
    """The CII of an issued document, as in its file: the same facts give the same bytes.

    Raises:
        NotFoundError: Not one of this company.
        InvoiceNotIssuedError: It is a draft.
    """
    row = invoice_for(actor=actor, invoice_id=invoice_id)
    if row.facts is None:
        raise InvoiceNotIssuedError(invoice_id=row.pk)
    facts = frozen.thaw(row.facts)
    joined = [
        (one, archive.content(actor=actor, file_id=one.file_id))
        for one in facts.printed.files
        if one.is_embedded
    ]
    return write_cii(with_attachments(facts.document, joined))


def to_seal(*, actor: Actor) -> QuerySet[Invoice]:
    """Issued documents whose file is not made and was not refused, oldest first. One query."""
    return (
        invoices(actor=actor, status=Invoice.Status.ISSUED, sealed=False)
        .filter(verdict__isnull=True)
        .order_by("pk")
    )


def to_send(*, actor: Actor) -> QuerySet[Invoice]:
    """Sealed documents, oldest first; the caller asks transmission which have a message."""
    return invoices(actor=actor, status=Invoice.Status.ISSUED, sealed=True).order_by("pk")


# -- e-reporting ----------------------------------------------------------------------------------


def reports(*, actor: Actor) -> QuerySet[SalesReport]:
    """Messages of e-reporting, those that were replaced too, latest first. One query."""
    actor.require(Right.READ)
    rows = SalesReport.objects.filter(company=actor.company)
    return rows.select_related("stands_in_for", "file").order_by("-pk")


def report_for(*, actor: Actor, report_id: int) -> SalesReport:
    """One message of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = reports(actor=actor).filter(pk=report_id).first()
    if row is None:
        raise NotFoundError(what=f"e-reporting n° {report_id}")
    return row


def report_in_force(*, actor: Actor, kind: ReportKind, first_day: date) -> SalesReport | None:
    """The last message of a period, if any. One query."""
    rows = reports(actor=actor).filter(kind=kind.value, first_day=first_day)
    return rows.order_by("-rank").first()


def report_period(*, actor: Actor, kind: ReportKind, day: date) -> ReportingPeriod:
    """The period that holds a day and is over. Three queries.

    A period already reported keeps its days, even when the VAT regime has changed since.

    Raises:
        ReportPeriodError: It is not over, lies before the obligation, or overlaps another one that
            was reported under another regime.
    """
    mine = reports(actor=actor).filter(kind=kind.value)
    if told := mine.filter(first_day__lte=day, last_day__gte=day).first():
        return _told_period(told)
    period = period_of(_regime(actor), kind, day)
    reason = ""
    if period.days.end <= BEGINS:
        reason = f"l'e-reporting commence le {BEGINS:%d/%m/%Y}"
    elif period.days.last >= clock.today():
        reason = "elle n'est pas finie"
    elif mine.filter(first_day__lt=period.days.end, last_day__gte=period.days.start).exists():
        reason = "une partie a été déclarée sous un autre régime de TVA"
    if reason:
        raise ReportPeriodError(period.days.start, period.days.last, reason)
    return period


def _told_period(row: SalesReport) -> ReportingPeriod:
    days = DateRange(row.first_day, row.last_day + ONE_DAY)
    return ReportingPeriod(days, ReportKind(row.kind), row.due_on)


def _regime(actor: Actor) -> Regime:
    regime = Company.objects.values_list("vat_regime", flat=True).get(pk=actor.company.pk)
    return Regime(regime)


def report_stands(*, actor: Actor, since: date) -> list[ReportStand]:
    """Periods reported, and those that are over and must be, by due day. Four queries.

    Args:
        actor: Whose company.
        since: From the period that holds that day on.
    """
    told: dict[tuple[str, date], SalesReport] = {}
    for row in reports(actor=actor).filter(last_day__gte=since).order_by("rank"):
        told[row.kind, row.first_day] = row
    deposits = transmission.deposits_of(
        actor=actor, subjects={row.subject for row in told.values()}
    )
    found = [_stand(_told_period(row), row, deposits[row.subject][-1:]) for row in told.values()]
    found += [
        _stand(period)
        for period in _periods_over(actor, since)
        if not any(_overlap(period, row) for row in told.values())
    ]
    return sorted(found, key=lambda one: (one.due_on, one.kind, one.first_day))


def _periods_over(actor: Actor, since: date) -> Iterator[ReportingPeriod]:
    """Periods that bind the company by its size and regime, and are over."""
    today = clock.today()
    size = Company.objects.values_list("size", flat=True).get(pk=actor.company.pk)
    regime = _regime(actor)
    for kind in ReportKind:
        for period in periods(regime, kind, max(since, OBLIGED_FROM[size]), today):
            if period.days.last < today:
                yield period


def _overlap(period: ReportingPeriod, row: SalesReport) -> bool:
    return (
        row.kind == period.kind.value
        and row.first_day < period.days.end
        and row.last_day >= period.days.start
    )


def _stand(
    period: ReportingPeriod, row: SalesReport | None = None, deposits: Sequence[Flow] = ()
) -> ReportStand:
    return ReportStand(
        kind=period.kind.value,
        first_day=period.days.start,
        last_day=period.days.last,
        due_on=period.due_on,
        report_id=row.pk if row else None,
        number=row.number if row else "",
        rank=row.rank if row else 0,
        deposit=deposits[-1].state if deposits else "",
    )


def report_xml(*, actor: Actor, report_id: int) -> bytes:
    """The archived message. Two queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = report_for(actor=actor, report_id=report_id)
    return archive.content(actor=actor, file_id=row.file_id)


def report_content(*, actor: Actor, report: SalesReport) -> Content:
    """What a message told, read in its archived file. One query."""
    return read_report(archive.content(actor=actor, file_id=report.file_id)).content


def report_changes(*, actor: Actor, report_id: int) -> tuple[Change, ...]:
    """What a message changed of the one it stands in for; nothing for a first one. Four queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = report_for(actor=actor, report_id=report_id)
    if row.stands_in_for is None:
        return ()
    before = report_content(actor=actor, report=row.stands_in_for)
    return changes(before, report_content(actor=actor, report=row))


# -- what documents are made from ---------------------------------------------------------------


def stand_in(series: InvoiceSeries | None, day: date) -> str:
    """A number of the series that no document has."""
    prefix, digits = (series.prefix, series.digits) if series else ("FA", 6)
    return numbering.number_of(prefix, digits, day, numbering.STAND_IN)


def seller_of(*, company: Company, on: date) -> SellerFacts:
    """What documents dated ``on`` print of the company. No query."""
    debits = company.vat_on_debits_since
    return SellerFacts(
        name=company.name,
        legal_form=company.legal_form,
        share_capital=company.share_capital,
        siren=company.siren,
        siret=company.siret,
        vat_id=company.vat_id,
        rcs_city=company.rcs_city,
        address_line=company.address_line,
        address_extra=company.address_extra,
        postcode=company.postcode,
        city=company.city,
        country=company.country,
        email=company.email,
        phone=company.phone,
        electronic_address=company.electronic_address,
        franchise=company.vat_regime == Company.VatRegime.FRANCHISE,
        on_debits=debits is not None and debits <= on,
    )


def occasion_of(*, actor: Actor, issue_date: date) -> rules.Occasion:
    """Seller, policy and bank account for documents of that date. Four queries.

    The company is read again: the actor may hold it from before a change of identity.
    """
    company = Company.objects.get(pk=actor.company.pk)
    account = next((row for row in cash.bank_accounts(actor=actor) if row.iban), None)
    return rules.Occasion(
        issue_date=issue_date,
        today=clock.today(),
        seller=seller_of(company=company, on=issue_date),
        policy=policy.read(company, BillingPolicy),
        account=PaymentAccount(account.iban, account.bic) if account else None,
        closed=ledger.is_closed(company=company, day=issue_date),
    )


def drafts_of(
    *, actor: Actor, invoices: Sequence[Invoice], on: date | None = None
) -> dict[int, Draft]:
    """What documents are made from, by document.

    About ten queries; a few more where there are credit notes, corrective or self-billed ones,
    establishments, or foreign currencies.

    Args:
        actor: Whose company.
        invoices: Its documents.
        on: The day they would be issued, for the rate of their currency; today when absent.
    """
    of_documents, of_lines = parts.allowances_of(invoices)
    lines: dict[int, list[Line]] = {row.pk: [] for row in invoices}
    for line in InvoiceLine.objects.filter(invoice__in=invoices).order_by("invoice", "position"):
        lines[line.invoice_id].append(line_facts(line, of_lines.get(line.pk, ())))
    payers = parts.payers_of(invoices)
    attachments = parts.attachments_of(invoices)
    buyer_ids = {row.buyer_id for row in invoices}
    buyers = parties.snapshots(actor=actor, party_ids=buyer_ids)
    emails = billing_emails(actor=actor, party_ids=buyer_ids)
    preceding = {row.preceding_id for row in invoices if row.preceding_id is not None}
    left = vat_left(actor=actor, invoice_ids=preceding) if preceding else {}
    originals = _cited(preceding) if preceding else {}
    annuls = _annulling(actor, invoices)
    sides = _sides(actor, invoices, buyers)
    exchanges = _exchanges(actor, invoices, on or clock.today())
    return {
        row.pk: Draft(
            kind=row.kind,
            buyer=sides[row.pk][0],
            lines=tuple(lines[row.pk]),
            terms=row.payment_terms,
            currency=row.currency,
            order_reference=row.order_reference,
            sales_order_reference=row.sales_order_reference,
            buyer_reference=row.buyer_reference,
            delivery_date=row.delivery_date,
            note=row.note,
            reason=row.reason,
            preceding=originals[row.preceding_id] if row.preceding_id is not None else None,
            left=left[row.preceding_id]
            if row.preceding_id is not None and row.is_credit_note
            else None,
            billing_email=next(iter(emails.get(row.buyer_id, ())), ""),
            frame=row.frame,
            contract_reference=row.contract_reference,
            project_reference=row.project_reference,
            period=(row.period_start, row.period_end),
            retained_amount=row.retained_amount,
            retained_until=row.retained_until,
            allowances=tuple(of_documents.get(row.pk, ())),
            payers=tuple(payers.get(row.pk, ())),
            attachments=tuple(attachments.get(row.pk, ())),
            exchange=exchanges.get(row.pk),
            seller=sides[row.pk][1],
            supplier_id=buyers[row.buyer_id].party_id if sides[row.pk][1] else None,
            annuls=annuls.get(row.pk),
        )
        for row in invoices
    }


def _annulling(actor: Actor, invoices: Sequence[Invoice]) -> dict[int, Draft]:
    """For each corrective draft, the draft that gives back all that is left of its original.

    None where nothing is left. About twenty queries, none without a corrective invoice.
    """
    correctives = {
        row.pk: row.preceding_id
        for row in invoices
        if row.kind == CORRECTIVE and row.preceding_id is not None
    }
    if not correctives:
        return {}
    originals = list(Invoice.objects.filter(company=actor.company, pk__in=correctives.values()))
    left = left_of(actor=actor, invoice_ids=list(correctives.values()), drafts=False)
    rows = {line.pk: line for line in InvoiceLine.objects.filter(invoice__in=originals)}
    allowances = {
        row.pk: row
        for row in InvoiceAllowance.objects.filter(invoice__in=originals, line=None).select_related(
            "deposit"
        )
    }
    drafts = drafts_of(actor=actor, invoices=originals)
    found = {}
    for pk, original_id in correctives.items():
        rest = left[original_id]
        lines = tuple(
            replace(line_facts(rows[one.line_id]), net_amount=one.net_amount, vat_amount=None)
            for one in rest.lines.values()
            if one.net_amount > ZERO
        )
        original = next(row for row in originals if row.pk == original_id)
        if not lines or original.number is None or original.issue_date is None:
            continue
        payers = drafts[original_id].payers
        found[pk] = replace(
            drafts[original_id],
            kind=CREDIT_NOTE,
            lines=lines,
            allowances=tuple(
                replace(parts.allowance_facts(allowances[one.allowance_id]), amount=one.amount)
                for one in rest.allowances.values()
                if one.amount > ZERO
            ),
            left=rest.groups,
            preceding=(original.number, original.issue_date),
            retained_amount=rest.retained,
            payers=tuple(
                replace(payer, percent=None, amount=rest.payers[payer.party_id])
                for payer in payers
                if rest.payers.get(payer.party_id, ZERO) > ZERO
            ),
        )
    return found


def _sides(
    actor: Actor, invoices: Sequence[Invoice], buyers: Mapping[int, PartySnapshot]
) -> dict[int, tuple[PartySnapshot, SellerFacts | None]]:
    """Who each document is made out to, and the supplier where it is made in its name."""
    mandates = parts.mandates_by_id(
        actor=actor, mandate_ids={row.mandate_id for row in invoices if row.mandate_id}
    )
    places = parts.establishments_by_id(
        actor=actor,
        establishment_ids={row.establishment_id for row in invoices if row.establishment_id},
    )
    company = None
    found: dict[int, tuple[PartySnapshot, SellerFacts | None]] = {}
    for row in invoices:
        party = buyers[row.buyer_id]
        if row.language:
            party = replace(party, language=row.language)
        if row.mandate_id is not None:
            if company is None:
                owner = Company.objects.get(pk=actor.company.pk)
                company = company_as_buyer(seller_of(company=owner, on=clock.today()))
            supplier = supplier_as_seller(party, franchise=mandates[row.mandate_id].franchise)
            found[row.pk] = (company, supplier)
            continue
        if row.establishment_id is not None:
            party = at_establishment(party, places[row.establishment_id])
        found[row.pk] = (party, None)
    return found


def _exchanges(actor: Actor, invoices: Sequence[Invoice], on: date) -> dict[int, Exchange]:
    """Rate of each document in a foreign currency.

    Its own once issued, that of the invoice a credit note gives back, else the last one known.
    """
    foreign = [row for row in invoices if row.currency != EURO]
    if not foreign:
        return {}
    cited = {row.preceding_id for row in foreign if row.preceding_id is not None}
    originals = Invoice.objects.in_bulk(cited) if cited else {}
    rates = parts.rates_for(actor=actor, currencies={row.currency for row in foreign}, on=on)
    found: dict[int, Exchange] = {}
    for row in foreign:
        frozen_in = row if row.exchange_rate else originals.get(row.preceding_id or 0)
        if frozen_in is not None and frozen_in.exchange_rate and frozen_in.exchange_date:
            found[row.pk] = Exchange(
                frozen_in.exchange_rate, frozen_in.exchange_date, frozen_in.exchange_source
            )
        elif row.currency in rates:
            found[row.pk] = rates[row.currency]
    return found


def _cited(invoice_ids: Collection[int]) -> dict[int, tuple[str, date]]:
    """Number and date of the invoices that credit notes cite."""
    rows = Invoice.objects.filter(pk__in=invoice_ids).values_list("pk", "number", "issue_date")
    return {pk: (number, day) for pk, number, day in rows if number and day}


def billing_emails(*, actor: Actor, party_ids: Iterable[int]) -> dict[int, list[str]]:
    """Where each customer receives its documents; an empty list: nowhere. Two queries a chunk."""
    found = parties.contacts(actor=actor, party_ids=party_ids, purpose=Purpose.BILLING)
    return {
        party_id: list(dict.fromkeys(contact.email for contact in contacts))
        for party_id, contacts in found.items()
    }


def style_in_force(*, actor: Actor) -> DocumentStyle | None:
    """The look of the next documents; none: that of the house. One query."""
    return (
        DocumentStyle.objects.filter(company=actor.company)
        .select_related("logo", "template")
        .order_by("-pk")
        .first()
    )


def styles(*, actor: Actor) -> QuerySet[DocumentStyle]:
    """Every look the documents had, the one in force first. One query."""
    actor.require(Right.READ)
    return (
        DocumentStyle.objects.filter(company=actor.company)
        .select_related("logo", "template")
        .order_by("-pk")
    )


def template_source(*, actor: Actor) -> str:
    """The template in force, for a person to edit. Two queries at most."""
    actor.require(Right.READ)
    style = style_in_force(actor=actor)
    if style is None or style.template_id is None:
        return default_template()
    return archive.content(actor=actor, file_id=style.template_id).decode()


def internal_credit_notes(*, actor: Actor, rows: Iterable[Invoice]) -> dict[int, str]:
    """Credit notes that leave by no way, each with its reason: their invoice was turned away.

    The customer never had an invoice refused (210) or rejected (213): its credit note is for the
    books alone. One query: ``preceding`` is loaded with the rows.

    Source: XP Z12-012 V1.4.
    """
    originals = {row.pk: row.preceding.number for row in rows if row.preceding}
    ended = transmission.turned_away(
        actor=actor, document_refs={number for number in originals.values() if number}
    )
    return {
        pk: f"avoir interne : {number} est {label(ended[number]).lower()}, aucun envoi ne le dit"
        for pk, number in originals.items()
        if number in ended
    }
