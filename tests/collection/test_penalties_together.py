"""Two people claim the same penalties at the same instant: one note a customer, no number lost."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from collection.test_two_at_once import together
from echeance.base import clock
from echeance.collection import commands
from echeance.collection.models import PenaltyNote
from echeance.ledger import queries as ledger


@pytest.mark.django_db(transaction=True)
def test_notes_issued_together_claim_once(actor, world):
    for number in range(6):
        party = world.customer(f"Client {number}")
        world.invoice(party, f"F-{number}", ("1000.00", date(2026, 8, 31)))

    def issue():
        with clock.at(datetime(2026, 11, 24, 9, tzinfo=UTC)):
            return commands.issue_penalty_notes(actor=actor, until=date(2026, 9, 30))

    reports = together(3, issue)

    assert sorted(len(report.claims) for report in reports) == [0, 0, 6]
    assert sorted(PenaltyNote.objects.values_list("number", flat=True)) == [
        f"PN-2026-{number:05d}" for number in range(1, 7)
    ]
    # 6 × 1000.00 × 12.40 × 30 / 36500 = 6 × 10.19
    assert ledger.account_balance(actor=actor, account="763100") == Decimal("-61.14")
    assert ledger.verify(company=actor.company) == []
