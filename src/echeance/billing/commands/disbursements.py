"""Disbursements: recorded, and billed on a note of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.models import StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.commands.drafts import draft_documents
from echeance.billing.commands.setup import kept_until, with_archive
from echeance.billing.errors import DisbursementRefusedError
from echeance.billing.events import DisbursementRecorded
from echeance.billing.models import Disbursement, Invoice
from echeance.billing.rules import disbursements as rules
from echeance.billing.types import AttachmentFacts, DisbursementFacts, DraftFacts
from echeance.parties import queries as parties

_BATCH = 500
_PIECES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


@transaction.atomic
def record_disbursements(
    *, actor: Actor, disbursements: Sequence[DisbursementFacts]
) -> list[Disbursement]:
    """Record what was paid in the name of customers and for them. All or none; ten queries or so.

    Raises:
        NotFoundError: A customer or a file is unknown.
        DisbursementRefusedError: One would be taxed, or the same piece was recorded before.
    """
    actor.require(Right.DRAFT_INVOICES)
    today = clock.today()
    for one in disbursements:
        if reason := rules.problem(one, today):
            raise DisbursementRefusedError(one.label, reason)
    buyers = parties.snapshots(actor=actor, party_ids={one.party_id for one in disbursements})
    files = {one.file_id for one in disbursements if one.file_id is not None}
    known = set(
        StoredFile.objects.filter(company=actor.company, pk__in=files).values_list("pk", flat=True)
    )
    for one in disbursements:
        if one.party_id not in buyers:
            raise NotFoundError(what=f"client n° {one.party_id}")
        if one.file_id is not None and one.file_id not in known:
            raise NotFoundError(what=f"pièce n° {one.file_id}")
    _refuse_twice(actor, disbursements)
    now = clock.now()
    rows = Disbursement.objects.bulk_create(
        (
            Disbursement(
                company=actor.company,
                party_id=buyers[one.party_id].party_id,
                order_id=one.order_id,
                paid_on=one.paid_on,
                label=one.label.strip()[:200],
                supplier_reference=one.supplier_reference.strip()[:80],
                amount=one.amount,
                file_id=one.file_id,
                recorded_at=now,
                recorded_by=actor.name,
            )
            for one in disbursements
        ),
        batch_size=_BATCH,
    )
    journal.record_many(
        [DisbursementRecorded(row.pk, row.supplier_reference, str(row.amount)) for row in rows],
        actor=actor,
    )
    return rows


def _refuse_twice(actor: Actor, disbursements: Sequence[DisbursementFacts]) -> None:
    before = set(
        Disbursement.objects.filter(
            company=actor.company,
            party__in={one.party_id for one in disbursements},
            paid_on__in={one.paid_on for one in disbursements},
        ).values_list("party_id", "supplier_reference", "paid_on")
    )
    for one in disbursements:
        key = (one.party_id, one.supplier_reference.strip()[:80], one.paid_on)
        if key in before:
            raise DisbursementRefusedError(
                one.label, f"la pièce {one.supplier_reference} est déjà enregistrée ce jour-là"
            )
        before.add(key)


def keep_disbursement_piece(*, actor: Actor, content: bytes, filename: str) -> int:
    """Keep a supplier's piece in the archive, as long as the books; its id there.

    Raises:
        DisbursementRefusedError: It is neither a PDF nor an image.
    """
    actor.require(Right.DRAFT_INVOICES)
    media_type = next((kind for start, kind in _PIECES.items() if content.startswith(start)), "")
    if not media_type:
        raise DisbursementRefusedError(filename, "la pièce n'est ni un PDF ni une image")
    file = NewFile(
        content=content,
        filename=filename,
        media_type=media_type,
        kind="disbursement",
        subject=f"company:{actor.company.pk}",
        keep_until=kept_until(actor, clock.today()),
    )
    return archive.store_file(actor=with_archive(actor), file=file).pk


@transaction.atomic
def attach_disbursement_piece(*, actor: Actor, disbursement_id: int, file_id: int) -> Disbursement:
    """Give a disbursement the supplier's piece, kept in the archive; it may then be billed.

    Raises:
        NotFoundError: The disbursement or the file is unknown.
        DisbursementRefusedError: It is billed already.
    """
    actor.require(Right.DRAFT_INVOICES)
    row = (
        Disbursement.objects.select_for_update()
        .filter(company=actor.company, pk=disbursement_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"débours n° {disbursement_id}")
    if row.invoice_id is not None:
        raise DisbursementRefusedError(row.label, "il est déjà facturé")
    if not StoredFile.objects.filter(company=actor.company, pk=file_id).exists():
        raise NotFoundError(what=f"pièce n° {file_id}")
    row.file_id = file_id
    row.save(update_fields=["file"])
    journal.record(
        DisbursementRecorded(row.pk, row.supplier_reference, str(row.amount)), actor=actor
    )
    return row


@transaction.atomic
def draft_disbursements(*, actor: Actor, disbursement_ids: Collection[int]) -> list[Invoice]:
    """Draft one note de débours a customer: outside VAT, account 467, pieces joined.

    Raises:
        NotFoundError: One is unknown.
        DisbursementRefusedError: One is billed already, or has no piece.
    """
    actor.require(Right.DRAFT_INVOICES)
    wanted = set(disbursement_ids)
    rows = list(
        Disbursement.objects.select_for_update()
        .filter(company=actor.company, pk__in=wanted)
        .order_by("party", "paid_on", "pk")
    )
    if missing := wanted - {row.pk for row in rows}:
        raise NotFoundError(what=f"débours n° {min(missing)}")
    by_party: dict[int, list[Disbursement]] = {}
    for row in rows:
        if row.invoice_id is not None:
            raise DisbursementRefusedError(row.label, "il est déjà facturé")
        if reason := rules.waits(has_piece=row.file_id is not None):
            raise DisbursementRefusedError(row.label, reason)
        by_party.setdefault(row.party_id, []).append(row)
    made = draft_documents(
        actor=actor,
        drafts=[_note(party_id, group) for party_id, group in by_party.items()],
    )
    for group, invoice in zip(by_party.values(), made, strict=True):
        for row in group:
            row.invoice = invoice
    Disbursement.objects.bulk_update(rows, ["invoice"], batch_size=_BATCH)
    return made


def _note(party_id: int, rows: Sequence[Disbursement]) -> DraftFacts:
    return DraftFacts(
        buyer_id=party_id,
        lines=rules.lines(
            (row.label, row.supplier_reference, row.paid_on, row.amount) for row in rows
        ),
        payment_terms="reception",
        note=rules.NOTE,
        attachments=tuple(
            AttachmentFacts(row.file_id, "DOCUMENT_ANNEXE", f"Pièce {row.supplier_reference}"[:100])
            for row in {row.file_id: row for row in rows}.values()
            if row.file_id is not None
        ),
    )
