"""How disputes end: the exact credit note, the reasoned refusal, and what is learned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base import queries as base_queries
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import commands as billing
from echeance.billing import queries as billing_queries
from echeance.billing.types import CreditLine
from echeance.collection import queries
from echeance.collection import rules_disputes as rules
from echeance.collection.commands.disputes import (
    QUESTION,
    answer_key,
    hold_disputes,
    late_key,
    lock_disputes,
    set_stage,
    take_answer,
)
from echeance.collection.errors import (
    DisputeCreditError,
    DisputeNotUndoableError,
    DisputeRefusalError,
    DisputeTooLargeError,
)
from echeance.collection.events import (
    DisputeClosed,
    DisputeCloseUndone,
    DisputeCreditDrafted,
    DisputeCreditDropped,
    DisputeLearned,
    DisputeRefusalSent,
    DisputeRefused,
)
from echeance.collection.models import Dispute, DisputePiece
from echeance.collection.types import (
    DISPUTE_REASON_LABELS,
    DisputeFollowUp,
    DisputeOutcome,
    DisputeReason,
    DisputeStage,
)
from echeance.core.money import ZERO
from echeance.core.words import clean_line
from echeance.parties import queries as parties
from echeance.parties.types import Purpose
from echeance.transmission import commands as transmission
from echeance.transmission import queries as outbox
from echeance.transmission.types import NewMessage, Status

if TYPE_CHECKING:
    from echeance.billing.models import Invoice
    from echeance.transmission.models import Message

REFUSAL = "dispute"
"""Kind of the mails that refuse a dispute: a person lets each of them go."""
_STANDING = (Status.HELD, Status.EXPIRED)


@transaction.atomic
def close_dispute(
    *,
    actor: Actor,
    dispute_id: int,
    outcome: DisputeOutcome,
    cause: str = "",
    lesson: str = "",
) -> Dispute:
    """End a dispute; what it covered is chased again, from its level, unless it was credited.

    Raises:
        NotFoundError: Not one of this company.
        DisputeClosedError: Somebody closed it first.
        DisputeCreditError: Its credit note is a draft: issue it or drop it.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [dispute] = lock_disputes(actor, [dispute_id])
    if dispute.credit_note_id:
        raise DisputeCreditError(
            dispute.document_ref, "il est déjà en brouillon, émettez-le ou abandonnez-le"
        )
    _close(actor, dispute, outcome, cause=cause, lesson=lesson)
    return dispute


def _close(
    actor: Actor, dispute: Dispute, outcome: DisputeOutcome, *, cause: str = "", lesson: str = ""
) -> None:
    dispute.closed_at = clock.now()
    dispute.closed_by = actor.name
    dispute.outcome = outcome.value
    dispute.stage = DisputeStage.CLOSED.value
    dispute.cause = clean_line(cause)[:120]
    dispute.lesson = lesson.strip()
    dispute.save(update_fields=["closed_at", "closed_by", "outcome", "stage", "cause", "lesson"])
    journal.record(
        DisputeClosed(dispute_id=dispute.pk, party_id=dispute.party_id, outcome=dispute.outcome),
        actor=actor,
    )
    base.close_work_items(
        actor=actor,
        keys=[late_key(dispute), _paid_key(dispute.pk), _undrafted_key(dispute.pk)],
        answer="closed",
    )


