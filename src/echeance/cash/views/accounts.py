"""Bank accounts of the company, and their statements."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from echeance.base import http
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.errors import StatementKnownError
from echeance.cash.forms import BankAccountForm, StatementForm
from echeance.cash.views.bank_files import told
from echeance.core.errors import EcheanceError

LISTED = 100


@login_required
@require_http_methods(["GET", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    """Statements taken in, gaps between them, and the form that takes in another."""
    actor = http.actor_of(request)
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            reports = commands.import_statements(actor=actor, content=content, filename=file.name)
        except StatementKnownError:
            raise
        except EcheanceError as error:
            held = commands.hold_file(actor=actor, content=content, filename=file.name, error=error)
            if held is None:
                raise
            messages.warning(request, translated(error))
            return redirect("cash:held_file", held.pk)
        told(request, reports)
        if Right.MATCH_PAYMENTS in actor.rights:
            commands.propose_matches(actor=actor)
        return redirect("cash:matching")
    context = {
        "statements": queries.statements(actor=actor)[:LISTED],
        "gaps": queries.statement_gaps(actor=actor)[:LISTED],
        "held": queries.held_files(actor=actor).count(),
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
    balances = queries.last_balances(actor=actor)
    context = {
        "accounts": [
            (account, balances.get(account.pk)) for account in queries.bank_accounts(actor=actor)
        ],
        "form": form,
        "may_edit": Right.EDIT_BANK_DETAILS in actor.rights,
    }
    return http.page(
        request, "cash/bank_accounts.html", context, status=422 if form.is_bound else 200
    )
