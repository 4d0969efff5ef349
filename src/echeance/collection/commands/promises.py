"""Promises to pay: noted, taken back, judged on the day after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.cash import queries as cash
from echeance.collection import queries, rules_promises
from echeance.collection.commands.calls import cancel_calls, make_calls
from echeance.collection.commands.receivables import receivables
from echeance.collection.errors import DayPastError, PromiseJudgedError, PromiseTooLargeError
from echeance.collection.events import (
    PaymentPromised,
    PromiseJudged,
    PromiseRestored,
    PromiseWithdrawn,
)
from echeance.collection.models import Promise
from echeance.collection.types import (
    JudgedPromise,
    NewCall,
    PromiseReport,
    PromiseSource,
    PromiseVerdict,
    WaitingPromise,
)
from echeance.core.dates import roll_forward
from echeance.core.money import ZERO, format_amount
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger
from echeance.ledger.types import CREDIT
from echeance.parties import queries as parties

CHUNK = 500
REPLACED = "remplacée par une nouvelle promesse"


@transaction.atomic
def promise(
    *,
    actor: Actor,
    item_ids: Collection[int],
    promised_on: date,
    note: str = "",
    amount: Decimal | None = None,
    source: PromiseSource = PromiseSource.CALL,
) -> list[Promise]:
    """Record that a customer will pay items on a day; they are left alone until it has passed.

    A promise that stands on one of the items is replaced; it stays in the history.

    Args:
        actor: Needs the right to prepare reminders.
        item_ids: What will be paid.
        promised_on: Last day of the promise.
        note: In the customer's words.
        amount: Part that will be paid, set on the oldest items first; all of them when absent.
        source: Where it was heard.

    Returns:
        One promise an item, the oldest first.

    Raises:
        NotFoundError: No such item.
        NotCustomerItemError: One is not an open receivable.
        DayPastError: The day is over.
        PromiseTooLargeError: The amount is above what is owed, or not above zero.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if promised_on < clock.today():
        raise DayPastError(day=promised_on)
    owed = receivables(actor, item_ids)
    total = sum((item.open_amount for item, _ in owed), ZERO)
    left = total if amount is None else amount
    if not ZERO < left <= total:
        raise PromiseTooLargeError(amount=left, left=total)
    now = clock.now()
    made = []
    for item, party_id in owed:
        part = min(left, item.open_amount)
        left -= part
        if part:
            row = Promise(
                company=actor.company,
                party_id=party_id,
                open_item_id=item.item_id,
                document_ref=item.document_ref,
                amount=part,
                promised_on=promised_on,
                note=clean_line(note)[:200],
                source=source.value,
                recorded_at=now,
                recorded_by=actor.name,
            )
            made.append(row)
    standing = Promise.objects.select_for_update().filter(
        company=actor.company, verdict="", open_item__in=[row.open_item_id for row in made]
    )
    _withdraw(actor, list(standing.order_by("pk")), REPLACED, now)
    rows = Promise.objects.bulk_create(made)
    journal.record_many(
        [
            PaymentPromised(row.pk, row.party_id, row.document_ref, row.amount, promised_on)
            for row in rows
        ],
        actor=actor,
    )
    return rows


@transaction.atomic
def withdraw_promises(*, actor: Actor, promise_ids: Collection[int], reason: str = "") -> int:
    """Take back promises that stand: the customer no longer promises. How many there were.

    Raises:
        NotFoundError: One is not of this company.
        PromiseJudgedError: One was judged, replaced or withdrawn; nothing is taken back.
    """
    actor.require(Right.PREPARE_REMINDERS)
    rows = _standing(actor, promise_ids)
    _withdraw(actor, rows, clean_line(reason)[:200] or "retirée par une personne", clock.now())
    return len(rows)


