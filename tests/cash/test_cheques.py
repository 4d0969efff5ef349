"""Cheques: an invoice paid the day of the cheque, the bank credited by slip, exact undo."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cash.treasury import treasury  # noqa: F401
from echeance.archive import queries as archive
from echeance.base.models import JournalEvent
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import (
    AllocationExceedsReceiptError,
    ChequeKnownError,
    ChequeStateError,
    DepositStateError,
    LumpAmountError,
    MatchReturnedError,
)
from echeance.cash.models import Cheque, ChequeDeposit
from ledger.books import day


def slip(treasury, *cheques, when="05/06"):  # noqa: F811
    return cash.deposit_cheques(
        actor=treasury.actor,
        bank_account_id=treasury.bank.pk,
        cheque_ids=cheques,
        deposited_on=day(when),
    )


def test_a_cheque_pays_its_invoice_and_its_vat_the_day_it_is_received(treasury):  # noqa: F811
    invoice = treasury.service("F1", "01/05", "31/05")

    treasury.cheque("0000123", "03/06", "120.00", (invoice, "120.00"))

    assert treasury.left(invoice) == [0]
    assert treasury.balance("511200") == Decimal("120.00")
    assert treasury.balance("411") == 0
    assert treasury.balance("44571") == Decimal("-20.00")
    assert treasury.verified()


def test_what_a_cheque_does_not_pay_stays_on_the_account(treasury):  # noqa: F811
    invoice = treasury.goods("F1", "01/05", "31/05")

    treasury.cheque("1", "03/06", "130.00", (invoice, "120.00"))

    assert Cheque.objects.get().receipt_item.open_amount == Decimal("10.00")


def test_the_same_cheque_is_not_recorded_twice(treasury):  # noqa: F811
    treasury.cheque("1", "03/06", "50.00")
    before = treasury.state()

    with pytest.raises(ChequeKnownError) as refused:
        treasury.cheque("1", "04/06", "50.00")

    assert "Le chèque n° 1 de 50.00 € de ce client est déjà enregistré" in str(refused.value)
    assert treasury.state() == before


def test_a_cheque_gives_no_more_than_it_is(treasury):  # noqa: F811
    invoice = treasury.goods("F1", "01/05", "31/05")

    with pytest.raises(AllocationExceedsReceiptError):
        treasury.cheque("1", "03/06", "100.00", (invoice, "120.00"))

    assert not Cheque.objects.exists()


def test_a_cheque_cancelled_leaves_nothing_behind(treasury):  # noqa: F811
    invoice = treasury.service("F1", "01/05", "31/05")
    before = treasury.state()
    cheque = treasury.cheque("1", "03/06", "120.00", (invoice, "120.00"))

    cash.cancel_cheques(actor=treasury.actor, cheque_ids=[cheque])

    assert treasury.state() == before
    treasury.cheque("1", "03/06", "120.00", (invoice, "120.00"))  # may be recorded again
    assert treasury.verified()


def test_a_slip_carries_its_cheques_and_a_pdf(treasury):  # noqa: F811
    first, second = treasury.cheque("1", "03/06", "40.00"), treasury.cheque("2", "03/06", "60.10")

    deposit = slip(treasury, first, second)

    assert deposit.number == "RC000001"
    assert [row.pk for row in deposit.cheques.order_by("pk")] == [first, second]
    assert archive.content(actor=treasury.actor, file_id=deposit.file_id)[:5] == b"%PDF-"
    with pytest.raises(ChequeStateError):
        slip(treasury, first)
    with pytest.raises(ChequeStateError):
        cash.cancel_cheques(actor=treasury.actor, cheque_ids=[first])


def test_a_slip_without_a_cheque_or_an_iban_is_refused(treasury):  # noqa: F811
    with pytest.raises(DepositStateError):
        slip(treasury)
    cheque = treasury.cheque("1", "03/06", "40.00")
    with pytest.raises(DepositStateError):
        cash.deposit_cheques(
            actor=treasury.actor,
            bank_account_id=treasury.till.pk,
            cheque_ids=[cheque],
            deposited_on=day("05/06"),
        )
    assert not ChequeDeposit.objects.exists()


def test_a_slip_cancelled_gives_its_cheques_back_and_not_its_number(treasury):  # noqa: F811
    cheque = treasury.cheque("1", "03/06", "40.00")
    first = slip(treasury, cheque)

    assert cash.cancel_deposit(actor=treasury.actor, deposit_id=first.pk) == 1
    assert list(queries.cheques(actor=treasury.actor, standing="held").values_list("pk")) == [
        (cheque,)
    ]
    assert slip(treasury, cheque).number == "RC000002"


def test_the_bank_line_of_the_exact_total_is_proposed_and_booked(treasury):  # noqa: F811
    deposit = slip(
        treasury, treasury.cheque("1", "03/06", "40.00"), treasury.cheque("2", "03/06", "60.10")
    )
    line = treasury.line("100.10", "08/06", "REMISE CHEQUES")
    before = treasury.state()

    [proposal] = queries.lump_proposals(actor=treasury.actor)
    assert (proposal.entry_id, proposal.found) == (line, 1)
    match = cash.clear_deposit(actor=treasury.actor, deposit_id=deposit.pk, entry_id=line)

    assert (treasury.balance("511200"), treasury.balance("512000")) == (0, Decimal("100.10"))
    assert queries.lump_proposals(actor=treasury.actor) == []
    with pytest.raises(DepositStateError):
        cash.cancel_deposit(actor=treasury.actor, deposit_id=deposit.pk)

    treasury.undo_match(match)

    assert treasury.state() == before
    assert ChequeDeposit.objects.get().match is None
    assert treasury.verified()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], 0),
        ([("40.00", "08/06"), ("40.00", "09/06")], 2),
        ([("40.01", "08/06"), ("-40.00", "08/06")], 0),
        ([("40.00", "02/06")], 0),  # three days before the slip
        ([("40.00", "06/07")], 0),  # thirty-one days after
    ],
)
def test_a_line_that_is_not_the_only_one_is_not_proposed(treasury, lines, found):  # noqa: F811
    slip(treasury, treasury.cheque("1", "01/06", "40.00"))
    for amount, when in lines:
        treasury.line(amount, when)

    [proposal] = queries.lump_proposals(actor=treasury.actor)

    assert (proposal.entry_id, proposal.found) == (None, found)


def test_two_slips_of_one_amount_are_not_told_apart(treasury):  # noqa: F811
    slip(treasury, treasury.cheque("1", "03/06", "40.00"))
    slip(treasury, treasury.cheque("2", "03/06", "40.00"))
    treasury.line("40.00", "08/06")

    proposals = queries.lump_proposals(actor=treasury.actor)

    assert [one.entry_id for one in proposals] == [None, None]


def test_another_amount_never_clears_a_slip(treasury):  # noqa: F811
    deposit = slip(treasury, treasury.cheque("1", "03/06", "40.00"))
    line = treasury.line("39.99", "08/06")
    before = treasury.state()

    with pytest.raises(LumpAmountError) as refused:
        cash.clear_deposit(actor=treasury.actor, deposit_id=deposit.pk, entry_id=line)

    assert "39.99 €, la remise RC000001 de 40.00 €" in str(refused.value)
    assert treasury.state() == before


def test_an_unpaid_cheque_opens_its_invoice_again_and_undo_pays_it_again(treasury):  # noqa: F811
    first = treasury.service("F1", "01/05", "31/05")
    second = treasury.service("F2", "01/05", "31/05", net="50.00")
    cheque = treasury.cheque("1", "03/06", "150.00", (first, "120.00"), (second, "30.00"))
    deposit = slip(treasury, cheque)
    cleared = cash.clear_deposit(
        actor=treasury.actor, deposit_id=deposit.pk, entry_id=treasury.line("150.00", "08/06")
    )
    paid = treasury.state()
    back = treasury.line("-150.00", "15/06", "CHEQUE IMPAYE")
    [proposed] = queries.unpaid_lines(actor=treasury.actor, cheque=Cheque.objects.get())
    assert proposed.pk == back

    match = cash.return_cheque(actor=treasury.actor, cheque_id=cheque, entry_id=back)

    assert treasury.left(first, second) == [Decimal("120.00"), Decimal("60.00")]
    assert (treasury.balance("512000"), treasury.balance("44571")) == (0, 0)
    assert Cheque.objects.get().unpaid_at
    assert treasury.verified()
    with pytest.raises(MatchReturnedError):
        treasury.undo_match(cleared)

    treasury.undo_match(match)

    assert treasury.state() == paid
    assert Cheque.objects.get().unpaid_at is None
    assert treasury.verified()
    treasury.undo_match(cleared)


def test_a_cheque_that_the_bank_has_not_credited_does_not_come_back(treasury):  # noqa: F811
    cheque = treasury.cheque("1", "03/06", "40.00")
    line = treasury.line("-40.00")

    with pytest.raises(ChequeStateError):
        cash.return_cheque(actor=treasury.actor, cheque_id=cheque, entry_id=line)


def test_each_act_is_in_the_journal(treasury):  # noqa: F811
    cheque = treasury.cheque("1", "03/06", "40.00")
    deposit = slip(treasury, cheque)
    cash.cancel_deposit(actor=treasury.actor, deposit_id=deposit.pk)
    cash.cancel_cheques(actor=treasury.actor, cheque_ids=[cheque])

    actions = [
        one.action for one in JournalEvent.objects.filter(action__startswith="cash.").order_by("pk")
    ]

    assert actions[-4:] == [
        "cash.cheque_recorded",
        "cash.cheques_deposited",
        "cash.deposit_cancelled",
        "cash.cheque_changed",
    ]
