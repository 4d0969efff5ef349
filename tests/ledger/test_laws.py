"""Laws of settling, whatever the documents, the amounts and the order.

The books prove themselves, undoing gives back the exact state, and on any day the open items and
the aged balance make the balance of the account.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echeance.ledger import commands, queries
from echeance.ledger.models import OpenItem, OpenItemVat
from echeance.ledger.types import NewAllocation
from ledger.books import Books, day, item, vat

DAYS = ["05/01", "31/01", "28/02", "15/03", "30/04", "31/05"]
LAST = "30/06"

cents = st.integers(min_value=1, max_value=30_000).map(lambda units: Decimal(units) / 100)
a_day = st.sampled_from(DAYS)

invoices = st.tuples(st.just("invoice"), a_day, cents, cents, st.booleans())
credit_notes = st.tuples(st.just("credit_note"), a_day, cents, st.integers(0, 5), st.booleans())
receipts = st.tuples(st.just("receipt"), a_day, cents, st.just(0), st.just(False))
refunds = st.tuples(st.just("refund"), a_day, cents, st.just(0), st.just(False))
documents = st.lists(st.one_of(invoices, credit_notes, receipts, refunds), min_size=3, max_size=9)
steps = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(1, 100), a_day, st.booleans()),
    min_size=1,
    max_size=8,
)


def write(books: Books, number: int, document) -> None:
    """Post a document; invoices have two rates, credit notes may name an invoice or none."""
    kind, when, amount, other, flag = document
    if kind == "invoice":
        ten, twenty = (amount / 10).quantize(Decimal("0.01")), (other / 5).quantize(Decimal("0.01"))
        waits, due = ("445740", "receipts") if flag else ("445710", "debits")
        books.post(
            f"VT F{number} {when}",
            f"411000 D{amount + ten + other + twenty} A; 706000 C{amount + other}; "
            f"{waits} C{ten}; {waits} C{twenty}",
            item(
                0,
                when,
                "invoice",
                vat("10", str(amount), str(ten), due),
                vat("20", str(other), str(twenty), due),
            ),
        )
    elif kind == "credit_note":
        twenty = (amount / 5).quantize(Decimal("0.01"))
        books.post(
            f"VT A{number} {when}",
            f"411000 C{amount + twenty} A; 706000 D{amount}; 445740 D{twenty}",
            item(
                0,
                when,
                "credit_note",
                vat("20", str(amount), str(twenty)),
                credits_ref=f"F{other}" if flag else "",
            ),
        )
    elif kind == "receipt":
        books.receipt(f"R{number}", when, str(amount))
    else:
        books.refund(f"V{number}", when, str(amount))


def state(books: Books):
    """What undoing gives back: items, letters, VAT, accounts."""
    return (
        list(OpenItem.objects.order_by("pk").values_list("pk", "open_amount", "lettering__letter")),
        list(OpenItemVat.objects.order_by("pk").values_list("pk", "moved")),
        [
            queries.account_balance(actor=books.actor, account=account)
            for account in ("411", "445710", "445740")
        ],
    )


def pick(chosen, share):
    """A pair of items that may settle each other, and an amount, from arbitrary numbers."""
    debits = list(OpenItem.objects.filter(side="debit", open_amount__gt=0).order_by("pk"))
    credits_left = list(OpenItem.objects.filter(side="credit", open_amount__gt=0).order_by("pk"))
    if not debits or not credits_left:
        return None
    debit = debits[chosen[0] % len(debits)]
    credit = credits_left[chosen[1] % len(credits_left)]
    most = min(debit.open_amount, credit.open_amount)
    amount = max(Decimal("0.01"), (most * share / 100).quantize(Decimal("0.01")))
    return debit.pk, credit.pk, amount


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=documents, steps=steps, order=st.randoms(use_true_random=False))
def test_settling_and_undoing_in_any_order_keeps_the_books_right(books, documents, steps, order):
    with transaction.atomic():
        for number, document in enumerate(documents):
            write(books, number, document)
        start = state(books)
        live = []
        for left, right, share, when, mistaken in steps:
            found = pick((left, right), share)
            if found is None:
                continue
            debit, credit, amount = found
            before = state(books)
            one = NewAllocation(debit, credit, amount, day(when))
            (allocation,) = commands.allocate(actor=books.actor, allocations=[one])
            if mistaken:
                settled = state(books)
                books.undo([allocation], LAST)
                assert state(books) == before
                (allocation,) = commands.allocate(actor=books.actor, allocations=[one])
                assert without_letters(state(books)) == without_letters(settled)
            live.append(allocation)
        assert queries.verify(books.actor.company) == []
        for when in (*DAYS, LAST):
            aged = queries.aged_balance(actor=books.actor, on=day(when))
            open_then = queries.open_items(actor=books.actor, on=day(when))
            balance = queries.account_balance(actor=books.actor, account="411", on=day(when))
            assert aged.total == balance
            assert balance == sum(
                (one.open_amount if one.side == "debit" else -one.open_amount) for one in open_then
            )

        order.shuffle(live)
        for allocation in live:
            books.undo([allocation], LAST)

        assert state(books) == start
        assert queries.verify(books.actor.company) == []
        transaction.set_rollback(True)


def without_letters(found):
    """The same, but for the letters: they are never used twice."""
    items, moved, balances = found
    return [(pk, left, letter is None) for pk, left, letter in items], moved, balances


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rates=st.lists(cents, min_size=1, max_size=3),
    cuts=st.lists(st.integers(1, 99), max_size=4),
)
def test_payments_that_sum_to_the_invoice_move_all_of_its_vat(books, rates, cuts):
    with transaction.atomic():
        taxes = [(net / 5).quantize(Decimal("0.01")) for net in rates]
        gross = sum(rates) + sum(taxes)
        (invoice,) = books.post(
            "VT F1 05/01",
            f"411000 D{gross} A; 706000 C{sum(rates)}; "
            + "; ".join(f"445740 C{tax}" for tax in taxes),
            item(
                0,
                "04/02",
                "invoice",
                *(
                    vat(str(rank + 10), str(net), str(tax))
                    for rank, (net, tax) in enumerate(zip(rates, taxes, strict=True))
                ),
            ),
        )
        receipt = books.receipt("R1", "05/01", str(gross))
        left = gross
        for cut in cuts:
            part = (left * cut / 100).quantize(Decimal("0.01"))
            if Decimal(0) < part < left:
                books.settle(invoice, receipt, str(part), "04/02")
                left -= part
        books.settle(invoice, receipt, str(left), "05/02")

        assert list(OpenItemVat.objects.order_by("pk").values_list("moved", flat=True)) == taxes
        assert queries.account_balance(actor=books.actor, account="445740") == 0
        assert queries.verify(books.actor.company) == []
        transaction.set_rollback(True)
