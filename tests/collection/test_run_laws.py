"""Whatever happened before, a message asks for what is owed and nothing else.

Customers of three plans live random days: invoices, credit notes, payments whole, part and not
applied, disputes, promises, pauses, replies, days without a run, runs, releases, sendings. After
each run and each release the same laws are checked on what is in the books:

* the total of a message let go is the sum of the open items it names, less what is disputed;
* nothing was let go while a gate was closed, judged again here by the words of the case;
* a customer has one message a run, and none while another has not left;
* a message raises an item above all it has received: no level twice, whatever the plan since;
* a run or a release done again changes nothing, and the same facts give the same decisions.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from echeance.base import clock
from echeance.cash.models import Statement
from echeance.collection import commands, queries
from echeance.collection.models import (
    CustomerReply,
    DunningLevel,
    DunningPlan,
    DunningText,
    Hold,
    PlanChoice,
    Promise,
    Reminder,
    ReminderItem,
)
from echeance.collection.types import DisputeReason
from echeance.core.dates import add_business_days, is_business_day
from echeance.ledger import queries as ledger
from echeance.ledger.models import OpenItem
from echeance.transmission.models import Message

FIRST = date(2026, 9, 1)
DAYS = 60


def at(day, hour=9):
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


class History:
    """One random past of a company, and the laws it must keep."""

    def __init__(self, world, seed):
        self.world, self.actor = world, world.actor
        self.chance = Random(seed)
        self.customers = [world.customer(f"Client {rank}") for rank in range(4)]
        self.plans = [self.plan((3, 10, 21), 3), self.plan((-2, 7, 30), 10)]
        for customer in self.customers[:2]:
            PlanChoice.objects.create(
                company=self.actor.company, party=customer, plan=self.chance.choice(self.plans),
                chosen_at=clock.now(), chosen_by="essai",
            )  # fmt: skip
        self.number = 0
        self.credits = {}
        self.bank = FIRST
        self.let_go = 0

    def plan(self, days, between):
        plan = DunningPlan.objects.create(
            company=self.actor.company, name=f"Plan {days}", created_at=clock.now(),
            days_between_contacts=between,
        )  # fmt: skip
        for rank, after in enumerate(days, 1):
            level = DunningLevel.objects.create(
                company=self.actor.company, plan=plan, rank=rank, key=f"level_{rank}",
                label=f"{rank} du plan {days}", days_after_due=after, tone="firm", channel="mail",
                step="courtesy" if after < 0 else "reminder",
            )  # fmt: skip
            DunningText.objects.create(
                company=self.actor.company, level=level, language="fr",
                subject="{total}", body="{factures}\n\n{total}",
            )  # fmt: skip
        return plan

    # -- what happens --------------------------------------------------------------------------

    def open_items(self):
        return list(OpenItem.objects.filter(side="debit", open_amount__gt=0).order_by("pk"))

    def invoice(self, day):
        self.number += 1
        cents = Decimal(self.chance.randint(500, 99999)) / 100
        due = day + timedelta(days=self.chance.randint(-20, 15))
        parts = [(str(cents), due)]
        if self.chance.random() < 0.2:
            parts.append((str(cents), due + timedelta(days=7)))
        customer = self.chance.choice(self.customers)
        self.world.invoice(customer, f"F-{self.number}", *parts)

    def payment(self, day):
        items = self.open_items()
        if not items:
            return
        item = self.chance.choice(items)
        part = self.chance.choice((Decimal(1), Decimal("0.5"), Decimal("0.31")))
        amount = max(round(item.open_amount * part, 2), Decimal("0.01"))
        if self.chance.random() < 0.7:
            self.world.pays(item.party, item.pk, str(amount), day)
        else:
            kind = self.chance.choice(("receipt", "credit_note"))
            self.world.receipt(item.party, str(amount), day, kind=kind)

    def dispute(self, _day):
        items = self.open_items()
        if not items:
            return
        item = self.chance.choice(items)
        contested = self.disputed(item.pk)
        if contested < item.open_amount:
            amount = min(Decimal("5.00"), item.open_amount - contested)
            commands.open_dispute(
                actor=self.actor, item_id=item.pk, amount=amount, reason_code=DisputeReason.QTE_ERR
            )

    def promise(self, day):
        if items := self.open_items():
            commands.promise(
                actor=self.actor,
                item_ids=[self.chance.choice(items).pk],
                promised_on=day + timedelta(days=self.chance.randint(0, 6)),
            )

    def pause(self, day):
        until = self.chance.choice((day + timedelta(days=3), None))
        commands.hold_reminders(
            actor=self.actor, party_id=self.chance.choice(self.customers).pk, reason="essai",
            until=until,
        )  # fmt: skip

    def resume(self, _day):
        standing = list(Hold.objects.filter(lifted_at=None).values_list("pk", flat=True))
        if standing:
            commands.resume_reminders(actor=self.actor, hold_ids=[self.chance.choice(standing)])

    def reply(self, _day):
        self.number += 1
        commands.record_reply(
            actor=self.actor, party_id=self.chance.choice(self.customers).pk,
            key=f"mail:{self.number}", channel="mail", text="?", received_at=clock.now(),
            reminder_id=None,
        )  # fmt: skip

    def read(self, _day):
        unread = list(CustomerReply.objects.filter(read_at=None).values_list("pk", flat=True))
        commands.read_replies(actor=self.actor, reply_ids=unread)

    def statement(self, day):
        self.world.bank_known_to(day)
        self.bank = max(self.bank, day)

    def change_plan(self, _day):
        customer = self.customers[0]
        PlanChoice.objects.filter(party=customer, ended_at=None).update(ended_at=clock.now())
        PlanChoice.objects.create(
            company=self.actor.company, party=customer, plan=self.chance.choice(self.plans),
            chosen_at=clock.now(), chosen_by="essai",
        )  # fmt: skip

    # -- what is asked of it -------------------------------------------------------------------

    def disputed(self, item_id):
        return sum(
            (
                one.amount
                for one in queries.disputes(actor=self.actor)
                if one.open_item_id == item_id
            ),
            Decimal(0),
        )

    def run(self, day):
        with at(day):
            first = list(queries.dry_run_stream(actor=self.actor, on=day))
            assert first == list(queries.dry_run_stream(actor=self.actor, on=day))
            # What an earlier day prepared and is no longer right is taken back before it is judged.
            report = commands.prepare_reminders(actor=self.actor, on=day)
            before = self.state()
            again = commands.prepare_reminders(actor=self.actor, on=day)
        assert again.reminder_ids == ()
        assert self.state() == before
        parties = [row.party_id for row in report.send]
        assert len(parties) == len(set(parties))

    def release(self, day):
        with at(day, 12):
            report = commands.release_reminders(actor=self.actor, now=clock.now())
            for reminder in Reminder.objects.filter(pk__in=report.released):
                self.check(reminder, day)
            before = self.state()
            again = commands.release_reminders(actor=self.actor, now=clock.now())
        assert again.released == again.cancelled == ()
        assert self.state() == before
        self.let_go += len(report.released)

    def lose(self, _day):
        """What was released has not left: it expires, and is checked again."""
        Message.objects.filter(status="released").update(status="expired", release_expires_at=None)

    def leave(self, _day):
        Message.objects.filter(status="released").update(
            status="sent", in_flight_at=clock.now(), finished_at=clock.now()
        )

    def state(self):
        return (
            list(Reminder.objects.order_by("pk").values_list("pk", "cancelled_at", "released_at")),
            list(Message.objects.order_by("pk").values_list("pk", "status")),
        )

    def check(self, reminder, day):
        named = list(reminder.items.all())
        owed = {
            item.item_id: item.open_amount - self.disputed(item.item_id)
            for item in ledger.items_for(
                actor=self.actor, item_ids=[one.open_item_id for one in named]
            )
        }
        assert {one.open_item_id: one.amount for one in named} == owed
        assert reminder.total == sum(owed.values()) > 0
        self.gates_are_open(reminder, day)

    def gates_are_open(self, reminder, day):
        known = min(
            Statement.objects.order_by("-closing_date").values_list("closing_date", flat=True)[:1]
        )
        assert is_business_day(day)
        assert add_business_days(known, 2) >= day
        assert not Hold.objects.filter(
            party=reminder.party, open_item=None, lifted_at=None
        ).exclude(until__lt=day)
        assert not CustomerReply.objects.filter(party=reminder.party, read_at=None)
        assert not Promise.objects.filter(
            open_item__in=reminder.items.values("open_item"), verdict="", promised_on__gte=day
        )
        free = OpenItem.objects.filter(party=reminder.party, side="credit", open_amount__gt=0)
        assert sum(free.values_list("open_amount", flat=True)) < reminder.total
        other = Reminder.objects.filter(party=reminder.party, cancelled_at=None)
        assert other.filter(run=reminder.run).count() == 1
        assert not other.exclude(pk=reminder.pk).filter(
            message__status__in=["held", "expired", "released"]
        )

    def levels_rise(self):
        """Each message that left raises an item above all it had received, under any plan."""
        reached = {}
        for reminder in Reminder.objects.filter(cancelled_at=None).order_by("run__on", "pk"):
            items = list(ReminderItem.objects.filter(reminder=reminder, rank__gt=0))
            raised = [
                one
                for one in items
                if one.rank == reminder.rank
                and one.days_after_due > reached.get(one.open_item_id, one.days_after_due - 1)
            ]
            assert raised, "nobody is written to twice about the same level"
            for one in items:
                before = reached.get(one.open_item_id, one.days_after_due)
                reached[one.open_item_id] = max(one.days_after_due, before)

    def live(self, days):
        events = [
            (self.invoice, 5), (self.payment, 4), (self.dispute, 1), (self.promise, 1),
            (self.pause, 0.5), (self.resume, 1), (self.reply, 0.4), (self.read, 1),
            (self.change_plan, 0.3),
        ]  # fmt: skip
        acts, weights = zip(*events, strict=True)
        day = FIRST
        for _ in range(days):
            day += timedelta(days=1)
            with at(day, 8):
                if self.chance.random() < 0.8:
                    self.statement(day - timedelta(days=1))
                for act in self.chance.choices(acts, weights, k=self.chance.randint(0, 3)):
                    act(day)
            if self.chance.random() < 0.8:
                self.run(day)
            with at(day, 10):
                for act in self.chance.choices(acts, weights, k=self.chance.randint(0, 2)):
                    act(day)
            if self.chance.random() < 0.8:
                self.release(day)
            with at(day, 13):
                (self.leave if self.chance.random() < 0.85 else self.lose)(day)
        self.levels_rise()


def tell(world, seed, days):
    world.policy(auto_send=True, proposed_ranks=[], hold_minutes=60)
    history = History(world, seed)
    history.live(days)
    return history


@pytest.mark.parametrize("seed", [1])
def test_a_message_asks_for_what_is_owed_and_nothing_leaves_while_a_gate_is_closed(world, seed):
    history = tell(world, seed, 18)

    assert history.let_go >= 3, "messages left: the laws were put to the test"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_the_same_over_many_longer_histories(world, seed):
    assert tell(world, seed, DAYS).let_go >= 5
