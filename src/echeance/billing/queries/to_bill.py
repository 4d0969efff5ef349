"""What is left to bill, whatever its source.

A source is an entry of :data:`SOURCES`: it gives its pieces, and fills their lines a chunk at a
time when they are many. :mod:`echeance.billing.commands.run` tells it the documents that bill them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.db.models import Exists, F, OuterRef, Q

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import (
    BillingRule,
    ContractPeriod,
    Delivery,
    Disbursement,
    Invoice,
    MarketLine,
    Order,
    OrderLine,
    TimeEntry,
)
from echeance.billing.queries.contracts import contract_pieces
from echeance.billing.queries.deliveries import delivery_pieces
from echeance.billing.queries.disbursements import disbursement_pieces
from echeance.billing.queries.finishing import (
    deduct_deposits,
    name_payers,
    settle_payers,
    wait_for_deposits,
)
from echeance.billing.queries.hours import time_pieces
from echeance.billing.queries.lines import eco_contributions, line_of_order
from echeance.billing.queries.markets import milestone_pieces
from echeance.billing.rules import billable
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.grouping import Group, Rule, groups_of
from echeance.billing.rules.taxes import EU_COUNTRIES
from echeance.billing.types import DraftLine, LeftToBill
from echeance.core.tabular import write_csv, write_xlsx
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CHUNK = 500

FREE_ORDER: Final = Q(
    kind=Order.OrderKind.ORDER,
    accepted_at__isnull=False,
    set_aside_at=None,
    billed_by_delivery=False,
    invoice=None,
) & (Q(held_at=None) | Q(released_at__isnull=False))
"""An order that may be billed as it is: accepted, not billed nor kept back, not by deliveries."""


HELD_ORDER: Final = Q(
    kind=Order.OrderKind.ORDER,
    held_at__isnull=False,
    released_at=None,
    set_aside_at=None,
    billed_by_delivery=False,
    invoice=None,
)
"""An order kept back because its customer may not owe more."""


class Gives(Protocol):
    """Pieces of a source that nothing has billed, those that wait too, in any order.

    All that there is up to ``on`` and after: what is not due says so by ``not_before`` and
    ``waits``. A constant number of queries.
    """

    def __call__(self, *, actor: Actor, on: date) -> Iterable[Piece]:
        """The pieces as they stand on a day."""
        ...


class Fills(Protocol):
    """The same pieces, in the same order, with their lines; a constant number of queries."""

    def __call__(self, *, actor: Actor, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces, filled."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where pieces come from.

    Attributes:
        name: As in ``Piece.source``.
        label: French name of one of its pieces.
        pieces: What it has to bill.
        model: Table of its rows, whose ``invoice`` is the document that bills them.
        fill: Gives the lines; none when ``pieces`` did.
    """

    name: str
    label: str
    pieces: Gives
    model: Any
    fill: Fills | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run finds.

    Attributes:
        due: Groups to draft, oldest first.
        rules: Rule of each customer.
        names: Name of each customer.
        left: What is not drafted, oldest first.
    """

    on: date
    due: tuple[Group, ...]
    rules: dict[int, Rule]
    names: dict[int, str]
    left: tuple[LeftToBill, ...]


def order_pieces(*, actor: Actor, on: date) -> Iterable[Piece]:
    """Orders without a document, accepted or kept back for credit, oldest first. One query.

    Lines are not read.
    """
    del on
    actor.require(Right.READ)
    rows = Order.objects.filter(FREE_ORDER | HELD_ORDER, company=actor.company).annotate(
        quoted_terms=F("quote__payment_terms")
    )
    for row in rows.order_by("order_date", "pk").iterator(chunk_size=2000):
        yield piece_of_order(row)


def piece_of_order(row: Order) -> Piece:
    """An order to bill, its lines not read, on the terms of its quote if it has one. No query."""
    return Piece(
        source=billable.ORDER,
        source_id=row.pk,
        number=row.number,
        party_id=row.party_id,
        supplied_on=row.delivery_date or row.order_date,
        net=row.net_total,
        delivered_on=row.delivery_date,
        currency=row.currency,
        order_reference=row.order_reference,
        sales_order_reference=row.number,
        buyer_reference=row.buyer_reference,
        establishment_id=row.establishment_id,
        payment_terms=getattr(row, "quoted_terms", None) or "",
        waits=row.waiting_reason if row.is_held else "",
    )


def fill_orders(*, actor: Actor, pieces: Sequence[Piece]) -> list[Piece]:
    """Orders with their lines. One query, and one a chunk of 500."""
    lines: dict[int, list[DraftLine]] = {piece.source_id: [] for piece in pieces}
    wanted = list(lines)
    contributions = eco_contributions(actor=actor)
    for start in range(0, len(wanted), _CHUNK):
        rows = OrderLine.objects.filter(
            company=actor.company, order__in=wanted[start : start + _CHUNK]
        )
        for row in rows.order_by("order", "position"):
            lines[row.order_id].append(line_of_order(row, contributions=contributions))
    return [replace(piece, lines=tuple(lines[piece.source_id])) for piece in pieces]


SOURCES: tuple[Source, ...] = (
    Source(billable.ORDER, "commande", order_pieces, Order, fill_orders),
    Source(billable.MILESTONE, "jalon", milestone_pieces, MarketLine),
    Source(billable.DISBURSEMENT, "débours", disbursement_pieces, Disbursement),
    Source(billable.DELIVERY, "livraison", delivery_pieces, Delivery),
    Source(billable.TIME, "temps passé", time_pieces, TimeEntry),
    Source(billable.CONTRACT, "période de contrat", contract_pieces, ContractPeriod),
)
"""Every source, in the order their pieces of one day are billed."""

MARKERS: tuple[Fills, ...] = (wait_for_deposits, name_payers)
"""What says of pieces, before they are grouped, that they wait or are apart from others."""

FINISHERS: tuple[Fills, ...] = (deduct_deposits, settle_payers)
"""What completes filled pieces before they are drafted: deposits to deduct, payers, attachments."""


def pieces_to_bill(*, actor: Actor, on: date) -> list[Piece]:
    """Everything left to bill, oldest first; lines are not read. A constant number of queries."""
    actor.require(Right.READ)
    ranks = {source.name: rank for rank, source in enumerate(SOURCES)}
    found = [piece for source in SOURCES for piece in source.pieces(actor=actor, on=on)]
    return sorted(
        found, key=lambda one: (one.supplied_on, ranks[one.source], one.key[1], one.number)
    )


def filled(*, actor: Actor, pieces: Sequence[Piece]) -> list[Piece]:
    """The same pieces with their lines and what completes them, in the same order.

    A constant number of queries for each source among them.
    """
    done: dict[tuple[str, int, date | None], Piece] = {}
    for source in SOURCES:
        mine = [piece for piece in pieces if piece.source == source.name]
        if mine:
            full = source.fill(actor=actor, pieces=mine) if source.fill else mine
            done.update({piece.key: piece for piece in full})
    whole = [done[piece.key] for piece in pieces]
    for finish in FINISHERS:
        whole = finish(actor=actor, pieces=whole)
    return whole


# -- the run --------------------------------------------------------------------------------------


def billing_rules(*, actor: Actor, party_ids: Iterable[int]) -> dict[int, Rule]:
    """How each of these customers is billed, by the id asked for.

    Two queries a chunk of 500 customers.
    """
    actor.require(Right.READ)
    buyers = parties.snapshots(actor=actor, party_ids=party_ids)
    ids = sorted({one.party_id for one in buyers.values()})
    found: dict[int, BillingRule] = {}
    for start in range(0, len(ids), _CHUNK):
        rows = BillingRule.objects.filter(
            company=actor.company, party__in=ids[start : start + _CHUNK]
        )
        found.update({row.party_id: row for row in rows})
    return {asked: _rule(found.get(one.party_id), one) for asked, one in buyers.items()}


def _rule(row: BillingRule | None, buyer: PartySnapshot) -> Rule:
    intra_eu = buyer.country in EU_COUNTRIES and bool(buyer.vat_id)
    if row is None:
        return Rule(intra_eu=intra_eu)
    return Rule(
        row.grouping,
        row.by_order_reference,
        row.calendar,
        row.calendar_day,
        row.series_id,
        intra_eu,
    )


def groups_to_bill(*, actor: Actor, on: date) -> Planned:
    """What a run of that day would draft, and what it leaves and why.

    Two queries for each source, and four a chunk of 500 customers.
    """
    pieces, buyers, rules = _ruled(actor, on)
    groups = groups_of([piece for piece in pieces if not piece.waits], rules)
    due = tuple(group for group in groups if group.due_on <= on)
    later = {piece.key: group for group in groups if group.due_on > on for piece in group.pieces}
    names = {one.party_id: one.name for one in buyers.values()}
    left = tuple(
        _left(piece, names[piece.party_id], later.get(piece.key), on)
        for piece in pieces
        if piece.waits or piece.key in later
    )
    return Planned(on, due, rules, names, left)


def _ruled(actor: Actor, on: date) -> tuple[list[Piece], dict[int, PartySnapshot], dict[int, Rule]]:
    """Pieces to bill, with what :func:`ruled` says, and their customers."""
    pieces, rules = ruled(actor=actor, pieces=pieces_to_bill(actor=actor, on=on))
    buyers = parties.snapshots(actor=actor, party_ids={one.party_id for one in pieces})
    return pieces, buyers, rules


def ruled(*, actor: Actor, pieces: Sequence[Piece]) -> tuple[list[Piece], dict[int, Rule]]:
    """Pieces of customers as they stand after mergers, those that wait said so, and the rules.

    Four queries a chunk of 500 customers, and a constant number for what marks pieces.
    """
    buyers = parties.snapshots(actor=actor, party_ids={one.party_id for one in pieces})
    found = [
        piece
        if (stays := buyers[piece.party_id].party_id) == piece.party_id
        else replace(piece, party_id=stays)
        for piece in pieces
    ]
    for mark in MARKERS:
        found = mark(actor=actor, pieces=found)
    return found, billing_rules(actor=actor, party_ids={one.party_id for one in found})


def left_pieces(*, actor: Actor, on: date) -> list[LeftToBill]:
    """All that is not billed, of every source, the oldest first, and why.

    Orders that wait for a person are there too. As :func:`groups_to_bill`, and two queries more.
    """
    pieces, buyers, rules = _ruled(actor, on)
    due = {
        piece.key: group
        for group in groups_of([piece for piece in pieces if not piece.waits], rules)
        for piece in group.pieces
    }
    found = [
        _left(piece, buyers[piece.party_id].name, due.get(piece.key), on)
        if piece.waits or piece.order_reference or piece.key not in due
        else replace(
            _left(piece, buyers[piece.party_id].name, due[piece.key], on),
            why=NO_REFERENCE if buyers[piece.party_id].order_reference_required else "",
        )
        for piece in pieces
    ]
    waiting = Order.objects.filter(
        company=actor.company, accepted_at=None, set_aside_at=None, held_at=None, kind="order"
    ).select_related("party")
    found += [
        replace(_left(piece_of_order(row), row.party.name, None, on), why=row.waiting_reason)
        for row in waiting
    ]
    return sorted(found, key=lambda one: (one.supplied_on, one.number))


WAIT_LABELS: Final = {"reference": "bon de commande du client à obtenir"}
NO_REFERENCE: Final = WAIT_LABELS["reference"]
SOURCE_LABELS: Final = {
    billable.ORDER: "commande",
    billable.DELIVERY: "livraison",
    billable.TIME: "temps passé",
    billable.CONTRACT: "période de contrat",
    billable.MILESTONE: "jalon",
    billable.STATEMENT: "situation de travaux",
    billable.DISBURSEMENT: "débours",
}
LEFT = ("Pièce", "Nature", "Client", "Fourni le", "Ancienneté (jours)", "Montant HT", "Devise",
        "Facturation le", "Pourquoi pas encore")  # fmt: skip


def export_left(rows: Iterable[LeftToBill], *, kind: str = "xlsx") -> bytes:
    """What is left to bill as a file, in the order given. No query."""
    write = write_csv if kind == "csv" else write_xlsx
    return write(
        LEFT,
        [
            [
                one.number,
                SOURCE_LABELS.get(one.source, one.source),
                one.party_name,
                one.supplied_on,
                str(one.age_days),
                one.net,
                one.currency,
                one.due_on,
                one.why,
            ]
            for one in rows
        ],
    )


def _left(piece: Piece, party_name: str, group: Group | None, on: date) -> LeftToBill:
    return LeftToBill(
        source=piece.source,
        source_id=piece.source_id,
        number=piece.number,
        party_id=piece.party_id,
        party_name=party_name,
        supplied_on=piece.supplied_on,
        age_days=max(0, (on - piece.supplied_on).days),
        net=piece.net,
        currency=piece.currency,
        due_on=group.due_on if group else None,
        why=piece.waits,
    )


def drafts_of_sources(*, actor: Actor) -> QuerySet[Invoice]:
    """Drafts that bill a piece of a source, oldest first: those of a run. One query."""
    actor.require(Right.READ)
    linked = Q()
    for source in SOURCES:
        linked |= Q(Exists(source.model.objects.filter(invoice=OuterRef("pk"))))
    return Invoice.objects.filter(
        linked, company=actor.company, status=Invoice.Status.DRAFT
    ).order_by("pk")
