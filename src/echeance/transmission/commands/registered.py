"""What became of electronic registered letters: proofs of deposit, passage and receipt."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from echeance.archive import queries as archive
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.transmission import registered
from echeance.transmission.commands.sending import LRE, keep_proof
from echeance.transmission.models import Message
from echeance.transmission.types import RegisteredProof, Status


def follow_registered(*, actor: Actor, message_ids: Collection[int]) -> list[RegisteredProof]:
    """Ask the provider about registered letters sent, and keep its proofs in the archive.

    Call it outside any transaction. A proof already kept is given again, not kept twice. Two
    queries, four and one question a letter.

    Returns:
        Proofs of each letter in order: ``posted``, then what followed.

    Raises:
        ChannelUnavailableError: No provider is configured.
        OSError: The provider does not answer.
    """
    actor.require(Right.SEND_REMINDERS)
    rows = list(
        Message.objects.filter(
            company=actor.company, pk__in=set(message_ids), channel=LRE, status=Status.SENT
        )
        .select_related("company", "party")
        .order_by("pk")
    )
    if not rows:
        return []
    way = registered.provider()
    found: list[RegisteredProof] = []
    for row in rows:
        deposit = archive.files_of(actor=actor, subject=f"message:{row.pk}").first()
        posted = timezone.localdate(row.in_flight_at or clock.now())
        file_id = deposit.pk if deposit else None
        found.append(RegisteredProof(row.pk, "posted", posted, row.response, file_id))
        for event in way.status(row.response):
            file = keep_proof(row, event.kind, event.proof, event.media_type, event.at)
            day = timezone.localdate(event.at)
            found.append(RegisteredProof(row.pk, event.kind, day, row.response, file.pk))
    return found
