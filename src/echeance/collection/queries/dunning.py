"""Reads of the collection room; the dry run is the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Max, Q, Sum

from echeance.base import clock, policy
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection import rules
from echeance.collection.models import (
    Dispute,
    Hold,
    Promise,
    Reminder,
    ReminderItem,
)
from echeance.collection.queries.plans import PlanBook, PlanFacts, plan_book
from echeance.collection.queries.promises import promised_items
from echeance.collection.types import (
    Claim,
    CollectionPolicy,
    Decision,
    DryRunCounts,
    NextStep,
    ReminderRow,
    Tally,
)
from echeance.core import dunning
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot, Purpose
from echeance.transmission.types import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

CUSTOMERS = "411"
WAITING = [Status.HELD, Status.EXPIRED]
"""A message that stands before its last check."""

_UNDERWAY = [*WAITING, Status.RELEASED, Status.IN_FLIGHT, Status.UNKNOWN]
_NOT_RECEIVED = [Status.WITHDRAWN, Status.REFUSED, Status.BOUNCED]
_CHUNK = 500

# A reminder on its way says it better than what the ladder makes of it.
_SAID_BY_HISTORY = {"level_reached", "too_soon", "next_level_later", "ladder_finished"}


def dry_run(
    *,
    actor: Actor,
    on: date,
    party_ids: Collection[int] | None = None,
    without: Collection[int] = (),
    plans: PlanBook | None = None,
) -> list[ReminderRow]:
    """What a run of that day would do, customer by customer, with the messages as they would leave.

    A customer with nothing overdue is left out. A merged customer is the one it was merged into.

    Args:
        actor: Whose company.
        on: The day.
        party_ids: Only those customers.
        without: Reminders to judge as if they had never been prepared: those being checked again.
        plans: Plans as they would be; those in force when absent.

    Returns:
        Sendings first, then what waits, then what is left out; the largest amount due first.
        Twenty-four queries, whatever the number of customers; four are one a chunk of 500.

    Raises:
        NoPlanError: The company has no plan.
    """
    actor.require(Right.READ)
    in_force = policy.read(actor.company, CollectionPolicy)
    book = plans or plan_book(actor=actor)
    items = ledger.open_items(actor=actor, account_prefix=CUSTOMERS, party_ids=party_ids)
    chased, credit = _by_party(items, book, on)
    snapshots = parties.snapshots(actor=actor, party_ids=chased.keys() | credit.keys())
    # Items of a customer that was merged stay on its number: they are chased with the other's.
    # So do its holds, promises and reminders, whether it has items left or not.
    merged = parties.merged_parties(actor=actor)
    members = {snapshot.party_id: [snapshot.party_id] for snapshot in snapshots.values()}
    for gone, stays in merged.items():
        if stays in members:
            members[stays].append(gone)
    day = _Day(
        on=on,
        policy=in_force,
        plan=book.default,
        gates=dunning.Gates(
            bank_date=cash.last_booking_date(actor=actor),
            bank_business_days_max=in_force.bank_business_days_max,
            floor_amount=in_force.floor_amount,
            business_days_only=in_force.business_days_only,
        ),
        sender=_sender(actor),
        cases=_cases(actor, on),
        history=_history(actor, on, without),
        contacts=_addresses(actor, chased),
        payments=_payments(actor, chased),
        in_question=cash.in_question_by_party(actor=actor),
    )
    rows = [
        _row(
            replace(day, plan=book.of(party_id, snapshots[party_id].category)),
            snapshots[party_id],
            [item for one in asked for item in chased.get(one, ())],
            sum((credit.get(one, ZERO) for one in asked), ZERO),
            asked,
        )
        for party_id, asked in members.items()
        if any(one in chased for one in asked)
    ]
    order = list(Decision)
    return sorted(
        rows, key=lambda row: (order.index(row.decision), -row.amount_due, row.party_name)
    )


def dry_run_stream(
    *,
    actor: Actor,
    on: date,
    party_ids: Collection[int] | None = None,
    without: Collection[int] = (),
    plans: PlanBook | None = None,
) -> Iterator[ReminderRow]:
    """The dry run a customer at a time, in constant memory: by number of customer, without texts.

    Raises:
        NoPlanError: The company has no plan.
    """
    for row in dry_run(actor=actor, on=on, party_ids=party_ids, without=without, plans=plans):
        yield replace(row, subject="", body="")


def dry_run_counts(*, actor: Actor, on: date) -> DryRunCounts:
    """Customers and amounts of a dry run by decision, reason and level.

    Raises:
        NoPlanError: The company has no plan.
    """
    decisions: dict[Decision, Tally] = dict.fromkeys(Decision, Tally())
    reasons: dict[str, Tally] = {}
    levels: dict[tuple[int, str], Tally] = {}
    for row in dry_run_stream(actor=actor, on=on):
        amount = row.total if row.decision is Decision.SEND else row.amount_due
        decisions[row.decision] = _more(decisions[row.decision], amount)
        for code in {reason.code for reason in row.reasons}:
            reasons[code] = _more(reasons.get(code, Tally()), amount)
        if row.decision is Decision.SEND:
            level = (row.rank, row.level_label)
            levels[level] = _more(levels.get(level, Tally()), amount)
    return DryRunCounts(decisions, reasons, levels)


def _more(tally: Tally, amount: Decimal) -> Tally:
    return Tally(tally.customers + 1, tally.amount + amount)


@dataclass(frozen=True, slots=True)
class _Cases:
    """What stops or bends the reminders of some items or customers."""

    disputed: Mapping[int, Decimal]
    promised: Mapping[int, date]
    item_holds: Mapping[int, dunning.Suspension]
    party_holds: Mapping[int, dunning.Suspension]


@dataclass(frozen=True, slots=True)
class _History:
    """What customers have received, and what is on its way to them."""

    ranks: Mapping[int, int]
    contacts: Mapping[int, date]
    underway: Mapping[int, dunning.Reason]


@dataclass(frozen=True, slots=True)
class _Day:
    """Everything that is the same for all customers, and the facts of all of them."""

    on: date
    policy: CollectionPolicy
    plan: PlanFacts
    gates: dunning.Gates
    sender: rules.Sender
    cases: _Cases
    history: _History
    contacts: Mapping[int, tuple[str, ...]]
    payments: Mapping[int, tuple[tuple[date, Decimal], ...]]
    in_question: Mapping[int, Decimal]


def _by_party(
    items: Iterable[OpenItemFacts], book: PlanBook, on: date
) -> tuple[dict[int, list[OpenItemFacts]], dict[int, Decimal]]:
    """Items that a reminder of the day may name, and money not applied, by customer."""
    # A first level before the due date makes items that are not yet late matter.
    first = min(one.plan.levels[0].days_after_due for one in book.plans.values())
    last_due = on - timedelta(days=min(1, first))
    chased: dict[int, list[OpenItemFacts]] = {}
    credit: dict[int, Decimal] = {}
    for item in items:
        if item.party_id is None:
            continue
        if item.side != DEBIT:
            credit[item.party_id] = credit.get(item.party_id, ZERO) + item.open_amount
        elif item.due_date <= last_due:
            chased.setdefault(item.party_id, []).append(item)
    return chased, credit


def _row(
    day: _Day,
    snapshot: PartySnapshot,
    items: list[OpenItemFacts],
    credit: Decimal,
    asked: Collection[int],
) -> ReminderRow:
    recipients = next((day.contacts[one] for one in asked if day.contacts.get(one)), ())
    holds = [hold for one in asked if (hold := day.cases.party_holds.get(one))]
    contacts = [last for one in asked if (last := day.history.contacts.get(one))]
    facts = dunning.CustomerFacts(
        items=tuple(_item(day, item) for item in items),
        unapplied=credit,
        in_question=sum((day.in_question.get(one, ZERO) for one in asked), ZERO),
        has_contact=bool(recipients),
        last_contact=max(contacts, default=None),
        suspension=holds[0] if holds else None,
    )
    found = dunning.assess(facts, day.gates, day.plan.plan, day.on)
    underway = tuple(reason for one in asked if (reason := day.history.underway.get(one)))
    if underway and {reason.code for reason in found.reasons} <= _SAID_BY_HISTORY:
        found = dunning.Hold(underway)
    if isinstance(found, dunning.Send):
        try:
            return _send(day, snapshot, items, found, recipients)
        except dunning.NoLegalRateError as error:
            # A figure that would be a guess is not claimed: the run waits for the table.
            found = dunning.Hold((dunning.Reason("rates_unknown", str(error)),))
    return ReminderRow(
        party_id=snapshot.party_id,
        party_code=snapshot.code,
        party_name=snapshot.name,
        category=snapshot.category,
        decision=Decision.HOLD if isinstance(found, dunning.Hold) else Decision.EXCLUDED,
        amount_due=sum((item.open_amount for item in items), ZERO),
        reasons=found.reasons,
        until=found.until if isinstance(found, dunning.Hold) else None,
        recipients=recipients,
    )


def _item(day: _Day, item: OpenItemFacts) -> dunning.OpenItem:
    return dunning.OpenItem(
        item_id=item.item_id,
        document_ref=item.document_ref,
        due_date=item.due_date,
        open_amount=item.open_amount,
        disputed_amount=day.cases.disputed.get(item.item_id, ZERO),
        last_rank=day.history.ranks.get(item.item_id, 0),
        promised_on=day.cases.promised.get(item.item_id),
        suspension=day.cases.item_holds.get(item.item_id),
    )


def _send(
    day: _Day,
    snapshot: PartySnapshot,
    items: list[OpenItemFacts],
    send: dunning.Send,
    recipients: tuple[str, ...],
) -> ReminderRow:
    customer = CustomerKind(snapshot.category)
    claims = {
        item.item_id: Claim(
            amount=item.amount,
            disputed=day.cases.disputed.get(item.item_id, ZERO),
            payments=day.payments.get(item.item_id, ()),
        )
        for item in items
    }
    lines = rules.lines_of(send, claims, customer=customer, on=day.on, policy=day.policy)
    subject, body = rules.write(
        day.plan.template(send.level, snapshot.language),
        lines,
        client=snapshot.name,
        sender=day.sender,
        on=day.on,
        customer=customer,
        shows_penalties=send.level.shows_penalties,
    )
    return ReminderRow(
        party_id=snapshot.party_id,
        party_code=snapshot.code,
        party_name=snapshot.name,
        category=snapshot.category,
        decision=Decision.SEND,
        amount_due=sum((item.open_amount for item in items), ZERO),
        reasons=send.reasons,
        rank=send.level.rank,
        level_label=send.level.label,
        plan_id=day.plan.plan_id,
        channel=send.level.channel,
        step=send.level.step,
        signed_by=send.level.signed_by,
        language=snapshot.language,
        days_after_due=send.level.days_after_due,
        needs_approval=day.policy.asks_for(send.level.rank),
        lines=lines,
        recipients=recipients,
        subject=subject,
        body=body,
    )


def _sender(actor: Actor) -> rules.Sender:
    account = next((one for one in cash.bank_accounts(actor=actor) if one.iban), None)
    if account is None:
        return rules.Sender(actor.company.name)
    return rules.Sender(actor.company.name, account.iban, account.bic)


def _addresses(actor: Actor, party_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    found = parties.contacts(actor=actor, party_ids=party_ids, purpose=Purpose.REMINDERS.value)
    return {
        party_id: tuple(dict.fromkeys(contact.email for contact in contacts))
        for party_id, contacts in found.items()
    }


def _payments(
    actor: Actor, chased: Mapping[int, list[OpenItemFacts]]
) -> dict[int, tuple[tuple[date, Decimal], ...]]:
    """What has settled a part of each item, undone allocations left out."""
    part_paid = [
        item.item_id
        for items in chased.values()
        for item in items
        if item.open_amount < item.amount
    ]
    found: dict[int, tuple[tuple[date, Decimal], ...]] = {}
    for start in range(0, len(part_paid), _CHUNK):
        rows = list(ledger.allocations_of(actor=actor, item_ids=part_paid[start : start + _CHUNK]))
        undone = {row.reverses_id for row in rows}
        for row in rows:
            if row.reverses_id is None and row.allocation_id not in undone:
                payment = (row.credited_on, row.amount)
                found[row.debit_item_id] = (*found.get(row.debit_item_id, ()), payment)
    return found


def _cases(actor: Actor, on: date) -> _Cases:
    disputes = (
        Dispute.objects.filter(company=actor.company, closed_at=None)
        .values_list("open_item")
        .annotate(total=Sum("amount"))
    )
    item_holds: dict[int, dunning.Suspension] = {}
    party_holds: dict[int, dunning.Suspension] = {}
    # The one that ends last is read last and stays; one without an end comes after all of them.
    standing = holds(actor=actor, on=on)
    for hold in sorted(standing, key=lambda one: (one.until is None, one.until or on)):
        suspension = dunning.Suspension(hold.reason, hold.until)
        if hold.open_item_id is None:
            party_holds[hold.party_id] = suspension
        else:
            item_holds[hold.open_item_id] = suspension
    for item_id, reference in cash.assigned_items(actor=actor).items():
        item_holds[item_id] = dunning.Suspension(f"créance cédée, {reference}", None)
    return _Cases(dict(disputes), promised_items(actor=actor, on=on), item_holds, party_holds)


def _history(actor: Actor, on: date, without: Collection[int]) -> _History:
    kept = Reminder.objects.filter(company=actor.company).exclude(pk__in=without)
    received = kept.filter(cancelled_at=None).exclude(message__status__in=_NOT_RECEIVED)
    ranks = (
        ReminderItem.objects.filter(reminder__in=received, open_item__open_amount__gt=0)
        .values_list("open_item")
        .annotate(last=Max("rank"))
    )
    contacts = received.values_list("party").annotate(last=Max("run__on"))
    underway: dict[int, dunning.Reason] = {}
    blocking = (
        kept.filter(Q(run__on=on) | Q(cancelled_at=None, message__status__in=_UNDERWAY))
        .order_by("run__on")
        .values_list("party", "run__on", "message__status")
    )
    for party_id, day, status in blocking:
        underway[party_id] = _underway(day, Status(status), on)
    return _History(dict(ranks), dict(contacts), underway)


def _underway(day: date, status: Status, on: date) -> dunning.Reason:
    """Why a customer who has a reminder of that day gets no other one yet."""
    if status in _UNDERWAY:
        text = f"La relance du {day:%d/%m/%Y} est prête et n'est pas encore partie."
        return dunning.Reason("already_prepared", text)
    if status in _NOT_RECEIVED:
        text = f"La relance du {day:%d/%m/%Y} n'est pas arrivée : la prochaine campagne la reprend."
        return dunning.Reason("not_received", text, on + timedelta(days=1))
    return dunning.Reason("already_prepared", f"La relance du {day:%d/%m/%Y} est partie.")


def disputes(
    *, actor: Actor, open_only: bool = True, party_id: int | None = None
) -> QuerySet[Dispute]:
    """Disputes, the largest first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = Dispute.objects.filter(company=actor.company)
    if open_only:
        rows = rows.filter(closed_at=None)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party").order_by("-amount", "pk")


