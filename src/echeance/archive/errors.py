"""Errors of the archive."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class EmptyFileError(EcheanceError):
    """A file of no byte proves nothing."""

    code = "archive.empty_file"
    kind = Kind.INVALID
    message = "Le fichier « {filename} » est vide : il n'est pas archivé. Fournissez-le de nouveau."

    filename: str


@dataclass(eq=False)
class FileMissingError(EcheanceError):
    """The row is there, the content is not: the folder was touched from outside."""

    code = "archive.file_missing"
    kind = Kind.UNAVAILABLE
    message = (
        "Le contenu de « {filename} » (empreinte {sha256}) manque dans le dossier d'archives : "
        "remettez-le depuis une sauvegarde, puis lancez « echeance archive verify »."
    )

    filename: str
    sha256: str


@dataclass(eq=False)
class FileAlteredError(EcheanceError):
    """The content no longer has the hash it was kept under; it is not handed out."""

    code = "archive.file_altered"
    kind = Kind.UNAVAILABLE
    message = (
        "Le contenu de « {filename} » (empreinte {sha256}) a été altéré : remettez-le depuis une "
        "sauvegarde, puis lancez « echeance archive verify »."
    )

    filename: str
    sha256: str
