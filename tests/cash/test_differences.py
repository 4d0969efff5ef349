"""A payment that is not what its documents owe: each difference goes where a rule says, to the cent.

Undoing gives back the exact state before, VAT included.
"""

from __future__ import annotations

import pytest

from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.rights import Right
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import (
    DifferenceBeyondPolicyError,
    DifferenceImpossibleError,
    MatchExceedsEntryError,
    PartyNeededError,
)
from echeance.cash.models import Match, MatchDifference
from echeance.ledger.models import OpenItem, OpenItemVat


@pytest.fixture
def clerk(company, user) -> Actor:
    """Léa, who matches payments and writes nothing off."""
    return Actor(company, user, frozenset({Right.READ, Right.MATCH_PAYMENTS}))


def undo(desk, match_id):
    cash.undo_matches(actor=desk.actor, match_ids=[match_id])


def test_bank_charges_are_posted_in_the_bank_entry_and_the_invoice_is_paid_whole(desk):
    """120.00 owed, 118.00 received, 2.00 kept by the bank: all the VAT is due."""
    invoice = desk.service("FA1", "05/01", "04/02")
    line = desk.line("118.00")
    before = desk.state()

    match = desk.accept(line, {invoice: "120.00"}, "A", [("bank_charges", "-2.00")])

    assert desk.entry_lines(match) == [
        ("512000", "118.00", "0.00"),
        ("411000", "0.00", "120.00"),
        ("627000", "2.00", "0.00"),
    ]
    assert desk.lefts(invoice) == ["0.00"]
    assert desk.balances("445710", "445740") == ["-20.00", "0.00"]
    undo(desk, match)
    assert desk.state() == before
    assert desk.proved() == []


def test_a_discount_lowers_the_price_and_its_vat(desk):
    """2 % of 120.00 is 2.40: 2.00 without VAT and 0.40 of VAT never due (CGI art. 272)."""
    invoice = desk.service("FA1", "05/01", "04/02")
    line = desk.line("117.60")
    before = desk.state()

    match = desk.accept(line, {invoice: "120.00"}, "A", [("discount", "-2.40")])

    assert desk.entry_lines(match) == [
        ("512000", "117.60", "0.00"),
        ("411000", "0.00", "117.60"),
        ("665000", "2.00", "0.00"),
        ("445740", "0.40", "0.00"),
        ("411000", "0.00", "2.40"),
    ]
    assert desk.balances("411", "445710", "445740") == ["0.00", "-19.60", "0.00"]
    assert OpenItem.objects.get(pk=invoice).lettering.letter == "AA"
    difference = MatchDifference.objects.get()
    assert (difference.kind, str(difference.amount), difference.account) == (
        "discount",
        "-2.40",
        "665000",
    )
    undo(desk, match)
    assert desk.state() == before
    assert desk.proved() == []


def test_a_discount_on_goods_gives_back_vat_that_was_due_at_once(desk):
    invoice = desk.goods("FA1", "05/01", "04/02")
    before = desk.state()

    match = desk.accept(desk.line("117.60"), {invoice: "120.00"}, "A", [("discount", "-2.40")])

    assert desk.balances("665", "445710") == ["2.00", "-19.60"]
    undo(desk, match)
    assert desk.state() == before
    assert desk.proved() == []


def test_a_discount_over_two_rates_is_shared_by_rate(desk):
    """110.00 at 10 % and 120.00 at 20 %: 4.60 is 2.20 and 2.40, that is 0.20 and 0.40 of VAT."""
    from ledger.books import item, vat

    (invoice,) = desk.post(
        "VT FA1 05/01",
        "411000 D230.00 A; 706000 C200.00; 445740 C10.00; 445740 C20.00",
        item(0, "04/02", "invoice", vat("10", "100.00", "10.00"), vat("20", "100.00", "20.00")),
    )

    desk.accept(desk.line("225.40"), {invoice: "230.00"}, "A", [("discount", "-4.60")])

    assert desk.balances("665", "445710", "445740") == ["4.00", "-29.40", "0.00"]
    moved = OpenItemVat.objects.filter(item=invoice).order_by("rate")
    assert [str(row.moved) for row in moved] == ["9.80", "19.60"]
    assert desk.proved() == []


