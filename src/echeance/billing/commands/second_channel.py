"""What failed by one way leaves by the customer's second one, once."""

from __future__ import annotations

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.commands.deposit import deposit_invoices
from echeance.billing.commands.send import queue_invoices
from echeance.billing.commands.ways import last_ways, note_failures, stranded
from echeance.billing.types import SecondChannel


def take_second_channels(*, actor: Actor) -> list[SecondChannel]:
    """Make what failed leave by the second channel of its customer; what became of each.

    Only failures that are new are told, with the way taken next or why there is none. A process
    killed between the failure and the second way leaves a document whose ways have all failed: the
    next call takes it. A way that failed is never taken again.

    Args:
        actor: Needs the right to send documents.
    """
    actor.require(Right.SEND_DOCUMENTS)
    failed = note_failures(actor=actor)
    waiting = stranded(actor=actor)
    if not waiting:
        return []
    queued = queue_invoices(actor=actor, invoice_ids=waiting)
    rest = [pk for pk in waiting if pk not in queued.queued]
    deposited = deposit_invoices(actor=actor, invoice_ids=rest)
    taken = last_ways(actor=actor, invoice_ids=waiting)
    told = []
    for row in failed:
        pk, way = row.invoice_id, taken[row.invoice_id]
        left = pk in queued.queued or pk in deposited.flow_ids
        told.append(
            SecondChannel(
                invoice_id=pk,
                number=str(row.invoice),
                buyer_id=row.invoice.buyer_id,
                failed=row.channel,
                failure=row.failure,
                taken=way.channel if left else "",
                why=way.why if left else queued.skipped.get(pk, ""),
            )
        )
    return told
