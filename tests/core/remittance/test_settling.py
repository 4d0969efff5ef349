"""Goal: an advice settles what it names, to the cent; every difference is told, none is guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.remittance import (
    RemittanceItem,
    RemittanceLine,
    RemittanceReading,
    read_text,
    settle,
)

DUE = date(2026, 10, 1)
ITEMS = [
    RemittanceItem(1, "FA2026-000041", DUE, Decimal("1200.00"), 7),
    RemittanceItem(2, "FA2026-000042", DUE, Decimal("350.50"), 7),
    RemittanceItem(3, "AV2026-000003", DUE, Decimal("-120.00"), 7),
    RemittanceItem(4, "FA2026-000044", DUE, Decimal("0.00"), 7),
    RemittanceItem(5, "FA2026-000045", date(2026, 11, 1), Decimal("60.00"), 7),
    RemittanceItem(6, "FA2026-000045", DUE, Decimal("40.00"), 7),
    RemittanceItem(8, "X-9", DUE, Decimal("5.00"), 7),
    RemittanceItem(9, "X-9", DUE, Decimal("5.00"), 8),
]


def advice(*lines, total=None):
    return RemittanceReading(
        tuple(
            RemittanceLine(row, number, None if amount is None else Decimal(amount))
            for row, (number, amount) in enumerate(lines, 1)
        ),
        total=None if total is None else Decimal(total),
    )


def test_an_advice_that_agrees_is_one_step():
    found = settle(
        read_text(
            "Facture;Montant\nfa 2026 000041;1 200,00\nFA2026-000042;350,50\n"
            "AV2026-000003;(120,00)\nTotal;1 430,50"
        ),
        ITEMS,
        received=Decimal("1430.50"),
    )

    assert found.is_clean
    assert found.allocations == (
        (1, Decimal("1200.00")), (2, Decimal("350.50")), (3, Decimal("-120.00")),
    )  # fmt: skip
    assert found.given == Decimal("1430.50")


@pytest.mark.parametrize(
    ("line", "finding", "allocations", "sentence"),
    [
        (("FA2026-000041", "1000"), "part", [(1, "1000")], "200,00\u00a0€ resteront dus"),
        (("FA2026-000041", "1300"), "excess", [(1, "1200.00")], "il n'y reste que 1\u202f200,00"),
        (("FA2026-000044", "10"), "settled", [], "déjà soldée"),
        (("FA2026-999999", "10"), "unknown", [], "aucune pièce de ce numéro"),
        (("X-9", "5"), "ambiguous", [], "plusieurs clients"),
        (("AV2026-000003", "120"), "wrong_sign", [], "c'est un avoir"),
        (("FA2026-000041", "-5"), "wrong_sign", [], "pour une facture"),
        (("", "-12"), "unknown", [], "sans numéro de pièce"),
        # Two due dates of one document: the earlier first.
        (("FA2026-000045", "70"), "part", [(6, "40.00"), (5, "30.00")], "30,00\u00a0€ resteront"),
        # A number cut short: only with the very amount.
        (("000042", "350.50"), "exact", [(2, "350.50")], ""),
        (("000042", "350.00"), "unknown", [], "aucune pièce"),
        (("FA2026-000041", None), "exact", [(1, "1200.00")], ""),
    ],
)
def test_each_line_says_what_it_becomes(line, finding, allocations, sentence):
    [found] = settle(advice(line), ITEMS).lines

    assert found.finding == finding
    assert found.allocations == tuple((item, Decimal(amount)) for item, amount in allocations)
    assert sentence in found.sentence


def test_a_number_that_stands_twice_is_given_once():
    found = settle(advice(("FA2026-000042", "350.50"), ("FA2026-000042", "350.50")), ITEMS)

    assert [line.finding for line in found.lines] == ["exact", "repeated"]
    assert found.given == Decimal("350.50")


def test_what_the_bank_received_is_compared():
    found = settle(
        advice(("FA2026-000042", "350.50"), total="350.50"), ITEMS, received=Decimal(340)
    )

    assert found.warnings == (
        "L'avis annonce 350,50\u00a0€, la banque a reçu 340,00\u00a0€ : 10,50\u00a0€ manquent.",
    )
    assert not found.is_clean


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["FA2026-000041", "FA2026-000042", "AV2026-000003", "000045", "X-9"]),
            st.none() | st.decimals("-2000", "2000", places=2),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_never_more_than_what_is_open(lines):
    found = settle(advice(*lines), ITEMS)

    open_amounts = {item.item_id: item.open_amount for item in ITEMS}
    for item_id, amount in found.allocations:
        whole = open_amounts[item_id]
        assert amount * whole > 0
        assert abs(amount) <= abs(whole)
