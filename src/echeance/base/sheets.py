"""Lists that leave for a spreadsheet and come back: what a room gives to have one.

In ``apps.ready()`` a room calls ``sheets.register(CustomerSheet())``; the pages and commands of the
round trip then know it by its name. The reading, comparing and undoing are the same for all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from echeance.base.errors import NotFoundError
from echeance.base.models import JournalEvent
from echeance.base.rights import Right

if TYPE_CHECKING:
    from echeance.base.actor import Actor
    from echeance.core.roundtrip import Column, Record


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row to write: key of its record (empty: a new one), new values, line of the file."""

    key: str
    values: Mapping[str, str]
    row: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row cannot be written: the field at fault, its value, a French sentence."""

    row: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who last changed a field of a record, and when."""

    by: str
    at: datetime


class Sheet(Protocol):
    """What a room says of one of its lists."""

    name: str
    label: str
    """French, as a title."""
    right: Right
    """Needed to take changes."""
    is_log: bool
    """Rows are documents: a row absent from the file means nothing, and none is created by it."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """In the order of the file."""

    def records(self, *, actor: Actor, keys: Collection[str] | None = None) -> list[Record]:
        """The records of these keys, those of others left out; else all of the list, in order."""

    def keys_by_code(self, *, actor: Actor, codes: Collection[str]) -> dict[str, str]:
        """Key of the record of each code; unknown codes are absent."""

    def label_of(self, values: Mapping[str, str]) -> str:
        """What a person calls a record."""

    def check(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[Refusal]:
        """Everything that forbids these changes. Writes nothing."""

    def apply(self, *, actor: Actor, changes: Sequence[RowChange]) -> list[str]:
        """Write changes that passed ``check``, by the room's commands; their keys, in order."""

    def close(self, *, actor: Actor, keys: Collection[str]) -> list[str]:
        """Close records, never delete them; the keys of those that could be."""

    def reopen(self, *, actor: Actor, keys: Collection[str]) -> None:
        """Undo ``close``."""

    def last_changes(
        self, *, actor: Actor, keys: Collection[str]
    ) -> dict[tuple[str, str], LastChange]:
        """Who last changed each field (else the whole record, under an empty field), by key."""


_CHUNK = 500
_sheets: dict[str, Sheet] = {}


def register(sheet: Sheet) -> None:
    """Let a list leave and come back."""
    _sheets[sheet.name] = sheet


def all_sheets() -> list[Sheet]:
    """Every list, in the order of their names."""
    return [_sheets[name] for name in sorted(_sheets)]


def sheet_named(name: str) -> Sheet:
    """The list of a name.

    Raises:
        NotFoundError: No list has it.
    """
    if name not in _sheets:
        raise NotFoundError(what=f"liste « {name} »")
    return _sheets[name]


def last_changes_of(
    *, actor: Actor, kind: str, keys: Collection[str]
) -> dict[tuple[str, str], LastChange]:
    """Who last changed each field of records, as the journal says it; see ``Sheet.last_changes``.

    Events with their ``changes`` by field are read field by field, the others count for the whole
    record. One query a chunk of 500.

    Args:
        actor: Whose company.
        kind: Of the subject, before its ``:``.
        keys: Numbers of the records.
    """
    wanted = sorted(set(keys))
    found: dict[tuple[str, str], LastChange] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = JournalEvent.objects.filter(
            company=actor.company,
            subject__in=[f"{kind}:{key}" for key in wanted[start : start + _CHUNK]],
        )
        for event in rows.order_by("pk"):
            key = event.subject.partition(":")[2]
            last = LastChange(event.actor, event.at)
            found[key, ""] = last
            changes = event.facts.get("changes")
            for name in changes if isinstance(changes, dict) else ():
                found[key, name] = last
    return found
