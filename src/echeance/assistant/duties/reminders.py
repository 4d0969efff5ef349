"""Duty about what is late: the reminders whose gates are open."""

from __future__ import annotations

from echeance.assistant.duties.day import Day
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.collection import commands as collection
from echeance.collection.types import ReminderRow
from echeance.core.dunning import Channel
from echeance.core.money import format_amount

SILENT = frozenset({"nothing_due", "already_prepared", "not_business_day"})
"""Nothing to say: no debt, a message already prepared, or a day on which nothing leaves to anybody.

A decision is recorded when its reason changes: the calendar alone is no change of reason.
"""

ACTS = {
    Channel.PHONE: "appel préparé",
    Channel.POST: "lettre préparée",
    Channel.REGISTERED: "lettre recommandée préparée",
    Channel.E_REGISTERED: "recommandé électronique préparé",
    Channel.SMS: "SMS préparé",
}


def remind(day: Day) -> list[NewDecision]:
    """Prepare the reminders whose gates are open; each is held before it may leave."""
    if not day.policy.remind:
        return []
    report = collection.prepare_reminders(actor=day.actor, on=day.on)
    prepared = [_reminder_decision(row) for row in report.send]
    left_out = [
        _no_reminder(row)
        for row in (*report.hold, *report.excluded)
        if not {reason.code for reason in row.reasons} <= SILENT
    ]
    return [*prepared, *left_out]


def _reminder_decision(row: ReminderRow) -> NewDecision:
    told = f"{row.level_label} à {row.party_name} : {format_amount(row.total)}"
    reasons = tuple(reason.text for reason in row.reasons)
    numbers = ", ".join(dict.fromkeys(line.document_ref for line in row.lines))
    if row.needs_approval:
        return NewDecision(
            Duty.REMIND,
            f"party:{row.party_id}",
            Outcome.ASKED,
            f"relance à approuver : {told}"[:200],
            (*reasons, f"Factures : {numbers}."),
            Reversal.HELD,
            party_id=row.party_id,
        )
    return NewDecision(
        Duty.REMIND,
        f"party:{row.party_id}",
        Outcome.ACTED,
        f"{ACTS.get(Channel(row.channel), 'relance préparée')} : {told}"[:200],
        (*reasons, f"Factures : {numbers}."),
        Reversal.HELD,
        party_id=row.party_id,
    )


def _no_reminder(row: ReminderRow) -> NewDecision:
    return NewDecision(
        Duty.REMIND,
        f"party:{row.party_id}",
        Outcome.REFUSED,
        f"pas de relance à {row.party_name}"[:200],
        tuple(reason.text for reason in row.reasons if reason.code != "not_business_day"),
        party_id=row.party_id,
    )
