"""Bank accounts of the company, and their statements."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from echeance.base import http
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.forms import BankAccountForm, StatementForm

LISTED = 100


@login_required
@require_http_methods(["GET", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    """Statements taken in, and the form that takes in another. Five queries."""
    actor = http.actor_of(request)
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        reports = commands.import_statements(actor=actor, content=file.read(), filename=file.name)
        for report in reports:
            told = counted(
                "{account} : {number} ligne nouvelle.",
                "{account} : {number} lignes nouvelles.",
                report.new_entries,
                account=report.account_name,
            )
            known = counted(
                "{number} ligne était déjà connue.",
                "{number} lignes étaient déjà connues.",
                report.known_entries,
            )
            messages.success(request, f"{told} {known}" if report.known_entries else told)
        if Right.MATCH_PAYMENTS in actor.rights:
            commands.propose_matches(actor=actor)
        return redirect("cash:matching")
    context = {
        "statements": queries.statements(actor=actor)[:LISTED],
        "form": form,
        "may_import": Right.IMPORT_STATEMENTS in actor.rights,
    }
    return http.page(request, "cash/statements.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def bank_accounts(request: HttpRequest) -> HttpResponse:
    """Bank accounts of the company, and the form that declares another. Five queries."""
    actor = http.actor_of(request)
    form = BankAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = commands.add_bank_account(actor=actor, **form.cleaned_data)
        told = gettext("Le compte {name} est déclaré.").format(name=account.name)
        messages.success(request, told)
        return redirect("cash:bank_accounts")
    context = {
        "accounts": queries.bank_accounts(actor=actor),
        "form": form,
        "may_edit": Right.EDIT_BANK_DETAILS in actor.rights,
    }
    return http.page(
        request, "cash/bank_accounts.html", context, status=422 if form.is_bound else 200
    )
