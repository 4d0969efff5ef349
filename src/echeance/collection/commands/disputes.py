"""Disputes while they last: opened, moved, given to somebody, documented, asked about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Sum

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, counters, journal, policy
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import queries as billing
from echeance.billing.types import CreditLine
from echeance.collection import queries
from echeance.collection import rules_disputes as rules
from echeance.collection.commands.receivables import receivables
from echeance.collection.errors import (
    DayPastError,
    DisputeClosedError,
    DisputeFileError,
    DisputeLineError,
    DisputeStageError,
    DisputeTooLargeError,
    QuestionToCustomerError,
)
from echeance.collection.events import (
    DisputeAssigned,
    DisputeDeadlineSet,
    DisputeMoved,
    DisputeOpened,
    DisputePieceAdded,
    DisputePieceProvided,
    DisputePieceWaived,
)
from echeance.collection.models import Dispute, DisputePiece
from echeance.collection.types import (
    DISPUTE_REASON_LABELS,
    DISPUTE_STAGE_LABELS,
    DisputeFile,
    DisputePolicy,
    DisputeReason,
    DisputeStage,
)
from echeance.core.money import ZERO
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties
from echeance.transmission import commands as transmission
from echeance.transmission.types import NewMessage

if TYPE_CHECKING:
    from echeance.base.models import ColleagueQuestion, User
    from echeance.billing.models import Invoice
    from echeance.ledger.types import OpenItemFacts

QUESTION = "question"
"""Kind of the mails that ask a colleague."""


@transaction.atomic
def open_dispute(
    *,
    actor: Actor,
    item_id: int,
    reason_code: DisputeReason,
    amount: Decimal | None = None,
    note: str = "",
    line_id: int | None = None,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
    owner: User | None = None,
    answer_by: date | None = None,
    product: str = "",
    site: str = "",
    carrier: str = "",
    seller: str = "",
    reopens_id: int | None = None,
) -> Dispute:
    """Record that a customer contests an item, a part of it or a line; the rest stays chased.

    A line is contested whole, by a quantity, by a part of its price, or by both; what it is worth
    with VAT is what its credit note would give back, to the cent. The pieces that its reason asks
    for and the day to settle it by come with the dispute.

    Args:
        actor: Needs the right on disputes.
        item_id: The open item of the ledger.
        reason_code: Of the platform's status 207.
        amount: Part contested; all that is left and not yet contested when absent.
        note: In the customer's words.
        line_id: The line of the invoice that is contested; ``amount`` is then left out.
        quantity: Units of that line; all of them when absent.
        unit_price: Part of its unit price that is contested, before VAT; all of it when absent.
        owner: Who answers for it; the person who opens it when absent.
        answer_by: Day to settle it by; that of the policy for the reason when absent.
        product: What it is about; the item of the line when empty.
        site: Where; the establishment invoiced when empty.
        carrier: Who carried the goods.
        seller: Who sold them.
        reopens_id: A closed dispute of the same item that the customer comes back to.

    Raises:
        NotFoundError: No such item, line, or closed dispute of that item; the owner is no member.
        NotCustomerItemError: It is not an open receivable.
        DisputeLineError: That part of the line may not be contested.
        DisputeTooLargeError: More than is owed and not yet contested, or nothing.
        DayPastError: The day to settle it by is over.
    """
    actor.require(Right.HANDLE_DISPUTES)
    hold_disputes(actor)
    [(item, party_id)] = receivables(actor, [item_id])
    if answer_by is not None and answer_by < clock.today():
        raise DayPastError(day=answer_by)
    if owner is not None:
        _check_member(actor, owner)
    if reopens_id is not None:
        _check_reopened(actor, reopens_id, item)
    invoice = billing.by_numbers(actor=actor, numbers=[item.document_ref]).get(item.document_ref)
    asked = amount
    if line_id is not None:
        part = rules.Part(quantity, unit_price)
        asked = _line_amount(actor, item, invoice, (line_id, part), has_amount=amount is not None)
    contested = _to_contest(actor, item, asked)
    days = rules.answer_days(reason_code, policy.read(actor.company, DisputePolicy))
    dispute = Dispute.objects.create(
        company=actor.company,
        party_id=party_id,
        open_item_id=item.item_id,
        document_ref=item.document_ref,
        amount=contested,
        reason_code=reason_code.value,
        note=note.strip(),
        opened_at=clock.now(),
        opened_by=actor.name,
        owner=owner or actor.user,
        answer_by=answer_by or clock.today() + timedelta(days=days),
        invoice_line_id=line_id,
        quantity=quantity,
        unit_price=unit_price,
        product=clean_line(product)[:120] or _product_of(actor, invoice, line_id),
        site=clean_line(site)[:120] or _site_of(invoice),
        carrier=clean_line(carrier)[:120],
        seller=clean_line(seller)[:120],
        reopens_id=reopens_id,
    )
    _list_pieces(actor, dispute, invoice)
    journal.record(
        DisputeOpened(
            dispute_id=dispute.pk,
            party_id=dispute.party_id,
            document_ref=dispute.document_ref,
            amount=dispute.amount,
            reason_code=dispute.reason_code,
        ),
        actor=actor,
    )
    return dispute


def _list_pieces(actor: Actor, dispute: Dispute, invoice: Invoice | None) -> None:
    """The pieces its reason asks for; the note of the last delivery billed is there at once."""
    labels = rules.PIECES.get(DisputeReason(dispute.reason_code), ())
    pieces = [
        DisputePiece(company=actor.company, dispute=dispute, rank=rank, label=label)
        for rank, label in enumerate(labels, 1)
    ]
    if invoice is not None and rules.PROOF_OF_DELIVERY in labels:
        signed = billing.deliveries_of(actor=actor, invoice_id=invoice.pk).exclude(file=None)
        if delivery := signed.first():
            for piece in pieces:
                if piece.label == rules.PROOF_OF_DELIVERY:
                    piece.file_id = delivery.file_id
                    piece.provided_at, piece.provided_by = clock.now(), str(delivery)[:120]
    DisputePiece.objects.bulk_create(pieces)


def hold_disputes(actor: Actor) -> None:
    """Make another process that contests in this company wait until the transaction ends.

    Two of them would each find that enough is owed.
    """
    counters.hold(company=actor.company, name="collection.disputes")


def _check_member(actor: Actor, user: User) -> None:
    if not user.memberships.filter(company=actor.company, ended_at=None).exists():
        raise NotFoundError(what="cette personne dans la société")


def _check_reopened(actor: Actor, dispute_id: int, item: OpenItemFacts) -> None:
    closed = Dispute.objects.filter(
        company=actor.company, pk=dispute_id, open_item=item.item_id, closed_at__isnull=False
    )
    if not closed.exists():
        raise NotFoundError(what=f"litige clos n° {dispute_id} de cette échéance")


def _to_contest(actor: Actor, item: OpenItemFacts, asked: Decimal | None) -> Decimal:
    """What is contested: never more than is owed and not yet contested.

    Raises:
        DisputeTooLargeError: More, or nothing.
    """
    open_rows = Dispute.objects.filter(
        company=actor.company, open_item=item.item_id, closed_at=None
    )
    contested = open_rows.aggregate(total=Sum("amount"))["total"] or ZERO
    left = max(item.open_amount - contested, ZERO)
    wanted = left if asked is None else asked
    if not ZERO < wanted <= left:
        raise DisputeTooLargeError(document_ref=item.document_ref, amount=wanted, left=left)
    return wanted


def _line_amount(
    actor: Actor,
    item: OpenItemFacts,
    invoice: Invoice | None,
    contested: tuple[int, rules.Part],
    *,
    has_amount: bool,
) -> Decimal:
    """What a part of a line is worth, VAT included: the credit note it would take.

    Raises:
        NotFoundError: The line is not of that invoice.
        DisputeLineError: That part may not be contested.
    """
    line_id, part = contested
    left = billing.lines_left(actor=actor, invoice_id=invoice.pk) if invoice else {}
    if invoice is None or line_id not in left:
        raise NotFoundError(what=f"ligne n° {line_id} de {item.document_ref}")
    found = left[line_id]
    line = rules.Line(
        found.position, found.unit_price, found.ordered, found.quantity, found.net_amount
    )
    why = rules.why_not(line, part, _contested_of_line(actor, line_id))
    if has_amount:
        why = "donnez un montant, ou une ligne"
    if invoice.currency != item.currency:
        why = f"la facture est en {invoice.currency}, contestez un montant en {item.currency}"
    if why:
        raise DisputeLineError(document_ref=item.document_ref, position=line.position, why=why)
    shares = billing.credit_plan(
        actor=actor,
        invoice=invoice,
        lines=[CreditLine(line_id, part.quantity, part.unit_price)],
    )
    return sum((share.base + share.vat for share in shares), ZERO)


def _contested_of_line(actor: Actor, line_id: int) -> list[rules.Part]:
    """What open disputes contest of a line; a draft credit note has taken its part already."""
    rows = Dispute.objects.filter(
        company=actor.company, invoice_line=line_id, closed_at=None, credit_note=None
    )
    return [rules.Part(*row) for row in rows.values_list("quantity", "unit_price")]


def _product_of(actor: Actor, invoice: Invoice | None, line_id: int | None) -> str:
    if invoice is None or line_id is None:
        return ""
    line = billing.lines_of(actor=actor, invoice_id=invoice.pk).get(pk=line_id)
    return (line.item_code or line.name)[:120]


def _site_of(invoice: Invoice | None) -> str:
    if invoice is None or invoice.establishment is None:
        return ""
    place = invoice.establishment
    return (place.name or place.city or place.siret)[:120]


# -- while it lasts -------------------------------------------------------------------------------


def lock_disputes(actor: Actor, dispute_ids: Collection[int]) -> list[Dispute]:
    """Open disputes, all of those asked for, locked, in the order of their numbers.

    Raises:
        NotFoundError: One is not of this company.
        DisputeClosedError: One is closed.
    """
    wanted = set(dispute_ids)
    rows = list(
        Dispute.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    )
    if missing := wanted - {row.pk for row in rows}:
        raise NotFoundError(what=f"litige n° {min(missing)}")
    for row in rows:
        if row.closed_at:
            raise DisputeClosedError(document_ref=row.document_ref)
    return rows


@transaction.atomic
def move_disputes(*, actor: Actor, dispute_ids: Collection[int], stage: DisputeStage) -> int:
    """Bring disputes to a stage a person chooses: to start, waiting a colleague or the customer.

    Five queries, whatever their number. Another move takes it back.

    Returns:
        How many changed stage.

    Raises:
        NotFoundError: One is not of this company.
        DisputeClosedError: One is closed.
        DisputeStageError: That stage is not chosen by hand, or a draft credit note waits.
    """
    actor.require(Right.HANDLE_DISPUTES)
    rows = lock_disputes(actor, dispute_ids)
    for row in rows:
        if stage not in rules.STAGES_BY_HAND:
            label = DISPUTE_STAGE_LABELS[stage]
            raise DisputeStageError(row.document_ref, f"« {label} » vient d'un avoir ou d'une fin")
        if row.credit_note_id:
            raise DisputeStageError(
                row.document_ref, "son avoir est en brouillon, émettez-le ou abandonnez-le"
            )
    return set_stage(actor, rows, stage)


def set_stage(actor: Actor, rows: Sequence[Dispute], stage: DisputeStage) -> int:
    """Write a stage on locked disputes, and in the journal; how many changed."""
    moved = [row for row in rows if row.stage != stage]
    Dispute.objects.filter(pk__in=[row.pk for row in moved]).update(stage=stage.value)
    journal.record_many(
        [DisputeMoved(row.pk, row.stage, stage.value) for row in moved], actor=actor
    )
    for row in moved:
        row.stage = stage.value
    return len(moved)


@transaction.atomic
def assign_disputes(*, actor: Actor, dispute_ids: Collection[int], owner: User | None) -> int:
    """Give disputes to a member of the company, or to nobody; how many changed hands.

    Raises:
        NotFoundError: One is not of this company, or the owner is no member.
        DisputeClosedError: One is closed.
    """
    actor.require(Right.HANDLE_DISPUTES)
    if owner is not None:
        _check_member(actor, owner)
    owner_id = owner.pk if owner else None
    given = [one for one in lock_disputes(actor, dispute_ids) if one.owner_id != owner_id]
    Dispute.objects.filter(pk__in=[row.pk for row in given]).update(owner=owner)
    email = owner.email if owner else ""
    journal.record_many([DisputeAssigned(row.pk, email) for row in given], actor=actor)
    return len(given)


@transaction.atomic
def set_dispute_deadlines(*, actor: Actor, dispute_ids: Collection[int], answer_by: date) -> int:
    """Say by which day disputes are to be settled; how many changed.

    Raises:
        NotFoundError: One is not of this company.
        DisputeClosedError: One is closed.
        DayPastError: The day is over.
    """
    actor.require(Right.HANDLE_DISPUTES)
    if answer_by < clock.today():
        raise DayPastError(day=answer_by)
    moved = [row for row in lock_disputes(actor, dispute_ids) if row.answer_by != answer_by]
    Dispute.objects.filter(pk__in=[row.pk for row in moved]).update(answer_by=answer_by)
    journal.record_many(
        [DisputeDeadlineSet(row.pk, row.answer_by, answer_by) for row in moved], actor=actor
    )
    base.close_work_items(actor=actor, keys=[late_key(row) for row in moved], answer="moved")
    return len(moved)


def late_key(row: Dispute) -> str:
    """The matter of a dispute past its day: another day is another matter."""
    return f"collection.dispute_late:{row.pk}:{row.answer_by}"


# -- pieces ---------------------------------------------------------------------------------------


@transaction.atomic
def add_dispute_piece(*, actor: Actor, dispute_id: int, label: str) -> DisputePiece:
    """Ask for one more piece.

    Raises:
        NotFoundError: Not a dispute of this company, or no label.
        DisputeClosedError: It is closed.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [dispute] = lock_disputes(actor, [dispute_id])
    if not clean_line(label):
        raise NotFoundError(what="pièce sans nom")
    return _new_piece(actor, dispute, clean_line(label))


