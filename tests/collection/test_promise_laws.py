"""Laws of what is read as paid: the order in which facts are learnt changes nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.conftest import at
from echeance.collection import commands, rules_promises
from echeance.collection.models import CallTask, Promise
from echeance.collection.queries import ItemSettlements
from echeance.core.money import ZERO
from echeance.ledger.types import AllocationFacts

START = date(2026, 11, 1)
SAID = datetime(2026, 11, 10, 9, tzinfo=UTC)


def row(number, cents, day, recorded, reverses=None):
    amount = Decimal(cents) / 100
    return AllocationFacts(
        allocation_id=number,
        debit_item_id=1,
        debit_ref="F-1",
        credit_item_id=number,
        credit_ref="VIR",
        amount=-amount if reverses else amount,
        credited_on=START + timedelta(days=day),
        effective_date=START + timedelta(days=day),
        recorded_at=datetime(2026, 11, 1, 8, tzinfo=UTC) + timedelta(days=recorded),
        reverses_id=reverses,
    )


@st.composite
def histories(draw):
    """Allocations by day of credit and day of record, some undone since."""
    rows = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        cents, day, recorded = (
            draw(st.integers(1, 50_000)),
            draw(st.integers(0, 20)),
            draw(st.integers(0, 25)),
        )
        rows.append(row(number, cents, day, recorded))
        if draw(st.booleans()):
            rows.append(
                row(100 + number, cents, day, recorded + draw(st.integers(0, 5)), reverses=number)
            )
    return rows


def standing(rows):
    undone = {one.reverses_id for one in rows}
    return sum(
        (one.amount for one in rows if one.reverses_id is None and one.allocation_id not in undone),
        ZERO,
    )


@given(histories())
def test_since_is_what_stands_now_less_what_was_known_then(rows):
    known = sum((one.amount for one in rows if one.recorded_at <= SAID), ZERO)

    since = ItemSettlements(tuple(rows)).since(SAID)

    assert sum((amount for _, amount in since), ZERO) == max(standing(rows) - known, ZERO)
    assert all(amount > ZERO for _, amount in since)
    assert [day for day, _ in since] == sorted(day for day, _ in since)


@given(histories(), st.randoms())
def test_the_order_in_which_facts_are_learnt_changes_nothing(rows, random):
    late = [row for row in rows if row.recorded_at > SAID]
    shuffled = [row for row in rows if row.recorded_at <= SAID] + random.sample(late, len(late))

    told = [
        rules_promises.paid_by(
            ItemSettlements(tuple(some)).since(SAID), Decimal("250.00"), START + timedelta(days=15)
        )
        for some in (rows, shuffled)
    ]

    assert told[0] == told[1]


@pytest.mark.slow
def test_ten_thousand_promises_are_judged_by_chunks(world, actor, django_assert_max_num_queries):
    items = []
    for number in range(100):
        party = world.customer(f"Client {number}")
        parts = [("10.00", date(2026, 3, 1) + timedelta(days=part)) for part in range(100)]
        items += world.invoice(party, f"G-{number}", *parts)
    with at(date(2026, 11, 19)):
        commands.promise(actor=actor, item_ids=items, promised_on=date(2026, 11, 20))
    assert Promise.objects.count() == 10_000

    with at(date(2026, 11, 24)), django_assert_max_num_queries(20 * 40):
        report = commands.judge_promises(actor=actor, on=date(2026, 11, 24))

    assert len(report.judged) == 10_000
    assert CallTask.objects.count() == 100