@transaction.atomic
def learn_from_dispute(*, actor: Actor, dispute_id: int, cause: str, lesson: str = "") -> Dispute:
    """Note why a dispute arose and what to do about it, closed or not; statistics count by cause.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.HANDLE_DISPUTES)
    dispute = Dispute.objects.filter(company=actor.company, pk=dispute_id).first()
    if dispute is None:
        raise NotFoundError(what=f"litige n° {dispute_id}")
    dispute.cause, dispute.lesson = clean_line(cause)[:120], lesson.strip()
    dispute.save(update_fields=["cause", "lesson"])
    journal.record(DisputeLearned(dispute.pk, dispute.cause, dispute.lesson), actor=actor)
    if dispute.cause:
        base.close_work_items(actor=actor, keys=[_lesson_key(dispute.pk)], answer="noted")
    return dispute


# -- founded --------------------------------------------------------------------------------------


@transaction.atomic
def draft_dispute_credit(
    *,
    actor: Actor,
    dispute_id: int,
    amount: Decimal | None = None,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
    refusal: str = "",
) -> Invoice:
    """Draft the credit note that a dispute asks for, or a part of it; its issue closes the dispute.

    A line is credited by what is contested of it; an amount is spread over the VAT rates; a whole
    invoice line by line. Dropping the draft takes this back.

    Args:
        actor: Needs the rights on disputes and to draft.
        dispute_id: The dispute.
        amount: Less than what is contested, VAT included; all of it when absent.
        quantity: For a line: fewer units than contested.
        unit_price: For a line: less of its price than contested.
        refusal: Why the rest is not accepted.

    Raises:
        NotFoundError: Not one of this company.
        DisputeClosedError: It is closed.
        DisputeCreditError: A draft waits already; more than is contested; not an invoice of here.
        CreditRefusedError: What credit notes have left of the invoice does not allow it.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [dispute] = lock_disputes(actor, [dispute_id])
    ref = dispute.document_ref
    if dispute.credit_note_id:
        raise DisputeCreditError(ref, "il est déjà en brouillon, émettez-le ou abandonnez-le")
    invoice = billing_queries.by_numbers(actor=actor, numbers=[ref]).get(ref)
    if invoice is None:
        raise DisputeCreditError(
            ref, "la facture n'a pas été faite ici, faites l'avoir là où elle l'a été"
        )
    if invoice.currency != "EUR":
        raise DisputeCreditError(
            ref, f"la facture est en {invoice.currency}, faites l'avoir depuis sa page"
        )
    part = rules.Part(quantity, unit_price)
    lines, gross = _credited(actor, dispute, invoice, amount, part)
    reason = DisputeReason(dispute.reason_code)
    note = billing.draft_credit_note(
        actor=actor,
        invoice_id=invoice.pk,
        reason=f"Litige : {DISPUTE_REASON_LABELS[reason]}",
        lines=lines,
        gross=gross,
        reason_code=rules.CREDIT_REASONS.get(reason, "other"),
    )
    dispute.credit_note = note
    dispute.refusal = refusal.strip()
    dispute.save(update_fields=["credit_note", "refusal"])
    set_stage(actor, [dispute], DisputeStage.CREDIT)
    journal.record(DisputeCreditDrafted(dispute.pk, note.pk, note.gross_total), actor=actor)
    return note


def _credited(
    actor: Actor,
    dispute: Dispute,
    invoice: Invoice,
    amount: Decimal | None,
    part: rules.Part,
) -> tuple[list[CreditLine] | None, Decimal | None]:
    """What to give back: lines, or an amount; neither for all that is left of the invoice.

    Raises:
        DisputeCreditError: More than is contested.
    """
    by_line = dispute.invoice_line_id is not None and amount is None
    if by_line:
        assert dispute.invoice_line_id is not None, "just read"
        pairs = (part.quantity, dispute.quantity), (part.unit_price, dispute.unit_price)
        for asked, contested in pairs:
            if asked is not None and contested is not None and not ZERO < asked <= contested:
                raise DisputeCreditError(
                    dispute.document_ref,
                    f"{rules.figure(asked)} n'est pas entre zéro et {rules.figure(contested)}, "
                    "qui est contesté",
                )
        line = CreditLine(
            dispute.invoice_line_id,
            part.quantity or dispute.quantity,
            part.unit_price or dispute.unit_price,
        )
        return [line], None
    if part != rules.Part():
        raise DisputeCreditError(
            dispute.document_ref, "une quantité ou un prix se crédite quand une ligne est contestée"
        )
    if amount is not None and not ZERO < amount <= dispute.amount:
        raise DisputeCreditError(
            dispute.document_ref,
            f"{amount} € n'est pas entre zéro et {dispute.amount} €, qui est contesté",
        )
    left = billing_queries.left_of(actor=actor, invoice_ids=[invoice.pk])[invoice.pk]
    wanted = amount or dispute.amount
    return (None, None) if wanted == left.gross else (None, wanted)


