"""Goal: what holds of every batch, whatever the facts: order, strangers, noise, bounds, proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from echeance.core.matching import (
    DifferenceRule,
    MatchingRules,
    OpenItem,
    PayerLink,
    Payment,
    propose,
)

RULES = MatchingRules(
    differences=(
        DifferenceRule("rounding", "658", limit_amount=Decimal("0.02"), direction="both"),
        DifferenceRule("bank_charges", "627", evidence="told"),
    )
)
IBANS = {"FR01": 1, "FR02": 2, "FR03": 3}
LINKS = (PayerLink("iban", "FR99", frozenset({1, 2})),)
NAMES = {1: ("Durand SARL",), 2: ("Mercier SAS",), 3: ("Leroy",), 4: ("Petit",)}
DAY = date(2026, 11, 20)

cents = st.integers(min_value=1, max_value=400_000).map(lambda n: Decimal(n).scaleb(-2))
small = st.integers(min_value=1, max_value=40).map(lambda n: Decimal(n).scaleb(-2))
signed = st.one_of(cents, small, small.map(lambda amount: -amount))


def number(rank: int) -> str:
    return f"FA-2026-{rank:04}" if rank % 2 else f"2026/{rank:05}"


@st.composite
def books(draw):
    """Open items of three customers, two of them of one group in half of the books."""
    grouped = draw(st.booleans())
    items = []
    for rank, amount in enumerate(draw(st.lists(signed, min_size=1, max_size=7)), start=1):
        debtor = draw(st.sampled_from([1, 2, 3]))
        issued = date(2026, 10, 1) + timedelta(days=draw(st.integers(0, 3)))
        items.append(
            OpenItem(
                item_id=rank,
                debtor_id=debtor,
                debtor_names=NAMES[debtor],
                document_number=number(rank),
                order_reference="",
                issue_date=issued,
                due_date=issued + timedelta(days=30),
                open_amount=amount,
                currency="EUR",
                amount=amount,
                group_id=7 if grouped and debtor < 3 else None,
            )
        )
    return items


@st.composite
def batches(draw):
    """Payments that cite some items, in one of several ways, of an amount near what they owe."""
    items = draw(books())
    payments = []
    for rank in range(1, draw(st.integers(1, 3)) + 1):
        chosen = draw(
            st.lists(st.sampled_from(items), max_size=3, unique_by=lambda one: one.item_id)
        )
        style = draw(st.sampled_from(["whole", "bare", "tail", "none"]))
        words = {
            "whole": [one.document_number for one in chosen],
            "bare": [one.document_number.replace("-", "").replace("/", "") for one in chosen],
            "tail": [f"FACT {one.document_number[-4:]}" for one in chosen],
            "none": ["VIR"],
        }[style]
        total = sum((one.open_amount for one in chosen), Decimal(0))
        shift = draw(
            st.sampled_from(
                [Decimal(0), Decimal(0), Decimal("-0.01"), Decimal("-90.10"), Decimal("1.00")]
            )
        )
        amount = total + shift if total + shift > 0 else draw(cents)
        payments.append(
            Payment(
                entry_id=rank,
                direction="CRDT",
                amount=amount,
                booking_date=DAY + timedelta(days=draw(st.integers(0, 2))),
                text=" ".join(["VIR", *words]),
                references=(),
                payer_name=draw(st.sampled_from(["", "DURAND", "Leroy"])),
                payer_iban=draw(st.sampled_from(["", "FR99", *IBANS])),
                currency="EUR",
            )
        )
    return payments, items


def decide(payments, items):
    return propose(payments, items, known_payers=IBANS, links=LINKS, rules=RULES)


@given(batches(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_no_answer(batch, random):
    payments, items = batch

    straight = decide(payments, items)
    again = decide(random.sample(payments, len(payments)), random.sample(items, len(items)))

    assert sorted(again, key=lambda found: found.entry_id) == straight


@given(batches())
def test_nothing_is_set_beyond_what_is_open_and_every_cent_is_accounted_for(batch):
    payments, items = batch

    proposals = decide(payments, items)

    taken: dict[int, Decimal] = {}
    opened = {item.item_id: item.open_amount for item in items}
    for paid, found in zip(payments, proposals, strict=True):
        for one in found.allocations:
            taken[one.item_id] = taken.get(one.item_id, Decimal(0)) + one.amount
        if found.decision == "apply":
            total = sum(one.amount for one in found.allocations)
            assert total + sum(one.amount for one in found.differences) == paid.amount
        else:
            assert (found.allocations, found.differences) == ((), ())
            assert found.question
    for item_id, amount in taken.items():
        assert 0 < amount / opened[item_id] <= 1


@given(batches(), cents)
def test_an_item_of_somebody_else_changes_nothing_that_is_applied(batch, amount):
    """A new customer's item may make a question of an answer, never another answer."""
    payments, items = batch
    stranger = replace(
        items[0],
        item_id=99,
        debtor_id=4,
        debtor_names=NAMES[4],
        document_number="FA-2026-9099",
        open_amount=amount,
        amount=amount,
        group_id=None,
    )

    before = decide(payments, items)
    after = decide(payments, [*items, stranger])

    for one, other in zip(before, after, strict=True):
        if "apply" in {one.decision, other.decision}:
            assert one.decision == other.decision
            assert one.allocations == other.allocations


noise = st.text(alphabet="ABCDEFGHIJKLMNOPRSTUVXYZ 0123456789-/.,", max_size=30)


@given(batches(), noise)
def test_noise_never_turns_an_application_into_another(batch, words):
    payments, items = batch
    noisy = [replace(paid, text=f"{paid.text} {words}") for paid in payments]

    for one, other in zip(decide(payments[:1], items), decide(noisy[:1], items), strict=True):
        if one.decision == other.decision == "apply" and one.method == other.method == "amount":
            assert one.allocations == other.allocations


@settings(max_examples=200)
@given(books(), st.sampled_from(["FR01", "FR02", "FR03", "FR99"]), st.data())
def test_without_a_number_what_is_applied_is_the_only_set_of_the_payers_items(items, iban, data):
    chosen = data.draw(
        st.lists(st.sampled_from(items), min_size=1, unique_by=lambda one: one.item_id)
    )
    amount = sum((one.open_amount for one in chosen), Decimal(0))
    paid = Payment(1, "CRDT", max(amount, Decimal("0.01")), DAY, "VIR", (), "", iban, "EUR")

    (found,) = decide([paid], items)

    if found.decision == "apply":
        debtors = {1, 2} if iban == "FR99" else {IBANS[iban]}
        groups = {one.group_id for one in items if one.debtor_id in debtors} - {None}
        his = [one for one in items if one.debtor_id in debtors or one.group_id in groups]
        ways = [
            {one.item_id for one in some}
            for size in range(1, len(his) + 1)
            for some in combinations(his, size)
            if sum(one.open_amount for one in some) == paid.amount
        ]
        assert ways == [{one.item_id for one in found.allocations}]
