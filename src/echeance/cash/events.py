"""What the bank room tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BankAccountAdded:
    """Compte bancaire ajouté."""

    action: ClassVar[str] = "cash.bank_account_added"

    bank_account_id: int
    account_key: str

    @property
    def subject(self) -> str:
        """The account."""
        return f"bank_account:{self.bank_account_id}"


@dataclass(frozen=True, slots=True)
class StatementImported:
    """Relevé importé."""

    action: ClassVar[str] = "cash.statement_imported"

    statement_id: int
    filename: str
    new_entries: int
    known_entries: int

    @property
    def subject(self) -> str:
        """The statement."""
        return f"statement:{self.statement_id}"


@dataclass(frozen=True, slots=True)
class EntryMatched:
    """Ligne rapprochée."""

    action: ClassVar[str] = "cash.entry_matched"

    entry_id: int
    match_id: int
    kind: str
    amount: Decimal

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class MatchUndone:
    """Rapprochement annulé."""

    action: ClassVar[str] = "cash.match_undone"

    entry_id: int
    match_id: int

    @property
    def subject(self) -> str:
        """The statement entry."""
        return f"statement_entry:{self.entry_id}"
