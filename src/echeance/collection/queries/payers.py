"""How customers pay, what is expected of them and when, who is worth a call first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, Sum

from echeance.base.queries import history
from echeance.base.rights import Right
from echeance.collection.events import PayersReckoned
from echeance.collection.models import (
    Dispute,
    PayerProfile,
    PaymentPrediction,
    Promise,
    ReminderItem,
)
from echeance.collection.queries.dunning import CUSTOMERS
from echeance.collection.types import Forecast, ForecastWeek, PromiseVerdict, Ranked
from echeance.core.money import ZERO
from echeance.core.payers import Grade, PaidItem, Prediction, Situation, next_action
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor
    from echeance.base.models import JournalEvent

HISTORY_DAYS = 3 * 365
WEEKS = 8


def paid_history(*, actor: Actor, on: date) -> dict[int, list[PaidItem]]:
    """What each customer paid in the last three years, as it was known on a day. Two queries.

    A merged customer's payments are those of the one it was merged into.
    """
    merged = parties.merged_parties(actor=actor)
    found: dict[int, list[PaidItem]] = {}
    for row in ledger.paid_items(
        actor=actor, since=on - timedelta(days=HISTORY_DAYS), account_prefix=CUSTOMERS
    ):
        if row.paid_on > on:
            continue
        party_id = merged.get(row.party_id, row.party_id)
        item = PaidItem(party_id, row.amount, row.document_date, row.due_date, row.paid_on)
        found.setdefault(party_id, []).append(item)
    return found


def items_to_foresee(
    *, actor: Actor, on: date, chunk: int
) -> Iterator[list[tuple[int, OpenItemFacts]]]:
    """Open receivables with the customer that owes them, so many customers at a time."""
    merged = parties.merged_parties(actor=actor)
    aged = ledger.aged_balance(actor=actor, on=on, account_prefix=CUSTOMERS)
    owing = (row.party_id for row in aged.rows if row.party_id is not None and row.owed)
    while party_ids := list(islice(owing, chunk)):
        items = ledger.open_items(
            actor=actor, account_prefix=CUSTOMERS, party_ids=party_ids, side=DEBIT
        )
        yield [
            (merged.get(item.party_id, item.party_id), item)
            for item in items
            if item.party_id is not None
        ]


def payer_profile(*, actor: Actor, party_id: int) -> PayerProfile | None:
    """Profile of a customer as last reckoned; none before its first payment. One query."""
    actor.require(Right.READ)
    return PayerProfile.objects.filter(
        company=actor.company, party__in=parties.family(actor=actor, party_ids=[party_id])
    ).first()


def payer_profiles(*, actor: Actor, grade: Grade | None = None) -> QuerySet[PayerProfile]:
    """Profiles, the latest payers first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = PayerProfile.objects.filter(company=actor.company).select_related("party")
    if grade is not None:
        rows = rows.filter(grade=grade.value)
    return rows.order_by("-weighted_days_late", "pk")


def foreseen(*, actor: Actor, item_ids: Collection[int]) -> dict[int, Prediction]:
    """When open items are expected, as last reckoned; unknown ones are absent. One query."""
    actor.require(Right.READ)
    rows = PaymentPrediction.objects.filter(company=actor.company, open_item__in=item_ids)
    return {row.open_item_id: _prediction(row) for row in rows}


def _prediction(row: PaymentPrediction) -> Prediction:
    return Prediction(row.expected_on, row.early_on, row.late_on, row.method, 0)


