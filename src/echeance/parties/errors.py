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


@dataclass(eq=False)
class NothingToFixError(EcheanceError):
    """No finding was ticked."""

    code = "parties.nothing_to_fix"
    kind = Kind.INVALID
    message = "Aucune anomalie n'est cochée : cochez celles à corriger ou à écarter."


@dataclass(eq=False)
class MergeNotUndoneError(EcheanceError):
    """A merge whose rows were changed since: putting old values back would lose the new ones."""

    code = "parties.merge_not_undone"
    kind = Kind.CONFLICT
    message = (
        "La fusion de {code_from} dans {code_into} ne peut plus être annulée, {problem}. Corrigez "
        "les fiches à la main."
    )

    code_from: str
    code_into: str
    problem: str


@dataclass(eq=False)
class SecondPersonNeededError(EcheanceError):
    """Who added an account does not confirm it too: two persons, or a fraud needs only one."""

    code = "parties.second_person_needed"
    kind = Kind.FORBIDDEN
    message = (
        "Le RIB {iban} a été ajouté par {name} : une autre personne doit le confirmer, après avoir "
        "appelé le tiers à un numéro connu."
    )

    iban: str
    name: str


@dataclass(eq=False)
class EstablishmentMismatchError(EcheanceError):
    """A SIRET of another firm, or of a party whose SIREN is not known."""

    code = "parties.establishment_mismatch"
    kind = Kind.INVALID
    message = (
        "Le SIRET {siret} n'est pas un établissement de « {name} » (SIREN {siren}) : corrigez le "
        "SIRET, ou le SIREN de la fiche."
    )

    siret: str
    name: str
    siren: str


@dataclass(eq=False)
class EstablishmentInvalidError(EcheanceError):
    """A value of an establishment that cannot stand."""

    code = "parties.establishment_invalid"
    kind = Kind.INVALID
    message = "L'établissement {siret} est refusé : {reason}"

    siret: str
    reason: str


@dataclass(eq=False)
class NotPublicBuyerError(EcheanceError):
    """Only public buyers have services that receive invoices."""

    code = "parties.not_public_buyer"
    kind = Kind.INVALID
    message = (
        "« {name} » n'est pas un acheteur public : changez sa catégorie, ou ne lui donnez pas de "
        "code service."
    )

    name: str


@dataclass(eq=False)
class ServiceCodeInvalidError(EcheanceError):
    """An empty code, or one longer than a routing code may be."""

    code = "parties.service_code_invalid"
    kind = Kind.INVALID
    message = (
        "Le code service « {service} » n'est pas valable : il compte de 1 à 100 caractères. "
        "Relevez-le dans l'annuaire de Chorus Pro."
    )

    service: str


@dataclass(eq=False)
class GroupLoopError(EcheanceError):
    """A party that would depend on itself."""

    code = "parties.group_loop"
    message = (
        "« {name} » ne peut pas dépendre de « {parent} », qui dépend déjà de lui : détachez "
        "d'abord « {parent} » de son groupe."
    )

    name: str
    parent: str


@dataclass(eq=False)
class CreditLimitInvalidError(EcheanceError):
    """A limit is an amount of money, from zero upwards."""

    code = "parties.credit_limit_invalid"
    kind = Kind.INVALID
    message = (
        "L'encours autorisé de {code_party} ne peut pas être {amount} : donnez un montant positif "
        "au centime, ou rien pour ne pas le limiter."
    )

    code_party: str
    amount: str


@dataclass(eq=False)
class ReasonMissingError(EcheanceError):
    """An act that somebody will ask about later."""

    code = "parties.reason_missing"
    kind = Kind.INVALID
    message = "Dites pourquoi : le motif est conservé avec votre nom et la date."


@dataclass(eq=False)
class MandateInvalidError(EcheanceError):
    """Facts of a mandate that the SEPA rules refuse."""

    code = "parties.mandate_invalid"
    kind = Kind.INVALID
    message = "Le mandat « {reference} » est refusé : {reason}"

    reference: str
    reason: str


@dataclass(eq=False)
class MandateTakenError(EcheanceError):
    """A reference names one mandate of a creditor, whatever its case."""

    code = "parties.mandate_taken"
    message = (
        "La référence de mandat {reference} est déjà prise : choisissez-en une autre, ou laissez "
        "le champ vide pour qu'elle soit attribuée."
    )

    reference: str


@dataclass(eq=False)
class ProposalGoneError(EcheanceError):
    """A correction whose register or record has changed since it was shown."""

    code = "parties.proposal_gone"
    message = (
        "La correction de « {field} » pour {code_party} n'est plus proposée : la fiche ou le "
        "registre a changé. Relisez la fiche."
    )

    code_party: str
    field: str


@dataclass(eq=False)
class ErasureRefusedError(EcheanceError):
    """Somebody with whom an account is open: who owes what must be known."""

    code = "parties.erasure_refused"
    message = (
        "Les données de {code_party} ne peuvent pas être effacées : {amount} restent ouverts dans "
        "les comptes. Soldez-les d'abord (règlement, remboursement ou perte)."
    )

    code_party: str
    amount: str


@dataclass(eq=False)
class ErasureNeedsPersonError(EcheanceError):
    """Nothing is erased without somebody who answers for it."""

    code = "parties.erasure_needs_person"
    kind = Kind.FORBIDDEN
    message = (
        "L'effacement de données personnelles est définitif : une personne doit le demander "
        "elle-même, pas l'assistant."
    )
