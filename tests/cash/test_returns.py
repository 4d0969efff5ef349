"""A payment that comes back: documents owed again the day of the return, fee booked, undo exact."""

from __future__ import annotations

import pytest

from echeance.base.models import WorkItem
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import MatchReturnedError, ReopenedPaidError, ReturnNotFoundError
from echeance.cash.models import ReturnedPayment, StatementEntry
from echeance.cash.types import NewReturn
from echeance.ledger import queries as ledger
from ledger.books import day


def give_back(desk, line, match, *item_ids, code=""):
    return cash.accept_returns(actor=desk.actor, returns=[NewReturn(line, match, item_ids, code)])[
        0
    ]


def undo(desk, *match_ids):
    cash.undo_matches(actor=desk.actor, match_ids=list(match_ids))


def test_a_refused_debit_reopens_the_invoice_with_its_vat_reason_and_cost(desk):
    """120.00 collected on 15/06 and refused on 20/06 for want of funds; the bank takes 12.00."""
    invoice = desk.service("FA1", "05/01", "04/02")
    paid = desk.accept(desk.line("120.00"), {invoice: "120.00"}, "A")
    before = desk.state()

    back = give_back(desk, desk.line("-132.00", "20/06", return_reason="AM04"), paid)

    assert desk.entry_lines(back) == [
        ("512000", "0.00", "132.00"),
        ("411000", "120.00", "0.00"),
        ("627000", "12.00", "0.00"),
    ]
    assert desk.lefts(invoice) == ["120.00"]
    assert desk.balances("411", "445710", "445740") == ["120.00", "0.00", "-20.00"]
    assert str(ledger.account_balance(actor=desk.actor, account="445710", on=day("19/06"))) == (
        "-20.00"
    )
    row = ReturnedPayment.objects.get()
    assert (row.reason_code, str(row.amount), str(row.cost), row.action) == (
        "AM04",
        "120.00",
        "12.00",
        "represent_once",
    )
    task = WorkItem.objects.get(key__startswith="cash.returned:")
    assert "provision insuffisante" in task.title
    assert desk.proved() == []

    undo(desk, back)

    assert desk.state() == before
    assert WorkItem.objects.get(pk=task.pk).closed_at
    assert desk.proved() == []


def test_a_receipt_that_came_back_is_undone_after_its_return(desk):
    invoice = desk.service("FA1", "05/01", "04/02")
    start = desk.state()
    paid = desk.accept(desk.line("120.00"), {invoice: "120.00"}, "A")
    back = give_back(desk, desk.line("-120.00", "20/06"), paid)

    with pytest.raises(MatchReturnedError, match="revenu impayé"):
        undo(desk, paid)
    undo(desk, back)
    undo(desk, paid)

    assert desk.state() == start
    assert desk.proved() == []


def test_a_returned_invoice_may_be_paid_again(desk):
    invoice = desk.service("FA1", "05/01", "04/02")
    paid = desk.accept(desk.line("120.00"), {invoice: "120.00"}, "A")
    back = give_back(desk, desk.line("-120.00", "20/06"), paid)

    again = desk.accept(desk.line("120.00", "25/06"), {invoice: "120.00"}, "A")

    assert desk.lefts(invoice) == ["0.00"]
    with pytest.raises(ReopenedPaidError, match="réglée depuis"):
        undo(desk, back)
    undo(desk, again)
    undo(desk, back)
    assert desk.lefts(invoice) == ["0.00"]
    assert desk.proved() == []


def test_one_debit_of_a_batch_comes_back_alone(desk):
    first, second = desk.service("FA1", "05/01", "04/02"), desk.goods("FA2", "05/01", "04/02")
    paid = desk.accept(desk.line("240.00"), {first: "120.00", second: "120.00"}, "A")
    before = desk.state()

    back = give_back(desk, desk.line("-120.00", "20/06"), paid, second)

    assert desk.lefts(first, second) == ["0.00", "120.00"]
    assert desk.proved() == []
    undo(desk, back)
    assert desk.state() == before
    other = give_back(desk, desk.line("-120.00", "21/06"), paid, first)
    assert desk.lefts(first, second) == ["120.00", "0.00"]
    undo(desk, other)
    undo(desk, paid)
    assert desk.lefts(first, second) == ["120.00", "120.00"]
    assert desk.proved() == []


