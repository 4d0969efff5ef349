"""Writes of the assistant: run the day, record what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from django.db import transaction

from echeance.assistant import duties, queries
from echeance.assistant.models import DayRun, Decision
from echeance.assistant.rules import fingerprint
from echeance.assistant.types import DayPolicy, DayReport, Duty, NewDecision, Outcome
from echeance.base import clock, policy
from echeance.base.actor import Actor
from echeance.base.rights import Right

Progress = Callable[[Duty, int, int], None]


def run_day(
    *,
    actor: Actor,
    on: date,
    inbox: Path | None = None,
    progress: Progress | None = None,
) -> DayReport:
    """Run the duties of a day in their order, and record every act and non-act.

    Each duty works in the transactions of the rooms it calls: a run killed anywhere is completed
    by the next one, which finds done what is done. The day waits for its invoices' files to be
    sealed. Running it again the same day records nothing new.

    Args:
        actor: Needs the right to run the day.
        on: The civil day; what is due, issued and reminded is judged on it.
        inbox: Drop folder of the installation; ``None`` takes nothing in.
        progress: Called with the duty, its place from 1, and how many there are.

    Returns:
        The decisions that are new, and what left.
    """
    actor.require(Right.RUN_DAY)
    number, document = policy.current(actor.company)
    day = duties.Day(
        actor=actor,
        on=on,
        policy=policy.parse(DayPolicy, document.get(DayPolicy.SECTION, {})),
        inbox=inbox,
    )
    run = DayRun.objects.create(
        company=actor.company, on=on, started_at=clock.now(), policy_version=number
    )
    new: list[NewDecision] = []
    for place, (duty, perform) in enumerate(duties.DUTIES, 1):
        if progress:
            progress(duty, place, len(duties.DUTIES))
        new += record_decisions(actor=actor, run=run, decisions=perform(day))
    report = DayReport(on=on, decisions=tuple(new), released=day.released, sent=day.sent)
    DayRun.objects.filter(pk=run.pk).update(
        finished_at=clock.now(),
        acted=report.count(Outcome.ACTED),
        asked=report.count(Outcome.ASKED),
        refused=report.count(Outcome.REFUSED),
    )
    return report


@transaction.atomic
def record_decisions(
    *, actor: Actor, run: DayRun, decisions: Sequence[NewDecision]
) -> list[NewDecision]:
    """Record the decisions that say something new about their subject.

    Returns:
        Those recorded, in order. Three queries a duty.
    """
    latest = queries.latest_fingerprints(
        company=actor.company, keys=[(one.duty.value, one.subject) for one in decisions]
    )
    fresh = [one for one in decisions if latest.get((one.duty, one.subject)) != fingerprint(one)]
    Decision.objects.bulk_create(
        (
            Decision(
                company=actor.company,
                run=run,
                on=run.on,
                recorded_at=clock.now(),
                duty=one.duty.value,
                subject=one.subject,
                party_id=one.party_id,
                outcome=one.outcome.value,
                act=one.act,
                reasons=list(one.reasons),
                reversal=one.reversal.value,
                facts=dict(one.facts),
                fingerprint=fingerprint(one),
            )
            for one in fresh
        ),
        batch_size=500,
    )
    return fresh
