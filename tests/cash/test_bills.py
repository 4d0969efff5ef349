"""Bills of exchange: accepted, remitted, paid or unpaid, each cent on its account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cash.test_campaigns import ALMA, lea, paul  # noqa: F401  fixtures
from echeance.base.errors import NotFoundError
from echeance.cash import commands as cash
from echeance.cash.errors import (
    BillInvalidError,
    BillStateError,
    CampaignStateError,
    NothingToOrderError,
)
from echeance.cash.models import BillOfExchange
from echeance.cash.types import MatchedItem, NewBill
from echeance.core.bank.lcr import Acceptance, Entry, read_lcr

TODAY = date(2026, 11, 24)


def bill(desk, items, kind="lcr", **facts):
    """A bill of A, drawn on 20 November, due at the end of the year."""
    return cash.record_bills(
        actor=desk.actor,
        bills=[
            NewBill(
                desk.parties["A"],
                kind,
                tuple(MatchedItem(pk, Decimal(amount)) for pk, amount in items.items()),
                **{
                    "due_date": date(2026, 12, 31),
                    "created_on": date(2026, 11, 20),
                    "iban": ALMA,
                    **facts,
                },
            )
        ],
    )[0]


def remitted(desk, lea, paul, entry="3"):  # noqa: F811
    campaign = cash.prepare_bills(
        actor=lea, account_id=desk.accounts[0].pk, remitted_on=TODAY, entry=entry
    )
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    cash.approve_campaign(actor=paul, campaign_id=campaign.pk)
    return campaign, cash.export_campaign(actor=lea, campaign_id=campaign.pk)


ACCOUNTS = ("411", "413", "5113")


def test_an_accepted_bill_settles_the_invoices_it_pays(desk):
    first = desk.goods("F-1", "01/10", "31/10", "100.00")  # 120.00
    second = desk.goods("F-2", "02/10", "31/10", "50.00")  # 60.00

    row = bill(desk, {first: "120.00", second: "10.00"})

    assert (row.amount, row.state, row.reference) == (Decimal("130.00"), "held", "E000001")
    assert desk.lefts(first, second) == ["0.00", "50.00"]
    assert desk.balances(*ACCOUNTS) == ["50.00", "130.00", "0"]
    assert row.journal_entry.journal.code == "EF"


def test_bills_are_remitted_in_one_file_and_wait_on_5113(desk, lea, paul):  # noqa: F811
    first = desk.goods("F-1", "01/10", "31/10", "100.00")
    second = desk.goods("F-2", "02/10", "31/10", "50.00")
    one = bill(desk, {first: "120.00"}, reference="LCR-1")
    two = bill(desk, {second: "60.00"}, kind="bor", reference="BOR-2", due_date=date(2027, 1, 15))

    campaign, (name, content) = remitted(desk, lea, paul)

    read = read_lcr(content)
    assert name == f"{campaign.reference}.txt"
    assert (read.total, read.entry, read.iban) == (
        Decimal("180.00"),
        Entry.COLLECTION,
        desk.accounts[0].iban,
    )
    assert [
        (each.reference, each.amount, each.acceptance, each.due_date, each.iban)
        for each in read.bills
    ] == [
        ("LCR-1", Decimal("120.00"), Acceptance.LCR_ACCEPTED, date(2026, 12, 31), ALMA),
        ("BOR-2", Decimal("60.00"), Acceptance.BOR, date(2027, 1, 15), ALMA),
    ]
    assert desk.balances(*ACCOUNTS) == ["0.00", "0.00", "180.00"]
    assert cash.export_campaign(actor=paul, campaign_id=campaign.pk) == (name, content)
    states = BillOfExchange.objects.order_by("pk").values_list("pk", "state")
    assert list(states) == [(one.pk, "remitted"), (two.pk, "remitted")]
    with pytest.raises(NothingToOrderError):
        cash.prepare_bills(actor=lea, account_id=desk.accounts[0].pk, remitted_on=TODAY)


def test_a_discounted_remittance_says_so(desk, lea, paul):  # noqa: F811
    bill(desk, {desk.goods("F-1", "01/10", "31/10"): "120.00"})

    _, (_, content) = remitted(desk, lea, paul, entry="1")

    assert read_lcr(content).entry is Entry.DISCOUNT
    assert BillOfExchange.objects.get().state == "discounted"


def test_an_unpaid_bill_makes_its_invoices_due_again_exactly(desk, lea, paul):  # noqa: F811
    invoice = desk.service("F-1", "01/10", "31/10", "100.00")
    before = desk.state()
    row = bill(desk, {invoice: "120.00"})
    campaign, _ = remitted(desk, lea, paul)

    [unpaid] = cash.refuse_bills(actor=lea, bill_ids=[row.pk])

    assert unpaid.state == "unpaid"
    assert campaign.instructions.get().status == "returned"
    assert desk.state() == before
    assert desk.lefts(invoice) == ["120.00"]
    assert desk.proved() == []
    with pytest.raises(BillStateError):
        cash.refuse_bills(actor=lea, bill_ids=[row.pk])


def test_a_bill_paid_then_returned_is_undone_too(desk, lea, paul):  # noqa: F811
    invoice = desk.goods("F-1", "01/10", "31/10")
    before = desk.state()
    row = bill(desk, {invoice: "120.00"})
    remitted(desk, lea, paul)
    [paid] = cash.note_bills_paid(actor=lea, bill_ids=[row.pk])

    assert paid.state == "paid"
    cash.refuse_bills(actor=lea, bill_ids=[row.pk])
    assert desk.state() == before


def test_a_bill_given_back_is_cancelled_exactly(desk):
    invoice = desk.service("F-1", "01/10", "31/10")
    before = desk.state()
    row = bill(desk, {invoice: "120.00"})

    cash.cancel_bills(actor=desk.actor, bill_ids=[row.pk])

    assert desk.state() == before
    assert BillOfExchange.objects.get().state == "cancelled"


def test_a_bill_in_a_remittance_is_not_cancelled_and_comes_back_with_it(desk, lea, paul):  # noqa: F811
    row = bill(desk, {desk.goods("F-1", "01/10", "31/10"): "120.00"})
    before = desk.state()
    campaign, _ = remitted(desk, lea, paul)

    with pytest.raises(BillStateError):
        cash.cancel_bills(actor=lea, bill_ids=[row.pk])
    cash.cancel_campaign(actor=lea, campaign_id=campaign.pk, confirmed=["not_sent"])

    assert desk.state() == before
    row.refresh_from_db()
    assert (row.state, row.campaign) == ("held", None)
    assert desk.proved() == []
    again = cash.prepare_bills(actor=lea, account_id=desk.accounts[0].pk, remitted_on=TODAY)
    assert again.instructions.get().amount == Decimal("120.00")


def test_a_bill_left_out_stays_in_the_portfolio(desk, lea, paul):  # noqa: F811
    from echeance.cash.types import InstructionChange

    one = bill(desk, {desk.goods("F-1", "01/10", "31/10"): "120.00"})
    two = bill(desk, {desk.goods("F-2", "02/10", "31/10"): "120.00"})
    campaign = cash.prepare_bills(actor=lea, account_id=desk.accounts[0].pk, remitted_on=TODAY)
    line = campaign.instructions.get(remittance_text=two.reference)
    cash.change_instructions(
        actor=lea, campaign_id=campaign.pk, changes=[InstructionChange(line.pk, include=False)]
    )
    cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
    cash.approve_campaign(actor=paul, campaign_id=campaign.pk)
    _, content = cash.export_campaign(actor=lea, campaign_id=campaign.pk)

    assert [each.reference for each in read_lcr(content).bills] == [one.reference]
    two.refresh_from_db()
    assert (two.state, two.campaign) == ("held", None)
    assert desk.balances("413", "5113") == ["120.00", "120.00"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kind": "xxx"}, "LCR ou BOR"),
        ({"due_date": date(2026, 11, 19)}, "précède"),
        ({"iban": "DE89370400440532013000"}, "compte français"),
        ({"items": {}}, "au moins une échéance"),
        ({"amount": "120.01"}, "ne reste pas"),
        ({"amount": "0.00"}, "pas une facture"),
    ],
)
def test_a_bill_that_cannot_be_is_refused(desk, facts, words):
    invoice = desk.goods("F-1", "01/10", "31/10")
    before = desk.state()
    items = facts.pop("items", {invoice: facts.pop("amount", "120.00")})

    with pytest.raises(BillInvalidError, match=words):
        bill(desk, items, **facts)

    assert desk.state() == before
    assert not BillOfExchange.objects.exists()


def test_a_bill_pays_the_invoices_of_its_drawee_only(desk):
    [other] = desk.post("VT F-9 01/10", "411000 D10.00 B; 707000 C10.00")
    invoice = desk.goods("F-1", "01/10", "31/10")

    with pytest.raises(NotFoundError):
        bill(desk, {invoice + 999: "1.00"})
    with pytest.raises(BillInvalidError, match="F-9 est d'un autre client"):
        bill(desk, {other: "10.00"})
    bill(desk, {invoice: "20.00"}, reference="X1")
    with pytest.raises(BillInvalidError, match="déjà prise"):
        bill(desk, {invoice: "20.00"}, reference="X1")


def test_a_draft_remittance_is_cancelled_without_a_trace(desk, lea):  # noqa: F811
    bill(desk, {desk.goods("F-1", "01/10", "31/10"): "120.00"})
    before = desk.state()
    campaign = cash.prepare_bills(actor=lea, account_id=desk.accounts[0].pk, remitted_on=TODAY)

    cash.cancel_campaign(actor=lea, campaign_id=campaign.pk)

    assert desk.state() == before
    with pytest.raises(CampaignStateError):
        cash.propose_campaign(actor=lea, campaign_id=campaign.pk)
