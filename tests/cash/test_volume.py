"""Booking many explanations costs a number of queries that does not depend on how many."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from echeance.cash import commands as cash
from echeance.cash.models import StatementEntry
from echeance.cash.types import MatchedItem, NewMatch
from echeance.core.matching import Difference
from echeance.ledger import commands as ledger
from echeance.ledger.types import EntryFacts, NewOpenItem, Posting
from ledger.books import day, vat


def ready(desk, count, offset=0):
    """Invoices of services and the lines that pay them less two euros of charges."""
    facts = [
        EntryFacts(
            "VT", day("05/01"), f"V{offset + rank}", day("05/01"), "V",
            (Posting("411000", debit=Decimal(120), party_id=desk.parties["A"]),
             Posting("706000", credit=Decimal(100)), Posting("445740", credit=Decimal(20))),
            (NewOpenItem(0, day("04/02"), "invoice", f"V{offset + rank}",
                         vat=(vat("20", "100.00", "20.00"),)),),
        )
        for rank in range(count)
    ]  # fmt: skip
    items = [one.item_ids[0] for one in ledger.post_entries(actor=desk.actor, entries=facts)]
    lines = StatementEntry.objects.bulk_create(
        StatementEntry(
            company=desk.actor.company, bank_account=desk.accounts[0],
            statement=desk.statements[0], position=10_000 + offset + rank,
            fingerprint=f"v{offset + rank:063d}", direction="CRDT", amount=Decimal(118),
            booking_date=day("15/06"), text="VIR",
        )
        for rank in range(count)
    )  # fmt: skip
    return [
        NewMatch(
            line.pk,
            (MatchedItem(item, Decimal(120)),),
            desk.parties["A"],
            differences=(Difference("bank_charges", Decimal(-2)),),
        )
        for line, item in zip(lines, items, strict=True)
    ]


def queries_of(desk, matches):
    with CaptureQueriesContext(connection) as seen:
        made = cash.accept_matches(actor=desk.actor, matches=matches)
    return made, len(seen)


def test_a_chunk_costs_the_same_whatever_it_holds(desk):
    queries_of(desk, ready(desk, 2))

    _, few = queries_of(desk, ready(desk, 5, 100))
    made, many = queries_of(desk, ready(desk, 40, 200))

    assert few <= 60
    assert many - few <= 4
    assert cash.undo_matches(actor=desk.actor, match_ids=made) == len(made)
    assert desk.proved() == []
