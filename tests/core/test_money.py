"""Amounts: rounding half up, splitting with no cent lost, French writing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.money import allocate, format_amount, format_number, round_amount


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("0.125", "EUR", "0.13"),
        ("0.1249999", "EUR", "0.12"),
        ("-0.125", "EUR", "-0.13"),
        ("2.675", "EUR", "2.68"),
        ("0.5", "XPF", "1"),
        ("1.0005", "TND", "1.001"),
    ],
)
def test_rounding_is_half_away_from_zero(value, currency, expected):
    rounded = round_amount(Decimal(value), currency)

    assert rounded == Decimal(expected)
    assert rounded.as_tuple().exponent == Decimal(expected).as_tuple().exponent


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any),
)
def test_parts_sum_to_the_total_and_stay_within_a_cent_of_their_share(cents, weights):
    total = Decimal(cents) / 100
    whole = sum(weights)

    parts = allocate(total, [Decimal(weight) for weight in weights])

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        # Integers, so that the bound itself is exact: |part × whole − total × weight| < a cent.
        assert abs(int(part * 100) * whole - cents * weight) < whole


def test_a_part_without_weight_gets_nothing():
    parts = allocate(Decimal("0.05"), [Decimal(0), Decimal(1), Decimal(1)])

    assert parts == [Decimal("0.00"), Decimal("0.03"), Decimal("0.02")]


def test_amounts_are_written_the_french_way():
    assert format_amount(Decimal("1234567.5")) == "1\u202f234\u202f567,50\u00a0€"
    assert format_amount(Decimal(1234), "XPF") == "1\u202f234\u00a0XPF"
    assert format_number(Decimal("-0.125"), 2) == "-0,13"
