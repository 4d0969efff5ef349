"""A customer entered twice owes, pays and is chased once, and its books stay right."""

from datetime import date
from decimal import Decimal

import pytest

from echeance.billing import queries as billing
from echeance.collection import commands, queries
from echeance.collection.types import DisputeReason
from echeance.ledger import commands as ledger
from echeance.ledger import queries as books
from echeance.ledger.errors import AllocationMismatchError
from echeance.ledger.types import NewAllocation
from echeance.parties.commands import merge_parties, undo_merge

NOVEMBER = date(2026, 11, 12)
TODAY = date(2026, 11, 24)


def test_the_story_of_a_customer_entered_twice(world, actor):
    """1,000.00 owed under one code, 250.00 under the other, 300.00 paid under the second."""
    kept, double = world.customer("Dupont SA"), world.customer("Dupont", email="")
    (first,) = world.invoice(kept, "F-1", ("1000.00", NOVEMBER))
    (second,) = world.invoice(double, "F-2", ("250.00", NOVEMBER))
    paid = world.receipt(kept, "300.00", date(2026, 11, 20))
    commands.open_dispute(
        actor=actor, item_id=second, reason_code=DisputeReason.AUTRE, amount=Decimal("50.00")
    )
    merge = merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)

    # One line in the aged balance: 1,250.00 late of 1 to 30 days, 300.00 to deduct.
    (row,) = books.aged_balance(actor=actor, on=TODAY).rows
    assert (row.party_id, row.buckets[1], row.credits, row.balance) == (
        kept.pk,
        Decimal("1250.00"),
        Decimal("300.00"),
        Decimal("950.00"),
    )
    for asked in (kept.pk, double.pk):
        account = billing.account(actor=actor, party_id=asked, on=TODAY)
        assert account.balance == Decimal("950.00")
        assert books.party_balances(actor=actor, party_ids=[asked])[asked] == Decimal("950.00")
        assert [row.amount for row in queries.disputes(actor=actor, party_id=asked)] == [50]

    # The payment known under one code settles the invoice of the other, and the group is lettered.
    ledger.allocate(
        actor=actor, allocations=[NewAllocation(second, paid, Decimal("250.00"), TODAY)]
    )
    ledger.allocate(actor=actor, allocations=[NewAllocation(first, paid, Decimal("50.00"), TODAY)])
    rest = world.receipt(kept, "950.00", TODAY)
    ledger.allocate(actor=actor, allocations=[NewAllocation(first, rest, Decimal("950.00"), TODAY)])

    assert books.aged_balance(actor=actor, on=TODAY).rows == ()
    items = books.items_for(actor=actor, item_ids=[first, second, paid, rest])
    assert [item.letter for item in items] == ["AA"] * 4
    assert books.verify(actor.company) == []

    # Undone, each has its name again; what they settled together stays settled.
    undo_merge(actor=actor, merge_id=merge.pk)
    assert books.verify(actor.company) == []
    assert [row.party_id for row in queries.disputes(actor=actor, party_id=double.pk)] == [
        double.pk
    ]
    assert queries.disputes(actor=actor, party_id=kept.pk).count() == 0


def test_a_pause_on_either_holds_the_reminder_of_both(world, actor):
    kept, double = world.customer("Dupont SA"), world.customer("Dupont", email="")
    commands.hold_reminders(actor=actor, party_id=double.pk, reason="attente d'un avoir")
    world.invoice(kept, "F-1", ("1000.00", NOVEMBER))

    merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)

    # Nothing was ever owed under the code that was paused, and the pause counts.
    assert world.codes(kept) == ("excluded", ["suspended"])


def test_no_letter_is_given_twice_on_the_account_of_either(world, actor):
    """Each was lettered AA before; the group settled across both is AB."""
    kept, double = world.customer("Dupont SA"), world.customer("Dupont")
    for party, ref in ((kept, "F-1"), (double, "F-2")):
        (item,) = world.invoice(party, ref, ("10.00", NOVEMBER))
        world.pays(party, item, "10.00", TODAY)
    (owed,) = world.invoice(double, "F-3", ("20.00", NOVEMBER))
    paid = world.receipt(kept, "20.00", TODAY)
    merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)

    ledger.allocate(actor=actor, allocations=[NewAllocation(owed, paid, Decimal("20.00"), TODAY)])

    letters = {
        (item.document_ref, item.letter)
        for refs in books.items_of_document(
            actor=actor, document_refs=["F-1", "F-2", "F-3"]
        ).values()
        for item in refs
    }
    assert letters == {("F-1", "AA"), ("F-2", "AA"), ("F-3", "AB")}
    assert books.verify(actor.company) == []


def test_parties_that_are_two_still_settle_apart(world, actor):
    kept, other = world.customer("Dupont SA"), world.customer("Durand")
    (owed,) = world.invoice(other, "F-1", ("20.00", NOVEMBER))
    paid = world.receipt(kept, "20.00", TODAY)

    with pytest.raises(AllocationMismatchError, match="les tiers diffèrent"):
        ledger.allocate(
            actor=actor, allocations=[NewAllocation(owed, paid, Decimal("20.00"), TODAY)]
        )
