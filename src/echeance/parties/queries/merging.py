"""Parties entered twice, and which one each stands for now."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Coalesce

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.parties.models import Party, PartyMerge

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.models import Company


def merged_parties(*, actor: Actor) -> dict[int, int]:
    """Every merged party of the company, with the one it stands for now. One query.

    What is summed by party in an upper room is folded with it:
    ``merged.get(party_id, party_id)``.
    """
    actor.require(Right.READ)
    merged = Party.objects.filter(company=actor.company, merged_into__isnull=False)
    return {gone: stays for gone, stays in merged.values_list("pk", "merged_into_id") if stays}


def family(*, actor: Actor, party_ids: Collection[int]) -> QuerySet[Party]:
    """Every number rows may name these parties by, as ``party__in`` takes it: no query of its own.

    Asked for a party or for one that was merged into it, the answer is the same: both, and every
    other one merged into it.
    """
    actor.require(Right.READ)
    mine = Party.objects.filter(company=actor.company)
    heads = mine.filter(pk__in=set(party_ids)).values(head=Coalesce("merged_into_id", "pk"))
    return mine.filter(Q(pk__in=heads) | Q(merged_into__in=heads))


def merges(*, actor: Actor, party_id: int | None = None) -> QuerySet[PartyMerge]:
    """Merges in force, latest first, with both parties. One query.

    Args:
        actor: Who asks.
        party_id: Only those into this party.
    """
    actor.require(Right.READ)
    rows = PartyMerge.objects.filter(company=actor.company, undone_at=None)
    if party_id is not None:
        rows = rows.filter(stays=party_id)
    return rows.select_related("gone", "stays").order_by("-merged_at", "-pk")


def ever_merged(*, company: Company) -> list[tuple[str, str]]:
    """Codes of the two parties of every merge there ever was, undone ones too. One query.

    What was settled between the two while they were one stays settled.
    """
    rows = PartyMerge.objects.filter(company=company).order_by("pk")
    return [*rows.values_list("gone__code", "stays__code")]


def merge_for(*, actor: Actor, merge_id: int) -> PartyMerge:
    """One merge of the company, undone or not. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        PartyMerge.objects.filter(company=actor.company, pk=merge_id)
        .select_related("gone", "stays")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"fusion n° {merge_id}")
    return row
