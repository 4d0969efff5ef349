"""Plusieurs payeurs: a training body takes its part, the company what is left."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.test_deposits import order_of
from echeance.base.errors import NotFoundError
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import PayerShareRefusedError
from echeance.billing.rules.payers import Share, amounts_of, payers_of
from echeance.billing.types import PayerFacts
from echeance.ledger import queries as books
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts

FROM = date(2026, 1, 1)
ON = date(2026, 11, 20)


@pytest.fixture
def opco(ready):
    """A training body."""
    return parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="OPCO",
                name="Opco Atlas",
                siren="301160750",
                address_line="25 quai Panhard",
                postcode="75013",
                city="Paris",
            )
        ],
    )[0]


def test_a_training_body_pays_seventy_per_cent_of_a_training(ready, lefevre, opco):
    """1 200.00 with VAT: 840.00 for the training body, 360.00 for the company."""
    billing.add_payer_share(
        actor=ready,
        party_id=lefevre.pk,
        payer_id=opco.pk,
        starts_on=FROM,
        percent=Decimal(70),
        reference="PEC-2026-42",
    )

    payers = queries.payers_for(actor=ready, party_id=lefevre.pk, on=ON, gross=Decimal("1200.00"))

    assert payers == (PayerFacts(opco.pk, Decimal(70), None, "PEC-2026-42"),)
    assert amounts_of(payers, Decimal("1200.00")) == ([Decimal("840.00")], Decimal("360.00"))


def test_shares_never_exceed_the_whole(ready, lefevre, opco):
    add = {"actor": ready, "party_id": lefevre.pk, "starts_on": FROM}
    other = parties.create_parties(actor=ready, parties=[PartyFacts(code="A", name="Assureur")])[0]
    billing.add_payer_share(**add, payer_id=opco.pk, percent=Decimal(70))

    with pytest.raises(PayerShareRefusedError, match="110 %"):
        billing.add_payer_share(**add, payer_id=other.pk, percent=Decimal(40))
    with pytest.raises(PayerShareRefusedError, match="déjà une part"):
        billing.add_payer_share(**add, payer_id=opco.pk, percent=Decimal(10))
    with pytest.raises(PayerShareRefusedError, match="acheteur lui-même"):
        billing.add_payer_share(**add, payer_id=lefevre.pk, percent=Decimal(10))
    with pytest.raises(PayerShareRefusedError, match="l'un des deux"):
        billing.add_payer_share(**add, payer_id=other.pk)
    with pytest.raises(NotFoundError):
        billing.add_payer_share(**add, payer_id=99999, percent=Decimal(10))


def test_the_share_of_an_order_wins_over_the_usual_one(ready, lefevre, opco):
    order = order_of(ready, lefevre, ("Formation", "1", "1000.00", "20", "services"))
    add = {"actor": ready, "party_id": lefevre.pk, "payer_id": opco.pk, "starts_on": FROM}
    billing.add_payer_share(**add, percent=Decimal(70))
    billing.add_payer_share(**add, amount=Decimal("500.00"), order_id=order.pk)

    found = queries.payers_for(
        actor=ready, party_id=lefevre.pk, on=ON, order_id=order.pk, gross=Decimal("1200.00")
    )

    assert [(one.percent, one.amount) for one in found] == [(None, Decimal("500.00"))]


def test_a_share_withdrawn_or_over_pays_nothing_more(ready, lefevre, opco):
    share = billing.add_payer_share(
        actor=ready,
        party_id=lefevre.pk,
        payer_id=opco.pk,
        starts_on=FROM,
        ends_on=date(2026, 6, 30),
        percent=Decimal(70),
    )
    assert queries.payers_for(actor=ready, party_id=lefevre.pk, on=ON) == ()
    in_june = {"actor": ready, "party_id": lefevre.pk, "on": date(2026, 6, 30)}
    assert len(queries.payers_for(**in_june)) == 1

    billing.end_payer_share(actor=ready, share_id=share.pk)

    assert queries.payers_for(**in_june) == ()


def test_an_amount_is_given_until_it_is_used_up():
    share = Share(7, FROM, amount=Decimal("1000.00"), used=Decimal("900.00"))

    [payer] = payers_of([share], order_id=None, gross=Decimal("1200.00"), on=ON)

    assert payer.amount == Decimal("100.00")
    spent = Share(7, FROM, amount=Decimal("1000.00"), used=Decimal("1000.00"))
    assert payers_of([spent], order_id=None, gross=Decimal("1200.00"), on=ON) == ()


money = st.integers(min_value=1, max_value=10**8).map(lambda cents: Decimal(cents) / 100)


@given(
    gross=money,
    percents=st.lists(st.integers(1, 100), max_size=3),
    amounts=st.lists(money, max_size=2),
)
def test_payers_and_buyer_always_pay_the_whole(gross, percents, amounts):
    payers = [
        *(PayerFacts(rank, Decimal(percent)) for rank, percent in enumerate(percents)),
        *(PayerFacts(rank + 10, amount=amount) for rank, amount in enumerate(amounts)),
    ]

    parts, left = amounts_of(payers, gross)

    assert sum(parts, left) == gross
    assert min([*parts, left]) >= 0


def test_the_training_is_one_invoice_and_two_debtors(ready, lefevre, opco):
    """1 000.00 of training at 20 %: the training body owes 840.00, the company 360.00."""
    billing.add_payer_share(
        actor=ready,
        party_id=lefevre.pk,
        payer_id=opco.pk,
        starts_on=FROM,
        percent=Decimal(70),
        reference="PEC-2026-42",
    )
    order_of(ready, lefevre, ("Formation", "1", "1000.00", "20", "services"))

    [report] = billing.run_billing(actor=ready, on=date(2026, 11, 24)).drafts

    assert report.number, report.findings
    items = books.items_of_document(actor=ready, document_refs=[report.number])[report.number]
    assert {(item.party_id, item.amount) for item in items} == {
        (opco.pk, Decimal("840.00")),
        (lefevre.pk, Decimal("360.00")),
    }
    assert billing.seal_invoices(actor=ready).sealed == 1
    assert verify(ready.company) == []


def test_an_amount_never_exceeds_the_invoice_and_is_used_up(ready, lefevre, opco):
    """500.00 agreed; a first invoice of 360.00, a second of 240.00: 360.00 then 140.00."""
    billing.add_payer_share(
        actor=ready,
        party_id=lefevre.pk,
        payer_id=opco.pk,
        starts_on=FROM,
        amount=Decimal("500.00"),
    )
    order_of(ready, lefevre, ("Module 1", "1", "300.00", "20", "services"))
    order_of(ready, lefevre, ("Module 2", "1", "200.00", "20", "services"), number="CMD-2")

    reports = billing.run_billing(actor=ready, on=date(2026, 11, 24)).drafts

    numbers = [one.number for one in reports]
    found = books.items_of_document(actor=ready, document_refs=numbers)
    assert [
        sorted((item.party_id == opco.pk, item.amount) for item in found[number])
        for number in numbers
    ] == [
        [(True, Decimal("360.00"))],
        [(False, Decimal("100.00")), (True, Decimal("140.00"))],
    ]
