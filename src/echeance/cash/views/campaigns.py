"""Campaigns of transfers, direct debits and bills: prepared, approved by another person, given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.errors import CampaignStateError
from echeance.cash.forms_campaigns import (
    CampaignForm,
    NoticeForm,
    OrderIdentifiersForm,
    StatusForm,
)
from echeance.cash.models import PaymentCampaign, PaymentInstruction
from echeance.cash.types import InstructionChange
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.base.actor import Actor

LISTED = 100
State = PaymentCampaign.State
Kind = PaymentCampaign.CampaignKind
Status = PaymentInstruction.Status
TONES = {
    State.DRAFT: "neutral",
    State.PROPOSED: "warn",
    State.APPROVED: "info",
    State.EXPORTED: "good",
    State.CANCELLED: "neutral",
    Status.WAITING: "info",
    Status.EXCLUDED: "neutral",
    Status.SENT: "info",
    Status.ACCEPTED: "good",
    Status.REJECTED: "bad",
    Status.EXECUTED: "good",
    Status.RETURNED: "bad",
}
KIND_LABELS = {
    Kind.TRANSFER: gettext_noop("Virements"),
    Kind.DIRECT_DEBIT: gettext_noop("Prélèvements"),
    Kind.BILLS: gettext_noop("Effets"),
}
STATE_LABELS = {
    State.DRAFT: gettext_noop("En préparation"),
    State.PROPOSED: gettext_noop("À approuver"),
    State.APPROVED: gettext_noop("Approuvée"),
    State.EXPORTED: gettext_noop("Fichier remis"),
    State.CANCELLED: gettext_noop("Annulée"),
}
STATUS_LABELS = {
    Status.WAITING: gettext_noop("À remettre"),
    Status.EXCLUDED: gettext_noop("Exclu"),
    Status.SENT: gettext_noop("Remis"),
    Status.ACCEPTED: gettext_noop("Accepté par la banque"),
    Status.REJECTED: gettext_noop("Rejeté par la banque"),
    Status.EXECUTED: gettext_noop("Exécuté"),
    Status.RETURNED: gettext_noop("Revenu"),
}


@login_required
@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """Campaigns, the latest first. Four queries."""
    actor = http.actor_of(request)
    rows = [
        (row, KIND_LABELS[Kind(row.kind)], STATE_LABELS[State(row.state)], TONES[State(row.state)])
        for row in queries.campaigns(actor=actor)[:LISTED]
    ]
    context = {
        "rows": rows,
        "to_approve": sum(1 for row, *_ in rows if row.state == State.PROPOSED),
        "may_prepare": Right.PREPARE_PAYMENTS in actor.rights,
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
        "status_form": StatusForm(),
    }
    return http.page(request, "cash/campaigns.html", context)


@login_required
@require_POST
def campaign_status(request: HttpRequest) -> HttpResponse:
    """Take in what the bank answers to a file."""
    actor = http.actor_of(request)
    form = StatusForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Choisissez le fichier de la banque (pain.002)."))
        return redirect("cash:campaigns")
    file = form.cleaned_data["file"]
    report = commands.read_payment_status(actor=actor, content=file.read(), filename=file.name)
    told = gettext(
        "Réponse à {reference} : {accepted} ordres acceptés, {rejected} rejetés, "
        "{unknown} inconnus."
    ).format(
        reference=report.reference,
        accepted=report.accepted,
        rejected=report.rejected,
        unknown=len(report.unknown),
    )
    messages.success(request, told)
    return redirect("cash:campaigns")


@login_required
@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """The form that prepares a campaign, and what the bank gave for each account. Six queries."""
    actor = http.actor_of(request)
    accounts = list(queries.orderable_accounts(actor=actor))
    form = CampaignForm(request.POST or None, accounts=accounts, today=clock.today())
    if request.method == "POST" and form.is_valid():
        campaign = _prepared(actor, form)
        messages.success(
            request,
            gettext("Campagne {reference} préparée : rien n'est encore parti.").format(
                reference=campaign.reference
            ),
        )
        return redirect("cash:campaign", campaign.pk)
    context = {
        "form": form,
        "accounts": [(one, OrderIdentifiersForm.of(one)) for one in accounts],
        "may_edit": Right.EDIT_BANK_DETAILS in actor.rights,
        "may_prepare": Right.PREPARE_PAYMENTS in actor.rights,
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "cash/campaign_new.html", context, status=status)


def _prepared(actor: Actor, form: CampaignForm) -> PaymentCampaign:
    facts = form.cleaned_data
    account_id, on = int(facts["account"]), facts["execution_date"]
    if facts["kind"] == Kind.DIRECT_DEBIT:
        return commands.prepare_direct_debits(
            actor=actor, account_id=account_id, collection_date=on
        )
    if facts["kind"] == Kind.BILLS:
        return commands.prepare_bills(
            actor=actor, account_id=account_id, remitted_on=on, entry=facts["entry_option"] or "3"
        )
    return commands.prepare_transfers(
        actor=actor, account_id=account_id, execution_date=on, due_until=facts["due_until"]
    )


@login_required
@require_POST
def order_identifiers(request: HttpRequest, account_id: int) -> HttpResponse:
    """Note the ICS and the NNE of an account."""
    actor = http.actor_of(request)
    form = OrderIdentifiersForm(request.POST)
    if form.is_valid():
        account = commands.set_order_identifiers(
            actor=actor, account_id=account_id, **form.cleaned_data
        )
        told = gettext("Identifiants de {name} enregistrés.").format(name=account.name)
        messages.success(request, told)
    else:
        messages.error(request, gettext("Identifiant refusé : vérifiez-le auprès de la banque."))
    return redirect("cash:campaign_new")


@login_required
@require_GET
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign: its lines, why some are excluded, who proposed and approved. Eight queries."""
    actor = http.actor_of(request)
    row = queries.campaign_for(actor=actor, campaign_id=campaign_id)
    lines = list(queries.instructions(actor=actor, campaign_id=campaign_id))
    leaving = [line for line in lines if line.status != Status.EXCLUDED]
    excluded = [line for line in lines if line.status == Status.EXCLUDED]
    draft = row.state == State.DRAFT
    accounts = (
        parties.confirmed_accounts(actor=actor, party_ids={line.party_id for line in excluded})
        if draft and row.kind == Kind.TRANSFER and excluded
        else {}
    )
    may_prepare = Right.PREPARE_PAYMENTS in actor.rights
    context = {
        "campaign": row,
        "kind_label": KIND_LABELS[Kind(row.kind)],
        "state_label": STATE_LABELS[State(row.state)],
        "tone": TONES[State(row.state)],
        "leaving": [
            (line, STATUS_LABELS[Status(line.status)], TONES[Status(line.status)])
            for line in leaving
        ],
        "excluded": [(line, accounts.get(line.party_id, [])) for line in excluded],
        "bank_lines": queries.lines_citing(actor=actor, campaign=row),
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
        "is_debit": row.kind == Kind.DIRECT_DEBIT,
        "notice_form": NoticeForm(initial={"on": clock.today()}),
        "may_change": may_prepare and draft,
        "may_propose": may_prepare and draft and bool(leaving),
        "may_approve": row.state == State.PROPOSED
        and Right.APPROVE_PAYMENTS in actor.rights
        and actor.name != row.proposed_by,
        "own_proposal": row.state == State.PROPOSED and actor.name == row.proposed_by,
        "may_withdraw": may_prepare and row.state in {State.PROPOSED, State.APPROVED},
        "may_export": may_prepare and row.state == State.APPROVED,
        "may_download": may_prepare and row.state == State.EXPORTED,
        "may_cancel": may_prepare and row.state != State.CANCELLED,
    }
    return http.page(request, "cash/campaign.html", context)


