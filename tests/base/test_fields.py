"""Amounts are exact in the database: cents in, cents out, and SQL can be trusted with them."""

from __future__ import annotations

from decimal import Decimal
from operator import mul, truediv

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection
from django.db.models import Case, F, Sum, When
from hypothesis import given
from hypothesis import strategies as st

from echeance.base import commands
from echeance.base.fields import AmountField
from echeance.base.models import WorkItem
from echeance.base.types import WorkItemFacts


@pytest.fixture
def items(actor):
    """Questions with these amounts at stake."""

    def open_items(*amounts):
        facts = [
            WorkItemFacts(key=f"k{n}", kind="test.k", subject="x:1", title="?", amount=Decimal(a))
            for n, a in enumerate(amounts)
        ]
        commands.open_work_items(actor=actor, items=facts)
        return WorkItem.objects.order_by("pk")

    return open_items


def test_an_amount_is_a_whole_number_of_cents_in_the_database(items):
    items("1234.50")

    with connection.cursor() as cursor:
        cursor.execute("SELECT amount FROM base_workitem")
        assert cursor.fetchone() == (123450,)


@pytest.mark.parametrize("amount", ["0.00", "0.01", "-0.01", "1234.50", "9999999999999.99"])
def test_an_amount_comes_back_as_it_was_with_its_two_decimals(items, amount):
    read = items(amount).get().amount

    assert str(read) == amount


def test_sums_differences_and_comparisons_in_sql_are_exact(items):
    rows = items(*["0.10"] * 3, "0.20", "0.30")

    assert rows.aggregate(total=Sum("amount"))["total"] == Decimal("0.80")
    assert rows.filter(amount=Decimal("0.30")).count() == 1
    assert rows.filter(amount__gte="0.20").count() == 2


def test_what_sql_makes_of_amounts_are_amounts(items):
    rows = items("0.10").annotate(
        twice=F("amount") + F("amount"),
        nothing=F("amount") - F("amount"),
        owed=-F("amount"),
        signed=Case(When(key="k0", then=-F("amount")), default=F("amount")),
    )

    row = rows.filter(twice=Decimal("0.20")).get()

    assert (row.twice, row.nothing, row.owed, row.signed) == (
        Decimal("0.20"),
        Decimal("0.00"),
        Decimal("-0.10"),
        Decimal("-0.10"),
    )
    assert rows.aggregate(total=Sum(F("amount") + F("amount")))["total"] == Decimal("0.20")
    assert rows.aggregate(total=Sum(-F("amount")))["total"] == Decimal("-0.10")


@pytest.mark.parametrize("operator", [mul, truediv])
def test_a_product_of_amounts_in_sql_is_refused(items, operator):
    with pytest.raises(FieldError):
        items("2.00").annotate(square=operator(F("amount"), F("amount"))).get()


@pytest.mark.parametrize("lookup", ["amount", "amount__gte", "amount__lt", "amount__in"])
def test_a_floating_number_is_refused_in_a_filter(items, lookup):
    value = [0.1] if lookup.endswith("in") else 0.1

    with pytest.raises(TypeError, match="never a float"):
        items("0.10").filter(**{lookup: value}).count()


def test_four_thousand_tenths_make_four_hundred(items):
    rows = items(*["0.10"] * 4_000)

    assert rows.aggregate(total=Sum("amount"))["total"] == Decimal("400.00")


@pytest.mark.parametrize("value", [0.1, 1.0, float("nan")])
def test_a_floating_number_is_refused(value):
    with pytest.raises(TypeError, match="never a float"):
        AmountField().get_prep_value(value)


@pytest.mark.parametrize(
    "value", ["0.001", "12.345", "0.1000000000000000000000000000001", "NaN", "Infinity"]
)
def test_what_cents_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="more than 2 decimals"):
        AmountField().get_prep_value(Decimal(value))


def test_text_that_is_no_amount_is_refused_in_french():
    with pytest.raises(ValidationError, match="« douze » n'est pas un montant"):
        AmountField().to_python("douze")


@pytest.mark.parametrize(
    ("scale", "value", "units"),
    [(2, "1.5", 150), (2, 7, 700), (6, "0.000001", 1), (6, "-12.345678", -12345678), (0, "3", 3)],
)
def test_units_by_scale(scale, value, units):
    assert AmountField(scale=scale).get_prep_value(value) == units


def test_nothing_stays_nothing():
    assert AmountField().get_prep_value(None) is None
    assert AmountField().from_db_value(None, None, connection) is None


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 6))
def test_reading_undoes_writing(units, scale):
    field = AmountField(scale=scale)

    assert field.get_prep_value(field.from_db_value(units, None, connection)) == units


def test_the_scale_is_kept_in_migrations():
    name, path, args, kwargs = AmountField(scale=6).deconstruct()

    assert (path, args, kwargs) == ("echeance.base.fields.AmountField", [], {"scale": 6})
    assert name is None
