"""Lines that are not a customer's payment: fees, transfers, refunds, waiting; and undoing them all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import Right
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import (
    EntryAlreadyMatchedError,
    HoldDateError,
    LinkRemovedError,
    NotAReceiptError,
    PartyAccountError,
    TransferMismatchError,
    VatBeyondAmountError,
)
from echeance.cash.models import Match, PayerLink, StatementEntry
from echeance.cash.types import NewBooking, NewTransfer


@pytest.fixture
def clerk(company, user) -> Actor:
    """Léa, who matches payments."""
    return Actor(company, user, frozenset({Right.READ, Right.MATCH_PAYMENTS}))


def undo(desk, *match_ids):
    return cash.undo_matches(actor=desk.actor, match_ids=list(match_ids))


def test_a_payment_of_two_customers_is_split_and_the_rest_is_of_the_one_named(desk):
    alma = desk.service("FA1", "05/01", "04/02")
    (bor,) = desk.post("VT FB1 05/01", "411000 D50.00 B; 707000 C50.00")
    before = desk.state()

    match = desk.accept(desk.line("180.00"), {alma: "120.00", bor: "50.00"}, "B")

    assert desk.entry_lines(match) == [
        ("512000", "180.00", "0.00"),
        ("411000", "0.00", "120.00"),
        ("411000", "0.00", "60.00"),
    ]
    undo(desk, match)
    assert desk.state() == before


def test_a_suppliers_invoice_is_paid_less_his_credit_note(desk):
    invoice = desk.purchase("FF1", "05/01")
    (credit,) = desk.post("AC AF1 10/01", "401000 D20.00 S; 607000 C20.00")
    before = desk.state()

    match = desk.accept(desk.line("-100.00"), {invoice: "120.00", credit: "20.00"}, "S")

    assert desk.entry_lines(match) == [("512000", "0.00", "100.00"), ("401000", "100.00", "0.00")]
    assert (desk.lefts(invoice, credit), Match.objects.get().kind) == (
        ["0.00", "0.00"],
        "suppliers",
    )
    undo(desk, match)
    assert desk.state() == before
    assert desk.proved() == []


def test_an_advance_to_a_supplier_waits_on_his_account(desk):
    desk.accept(desk.line("-75.00"), {}, "S")

    assert desk.balances("401") == ["75.00"]


def test_a_credit_note_is_refunded_and_its_vat_goes_back(desk):
    """A credit note of 60.00, not set against an invoice, is paid back: 10.00 of VAT with it."""
    credit = desk.credit_note("AV1", "05/01", "50.00")
    before = desk.state()

    match = desk.accept(desk.line("-60.00"), {credit: "60.00"}, "A")

    assert (Match.objects.get().kind, desk.lefts(credit)) == ("refund", ["0.00"])
    assert desk.balances("445710", "445740") == ["10.00", "0.00"]
    undo(desk, match)
    assert desk.state() == before
    assert desk.proved() == []


def test_money_out_pays_no_customers_invoice(desk):
    invoice = desk.service("FA1", "05/01", "04/02")

    with pytest.raises(NotAReceiptError, match="ne peut pas régler ces documents"):
        desk.accept(desk.line("-120.00"), {invoice: "120.00"}, "A")

    assert desk.lefts(invoice) == ["120.00"]


def test_bank_fees_are_booked_with_their_vat(desk, clerk):
    line = desk.line("-12.00", text="FRAIS TPE")

    (match,) = cash.book_on_account(
        actor=clerk, bookings=[NewBooking(line, "627000", Decimal("2.00"))]
    )

    assert desk.entry_lines(match) == [
        ("512000", "0.00", "12.00"),
        ("627000", "10.00", "0.00"),
        ("445660", "2.00", "0.00"),
    ]
    assert Match.objects.get().kind == "charges"
    undo(desk, match)
    assert desk.balances("512", "627", "445660") == ["0.00", "0.00", "0.00"]


@pytest.mark.parametrize(
    ("account", "vat", "error"),
    [
        ("411000", "0.00", PartyAccountError),
        ("627000", "12.00", VatBeyondAmountError),
        ("606000", "0.00", RightMissingError),
    ],
)
def test_what_may_not_be_booked_is_refused(desk, clerk, account, vat, error):
    line = desk.line("-12.00")

    with pytest.raises(error):
        cash.book_on_account(actor=clerk, bookings=[NewBooking(line, account, Decimal(vat))])

    assert not Match.objects.exists()


def test_another_account_is_for_who_may_write_off(desk):
    line = desk.line("33.00")

    cash.book_on_account(actor=desk.actor, bookings=[NewBooking(line, "758000")])

    assert (desk.balances("758"), Match.objects.get().kind) == (["-33.00"], "other")


def test_a_transfer_between_own_accounts_passes_by_580(desk):
    out, came = desk.line("-500.00", "10/06"), desk.line("500.00", "12/06", account=1)
    assert queries.transfer_pairs(actor=desk.actor) == [NewTransfer(out, came)]

    made = cash.match_transfers(actor=desk.actor, transfers=[NewTransfer(out, came)])

    assert desk.balances("580", "512") == ["0.00", "0.00"]
    assert queries.transfer_pairs(actor=desk.actor) == []
    undo(desk, *made)
    assert queries.transfer_pairs(actor=desk.actor) == [NewTransfer(out, came)]
    assert desk.proved() == []


def test_a_transfer_is_proved_when_both_banks_say_so_and_nobody_undid_it(desk):
    silent = desk.line("-300.00"), desk.line("300.00", account=1)
    out = desk.line("-500.00", text="VIREMENT INTERNE LIVRET")
    came = desk.line("500.00", text="Virement interne", account=1)
    assert NewTransfer(*silent) in queries.transfer_pairs(actor=desk.actor)

    proved = queries.proved_transfers(actor=desk.actor)

    assert [(left.pk, right.pk) for left, right in proved] == [(out, came)]
    made = cash.match_transfers(actor=desk.actor, transfers=[NewTransfer(out, came)])
    cash.undo_matches(actor=desk.actor, match_ids=made)
    assert queries.proved_transfers(actor=desk.actor) == []


def test_one_end_of_a_transfer_waits_for_the_other_on_580(desk):
    cash.match_transfers(actor=desk.actor, transfers=[NewTransfer(desk.line("-500.00"), None)])
    assert desk.balances("580") == ["500.00"]

    cash.match_transfers(
        actor=desk.actor, transfers=[NewTransfer(None, desk.line("500.00", account=1))]
    )
    assert desk.balances("580") == ["0.00"]


def test_a_pair_is_proposed_only_when_nothing_else_could_be_it(desk):
    desk.line("-500.00", "10/06")
    desk.line("500.00", "12/06", account=1)
    desk.line("500.00", "13/06", account=1)
    desk.line("-70.00", "10/06")
    desk.line("70.00", "16/06", account=1)
    desk.line("-80.00", "10/06")
    desk.line("80.00", "10/06")

    assert queries.transfer_pairs(actor=desk.actor) == []


@pytest.mark.parametrize(
    ("out", "came", "account"),
    [("-500.00", "499.99", 1), ("-500.00", "500.00", 0), ("500.00", "500.00", 1)],
)
def test_two_lines_that_are_no_transfer_are_refused(desk, out, came, account):
    pair = NewTransfer(desk.line(out), desk.line(came, account=account))

    with pytest.raises(TransferMismatchError, match="pas un virement interne"):
        cash.match_transfers(actor=desk.actor, transfers=[pair])


def test_a_line_held_leaves_the_queue_and_comes_back_on_its_day(desk):
    from echeance.base import clock

    line = desk.line("120.00")
    cash.hold_entries(
        actor=desk.actor, entry_ids=[line], until=date(2026, 12, 1), note="appelle lundi"
    )

    assert list(queries.entries_to_match(actor=desk.actor)) == []
    assert [row.pk for row in queries.entries(actor=desk.actor, standing="held")] == [line]
    with clock.at(clock.now().replace(month=12, day=1)):
        assert [row.pk for row in queries.entries_to_match(actor=desk.actor)] == [line]
    assert cash.release_entries(actor=desk.actor, entry_ids=[line]) == 1
    assert [row.pk for row in queries.entries_to_match(actor=desk.actor)] == [line]
    assert cash.release_entries(actor=desk.actor, entry_ids=[line]) == 0


def test_a_line_is_held_until_a_day_to_come(desk):
    with pytest.raises(HoldDateError, match="24/11/2026"):
        cash.hold_entries(actor=desk.actor, entry_ids=[desk.line("1.00")], until=date(2026, 11, 24))


def test_an_explained_line_is_not_held(desk):
    line = desk.line("1.00")
    desk.accept(line, {}, "A")

    with pytest.raises(EntryAlreadyMatchedError):
        cash.hold_entries(actor=desk.actor, entry_ids=[line], until=date(2026, 12, 1))


def test_a_line_is_marked_to_check_and_unmarked(desk):
    line = desk.line("1.00")
    desk.accept(line, {}, "A")

    assert cash.flag_entries(actor=desk.actor, entry_ids=[line], to_check=True) == 1
    assert cash.flag_entries(actor=desk.actor, entry_ids=[line], to_check=True) == 0
    assert [row.pk for row in queries.entries(actor=desk.actor, standing="to_check")] == [line]
    cash.flag_entries(actor=desk.actor, entry_ids=[line], to_check=False)
    assert not StatementEntry.objects.get(pk=line).to_check
    with pytest.raises(NotFoundError):
        cash.flag_entries(actor=desk.actor, entry_ids=[line + 99], to_check=True)


def test_matches_are_undone_from_the_side_of_the_document(desk):
    """Two payments of one invoice: undoing from the invoice frees both lines."""
    invoice = desk.service("FA1", "05/01", "04/02")
    other = desk.service("FA2", "05/01", "04/02")
    first, second, third = desk.line("50.00"), desk.line("70.00"), desk.line("120.00")
    before = desk.state()
    desk.accept(first, {invoice: "50.00"}, "A")
    desk.accept(second, {invoice: "70.00"}, "A")
    desk.accept(third, {other: "120.00"}, "A")

    freed = cash.undo_matches_of_items(actor=desk.actor, item_ids=[invoice], reason="erreur")

    assert freed == [first, second]
    assert desk.lefts(invoice, other) == ["120.00", "0.00"]
    assert set(Match.objects.exclude(undone_at=None).values_list("undone_reason", flat=True)) == {
        "erreur"
    }
    cash.undo_matches_of_items(actor=desk.actor, item_ids=[other])
    assert desk.state() == before
    assert cash.undo_matches_of_items(actor=desk.actor, item_ids=[invoice]) == []


def test_a_payer_is_remembered_when_a_person_says_so(desk, clerk):
    invoice = desk.service("FA1", "05/01", "04/02")
    line = desk.line("50.00", payer_name="SCI DU LAC", payer_iban="DE89370400440532013000")

    desk.accept(line, {invoice: "50.00"}, "A", remember=True, actor=clerk)
    desk.accept(
        desk.line("10.00", payer_name="Holding Lac"), {invoice: "10.00"}, "A", remember=True,
        actor=clerk,
    )  # fmt: skip

    links = queries.payer_links(actor=desk.actor)
    assert [(one.kind, one.value, one.debtor_ids) for one in links] == [
        ("iban", "DE89370400440532013000", frozenset({desk.parties["A"]})),
        ("name", "HOLDINGLAC", frozenset({desk.parties["A"]})),
    ]
    assert [row.shown for row in queries.learnt_payers(actor=clerk, text="holding")] == [
        "Holding Lac"
    ]


def test_nothing_is_learnt_without_being_asked_nor_from_the_assistant(desk, clerk):
    line = desk.line("50.00", payer_iban="DE89370400440532013000")
    desk.accept(line, {}, "A", actor=clerk)
    desk.accept(desk.line("9.00", payer_iban="DE89370400440532013000"), {}, "A", remember=True)

    assert not PayerLink.objects.exists()


def test_a_learnt_payer_is_removed_brought_back_and_learnt_once(desk, clerk):
    for amount in ("50.00", "60.00"):
        line = desk.line(amount, payer_iban="DE89370400440532013000")
        desk.accept(line, {}, "A", remember=True, actor=clerk)
    link = PayerLink.objects.get()

    assert cash.forget_payers(actor=clerk, link_ids=[link.pk]) == 1
    assert queries.payer_links(actor=desk.actor) == []
    with pytest.raises(LinkRemovedError, match="déjà retiré"):
        cash.forget_payers(actor=clerk, link_ids=[link.pk])
    assert [row.pk for row in queries.learnt_payers(actor=clerk, removed=True)] == [link.pk]
    assert cash.recall_payers(actor=clerk, link_ids=[link.pk]) == 1
    assert len(queries.payer_links(actor=desk.actor)) == 1
    told = JournalEvent.objects.filter(action__startswith="cash.payer_").order_by("pk")
    assert [event.action for event in told] == [
        "cash.payer_learnt",
        "cash.payer_forgotten",
        "cash.payer_learnt",
    ]
    with pytest.raises(NotFoundError):
        cash.forget_payers(actor=clerk, link_ids=[link.pk + 1])


def test_each_line_is_listed_where_it_stands(desk):
    """A line set aside, undone, then matched is a matched one."""
    line, other = desk.line("10.00"), desk.line("20.00")
    (aside,) = cash.set_aside(actor=desk.actor, entry_ids=[line], reason="?")
    cash.set_aside(actor=desk.actor, entry_ids=[other], reason="?")
    undo(desk, aside)
    assert listed(desk, "open") == [line]
    desk.accept(line, {}, "A")

    assert (listed(desk, "matched"), listed(desk, "set_aside")) == ([line], [other])


def listed(desk, standing):
    return [row.pk for row in queries.entries(actor=desk.actor, standing=standing)]
