"""The machine of statuses: what may follow what, and who may say it. Pure.

Transmission (200 → 201 → 202 → 203) only goes forward; a step may be skipped, for platforms are
bound to tell only some of them. Treatment is free but for what makes no sense: completing what
is not suspended, or cashing more than the invoice asks. 210, 213 and 220 close; after a
cancellation money may still go back (a negative 212).

Source: XP Z12-012 V1.4; DGFiP external specifications v3.2, chapter 3.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from echeance.core.lifecycle.errors import (
    LifeEndedError,
    NotSuspendedError,
    ReasonMissingError,
    ReceiptMissingError,
    ReceiptTooLargeError,
    TransmissionOrderError,
    UnknownActionError,
    UnknownStatusError,
    WrongIssuerError,
    WrongReasonError,
)
from echeance.core.lifecycle.reasons import ACTIONS, allowed_reasons
from echeance.core.lifecycle.statuses import (
    FLOW_CODES,
    ROLE_LABELS,
    STATUSES,
    Phase,
    Role,
    Status,
)
from echeance.core.money import ZERO

CASHED: Final = 212
CANCELLED: Final = 220
REFUSED: Final = 210
REJECTED: Final = 213
SUSPENDED: Final = 208
COMPLETED: Final = 209
RECEIPT: Final = "MEN"
"""MDT-207: amount received."""


@dataclass(frozen=True, slots=True)
class Reason:
    """MDG-37: why a status is given, and what is asked for.

    Attributes:
        code: MDT-113.
        text: MDT-114, in the sender's words.
        action: MDT-121; "" for nothing asked.
        action_text: MDT-122.
    """

    code: str
    text: str = ""
    action: str = ""
    action_text: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """MDG-43: an amount that goes with a status.

    Attributes:
        kind: MDT-207: ``MEN`` received, ``MPA`` paid, ``MAPTTC`` approved…
        amount: MDT-215, VAT included, negative to take back; ``None`` when there is none.
        rate: MDT-224, VAT per cent.
        on: MDT-219, the day it holds for.
    """

    kind: str
    amount: Decimal | None = None
    rate: Decimal | None = None
    on: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A status given to an invoice.

    Attributes:
        code: MDT-105.
        role: Who gives it.
        at: MDT-78, aware.
        public: It comes from Chorus Pro, whose refusals have more reasons.
    """

    code: int
    role: Role
    at: datetime
    reasons: tuple[Reason, ...] = ()
    amounts: tuple[Amount, ...] = ()
    public: bool = False

    @property
    def receipts(self) -> tuple[Amount, ...]:
        """The amounts received it declares."""
        return tuple(one for one in self.amounts if one.kind == RECEIPT)


