"""Letters: queued, printed in one batch and never in two, posted on a day with its proof."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from echeance.archive import commands as archive
from echeance.archive import queries as files
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.core.dates import month_end
from echeance.core.tabular import write_csv
from echeance.transmission import postal
from echeance.transmission.commands.printing import LocalPrinter
from echeance.transmission.errors import (
    BatchPostedError,
    LettersInvalidError,
    LettersTakenError,
    NothingToPrintError,
    PostedTooSoonError,
)
from echeance.transmission.events import BatchPosted, BatchPrinted, LetterQueued, LetterWithdrawn
from echeance.transmission.models import PostalBatch, PostalItem
from echeance.transmission.types import (
    LetterToPrint,
    NewLetter,
    PostalProvider,
    PostalState,
    PrintedBatch,
)

BATCH_MAX: Final = 200
"""Letters of a batch: what a person folds in a morning, and what memory holds."""


@transaction.atomic
def queue_letters(*, actor: Actor, letters: Sequence[NewLetter]) -> list[PostalItem]:
    """Ask for documents to be printed and posted; in the order given.

    A key already used gives the letter it made, unchanged: asking twice posts once. Four queries.

    Raises:
        RightMissingError: To send documents.
        LettersInvalidError: An address that cannot be posted to; nothing is queued.
        NotFoundError: A file is not one of this company.
    """
    actor.require(Right.SEND_DOCUMENTS)
    problems = [
        f"{one.document_ref} : {told}" for one in letters if (told := postal.problem(one.address))
    ]
    if problems:
        raise LettersInvalidError(tuple(problems))
    files.files_for(actor=actor, file_ids={one.file_id for one in letters})
    wanted: dict[str, NewLetter] = {}
    for one in letters:
        wanted.setdefault(one.key, one)
    mine = PostalItem.objects.filter(company=actor.company, key__in=wanted)
    known = set(mine.values_list("key", flat=True))
    now = clock.now()
    PostalItem.objects.bulk_create(
        [
            PostalItem(
                company=actor.company,
                party_id=one.party_id,
                key=one.key,
                subject=one.subject,
                document_ref=one.document_ref,
                file_id=one.file_id,
                address=list(postal.postal_lines(one.address)),
                is_duplicate=one.is_duplicate,
                registered=one.registered,
                queued_at=now,
                queued_by=actor.name,
            )
            for key, one in wanted.items()
            if key not in known
        ],
        ignore_conflicts=True,  # another process may ask for the same letter meanwhile
    )
    rows = {row.key: row for row in mine}
    journal.record_many(
        [
            LetterQueued(row.pk, row.document_ref, row.subject)
            for row in rows.values()
            if row.key not in known
        ],
        actor=actor,
    )
    return [rows[one.key] for one in letters]


@transaction.atomic
def withdraw_letters(*, actor: Actor, item_ids: Collection[int]) -> int:
    """Take back letters that are not printed yet; how many. Three queries."""
    actor.require(Right.SEND_DOCUMENTS)
    rows = list(
        PostalItem.objects.select_for_update().filter(
            company=actor.company, pk__in=item_ids, state=PostalState.QUEUED
        )
    )
    PostalItem.objects.filter(pk__in=[row.pk for row in rows]).update(state=PostalState.WITHDRAWN)
    journal.record_many(
        [LetterWithdrawn(row.pk, row.document_ref, row.subject) for row in rows], actor=actor
    )
    return len(rows)


def print_batch(
    *,
    actor: Actor,
    item_ids: Collection[int] | None = None,
    provider: PostalProvider | None = None,
) -> PostalBatch:
    """Make one batch of the letters that wait, the oldest first, 200 at most.

    The pages are made outside any lock; the letters, their batch and its files are then written at
    once, if every letter still waits. A process killed anywhere has printed nothing (a number of
    batch may be missing), and a letter is in one batch only.

    Args:
        actor: Needs the right to send documents.
        item_ids: Only those; all that wait when None.
        provider: Who prints; the local printer when None.

    Raises:
        NothingToPrintError: No letter waits.
        LettersTakenError: Another batch took one of them meanwhile.
    """
    actor.require(Right.SEND_DOCUMENTS)
    waiting = PostalItem.objects.filter(company=actor.company, state=PostalState.QUEUED)
    if item_ids is not None:
        waiting = waiting.filter(pk__in=item_ids)
    rows = list(waiting.order_by("pk")[:BATCH_MAX])
    if not rows:
        raise NothingToPrintError
    with transaction.atomic():
        (number,) = counters.take(company=actor.company, name="transmission.postal_batch")
    printer = provider or LocalPrinter(number=number, sender=_sender(actor))
    letters = [
        LetterToPrint(
            rank,
            row.document_ref,
            tuple(row.address),
            files.content(actor=actor, file_id=row.file_id),
        )
        for rank, row in enumerate(rows, 1)
    ]
    now = clock.now()
    printed = printer.batch(letters, at=now)
    made = _files(number, rows, printed, clock.today())
    with transaction.atomic():
        locked = PostalItem.objects.select_for_update().filter(pk__in=[row.pk for row in rows])
        if any(row.state != PostalState.QUEUED for row in locked):
            raise LettersTakenError
        content, manifest = archive.store_files(actor=_archivist(actor), files=made)
        batch = PostalBatch.objects.create(
            company=actor.company,
            number=number,
            provider=printer.name,
            letters_count=len(rows),
            sheets=sum(one.sheets for one in printed.letters),
            file=content,
            manifest=manifest,
            printed_at=now,
            printed_by=actor.name,
        )
        for rank, row in enumerate(rows, 1):
            row.state, row.batch, row.rank = PostalState.PRINTED, batch, rank
        PostalItem.objects.bulk_update(rows, ["state", "batch", "rank"], batch_size=100)
        journal.record(
            BatchPrinted(batch.pk, number, [row.document_ref for row in rows]), actor=actor
        )
    return batch


@transaction.atomic
def post_batch(
    *,
    actor: Actor,
    batch_id: int,
    on: date,
    proof: NewFile | None = None,
    note: str = "",
) -> PostalBatch:
    """Note that a batch was posted, on what day and by whom; keep the proof of deposit.

    Raises:
        NotFoundError: Not a batch of this company.
        BatchPostedError: It is posted already.
        PostedTooSoonError: Before it was printed, or after today.
    """
    actor.require(Right.SEND_DOCUMENTS)
    batch = (
        PostalBatch.objects.select_for_update().filter(company=actor.company, pk=batch_id).first()
    )
    if batch is None:
        raise NotFoundError(what=f"lot n° {batch_id}")
    if batch.posted_on is not None:
        raise BatchPostedError(number=batch.number, on=batch.posted_on)
    if not timezone.localdate(batch.printed_at) <= on <= clock.today():
        raise PostedTooSoonError(number=batch.number, on=on)
    if proof is not None:
        batch.proof = archive.store_file(actor=_archivist(actor), file=proof)
    batch.posted_on, batch.posted_by, batch.note = on, actor.name, note[:200]
    batch.save(update_fields=["posted_on", "posted_by", "note", "proof"])
    batch.letters.update(state=PostalState.POSTED)
    journal.record(BatchPosted(batch.pk, batch.number, on.isoformat()), actor=actor)
    return batch


def _sender(actor: Actor) -> list[str]:
    company = actor.company
    town = f"{company.postcode} {company.city}".strip()
    return [text for text in (company.name, company.address_line, town) if text]


def _archivist(actor: Actor) -> Actor:
    """The actor, allowed to store files: who may send a document may keep its proof."""
    return replace(actor, rights=actor.rights | {Right.STORE_FILES})


def _files(
    number: int, rows: Sequence[PostalItem], printed: PrintedBatch, day: date
) -> list[NewFile]:
    until = retention_date(month_end(date(day.year, 12, 1)))
    manifest = write_csv(
        ("rang", "document", "duplicata", "destinataire", "adresse", "première page", "pages",
         "feuilles"),
        [
            (
                str(one.rank),
                row.document_ref,
                "oui" if row.is_duplicate else "non",
                row.address[0],
                ", ".join(row.address[1:]),
                str(one.first_page),
                str(one.pages),
                str(one.sheets),
            )
            for one, row in zip(printed.letters, rows, strict=True)
        ],
    )  # fmt: skip
    subject = f"postal_batch:{number}"
    return [
        NewFile(
            content=printed.content,
            filename=f"courriers-lot-{number}.pdf",
            media_type="application/pdf",
            kind="postal_batch",
            subject=subject,
            keep_until=until,
        ),
        NewFile(
            content=manifest,
            filename=f"courriers-lot-{number}.csv",
            media_type="text/csv",
            kind="postal_manifest",
            subject=subject,
            keep_until=until,
        ),
    ]
