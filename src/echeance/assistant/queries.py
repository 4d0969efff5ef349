"""Reads of the assistant: the account of a day, and why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max

from echeance.assistant.models import DayRun, Decision
from echeance.assistant.types import DUTY_LABELS, Duty, Outcome, Reversal, Reversible
from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.base.models import PolicyVersion
from echeance.cash import queries as cash
from echeance.collection import queries as collection
from echeance.core.money import ZERO, format_amount
from echeance.ledger import queries as ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from echeance.base.actor import Actor
    from echeance.base.models import Company
    from echeance.ledger.types import OpenItemFacts


def runs(*, actor: Actor) -> QuerySet[DayRun]:
    """Days run, latest first. One query."""
    return DayRun.objects.filter(company=actor.company).order_by("-on", "-pk")


def decisions(*, actor: Actor, on: date | None = None) -> QuerySet[Decision]:
    """Decisions, latest first. One query."""
    rows = Decision.objects.filter(company=actor.company).select_related("party")
    if on:
        rows = rows.filter(on=on)
    return rows.order_by("-pk")


def decisions_about(*, actor: Actor, subjects: Iterable[str]) -> QuerySet[Decision]:
    """Decisions about some objects, latest first. One query."""
    return Decision.objects.filter(company=actor.company, subject__in=list(subjects)).order_by(
        "-pk"
    )


def decision_for(*, actor: Actor, decision_id: int) -> Decision:
    """One decision of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = Decision.objects.filter(company=actor.company, pk=decision_id).first()
    if row is None:
        raise NotFoundError(what=f"décision n° {decision_id}")
    return row


def reversible(*, actor: Actor, decisions: Sequence[Decision]) -> dict[int, Reversible]:
    """Which of some decisions can still be undone, by decision. Four queries at most.

    A match while it stands; a reminder while its message has not left; a dispute or a pause that
    a status of a platform led to, while it stands.
    """
    acted = [one for one in decisions if one.outcome == Outcome.ACTED]
    entries = {
        int(one.subject.partition(":")[2]): one.pk
        for one in acted
        if one.duty == Duty.MATCH and one.subject.startswith("statement_entry:")
    }
    chased = {
        (one.party_id, one.on): one.pk
        for one in decisions
        if one.duty == Duty.REMIND and one.reversal == Reversal.HELD
    }
    found = {
        entries[entry_id]: Reversible(match_id=match_id)
        for entry_id, match_id in cash.standing_matches(actor=actor, entry_ids=entries).items()
    }
    held = collection.held(actor=actor, party_ids={party_id for party_id, _ in chased if party_id})
    for reminder in held:
        if decision_id := chased.get((reminder.party_id, reminder.run.on)):
            found[decision_id] = Reversible(reminder_id=reminder.pk)
    return found | _heeded(actor, decisions)


def _heeded(actor: Actor, decisions: Sequence[Decision]) -> dict[int, Reversible]:
    """What statuses of platforms stopped and still stands. Two queries at most."""
    stopped = [
        one
        for one in decisions
        if one.duty == Duty.HEED and one.reversal == Reversal.INTERNAL.value
    ]
    if not stopped:
        return {}
    disputes = {pk for one in stopped for pk in one.facts.get("dispute_ids", ())}
    holds = {pk for one in stopped for pk in one.facts.get("hold_ids", ())}
    standing = set(
        collection.disputes(actor=actor).filter(pk__in=disputes).values_list("pk", flat=True)
    )
    held = set(
        collection.holds(actor=actor, on=clock.today())
        .filter(pk__in=holds)
        .values_list("pk", flat=True)
    )
    found = {
        one.pk: Reversible(
            dispute_ids=tuple(pk for pk in one.facts.get("dispute_ids", ()) if pk in standing),
            hold_ids=tuple(pk for pk in one.facts.get("hold_ids", ()) if pk in held),
        )
        for one in stopped
    }
    return {pk: what for pk, what in found.items() if what.dispute_ids or what.hold_ids}


def policy_versions(*, actor: Actor) -> QuerySet[PolicyVersion]:
    """Versions of the policy, latest first. One query."""
    return PolicyVersion.objects.filter(company=actor.company).order_by("-number")


def latest_fingerprints(
    *, company: Company, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Fingerprint of the latest decision of each (duty, subject). Two queries."""
    wanted = set(keys)
    newest = (
        Decision.objects.filter(company=company, subject__in={subject for _, subject in wanted})
        .values("duty", "subject")
        .annotate(last=Max("pk"))
        .values_list("last", flat=True)
    )
    rows = Decision.objects.filter(pk__in=list(newest)).values_list(
        "duty", "subject", "fingerprint"
    )
    return {(duty, subject): told for duty, subject, told in rows}


def why(*, actor: Actor, number: str, on: date) -> str:
    """Say in a sentence where an invoice stands, and why nothing more was done.

    Args:
        actor: Whose company.
        number: Invoice or credit note number.
        on: The day asked about.

    Raises:
        NotFoundError: No such document.
    """
    items = ledger.items_of_document(actor=actor, document_refs=[number]).get(number, [])
    if not items:
        raise NotFoundError(what=f"facture {number}")
    standing = _standing(actor, items, on)
    paid = cash.matches_of_items(actor=actor, item_ids=[item.item_id for item in items])
    entries = {part.match.entry_id for parts in paid.values() for part in parts}
    subjects = [f"statement_entry:{entry_id}" for entry_id in entries]
    if any(item.open_amount for item in items):
        subjects = [f"invoice:{number}", f"party:{items[0].party_id}"]
    last = decisions_about(actor=actor, subjects=subjects).filter(on__lte=on).first()
    if last is None:
        return f"{number} : {standing}. Aucune décision n'a encore été prise."
    reasons = " ".join(str(reason) for reason in last.reasons)
    label = DUTY_LABELS[Duty(last.duty)]
    return f"{number} : {standing}. {label}, le {last.on:%d/%m/%Y} : {last.act}. {reasons}".strip()


def _standing(actor: Actor, items: list[OpenItemFacts], on: date) -> str:
    amount = sum((item.amount for item in items), ZERO)
    left = sum((item.open_amount for item in items), ZERO)
    if left == ZERO:
        paid = cash.matches_of_items(actor=actor, item_ids=[item.item_id for item in items])
        days = [part.match.entry.booking_date for parts in paid.values() for part in parts]
        when = f" le {max(days):%d/%m/%Y}" if days else ""
        return f"{format_amount(amount)}, soldée{when}"
    due = min(item.due_date for item in items if item.open_amount)
    state = "échue depuis le" if due < on else "à échéance du"
    part = "" if left == amount else f" sur {format_amount(amount)}"
    return f"{format_amount(left)} restent dus{part}, {state} {due:%d/%m/%Y}"
