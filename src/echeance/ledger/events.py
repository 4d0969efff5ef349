"""What the ledger tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FiscalYearOpened:
    """Exercice ouvert."""

    action: ClassVar[str] = "ledger.fiscal_year_opened"

    fiscal_year_id: int
    starts_on: str
    ends_on: str

    @property
    def subject(self) -> str:
        """The year."""
        return f"fiscal_year:{self.fiscal_year_id}"


@dataclass(frozen=True, slots=True)
class PeriodClosed:
    """Période clôturée."""

    action: ClassVar[str] = "ledger.period_closed"

    period_id: int
    ends_on: str

    @property
    def subject(self) -> str:
        """The period."""
        return f"period:{self.period_id}"


@dataclass(frozen=True, slots=True)
class EntriesPosted:
    """Écritures enregistrées: a run of numbers of one journal and year."""

    action: ClassVar[str] = "ledger.entries_posted"

    fiscal_year_id: int
    journal_code: str
    first: int
    last: int

    @property
    def subject(self) -> str:
        """The year."""
        return f"fiscal_year:{self.fiscal_year_id}"


@dataclass(frozen=True, slots=True)
class EntryReversed:
    """Écriture annulée by a mirror one."""

    action: ClassVar[str] = "ledger.entry_reversed"

    entry_id: int
    reversed_by_id: int

    @property
    def subject(self) -> str:
        """The entry that no longer counts."""
        return f"journal_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class ItemsAllocated:
    """Échéance affectée."""

    action: ClassVar[str] = "ledger.items_allocated"

    allocation_id: int
    debit_ref: str
    credit_ref: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The document that is owed."""
        return f"document:{self.debit_ref}"


@dataclass(frozen=True, slots=True)
class AllocationUndone:
    """Affectation annulée."""

    action: ClassVar[str] = "ledger.allocation_undone"

    allocation_id: int
    debit_ref: str
    credit_ref: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The document that is owed again."""
        return f"document:{self.debit_ref}"


@dataclass(frozen=True, slots=True)
class OpenItemsTakenOver:
    """Échéances reprises from another program."""

    action: ClassVar[str] = "ledger.open_items_taken_over"

    sha256: str
    filename: str
    items: int
    total: Decimal

    @property
    def subject(self) -> str:
        """The file, by its bytes."""
        return f"open_items:{self.sha256}"
