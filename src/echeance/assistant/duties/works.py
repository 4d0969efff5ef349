"""What the mere passing of a day does to billing: retentions fall due, silence accepts."""

from __future__ import annotations

from echeance.assistant.duties.day import Day
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.billing import commands as billing


def by_time(day: Day) -> list[NewDecision]:
    """Release the retentions that are due, and accept what suppliers did not contest in time."""
    if not day.policy.issue:
        return []
    released = billing.release_retentions(actor=day.actor)
    accepted = billing.accept_by_silence(actor=day.actor, on=day.on)
    return [
        *(
            NewDecision(
                Duty.BILL,
                f"retention:{number}",
                Outcome.ACTED,
                f"La retenue de garantie de {number} est due",
                ("Un an a passé depuis la réception des travaux (loi du 16 juillet 1971).",),
                Reversal.NONE,
            )
            for number in dict.fromkeys(released)
        ),
        *(
            NewDecision(
                Duty.BILL,
                f"invoice:{answer.invoice.number}",
                Outcome.ACTED,
                f"{answer.invoice.number} est acceptée par le silence du fournisseur",
                ("Les jours de son mandat pour contester sont passés.",),
                Reversal.NONE,
            )
            for answer in accepted
        ),
    ]
