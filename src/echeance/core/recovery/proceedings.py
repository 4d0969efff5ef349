"""The life of an order to pay: its events, and the deadlines each one opens.

Sources: CPC art. 1405 to 1425; décret n° 2026-96 (orders made from 1 September 2026 lapse unless
served within three months, six before). A deadline that binds the creditor is told as its strict
civil date; one that binds the debtor is carried to the next business day (CPC art. 642), so that
neither is ever read too generously.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from echeance.core.dates import add_months, roll_forward

THREE_MONTHS_FROM: Final = date(2026, 9, 1)
"""Orders made from that day are served within three months (décret n° 2026-96)."""

OPPOSITION_MONTHS: Final = 1


class OrderEvent(StrEnum):
    """What happens to a request for an order to pay."""

    FILED = "filed"
    GRANTED = "granted"
    DISMISSED = "dismissed"
    SERVED = "served"
    OPPOSED = "opposed"
    ENFORCEABLE = "enforceable"


ORDER_EVENT_LABELS = {
    OrderEvent.FILED: "requête déposée",
    OrderEvent.GRANTED: "ordonnance rendue",
    OrderEvent.DISMISSED: "requête rejetée",
    OrderEvent.SERVED: "ordonnance signifiée",
    OrderEvent.OPPOSED: "opposition du débiteur",
    OrderEvent.ENFORCEABLE: "ordonnance exécutoire",
}

_AFTER: Final[dict[OrderEvent, tuple[OrderEvent | None, ...]]] = {
    OrderEvent.FILED: (None,),
    OrderEvent.GRANTED: (OrderEvent.FILED,),
    OrderEvent.DISMISSED: (OrderEvent.FILED,),
    OrderEvent.SERVED: (OrderEvent.GRANTED,),
    OrderEvent.OPPOSED: (OrderEvent.SERVED,),
    OrderEvent.ENFORCEABLE: (OrderEvent.SERVED,),
}


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """An event and its day."""

    event: OrderEvent
    on: date


@dataclass(frozen=True, slots=True)
class OrderDeadline:
    """What comes next, and until when.

    Attributes:
        key: Stable name: ``serve``, ``opposition``.
        last_day: Last day, included.
        sentence: What to do, in French, with the article.
    """

    key: str
    last_day: date
    sentence: str


def service_months(granted_on: date) -> int:
    """Months within which an order is served, or it lapses (CPC art. 1411).

    >>> service_months(date(2026, 8, 31)), service_months(date(2026, 9, 1))
    (6, 3)
    """
    return 3 if granted_on >= THREE_MONTHS_FROM else 6


def out_of_order(events: Sequence[DatedEvent], new: DatedEvent) -> str:
    """Why an event cannot follow those known, in French; empty when it can.

    Args:
        events: Those known, oldest first.
        new: The one to add.
    """
    last = events[-1] if events else None
    if (last.event if last else None) not in _AFTER[new.event]:
        before = " ou ".join(
            f"« {ORDER_EVENT_LABELS[one]} »" for one in _AFTER[new.event] if one is not None
        )
        if new.event is OrderEvent.FILED:
            return "la requête est déjà déposée."
        return f"il se note après {before}."
    if last and new.on < last.on:
        return f"« {ORDER_EVENT_LABELS[last.event]} » est du {last.on:%d/%m/%Y}."
    if last and new.event is OrderEvent.SERVED:
        end = add_months(last.on, service_months(last.on))
        if new.on > roll_forward(end):
            return (
                f"l'ordonnance est non avenue depuis le {end:%d/%m/%Y}, faute d'avoir été "
                "signifiée dans le délai (CPC art. 1411)."
            )
    if last and new.event is OrderEvent.ENFORCEABLE and new.on <= opposition_end(last.on):
        return (
            f"le débiteur peut encore faire opposition jusqu'au "
            f"{opposition_end(last.on):%d/%m/%Y} (CPC art. 1416)."
        )
    return ""


def opposition_end(served_on: date) -> date:
    """Last day of the opposition: one month from the service, carried to a business day.

    Of a service that was not made to the debtor in person, the term may start later
    (CPC art. 1416, second paragraph): a person confirms.
    """
    return roll_forward(add_months(served_on, OPPOSITION_MONTHS))


def order_deadlines(events: Sequence[DatedEvent]) -> list[OrderDeadline]:
    """What runs after the last event; nothing when nothing does."""
    if not events:
        return []
    last = events[-1]
    if last.event is OrderEvent.GRANTED:
        months = service_months(last.on)
        end = add_months(last.on, months)
        return [
            OrderDeadline(
                "serve",
                end,
                f"Faites signifier l'ordonnance avant le {end:%d/%m/%Y} inclus : passé {months} "
                "mois, elle est non avenue (CPC art. 1411).",
            )
        ]
    if last.event is OrderEvent.SERVED:
        end = opposition_end(last.on)
        return [
            OrderDeadline(
                "opposition",
                end,
                f"Le débiteur peut faire opposition jusqu'au {end:%d/%m/%Y} inclus (CPC art. "
                "1416) ; ensuite l'ordonnance est exécutoire.",
            )
        ]
    return []
