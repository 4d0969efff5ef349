"""What a corpus is made of: the facts that a matcher may see, and the truth that it may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.matching import DifferenceRule, MatchingRules, OpenItem, PayerLink, Payment

FIRST_ISSUE: Final = date(2025, 12, 1)
LAST_ISSUE: Final = date(2026, 10, 31)
FIRST_BOOKING: Final = date(2026, 11, 2)
BOOKING_DAYS: Final = 22

#: The policy that the corpus is judged under: each line has the evidence that a person would want.
RULES: Final = MatchingRules(
    differences=(
        DifferenceRule("rounding", "misc_expenses", limit_amount=Decimal("0.05"), direction="both"),
        DifferenceRule("bank_charges", "bank_fees", limit_amount=Decimal("80.00"), evidence="told"),
        DifferenceRule("discount", "discounts_given", vat="prorata", evidence="terms"),
        DifferenceRule(
            "retention", "customers_retention", limit_percent=Decimal(5), evidence="word"
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a bank line really is, in the world that the corpus simulates.

    Attributes:
        entry_id: The line: 1-based rank in the statement.
        trap: Code of the situation (``TRAPS``).
        knowable: The facts shown leave one explanation. When they do not, the truth was drawn
            among the explanations, so that a guess is wrong as often as chance says.
        allocations: ``(item_id, amount)``, the item's sign, by item.
        differences: ``(kind, amount)``: the kind of a rule, or ``unapplied`` for money that pays no
            item shown. Allocations and differences sum to the amount of the line.
        needs: Facts beyond the columns of ITEMS.csv without which it is not knowable: ``group``,
            ``link``, ``discount``, ``policy``, ``payment_reference``, ``parts``.
    """

    entry_id: int
    trap: str
    knowable: bool
    allocations: tuple[tuple[int, Decimal], ...]
    differences: tuple[tuple[str, Decimal], ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A customer, or a few tied ones: items, what is known of the payers, lines with their truth.

    The entry ids of its lines are those of its truths; they are ranks only after ``load``.
    """

    items: tuple[OpenItem, ...]
    known_payers: dict[str, int]
    links: tuple[PayerLink, ...]
    lines: tuple[tuple[Payment, Truth], ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A whole corpus in memory; ``payments`` and ``truths`` by rank, dates growing."""

    items: list[OpenItem]
    known_payers: dict[str, int]
    links: list[PayerLink]
    payments: list[Payment]
    truths: list[Truth]
