"""Procédures collectives: announcements to answer, cases, debts cut at the judgment, the claim."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection import commands, queries
from echeance.collection.forms_insolvency import (
    CaseChangeForm,
    CaseForm,
    CloseForm,
    NoticeFileForm,
    SentForm,
    SplitForm,
)
from echeance.collection.models import InsolvencyCase
from echeance.collection.types import InsolvencyKind
from echeance.core.insolvency import claim_terms, is_away
from echeance.core.money import ZERO, format_amount

LISTED = 200
FILE_BYTES_MAX = 20 * 1024 * 1024


@login_required
@require_http_methods(["GET", "POST"])
def insolvencies(request: HttpRequest) -> HttpResponse:
    """Announcements to answer and cases; the form records one by hand. Five queries."""
    actor = http.actor_of(request)
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        case = commands.record_insolvency(
            actor=actor,
            party_id=cash.party_by_code(actor=actor, code=facts["party"]),
            kind=InsolvencyKind(facts["kind"]),
            judgment_on=facts["judgment_on"],
            published_on=facts["published_on"],
            court=facts["court"],
            representative=facts["representative"],
            representative_address=facts["representative_address"],
        )
        messages.success(request, gettext("Procédure notée : vérifiez le partage des créances."))
        return redirect("collection:insolvency", case.pk)
    context = {
        "form": form,
        "file_form": NoticeFileForm(),
        "notices": queries.insolvency_notices(actor=actor, unsettled=True)[:LISTED],
        "cases": queries.insolvency_cases(actor=actor)[:LISTED],
        "today": clock.today(),
        "may_handle": Right.HANDLE_DISPUTES in actor.rights,
    }
    status = 422 if form.errors else 200
    return http.page(request, "collection/insolvencies.html", context, status=status)


@login_required
@require_POST
def insolvency_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Answer an announcement: record the proceedings it tells of, or set it aside."""
    actor = http.actor_of(request)
    if request.POST.get("answer") == "record":
        case = commands.record_from_notice(actor=actor, notice_id=notice_id)
        messages.success(request, gettext("Procédure notée : vérifiez le partage des créances."))
        return redirect("collection:insolvency", case.pk)
    commands.dismiss_notice(actor=actor, notice_id=notice_id)
    messages.success(request, gettext("Annonce écartée : ce n'est pas notre client."))
    return redirect("collection:insolvencies")


@login_required
@require_POST
def insolvency_file(request: HttpRequest) -> HttpResponse:
    """Read announcements from a file."""
    form = NoticeFileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Choisissez le fichier JSON du BODACC."))
        return redirect("collection:insolvencies")
    file = form.cleaned_data["file"]
    report = commands.read_notices(
        actor=http.actor_of(request), content=file.read(FILE_BYTES_MAX + 1), filename=file.name
    )
    messages.success(
        request,
        counted(
            "{number} annonce nouvelle sur vos clients.",
            "{number} annonces nouvelles sur vos clients.",
            report.new,
        ),
    )
    return redirect("collection:insolvencies")


