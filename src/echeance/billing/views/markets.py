"""Markets in pages: their lines, statements with live amounts, deposits, retention, milestones."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import DayForm, DepositForm, MarketForm, ProgressForm
from echeance.billing.models import Market
from echeance.billing.queries.markets import MarketState
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO

PAGE_SIZE = 50
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_GET
def markets(request: HttpRequest) -> HttpResponse:
    """Markets, latest first. Four queries."""
    actor = http.actor_of(request)
    text = request.GET.get("q", "").strip()[:100]
    open_only = request.GET.get("vue") != "tous"
    rows = queries.markets(actor=actor, text=text, open_only=open_only)
    context = {
        "page": page_of(
            rows,
            sort=_LATEST,
            after=request.GET.get("apres", ""),
            before=request.GET.get("avant", ""),
            size=PAGE_SIZE,
        ),
        "text": text,
        "open_only": open_only,
        "view": "" if open_only else "tous",
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
    }
    return http.page(request, "billing/markets.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def market_new(request: HttpRequest) -> HttpResponse:
    """The form of a market. Ten queries or so."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    form = MarketForm(
        request.POST or None,
        initial={
            "signed_on": clock.today(),
            "customer": request.GET.get("client", "")[:200],
        },
    )
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            party_id = queries.party_named(actor=actor, text=facts.pop("customer"))
            row = commands.save_market(actor=actor, party_id=party_id, **facts)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("Le marché {number} est enregistré.").format(number=row.number)
            messages.success(request, told)
            return redirect("billing:market", row.pk)
    status = 422 if form.is_bound and form.errors else 200
    return http.page(request, "billing/market_new.html", {"form": form}, status=status)


@login_required
@require_GET
def market(request: HttpRequest, market_id: int) -> HttpResponse:
    """A market: where it stands, the next statement, its documents. About thirty queries."""
    actor = http.actor_of(request)
    row = queries.market_for(actor=actor, market_id=market_id)
    return _shown(request, actor, row)


def _shown(
    request: HttpRequest,
    actor: Actor,
    row: Market,
    *,
    progress: ProgressForm | None = None,
    deposit: DepositForm | None = None,
) -> HttpResponse:
    state = queries.market_state(actor=actor, market=row)
    form = progress or _progress_form(state)
    retentions = queries.retentions(actor=actor, market_id=row.pk)
    lines = queries.market_lines(actor=actor, market_id=row.pk)
    context = {
        "market": row,
        "state": state,
        "form": form,
        "lines": list(zip(lines, state.works, form.percent_fields(), strict=True)),
        "left": state.net - state.billed,
        "statements": queries.statements(actor=actor, market_id=row.pk),
        "deposits": queries.deposits(actor=actor, market_id=row.pk),
        "deposits_left": sum((one.left for one in state.lefts), ZERO),
        "deposit_form": deposit or DepositForm(),
        "day_form": DayForm(initial={"on": clock.today()}),
        "retentions": retentions,
        "retained_open": sum((one.open_amount for one in retentions), ZERO),
        "is_open": not state.has_final
        if row.mode == Market.Mode.PROGRESS
        else state.billed < state.net,
        "by_milestones": row.mode == Market.Mode.MILESTONES,
        "plan": None,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
        "may_issue": Right.ISSUE_INVOICES in actor.rights,
    }
    bound = form.is_bound or (deposit is not None and deposit.is_bound)
    return http.page(request, "billing/market.html", context, status=422 if bound else 200)


def _progress_form(state: MarketState, request: HttpRequest | None = None) -> ProgressForm:
    percents = {one.line_id: state.percents.get(one.line_id, ZERO) for one in state.works}
    if request is None:
        return ProgressForm(percents=percents, initial={"on": clock.today()})
    data = request.POST if request.method == "POST" else request.GET
    return ProgressForm(data, percents=percents)


@login_required
@require_GET
def plan(request: HttpRequest, market_id: int) -> HttpResponse:
    """What the statement typed would bill, without writing anything. About twenty queries."""
    actor = http.actor_of(request)
    row = queries.market_for(actor=actor, market_id=market_id)
    state = queries.market_state(actor=actor, market=row)
    form = _progress_form(state, request)
    context: dict[str, object] = {"market": row, "plan": None, "problem": ""}
    if form.is_valid():
        try:
            context["plan"] = queries.plan_of(
                row, state, form.progress(state.percents), final=form.cleaned_data["final"]
            )
        except EcheanceError as error:
            context["problem"] = translated(error)
    else:
        context["problem"] = " ".join(
            str(error) for errors in form.errors.values() for error in errors
        )
    return http.page(request, "billing/_plan.html", context)


