"""What disputes have in common: counted by customer, whatever code it goes by."""

from datetime import date
from decimal import Decimal
from importlib import import_module

from echeance.collection import commands, queries
from echeance.collection.types import DisputeOutcome, DisputeReason, DisputeStage
from echeance.parties.commands import merge_parties

NOVEMBER = date(2026, 11, 12)


def test_disputes_are_counted_by_customer_open_or_closed(world, actor):
    """Two parts of one invoice are one item disputed; a merged customer counts with the other."""
    kept, double = world.customer("Dupont SA"), world.customer("Dupont", email="")
    calm = world.customer("Durand SA")
    (first,) = world.invoice(kept, "F-1", ("1000.00", NOVEMBER))
    (second,) = world.invoice(double, "F-2", ("250.00", NOVEMBER))
    for item_id, amount in ((first, "100.00"), (first, "40.50"), (second, "50.00")):
        dispute = commands.open_dispute(
            actor=actor,
            item_id=item_id,
            reason_code=DisputeReason.PU_ERR,
            amount=Decimal(amount),
        )
    commands.close_dispute(actor=actor, dispute_id=dispute.pk, outcome=DisputeOutcome.UNFOUNDED)

    before = queries.dispute_counts(actor=actor, party_ids=[kept.pk, double.pk, calm.pk])
    merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)
    after = queries.dispute_counts(actor=actor, party_ids=[kept.pk, double.pk])

    assert before == {
        kept.pk: (1, Decimal("140.50")),
        double.pk: (1, Decimal("50.00")),
        calm.pk: (0, Decimal(0)),
    }
    assert after == {kept.pk: (2, Decimal("190.50")), double.pk: (2, Decimal("190.50"))}


def test_the_number_of_queries_does_not_follow_the_customers(
    world, actor, django_assert_num_queries
):
    ids = [world.customer(f"Client {number}").pk for number in range(5)]

    with django_assert_num_queries(2):
        queries.dispute_counts(actor=actor, party_ids=ids)


def test_a_full_column_of_the_board_hides_no_other(world, actor, monkeypatch):
    """Two cards a column at most: counts and sums are those of all, each stage has its cards."""
    monkeypatch.setattr(import_module("echeance.collection.queries.disputes"), "CARDS_MAX", 2)
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", NOVEMBER))
    rows = [
        commands.open_dispute(
            actor=actor, item_id=item, reason_code=DisputeReason.PU_ERR, amount=Decimal(amount)
        )
        for amount in ("10.00", "30.00", "20.00", "5.00")
    ]
    commands.move_disputes(actor=actor, dispute_ids=[rows[3].pk], stage=DisputeStage.CUSTOMER)

    columns = {one.stage: one for one in queries.board(actor=actor)}

    new, customer = columns[DisputeStage.NEW], columns[DisputeStage.CUSTOMER]
    assert (new.count, new.amount) == (3, Decimal("60.00"))
    assert [card.amount for card in new.cards] == [Decimal("30.00"), Decimal("20.00")]
    assert [card.pk for card in customer.cards] == [rows[3].pk]


def test_a_dispute_to_which_nothing_happened_is_not_followed(world, actor):
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("1000.00", NOVEMBER))
    quiet, asked = (
        commands.open_dispute(
            actor=actor, item_id=item, reason_code=DisputeReason.PU_ERR, amount=Decimal("10.00")
        )
        for _ in range(2)
    )
    commands.ask_operations(
        actor=actor,
        dispute_id=asked.pk,
        text="Quel prix ?",
        link=lambda secret: f"https://x.example/{secret}/",
        email="ventes@atelier-morel.example",
    )

    assert list(queries.disputes_to_follow(actor=actor)) == [asked]
    assert quiet.stage == "new"