@dataclass(frozen=True, slots=True)
class History:
    """What an invoice has lived through, in the order it happened.

    Attributes:
        totals: What the invoice asks, VAT included, by rate; empty when it is not known.
        events: Only statuses that were allowed.
    """

    totals: Mapping[Decimal, Decimal]
    events: tuple[Event, ...] = ()

    @property
    def current(self) -> Status | None:
        """The status that holds: the last one of treatment, else of transmission."""
        known = [STATUSES[one.code] for one in self.events if one.code in STATUSES]
        closing = [status for status in known if status.closes]
        treated = [status for status in known if status.phase is Phase.TREATMENT]
        return next(reversed(closing or treated or known), None)

    @property
    def suspended(self) -> bool:
        """Whether a suspension waits for its answer."""
        turns = [one.code for one in self.events if one.code in {SUSPENDED, COMPLETED}]
        return bool(turns) and turns[-1] == SUSPENDED

    @property
    def received(self) -> dict[Decimal, Decimal]:
        """What was cashed so far, by VAT rate, reversals deducted."""
        sums: dict[Decimal, Decimal] = {}
        for event in self.events:
            if event.code == CASHED:
                _count(sums, event)
        return sums

    def follow(self, event: Event) -> History:
        """The history with one more status, at its end.

        Raises:
            UnknownStatusError: Not the status of an invoice.
            WrongIssuerError: Not for this role to say.
            LifeEndedError: A status that closes came before.
            TransmissionOrderError: Transmission would go back.
            NotSuspendedError: Nothing to complete.
            ReasonMissingError: A reason is due.
            WrongReasonError: Not a reason of this status.
            UnknownActionError: Not an action of the list.
            ReceiptMissingError: Cashed, without an amount and its rate.
            ReceiptTooLargeError: Receipts of a rate would leave what the invoice asks.
        """
        if event.code in FLOW_CODES:
            return replace(self, events=(*self.events, event))
        status = STATUSES.get(event.code)
        if status is None:
            raise UnknownStatusError(event.code)
        if event.role not in status.issuers:
            issuers = " ou ".join(ROLE_LABELS[role] for role in status.issuers)
            raise WrongIssuerError(status.label, ROLE_LABELS[event.role], issuers)
        _check_reasons(status, event)
        self._check_open(status, event)
        self._check_order(status)
        if event.code == COMPLETED and not self.suspended:
            raise NotSuspendedError
        if event.code == CASHED:
            self._check_receipts(event)
        return replace(self, events=(*self.events, event))

    def insert(self, event: Event) -> History:
        """The history with a status put at its place by date, for news that come late.

        Those of the same instant stand in the order of the transmission. The whole is allowed, or
        the error of the first status that would not be is raised.

        Raises:
            EcheanceError: See :meth:`follow`.
        """
        history = replace(self, events=())
        for one in sorted((*self.events, event), key=_when):
            history = history.follow(one)
        return history

    def _check_open(self, status: Status, event: Event) -> None:
        ended = next((one.code for one in self.events if _closes(one)), None)
        if ended is None:
            return
        goes_back = event.code == CASHED and all(
            one.amount is not None and one.amount < ZERO for one in event.receipts
        )
        if not (ended == CANCELLED and goes_back):
            raise LifeEndedError(status.label, STATUSES[ended].label)

    def _check_order(self, status: Status) -> None:
        if status.phase is not Phase.TRANSMISSION:
            return
        known = [STATUSES[one.code] for one in self.events if one.code in STATUSES]
        for before in known:
            passed = status.order and before.order >= status.order
            # What a buyer works on has arrived: no platform can still turn it away.
            arrived = not status.order and Role.BUYER in before.issuers
            if passed or arrived:
                raise TransmissionOrderError(status.label, before.label)

    def _check_receipts(self, event: Event) -> None:
        if not event.receipts or not all(
            one.amount and one.rate is not None for one in event.receipts
        ):
            raise ReceiptMissingError
        after = self.received
        _count(after, event)
        for rate, received in after.items():
            # Without the invoice at hand, only what was never declared cannot be taken back.
            total = self.totals.get(rate, ZERO) if self.totals else max(received, ZERO)
            if not ZERO <= received <= total:
                raise ReceiptTooLargeError(rate, received, total)


def of(totals: Mapping[Decimal, Decimal], events: Iterable[Event]) -> History:
    """A history from statuses that were allowed, whatever their order."""
    return History(totals, tuple(sorted(events, key=_when)))


def _when(event: Event) -> tuple[datetime, int]:
    status = STATUSES.get(event.code)
    return event.at, (status.order or len(STATUSES)) if status else len(STATUSES)


def _closes(event: Event) -> bool:
    return event.code in STATUSES and STATUSES[event.code].closes


def _check_reasons(status: Status, event: Event) -> None:
    if status.needs_reason and not event.reasons:
        raise ReasonMissingError(status.label)
    allowed = allowed_reasons(status.code, public=event.public)
    for reason in event.reasons:
        if reason.code not in allowed:
            raise WrongReasonError(status.label, reason.code, ", ".join(sorted(allowed)))
        if reason.action and reason.action not in ACTIONS:
            raise UnknownActionError(reason.action, ", ".join(ACTIONS))


def _count(sums: dict[Decimal, Decimal], event: Event) -> None:
    for one in event.receipts:
        if one.amount is not None and one.rate is not None:
            sums[one.rate] = sums.get(one.rate, ZERO) + one.amount