def forecast(*, actor: Actor, on: date, weeks: int = WEEKS) -> Forecast:
    """Money expected from customers week by week; what is contested is in none. Six queries."""
    actor.require(Right.READ)
    contested = _contested(actor)
    rows = PaymentPrediction.objects.filter(
        company=actor.company, open_item__open_amount__gt=0
    ).values_list("open_item_id", "open_item__open_amount", "expected_on", "late_on", "computed_on")
    first = on - timedelta(days=on.weekday())
    none = Decimal("0.00")
    expected_by_week = [none] * weeks
    surest = [none] * weeks
    counts = [0] * weeks
    beyond = disputed = known = none
    computed_on: date | None = None
    for item_id, amount, expected, late, computed in rows.iterator(chunk_size=5000):
        computed_on = max(computed, computed_on or computed)
        known += amount
        apart = min(contested.get(item_id, ZERO), amount)
        disputed += apart
        place = max((expected - first).days // 7, 0)
        if place >= weeks:
            beyond += amount - apart
            continue
        end = first + timedelta(days=7 * place + 6)
        expected_by_week[place] += amount - apart
        surest[place] += amount - apart if late <= end else ZERO
        counts[place] += 1
    aged = ledger.aged_balance(actor=actor, on=on, account_prefix=CUSTOMERS)
    owed = sum((row.owed for row in aged.rows), ZERO)
    return Forecast(
        weeks=tuple(
            ForecastWeek(first + timedelta(days=7 * place), *week)
            for place, week in enumerate(zip(expected_by_week, surest, counts, strict=True))
        ),
        beyond=beyond,
        disputed=disputed,
        unforeseen=max(owed - known, ZERO),
        computed_on=computed_on,
    )


def _contested(actor: Actor) -> Mapping[int, Decimal]:
    rows = Dispute.objects.filter(company=actor.company, closed_at=None)
    return dict(rows.values_list("open_item").annotate(total=Sum("amount")))


def call_order(*, actor: Actor, on: date, party_ids: Collection[int] | None = None) -> list[Ranked]:
    """Late customers, those worth an act first, with what to do next and why.

    Money at stake, the customer's way of paying, promises not kept and the expected day decide;
    nothing of it is a legal step. Ten queries, whatever the number of customers.
    """
    actor.require(Right.READ)
    merged = parties.merged_parties(actor=actor)
    items = ledger.open_items(
        actor=actor, account_prefix=CUSTOMERS, party_ids=party_ids, side=DEBIT
    )
    late: dict[int, list[OpenItemFacts]] = {}
    for item in items:
        if item.party_id is not None and item.due_date < on:
            late.setdefault(merged.get(item.party_id, item.party_id), []).append(item)
    facts = _Late.of(actor, late, on)
    ranked = [facts.rank(party_id, of_party, on) for party_id, of_party in late.items()]
    return sorted(
        (one for one in ranked if one.overdue > ZERO or one.next.weight > ZERO),
        key=lambda one: (-one.next.weight, one.party_id),
    )


class _Late:
    """What is known of late customers, read for all of them at once."""

    def __init__(self) -> None:
        self.contested: Mapping[int, Decimal] = {}
        self.grades: Mapping[int, Grade] = {}
        self.sent: Mapping[int, int] = {}
        self.broken: Mapping[int, int] = {}
        self.promised: Mapping[int, date] = {}
        self.foreseen: Mapping[int, Prediction] = {}
        self.mails: frozenset[int] = frozenset()
        self.phones: frozenset[int] = frozenset()

    @classmethod
    def of(cls, actor: Actor, late: Mapping[int, list[OpenItemFacts]], on: date) -> _Late:
        found = cls()
        mine = Q(company=actor.company)
        found.contested = _contested(actor)
        grades = PayerProfile.objects.filter(mine).values_list("party_id", "grade")
        found.grades = {party_id: Grade(grade) for party_id, grade in grades}
        still_open = Q(open_item__open_amount__gt=0)
        found.sent = dict(
            ReminderItem.objects.filter(mine & still_open, reminder__cancelled_at=None)
            .filter(Q(reminder__message__status="sent") | Q(reminder__letter__state="posted"))
            .values_list("open_item")
            .annotate(count=Count("reminder", distinct=True))
        )
        promises = Promise.objects.filter(mine & still_open)
        found.broken = dict(
            promises.filter(verdict=PromiseVerdict.BROKEN)
            .values_list("open_item")
            .annotate(count=Count("pk"))
        )
        found.promised = dict(
            promises.filter(verdict="", promised_on__gte=on)
            .values_list("open_item")
            .annotate(day=Max("promised_on"))
        )
        rows = PaymentPrediction.objects.filter(mine & still_open)
        found.foreseen = {row.open_item_id: _prediction(row) for row in rows}
        contacts = parties.contacts(actor=actor, party_ids=late.keys(), purpose="reminders")
        phones = parties.phones(actor=actor, party_ids=late.keys())
        found.mails = frozenset(pk for pk, rows in contacts.items() if rows)
        found.phones = frozenset(pk for pk, rows in phones.items() if rows)
        return found

    def rank(self, party_id: int, items: list[OpenItemFacts], on: date) -> Ranked:
        disputed = {
            item.item_id: min(self.contested.get(item.item_id, ZERO), item.open_amount)
            for item in items
        }
        owed = {item.item_id: item.open_amount - disputed[item.item_id] for item in items}
        largest = max(items, key=lambda item: (owed[item.item_id], -item.item_id))
        days_late = max((on - item.due_date).days for item in items)
        ids = [item.item_id for item in items]
        situation = Situation(
            overdue=sum(owed.values(), ZERO),
            days_late=days_late,
            grade=self.grades.get(party_id, Grade.UNKNOWN),
            disputed=sum(disputed.values(), ZERO),
            broken_promises=max((self.broken.get(pk, 0) for pk in ids), default=0),
            promised_on=max((self.promised[pk] for pk in ids if pk in self.promised), default=None),
            reminders_sent=max((self.sent.get(pk, 0) for pk in ids), default=0),
            has_contact=party_id in self.mails,
            has_phone=party_id in self.phones,
            foreseen=self.foreseen.get(largest.item_id),
        )
        return Ranked(
            party_id=party_id,
            overdue=situation.overdue,
            days_late=days_late,
            grade=situation.grade,
            next=next_action(situation, on),
            foreseen=situation.foreseen,
        )


def last_reckoning(*, actor: Actor) -> JournalEvent | None:
    """When payers were last reckoned and how good the foreseen days were. One query."""
    return history(actor=actor, subject="payers").filter(action=PayersReckoned.action).first()