@transaction.atomic
def drop_dispute_credit(*, actor: Actor, dispute_id: int) -> Dispute:
    """Delete the draft credit note of a dispute, which goes back to the start.

    Raises:
        NotFoundError: Not one of this company.
        DisputeClosedError: It is closed.
        DisputeCreditError: It has no draft.
        InvoiceAlreadyIssuedError: The credit note is issued.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [dispute] = lock_disputes(actor, [dispute_id])
    note_id = dispute.credit_note_id
    if note_id is None:
        raise DisputeCreditError(dispute.document_ref, "il n'y en a pas à abandonner")
    _undraft(actor, dispute)
    billing.discard_drafts(actor=actor, invoice_ids=[note_id])
    return dispute


@transaction.atomic
def let_go_of_drafts(*, actor: Actor, invoice_ids: Collection[int]) -> None:
    """Give back the disputes whose draft credit note is about to be deleted in billing.

    Billing calls it in its transaction. Somebody is asked what to do with each.
    """
    rows = list(
        Dispute.objects.select_for_update(of=("self",))
        .select_related("party")
        .filter(company=actor.company, credit_note__in=set(invoice_ids), closed_at=None)
        .order_by("pk")
    )
    for row in rows:
        _undraft(actor, row)
    base.open_work_items(actor=actor, items=[_undrafted_question(row) for row in rows])


def _undraft(actor: Actor, dispute: Dispute) -> None:
    """Back to the start: its draft goes."""
    dispute.credit_note = None
    dispute.save(update_fields=["credit_note"])
    journal.record(DisputeCreditDropped(dispute.pk, dispute.stage), actor=actor)
    set_stage(actor, [dispute], DisputeStage.NEW)


# -- unfounded ------------------------------------------------------------------------------------


@transaction.atomic
def refuse_dispute(
    *, actor: Actor, dispute_id: int, why: str, cause: str = "", lesson: str = ""
) -> tuple[Dispute, Message | None]:
    """Close a dispute as unfounded, and prepare the reasoned refusal with its pieces.

    The mail waits in the outbox until a person lets it go (:func:`send_refusal`); what was
    contested is chased again at once. Without an address, the text stays on the dispute and no
    mail is made: :func:`prepare_refusal` makes it once a contact is known.

    Returns:
        The dispute, and the mail when somebody can be written to.

    Raises:
        NotFoundError: Not one of this company.
        DisputeClosedError: It is closed.
        DisputeCreditError: Its credit note is a draft.
        DisputeRefusalError: No reason is given.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [dispute] = lock_disputes(actor, [dispute_id])
    if not why.strip():
        raise DisputeRefusalError(
            dispute.document_ref, "dites pourquoi, le client lira vos raisons"
        )
    close_dispute(
        actor=actor,
        dispute_id=dispute_id,
        outcome=DisputeOutcome.UNFOUNDED,
        cause=cause,
        lesson=lesson,
    )
    dispute.refresh_from_db()
    dispute.refusal = why.strip()
    dispute.save(update_fields=["refusal"])
    return dispute, _queue_refusal(actor, dispute)


@transaction.atomic
def prepare_refusal(*, actor: Actor, dispute_id: int) -> Message:
    """Make the mail of a refusal: one that had nobody to be sent to, or of a part not credited.

    Raises:
        NotFoundError: Not one of this company.
        DisputeRefusalError: Nothing of it was refused, its mail is made, or nobody to write to.
    """
    actor.require(Right.HANDLE_DISPUTES)
    dispute = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    if not dispute.closed_at or not dispute.refusal:
        raise DisputeRefusalError(dispute.document_ref, "ce litige n'a pas été refusé")
    if _standing_refusal(actor, dispute):
        raise DisputeRefusalError(dispute.document_ref, "son message attend déjà dans l'envoi")
    message = _queue_refusal(actor, dispute)
    if message is None:
        raise DisputeRefusalError(
            dispute.document_ref,
            f"personne à qui écrire chez {dispute.party.name}, ajoutez un contact « litiges »",
        )
    return message


def _queue_refusal(actor: Actor, dispute: Dispute) -> Message | None:
    found = parties.contacts(
        actor=actor, party_ids=[dispute.party_id], purpose=Purpose.DISPUTES.value
    )
    contacts = found[dispute.party_id]
    pieces = [one for one in dispute.pieces.order_by("rank") if one.file_id and not one.waived_at]
    message = None
    if contacts:
        customer = parties.party_for(actor=actor, party_id=dispute.party_id)
        subject_line, body = _refusal_text(actor, dispute, customer.language, pieces)
        earlier = len(_refusals(actor, dispute))
        [message] = transmission.queue_messages(
            actor=_sender(actor),
            messages=[
                NewMessage(
                    key=f"dispute_refusal:{dispute.pk}:{earlier}",
                    kind=REFUSAL,
                    subject=f"dispute:{dispute.pk}",
                    party_id=customer.pk,
                    to=tuple(dict.fromkeys(one.email for one in contacts)),
                    subject_line=clean_line(subject_line),
                    body=body,
                    file_ids=tuple(one.file_id for one in pieces if one.file_id),
                    hold_until=clock.now(),
                    reply_to=actor.company.email,
                )
            ],
        )
    journal.record(
        DisputeRefused(dispute.pk, message.pk if message else None, len(pieces)), actor=actor
    )
    return message


