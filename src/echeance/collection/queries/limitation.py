"""Until when each debt can be claimed in court, read from the record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from echeance.base import policy
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.collection.models import InsolvencyCase, LimitationAct, PaymentPlanItem
from echeance.collection.types import CollectionPolicy
from echeance.core.dunning import (
    InterruptingAct,
    InterruptionCause,
    LimitationDate,
    debt_nature,
    limitation,
)
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, RECEIVABLES, OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

_RECEIPT = "receipt"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class LimitationRow:
    """An open debt and its last day."""

    item: OpenItemFacts
    party_id: int
    party_name: str
    limitation: LimitationDate
    days_left: int | None

    @property
    def is_expired(self) -> bool:
        """Too late to sue."""
        return self.days_left is not None and self.days_left < 0


def limitation_acts(*, actor: Actor, item_ids: Collection[int]) -> QuerySet[LimitationAct]:
    """Interrupting acts recorded for some items and not withdrawn, oldest first. One query."""
    actor.require(Right.READ)
    return (
        LimitationAct.objects.filter(
            company=actor.company, open_item__in=item_ids, withdrawn_at=None
        )
        .select_related("file")
        .order_by("on", "pk")
    )


def limitation_dates(
    *, actor: Actor, item_ids: Collection[int], on: date
) -> dict[int, LimitationDate]:
    """Last day to sue for each item asked for that is a customer's debit; others are absent.

    Acts known by that day count: those recorded, part payments of the ledger not undone, payment
    plans accepted that acknowledge the debt, claims declared in proceedings. A credit note is the
    creditor's own act: it interrupts nothing. Two queries, eight a chunk of 500 items.
    """
    actor.require(Right.READ)
    carriage = policy.read(actor.company, CollectionPolicy).carriage_debts
    wanted = sorted(set(item_ids))
    found: dict[int, LimitationDate] = {}
    for start in range(0, len(wanted), _CHUNK):
        items = [
            item
            for item in ledger.items_for(actor=actor, item_ids=wanted[start : start + _CHUNK])
            if item.side == DEBIT and item.account.startswith(RECEIVABLES) and item.party_id
        ]
        found |= _dates(actor, items, on, is_carriage=carriage)
    return found


def limitation_rows(
    *, actor: Actor, on: date, party_ids: Collection[int] | None = None
) -> list[LimitationRow]:
    """Every overdue debt with its last day, the nearest first, those that do not run last."""
    items = [
        item
        for item in ledger.open_items(
            actor=actor, account_prefix=RECEIVABLES, party_ids=party_ids, side=DEBIT
        )
        if item.party_id is not None and item.due_date < on
    ]
    dates = limitation_dates(actor=actor, item_ids=[item.item_id for item in items], on=on)
    snapshots = parties.snapshots(
        actor=actor, party_ids={item.party_id for item in items if item.party_id}
    )
    rows = [
        LimitationRow(
            item=item,
            party_id=snapshots[item.party_id].party_id,
            party_name=snapshots[item.party_id].name,
            limitation=dates[item.item_id],
            days_left=dates[item.item_id].days_left(on),
        )
        for item in items
        if item.item_id in dates and item.party_id is not None
    ]
    return sorted(rows, key=lambda row: (row.limitation.last_day or date.max, row.item.item_id))


def _dates(
    actor: Actor, items: Collection[OpenItemFacts], on: date, *, is_carriage: bool
) -> dict[int, LimitationDate]:
    ids = [item.item_id for item in items]
    party_ids = {item.party_id for item in items if item.party_id}
    snapshots = parties.snapshots(actor=actor, party_ids=party_ids)
    delivered = {
        number: invoice.delivery_date
        for number, invoice in billing.by_numbers(
            actor=actor, numbers={item.document_ref for item in items}
        ).items()
    }
    acts = _acts(actor, ids, on)
    claims = _claims(actor, party_ids, on)
    found = {}
    for item in items:
        if item.party_id is None:
            continue
        born = min(item.document_date, delivered.get(item.document_ref) or item.document_date)
        claimed = [act for judged, act in claims.get(item.party_id, ()) if born <= judged]
        found[item.item_id] = limitation(
            debt_nature(CustomerKind(snapshots[item.party_id].category), is_carriage=is_carriage),
            due_date=item.due_date,
            born_on=born,
            acts=[*acts.get(item.item_id, ()), *claimed],
        )
    return found


def _acts(
    actor: Actor, item_ids: Collection[int], on: date
) -> Mapping[int, Iterable[InterruptingAct]]:
    found: dict[int, list[InterruptingAct]] = {}
    for act in limitation_acts(actor=actor, item_ids=item_ids).filter(on__lte=on):
        until = act.until if act.until and act.until <= on else None
        found.setdefault(act.open_item_id, []).append(
            InterruptingAct(
                InterruptionCause(act.cause), act.on, until, has_title=bool(until and act.title)
            )
        )
    plans = PaymentPlanItem.objects.filter(
        company=actor.company,
        open_item__in=item_ids,
        plan__acknowledges_debt=True,
        plan__accepted_on__lte=on,
    ).values_list("open_item", "plan__accepted_on")
    for item_id, accepted_on in plans:
        assert accepted_on is not None, "the filter asks for a day"
        found.setdefault(item_id, []).append(
            InterruptingAct(InterruptionCause.ACKNOWLEDGEMENT, accepted_on)
        )
    for item_id, paid_on in _payments(actor, item_ids):
        if paid_on <= on:
            found.setdefault(item_id, []).append(
                InterruptingAct(InterruptionCause.PART_PAYMENT, paid_on)
            )
    return found


def _payments(actor: Actor, item_ids: Collection[int]) -> list[tuple[int, date]]:
    """Money received for each item and not un-matched; what a credit note settles is not that."""
    rows = ledger.allocations_of(actor=actor, item_ids=item_ids)
    undone = {row.reverses_id for row in rows}
    standing = [row for row in rows if row.reverses_id is None and row.allocation_id not in undone]
    others = ledger.items_for(actor=actor, item_ids={row.credit_item_id for row in standing})
    money = {item.item_id for item in others if item.kind == _RECEIPT}
    return [
        (row.debit_item_id, row.credited_on)
        for row in standing
        if row.credit_item_id in money and row.amount > ZERO
    ]


def _claims(
    actor: Actor, party_ids: Collection[int], on: date
) -> dict[int, list[tuple[date, InterruptingAct]]]:
    """Claims declared, by any number of their customer: the judgment's day, and the act."""
    merged = parties.merged_parties(actor=actor)
    heads = {party_id: merged.get(party_id, party_id) for party_id in party_ids}
    found: dict[int, list[tuple[date, InterruptingAct]]] = {}
    for case in InsolvencyCase.objects.filter(
        company=actor.company,
        party__in=parties.family(actor=actor, party_ids=party_ids),
        claimed_on__lte=on,
    ).order_by("pk"):
        if case.claimed_on is None:
            continue
        until = case.closed_on if case.closed_on and case.closed_on <= on else None
        act = InterruptingAct(InterruptionCause.CLAIM, case.claimed_on, until)
        head = merged.get(case.party_id, case.party_id)
        for party_id, its_head in heads.items():
            if its_head == head:
                found.setdefault(party_id, []).append((case.judgment_on, act))
    return found
