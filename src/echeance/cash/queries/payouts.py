"""Payouts of providers, and the documents that texts cite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import PayoutBatch
from echeance.cash.queries.cheques import propose
from echeance.cash.types import LumpProposal
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9+_/-]{1,34}")


def payouts(*, actor: Actor) -> QuerySet[PayoutBatch]:
    """Payouts, latest first, with ``unknown``: operations of no known invoice. One query."""
    actor.require(Right.READ)
    unknown = Q(lines__open_item=None) & ~Q(lines__gross=0)
    return (
        PayoutBatch.objects.filter(company=actor.company)
        .annotate(unknown=Count("lines", filter=unknown))
        .select_related("file", "match")
        .order_by("-paid_on", "-pk")
    )


def payout_for(*, actor: Actor, batch_id: int) -> PayoutBatch:
    """One payout of the company, its lines read ahead. Two queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = payouts(actor=actor).filter(pk=batch_id).prefetch_related("lines__open_item").first()
    if row is None:
        raise NotFoundError(what=f"versement n° {batch_id}")
    return row


def payout_proposals(*, actor: Actor) -> list[LumpProposal]:
    """The bank line of each payout not booked, when one alone is of its net. Three queries."""
    rows = payouts(actor=actor).filter(match=None).order_by("paid_on", "pk")
    return propose(
        actor, [("payout", row.pk, row.reference, row.paid_on, row.net, None) for row in rows]
    )


def items_cited(*, actor: Actor, texts: Sequence[str]) -> list[OpenItemFacts | None]:
    """For each text, an item of the customer document it cites by its whole number.

    ``None`` when it cites none, or documents of several numbers. Of the items of a document, one
    with something left comes first. One query.
    """
    words = [set(_WORD.findall(text)) for text in texts]
    documents = ledger.items_of_document(actor=actor, document_refs=set().union(*words))
    found: list[OpenItemFacts | None] = []
    for cited in words:
        of_customers = [
            items
            for word in sorted(cited)
            if (items := [one for one in documents.get(word, ()) if one.account[:3] == "411"])
        ]
        if len(of_customers) != 1:
            found.append(None)
            continue
        [items] = of_customers
        found.append(next((one for one in items if one.open_amount), items[0]))
    return found
