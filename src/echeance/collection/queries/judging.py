"""The dry run: who would be reminded on a day, of what and why; read in chunks of customers.

A *unit* is who one message goes to: a customer with those merged into it, or the head of a group
whose plan groups it. Everything is read a chunk of units at a time, with as many queries whatever
its size, and nothing is kept from one chunk to the next: memory does not grow with the customers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from echeance.base import clock, policy
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.cash import queries as cash
from echeance.collection import rules
from echeance.collection.models import Dispute, Hold, Reminder, ReminderItem
from echeance.collection.queries.dunning import CUSTOMERS, WAITING
from echeance.collection.queries.insolvency import claim_births, insolvent_parties
from echeance.collection.queries.payment_plans import items_under_plan
from echeance.collection.queries.penalties import noted_penalties, penalty_items
from echeance.collection.queries.plans import PlanBook, PlanFacts, plan_book, unread_replies
from echeance.collection.queries.promises import promised_items
from echeance.collection.queries.rates import rates_in_force
from echeance.collection.queries.recovery import handed_over_items
from echeance.collection.types import (
    Claim,
    CollectionPolicy,
    Decision,
    DryRunCounts,
    Grouping,
    Insolvency,
    NextStep,
    NotedPenalty,
    ReminderRow,
    Tally,
)
from echeance.core import dunning
from echeance.core.money import ZERO
from echeance.core.short_messages import phone_number, plain_text
from echeance.core.terms import CustomerKind
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenRow
from echeance.parties import queries as parties
from echeance.parties.types import PartyHead, Purpose
from echeance.transmission import postal, registered, sms
from echeance.transmission.errors import ChannelUnavailableError
from echeance.transmission.types import PostalState, Status

if TYPE_CHECKING:
    from echeance.base.actor import Actor

UNITS_AT_ONCE = 500
NOT_RECEIVED = [Status.WITHDRAWN, Status.REFUSED, Status.BOUNCED]
UNDERWAY = [*WAITING, Status.RELEASED, Status.IN_FLIGHT, Status.UNKNOWN]

SMS_LENGTH_MAX = 306
"""Two parts of a GSM message."""

_IDS_AT_ONCE = 500
_LETTERS = {dunning.Channel.POST, dunning.Channel.REGISTERED}
_BY_PHONE = {dunning.Channel.PHONE, dunning.Channel.SMS}

# A reminder on its way says it better than what the ladder makes of it.
_SAID_BY_HISTORY = {"level_reached", "above_ceiling", "too_soon", "next_level_later"}
_SAID_BY_HISTORY |= {"ladder_finished"}


def dry_run(
    *,
    actor: Actor,
    on: date,
    party_ids: Collection[int] | None = None,
    without: Collection[int] = (),
    plans: PlanBook | None = None,
    asked: Mapping[int, int] | None = None,
) -> list[ReminderRow]:
    """What a run of that day would do, customer by customer, with the messages as they would leave.

    A customer with nothing overdue is left out. A merged customer is the one it was merged into,
    and a group whose plan says so is its head. Every row is kept: for all the customers of a large
    company, take :func:`dry_run_stream`.

    Args:
        actor: Whose company.
        on: The day.
        party_ids: Only those customers.
        without: Reminders to judge as if they had never been prepared: those being checked again.
        plans: Judge by these plans instead of those in force.
        asked: Rank of the level a person asks for, by customer.

    Returns:
        Sendings first, then what waits, then what is left out; the largest amount due first.
        A fixed number of queries, and about fifteen a chunk of 500 customers.

    Raises:
        NoPlanError: The company has no plan.
    """
    rows = judged(
        actor=actor,
        on=on,
        party_ids=party_ids,
        without=without,
        plans=plans,
        asked=asked,
        written=True,
    )
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
    """The dry run a customer at a time, by number, without texts; memory does not grow.

    Args: see :func:`dry_run`.

    Raises:
        NoPlanError: The company has no plan.
    """
    yield from judged(actor=actor, on=on, party_ids=party_ids, without=without, plans=plans)


def dry_run_counts(*, actor: Actor, on: date, plans: PlanBook | None = None) -> DryRunCounts:
    """Customers and amounts of a dry run by decision, reason and level.

    Raises:
        NoPlanError: The company has no plan.
    """
    return counts_of(dry_run_stream(actor=actor, on=on, plans=plans))


def counts_of(rows: Iterable[ReminderRow]) -> DryRunCounts:
    """The same of rows in hand, read once. No query."""
    decisions: dict[Decision, Tally] = dict.fromkeys(Decision, Tally())
    reasons: dict[str, Tally] = {}
    levels: dict[tuple[int, str], Tally] = {}
    for row in rows:
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


def judged(
    *,
    actor: Actor,
    on: date,
    party_ids: Collection[int] | None = None,
    without: Collection[int] = (),
    plans: PlanBook | None = None,
    asked: Mapping[int, int] | None = None,
    written: bool = False,
) -> Iterator[ReminderRow]:
    """The engine of the dry run: one row a unit with something overdue, by number of customer.

    The facts of a chunk are read when its first row is asked for.

    Args:
        actor: Whose company.
        on: The day.
        party_ids: Only those customers.
        without: Reminders judged as if never prepared.
        plans: Instead of the plans in force.
        asked: Rank asked for by a person, by customer.
        written: Messages are written; without it rows have no text.

    Raises:
        NoPlanError: The company has no plan.
    """
    actor.require(Right.READ)
    world = _world(actor, on, plans, asked or {}, written=written)
    units = _units(world, party_ids)
    order = sorted(units)
    for start in range(0, len(order), UNITS_AT_ONCE):
        chunk = order[start : start + UNITS_AT_ONCE]
        facts = _read(world, {head: units[head] for head in chunk}, without)
        for head in chunk:
            row = _row(world, facts, head, units[head])
            if row is not None:
                yield row


# -- what is the same for all ---------------------------------------------------------------------


@dataclass(slots=True)
class _World:
    """Everything that is the same for all customers, and what is rare enough to be read whole."""

    actor: Actor
    on: date
    policy: CollectionPolicy
    book: PlanBook
    sender: rules.Sender
    reckoner: rules.Reckoner
    merged: Mapping[int, int]
    in_question: Mapping[int, Decimal]
    unread: Collection[int]
    insolvent: Mapping[int, Insolvency]
    births: Mapping[int, date]
    handed_over: Mapping[int, str]
    under_plan: Mapping[int, dunning.Suspension]
    promised: Mapping[int, date]
    assigned: Mapping[int, str]
    penalties: Collection[int]
    bank_date: date | None
    asked: Mapping[int, int]
    absent: frozenset[dunning.Channel]
    written: bool
    gates: dict[int, dunning.Gates] = field(default_factory=dict)
    labels: dict[int, dict[str, int]] = field(default_factory=dict)

    def gates_of(self, plan: PlanFacts) -> dunning.Gates:
        """Limits of a plan on this day: its own, else those of the policy."""
        found = self.gates.get(plan.plan_id)
        if found is None:
            floor = plan.floor_amount
            found = self.gates[plan.plan_id] = dunning.Gates(
                bank_date=self.bank_date,
                bank_business_days_max=self.policy.bank_business_days_max,
                floor_amount=self.policy.floor_amount if floor is None else floor,
                business_days_only=self.policy.business_days_only,
                ceiling_amount=plan.ceiling_amount,
                absent_channels=self.absent,
            )
        return found

    def days_of(self, plan: PlanFacts, label: str) -> int | None:
        """Where a plan has the level of that label now; ``None`` when none, or two, bear it."""
        found = self.labels.get(plan.plan_id)
        if found is None:
            labels = [level.label for level in plan.plan.levels]
            found = self.labels[plan.plan_id] = {
                level.label: level.days_after_due
                for level in plan.plan.levels
                if labels.count(level.label) == 1
            }
        return found.get(label)


def _world(
    actor: Actor, on: date, plans: PlanBook | None, asked: Mapping[int, int], *, written: bool
) -> _World:
    in_force = policy.read(actor.company, CollectionPolicy)
    insolvent = insolvent_parties(actor=actor)
    return _World(
        actor=actor,
        on=on,
        policy=in_force,
        book=plans or plan_book(actor=actor),
        sender=_sender(actor),
        reckoner=rules.Reckoner(on, in_force, rates_in_force()),
        merged=parties.merged_parties(actor=actor),
        in_question=cash.in_question_by_party(actor=actor),
        unread=unread_replies(actor=actor),
        insolvent=insolvent,
        births=claim_births(actor=actor) if insolvent else {},
        handed_over=handed_over_items(actor=actor),
        under_plan=items_under_plan(actor=actor, on=on),
        promised=promised_items(actor=actor, on=on),
        assigned=cash.assigned_items(actor=actor),
        penalties=penalty_items(actor=actor),
        bank_date=cash.last_booking_date(actor=actor),
        asked=asked,
        absent=_absent(),
        written=written,
    )


def _absent() -> frozenset[dunning.Channel]:
    """Channels that no provider of this installation serves."""
    found = set()
    for channel, provider in (
        (dunning.Channel.SMS, sms.provider),
        (dunning.Channel.E_REGISTERED, registered.provider),
    ):
        try:
            provider()
        except ChannelUnavailableError:
            found.add(channel)
    return frozenset(found)


def _sender(actor: Actor) -> rules.Sender:
    account = next((one for one in cash.bank_accounts(actor=actor) if one.iban), None)
    if account is None:
        return rules.Sender(actor.company.name)
    return rules.Sender(actor.company.name, account.iban, account.bic)


# -- who one message goes to ----------------------------------------------------------------------


def _units(world: _World, party_ids: Collection[int] | None) -> dict[int, list[int]]:
    """Every number that items of a unit may bear, by the customer written to, itself first."""
    if party_ids is None:
        first = min(plan.plan.days[0] for plan in world.book.plans.values())
        last_due = world.on - timedelta(days=min(1, first))
        party_ids = ledger.parties_owing(
            actor=world.actor, due_by=last_due, account_prefix=CUSTOMERS
        )
    merged = world.merged
    standing = {merged.get(one, one) for one in party_ids}
    groups = _groups(world, standing)
    units: dict[int, list[int]] = {}
    for one in standing:
        head = groups.get(one, one)
        if head not in units:
            units[head] = [head]
    if groups:
        members = parties.members_of(actor=world.actor, party_ids=set(groups.values()))
        for head, below in members.items():
            units[head] += [one for one in below if one != head]
    if merged:
        whose = {one: head for head, ids in units.items() for one in ids}
        for gone, stays in merged.items():
            if stays in whose:
                units[whose[stays]].append(gone)
    return units


def _groups(world: _World, standing: Collection[int]) -> dict[int, int]:
    """Head of the group of customers whose head's plan makes one message of the whole group."""
    parents = world.book.parents
    grouped = [plan for plan in world.book.plans.values() if plan.grouping is Grouping.GROUP]
    if not grouped or not parents:
        return {}
    inside = {*parents, *parents.values()} & set(standing)
    heads = parties.group_of(actor=world.actor, party_ids=inside)
    facts = parties.heads(actor=world.actor, party_ids=set(heads.values()))
    return {
        one: head
        for one, head in heads.items()
        if head in facts and world.book.of(head, facts[head].category).grouping is Grouping.GROUP
    }


