"""Amounts and dates as payers write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from echeance.core.tabular import Cell, InvalidCellError, to_date, to_decimal, to_text

_GROUPED = r"[1-9]\d{0,2}(?:[ \u00a0\u202f.,'’]\d{3}){1,3}"
_NUMBER = rf"(?:{_GROUPED}|\d{{1,12}})[.,]\d{{2}}"
AMOUNT = re.compile(
    rf"(?<![\w.,/-])(?:\(\s?)?[-+\u2212]?\s?(?:€|EUR)?\s?{_NUMBER}(?![\d/]|[.,]\d)"
    r"\s?(?:€|EUR\b)?(?:\s?\)|-(?!\w))?",
    re.IGNORECASE,
)
DATE = re.compile(
    r"(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2}))(?![\d/-]|\.\d)"
)
MAX_AMOUNT = Decimal("1e11")
_FORMATS = (
    *("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"),
    *("%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%Y%m%d", "%Y-%m-%d %H:%M:%S"),
)


def parse_amount(cell: Cell, *, decimal_mark: str = "") -> Decimal:
    """An amount with its sign: minus before or after, or parentheses; euro words dropped.

    Args:
        cell: A value of a sheet, or a text.
        decimal_mark: ``,`` or ``.`` when the advice as a whole shows it.

    Raises:
        InvalidCellError: Not a number, one that reads two ways, one with more than two decimals
            or beyond a hundred billion.

    >>> parse_amount("(1 200,00)"), parse_amount("EUR 1,200.50-"), parse_amount("−12,00 €")
    (Decimal('-1200.00'), Decimal('-1200.50'), Decimal('-12.00'))
    """
    if isinstance(cell, Decimal):
        value = cell
    else:
        text = re.sub(r"€|EUROS?|EUR", "", to_text(cell), flags=re.IGNORECASE).strip()
        text = text.replace("\u2212", "-")
        is_negative = text.startswith("(") and text.endswith(")")
        text = text.strip("() ").replace("- ", "-")
        value = to_decimal(text, decimal_mark=decimal_mark)
        value = -abs(value) if is_negative else value
    exact = value.quantize(Decimal("0.01")) if abs(value) < MAX_AMOUNT else None
    # A workbook keeps fifteen digits: 0.1 + 0.2 comes back as 0.30000000000000004.
    if exact is None or abs(exact - value) > Decimal("0.000001"):
        raise InvalidCellError(to_text(cell)[:60], "un montant à deux décimales est attendu")
    return exact


def amounts_in(text: str) -> list[Decimal]:
    """Amounts of a text, those with two decimals only, in order.

    Raises:
        InvalidCellError: One reads two ways.

    >>> amounts_in("FA-41 du 12.09.2026 : 1 200,00 € dont (20,00)")
    [Decimal('1200.00'), Decimal('-20.00')]
    """
    return [parse_amount(found) for found in AMOUNT.findall(text)]


def decimal_mark(texts: Iterable[str]) -> str:
    """The decimal mark that amounts of an advice show; empty when none or both are shown.

    >>> decimal_mark(["1.234", "12,50"]), decimal_mark(["1.234"])
    (',', '')
    """
    marks = set()
    for text in texts:
        found = re.search(r"([.,])\d{1,2}\D*$", text.strip())
        if found:
            marks.add(found[1])
    return marks.pop() if len(marks) == 1 else ""


def parse_date(cell: Cell) -> date | None:
    """A date, day first, or None when the cell is none."""
    if isinstance(cell, Decimal):
        return None
    try:
        day = to_date(cell.strip() if isinstance(cell, str) else cell, formats=_FORMATS)
    except InvalidCellError:
        return None
    return day.date() if isinstance(day, datetime) else day
