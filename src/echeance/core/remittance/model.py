"""Facts of a remittance advice, read and settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from echeance.core.money import ZERO


@dataclass(frozen=True, slots=True)
class RemittanceLine:
    """One document that the payer says he pays.

    Attributes:
        row: Line of the text, row of the sheet, from 1.
        document: Its number as written; empty for a deduction that names none.
        amount: What is paid of it, in euros, two decimals; negative for a credit note or a
            deduction; None when the advice gives no amount a document.
        document_date: Its date when the advice gives one.
        gross_amount: Amount before deduction, when told apart.
        deduction: What the payer keeps of it (discount, retention), positive, when told.
        raw: The line as read, at most ``RAW_CHARACTERS``.
    """

    row: int
    document: str
    amount: Decimal | None
    document_date: date | None = None
    gross_amount: Decimal | None = None
    deduction: Decimal | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that seems of the list and that nothing certain was read from; why, in French."""

    row: int
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class RemittanceReading:
    """What an advice says.

    Attributes:
        lines: In the order of the advice.
        unread: Lines of the list left out; never empty without a person being told.
        total: Total that the advice announces; None when it has none.
        payer: Name the advice gives, or nothing.
        payment_reference: Number of the transfer or of the advice, or nothing.
        payment_date: Day of the payment when given.
        format: ``text``, ``csv``, ``html``, ``xlsx`` or ``pdf``.
    """

    lines: tuple[RemittanceLine, ...]
    unread: tuple[UnreadLine, ...] = ()
    total: Decimal | None = None
    payer: str = ""
    payment_reference: str = ""
    payment_date: date | None = None
    format: str = "text"

    @property
    def sum(self) -> Decimal:
        """What its lines come to, those without amount left out."""
        return sum((line.amount for line in self.lines if line.amount is not None), ZERO)

    @property
    def total_agrees(self) -> bool:
        """Whether lines and total are the same; also when the advice has no total."""
        return self.total is None or (
            self.total == self.sum and all(line.amount is not None for line in self.lines)
        )


@dataclass(frozen=True, slots=True)
class RemittanceItem:
    """An item of the payer, settled ones included.

    Attributes:
        open_amount: What is left; negative for a credit note; zero once settled.
    """

    item_id: int
    document_number: str
    due_date: date
    open_amount: Decimal
    party_id: int | None = None


Finding = Literal[
    "exact", "part", "excess", "settled", "unknown", "ambiguous", "repeated", "wrong_sign"
]


@dataclass(frozen=True, slots=True)
class SettledLine:
    """What a line becomes.

    Attributes:
        finding: ``exact`` (all of what is open), ``part`` (less), ``excess`` (more: what is open
            is taken, the rest is not given), ``settled`` (nothing open), ``unknown``,
            ``ambiguous`` (several documents fit), ``repeated`` (a number stands twice),
            ``wrong_sign`` (an invoice deducted, a credit note paid).
        allocations: (item, amount with the sign of the item); empty unless exact, part, excess.
        open_amount: What was open of the document before, with its sign.
        sentence: What differs, in French; empty when exact.
    """

    line: RemittanceLine
    finding: Finding
    allocations: tuple[tuple[int, Decimal], ...] = ()
    open_amount: Decimal | None = None
    sentence: str = ""

    @property
    def given(self) -> Decimal:
        """Sum of the allocations."""
        return sum((amount for _, amount in self.allocations), ZERO)


@dataclass(frozen=True, slots=True)
class Settlement:
    """An advice against the items of its payer.

    Attributes:
        lines: One a line of the advice, same order.
        warnings: French sentences on the whole: totals that differ, lines not read.
        received: The payment it explains, when known.
    """

    lines: tuple[SettledLine, ...]
    warnings: tuple[str, ...] = ()
    received: Decimal | None = None

    @property
    def allocations(self) -> tuple[tuple[int, Decimal], ...]:
        """(item, amount) of every line, items in order, each once."""
        sums: dict[int, Decimal] = {}
        for line in self.lines:
            for item_id, amount in line.allocations:
                sums[item_id] = sums.get(item_id, ZERO) + amount
        return tuple(sums.items())

    @property
    def given(self) -> Decimal:
        """What the allocations come to."""
        return sum((line.given for line in self.lines), ZERO)

    @property
    def differences(self) -> tuple[str, ...]:
        """Every sentence a person should read before applying, lines first."""
        return (*(line.sentence for line in self.lines if line.sentence), *self.warnings)

    @property
    def is_clean(self) -> bool:
        """Whether everything agrees to the cent: nothing to decide."""
        return not self.differences and bool(self.allocations)