# -- the facts of a chunk -------------------------------------------------------------------------


@dataclass(slots=True)
class _Sent:
    """The furthest level an item has received: its days, when it first left, its plan and label."""

    days: int
    on: date
    plan_id: int | None
    label: str


@dataclass(slots=True)
class _Facts:
    """What is known of the units of a chunk."""

    heads: Mapping[int, PartyHead]
    items: Mapping[int, list[OpenRow]]
    credits: Mapping[int, Decimal]
    disputed: Mapping[int, Decimal]
    item_holds: Mapping[int, dunning.Suspension]
    party_holds: Mapping[int, dunning.Suspension]
    sent: Mapping[int, _Sent]
    contacts: Mapping[int, date]
    underway: Mapping[int, dunning.Reason]
    emails: Mapping[int, tuple[str, ...]]
    addresses: Mapping[int, tuple[str, ...]]
    phones: Mapping[int, tuple[str, ...]]
    payments: Mapping[int, Claim]
    noted: Mapping[int, NotedPenalty]
    not_sent: Collection[str]


def _read(world: _World, units: Mapping[int, list[int]], without: Collection[int]) -> _Facts:
    actor = world.actor
    ids = [one for members in units.values() for one in members]
    items: dict[int, list[OpenRow]] = {}
    unapplied: dict[int, Decimal] = {}
    part_paid: list[int] = []
    late: list[int] = []
    for row in ledger.open_rows(actor=actor, party_ids=ids, account_prefix=CUSTOMERS):
        if row.side != DEBIT:
            unapplied[row.party_id] = unapplied.get(row.party_id, ZERO) + row.open_amount
            continue
        items.setdefault(row.party_id, []).append(row)
        if row.open_amount < row.amount:
            part_paid.append(row.item_id)
        late.append(row.item_id)
    item_holds, party_holds = _holds(world, ids)
    contacts, underway = _messages(world, ids, without)
    channels = {level.channel for plan in _plans_of(world) for level in plan.plan.levels}
    return _Facts(
        heads=parties.heads(actor=actor, party_ids=ids),
        items=items,
        credits=unapplied,
        disputed=_disputed(world, ids),
        item_holds=item_holds,
        party_holds=party_holds,
        sent=_sent(world, ids, without),
        contacts=contacts,
        underway=underway,
        emails=parties.emails(actor=actor, party_ids=ids, purpose=Purpose.REMINDERS.value),
        addresses=(
            parties.postal_addresses(actor=actor, party_ids=list(units))
            if channels & _LETTERS
            else {}
        ),
        phones=_phones(world, ids) if channels & _BY_PHONE else {},
        payments=_payments(actor, part_paid),
        noted=noted_penalties(actor=actor, item_ids=late) if world.penalties or late else {},
        not_sent=billing.never_sent(
            actor=actor,
            numbers=ledger.open_references(actor=actor, party_ids=ids, account_prefix=CUSTOMERS),
        ),
    )