@pytest.mark.parametrize(
    ("received", "differences", "party_items"),
    [
        ("118.00", [("bank_charges", "-2.00")], "120.00"),
        ("117.60", [("discount", "-2.40")], "120.00"),
        ("114.00", [("retention", "-6.00")], "120.00"),
        ("150.00", [], "120.00"),
    ],
)
def test_differences_and_advances_go_back_with_the_payment(
    desk, received, differences, party_items
):
    invoice = desk.service("FA1", "05/01", "04/02")
    start = desk.state()
    paid = desk.accept(desk.line(received), {invoice: party_items}, "A", differences)
    before = desk.state()

    back = give_back(desk, desk.line(f"-{received}", "20/06"), paid)

    after = desk.state()
    assert after == start
    assert desk.proved() == []
    undo(desk, back)
    assert [left for _, left in desk.state()[0]] == [left for _, left in before[0]]
    assert desk.state()[1:] == before[1:]
    undo(desk, paid)
    assert desk.state() == start
    assert desk.proved() == []


def test_a_transfer_of_ours_sent_back_reopens_the_suppliers_invoice(desk):
    invoice = desk.purchase("FF1", "05/01")
    paid = desk.accept(desk.line("-120.00"), {invoice: "120.00"}, "S")
    before = desk.state()

    back = give_back(desk, desk.line("115.00", "20/06", bank_code="12"), paid, code="AC04")

    assert desk.lefts(invoice) == ["120.00"]
    assert desk.balances("401", "627") == ["-120.00", "5.00"]
    undo(desk, back)
    assert desk.state() == before
    assert desk.proved() == []


def test_a_receipt_that_does_not_fit_is_refused(desk):
    invoice = desk.service("FA1", "05/01", "04/02")
    line = desk.line("120.00")
    paid = desk.accept(line, {invoice: "120.00"}, "A")
    for amount, when, items, why in (
        ("-119.00", "20/06", (), "il en reviendrait"),
        ("-221.00", "20/06", (), "il en reviendrait"),
        ("120.00", "20/06", (), "même sens"),
        ("-120.00", "14/06", (), "plus récent"),
        ("-120.00", "20/06", (invoice + 50,), "pas payé ces documents"),
    ):
        with pytest.raises(ReturnNotFoundError, match=why):
            give_back(desk, desk.line(amount, when), paid, *items)
    give_back(desk, desk.line("-120.00", "20/06"), paid)
    with pytest.raises(ReturnNotFoundError, match="déjà revenu"):
        give_back(desk, desk.line("-120.00", "21/06"), paid)
    assert desk.lefts(invoice) == ["120.00"]


def proposal(desk, line):
    entries = list(StatementEntry.objects.filter(pk=line))
    found = queries.return_proposals(actor=desk.actor, entries=entries)
    return [(one.decision, [cand.match_id for cand in one.candidates]) for one in found]


def test_the_receipt_is_found_by_its_reference_and_asked_by_its_amount_alone(desk):
    first, second = desk.service("FA1", "05/01", "04/02"), desk.service("FA2", "05/01", "04/02")
    one = desk.accept(desk.line("120.00", references=["E2E-1"]), {first: "120.00"}, "A")
    two = desk.accept(desk.line("120.00", references=["E2E-2"]), {second: "120.00"}, "A")

    cited = desk.line("-128.00", "20/06", return_reason="MD06", references=["E2E-1"])
    bare = desk.line("-120.00", "20/06", bank_code="03")
    far = desk.line("-77.00", "20/06", reversal=True)
    plain = desk.line("-120.00", "20/06")

    assert proposal(desk, cited) == [("apply", [one])]
    assert proposal(desk, bare) == [("ask", [two, one])]
    assert proposal(desk, far) == [("unknown", [])]
    assert proposal(desk, plain) == []
