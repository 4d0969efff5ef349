"""Lettering tells the platform what was cashed, by rate, once; the cents are worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.conftest import TODAY, issued, line
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.billing.rules.receipts import Settled, Share, receipts, told_totals
from echeance.billing.types import CreditLine
from echeance.core.lifecycle import Reason, Role
from echeance.core.tax import Exigibility
from echeance.ledger import commands as ledger
from echeance.ledger import queries as books
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.transmission import commands as transmission
from echeance.transmission.models import LifecycleStatus
from echeance.transmission.types import NewStatus

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
TWENTY = Share(Decimal(20), Exigibility.RECEIPTS)
TEN = Share(Decimal(10), Exigibility.RECEIPTS)
GOODS = Share(Decimal(20), Exigibility.DEBITS)


def service(price: str, rate: str = "20"):
    return line("Formation", "1", price, rate, nature="services")


def deposited(actor, *rows, code=200, minute=0, **facts):
    """The platform says it has the invoices."""
    issuer = Role.BUYER if code == 210 else Role.SENDING_PLATFORM
    transmission.record_statuses(
        actor=actor,
        statuses=[
            NewStatus(
                document_ref=row.number,
                code=code,
                issuer=issuer,
                status_at=AT + timedelta(minutes=minute),
                source=f"flux-{code}-{row.number}",
                **facts,
            )
            for row in rows
        ],
    )


def paid(actor, row, amount: str, on: date = TODAY) -> int:
    """Money of a customer, set against an invoice."""
    amount = Decimal(amount)
    [entry] = ledger.post_entries(
        actor=actor,
        entries=[
            EntryFacts(
                "BQ", on, f"RLV{amount}", on, "Règlement",
                (Posting("512000", debit=amount),
                 Posting("411000", credit=amount, party_id=row.buyer_id)),
                (NewOpenItem(1, on, "receipt", f"RLV{amount}"),),
            )
        ],
    )  # fmt: skip
    return allocated(actor, row, entry.item_ids[0], amount, on)


def allocated(actor, row, credit_item: int, amount, on: date = TODAY) -> int:
    [item] = [
        one
        for one in books.items_of_document(actor=actor, document_refs=[row.number])[row.number]
        if one.side == "debit"
    ]
    [allocation] = ledger.allocate(
        actor=actor,
        allocations=[NewAllocation(item.item_id, credit_item, Decimal(amount), on)],
    )
    return allocation


def told(actor) -> list[tuple[str, dict[str, str]]]:
    """What a call gives: number, and amount by rate."""
    return [
        (one.document_ref, {str(part.rate): str(part.amount) for part in one.event.amounts})
        for one in billing.report_receipts(actor=actor).given
    ]


def test_two_part_payments_of_two_rates_then_one_is_taken_back(ready, lefevre):
    # 100.00 at 20 % and 50.00 at 10 %: 120.00 and 55.00, 175.00 in all.
    row = issued(ready, lefevre, service("100"), service("50", "10"))
    deposited(ready, row)

    first = paid(ready, row, "100.00")
    # 100 × 120 / 175 = 68.571…, 100 × 55 / 175 = 31.428…: 68.57 and 31.42 leave one cent, which
    # goes to the second, whose remainder of 0.008 is the larger.
    assert told(ready) == [(row.number, {"20": "68.57", "10": "31.43"})]
    paid(ready, row, "75.00", date(2026, 11, 20))
    assert told(ready) == [(row.number, {"20": "51.43", "10": "23.57"})]

    ledger.unallocate(actor=ready, allocation_ids=[first], on=TODAY)

    # 75 × 120 / 175 = 51.428…, 75 × 55 / 175 = 23.571…: 51.43 and 23.57 are left.
    assert told(ready) == [(row.number, {"20": "-68.57", "10": "-31.43"})]
    back = LifecycleStatus.objects.get(code=212, amounts__0__amount="-68.57")
    assert back.amounts[0]["on"] == "2026-11-24T00:00:00+01:00"
    last = LifecycleStatus.objects.get(code=212, amounts__0__amount="51.43")
    assert last.amounts[0]["on"] == "2026-11-20T00:00:00+01:00"
    assert (last.document_type, last.document_date) == ("380", row.issue_date)
    assert last.counterparty_siren == "404833048"


def test_nothing_is_told_twice_whatever_the_number_of_calls(ready, lefevre):
    row = issued(ready, lefevre, service("100"))
    deposited(ready, row)
    paid(ready, row, "120.00")

    assert told(ready) == [(row.number, {"20": "120.00"})]
    assert told(ready) == []
    deposited(ready, row, code=202, minute=1)  # touched again, nothing new to tell
    assert told(ready) == []


def test_goods_are_not_told_and_take_their_share(ready, lefevre):
    # 60.00 of goods and 60.00 of services, VAT included: half of each receipt is told.
    row = issued(ready, lefevre, line("Étagère", "1", "50"), service("50"))
    deposited(ready, row)
    paid(ready, row, "99.99")

    # 99.99 / 2 = 49.995 twice: one cent is left, for the first of equals, the goods.
    assert told(ready) == [(row.number, {"20": "49.99"})]
    paid(ready, row, "20.01")
    assert told(ready) == [(row.number, {"20": "10.01"})]


def test_an_invoice_of_goods_alone_has_nothing_to_tell(ready, lefevre):
    row = issued(ready, lefevre, line("Étagère", "1", "50"))
    deposited(ready, row)
    paid(ready, row, "60.00")

    assert told(ready) == []


def test_what_was_paid_before_the_deposit_is_told_after_it(ready, lefevre):
    row = issued(ready, lefevre, service("100"))
    paid(ready, row, "120.00")
    assert told(ready) == []

    deposited(ready, row)

    assert told(ready) == [(row.number, {"20": "120.00"})]


def test_a_credit_note_is_no_receipt_and_moves_what_was_told(ready, lefevre):
    # 120.00 and 55.00; 35.00 paid: 24.00 and 11.00. Then the second part is given back whole.
    row = issued(ready, lefevre, service("100"), service("50", "10"))
    deposited(ready, row)
    paid(ready, row, "35.00")
    assert told(ready) == [(row.number, {"20": "24.00", "10": "11.00"})]
    second = row.lines.order_by("position").last()
    note = billing.draft_credit_note(
        actor=ready, invoice_id=row.pk, reason="annulée", lines=[CreditLine(second.pk)]
    )
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk], issue_date=TODAY)

    # What was paid is all of the first part now.
    assert told(ready) == [(row.number, {"20": "11.00", "10": "-11.00"})]


def test_a_refused_invoice_says_why_its_money_is_not_told_and_stops_no_other(ready, lefevre):
    refused = issued(ready, lefevre, service("100"))
    other = issued(ready, lefevre, service("200"))
    deposited(ready, refused, other)
    deposited(ready, refused, code=210, minute=5, reasons=(Reason("CMD_ERR"),))
    paid(ready, refused, "120.00")
    paid(ready, other, "240.00")

    report = billing.report_receipts(actor=ready)

    assert [one.document_ref for one in report.given] == [other.number]
    assert report.refused == {
        refused.number: "La facture est « Refusée » : « Encaissée » ne peut plus suivre. "
        "Corrigez-la par un avoir et une nouvelle facture."
    }


def test_a_run_that_is_killed_does_all_again(ready, lefevre, monkeypatch):
    row = issued(ready, lefevre, service("100"))
    deposited(ready, row)
    paid(ready, row, "120.00")
    with monkeypatch.context() as patch:
        patch.setattr(transmission, "queue_statuses", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            billing.report_receipts(actor=ready)

    assert told(ready) == [(row.number, {"20": "120.00"})]


def test_the_cost_does_not_grow_with_the_invoices(ready, lefevre, django_assert_max_num_queries):
    with clock.at(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)):
        rows = [issued(ready, lefevre, service("100")) for _ in range(6)]
        deposited(ready, *rows)
        for row in rows:
            paid(ready, row, "120.00")

        with django_assert_max_num_queries(55):
            assert len(told(ready)) == 6


shares = st.dictionaries(
    st.sampled_from([TWENTY, TEN, GOODS, Share(Decimal(0), Exigibility.NONE)]),
    st.decimals(Decimal("0.01"), Decimal(500), places=2),
    min_size=1,
)


@given(shares, st.lists(st.integers(1, 100), min_size=1, max_size=6), st.data())
def test_what_is_told_adds_up_and_undoing_all_gives_it_back(parts, weights, data):
    whole = sum(parts.values())
    total = sum(weights)
    steps = [(whole * weight / total).quantize(Decimal("0.01")) for weight in weights[:-1]]
    steps.append(whole - sum(steps))
    rows = [Settled(place, one, TODAY) for place, one in enumerate(steps) if one > 0]
    undone = [Settled(100 + one.allocation_id, -one.amount, TODAY) for one in rows]
    undone = data.draw(st.permutations(undone))

    def sums(settled):
        found = {}
        for one in receipts(parts, settled):
            for rate, amount in one.amounts.items():
                assert amount != 0
                found[rate] = found.get(rate, Decimal(0)) + amount
        return {rate: amount for rate, amount in found.items() if amount}

    if all(one > 0 for one in steps):
        assert sums(rows) == told_totals(parts)
        assert sums([*rows, *undone]) == {}
    if all(share.exigibility is Exigibility.RECEIPTS for share in parts):
        for one, receipt in zip(rows, receipts(parts, rows), strict=False):
            assert sum(receipt.amounts.values()) == one.amount