def test_a_discount_of_two_invoices_is_shared_by_their_amounts(desk):
    first, second = desk.goods("FA1", "05/01", "04/02"), desk.goods("FA2", "05/01", "04/02", "50")

    desk.accept(
        desk.line("176.40"), {first: "120.00", second: "60.00"}, "A", [("discount", "-3.60")]
    )

    shares = MatchDifference.objects.order_by("open_item")
    assert [str(one.amount) for one in shares] == ["-2.40", "-1.20"]
    assert desk.lefts(first, second) == ["0.00", "0.00"]
    assert desk.proved() == []


@pytest.mark.parametrize(
    ("received", "difference", "account", "balance"),
    [
        ("119.97", "-0.03", "658", "0.03"),
        ("120.05", "0.05", "758", "-0.05"),
    ],
)
def test_a_rounding_is_a_charge_or_an_income(desk, received, difference, account, balance):
    invoice = desk.service("FA1", "05/01", "04/02")
    before = desk.state()

    match = desk.accept(desk.line(received), {invoice: "120.00"}, "A", [("rounding", difference)])

    assert desk.balances(account, "411") == [balance, "0.00"]
    undo(desk, match)
    assert desk.state() == before


def test_a_retention_waits_a_year_on_its_own_account_with_its_vat(desk):
    """5 % of 120.00 kept back: 6.00 stay owed on 4117, their 1.00 of VAT is not due."""
    invoice = desk.service("FA1", "05/01", "04/02")
    before = desk.state()

    match = desk.accept(desk.line("114.00"), {invoice: "120.00"}, "A", [("retention", "-6.00")])

    kept = OpenItem.objects.get(account__number="411700")
    assert (str(kept.open_amount), kept.document_ref, f"{kept.due_date:%d/%m/%Y}") == (
        "6.00",
        "FA1",
        "15/06/2027",
    )
    assert desk.balances("411000", "411700", "445710", "445740") == [
        "0.00",
        "6.00",
        "-19.00",
        "-1.00",
    ]
    assert desk.proved() == []
    undo(desk, match)
    assert desk.state() == before
    assert desk.proved() == []


def test_the_retention_is_paid_in_its_turn_on_its_account(desk):
    invoice = desk.service("FA1", "05/01", "04/02")
    desk.accept(desk.line("114.00"), {invoice: "120.00"}, "A", [("retention", "-6.00")])
    kept = OpenItem.objects.get(account__number="411700")
    assert queries.facts.receivables(actor=desk.actor) == []
    with clock.at(clock.now().replace(year=2027, month=6, day=15)):
        assert [one.item_id for one in queries.facts.receivables(actor=desk.actor)] == [kept.pk]

    desk.accept(desk.line("6.00", "20/06"), {kept.pk: "6.00"}, "A")

    assert desk.balances("411", "445710", "445740") == ["0.00", "-20.00", "0.00"]
    assert desk.proved() == []


def test_a_difference_without_account_or_rule_stays_open(desk):
    invoice = desk.service("FA1", "05/01", "04/02")

    desk.accept(desk.line("100.00"), {invoice: "120.00"}, "A", [("claim", "-20.00")])

    assert desk.lefts(invoice) == ["20.00"]
    assert MatchDifference.objects.get().account == ""


def test_what_is_paid_over_stays_on_the_customers_account(desk):
    invoice = desk.service("FA1", "05/01", "04/02")

    desk.accept(desk.line("150.00"), {invoice: "120.00"}, "A", [("unapplied", "30.00")])

    assert desk.balances("411") == ["-30.00"]
    assert OpenItem.objects.get(open_amount=30).kind == "receipt"


