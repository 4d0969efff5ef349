"""One life of the year: each business day the bank is read, money matched, letters answered.

A person, as the product's users are, answers the morning's questions with what is true, reads the
replies the day after they come, settles disputes, and agrees to what waits for an agreement.
"""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.cash import commands as cash
from echeance.cash import queries as cash_queries
from echeance.cash.types import MatchedItem, NewMatch
from echeance.collection import commands as collection
from echeance.collection import queries
from echeance.collection.types import DisputeOutcome, DisputeReason
from echeance.core import bank
from echeance.core.dates import ONE_DAY, is_business_day, roll_forward
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.practice.year.customers import Bill, Kind, drawn, keeps, reacts
from echeance.transmission import commands as transmission
from echeance.transmission.types import Accepted, Envelope, Outcome

if TYPE_CHECKING:
    from echeance.collection.models import Reminder

IBAN = "FR7630006000011234567890189"
OPENING = Decimal("50000.00")
FILE_LATE_PERCENT = 4
CROSSED_COMPLAINS_PERCENT = 25


class Postbox:
    """A mail server of the simulated world: it takes everything and keeps nothing."""

    def send(self, envelope: Envelope) -> Outcome:  # noqa: ARG002  the shape of a way out
        """Accepted."""
        return Accepted("250 2.0.0 OK")

    def close(self) -> None:
        """Nothing to end."""


@dataclass(slots=True)
class Figures:
    """What a life of the year came to.

    Attributes:
        messages: Reminders that left.
        false: Those that should not have: paid by what the bank files said, a wrong amount or
            recipient, something contested, promised or already answered. Zero is the aim.
        crossed: Those of a payment already on the bank that no file had told yet.
        complaints: Customers who complained: of every false message, of one crossed in four.
        weighted_days: Sum of amount × days late; unpaid items count to the last day.
        amount: Sum of the amounts fallen due.
        overdue: Late on the last day.
        late_bills: Paid late, or still late.
        why_false: What was wrong, counted.
    """

    bills: int = 0
    messages: int = 0
    false: int = 0
    crossed: int = 0
    complaints: int = 0
    promises: int = 0
    disputes: int = 0
    weighted_days: Decimal = ZERO
    amount: Decimal = ZERO
    overdue: Decimal = ZERO
    late_bills: int = 0
    why_false: Counter[str] = field(default_factory=Counter)

    @property
    def days_late(self) -> Decimal:
        """Average days late, weighted by the amounts."""
        if not self.amount:
            return ZERO
        return (self.weighted_days / self.amount).quantize(Decimal("0.1"))


