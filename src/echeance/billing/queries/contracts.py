"""Contracts: their terms, what they have billed, what is left of them to bill."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.models import (
    Contract,
    ContractLine,
    ContractPeriod,
    InvoiceLine,
    PriceIndex,
    PriceIndexValue,
)
from echeance.billing.rules import contracts as rules
from echeance.billing.rules.billable import Piece
from echeance.billing.types import ContractStand
from echeance.core.dates import ONE_DAY, DateRange
from echeance.core.money import ZERO
from echeance.core.recurrence import Formula, IndexValue, Proration, Schedule, Step, Timing
from echeance.parties import queries as parties

_CHUNK = 500
TAKEN = Q(invoice__isnull=False) | Q(waived_at__isnull=False)
"""A period that is not to be billed again."""

Billed = dict[int, list[DateRange]]
History = dict[str, list[IndexValue]]


def contract_list(
    *, actor: Actor, text: str = "", state: str = "", party_id: int | None = None, on: date
) -> QuerySet[Contract]:
    """Contracts by number, their customers in hand. One query.

    Args:
        actor: Who asks.
        text: Looked for in numbers, objects and names.
        state: ``running`` or ``ended`` on the day; empty for all.
        party_id: Of one customer.
        on: The day.
    """
    actor.require(Right.READ)
    rows = Contract.objects.filter(company=actor.company).select_related("party")
    if text:
        rows = rows.filter(
            Q(number__icontains=text) | Q(name__icontains=text) | Q(party__name__icontains=text)
        )
    if state == "running":
        rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=on))
    elif state == "ended":
        rows = rows.filter(ends_on__lt=on)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.order_by("number")


def contract_for(*, actor: Actor, contract_id: int) -> Contract:
    """One contract. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        Contract.objects.filter(company=actor.company, pk=contract_id)
        .select_related("party")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"contrat n° {contract_id}")
    return row


def contract_lines(*, actor: Actor, contract_id: int) -> QuerySet[ContractLine]:
    """Lines of a contract, in order. One query."""
    actor.require(Right.READ)
    return ContractLine.objects.filter(company=actor.company, contract=contract_id).order_by(
        "position"
    )


def terms_of(*, actor: Actor, rows: Sequence[Contract]) -> dict[int, rules.Terms]:
    """Contracts as their billing needs them, by id. One query a chunk of 500."""
    actor.require(Right.READ)
    lines: dict[int, list[rules.Line]] = {row.pk: [] for row in rows}
    wanted = list(lines)
    for start in range(0, len(wanted), _CHUNK):
        found = ContractLine.objects.filter(
            company=actor.company, contract__in=wanted[start : start + _CHUNK]
        ).select_related("item")
        for line in found.order_by("contract", "position"):
            lines[line.contract_id].append(_line(line))
    return {
        row.pk: rules.Terms(
            contract_id=row.pk,
            number=row.number,
            party_id=row.party_id,
            schedule=schedule_of(row),
            proration=Proration(row.proration),
            lines=tuple(lines[row.pk]),
            order_reference=row.order_reference,
            currency=row.currency,
            payment_terms=row.payment_terms,
            formula=formula_of(row.formula),
            revised_every_months=row.revised_every_months,
        )
        for row in rows
    }


def _line(row: ContractLine) -> rules.Line:
    return rules.Line(
        name=row.name,
        quantity=row.quantity,
        unit_price=row.unit_price,
        description=row.description,
        item_code=row.item.code if row.item else "",
        nature=row.nature,
        unit_code=row.unit_code,
        discount_percent=row.discount_percent,
        vat_rate=row.vat_rate,
        exemption=row.exemption,
        exemption_article=row.exemption_article,
        revenue_account=row.revenue_account,
        is_revised=row.is_revised,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        eco_contribution=row.item.eco_contribution if row.item else None,
        eco_label=row.item.eco_label if row.item else "",
    )


def schedule_of(row: Contract) -> Schedule:
    """When a contract is billed. No query."""
    return Schedule(
        start=row.starts_on,
        step=Step(row.step),
        timing=Timing(row.timing),
        end=row.ends_on + ONE_DAY if row.ends_on else None,
        calendar=row.calendar,
    )


