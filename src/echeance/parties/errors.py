"""Errors of the parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from echeance.core.errors import EcheanceError, Kind
from echeance.parties.types import CellProblem, PartyFinding

_LISTED = 10


def _listing(sentences: Sequence[str]) -> str:
    more = len(sentences) - _LISTED
    return " ; ".join(sentences[:_LISTED]) + (f" ; et {more} autre(s)" if more > 0 else "")


@dataclass(eq=False)
class PartiesInvalidError(EcheanceError):
    """Facts of parties that cannot stand; every problem is listed, nothing was written."""

    code = "parties.invalid"
    kind = Kind.INVALID
    message = "Rien n'a été enregistré, corrigez d'abord : {listing}"

    findings: tuple[PartyFinding, ...]

    @property
    def facts(self) -> dict[str, object]:
        """The findings, and their sentences in one."""
        return {
            "findings": [asdict(finding) for finding in self.findings],
            "listing": _listing([f"{one.party} : {one.message}" for one in self.findings]),
        }


@dataclass(eq=False)
class ImportRefusedError(EcheanceError):
    """A file with bad cells; nothing of it was written."""

    code = "parties.import_refused"
    kind = Kind.INVALID
    message = "Rien n'a été importé, {count} cellule(s) à corriger dans « {filename} » : {listing}"

    filename: str
    problems: tuple[CellProblem, ...]

    @property
    def facts(self) -> dict[str, object]:
        """The file, the problems, and their sentences in one."""
        sentences = [f"ligne {one.row}, {one.column} : {one.reason}" for one in self.problems]
        return {
            "filename": self.filename,
            "count": len(self.problems),
            "problems": [asdict(problem) for problem in self.problems],
            "listing": _listing(sentences),
        }


@dataclass(eq=False)
class ColumnsMissingError(EcheanceError):
    """A file of parties without the columns that name them."""

    code = "parties.columns_missing"
    kind = Kind.INVALID
    message = (
        "Il manque la colonne « {column} » dans « {filename} » : ajoutez-la (colonnes lues : "
        "{known})."
    )

    filename: str
    column: str
    known: str


@dataclass(eq=False)
class InvalidEmailError(EcheanceError):
    """Not one e-mail address."""

    code = "parties.invalid_email"
    kind = Kind.INVALID
    message = "L'adresse électronique « {email} » n'est pas valable : corrigez-la (nom@domaine)."

    email: str


@dataclass(eq=False)
class ContactUnreachableError(EcheanceError):
    """A contact with neither address nor number."""

    code = "parties.contact_unreachable"
    kind = Kind.INVALID
    message = "Le contact « {name} » n'a ni courriel ni téléphone : donnez au moins l'un des deux."

    name: str


@dataclass(eq=False)
class PersonNeededError(EcheanceError):
    """Bank details are confirmed by a person, never by the assistant."""

    code = "parties.person_needed"
    kind = Kind.FORBIDDEN
    message = (
        "Le RIB {iban} doit être confirmé par une personne : appelez le client à un numéro connu, "
        "puis confirmez vous-même."
    )

    iban: str


@dataclass(eq=False)
class MergeRefusedError(EcheanceError):
    """Two parties that are not one."""

    code = "parties.merge_refused"
    message = "Les tiers {code_from} et {code_into} ne peuvent pas être fusionnés : {reason}."

    code_from: str
    code_into: str
    reason: str