@login_required
@require_POST
def instruction_change(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Exclude a line, or take it back with the account chosen."""
    actor = http.actor_of(request)
    account = request.POST.get("account", "")
    change = InstructionChange(
        instruction_id=_number(request.POST.get("line", "")),
        include=request.POST.get("include") == "1",
        reason=request.POST.get("reason", ""),
        account_id=_number(account) if account else None,
    )
    commands.change_instructions(actor=actor, campaign_id=campaign_id, changes=[change])
    told = gettext("Ligne reprise.") if change.include else gettext("Ligne exclue.")
    messages.success(request, told)
    return redirect("cash:campaign", campaign_id)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@login_required
@require_POST
def campaign_notice(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Note the day the debits were announced."""
    actor = http.actor_of(request)
    form = NoticeForm(request.POST)
    if form.is_valid():
        commands.note_prenotifications(
            actor=actor, campaign_id=campaign_id, on=form.cleaned_data["on"]
        )
        messages.success(request, gettext("Préavis noté."))
    else:
        messages.error(request, gettext("Donnez la date du préavis."))
    return redirect("cash:campaign", campaign_id)


def _act(
    request: HttpRequest, campaign_id: int, act: Callable[..., object], told: str
) -> HttpResponse:
    act(actor=http.actor_of(request), campaign_id=campaign_id)
    messages.success(request, told)
    return redirect("cash:campaign", campaign_id)


@login_required
@require_POST
def campaign_propose(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Hand it to the person who approves."""
    commands.propose_campaign(
        actor=http.actor_of(request),
        campaign_id=campaign_id,
        confirmed=request.POST.getlist("confirmed"),
    )
    messages.success(request, gettext("Campagne proposée : une autre personne doit l'approuver."))
    return redirect("cash:campaign", campaign_id)


@login_required
@require_POST
def campaign_approve(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Approve it."""
    told = gettext("Campagne approuvée : son fichier peut être fait.")
    return _act(request, campaign_id, commands.approve_campaign, told)


@login_required
@require_POST
def campaign_withdraw(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Bring it back to preparation."""
    told = gettext("Campagne remise en préparation.")
    return _act(request, campaign_id, commands.withdraw_campaign, told)


@login_required
@require_POST
def campaign_export(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Make its file; it is then downloaded."""
    told = gettext("Fichier fait et contrôlé : téléchargez-le et remettez-le à la banque.")
    return _act(request, campaign_id, commands.export_campaign, told)


@login_required
@require_POST
def campaign_cancel(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Cancel it."""
    commands.cancel_campaign(
        actor=http.actor_of(request),
        campaign_id=campaign_id,
        confirmed=request.POST.getlist("confirmed"),
    )
    messages.success(request, gettext("Campagne annulée : ses échéances sont de nouveau libres."))
    return redirect("cash:campaign", campaign_id)


@login_required
@require_POST
def campaign_settle(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Explain the bank lines that cite the orders of a campaign."""
    actor = http.actor_of(request)
    row = queries.campaign_for(actor=actor, campaign_id=campaign_id)
    entry_ids = [entry.pk for entry in queries.lines_citing(actor=actor, campaign=row)]
    made = commands.settle_orders(actor=actor, entry_ids=entry_ids)
    told = counted(
        "{number} ligne de banque rapprochée.", "{number} lignes de banque rapprochées.", len(made)
    )
    messages.success(request, told)
    return redirect("cash:campaign", campaign_id)


@login_required
@require_GET
def campaign_file(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The file that was made; always the same bytes."""
    actor = http.actor_of(request)
    row = queries.campaign_for(actor=actor, campaign_id=campaign_id)
    if row.state != State.EXPORTED:
        raise CampaignStateError(row.reference, gettext(STATE_LABELS[State(row.state)]))
    name, content = commands.export_campaign(actor=actor, campaign_id=campaign_id)
    return http.download(content, name)
