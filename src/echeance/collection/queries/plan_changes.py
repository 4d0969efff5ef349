"""Who would see their next step change if a plan were saved like this."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.collection import rules_plans
from echeance.collection.queries.judging import dry_run_stream
from echeance.collection.queries.plans import plan_book
from echeance.collection.types import Change, PlanDraft

if TYPE_CHECKING:
    from echeance.base.actor import Actor


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
