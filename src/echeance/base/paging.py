"""Pages of a list by cursor: as quick on the last page as on the first, whatever comes in between.

A cursor names a row by its sort value and its number, so that a page neither skips nor repeats a
row when others are added or leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q

if TYPE_CHECKING:
    from django.db.models import QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list.

    Attributes:
        name: Field or annotation, never null; rows alike follow each other by number.
        parse: Reads its value back from a cursor, as ``Field.to_python`` does.
        descending: Largest first.
    """

    name: str
    parse: Callable[[str], object]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of a page, and the cursors of its neighbours (empty where there is none)."""

    rows: list[Row]
    previous: str
    next: str


def page_of(
    rows: QuerySet[Row], *, sort: Sort, after: str = "", before: str = "", size: int = 50
) -> Page[Row]:
    """The page after a cursor, or before one; the first page without any. One query.

    A cursor that cannot be read gives the first page: it was typed, or an old link.
    """
    edge = _edge(sort, before or after)
    backward = bool(before) and edge is not None
    descending = sort.descending != backward
    sign = "-" if descending else ""
    if edge is not None:
        comparison = "lt" if descending else "gt"
        value, pk = edge
        rows = rows.filter(
            Q(**{f"{sort.name}__{comparison}": value})
            | Q(**{sort.name: value, f"pk__{comparison}": pk})
        )
    found = list(rows.order_by(f"{sign}{sort.name}", f"{sign}pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    has_previous = more if backward else edge is not None
    has_next = backward or more
    return Page(
        rows=found,
        previous=_cursor(found[0], sort) if found and has_previous else "",
        next=_cursor(found[-1], sort) if found and has_next else "",
    )


def _cursor(row: Model, sort: Sort) -> str:
    return f"{row.pk}~{getattr(row, sort.name)}"


def _edge(sort: Sort, cursor: str) -> tuple[object, int] | None:
    pk, _, value = cursor.partition("~")
    if not pk.isdecimal():
        return None
    try:
        return sort.parse(value), int(pk)
    except (ValidationError, ValueError):
        return None
