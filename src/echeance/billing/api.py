"""Programming interface of billing; the door authenticates and puts the actor in ``auth``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from echeance.base.actor import Actor
from echeance.billing import commands, queries
from echeance.billing.models import CreditUse, Invoice, Order
from echeance.billing.types import (
    AllowanceFacts,
    CreditLine,
    DraftFacts,
    DraftLine,
    Finding,
    IssueResult,
    OrderImportReport,
    OrderMapping,
    PayerFacts,
    PreparedReport,
    ReportStand,
    UsePart,
)
from echeance.core.reporting.model import ReportKind

router = Router(tags=["Facturation"])


class FindingOut(Schema):
    """One thing wrong in a draft."""

    code: str
    message: str
    severity: str
    place: str


class RejectedLineOut(Schema):
    """A line of a file that was not taken, with its reason and its text."""

    row: int
    document: str
    code: str
    column: str
    value: str
    reason: str
    raw: str


class OrderImportOut(Schema):
    """What became of each line of a file."""

    import_id: int | None
    rows: int
    orders: int
    cancellations: int
    waiting: int
    billable_rows: int
    waiting_rows: int
    rejected: list[RejectedLineOut]


class MappingIn(Schema):
    """How the files of a source are read."""

    columns: dict[str, str]
    constants: dict[str, str] = {}
    ignored: list[str] = []
    date_formats: list[str] = []
    decimal_mark: str = ""
    cancellation_prefix: str = ""


class OrderOut(Schema):
    """An order, or the cancellation of one."""

    id: int
    source: str
    number: str
    kind: str
    party_id: int
    order_date: date
    order_reference: str
    net_total: Decimal
    waiting_reason: str
    invoice_id: int | None


class ImportOptions(Schema):
    """How to read a file, and whether only to say what would happen."""

    source: str = "standard"
    dry_run: bool = False


class OrderFilters(Schema):
    """Which orders to list: those left to bill, or those that wait for a person."""

    waiting: bool = False


class IdsIn(Schema):
    """Which objects."""

    ids: Annotated[list[int], Field(min_length=1, max_length=10_000)]


class SetAsideIn(IdsIn):
    """Orders that will not be billed, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class AllowanceIn(Schema):
    """A discount or a charge, on a document or on a line."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    amount: Decimal
    is_charge: bool = False
    reason_code: Annotated[str, Field(max_length=4)] = ""
    percent: Decimal | None = None
    base: Decimal | None = None
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    nature: str = "goods"
    account: Annotated[str, Field(max_length=12)] = ""
    deposit_id: int | None = None


class PayerIn(Schema):
    """Who pays a share in place of the buyer."""

    party_id: int
    percent: Decimal | None = None
    amount: Decimal | None = None
    reference: Annotated[str, Field(max_length=60)] = ""


class LineIn(Schema):
    """A line to bill."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    item_code: str = ""
    unit_code: str = "C62"
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    nature: str = "goods"
    revenue_account: str = ""
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    period_start: date | None = None
    period_end: date | None = None
    allowances: Annotated[list[AllowanceIn], Field(max_length=50)] = []


class DraftIn(Schema):
    """A document to draft by hand."""

    buyer_id: int
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=1000)]
    order_reference: str = ""
    buyer_reference: str = ""
    delivery_date: date | None = None
    payment_terms: str = ""
    note: str = ""
    kind: str = "380"
    currency: str = "EUR"
    language: Annotated[str, Field(max_length=2)] = ""
    frame: Annotated[str, Field(max_length=3)] = ""
    series_id: int | None = None
    establishment_id: int | None = None
    mandate_id: int | None = None
    contract_reference: Annotated[str, Field(max_length=60)] = ""
    project_reference: Annotated[str, Field(max_length=60)] = ""
    period_start: date | None = None
    period_end: date | None = None
    retained_amount: Decimal = Decimal(0)
    retained_until: date | None = None
    allowances: Annotated[list[AllowanceIn], Field(max_length=200)] = []
    payers: Annotated[list[PayerIn], Field(max_length=20)] = []


class IssueIn(IdsIn):
    """Drafts to issue, in this order."""

    issue_date: date | None = None


class IssueResultOut(Schema):
    """What became of one draft."""

    invoice_id: int
    number: str | None
    findings: list[FindingOut]


class ReportFilters(Schema):
    """From which day on."""

    since: date


