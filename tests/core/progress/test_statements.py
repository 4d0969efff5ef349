"""A market of works: deposit of 30 %, two statements, the last one, and the retention of 5 %."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.money import round_amount
from echeance.core.progress import (
    Billed,
    Deposit,
    MarketLine,
    ProgressBackwardsError,
    RetentionTooHighError,
    release_day,
    retained,
    statement,
)

FULL = ("S", Decimal(20))
REDUCED = ("S", Decimal(10))
WALLS = MarketLine("1", "Gros œuvre", Decimal("60000.00"), FULL)
ROOF = MarketLine("2", "Couverture", Decimal("40000.00"), FULL)
DEPOSIT = Deposit("AC-1", Decimal("30000.00"), FULL)
NOTHING = Billed()


def progress(**percents):
    return {key.removeprefix("l"): Decimal(value) for key, value in percents.items()}


def test_a_deposit_two_statements_and_the_last_one():
    """Market 100,000: works 40,000 then 35,000 then 25,000; deposit 12,000, 10,500, 7,500."""
    first = statement([WALLS, ROOF], progress(l1="50", l2="25"), billed=NOTHING, deposits=[DEPOSIT])
    assert [one.net for one in first.lines] == [Decimal("30000.00"), Decimal("10000.00")]
    assert first.deductions == {"AC-1": Decimal("12000.00")}
    assert first.net == Decimal("28000.00")

    second = statement(
        [WALLS, ROOF], progress(l1="75", l2="75"), billed=first.after, deposits=[DEPOSIT]
    )
    assert [one.net for one in second.lines] == [Decimal("15000.00"), Decimal("20000.00")]
    assert second.deductions == {"AC-1": Decimal("10500.00")}
    assert second.net == Decimal("24500.00")

    last = statement(
        [WALLS, ROOF], progress(l1="100", l2="100"), billed=second.after, deposits=[DEPOSIT]
    )
    assert last.works == Decimal("25000.00")
    assert last.deductions == {"AC-1": Decimal("7500.00")}
    assert last.net == Decimal("17500.00")
    assert DEPOSIT.net + first.net + second.net + last.net == Decimal("100000.00")


def test_the_retention_is_five_per_cent_of_the_works_with_vat():
    """Works with VAT since the beginning 48,000 then 90,000 then 120,000."""
    kept, parts = Decimal(0), []
    for gross in ("48000.00", "90000.00", "120000.00"):
        part = retained(Decimal(gross), Decimal(5), retained_before=kept)
        parts.append(part)
        kept += part

    assert parts == [Decimal("2400.00"), Decimal("2100.00"), Decimal("1500.00")]
    assert release_day(date(2026, 11, 30)) == date(2027, 11, 30)


def test_the_law_limits_the_retention():
    with pytest.raises(RetentionTooHighError):
        retained(Decimal(100), Decimal("5.01"), retained_before=Decimal(0))


def test_thirds_leave_no_cent_behind():
    """100.00 in thirds is 33.33, 33.34 and 33.33; the deposit of 10.00 is 3.33, 3.34, 3.33."""
    line = MarketLine("1", "Lot", Decimal("100.00"), FULL)
    deposit = Deposit("AC-1", Decimal("10.00"), FULL)
    billed, works, deducted = NOTHING, [], []
    for percent in ("33.333333", "66.666667", "100"):
        one = statement([line], {"1": Decimal(percent)}, billed=billed, deposits=[deposit])
        works.append(one.works)
        deducted.append(one.deductions["AC-1"])
        billed = one.after

    assert works == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert deducted == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]


def test_a_deposit_is_deducted_from_the_works_of_its_own_rate():
    """Full rate not begun: nothing of its deposit is deducted from works at 10 %."""
    renovation = MarketLine("3", "Rénovation", Decimal("1000.00"), REDUCED)

    one = statement([WALLS, renovation], progress(l3="100"), billed=NOTHING, deposits=[DEPOSIT])

    assert (one.works, one.deductions) == (Decimal("1000.00"), {})


def test_a_line_that_did_not_move_bills_nothing():
    first = statement([WALLS, ROOF], progress(l1="50"), billed=NOTHING)
    second = statement([WALLS, ROOF], progress(l2="10"), billed=first.after)

    assert [one.net for one in second.lines] == [Decimal(0), Decimal("4000.00")]
    assert second.lines[0].percent == Decimal(50)


@pytest.mark.parametrize("percent", ["100.01", "49.99"])
def test_progress_goes_forward_and_ends_at_a_hundred(percent):
    first = statement([WALLS], progress(l1="50"), billed=NOTHING)

    with pytest.raises(ProgressBackwardsError) as refusal:
        statement([WALLS], {"1": Decimal(percent)}, billed=first.after)

    assert refusal.value.least == Decimal("50.00")


@given(
    nets=st.lists(
        st.decimals(min_value="0.01", max_value="99999.99", places=2), min_size=1, max_size=4
    ),
    steps=st.lists(st.integers(0, 9999), max_size=5),
    deposit=st.decimals(min_value=0, max_value="5000", places=2),
    percent=st.decimals(min_value=0, max_value=5, places=2),
)
def test_the_sum_of_the_statements_is_the_market_to_the_cent(nets, steps, deposit, percent):
    market = [
        MarketLine(str(index), "Lot", net, FULL if index % 2 else REDUCED)
        for index, net in enumerate(nets)
    ]
    deposits = [Deposit("AC-1", deposit, REDUCED)]
    billed, works, deducted, kept, gross = NOTHING, Decimal(0), Decimal(0), Decimal(0), Decimal(0)
    for step in [*sorted(steps), 10000]:
        done = {line.id: Decimal(step) / 100 for line in market}
        one = statement(market, done, billed=billed, deposits=deposits)
        billed, works = one.after, works + one.works
        deducted += one.deductions.get("AC-1", Decimal(0))
        gross = round_amount(works * Decimal("1.2"))
        kept += retained(gross, percent, retained_before=kept)

    assert works == sum(nets)
    assert deducted == deposit
    assert kept == round_amount(gross * percent / 100)
