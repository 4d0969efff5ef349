"""Month-end in pages: accruals proposed, posted and reversed; rebates agreed and settled."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import ClosingForm, RebateForm
from echeance.billing.rules.accruals import totals
from echeance.core.dates import month_start
from echeance.core.errors import EcheanceError

SHOWN = 300
HISTORY_SHOWN = 24
WHY_LABELS = {
    "no_day": "aucune date de livraison",
    "no_rate": "aucun cours de sa devise à cette date",
}
"""Why something is left out of an accrual, as the queries say it."""
PAGE_SIZE = 20
_LATEST = Sort("id", IntegerField().to_python, descending=True)


def _closing(request: HttpRequest) -> tuple[ClosingForm, date]:
    """The day asked for, or the end of last month."""
    usual = month_start(clock.today()) - timedelta(days=1)
    form = ClosingForm(request.GET if request.GET.get("au") else None, initial={"au": usual})
    return form, form.cleaned_data["au"] if form.is_bound and form.is_valid() else usual


@login_required
@require_GET
def accruals(request: HttpRequest) -> HttpResponse:
    """What a closing should hold, and what was posted. About thirty queries."""
    actor = http.actor_of(request)
    form, closing = _closing(request)
    proposal = queries.propose_accruals(actor=actor, closing=closing)
    history = list(queries.accruals(actor=actor)[:HISTORY_SHOWN])
    posted = [row for row in history if row.closing == closing]
    context = {
        "form": form,
        "closing": closing,
        "parts": [
            (
                gettext("Factures à établir"),
                proposal.to_invoice[:SHOWN],
                totals(proposal.to_invoice),
            ),
            (gettext("Avoirs à établir"), proposal.to_credit[:SHOWN], totals(proposal.to_credit)),
        ],
        "shown": SHOWN,
        "count": len(proposal.to_invoice) + len(proposal.to_credit),
        "left_out": proposal.left_out[:SHOWN],
        "history": history,
        "posted": posted,
        "to_reverse": [row for row in posted if row.reversal_id is None],
        "next_day": closing + timedelta(days=1),
        "may_post": Right.POST_ENTRIES in actor.rights,
    }
    return http.page(request, "billing/accruals.html", context)


@login_required
@require_GET
def accruals_export(request: HttpRequest) -> HttpResponse:
    """The lines proposed, as a file."""
    _, closing = _closing(request)
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    proposal = queries.propose_accruals(actor=http.actor_of(request), closing=closing)
    content = queries.export_accruals(proposal, kind=kind)
    return http.download(content, f"regularisations-{closing:%Y-%m-%d}.{kind}")


@login_required
@require_POST
def accruals_act(request: HttpRequest) -> HttpResponse:
    """Post or reverse the accruals of a closing."""
    actor = http.actor_of(request)
    form = ClosingForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Donnez le jour de clôture."))
        return redirect("billing:accruals")
    closing = form.cleaned_data["au"]
    match request.POST.get("do"):
        case "reverse":
            rows = commands.reverse_accruals(actor=actor, closing=closing)
            told = gettext("Écritures contrepassées : {number}.")
        case "cancel":
            rows = commands.reverse_accruals(actor=actor, closing=closing, on=closing)
            told = gettext("Écritures annulées : {number}. Vous pouvez les repasser.")
        case _:
            rows = commands.post_accruals(actor=actor, closing=closing)
            told = gettext(
                "Écritures passées : {number}. Contrepassez-les au premier jour suivant."
            )
    messages.success(request, told.format(number=len(rows)))
    return redirect(f"{reverse('billing:accruals')}?au={closing:%Y-%m-%d}")


@login_required
@require_GET
def accrual(request: HttpRequest, accrual_id: int) -> HttpResponse:
    """The lines an accrual was posted with. Two queries."""
    actor = http.actor_of(request)
    row = queries.accrual_for(actor=actor, accrual_id=accrual_id)
    context = {"accrual": row, "lines": queries.accrual_lines(row)}
    return http.page(request, "billing/accrual.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rebates(request: HttpRequest) -> HttpResponse:
    """Agreements with what each has earned, and the form of another. Seven queries an agreement."""
    actor = http.actor_of(request)
    may_edit = Right.EDIT_PARTIES in actor.rights
    form = RebateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            party_id = queries.party_named(actor=actor, text=facts.pop("customer"))
            row = commands.agree_rebate(actor=actor, party_id=party_id, **facts)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("L'accord {number} est enregistré.").format(number=row.number)
            messages.success(request, told)
            return redirect("billing:rebates")
    today = clock.today()
    rows = []
    page = page_of(
        queries.rebate_agreements(actor=actor),
        sort=_LATEST,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    for one in page.rows:
        earned, _ = queries.rebate_earned(actor=actor, agreement=one, on=today)
        settled = queries.rebate_settlements(actor=actor, agreement_id=one.pk).first()
        rows.append((one, earned, settled, one.ends_on < today))
    context = {"rows": rows, "page": page, "form": form, "may_edit": may_edit, "today": today,
               "may_draft": Right.DRAFT_INVOICES in actor.rights}  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return http.page(request, "billing/rebates.html", context, status=status)


@login_required
@require_POST
def rebate_settle(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Draft the credit note of a rebate."""
    actor = http.actor_of(request)
    row = commands.settle_rebate(actor=actor, agreement_id=agreement_id)
    messages.success(request, gettext("L'avoir de remise est en brouillon. Vérifiez-le."))
    return redirect("billing:invoice", row.invoice_id)
