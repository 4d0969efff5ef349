"""Reminders: prepared, held, checked again, let go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from echeance.base import clock, journal, policy
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import queries as billing
from echeance.collection import queries
from echeance.collection.commands.calls import make_calls
from echeance.collection.commands.letters import post_reminder_letters, typeset_reminders
from echeance.collection.commands.statements import make_statements
from echeance.collection.errors import (
    AlreadyRemindedError,
    LegalStepSkippedError,
    LevelAlreadySentError,
    ReminderRefusedError,
)
from echeance.collection.events import (
    ReminderApproved,
    ReminderCancelled,
    ReminderPrepared,
    ReminderReleased,
)
from echeance.collection.models import CallTask, DunningRun, Reminder, ReminderItem
from echeance.collection.types import (
    CollectionPolicy,
    Decision,
    NewCall,
    NotReleased,
    ReleaseReport,
    ReminderRow,
    RunReport,
)
from echeance.core.dunning import Channel, Level, Reason
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO, format_amount
from echeance.parties import queries as parties
from echeance.transmission import commands as transmission
from echeance.transmission.errors import (
    ChannelUnavailableError,
    InvalidMessagesError,
    MessageLeftError,
)
from echeance.transmission.types import NewMessage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.transmission.models import Message

CHUNK = 200
COPIES_MAX = 10
_BY_MESSAGE = frozenset({Channel.MAIL.value, Channel.SMS.value})
PASSING = frozenset({"bank_stale", "not_business_day"})
"""Obstacles of the day, not of the customer: the message waits for them in the outbox."""


def prepare_reminders(
    *, actor: Actor, on: date, party_ids: Collection[int] | None = None
) -> RunReport:
    """Prepare the messages of a day; each is held before it may leave.

    One message a customer and run. Running it again the same day adds nothing, and a missed day
    loses nothing: the highest level reached is the one prepared. Levels the policy or the plan
    only propose wait for a person, who finds one question for the whole run. A message of an
    earlier day that still waits and is no longer right is taken back first, and prepared again if
    need be. Letters are set once their reminder is kept; where a formal notice stayed without
    effect, a question asks what comes next.

    Args:
        actor: Needs the rights to prepare and to send reminders.
        on: The day; lateness and interest are reckoned on it.
        party_ids: Only those customers.

    Raises:
        NoPlanError: The company has no plan.
    """
    actor.require(Right.PREPARE_REMINDERS)
    _drop_outdated(actor, on)
    run = _run(actor, on)
    hold_until = _hold_until(actor)
    book = queries.plan_book(actor=actor)
    reminders: list[Reminder] = []
    sent: list[ReminderRow] = []
    held: list[ReminderRow] = []
    excluded: list[ReminderRow] = []
    fresh: list[ReminderRow] = []

    def keep() -> None:
        _state_accounts(actor, fresh, on, book)
        with transaction.atomic():
            made, refused = _prepare(actor, run.pk, fresh, hold_until, book)
        reminders.extend(made)
        excluded.extend(refused)
        prepared = {one.party_id for one in made}
        sent.extend(row for row in fresh if row.party_id in prepared)
        fresh.clear()

    for row in queries.judged(actor=actor, on=on, party_ids=party_ids, written=True):
        if row.decision is Decision.SEND:
            fresh.append(row)
        else:
            (held if row.decision is Decision.HOLD else excluded).append(row)
        if len(fresh) == CHUNK:
            keep()
    if fresh:
        keep()
    _ask_what_follows(actor, [*sent, *held, *excluded])
    lost = _set_letters(actor, reminders)
    reminders = [one for one in reminders if one.pk not in lost]
    waiting = [reminder for reminder in reminders if reminder.approved_at is None]
    if waiting:
        base.open_work_items(actor=actor, items=[_question(run, waiting)])
    unset = {reminder.party_id for reminder in lost.values()}
    return RunReport(
        run_id=run.pk,
        on=on,
        reminder_ids=tuple(reminder.pk for reminder in reminders),
        send=tuple(_largest_first(row for row in sent if row.party_id not in unset)),
        hold=tuple(_largest_first(held)),
        excluded=tuple(
            _largest_first([*excluded, *(row for row in sent if row.party_id in unset)])
        ),
        to_approve=len(waiting),
    )


def remind_now(*, actor: Actor, party_id: int, rank: int) -> Reminder:
    """Prepare a message of a level a person asks for, to one customer, today.

    The days of the plan are not waited for; everything else is judged as on any run, and held and
    checked again before it leaves.

    Args:
        actor: Needs the right to prepare reminders; with the right to send them, it is approved.
        party_id: The customer.
        rank: The level, in the plan the customer follows.

    Raises:
        NotFoundError: Not a customer of this company, or its plan has no such level.
        LevelAlreadySentError: The level has left for everything that is due.
        LegalStepSkippedError: Another step comes first.
        AlreadyRemindedError: The customer has a message of today, or one that has not left.
        ReminderRefusedError: Nothing is due, it is paused, or a gate is closed: which, in French.
    """
    actor.require(Right.PREPARE_REMINDERS)
    on = clock.today()
    party = parties.party_for(actor=actor, party_id=party_id)
    _drop_outdated(actor, on)
    book = queries.plan_book(actor=actor)
    rows = queries.dry_run(actor=actor, on=on, party_ids=[party_id], asked={party.pk: rank})
    if not rows:
        reason = "rien n'est échu, ou tout est réglé."
        raise ReminderRefusedError(party=party.name, reason=reason)
    (row,) = rows
    levels = book.plans[row.plan_id].plan.levels
    if not 1 <= rank <= len(levels):
        raise NotFoundError(what=f"niveau de relance {rank}")
    if row.decision is not Decision.SEND:
        raise _refusal(row, levels[rank - 1])
    run = _run(actor, on)
    _state_accounts(actor, [row], on, book)
    with transaction.atomic():
        made, refused = _prepare(actor, run.pk, [row], _hold_until(actor), book)
        if not made:
            told = refused[0].reasons[0].text if refused else "une relance est déjà de ce jour."
            raise ReminderRefusedError(party=party.name, reason=told)
        if Right.SEND_REMINDERS in actor.rights:
            approve_reminders(actor=actor, reminder_ids=[made[0].pk])
    if lost := _set_letters(actor, made):
        why = Reminder.objects.get(pk=next(iter(lost))).cancel_reason
        raise ReminderRefusedError(party=party.name, reason=why)
    made[0].refresh_from_db()
    return made[0]


def _refusal(row: ReminderRow, level: Level) -> EcheanceError:
    by_code = {reason.code: reason.text for reason in row.reasons}
    if "level_already_sent" in by_code:
        return LevelAlreadySentError(level=level.label, party=row.party_name)
    if "legal_step_skipped" in by_code:
        return LegalStepSkippedError(step=level.label, reason=by_code["legal_step_skipped"])
    for code in ("already_prepared", "not_received"):
        if code in by_code:
            return AlreadyRemindedError(party=row.party_name, reason=by_code[code])
    reason = " ".join(reason.text for reason in row.reasons)
    return ReminderRefusedError(party=row.party_name, reason=reason)


def _run(actor: Actor, on: date) -> DunningRun:
    run, _ = DunningRun.objects.get_or_create(
        company=actor.company,
        on=on,
        defaults={"prepared_at": clock.now(), "prepared_by": actor.name},
    )
    return run


def _hold_until(actor: Actor) -> datetime:
    minutes = policy.read(actor.company, CollectionPolicy).hold_minutes
    return clock.now() + timedelta(minutes=minutes)


def _largest_first(rows: Iterable[ReminderRow]) -> list[ReminderRow]:
    return sorted(rows, key=lambda row: (-row.amount_due, row.party_name))


def _set_letters(actor: Actor, reminders: Sequence[Reminder]) -> dict[int, Reminder]:
    """Set the letters of those that go so; those that cannot be set are taken back, and given."""
    by_id = {one.pk: one for one in reminders if one.channel in queries.TYPESET}
    if not by_id:
        return {}
    refused = typeset_reminders(actor=actor, reminder_ids=list(by_id)).refused
    lost = {one.reminder_id: by_id[one.reminder_id] for one in refused}
    if lost:
        with transaction.atomic():
            _cancel(actor, [(by_id[one.reminder_id], one.reason) for one in refused])
    return lost


def _ask_what_follows(actor: Actor, rows: Sequence[ReminderRow]) -> None:
    """Ask what comes after a formal notice that stayed without effect, once a customer."""
    questions = [
        WorkItemFacts(
            key=f"collection.handover:{row.party_id}",
            kind="collection.handover",
            subject=f"party:{row.party_id}",
            title=f"{row.party_name} : mise en demeure sans effet, décidez de la suite.",
            evidence={
                "reasons": [one.text for one in row.reasons if one.code == "handover_due"],
            },
            answers=(
                Answer("agency", "Confier à un recouvreur", "internal"),
                Answer("bailiff", "Confier à un commissaire de justice", "internal"),
                Answer("payment_order", "Demander une injonction de payer", "legal"),
                Answer("court", "Assigner", "legal"),
                Answer("wait", "Attendre", "internal"),
            ),
            amount=row.amount_due,
        )
        for row in rows
        if any(reason.code == "handover_due" for reason in row.reasons)
    ]
    if questions:
        base.open_work_items(actor=actor, items=questions)


def _prepare(
    actor: Actor,
    run_id: int,
    rows: Sequence[ReminderRow],
    hold_until: datetime,
    book: queries.PlanBook,
) -> tuple[list[Reminder], list[ReminderRow]]:
    """Prepare a chunk; the rows that transmission will not write to come back as left out."""
    # Two processes may prepare the same day: the second waits here, then finds it done.
    run = DunningRun.objects.select_for_update().get(pk=run_id)
    done = set(
        Reminder.objects.filter(run=run, party__in=[row.party_id for row in rows]).values_list(
            "party_id", flat=True
        )
    )
    fresh = [row for row in rows if row.party_id not in done]
    now = clock.now()
    by_message = [row for row in fresh if row.channel in _BY_MESSAGE]
    messages = _messages(actor, run, by_message, hold_until, book)
    queued, refused = _queue(actor, by_message, messages)
    otherwise = [(row, None) for row in fresh if row.channel not in _BY_MESSAGE]
    kept: list[tuple[ReminderRow, Message | None]] = [*queued, *otherwise]
    reminders = [
        Reminder(
            company=actor.company,
            run=run,
            party_id=row.party_id,
            rank=row.rank,
            label=row.level_label,
            total=row.total,
            interest=row.interest,
            indemnity=row.indemnity,
            plan_id=row.plan_id,
            step=row.step,
            channel=row.channel,
            language=row.language,
            signed_by=row.signed_by,
            subject_line=row.subject,
            body=row.body,
            message_id=message.pk if message else None,
            prepared_at=now,
            approved_at=None if row.needs_approval else now,
            approved_by="" if row.needs_approval else actor.name,
        )
        for row, message in kept
    ]
    Reminder.objects.bulk_create(reminders)
    ReminderItem.objects.bulk_create(
        (
            ReminderItem(
                company=actor.company,
                reminder=reminder,
                open_item_id=line.item_id,
                document_ref=line.document_ref,
                due_date=line.due_date,
                amount=line.amount,
                rank=line.rank,
                days_after_due=(
                    book.plans[row.plan_id].plan.days[line.rank - 1] if line.rank else None
                ),
                interest=line.interest,
                indemnity=line.indemnity,
            )
            for (row, _), reminder in zip(kept, reminders, strict=True)
            for line in row.lines
        ),
        batch_size=1000,
    )
    journal.record_many(
        [ReminderPrepared(one.pk, one.party_id, one.rank, one.total) for one in reminders],
        actor=actor,
    )
    return reminders, refused


def _queue(
    actor: Actor, rows: Sequence[ReminderRow], messages: Sequence[NewMessage]
) -> tuple[list[tuple[ReminderRow, Message]], list[ReminderRow]]:
    """Queue all at once; when one cannot be written to, each alone, so that it stops no other."""
    try:
        made = transmission.queue_messages(actor=actor, messages=messages)
    except (ChannelUnavailableError, InvalidMessagesError) as error:
        if len(rows) == 1:
            reason = Reason("unsendable", str(error))
            return [], [replace(rows[0], decision=Decision.EXCLUDED, reasons=(reason,), lines=())]
        queued: list[tuple[ReminderRow, Message]] = []
        refused: list[ReminderRow] = []
        for row, message in zip(rows, messages, strict=True):
            one_queued, one_refused = _queue(actor, [row], [message])
            queued += one_queued
            refused += one_refused
        return queued, refused
    return list(zip(rows, made, strict=True)), []


def _messages(
    actor: Actor,
    run: DunningRun,
    rows: Sequence[ReminderRow],
    hold_until: datetime,
    book: queries.PlanBook,
) -> list[NewMessage]:
    with_copies = {
        row.party_id
        for row in rows
        if row.channel == Channel.MAIL
        and book.plans[row.plan_id].plan.levels[row.rank - 1].attaches_invoices
    }
    numbers = {
        line.document_ref for row in rows if row.party_id in with_copies for line in row.lines
    }
    sealed = {
        number: invoice.file_id
        for number, invoice in billing.by_numbers(actor=actor, numbers=numbers).items()
        if invoice.file_id
    }
    stated = {
        one.party_id: one.file_id
        for one in queries.statements(actor=actor).filter(
            on=run.on, party__in=_with_statement(rows, book)
        )
    }
    return [
        NewMessage(
            key=f"reminder:{run.on.isoformat()}:{row.party_id}",
            kind="reminder",
            subject=f"dunning_run:{run.pk}",
            party_id=row.party_id,
            to=row.recipients,
            subject_line=row.subject,
            body=row.body,
            file_ids=(
                *(_copies(row, sealed) if row.party_id in with_copies else ()),
                *((stated[row.party_id],) if row.party_id in stated else ()),
            ),
            hold_until=hold_until,
            reply_to=actor.company.email,
            channel=row.channel,
        )
        for row in rows
    ]


def _with_statement(rows: Iterable[ReminderRow], book: queries.PlanBook) -> list[int]:
    """Customers whose message by mail goes with their statement of account."""
    return [
        row.party_id
        for row in rows
        if row.channel == Channel.MAIL
        and book.plans[row.plan_id].plan.levels[row.rank - 1].attaches_statement
    ]


def _state_accounts(
    actor: Actor, rows: Sequence[ReminderRow], on: date, book: queries.PlanBook
) -> None:
    """Make the statements that go with messages, outside their transaction."""
    party_ids = _with_statement(rows, book)
    if party_ids and on <= clock.today():
        make_statements(actor=actor, party_ids=party_ids, on=on)


def _copies(row: ReminderRow, sealed: Mapping[str, int]) -> tuple[int, ...]:
    """Invoices named, the oldest first, once each; no more than a mailbox takes."""
    numbers = dict.fromkeys(line.document_ref for line in row.lines)
    return tuple(sealed[number] for number in numbers if number in sealed)[:COPIES_MAX]


def _question(run: DunningRun, waiting: Sequence[Reminder]) -> WorkItemFacts:
    total = sum((reminder.total for reminder in waiting), ZERO)
    count = len(waiting)
    messages = "Une relance attend" if count == 1 else f"{count} relances attendent"
    return WorkItemFacts(
        key=_question_key(run.pk),
        kind="collection.approve",
        subject=f"dunning_run:{run.pk}",
        title=f"{messages} votre accord avant de partir, pour {format_amount(total)}.",
        evidence={"reminder_ids": [reminder.pk for reminder in waiting]},
        answers=(
            Answer("approve", "Les laisser partir", "sent"),
            Answer("cancel", "Les annuler", "held"),
        ),
        amount=total,
        due_date=run.on,
    )


def _question_key(run_id: int) -> str:
    return f"collection.run:{run_id}"


@transaction.atomic
def approve_reminders(*, actor: Actor, reminder_ids: Collection[int]) -> int:
    """Let reminders that wait for a person leave; they are checked once more when they do.

    Returns:
        How many were waiting.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.SEND_REMINDERS)
    rows = _lock(actor, reminder_ids)
    waiting = [row for row in rows if row.approved_at is None and row.cancelled_at is None]
    Reminder.objects.filter(pk__in=[row.pk for row in waiting]).update(
        approved_at=clock.now(), approved_by=actor.name
    )
    journal.record_many([ReminderApproved(row.pk, row.party_id) for row in waiting], actor=actor)
    _close_questions(actor, {row.run_id for row in rows}, "approve")
    return len(waiting)


