"""The dry run as a screen: counted whole, filtered, shown a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.core.cache import cache
from django.db.models import Exists, Max, OuterRef, Q

from echeance.base import clock
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.collection.models import CustomerReply, Hold, Reminder
from echeance.collection.queries.dunning import WAITING
from echeance.collection.queries.judging import dry_run_stream
from echeance.collection.queries.plans import plan_book
from echeance.collection.types import Decision, ReminderRow, Tally
from echeance.core.money import ZERO
from echeance.core.words import words
from echeance.transmission.types import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

DESK_PAGE = 100
_KEPT = 500
"""Rows kept whole while the dry run is read; more are read again for the page shown."""
_CACHED = 5_000
_CACHED_SECONDS = 300
"""Above that many customers the counts are kept that long: the dry run is not read at each page."""


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What of the dry run is looked at; an empty field lets all pass.

    Attributes:
        level: Label of a level.
        reason: Code of a reason.
        plan_id: Plan that the customer follows.
        channel: How the message goes.
        text: Words of the name or of the code of the customer.
    """

    level: str = ""
    reason: str = ""
    plan_id: int | None = None
    channel: str = ""
    text: str = ""

    def admits(self, line: DeskLine) -> bool:
        """Whether a customer passes."""
        if self.level and line.level != self.level:
            return False
        if self.reason and self.reason not in line.reasons:
            return False
        if self.plan_id is not None and line.plan_id != self.plan_id:
            return False
        if self.channel and line.channel != self.channel:
            return False
        if not self.text:
            return True
        held = " ".join(words(f"{line.name} {line.code}"))
        return all(word in held for word in words(self.text))


class DeskLine(NamedTuple):
    """A customer of the dry run, short enough to keep for all of them."""

    decision: Decision
    amount: Decimal
    name: str
    party_id: int
    code: str
    level: str
    days: int
    reasons: tuple[str, ...]
    plan_id: int
    channel: str


