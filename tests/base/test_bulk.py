"""Rows written at once are the rows Django itself would have written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from conftest import NOW
from echeance.base.bulk import insert_rows, update_rows
from echeance.base.models import PolicyVersion, WorkItem

NAMES = (
    "company_id", "key", "kind", "subject", "title", "evidence", "answers", "amount", "due_date",
    "opened_at", "opened_by", "closed_by", "answer",
)  # fmt: skip


def item(company, key: str, amount: str, due: date | None):
    return (
        company.pk, key, "billing.test", "x:1", "Quoi ?", {"a": [1, None]}, [], Decimal(amount), due,
        NOW, "Léa", "", "",
    )  # fmt: skip


def test_amounts_dates_and_json_are_read_back_as_they_were_given(company):
    count = insert_rows(
        WorkItem,
        NAMES,
        [
            item(company, "a", "12.34", date(2026, 11, 24)),
            item(company, "b", "-0.01", None),
            item(company, "c", "12.34", date(2026, 11, 24)),
        ],
    )

    assert count == 3
    rows = list(WorkItem.objects.order_by("key"))
    assert [row.amount for row in rows] == [Decimal("12.34"), Decimal("-0.01"), Decimal("12.34")]
    assert [row.due_date for row in rows] == [date(2026, 11, 24), None, date(2026, 11, 24)]
    assert rows[0].evidence == {"a": [1, None]}
    assert rows[0].opened_at == NOW


def test_an_amount_too_fine_is_refused_and_a_constraint_holds(company):
    with pytest.raises(ValueError, match="more than 2 decimals"):
        insert_rows(WorkItem, NAMES, [item(company, "a", "1.001", None)])
    names = ("company_id", "number", "document", "saved_at", "saved_by", "note")
    row = (company.pk, 1, {}, NOW, "Léa", "")
    with pytest.raises(IntegrityError):
        insert_rows(PolicyVersion, names, [row, row])


def test_fields_named_are_written_and_the_others_left(company):
    insert_rows(WorkItem, NAMES, [item(company, key, "1", None) for key in ("a", "b", "c")])
    rows = list(WorkItem.objects.filter(key__in=["a", "b"]).order_by("key"))
    for place, row in enumerate(rows, start=1):
        row.amount, row.evidence, row.title = Decimal(place), {"n": place}, "not written"

    assert update_rows(rows, ["amount", "evidence"]) == 2

    kept = list(WorkItem.objects.order_by("key").values_list("key", "amount", "evidence", "title"))
    assert kept == [
        ("a", Decimal(1), {"n": 1}, "Quoi ?"),
        ("b", Decimal(2), {"n": 2}, "Quoi ?"),
        ("c", Decimal(1), {"a": [1, None]}, "Quoi ?"),
    ]
    assert update_rows([], ["amount"]) == 0