@login_required
@require_GET
def insolvency(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: its terms, its debts cut at the judgment, its claim. Eight queries."""
    return _page(request, case_id)


def _page(request: HttpRequest, case_id: int, **forms: Any) -> HttpResponse:
    actor = http.actor_of(request)
    case = queries.insolvency_for(actor=actor, case_id=case_id)
    rows = list(queries.insolvency_items(actor=actor, case_id=case.pk))
    away = is_away(actor.company.country, actor.company.postcode)
    terms = claim_terms(case.published_on, away=away) if case.published_on else None
    context = {
        "case": case,
        "rows": rows,
        "terms": terms,
        "late": bool(terms and not case.claimed_on and terms.claim_due_on < clock.today()),
        "paid": queries.paid_after_judgment(actor=actor, case=case),
        "may_handle": Right.HANDLE_DISPUTES in actor.rights,
        "split_form": _split_form(actor, case, None),
        "sent_form": SentForm(),
        "change_form": CaseChangeForm(
            initial={
                "kind": case.kind,
                "published_on": case.published_on,
                "court": case.court,
                "representative": case.representative,
                "representative_address": case.representative_address,
                "admitted_amount": case.admitted_amount,
            }
        ),
        "close_form": CloseForm(),
        **forms,
    }
    return http.page(request, "collection/insolvency.html", context, status=422 if forms else 200)


def _split_form(actor: Actor, case: InsolvencyCase, data: Any) -> SplitForm:
    rows = queries.insolvency_items(actor=actor, case_id=case.pk)
    return SplitForm(
        data,
        rows=[
            (row.pk, f"{row.document_ref} : {format_amount(row.before + row.after)}")
            for row in rows
        ],
    )


@login_required
@require_POST
def insolvency_split(request: HttpRequest, case_id: int) -> HttpResponse:
    """Correct the cut of a debt, or cut again what was booked since."""
    actor = http.actor_of(request)
    if "refresh" in request.POST:
        commands.refresh_insolvency_items(actor=actor, case_id=case_id)
        messages.success(request, gettext("Factures relues."))
        return redirect("collection:insolvency", case_id)
    case = queries.insolvency_for(actor=actor, case_id=case_id)
    form = _split_form(actor, case, request.POST)
    if not form.is_valid():
        return _page(request, case_id, split_form=form)
    facts = form.cleaned_data
    commands.change_insolvency_item(
        actor=actor, item_id=facts["item"], before=facts["before"], secured=facts["secured"]
    )
    messages.success(request, gettext("Partage corrigé."))
    return redirect("collection:insolvency", case_id)


@login_required
@require_POST
def insolvency_claim(request: HttpRequest, case_id: int) -> HttpResponse:
    """Make the claim, as PDF and Word."""
    case = commands.make_claim(actor=http.actor_of(request), case_id=case_id)
    told = gettext("Déclaration de {amount} prête : relisez-la, signez-la, envoyez-la.")
    messages.success(request, told.format(amount=format_amount(case.claimed_amount or ZERO)))
    return redirect("collection:insolvency", case_id)


@login_required
@require_POST
def insolvency_declared(request: HttpRequest, case_id: int) -> HttpResponse:
    """Record that the claim was sent, with its proof."""
    form = SentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, case_id, sent_form=form)
    facts = form.cleaned_data
    file = facts["proof_file"]
    commands.declare_claim(
        actor=http.actor_of(request),
        case_id=case_id,
        on=facts["sent_on"],
        proof=file.read(FILE_BYTES_MAX) if file else b"",
        filename=file.name if file else "",
    )
    messages.success(request, gettext("Envoi noté."))
    return redirect("collection:insolvency", case_id)


@login_required
@require_POST
def insolvency_change(request: HttpRequest, case_id: int) -> HttpResponse:
    """Complete a case."""
    form = CaseChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, case_id, change_form=form)
    facts = form.cleaned_data
    commands.change_insolvency(
        actor=http.actor_of(request),
        case_id=case_id,
        kind=InsolvencyKind(facts["kind"]),
        published_on=facts["published_on"],
        court=facts["court"],
        representative=facts["representative"],
        representative_address=facts["representative_address"],
        admitted_amount=facts["admitted_amount"],
    )
    messages.success(request, gettext("Procédure complétée."))
    return redirect("collection:insolvency", case_id)


@login_required
@require_POST
def insolvency_close(request: HttpRequest, case_id: int) -> HttpResponse:
    """Close a case."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, case_id, close_form=form)
    commands.close_insolvency(
        actor=http.actor_of(request),
        case_id=case_id,
        closed_on=form.cleaned_data["closed_on"],
        reason=form.cleaned_data["closing_reason"],
    )
    messages.success(request, gettext("Procédure close."))
    return redirect("collection:insolvency", case_id)
