"""The workshop of a case: debtors, their items, and lines drafted before their truth is sure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from echeance.core.creditor_reference import creditor_reference
from echeance.core.matching import OpenItem, PayerLink, Payment
from echeance.practice.corpus import words
from echeance.practice.corpus.model import BOOKING_DAYS, FIRST_BOOKING, Case, Truth
from echeance.practice.corpus.numbers import Numbering
from echeance.practice.corpus.sums import is_unique, some_subsets

#: ``cited``: knowable as it stands. ``amount``: nothing but the sum tells, so knowable when one
#: set of the payer's items makes it, else the truth is drawn again. ``noisy``: the same, but what
#: is left of the reference tells the truth. ``never``: the facts leave several explanations.
Mode = Literal["cited", "amount", "noisy", "never"]

_NET: Final = (4_900, 7_900, 12_000, 25_000, 39_900, 65_000)


def money(chance: random.Random) -> int:
    """Cents of an invoice, VAT included: round prices, catalogue prices, or any."""
    turn = chance.random()
    if turn < 0.35:
        return chance.randrange(5, 400) * 1_200
    if turn < 0.6:
        return chance.choice(_NET) * chance.randrange(1, 13) * 12 // 10
    return int(2_000 * 1000 ** chance.random()) + chance.randrange(100)


@dataclass(slots=True)
class Item:
    """An open item in cents; ``rank`` gives its number and its date."""

    item_id: int
    debtor: Debtor
    rank: int
    number: str
    issued: date
    due: date
    cents: int
    amount: int
    kind: str = "invoice"
    references: tuple[str, ...] = ()
    discount: int = 0
    discount_until: date | None = None

    @property
    def rf(self) -> str:
        """The RF reference that our invoice asks for."""
        return creditor_reference(self.number)


@dataclass(slots=True)
class Debtor:
    """A customer; ``sure`` names on a line prove him, ``iban_known`` says how he is known."""

    debtor_id: int
    name: str
    iban: str
    iban_known: bool
    group_id: int | None = None
    items: list[Item] = field(default_factory=list)

    def invoices(self) -> list[Item]:
        """His invoices, oldest first."""
        return sorted((one for one in self.items if one.cents > 0), key=lambda one: one.rank)


Plan = tuple[dict[int, int], tuple[tuple[str, int], ...]]


@dataclass(slots=True)
class Draft:
    """A line, in cents, with the plan of its truth: allocations by item, differences."""

    trap: str
    amount: int
    text: str
    plan: Plan
    mode: Mode
    name: str = ""
    iban: str = ""
    scope: tuple[Debtor, ...] = ()
    needs: tuple[str, ...] = ()
    direction: str = "CRDT"
    references: tuple[str, ...] = ()
    mandate_ids: tuple[str, ...] = ()
    charges: int | None = None
    original: int | None = None
    parts: tuple[Payment, ...] = ()
    day: date = FIRST_BOOKING


def euros(cents: int) -> Decimal:
    """Exact amount of cents, two decimals."""
    return Decimal(cents).scaleb(-2)


class Workshop:
    """Builds one case. Traps add items, then drafts; ``finish`` makes the truths sure."""

    def __init__(
        self, chance: random.Random, numbering: Numbering, *, debtor_id: int, item_id: int
    ) -> None:
        """The first debtor and item take the ids given, the next ones follow."""
        self.chance, self.numbering = chance, numbering
        self.next_debtor, self.next_item = debtor_id, item_id
        self.debtors: list[Debtor] = []
        self.drafts: list[Draft] = []
        self.links: list[PayerLink] = []

    @property
    def item_count(self) -> int:
        """Items made so far."""
        return sum(len(one.items) for one in self.debtors)

    def debtor(self, name: str = "", *, iban_known: bool | None = None) -> Debtor:
        """One more customer."""
        chance, index = self.chance, self.next_debtor
        self.next_debtor += 1
        if not name:
            form = chance.choice(words.FORMS)
            name = f"{chance.choice(words.TRADES)} {words.family_name(index)} {form}".strip()
        known = chance.random() < 0.7 if iban_known is None else iban_known
        one = Debtor(index, name, words.iban(chance), known)
        self.debtors.append(one)
        return one

    def invoice(self, debtor: Debtor, cents: int = 0, *, rank: int | None = None) -> Item:
        """One more open invoice of his; an amount of zero is drawn."""
        rank = self.numbering.take() if rank is None else rank
        issued = self.numbering.issued(rank)
        due = issued + timedelta(days=self.chance.choice((30, 30, 45, 60)))
        cents = cents or money(self.chance)
        number = self.numbering.number(rank)
        one = Item(self.next_item, debtor, rank, number, issued, due, cents, cents)
        self.next_item += 1
        debtor.items.append(one)
        return one

    def credit(self, debtor: Debtor, cents: int) -> Item:
        """One more open credit note of his; ``cents`` positive."""
        one = self.invoice(debtor, cents)
        one.cents = one.amount = -cents
        one.kind, one.due = "credit_note", one.issued
        one.number = self.numbering.number(one.rank, credit=True)
        return one

    def day(self) -> date:
        """A working day of the statement."""
        day = FIRST_BOOKING + timedelta(days=self.chance.randrange(BOOKING_DAYS))
        return day - timedelta(days=max(0, day.weekday() - 4))

    def line(
        self,
        trap: str,
        amount: int,
        motive: str,
        plan: Plan,
        mode: Mode,
        *,
        payer: Debtor | None = None,
        name: str = "",
        iban: str = "",
        cut: bool = False,
        label: str = "",
    ) -> Draft:
        """One more line: paid by ``payer``, or under the name and account given."""
        chance = self.chance
        if payer is not None:
            name = words.bank_name(chance, payer.name, cut=cut)
            iban = payer.iban if payer.iban_known or chance.random() < 0.5 else ""
        label = label or words.label(chance, name)
        draft = Draft(trap, amount, f"{label}\n{motive}".strip(), plan, mode, name, iban)
        if chance.random() < 0.25:
            # The payer's own end-to-end id: figures that are no number of ours.
            draft.references = (f"{chance.randrange(10**11, 10**12)}",)
        draft.scope = (payer,) if payer else ()
        draft.day = self.day()
        self.drafts.append(draft)
        return draft

    def among(self, plans: Sequence[Plan]) -> Plan:
        """One of the explanations, by chance."""
        return self.chance.choice(plans)

    def finish(self, first_entry: int) -> Case:
        """Make the truths sure, and give the case."""
        items = {one.item_id: one for debtor in self.debtors for one in debtor.items}
        used = {key for draft in self.drafts for key in draft.plan[0]}
        lines = []
        for place, draft in enumerate(self.drafts):
            knowable = self._settle(draft, used)
            entry_id = first_entry + place
            lines.append((_payment(entry_id, draft), _truth(entry_id, draft, knowable=knowable)))
        return Case(
            tuple(_open_item(one) for one in items.values()),
            {one.iban: one.debtor_id for one in self.debtors if one.iban_known},
            tuple(self.links),
            tuple(lines),
        )

    def _settle(self, draft: Draft, used: set[int]) -> bool:
        """Whether the line is knowable; a sum that several sets make is drawn again among them."""
        if draft.mode in ("cited", "never"):
            return draft.mode == "cited"
        pool = [one for debtor in draft.scope for one in debtor.items]
        if is_unique([one.cents for one in pool], draft.amount):
            return True
        if draft.mode == "amount":
            mine = set(draft.plan[0])
            explanations = []
            for subset in some_subsets([one.cents for one in pool], draft.amount):
                keys = {pool[at].item_id for at in subset}
                if not keys & (used - mine):
                    explanations.append({pool[at].item_id: pool[at].cents for at in subset})
            if explanations:
                drawn = self.chance.choice(explanations)
                used -= mine
                used |= set(drawn)
                draft.plan = (drawn, ())
        return False


def whole(items: Iterable[Item]) -> dict[int, int]:
    """The plan that pays those items whole."""
    return {one.item_id: one.cents for one in items}


def _payment(entry_id: int, draft: Draft) -> Payment:
    return Payment(
        entry_id,
        draft.direction,
        euros(draft.amount),
        draft.day,
        draft.text,
        draft.references,
        draft.name,
        draft.iban,
        "EUR",
        mandate_ids=draft.mandate_ids,
        charges=None if draft.charges is None else euros(draft.charges),
        original_amount=None if draft.original is None else euros(draft.original),
        original_currency="" if draft.original is None else "EUR",
        parts=tuple(
            replace(part, entry_id=entry_id, booking_date=draft.day) for part in draft.parts
        ),
    )


def _truth(entry_id: int, draft: Draft, *, knowable: bool) -> Truth:
    allocations, differences = draft.plan
    left = draft.amount - sum(allocations.values()) - sum(cents for _, cents in differences)
    told = [(kind, euros(cents)) for kind, cents in differences]
    if left:
        told.append(("unapplied", euros(left)))
    return Truth(
        entry_id,
        draft.trap,
        knowable,
        tuple(sorted((key, euros(cents)) for key, cents in allocations.items())),
        tuple(sorted(told)),
        draft.needs,
    )


def _open_item(one: Item) -> OpenItem:
    return OpenItem(
        one.item_id,
        one.debtor.debtor_id,
        (one.debtor.name,),
        one.number,
        "",
        one.issued,
        one.due,
        euros(one.cents),
        "EUR",
        amount=euros(one.amount),
        kind=one.kind,
        payment_references=one.references,
        group_id=one.debtor.group_id,
        discount_amount=euros(one.discount),
        discount_until=one.discount_until,
    )
