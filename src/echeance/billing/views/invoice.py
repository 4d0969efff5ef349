"""One document: what it says, where it stands, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base import queries as base
from echeance.base.actor import Actor
from echeance.base.language import is_french, terms, translated
from echeance.base.models import JournalEvent
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import DraftForm
from echeance.billing.models import Invoice, InvoiceLine
from echeance.billing.rules.amounts import PaidShare, Payer, paid_shares
from echeance.billing.types import Settlement
from echeance.billing.views.findings import Shown, sentence, shown
from echeance.billing.views.invoices import label_of
from echeance.billing.views.platform import platform_rows
from echeance.core.einvoice.labels import UNITS
from echeance.core.errors import EcheanceError
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts
from echeance.transmission import commands as transmission_commands
from echeance.transmission import queries as transmission
from echeance.transmission.models import Message
from echeance.transmission.types import Status

HISTORY_SHOWN = 30
WITHDRAWABLE = (Status.HELD, Status.RELEASED, Status.EXPIRED)
EXIGIBILITY_LABELS = {
    "debits": "exigible à l'émission",
    "receipts": "exigible à l'encaissement",
    "none": "",
}
MESSAGE_TONES = {
    Status.SENT: "good",
    Status.REFUSED: "bad",
    Status.BOUNCED: "bad",
    Status.UNKNOWN: "warn",
    Status.EXPIRED: "warn",
}


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as its page shows it."""

    line: InvoiceLine
    quantity: str
    unit: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An instalment, and what settled it."""

    item: OpenItemFacts
    days_late: int
    settlements: list[Settlement]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history."""

    text: str
    icon: str
    tone: str
    event: JournalEvent


@dataclass(frozen=True, slots=True)
class Allowed:
    """Acts offered to this person on this document; each command checks again."""

    edit: bool
    issue: bool
    seal: bool
    send: bool
    send_again: bool
    withdraw: bool
    credit: bool


