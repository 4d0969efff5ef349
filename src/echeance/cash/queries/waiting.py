"""Lines that wait, as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from echeance.base import clock
from echeance.cash.models import Match, StatementEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


HELD, TO_CHECK = "en-attente", "a-verifier"


def waiting_entries(*, actor: Actor, standing: str) -> QuerySet[StatementEntry]:
    """Lines held until a day to come (``en-attente``), or marked to check (``a-verifier``).

    Held ones by the day they come back, those to check latest first. One query.
    """
    rows = StatementEntry.objects.filter(company=actor.company).select_related("bank_account")
    if standing == HELD:
        explained = Match.objects.filter(company=actor.company, undone_at=None).values("entry_id")
        held = rows.filter(held_until__gt=clock.today()).exclude(pk__in=explained)
        return held.order_by("held_until", "pk")
    return rows.filter(to_check=True).order_by("-booking_date", "-pk")


def waiting_counts(*, actor: Actor) -> dict[str, int]:
    """How many lines are held, and to check. Two queries."""
    return {name: waiting_entries(actor=actor, standing=name).count() for name in (HELD, TO_CHECK)}
