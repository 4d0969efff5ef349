"""Errors of the ledger."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind
from echeance.parties.types import CellProblem

_LISTED = 5


@dataclass(eq=False)
class NoFiscalYearError(EcheanceError):
    """Entries stand in a fiscal year."""

    code = "ledger.no_fiscal_year"
    message = "Aucun exercice ouvert ne contient le {day:%d/%m/%Y} : ouvrez l'exercice d'abord."

    day: date


@dataclass(eq=False)
class PeriodClosedError(EcheanceError):
    """Closed months do not change."""

    code = "ledger.period_closed"
    message = "La période du {day:%d/%m/%Y} est clôturée : datez l'écriture d'une période ouverte."

    day: date


@dataclass(eq=False)
class FiscalYearOverlapError(EcheanceError):
    """Fiscal years do not overlap."""

    code = "ledger.fiscal_year_overlap"
    message = (
        "L'exercice du {start:%d/%m/%Y} au {end:%d/%m/%Y} en recouvre un autre : "
        "corrigez ses dates."
    )

    start: date
    end: date


@dataclass(eq=False)
class UnknownAccountError(EcheanceError):
    """The account is not in the company's chart."""

    code = "ledger.unknown_account"
    kind = Kind.INVALID
    message = "Le compte {account} n'existe pas au plan comptable : créez-le ou corrigez-le."

    account: str


@dataclass(eq=False)
class UnknownItemError(EcheanceError):
    """No such open item in this company."""

    code = "ledger.unknown_item"
    kind = Kind.NOT_FOUND
    message = "L'échéance n° {item_id} est introuvable : relisez le compte client."

    item_id: int


@dataclass(eq=False)
class AllocationMismatchError(EcheanceError):
    """Two items settle each other inside one account and one party, debit against credit."""

    code = "ledger.allocation_mismatch"
    kind = Kind.INVALID
    message = (
        "{debit_ref} et {credit_ref} ne peuvent pas se solder : {problem}. "
        "Choisissez deux pièces du même compte client."
    )

    debit_ref: str
    credit_ref: str
    problem: str


@dataclass(eq=False)
class AllocationTooLargeError(EcheanceError):
    """More than an item has left."""

    code = "ledger.allocation_too_large"
    message = (
        "Impossible d'affecter {amount} € à {document_ref} : il n'en reste que {left} € ouverts. "
        "Réduisez le montant."
    )

    document_ref: str
    amount: Decimal
    left: Decimal


@dataclass(eq=False)
class AllocationReversedError(EcheanceError):
    """An allocation is undone once, and a reversal is not undone."""

    code = "ledger.allocation_reversed"
    kind = Kind.CONFLICT
    message = "L'affectation n° {allocation_id} est déjà annulée : relisez le compte client."

    allocation_id: int


@dataclass(eq=False)
class EntryInUseError(EcheanceError):
    """An entry whose items are settled, or that moved VAT for one, is first un-allocated."""

    code = "ledger.entry_in_use"
    message = "L'écriture {document_ref} sert à un règlement : annulez d'abord ses affectations."

    document_ref: str


@dataclass(eq=False)
class ItemAmountsError(EcheanceError):
    """The items of a posting sum to it."""

    code = "ledger.item_amounts"
    kind = Kind.INVALID
    message = (
        "Les échéances de {document_ref} ({items} €) ne font pas le montant de la ligne "
        "({posting} €) : corrigez l'échéancier."
    )

    document_ref: str
    items: Decimal
    posting: Decimal


@dataclass(eq=False)
class UnknownJournalError(EcheanceError):
    """The journal is not one of the company's."""

    code = "ledger.unknown_journal"
    kind = Kind.INVALID
    message = "Le journal {journal_code} n'existe pas : créez-le ou choisissez-en un autre."

    journal_code: str


