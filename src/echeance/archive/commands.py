"""Writes of the archive: contents first, rows after, and nothing is ever taken away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction

from echeance.archive import folder, rules
from echeance.archive.errors import EmptyFileError
from echeance.archive.events import FileStored, RetentionExtended
from echeance.archive.models import FileText, StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right

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
