"""Web face of disputes: the board, the list, one dispute and its acts, the link of a colleague."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base import queries as base
from echeance.base.actor import Actor, system
from echeance.base.errors import NotFoundError
from echeance.base.language import amount, counted, translated
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.billing.models import Invoice, InvoiceLine
from echeance.collection import commands, queries
from echeance.collection.forms_disputes import (
    AskForm,
    CloseForm,
    CreditForm,
    DeadlineForm,
    DisputeOpenForm,
    FilterForm,
    LessonForm,
    LinkAnswerForm,
    OwnerForm,
    PieceFileForm,
    PieceForm,
    RefusalForm,
    StageForm,
    files_of,
)
from echeance.collection.models import Dispute
from echeance.collection.rules_disputes import DIMENSION_LABELS, figure
from echeance.collection.types import (
    DISPUTE_REASON_LABELS,
    DISPUTE_STAGE_LABELS,
    DisputeFilter,
    DisputeOutcome,
    DisputeReason,
    DisputeStage,
)
from echeance.collection.views.dispute_thread import thread_of
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.tabular import Cell, write_xlsx
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts
from echeance.transmission import queries as transmission
from echeance.transmission.types import Status

LISTED = 200
DELIVERIES_SHOWN = 5
EXPORTED_MAX = 50_000
TRIES_MAX = 30
TRIES_SECONDS = 600
_STANDING = {Status.HELD, Status.EXPIRED}
STAGE_TONES = {
    DisputeStage.NEW: "dispute",
    DisputeStage.OPERATIONS: "info",
    DisputeStage.CUSTOMER: "warn",
    DisputeStage.CREDIT: "good",
    DisputeStage.CLOSED: "neutral",
}
# Word of the statistics' dimension -> name of the list's filter.
_FILTER_OF = {
    "motif": "motif",
    "cause": "cause",
    "article": "article",
    "site": "site",
    "transporteur": "transporteur",
    "vendeur": "vendeur",
    "client": "client",
}


# -- the board, the list, the statistics ----------------------------------------------------------


@login_required
@require_GET
def disputes(request: HttpRequest) -> HttpResponse:
    """Disputes by stage; standing pauses and promises below. Nine queries."""
    actor = http.actor_of(request)
    columns = queries.board(actor=actor)
    standing = [one for one in columns if one.stage is not DisputeStage.CLOSED]
    context = {
        "columns": [
            (one, STAGE_TONES[one.stage], DISPUTE_STAGE_LABELS[one.stage], _aged(one.cards))
            for one in columns
        ],
        "stages": [(one.value, DISPUTE_STAGE_LABELS[one]) for one in _by_hand()],
        "members": queries.members(actor=actor),
        "today": clock.today(),
        "open_count": sum(one.count for one in standing),
        "open_total": sum((one.amount for one in standing), ZERO),
        "holds": queries.holds(actor=actor, on=clock.today())[:LISTED],
        "promises": queries.promises(actor=actor)[:LISTED],
        "may_handle": Right.HANDLE_DISPUTES in actor.rights,
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
    }
    return http.page(request, "collection/disputes.html", context)


def _aged(cards: Iterable[Dispute]) -> list[tuple[Dispute, int]]:
    """Cards with the days since they were opened, or that they lasted."""
    return [
        (
            card,
            (
                (timezone.localdate(card.closed_at) if card.closed_at else clock.today())
                - timezone.localdate(card.opened_at)
            ).days,
        )
        for card in cards
    ]


def _by_hand() -> tuple[DisputeStage, ...]:
    return DisputeStage.NEW, DisputeStage.OPERATIONS, DisputeStage.CUSTOMER


@login_required
@require_GET
def dispute_list(request: HttpRequest) -> HttpResponse:
    """Disputes of a filter, with their sum. Six queries."""
    actor = http.actor_of(request)
    form = FilterForm(request.GET, members=queries.members(actor=actor))
    wanted = form.wanted()
    rows = list(queries.disputes_like(actor=actor, wanted=wanted)[: LISTED + 1])
    context = {
        "form": form,
        "disputes": rows[:LISTED],
        "has_more": len(rows) > LISTED,
        "listed": LISTED,
        "total": sum((row.amount for row in rows[:LISTED]), ZERO),
        "words": list(_filter_words(wanted)),
        "query": request.GET.urlencode(),
        "today": clock.today(),
    }
    return http.page(request, "collection/dispute_list.html", context)


def _filter_words(wanted: DisputeFilter) -> Iterator[str]:
    """What the filter asks for beyond its own fields, said in words."""
    named = (
        (gettext("Article"), wanted.product),
        (gettext("Site"), wanted.site),
        (gettext("Transporteur"), wanted.carrier),
        (gettext("Vendeur"), wanted.seller),
        (gettext("Cause"), wanted.cause),
    )
    for label, value in named:
        if value is not None:
            yield gettext("{label} : {value}").format(label=label, value=value or "—")


EXPORT_TITLES = {
    1: "Pièce",
    2: "Client",
    3: "Motif",
    4: "Étape",
    5: "Issue",
    6: "Contesté",
    7: "Reste dû",
    8: "Crédité",
    9: "Ouvert le",
    10: "À régler avant le",
    11: "Clos le",
    12: "Confié à",
    13: "Article",
    14: "Site",
    15: "Transporteur",
    16: "Vendeur",
    17: "Cause",
    18: "À retenir",
}


@login_required
@require_GET
def dispute_export(request: HttpRequest) -> HttpResponse:
    """The disputes of a filter as a workbook."""
    actor = http.actor_of(request)
    wanted = FilterForm(request.GET, members=queries.members(actor=actor)).wanted()
    rows = queries.disputes_like(actor=actor, wanted=wanted)[:EXPORTED_MAX]
    content = write_xlsx(
        [gettext(one) for one in EXPORT_TITLES.values()], (_cells(row) for row in rows)
    )
    return http.download(content, f"{gettext('litiges')}-{clock.today():%Y-%m-%d}.xlsx")


def _cells(row: Dispute) -> tuple[Cell, ...]:
    note = row.credit_note
    return (
        row.document_ref,
        row.party.name,
        gettext(DISPUTE_REASON_LABELS[DisputeReason(row.reason_code)]),
        gettext(DISPUTE_STAGE_LABELS[DisputeStage(row.stage)]),
        gettext(row.get_outcome_display()) if row.outcome else "",
        row.amount,
        row.open_item.open_amount,
        note.gross_total if note and note.number else None,
        timezone.localdate(row.opened_at),
        row.answer_by,
        timezone.localdate(row.closed_at) if row.closed_at else None,
        row.owner.email if row.owner else "",
        row.product,
        row.site,
        row.carrier,
        row.seller,
        row.cause,
        row.lesson,
    )


@login_required
@require_GET
def dispute_statistics(request: HttpRequest) -> HttpResponse:
    """How many, how much, how founded, how long and how dear, by what they have in common.

    Six queries.
    """
    actor = http.actor_of(request)
    form = FilterForm(request.GET, members=queries.members(actor=actor))
    by = _dimension(request)
    wanted = form.wanted()
    found = queries.dispute_statistics(actor=actor, wanted=wanted, by=by)
    kept = {
        name: value
        for name, value in request.GET.items()
        if name in {"depuis", "jusqu", "etat", "issue"} and value
    }
    context = {
        "form": form,
        "by": by,
        "tabs": [(name, gettext(label)) for name, label in DIMENSION_LABELS.items()],
        "rows": [(one, urlencode({**kept, _FILTER_OF[by]: one.value})) for one in found],
        "count": sum(one.figures.count for one in found),
        "amount": sum((one.figures.amount for one in found), ZERO),
        "credited": sum((one.figures.credited for one in found), ZERO),
        "kept": urlencode(kept),
        "query": request.GET.urlencode(),
    }
    return http.page(request, "collection/dispute_statistics.html", context)


def _dimension(request: HttpRequest) -> str:
    by = request.GET.get("par", "motif")
    return by if by in DIMENSION_LABELS else "motif"


STATISTIC_TITLES = {
    1: "Litiges",
    2: "Contesté",
    3: "Fondés (%)",
    4: "Durée médiane (jours)",
    5: "Crédité",
}


@login_required
@require_GET
def dispute_statistics_export(request: HttpRequest) -> HttpResponse:
    """The statistics as a workbook."""
    actor = http.actor_of(request)
    by = _dimension(request)
    wanted = FilterForm(request.GET, members=queries.members(actor=actor)).wanted()
    rows: list[tuple[Cell, ...]] = [
        (
            gettext(one.label) if by == "motif" else one.label,
            Decimal(one.figures.count),
            one.figures.amount,
            one.figures.founded_percent,
            one.figures.days,
            one.figures.credited,
        )
        for one in queries.dispute_statistics(actor=actor, wanted=wanted, by=by)
    ]
    titles = [gettext(one) for one in (DIMENSION_LABELS[by], *STATISTIC_TITLES.values())]
    name = f"{gettext('litiges')}-{by}-{clock.today():%Y-%m-%d}.xlsx"
    return http.download(write_xlsx(titles, rows), name)


# -- opening --------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def dispute_open(request: HttpRequest) -> HttpResponse:
    """Open a dispute on a document, found by its number."""
    actor = http.actor_of(request)
    number = request.GET.get("piece", "").strip()[:80]
    items = _owed(
        ledger.items_of_document(actor=actor, document_refs=[number]).get(number, [])
        if number
        else []
    )
    invoice = billing.by_numbers(actor=actor, numbers=[number]).get(number) if items else None
    lines = list(billing.lines_of(actor=actor, invoice_id=invoice.pk)) if invoice else []
    members = queries.members(actor=actor)
    form = DisputeOpenForm(request.POST or None, items=items, lines=lines, members=members)
    before = _number(request.GET.get("suite", ""))
    if request.method == "POST" and form.is_valid():
        try:
            row = commands.open_dispute(actor=actor, **form.facts(), reopens_id=before)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("Litige ouvert sur {number} : {amount} ne sont plus relancés.")
            told = told.format(number=row.document_ref, amount=amount(row.amount))
            messages.success(request, told)
            return redirect("collection:dispute", row.pk)
    context = {
        "form": form,
        "number": number,
        "items": items,
        "has_lines": bool(lines),
        "words": queries.dispute_words(actor=actor),
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "collection/dispute_open.html", context, status=status)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None


def _owed(items: Iterable[OpenItemFacts]) -> list[OpenItemFacts]:
    return [
        item
        for item in items
        if item.side == "debit" and item.open_amount and item.account.startswith(queries.CUSTOMERS)
    ]


@login_required
@require_GET
def invoice_disputes(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Fragment of the page of an invoice: its disputes, and the way to open one. Seven queries."""
    actor = http.actor_of(request)
    invoice = billing.invoice_for(actor=actor, invoice_id=invoice_id)
    number = invoice.number or ""
    items = ledger.items_of_document(actor=actor, document_refs=[number]).get(number, [])
    rows = list(queries.disputes_of_document(actor=actor, document_ref=number)) if number else []
    owed = _owed(items)
    if not rows and not owed:
        return HttpResponse(status=204)
    context = {
        "number": number,
        "disputes": [(row, STAGE_TONES[DisputeStage(row.stage)]) for row in rows],
        "may_open": bool(owed) and Right.HANDLE_DISPUTES in actor.rights,
    }
    return http.page(
        request,
        "collection/invoice_disputes.html",
        context,
        fragment="collection/_invoice_disputes.html",
    )