@dataclass(eq=False)
class PartyNeededError(EcheanceError):
    """A line of a party account says whose it is."""

    code = "ledger.party_needed"
    kind = Kind.INVALID
    message = (
        "La ligne du compte {account} de {document_ref} ne dit pas de quel tiers il s'agit : "
        "indiquez-le."
    )

    account: str
    document_ref: str


@dataclass(eq=False)
class AllocationAmountError(EcheanceError):
    """An allocation is of whole cents, above zero."""

    code = "ledger.allocation_amount"
    kind = Kind.INVALID
    message = (
        "{amount} € ne peut pas être affecté à {document_ref} : donnez un montant positif, en "
        "centimes entiers."
    )

    document_ref: str
    amount: Decimal


@dataclass(eq=False)
class UnknownAllocationError(EcheanceError):
    """No such allocation in this company."""

    code = "ledger.unknown_allocation"
    kind = Kind.NOT_FOUND
    message = "L'affectation n° {allocation_id} est introuvable : relisez le compte client."

    allocation_id: int


@dataclass(eq=False)
class UndoneTooEarlyError(EcheanceError):
    """What is undone stays true until the day it is undone."""

    code = "ledger.undone_too_early"
    kind = Kind.INVALID
    message = (
        "{document_ref} date du {since:%d/%m/%Y} : datez son annulation de ce jour au plus tôt."
    )

    document_ref: str
    since: date


@dataclass(eq=False)
class UnknownEntryError(EcheanceError):
    """No such entry in this company."""

    code = "ledger.unknown_entry"
    kind = Kind.NOT_FOUND
    message = "L'écriture n° {entry_id} est introuvable : relisez le journal."

    entry_id: int


@dataclass(eq=False)
class EntryReversedError(EcheanceError):
    """An entry is reversed once, and a reversal is not reversed."""

    code = "ledger.entry_reversed"
    kind = Kind.CONFLICT
    message = (
        "L'écriture {document_ref} est déjà annulée, ou est une annulation : passez une nouvelle "
        "écriture."
    )

    document_ref: str


@dataclass(eq=False)
class PeriodNotOverError(EcheanceError):
    """A month is closed once it is over."""

    code = "ledger.period_not_over"
    message = "La période finit le {ends_on:%d/%m/%Y} : clôturez-la quand elle sera finie."

    ends_on: date


@dataclass(eq=False)
class OpenItemsRefusedError(EcheanceError):
    """A file of open items with bad cells; nothing of it was written."""

    code = "ledger.open_items_refused"
    kind = Kind.INVALID
    message = "Rien n'a été repris, {count} cellule(s) à corriger dans « {filename} » : {listing}"

    filename: str
    problems: tuple[CellProblem, ...]

    @property
    def facts(self) -> dict[str, object]:
        """The file, the problems, and the sentences of the first of them."""
        sentences = [f"ligne {one.row}, {one.column} : {one.reason}" for one in self.problems]
        more = len(sentences) - _LISTED
        return {
            "filename": self.filename,
            "count": len(sentences),
            "problems": [asdict(problem) for problem in self.problems],
            "listing": " ; ".join(sentences[:_LISTED])
            + (f" ; et {more} autre(s)" if more > 0 else ""),
        }


@dataclass(eq=False)
class OpenItemColumnsError(EcheanceError):
    """A file of open items without a column that it needs."""

    code = "ledger.open_item_columns"
    kind = Kind.INVALID
    message = (
        "Le fichier « {filename} » n'a pas de colonne « {missing} » : ajoutez-la. "
        "Titres reconnus : {known}."
    )

    filename: str
    missing: str
    known: str


@dataclass(eq=False)
class OpenItemsKnownError(EcheanceError):
    """The very same file was taken over before."""

    code = "ledger.open_items_known"
    kind = Kind.CONFLICT
    message = "Le fichier « {filename} » a déjà été repris le {on:%d/%m/%Y} : rien n'a été changé."

    filename: str
    on: date