@dataclass(slots=True)
class Life:
    """The state of the world around one company; :meth:`run` lives it."""

    actor: Actor
    seed: int
    bills: list[Bill]
    party_ids: dict[str, int]
    reminds: bool
    figures: Figures = field(default_factory=Figures)
    by_item: dict[int, Bill] = field(default_factory=dict)
    untold: list[tuple[date, Bill, Decimal]] = field(default_factory=list)
    balance: Decimal = OPENING
    files: int = 0
    last_told: date = date.min
    entries: dict[str, Bill] = field(default_factory=dict)
    replies: list[tuple[date, Bill, str]] = field(default_factory=list)
    promised: dict[str, date] = field(default_factory=dict)
    open_disputes: dict[str, tuple[int, date, Decimal]] = field(default_factory=dict)
    contacted: dict[str, date] = field(default_factory=dict)

    def run(self, first: date, last: date) -> Figures:
        """Live from a day to another, both included; nothing happens on weekends and holidays."""
        waiting = list(self.bills)
        self.last_told = first - ONE_DAY
        day = first
        while day <= last:
            if is_business_day(day):
                with _at(day, 8):
                    todays = [one for one in waiting if one.issued_on <= day]
                    waiting = waiting[len(todays) :]
                    self._issue(todays)
                    self._read_bank(day)
                    self._read_replies(day)
                    self._settle_disputes(day)
                    collection.judge_promises(actor=self.actor, on=day)
                if self.reminds:
                    self._remind(day)
                self._customers_pay(day)
            day += ONE_DAY
        self._count(last)
        return self.figures

    # -- the company's morning --

    def _issue(self, todays: list[Bill]) -> None:
        facts = [
            EntryFacts(
                "VT", one.issued_on, one.number, one.issued_on, one.number,
                (
                    Posting("411000", debit=one.amount, party_id=self.party_ids[one.buyer.code]),
                    Posting("706000", credit=one.amount),
                ),
                (NewOpenItem(0, one.due_on, "invoice", one.number),),
            )
            for one in todays
        ]  # fmt: skip
        for bill, posted in zip(
            todays, ledger.post_entries(actor=self.actor, entries=facts), strict=True
        ):
            [bill.item_id] = posted.item_ids
            self.by_item[bill.item_id] = bill
        self.figures.bills += len(todays)

    def _read_bank(self, day: date) -> None:
        """Take in the file of the days before; now and then it comes a day later."""
        late = drawn("file", self.seed, day).randrange(100) < FILE_LATE_PERCENT
        if late:
            return
        told = [one for one in self.untold if one[0] < day]
        self.untold = [one for one in self.untold if one[0] >= day]
        closing = day - ONE_DAY
        self.files += 1
        entries = tuple(self._entry(place, *one) for place, one in enumerate(told, 1))
        content = bank.write_camt053(
            bank.Statement(
                format="camt.053.001.08",
                statement_id=f"RELEVE-{closing}-{self.files}",
                sequence_number=self.files,
                account_iban=IBAN,
                account_id="",
                account_key=bank.account_key(IBAN),
                currency="EUR",
                opening_balance=self.balance,
                closing_balance=self.balance + sum((one.amount for one in entries), ZERO),
                opening_date=self.last_told,
                closing_date=closing,
                entries=entries,
            )
        )
        self.balance += sum((one.amount for one in entries), ZERO)
        self.last_told = closing
        cash.import_statements(actor=self.actor, content=content, filename=f"{closing}.xml")
        for _, bill, amount in told:
            bill.known += amount
        self._match()

    def _entry(self, place: int, on: date, bill: Bill, amount: Decimal) -> bank.StatementEntry:
        reference = f"{on:%y%m%d}{self.files:04d}{place:04d}"
        self.entries[reference] = bill
        words = f"REGLEMENT {bill.number}" if bill.cites else "VIREMENT"
        return bank.StatementEntry(
            index=place,
            direction="CRDT",
            amount=amount,
            reversal=False,
            booking_date=on,
            value_date=on,
            bank_reference=reference,
            bank_code="",
            label="",
            details=(
                bank.EntryDetail(
                    amount=amount, payer_name=bill.buyer.name.upper(), remittance_text=words
                ),
            ),
            raw="",
            fingerprint="",
        )

    def _match(self) -> None:
        """What is proved is booked; the person answers the rest with what is true."""
        proposals = cash.propose_matches(actor=self.actor)
        if not proposals:
            return
        alone = [one for one in proposals if one.decision == "apply"]
        cash.accept_matches(actor=self.actor, matches=[one.first for one in alone])
        asked = [one.entry_id for one in proposals if one.decision != "apply"]
        for entry in cash_queries.entries_to_match(actor=self.actor, entry_ids=asked):
            bill = self.entries[entry.bank_reference]
            [item] = ledger_queries.items_for(actor=self.actor, item_ids=[bill.item_id])
            taken = min(entry.amount, item.open_amount)
            match = NewMatch(
                entry.pk,
                (MatchedItem(bill.item_id, taken),) if taken else (),
                self.party_ids[bill.buyer.code],
                ("Dit par la personne qui tient les comptes.",),
            )
            cash.accept_matches(actor=self.actor, matches=[match])

    def _read_replies(self, day: date) -> None:
        """Replies of the days before: a promise is noted, a dispute opened."""
        read = [one for one in self.replies if one[0] < day]
        self.replies = [one for one in self.replies if one[0] >= day]
        ids = [
            row.pk
            for row in queries.replies(actor=self.actor, unread_only=True)
            if row.key in {f"{bill.number}:{what}" for _, bill, what in read}
        ]
        if ids:
            collection.read_replies(actor=self.actor, reply_ids=ids)
        for _, bill, what in read:
            if bill.left_as_known <= ZERO:
                continue
            if what == "promise":
                promised = roll_forward(day + timedelta(days=8))
                collection.promise(actor=self.actor, item_ids=[bill.item_id], promised_on=promised)
                self.promised[bill.number] = promised
                bill.pays_on = promised if keeps(self.seed, bill) else promised + timedelta(days=20)
                self.figures.promises += 1
            else:
                contested = min(bill.disputes, bill.left_as_known)
                dispute = collection.open_dispute(
                    actor=self.actor,
                    item_id=bill.item_id,
                    reason_code=DisputeReason.QTE_ERR,
                    amount=contested,
                )
                self.open_disputes[bill.number] = (dispute.pk, day + timedelta(days=15), contested)
                bill.pays_on = None
                self.figures.disputes += 1

    def _settle_disputes(self, day: date) -> None:
        """After a fortnight: half of them are founded and credited, the others are not."""
        by_number = {one.number: one for one in self.by_item.values()}
        for number, (dispute_id, until, contested) in list(self.open_disputes.items()):
            if day < until:
                continue
            del self.open_disputes[number]
            bill = by_number[number]
            founded = drawn("founded", self.seed, number).randrange(2) == 0
            outcome = DisputeOutcome.FOUNDED if founded else DisputeOutcome.UNFOUNDED
            collection.close_dispute(actor=self.actor, dispute_id=dispute_id, outcome=outcome)
            if founded:
                self._credit(bill, min(contested, bill.left_as_known), day)
            bill.pays_on = roll_forward(day + timedelta(days=12)) if bill.left > ZERO else None

    def _credit(self, bill: Bill, amount: Decimal, day: date) -> None:
        if amount <= ZERO:
            return
        number = f"AV{bill.number[2:]}"
        party_id = self.party_ids[bill.buyer.code]
        facts = EntryFacts(
            "VT", day, number, day, number,
            (Posting("706000", debit=amount),
             Posting("411000", credit=amount, party_id=party_id)),
            (NewOpenItem(1, day, "credit_note", number, credits_ref=bill.number),),
        )  # fmt: skip
        [posted] = ledger.post_entries(actor=self.actor, entries=[facts])
        ledger.allocate(
            actor=self.actor,
            allocations=[NewAllocation(bill.item_id, posted.item_ids[0], amount, day)],
        )
        bill.credited += amount

    # -- reminders --

    def _remind(self, day: date) -> None:
        with _at(day, 9):
            collection.prepare_reminders(actor=self.actor, on=day)
            waiting = list(queries.to_approve(actor=self.actor).values_list("pk", flat=True))
            collection.approve_reminders(actor=self.actor, reminder_ids=waiting)
        with _at(day, 12):
            report = collection.release_reminders(actor=self.actor, now=clock.now())
            transmission.send_due(company=self.actor.company, provider=Postbox())
            sent = queries.reminders(actor=self.actor).filter(pk__in=report.released)
            for reminder in sent.filter(message__status="sent").prefetch_related("items"):
                self._arrives(reminder, day)

    def _arrives(self, reminder: Reminder, day: date) -> None:
        """A customer gets a reminder: was it right, and what does it do?"""
        self.figures.messages += 1
        named = [(self.by_item[row.open_item_id], row.amount) for row in reminder.items.all()]
        wrong = self._faults(reminder, named, day)
        crossed = not wrong and any(bill.left < amount for bill, amount in named)
        self.figures.crossed += crossed
        if wrong:
            self.figures.false += 1
            self.figures.why_false.update(wrong)
        draw = drawn("complains", self.seed, reminder.party_id, day)
        if wrong or (crossed and draw.randrange(100) < CROSSED_COMPLAINS_PERCENT):
            self.figures.complaints += 1
        self.contacted[named[0][0].buyer.code] = day
        for bill, _ in named:
            self._takes(bill, reminder, day)

    def _faults(
        self, reminder: Reminder, named: list[tuple[Bill, Decimal]], day: date
    ) -> list[str]:
        assert reminder.message is not None
        buyer = named[0][0].buyer
        told = self.contacted.get(buyer.code)
        faults = []
        if reminder.message.to != [buyer.email]:
            faults.append("recipient")
        if any(bill.buyer.code != buyer.code for bill, _ in named):
            faults.append("somebody else's invoice")
        if told is not None and (day - told).days < 7:
            faults.append("too soon")
        if any(bill.buyer.code == buyer.code for _, bill, _ in self.replies):
            faults.append("a reply was not read")
        if reminder.total != sum((amount for _, amount in named), ZERO):
            faults.append("total")
        for bill, amount in named:
            contested = self.open_disputes.get(bill.number, (0, day, ZERO))[2]
            if amount != bill.left_as_known - contested or amount <= ZERO:
                faults.append("amount")
            if bill.due_on >= day:
                faults.append("not due")
            if self.promised.get(bill.number, date.min) >= day:
                faults.append("promised")
        return faults

    def _takes(self, bill: Bill, reminder: Reminder, day: date) -> None:
        key = {Kind.PROMISER: "promise", Kind.DISPUTER: "dispute"}.get(bill.buyer.kind)
        answers = key == "promise" and bill.number not in self.promised
        answers |= key == "dispute" and bill.disputes > ZERO and bill.credited == ZERO
        answers &= bill.number not in self.open_disputes
        answers &= not any(one is bill for _, one, _ in self.replies)
        if key and answers and not (key == "dispute" and reminder.rank > 1):
            collection.record_reply(
                actor=self.actor,
                party_id=reminder.party_id,
                key=f"{bill.number}:{key}",
                text="Réponse du client.",
                reminder_id=reminder.pk,
            )
            self.replies.append((day, bill, key))
            return
        when = reacts(self.seed, bill, day, reminder.rank)
        if when is not None and bill.pays_on is not None and bill.number not in self.promised:
            bill.pays_on = min(bill.pays_on, when)

    # -- customers --

    def _customers_pay(self, day: date) -> None:
        for bill in self.by_item.values():
            if bill.pays_on is None or bill.pays_on > day or bill.left <= ZERO:
                continue
            contested = self.open_disputes.get(bill.number, (0, day, ZERO))[2]
            amount = bill.left - contested
            if bill.first_part < 100 and not bill.paid:
                amount = (amount * bill.first_part / 100).quantize(Decimal("0.01"))
                bill.pays_on = roll_forward(day + timedelta(days=10))
            else:
                bill.pays_on = None
            if amount > ZERO:
                bill.paid.append((day, amount))
                self.untold.append((day, bill, amount))

    # -- the account --

    def _count(self, last: date) -> None:
        for bill in self.by_item.values():
            if bill.due_on >= last:
                continue
            late = ZERO
            for day, part in bill.paid:
                late += part * max((day - bill.due_on).days, 0)
            late += max(bill.left, ZERO) * (last - bill.due_on).days
            self.figures.weighted_days += late
            self.figures.amount += bill.amount - bill.credited
            self.figures.overdue += max(bill.left, ZERO)
            self.figures.late_bills += late > ZERO


def _at(day: date, hour: int) -> AbstractContextManager[None]:
    return clock.at(datetime.combine(day, time(hour), tzinfo=UTC))
