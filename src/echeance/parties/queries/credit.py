"""Reads of groups and of what may be owed."""

from __future__ import annotations

from collections.abc import Collection

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.parties import rules
from echeance.parties.models import Party
from echeance.parties.types import CreditTerms

_CHUNK = 500


def parents_of_all(*, actor: Actor) -> dict[int, int]:
    """The party each party of the company depends on; those that depend on nobody are absent.

    Merged parties are read, on both sides, as those they were merged into. One query.
    """
    actor.require(Right.READ)
    rows = (
        Party.objects.filter(company=actor.company, parent__isnull=False)
        .order_by("pk")
        .values_list("pk", "merged_into_id", "parent_id", "parent__merged_into_id")
    )
    handed: dict[int, int] = {}
    own: dict[int, int] = {}
    for party_id, stays, parent_id, parent_stays in rows:
        below, above = stays or party_id, parent_stays or parent_id
        if above and below != above:
            (handed if stays else own)[below] = above
    # The parent of the one that stays wins over the parent of the one merged into it.
    return handed | own


def _standing(actor: Actor, party_ids: Collection[int]) -> dict[int, int]:
    """Each id of the company with the one it stands for; one query a chunk of 500."""
    wanted = sorted(set(party_ids))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Party.objects.filter(company=actor.company, pk__in=wanted[start : start + _CHUNK])
        found |= {pk: stays or pk for pk, stays in rows.values_list("pk", "merged_into_id")}
    return found


def group_of(*, actor: Actor, party_ids: Collection[int]) -> dict[int, int]:
    """Head of the group of each party asked for, itself when it has none.

    Ids of another company are absent. One query, and one a chunk of 500 ids.
    """
    actor.require(Right.READ)
    parents = parents_of_all(actor=actor)
    return {
        asked: rules.head_of(party_id, parents)
        for asked, party_id in _standing(actor, party_ids).items()
    }


def members_of(*, actor: Actor, party_ids: Collection[int]) -> dict[int, list[int]]:
    """Every party of the group of each party asked for, its head first, then by number.

    A party without a group is alone in its own. Merged parties are left out: entries may still
    name them, see :func:`echeance.parties.queries.with_merged`. One query, and one a chunk of
    500 ids.
    """
    actor.require(Right.READ)
    parents = parents_of_all(actor=actor)
    groups: dict[int, set[int]] = {}
    for party_id in {*parents, *parents.values()}:
        groups.setdefault(rules.head_of(party_id, parents), set()).add(party_id)
    found: dict[int, list[int]] = {}
    for asked, party_id in _standing(actor, party_ids).items():
        head = rules.head_of(party_id, parents)
        found[asked] = [head, *sorted(groups.get(head, set()) - {head})]
    return found


def credit_terms(*, actor: Actor, party_ids: Collection[int]) -> dict[int, CreditTerms]:
    """What each party asked for may owe, alone and with its group, and whether it is on hold.

    Ids of another company are absent. Three queries, one more a chunk of 500 ids.
    """
    heads = group_of(actor=actor, party_ids=party_ids)
    standing = _standing(actor, party_ids)
    wanted = sorted({*standing.values(), *heads.values()})
    rows: dict[int, Party] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows |= Party.objects.filter(company=actor.company).in_bulk(wanted[start : start + _CHUNK])
    found: dict[int, CreditTerms] = {}
    for asked, party_id in standing.items():
        row, head = rows[party_id], rows[heads[asked]]
        held = row if row.on_hold_since else head
        found[asked] = CreditTerms(
            party_id=row.pk,
            limit=row.credit_limit,
            group_id=head.pk,
            group_limit=head.credit_limit,
            held=held.on_hold_since is not None,
            hold_reason=held.on_hold_reason,
        )
    return found


def group_tree(*, actor: Actor, party_id: int) -> tuple[Party | None, list[Party]]:
    """The party one depends on, if any, and those that depend on it, by name. Two queries."""
    parents = parents_of_all(actor=actor)
    above = parents.get(party_id)
    below = [one for one, parent in parents.items() if parent == party_id]
    wanted = [*below, *([above] if above else [])]
    rows = Party.objects.filter(company=actor.company).in_bulk(wanted)
    return (
        rows.get(above) if above else None,
        sorted((rows[one] for one in below if one in rows), key=lambda row: (row.name, row.pk)),
    )
