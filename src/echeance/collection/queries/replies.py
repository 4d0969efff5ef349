"""Reads of the replies of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection.models import CustomerReply
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def replies(
    *, actor: Actor, party_id: int | None = None, unread_only: bool = False
) -> QuerySet[CustomerReply]:
    """Replies of customers, the latest first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = CustomerReply.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if unread_only:
        rows = rows.filter(read_at=None)
    return rows.select_related("party", "reminder").order_by("-received_at", "-pk")


def reply_for(*, actor: Actor, reply_id: int) -> CustomerReply:
    """One reply of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = replies(actor=actor).filter(pk=reply_id).first()
    if row is None:
        raise NotFoundError(what=f"réponse n° {reply_id}")
    return row