def disputed_reasons(actor: Actor, item_ids: Collection[int]) -> dict[int, str]:
    """Items in dispute among some, each with why it may not be sold. One query."""
    rows = Dispute.objects.filter(company=actor.company, closed_at=None, open_item__in=item_ids)
    return dict.fromkeys(rows.values_list("open_item", flat=True), "est en litige")


def dispute_for(*, actor: Actor, dispute_id: int) -> Dispute:
    """One dispute of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = disputes(actor=actor, open_only=False).filter(pk=dispute_id).first()
    if row is None:
        raise NotFoundError(what=f"litige n° {dispute_id}")
    return row


def holds(*, actor: Actor, on: date, party_id: int | None = None) -> QuerySet[Hold]:
    """Pauses that stand on a day, oldest first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = Hold.objects.filter(company=actor.company, lifted_at=None).filter(
        Q(until=None) | Q(until__gte=on)
    )
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party").order_by("pk")


def promises(*, actor: Actor, party_id: int | None = None) -> QuerySet[Promise]:
    """Promises on items still open, the earliest first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = Promise.objects.filter(company=actor.company, open_item__open_amount__gt=0)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party", "open_item").order_by("promised_on", "pk")


def reminders_of(*, actor: Actor, party_ids: Collection[int]) -> QuerySet[Reminder]:
    """Reminders of some customers, latest first, with run, message and items. Two queries."""
    actor.require(Right.READ)
    return (
        Reminder.objects.filter(
            company=actor.company, party__in=parties.family(actor=actor, party_ids=party_ids)
        )
        .select_related("run", "message", "party")
        .prefetch_related("items")
        .order_by("-run__on", "-pk")
    )


def reminders(*, actor: Actor) -> QuerySet[Reminder]:
    """Every reminder, latest first, with run, message and customer. One query."""
    actor.require(Right.READ)
    return (
        Reminder.objects.filter(company=actor.company)
        .select_related("run", "message", "party")
        .order_by("-pk")
    )


def reminder_for(*, actor: Actor, reminder_id: int) -> Reminder:
    """One reminder of the company, its items read ahead. Two queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = reminders(actor=actor).filter(pk=reminder_id).prefetch_related("items").first()
    if row is None:
        raise NotFoundError(what=f"relance n° {reminder_id}")
    return row


