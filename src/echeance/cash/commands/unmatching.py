"""Undo explanations, from the bank line or from the documents it paid: the exact state before."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.commands.undoing import run_undo_hooks
from echeance.cash.errors import MatchReturnedError, MatchUndoneError
from echeance.cash.events import MatchUndone
from echeance.cash.models import Match, MatchAllocation, MatchDifference, ReturnedPayment
from echeance.ledger import commands as ledger


@transaction.atomic
def undo_matches(*, actor: Actor, match_ids: Sequence[int], reason: str = "") -> int:
    """Undo explanations: items open again, VAT moved back, bank entries reversed, nothing edited.

    Returns:
        How many were undone: all of them, or none on a refusal.

    Raises:
        NotFoundError: A match is not one of this company.
        MatchUndoneError: One was undone before.
        MatchReturnedError: The money of one came back since: its return is undone first.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = {
        row.pk: row
        for row in Match.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=match_ids)
        .order_by("pk")
    }
    for match_id in match_ids:
        if match_id not in rows:
            raise NotFoundError(what=f"rapprochement n° {match_id}")
        if rows[match_id].undone_at:
            raise MatchUndoneError(match_id=match_id)
    back = (
        ReturnedPayment.objects.filter(returned_match__in=rows, match__undone_at=None)
        .select_related("match")
        .first()
    )
    if back:
        raise MatchReturnedError(match_id=back.returned_match_id or 0, entry_id=back.match.entry_id)
    today = clock.today()
    allocation_ids = _standing(rows)
    if allocation_ids:
        ledger.unallocate(actor=actor, allocation_ids=allocation_ids, on=today)
    ledger.reverse_entries(
        actor=actor, entry_ids=[row.journal_entry_id for row in rows.values()], on=today
    )
    run_undo_hooks(actor, list(rows.values()))
    Match.objects.filter(pk__in=rows).update(
        undone_at=clock.now(), undone_by=actor.name, undone_reason=reason[:200]
    )
    journal.record_many(
        [MatchUndone(entry_id=row.entry_id, match_id=row.pk) for row in rows.values()],
        actor=actor,
    )
    return len(rows)


def _standing(match_ids: Collection[int]) -> list[int]:
    """Allocations of matches that still hold: those a return took back are undone already."""
    paid = MatchAllocation.objects.filter(
        match__in=match_ids, amount__gt=0, allocation__reversed_by=None
    )
    lowered = MatchDifference.objects.filter(
        match__in=match_ids, allocation__isnull=False, allocation__reversed_by=None
    )
    return [
        *paid.order_by("pk").values_list("allocation_id", flat=True),
        *lowered.order_by("pk").values_list("allocation_id", flat=True),
    ]


@transaction.atomic
def undo_matches_of_items(
    *, actor: Actor, item_ids: Collection[int], reason: str = ""
) -> list[int]:
    """Undo every explanation in force that settles some documents, whole: from their side.

    Returns:
        The entries that are open again, by id.

    Raises:
        MatchReturnedError: The money of one came back since: its return is undone first.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = (
        Match.objects.filter(company=actor.company, undone_at=None)
        .filter(
            pk__in=MatchAllocation.objects.filter(
                company=actor.company,
                open_item__in=set(item_ids),
                amount__gt=0,
                allocation__reversed_by=None,
            ).values("match")
        )
        .order_by("pk")
    )
    found = dict(rows.values_list("pk", "entry_id"))
    if found:
        undo_matches(actor=actor, match_ids=list(found), reason=reason)
    return sorted(found.values())
