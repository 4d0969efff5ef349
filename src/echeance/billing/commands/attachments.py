"""Pieces joined to a document: chosen on the draft, frozen when it is issued."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from django.db import transaction
from django.db.models import Max

from echeance.archive import commands as archive_commands
from echeance.archive import queries as archive
from echeance.archive.models import StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.setup import kept_until, with_archive
from echeance.billing.errors import AttachmentInvalidError, InvoiceAlreadyIssuedError
from echeance.billing.events import AttachmentJoined, AttachmentRemoved
from echeance.billing.models import Delivery, Invoice, InvoiceAttachment
from echeance.billing.rules import attachments as rules
from echeance.billing.types import AttachmentFacts, JoinedFile


@transaction.atomic
def attach_to_draft(
    *, actor: Actor, invoice_id: int, attachments: Sequence[AttachmentFacts]
) -> list[InvoiceAttachment]:
    """Join archived files to a draft, inside its file or beside it. All or none.

    A file that is already joined keeps its place and takes the new code and label. Six queries.

    Raises:
        NotFoundError: Not a document, or not a file, of this company.
        InvoiceAlreadyIssuedError: It is issued: its file does not change any more.
        AttachmentInvalidError: Every piece that cannot be joined, each with its reason.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = _draft(actor, invoice_id)
    files = archive.files_for(actor=actor, file_ids=[one.file_id for one in attachments])
    known = {one.file_id: one for one in row.attachments.select_related("file")}
    wanted = {one.file_id: one for one in attachments}
    facts = [
        rules.Piece(one.code, one.label, one.is_embedded, file.media_type, file.size)
        for file_id, one in wanted.items()
        for file in [files[file_id]]
    ]
    kept = [
        rules.Piece(one.code, one.label, one.is_embedded, one.file.media_type, one.file.size)
        for one in known.values()
        if one.file_id not in wanted
    ]
    problems = rules.problems(facts, kept)
    if problems:
        raise AttachmentInvalidError(problems)
    place = row.attachments.aggregate(last=Max("position"))["last"] or 0
    rows = []
    for file_id, one in wanted.items():
        found = known.get(file_id)
        if found is None:
            place += 1
        rows.append(
            InvoiceAttachment(
                company=actor.company,
                invoice=row,
                file=files[file_id],
                position=found.position if found else place,
                code=one.code,
                label=rules.label_of(one.label, files[file_id].filename),
                is_embedded=one.is_embedded,
            )
        )
    InvoiceAttachment.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["invoice", "file"],
        update_fields=["code", "label", "is_embedded"],
    )
    journal.record_many(
        [AttachmentJoined(row.pk, one.file_id, one.code, one.is_embedded) for one in rows],
        actor=actor,
    )
    return list(row.attachments.select_related("file").order_by("position"))


def attach_upload(
    *,
    actor: Actor,
    invoice_id: int,
    content: bytes,
    filename: str,
    code: str,
    label: str = "",
    is_embedded: bool = True,
) -> list[InvoiceAttachment]:
    """Archive a file and join it to a draft; what it is, is read in its bytes.

    Refused before anything is kept: a file that :func:`attach_to_draft` would refuse.

    Raises:
        NotFoundError: Not a document of this company.
        InvoiceAlreadyIssuedError: It is issued.
        AttachmentInvalidError: Too large, empty, or of a kind that cannot be joined.
    """
    actor.require(Right.DRAFT_INVOICES)
    media_type = rules.media_type_of(filename, content)
    piece = rules.Piece(code, label or filename, is_embedded, media_type, len(content))
    found = rules.problems([piece])
    if not content:
        found = (*found, f"« {filename} » est vide")
    if found:
        raise AttachmentInvalidError(found)
    with transaction.atomic():
        _draft(actor, invoice_id)
    kept = archive_commands.store_file(
        actor=with_archive(actor),
        file=NewFile(
            content=content,
            filename=filename,
            media_type=media_type,
            kind="attachment",
            subject=f"invoice:{invoice_id}",
            keep_until=kept_until(actor, clock.today()),
        ),
    )
    return attach_to_draft(
        actor=actor,
        invoice_id=invoice_id,
        attachments=[AttachmentFacts(kept.pk, code, label, is_embedded)],
    )


