"""Reads of collective proceedings: who is under one, notices to answer, claims to declare."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection.models import InsolvencyCase, InsolvencyNotice
from echeance.collection.types import Insolvency, InsolvencyKind
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def insolvent_parties(
    *, actor: Actor, party_ids: Collection[int] | None = None
) -> dict[int, Insolvency]:
    """Customers under open proceedings, and since when. Two queries.

    A case recorded under a number that was merged counts for the one that stays.

    Args:
        actor: Who asks.
        party_ids: Only those customers; every number asked for that stands for one under
            proceedings is a key of the answer. All of them, by the number that stays and by the
            merged ones, when absent.
    """
    actor.require(Right.READ)
    rows = InsolvencyCase.objects.filter(company=actor.company, closed_on=None)
    if party_ids is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    facts = list(
        rows.order_by("-judgment_on", "-pk").values_list("pk", "party_id", "judgment_on", "kind")
    )
    if not facts:
        return {}
    merged = parties.merged_parties(actor=actor)
    # Of two cases of parties merged since, the first judgment is the one that froze the debts.
    heads = {
        merged.get(party_id, party_id): Insolvency(case_id, judgment_on, InsolvencyKind(kind))
        for case_id, party_id, judgment_on, kind in facts
    }
    if party_ids is not None:
        return {one: heads[head] for one in party_ids if (head := merged.get(one, one)) in heads}
    return heads | {gone: heads[stays] for gone, stays in merged.items() if stays in heads}


def insolvency_cases(
    *, actor: Actor, party_id: int | None = None, open_only: bool = False
) -> QuerySet[InsolvencyCase]:
    """Proceedings recorded, the latest judgment first, each with its customer. One query.

    Args:
        actor: Who asks.
        party_id: Only those of that customer, under whichever of its numbers.
        open_only: Only those that are not closed.
    """
    actor.require(Right.READ)
    rows = InsolvencyCase.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if open_only:
        rows = rows.filter(closed_on=None)
    return rows.select_related("party", "notice").order_by("-judgment_on", "-pk")


def insolvency_for(*, actor: Actor, case_id: int) -> InsolvencyCase:
    """One case of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        InsolvencyCase.objects.filter(company=actor.company, pk=case_id)
        .select_related("party", "notice", "claim_file", "claim_word", "claim_proof")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"procédure collective n° {case_id}")
    return row


def insolvency_notices(
    *, actor: Actor, party_id: int | None = None, unsettled: bool = False
) -> QuerySet[InsolvencyNotice]:
    """Announcements read, the latest first, each with its customer. One query."""
    actor.require(Right.READ)
    rows = InsolvencyNotice.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if unsettled:
        rows = rows.filter(settled_at=None)
    return rows.select_related("party").order_by("-published_on", "-pk")
