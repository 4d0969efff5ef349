"""What a customer may owe: an order beyond it waits, says why, and goes when it is paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.conftest import TODAY, draft, issued, line
from billing.test_import_orders import row, take
from echeance.base import commands as base
from echeance.base.errors import RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import OrderHeldError, OrderNotBillableError, ReasonNeededError
from echeance.billing.models import Order
from echeance.billing.rules.credit import Credit, Exposure, limit_problem, wait_reasons
from echeance.ledger import commands as ledger
from echeance.ledger.types import EntryFacts, NewOpenItem, Posting
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts

NARROW = {0x202F: " ", 0xA0: " "}


def limit(actor, party, euros):
    parties.set_credit_limits(actor=actor, limits={party.pk: Decimal(euros)})


def held():
    orders = Order.objects.filter(accepted_at=None).order_by("pk")
    return {one.number: one.waiting_reason.translate(NARROW) for one in orders}


def receive(actor, party, euros):
    """Money of a customer in the bank."""
    ledger.post_entries(
        actor=actor,
        entries=[
            EntryFacts(
                journal_code="BQ",
                entry_date=TODAY,
                document_ref="VIR-1",
                document_date=TODAY,
                label="Virement",
                postings=(
                    Posting("512000", debit=Decimal(euros), credit=Decimal(0), party_id=None),
                    Posting("411000", debit=Decimal(0), credit=Decimal(euros), party_id=party.pk),
                ),
                items=(NewOpenItem(1, TODAY, "receipt", "VIR-1"),),
            )
        ],
    )


def subsidiary(actor, head, code="C002"):
    (row_,) = parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                code=code,
                name=f"Fournil {code}",
                siren="732829320",
                address_line="8 rue du Bac",
                postcode="75007",
                city="Paris",
            )
        ],
    )
    parties.set_parent(actor=actor, party_id=row_.pk, parent_id=head.pk)
    return row_


def test_exposure_counts_books_drafts_and_orders_with_vat(ready, lefevre):
    limit(ready, lefevre, "1000")
    issued(ready, lefevre, line(quantity="1", price="100"))
    draft(ready, lefevre, line(quantity="1", price="50"))
    take(ready, row("B1", quantity="1", price="20", rate="5.5"))

    stands = queries.credit_of(actor=ready, party_ids=[lefevre.pk])[lefevre.pk]

    # 100 + 20,00 ; 50 + 10,00 ; 20 + 1,10
    assert stands.own == Exposure(
        open_items=Decimal("120.00"),
        drafts=Decimal("60.00"),
        orders=Decimal("21.10"),
        limit=Decimal(1000),
    )
    assert (stands.own.total, stands.own.free) == (Decimal("201.10"), Decimal("798.90"))
    assert stands.group is None


def test_an_order_beyond_the_limit_waits_in_words_and_a_smaller_one_still_passes(ready, lefevre):
    limit(ready, lefevre, "500")

    report = take(ready, row("B1"), row("B2"), row("B3", quantity="0,5"))

    # 359,76 pass; 719,52 do not; 359,76 + 89,94 = 449,70 do
    assert (report.orders, report.waiting) == (2, 1)
    assert held() == {
        "B2": "encours de 719,52 € pour un plafond de 500,00 € (dont 359,76 € commandés)"
    }
    assert [one.number for one in queries.left_to_bill(actor=ready)] == ["B1", "B3"]


def test_the_order_goes_once_its_customer_has_paid(ready, lefevre):
    limit(ready, lefevre, "500")
    issued(ready, lefevre)
    take(ready, row("B1"))
    assert held() == {
        "B1": "encours de 719,52 € pour un plafond de 500,00 € (dont 359,76 € ouverts)"
    }
    with pytest.raises(OrderHeldError, match="encours de 719,52"):
        billing.accept_orders(actor=ready, order_ids=[Order.objects.get().pk])
    assert billing.run_billing(actor=ready, on=TODAY).issued == ()

    receive(ready, lefevre, "359.76")
    report = billing.run_billing(actor=ready, on=TODAY)

    assert [(one.pieces, one.number) for one in report.issued] == [(("B1",), "FA-2026-000002")]
    event = JournalEvent.objects.get(action="billing.order_released")
    assert event.facts["reason"] == "le client peut de nouveau être facturé"


def test_a_person_who_may_grant_credit_lets_it_go_and_says_why(ready, lefevre):
    limit(ready, lefevre, "100")
    take(ready, row("B1"))
    order = Order.objects.get()

    with pytest.raises(ReasonNeededError):
        billing.release_orders(actor=ready, order_ids=[order.pk], reason=" ")
    clerk = replace(ready, rights=ready.rights - {Right.GRANT_CREDIT})
    with pytest.raises(RightMissingError):
        billing.release_orders(actor=clerk, order_ids=[order.pk], reason="Client connu")
    assert held()
    billing.release_orders(actor=ready, order_ids=[order.pk], reason="Virement annoncé")

    order.refresh_from_db()
    assert (order.accepted_at is not None, order.released_by) == (True, ready.name)
    event = JournalEvent.objects.get(action="billing.order_released")
    assert event.facts["reason"] == "Virement annoncé"
    assert event.facts["waited_for"].translate(NARROW) == (
        "encours de 359,76 € pour un plafond de 100,00 €"
    )
    with pytest.raises(OrderNotBillableError, match="n'est pas retenue"):
        billing.release_orders(actor=ready, order_ids=[order.pk], reason="Encore")


def test_a_blocked_customer_is_sold_nothing(ready, lefevre):
    parties.hold_parties(actor=ready, party_ids=[lefevre.pk], reason="chèque impayé")

    take(ready, row("B1"))

    assert held() == {"B1": "client bloqué (chèque impayé)"}
    parties.release_parties(actor=ready, party_ids=[lefevre.pk], reason="payé")
    assert [one.number for one in billing.recheck_orders(actor=ready)] == ["B1"]


def test_the_limit_of_the_head_binds_the_group(ready, lefevre):
    limit(ready, lefevre, "500")
    branch = subsidiary(ready, lefevre)
    issued(ready, lefevre)

    take(ready, row("B1", customer="C002"))

    assert held() == {
        "B1": (
            "encours du groupe Boulangerie Lefèvre de 719,52 € pour un plafond de 500,00 € "
            "(dont 359,76 € ouverts)"
        )
    }
    stands = queries.credit_of(actor=ready, party_ids=[branch.pk])[branch.pk]
    assert (stands.own.total, stands.group.total) == (Decimal(0), Decimal("359.76"))


def test_an_order_may_be_taken_all_the_same_by_policy(ready, lefevre):
    base.save_policy(actor=ready, document={"billing": {"credit_orders": "take"}})
    limit(ready, lefevre, "100")

    take(ready, row("B1"))

    assert held() == {}


def test_a_thousand_customers_cost_what_one_costs(ready, lefevre):
    limit(ready, lefevre, "10000")
    issued(ready, lefevre)
    take(ready, row("B1"))
    others = [subsidiary(ready, lefevre, f"D{n}").pk for n in range(5)]

    with CaptureQueriesContext(
        connection,
    ) as one:
        queries.credit_of(actor=ready, party_ids=[lefevre.pk])
    with CaptureQueriesContext(connection) as many:
        queries.credit_of(actor=ready, party_ids=[lefevre.pk, *others])

    assert len(many) == len(one)


def test_orders_are_counted_one_after_the_other():
    stands = {
        1: Credit(1, Exposure(limit=Decimal(100)), Exposure(limit=Decimal(150)), 9, "Tête"),
        2: Credit(2, Exposure(), Exposure(limit=Decimal(150)), 9, "Tête"),
    }

    said = wait_reasons(
        stands,
        [
            (1, Decimal(90)),
            (1, Decimal(20)),
            (2, Decimal(70)),
            (2, Decimal(60)),
            (3, Decimal(9999)),
        ],
    )

    assert [bool(one) for one in said] == [False, True, True, False, False]
    assert said[1].translate(NARROW) == (
        "encours de 110,00 € pour un plafond de 100,00 € (dont 90,00 € commandés)"
    )


def test_credits_make_room():
    stand = Exposure(open_items=Decimal(100), credits=Decimal(30), limit=Decimal(100))

    assert limit_problem(Credit(1, stand), Decimal(30)) == ""
    assert limit_problem(Credit(1, stand), Decimal("30.01")).translate(NARROW) == (
        "encours de 100,01 € pour un plafond de 100,00 € (dont 100,00 € ouverts, -30,00 € à déduire)"
    )
