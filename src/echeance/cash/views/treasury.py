"""Cheques, tills, payouts: money that reaches the bank later, in a lump."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.forms_treasury import (
    MOVE_LABELS,
    ChequeForm,
    CountForm,
    DepositForm,
    MovementForm,
    PayoutForm,
    PeriodForm,
    TillForm,
)
from echeance.cash.models import BankAccount
from echeance.cash.types import NewCheque, NewTillMovement
from echeance.core.dates import month_end, month_start
from echeance.core.tabular import write_csv, write_xlsx
from echeance.ledger import queries as ledger

LISTED = 200
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
BOOK_TITLES = ("Date", "Nature", "Libellé", "Pièce", "Tiers", "Recette", "Dépense", "Solde")


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal()]


def _may_match(request: HttpRequest) -> bool:
    return Right.MATCH_PAYMENTS in http.actor_of(request).rights


@login_required
@require_http_methods(["GET", "POST"])
def cheques(request: HttpRequest) -> HttpResponse:
    """Cheques to hand to the bank, slips, and the form that records a cheque. Twelve queries."""
    actor = http.actor_of(request)
    form = ChequeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        party_id, items = queries.shares_of_documents(
            actor=actor,
            numbers=facts["documents"],
            amount=facts["amount"],
            party_code=facts["party"],
        )
        if party_id is None:
            form.add_error("party", gettext("Donnez une facture réglée ou le code du client."))
        else:
            new = NewCheque(
                party_id=party_id,
                number=facts["number"],
                amount=facts["amount"],
                received_on=facts["received_on"],
                items=items,
                bank_name=facts["bank_name"],
            )
            commands.record_cheques(actor=actor, cheques=[new])
            told = gettext("Chèque n° {number} enregistré.").format(number=new.number)
            messages.success(request, told)
            return redirect("cash:cheques")
    deposited = list(queries.cheques(actor=actor, standing="deposited")[:LISTED])
    proposals = {
        one.lump_id: one for one in queries.lump_proposals(actor=actor) if one.kind == "cheques"
    }
    context = {
        "form": form,
        "deposit_form": DepositForm(accounts=_banks(request)),
        "held": queries.cheques(actor=actor, standing="held")[:LISTED],
        "deposited": [row for row in deposited if row.deposit and row.deposit.match_id],
        "unpaid": queries.cheques(actor=actor, standing="unpaid")[:LISTED],
        "deposits": [
            (row, proposals.get(row.pk)) for row in queries.cheque_deposits(actor=actor)[:LISTED]
        ],
        "may_match": _may_match(request),
    }
    return http.page(request, "cash/cheques.html", context, status=422 if form.errors else 200)


def _banks(request: HttpRequest) -> list[tuple[int, str]]:
    rows = queries.bank_accounts(actor=http.actor_of(request))
    kind = BankAccount.AccountKind.BANK
    return [(row.pk, row.name) for row in rows if row.iban and row.kind == kind]


@login_required
@require_POST
def cheques_deposit(request: HttpRequest) -> HttpResponse:
    """Put the ticked cheques on a slip, or cancel them."""
    actor = http.actor_of(request)
    chosen = _numbers(request.POST.getlist("chosen"))
    if "cancel" in request.POST:
        count = commands.cancel_cheques(actor=actor, cheque_ids=chosen)
        told = counted("{number} chèque annulé.", "{number} chèques annulés.", count)
        messages.success(request, told)
        return redirect("cash:cheques")
    form = DepositForm(request.POST, accounts=_banks(request))
    if not form.is_valid():
        messages.error(request, gettext("Choisissez le compte à créditer et la date de remise."))
        return redirect("cash:cheques")
    row = commands.deposit_cheques(
        actor=actor,
        bank_account_id=form.cleaned_data["bank_account"],
        cheque_ids=chosen,
        deposited_on=form.cleaned_data["deposited_on"],
    )
    told = gettext("Remise {number} prête : imprimez son bordereau.").format(number=row.number)
    messages.success(request, told)
    return redirect("cash:cheques")


@login_required
@require_POST
def deposit_act(request: HttpRequest, deposit_id: int) -> HttpResponse:
    """Book the bank line of a slip, or cancel the slip."""
    actor = http.actor_of(request)
    lines = _numbers(request.POST.getlist("entry"))
    if lines:
        commands.clear_deposit(actor=actor, deposit_id=deposit_id, entry_id=lines[0])
        messages.success(request, gettext("Remise portée en banque."))
    else:
        commands.cancel_deposit(actor=actor, deposit_id=deposit_id)
        messages.success(request, gettext("Remise annulée : ses chèques attendent de nouveau."))
    return redirect("cash:cheques")


@login_required
@require_http_methods(["GET", "POST"])
def cheque(request: HttpRequest, cheque_id: int) -> HttpResponse:
    """One cheque: what it pays, and the debit of the bank that returns it unpaid."""
    actor = http.actor_of(request)
    row = queries.cheque_for(actor=actor, cheque_id=cheque_id)
    if request.method == "POST":
        entry_id = (_numbers(request.POST.getlist("entry")) or [0])[0]
        commands.return_cheque(actor=actor, cheque_id=cheque_id, entry_id=entry_id)
        messages.success(request, gettext("Chèque impayé : ce qu'il réglait est de nouveau dû."))
        return redirect("cash:cheques")
    context = {
        "cheque": row,
        "lines": queries.unpaid_lines(actor=actor, cheque=row) if not row.unpaid_at else (),
        "paid": [
            one
            for one in ledger.allocations_of(actor=actor, item_ids=[row.receipt_item_id])
            if one.credit_item_id == row.receipt_item_id
        ],
        "may_match": _may_match(request),
    }
    return http.page(request, "cash/cheque.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def tills(request: HttpRequest) -> HttpResponse:
    """Tills with what is in them, and the form that opens another."""
    actor = http.actor_of(request)
    form = TillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = commands.add_till(actor=actor, **form.cleaned_data)
        messages.success(request, gettext("La caisse {name} est ouverte.").format(name=row.name))
        return redirect("cash:till", row.pk)
    rows = queries.tills(actor=actor)
    context = {
        "tills": [(row, queries.till_balance(actor=actor, till_id=row.pk)) for row in rows],
        "form": form,
        "may_edit": Right.EDIT_BANK_DETAILS in actor.rights,
    }
    return http.page(request, "cash/tills.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def till(request: HttpRequest, till_id: int) -> HttpResponse:
    """The book of a till for a month, and the form of a movement."""
    actor = http.actor_of(request)
    row = queries.till_for(actor=actor, till_id=till_id)
    form = MovementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        commands.record_till_movements(actor=actor, movements=[_movement(request, form, till_id)])
        messages.success(request, gettext("Mouvement enregistré."))
        return redirect("cash:till", till_id)
    since, until = _period(request)
    book = queries.till_book(actor=actor, till_id=till_id, since=since, until=until)
    context = {
        "till": row,
        "form": form,
        "count_form": CountForm(),
        "period": PeriodForm({"du": since, "au": until}),
        "since": since,
        "until": until,
        "book": book,
        "lines": [(line, MOVE_LABELS[line.kind]) for line in book.lines],
        "proposals": {
            one.lump_id: one for one in queries.lump_proposals(actor=actor) if one.kind == "till"
        },
        "may_match": _may_match(request),
    }
    return http.page(request, "cash/till.html", context, status=422 if form.errors else 200)


def _period(request: HttpRequest) -> tuple[date, date]:
    today = clock.today()
    form = PeriodForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    since = asked.get("du") or month_start(asked.get("au") or today)
    return since, asked.get("au") or month_end(since)


def _movement(request: HttpRequest, form: MovementForm, till_id: int) -> NewTillMovement:
    facts = form.cleaned_data
    party_id, items = queries.shares_of_documents(
        actor=http.actor_of(request),
        numbers=facts["documents"],
        amount=facts["amount"],
        party_code=facts["party"],
        prefix="411" if facts["kind"] == "receipt" else "401",
    )
    return NewTillMovement(
        till_id=till_id,
        kind=facts["kind"],
        on=facts["on"],
        amount=facts["amount"],
        label=facts["label"],
        party_id=party_id,
        items=items,
        account=facts["account"],
        vat=facts["vat"] or Decimal(0),
        piece_ref=facts["piece_ref"],
    )


@login_required
@require_POST
def till_act(request: HttpRequest, till_id: int) -> HttpResponse:
    """Count a till, cancel ticked movements, or book the bank line of one."""
    actor = http.actor_of(request)
    lines, chosen = (_numbers(request.POST.getlist(name)) for name in ("entry", "chosen"))
    if "counted" in request.POST:
        form = CountForm(request.POST)
        if not form.is_valid():
            messages.error(request, gettext("Donnez le jour et les espèces comptées."))
            return redirect("cash:till", till_id)
        made = commands.count_till(actor=actor, till_id=till_id, **form.cleaned_data)
        told = gettext("Comptage noté, l'écart est passé.") if made else gettext("Caisse juste.")
        messages.success(request, told)
    elif lines and chosen:
        commands.clear_till_movement(actor=actor, movement_id=chosen[0], entry_id=lines[0])
        messages.success(request, gettext("Mouvement porté en banque."))
    elif chosen:
        count = commands.cancel_till_movements(actor=actor, movement_ids=chosen)
        told = counted("{number} mouvement annulé.", "{number} mouvements annulés.", count)
        messages.success(request, told)
    return redirect("cash:till", till_id)


@login_required
@require_GET
def till_export(request: HttpRequest, till_id: int) -> HttpResponse:
    """The book of a till as a file, ``csv`` or ``xlsx``."""
    actor = http.actor_of(request)
    row = queries.till_for(actor=actor, till_id=till_id)
    since, until = _period(request)
    book = queries.till_book(actor=actor, till_id=row.pk, since=since, until=until)
    kind = request.GET.get("format", "csv")
    kind = kind if kind in WRITERS else "csv"
    rows = [
        (since, "", gettext("Solde initial"), "", "", None, None, book.opening),
        *(
            (
                line.on,
                gettext(MOVE_LABELS[line.kind]),
                line.label,
                line.piece_ref,
                line.party_name,
                line.received or None,
                line.paid or None,
                line.balance,
            )
            for line in book.lines
        ),
        (until, "", gettext("Solde final"), "", "", book.received, book.paid, book.closing),
    ]
    headers = [gettext(header) for header in BOOK_TITLES]
    content = WRITERS[kind](headers, rows)
    return http.download(content, f"livre-de-caisse-{since.isoformat()}.{kind}")


@login_required
@require_http_methods(["GET", "POST"])
def payouts(request: HttpRequest) -> HttpResponse:
    """Payouts of card providers, and the form that takes in a report."""
    actor = http.actor_of(request)
    form = PayoutForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = commands.import_payouts(actor=actor, content=file.read(), filename=file.name)
        told = counted("{number} versement importé.", "{number} versements importés.", len(made))
        messages.success(request, told)
        return redirect("cash:payout", made[0])
    context = {
        "form": form,
        "payouts": queries.payouts(actor=actor)[:LISTED],
        "may_import": Right.IMPORT_STATEMENTS in actor.rights,
    }
    return http.page(request, "cash/payouts.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def payout(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One payout: its operations, the invoices they pay, the bank line that brought it."""
    actor = http.actor_of(request)
    row = queries.payout_for(actor=actor, batch_id=batch_id)
    if request.method == "POST":
        return _payout_act(request, batch_id)
    found = [one for one in queries.payout_proposals(actor=actor) if one.lump_id == batch_id]
    context = {
        "payout": row,
        "lines": sorted(row.lines.all(), key=lambda line: line.position),
        "proposal": found[0] if found else None,
        "may_match": _may_match(request),
    }
    return http.page(request, "cash/payout.html", context)


def _payout_act(request: HttpRequest, batch_id: int) -> HttpResponse:
    actor = http.actor_of(request)
    lines = _numbers(request.POST.getlist("entry"))
    if lines:
        commands.match_payout(actor=actor, batch_id=batch_id, entry_id=lines[0])
        messages.success(request, gettext("Versement porté en banque, factures soldées."))
        return redirect("cash:payout", batch_id)
    items: dict[int, int] = {}
    for name in request.POST:
        number = request.POST.get(name, "").strip()
        if name.startswith("line-") and name[5:].isdecimal() and number:
            items[int(name[5:])] = queries.item_of_document(actor=actor, number=number)
    count = commands.identify_payout_lines(actor=actor, batch_id=batch_id, items=items)
    told = counted("{number} opération identifiée.", "{number} opérations identifiées.", count)
    messages.success(request, told)
    return redirect("cash:payout", batch_id)
