"""The list of documents: read, filter, act on several, export."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import DateField, IntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.fields import AmountField
from echeance.base.language import amount, counted
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.errors import NothingChosenError
from echeance.billing.forms import PERIOD_LABELS, InvoiceFilter, period_bounds
from echeance.billing.models import Invoice
from echeance.billing.rules.standing import Stand
from echeance.billing.types import Finding, Standing, View
from echeance.billing.views.findings import sentence
from echeance.core.errors import ConfirmationNeededError
from echeance.core.money import ZERO
from echeance.transmission import queries as transmission
from echeance.transmission.models import Message

PAGE_SIZE = 50
CHOSEN_MAX = 500
VIEW_LABELS = [
    (View.OPEN, "À payer"),
    (View.LATE, "En retard"),
    (View.SETTLED, "Soldées"),
    (View.DRAFTS, "Brouillons"),
    (View.CREDITS, "Avoirs"),
]
STANDINGS = {
    Standing.DRAFT: (gettext_noop("Brouillon"), "neutral"),
    Standing.DUE: (gettext_noop("À échoir"), "info"),
    Standing.PART_PAID: (gettext_noop("Payée en partie"), "warn"),
    Standing.LATE: (gettext_noop("En retard"), "bad"),
    Standing.SETTLED: (gettext_noop("Soldée"), "good"),
    Standing.CREDIT: (gettext_noop("À imputer"), "dispute"),
}
_FAR = date(9999, 12, 31)
_SORTS = {
    "date": Sort("id", IntegerField().to_python),
    "client": Sort("buyer_name", str),
    "montant": Sort("gross_total", AmountField().to_python),
    # A draft has no due date yet: it comes after all that have one.
    "echeance": Sort("due_on", DateField().to_python),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A document as its list shows it."""

    invoice: Invoice
    stand: Stand
    label: str
    tone: str
    sending: str