def _plans_of(world: _World) -> Iterable[PlanFacts]:
    return world.book.plans.values()


def _phones(world: _World, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    found = parties.phones(actor=world.actor, party_ids=ids)
    return {one: tuple(contact.phone for contact in rows) for one, rows in found.items()}


def _disputed(world: _World, ids: Collection[int]) -> dict[int, Decimal]:
    return dict(
        Dispute.objects.filter(
            company=world.actor.company, closed_at=None, open_item__party__in=ids
        )
        .order_by()
        .values_list("open_item")
        .annotate(total=Sum("amount"))
    )


def _holds(
    world: _World, ids: Collection[int]
) -> tuple[dict[int, dunning.Suspension], dict[int, dunning.Suspension]]:
    """Pauses that stand, by item and by customer: of several, the one that ends last."""
    of_items: dict[int, dunning.Suspension] = {}
    of_parties: dict[int, dunning.Suspension] = {}
    rows = (
        Hold.objects.filter(
            Q(until=None) | Q(until__gte=world.on),
            company=world.actor.company,
            lifted_at=None,
            party__in=ids,
        )
        .order_by("pk")
        .values_list("party_id", "open_item_id", "reason", "until")
    )
    for party_id, item_id, reason, until in sorted(
        rows, key=lambda row: (row[3] is None, row[3] or world.on)
    ):
        concerned = of_items if item_id else of_parties
        concerned[item_id or party_id] = dunning.Suspension(reason, until)
    return of_items, of_parties


RECEIVED = (
    ~Q(reminder__message__status__in=NOT_RECEIVED)
    & ~Q(reminder__letter__state=PostalState.WITHDRAWN)
    & Q(reminder__call__cancelled_at=None)
)


def _sent(world: _World, ids: Collection[int], without: Collection[int]) -> dict[int, _Sent]:
    """The furthest level each open item has received, under whatever plan."""
    rows = (
        ReminderItem.objects.filter(
            RECEIVED,
            company=world.actor.company,
            open_item__party__in=ids,
            open_item__open_amount__gt=0,
            rank__gt=0,
            reminder__cancelled_at=None,
        )
        .order_by("reminder__run__on", "pk")
        .values_list(
            "open_item",
            "rank",
            "days_after_due",
            "reminder_id",
            "reminder__rank",
            "reminder__plan_id",
            "reminder__label",
            "reminder__run__on",
        )
    )
    left_out = set(without)
    found: dict[int, _Sent] = {}
    for item_id, rank, days, reminder_id, top, plan_id, label, on in rows:
        if reminder_id in left_out:
            continue
        reached = _days(world, plan_id, rank) if days is None else days
        known = found.get(item_id)
        if known is None or reached > known.days:
            found[item_id] = _Sent(reached, on, plan_id, label if rank == top else "")
    return found


def _days(world: _World, plan_id: int | None, rank: int) -> int:
    """Days of a level of a reminder that did not keep them: those of its rank in its plan."""
    book = world.book
    plan = book.plans.get(plan_id, book.default) if plan_id else book.default
    return plan.plan.days[min(rank, len(plan.plan.days)) - 1]


def _messages(
    world: _World, ids: Collection[int], without: Collection[int]
) -> tuple[dict[int, date], dict[int, dunning.Reason]]:
    """When customers were last written to, and what is on its way to them."""
    rows = (
        Reminder.objects.filter(company=world.actor.company, party__in=ids)
        .order_by("run__on", "pk")
        .values_list(
            "pk",
            "party_id",
            "run__on",
            "cancelled_at",
            "released_at",
            "message__status",
            "letter__state",
            "call_id",
            "call__done_at",
            "call__cancelled_at",
        )
    )
    left_out = set(without)
    contacts: dict[int, date] = {}
    underway: dict[int, dunning.Reason] = {}
    for pk, party_id, day, cancelled, released, status, letter, call, done, dropped in rows:
        if pk in left_out:
            continue
        lost = status in NOT_RECEIVED or letter == PostalState.WITHDRAWN or dropped is not None
        waits = status in UNDERWAY if status else _waits(released, letter, call, done)
        if cancelled is None and not lost:
            contacts[party_id] = day
        if (cancelled is None and waits and not lost) or day == world.on:
            gone = cancelled is not None or lost
            underway[party_id] = _underway(day, world.on, gone=gone, waits=waits, call=bool(call))
    return contacts, underway


def _waits(released: object, letter: str | None, call: int | None, done: object) -> bool:
    """Whether a reminder that is no message has not reached the customer yet."""
    if letter is not None:
        return letter in {PostalState.QUEUED, PostalState.PRINTED}
    if call is not None:
        return done is None
    return released is None


def _underway(
    day: date,
    on: date,
    *,
    gone: bool,
    waits: bool,
    call: bool,
) -> dunning.Reason:
    """Why a customer who has a reminder of that day gets no other one yet."""
    if gone:
        text = f"La relance du {day:%d/%m/%Y} n'est pas arrivée : la prochaine campagne la reprend."
        return dunning.Reason("not_received", text, on + timedelta(days=1))
    if waits and call:
        text = f"L'appel demandé le {day:%d/%m/%Y} n'a pas encore été passé."
        return dunning.Reason("already_prepared", text)
    if waits:
        text = f"La relance du {day:%d/%m/%Y} est prête et n'est pas encore partie."
        return dunning.Reason("already_prepared", text)
    return dunning.Reason("already_prepared", f"La relance du {day:%d/%m/%Y} est partie.")


def _payments(actor: Actor, part_paid: list[int]) -> dict[int, Claim]:
    """What has settled a part of each item, undone allocations left out."""
    found: dict[int, Claim] = {}
    nothing = Claim(ZERO)
    for start in range(0, len(part_paid), _IDS_AT_ONCE):
        rows = ledger.allocations_of(actor=actor, item_ids=part_paid[start : start + _IDS_AT_ONCE])
        undone = {row.reverses_id for row in rows}
        for row in rows:
            if row.reverses_id is None and row.allocation_id not in undone:
                payment = (row.credited_on, row.amount)
                one = found.get(row.debit_item_id, nothing)
                found[row.debit_item_id] = replace(one, payments=(*one.payments, payment))
    return found


# -- one unit -------------------------------------------------------------------------------------


def _row(world: _World, facts: _Facts, head: int, ids: list[int]) -> ReminderRow | None:
    """What the day makes of a unit; ``None`` when nothing of it is due."""
    who = facts.heads.get(head)
    if who is None:
        return None
    plan = world.book.of(head, who.category)
    ladder = plan.plan
    last_due = world.on - timedelta(days=min(1, ladder.days[0]))
    rows = [row for one in ids for row in facts.items.get(one, ()) if row.due_date <= last_due]
    if not rows:
        return None
    channels = {level.channel for level in ladder.levels}
    address = facts.addresses.get(head, ()) if channels & _LETTERS else ()
    emails = facts.emails.get(head, ())
    own = {head, *(one for one in ids if world.merged.get(one) == head)}
    holds = [hold for one in own if (hold := facts.party_holds.get(one))]
    insolvency = world.insolvent.get(head)
    customer = dunning.CustomerFacts(
        items=tuple(_item(world, facts, plan, row, own) for row in rows),
        unapplied=sum((facts.credits.get(one, ZERO) for one in ids), ZERO),
        in_question=sum((world.in_question.get(one, ZERO) for one in ids), ZERO)
        if world.in_question
        else ZERO,
        has_contact=bool(emails),
        unread_reply=bool(world.unread) and any(one in world.unread for one in ids),
        last_contact=max((last for one in ids if (last := facts.contacts.get(one))), default=None),
        insolvency_date=insolvency.judgment_on if insolvency else None,
        suspension=max(holds, key=_lasting) if holds else None,
        postal_problem=postal.problem(address) if channels & _LETTERS else "",
        has_phone=bool(_numbers(facts.phones.get(head, ()))),
        closed=_closed(who),
    )
    asked = next((world.asked[one] for one in ids if one in world.asked), 0)
    found = dunning.assess(
        customer,
        world.gates_of(plan),
        ladder,
        world.on,
        asked=asked if asked <= len(ladder.levels) else 0,
    )
    underway = [reason for one in ids if (reason := facts.underway.get(one))]
    if underway and {reason.code for reason in found.reasons} <= _SAID_BY_HISTORY:
        found = dunning.Hold(tuple(underway))
    due = sum((row.open_amount for row in rows), ZERO)
    if isinstance(found, dunning.Send):
        try:
            return _send(
                world,
                facts,
                who,
                plan,
                rows,
                send=found,
                due=due,
                credit=customer.unapplied,
            )
        except dunning.NoLegalRateError as error:
            # A figure that would be a guess is not claimed: the run waits for the table.
            found = dunning.Hold((dunning.Reason("rates_unknown", str(error)),))
    return ReminderRow(
        party_id=head,
        party_code=who.code,
        party_name=who.name,
        category=who.category,
        decision=Decision.HOLD if isinstance(found, dunning.Hold) else Decision.EXCLUDED,
        amount_due=due,
        reasons=found.reasons,
        until=found.until if isinstance(found, dunning.Hold) else None,
        recipients=emails,
        plan_id=plan.plan_id,
        credits=customer.unapplied,
    )


def _lasting(hold: dunning.Suspension) -> tuple[bool, date]:
    return hold.until is None, hold.until or date.max


def _closed(who: PartyHead) -> dunning.Reason | None:
    if who.erased_at is not None:
        text = "Les données de ce client ont été effacées : décidez de ce qu'il doit encore."
        return dunning.Reason("party_erased", text)
    if who.closed_at is not None:
        text = "Ce client est clos et doit encore : rouvrez sa fiche, ou décidez de la suite."
        return dunning.Reason("party_closed", text)
    return None


def _item(
    world: _World, facts: _Facts, plan: PlanFacts, row: OpenRow, own: Collection[int]
) -> dunning.OpenItem:
    item_id = row.item_id
    sent = facts.sent.get(item_id)
    rank = 0
    if sent is not None:
        rank = dunning.rank_reached(plan.plan, sent.days)
        if sent.label and sent.plan_id == plan.plan_id:
            # The level it received, where the plan has it since.
            moved = world.days_of(plan, sent.label)
            if moved is not None and moved > sent.days:
                rank = dunning.rank_reached(plan.plan, moved)
    suspension = facts.item_holds.get(item_id)
    if item_id in world.assigned:
        reason = f"créance cédée, {world.assigned[item_id]}"
        suspension = dunning.Suspension(reason, None)
    elif suspension is None and row.party_id not in own:
        suspension = facts.party_holds.get(row.party_id)
    stops: tuple[dunning.Reason, ...] = ()
    if item_id in world.handed_over:
        stops = (_handed_over(row.document_ref, world.handed_over[item_id]),)
    if item_id in world.under_plan:
        stops = (*stops, _planned(row.document_ref, world.under_plan[item_id]))
    if row.kind == "invoice" and row.document_ref in facts.not_sent:
        stops = (*stops, _never_sent(row.document_ref))
    if row.party_id not in own:
        stops = (*stops, *_of_member(world, facts, row))
    return dunning.OpenItem(
        item_id=item_id,
        document_ref=row.document_ref,
        due_date=row.due_date,
        open_amount=row.open_amount,
        disputed_amount=facts.disputed.get(item_id, ZERO),
        last_rank=rank,
        promised_on=world.promised.get(item_id),
        suspension=suspension,
        last_sent_on=sent.on if sent else None,
        stops=stops,
        claim_date=_born(world, row),
    )


def _born(world: _World, row: OpenRow) -> date:
    """Day a debt was born: of its supply where a case says so, else of its document."""
    return world.births.get(row.item_id, row.document_date)


def _handed_over(number: str, sentence: str) -> dunning.Reason:
    return dunning.Reason("handed_over", f"{number} : {sentence[0].lower()}{sentence[1:]}")


def _planned(number: str, plan: dunning.Suspension) -> dunning.Reason:
    until = plan.until + timedelta(days=1) if plan.until else None
    return dunning.Reason("payment_plan", f"{number} : {plan.reason}.", until)


def _never_sent(number: str) -> dunning.Reason:
    text = f"{number} n'est jamais partie chez le client : envoyez-la, elle sera relancée ensuite."
    return dunning.Reason("not_sent", text)


def _of_member(world: _World, facts: _Facts, row: OpenRow) -> Iterator[dunning.Reason]:
    """What stops the items of a subsidiary and not those of its group."""
    stands = world.merged.get(row.party_id, row.party_id)
    insolvency = world.insolvent.get(stands)
    judgment = insolvency.judgment_on if insolvency else None
    if judgment and _born(world, row) < judgment <= world.on:
        text = (
            f"{row.document_ref} : procédure collective ouverte le {judgment:%d/%m/%Y}, déclarez "
            "la créance."
        )
        yield dunning.Reason("insolvency", text)
    who = facts.heads.get(stands)
    if who is not None and (closed := _closed(who)):
        yield dunning.Reason(closed.code, f"{row.document_ref} : {closed.text}")


def _send(
    world: _World,
    facts: _Facts,
    who: PartyHead,
    plan: PlanFacts,
    rows: list[OpenRow],
    *,
    send: dunning.Send,
    due: Decimal,
    credit: Decimal,
) -> ReminderRow:
    customer = CustomerKind(who.category)
    named = {item.item_id for item in send.items}
    claims = {row.item_id: _claim(world, facts, who, row) for row in rows if row.item_id in named}
    lines = rules.lines_of(
        send,
        claims,
        customer=customer,
        on=world.on,
        policy=world.policy,
        noted=facts.noted,
        reckoner=world.reckoner,
    )
    level = send.level
    subject = body = ""
    template = plan.template(level, who.language) if world.written else None
    if template is not None:
        subject, body = rules.write(
            template,
            lines,
            client=who.name,
            sender=world.sender,
            on=world.on,
            customer=customer,
            shows_penalties=level.shows_penalties,
            credits=credit,
        )
        if level.channel is dunning.Channel.SMS:
            body = plain_text(f"{world.sender.name} : {subject}")[:SMS_LENGTH_MAX]
    return ReminderRow(
        party_id=who.party_id,
        party_code=who.code,
        party_name=who.name,
        category=who.category,
        decision=Decision.SEND,
        amount_due=due,
        reasons=send.reasons,
        rank=level.rank,
        level_label=level.label,
        needs_approval=(send.asks or not level.is_automatic or world.policy.asks_for(level.rank)),
        lines=lines,
        recipients=_recipients(facts, who.party_id, level.channel),
        plan_id=plan.plan_id,
        channel=level.channel.value,
        step=level.step.value,
        signed_by=level.signed_by,
        language=template.language if template else who.language,
        days_after_due=level.days_after_due,
        credits=credit,
        subject=subject,
        body=body,
    )


def _recipients(facts: _Facts, head: int, channel: dunning.Channel) -> tuple[str, ...]:
    """Where a message of a channel goes: addresses, lines of an address, numbers."""
    if channel in _LETTERS:
        return postal.postal_lines(facts.addresses.get(head, ()))
    if channel is dunning.Channel.SMS:
        return _numbers(facts.phones.get(head, ()))[:1]
    if channel is dunning.Channel.PHONE:
        return facts.phones.get(head, ())[:1]
    return facts.emails.get(head, ())


def _numbers(phones: Iterable[str]) -> tuple[str, ...]:
    """Numbers a text message can go to, as providers want them."""
    return tuple(number for phone in phones if (number := phone_number(phone)))


def _claim(world: _World, facts: _Facts, who: PartyHead, row: OpenRow) -> Claim:
    paid = facts.payments.get(row.item_id)
    stands = world.merged.get(row.party_id, row.party_id)
    other = facts.heads.get(stands) if stands != who.party_id else None
    insolvency = world.insolvent.get(stands) if world.insolvent else None
    return Claim(
        amount=row.amount,
        disputed=facts.disputed.get(row.item_id, ZERO),
        payments=paid.payments if paid else (),
        credit_notes=paid.credit_notes if paid else (),
        customer=CustomerKind(other.category) if other else None,
        debtor=other.name if other else "",
        insolvency_date=(
            insolvency.judgment_on
            if insolvency and _born(world, row) < insolvency.judgment_on
            else None
        ),
        is_penalty=row.item_id in world.penalties,
    )