def _new_piece(actor: Actor, dispute: Dispute, label: str) -> DisputePiece:
    last = dispute.pieces.aggregate(last=Max("rank"))["last"] or 0
    piece = DisputePiece.objects.create(
        company=actor.company, dispute=dispute, rank=last + 1, label=label[:120]
    )
    journal.record(DisputePieceAdded(dispute.pk, piece.pk, piece.label), actor=actor)
    return piece


def provide_dispute_piece(
    *, actor: Actor, dispute_id: int, piece_id: int, file: DisputeFile | None = None
) -> DisputePiece:
    """Tick a piece off the list, with its file when there is one; the archive keeps it.

    Another file takes the place of the first, which stays in the archive.

    Raises:
        NotFoundError: Not a piece of that dispute.
        DisputeClosedError: The dispute is closed.
        DisputeFileError: The file is of no kind that is read, empty or too large.
    """
    actor.require(Right.HANDLE_DISPUTES)
    checked = [checked_file(file)] if file else []
    with transaction.atomic():
        _piece(actor, dispute_id, piece_id)
    stored = _store(actor, dispute_id, checked)
    with transaction.atomic():
        piece = _piece(actor, dispute_id, piece_id)
        piece.file_id = stored[0] if stored else piece.file_id
        piece.provided_at, piece.provided_by = clock.now(), actor.name
        piece.waived_at = None
        piece.save(update_fields=["file", "provided_at", "provided_by", "waived_at"])
        journal.record(DisputePieceProvided(dispute_id, piece.pk, piece.file_id), actor=actor)
    return piece


