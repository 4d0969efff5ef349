"""What was written to a person."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from echeance.base.privacy import HeldPiece
from echeance.core.dates import add_years
from echeance.transmission.models import Message

if TYPE_CHECKING:
    from echeance.base.actor import Actor

_LIMITATION_YEARS = 5


class MessagesHeld:
    """Mails to a party: proof of what was sent, kept while a claim may be brought.

    Source: Code civil art. 2224, C. com. art. L110-4 (five years).
    """

    def held(self, *, actor: Actor, party_ids: Collection[int]) -> list[HeldPiece]:
        """One piece a message. One query."""
        rows = Message.objects.filter(company=actor.company, party__in=set(party_ids))
        found = []
        for subject, at in rows.order_by("pk").values_list("subject_line", "created_at"):
            day = timezone.localdate(at)
            until = add_years(day, _LIMITATION_YEARS)
            found.append(HeldPiece("courriel", subject, day, until, "C. com. L110-4"))
        return found

    def owed(self, *, actor: Actor, party_ids: Collection[int]) -> Decimal:
        """Nothing is owed by a mail."""
        del actor, party_ids
        return Decimal(0)
