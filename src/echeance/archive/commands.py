"""Writes of the archive: contents first, rows after, and nothing is ever taken away."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.db import transaction

from echeance.archive import folder, queries, rules
from echeance.archive.errors import EmptyFileError
from echeance.archive.events import FileAttached, FileDetached, FileStored, RetentionExtended
from echeance.archive.models import FileLink, FileText, StoredFile
from echeance.archive.types import NewFile, NewLink
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.core.words import clean_line

_CHUNK = 500


def store_files(*, actor: Actor, files: Sequence[NewFile]) -> list[StoredFile]:
    """Keep files, and say under which rows, in the order given.

    The same bytes are the same row, whoever stores them again and under whatever name: the first
    name, kind and subject stay, ``keep_until`` goes to the latest date asked and never back.
    Contents are durable on the disk before the transaction of the rows opens, so a process killed
    anywhere leaves no row without its file. Five queries a chunk of 500, plus one for each
    distinct date that extends a retention.

    Raises:
        EmptyFileError: A file has no byte; none is stored.
    """
    actor.require(Right.STORE_FILES)
    for file in files:
        if not file.content:
            raise EmptyFileError(filename=file.filename)
    keyed = [(hashlib.sha256(file.content).hexdigest(), file) for file in files]
    rows: dict[str, StoredFile] = {}
    for chunk in _chunks(keyed):
        folder.write({sha256: file.content for sha256, file in chunk})
        with transaction.atomic():
            rows |= _store_rows(actor, chunk)
    return [rows[sha256] for sha256, _ in keyed]


def store_file(*, actor: Actor, file: NewFile) -> StoredFile:
    """Keep one file; see :func:`store_files`."""
    return store_files(actor=actor, files=[file])[0]


@transaction.atomic
def attach_files(*, actor: Actor, links: Sequence[NewLink]) -> list[FileLink]:
    """Attach files of the archive to records; one attached already is left as it is.

    Two queries a chunk of 500, and the journal's.

    Returns:
        One row for each given, in their order; known ones are those found.

    Raises:
        NotFoundError: A file is not of this company; nothing is attached.
    """
    actor.require(Right.STORE_FILES)
    known: dict[tuple[str, int], FileLink] = {}
    fresh: list[FileLink] = []
    for start in range(0, len(links), _CHUNK):
        chunk = links[start : start + _CHUNK]
        files = queries.files_for(actor=actor, file_ids=[link.file_id for link in chunk])
        running = FileLink.objects.filter(
            company=actor.company, subject__in={link.subject for link in chunk}, removed_at=None
        )
        known |= {(row.subject, row.file_id): row for row in running}
        for link in chunk:
            if (link.subject, link.file_id) not in known:
                file = files[link.file_id]
                row = FileLink(
                    company=actor.company,
                    file=file,
                    subject=link.subject,
                    kind=link.kind,
                    label=clean_line(link.label)[:200] or file.filename,
                    added_at=clock.now(),
                    added_by=actor.name,
                )
                known[link.subject, link.file_id] = row
                fresh.append(row)
    FileLink.objects.bulk_create(fresh, batch_size=_CHUNK)
    journal.record_many(
        [FileAttached(row.subject, row.file_id, {"piece": ("", row.label)}) for row in fresh],
        actor=actor,
    )
    return [known[link.subject, link.file_id] for link in links]


@transaction.atomic
def detach_files(*, actor: Actor, subject: str, link_ids: Collection[int]) -> None:
    """Take files off a record; they stay in the archive until their term. Two queries.

    Raises:
        NotFoundError: One is not attached to that record; none is taken off.
    """
    actor.require(Right.STORE_FILES)
    rows = FileLink.objects.select_for_update().filter(
        company=actor.company, subject=subject, removed_at=None
    )
    found = rows.in_bulk(list(link_ids))
    for link_id in link_ids:
        if link_id not in found:
            raise NotFoundError(what=f"pièce n° {link_id}")
    FileLink.objects.filter(pk__in=found).update(removed_at=clock.now())
    journal.record_many(
        [
            FileDetached(row.subject, row.file_id, {"piece": (row.label, "")})
            for row in found.values()
        ],
        actor=actor,
    )


def _chunks(keyed: Sequence[tuple[str, NewFile]]) -> Iterator[Sequence[tuple[str, NewFile]]]:
    for start in range(0, len(keyed), _CHUNK):
        yield keyed[start : start + _CHUNK]


def _store_rows(actor: Actor, keyed: Sequence[tuple[str, NewFile]]) -> dict[str, StoredFile]:
    first: dict[str, NewFile] = {}
    for sha256, file in keyed:
        first.setdefault(sha256, file)
    mine = StoredFile.objects.filter(company=actor.company, sha256__in=first)
    known = set(mine.values_list("sha256", flat=True))
    now = clock.now()
    StoredFile.objects.bulk_create(
        (
            StoredFile(
                company=actor.company,
                sha256=sha256,
                size=len(file.content),
                media_type=file.media_type,
                filename=rules.clean_filename(file.filename),
                kind=file.kind,
                subject=file.subject,
                stored_at=now,
                keep_until=file.keep_until,
            )
            for sha256, file in first.items()
            if sha256 not in known
        ),
        ignore_conflicts=True,  # another process may store the same bytes meanwhile
    )
    rows = {row.sha256: row for row in mine}
    FileText.objects.bulk_create(
        (
            FileText(
                company=actor.company,
                file=rows[sha256],
                text=rules.indexed_text(f"{file.filename} {file.text}"),
            )
            for sha256, file in first.items()
            if sha256 not in known
        ),
        ignore_conflicts=True,
    )
    journal.record_many(
        [
            FileStored(row.pk, row.sha256, row.filename, row.keep_until.isoformat())
            for row in rows.values()
            if row.sha256 not in known
        ],
        actor=actor,
    )
    _extend_retention(actor, rows, keyed)
    return rows


def _extend_retention(
    actor: Actor, rows: dict[str, StoredFile], keyed: Sequence[tuple[str, NewFile]]
) -> None:
    wanted: dict[str, date] = {}
    for sha256, file in keyed:
        wanted[sha256] = max(file.keep_until, wanted.get(sha256, file.keep_until))
    shorter = [rows[sha256] for sha256, until in wanted.items() if rows[sha256].keep_until < until]
    for until in {wanted[row.sha256] for row in shorter}:
        same = [row.pk for row in shorter if wanted[row.sha256] == until]
        StoredFile.objects.filter(pk__in=same, keep_until__lt=until).update(keep_until=until)
    events = []
    for row in shorter:
        until = wanted[row.sha256]
        events.append(RetentionExtended(row.pk, row.keep_until.isoformat(), until.isoformat()))
        row.keep_until = until
    journal.record_many(events, actor=actor)