@transaction.atomic
def waive_dispute_piece(*, actor: Actor, dispute_id: int, piece_id: int) -> DisputePiece:
    """Say that a piece is not needed, or that it is after all.

    Raises:
        NotFoundError: Not a piece of that dispute.
        DisputeClosedError: The dispute is closed.
    """
    actor.require(Right.HANDLE_DISPUTES)
    piece = _piece(actor, dispute_id, piece_id)
    piece.waived_at = None if piece.waived_at else clock.now()
    piece.save(update_fields=["waived_at"])
    journal.record(
        DisputePieceWaived(dispute_id, piece.pk, piece.waived_at is not None), actor=actor
    )
    return piece


def _piece(actor: Actor, dispute_id: int, piece_id: int) -> DisputePiece:
    [dispute] = lock_disputes(actor, [dispute_id])
    piece = dispute.pieces.filter(pk=piece_id).first()
    if piece is None:
        raise NotFoundError(what=f"pièce n° {piece_id}")
    return piece


def checked_file(file: DisputeFile) -> tuple[DisputeFile, str]:
    """A file with its media type, read in its bytes.

    Raises:
        DisputeFileError: Empty, too large, or of a kind that is not taken.
    """
    media_type = rules.media_type_of(file.content)
    why = ""
    if not file.content:
        why = "il est vide"
    elif len(file.content) > rules.FILE_BYTES_MAX:
        why = f"il dépasse {rules.FILE_BYTES_MAX // 1_000_000} Mo"
    elif not media_type:
        why = "ce n'est ni un PDF ni une image (JPEG, PNG, WebP, HEIC)"
    if why:
        raise DisputeFileError(filename=file.filename[:80], why=why)
    return file, media_type


