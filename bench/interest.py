"""Interest statement of many late items: read, reckoned slice by slice, nothing written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bench import world

if TYPE_CHECKING:
    from echeance.core.dunning import LateItem

UNTIL = world.TODAY
SPARE = 20
"""One item in so many of the bench's books is not late yet: as many more are written."""


def statement(size: int) -> dict[str, Any]:
    """What penalty notes would claim on so many late items, and the sum alone, no database."""
    from bench.measure import load_items, resident_mb, timed, told
    from echeance.collection import queries
    from echeance.core.dunning import late_interest_of_many
    from echeance.core.terms import CustomerKind

    actor = world.company()
    load_items(actor, size + size // SPARE)
    items = late_items(size)
    queries.claimable(actor=actor, until=UNTIL, party_ids=[parties_of(actor)[0]])
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "statement"):
        report = queries.claimable(actor=actor, until=UNTIL)
    with timed(steps, "sum alone"):
        found = late_interest_of_many(items, until=UNTIL, customer=CustomerKind.PROFESSIONAL)
    lines = sum(len(claim.parts) for claim in report.claims)
    # One in eleven was paid on its due date: it bears nothing.
    assert lines + len(report.skipped) >= size * 10 // 11 - size // SPARE, "each late item is told"
    assert len(found) == size, "each of them is reckoned"
    figures = told(steps, "statement", start_mb=start_mb)
    return figures | {"lines": lines, "slices": sum(len(one.slices) for one in found)}


def naive(size: int) -> dict[str, Any]:
    """The same, one call an item: what a loop over the statement of one costs."""
    from bench.measure import load_items, resident_mb, timed, told
    from echeance.collection import queries
    from echeance.ledger import queries as ledger

    actor = world.company()
    load_items(actor, size + size // SPARE)
    ids = [
        item.item_id
        for item in ledger.open_items(actor=actor, side="debit")
        if item.due_date < UNTIL
    ]
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "statement"):
        for item_id in ids[:size]:
            queries.claimable(actor=actor, until=UNTIL, item_ids=[item_id])
    return told(steps, "statement", start_mb=start_mb)


def parties_of(actor: Any) -> list[int]:
    """Customers that owe something."""
    from echeance.ledger import queries as ledger

    return [row.party_id for row in ledger.aged_balance(actor=actor, on=UNTIL).rows]


def late_items(size: int) -> list[LateItem]:
    """Items late since up to three years; half of them paid in part twice."""
    from echeance.core.dunning import LateItem, Payment

    first = date(2023, 6, 1)
    made = []
    for rank in range(size):
        due = first + timedelta(days=rank % 1200)
        amount = world.Decimal(10_000 + rank % 900_000) / 100
        paid = (
            [Payment(due + timedelta(days=wait), world.Decimal(20)) for wait in (10, 25)]
            if rank % 2
            else []
        )
        made.append(LateItem(amount, due, paid))
    return made