def preview(*, actor: Actor, party_id: int, on: date) -> ReminderRow:
    """The dry run of one customer: what would leave to it, or why nothing does.

    Raises:
        NotFoundError: Nothing of it is overdue.
        NoPlanError: The company has no plan.
    """
    rows = dry_run(actor=actor, on=on, party_ids=[party_id])
    if not rows:
        raise NotFoundError(what="ce client n'a rien d'échu")
    return rows[0]


def to_approve(*, actor: Actor) -> QuerySet[Reminder]:
    """Reminders that wait for a person, the largest first, with customer and message. One query."""
    actor.require(Right.READ)
    return (
        Reminder.objects.filter(
            company=actor.company,
            approved_at=None,
            cancelled_at=None,
            message__status__in=WAITING,
        )
        .select_related("party", "message", "run")
        .order_by("-total", "pk")
    )


def held(*, actor: Actor, party_ids: Collection[int]) -> QuerySet[Reminder]:
    """Reminders of some customers that can still be taken back, their run joined. One query."""
    actor.require(Right.READ)
    return Reminder.objects.filter(
        company=actor.company,
        party__in=parties.family(actor=actor, party_ids=party_ids),
        cancelled_at=None,
        message__status__in=[*WAITING, Status.RELEASED],
    ).select_related("run")


