"""Who would see their next step change if a plan were saved like this."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.collection import rules_plans
from echeance.collection.queries.judging import dry_run_stream
from echeance.collection.queries.plans import plan_book
from echeance.collection.types import Change, LaterChange, PlanDraft
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.base.actor import Actor

_CHUNK = 500


def who_changes(*, actor: Actor, plan_id: int, draft: PlanDraft, on: date) -> list[Change]:
    """Customers whose next step would not be the same with a plan written like this.

    Two dry runs of the day on the same facts, one with the plans as they are, one with the draft;
    the largest amounts first. A draft with a fault is the caller's to refuse first.

    Raises:
        NotFoundError: Not a plan in force of this company.
    """
    book = plan_book(actor=actor)
    if plan_id not in book.plans:
        raise NotFoundError(what=f"plan de relance n° {plan_id}")
    sides: list[dict[int, rules_plans.NextAct]] = [
        {
            row.party_id: rules_plans.act_of(row, on)
            for row in dry_run_stream(actor=actor, on=on, plans=side)
        }
        for side in (book, book.replaced(plan_id, draft))
    ]
    return rules_plans.changes_between(*sides)


def who_changes_later(
    *, actor: Actor, plan_id: int, draft: PlanDraft, on: date
) -> list[LaterChange]:
    """Customers whose invoices not yet due will first be reminded on another day, by that day.

    Counted, not listed: nothing is asked of them yet. Eleven queries, and one a chunk of 500.

    Raises:
        NotFoundError: Not a plan in force of this company.
    """
    book = plan_book(actor=actor)
    if plan_id not in book.plans:
        raise NotFoundError(what=f"plan de relance n° {plan_id}")
    after = book.replaced(plan_id, draft)
    coming = {
        row.party_id: row.buckets[0]
        for row in ledger.aged_balance(actor=actor, on=on).rows
        if row.party_id is not None and row.buckets[0]
    }
    found: dict[tuple[int, int], LaterChange] = {}
    ids = sorted(coming)
    for start in range(0, len(ids), _CHUNK):
        heads = parties.heads(actor=actor, party_ids=ids[start : start + _CHUNK])
        for party_id, head in heads.items():
            days = tuple(
                side.of(party_id, head.category).plan.levels[0].days_after_due
                for side in (book, after)
            )
            if days[0] == days[1]:
                continue
            known = found.get((days[0], days[1]), LaterChange(0, ZERO, days[0], days[1]))
            found[days[0], days[1]] = replace(
                known,
                customers=known.customers + 1,
                amount=known.amount + coming[party_id],
            )
    return sorted(found.values(), key=lambda one: -one.amount)
