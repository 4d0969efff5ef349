"""Customers of the simulated year: what each buys, and what it will do. The truth, drawn once.

Everything is drawn from the seed, the customer and the number of the invoice, so that the two
lives of the year, with and without reminders, meet the same customers on the same days.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from echeance.core.dates import roll_forward


class Kind(StrEnum):
    """How a customer behaves."""

    PROMPT = "prompt"
    SLOW = "slow"
    FORGETFUL = "forgetful"
    STUBBORN = "stubborn"
    PROMISER = "promiser"
    DISPUTER = "disputer"


SHARES = (
    (Kind.PROMPT, 30),
    (Kind.SLOW, 20),
    (Kind.FORGETFUL, 20),
    (Kind.STUBBORN, 10),
    (Kind.PROMISER, 10),
    (Kind.DISPUTER, 10),
)

_ALONE = {
    Kind.PROMPT: (-4, 2),
    Kind.SLOW: (10, 28),
    Kind.FORGETFUL: (45, 90),
    Kind.STUBBORN: (80, 150),
    Kind.PROMISER: (40, 80),
    Kind.DISPUTER: (15, 50),
}
"""Days after the due date on which it pays when nobody writes to it."""

_REACTS = {
    Kind.PROMPT: (1, 3),
    Kind.SLOW: (2, 9),
    Kind.FORGETFUL: (1, 7),
    Kind.STUBBORN: (5, 15),
    Kind.PROMISER: (8, 14),
    Kind.DISPUTER: (4, 12),
}
"""Days after a reminder on which it pays; the stubborn only from the second level on."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of the year."""

    code: str
    name: str
    kind: Kind
    email: str


@dataclass(slots=True)
class Bill:
    """An invoice of the year, and what becomes of it.

    Attributes:
        pays_on: Day its customer will pay, as things stand; ``None`` once all is paid.
        first_part: Share of the first of two transfers, per cent; 100 for one.
        cites: The transfer names the invoice.
        disputes: Amount its customer will contest at the first reminder.
        item_id: The open item of the books.
        paid: Days and amounts the bank has credited.
        credited: What a credit note took off.
    """

    number: str
    buyer: Buyer
    amount: Decimal
    issued_on: date
    due_on: date
    pays_on: date | None
    first_part: int
    cites: bool
    disputes: Decimal
    item_id: int = 0
    paid: list[tuple[date, Decimal]] = field(default_factory=list)
    credited: Decimal = Decimal("0.00")
    known: Decimal = Decimal("0.00")

    @property
    def left(self) -> Decimal:
        """What is truly owed: less what the bank has credited, known to the company or not."""
        return self.amount - self.credited - sum((part for _, part in self.paid), Decimal("0.00"))

    @property
    def left_as_known(self) -> Decimal:
        """What is owed by the bank files the company has taken in."""
        return self.amount - self.credited - self.known


def drawn(*what: object) -> random.Random:
    """Chance that depends on what it is for only: the same life twice is the same."""
    return random.Random(":".join(map(str, what)))  # noqa: S311  a simulated world


def buyers(seed: int, count: int) -> list[Buyer]:
    """The customers, in the shares of the trade: the same for a seed."""
    draw = drawn("buyers", seed)
    kinds = [kind for kind, share in SHARES for _ in range(share)]
    found = []
    for number in range(1, count + 1):
        kind = kinds[(number * 37) % len(kinds)] if count >= len(SHARES) else draw.choice(kinds)
        code = f"A{number:04d}"
        found.append(Buyer(code, f"Client {number:04d}", kind, f"compta@{code.lower()}.example"))
    return found


def bills(seed: int, year: int, customers: list[Buyer]) -> Iterator[Bill]:
    """Invoices of the year, by day of issue then customer: one to two a month each."""
    found = []
    for buyer in customers:
        draw = drawn("bills", seed, buyer.code)
        for month in range(1, 13):
            for part in range(draw.choice((1, 1, 2))):
                issued = roll_forward(date(year, month, draw.randrange(1, 27)))
                found.append(_bill(draw, buyer, f"{month:02d}{part}", issued))
    yield from sorted(found, key=lambda one: (one.issued_on, one.buyer.code, one.number))


def _bill(draw: random.Random, buyer: Buyer, rank: str, issued: date) -> Bill:
    net = Decimal(draw.randrange(8000, 900000)) / 100
    amount = (net * Decimal("1.2")).quantize(Decimal("0.01"))
    due = issued + timedelta(days=30)
    disputes = Decimal("0.00")
    if buyer.kind is Kind.DISPUTER and draw.randrange(100) < 60:
        share = draw.choice((25, 50, 100))
        disputes = (amount * share / 100).quantize(Decimal("0.01"))
    return Bill(
        number=f"FA-{issued.year}-{buyer.code}{rank}",
        buyer=buyer,
        amount=amount,
        issued_on=issued,
        due_on=due,
        pays_on=roll_forward(due + timedelta(days=draw.randrange(*_ALONE[buyer.kind]))),
        first_part=60 if draw.randrange(100) < 8 else 100,
        cites=draw.randrange(100) < 92,
        disputes=disputes,
    )


def reacts(seed: int, bill: Bill, on: date, level: int) -> date | None:
    """Day on which a reminder of a level makes the customer pay; none when it does not."""
    if bill.buyer.kind is Kind.STUBBORN and level < 2:
        return None
    draw = drawn("reacts", seed, bill.number, level)
    return roll_forward(on + timedelta(days=draw.randrange(*_REACTS[bill.buyer.kind])))


def keeps(seed: int, bill: Bill) -> bool:
    """Whether its promise on that invoice is kept."""
    return drawn("keeps", seed, bill.number).randrange(100) < 70