@login_required
@require_GET
def invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """A document beside its file; htmx gets what fits beside the list.

    Seventeen queries for an issued document; about fifteen more for a draft, which is examined.
    """
    actor = http.actor_of(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    today = clock.today()
    stand = queries.stands(actor=actor, invoices=[row], on=today)[row.pk]
    label, tone = label_of(row, stand)
    context = {"invoice": row, "stand": stand, "label": label, "tone": tone}
    if http.wants_fragment(request):
        return http.page(request, "billing/_invoice_pane.html", context)
    mails = transmission.messages_of(actor=actor, subjects=[_subject(row)])[_subject(row)]
    allowances, payers = queries.forms_of(actor=actor, invoice=row)
    context |= {
        "allowances": allowances,
        "payers": _payers(row, payers),
        "lines": lines_of(actor, row),
        "vat": [
            (group, EXIGIBILITY_LABELS[group.exigibility])
            for group in queries.vat_of(actor=actor, invoice_id=row.pk)
        ],
        "items": _items(actor, row),
        "credit_notes": queries.credit_notes_of(actor=actor, invoice_id=row.pk),
        "findings": (found := _findings(actor, row)),
        "asked": [one for one in found if one.is_asked]
        if Right.ISSUE_INVOICES in actor.rights
        else [],
        "terms": terms(row.payment_terms),
        "mails": [(mail, MESSAGE_TONES.get(Status(mail.status), "neutral")) for mail in mails],
        "platform": platform_rows(actor, row),
        "history": [
            told(event)
            for event in base.history(actor=actor, subject=_subject(row))[:HISTORY_SHOWN]
        ],
        "refusal": _refusal(row),
        "may": _allowed(actor, row, mails),
    }
    return http.page(request, "billing/invoice.html", context)


def _payers(row: Invoice, payers: Sequence[Payer]) -> Sequence[PaidShare]:
    """What each pays; nothing of a draft whose shares are too many, its findings say so."""
    try:
        return paid_shares(payers, row.gross_total, row.currency)
    except EcheanceError:
        return ()


def _subject(row: Invoice) -> str:
    return f"invoice:{row.pk}"


def lines_of(actor: Actor, row: Invoice) -> list[LineRow]:
    """Lines of a document, quantities without useless zeros. One query."""
    return [
        LineRow(line, plain(line.quantity), unit_of(line.unit_code))
        for line in queries.lines_of(actor=actor, invoice_id=row.pk)
    ]


def plain(value: Decimal) -> str:
    """A quantity as it is written: ``2``, ``1,5`` in French, ``1.5`` in English."""
    text = f"{value.normalize():f}"
    return text.replace(".", ",") if is_french() else text


def unit_of(code: str) -> str:
    """A unit of measure in the language of the moment; an unknown one is its code."""
    return UNITS["fr" if is_french() else "en"].get(code, code)


def _items(actor: Actor, row: Invoice) -> list[ItemRow]:
    if row.number is None:
        return []
    items = ledger.items_of_document(actor=actor, document_refs=[row.number]).get(row.number, [])
    settled = queries.settlements(actor=actor, item_ids=[item.item_id for item in items])
    today = clock.today()
    return [
        ItemRow(
            item,
            max(0, (today - item.due_date).days)
            if item.open_amount and item.side == "debit"
            else 0,
            settled[item.item_id],
        )
        for item in items
    ]


def _findings(actor: Actor, row: Invoice) -> list[Shown]:
    if row.number is not None:
        return []
    found = queries.preflight(actor=actor, invoice_ids=[row.pk]).get(row.pk, [])
    return shown(found, buyer_id=row.buyer_id, invoice_id=row.pk)


def _refusal(row: Invoice) -> list[str]:
    """What the official rules say of a file they refuse."""
    if row.sealed_at or not row.verdict:
        return []
    return [str(one.get("message", "")) for one in row.verdict.get("findings", ())][:5]


def _allowed(actor: Actor, row: Invoice, mails: Sequence[Message]) -> Allowed:
    rights = actor.rights
    is_draft = row.number is None
    live = [mail for mail in mails if mail.status != Status.WITHDRAWN]
    issue = Right.ISSUE_CREDITS if row.is_credit_note else Right.ISSUE_INVOICES
    may_send = Right.SEND_DOCUMENTS in rights and row.sealed_at is not None
    return Allowed(
        edit=is_draft and Right.DRAFT_INVOICES in rights,
        issue=is_draft and {issue, Right.ISSUE_INVOICES} <= rights,
        seal=not is_draft
        and row.sealed_at is None
        and not row.verdict
        and Right.ISSUE_INVOICES in rights,
        send=may_send and not mails,
        send_again=may_send and bool(mails) and not live,
        withdraw=Right.SEND_DOCUMENTS in rights
        and any(mail.status in WITHDRAWABLE for mail in mails),
        credit=not is_draft and not row.is_credit_note and Right.DRAFT_INVOICES in rights,
    )


_TOLD: dict[str, tuple[str, str, str]] = {
    "billing.invoice_drafted": (gettext_noop("Brouillon préparé"), "file-pencil", "neutral"),
    "billing.draft_changed": (gettext_noop("Brouillon modifié"), "pencil", "neutral"),
    "billing.invoice_issued": (
        gettext_noop("Émise sous le numéro {number}"),
        "rosette-discount-check",
        "info",
    ),
    "billing.findings_confirmed": (gettext_noop("Contrôle confirmé : {reason}"), "check", "info"),
    "billing.invoice_sealed": (
        gettext_noop("Fichier contrôlé, scellé et archivé"),
        "file-check",
        "good",
    ),
    "billing.channel_chosen": (gettext_noop("Canal choisi pour ce document"), "route", "neutral"),
    "billing.channel_taken": (gettext_noop("Mise au départ : {why}"), "send-2", "info"),
    "billing.channel_failed": (gettext_noop("Envoi en échec : {failure}"), "alert-triangle", "bad"),
    "billing.handover_recorded": (
        gettext_noop("Noté sur le portail {portal}"),
        "world-upload",
        "info",
    ),
    "billing.duplicate_made": (gettext_noop("Duplicata préparé"), "copy", "neutral"),
    "billing.attachment_joined": (gettext_noop("Pièce jointe"), "paperclip", "neutral"),
    "billing.attachment_removed": (gettext_noop("Pièce retirée"), "paperclip", "neutral"),
    "transmission.letter_queued": (gettext_noop("Courrier demandé"), "mailbox", "info"),
    "transmission.letter_withdrawn": (gettext_noop("Courrier retiré"), "mailbox", "neutral"),
    "billing.invoice_file_refused": (
        gettext_noop("Fichier refusé par les règles officielles ({rules})"),
        "file-x",
        "bad",
    ),
}


def told(event: JournalEvent) -> Told:
    """A line of the journal in a sentence."""
    text, icon, tone = _TOLD.get(event.action, (event.action, "point", "neutral"))
    facts = {
        name: ", ".join(value) if isinstance(value, list) else value
        for name, value in event.facts.items()
    }
    return Told(gettext(text).format(**facts), icon, tone, event)


@login_required
@require_GET
def xml(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The CII of an issued document."""
    actor = http.actor_of(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    content = queries.xml(actor=actor, invoice_id=invoice_id)
    return http.download(content, f"{row}.xml".replace("/", "-"))


# -- acts -----------------------------------------------------------------------------------------


def _act(do: Callable[[HttpRequest, Actor, int], str]) -> Callable[..., HttpResponse]:
    """A view that acts on a document, says what it did and shows the document again."""

    @login_required
    @require_POST
    def view(request: HttpRequest, invoice_id: int) -> HttpResponse:
        done = do(request, http.actor_of(request), invoice_id)
        if done:
            messages.success(request, done)
        return redirect("billing:invoice", invoice_id)

    view.__doc__ = do.__doc__
    return view


@_act
def issue(request: HttpRequest, actor: Actor, invoice_id: int) -> str:
    """Issue a draft; the findings that stop it are shown on its page."""
    queries.invoice_for(actor=actor, invoice_id=invoice_id)
    (result,) = commands.issue_invoices(actor=actor, invoice_ids=[invoice_id])
    if result.number:
        told = gettext("{number} est émise ; son fichier est en préparation.")
        return told.format(number=result.number)
    messages.error(request, " ".join(sentence(one) for one in result.findings if one.stops))
    return ""


@_act
def seal(_request: HttpRequest, actor: Actor, invoice_id: int) -> str:
    """Make the file now."""
    waiting = commands.request_sealing(actor=actor, invoice_ids=[invoice_id])
    return gettext("Le fichier est demandé : il apparaît dans un instant.") if waiting else ""


@_act
def send(request: HttpRequest, actor: Actor, invoice_id: int) -> str:
    """Put a sealed document in the outbox."""
    report = commands.queue_invoices(actor=actor, invoice_ids=[invoice_id], again=True)
    for reason in report.skipped.values():
        messages.error(request, gettext("Rien n'est envoyé : {reason}.").format(reason=reason))
    if report.message_ids:
        return gettext("Le courriel est dans la boîte d'envoi, retenu.")
    return gettext("Le document attend son départ.") if report.queued else ""


@_act
def withdraw(_request: HttpRequest, actor: Actor, invoice_id: int) -> str:
    """Take its messages back from the outbox."""
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    mails = transmission.messages_of(actor=actor, subjects=[_subject(row)])[_subject(row)]
    count = transmission_commands.withdraw_messages(
        actor=actor,
        message_ids=[mail.pk for mail in mails if mail.status in WITHDRAWABLE],
        reason="retiré par une personne",
    )
    return gettext("Le courriel est retiré, il ne partira pas.") if count else ""


@login_required
@require_POST
def discard(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Delete a draft; its order is left to bill again."""
    commands.discard_drafts(actor=http.actor_of(request), invoice_ids=[invoice_id])
    told = gettext("Le brouillon est supprimé ; sa commande est de nouveau à facturer.")
    messages.success(request, told)
    return redirect("billing:invoices")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """References, terms and note of a draft."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    form = DraftForm(request.POST or None, initial=DraftForm.values_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_draft(actor=actor, invoice_id=row.pk, changes=form.cleaned_data)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Brouillon enregistré."))
            return redirect("billing:invoice", row.pk)
    return http.page(
        request,
        "billing/draft_edit.html",
        {"invoice": row, "form": form},
        status=422 if form.is_bound else 200,
    )
