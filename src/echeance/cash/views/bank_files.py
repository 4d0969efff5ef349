"""Bank files that wait, the columns of a CSV, and an account with its balances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.archive import queries as archive_queries
from echeance.base import clock, http
from echeance.base.language import counted, translated
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.commands.intake import OTHER, SAME, UNPROVED
from echeance.cash.forms import HeldFileForm, LayoutForm, ResolutionForm
from echeance.cash.types import BalancePoint, StatementReport
from echeance.core import bank
from echeance.core.errors import EcheanceError

LISTED = 100
CURVE_DAYS = 366
WIDTH, HEIGHT = 600, 120


def told(request: HttpRequest, reports: Sequence[StatementReport]) -> None:
    """Say what an import did."""
    for report in reports:
        if report.kind != "statement":
            text = counted(
                "{account} : {number} ligne complétée.",
                "{account} : {number} lignes complétées.",
                report.known_entries,
                account=report.account_name,
            )
            waiting = counted(
                "{number} opération attend son relevé.",
                "{number} opérations attendent leur relevé.",
                report.waiting,
            )
            messages.success(request, f"{text} {waiting}" if report.waiting else text)
            continue
        text = counted(
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
        messages.success(request, f"{text} {known}" if report.known_entries else text)


@login_required
@require_GET
def held_files(request: HttpRequest) -> HttpResponse:
    """Files that were not taken in, with their reason. Three queries."""
    actor = http.actor_of(request)
    context = {"files": queries.held_files(actor=actor)[:LISTED]}
    return http.page(request, "cash/held_files.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def held_file(request: HttpRequest, held_file_id: int) -> HttpResponse:
    """A file that waits, its reason, and the answers it waits for."""
    actor = http.actor_of(request)
    held = queries.held_file_for(actor=actor, held_file_id=held_file_id)
    accounts = queries.bank_accounts(actor=actor).filter(closed_at=None)
    form = HeldFileForm(request.POST or None, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        try:
            reports = commands.take_held_file(
                actor=actor,
                held_file_id=held_file_id,
                account_id=form.cleaned_data["account"],
                confirmed=form.cleaned_data["confirmed"],
                day_first=form.cleaned_data["day_first"],
            )
        except EcheanceError as error:
            messages.warning(request, translated(error))
            return redirect("cash:held_file", held_file_id)
        told(request, reports)
        if Right.MATCH_PAYMENTS in actor.rights:
            commands.propose_matches(actor=actor)
        return redirect("cash:statements")
    context = {
        "held": held,
        "form": form,
        "resolution": ResolutionForm(),
        "may_import": Right.IMPORT_STATEMENTS in actor.rights and held.resolved_at is None,
        "key": held.facts.get("key", ""),
        "unproved": UNPROVED,
        "same": SAME,
        "other": OTHER,
        "dates": held.code == "bank.ambiguous_dates",
        "columns": held.code in {"bank.layout_needed", "bank.layout_mismatch"},
        "waits": held.code == queries.WAITING,
    }
    return http.page(request, "cash/held_file.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def held_file_close(request: HttpRequest, held_file_id: int) -> HttpResponse:
    """Say what was done about a file that will not be taken in."""
    actor = http.actor_of(request)
    held = commands.resolve_held_file(
        actor=actor,
        held_file_id=held_file_id,
        resolution=request.POST.get("resolution", ""),
    )
    messages.success(
        request, gettext("Le fichier {name} n'est plus en attente.").format(name=held.filename)
    )
    return redirect("cash:held_files")


@login_required
@require_http_methods(["GET", "POST"])
def held_file_layout(request: HttpRequest, held_file_id: int) -> HttpResponse:
    """The columns of a table, as guessed; once confirmed they are kept for its account."""
    actor = http.actor_of(request)
    actor.require(Right.IMPORT_STATEMENTS)
    held = queries.held_file_for(actor=actor, held_file_id=held_file_id)
    content = archive_queries.content(actor=actor, file_id=held.file_id)
    guess = bank.guess_layout(content, filename=held.filename)
    accounts = queries.bank_accounts(actor=actor).filter(closed_at=None)
    form = LayoutForm(request.POST or None, guess=guess, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        account_id = form.cleaned_data["account"]
        commands.confirm_layout(actor=actor, account_id=account_id, layout=form.layout())
        try:
            reports = commands.take_held_file(
                actor=actor, held_file_id=held_file_id, account_id=account_id
            )
        except EcheanceError as error:
            messages.warning(request, translated(error))
            return redirect("cash:held_file", held_file_id)
        told(request, reports)
        return redirect("cash:statements")
    context = {"held": held, "guess": guess, "form": form}
    return http.page(
        request, "cash/held_file_layout.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_GET
def bank_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """An account, and the curve of its proved balances over a year. Five queries."""
    actor = http.actor_of(request)
    account = queries.bank_account_for(actor=actor, account_id=account_id)
    since = clock.today() - timedelta(days=CURVE_DAYS)
    points = queries.balance_points(actor=actor, account_id=account_id, since=since)
    context = {
        "account": account,
        "points": points[::-1][:LISTED],
        "curve": curve(points),
        "zero": _height(Decimal(0), points),
        "gaps": [
            gap for gap in queries.statement_gaps(actor=actor) if gap.bank_account_id == account.pk
        ],
        "may_edit": Right.EDIT_BANK_DETAILS in actor.rights and account.closed_at is None,
    }
    return http.page(request, "cash/bank_account.html", context)


@login_required
@require_POST
def bank_account_close(request: HttpRequest, account_id: int) -> HttpResponse:
    """Close an account: its past stays."""
    actor = http.actor_of(request)
    account = commands.close_bank_account(actor=actor, account_id=account_id)
    messages.success(request, gettext("Le compte {name} est clos.").format(name=account.name))
    return redirect("cash:bank_accounts")


def curve(points: Sequence[BalancePoint]) -> str:
    """The balances as the points of an SVG line in steps, 600 by 120, the highest at the top.

    >>> from datetime import date
    >>> days = [BalancePoint(date(2026, 1, n), Decimal(n * 100)) for n in (1, 3)]
    >>> curve(days)
    '0,78 600,78 600,0'
    """
    if len(points) < 2:
        return ""
    first, span = points[0].on, (points[-1].on - points[0].on).days
    steps: list[str] = []
    before = _height(points[0].balance, points)
    for point in points:
        across = (point.on - first).days * WIDTH // span
        height = _height(point.balance, points)
        if steps and height != before:
            steps.append(f"{across},{before}")
        steps.append(f"{across},{height}")
        before = height
    return " ".join(steps)


def _height(balance: Decimal, points: Sequence[BalancePoint]) -> int:
    """Place of a balance from the top, zero being always on the drawing."""
    balances = [Decimal(0), *(point.balance for point in points)]
    low, high = min(balances), max(balances)
    return int((high - balance) * HEIGHT / (high - low)) if high > low else HEIGHT
