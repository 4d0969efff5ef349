"""The dry run as a screen: counted whole, filtered, shown a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.collection.models import CustomerReply, Reminder
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

    def admits(self, row: ReminderRow) -> bool:
        """Whether a row passes."""
        if self.level and row.level_label != self.level:
            return False
        if self.reason and all(reason.code != self.reason for reason in row.reasons):
            return False
        if self.plan_id is not None and row.plan_id != self.plan_id:
            return False
        if self.channel and row.channel != self.channel:
            return False
        return not self.text or set(words(self.text)) <= _parts(row, self.text)


def _parts(row: ReminderRow, text: str) -> set[str]:
    """The words asked for that the customer's name or code contains."""
    held = " ".join(words(f"{row.party_name} {row.party_code}"))
    return {word for word in words(text) if word in held}


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


@dataclass
class _Reading:
    decisions: dict[Decision, Tally] = field(
        default_factory=lambda: dict.fromkeys(Decision, Tally())
    )
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO
    found: list[tuple[Decimal, str, int]] = field(default_factory=list)
    kept: dict[int, ReminderRow] | None = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)
    plans: set[int] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)


def reminder_desk(
    *, actor: Actor, on: date, decision: Decision, wanted: DeskFilter, page: int = 1
) -> Desk:
    """The dry run of a day: counts and sums of all customers, and a page of those looked at.

    The dry run is read once as a stream; only the order of the matching customers is kept. Above
    500 of them, those of the page are judged again.

    Raises:
        NoPlanError: The company has no plan.
    """
    read = _Reading()
    for row in dry_run_stream(actor=actor, on=on):
        _take(read, row, decision, wanted)
    read.found.sort()
    pages = max(1, -(-len(read.found) // DESK_PAGE))
    page = min(max(page, 1), pages)
    ids = tuple(party_id for _, _, party_id in read.found)
    shown = ids[(page - 1) * DESK_PAGE : page * DESK_PAGE]
    rows = read.kept
    if rows is None:
        stream = dry_run_stream(actor=actor, on=on, party_ids=shown)
        rows = {row.party_id: row for row in stream if row.decision is decision}
    return Desk(
        decisions=read.decisions,
        interest=read.interest,
        indemnity=read.indemnity,
        rows=tuple(rows[party_id] for party_id in shown if party_id in rows),
        matching=Tally(len(ids), -sum((amount for amount, _, _ in read.found), ZERO)),
        ids=ids,
        page=page,
        pages=pages,
        levels=tuple(sorted(read.levels, key=lambda label: (read.levels[label], label))),
        reasons=tuple(sorted(read.reasons)),
        plans=tuple(sorted(read.plans)),
        channels=tuple(sorted(read.channels)),
    )


def _take(read: _Reading, row: ReminderRow, decision: Decision, wanted: DeskFilter) -> None:
    amount = row.total if row.decision is Decision.SEND else row.amount_due
    tally = read.decisions[row.decision]
    read.decisions[row.decision] = Tally(tally.customers + 1, tally.amount + amount)
    if row.decision is Decision.SEND:
        read.interest += row.interest
        read.indemnity += row.indemnity
    if row.decision is not decision:
        return
    if row.level_label:
        read.levels.setdefault(row.level_label, row.days_after_due or 0)
    read.reasons.update(reason.code for reason in row.reasons)
    read.plans.add(row.plan_id)
    if row.channel:
        read.channels.add(row.channel)
    if not wanted.admits(row):
        return
    read.found.append((-amount, row.party_name, row.party_id))
    if read.kept is not None:
        read.kept[row.party_id] = row
        if len(read.kept) > _KEPT:
            read.kept = None


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
