"""Payouts of card providers: gross less fees is the bank line; each sale pays its invoice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cash.treasury import treasury  # noqa: F401
from echeance.base.models import WorkItem
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import (
    LumpAmountError,
    PayoutKnownError,
    PayoutNotPaidError,
    PayoutStateError,
    StatementCurrencyError,
)
from echeance.cash.models import PayoutBatch, PayoutLine
from echeance.ledger.models import OpenItem
from ledger.books import item

HEAD = (
    "balance_transaction_id,created,currency,gross,fee,net,reporting_category,source_id,"
    "description,automatic_payout_id,automatic_payout_effective_at\n"
)


def report(*lines, payout="po_9", currency="eur"):
    rows = [
        f"txn_{n},2026-06-02 10:00:00,{currency},{gross},{fee},{Decimal(gross) - Decimal(fee)},"
        f"{kind},src_{n},{text},{payout},2026-06-05 00:00:00\n"
        for n, (kind, gross, fee, text) in enumerate(lines, 1)
    ]
    return (HEAD + "".join(rows)).encode()


SALES = (
    ("charge", "120.00", "2.05", "Facture F1"),
    ("charge", "80.00", "1.45", "Commande sans facture"),
    ("refund", "-24.00", "0.00", "Avoir AV1"),
    ("fee", "-3.00", "0.00", "Radar"),
)
# 120 + 80 - 24 = 176 of gross; 2.05 + 1.45 + 3 = 6.50 of fees; 169.50 paid


def taken_in(treasury, *lines, **facts):  # noqa: F811
    content = report(*(lines or SALES), **facts)
    return cash.import_payouts(actor=treasury.actor, content=content, filename="stripe.csv")[0]


@pytest.fixture
def documents(treasury):  # noqa: F811
    invoice = treasury.service("F1", "01/05", "31/05")
    credit = treasury.post(
        "VT AV1 02/05",
        "411000 C24.00 A; 707000 D20.00; 445710 D4.00",
        item(0, "02/05", "credit_note"),
    )[0]
    return invoice, credit


def test_a_payout_is_booked_net_with_its_fees_and_what_each_customer_paid(treasury, documents):  # noqa: F811
    invoice, credit = documents
    batch = taken_in(treasury)
    line = treasury.line("169.50", "05/06", "STRIPE PAYOUT")
    before = treasury.state()
    [proposal] = queries.payout_proposals(actor=treasury.actor)
    assert (proposal.entry_id, proposal.found) == (line, 1)

    match = cash.match_payout(actor=treasury.actor, batch_id=batch, entry_id=line)

    assert treasury.left(invoice, credit) == [0, 0]
    assert treasury.balance("512000") == Decimal("169.50")
    assert treasury.balance("627000") == Decimal("6.50")
    assert treasury.balance("471000") == Decimal("-80.00")
    assert treasury.balance("44571") == Decimal("-16.00")  # 20 of F1 received, 4 of AV1 credited
    assert treasury.verified()

    treasury.undo_match(match)

    assert treasury.state() == before
    assert PayoutBatch.objects.get().match is None
    assert treasury.verified()


def test_what_is_not_recognised_is_asked_and_answered(treasury, documents):  # noqa: F811
    other = treasury.goods("F2", "01/05", "31/05", net="50.00")
    batch = taken_in(treasury)
    question = WorkItem.objects.get(key=f"cash.payout:{batch}")
    assert "80,00" in question.title
    [unknown] = PayoutLine.objects.filter(open_item=None).exclude(gross__lt=0).exclude(gross=0)

    cash.identify_payout_lines(actor=treasury.actor, batch_id=batch, items={unknown.pk: other})
    cash.match_payout(
        actor=treasury.actor, batch_id=batch, entry_id=treasury.line("169.50", "05/06")
    )

    question.refresh_from_db()
    assert question.closed_at
    assert treasury.left(other) == [0]
    assert treasury.balance("471000") == 0
    # 80 received for 60 owed: the rest stays on the account
    assert [
        one.open_amount for one in OpenItem.objects.filter(kind="receipt", open_amount__gt=0)
    ] == [Decimal("20.00")]
    with pytest.raises(PayoutStateError):
        cash.identify_payout_lines(actor=treasury.actor, batch_id=batch, items={unknown.pk: other})


def test_a_chargeback_opens_what_the_customer_owes(treasury):  # noqa: F811
    invoice = treasury.goods("F1", "01/05", "31/05")
    first = taken_in(treasury, ("charge", "120.00", "2.00", "F1"))
    cash.match_payout(
        actor=treasury.actor, batch_id=first, entry_id=treasury.line("118.00", "05/06")
    )
    back = taken_in(treasury, ("dispute", "-120.00", "15.00", "Litige F1"), payout="po_10")
    line = treasury.line("-135.00", "08/06")

    cash.match_payout(actor=treasury.actor, batch_id=back, entry_id=line)

    assert treasury.left(invoice) == [0]
    [owed] = OpenItem.objects.filter(side="debit", open_amount__gt=0)
    assert (owed.kind, owed.open_amount, owed.party_id) == (
        "refund",
        Decimal("120.00"),
        treasury.parties["A"],
    )
    assert (treasury.balance("627000"), treasury.balance("512000")) == (
        Decimal("17.00"),
        Decimal("-17.00"),
    )


def test_a_report_is_taken_in_once(treasury):  # noqa: F811
    taken_in(treasury)

    with pytest.raises(PayoutKnownError) as refused:
        taken_in(treasury)

    assert "po_9" in str(refused.value)
    assert PayoutBatch.objects.count() == 1


def test_a_payout_in_another_currency_or_not_paid_is_refused(treasury):  # noqa: F811
    with pytest.raises(StatementCurrencyError):
        taken_in(treasury, currency="usd")
    with pytest.raises(PayoutNotPaidError):
        taken_in(treasury, payout="")
    assert not PayoutBatch.objects.exists()


def test_a_line_of_another_amount_is_refused(treasury, documents):  # noqa: F811
    batch = taken_in(treasury)
    line = treasury.line("169.49", "05/06")
    before = treasury.state()

    assert queries.payout_proposals(actor=treasury.actor)[0].entry_id is None
    with pytest.raises(LumpAmountError):
        cash.match_payout(actor=treasury.actor, batch_id=batch, entry_id=line)

    assert treasury.state() == before


def test_a_text_that_cites_two_invoices_or_a_part_of_a_number_names_none(treasury):  # noqa: F811
    treasury.goods("F1", "01/05", "31/05")
    treasury.goods("F2", "01/05", "31/05")

    found = queries.items_cited(
        actor=treasury.actor, texts=["F1 et F2", "F12", "f1", "paiement F2.", ""]
    )

    assert [one.document_ref if one else None for one in found] == [None, None, None, "F2", None]
