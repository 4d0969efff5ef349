"""Promises: which stand, and how many were kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, Sum

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection import rules_promises
from echeance.collection.models import Promise
from echeance.collection.types import JudgedPromise, PromiseCounts, PromiseVerdict
from echeance.core.money import ZERO
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def promised_items(*, actor: Actor, on: date) -> dict[int, date]:
    """Items left alone because they are promised, with the last day they are.

    A promise whose day is over still covers its item while the bank has not told that day: the
    money may have come. Two queries.
    """
    actor.require(Right.READ)
    bank = cash.last_booking_date(actor=actor)
    rows = (
        Promise.objects.filter(company=actor.company, verdict="")
        .filter(Q(promised_on__gte=on) | (Q(promised_on__gt=bank) if bank else Q()))
        .values_list("open_item")
        .annotate(last=Max("promised_on"))
    )
    return {item_id: max(last, on) for item_id, last in rows}


def promises_listed(*, actor: Actor, judged: bool) -> QuerySet[Promise]:
    """Promises that stand, the earliest day first, or those judged, the latest first. One query."""
    actor.require(Right.READ)
    rows = Promise.objects.filter(company=actor.company).select_related("party", "open_item")
    if judged:
        done = rows.exclude(verdict__in=["", PromiseVerdict.WITHDRAWN.value])
        return done.order_by("-promised_on", "-pk")
    return rows.filter(verdict="").order_by("promised_on", "pk")


def judged_promises(*, actor: Actor, since: date) -> list[JudgedPromise]:
    """Promises judged since a day, as they stand now, with the sentence of each. One query."""
    rows = promises_listed(actor=actor, judged=True).filter(judged_at__date__gte=since)
    return [
        JudgedPromise(
            promise_id=row.pk,
            party_id=row.party_id,
            document_ref=row.document_ref,
            amount=row.amount,
            promised_on=row.promised_on,
            verdict=PromiseVerdict(row.verdict),
            paid=row.paid or ZERO,
            reason=rules_promises.sentence(
                PromiseVerdict(row.verdict),
                document_ref=row.document_ref,
                promised=row.amount,
                paid=row.paid or ZERO,
                day=row.promised_on,
            ),
            party_name=row.party.name,
        )
        for row in rows.order_by("pk")
    ]


def promise_history(*, actor: Actor, party_id: int) -> QuerySet[Promise]:
    """Every promise of a customer, kept, broken and replaced ones too, latest first. One query."""
    actor.require(Right.READ)
    return (
        Promise.objects.filter(
            company=actor.company, party__in=parties.family(actor=actor, party_ids=[party_id])
        )
        .select_related("open_item", "party")
        .order_by("-pk")
    )


def promise_for(*, actor: Actor, promise_id: int) -> Promise:
    """One promise of the company, its customer joined. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        Promise.objects.filter(company=actor.company, pk=promise_id)
        .select_related("party", "open_item")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"promesse n° {promise_id}")
    return row


def promise_counts(
    *, actor: Actor, party_ids: Collection[int] | None = None
) -> dict[int, PromiseCounts]:
    """Promises judged of each customer, by the number asked for; those without one are absent.

    Args:
        actor: Who asks.
        party_ids: Only those customers, and those merged with them; all of them when absent.

    Withdrawn and replaced promises do not count. Two queries.
    """
    actor.require(Right.READ)
    rows = Promise.objects.filter(company=actor.company)
    if party_ids is None:
        counted = parties.merged_parties(actor=actor)
    else:
        counted = parties.with_merged(actor=actor, party_ids=party_ids)
        rows = rows.filter(party__in=list(counted))
    found: dict[int, PromiseCounts] = {}
    judged = (
        rows.exclude(verdict__in=["", PromiseVerdict.WITHDRAWN.value])
        .values_list("party")
        .annotate(
            kept=Count("pk", filter=Q(verdict=PromiseVerdict.KEPT.value)),
            partly=Count("pk", filter=Q(verdict=PromiseVerdict.PARTLY.value)),
            broken=Count("pk", filter=Q(verdict=PromiseVerdict.BROKEN.value)),
            promised=Sum("amount"),
            paid=Sum("paid"),
        )
    )
    for party_id, kept, partly, broken, promised, paid in judged:
        asked = counted.get(party_id, party_id)
        found[asked] = found.get(asked, PromiseCounts()) + PromiseCounts(
            kept, partly, broken, promised or ZERO, paid or Decimal(0)
        )
    return found
