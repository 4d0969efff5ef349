"""What is left to bill, the run that bills it, and how late invoices are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from echeance.base import clock, http
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.queries.to_bill import SOURCE_LABELS
from echeance.billing.types import LeftToBill, RunDraft, RunReport, View
from echeance.billing.views.findings import Shown, shown
from echeance.core.money import ZERO
from echeance.parties import queries as parties

SHOWN = 200
EXAMINED: Final = 200
DELAY_DAYS: Final = 365


def _day(text: str, *, default: date, last: date | None = None) -> date:
    """A day typed in the address; the default when it is absent or unreadable."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return default
    return min(asked, last) if last else asked


@login_required
@require_GET
def left(request: HttpRequest) -> HttpResponse:
    """All that is not billed, of every source, the oldest first; or the same as a file."""
    actor = http.actor_of(request)
    today = clock.today()
    rows = queries.left_pieces(actor=actor, on=today)
    source = request.GET.get("nature", "")
    mine = [one for one in rows if one.source == source] if source else rows
    kind = request.GET.get("format", "")
    if kind in {"csv", "xlsx"}:
        content = queries.export_left(mine, kind=kind)
        return http.download(content, f"reste-a-facturer-{today:%Y-%m-%d}.{kind}")
    start = int(text) if (text := request.GET.get("apres", "")).isdecimal() else 0
    page = mine[start : start + SHOWN]
    context = {
        "rows": [(one, gettext(SOURCE_LABELS.get(one.source, one.source))) for one in page],
        "today": today,
        "source": source,
        "tabs": [
            (name, gettext(label), sum(one.source == name for one in rows))
            for name, label in SOURCE_LABELS.items()
            if any(one.source == name for one in rows)
        ],
        "count": len(rows),
        "figures": _figures(rows, today),
        "start": start,
        "before": max(0, start - SHOWN) if start else None,
        "after": start + SHOWN if start + SHOWN < len(mine) else None,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
    }
    return http.page(request, "billing/left.html", context)


def _figures(rows: list[LeftToBill], today: date) -> list[tuple[str, int, object]]:
    """Number and euros of what is due, of what has its day, of what waits."""
    due = [one for one in rows if one.due_on and one.due_on <= today]
    later = [one for one in rows if one.due_on and one.due_on > today]
    waits = [one for one in rows if one.due_on is None]
    return [
        (label, len(mine), sum((one.net for one in mine), ZERO))
        for label, mine in (
            (gettext("À facturer aujourd'hui"), due),
            (gettext("À leur jour"), later),
            (gettext("En attente"), waits),
        )
    ]


@login_required
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest) -> HttpResponse:
    """Say what a run would do with the findings of each document, then do it."""
    actor = http.actor_of(request)
    today = clock.today()
    if request.method == "POST":
        on = _day(request.POST.get("le", ""), default=today, last=today)
        return _done(request, commands.run_billing(actor=actor, on=on))
    actor.require(Right.DRAFT_INVOICES)
    on = _day(request.GET.get("le", ""), default=today, last=today)
    report = commands.plan_run(actor=actor, on=on, limit=EXAMINED)
    context = {
        "report": report,
        "on": on,
        "today": today,
        "ready": [one for one in report.drafts if not one.why],
        "kept": [(one, _shown(one)) for one in report.kept],
        "ready_total": sum((one.gross for one in report.drafts if not one.why), ZERO),
        "left": report.left[:SHOWN],
        "examined": EXAMINED,
        "may_issue": Right.ISSUE_INVOICES in actor.rights,
    }
    return http.page(request, "billing/run.html", context)


def _shown(one: RunDraft) -> list[Shown]:
    return shown(one.findings, buyer_id=one.party_id, invoice_id=one.invoice_id)


def _done(request: HttpRequest, report: RunReport) -> HttpResponse:
    issued, kept = len(report.issued), len(report.kept)
    if issued:
        told = counted(
            "Une facture est émise, son fichier se prépare.",
            "{number} factures sont émises, leurs fichiers se préparent.",
            issued,
        )
        messages.success(request, told)
    if kept:
        told = counted(
            "Une reste en brouillon : ouvrez-la pour lire pourquoi.",
            "{number} restent en brouillon : ouvrez-les pour lire pourquoi.",
            kept,
        )
        messages.error(request, told)
        return redirect(f"{reverse('billing:invoices')}?vue={View.DRAFTS}")
    if not issued:
        messages.info(request, gettext("Rien n'était à facturer ce jour-là."))
        return redirect("billing:run")
    return redirect("billing:invoices")


@login_required
@require_GET
def delays(request: HttpRequest) -> HttpResponse:
    """Days from the supply to the invoice, by customer, over a period; or the same as a file."""
    actor = http.actor_of(request)
    today = clock.today()
    until = _day(request.GET.get("au", ""), default=today)
    since = _day(request.GET.get("du", ""), default=until - timedelta(days=DELAY_DAYS))
    found = queries.billing_delays(actor=actor, since=since, until=until)
    kind = request.GET.get("format", "")
    if kind in {"csv", "xlsx"}:
        content = queries.export_delays(found.rows, kind=kind)
        return http.download(content, f"delais-de-facturation-{until:%Y-%m-%d}.{kind}")
    context = {"found": found, "rows": found.rows[:SHOWN], "since": since, "until": until}
    return http.page(request, "billing/delays.html", context)


@login_required
@require_GET
def exposure(request: HttpRequest, party_id: int) -> HttpResponse:
    """What a customer may owe and owes, for its record; a page of its own without htmx."""
    actor = http.actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    credit = queries.credit_of(actor=actor, party_ids=[party.pk])[party.pk]
    context = {"party": party, "credit": credit}
    return http.page(request, "billing/exposure.html", context, fragment="billing/_exposure.html")
