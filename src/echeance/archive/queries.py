"""Reads of the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from echeance.archive import folder, fulltext, rules
from echeance.archive.errors import FileAlteredError, FileMissingError
from echeance.archive.models import FileLink, FileText, StoredFile
from echeance.archive.types import Finding, Severity
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right

if TYPE_CHECKING:
    from django.db.models import QuerySet


def file_for(*, actor: Actor, file_id: int) -> StoredFile:
    """One file of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = StoredFile.objects.filter(company=actor.company, pk=file_id).first()
    if row is None:
        raise NotFoundError(what=f"fichier n° {file_id}")
    return row


def files_for(*, actor: Actor, file_ids: Collection[int]) -> dict[int, StoredFile]:
    """Files of the company by id. One query.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.READ)
    rows = StoredFile.objects.filter(company=actor.company).in_bulk(set(file_ids))
    for file_id in file_ids:
        if file_id not in rows:
            raise NotFoundError(what=f"fichier n° {file_id}")
    return rows


def content(*, actor: Actor, file_id: int) -> bytes:
    """Bytes of a file, once they are known to be those that were stored. One query.

    Raises:
        NotFoundError: Not a file of this company.
        FileMissingError: The folder has lost it.
        FileAlteredError: The folder has other bytes under its name.
    """
    row = file_for(actor=actor, file_id=file_id)
    try:
        read = folder.path_of(row.sha256).read_bytes()
    except FileNotFoundError as error:
        raise FileMissingError(filename=row.filename, sha256=row.sha256) from error
    if hashlib.sha256(read).hexdigest() != row.sha256:
        raise FileAlteredError(filename=row.filename, sha256=row.sha256)
    return read


def files_of(*, actor: Actor, subject: str) -> QuerySet[StoredFile]:
    """Files first stored for an object (``kind:id``), oldest first. One query."""
    actor.require(Right.READ)
    return StoredFile.objects.filter(company=actor.company, subject=subject).order_by("pk")


def links_of(*, actor: Actor, subjects: Collection[str]) -> QuerySet[FileLink]:
    """Files attached to records (``kind:id``) now, with the file, the latest first. One query."""
    actor.require(Right.READ)
    return (
        FileLink.objects.filter(company=actor.company, subject__in=subjects, removed_at=None)
        .select_related("file")
        .order_by("-added_at", "-pk")
    )


def search(*, actor: Actor, text: str) -> QuerySet[StoredFile]:
    """Files whose name or text has every word asked for, latest first. One query.

    Case and accents do not matter, and a word stands for all those it begins (« échéan » finds
    « échéances »). No word, no file.
    """
    actor.require(Right.READ)
    words = rules.searched_words(text)
    if not words:
        return StoredFile.objects.none()
    # A list of file ids, not a join: SQLite would try every file against every match.
    found = FileText.objects.filter(pk__in=fulltext.matching(words)).values("file")
    return StoredFile.objects.filter(company=actor.company, pk__in=found).order_by(
        "-stored_at", "-pk"
    )


def destroyable(*, actor: Actor, on: date) -> QuerySet[StoredFile]:
    """Files whose retention has ended before a day, the earliest term first. One query."""
    actor.require(Right.READ)
    return StoredFile.objects.filter(company=actor.company, keep_until__lt=on).order_by(
        "keep_until", "pk"
    )


def verify(company: Company) -> list[Finding]:
    """Read every content of the company again: missing or altered ones are errors.

    Files of the folder that no row of any company names are counted; they are what a process
    killed while storing leaves, and harm nothing. Two queries; memory is one hash a file.
    """
    findings: list[Finding] = []
    rows = StoredFile.objects.filter(company=company).order_by("pk")
    for pk, sha256, filename in rows.values_list("pk", "sha256", "filename").iterator():
        try:
            found = folder.sha256_of_file(folder.path_of(sha256))
        except FileNotFoundError:
            missing = FileMissingError(filename, sha256)
            findings.append(Finding(missing.code, Severity.ERROR, str(missing), f"file:{pk}"))
            continue
        if found != sha256:
            altered = FileAlteredError(filename, sha256)
            findings.append(Finding(altered.code, Severity.ERROR, str(altered), f"file:{pk}"))
    return findings + _orphans()


def _orphans() -> list[Finding]:
    # The folder is listed before the rows are: a file stored meanwhile is not an orphan.
    present = set(folder.names())
    present.difference_update(StoredFile.objects.values_list("sha256", flat=True).iterator())
    if not present:
        return []
    message = (
        f"{len(present)} fichier(s) du dossier d'archives ne sont cités par aucune ligne (reste "
        "d'un arrêt brutal) : ils sont sans effet, aucune action n'est nécessaire."
    )
    return [Finding("archive.orphans", Severity.INFO, message)]
