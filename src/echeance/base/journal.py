"""Writing to the audit journal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from echeance.base import clock
from echeance.base.models import JournalEvent

if TYPE_CHECKING:
    from dataclasses import Field

    from echeance.base.actor import Actor


class Event(Protocol):
    """A frozen dataclass with an ``action`` name and a ``subject`` (``kind:id``)."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    action: ClassVar[str]

    @property
    def subject(self) -> str:
        """What it happened to, as ``kind:id``."""


def record(event: Event, *, actor: Actor) -> None:
    """Add one line to the journal, in the caller's transaction."""
    record_many([event], actor=actor)


def record_many(events: Iterable[Event], *, actor: Actor) -> None:
    """Add one line for each event, in the caller's transaction; one query per thousand."""
    at = clock.now()
    JournalEvent.objects.bulk_create(
        (
            JournalEvent(
                company=actor.company,
                at=at,
                actor=actor.name,
                action=event.action,
                subject=event.subject,
                facts={name: _plain(value) for name, value in asdict(event).items()},
            )
            for event in events
        ),
        batch_size=1000,
    )


REDACTED = "effacé"


def redact(*, actor: Actor, subjects: Collection[str], is_personal: Callable[[str], bool]) -> int:
    """Replace personal values of some objects by « effacé »; who, when and what field stay.

    The only change the journal ever undergoes: the right to be erased (GDPR art. 17) bears on
    what it quotes, not on the fact that something happened. A value that is empty stays empty.

    Args:
        actor: Whose company; the command that calls this has checked its right.
        subjects: Objects, as ``kind:id``.
        is_personal: Whether the values of a field, by its name in ``changes`` or among the facts,
            are to go.

    Returns:
        How many lines were redacted. One query, and one a chunk of 500 lines.
    """
    rows = list(
        JournalEvent.objects.select_for_update().filter(
            company=actor.company, subject__in=sorted(subjects)
        )
    )
    touched = []
    for row in rows:
        facts = {
            name: _redacted(value, is_personal)
            if name == "changes"
            else REDACTED
            if isinstance(value, str) and value and is_personal(name)
            else value
            for name, value in row.facts.items()
        }
        if facts != row.facts:
            row.facts = facts
            touched.append(row)
    JournalEvent.objects.bulk_update(touched, ["facts"], batch_size=500)
    return len(touched)


def _redacted(changes: dict[str, Any], is_personal: Callable[[str], bool]) -> dict[str, Any]:
    return {
        name: [REDACTED if value else value for value in values] if is_personal(name) else values
        for name, values in changes.items()
    }


def _plain(value: object) -> object:
    """JSON as it is where JSON is exact; text for amounts and dates."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