@login_required
@require_GET
def invoices(request: HttpRequest) -> HttpResponse:
    """Documents, latest first. Ten queries at most, whatever the number of rows."""
    actor = http.actor_of(request)
    today = clock.today()
    wanted = InvoiceFilter.read(request.GET)
    rows = _rows(actor, wanted, today)
    page = page_of(
        rows.annotate(due_on=Coalesce("due_date", Value(_FAR))).defer("facts", "verdict"),
        sort=_sort(wanted.sort),
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    counts = queries.view_counts(actor=actor, on=today)
    context = {
        "rows": shown_rows(actor, page.rows, today),
        "page": page,
        "totals": queries.list_totals(rows),
        "filter": wanted,
        "query": wanted.query(),
        "sort_query": wanted.query(sort=False),
        "tab_query": wanted.query(view=False),
        "tabs": [(view.value, label, counts[view]) for view, label in VIEW_LABELS],
        "periods": PERIOD_LABELS,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
        "may_issue": Right.ISSUE_INVOICES in actor.rights,
        "may_send": Right.SEND_DOCUMENTS in actor.rights,
        "here": request.get_full_path(),
    }
    return http.page(request, "billing/invoices.html", context, fragment="billing/_invoices.html")


def _rows(actor: Actor, wanted: InvoiceFilter, on: date) -> QuerySet[Invoice]:
    first, last = period_bounds(wanted.period, on)
    return queries.invoices(
        actor=actor, text=wanted.text, view=wanted.view, on=on, issued_from=first, issued_to=last
    )


def _sort(key: str) -> Sort:
    sort = _SORTS[key.removeprefix("-")]
    return Sort(sort.name, sort.parse, descending=key.startswith("-"))


def shown_rows(actor: Actor, found: Sequence[Invoice], on: date) -> list[Row]:
    """Documents with where they stand and whether they left. Two queries."""
    stands = queries.stands(actor=actor, invoices=found, on=on)
    mails = transmission.messages_of(
        actor=actor, subjects=[f"invoice:{row.pk}" for row in found if row.sealed_at]
    )
    return [
        Row(
            row,
            stands[row.pk],
            *label_of(row, stands[row.pk]),
            _sending(row, mails.get(f"invoice:{row.pk}", ())),
        )
        for row in found
    ]


def label_of(row: Invoice, stand: Stand) -> tuple[str, str]:
    """State of a document in words, and its tone."""
    if row.is_credit_note and stand.standing is Standing.SETTLED:
        return gettext("Imputé"), "good"
    label, tone = STANDINGS[stand.standing]
    return gettext(label), tone


def _sending(row: Invoice, mails: Sequence[Message]) -> str:
    if mails:
        return gettext(mails[-1].get_status_display())
    if row.sealed_at:
        return gettext("à envoyer")
    return gettext("fichier en préparation") if row.number else ""


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The whole filtered list as a CSV file or a workbook."""
    actor = http.actor_of(request)
    today = clock.today()
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    content = queries.export_invoices(
        actor=actor, rows=_rows(actor, InvoiceFilter.read(request.GET), today), on=today, kind=kind
    )
    return http.download(content, f"factures-{today:%Y-%m-%d}.{kind}")


@login_required
@require_POST
def act(request: HttpRequest) -> HttpResponseBase:
    """Issue, send or download the documents ticked in the list."""
    actor = http.actor_of(request)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()][:CHOSEN_MAX]
    if not chosen:
        raise NothingChosenError
    match request.POST.get("do"):
        case "issue":
            return _issue(request, actor, chosen)
        case "send":
            return _send(request, actor, chosen)
        case _:
            return _archive(actor, chosen)


def _issue(request: HttpRequest, actor: Actor, chosen: list[int]) -> HttpResponse:
    actor.require(Right.ISSUE_INVOICES)
    drafts = list(queries.invoices(actor=actor, view=View.DRAFTS).filter(pk__in=chosen))
    # Numbers follow the order in which the drafts were made, not that of the ticks.
    drafts.sort(key=lambda row: row.pk)
    if drafts and request.POST.get("confirmed") != "billing.issue":
        total = sum((row.gross_total for row in drafts), ZERO)
        raise ConfirmationNeededError(key="billing.issue", question=_question(len(drafts), total))
    results = commands.issue_invoices(actor=actor, invoice_ids=[row.pk for row in drafts])
    issued = [one for one in results if one.issued]
    kept = {one.invoice_id: one.findings for one in results if not one.issued}
    if issued:
        told = counted(
            "{number} document émis : {first}.",
            "{number} documents émis : {first} à {last}.",
            len(issued),
            first=issued[0].number,
            last=issued[-1].number,
        )
        messages.success(request, told)
    others = dict.fromkeys(
        set(chosen) - {row.pk for row in drafts}, gettext("ce n'est pas un brouillon")
    )
    return _report(request, actor, gettext("Émission"), kept, others)


def _question(count: int, total: Decimal) -> str:
    return counted(
        "Émettre ce brouillon, {total} TTC ? Un document émis prend son numéro : il s'annule par "
        "un avoir, jamais par une suppression.",
        "Émettre {number} brouillons, {total} TTC ? Un document émis prend son numéro : il "
        "s'annule par un avoir, jamais par une suppression.",
        count,
        total=amount(total),
    )


def _send(request: HttpRequest, actor: Actor, chosen: list[int]) -> HttpResponse:
    report = commands.queue_invoices(actor=actor, invoice_ids=chosen)
    if report.message_ids:
        told = counted(
            "{number} document dans la boîte d'envoi, retirable tant qu'il n'est pas parti.",
            "{number} documents dans la boîte d'envoi, retirables tant qu'ils ne sont pas partis.",
            len(report.message_ids),
        )
        messages.success(request, told)
    return _report(request, actor, gettext("Envoi"), {}, report.skipped)


def _report(
    request: HttpRequest,
    actor: Actor,
    title: str,
    findings: dict[int, tuple[Finding, ...]],
    reasons: dict[int, str],
) -> HttpResponse:
    """Back to the list, or each document left aside with its reasons."""
    if not findings and not reasons:
        return http.back(request, "billing:invoices")
    left = queries.invoices(actor=actor).filter(pk__in={*findings, *reasons}).order_by("pk")
    context = {
        "title": title,
        "left": [
            (
                row,
                [sentence(one) for one in findings.get(row.pk, ()) if one.stops]
                or [reasons.get(row.pk, "")],
            )
            for row in left
        ],
        "back": http.back_address(request, "billing:invoices"),
    }
    return http.page(request, "billing/left_aside.html", context)


def _archive(actor: Actor, chosen: list[int]) -> FileResponse:
    """One ZIP of the sealed files; documents without a file are not in it."""
    sealed = queries.to_send(actor=actor).filter(pk__in=chosen)
    packed = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as files:
        for row in sealed:
            name = f"{row}.pdf".replace("/", "-")
            files.writestr(name, queries.pdf(actor=actor, invoice_id=row.pk))
    packed.seek(0)
    return FileResponse(
        packed, as_attachment=True, filename=f"factures-{clock.today():%Y-%m-%d}.zip"
    )
