"""Writing to the audit journal."""

from __future__ import annotations

from collections.abc import Iterable
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


def _plain(value: object) -> object:
    """JSON as it is where JSON is exact; text for amounts and dates."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
