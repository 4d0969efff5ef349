"""Orders to bill, those that wait, lines that could not be taken, and the files they came in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import DateField, IntegerField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import http
from echeance.base.actor import Actor
from echeance.base.language import amount, counted, translated
from echeance.base.paging import Page, Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.errors import NothingChosenError
from echeance.billing.forms import ImportForm, SetAsideForm
from echeance.billing.types import OrderImportReport, View
from echeance.billing.views.invoice import plain, unit_of
from echeance.core.errors import ConfirmationNeededError, EcheanceError
from echeance.core.money import ZERO

PAGE_SIZE = 50
CHOSEN_MAX = 500
REJECTED_SHOWN = 100
TO_BILL, WAITING, TO_CREDIT, REJECTED, FILES = (
    "a-facturer", "en-attente", "a-crediter", "rejetees", "fichiers",
)  # fmt: skip
_OLDEST = Sort("order_date", DateField().to_python)
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """Orders to bill, oldest first, and what else came in. Ten queries."""
    actor = http.actor_of(request)
    lists: dict[str, tuple[str, QuerySet[Model], Sort]] = {
        TO_BILL: (gettext("À facturer"), queries.left_to_bill(actor=actor), _OLDEST),
        WAITING: (gettext("En attente"), queries.waiting_orders(actor=actor), _OLDEST),
        TO_CREDIT: (gettext("À créditer"), queries.cancellations_to_credit(actor=actor), _OLDEST),
        REJECTED: (gettext("Lignes rejetées"), _rejected(request, actor), _LATEST),
        FILES: (gettext("Fichiers reçus"), queries.order_imports(actor=actor), _LATEST),
    }  # fmt: skip
    chosen = request.GET.get("vue", TO_BILL)
    chosen = chosen if chosen in lists else TO_BILL
    _, rows, sort = lists[chosen]
    page: Page[Model] = page_of(
        rows,
        sort=sort,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    context = {
        "view": chosen,
        "tabs": [(key, label, found.count()) for key, (label, found, _) in lists.items()],
        "page": page,
        "here": request.get_full_path(),
        "import_id": request.GET.get("import", ""),
        "may_import": Right.IMPORT_ORDERS in actor.rights,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
        "may_grant": Right.GRANT_CREDIT in actor.rights,
        "may_issue": Right.ISSUE_INVOICES in actor.rights,
    }
    return http.page(request, "billing/orders.html", context)


def _rejected(request: HttpRequest, actor: Actor) -> QuerySet[Model]:
    asked = request.GET.get("import", "")
    rows = queries.rejected_lines(actor=actor, import_id=int(asked) if asked.isdecimal() else None)
    return rows.select_related("order_import")


@login_required
@require_GET
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order with its lines; htmx gets what fits beside the list. Five queries."""
    actor = http.actor_of(request)
    row = queries.order_for(actor=actor, order_id=order_id)
    context = {
        "order": row,
        "lines": [
            (line, plain(line.quantity), unit_of(line.unit_code))
            for line in queries.order_lines(actor=actor, order_id=row.pk)
        ],
    }
    return http.page(request, "billing/order.html", context, fragment="billing/_order_pane.html")


