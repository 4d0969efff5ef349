"""What an answer to a question does: the act of the room that asked it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from echeance.base import commands as base_commands
from echeance.base import queries as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, WorkItemClosedError
from echeance.base.models import WorkItem
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.cash import commands as cash
from echeance.cash.types import MatchedItem, NewMatch
from echeance.collection import commands as collection


@transaction.atomic
def answer(*, actor: Actor, work_item_id: int, choice: str) -> str:
    """Carry out the answer a person chose, and close the question.

    Args:
        actor: Needs the right to answer, and that of the act.
        work_item_id: The question.
        choice: The key of one of its answers.

    Returns:
        What was done, one French sentence.

    Raises:
        NotFoundError: No such question, or not one of its answers.
        WorkItemClosedError: Somebody answered first.
    """
    actor.require(Right.ANSWER_WORK)
    item = base.work_item_for(actor=actor, work_item_id=work_item_id)
    if item.closed_at:
        raise WorkItemClosedError(by=item.closed_by)
    if choice not in {one["key"] for one in item.answers}:
        raise NotFoundError(what=f"réponse « {choice} »")
    if item.kind == "collection.approve":
        return _settle_reminders(actor, item.evidence["reminder_ids"], choice)
    if item.kind == "billing.issue":
        return _issue(actor, item, choice)
    if item.kind != "cash.match":
        raise NotFoundError(what=f"acte pour une question « {item.kind} »")
    entry_id = int(item.subject.partition(":")[2])
    if choice == "set_aside":
        cash.set_aside(actor=actor, entry_ids=[entry_id], reason="mis de côté par une personne")
        return "Encaissement mis de côté sur le compte d'attente."
    candidate = item.evidence["candidates"][int(choice.partition(":")[2])]
    cash.accept_matches(actor=actor, matches=[_match(entry_id, candidate, item.evidence)])
    return f"Encaissement rapproché : {candidate['label']}."


def _issue(actor: Actor, item: WorkItem, choice: str) -> str:
    invoice_id = int(item.subject.partition(":")[2])
    base_commands.answer_work_item(actor=actor, work_item_id=item.pk, answer=choice)
    if choice != "issue":
        return "La facture reste en brouillon."
    (result,) = billing.issue_invoices(actor=actor, invoice_ids=[invoice_id])
    if result.number:
        return f"Facture {result.number} émise ; son fichier est en préparation."
    return " ".join(finding.message for finding in result.findings)


def _settle_reminders(actor: Actor, reminder_ids: list[int], choice: str) -> str:
    if choice == "approve":
        count = collection.approve_reminders(actor=actor, reminder_ids=reminder_ids)
        return f"{count} relances partiront après une dernière vérification."
    count = collection.cancel_reminders(
        actor=actor, reminder_ids=reminder_ids, reason="annulée par une personne"
    )
    return f"{count} relances annulées."


def _match(entry_id: int, candidate: dict[str, Any], evidence: dict[str, Any]) -> NewMatch:
    return NewMatch(
        entry_id=entry_id,
        items=tuple(
            MatchedItem(int(part["item_id"]), Decimal(part["amount"]))
            for part in candidate["items"]
        ),
        party_id=evidence.get("party_id"),
        reasons=("Choisi par une personne.",),
    )