def to_release(*, actor: Actor, now: datetime) -> QuerySet[Reminder]:
    """Approved reminders whose hold is over and whose message has not left, oldest first."""
    return Reminder.objects.filter(
        company=actor.company,
        approved_at__isnull=False,
        cancelled_at=None,
        message__status__in=WAITING,
        message__hold_until__lte=now,
    ).order_by("pk")


def standing_before(*, actor: Actor, on: date) -> QuerySet[Reminder]:
    """Reminders of earlier days whose message has not been let go, oldest first. One query."""
    return Reminder.objects.filter(
        company=actor.company,
        run__on__lt=on,
        cancelled_at=None,
        message__status__in=WAITING,
    ).order_by("pk")


def companies_to_release(*, now: datetime) -> list[Company]:
    """Companies with a reminder to check and let go. One query."""
    return list(
        Company.objects.filter(
            pk__in=Reminder.objects.filter(
                approved_at__isnull=False,
                cancelled_at=None,
                message__status__in=WAITING,
                message__hold_until__lte=now,
            ).values("company")
        ).order_by("pk")
    )


def next_step(*, actor: Actor, document_ref: str, on: date | None = None) -> NextStep | None:
    """What comes next for an invoice, in a sentence; ``None`` when nothing of it is open.

    The dry run of its customer, and one query.
    """
    on = on or clock.today()
    items = [
        item
        for item in ledger.items_of_document(actor=actor, document_refs=[document_ref]).get(
            document_ref, []
        )
        if item.open_amount and item.side == DEBIT and item.account.startswith(CUSTOMERS)
    ]
    if not items:
        return None
    party_ids = {item.party_id for item in items if item.party_id is not None}
    rows = dry_run(actor=actor, on=on, party_ids=party_ids)
    due = min(item.due_date for item in items)
    if not rows or due >= on:
        return NextStep(
            document_ref,
            Decision.EXCLUDED,
            f"{document_ref} est à échéance du {due:%d/%m/%Y} : rien n'est à relancer avant.",
            on=due,
        )
    row = rows[0]
    sentence = " ".join(reason.text for reason in row.reasons)
    return NextStep(document_ref, row.decision, sentence, row.level_label, row.until)