def formula_of(kept: Mapping[str, Any] | None) -> Formula | None:
    """The clause as it is kept in a contract, numbers as texts. No query."""
    if not kept:
        return None
    return Formula(
        weights={code: Decimal(weight) for code, weight in kept["weights"].items()},
        bases={code: Decimal(base) for code, base in kept["bases"].items()},
        fixed=Decimal(kept["fixed"]),
        floor=Decimal(kept["floor"]) if kept.get("floor") else None,
        ceiling=Decimal(kept["ceiling"]) if kept.get("ceiling") else None,
    )


def billed_days(*, actor: Actor, contract_ids: Collection[int] | None = None) -> Billed:
    """Days that are billed, drafted or waived, by contract; of all contracts when none is named.

    One query a chunk of 500.
    """
    actor.require(Right.READ)
    rows = ContractPeriod.objects.filter(TAKEN, company=actor.company)
    found: Billed = {}
    for part in _chunks(rows, contract_ids):
        for contract_id, start, last in part.values_list("contract_id", "starts_on", "ends_on"):
            found.setdefault(contract_id, []).append(DateRange(start, last + ONE_DAY))
    return found


def _chunks(
    rows: QuerySet[ContractPeriod], contract_ids: Collection[int] | None
) -> Iterable[QuerySet[ContractPeriod]]:
    if contract_ids is None:
        yield rows
        return
    wanted = sorted(set(contract_ids))
    for start in range(0, len(wanted), _CHUNK):
        yield rows.filter(contract__in=wanted[start : start + _CHUNK])


def index_history(*, actor: Actor, codes: Collection[str] | None = None) -> History:
    """Values of indexes, oldest publication first. One query."""
    actor.require(Right.READ)
    rows = PriceIndexValue.objects.filter(company=actor.company)
    if codes is not None:
        rows = rows.filter(index__code__in=codes)
    found: History = {}
    for code, period, value, published_on in rows.order_by("published_on", "period").values_list(
        "index__code", "period", "value", "published_on"
    ):
        found.setdefault(code, []).append(IndexValue(f"{period:%m/%Y}", value, published_on))
    return found


def price_indexes(*, actor: Actor) -> QuerySet[PriceIndex]:
    """Indexes of the company, by code. One query."""
    actor.require(Right.READ)
    return PriceIndex.objects.filter(company=actor.company).order_by("code")


def index_values(*, actor: Actor) -> QuerySet[PriceIndexValue]:
    """Values of every index, the latest period first. One query."""
    actor.require(Right.READ)
    return (
        PriceIndexValue.objects.filter(company=actor.company)
        .select_related("index")
        .order_by("-period", "index__code")
    )


def contract_pieces(*, actor: Actor, on: date) -> list[Piece]:
    """Periods of every contract that are due on a day and not billed, oldest first of each.

    Missed periods are pieces of their own; a period whose index is missing waits. Four queries,
    one more a chunk of 500 contracts.
    """
    actor.require(Right.READ)
    rows = list(
        Contract.objects.filter(company=actor.company, starts_on__lte=on).order_by("number")
    )
    if not rows:
        return []
    billed = billed_days(actor=actor)
    history = index_history(actor=actor) if any(row.formula for row in rows) else {}
    terms = terms_of(actor=actor, rows=rows)
    return [
        piece
        for row in rows
        for piece in rules.pieces_of(
            terms[row.pk], on=on, billed=billed.get(row.pk, ()), history=history
        )
    ]


def next_piece(*, actor: Actor, contract: Contract, on: date) -> Piece | None:
    """The next period to bill after a day, at its price; none once all is. Three queries."""
    actor.require(Right.READ)
    terms = terms_of(actor=actor, rows=[contract])[contract.pk]
    billed = billed_days(actor=actor, contract_ids=[contract.pk]).get(contract.pk, ())
    coming = rules.next_period(terms, on=on, billed=billed)
    if coming is None:
        return None
    history = index_history(actor=actor, codes=terms.formula.weights if terms.formula else ())
    return rules.piece_of(terms, coming, history)