@login_required
@require_POST
def statement(request: HttpRequest, market_id: int) -> HttpResponse:
    """Draft the statement typed."""
    actor = http.actor_of(request)
    row = queries.market_for(actor=actor, market_id=market_id)
    state = queries.market_state(actor=actor, market=row)
    form = _progress_form(state, request)
    if not form.is_valid():
        return _shown(request, actor, row, progress=form)
    try:
        made = commands.draft_statement(
            actor=actor,
            market_id=row.pk,
            on=form.cleaned_data["on"],
            progress=form.progress(state.percents),
            final=form.cleaned_data["final"],
        )
    except EcheanceError as error:
        form.add_error(None, translated(error))
        return _shown(request, actor, row, progress=form)
    told = gettext("La situation n° {rank} est en brouillon. Vérifiez-la.").format(rank=made.rank)
    messages.success(request, told)
    return redirect("billing:invoice", made.invoice_id)


@login_required
@require_POST
def milestones(request: HttpRequest, market_id: int) -> HttpResponse:
    """Say which milestones were reached, or bill those that are."""
    actor = http.actor_of(request)
    if request.POST.get("do") == "bill":
        invoice = commands.draft_milestones(actor=actor, market_id=market_id)
        messages.success(request, gettext("La facture des jalons est en brouillon. Vérifiez-la."))
        return redirect("billing:invoice", invoice.pk)
    form = DayForm(request.POST)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()]
    if not chosen or not form.is_valid():
        messages.error(request, gettext("Cochez un jalon et donnez le jour où il a été atteint."))
        return redirect("billing:market", market_id)
    rows = commands.reach_milestones(
        actor=actor, market_id=market_id, line_ids=chosen, on=form.cleaned_data["on"]
    )
    told = gettext("Jalons atteints : {number}.").format(number=len(rows))
    messages.success(request, told)
    return redirect("billing:market", market_id)


@login_required
@require_POST
def deposit(request: HttpRequest, market_id: int) -> HttpResponse:
    """Ask for a deposit on a market."""
    actor = http.actor_of(request)
    row = queries.market_for(actor=actor, market_id=market_id)
    form = DepositForm(request.POST)
    if form.is_valid():
        try:
            made = commands.ask_for_deposit(actor=actor, market_id=row.pk, **form.cleaned_data)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("La facture d'acompte est en brouillon."))
            return redirect("billing:invoice", made.invoice_id)
    return _shown(request, actor, row, deposit=form)


@login_required
@require_http_methods(["GET", "POST"])
def order_deposit(request: HttpRequest, order_id: int) -> HttpResponse:
    """Ask for a deposit on an order, or bill what is left of it. Fifteen queries or so."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    order = queries.order_for(actor=actor, order_id=order_id)
    form = DepositForm(request.POST if request.POST.get("do") == "ask" else None)
    if request.POST.get("do") == "final":
        invoice = commands.draft_final_invoice(actor=actor, order_id=order.pk)
        messages.success(request, gettext("La facture définitive est en brouillon. Vérifiez-la."))
        return redirect("billing:invoice", invoice.pk)
    if form.is_bound and form.is_valid():
        try:
            made = commands.ask_for_deposit(actor=actor, order_id=order.pk, **form.cleaned_data)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("La facture d'acompte est en brouillon."))
            return redirect("billing:invoice", made.invoice_id)
    lefts = queries.deposits_left(actor=actor, order_ids=[order.pk]).get(order.pk, [])
    context = {
        "order": order,
        "form": form,
        "deposits": queries.deposits(actor=actor, order_id=order.pk),
        "left": sum((one.left for one in lefts), Decimal(0)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return http.page(request, "billing/order_deposit.html", context, status=status)


@login_required
@require_POST
def deposit_cancel(request: HttpRequest, deposit_id: int) -> HttpResponse:
    """Give up a deposit whose invoice is a draft."""
    actor = http.actor_of(request)
    row = commands.cancel_deposit(actor=actor, deposit_id=deposit_id)
    messages.success(request, gettext("L'acompte est abandonné, son brouillon est supprimé."))
    if row.market_id is not None:
        return redirect("billing:market", row.market_id)
    assert row.order_id is not None
    return redirect("billing:order_deposit", row.order_id)


@login_required
@require_POST
def accept(request: HttpRequest, market_id: int) -> HttpResponse:
    """Record the acceptance of the works, a bond, or release what is due."""
    actor = http.actor_of(request)
    match request.POST.get("do"):
        case "bond":
            numbers = commands.replace_retention(actor=actor, market_id=market_id)
            told = gettext("La caution remplace la retenue. Documents exigibles : {number}.")
        case "release":
            numbers = commands.release_retentions(actor=actor, market_id=market_id)
            told = gettext("Retenues libérées : {number}.")
        case _:
            form = DayForm(request.POST)
            if not form.is_valid():
                messages.error(request, gettext("Donnez le jour de la réception."))
                return redirect("billing:market", market_id)
            numbers = commands.accept_works(
                actor=actor, market_id=market_id, on=form.cleaned_data["on"]
            )
            told = gettext(
                "La réception est enregistrée : la retenue est due un an après. Documents "
                "reportés : {number}."
            )
    messages.success(request, told.format(number=len(numbers)))
    return redirect("billing:market", market_id)
