"""The facts that matching reads and the answers it gives. No score: a proof, or a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Decision = Literal["apply", "ask", "unknown"]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A receivable, or a credit, that is still open.

    Attributes:
        debtor_names: Every name the debtor is known by, the one to show first. A name is proof
            of the payer when one debtor of the items bears it: leave out a name that a customer
            without any open item bears too.
        document_number: Invoice or credit note number (BT-1); instalments of one invoice share it.
        order_reference: The buyer's order (BT-13), or empty.
        open_amount: What is left, negative for a credit.
    """

    item_id: int
    debtor_id: int
    debtor_names: tuple[str, ...]
    document_number: str
    order_reference: str
    issue_date: date
    due_date: date
    open_amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank movement to explain.

    Attributes:
        direction: ``CRDT`` or ``DBIT``; only money in pays a receivable.
        text: Every free text of the movement; fragments are positions in it.
        references: Structured and end-to-end references.
    """

    entry_id: int
    direction: str
    amount: Decimal
    booking_date: date
    text: str
    references: tuple[str, ...]
    payer_name: str
    payer_iban: str
    currency: str


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """The bounds within which uniqueness is proved; beyond them the answer is a question.

    Attributes:
        reference_length_min: Letters and digits a number needs to be recognised in a text.
        sum_work_max: Largest table of sums, in cents times items, that is worked out.
        alternatives_max: Explanations shown with a question.
    """

    reference_length_min: int = 4
    sum_work_max: int = 200_000_000
    alternatives_max: int = 5


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a payment set against an item: the item's sign, never beyond what is open."""

    item_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a French sentence, with the position in the payment's text of what shows it."""

    code: str
    sentence: str
    fragment: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer for one payment.

    Attributes:
        decision: ``apply`` proved; ``ask`` a person must choose; ``unknown`` nothing to propose.
        allocations: What to apply; empty unless ``apply``.
        alternatives: Explanations to choose from; empty when ``apply``.
        debtor_id: Whose payment it is, when that is sure.
        question: In French; empty when ``apply``.
    """

    entry_id: int
    decision: Decision
    allocations: tuple[Allocation, ...]
    reasons: tuple[Reason, ...]
    alternatives: tuple[tuple[Allocation, ...], ...]
    debtor_id: int | None
    question: str
