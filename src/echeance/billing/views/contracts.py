"""Contracts in pages: what each has billed and is to bill, amendments, terminations, indexes."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import amount, counted, terms, translated
from echeance.base.paging import Page, Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import AmendForm, ContractForm, IndexForm, IndexValueForm, TerminateForm
from echeance.billing.models import Contract
from echeance.billing.rules import billable
from echeance.billing.views.invoice import plain, unit_of
from echeance.core.errors import ConfirmationNeededError, EcheanceError
from echeance.core.money import ZERO

PAGE_SIZE = 50
PERIODS_SHOWN = 60
VALUES_SHOWN = 60
_LATEST = Sort("id", IntegerField().to_python, descending=True)
STATES = {
    "due": (gettext_noop("à facturer"), "info"),
    "waiting": (gettext_noop("en attente"), "warn"),
    "drafted": (gettext_noop("en brouillon"), "neutral"),
    "billed": (gettext_noop("facturée"), "good"),
    "waived": (gettext_noop("non facturée"), "neutral"),
    "coming": (gettext_noop("à venir"), "neutral"),
}
"""What each state of a period is called, and its tone."""
_BAD_DAY = gettext_noop("Choisissez une période de la liste et donnez un motif.")


@login_required
@require_GET
def contracts(request: HttpRequest) -> HttpResponse:
    """Contracts, the latest first. Three queries."""
    actor = http.actor_of(request)
    state = request.GET.get("etat", "running")
    state = state if state in {"running", "ended", ""} else "running"
    text = request.GET.get("q", "").strip()[:100]
    page: Page[Contract] = page_of(
        queries.contract_list(actor=actor, text=text, state=state, on=clock.today()),
        sort=_LATEST,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "tabs": [
            ("running", gettext("En cours")),
            ("ended", gettext("Terminés")),
            ("", gettext("Tous")),
        ],
        "state": state,
        "text": text,
        "may_edit": Right.IMPORT_ORDERS in actor.rights,
    }
    return http.page(request, "billing/contracts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contract_new(request: HttpRequest) -> HttpResponse:
    """A new contract."""
    actor = http.actor_of(request)
    actor.require(Right.IMPORT_ORDERS)
    initial = {
        "starts_on": clock.today().replace(day=1),
        "customer": request.GET.get("client", "")[:200],
    }
    form = ContractForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            party_id = queries.party_named(actor=actor, text=form.cleaned_data["customer"])
            (row,) = commands.create_contracts(actor=actor, contracts=[form.facts(party_id)])
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("Le contrat {number} est enregistré.").format(number=row.number)
            messages.success(request, told)
            return redirect("billing:contract", row.pk)
    status = 422 if form.is_bound else 200
    return http.page(request, "billing/contract_new.html", {"form": form}, status=status)


@login_required
@require_GET
def contract(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A contract: its periods, its lines at their next price, its revisions. Seventeen queries."""
    actor = http.actor_of(request)
    return _shown(request, actor, queries.contract_for(actor=actor, contract_id=contract_id))


def _shown(
    request: HttpRequest,
    actor: Actor,
    row: Contract,
    *,
    amend: AmendForm | None = None,
    terminate: TerminateForm | None = None,
) -> HttpResponse:
    today = clock.today()
    stands = queries.contract_stands(actor=actor, contract=row, on=today)
    coming = queries.next_piece(actor=actor, contract=row, on=today)
    billed = [one.invoice_id for one in stands if one.state == "billed" and one.invoice_id]
    due = [one for one in stands if one.state == "due"]
    live = row.terminated_at is None
    may_edit = Right.IMPORT_ORDERS in actor.rights and live
    context = {
        "contract": row,
        "credited": queries.wholly_credited(billed),
        "terms": terms(row.payment_terms) if row.payment_terms else "",
        "lines": [
            (line, plain(line.quantity), unit_of(line.unit_code))
            for line in queries.contract_lines(actor=actor, contract_id=row.pk)
        ],
        "stands": [(one, gettext(STATES[one.state][0]), STATES[one.state][1]) for one in stands][
            -PERIODS_SHOWN:
        ],
        "left": [one for one in stands if one.state in {"due", "waiting", "coming"}],
        "due_count": len(due),
        "due_net": sum((one.net for one in due), ZERO),
        "coming": coming,
        "revisions": queries.contract_revisions(actor=actor, contract_id=row.pk),
        "formula": _formula(row),
        "today": today,
        "amend_form": amend or AmendForm(initial={"on": today}),
        "terminate_form": terminate or TerminateForm(initial={"ends_on": today}),
        "may_edit": may_edit,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
    }
    bad = amend is not None or terminate is not None
    return http.page(request, "billing/contract.html", context, status=422 if bad else 200)


def _formula(row: Contract) -> str:
    """The clause as people write it: ``P = P0 × (0,15 + 0,85 × SYNTEC ÷ 300)``."""
    if not row.formula:
        return ""
    parts = [row.formula["fixed"]] if row.formula["fixed"] not in {"0", "0.00"} else []
    parts += [
        f"{weight} × {code} ÷ {row.formula['bases'][code]}"
        for code, weight in row.formula["weights"].items()
    ]
    return f"P = P0 × ({' + '.join(parts)})".replace(".", ",")


