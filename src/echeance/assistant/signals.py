"""What a person answers to a status of a platform, carried out."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext

from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.language import amount
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.billing import queries as billing_queries
from echeance.collection import commands as collection
from echeance.collection import queries as cases
from echeance.collection.types import DisputeOutcome, DisputeReason
from echeance.core.lifecycle import COMPLETED, Role
from echeance.core.money import ZERO
from echeance.transmission import commands as transmission
from echeance.transmission.types import NewStatus

ANSWERS: Final = frozenset({"credit", "unfounded", "completed", "credit_internal", "deposit_again"})
"""Those that act; the others say where to act."""

DISPUTE_ANSWERS: Final = frozenset({"open_dispute", "close_dispute"})
"""Those that act, of the questions that disputes ask."""


def answer(*, actor: Actor, item: WorkItem, choice: str) -> str:
    """Carry out one of ``ANSWERS`` and close the question; in the caller's transaction.

    Returns:
        What was done, one sentence in the language of the person.

    Raises:
        EcheanceError: Why the act cannot be done; the question stays open.
    """
    told = _ACTS[choice](actor, item)
    base.answer_work_item(actor=actor, work_item_id=item.pk, answer=choice)
    return told


def answer_dispute(*, actor: Actor, item: WorkItem, choice: str) -> str:
    """Carry out one of ``DISPUTE_ANSWERS`` and close the question; in the caller's transaction.

    Returns:
        What was done, one sentence in the language of the person.

    Raises:
        EcheanceError: Why the act cannot be done; the question stays open.
    """
    # Before the act: closing a dispute closes the questions about it.
    base.answer_work_item(actor=actor, work_item_id=item.pk, answer=choice)
    if choice == "open_dispute":
        row = collection.open_dispute(
            actor=actor,
            item_id=item.evidence["item_id"],
            reason_code=DisputeReason(item.evidence["reason_code"]),
            note=item.evidence["quote"],
        )
        told = gettext("Litige ouvert sur {number} : {amount} ne sont plus relancés.").format(
            number=row.document_ref, amount=amount(row.amount)
        )
    else:
        row = collection.close_dispute(
            actor=actor, dispute_id=_number(item), outcome=DisputeOutcome.UNFOUNDED
        )
        told = gettext("Litige sur {number} clos.").format(number=row.document_ref)
    return told


def _credit(actor: Actor, item: WorkItem) -> str:
    """The exact credit note of each dispute the status led to; none left, the page of the invoice.

    An invoice payable in several times has a dispute on each of its items, and a credit note each.
    """
    standing = cases.disputes(actor=actor).filter(
        pk__in=item.evidence["dispute_ids"], credit_note=None
    )
    notes = [
        collection.draft_dispute_credit(actor=actor, dispute_id=dispute_id)
        for dispute_id in list(standing.order_by("pk").values_list("pk", flat=True))
    ]
    if not notes:
        return gettext("Faites l'avoir depuis la page de la facture, puis une nouvelle facture.")
    total = sum((note.gross_total for note in notes), ZERO)
    told = gettext("Avoir de {amount} préparé en brouillon : émettez-le pour clore le litige.")
    return told.format(amount=amount(total))


def _unfounded(actor: Actor, item: WorkItem) -> str:
    standing = cases.disputes(actor=actor).filter(pk__in=item.evidence["dispute_ids"])
    for dispute_id in list(standing.values_list("pk", flat=True)):
        collection.close_dispute(
            actor=actor, dispute_id=dispute_id, outcome=DisputeOutcome.UNFOUNDED
        )
    return gettext("Litige clos : la facture est relancée de nouveau.")


def _completed(actor: Actor, item: WorkItem) -> str:
    """Status 209, and reminders go on."""
    invoice = billing_queries.invoice_for(actor=actor, invoice_id=_number(item))
    transmission.queue_statuses(
        actor=actor,
        statuses=[
            NewStatus(
                document_ref=invoice.number or "",
                code=COMPLETED,
                issuer=Role.SELLER,
                status_at=clock.now(),
                source=f"answer:{item.pk}",
                document_type=invoice.kind,
                document_date=invoice.issue_date,
                counterparty_siren=invoice.buyer.siren,
                counterparty_address=invoice.buyer.electronic_address or invoice.buyer.siren,
            )
        ],
    )
    collection.resume_reminders(actor=actor, hold_ids=item.evidence["hold_ids"])
    return gettext(
        "La plateforme sera prévenue que la pièce est envoyée ; les relances reprennent."
    )


def _credit_internal(actor: Actor, item: WorkItem) -> str:
    """All that is left is credited; the platform has ended the invoice, no flow tells it."""
    note = billing.draft_credit_note(actor=actor, invoice_id=_number(item), reason=item.title[:200])
    told = gettext(
        "Avoir interne préparé en brouillon ({note}) : émettez-le, puis refaites la facture "
        "corrigée sous un nouveau numéro."
    )
    return told.format(note=note.pk)


def _deposit_again(actor: Actor, item: WorkItem) -> str:
    """The same file under the same number: the platform had not taken it in."""
    invoice_id = _number(item)
    before = billing.deposit_invoices(actor=actor, invoice_ids=[invoice_id])
    after = billing.deposit_invoices(actor=actor, invoice_ids=[invoice_id], again=True)
    if reason := after.skipped.get(invoice_id):
        return gettext("La facture n'est pas déposée : {reason}.").format(reason=reason)
    if after.flow_ids == before.flow_ids:
        return gettext(
            "La facture est déjà en dépôt : la plateforme ne s'est pas encore prononcée."
        )
    return gettext("Facture mise de nouveau en dépôt, sous le même numéro.")


def _number(item: WorkItem) -> int:
    return int(item.subject.rpartition(":")[2])


_ACTS: Final = {
    "credit": _credit,
    "unfounded": _unfounded,
    "completed": _completed,
    "credit_internal": _credit_internal,
    "deposit_again": _deposit_again,
}
