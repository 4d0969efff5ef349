"""Reads of disputes: the board, the thread of one, what they have in common."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from echeance.base.rights import Right
from echeance.collection.models import Dispute
from echeance.core.money import ZERO
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.base.actor import Actor

_CHUNK = 500


def dispute_counts(*, actor: Actor, party_ids: Collection[int]) -> dict[int, tuple[int, Decimal]]:
    """How often customers disputed, open or closed, and for how much; none is left out.

    Asked for a customer or for one merged into it, the answer is of the whole of it. Two queries a
    chunk of 500.

    Returns:
        By customer asked for: the items disputed, and the sum of what was disputed of them, VAT
        included.
    """
    actor.require(Right.READ)
    asked = list(dict.fromkeys(party_ids))
    found: dict[int, tuple[int, Decimal]] = {}
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        stands_for = parties.with_merged(actor=actor, party_ids=chunk)
        sums = dict.fromkeys(chunk, (0, ZERO))
        rows = (
            Dispute.objects.filter(company=actor.company, party__in=stands_for)
            .values_list("party_id")
            .annotate(Count("open_item", distinct=True), Sum("amount"))
        )
        for party_id, count, amount in rows:
            before, owed = sums[stands_for[party_id]]
            sums[stands_for[party_id]] = before + count, owed + amount
        for party_id in chunk:
            found[party_id] = sums[stands_for[party_id]]
    return found
