"""Rows that several commands of the parties start from."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, TypeVar

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.parties.models import Party

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

_CHUNK = 500
_Row = TypeVar("_Row", bound="Model")


def lock(actor: Actor) -> None:
    """One writer of parties a company at a time: what was checked still holds at the write."""
    Company.objects.select_for_update().get(pk=actor.company.pk)


def resolved_parties(actor: Actor, party_ids: Collection[int]) -> dict[int, Party]:
    """Each id asked for with the party it stands for now. One query a chunk of 500.

    Raises:
        NotFoundError: One is not of this company.
    """
    wanted = sorted(set(party_ids))
    found: dict[int, Party] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Party.objects.filter(
            company=actor.company, pk__in=wanted[start : start + _CHUNK]
        ).select_related("merged_into")
        found.update({row.pk: row.merged_into or row for row in rows})
    for party_id in wanted:
        if party_id not in found:
            raise NotFoundError(what=f"tiers n° {party_id}")
    return found


def rows_of(rows: QuerySet[_Row], ids: Collection[int], *, what: str) -> list[_Row]:
    """Rows by number, locked, in the order asked. One query a chunk of 500.

    Args:
        rows: Those that may be taken: of the company, in use.
        ids: Numbers.
        what: What they are, for the message.

    Raises:
        NotFoundError: One is not among them.
    """
    wanted = list(dict.fromkeys(ids))
    found: dict[int, _Row] = {}
    for start in range(0, len(wanted), _CHUNK):
        found |= rows.select_for_update().in_bulk(wanted[start : start + _CHUNK])
    for number in wanted:
        if number not in found:
            raise NotFoundError(what=f"{what} n° {number}")
    return [found[number] for number in wanted]