@transaction.atomic
def cancel_reminders(*, actor: Actor, reminder_ids: Collection[int], reason: str) -> int:
    """Take back reminders that have not left; what they asked for is asked by a later run.

    Returns:
        How many stood.

    Raises:
        NotFoundError: One is not of this company.
        MessageLeftError: One is on its way or has left; nothing is taken back.
    """
    actor.require(Right.PREPARE_REMINDERS)
    rows = _lock(actor, reminder_ids)
    standing = [row for row in rows if row.cancelled_at is None]
    _cancel(actor, [(row, reason) for row in standing])
    return len(standing)


def _lock(actor: Actor, reminder_ids: Collection[int]) -> list[Reminder]:
    wanted = set(reminder_ids)
    rows = list(
        Reminder.objects.select_for_update()
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFoundError(what="une des relances")
    return rows


def _cancel(actor: Actor, cancelled: Sequence[tuple[Reminder, str]]) -> None:
    """Take back the messages, and keep why; one group of queries a reason."""
    now = clock.now()
    by_reason: dict[str, list[Reminder]] = {}
    for row, reason in cancelled:
        by_reason.setdefault(reason, []).append(row)
    for reason, rows in by_reason.items():
        transmission.withdraw_messages(
            actor=actor,
            message_ids=[row.message_id for row in rows if row.message_id],
            reason=reason,
        )
        _withdraw_letters(actor, [row.letter_id for row in rows if row.letter_id])
        _drop_calls(actor, [row.call_id for row in rows if row.call_id], reason)
        Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
            cancelled_at=now, cancel_reason=reason
        )
    journal.record_many(
        [ReminderCancelled(row.pk, row.party_id, reason) for row, reason in cancelled],
        actor=actor,
    )
    _close_questions(actor, {row.run_id for row, _ in cancelled}, "cancel")


