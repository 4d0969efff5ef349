"""Facts handed to the bank room, and told by it."""

from __future__ import annotations

from dataclasses import dataclass
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
        fragments: Places in the text of the entry that the reasons rest on.
    """

    entry_id: int
    decision: str
    reasons: tuple[str, ...]
    question: str = ""
    party_id: int | None = None
    candidates: tuple[Candidate, ...] = ()
    fragments: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One document of an explanation. Credits are negative.

    Attributes:
        open_amount: What is left of it.
        amount: What the explanation takes of it.
        is_cited: Its number stands in the text of the bank.
    """

    document_ref: str
    party_name: str
    due_date: date
    open_amount: Decimal
    amount: Decimal
    is_cited: bool


@dataclass(frozen=True, slots=True)
class QuestionOption:
    """An explanation as a person reads it.

    Attributes:
        left: What it leaves of the payment.
        is_payer: All of its documents are those of the payer recognised.
    """

    candidate: Candidate
    lines: tuple[QuestionLine, ...]
    left: Decimal
    is_payer: bool

    @property
    def is_cited(self) -> bool:
        """Whether the text of the bank names every one of its documents."""
        return all(line.is_cited for line in self.lines)

    @property
    def still_due(self) -> Decimal:
        """What its documents would still owe."""
        return sum((line.open_amount - line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Question:
    """A proposal as a person reads it.

    Attributes:
        pieces: The text of the bank, cut: each piece, and whether a reason rests on it.
        payer: Name of the customer recognised, or nothing.
    """

    entry_id: int
    proposal: MatchProposal
    title: str
    pieces: tuple[tuple[str, bool], ...]
    payer: str
    options: tuple[QuestionOption, ...]