@dataclass(slots=True)
class _Index:
    """Every customer of the dry run of a day, and when it was read.

    Attributes:
        rows: Whole rows by customer; ``None`` when they are too many to keep.
    """

    read_at: datetime
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO
    lines: list[DeskLine] = field(default_factory=list)
    rows: dict[int, ReminderRow] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of the dry run, and the figures of all of it.

    Attributes:
        decisions: All customers, whatever the filter, by decision.
        interest: Of all that would be sent.
        indemnity: The same for the 40 €.
        rows: The page asked for, the largest amount first.
        matching: How many pass the filter, and for how much.
        ids: Every customer that passes, in order, to act on all of them.
        page: Number of the page shown, from 1.
        pages: How many there are.
        levels: Labels of levels of this decision; likewise reasons, plans and channels.
        read_at: When the counts were read, if a moment ago; ``None`` when they are of now.
    """

    decisions: Mapping[Decision, Tally]
    interest: Decimal
    indemnity: Decimal
    rows: tuple[ReminderRow, ...]
    matching: Tally
    ids: tuple[int, ...]
    page: int
    pages: int
    levels: tuple[str, ...]
    reasons: tuple[str, ...]
    plans: tuple[int, ...]
    channels: tuple[str, ...]
    read_at: datetime | None = None


def reminder_desk(
    *, actor: Actor, on: date, decision: Decision, wanted: DeskFilter, page: int = 1
) -> Desk:
    """The dry run of a day: counts and sums of all customers, and a page of those looked at.

    The dry run is read once as a stream, a line a customer. Above 500 customers those of the page
    are judged again, so that what is shown is of now. Above 5,000 the lines are kept five minutes,
    unless a reminder or a pause was added since: the counts say when they were read.

    Raises:
        NoPlanError: The company has no plan.
    """
    index, kept = _read(actor, on)
    lines = [line for line in index.lines if line.decision is decision]
    found = sorted(
        (line for line in lines if wanted.admits(line)),
        key=lambda line: (-line.amount, line.name, line.party_id),
    )
    pages = max(1, -(-len(found) // DESK_PAGE))
    page = min(max(page, 1), pages)
    ids = tuple(line.party_id for line in found)
    shown = ids[(page - 1) * DESK_PAGE : page * DESK_PAGE]
    rows = index.rows
    if rows is None:
        stream = dry_run_stream(actor=actor, on=on, party_ids=shown) if shown else ()
        rows = {row.party_id: row for row in stream if row.decision is decision}
    decisions = dict.fromkeys(Decision, Tally())
    for line in index.lines:
        tally = decisions[line.decision]
        decisions[line.decision] = Tally(tally.customers + 1, tally.amount + line.amount)
    days = {line.level: line.days for line in lines if line.level}
    return Desk(
        decisions=decisions,
        interest=index.interest,
        indemnity=index.indemnity,
        rows=tuple(rows[party_id] for party_id in shown if party_id in rows),
        matching=Tally(len(found), sum((line.amount for line in found), ZERO)),
        ids=ids,
        page=page,
        pages=pages,
        levels=tuple(sorted(days, key=lambda label: (days[label], label))),
        reasons=tuple(sorted({code for line in lines for code in line.reasons})),
        plans=tuple(sorted({line.plan_id for line in lines})),
        channels=tuple(sorted({line.channel for line in lines if line.channel})),
        read_at=index.read_at if kept else None,
    )


def _read(actor: Actor, on: date) -> tuple[_Index, bool]:
    """Every line of the dry run, and whether they were kept from a moment ago."""
    actor.require(Right.READ)
    newest = (
        model.objects.filter(company=actor.company).aggregate(last=Max("pk"))["last"]
        for model in (Reminder, Hold)
    )
    key = f"collection.desk:{actor.company.pk}:{on}:{':'.join(map(str, newest))}"
    known: _Index | None = cache.get(key)
    if known is not None:
        return known, True
    index = _Index(read_at=clock.now())
    for row in dry_run_stream(actor=actor, on=on):
        _take(index, row)
    if len(index.lines) > _CACHED:
        cache.set(key, index, _CACHED_SECONDS)
    return index, False


def _take(index: _Index, row: ReminderRow) -> None:
    sends = row.decision is Decision.SEND
    if sends:
        index.interest += row.interest
        index.indemnity += row.indemnity
    index.lines.append(
        DeskLine(
            decision=row.decision,
            amount=row.total if sends else row.amount_due,
            name=row.party_name,
            party_id=row.party_id,
            code=row.party_code,
            level=row.level_label,
            days=row.days_after_due or 0,
            reasons=tuple(reason.code for reason in row.reasons),
            plan_id=row.plan_id,
            channel=row.channel,
        )
    )
    if index.rows is not None:
        index.rows[row.party_id] = row
        if len(index.rows) > _KEPT:
            index.rows = None


def attachments_of(*, actor: Actor, row: ReminderRow) -> list[str]:
    """Names of what would go with a message: invoices sealed, statement. Seven queries."""
    if row.decision is not Decision.SEND:
        return []
    facts = plan_book(actor=actor).plans.get(row.plan_id)
    if facts is None or not 0 < row.rank <= len(facts.plan.levels):
        return []
    level = facts.plan.levels[row.rank - 1]
    numbers = list(dict.fromkeys(line.document_ref for line in row.lines))
    sealed = billing.by_numbers(actor=actor, numbers=numbers) if level.attaches_invoices else {}
    names = [number for number in numbers if number in sealed and sealed[number].file_id]
    return [*names, *(["relevé de compte"] if level.attaches_statement else [])]


PREPARED_STATES = {
    "a-approuver": Q(approved_at=None, cancelled_at=None, released_at=None),
    "retenues": Q(approved_at__isnull=False, cancelled_at=None, released_at=None),
    "parties": Q(cancelled_at=None, released_at__isnull=False),
    "non-remises": Q(cancelled_at=None, message__status__in=[Status.REFUSED, Status.BOUNCED]),
    "repondues": Q(has_reply=True),
    "annulees": Q(cancelled_at__isnull=False),
}
"""States of a prepared reminder that the screen tells apart, by the word of its address."""


def prepared(
    *, actor: Actor, state: str = "", label: str = "", text: str = ""
) -> QuerySet[Reminder]:
    """Prepared reminders with ``has_reply``; customer, run and message joined. One query.

    Args:
        actor: Whose company.
        state: One of :data:`PREPARED_STATES`; all when empty or unknown.
        label: Of a level.
        text: Words of the customer's name.
    """
    actor.require(Right.READ)
    replied = CustomerReply.objects.filter(reminder=OuterRef("pk"))
    rows = (
        Reminder.objects.filter(company=actor.company)
        .annotate(has_reply=Exists(replied))
        .select_related("run", "message", "party", "letter", "call")
    )
    if state in PREPARED_STATES:
        rows = rows.filter(PREPARED_STATES[state])
    if label:
        rows = rows.filter(label=label)
    for word in words(text):
        rows = rows.filter(party__search_words__contains=word)
    return rows


def is_held(row: Reminder) -> bool:
    """Whether a reminder can still be taken back or reworded, its message joined."""
    if row.cancelled_at:
        return False
    if row.message is not None:
        return row.message.status in {*WAITING, Status.RELEASED}
    return row.released_at is None


def text_of(row: Reminder) -> tuple[str, str]:
    """Subject and body of a reminder: its own, or those of its message for the oldest ones."""
    if row.body or row.message is None:
        return row.subject_line, row.body
    return row.message.subject_line, row.message.body


def prepared_labels(*, actor: Actor) -> Iterator[str]:
    """Labels of levels that prepared reminders have, in order. One query."""
    actor.require(Right.READ)
    rows = Reminder.objects.filter(company=actor.company)
    yield from rows.order_by("label").values_list("label", flat=True).distinct()