def _withdraw_letters(actor: Actor, letter_ids: Collection[int]) -> None:
    """Take back letters that are not printed yet; all of them or none."""
    if not letter_ids:
        return
    postman = replace(actor, rights=actor.rights | {Right.SEND_DOCUMENTS})
    if transmission.withdraw_letters(actor=postman, item_ids=letter_ids) != len(letter_ids):
        raise MessageLeftError(subjects="une lettre déjà imprimée")


def _drop_calls(actor: Actor, call_ids: Collection[int], reason: str) -> None:
    CallTask.objects.filter(
        company=actor.company, pk__in=call_ids, done_at=None, cancelled_at=None
    ).update(cancelled_at=clock.now(), cancel_reason=reason[:200])


def _close_questions(actor: Actor, run_ids: Collection[int], answer: str) -> None:
    """Close the question of each run in which nothing waits for a person any more."""
    open_runs = set(
        queries.to_approve(actor=actor).filter(run__in=run_ids).values_list("run_id", flat=True)
    )
    keys = {_question_key(run_id) for run_id in run_ids if run_id not in open_runs}
    base.close_work_items(actor=actor, keys=keys, answer=answer)


def release_reminders(*, actor: Actor, now: datetime) -> ReleaseReport:
    """Check approved reminders a last time, and let go those that are still exactly right.

    In one transaction a chunk of 200: the customer is judged again on the present facts; the
    same items, amounts and recipients must come out. Anything else takes the message back, and
    the next run prepares a right one. A stale bank or a holiday only makes it wait.

    Args:
        actor: Needs the right to send reminders.
        now: The instant; its day is that of the gates.
    """
    actor.require(Right.SEND_REMINDERS)
    due = queries.to_release(actor=actor, now=now)
    _set_letters(actor, list(due.filter(channel__in=queries.TYPESET, document=None)))
    ids = list(due.values_list("pk", flat=True))
    report = ReleaseReport()
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            done = _release(actor, ids[start : start + CHUNK], now)
        report = ReleaseReport(
            released=report.released + done.released,
            waiting=report.waiting + done.waiting,
            cancelled=report.cancelled + done.cancelled,
        )
    return report


