"""Hours: recorded once, approved by who may bill them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import TimeInvalidError
from echeance.billing.events import TimeApproved, TimeRecorded
from echeance.billing.models import Item, Order, TimeEntry
from echeance.billing.rules.hours import time_problems
from echeance.billing.types import TimeFacts
from echeance.core.money import ZERO
from echeance.parties import queries as parties

_BATCH = 500


@transaction.atomic
def record_time(*, actor: Actor, entries: Sequence[TimeFacts]) -> list[TimeEntry]:
    """Record hours; those their source gave before are left as they are. All or none.

    Returns:
        Those added. About six queries, whatever their number.

    Raises:
        TimeInvalidError: Every problem of every line.
    """
    actor.require(Right.IMPORT_ORDERS)
    items = {
        row.code: row
        for row in Item.objects.filter(
            company=actor.company, code__in={one.item_code for one in entries if one.item_code}
        )
    }
    full = [
        replace(one, hourly_rate=items[one.item_code].unit_price)
        if one.hourly_rate is None and one.item_code in items
        else one
        for one in entries
    ]
    problems = time_problems(full, clock.today())
    buyers = parties.snapshots(actor=actor, party_ids={one.party_id for one in full})
    orders = dict(
        Order.objects.filter(
            company=actor.company, pk__in={one.order_id for one in full if one.order_id}
        ).values_list("pk", "party_id")
    )
    for rank, one in enumerate(full, start=1):
        if one.party_id not in buyers:
            problems.append(f"ligne {rank} : le client n° {one.party_id} est introuvable")
        elif one.order_id and orders.get(one.order_id) not in {
            one.party_id,
            buyers[one.party_id].party_id,
        }:
            problems.append(f"ligne {rank} : la commande n° {one.order_id} n'est pas de ce client")
        if one.item_code and one.item_code not in items:
            problems.append(f"ligne {rank} : l'article {one.item_code} n'est pas au catalogue")
    if problems:
        raise TimeInvalidError(tuple(problems))
    known = set(
        TimeEntry.objects.filter(
            company=actor.company, external_id__in={one.external_id for one in full}
        ).values_list("source", "external_id")
    )
    made = TimeEntry.objects.bulk_create(
        [
            TimeEntry(
                company=actor.company,
                party_id=buyers[one.party_id].party_id,
                order_id=one.order_id,
                source=one.source,
                external_id=one.external_id,
                person=one.person.strip(),
                worked_on=one.worked_on,
                hours=one.hours,
                description=one.description.strip()[:200],
                item=items.get(one.item_code),
                hourly_rate=one.hourly_rate or ZERO,
                is_billable=one.is_billable,
            )
            for one in full
            if (one.source, one.external_id) not in known
        ],
        batch_size=_BATCH,
    )
    journal.record_many(
        [TimeRecorded(row.pk, row.party_id, str(row.hours)) for row in made], actor=actor
    )
    return made


@transaction.atomic
def approve_time(*, actor: Actor, entry_ids: Collection[int]) -> list[TimeEntry]:
    """Let hours be billed; those approved before keep who approved them. Three queries.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.DRAFT_INVOICES)
    rows = list(
        TimeEntry.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(entry_ids))
        .order_by("pk")
    )
    if missing := set(entry_ids) - {row.pk for row in rows}:
        raise NotFoundError(what=f"temps n° {min(missing)}")
    fresh = [row for row in rows if row.approved_at is None]
    now = clock.now()
    for row in fresh:
        row.approved_at, row.approved_by = now, actor.name
    TimeEntry.objects.bulk_update(fresh, ["approved_at", "approved_by"], batch_size=_BATCH)
    journal.record_many([TimeApproved(row.pk, str(row.hours)) for row in fresh], actor=actor)
    return rows
