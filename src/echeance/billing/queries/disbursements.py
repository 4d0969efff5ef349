"""Reads of disbursements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import Disbursement
from echeance.billing.rules import billable
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.disbursements import NOTE, lines, waits
from echeance.billing.types import AttachmentFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet


def disbursements(
    *, actor: Actor, party_id: int | None = None, left: bool = False
) -> QuerySet[Disbursement]:
    """Disbursements with their customer and note, latest first. One query.

    Args:
        actor: Whose company.
        party_id: Of that customer only.
        left: Only those without a note.
    """
    actor.require(Right.READ)
    rows = Disbursement.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if left:
        rows = rows.filter(invoice=None)
    return rows.select_related("party", "invoice", "file", "order").order_by("-paid_on", "-pk")


def disbursement_pieces(
    *, actor: Actor, on: date, ids: Collection[int] | None = None
) -> Iterable[Piece]:
    """What disbursements have to bill, each with its line and its piece joined. One query.

    They are never on a document with VAT (BR-O-11 to BR-O-14); without the supplier's piece one
    waits.
    """
    del on
    rows = disbursements(actor=actor, left=True)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    for row in rows.order_by("paid_on", "pk"):
        yield Piece(
            source=billable.DISBURSEMENT,
            source_id=row.pk,
            number=row.supplier_reference,
            party_id=row.party_id,
            supplied_on=row.paid_on,
            net=row.amount,
            lines=lines([(row.label, row.supplier_reference, row.paid_on, row.amount)]),
            order_reference=row.order.order_reference if row.order else "",
            payment_terms="reception",
            note=NOTE,
            attachments=(
                AttachmentFacts(
                    row.file_id, "DOCUMENT_ANNEXE", f"Pièce {row.supplier_reference}"[:100]
                ),
            )
            if row.file_id
            else (),
            waits=waits(has_piece=row.file_id is not None),
        )