@login_required
@require_POST
def contract_bill(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Draft every period of the contract that is due."""
    actor = http.actor_of(request)
    row = queries.contract_for(actor=actor, contract_id=contract_id)
    planned = queries.groups_to_bill(actor=actor, on=clock.today())
    mine = [
        group
        for group in planned.due
        if all(
            piece.source == billable.CONTRACT and piece.source_id == row.pk
            for piece in group.pieces
        )
    ]
    made = commands.draft_groups(actor=actor, groups=mine, rules=planned.rules)
    if not made:
        messages.info(request, gettext("Rien n'est à facturer de ce contrat aujourd'hui."))
    else:
        told = counted(
            "Une facture est en brouillon. Vérifiez-la.",
            "{number} factures sont en brouillon. Vérifiez-les.",
            len(made),
        )
        messages.success(request, told)
    return redirect("billing:contract", row.pk)


@login_required
@require_POST
def contract_waive(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Say that a period will not be billed."""
    actor = http.actor_of(request)
    reason = request.POST.get("reason", "").strip()
    try:
        day = date.fromisoformat(request.POST.get("starts_on", ""))
    except ValueError:
        messages.error(request, gettext(_BAD_DAY))
        return redirect("billing:contract", contract_id)
    if not reason:
        messages.error(request, gettext(_BAD_DAY))
        return redirect("billing:contract", contract_id)
    commands.waive_periods(actor=actor, contract_id=contract_id, starts_on=[day], reason=reason)
    messages.success(request, gettext("La période ne sera pas facturée."))
    return redirect("billing:contract", contract_id)


@login_required
@require_POST
def contract_reopen(request: HttpRequest, contract_id: int, period_id: int) -> HttpResponse:
    """Give a period back to the next run."""
    actor = http.actor_of(request)
    queries.contract_for(actor=actor, contract_id=contract_id)
    reason = request.POST.get("reason", "").strip()[:200]
    commands.reopen_periods(actor=actor, period_ids=[period_id], reason=reason)
    messages.success(request, gettext("La période est de nouveau à facturer."))
    return redirect("billing:contract", contract_id)


@login_required
@require_POST
def contract_amend(request: HttpRequest, contract_id: int) -> HttpResponse:
    """End lines, begin others."""
    actor = http.actor_of(request)
    row = queries.contract_for(actor=actor, contract_id=contract_id)
    form = AmendForm(request.POST)
    ended = [int(pk) for pk in request.POST.getlist("chosen")[:200] if pk.isdecimal()]
    if form.is_valid():
        try:
            commands.amend_contract(
                actor=actor,
                contract_id=row.pk,
                on=form.cleaned_data["on"],
                ended=ended,
                begun=form.cleaned_data["lines"],
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Avenant enregistré."))
            return redirect("billing:contract", row.pk)
    return _shown(request, actor, row, amend=form)


@login_required
@require_POST
def contract_terminate(request: HttpRequest, contract_id: int) -> HttpResponse:
    """End a contract; what was billed beyond its last day becomes draft credit notes."""
    actor = http.actor_of(request)
    row = queries.contract_for(actor=actor, contract_id=contract_id)
    form = TerminateForm(request.POST)
    if form.is_valid():
        if request.POST.get("confirmed") != "billing.terminate_contract":
            raise ConfirmationNeededError(
                key="billing.terminate_contract",
                question=gettext(
                    "Résilier le contrat {number} au {day} ? Ce qui est facturé au-delà donne un "
                    "avoir en brouillon, et un contrat résilié ne se reprend pas."
                ).format(number=row.number, day=f"{form.cleaned_data['ends_on']:%d/%m/%Y}"),
            )
        try:
            done = commands.terminate_contract(actor=actor, contract_id=row.pk, **form.cleaned_data)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("Contrat résilié.")
            if done.credit_ids:
                told = gettext(
                    "Contrat résilié. Avoirs en brouillon : {number}, {total} HT. Vérifiez-les."
                ).format(number=len(done.credit_ids), total=amount(done.credited))
            messages.success(request, told)
            return redirect("billing:contract", row.pk)
    return _shown(request, actor, row, terminate=form)


# -- indexes --------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def indexes(request: HttpRequest) -> HttpResponse:
    """Indexes and their published values; one is added at a time. Four queries."""
    actor = http.actor_of(request)
    index_form, value_form = IndexForm(), IndexValueForm()
    status = 200
    if request.method == "POST":
        actor.require(Right.IMPORT_ORDERS)
        status = 422
        form: IndexForm | IndexValueForm
        if request.POST.get("do") == "index":
            form = index_form = IndexForm(request.POST)
        else:
            form = value_form = IndexValueForm(request.POST)
        if form.is_valid():
            try:
                if isinstance(form, IndexForm):
                    commands.save_index(actor=actor, **form.cleaned_data)
                else:
                    commands.save_index_values(actor=actor, values=[form.facts()])
            except EcheanceError as error:
                form.add_error(None, translated(error))
            else:
                messages.success(request, gettext("Indice enregistré."))
                return redirect("billing:indexes")
    context = {
        "indexes": queries.price_indexes(actor=actor),
        "values": queries.index_values(actor=actor)[:VALUES_SHOWN],
        "index_form": index_form,
        "value_form": value_form,
        "may_edit": Right.IMPORT_ORDERS in actor.rights,
    }
    return http.page(request, "billing/indexes.html", context, status=status)