def _refusal_text(
    actor: Actor, dispute: Dispute, language: str, pieces: Sequence[DisputePiece]
) -> tuple[str, str]:
    facts: dict[str, Any] = {
        "language": language,
        "company": actor.company.name,
        "document_ref": dispute.document_ref,
        "amount": dispute.amount,
        "reason": DISPUTE_REASON_LABELS[DisputeReason(dispute.reason_code)],
        "why": dispute.refusal,
        "pieces": [one.label for one in pieces],
    }
    note = dispute.credit_note
    if note is None:
        return rules.refusal_mail(**facts)
    return rules.settlement_mail(**facts, credit=(note.number or "", note.gross_total))


def _sender(actor: Actor) -> Actor:
    return replace(actor, rights=actor.rights | {Right.SEND_DOCUMENTS})


def _refusals(actor: Actor, dispute: Dispute) -> list[Message]:
    subject = f"dispute:{dispute.pk}"
    found = outbox.messages_of(actor=actor, subjects=[subject])[subject]
    return [one for one in found if one.kind == REFUSAL]


def _standing_refusal(actor: Actor, dispute: Dispute) -> Message | None:
    return next((one for one in _refusals(actor, dispute) if one.status != Status.WITHDRAWN), None)


@transaction.atomic
def send_refusal(*, actor: Actor, dispute_id: int) -> Message:
    """Let the mail of a refusal go, read by a person. It cannot be taken back once sent.

    Raises:
        NotFoundError: Not one of this company.
        RightMissingError: To send documents.
        DisputeRefusalError: No mail waits.
    """
    actor.require(Right.HANDLE_DISPUTES)
    actor.require(Right.SEND_DOCUMENTS)
    dispute = queries.dispute_for(actor=actor, dispute_id=dispute_id)
    message = _standing_refusal(actor, dispute)
    if message is None or message.status not in _STANDING:
        raise DisputeRefusalError(dispute.document_ref, "aucun message n'attend votre accord")
    transmission.release_messages(actor=actor, message_ids=[message.pk])
    journal.record(DisputeRefusalSent(dispute.pk, message.pk), actor=actor)
    message.refresh_from_db()
    return message


@transaction.atomic
def undo_dispute_close(*, actor: Actor, dispute_id: int) -> Dispute:
    """Open a closed dispute again while nothing left nor was issued; its mail is taken back.

    Raises:
        NotFoundError: Not one of this company.
        DisputeNotUndoableError: It is open; its credit note is issued; its refusal has left.
        DisputeTooLargeError: What it contested is no longer owed, or is contested elsewhere.
    """
    actor.require(Right.HANDLE_DISPUTES)
    hold_disputes(actor)
    dispute = (
        Dispute.objects.select_for_update(of=("self",))
        .select_related("open_item")
        .filter(company=actor.company, pk=dispute_id)
        .first()
    )
    if dispute is None:
        raise NotFoundError(what=f"litige n° {dispute_id}")
    ref = dispute.document_ref
    if dispute.closed_at is None:
        raise DisputeNotUndoableError(ref, "il est ouvert")
    if dispute.credit_note_id:
        raise DisputeNotUndoableError(ref, "son avoir est émis")
    message = _standing_refusal(actor, dispute)
    if message and message.status not in _STANDING:
        raise DisputeNotUndoableError(ref, "son refus est parti")
    contested = queries.contested_of(actor=actor, item_ids=[dispute.open_item_id])
    left = dispute.open_item.open_amount - contested.get(dispute.open_item_id, ZERO)
    if dispute.amount > left:
        raise DisputeTooLargeError(document_ref=ref, amount=dispute.amount, left=max(left, ZERO))
    if message:
        transmission.withdraw_messages(
            actor=_sender(actor), message_ids=[message.pk], reason="La clôture est annulée."
        )
    undone = dispute.outcome
    dispute.closed_at, dispute.closed_by, dispute.outcome = None, "", ""
    dispute.refusal, dispute.stage = "", DisputeStage.NEW.value
    dispute.save(update_fields=["closed_at", "closed_by", "outcome", "refusal", "stage"])
    journal.record(DisputeCloseUndone(dispute.pk, undone), actor=actor)
    return dispute


