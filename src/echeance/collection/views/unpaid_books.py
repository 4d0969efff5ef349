"""Créances douteuses: what is doubtful, allowed for, lost, received since; each act previewed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.forms_insolvency import ReceivedForm, UnpaidActForm
from echeance.collection.types import UnpaidEntryKind, VatClaim
from echeance.core.money import ZERO, format_amount
from echeance.ledger import queries as ledger

LISTED = 500
ACTS = {
    "douteux": UnpaidEntryKind.DOUBTFUL,
    "depreciation": UnpaidEntryKind.ALLOWANCE,
    "perte": UnpaidEntryKind.LOSS,
}
BACK = "retour"


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal()]


@login_required
@require_GET
def unpaid(request: HttpRequest) -> HttpResponse:
    """Debts to doubt, doubtful ones with their allowance, losses, totals beside the accounts."""
    return _page(request, UnpaidActForm())


def _page(request: HttpRequest, form: UnpaidActForm, **more: object) -> HttpResponse:
    actor = http.actor_of(request)
    today = clock.today()
    context = {
        "form": form,
        "proposed": queries.to_doubt(actor=actor, on=today)[:LISTED],
        "doubtful": queries.doubtful_debts(actor=actor, on=today)[:LISTED],
        "losses": queries.losses(actor=actor)[:LISTED],
        "acts": queries.unpaid_entries(actor=actor)[:50],
        "totals": queries.unpaid_totals(actor=actor),
        "received_form": _received_form(actor, None),
        "may_write_off": Right.WRITE_OFF in actor.rights,
        **more,
    }
    return http.page(request, "collection/unpaid.html", context, status=422 if form.errors else 200)


def _received_form(actor: Actor, data: object) -> ReceivedForm:
    standing = [(row, back) for row, back in queries.losses(actor=actor) if row.amount > back]
    owners = {row.party_id for row, _ in standing}
    receipts = (
        [
            one
            for one in ledger.open_items(actor=actor, party_ids=owners, side="credit")
            if one.kind == "receipt"
        ]
        if owners
        else []
    )
    return ReceivedForm(
        data,
        losses=[
            (row.pk, f"{row.document_ref}, {row.party.name} : {format_amount(row.amount - back)}")
            for row, back in standing
        ],
        receipts=[
            (
                one.item_id,
                gettext("{number} du {day} : {amount}").format(
                    number=one.document_ref,
                    day=f"{one.document_date:%d/%m/%Y}",
                    amount=format_amount(one.open_amount),
                ),
            )
            for one in receipts
        ],
    )


@login_required
@require_POST
def unpaid_act(request: HttpRequest) -> HttpResponse:
    """Show the entries of an act on the ticked debts; book them once they are confirmed."""
    actor = http.actor_of(request)
    chosen = _numbers(request.POST.getlist("chosen"))
    wanted = request.POST.get("act", "")
    if not chosen:
        messages.error(request, gettext("Cochez au moins une créance."))
        return redirect("collection:unpaid")
    if wanted == BACK:
        count = commands.take_back_doubtful(actor=actor, item_ids=chosen, on=clock.today())
        messages.success(
            request,
            counted(
                "{number} créance revenue au compte client.",
                "{number} créances revenues au compte client.",
                count,
            ),
        )
        return redirect("collection:unpaid")
    form = UnpaidActForm(request.POST)
    if wanted not in ACTS or not form.is_valid():
        return _page(request, form, chosen=chosen)
    facts = form.cleaned_data
    act = ACTS[wanted]
    if act is UnpaidEntryKind.ALLOWANCE and facts["rate_percent"] is None:
        form.add_error("rate_percent", gettext("Donnez le taux de dépréciation."))
        return _page(request, form, chosen=chosen)
    claim = VatClaim(facts["proof"], facts["proved_on"]) if facts["claim"] else None
    if "confirm" not in request.POST:
        lines = commands.preview_unpaid(
            actor=actor,
            act=act,
            item_ids=chosen,
            on=facts["on"],
            reason=facts["reason"],
            rate_percent=facts["rate_percent"] or ZERO,
            claim=claim if act is UnpaidEntryKind.LOSS else None,
        )
        context = {
            "form": form,
            "lines": lines,
            "total": sum((line.debit for line in lines), ZERO),
            "act": wanted,
            "act_label": act.value,
            "chosen": chosen,
        }
        return http.page(request, "collection/unpaid_preview.html", context)
    _book(actor, act, chosen, form, claim)
    messages.success(
        request,
        counted("{number} créance passée.", "{number} créances passées.", len(chosen)),
    )
    return redirect("collection:unpaid")


def _book(
    actor: Actor,
    act: UnpaidEntryKind,
    chosen: list[int],
    form: UnpaidActForm,
    claim: VatClaim | None,
) -> None:
    facts = form.cleaned_data
    on, reason = facts["on"], facts["reason"]
    if act is UnpaidEntryKind.DOUBTFUL:
        commands.move_to_doubtful(actor=actor, item_ids=chosen, on=on, reason=reason)
    elif act is UnpaidEntryKind.LOSS:
        commands.write_off_losses(actor=actor, item_ids=chosen, on=on, reason=reason, claim=claim)
    else:
        commands.set_allowance(
            actor=actor,
            item_ids=chosen,
            rate_percent=facts["rate_percent"],
            on=on,
            reason=reason,
        )


@login_required
@require_POST
def unpaid_undo(request: HttpRequest) -> HttpResponse:
    """Undo one act: its entry is reversed today."""
    commands.undo_unpaid(
        actor=http.actor_of(request),
        entry_ids=_numbers(request.POST.getlist("entry")),
        on=clock.today(),
    )
    messages.success(request, gettext("Écriture annulée par une écriture inverse."))
    return redirect("collection:unpaid")


@login_required
@require_POST
def unpaid_received(request: HttpRequest) -> HttpResponse:
    """Book money received of a debt that was written off."""
    actor = http.actor_of(request)
    form = _received_form(actor, request.POST)
    if not form.is_valid():
        return _page(request, UnpaidActForm(), received_form=form)
    facts = form.cleaned_data
    row = commands.record_recovery(
        actor=actor,
        loss_id=facts["loss"],
        receipt_item_id=facts["receipt"],
        amount=facts["amount"],
        on=facts["on"],
    )
    messages.success(
        request,
        gettext("{amount} encaissés sur {number} après sa perte.").format(
            amount=format_amount(row.amount), number=row.document_ref
        ),
    )
    return redirect("collection:unpaid")


@login_required
@require_GET
def unpaid_sheet(request: HttpRequest) -> HttpResponse:
    """The doubtful debts as a workbook."""
    today = clock.today()
    content = queries.doubtful_sheet(actor=http.actor_of(request), on=today)
    return http.download(content, f"creances-douteuses-{today}.xlsx")
