"""Payments as flux 10 tells them: only VAT due on receipt, split by rate, never below zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dates import DateRange
from echeance.core.reporting.gaps import Gap, GapReason
from echeance.core.reporting.model import DayPayments, Flow, InvoicePayment, RatePaid
from echeance.core.reporting.receipts import SettledItem, Settlement, parts_received, payments
from echeance.core.tax import Exigibility, VatCategory, VatShare

D = Decimal
SEPTEMBER = DateRange(date(2026, 9, 1), date(2026, 10, 1))
ABROAD, CONSUMERS = Flow.INTERNATIONAL, Flow.CONSUMERS


def share(base, vat, rate="20", exigibility="receipts", category="S"):
    return VatShare(VatCategory(category), D(rate), D(base), D(vat), Exigibility(exigibility))


def paid(day, amount, *correction):
    return Settlement(date(2026, 9, day), D(amount), correction or None)


def item(*settlements, shares, flow=ABROAD, number="FA1", credit=False):
    return SettledItem(number, date(2026, 8, 31), flow, shares, settlements, credit)


def test_a_belgian_pays_a_service_taxed_in_france_in_two_parts():
    """Repairs on a house in France: 500.00 at 20 % and 50.00 at 10 %, that is 655.00 to pay.

    The first 400.00: 600/655 of it is 366.41 (366.412…), 55/655 is 33.59 (33.587…).
    The last 255.00 clears both: 600.00 - 366.41 = 233.59 and 55.00 - 33.59 = 21.41.
    """
    bill = item(
        paid(5, "400.00"),
        paid(25, "255.00"),
        shares=(share("500.00", "100.00"), share("50.00", "5.00", "10")),
    )

    told, gaps = payments(SEPTEMBER, [bill])

    assert gaps == ()
    assert told.invoices == (
        InvoicePayment(
            "FA1",
            date(2026, 8, 31),
            date(2026, 9, 5),
            (RatePaid(D(20), D("366.41")), RatePaid(D(10), D("33.59"))),
        ),
        InvoicePayment(
            "FA1",
            date(2026, 8, 31),
            date(2026, 9, 25),
            (RatePaid(D(20), D("233.59")), RatePaid(D(10), D("21.41"))),
        ),
    )


def test_vat_that_the_buyer_owes_or_that_was_due_with_the_invoice_is_not_told():
    reverse_charged = item(paid(5, "100.00"), shares=(share("100.00", "0.00", "0", "none", "AE"),))
    goods = item(paid(6, "120.00"), shares=(share("100.00", "20.00", exigibility="debits"),))

    told, _ = payments(SEPTEMBER, [reverse_charged, goods])

    assert told.empty


def test_goods_and_services_at_one_rate_share_a_payment_and_only_services_are_told():
    """120.00 of goods and 60.00 of services: a payment of 90.00 is 60.00 and 30.00."""
    mixed = item(
        paid(5, "90.00"),
        shares=(share("100.00", "20.00", exigibility="debits"), share("50.00", "10.00")),
        flow=CONSUMERS,
    )

    told, _ = payments(SEPTEMBER, [mixed])

    assert told.days == (DayPayments(date(2026, 9, 5), (RatePaid(D(20), D("30.00")),)),)


def test_consumers_are_added_up_by_day():
    bills = [
        item(
            paid(5, "12.00"),
            paid(8, "12.00"),
            shares=(share("20.00", "4.00"),),
            flow=CONSUMERS,
            number=number,
        )
        for number in ("FA1", "FA2")
    ]

    told, _ = payments(SEPTEMBER, bills)

    assert told.days == (
        DayPayments(date(2026, 9, 5), (RatePaid(D(20), D("24.00")),)),
        DayPayments(date(2026, 9, 8), (RatePaid(D(20), D("24.00")),)),
    )


def test_a_credit_note_on_the_invoice_pays_nothing_and_lowers_its_own_rate():
    """120.00 at 20 % and 110.00 at 10 %; 60.00 of the former is credited; 170.00 is then paid."""
    bill = item(
        paid(3, "60.00", share("50.00", "10.00")),
        paid(9, "170.00"),
        shares=(share("100.00", "20.00"), share("100.00", "10.00", "10")),
    )

    assert list(parts_received(bill)) == [
        (date(2026, 9, 9), {D(20): D("60.00"), D(10): D("110.00")})
    ]


def test_a_credit_note_larger_than_its_rate_takes_the_rest_elsewhere():
    """24.00 credited at 20 %, of which only 12.00 is left there: 12.00 comes off the 10 %."""
    bill = item(
        paid(3, "24.00", share("20.00", "4.00")),
        paid(9, "98.00"),
        shares=(share("10.00", "2.00"), share("100.00", "10.00", "10")),
    )

    assert list(parts_received(bill)) == [(date(2026, 9, 9), {D(10): D("98.00")})]


def test_a_write_off_without_rates_lowers_each_alike():
    """60.00 given up of 120.00 at 20 % and 60.00 at 10 %: 40.00 and 20.00; then 120.00 is paid."""
    bill = item(
        Settlement(date(2026, 9, 3), D("60.00"), ()),
        paid(9, "120.00"),
        shares=(share("100.00", "20.00"), share("54.55", "5.45", "10")),
    )

    assert list(parts_received(bill)) == [
        (date(2026, 9, 9), {D(20): D("80.00"), D(10): D("40.00")})
    ]


def test_a_refund_lowers_the_receipts_of_its_day_and_is_told_apart_beyond_them():
    bill = item(paid(5, "120.00"), shares=(share("100.00", "20.00"),), flow=CONSUMERS)
    refunds = [
        item(
            paid(day, "36.00"),
            shares=(share("30.00", "6.00"),),
            flow=CONSUMERS,
            number=f"AV{day}",
            credit=True,
        )
        for day in (5, 20)
    ]

    told, gaps = payments(SEPTEMBER, [bill, *refunds])

    assert told.days == (DayPayments(date(2026, 9, 5), (RatePaid(D(20), D("84.00")),)),)
    assert gaps == (Gap("20/09/2026", GapReason.REFUND),)


def test_only_the_days_of_the_period_are_told():
    bill = item(
        Settlement(date(2026, 8, 31), D("60.00")),
        Settlement(date(2026, 10, 1), D("60.00")),
        shares=(share("100.00", "20.00"),),
    )

    assert payments(SEPTEMBER, [bill])[0].empty


cents = st.decimals(D("0.01"), D(5000), places=2)


@given(
    st.lists(st.tuples(cents, st.sampled_from(["20", "10", "5.5"])), min_size=1, max_size=3),
    st.lists(st.integers(1, 100), min_size=1, max_size=5),
)
def test_each_payment_is_split_whole_and_the_last_clears_every_rate(bases, weights):
    shares = {}
    for base, rate in bases:
        shares[rate] = share(base, round(base * D(rate) / 100, 2), rate)
    gross = sum(one.base + one.vat for one in shares.values())
    amounts, left = [], gross
    for weight in weights:
        amounts.append(min(left, round(gross * weight / 100, 2)))
        left -= amounts[-1]
    amounts.append(left)
    bill = item(*(paid(5, amount) for amount in amounts if amount), shares=tuple(shares.values()))

    parts = [received for _, received in parts_received(bill)]

    assert [sum(received.values()) for received in parts] == [one for one in amounts if one]
    assert all(amount > 0 for received in parts for amount in received.values())
    for rate, one in shares.items():
        assert sum(received.get(D(rate), D(0)) for received in parts) == one.base + one.vat