@login_required
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Draft, issue, accept or set aside the orders ticked in the list."""
    actor = http.actor_of(request)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()][:CHOSEN_MAX]
    if not chosen:
        raise NothingChosenError
    match request.POST.get("do"):
        case "issue":
            return _issue(request, actor, chosen)
        case "accept":
            count = len(commands.accept_orders(actor=actor, order_ids=chosen))
            told = gettext("Acceptées : {number}. Elles sont maintenant à facturer.")
            messages.success(request, told.format(number=count))
        case "set_aside":
            _set_aside(request, actor, chosen)
        case "release":
            reason = request.POST.get("reason", "")
            count = len(commands.release_orders(actor=actor, order_ids=chosen, reason=reason))
            told = gettext("Débloquées : {number}. Elles sont maintenant à facturer.")
            messages.success(request, told.format(number=count))
        case "credit":
            notes = commands.draft_cancellations(actor=actor, order_ids=chosen)
            told = gettext("Avoirs en brouillon : {number}. Vérifiez-les.")
            messages.success(request, told.format(number=len(notes)))
            return redirect(f"{reverse('billing:invoices')}?vue={View.DRAFTS}")
        case _:
            drafts = commands.draft_orders(actor=actor, order_ids=chosen)
            told = gettext("Factures en brouillon : {number}. Vérifiez-les.")
            messages.success(request, told.format(number=len(drafts)))
            return redirect(f"{reverse('billing:invoices')}?vue={View.DRAFTS}")
    return http.back(request, "billing:orders")


def _set_aside(request: HttpRequest, actor: Actor, chosen: list[int]) -> None:
    form = SetAsideForm(request.POST)
    if not form.is_valid():
        told = gettext("Dites pourquoi ces commandes ne seront pas facturées.")
        messages.error(request, told)
        return
    count = len(
        commands.set_aside_orders(actor=actor, order_ids=chosen, reason=form.cleaned_data["reason"])
    )
    told = gettext("Écartées : {number}. Elles ne seront pas facturées.")
    messages.success(request, told.format(number=count))


def _issue(request: HttpRequest, actor: Actor, chosen: list[int]) -> HttpResponse:
    """Draft and issue in one go; what cannot be issued is left as a draft, with its reasons."""
    actor.require(Right.ISSUE_INVOICES)
    if request.POST.get("confirmed") != "billing.issue_orders":
        found = queries.left_to_bill(actor=actor).filter(pk__in=chosen)
        total = sum((row.net_total for row in found), ZERO)
        raise ConfirmationNeededError(
            key="billing.issue_orders",
            question=counted(
                "Facturer une commande, {total} HT ? Chaque facture prend son numéro : elle "
                "s'annule par un avoir, jamais par une suppression.",
                "Facturer {number} commandes, {total} HT ? Chaque facture prend son numéro : elle "
                "s'annule par un avoir, jamais par une suppression.",
                len(chosen),
                total=amount(total),
            ),
        )
    drafts = commands.draft_orders(actor=actor, order_ids=chosen)
    results = commands.issue_invoices(actor=actor, invoice_ids=[row.pk for row in drafts])
    issued = [one for one in results if one.issued]
    if issued:
        told = gettext("Factures émises : {number}, leurs fichiers se préparent.")
        messages.success(request, told.format(number=len(issued)))
    if len(issued) < len(results):
        told = gettext("Certaines restent en brouillon : ouvrez-les pour lire pourquoi.")
        messages.error(request, told)
        return redirect(f"{reverse('billing:invoices')}?vue={View.DRAFTS}")
    return redirect("billing:invoices")


@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """Say what a file of orders would give, then take it."""
    actor = http.actor_of(request)
    actor.require(Right.IMPORT_ORDERS)
    sources = queries.sources(actor=actor)
    form = ImportForm(request.POST or None, request.FILES or None, sources=sources)
    report: OrderImportReport | None = None
    held: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        trial = request.POST.get("do") != "import"
        try:
            report = commands.import_orders(
                actor=actor,
                content=facts["content"],
                filename=facts["filename"],
                source=facts["source"],
                dry_run=trial,
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            if not trial:
                return _imported(request, report)
            held = ImportForm.hold(facts["content"], facts["filename"])
    context = {
        "form": form,
        "report": report,
        "rejected": report.rejected[:REJECTED_SHOWN] if report else (),
        "shown": REJECTED_SHOWN,
        "held": held,
    }
    status = 422 if form.is_bound and form.errors else 200
    return http.page(request, "billing/orders_import.html", context, status=status)


def _imported(request: HttpRequest, report: OrderImportReport) -> HttpResponse:
    told = gettext(
        "Fichier importé. Commandes à facturer : {orders} ; annulations : {cancellations} ; "
        "documents en attente : {waiting} ; lignes rejetées : {rejected}."
    )
    messages.success(
        request,
        told.format(
            orders=report.orders,
            cancellations=report.cancellations,
            waiting=report.waiting,
            rejected=len(report.rejected),
        ),
    )
    view = TO_BILL if report.orders or not report.waiting else WAITING
    return redirect(f"{reverse('billing:orders')}?vue={view}")
