"""Whatever is done with bank lines and in whatever order, undoing gives back the very same books.

Open amounts, letters held, VAT that is due, the balance of every account of every party; and the
books prove themselves at each step.
"""

from __future__ import annotations

import os
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from cash.desk import Desk
from echeance.cash import commands as cash
from echeance.cash.errors import MatchReturnedError, ReopenedPaidError
from echeance.cash.models import Match, ReturnedPayment
from echeance.cash.types import NewBooking, NewReturn, NewTransfer
from echeance.ledger.errors import EntryInUseError
from echeance.ledger.models import OpenItem
from ledger.books import item, vat

EXAMPLES = 40 if "DATABASE_URL" in os.environ else 10
RETURNABLE = ("customers", "suppliers", "refund")
DIFFERENCES = ("none", "none", "bank_charges", "discount", "rounding", "retention", "over", "small")

nets = st.integers(min_value=100, max_value=90_000).map(lambda units: Decimal(units) / 100)
documents = st.lists(
    st.tuples(st.sampled_from(["service", "goods", "mixed", "credit", "purchase", "bor"]), nets),
    min_size=2,
    max_size=6,
)
acts = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "pay", "pay", "pay", "split", "supplier", "refund", "aside", "fee", "transfer",
                "return", "return", "undo",
            ]
        ),
        st.integers(0, 2**10),
        st.integers(1, 100),
        st.sampled_from(DIFFERENCES),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)  # fmt: skip


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def write(desk: Desk, rank: int, document) -> None:
    """Post a document of the year."""
    kind, net = document
    if kind == "service":
        desk.post(
            f"VT F{rank} 05/01",
            f"411000 D{net + cent(net / 5)} A; 706000 C{net}; 445740 C{cent(net / 5)}",
            item(0, "04/02", "invoice", vat("20", str(net), str(cent(net / 5)))),
        )
    elif kind in {"goods", "bor"}:
        party = "A" if kind == "goods" else "B"
        desk.post(
            f"VT F{rank} 05/01",
            f"411000 D{net + cent(net / 5)} {party}; 707000 C{net}; 445710 C{cent(net / 5)}",
            item(0, "04/02", "invoice", vat("20", str(net), str(cent(net / 5)), "debits")),
        )
    elif kind == "mixed":
        ten, twenty = cent(net / 10), cent(net / 5)
        desk.post(
            f"VT F{rank} 05/01",
            f"411000 D{2 * net + ten + twenty} A; 706000 C{2 * net}; 445740 C{ten}; "
            f"445740 C{twenty}",
            item(
                0,
                "04/02",
                "invoice",
                vat("10", str(net), str(ten)),
                vat("20", str(net), str(twenty)),
            ),
        )
    elif kind == "credit":
        desk.post(
            f"VT C{rank} 10/01",
            f"411000 C{net + cent(net / 5)} A; 706000 D{net}; 445740 D{cent(net / 5)}",
            item(
                0,
                "10/01",
                "credit_note",
                vat("20", str(net), str(cent(net / 5))),
                credits_ref=f"F{rank - 1}" if rank % 2 else "",
            ),
        )
    else:
        desk.post(
            f"AC P{rank} 05/01",
            f"401000 C{net + cent(net / 5)} S; 607000 D{net}; 445640 D{cent(net / 5)}",
            item(0, "04/02", "invoice", vat("20", str(net), str(cent(net / 5)))),
        )


def books_of(desk: Desk, known: list[int]):
    """Documents with what is open of them and whether they are lettered; VAT; every balance."""
    rows = OpenItem.objects.filter(pk__in=known).order_by("pk")
    _, _, balances = desk.state()
    return (
        [(row.pk, row.open_amount, row.lettering_id is not None) for row in rows],
        list(rows.values_list("pk", "vat__rate", "vat__moved").order_by("vat")),
        balances,
    )


def still_open(desk: Desk, side: str, *accounts: str, party: str = "") -> list[OpenItem]:
    rows = OpenItem.objects.filter(
        side=side, account__number__in=accounts, open_amount__gt=0
    ).order_by("pk")
    return list(rows.filter(party=desk.parties[party]) if party else rows)


def pay(desk: Desk, seed: int, share: int, difference: str, parties: list[str]) -> int | None:
    """Pay some open documents of customers, credit notes deducted, with a difference."""
    debits = [one for name in parties for one in still_open(desk, "debit", "411000", party=name)]
    chosen = [one for place, one in enumerate(debits) if seed >> place & 1] or debits[:1]
    if not chosen:
        return None
    items = {one.pk: one.open_amount for one in chosen}
    last = chosen[-1]
    if share < 100 and difference == "none":
        items[last.pk] = max(Decimal("0.01"), cent(last.open_amount * share / 100))
    of_a = sum(items[one.pk] for one in chosen if one.party_id == desk.parties["A"])
    credits_left = still_open(desk, "credit", "411000", party="A")
    if seed % 3 == 0 and credits_left and of_a > Decimal(1):
        items[credits_left[0].pk] = min(credits_left[0].open_amount, cent(of_a / 2))
    owed = sum(
        amount if pk in {one.pk for one in chosen} else -amount for pk, amount in items.items()
    )
    lack = {
        "bank_charges": min(Decimal("2.00"), cent(owed / 2)),
        "discount": cent(owed * 2 / 100),
        "rounding": Decimal("0.03") if owed > Decimal("0.03") else Decimal(0),
        "retention": cent(owed * 5 / 100),
        "small": Decimal("0.50") if owed > Decimal("0.50") else Decimal(0),
    }.get(difference, Decimal(0))
    lack = min(lack, min(items[one.pk] for one in chosen) / 2).quantize(
        Decimal("0.01"), "ROUND_DOWN"
    )
    differences = [(difference, str(-lack), *ACCOUNTS.get(difference, ()))] if lack else []
    money = owed - lack + (Decimal("7.77") if difference == "over" else 0)
    if money <= 0:
        return None
    return desk.accept(desk.line(str(money)), items, parties[0], differences)


