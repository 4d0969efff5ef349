"""Lines that wait for a day, lines to look at again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.commands.matching import lock_open
from echeance.cash.errors import HoldDateError
from echeance.cash.events import EntryFlagged, EntryHeld, EntryReleased
from echeance.cash.models import StatementEntry


@transaction.atomic
def hold_entries(
    *, actor: Actor, entry_ids: Sequence[int], until: date, note: str = ""
) -> list[int]:
    """Take lines out of the queue until a day; their question closes, and comes back that day.

    Args:
        actor: Needs the right to match payments.
        entry_ids: Lines that nothing explains yet.
        until: The day they come back, after today.
        note: Why, at most 300 characters kept.

    Returns:
        The lines held, in the order given.

    Raises:
        HoldDateError: The day is not to come.
        EntryAlreadyMatchedError: One is explained already.
        NotFoundError: One is not of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    if until <= clock.today():
        raise HoldDateError(until=until)
    lock_open(actor, entry_ids)
    StatementEntry.objects.filter(pk__in=entry_ids).update(held_until=until, hold_note=note[:300])
    base.close_work_items(
        actor=actor, keys=[f"cash.match:{entry_id}" for entry_id in entry_ids], answer="held"
    )
    journal.record_many(
        [EntryHeld(entry_id, until.isoformat(), note[:300]) for entry_id in entry_ids], actor=actor
    )
    return list(entry_ids)


@transaction.atomic
def release_entries(*, actor: Actor, entry_ids: Collection[int]) -> int:
    """Put held lines back in the queue now; those that do not wait are left as they are.

    Returns:
        How many came back.
    """
    actor.require(Right.MATCH_PAYMENTS)
    held = StatementEntry.objects.filter(
        company=actor.company, pk__in=set(entry_ids), held_until__isnull=False
    ).select_for_update()
    found = sorted(held.values_list("pk", flat=True))
    StatementEntry.objects.filter(pk__in=found).update(held_until=None, hold_note="")
    journal.record_many([EntryReleased(entry_id) for entry_id in found], actor=actor)
    return len(found)


@transaction.atomic
def flag_entries(*, actor: Actor, entry_ids: Collection[int], to_check: bool) -> int:
    """Mark lines to be looked at again, or say that they were; nothing of the books changes.

    Returns:
        How many changed.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = StatementEntry.objects.filter(company=actor.company, pk__in=set(entry_ids))
    known = dict(rows.select_for_update().values_list("pk", "to_check"))
    if missing := set(entry_ids) - known.keys():
        raise NotFoundError(what=f"ligne de relevé n° {min(missing)}")
    changed = sorted(pk for pk, flag in known.items() if flag != to_check)
    StatementEntry.objects.filter(pk__in=changed).update(to_check=to_check)
    journal.record_many([EntryFlagged(pk, to_check) for pk in changed], actor=actor)
    return len(changed)