def _store(actor: Actor, dispute_id: int, files: Sequence[tuple[DisputeFile, str]]) -> list[int]:
    """Archive files; numbers of their rows, in order."""
    if not files:
        return []
    until = ledger.keep_until(actor=actor, day=clock.today())
    rows = archive.store_files(
        actor=replace(actor, rights=actor.rights | {Right.STORE_FILES}),
        files=[
            NewFile(
                content=file.content,
                filename=file.filename,
                media_type=media_type,
                kind="dispute_piece",
                subject=f"dispute:{dispute_id}",
                keep_until=until,
            )
            for file, media_type in files
        ],
    )
    return [row.pk for row in rows]


# -- questions ------------------------------------------------------------------------------------


@transaction.atomic
def ask_operations(
    *,
    actor: Actor,
    dispute_id: int,
    text: str,
    link: Callable[[str], str],
    user: User | None = None,
    email: str = "",
    answer_by: date | None = None,
) -> ColleagueQuestion:
    """Ask somebody about a dispute, by a mail whose link needs no account; the stage follows.

    The mail is in the outbox in the same transaction and leaves in the minute; what comes back is
    taken by :func:`answer_dispute_question` or :func:`follow_disputes`. The link is in that mail
    alone; withdrawing the question kills it.

    Args:
        actor: Needs the rights on disputes and to answer questions.
        dispute_id: The dispute.
        text: The question.
        link: The address of the answer, for a secret.
        user: A member of the company, or
        email: any address.
        answer_by: Last day of an answer; that of the policy when absent.

    Raises:
        NotFoundError: Not a dispute of this company, or the person is no member.
        DisputeClosedError: It is closed.
        DisputeStageError: A draft credit note waits.
        QuestionEmptyError: No text, or nobody to ask.
        DayPastError: The last day is over.
        QuestionToCustomerError: The address is one of the customer's.
        InvalidMessagesError: The address cannot be written to.
        SenderMissingError: The company has no address of its own.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [dispute] = lock_disputes(actor, [dispute_id])
    if dispute.credit_note_id:
        raise DisputeStageError(
            dispute.document_ref, "son avoir est en brouillon, émettez-le ou abandonnez-le"
        )
    days = policy.read(actor.company, DisputePolicy).question_days
    day = answer_by or clock.today() + timedelta(days=days)
    if day < clock.today():
        raise DayPastError(day=day)
    _refuse_customer(actor, dispute, user.email if user else email)
    question, secret = base.ask_colleague(
        actor=actor,
        subject=f"dispute:{dispute.pk}",
        text=text,
        user=user,
        email=email,
        answer_by=day,
    )
    subject_line, body = rules.question_mail(
        company=actor.company.name,
        document_ref=dispute.document_ref,
        customer=dispute.party.name,
        text=question.text,
        link=link(secret),
        day=f"{day:%d/%m/%Y}",
    )
    sender = replace(actor, rights=actor.rights | {Right.SEND_DOCUMENTS})
    [message] = transmission.queue_messages(
        actor=sender,
        messages=[
            NewMessage(
                key=f"dispute_question:{question.pk}",
                kind=QUESTION,
                subject=f"dispute:{dispute.pk}",
                party_id=None,
                to=(user.email if user else email.strip(),),
                subject_line=clean_line(subject_line),
                body=body,
                file_ids=(),
                hold_until=clock.now(),
                reply_to=actor.company.email,
            )
        ],
    )
    transmission.release_messages(actor=sender, message_ids=[message.pk])
    set_stage(actor, [dispute], DisputeStage.OPERATIONS)
    return question


def answer_dispute_question(
    *, secret: str, answer: str, files: Sequence[DisputeFile] = ()
) -> ColleagueQuestion:
    """Take the answer that came by a link, with its files; the secret stands for the right.

    The dispute goes back to the start with a question to whoever handles it, and the files are
    pieces of it.

    Raises:
        NotFoundError: No question has this secret, or it is about no dispute.
        QuestionClosedError: Answered, withdrawn, or past its day.
        QuestionEmptyError: No answer is written.
        DisputeFileError: A file is not taken; nothing is.
    """
    question, dispute = queries.dispute_of_question(secret=secret)
    house = system(question.company)
    if len(files) > rules.FILES_MAX:
        raise DisputeFileError(
            filename=files[-1].filename[:80], why=f"{rules.FILES_MAX} fichiers au plus"
        )
    stored = _store(house, dispute.pk, [checked_file(file) for file in files])
    with transaction.atomic():
        row = base.answer_colleague(secret=secret, answer=answer)
        for file, file_id in zip(files, stored, strict=True):
            piece = _new_piece(house, dispute, clean_line(file.filename) or "fichier joint")
            piece.file_id = file_id
            piece.provided_at, piece.provided_by = clock.now(), row.answered_by
            piece.save(update_fields=["file", "provided_at", "provided_by"])
        take_answer(house, dispute, row)
    return row


def take_answer(actor: Actor, dispute: Dispute, question: ColleagueQuestion) -> None:
    """Bring a dispute back to the start with the answer to read; a closed one stays closed."""
    if dispute.closed_at is None and dispute.stage == DisputeStage.OPERATIONS:
        set_stage(actor, [dispute], DisputeStage.NEW)
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=answer_key(question.pk),
                kind="collection.dispute_answer",
                subject=f"dispute:{dispute.pk}",
                title=f"{question.answered_by} a répondu sur le litige {dispute.document_ref} "
                f"({dispute.party.name}) : que fait-on ?",
                evidence={"reasons": [question.text, f"« {question.answer} »"]},
                answers=(Answer("read", "C'est lu"),),
                amount=dispute.amount,
                due_date=dispute.answer_by,
            )
        ],
    )


def answer_key(question_id: int) -> str:
    """The matter of a colleague's answer."""
    return f"collection.dispute_answer:{question_id}"