@pytest.mark.parametrize(
    ("received", "difference"),
    [
        ("89.00", ("bank_charges", "-31.00")),
        ("115.00", ("discount", "-5.00")),
        ("119.94", ("rounding", "-0.06")),
        ("119.50", ("small", "-0.50")),
    ],
)
def test_beyond_the_rules_only_who_may_write_off_goes_on(desk, clerk, received, difference):
    """A small difference written off is always for who has the right, inside its line too."""
    invoice = desk.service("FA1", "05/01", "04/02")
    line = desk.line(received)

    with pytest.raises(DifferenceBeyondPolicyError, match="Aucune ligne de vos règles"):
        desk.accept(line, {invoice: "120.00"}, "A", [difference], actor=clerk)
    assert not Match.objects.exists()

    desk.accept(line, {invoice: "120.00"}, "A", [difference])
    assert desk.lefts(invoice) == ["0.00"]


def test_the_policy_of_the_company_sets_the_limits(desk, clerk):
    base.save_policy(
        actor=desk.actor,
        document={
            "cash": {
                "differences": [
                    {"kind": "bank_charges", "account": "bank_fees", "limit_amount": "1.00"}
                ]
            }
        },
    )
    invoice = desk.service("FA1", "05/01", "04/02")

    with pytest.raises(DifferenceBeyondPolicyError):
        desk.accept(
            desk.line("118.00"), {invoice: "120"}, "A", [("bank_charges", "-2")], actor=clerk
        )
    desk.accept(
        desk.line("119.00"), {invoice: "120"}, "A", [("bank_charges", "-1.00")], actor=clerk
    )
    assert desk.lefts(invoice) == ["0.00"]


@pytest.mark.parametrize(
    "difference",
    [
        ("small", "-2.00", "bank"),
        ("small", "-2.00", "customers"),
        ("small", "0.00", "misc_expenses"),
        ("retention", "2.00", "customers_retention"),
        ("discount", "-130.00", "discounts_given", "prorata"),
    ],
)
def test_an_impossible_difference_is_refused(desk, difference):
    invoice = desk.service("FA1", "05/01", "04/02")

    with pytest.raises(DifferenceImpossibleError, match="ne peut pas être passé"):
        desk.accept(desk.line("118.00"), {invoice: "120.00"}, "A", [difference])

    assert desk.lefts(invoice) == ["120.00"]


def test_amounts_and_differences_must_be_the_entry(desk):
    invoice = desk.service("FA1", "05/01", "04/02")

    with pytest.raises(MatchExceedsEntryError, match=r"1\.00"):
        desk.accept(desk.line("117.00"), {invoice: "120.00"}, "", [("bank_charges", "-2.00")])
    with pytest.raises(PartyNeededError, match=r"1\.00"):
        desk.accept(desk.line("119.00"), {invoice: "120.00"}, "", [("bank_charges", "-2.00")])


def test_who_may_not_match_does_nothing(desk, company, user):
    reader = Actor(company, user, frozenset({Right.READ}))

    with pytest.raises(RightMissingError):
        desk.accept(desk.line("120.00"), {}, "A", actor=reader)


def test_a_supplier_paid_less_two_percent_gives_a_discount_and_its_vat(desk):
    """S is owed 120.00 and paid 117.60: 765 takes 2.00, deductible VAT goes down by 0.40."""
    invoice = desk.purchase("FF1", "05/01")
    before = desk.state()

    match = desk.accept(desk.line("-117.60"), {invoice: "120.00"}, "S", [("discount", "-2.40")])

    assert desk.entry_lines(match) == [
        ("512000", "0.00", "117.60"),
        ("401000", "117.60", "0.00"),
        ("765000", "0.00", "2.00"),
        ("445660", "0.00", "0.40"),
        ("401000", "2.40", "0.00"),
    ]
    assert (desk.balances("401"), Match.objects.get().kind) == (["0.00"], "suppliers")
    undo(desk, match)
    assert desk.state() == before
    assert desk.proved() == []
