"""QIF: the whole file says whether the day or the month comes first, or a person does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.core import bank
from echeance.core.bank.errors import (
    AmbiguousDatesError,
    InvalidDateError,
    InvestmentAccountError,
    TruncatedFileError,
)
from echeance.core.bank.qif import read_qif


def qif(*days):
    return (
        "!Type:Bank\n" + "".join(f"D{day}\nT-12,50\nPEDF\nMFacture\n^\n" for day in days)
    ).encode()


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (("03/04/2026", "25/04/2026"), [date(2026, 4, 3), date(2026, 4, 25)]),
        (("04/03/2026", "4/25'26"), [date(2026, 4, 3), date(2026, 4, 25)]),
        (("2026-04-03",), [date(2026, 4, 3)]),
        (("04/04/2026",), [date(2026, 4, 4)]),
    ],
)
def test_one_date_decides_for_the_file(days, read):
    (statement,) = bank.read(qif(*days))

    assert [entry.booking_date for entry in statement.entries] == read
    assert (statement.proof, statement.closing_balance) == ("none", None)
    assert statement.entries[0].signed == Decimal("-12.50")


def test_dates_that_read_two_ways_are_a_question():
    with pytest.raises(AmbiguousDatesError) as refusal:
        bank.read(qif("04/04/2026", "03/04/2026"))

    assert (refusal.value.line, refusal.value.text) == (7, "03/04/2026")
    (answered,) = read_qif(qif("03/04/2026"), day_first=True)
    assert answered.entries[0].booking_date == date(2026, 4, 3)


def test_dates_that_contradict_each_other_are_refused():
    with pytest.raises(InvalidDateError) as refusal:
        bank.read(qif("25/04/2026", "04/25/2026"))

    assert refusal.value.line == 7


def test_securities_and_cut_files_are_refused():
    with pytest.raises(InvestmentAccountError):
        bank.read(b"!Type:Invst\nD01/02/2026\nNBuy\n^\n")
    with pytest.raises(TruncatedFileError):
        bank.read(qif("25/04/2026").removesuffix(b"^\n"))
