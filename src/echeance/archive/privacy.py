"""Files attached to the record of a person."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from echeance.archive.models import FileLink
from echeance.base.privacy import HeldPiece

if TYPE_CHECKING:
    from echeance.base.actor import Actor


class FilesHeld:
    """Files attached to parties, kept to the term they were archived with.

    Source: C. com. art. L123-22.
    """

    def held(self, *, actor: Actor, party_ids: Collection[int]) -> list[HeldPiece]:
        """One piece a file attached, removed or not. One query."""
        rows = FileLink.objects.filter(
            company=actor.company, subject__in=[f"party:{pk}" for pk in sorted(set(party_ids))]
        )
        return [
            HeldPiece("pièce jointe", filename, timezone.localdate(at), until, "C. com. L123-22")
            for filename, at, until in rows.order_by("pk").values_list(
                "file__filename", "added_at", "file__keep_until"
            )
        ]

    def owed(self, *, actor: Actor, party_ids: Collection[int]) -> Decimal:
        """Nothing is owed by a file."""
        del actor, party_ids
        return Decimal(0)
