"""Reads of what was claimed of late payers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from echeance.base.rights import Right
from echeance.collection.models import PenaltyLine, PenaltyNote
from echeance.collection.types import NotedPenalty
from echeance.ledger import queries as ledger

if TYPE_CHECKING:
    from echeance.base.actor import Actor

_CHUNK = 500


def penalty_items(*, actor: Actor) -> set[int]:
    """Open items that are penalty notes themselves, settled ones left out. One query.

    They bear no interest of their own (C. civ. 1343-2) and no 40 €.
    """
    actor.require(Right.READ)
    return set(
        PenaltyNote.objects.filter(company=actor.company, open_item__open_amount__gt=0).values_list(
            "open_item", flat=True
        )
    )


def noted_penalties(*, actor: Actor, item_ids: Collection[int]) -> dict[int, NotedPenalty]:
    """What penalty notes have claimed on some items; items of which nothing was are left out.

    The 40 € of a document count on each of its instalments. One query, and three a chunk of 500
    items once a note was issued.
    """
    actor.require(Right.READ)
    if not PenaltyLine.objects.filter(company=actor.company).exists():
        return {}
    found: dict[int, NotedPenalty] = {}
    wanted = list(dict.fromkeys(item_ids))
    for start in range(0, len(wanted), _CHUNK):
        _note(actor, wanted[start : start + _CHUNK], found)
    return found


def _note(actor: Actor, item_ids: list[int], found: dict[int, NotedPenalty]) -> None:
    mine = PenaltyLine.objects.filter(company=actor.company)
    for item_id, interest, until in (
        mine.filter(open_item__in=item_ids)
        .order_by("note__until", "pk")
        .values_list("open_item", "interest", "note__until")
    ):
        one = found.get(item_id) or NotedPenalty(item_id)
        found[item_id] = replace(
            one, interest=one.interest + interest, until=until, cuts=(*one.cuts, until)
        )
    # The 40 € are owed once an invoice: the instalment that carries them does so for all. A number
    # is a customer's own: opening balances may give one number to two customers.
    documents: dict[tuple[int | None, str], list[int]] = {}
    for item in ledger.items_for(actor=actor, item_ids=item_ids):
        documents.setdefault((item.party_id, item.document_ref), []).append(item.item_id)
    refs = {ref for _, ref in documents}
    for party_id, ref, indemnity in mine.filter(document_ref__in=refs, indemnity__gt=0).values_list(
        "open_item__party", "document_ref", "indemnity"
    ):
        for item_id in documents.get((party_id, ref), ()):
            one = found.get(item_id) or NotedPenalty(item_id)
            found[item_id] = replace(one, indemnity=one.indemnity + indemnity)