@transaction.atomic
def undo_promises(*, actor: Actor, promise_ids: Collection[int]) -> int:
    """Take back promises noted by mistake; those they had replaced stand again.

    Returns:
        How many stand again.

    Raises:
        NotFoundError: One is not of this company.
        PromiseJudgedError: One was judged, replaced or withdrawn; nothing is undone.
    """
    actor.require(Right.PREPARE_REMINDERS)
    rows = _standing(actor, promise_ids)
    replaced = Promise.objects.none()
    for row in rows:
        # The same instant: that of the transaction in which one replaced the other.
        replaced |= Promise.objects.filter(
            company=actor.company,
            open_item=row.open_item_id,
            verdict=PromiseVerdict.WITHDRAWN.value,
            judged_at=row.recorded_at,
        )
    back = list(replaced.order_by("pk"))
    _withdraw(actor, rows, "notée par erreur", clock.now())
    Promise.objects.filter(pk__in=[row.pk for row in back]).update(
        verdict="", judged_at=None, paid=None
    )
    journal.record_many([PromiseRestored(row.pk, row.party_id) for row in back], actor=actor)
    return len(back)


def _standing(actor: Actor, promise_ids: Collection[int]) -> list[Promise]:
    wanted = set(promise_ids)
    rows = list(
        Promise.objects.select_for_update()
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFoundError(what="une des promesses")
    for row in rows:
        if row.verdict:
            raise PromiseJudgedError(document_ref=row.document_ref, day=row.promised_on)
    return rows


def _withdraw(actor: Actor, rows: Sequence[Promise], reason: str, at: datetime) -> None:
    Promise.objects.filter(pk__in=[row.pk for row in rows]).update(
        verdict=PromiseVerdict.WITHDRAWN.value, judged_at=at
    )
    journal.record_many(
        [PromiseWithdrawn(row.pk, row.party_id, reason) for row in rows], actor=actor
    )


def judge_promises(*, actor: Actor, on: date) -> PromiseReport:
    """Say of each promise whose day is over whether it was kept, read from the ledger.

    Judged is what the bank had credited by the promised day (the next worked one when it is
    not), whenever it was booked. A promise waits while the bank is not known up to that day, and
    while money of the customer that nobody has applied would keep it. A verdict is corrected when
    a payment is un-matched or comes by a late bank file. One that is not kept, with something
    still owed, makes a call and a question; both go when it is kept after all. Running it again
    changes nothing.

    Args:
        actor: Needs the right to prepare reminders.
        on: Promises of earlier days are judged.

    Returns:
        What is new, and what waits. A fixed number of queries a chunk of 500.
    """
    actor.require(Right.PREPARE_REMINDERS)
    bank = cash.last_booking_date(actor=actor)
    due = _due(actor, on)
    waiting = [
        WaitingPromise(row.pk, row.party_id, row.document_ref, _bank_unknown(row, bank))
        for row in due
        if bank is None or rules_promises.last_day(row.promised_on) > bank
    ]
    if bank is None:
        return PromiseReport(waiting=tuple(waiting))
    asked = {one.promise_id for one in waiting}
    ready = [row.pk for row in due if row.pk not in asked]
    ready += _to_correct(actor)
    in_question = dict(cash.in_question_by_party(actor=actor))
    judged: list[JudgedPromise] = []
    for start in range(0, len(ready), CHUNK):
        with transaction.atomic():
            some, unsure = _judge(actor, ready[start : start + CHUNK], on, in_question)
        judged += some
        waiting += unsure
    return PromiseReport(tuple(judged), tuple(waiting))


def _due(actor: Actor, on: date) -> list[Promise]:
    rows = Promise.objects.filter(company=actor.company, verdict="", promised_on__lt=on)
    return [
        row
        for row in rows.order_by("party", "promised_on", "pk")
        if rules_promises.last_day(row.promised_on) < on
    ]


def _to_correct(actor: Actor) -> list[int]:
    """Promises judged before something of their item was settled or undone."""
    rows = (
        Promise.objects.filter(company=actor.company)
        .exclude(verdict__in=["", PromiseVerdict.WITHDRAWN.value])
        .filter(open_item__credited_by__recorded_at__gt=F("judged_at"))
    )
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def _bank_unknown(row: Promise, bank: date | None) -> str:
    known = f"n'est connue que jusqu'au {bank:%d/%m/%Y}" if bank else "n'est pas connue"
    return (
        f"promesse du {row.promised_on:%d/%m/%Y} sur {row.document_ref} : la banque {known}, elle "
        "sera jugée au prochain relevé."
    )


@dataclass
class _Unapplied:
    """Money of customers that no invoice has been given: received, or in question."""

    stays: Mapping[int, int]
    left: dict[int, Decimal]

    def take(self, party_id: int, amount: Decimal) -> bool:
        """Whether it would cover an amount; what it covers is counted once."""
        party = self.stays.get(party_id, party_id)
        if self.left.get(party, ZERO) < amount:
            return False
        self.left[party] -= amount
        return True


def _judge(
    actor: Actor, promise_ids: Sequence[int], on: date, in_question: dict[int, Decimal]
) -> tuple[list[JudgedPromise], list[WaitingPromise]]:
    rows = list(
        Promise.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=promise_ids)
        .exclude(verdict=PromiseVerdict.WITHDRAWN.value)
        .select_related("open_item")
        .order_by("pk")
    )
    settled = queries.settlements_of(actor=actor, item_ids=[row.open_item_id for row in rows])
    unapplied = _unapplied(actor, {row.party_id for row in rows}, in_question)
    now = clock.now()
    judged: list[JudgedPromise] = []
    waiting: list[WaitingPromise] = []
    changed: list[Promise] = []
    for row in rows:
        payments = (
            settled[row.open_item_id].since(row.recorded_at) if row.open_item_id in settled else ()
        )
        day = rules_promises.last_day(row.promised_on)
        paid = rules_promises.paid_by(payments, row.amount, day)
        verdict = rules_promises.verdict_of(row.amount, paid)
        missing = min(row.amount - paid, row.open_item.open_amount)
        if missing > ZERO and unapplied.take(row.party_id, missing):
            # A verdict already given stands until that money has its place.
            if not row.verdict:
                waiting.append(
                    WaitingPromise(row.pk, row.party_id, row.document_ref, _unapplied_told(row))
                )
            continue
        before, row.verdict, row.paid, row.judged_at = row.verdict, verdict.value, paid, now
        changed.append(row)
        if before != row.verdict:
            judged.append(_judged(row, verdict, paid, before))
    _write(changed, now)
    journal.record_many(
        [
            PromiseJudged(one.promise_id, one.party_id, one.verdict.value, one.paid, one.before)
            for one in judged
        ],
        actor=actor,
    )
    return _follow(actor, changed, judged, on), waiting


