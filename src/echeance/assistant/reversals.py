"""What undoing a decision does: the act of the room that carried it out, reversed."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from echeance.assistant import queries
from echeance.assistant.errors import NotUndoableError
from echeance.assistant.types import REVERSAL_LABELS, Reversal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.cash import commands as cash
from echeance.collection import commands as collection
from echeance.collection.types import DisputeOutcome


@transaction.atomic
def undo(*, actor: Actor, decision_id: int) -> str:
    """Undo one decision of the assistant, back to the state before it.

    Args:
        actor: Needs the right to answer, and that of the act undone.
        decision_id: The decision; it stays in the account of its day.

    Returns:
        What was done, one sentence in the language of the person.

    Raises:
        NotFoundError: Not a decision of this company.
        NotUndoableError: It is not, or no longer, something to undo here.
    """
    actor.require(Right.ANSWER_WORK)
    decision = queries.decision_for(actor=actor, decision_id=decision_id)
    reversible = queries.reversible(actor=actor, decisions=[decision])
    if decision.pk not in reversible:
        raise NotUndoableError(decision.act, REVERSAL_LABELS[Reversal(decision.reversal)])
    what = reversible[decision.pk]
    if what.match_id:
        cash.undo_matches(actor=actor, match_ids=[what.match_id])
        return gettext(
            "Rapprochement annulé : les échéances sont rouvertes, la question vous revient."
        )
    if what.dispute_ids or what.hold_ids:
        for dispute_id in what.dispute_ids:
            collection.close_dispute(
                actor=actor, dispute_id=dispute_id, outcome=DisputeOutcome.UNFOUNDED
            )
        if what.hold_ids:
            collection.resume_reminders(actor=actor, hold_ids=what.hold_ids)
        return gettext("Litige clos ou pause levée : la facture est relancée de nouveau.")
    collection.cancel_reminders(
        actor=actor, reminder_ids=[what.reminder_id], reason="Annulée par une personne."
    )
    return gettext("Relance retirée : ce qu'elle demandait reste dû.")