# -- what happened elsewhere ----------------------------------------------------------------------


def follow_disputes(*, actor: Actor) -> DisputeFollowUp:
    """Read what happened since to open disputes, and draw what follows; the minute job calls it.

    A credit note that was issued closes its dispute; a colleague's answer brings it back to the
    start; what is paid in full, past its day or without an answer is asked once. Mails to
    colleagues whose release lapsed leave again while their question waits. Running it again
    changes nothing. Ten queries, and those of what it finds.
    """
    actor.require(Right.HANDLE_DISPUTES)
    with transaction.atomic():
        rows = list(queries.disputes_to_follow(actor=actor).select_for_update(of=("self",)))
        credited = _follow_credits(actor, rows)
        standing = [row for row in rows if row.pk not in set(credited)]
        answered, silent = _follow_questions(actor, standing)
        paid = [row for row in standing if row.open_item.open_amount <= ZERO]
        today = clock.today()
        late = [row for row in standing if row.answer_by and row.answer_by < today]
        _ask_once(
            actor,
            [
                *(_paid_question(row) for row in paid),
                *(_late_question(row) for row in late if row not in paid),
                *silent,
            ],
        )
    _send_questions(actor)
    return DisputeFollowUp(
        answered=tuple(answered),
        credited=tuple(credited),
        paid=tuple(row.pk for row in paid),
        late=tuple(row.pk for row in late),
    )


def _follow_credits(actor: Actor, rows: Collection[Dispute]) -> list[int]:
    """Disputes whose credit note was issued, closed."""
    credited = []
    for row in rows:
        note = row.credit_note
        if note is not None and note.number:
            _close(actor, row, rules.outcome_of_credit(row.amount, note.gross_total))
            _ask_once(actor, [_lesson_question(row, note)])
            credited.append(row.pk)
    return credited


def _follow_questions(
    actor: Actor, rows: Collection[Dispute]
) -> tuple[list[int], list[WorkItemFacts]]:
    """Answers given elsewhere are taken; questions past their day come back as work items."""
    mine = {f"dispute:{row.pk}": row for row in rows}
    asked = queries.questions_of(actor=actor, subjects=mine)
    given = {
        answer_key(one.pk): (mine[subject], one)
        for subject, found in asked.items()
        for one in found
        if one.answered_at
    }
    fresh = set(given) - queries.asked_before(actor=actor, keys=given)
    for key in sorted(fresh):
        take_answer(actor, *given[key])
    silent = [
        _silent_question(mine[subject], one.pk, one.email)
        for subject, found in asked.items()
        for one in found
        if not (one.answered_at or one.withdrawn_at)
        and one.answer_by
        and one.answer_by < clock.today()
    ]
    return sorted({given[key][0].pk for key in fresh}), silent


def _ask_once(actor: Actor, items: Collection[WorkItemFacts]) -> None:
    """Open questions never asked before: one that was answered does not come back each minute."""
    known = queries.asked_before(actor=actor, keys=[one.key for one in items])
    base.open_work_items(actor=actor, items=[one for one in items if one.key not in known])


def _send_questions(actor: Actor) -> None:
    """Mails to colleagues that have not left: again while their question waits, else taken back."""
    sender = _sender(actor)
    for message in outbox.to_release(actor=actor, kind=QUESTION, now=clock.now()):
        with transaction.atomic():
            number = int(message.key.rpartition(":")[2])
            if queries.question_waits(actor=actor, question_id=number):
                transmission.release_messages(actor=sender, message_ids=[message.pk])
            else:
                transmission.withdraw_messages(
                    actor=sender,
                    message_ids=[message.pk],
                    reason="La question n'attend plus de réponse.",
                )