def _write(rows: Sequence[Promise], now: datetime) -> None:
    """The verdicts of a chunk: two statements for those kept or not, one more for the others."""
    by_verdict: dict[str, list[Promise]] = {}
    for row in rows:
        by_verdict.setdefault(row.verdict, []).append(row)
    partly = by_verdict.pop(PromiseVerdict.PARTLY.value, [])
    Promise.objects.bulk_update(partly, ["verdict", "paid", "judged_at"], batch_size=CHUNK)
    for verdict, some in by_verdict.items():
        Promise.objects.filter(pk__in=[row.pk for row in some]).update(
            verdict=verdict,
            paid=F("amount") if verdict == PromiseVerdict.KEPT.value else ZERO,
            judged_at=now,
        )


def _unapplied(
    actor: Actor, party_ids: Collection[int], in_question: dict[int, Decimal]
) -> _Unapplied:
    """Two queries."""
    stays = parties.merged_parties(actor=actor)
    left: dict[int, Decimal] = {}
    for party_id in {stays.get(one, one) for one in party_ids}:
        left[party_id] = in_question.get(party_id, ZERO)
    for item in ledger.open_items(actor=actor, party_ids=party_ids, side=CREDIT):
        if item.party_id is not None:
            party = stays.get(item.party_id, item.party_id)
            left[party] = left.get(party, ZERO) + item.open_amount
    return _Unapplied(stays, left)


def _unapplied_told(row: Promise) -> str:
    return (
        f"promesse du {row.promised_on:%d/%m/%Y} sur {row.document_ref} : de l'argent de ce client "
        "n'est pas encore affecté et la couvrirait ; affectez-le d'abord."
    )


