"""Calls to make, and how earlier ones went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Sum

from echeance.base.errors import NotFoundError
from echeance.base.models import User
from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection import rules_calls
from echeance.collection.models import CallTask, Dispute, Promise
from echeance.collection.queries.payers import call_order
from echeance.collection.types import CallFacts, CallItem, CallOutcome, PromiseVerdict
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor
    from echeance.parties.models import Contact

CUSTOMERS = "411"
_UNREACHED = [CallOutcome.NO_ANSWER.value, CallOutcome.MESSAGE_LEFT.value]


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call of the list, with what its place rests on.

    Attributes:
        owed: Overdue now, disputed parts left out.
        days_late: Of the oldest item.
        attempts: Calls without an answer since the last one that got through.
        weight: Money × what an act may change, by the customer's way of paying.
        advice: What to do next for that customer, and why; empty when nothing of it is late.
    """

    task: CallTask
    owed: Decimal
    days_late: int
    attempts: int
    weight: Decimal = ZERO
    advice: str = ""

    @property
    def stake(self) -> Decimal:
        """What the order goes by."""
        return rules_calls.stake(self.owed, self.days_late)


def known_calls(*, actor: Actor, keys: Collection[str]) -> set[str]:
    """Which of some matters have their call, made or not. One query."""
    actor.require(Right.READ)
    return set(
        CallTask.objects.filter(company=actor.company, key__in=set(keys)).values_list(
            "key", flat=True
        )
    )


def calls(*, actor: Actor, until: date | None = None) -> QuerySet[CallTask]:
    """Calls to make, the earliest first, customer and colleague joined. One query.

    Args:
        actor: Who asks.
        until: Only those due by that day.
    """
    actor.require(Right.READ)
    rows = CallTask.objects.filter(company=actor.company, done_at=None, cancelled_at=None)
    if until is not None:
        rows = rows.filter(due_on__lte=until)
    return rows.select_related("party", "assigned_to").order_by("due_on", "pk")


def call_list(
    *, actor: Actor, on: date, user_id: int | None = None, later: bool = False
) -> list[CallRow]:
    """Calls of a day, those worth the most first. Eighteen queries, whatever their number.

    The order is that of :func:`echeance.collection.queries.call_order`: money at stake × what an
    act may change; then money × lateness.

    Args:
        actor: Who asks.
        on: The day: those due by then, or after it when ``later``.
        user_id: Only those of that colleague; 0 for those of nobody; all when absent.
        later: Those of the days to come.
    """
    rows = calls(actor=actor, until=None if later else on)
    if later:
        rows = rows.filter(due_on__gt=on)
    if user_id is not None:
        rows = rows.filter(assigned_to=user_id or None)
    tasks = list(rows)
    stays = parties.with_merged(actor=actor, party_ids={task.party_id for task in tasks})
    owed = _overdue(actor, stays, on)
    tried = attempts_of(actor=actor, party_ids={task.party_id for task in tasks})
    merged = parties.merged_parties(actor=actor)
    ranks = {one.party_id: one for one in call_order(actor=actor, on=on, party_ids=set(stays))}
    found = []
    for task in tasks:
        items = owed.get(stays[task.party_id], [])
        rank = ranks.get(merged.get(task.party_id, task.party_id))
        found.append(
            CallRow(
                task=task,
                owed=sum((item.amount for item in items), ZERO),
                days_late=max((item.days_late for item in items), default=0),
                attempts=tried.get(task.party_id, 0),
                weight=rank.next.weight if rank else ZERO,
                advice=rank.next.sentence if rank else "",
            )
        )
    return sorted(found, key=lambda row: (-row.weight, -row.stake, row.task.due_on, row.task.pk))


def _overdue(actor: Actor, stays: Mapping[int, int], on: date) -> dict[int, list[CallItem]]:
    """Overdue items of customers and of those merged with them, less what is disputed."""
    items = [
        item
        for item in ledger.open_items(
            actor=actor, account_prefix=CUSTOMERS, party_ids=set(stays), side=DEBIT
        )
        if item.due_date < on and item.party_id is not None
    ]
    disputed = _disputed(actor, items)
    found: dict[int, list[CallItem]] = {}
    for item in items:
        amount = item.open_amount - disputed.get(item.item_id, ZERO)
        if amount > ZERO:
            row = CallItem(
                item.item_id, item.document_ref, item.due_date, (on - item.due_date).days, amount
            )
            party_id = item.party_id or 0
            found.setdefault(stays.get(party_id, party_id), []).append(row)
    return found


def _disputed(actor: Actor, items: Iterable[OpenItemFacts]) -> dict[int, Decimal]:
    parties_of = {item.party_id for item in items}
    rows = Dispute.objects.filter(
        company=actor.company, closed_at=None, open_item__party__in=parties_of
    )
    return dict(rows.values_list("open_item").annotate(total=Sum("amount")))


