"""What may be tried again, and how long to wait. Sources: RFC 9110 9.2.2, 10.2.3, 15.5.

A request is *repeatable* when doing it twice changes nothing more than doing it once. What is not
is tried again only while it is certain that the server has not taken it: no connection, or a
``429``. Everything else leaves its outcome unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx2
import stamina

from echeance.transmission.platform.types import Patience

Answer = TypeVar("Answer")


class TryLaterError(Exception):
    """An answer that asks to come back: 429, or 5xx for what is repeatable. Never shown."""

    def __init__(self, status: int, wait_seconds: float | None) -> None:
        """Keep the status and the wait the server asks for, ``None`` when it does not say."""
        super().__init__(f"HTTP {status}")
        self.status = status
        self.wait_seconds = wait_seconds


NOT_TAKEN = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""Failures before a byte of the request has left."""


def repeat(exchange: Callable[[], Answer], *, repeatable: bool, patience: Patience) -> Answer:
    """Call until it succeeds, may not be repeated, or patience ends.

    Raises:
        TryLaterError: The last answer still asked to come back.
        httpx2.TransportError: The last try failed.
    """

    def again(error: Exception) -> bool | float:
        if isinstance(error, TryLaterError):
            if error.wait_seconds is None:
                return True
            # A server that asks for more than we have is left in peace until the next turn.
            return error.wait_seconds if error.wait_seconds <= patience.wait_seconds_max else False
        return isinstance(error, NOT_TAKEN) or (
            repeatable and isinstance(error, httpx2.TransportError)
        )

    for attempt in stamina.retry_context(
        on=again,
        attempts=patience.attempts,
        timeout=None,
        wait_initial=patience.wait_seconds,
        wait_max=patience.wait_seconds_max,
        wait_jitter=patience.wait_seconds,
    ):
        with attempt:
            return exchange()
    raise AssertionError("stamina raises the last error")


def wait_asked(header: str, now: datetime) -> float | None:
    """Seconds a ``Retry-After`` asks for, ``None`` when it says nothing usable.

    >>> now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    >>> wait_asked("3", now), wait_asked("Tue, 24 Nov 2026 09:00:10 GMT", now)
    (3.0, 10.0)
    >>> wait_asked("soon", now) is None
    True
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