def contract_revisions(*, actor: Actor, contract_id: int) -> list[dict[str, Any]]:
    """Revisions applied to billed periods, the first first: day, and values by index. One query."""
    actor.require(Right.READ)
    rows = ContractPeriod.objects.filter(
        company=actor.company, contract=contract_id, revision__isnull=False
    )
    kept: dict[str, dict[str, Any]] = {}
    for revision in rows.order_by("starts_on").values_list("revision", flat=True):
        assert revision is not None, "the filter keeps those that have one"
        kept.setdefault(revision["on"], revision)
    return [
        {
            "on": date.fromisoformat(one["on"]),
            "values": [
                (code, value["label"], Decimal(value["value"]))
                for code, value in one["values"].items()
            ],
        }
        for one in kept.values()
    ]


def contract_stands(*, actor: Actor, contract: Contract, on: date) -> list[ContractStand]:
    """Every period of a contract up to the next one to come, oldest first. Five queries."""
    actor.require(Right.READ)
    rows = list(
        ContractPeriod.objects.filter(company=actor.company, contract=contract)
        .select_related("invoice")
        .order_by("starts_on")
    )
    billed = [
        DateRange(row.starts_on, row.ends_on + ONE_DAY)
        for row in rows
        if row.invoice_id is not None or row.waived_at is not None
    ]
    terms = terms_of(actor=actor, rows=[contract])[contract.pk]
    history = index_history(actor=actor, codes=terms.formula.weights if terms.formula else ())
    net = _net_by_period(actor, rows)
    found = [
        _stand(row, net.get((row.invoice_id, row.starts_on), ZERO))
        for row in rows
        if row.invoice_id is not None or row.waived_at is not None
    ]
    for piece in rules.pieces_of(terms, on=on, billed=billed, history=history):
        assert piece.period_start is not None, "a period has its first day"
        assert piece.period_end is not None, "and its last"
        assert piece.not_before is not None, "and the day it is billed from"
        found.append(
            ContractStand(
                piece.period_start,
                piece.period_end,
                piece.not_before,
                "waiting" if piece.waits else "due",
                piece.net,
                piece.waits,
            )
        )
    coming = rules.next_period(terms, on=on, billed=billed)
    piece_to_come = rules.piece_of(terms, coming, history) if coming else None
    if coming and piece_to_come:
        found.append(
            ContractStand(
                coming.covered.start,
                coming.covered.last,
                coming.bill_on,
                "coming",
                piece_to_come.net,
                piece_to_come.waits,
            )
        )
    return sorted(found, key=lambda one: one.starts_on)


def _stand(row: ContractPeriod, net: Decimal) -> ContractStand:
    number = row.invoice.number if row.invoice else None
    state = "waived" if row.waived_at else "billed" if number else "drafted"
    return ContractStand(
        row.starts_on,
        row.ends_on,
        row.starts_on,
        state,
        net,
        row.waived_reason,
        row.pk,
        row.invoice_id,
        number or "",
    )


def _net_by_period(
    actor: Actor, rows: Sequence[ContractPeriod]
) -> dict[tuple[int | None, date], Decimal]:
    """What each period was billed, by its document and first day."""
    by_invoice: dict[int, list[ContractPeriod]] = {}
    for row in rows:
        if row.invoice_id is not None:
            by_invoice.setdefault(row.invoice_id, []).append(row)
    found: dict[tuple[int | None, date], Decimal] = {}
    lines = InvoiceLine.objects.filter(company=actor.company, invoice__in=list(by_invoice))
    for invoice_id, start, net in lines.values_list("invoice_id", "period_start", "net_amount"):
        mine = by_invoice[invoice_id]
        row = next(
            (one for one in mine if start and one.starts_on <= start <= one.ends_on), mine[0]
        )
        key = (invoice_id, row.starts_on)
        found[key] = found.get(key, ZERO) + net
    return found