def attempts_of(*, actor: Actor, party_ids: Collection[int]) -> dict[int, int]:
    """Calls without an answer of customers since the last that got through. Two queries."""
    actor.require(Right.READ)
    done = CallTask.objects.filter(
        company=actor.company, party__in=set(party_ids), done_at__isnull=False
    )
    reached = dict(
        done.exclude(outcome__in=_UNREACHED).values_list("party").annotate(last=Max("done_at"))
    )
    found: dict[int, int] = {}
    rows = done.filter(outcome__in=_UNREACHED).values_list("party", "done_at")
    for party_id, at in rows:
        if party_id not in reached or at is None or at > reached[party_id]:
            found[party_id] = found.get(party_id, 0) + 1
    return found


def numbers_of(*, actor: Actor, party_ids: Collection[int]) -> dict[int, list[Contact]]:
    """Whom to call, for each customer asked for, numbers noted as wrong left out.

    Three queries a chunk of 500.
    """
    found = parties.phones(actor=actor, party_ids=party_ids)
    wrong = set(
        CallTask.objects.filter(
            company=actor.company,
            outcome=CallOutcome.WRONG_NUMBER.value,
            phone__in={one.phone for rows in found.values() for one in rows},
        ).values_list("phone", flat=True)
    )
    return {
        party_id: [one for one in rows if one.phone not in wrong]
        for party_id, rows in found.items()
    }


def call_for(*, actor: Actor, call_id: int) -> CallTask:
    """One call of the company, customer and colleague joined. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        CallTask.objects.filter(company=actor.company, pk=call_id)
        .select_related("party", "assigned_to")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"appel n° {call_id}")
    return row


def call_history(*, actor: Actor, party_id: int) -> QuerySet[CallTask]:
    """Calls of a customer that were made, the latest first. One query."""
    actor.require(Right.READ)
    return CallTask.objects.filter(
        company=actor.company,
        party__in=parties.family(actor=actor, party_ids=[party_id]),
        done_at__isnull=False,
    ).order_by("-done_at", "-pk")


def call_sheet(*, actor: Actor, task: CallTask, on: date) -> CallFacts:
    """What to speak of on a call in hand. Eight queries."""
    stays = parties.with_merged(actor=actor, party_ids=[task.party_id])
    items = _overdue(actor, stays, on).get(stays[task.party_id], [])
    family = parties.family(actor=actor, party_ids=[task.party_id])
    disputed = Dispute.objects.filter(
        company=actor.company, closed_at=None, party__in=family
    ).aggregate(total=Sum("amount"))["total"]
    promise = (
        Promise.objects.filter(company=actor.company, party__in=family)
        .exclude(verdict=PromiseVerdict.WITHDRAWN.value)
        .order_by("-pk")
        .first()
    )
    return CallFacts(
        company_name=actor.company.name,
        customer_name=task.party.name,
        contact_name=task.contact_name,
        reason=task.reason,
        items=tuple(items),
        disputed=disputed or ZERO,
        in_question=sum(
            (
                amount
                for party_id, amount in cash.in_question_by_party(actor=actor).items()
                if party_id in stays
            ),
            ZERO,
        ),
        last_promise=(promise.promised_on, promise.verdict) if promise else None,
    )


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of the company, and how many calls they have to make."""

    user: User
    open_calls: int


def callers(*, actor: Actor) -> list[Caller]:
    """Members of the company calls may be handed to, by name. Two queries."""
    counts = dict(
        calls(actor=actor)
        .order_by()
        .values_list("assigned_to")
        .annotate(total=Count("pk"))
        .values_list("assigned_to", "total")
    )
    members = User.objects.filter(
        memberships__company=actor.company, memberships__ended_at=None
    ).order_by("full_name", "pk")
    return [Caller(one, counts.get(one.pk, 0)) for one in members]


def calls_of(*, actor: Actor, party_id: int) -> QuerySet[CallTask]:
    """Calls to make to a customer, the earliest first. One query."""
    return calls(actor=actor).filter(party__in=parties.family(actor=actor, party_ids=[party_id]))


def calls_made(*, actor: Actor, user_id: int | None = None) -> QuerySet[CallTask]:
    """Calls made, the latest first, customer joined. One query.

    Args:
        actor: Who asks.
        user_id: Only those that were of that colleague; 0 for those of nobody in particular.
    """
    actor.require(Right.READ)
    rows = CallTask.objects.filter(company=actor.company, done_at__isnull=False)
    if user_id is not None:
        rows = rows.filter(assigned_to=user_id or None)
    return rows.select_related("party", "assigned_to").order_by("-done_at", "-pk")