def _judged(row: Promise, verdict: PromiseVerdict, paid: Decimal, before: str) -> JudgedPromise:
    return JudgedPromise(
        promise_id=row.pk,
        party_id=row.party_id,
        document_ref=row.document_ref,
        amount=row.amount,
        promised_on=row.promised_on,
        verdict=verdict,
        paid=paid,
        reason=rules_promises.sentence(
            verdict,
            document_ref=row.document_ref,
            promised=row.amount,
            paid=paid,
            day=row.promised_on,
        ),
        before=before,
    )


def _follow(
    actor: Actor, rows: Sequence[Promise], judged: Sequence[JudgedPromise], on: date
) -> list[JudgedPromise]:
    """Call whoever did not keep a promise and still owes; call off what lost its object."""
    unkept = Promise.objects.filter(
        company=actor.company,
        party__in={row.party_id for row in rows},
        promised_on__in={row.promised_on for row in rows},
        verdict__in=[PromiseVerdict.PARTLY.value, PromiseVerdict.BROKEN.value],
        open_item__open_amount__gt=0,
    )
    groups: dict[str, list[Promise]] = {}
    for row in unkept.select_related("open_item").order_by("pk"):
        groups.setdefault(_key(row.party_id, row.promised_on), []).append(row)
    gone = {_key(row.party_id, row.promised_on) for row in rows} - groups.keys()
    cancel_calls(actor=actor, keys=gone, reason="Ce qui était promis est payé.")
    base.close_work_items(actor=actor, keys=gone, answer="paid")
    fresh = {_key(one.party_id, one.promised_on) for one in judged} & groups.keys()
    names = parties.snapshots(actor=actor, party_ids={groups[key][0].party_id for key in fresh})
    told = {
        key: (_broken(groups[key]), sum((_owed(row) for row in groups[key]), ZERO))
        for key in sorted(fresh)
    }
    calls = [
        NewCall(groups[key][0].party_id, key, reason, roll_forward(on), owed)
        for key, (reason, owed) in told.items()
    ]
    made = {task.key: task.pk for task in make_calls(actor=actor, calls=calls, again=True)}
    questions = [
        _question(
            groups[key],
            call_id=made[key],
            name=names[groups[key][0].party_id].name,
            reason=reason,
            owed=owed,
            on=on,
        )
        for key, (reason, owed) in told.items()
    ]
    base.open_work_items(actor=actor, items=questions)
    return [
        replace(one, call_id=made.get(_key(one.party_id, one.promised_on), 0))
        if one.verdict is not PromiseVerdict.KEPT
        else one
        for one in judged
    ]


def _key(party_id: int, day: date) -> str:
    return f"collection.promise:{party_id}:{day.isoformat()}"


def _owed(row: Promise) -> Decimal:
    return min(row.amount - (row.paid or ZERO), row.open_item.open_amount)


def _broken(rows: Sequence[Promise]) -> str:
    """Why the customer is called, in a sentence of at most 200 characters."""
    day = rows[0].promised_on
    kind = "tenue en partie" if any(row.paid for row in rows) else "non tenue"
    numbers = list(dict.fromkeys(row.document_ref for row in rows))
    shown = ", ".join(numbers[:3]) + (f" et {len(numbers) - 3} autres" if len(numbers) > 3 else "")
    return f"promesse du {day:%d/%m/%Y} {kind} ({shown})"[:200]


def _question(
    rows: Sequence[Promise], *, call_id: int, name: str, reason: str, owed: Decimal, on: date
) -> WorkItemFacts:
    return WorkItemFacts(
        key=_key(rows[0].party_id, rows[0].promised_on),
        kind="collection.promise",
        subject=f"call:{call_id}",
        title=f"{name} : {reason}, {format_amount(owed)} restent dus.",
        evidence={"party_id": rows[0].party_id, "promise_ids": [row.pk for row in rows]},
        answers=(
            Answer("call", "Je l'appelle"),
            Answer("remind_again", "Les relances reprennent, sans appel"),
        ),
        amount=owed,
        due_date=on,
    )