class ReportStandOut(Schema):
    """A period of e-reporting and the message in force for it."""

    kind: str
    first_day: date
    last_day: date
    due_on: date
    report_id: int | None
    number: str
    rank: int
    deposit: str


class ReportIn(Schema):
    """The period to report, by any of its days."""

    kind: ReportKind
    day: date
    leave_out: bool = False
    dry_run: bool = True


class ReportOut(Schema):
    """What became of the report of a period."""

    outcome: str
    first_day: date
    last_day: date
    due_on: date
    report_id: int | None
    number: str
    corrective: bool
    changes: list[str]
    left_out: list[str]


class CreditLineIn(Schema):
    """What to give back of a line; all that is left when no quantity is given."""

    line_id: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


class CreditIn(Schema):
    """A credit note to draft: of lines, of one amount, or of all that is left."""

    reason: Annotated[str, Field(max_length=200)] = ""
    reason_code: str = ""
    lines: list[CreditLineIn] | None = None
    gross: Decimal | None = None
    net: Decimal | None = None


class ReplacementIn(Schema):
    """Why an invoice is replaced."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class UseIn(Schema):
    """What becomes of a part of a credit note: ``refund``, ``deduction`` or ``later``."""

    use: str
    amount: Decimal
    target_id: int | None = None


class UsesIn(Schema):
    """Parts of a credit note, all or none."""

    parts: Annotated[list[UseIn], Field(min_length=1, max_length=100)]


class UseOut(Schema):
    """A decision on a credit note."""

    id: int
    use: str
    amount: Decimal
    target_id: int | None
    decided_at: datetime
    undone_at: datetime | None


class InvoiceLineOut(Schema):
    """A line of a document."""

    id: int
    position: int
    item_code: str
    name: str
    description: str
    nature: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    net_amount: Decimal
    vat_category: str
    vat_rate: Decimal


class InvoiceOut(Schema):
    """A document; what is paid or late is read in the ledger by its number."""

    id: int
    kind: str
    status: str
    number: str | None
    buyer_id: int
    buyer_name: str
    issue_date: date | None
    due_date: date | None
    order_reference: str
    net_total: Decimal
    vat_total: Decimal
    gross_total: Decimal
    preceding_id: int | None
    sealed_at: datetime | None


class InvoiceDetailOut(InvoiceOut):
    """A document with its lines."""

    lines: list[InvoiceLineOut]


class InvoiceList(Schema):
    """A page of documents, latest first; ``next`` is the cursor of the following page."""

    items: list[InvoiceOut]
    next: int | None


class InvoiceFilters(Schema):
    """What to list."""

    text: str = ""
    status: str | None = None
    kind: str | None = None
    party_id: int | None = None
    sealed: bool | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    before: int | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class SendOut(Schema):
    """Message of each document, and why others have none."""

    message_ids: dict[int, int]
    skipped: dict[int, str]


def _actor(request: HttpRequest) -> Actor:
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates"
    return actor


# -- orders ---------------------------------------------------------------------------------------


@router.put("/order-sources/{source}", response={204: None}, summary="Décrire une source")
def save_mapping(request: HttpRequest, source: str, facts: MappingIn) -> Status[None]:
    """Keep how the files of a source are read."""
    mapping = OrderMapping(
        source=source,
        columns=facts.columns,
        constants=facts.constants,
        ignored=tuple(facts.ignored),
        date_formats=tuple(facts.date_formats),
        decimal_mark=facts.decimal_mark,
        cancellation_prefix=facts.cancellation_prefix,
    )
    commands.save_mapping(actor=_actor(request), mapping=mapping)
    return Status(204, None)


@router.post("/order-imports", response={201: OrderImportOut}, summary="Importer des commandes")
def import_orders(
    request: HttpRequest, file: File[UploadedFile], options: Form[ImportOptions]
) -> Status[OrderImportReport]:
    """Read a file of orders; the answer names each line that was not taken."""
    report = commands.import_orders(
        actor=_actor(request),
        content=file.read(),
        filename=file.name or "commandes",
        source=options.source,
        dry_run=options.dry_run,
    )
    return Status(201, report)


@router.get("/orders", response=list[OrderOut], summary="Lister les commandes à traiter")
def list_orders(request: HttpRequest, filters: Query[OrderFilters]) -> list[Order]:
    """Orders left to bill, or those that wait for a person; the first 500."""
    actor = _actor(request)
    rows = (
        queries.waiting_orders(actor=actor)
        if filters.waiting
        else queries.left_to_bill(actor=actor)
    )
    return list(rows[:500])


@router.post("/orders/acceptance", response=list[OrderOut], summary="Accepter des commandes")
def accept_orders(request: HttpRequest, chosen: IdsIn) -> list[Order]:
    """Bill waiting orders as they are."""
    return commands.accept_orders(actor=_actor(request), order_ids=chosen.ids)


@router.post("/orders/setting-aside", response=list[OrderOut], summary="Écarter des commandes")
def set_aside_orders(request: HttpRequest, chosen: SetAsideIn) -> list[Order]:
    """Decide that waiting documents will not be billed."""
    return commands.set_aside_orders(
        actor=_actor(request), order_ids=chosen.ids, reason=chosen.reason
    )


# -- drafts and issue -----------------------------------------------------------------------------


@router.post("/drafts", response={201: InvoiceOut}, summary="Préparer une facture")
def draft(request: HttpRequest, facts: DraftIn) -> Status[Invoice]:
    """Draft one invoice by hand."""
    values = facts.model_dump()
    values["lines"] = tuple(
        DraftLine(
            **{**line, "allowances": tuple(AllowanceFacts(**one) for one in line["allowances"])}
        )
        for line in values["lines"]
    )
    values["allowances"] = tuple(AllowanceFacts(**one) for one in values["allowances"])
    values["payers"] = tuple(PayerFacts(**one) for one in values["payers"])
    (row,) = commands.draft_documents(actor=_actor(request), drafts=[DraftFacts(**values)])
    return Status(201, row)


@router.post("/orders/drafts", response={201: list[InvoiceOut]}, summary="Facturer des commandes")
def draft_orders(request: HttpRequest, chosen: IdsIn) -> Status[list[Invoice]]:
    """Draft one invoice for each order."""
    return Status(201, commands.draft_invoices(actor=_actor(request), order_ids=chosen.ids))


@router.delete("/drafts/{invoice_id}", response={204: None}, summary="Supprimer un brouillon")
def discard(request: HttpRequest, invoice_id: int) -> Status[None]:
    """Delete a draft; its order is left to bill again."""
    commands.discard_drafts(actor=_actor(request), invoice_ids=[invoice_id])
    return Status(204, None)


@router.post("/preflight", response=dict[int, list[FindingOut]], summary="Contrôler des brouillons")
def preflight(request: HttpRequest, chosen: IssueIn) -> dict[int, list[Finding]]:
    """Everything wrong with drafts, at once."""
    return queries.preflight(
        actor=_actor(request), invoice_ids=chosen.ids, issue_date=chosen.issue_date
    )


@router.post("/issue", response=list[IssueResultOut], summary="Émettre des brouillons")
def issue(request: HttpRequest, chosen: IssueIn) -> list[IssueResult]:
    """Issue drafts in this order; one bad draft never stops the others."""
    return commands.issue_invoices(
        actor=_actor(request), invoice_ids=chosen.ids, issue_date=chosen.issue_date
    )


# -- documents ------------------------------------------------------------------------------------


@router.get("/invoices", response=InvoiceList, summary="Lister les factures et avoirs")
def list_invoices(request: HttpRequest, filters: Query[InvoiceFilters]) -> InvoiceList:
    """Documents, latest first, before a cursor."""
    wanted = filters.model_dump(exclude={"before", "limit"})
    rows = queries.invoices(actor=_actor(request), **wanted)
    if filters.before is not None:
        rows = rows.filter(pk__lt=filters.before)
    page = list(rows[: filters.limit + 1])
    items = [InvoiceOut.from_orm(row) for row in page[: filters.limit]]
    return InvoiceList(items=items, next=items[-1].id if len(page) > filters.limit else None)


@router.get("/invoices/{invoice_id}", response=InvoiceDetailOut, summary="Lire une facture")
def get_invoice(request: HttpRequest, invoice_id: int) -> InvoiceDetailOut:
    """One document with its lines."""
    actor = _actor(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    lines = [
        InvoiceLineOut.from_orm(line)
        for line in queries.lines_of(actor=actor, invoice_id=invoice_id)
    ]
    return InvoiceDetailOut(**InvoiceOut.from_orm(row).model_dump(), lines=lines)


@router.get("/invoices/{invoice_id}/pdf", summary="Télécharger le Factur-X")
def get_pdf(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The sealed file."""
    content = queries.pdf(actor=_actor(request), invoice_id=invoice_id)
    return HttpResponse(content, content_type="application/pdf")


