"""Payment plans: how far each has been paid, and what it keeps from being chased."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection.errors import PaymentPlanLinkError
from echeance.collection.models import PaymentPlan
from echeance.collection.queries.settlements import settlements_of
from echeance.collection.types import JudgedPlan, PaymentPlanState
from echeance.core import dunning
from echeance.core.dunning.instalments import Instalment, PlanProgress, progress
from echeance.core.money import format_amount
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def payment_plans(
    *,
    actor: Actor,
    party_id: int | None = None,
    states: Iterable[PaymentPlanState] | None = None,
) -> QuerySet[PaymentPlan]:
    """Payment plans, latest first, their customer joined, items and instalments read ahead.

    Three queries.
    """
    actor.require(Right.READ)
    rows = PaymentPlan.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if states is not None:
        rows = rows.filter(state__in=[state.value for state in states])
    return (
        rows.select_related("party", "document", "signed_file")
        .prefetch_related("items__open_item", "instalments")
        .order_by("-pk")
    )


def payment_plan_for(*, actor: Actor, plan_id: int) -> PaymentPlan:
    """One payment plan of the company, read whole. Three queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = payment_plans(actor=actor).filter(pk=plan_id).first()
    if row is None:
        raise NotFoundError(what=f"échéancier n° {plan_id}")
    return row


def ended_plans(*, actor: Actor, since: date) -> list[JudgedPlan]:
    """Plans completed or broken since a day, each with why. Three queries."""
    states = [PaymentPlanState.COMPLETED, PaymentPlanState.BROKEN]
    rows = payment_plans(actor=actor, states=states).filter(ended_at__date__gte=since)
    return [
        JudgedPlan(
            plan_id=row.pk,
            party_id=row.party_id,
            party_name=row.party.name,
            before=PaymentPlanState.ACCEPTED.value,
            state=PaymentPlanState(row.state),
            reason=row.ended_reason,
        )
        for row in rows.order_by("pk")
    ]


def plans_to_judge(*, actor: Actor, on: date, days: int) -> list[int]:
    """Plans accepted, and those broken or completed within some days. One query."""
    actor.require(Right.READ)
    since = clock.now() - timedelta(days=days)
    lately = [PaymentPlanState.BROKEN.value, PaymentPlanState.COMPLETED.value]
    rows = PaymentPlan.objects.filter(company=actor.company, accepted_on__lte=on).filter(
        Q(state=PaymentPlanState.ACCEPTED.value) | Q(state__in=lately, ended_at__gte=since)
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def companies_with_payment_plans() -> list[Company]:
    """Companies with a plan proposed or accepted, whose messages may wait. One query."""
    states = [PaymentPlanState.PROPOSED.value, PaymentPlanState.ACCEPTED.value]
    running = PaymentPlan.objects.filter(state__in=states).values("company")
    return list(Company.objects.filter(pk__in=running).order_by("pk"))


def payment_plan_of_link(*, token: str) -> PaymentPlan:
    """The plan proposed that a link opens, with its company; the secret stands for the right.

    Four queries.

    Raises:
        PaymentPlanLinkError: Wrong, replaced, or the plan is no longer proposed.
    """
    digest = hashlib.sha256(token.encode()).hexdigest()
    row = (
        PaymentPlan.objects.filter(link_digest=digest, state=PaymentPlanState.PROPOSED.value)
        .select_related("company", "party", "document")
        .prefetch_related("items__open_item", "instalments")
        .first()
    )
    if row is None:
        raise PaymentPlanLinkError
    return row


def instalments_of(plan: PaymentPlan) -> tuple[Instalment, ...]:
    """The instalments of a plan read whole, in order. No query."""
    rows = sorted(plan.instalments.all(), key=lambda one: one.rank)
    return tuple(Instalment(row.rank, row.due_on, row.amount) for row in rows)


def plan_progress(
    *, actor: Actor, plans: Sequence[PaymentPlan], on: date
) -> dict[int, PlanProgress]:
    """How far plans read whole have been paid on a day, by plan.

    Counted: what settled the items covered since the acceptance was noted, on the day the bank
    credited it. A plan not accepted has nothing paid. One query a chunk of 500 items.
    """
    found = settlements_of(
        actor=actor,
        item_ids=[
            item.open_item_id for plan in plans if plan.accepted_at for item in plan.items.all()
        ],
    )
    told: dict[int, PlanProgress] = {}
    for plan in plans:
        payments: list[tuple[date, Decimal]] = []
        if plan.accepted_at:
            for item in plan.items.all():
                if item.open_item_id in found:
                    payments += found[item.open_item_id].since(plan.accepted_at)
        told[plan.pk] = progress(
            instalments_of(plan),
            payments,
            on=on,
            grace_days=plan.grace_days,
            misses_max=plan.misses_max,
        )
    return told


def items_under_plan(*, actor: Actor, on: date) -> Mapping[int, dunning.Suspension]:
    """Items left alone because an accepted payment plan that is on schedule covers them.

    The sentence names the next instalment; the pause ends with its grace. A plan whose instalments
    are missed beyond what it allows covers nothing, whether it was judged yet or not; what the
    bank has not told yet is not missed. Five queries, one more a chunk of 500 items.
    """
    plans = list(payment_plans(actor=actor, states=[PaymentPlanState.ACCEPTED]))
    known = judged_day(actor=actor, on=on)
    states = plan_progress(actor=actor, plans=plans, on=known)
    found: dict[int, dunning.Suspension] = {}
    for plan in plans:
        state = states[plan.pk]
        if state.broken_on is not None or state.next is None:
            continue
        due = state.next.instalment
        text = (
            f"échéancier n° {plan.pk} accepté, échéance de {format_amount(state.next.left)} "
            f"le {due.due_on:%d/%m/%Y}"
        )
        until = max(due.due_on + timedelta(days=plan.grace_days), on)
        for item in plan.items.all():
            found[item.open_item_id] = dunning.Suspension(text, until)
    return found


def judged_day(*, actor: Actor, on: date) -> date:
    """Last day that payments can be judged for: the eve, or the last one the bank has told.

    One query.
    """
    bank = cash.last_booking_date(actor=actor)
    eve = on - timedelta(days=1)
    return min(bank, eve) if bank else date.min