# -- proposed -------------------------------------------------------------------------------------


def propose_dispute(
    *,
    actor: Actor,
    item_id: int,
    quote: str,
    reason_code: DisputeReason = DisputeReason.AUTRE,
) -> int:
    """Ask a person whether words of a customer are a dispute; nothing stops being chased yet.

    Args:
        actor: Needs the right on disputes.
        item_id: The open item they are about.
        quote: The words, as they were written.
        reason_code: The reason they seem to give.

    Returns:
        One when the question is new, zero when it is asked already.

    Raises:
        NotFoundError: No such item.
        NotCustomerItemError: It is not an open receivable.
    """
    actor.require(Right.HANDLE_DISPUTES)
    [(item, _)] = receivables(actor, [item_id])
    return base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=f"collection.dispute_proposed:{item_id}",
                kind="collection.dispute_proposed",
                subject=f"open_item:{item_id}",
                title=f"Un client semble contester {item.document_ref} "
                f"({DISPUTE_REASON_LABELS[reason_code]}) : ouvrir un litige ?",
                evidence={
                    "reasons": [f"Il écrit : « {clean_line(quote)[:400]} »."],
                    "item_id": item_id,
                    "reason_code": reason_code.value,
                    "quote": quote.strip()[:2000],
                },
                answers=(
                    Answer("open_dispute", "Ouvrir le litige"),
                    Answer("no_dispute", "Ce n'en est pas un"),
                ),
                amount=item.open_amount,
            )
        ],
    )


def _refuse_customer(actor: Actor, dispute: Dispute, address: str) -> None:
    asked = address.strip().casefold()
    contacts = parties.contacts_of(actor=actor, party_id=dispute.party_id)
    if any(one.email.casefold() == asked for one in contacts if asked):
        raise QuestionToCustomerError(email=address.strip(), party_name=dispute.party.name)
