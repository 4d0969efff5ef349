"""Reads of collective proceedings: who is under one, notices to answer, claims to declare."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Max

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.collection import rules_insolvency as rules
from echeance.collection.models import InsolvencyCase, InsolvencyItem, InsolvencyNotice
from echeance.collection.rules_insolvency import Supply
from echeance.collection.types import Insolvency, InsolvencyKind
from echeance.core.dates import ONE_DAY
from echeance.core.insolvency import Split
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, RECEIVABLES, AllocationFacts, OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor


def insolvent_parties(
    *, actor: Actor, party_ids: Collection[int] | None = None
) -> dict[int, Insolvency]:
    """Customers under open proceedings, and since when. Two queries.

    A case recorded under a number that was merged counts for the one that stays.

    Args:
        actor: Who asks.
        party_ids: Only those customers; every number asked for that stands for one under
            proceedings is a key of the answer. All of them, by the number that stays and by the
            merged ones, when absent.
    """
    actor.require(Right.READ)
    rows = InsolvencyCase.objects.filter(company=actor.company, closed_on=None)
    if party_ids is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    facts = list(
        rows.order_by("-judgment_on", "-pk").values_list("pk", "party_id", "judgment_on", "kind")
    )
    if not facts:
        return {}
    merged = parties.merged_parties(actor=actor)
    # Of two cases of parties merged since, the first judgment is the one that froze the debts.
    heads = {
        merged.get(party_id, party_id): Insolvency(case_id, judgment_on, InsolvencyKind(kind))
        for case_id, party_id, judgment_on, kind in facts
    }
    if party_ids is not None:
        return {one: heads[head] for one in party_ids if (head := merged.get(one, one)) in heads}
    return heads | {gone: heads[stays] for gone, stays in merged.items() if stays in heads}


def insolvency_cases(
    *, actor: Actor, party_id: int | None = None, open_only: bool = False
) -> QuerySet[InsolvencyCase]:
    """Proceedings recorded, the latest judgment first, each with its customer. One query.

    Args:
        actor: Who asks.
        party_id: Only those of that customer, under whichever of its numbers.
        open_only: Only those that are not closed.
    """
    actor.require(Right.READ)
    rows = InsolvencyCase.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if open_only:
        rows = rows.filter(closed_on=None)
    return rows.select_related("party", "notice").order_by("-judgment_on", "-pk")


def insolvency_for(*, actor: Actor, case_id: int) -> InsolvencyCase:
    """One case of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        InsolvencyCase.objects.filter(company=actor.company, pk=case_id)
        .select_related("party", "notice", "claim_file", "claim_word", "claim_proof")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"procédure collective n° {case_id}")
    return row


def insolvency_notices(
    *, actor: Actor, party_id: int | None = None, unsettled: bool = False
) -> QuerySet[InsolvencyNotice]:
    """Announcements read, the latest first, each with its customer. One query."""
    actor.require(Right.READ)
    rows = InsolvencyNotice.objects.filter(company=actor.company)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if unsettled:
        rows = rows.filter(settled_at=None)
    return rows.select_related("party").order_by("-published_on", "-pk")


def watched_firms(*, actor: Actor) -> dict[str, list[int]]:
    """SIREN of the customers that owe something or have an open case, with their numbers.

    Five queries. Consumers and firms without a SIREN are left out.
    """
    actor.require(Right.READ)
    owing = {
        one.party_id
        for one in ledger.open_items(actor=actor, account_prefix=RECEIVABLES, side=DEBIT)
        if one.party_id is not None
    }
    owing |= set(
        InsolvencyCase.objects.filter(company=actor.company, closed_on=None).values_list(
            "party_id", flat=True
        )
    )
    found: dict[str, list[int]] = {}
    for one in parties.snapshots(actor=actor, party_ids=owing).values():
        if one.siren and one.party_id not in found.get(one.siren, ()):
            found.setdefault(one.siren, []).append(one.party_id)
    return found


