"""Receivables sold, set-off, credits that sleep, bank and books reconciled."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import amount
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.forms_treasury import AgreementForm, AssignmentForm, DayForm
from echeance.cash.types import NewAssignment, ReconciliationReport
from echeance.cash.views.treasury import WRITERS

LISTED = 200
RECONCILIATION_TITLES = ("Nature", "Date", "Référence", "Libellé", "Montant")


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal()]


@login_required
@require_http_methods(["GET", "POST"])
def assignments(request: HttpRequest) -> HttpResponse:
    """Receivables sold, and the form that sells some of those that are open."""
    actor = http.actor_of(request)
    form = AssignmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        assignee_id = queries.party_by_code(actor=actor, code=facts.pop("assignee"))
        chosen = tuple(_numbers(request.POST.getlist("chosen")))
        new = NewAssignment(assignee_id=assignee_id, item_ids=chosen, **facts)
        row = commands.assign_receivables(actor=actor, assignment=new)
        told = gettext("Cession {reference} faite : son acte est prêt à signer.")
        messages.success(request, told.format(reference=row.reference))
        return redirect("cash:assignment", row.pk)
    may_assign = Right.ASSIGN_RECEIVABLES in actor.rights
    context = {
        "form": form,
        "assignments": queries.assignments(actor=actor)[:LISTED],
        "items": queries.assignable_items(actor=actor)[:LISTED] if may_assign else (),
        "chosen": request.POST.getlist("chosen"),
        "may_assign": may_assign,
    }
    return http.page(request, "cash/assignments.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def assignment(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """One assignment: its deed, its receivables, what became of each."""
    actor = http.actor_of(request)
    if request.method == "POST":
        return _assignment_act(request, assignment_id)
    row = queries.assignment_for(actor=actor, assignment_id=assignment_id)
    context = {
        "assignment": row,
        "parts": sorted(row.items.all(), key=lambda part: part.pk),
        "lines": queries.financing_lines(actor=actor) if row.state == "assigned" else (),
        "may_assign": Right.ASSIGN_RECEIVABLES in actor.rights,
    }
    return http.page(request, "cash/assignment.html", context)


def _assignment_act(request: HttpRequest, assignment_id: int) -> HttpResponse:
    actor = http.actor_of(request)
    act = request.POST.get("act", "")
    lines, parts = (_numbers(request.POST.getlist(name)) for name in ("entry", "part"))
    if act == "cancel":
        commands.cancel_assignment(actor=actor, assignment_id=assignment_id)
        messages.success(
            request, gettext("Cession annulée : ses factures se relancent de nouveau.")
        )
    elif act == "finance" and lines:
        commands.receive_financing(actor=actor, assignment_id=assignment_id, entry_id=lines[0])
        messages.success(request, gettext("Financement porté en banque."))
    elif parts and act == "pay":
        commands.pay_assigned_item(actor=actor, assigned_item_id=parts[0], on=clock.today())
        messages.success(request, gettext("Facture soldée : le débiteur a payé le cessionnaire."))
    elif parts and act == "unpay":
        commands.unpay_assigned_item(actor=actor, assigned_item_id=parts[0])
        messages.success(request, gettext("Paiement repris : la facture attend de nouveau."))
    elif parts and act == "return":
        commands.return_assigned_item(
            actor=actor, assigned_item_id=parts[0], on=clock.today(), reason="rendue impayée"
        )
        messages.success(request, gettext("Créance rendue : elle se relance de nouveau."))
    elif parts and act == "unreturn":
        commands.undo_return(actor=actor, assigned_item_id=parts[0])
        messages.success(request, gettext("Retour repris : la créance est au cessionnaire."))
    return redirect("cash:assignment", assignment_id)


@login_required
@require_http_methods(["GET", "POST"])
def nettings(request: HttpRequest) -> HttpResponse:
    """Agreements of set-off with what they would settle today, set-offs made, a new agreement."""
    actor = http.actor_of(request)
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        party_id = queries.party_by_code(actor=actor, code=form.cleaned_data["party"])
        commands.agree_netting(
            actor=actor, party_id=party_id, signed_on=form.cleaned_data["signed_on"]
        )
        messages.success(request, gettext("Convention enregistrée."))
        return redirect("cash:nettings")
    today = clock.today()
    context = {
        "form": form,
        "today": today,
        "agreements": [
            (
                row,
                queries.propose_netting(actor=actor, party_id=row.party_id, on=today)
                if row.ended_on is None
                else None,
            )
            for row in queries.netting_agreements(actor=actor)[:50]
        ],
        "nettings": queries.nettings(actor=actor)[:LISTED],
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
    }
    return http.page(request, "cash/nettings.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def netting_act(request: HttpRequest) -> HttpResponse:
    """Make the set-off that was shown, undo one, or end an agreement."""
    actor = http.actor_of(request)
    party, undone, ended = (
        (_numbers([request.POST.get(name, "")]) or [0])[0] for name in ("party", "undo", "end")
    )
    if party:
        try:
            seen = Decimal(request.POST.get("amount", ""))
        except InvalidOperation:
            seen = Decimal(0)
        row = commands.make_netting(actor=actor, party_id=party, on=clock.today(), amount=seen)
        told = gettext("Compensation faite, pour {total}.").format(total=amount(row.amount))
        messages.success(request, told)
        return redirect("cash:netting", row.pk)
    if undone:
        commands.undo_netting(actor=actor, netting_id=undone)
        messages.success(request, gettext("Compensation annulée : les pièces sont rouvertes."))
    elif ended:
        commands.end_netting_agreement(actor=actor, agreement_id=ended, on=clock.today())
        messages.success(request, gettext("Convention terminée."))
    return redirect("cash:nettings")


@login_required
@require_GET
def netting(request: HttpRequest, netting_id: int) -> HttpResponse:
    """The statement of a set-off, to print and send to the party."""
    actor = http.actor_of(request)
    row = queries.netting_for(actor=actor, netting_id=netting_id)
    parts = [part | {"amount": Decimal(part["amount"])} for part in row.items]
    context = {
        "netting": row,
        "company": actor.company,
        "receivables": [part for part in parts if part["side"] == "411"],
        "payables": [part for part in parts if part["side"] == "401"],
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
    }
    return http.page(request, "cash/netting.html", context)


@login_required
@require_GET
def dormant(request: HttpRequest) -> HttpResponse:
    """Credits of customers that sleep, with their age and the day they are prescribed."""
    actor = http.actor_of(request)
    days = (_numbers([request.GET.get("jours", "")]) or [90])[0]
    found = queries.dormant_credits(actor=actor, on=clock.today(), days=min(days, 3650))
    context = {
        "credits": found[:LISTED],
        "total": sum((one.open_amount for one in found), Decimal(0)),
        "days": days,
    }
    return http.page(request, "cash/dormant.html", context)


def _report(request: HttpRequest) -> tuple[list[str], ReconciliationReport | None]:
    actor = http.actor_of(request)
    numbers = queries.reconciled_accounts(actor=actor)
    form = DayForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    number = asked.get("compte") or (numbers[0] if numbers else "")
    if number not in numbers:
        return numbers, None
    on = asked.get("au") or clock.today()
    return numbers, queries.reconciliation(actor=actor, ledger_account=number, on=on)


@login_required
@require_GET
def reconciliation(request: HttpRequest) -> HttpResponse:
    """État de rapprochement of an account on a day."""
    numbers, report = _report(request)
    on = report.on if report else clock.today()
    form = DayForm({"au": on, "compte": report.account if report else ""})
    context = {"numbers": numbers, "report": report, "form": form, "on": on}
    return http.page(request, "cash/reconciliation.html", context)


@login_required
@require_GET
def reconciliation_export(request: HttpRequest) -> HttpResponse:
    """The same as a file, ``csv``, ``xlsx`` or ``pdf``."""
    _, report = _report(request)
    if report is None:
        return redirect("cash:reconciliation")
    kind = request.GET.get("format", "csv")
    name = f"rapprochement-{report.account}-{report.on.isoformat()}"
    if kind == "pdf":
        content = queries.reconciliation_pdf(actor=http.actor_of(request), report=report)
        return http.download(content, f"{name}.pdf")
    kind = kind if kind in WRITERS else "csv"
    rows = [
        (gettext("Solde de la banque"), report.statement_date, "", "", report.bank_balance),
        (gettext("Solde des livres"), report.on, report.account, "", report.ledger_balance),
        *(
            (gettext("À comptabiliser"), line.on, line.reference, line.label, line.amount)
            for line in report.not_booked
        ),
        *(
            (gettext("Absent de la banque"), line.on, line.reference, line.label, -line.amount)
            for line in report.not_on_bank
        ),
        (gettext("Solde de départ non repris"), None, "", "", report.opening),
        (gettext("Relevé manquant"), None, "", "", report.gap),
        (gettext("Différence"), None, "", "", report.difference),
        (gettext("Non expliqué"), None, "", "", report.unexplained),
    ]
    headers = [gettext(header) for header in RECONCILIATION_TITLES]
    return http.download(WRITERS[kind](headers, rows), f"{name}.{kind}")