# -- one dispute ----------------------------------------------------------------------------------


@login_required
@require_GET
def dispute(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One dispute: what is contested, its pieces, its thread, its acts. Nineteen queries."""
    row = queries.dispute_for(actor=http.actor_of(request), dispute_id=dispute_id)
    return http.page(
        request,
        "collection/dispute.html",
        _context(request, row),
        fragment="collection/_dispute.html",
    )


def _context(request: HttpRequest, row: Dispute, **forms: object) -> dict[str, object]:
    actor = http.actor_of(request)
    [item] = ledger.items_for(actor=actor, item_ids=[row.open_item_id])
    ref = row.document_ref
    invoice = billing.by_numbers(actor=actor, numbers=[ref]).get(ref)
    line = _line_of(actor, invoice, row.invoice_line_id)
    members = queries.members(actor=actor)
    subject = f"dispute:{row.pk}"
    sent = transmission.messages_of(actor=actor, subjects=[subject])[subject]
    refusals = [one for one in sent if one.kind == "dispute" and one.status != Status.WITHDRAWN]
    questions = list(base.colleague_questions(actor=actor, subject=subject))
    may_handle = Right.HANDLE_DISPUTES in actor.rights
    return {
        "dispute": row,
        "item": item,
        "invoice": invoice,
        "line": line,
        "deliveries": billing.deliveries_of(actor=actor, invoice_id=invoice.pk)[:DELIVERIES_SHOWN]
        if invoice
        else (),
        "contested_units": _of(row.quantity, line.quantity if line else None),
        "contested_price": _of(row.unit_price, line.unit_price if line else None),
        "stage_tone": STAGE_TONES[DisputeStage(row.stage)],
        "pieces": queries.pieces_of(actor=actor, dispute_id=row.pk),
        "waiting": [
            (one, one.email or (one.asked_to.email if one.asked_to else ""))
            for one in questions
            if not one.answered_at and not one.withdrawn_at
        ],
        "today": clock.today(),
        "thread": thread_of(actor, row, questions, sent),
        "refusal": refusals[-1] if refusals else None,
        "refusal_waits": bool(refusals) and refusals[-1].status in _STANDING,
        "is_late": bool(row.closed_at is None and row.answer_by and row.answer_by < clock.today()),
        "words": queries.dispute_words(actor=actor),
        "stage_form": StageForm(initial={"stage": row.stage}),
        "owner_form": OwnerForm(members=members, initial={"owner": row.owner_id}),
        "deadline_form": DeadlineForm(initial={"answer_by": row.answer_by}),
        "ask_form": AskForm(members=members),
        "piece_form": PieceForm(),
        "credit_form": CreditForm(on_line=row.invoice_line_id is not None),
        "refusal_form": RefusalForm(),
        "close_form": CloseForm(),
        "lesson_form": LessonForm(initial={"cause": row.cause, "lesson": row.lesson}),
        "may_handle": may_handle,
        "is_open": row.closed_at is None and may_handle,
        **forms,
    }


def _of(part: Decimal | None, whole: Decimal | None) -> str:
    """``3 / 10``: what is contested of a line; empty when it is not what is."""
    if part is None:
        return ""
    return " / ".join(figure(one) for one in (part, whole) if one is not None)


def _line_of(actor: Actor, invoice: Invoice | None, line_id: int | None) -> InvoiceLine | None:
    if invoice is None or line_id is None:
        return None
    return billing.lines_of(actor=actor, invoice_id=invoice.pk).filter(pk=line_id).first()


# -- acts -----------------------------------------------------------------------------------------


def _refuse_form(request: HttpRequest, row: Dispute, **forms: object) -> HttpResponse:
    """The page again, with the form that is wrong."""
    context = _context(request, row, **forms)
    return http.page(request, "collection/dispute.html", context, status=422)


@login_required
@require_POST
def disputes_move(request: HttpRequest) -> HttpResponse:
    """Bring the disputes ticked, or one card, to a stage."""
    actor = http.actor_of(request)
    ids = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    form = StageForm(request.POST)
    if form.is_valid():
        count = commands.move_disputes(actor=actor, dispute_ids=ids, stage=form.chosen())
        label = gettext(DISPUTE_STAGE_LABELS[form.chosen()])
        told = counted("{number} litige déplacé", "{number} litiges déplacés", count)
        messages.success(request, f"{told} : {label}")
    return http.back(request, "collection:disputes")


@login_required
@require_POST
def disputes_assign(request: HttpRequest) -> HttpResponse:
    """Give the disputes ticked, or one card, to somebody."""
    actor = http.actor_of(request)
    ids = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    form = OwnerForm(request.POST, members=queries.members(actor=actor))
    if form.is_valid():
        count = commands.assign_disputes(actor=actor, dispute_ids=ids, owner=form.chosen())
        messages.success(
            request, counted("{number} litige confié.", "{number} litiges confiés.", count)
        )
    return http.back(request, "collection:disputes")


@login_required
@require_POST
def dispute_deadline(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Say by when."""
    actor = http.actor_of(request)
    row = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    form = DeadlineForm(request.POST)
    if not form.is_valid():
        return _refuse_form(request, row, deadline_form=form)
    commands.set_dispute_deadlines(
        actor=actor, dispute_ids=[row.pk], answer_by=form.cleaned_data["answer_by"]
    )
    messages.success(request, gettext("Délai enregistré."))
    return redirect("collection:dispute", row.pk)


@login_required
@require_POST
def dispute_piece_add(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Ask for one more piece."""
    actor = http.actor_of(request)
    row = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    form = PieceForm(request.POST)
    if not form.is_valid():
        return _refuse_form(request, row, piece_form=form)
    commands.add_dispute_piece(actor=actor, dispute_id=row.pk, label=form.cleaned_data["label"])
    messages.success(request, gettext("Pièce ajoutée à la liste."))
    return redirect("collection:dispute", row.pk)


@login_required
@require_POST
def dispute_piece(request: HttpRequest, dispute_id: int, piece_id: int) -> HttpResponse:
    """Tick a piece off with its file, or waive it."""
    actor = http.actor_of(request)
    if request.POST.get("do") == "waive":
        commands.waive_dispute_piece(actor=actor, dispute_id=dispute_id, piece_id=piece_id)
        messages.success(
            request,
            gettext("Pièce écartée ou reprise."),
            extra_tags=reverse("collection:dispute_piece_waive", args=[dispute_id, piece_id]),
        )
        return redirect("collection:dispute", dispute_id)
    form = PieceFileForm(request.POST, request.FILES)
    if form.is_valid():
        commands.provide_dispute_piece(
            actor=actor, dispute_id=dispute_id, piece_id=piece_id, file=form.piece()
        )
        messages.success(request, gettext("Pièce reçue."))
    return redirect("collection:dispute", dispute_id)


@login_required
@require_POST
def dispute_piece_waive(request: HttpRequest, dispute_id: int, piece_id: int) -> HttpResponse:
    """Waive a piece, or ask for it again: the same act takes itself back."""
    commands.waive_dispute_piece(
        actor=http.actor_of(request), dispute_id=dispute_id, piece_id=piece_id
    )
    return redirect("collection:dispute", dispute_id)


@login_required
@require_POST
def dispute_ask(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Ask a colleague; the mail with its link is on its way."""
    actor = http.actor_of(request)
    row = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    form = AskForm(request.POST, members=queries.members(actor=actor))
    if not form.is_valid():
        return _refuse_form(request, row, ask_form=form)
    question = commands.ask_operations(
        actor=actor,
        dispute_id=row.pk,
        link=lambda secret: request.build_absolute_uri(
            reverse("collection:dispute_question", args=[secret])
        ),
        **form.facts(),
    )
    messages.success(
        request,
        gettext("Question envoyée ; le litige attend la réponse."),
        extra_tags=reverse("collection:dispute_question_withdraw", args=[row.pk, question.pk]),
    )
    return redirect("collection:dispute", row.pk)


@login_required
@require_POST
def dispute_question_withdraw(
    request: HttpRequest, dispute_id: int, question_id: int
) -> HttpResponse:
    """Take back a question: its link answers no more."""
    commands.withdraw_dispute_question(
        actor=http.actor_of(request), dispute_id=dispute_id, question_id=question_id
    )
    messages.success(request, gettext("Question retirée : son lien ne répond plus."))
    return redirect("collection:dispute", dispute_id)


@login_required
@require_POST
def dispute_credit(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Draft the credit note of a dispute, or of a part of it."""
    actor = http.actor_of(request)
    row = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    form = CreditForm(request.POST, on_line=row.invoice_line_id is not None)
    if not form.is_valid():
        return _refuse_form(request, row, credit_form=form)
    note = commands.draft_dispute_credit(actor=actor, dispute_id=row.pk, **form.facts())
    told = gettext("Avoir de {amount} préparé en brouillon : émettez-le pour clore le litige.")
    messages.success(
        request,
        told.format(amount=amount(note.gross_total)),
        extra_tags=reverse("collection:dispute_credit_drop", args=[row.pk]),
    )
    return redirect("collection:dispute", row.pk)


@login_required
@require_POST
def dispute_credit_drop(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Delete the draft credit note of a dispute."""
    commands.drop_dispute_credit(actor=http.actor_of(request), dispute_id=dispute_id)
    messages.success(request, gettext("Avoir abandonné : le litige est de nouveau à traiter."))
    return redirect("collection:dispute", dispute_id)


@login_required
@require_POST
def dispute_refuse(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Close a dispute as unfounded; the reasoned refusal waits in the outbox."""
    actor = http.actor_of(request)
    row = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _refuse_form(request, row, refusal_form=form)
    _, message = commands.refuse_dispute(actor=actor, dispute_id=row.pk, **form.cleaned_data)
    told = (
        gettext("Litige clos. Le refus attend votre accord pour partir.")
        if message
        else gettext("Litige clos. Aucune adresse : ajoutez un contact pour envoyer le refus.")
    )
    messages.success(
        request, told, extra_tags=reverse("collection:dispute_close_undo", args=[row.pk])
    )
    return redirect("collection:dispute", row.pk)


@login_required
@require_POST
def dispute_refusal_send(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Prepare the mail of a refusal, or let it go."""
    actor = http.actor_of(request)
    if request.POST.get("do") == "prepare":
        commands.prepare_refusal(actor=actor, dispute_id=dispute_id)
        messages.success(request, gettext("Le refus attend votre accord pour partir."))
    else:
        commands.send_refusal(actor=actor, dispute_id=dispute_id)
        messages.success(request, gettext("Le refus part : il ne se reprend plus."))
    return redirect("collection:dispute", dispute_id)


@login_required
@require_POST
def dispute_close(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Close a dispute with its outcome, its cause and what is learned."""
    actor = http.actor_of(request)
    row = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _refuse_form(request, row, close_form=form)
    commands.close_dispute(
        actor=actor,
        dispute_id=row.pk,
        outcome=DisputeOutcome(form.cleaned_data["outcome"]),
        cause=form.cleaned_data["cause"],
        lesson=form.cleaned_data["lesson"],
    )
    messages.success(
        request,
        gettext("Litige sur {number} clos.").format(number=row.document_ref),
        extra_tags=reverse("collection:dispute_close_undo", args=[row.pk]),
    )
    return redirect("collection:dispute", row.pk)


@login_required
@require_POST
def dispute_close_undo(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Open it again while nothing left the house."""
    commands.undo_dispute_close(actor=http.actor_of(request), dispute_id=dispute_id)
    messages.success(request, gettext("Le litige est de nouveau ouvert."))
    return redirect("collection:dispute", dispute_id)


@login_required
@require_POST
def dispute_learn(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Note the cause and the lesson of a dispute."""
    form = LessonForm(request.POST)
    form.is_valid()
    commands.learn_from_dispute(
        actor=http.actor_of(request),
        dispute_id=dispute_id,
        cause=form.cleaned_data.get("cause", ""),
        lesson=form.cleaned_data.get("lesson", ""),
    )
    messages.success(request, gettext("Cause et leçon notées."))
    return redirect("collection:dispute", dispute_id)


# -- the link of a colleague ----------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def dispute_question(request: HttpRequest, secret: str) -> HttpResponse:
    """The question of a link, what it is about, and its answer with photographs. No account.

    A wrong link says one thing whatever the reason; an address that tries many of them waits.
    """
    key = f"dispute_link:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(key, 0) >= TRIES_MAX:
        raise NotFoundError(what="cette question")
    try:
        question, row = queries.dispute_of_question(secret=secret)
    except NotFoundError:
        cache.add(key, 0, TRIES_SECONDS)
        cache.incr(key)
        raise
    form = LinkAnswerForm(request.POST or None, request.FILES or None)
    is_done = False
    if request.method == "POST" and form.is_valid():
        try:
            commands.answer_dispute_question(
                secret=secret,
                answer=form.cleaned_data["answer"],
                files=files_of(form.cleaned_data["photos"]),
            )
            is_done = True
        except EcheanceError as error:
            form.add_error(None, translated(error))
    house = system(question.company)
    invoice = billing.by_numbers(actor=house, numbers=[row.document_ref]).get(row.document_ref)
    line = _line_of(house, invoice, row.invoice_line_id)
    context = {
        "question": question,
        "company": question.company,
        "dispute": row,
        "line": line,
        "contested_units": _of(row.quantity, line.quantity if line else None),
        "form": form,
        "is_done": is_done,
    }
    status = 422 if form.is_bound and not is_done else 200
    response = render(request, "collection/dispute_question.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