@transaction.atomic
def detach(*, actor: Actor, invoice_id: int, file_ids: Collection[int]) -> int:
    """Take pieces away from a draft; how many. The archive keeps the files. Four queries.

    Raises:
        NotFoundError: Not a document of this company.
        InvoiceAlreadyIssuedError: It is issued.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = _draft(actor, invoice_id)
    gone = list(row.attachments.filter(file_id__in=file_ids).values_list("file_id", flat=True))
    row.attachments.filter(file_id__in=gone).delete()
    journal.record_many([AttachmentRemoved(row.pk, file_id) for file_id in gone], actor=actor)
    return len(gone)


def _draft(actor: Actor, invoice_id: int) -> Invoice:
    row = (
        queries.invoices(actor=actor)
        .select_related(None)
        .select_for_update(of=("self",))
        .filter(pk=invoice_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"document n° {invoice_id}")
    if row.status != Invoice.Status.DRAFT:
        raise InvoiceAlreadyIssuedError(number=str(row))
    return row


def joined_files(
    *, actor: Actor, invoice_ids: Collection[int]
) -> dict[int, tuple[JoinedFile, ...]]:
    """The pieces of documents, in their order, as they are frozen. Two queries.

    Those joined to the draft, then the delivery notes its customer always wants. Two files of one
    name in a document take a number: readers save them side by side.
    """
    actor.require(Right.READ)
    found: dict[int, list[JoinedFile]] = defaultdict(list)
    names: dict[int, Counter[str]] = defaultdict(Counter)

    def join(invoice_id: int, file: StoredFile, code: str, label: str, *, embed: bool) -> None:
        if any(one.file_id == file.pk for one in found[invoice_id]):
            return
        names[invoice_id][file.filename.casefold()] += 1
        turn = names[invoice_id][file.filename.casefold()]
        found[invoice_id].append(
            JoinedFile(file.pk, code, label, _numbered(file.filename, turn), file.media_type, embed)
        )

    rows = InvoiceAttachment.objects.filter(company=actor.company, invoice_id__in=invoice_ids)
    for row in rows.select_related("file").order_by("invoice_id", "position"):
        join(row.invoice_id, row.file, row.code, row.label, embed=row.is_embedded)
    for delivery in usual_pieces(actor=actor, invoice_ids=invoice_ids):
        assert delivery.invoice_id is not None, "it was looked for by its document"
        assert delivery.file is not None, "it was looked for with its file"
        join(
            delivery.invoice_id,
            delivery.file,
            rules.DELIVERY_NOTE,
            delivery.number[: rules.LABEL_MAX],
            embed=delivery.file.media_type in rules.MEDIA_TYPES,
        )
    return {pk: tuple(files) for pk, files in found.items()}


def usual_pieces(*, actor: Actor, invoice_ids: Collection[int]) -> list[Delivery]:
    """Delivery notes that go with documents because their customer wants them. One query.

    Those that have their file in the archive, of customers whose rule names ``BON_LIVRAISON``.
    """
    actor.require(Right.READ)
    rows = (
        Delivery.objects.filter(
            company=actor.company, invoice_id__in=invoice_ids, file__isnull=False
        )
        .select_related("file", "invoice__buyer__billing_rule")
        .order_by("delivered_on", "pk")
    )
    return [row for row in rows if _wants_notes(row)]


def _wants_notes(row: Delivery) -> bool:
    rule = getattr(row.invoice and row.invoice.buyer, "billing_rule", None)
    return rule is not None and rules.DELIVERY_NOTE in rule.joined_pieces


def _numbered(filename: str, turn: int) -> str:
    if turn == 1:
        return filename
    path = PurePosixPath(filename)
    return f"{path.stem} ({turn}){path.suffix}"
