"""Disputes, pauses and promises: what they take, what they refuse."""

from datetime import date
from decimal import Decimal

import pytest

from echeance.base.errors import NotFoundError
from echeance.collection import commands, queries
from echeance.collection.errors import (
    DayPastError,
    DisputeClosedError,
    DisputeTooLargeError,
    NotCustomerItemError,
    ReasonMissingError,
)
from echeance.collection.models import Dispute, Hold, Promise
from echeance.collection.types import DisputeOutcome, DisputeReason

TODAY = date(2026, 11, 24)


@pytest.fixture
def dupont(world):
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 11, 12)))[0]
    return party


def test_a_dispute_covers_what_is_left_when_no_amount_is_said(world, actor, dupont):
    world.pays(dupont, dupont.item_id, "400.00", date(2026, 11, 20))

    dispute = commands.open_dispute(
        actor=actor, item_id=dupont.item_id, reason_code=DisputeReason.QUALITE_ERR, note=" cassé "
    )

    assert (dispute.amount, dispute.document_ref, dispute.note) == (
        Decimal("600.00"),
        "F-1",
        "cassé",
    )
    assert dispute.get_reason_code_display() == "qualité de la livraison"


@pytest.mark.parametrize("amount", ["700.01", "0", "-1"])
def test_no_more_is_disputed_than_is_owed_and_not_yet_disputed(actor, dupont, amount):
    commands.open_dispute(
        actor=actor,
        item_id=dupont.item_id,
        amount=Decimal("300.00"),
        reason_code=DisputeReason.PU_ERR,
    )

    with pytest.raises(DisputeTooLargeError) as refusal:
        commands.open_dispute(
            actor=actor,
            item_id=dupont.item_id,
            amount=Decimal(amount),
            reason_code=DisputeReason.PU_ERR,
        )

    assert str(refusal.value) == (
        f"{amount} € ne peuvent pas être contestés sur F-1 : il n'y reste que 700.00 € dus et non "
        "contestés. Réduisez le montant."
    )
    assert Dispute.objects.count() == 1


def test_a_closed_dispute_is_chased_again_and_closes_once(world, actor, dupont):
    dispute = commands.open_dispute(
        actor=actor, item_id=dupont.item_id, reason_code=DisputeReason.PU_ERR
    )
    commands.close_dispute(actor=actor, dispute_id=dispute.pk, outcome=DisputeOutcome.UNFOUNDED)

    with pytest.raises(DisputeClosedError):
        commands.close_dispute(actor=actor, dispute_id=dispute.pk, outcome=DisputeOutcome.FOUNDED)

    assert Dispute.objects.get().outcome == "unfounded"
    assert world.row(dupont).total == Decimal("1000.00")
    assert list(queries.disputes(actor=actor)) == []


def test_money_received_is_not_disputed(world, actor, dupont):
    receipt = world.receipt(dupont, "10.00", TODAY)

    with pytest.raises(NotCustomerItemError) as refusal:
        commands.open_dispute(actor=actor, item_id=receipt, reason_code=DisputeReason.PU_ERR)

    assert (
        str(refusal.value) == "VIR n'est pas une créance ouverte : choisissez une facture impayée."
    )
    assert not Dispute.objects.exists()


def test_an_item_of_nobody_is_not_found(actor, dupont):
    with pytest.raises(NotFoundError):
        commands.promise(actor=actor, item_ids=[dupont.item_id, 999_999], promised_on=TODAY)

    assert not Promise.objects.exists()


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_pause_says_why(actor, dupont, reason):
    with pytest.raises(ReasonMissingError):
        commands.hold_reminders(actor=actor, party_id=dupont.pk, reason=reason)

    assert not Hold.objects.exists()


def test_a_pause_or_a_promise_does_not_end_yesterday(actor, dupont):
    yesterday = date(2026, 11, 23)

    with pytest.raises(DayPastError):
        commands.hold_reminders(actor=actor, party_id=dupont.pk, reason="x", until=yesterday)
    with pytest.raises(DayPastError):
        commands.promise(actor=actor, item_ids=[dupont.item_id], promised_on=yesterday)

    assert (Hold.objects.count(), Promise.objects.count()) == (0, 0)


def test_an_item_of_another_customer_is_not_put_on_hold(world, actor, dupont):
    durand = world.customer("Durand SA")

    with pytest.raises(NotCustomerItemError):
        commands.hold_reminders(
            actor=actor, party_id=durand.pk, item_id=dupont.item_id, reason="accord"
        )

    assert not Hold.objects.exists()


def test_a_promise_keeps_what_was_owed_when_it_was_made(world, actor, dupont):
    world.pays(dupont, dupont.item_id, "400.00", date(2026, 11, 20))

    (row,) = commands.promise(
        actor=actor, item_ids=[dupont.item_id], promised_on=date(2026, 12, 1), note="par téléphone"
    )

    assert (row.amount, row.promised_on, row.note) == (
        Decimal("600.00"),
        date(2026, 12, 1),
        "par téléphone",
    )
    assert list(queries.promises(actor=actor)) == [row]
