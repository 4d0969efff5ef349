"""The line of the statement finds the orders it carried out, and undoing gives all back."""

from __future__ import annotations

import pytest

from cash.test_campaigns import (  # noqa: F401  fixtures
    LATER,
    SEVE,
    confirmed,
    debits,
    lea,
    mandate,
    paul,
    through,
    transfers,
)
from echeance.base.errors import NotFoundError
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import EntryAlreadyMatchedError, OrdersDifferError
from echeance.cash.models import PaymentInstruction
from echeance.parties.models import SepaMandate


@pytest.fixture
def sent(desk, lea, paul):  # noqa: F811
    """1 200.00 less a credit of 200.40, given to the bank: 999.60."""
    desk.purchase("S-1", "05/10", "1000.00")
    desk.post("AC AV-1 07/10", "401000 D200.40 S; 607000 C200.40")
    confirmed(desk, lea, "S", SEVE)
    campaign = transfers(desk, lea)
    through(campaign, lea, paul)
    return campaign


@pytest.mark.parametrize("cited", ["{}-1", "{}"])
def test_a_debit_settles_what_its_order_paid_then_undoes_it_exactly(desk, lea, sent, cited):  # noqa: F811
    before = desk.state()
    entry = desk.line("-999.60", "23/11", references=[cited.format(sent.reference)])

    [match] = cash.settle_orders(actor=lea, entry_ids=[entry])

    order = PaymentInstruction.objects.get()
    assert (order.status, order.match_id) == ("executed", match)
    assert desk.balances("401", "512") == ["0.00", "-999.60"]
    assert queries.items_in_campaigns(actor=lea) == set()
    assert desk.proved() == []
    with pytest.raises((EntryAlreadyMatchedError, OrdersDifferError)):
        cash.settle_orders(actor=lea, entry_ids=[entry])

    cash.undo_matches(actor=lea, match_ids=[match])

    order.refresh_from_db()
    assert (order.status, order.match_id) == ("sent", None)
    assert desk.state() == before
    assert cash.settle_orders(actor=lea, entry_ids=[entry]) != [match]


def test_a_collection_settles_the_invoice_and_its_vat(desk, lea, paul):  # noqa: F811
    invoice = desk.service("F-1", "01/10", "31/10", "100.00")
    mandate(desk, lea)
    campaign = debits(desk, lea, on=LATER)
    through(campaign, lea, paul)
    entry = desk.line("120.00", "23/11", references=[f"{campaign.reference}-1"])

    cash.settle_orders(actor=lea, entry_ids=[entry])

    assert desk.lefts(invoice) == ["0.00"]
    assert desk.balances("44574", "44571") == ["0.00", "-20.00"]
    assert SepaMandate.objects.get().last_used_on.isoformat() == "2026-11-23"


@pytest.mark.parametrize(
    ("amount", "reference"),
    [("-999.61", "{}-1"), ("999.60", "{}-1"), ("-999.60", "VIR-999999-1"), ("-999.60", "")],
)
def test_a_line_that_does_not_agree_is_left_to_a_person(desk, lea, sent, amount, reference):  # noqa: F811
    before = desk.state()
    entry = desk.line(amount, "23/11", references=[reference.format(sent.reference)])

    with pytest.raises(OrdersDifferError):
        cash.settle_orders(actor=lea, entry_ids=[entry])
    with pytest.raises(NotFoundError):
        cash.settle_orders(actor=lea, entry_ids=[entry + 99])

    assert desk.state() == before
    assert PaymentInstruction.objects.get().status == "sent"