def watched_until(*, actor: Actor) -> date | None:
    """Day of the last announcement known. One query."""
    actor.require(Right.READ)
    rows = InsolvencyNotice.objects.filter(company=actor.company)
    last: date | None = rows.aggregate(last=Max("published_on"))["last"]
    return last


def supplies_of(*, actor: Actor, document_refs: Collection[str]) -> dict[str, Supply]:
    """When invoices were delivered or done, line by line, by number. Two queries a chunk."""
    rows = billing.by_numbers(actor=actor, numbers=document_refs)
    found: dict[str, Supply] = {}
    for number, row in rows.items():
        found[number] = Supply(
            lines=tuple(
                (line.net_amount, line.vat_rate, line.period_start, line.period_end)
                for line in row.lines.all()
            ),
            delivered_on=row.delivery_date,
            start=row.period_start,
            end=row.period_end,
        )
    return found


def owed_at_judgment(*, actor: Actor, case: InsolvencyCase) -> list[tuple[OpenItemFacts, Split]]:
    """What is open of the customer, each item cut at the judgment, by due date. Five queries."""
    items = [
        one
        for one in ledger.open_items(
            actor=actor, account_prefix=RECEIVABLES, party_ids=[case.party_id], side=DEBIT
        )
        if one.party_id is not None
    ]
    supplies = supplies_of(actor=actor, document_refs={one.document_ref for one in items})
    return [
        (one, rules.split_item(one, supplies.get(one.document_ref), case.judgment_on))
        for one in items
    ]


def insolvency_items(*, actor: Actor, case_id: int) -> QuerySet[InsolvencyItem]:
    """Debts of a case, cut at the judgment, by due date. One query."""
    actor.require(Right.READ)
    return (
        InsolvencyItem.objects.filter(company=actor.company, case=case_id)
        .select_related("open_item")
        .order_by("due_date", "pk")
    )


def frozen_amounts(*, actor: Actor, item_ids: Collection[int] | None = None) -> dict[int, Decimal]:
    """What of open items open proceedings freeze: never asked for, bears no interest. Two queries.

    An item paid in part since keeps no more than what is open.
    """
    actor.require(Right.READ)
    rows = InsolvencyItem.objects.filter(
        company=actor.company, case__closed_on=None, before__gt=0, open_item__open_amount__gt=0
    )
    if item_ids is not None:
        rows = rows.filter(open_item__in=set(item_ids))
    return {
        item_id: min(before, left)
        for item_id, before, left in rows.values_list(
            "open_item_id", "before", "open_item__open_amount"
        )
    }


def claim_births(*, actor: Actor) -> dict[int, date]:
    """Day from which debts of open cases count as born, by item. One query.

    That before the judgment for what was supplied before it, be it in part: such an invoice is
    not reminded of, its later part is asked for by hand. The day of the judgment for the rest,
    whenever it was invoiced.
    """
    actor.require(Right.READ)
    rows = InsolvencyItem.objects.filter(company=actor.company, case__closed_on=None)
    return {
        item_id: judgment_on - ONE_DAY if before else judgment_on
        for item_id, before, judgment_on in rows.values_list(
            "open_item_id", "before", "case__judgment_on"
        )
    }


def paid_after_judgment(*, actor: Actor, case: InsolvencyCase) -> list[AllocationFacts]:
    """Payments that settled debts of before the judgment since it: the law forbids them (L622-7).

    They may have to be given back: a person looks at each. Two queries.
    """
    ids = [
        row.open_item_id
        for row in insolvency_items(actor=actor, case_id=case.pk)
        if row.before and not row.after
    ]
    frozen = set(ids)
    rows = ledger.allocations_of(actor=actor, item_ids=ids) if ids else []
    undone = {row.reverses_id for row in rows}
    return [
        row
        for row in rows
        if row.debit_item_id in frozen
        and row.reverses_id is None
        and row.allocation_id not in undone
        and row.credited_on >= case.judgment_on
        and row.credit_ref != row.debit_ref
    ]