def _release(actor: Actor, ids: Collection[int], now: datetime) -> ReleaseReport:
    reminders = _with_facts(queries.to_release(actor=actor, now=now).filter(pk__in=ids))
    right, waiting, wrong = _checked(actor, reminders, timezone.localdate(now))
    _cancel(actor, wrong)
    _let_go(actor, right)
    return ReleaseReport(
        released=tuple(reminder.pk for reminder in right),
        waiting=tuple(NotReleased(one.pk, one.party_id, reason) for one, reason in waiting),
        cancelled=tuple(NotReleased(one.pk, one.party_id, reason) for one, reason in wrong),
    )


def _drop_outdated(actor: Actor, on: date) -> None:
    """Take back what earlier runs prepared, has not left, and is no longer right."""
    ids = list(queries.standing_before(actor=actor, on=on).values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            reminders = _with_facts(
                queries.standing_before(actor=actor, on=on).filter(
                    pk__in=ids[start : start + CHUNK]
                )
            )
            _, _, wrong = _checked(actor, reminders, on)
            _cancel(actor, wrong)


Judged = list[tuple[Reminder, str]]


def _with_facts(rows: QuerySet[Reminder]) -> list[Reminder]:
    """Lock them, then read all that their check needs.

    Two statements: the lock may have waited for another machine, and only a statement that
    begins after it sees what that machine did to the messages.
    """
    locked = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    return list(
        rows.filter(pk__in=locked)
        .select_related("message", "party")
        .prefetch_related(
            Prefetch("items", ReminderItem.objects.select_related("open_item").order_by("pk"))
        )
    )


def _checked(
    actor: Actor, reminders: Sequence[Reminder], on: date
) -> tuple[list[Reminder], Judged, Judged]:
    """Those still exactly right on a day, those an obstacle delays, those that are wrong; why."""
    right: list[Reminder] = []
    waiting: Judged = []
    wrong: Judged = []
    rows = _judged_again(actor, reminders, on)
    letters = [one.pk for one in reminders if one.channel in queries.TYPESET]
    problems = queries.letter_problems(actor=actor, reminder_ids=letters) if letters else {}
    latest = {reminder.party_id: reminder.pk for reminder in reminders}
    for reminder in reminders:
        row = rows.get(reminder.party_id)
        if reminder.pk != latest[reminder.party_id]:
            wrong.append((reminder, "Une relance plus récente la remplace."))
        elif row is not None and {reason.code for reason in row.reasons} <= PASSING:
            waiting.append((reminder, " ".join(reason.text for reason in row.reasons)))
        elif reason := _difference(reminder, row) or problems.get(reminder.pk, ""):
            wrong.append((reminder, reason))
        else:
            right.append(reminder)
    return right, waiting, wrong


def _judged_again(actor: Actor, reminders: Sequence[Reminder], on: date) -> dict[int, ReminderRow]:
    """The dry run of their customers on that day, as if these reminders had not been prepared.

    What the plan has not reached (a level a person asked for, or one the plan has since put later)
    is judged as asked for: the reminder keeps its level, and every gate applies.
    """
    party_ids = {reminder.party_id for reminder in reminders} | {
        item.open_item.party_id
        for reminder in reminders
        for item in reminder.items.all()
        if item.open_item.party_id is not None
    }
    without = [reminder.pk for reminder in reminders]
    rows = {
        row.party_id: row
        for row in queries.dry_run(actor=actor, on=on, party_ids=party_ids, without=without)
    }
    asked = {
        reminder.party_id: reminder.rank
        for reminder in reminders
        if (row := rows.get(reminder.party_id))
        and row.plan_id == reminder.plan_id
        and _behind(row, reminder.rank)
    }
    if asked:
        again = queries.dry_run(
            actor=actor, on=on, party_ids=list(asked), without=without, asked=asked
        )
        rows |= {row.party_id: row for row in again}
    return rows


def _behind(row: ReminderRow, rank: int) -> bool:
    """Whether the plan alone would send less than that level now."""
    if row.decision is Decision.SEND:
        return row.rank < rank
    return any(reason.code == "next_level_later" for reason in row.reasons)


def _difference(reminder: Reminder, row: ReminderRow | None) -> str:
    """What is no longer as the message says; empty when all is."""
    if row is None:
        if any(item.open_item.open_amount for item in reminder.items.all()):
            return (
                "Ce n'est plus à ce client que l'on réclame aujourd'hui : il a été réuni à un "
                "autre, regroupé, ou l'échéance a été reportée."
            )
        return "Plus rien n'est échu : ce que la relance demandait a été réglé."
    if row.decision is not Decision.SEND:
        return " ".join(reason.text for reason in row.reasons)
    asked = {item.open_item_id: (item.amount, item.due_date) for item in reminder.items.all()}
    owed = {line.item_id: (line.amount, line.due_date) for line in row.lines}
    if asked != owed or reminder.total != row.total:
        if reminder.total == row.total and asked.keys() == owed.keys():
            return "Une échéance a changé depuis la préparation."
        return (
            f"Le total a changé : {format_amount(reminder.total)} demandés, "
            f"{format_amount(row.total)} dus."
        )
    if reminder.rank != row.rank:
        return f"Le niveau a changé : {reminder.label} préparée, {row.level_label} atteinte."
    if reminder.channel != row.channel:
        return "Le canal de ce niveau a changé depuis la préparation."
    to = reminder.message.to if reminder.message else row.recipients
    if {address.casefold() for address in to} != {address.casefold() for address in row.recipients}:
        return "Les destinataires ont changé depuis la préparation."
    return ""


def _let_go(actor: Actor, reminders: Sequence[Reminder]) -> None:
    """Let messages leave, ask for letters to be posted and calls to be made, by channel."""
    if not reminders:
        return
    messages = [one.message_id for one in reminders if one.message_id]
    transmission.release_messages(actor=actor, message_ids=messages)
    letters = [one.pk for one in reminders if one.channel in queries.TYPESET and not one.message_id]
    if letters:
        post_reminder_letters(actor=actor, reminder_ids=letters)
    _ask_for_calls(actor, [one for one in reminders if one.channel == Channel.PHONE])
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders]).update(
        released_at=clock.now()
    )
    journal.record_many(
        [ReminderReleased(reminder.pk, reminder.party_id) for reminder in reminders], actor=actor
    )


def _ask_for_calls(actor: Actor, reminders: Sequence[Reminder]) -> None:
    if not reminders:
        return
    today = clock.today()
    calls = make_calls(
        actor=actor,
        calls=[
            NewCall(
                party_id=one.party_id,
                key=f"reminder:{one.pk}",
                reason=f"{one.label} : {format_amount(one.total)} à réclamer"[:200],
                due_on=today,
                amount=one.total,
            )
            for one in reminders
        ],
    )
    for reminder, call in zip(reminders, calls, strict=True):
        reminder.call = call
    Reminder.objects.bulk_update(reminders, ["call"], batch_size=500)
