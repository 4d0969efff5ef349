"""The only place that knows what time it is. Everything else asks here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The instant, aware, in UTC or as frozen by :func:`at`."""
    return _frozen.get() or timezone.now()


def today() -> date:
    """The civil date in Europe/Paris."""
    return timezone.localdate(now())


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Run a block at a given instant: tests, replays, the simulated company.

    Args:
        instant: Aware datetime.
    """
    assert instant.tzinfo is not None, "the clock is aware"
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
