"""Two people contest the same invoice at the same instant: no more than is owed is contested."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from collection.test_two_at_once import together
from echeance.base import clock
from echeance.collection import commands
from echeance.collection.errors import DisputeTooLargeError
from echeance.collection.models import Dispute
from echeance.collection.types import DisputeReason


@pytest.mark.django_db(transaction=True)
def test_two_people_contest_no_more_than_is_owed(actor, world):
    party = world.customer("Dupont SA")
    (item_id,) = world.invoice(party, "F-1", ("100.00", date(2026, 11, 12)))

    def contest():
        with clock.at(datetime(2026, 11, 24, 9, tzinfo=UTC)):
            return commands.open_dispute(
                actor=actor,
                item_id=item_id,
                reason_code=DisputeReason.PU_ERR,
                amount=Decimal("60.00"),
            )

    results = together(3, contest)

    assert Dispute.objects.count() == 1
    assert sum(isinstance(one, DisputeTooLargeError) for one in results) == 2
