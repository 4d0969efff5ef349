"""Errors of the bank room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class UnknownBankAccountError(EcheanceError):
    """The statement is of an account the company has not declared."""

    code = "cash.unknown_bank_account"
    kind = Kind.INVALID
    message = (
        "Le relevé est celui du compte {account}, inconnu de la société : "
        "ajoutez ce compte dans Réglages > Banque, puis importez de nouveau."
    )

    account: str


@dataclass(eq=False)
class StatementKnownError(EcheanceError):
    """The very same file was imported before."""

    code = "cash.statement_known"
    kind = Kind.CONFLICT
    message = "Le fichier {filename} a déjà été importé le {on:%d/%m/%Y} : rien n'a été changé."

    filename: str
    on: date


@dataclass(eq=False)
class StatementCurrencyError(EcheanceError):
    """The house keeps its books in euros."""

    code = "cash.statement_currency"
    kind = Kind.INVALID
    message = (
        "Le relevé est en {currency} : seuls les comptes en euros sont tenus. "
        "Importez le relevé du compte en euros."
    )

    currency: str


@dataclass(eq=False)
class EntryAlreadyMatchedError(EcheanceError):
    """The entry is explained already."""

    code = "cash.entry_already_matched"
    kind = Kind.CONFLICT
    message = (
        "La ligne de relevé n° {entry_id} est déjà rapprochée : annulez d'abord ce rapprochement."
    )

    entry_id: int


@dataclass(eq=False)
class MatchExceedsEntryError(EcheanceError):
    """More is given out than the entry brings in."""

    code = "cash.match_exceeds_entry"
    kind = Kind.INVALID
    message = (
        "Les montants affectés ({given} €) dépassent la ligne de relevé ({amount} €) : "
        "réduisez-les de {excess} €."
    )

    given: Decimal
    amount: Decimal
    excess: Decimal


@dataclass(eq=False)
class PartyNeededError(EcheanceError):
    """Part of the money stays unapplied and nobody says whose it is."""

    code = "cash.party_needed"
    kind = Kind.INVALID
    message = "Il reste {left} € sans affectation : choisissez le client à qui ils appartiennent."

    left: Decimal


@dataclass(eq=False)
class MatchUndoneError(EcheanceError):
    """A match is undone once."""

    code = "cash.match_undone"
    kind = Kind.CONFLICT
    message = "Ce rapprochement est déjà annulé : la ligne de relevé est de nouveau à traiter."

    match_id: int


@dataclass(eq=False)
class NotAReceiptError(EcheanceError):
    """Money going out pays no customer invoice."""

    code = "cash.not_a_receipt"
    kind = Kind.INVALID
    message = "La ligne n° {entry_id} est un débit : elle ne règle aucune facture client."

    entry_id: int
