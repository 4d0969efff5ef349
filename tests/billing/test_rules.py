"""Decisions of billing without a database: their examples hold, and odd files are read right."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.billing.rules import (
    cancellations,
    crediting,
    document,
    intake,
    mail,
    numbering,
    posting,
    preflight,
    taxes,
)
from echeance.billing.types import CreditLine, OrderMapping
from echeance.core.money import round_amount
from echeance.core.tabular import read_table

MODULES = [
    cancellations, crediting, document, intake, mail, numbering, posting, preflight, taxes
]  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=[module.__name__ for module in MODULES])
def test_the_examples_of_the_rules_hold(module):
    assert doctest.testmod(module).failed == 0


MAPPING = OrderMapping(
    "f",
    {
        "document": "No",
        "customer": "Who",
        "item": "Sku",
        "quantity": "Qty",
        "unit_price": "Price",
        "order_date": "When",
    },
)
KNOWN = intake.Known({"C1": 1}, {}, frozenset())


def read(*rows):
    table = read_table(("No,Who,Sku,Qty,Price,When\n" + "\n".join(rows)).encode(), "f.csv")
    return intake.read_orders(table.rows, MAPPING, KNOWN)


def test_without_a_prefix_a_negative_quantity_marks_a_cancellation():
    documents, rejected = read("1,C1,A,2,3,2026-11-20", "2,C1,A,-2,3,2026-11-21")

    assert rejected == []
    assert [(one.number, one.is_cancellation) for one in documents] == [("1", False), ("2", True)]
    assert documents[1].lines[0].quantity == Decimal(2)


def test_a_document_of_both_signs_is_rejected_whole():
    documents, rejected = read("1,C1,A,2,3,2026-11-20", "1,C1,B,-2,3,2026-11-20")

    assert documents == []
    assert [(line.row, line.code) for line in rejected] == [(2, "mixed_signs"), (3, "mixed_signs")]


def test_lines_of_a_document_need_not_follow_each_other():
    documents, _ = read("1,C1,A,2,3,2026-11-20", "2,C1,A,1,3,2026-11-20", "1,C1,B,1,3,2026-11-19")

    assert [(one.number, len(one.lines)) for one in documents] == [("1", 2), ("2", 1)]
    assert documents[0].order_date.isoformat() == "2026-11-19"


cells = st.text(alphabet="0123456789-C1A., x", max_size=6)


@given(st.lists(st.lists(cells, min_size=6, max_size=6), min_size=1, max_size=8))
def test_whatever_a_file_holds_no_line_is_lost(rows):
    table = read_table(
        ("No,Who,Sku,Qty,Price,When\n" + "\n".join(";".join(row) for row in rows))
        .replace(",", ";")
        .encode(),
        "f.csv",
    )
    listed = list(table.rows)

    documents, rejected = intake.read_orders(listed, MAPPING, KNOWN)

    assert len(listed) == len(rejected) + sum(len(one.lines) for one in documents)
    assert all(line.reason for line in rejected)


units = st.integers(1, 40)
prices = st.decimals(min_value=Decimal("0.001"), max_value=Decimal(99), places=3)


@given(units, prices, st.data())
def test_units_credited_one_part_after_another_sum_to_the_line(ordered, price, data):
    net = round_amount(ordered * price)
    if net == 0:
        return
    left = crediting.LineLeft(1, 1, price, Decimal(ordered), Decimal(ordered), net)
    given_back = Decimal(0)
    while left.quantity and left.net_amount > 0:
        quantity = Decimal(data.draw(st.integers(1, int(left.quantity))))
        if quantity < left.quantity and not 0 < round_amount(quantity * price) <= left.net_amount:
            quantity = left.quantity
        (part,) = crediting.credited_lines("F", {1: left}, [CreditLine(1, quantity)])
        given_back += part.net_amount
        left = crediting.LineLeft(
            1, 1, price, left.ordered, left.quantity - part.quantity,
            left.net_amount - part.net_amount,
        )  # fmt: skip

    assert given_back == net
