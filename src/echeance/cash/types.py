"""Facts handed to the bank room, and told by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CashPolicy:
    """What the assistant does by itself with the bank.

    Attributes:
        auto_apply: Apply alone the payments whose explanation is proved unique.
        auto_apply_limit: Largest payment applied alone; larger ones are proposed. ``None``: any.
    """

    SECTION: ClassVar[str] = "cash"

    auto_apply: bool = True
    auto_apply_limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MatchedItem:
    """Part of a payment given to one open item of the ledger; positive, in euros."""

    item_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NewMatch:
    """An explanation of one statement entry, to be booked.

    Attributes:
        entry_id: The statement entry.
        items: What it pays. Credits used by the payer are items of the credit side.
        party_id: Customer the money belongs to; needed when part of it stays unapplied.
        reasons: French sentences kept with the match.
    """

    entry_id: int
    items: tuple[MatchedItem, ...]
    party_id: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementReport:
    """What an import did: one line a statement of the file."""

    statement_id: int
    account_name: str
    closing_date: date
    closing_balance: Decimal
    new_entries: int
    known_entries: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to explain a payment, as shown to a person."""

    items: tuple[MatchedItem, ...]
    label: str


@dataclass(frozen=True, slots=True)
class MatchProposal:
    """What the matcher says of one entry.

    Attributes:
        decision: ``apply`` (proved unique), ``ask`` (several or inexact) or ``unknown``.
        reasons: French sentences.
        question: What to ask when it does not apply.
        candidates: Ways to explain it, best first; one when it applies.
    """

    entry_id: int
    decision: str
    reasons: tuple[str, ...]
    question: str = ""
    party_id: int | None = None
    candidates: tuple[Candidate, ...] = field(default=())
