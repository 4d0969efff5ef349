"""Credit notes: prepared from the lines of their invoice, approved, employed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http, policy
from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import CreditForm, UseForm
from echeance.billing.models import CreditApproval, Invoice
from echeance.billing.types import BillingPolicy
from echeance.billing.views.invoice import lines_of
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO


@login_required
@require_http_methods(["GET", "POST"])
def credit(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Draft a credit note: of lines, of an amount, or of all that is left. Thirty queries or so."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    left = queries.left_of(actor=actor, invoice_ids=[row.pk])[row.pk]
    form = CreditForm(request.POST or None, left=left.lines, initial={"mode": "lines"})
    if request.method == "POST" and form.is_valid():
        try:
            note = commands.draft_credit_note(
                actor=actor,
                invoice_id=row.pk,
                reason=form.cleaned_data["reason"],
                reason_code=form.cleaned_data["reason_code"],
                **form.how(),
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("L'avoir est en brouillon : vérifiez-le, puis émettez-le.")
            messages.success(request, told)
            return redirect("billing:invoice", note.pk)
    lines = {line.line.pk: line for line in lines_of(actor, row)}
    context = {
        "invoice": row,
        "form": form,
        "left": left,
        "groups": [(key, one) for key, one in left.groups.items() if one.gross],
        "lines": [
            (lines[one.line_id], one, quantity, price)
            for one, quantity, price in form.line_fields()
        ],
        "threshold": policy.read(actor.company, BillingPolicy).credit_approval_over,
        "may_replace": row.kind in {"380", "386", "384"} and bool(left.gross),
    }
    return http.page(request, "billing/credit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def plan(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """What the credit note typed would give back, without writing anything. Fifteen queries."""
    actor = http.actor_of(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    left = queries.left_of(actor=actor, invoice_ids=[row.pk])[row.pk]
    form = CreditForm(request.GET, left=left.lines)
    context: dict[str, object] = {"invoice": row, "left": left}
    if form.is_valid():
        try:
            shares = queries.credit_plan(actor=actor, invoice=row, **form.how())
        except EcheanceError as error:
            context["problem"] = translated(error)
        else:
            net = sum((one.base for one in shares), ZERO)
            vat = sum((one.vat for one in shares), ZERO)
            context |= {
                "shares": shares,
                "net": net,
                "vat": vat,
                "gross": net + vat,
                "rest": left.gross - net - vat,
            }
            most = policy.read(actor.company, BillingPolicy).credit_approval_over
            context["needs_approval"] = most is not None and net > most
    else:
        context["problem"] = " ".join(
            str(error) for errors in form.errors.values() for error in errors
        )
    return http.page(request, "billing/_credit_plan.html", context)


@login_required
@require_POST
def replace_invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Draft the corrective invoice that annuls one and stands in for it."""
    actor = http.actor_of(request)
    try:
        row = commands.draft_corrective(
            actor=actor, invoice_id=invoice_id, reason=request.POST.get("reason", "")
        )
    except EcheanceError as error:
        messages.error(request, translated(error))
        return redirect("billing:invoice_credit", invoice_id)
    told = gettext("La rectificative est en brouillon : corrigez ses lignes, puis émettez-la.")
    messages.success(request, told)
    return redirect("billing:invoice", row.pk)


@login_required
@require_POST
def again(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Draft again an invoice that was refused or cancelled."""
    actor = http.actor_of(request)
    try:
        row = commands.draft_again(actor=actor, invoice_id=invoice_id)
    except EcheanceError as error:
        messages.error(request, translated(error))
        return redirect("billing:invoice", invoice_id)
    told = gettext("La facture est refaite en brouillon, elle aura un nouveau numéro.")
    messages.success(request, told)
    return redirect("billing:invoice", row.pk)


@login_required
@require_POST
def approve(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Approve a draft credit note above the threshold."""
    actor = http.actor_of(request)
    try:
        commands.approve_credit(actor=actor, invoice_id=invoice_id)
    except EcheanceError as error:
        messages.error(request, translated(error))
    else:
        messages.success(request, gettext("L'avoir est approuvé, il peut être émis."))
    return redirect("billing:invoice", invoice_id)


@login_required
@require_http_methods(["GET", "POST"])
def uses(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Split what is left of a credit note between its uses. Fifteen queries."""
    actor = http.actor_of(request)
    note = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    targets = queries.deductible(actor=actor, note=note)
    form = UseForm(request.POST or None, targets=targets)
    if request.method == "POST" and form.is_valid():
        try:
            commands.use_credit(actor=actor, credit_note_id=note.pk, parts=form.parts())
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("L'emploi de l'avoir est enregistré."))
            return redirect("billing:credit_uses", note.pk)
    context = {
        "invoice": note,
        "form": form,
        "open_amount": _open_amount(actor, note),
        "decided": queries.uses_of(actor=actor, credit_note_id=note.pk),
        "may_use": Right.ISSUE_CREDITS in actor.rights and note.number is not None,
    }
    return http.page(
        request, "billing/credit_uses.html", context, status=422 if form.is_bound else 200
    )


def _open_amount(actor: Actor, note: Invoice) -> object:
    return queries.stands(actor=actor, invoices=[note], on=clock.today())[note.pk].open_amount


@login_required
@require_POST
def undo(request: HttpRequest, use_id: int) -> HttpResponse:
    """Undo a decision on a credit note."""
    actor = http.actor_of(request)
    use = commands.undo_credit_use(actor=actor, use_id=use_id)
    messages.success(request, gettext("L'emploi est annulé."))
    return redirect("billing:credit_uses", use.credit_note_id)


@login_required
@require_GET
def panel(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """On the page of a document: approval of a credit note, its uses, or the invoice made again.

    About fifteen queries.
    """
    actor = http.actor_of(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    context: dict[str, object] = {"invoice": row, "shown": ""}
    if row.is_credit_note and row.number is None:
        most = policy.read(actor.company, BillingPolicy).credit_approval_over
        if most is not None and row.net_total > most:
            approval = CreditApproval.objects.filter(
                company=actor.company, invoice=row, net_total=row.net_total
            ).first()
            context |= {
                "shown": "approval",
                "most": most,
                "approval": approval,
                "may_approve": Right.ISSUE_CREDITS in actor.rights and row.created_by != actor.name,
            }
    elif row.is_credit_note:
        decided = queries.uses_of(actor=actor, credit_note_id=row.pk).filter(undone_at=None)
        context |= {
            "shown": "uses",
            "decided": decided,
            "open_amount": _open_amount(actor, row),
        }
    elif row.number is not None:
        left = queries.left_of(actor=actor, invoice_ids=[row.pk])[row.pk]
        if not left.gross or left.replaced_by:
            context |= {
                "shown": "again",
                "replaced_by": left.replaced_by,
                "may_draft": Right.DRAFT_INVOICES in actor.rights,
            }
    return http.page(request, "billing/_credit_panel.html", context)