@transaction.atomic
def withdraw_dispute_question(*, actor: Actor, dispute_id: int, question_id: int) -> None:
    """Take back a question: its link answers no more, and its mail stays if it has not left.

    Raises:
        NotFoundError: Not a question about that dispute.
        QuestionClosedError: It is answered or withdrawn already.
    """
    actor.require(Right.HANDLE_DISPUTES)
    subject = f"dispute:{dispute_id}"
    known = base_queries.colleague_questions(actor=actor, subject=subject)
    if not known.filter(pk=question_id).exists():
        raise NotFoundError(what=f"question n° {question_id}")
    base.withdraw_question(actor=actor, question_id=question_id)
    expected = known.filter(answered_at=None, withdrawn_at=None)
    rows = Dispute.objects.select_for_update().filter(
        company=actor.company, pk=dispute_id, stage=DisputeStage.OPERATIONS
    )
    if not expected.exists():
        set_stage(actor, list(rows), DisputeStage.NEW)
    key = f"dispute_question:{question_id}"
    ids = [
        one.pk
        for one in outbox.messages_of(actor=actor, subjects=[subject])[subject]
        if one.key == key and one.status in {*_STANDING, Status.RELEASED}
    ]
    if ids:
        transmission.withdraw_messages(
            actor=_sender(actor), message_ids=ids, reason="La question est retirée."
        )


# -- what is asked --------------------------------------------------------------------------------


def _paid_key(dispute_id: int) -> str:
    return f"collection.dispute_paid:{dispute_id}"


def _undrafted_key(dispute_id: int) -> str:
    return f"collection.dispute_undrafted:{dispute_id}"


def _lesson_key(dispute_id: int) -> str:
    return f"collection.dispute_lesson:{dispute_id}"


def _paid_question(row: Dispute) -> WorkItemFacts:
    return WorkItemFacts(
        key=_paid_key(row.pk),
        kind="collection.dispute_paid",
        subject=f"dispute:{row.pk}",
        title=f"{row.party.name} a tout payé sur {row.document_ref}, qu'il conteste encore : "
        "clore le litige ?",
        evidence={"reasons": ["Il ne reste rien à payer de l'échéance contestée."]},
        answers=(
            Answer("close_dispute", "Clore le litige"),
            Answer("keep_open", "Le garder ouvert"),
        ),
        amount=row.amount,
    )


def _late_question(row: Dispute) -> WorkItemFacts:
    return WorkItemFacts(
        key=late_key(row),
        kind="collection.dispute_late",
        subject=f"dispute:{row.pk}",
        title=f"Le litige sur {row.document_ref} ({row.party.name}) devait être réglé le "
        f"{row.answer_by:%d/%m/%Y} : où en est-il ?",
        evidence={"reasons": [f"Étape : {row.get_stage_display()}."]},
        answers=(Answer("seen", "Je m'en occupe"),),
        amount=row.amount,
        due_date=row.answer_by,
    )


def _silent_question(row: Dispute, question_id: int, email: str) -> WorkItemFacts:
    return WorkItemFacts(
        key=f"collection.dispute_silent:{question_id}",
        kind="collection.dispute_silent",
        subject=f"dispute:{row.pk}",
        title=f"Personne n'a répondu sur le litige {row.document_ref} ({row.party.name}) : "
        "redemander, ou décider sans ?",
        evidence={"reasons": [f"Question posée à {email}." if email else "Question posée ici."]},
        answers=(Answer("seen", "Je m'en occupe"),),
        amount=row.amount,
        due_date=row.answer_by,
    )


def _undrafted_question(row: Dispute) -> WorkItemFacts:
    return WorkItemFacts(
        key=_undrafted_key(row.pk),
        kind="collection.dispute_undrafted",
        subject=f"dispute:{row.pk}",
        title=f"L'avoir du litige sur {row.document_ref} a été supprimé : que fait-on du litige ?",
        evidence={"reasons": ["Le brouillon n'existe plus ; le litige est de nouveau à traiter."]},
        answers=(Answer("seen", "Je m'en occupe"),),
        amount=row.amount,
        due_date=row.answer_by,
    )


def _lesson_question(row: Dispute, note: Invoice) -> WorkItemFacts:
    return WorkItemFacts(
        key=_lesson_key(row.pk),
        kind="collection.dispute_lesson",
        subject=f"dispute:{row.pk}",
        title=f"Avoir {note.number} émis, litige sur {row.document_ref} clos : quelle en est la "
        "cause ?",
        evidence={"reasons": ["Les statistiques comptent par cause ce que coûtent les litiges."]},
        answers=(Answer("later", "Plus tard"),),
        amount=note.gross_total,
    )