ACCOUNTS = {"discount": ("discounts_given", "prorata"), "small": ("misc_expenses",)}


def settle_credits(desk: Desk, seed: int, share: int, account: str, party: str) -> int | None:
    """Money out for what is owed to a supplier, or to be given back to a customer."""
    owed = still_open(desk, "credit", account, party=party)
    if not owed:
        return None
    one = owed[seed % len(owed)]
    amount = max(Decimal("0.01"), cent(one.open_amount * share / 100))
    return desk.accept(desk.line(f"-{amount}"), {one.pk: amount}, party)


def standing(*kinds: str) -> list[Match]:
    rows = Match.objects.filter(undone_at=None).order_by("pk")
    return list(rows.filter(kind__in=kinds) if kinds else rows)


def give_back(desk: Desk, seed: int, share: int) -> int | None:
    """A payment comes back, whole or for one of its documents, with a fee or none."""
    gone = ReturnedPayment.objects.filter(match__undone_at=None).values_list("returned_match")
    free = [one for one in standing(*RETURNABLE) if (one.pk,) not in set(gone)]
    if not free:
        return None
    paid = free[seed % len(free)]
    parts = list(paid.allocations.filter(amount__gt=0, allocation__reversed_by=None))
    items: tuple[int, ...] = ()
    amount = paid.entry.amount
    plain = not paid.differences.exists() and not any(
        part.allocation.credit_item.kind == "credit_note"
        or part.allocation.credit_item.document_ref.startswith("C")
        for part in parts
    )
    if share > 50 and plain and len(parts) > 1 and paid.kind == "customers":
        items, amount = (parts[0].open_item_id,), parts[0].amount
    fee = Decimal("3.00") if seed % 2 else Decimal(0)
    back = -(amount + fee) if paid.entry.direction == "CRDT" else amount
    return cash.accept_returns(
        actor=desk.actor,
        returns=[NewReturn(desk.line(str(back), "20/06"), paid.pk, items, "AM04")],
    )[0]


def undo(desk: Desk, match_ids: list[int]) -> bool:
    """Undo, or say that something later rests on it."""
    try:
        cash.undo_matches(actor=desk.actor, match_ids=match_ids)
    except (EntryInUseError, MatchReturnedError, ReopenedPaidError):
        return False
    return True


def act(desk: Desk, step) -> list[int]:
    """Carry out one act; the matches it made."""
    kind, seed, share, difference, _ = step
    made: int | None = None
    match kind:
        case "pay":
            made = pay(desk, seed, share, difference, ["A"])
        case "split":
            made = pay(desk, seed | 3, share, difference, ["A", "B"])
        case "supplier":
            made = settle_credits(desk, seed, share, "401000", "S")
        case "refund":
            made = settle_credits(desk, seed, share, "411000", "A")
        case "aside":
            lines = [desk.line(f"{share}.00")]
            (made,) = cash.set_aside(actor=desk.actor, entry_ids=lines, reason="?")
        case "fee":
            booking = NewBooking(desk.line(f"-{share}.00"), "627000", Decimal("0.20"))
            (made,) = cash.book_on_account(actor=desk.actor, bookings=[booking])
        case "transfer":
            ends = NewTransfer(desk.line(f"-{share}.00"), desk.line(f"{share}.00", account=1))
            return cash.match_transfers(actor=desk.actor, transfers=[ends])
        case "return":
            made = give_back(desk, seed, share)
        case "undo":
            free = standing()
            if free:
                undo(desk, [free[seed % len(free)].pk])
    return [made] if made else []


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(documents=documents, steps=acts, order=st.randoms(use_true_random=False))
def test_any_sequence_of_acts_undone_in_any_order_gives_back_the_same_books(
    desk, documents, steps, order
):
    with transaction.atomic():
        for rank, document in enumerate(documents):
            write(desk, rank, document)
        known = list(OpenItem.objects.order_by("pk").values_list("pk", flat=True))
        start = books_of(desk, known)
        for step in steps:
            note(str(step))
            now_known = list(OpenItem.objects.order_by("pk").values_list("pk", flat=True))
            before = books_of(desk, now_known)
            made = act(desk, step)
            assert desk.proved() == []
            if step[4] and made:
                assert undo(desk, made)
                assert books_of(desk, now_known) == before
                assert desk.proved() == []

        left = [one.pk for one in standing()]
        order.shuffle(left)
        for _ in range(len(left) + 1):
            left = [pk for pk in left if not undo(desk, [pk])]

        assert left == []
        assert books_of(desk, known) == start
        assert desk.proved() == []
        transaction.set_rollback(True)
