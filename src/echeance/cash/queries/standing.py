"""Payers learnt, and lines that wait, as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from echeance.base import clock
from echeance.base.rights import Right
from echeance.cash.models import Match, PayerLink, StatementEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def learnt_payers(*, actor: Actor, text: str = "") -> QuerySet[PayerLink]:
    """What is recognised now, latest first, with its customer and the receipt it comes from.

    One query.

    Args:
        actor: Who asks.
        text: Every word must stand in the IBAN or name recognised, or in that of the customer.
    """
    actor.require(Right.READ)
    rows = PayerLink.objects.filter(company=actor.company, removed_at=None)
    for word in text.split():
        rows = rows.filter(
            Q(shown__icontains=word)
            | Q(value__icontains=word)
            | Q(party__name__icontains=word)
            | Q(party__merged_into__name__icontains=word)
        )
    return rows.select_related("party__merged_into", "learnt_from__entry").order_by(
        "-learnt_at", "-pk"
    )


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