@router.get("/invoices/{invoice_id}/xml", summary="Télécharger le XML")
def get_xml(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The CII of an issued document."""
    content = queries.xml(actor=_actor(request), invoice_id=invoice_id)
    return HttpResponse(content, content_type="application/xml")


@router.post(
    "/invoices/{invoice_id}/credit-notes", response={201: InvoiceOut}, summary="Préparer un avoir"
)
def credit(request: HttpRequest, invoice_id: int, facts: CreditIn) -> Status[Invoice]:
    """Draft a credit note on an issued invoice."""
    lines = None
    if facts.lines is not None:
        lines = [CreditLine(**line.model_dump()) for line in facts.lines]
    row = commands.draft_credit_note(
        actor=_actor(request),
        invoice_id=invoice_id,
        reason=facts.reason,
        reason_code=facts.reason_code,
        lines=lines,
        gross=facts.gross,
        net=facts.net,
    )
    return Status(201, row)


@router.post(
    "/invoices/{invoice_id}/replacement",
    response={201: InvoiceOut},
    summary="Préparer une rectificative",
)
def replace_invoice(request: HttpRequest, invoice_id: int, facts: ReplacementIn) -> Status[Invoice]:
    """Draft the corrective invoice (384) that annuls an issued one and stands in for it."""
    row = commands.draft_corrective(
        actor=_actor(request), invoice_id=invoice_id, reason=facts.reason
    )
    return Status(201, row)


@router.post(
    "/invoices/{invoice_id}/copy", response={201: InvoiceOut}, summary="Refaire une facture"
)
def draft_again(request: HttpRequest, invoice_id: int) -> Status[Invoice]:
    """Draft again an invoice that is wholly credited."""
    return Status(201, commands.draft_again(actor=_actor(request), invoice_id=invoice_id))


@router.post(
    "/credit-notes/{invoice_id}/approval", response={204: None}, summary="Approuver un avoir"
)
def approve_credit(request: HttpRequest, invoice_id: int) -> Status[None]:
    """Approve a draft credit note above the threshold of the policy, as somebody else."""
    commands.approve_credit(actor=_actor(request), invoice_id=invoice_id)
    return Status(204, None)


@router.post(
    "/credit-notes/{invoice_id}/uses", response={201: list[UseOut]}, summary="Employer un avoir"
)
def use_credit(request: HttpRequest, invoice_id: int, facts: UsesIn) -> Status[list[CreditUse]]:
    """Refund, deduct from invoices, or keep for later what is left of a credit note."""
    made = commands.use_credit(
        actor=_actor(request),
        credit_note_id=invoice_id,
        parts=[UsePart(**part.model_dump()) for part in facts.parts],
    )
    return Status(201, made)


@router.delete(
    "/credit-note-uses/{use_id}", response={204: None}, summary="Annuler l'emploi d'un avoir"
)
def undo_credit_use(request: HttpRequest, use_id: int) -> Status[None]:
    """Undo a decision on a credit note; a deduction opens its invoice again."""
    commands.undo_credit_use(actor=_actor(request), use_id=use_id)
    return Status(204, None)


@router.post("/sending", response=SendOut, summary="Préparer l'envoi de documents")
def send(request: HttpRequest, chosen: IdsIn) -> dict[str, object]:
    """Put sealed documents in the outbox, held as the policy says."""
    return asdict(commands.queue_invoices(actor=_actor(request), invoice_ids=chosen.ids))


# -- e-reporting ----------------------------------------------------------------------------------


@router.get("/reports", response=list[ReportStandOut], summary="Lister les périodes d'e-reporting")
def list_reports(request: HttpRequest, filters: Query[ReportFilters]) -> list[ReportStand]:
    """Periods that are over, by due day, with the message in force and where its deposit stands."""
    return queries.report_stands(actor=_actor(request), since=filters.since)


@router.post("/reports", response=ReportOut, summary="Préparer un e-reporting")
def prepare_report(request: HttpRequest, asked: ReportIn) -> PreparedReport:
    """Prepare the report of a period or its correction; a trial unless told otherwise."""
    return commands.prepare_report(
        actor=_actor(request),
        kind=asked.kind,
        day=asked.day,
        leave_out=asked.leave_out,
        dry_run=asked.dry_run,
    )


@router.get("/reports/{report_id}/xml", summary="Télécharger un e-reporting")
def get_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """The archived message of flux 10."""
    content = queries.report_xml(actor=_actor(request), report_id=report_id)
    return HttpResponse(content, content_type="application/xml")
