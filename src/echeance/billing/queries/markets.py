"""Reads of markets: lines, statements, milestones, deposits, retention."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import F, Q, Sum

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.models import (
    Deposit,
    Instalment,
    Invoice,
    InvoiceLine,
    Market,
    MarketLine,
    ProgressStatement,
    ProgressStatementLine,
)
from echeance.billing.queries.deposits import (
    deposits_left,
    groups_for,
    groups_of,
    market_lines_to_tax,
)
from echeance.billing.queries.documents import seller_of
from echeance.billing.rules import billable
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.deposits import DepositLeft, final_frame
from echeance.billing.rules.markets import (
    StatementPlan,
    Work,
    milestone_lines,
    plan_statement,
    retained_until,
)
from echeance.billing.types import CREDIT_KINDS
from echeance.core.money import ZERO
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

HUNDRED = Decimal(100)


def markets(*, actor: Actor, text: str = "", open_only: bool = False) -> QuerySet[Market]:
    """Markets with their customer and ``net_total``, latest first. One query."""
    actor.require(Right.READ)
    rows = Market.objects.filter(company=actor.company)
    if text:
        rows = rows.filter(
            Q(number__icontains=text) | Q(name__icontains=text) | Q(party__name__icontains=text)
        )
    if open_only:
        rows = rows.filter(closed_at=None)
    return rows.select_related("party").annotate(net_total=Sum("lines__net_amount")).order_by("-pk")


def market_for(*, actor: Actor, market_id: int) -> Market:
    """One market of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = markets(actor=actor).filter(pk=market_id).first()
    if row is None:
        raise NotFoundError(what=f"marché n° {market_id}")
    return row


def market_lines(*, actor: Actor, market_id: int) -> QuerySet[MarketLine]:
    """Lines of a market, in their order, with the document of a milestone. One query."""
    actor.require(Right.READ)
    rows = MarketLine.objects.filter(company=actor.company, market=market_id)
    return rows.select_related("invoice").order_by("position")


def statements(*, actor: Actor, market_id: int) -> QuerySet[ProgressStatement]:
    """Statements of a market that have their document, by rank. One query.

    One whose draft was discarded is none.
    """
    actor.require(Right.READ)
    return (
        ProgressStatement.objects.filter(
            company=actor.company, market=market_id, invoice__isnull=False
        )
        .select_related("invoice")
        .order_by("rank")
    )


def wholly_credited(invoice_ids: Collection[int]) -> set[int]:
    """Those of some documents whose issued credit notes give back all. Two queries."""
    totals = dict(Invoice.objects.filter(pk__in=invoice_ids).values_list("pk", "gross_total"))
    credited = (
        Invoice.objects.filter(
            preceding__in=invoice_ids, kind__in=CREDIT_KINDS, status=Invoice.Status.ISSUED
        )
        .order_by()
        .values_list("preceding")
        .annotate(total=Sum("gross_total"))
    )
    return {pk for pk, total in credited if pk is not None and total >= totals[pk] > ZERO}


@dataclass(frozen=True, slots=True)
class MarketState:
    """Where a market stands.

    Attributes:
        works: Its lines with what was billed of each.
        percents: Line to its progress since the beginning.
        lefts: Issued deposits with what they leave to deduct.
        retained: Kept back by the documents in force.
        last_rank: Of the statements in force; zero for none.
        has_final: A final statement is in force.
    """

    works: tuple[Work, ...]
    percents: Mapping[int, Decimal]
    lefts: tuple[DepositLeft, ...]
    retained: Decimal
    last_rank: int
    has_final: bool

    @property
    def net(self) -> Decimal:
        """The whole market without VAT."""
        return sum((one.net for one in self.works), ZERO)

    @property
    def billed(self) -> Decimal:
        """Works billed without VAT, deposits not deducted."""
        return sum((one.billed for one in self.works), ZERO)


def market_state(*, actor: Actor, market: Market) -> MarketState:
    """Where a market stands: what was billed, deducted and kept back. About fifteen queries.

    Drafts count, so that two statements never bill the same works. A document wholly credited
    gives back what it billed; a part credited on a line gives back that part.
    """
    actor.require(Right.READ)
    rows = list(market_lines(actor=actor, market_id=market.pk))
    groups = groups_for(actor=actor, buyer_id=market.party_id, lines=market_lines_to_tax(rows))
    found = list(statements(actor=actor, market_id=market.pk))
    documents = {one.invoice_id for one in found if one.invoice_id} | {
        row.invoice_id for row in rows if row.invoice_id
    }
    undone = wholly_credited(documents)
    kept = [one for one in found if one.invoice_id not in undone]
    billed = _billed(kept)
    for row in rows:
        if row.invoice_id is not None and row.invoice_id not in undone:
            billed[row.pk] = row.net_amount
    retained = Invoice.objects.filter(pk__in=documents - undone).aggregate(
        total=Sum("retained_amount")
    )
    return MarketState(
        works=tuple(
            Work(
                row.pk,
                row.name,
                row.net_amount,
                group,
                row.revenue_account,
                billed.get(row.pk, ZERO),
            )
            for row, (group, _) in zip(rows, groups, strict=True)
        ),
        percents={
            row.pk: billed.get(row.pk, ZERO) * HUNDRED / row.net_amount
            for row in rows
            if row.net_amount
        },
        lefts=tuple(
            deposits_left(actor=actor, market_ids=[market.pk]).get(market.pk, ()),
        ),
        retained=retained["total"] or ZERO,
        last_rank=max((one.rank for one in found), default=0),
        has_final=any(one.is_final for one in kept),
    )


def _billed(kept: Sequence[ProgressStatement]) -> dict[int, Decimal]:
    """What statements billed of each line, less what credit notes gave back of it."""
    billed: dict[int, Decimal] = {}
    by_statement: dict[int, list[ProgressStatementLine]] = {}
    lines = ProgressStatementLine.objects.filter(statement__in=kept).order_by(
        "statement", "market_line__position"
    )
    for line in lines:
        billed[line.market_line_id] = billed.get(line.market_line_id, ZERO) + line.net_amount
        if line.net_amount:
            by_statement.setdefault(line.statement_id, []).append(line)
    documents = {one.invoice_id: one.pk for one in kept}
    credited = dict(
        InvoiceLine.objects.filter(
            credited_line__invoice__in=documents, invoice__status=Invoice.Status.ISSUED
        )
        .order_by()
        .values_list("credited_line")
        .annotate(total=Sum("net_amount"))
    )
    if not credited:
        return billed
    places: dict[int, list[int]] = {}
    rows = InvoiceLine.objects.filter(invoice__in=documents).order_by("invoice", "position")
    for pk, invoice_id in rows.values_list("pk", "invoice_id"):
        places.setdefault(documents[invoice_id], []).append(pk)
    for statement_id, own in by_statement.items():
        # The lines of the document are those of the statement that moved, in the same order.
        for line, pk in zip(own, places.get(statement_id, ()), strict=False):
            billed[line.market_line_id] -= credited.get(pk, ZERO)
    return billed


def planned_statement(
    *, actor: Actor, market: Market, percents: Mapping[int, Decimal], final: bool = False
) -> StatementPlan:
    """What the next statement would bill; nothing is written. About fifteen queries.

    Args:
        actor: Whose market.
        market: The market.
        percents: Line to its progress since the beginning.
        final: Every line ends.

    Raises:
        ProgressBackwardsError: A line would be beyond 100 %, or behind what was billed.
    """
    return plan_of(market, market_state(actor=actor, market=market), percents, final=final)


def plan_of(
    market: Market, state: MarketState, percents: Mapping[int, Decimal], *, final: bool = False
) -> StatementPlan:
    """As :func:`planned_statement`, from a state already read. No query."""
    if final:
        percents = {one.line_id: HUNDRED for one in state.works}
    return plan_statement(
        state.works,
        percents,
        deposits_left=state.lefts,
        retention_percent=ZERO if market.has_retention_bond else market.retention_percent,
        retained_before=ZERO if market.has_retention_bond else state.retained,
    )


@dataclass(frozen=True, slots=True)
class RetentionPart:
    """What one document keeps back, and where it stands in the books."""

    invoice: Invoice
    due_date: date
    amount: Decimal
    open_amount: Decimal
    item_id: int


def retentions(
    *, actor: Actor, market_id: int | None = None, due_by: date | None = None
) -> list[RetentionPart]:
    """Amounts kept back by issued documents, as they stand now. Two queries.

    Args:
        actor: Whose company.
        market_id: Of that market; none for all those whose works were accepted, or that a bond
            covers.
        due_by: Only what is open on 4117 and due by that day; all of it when absent.
    """
    actor.require(Right.READ)
    rows = Invoice.objects.filter(
        company=actor.company, status=Invoice.Status.ISSUED, retained_amount__gt=0
    )
    if market_id is not None:
        rows = rows.filter(Q(statements__market=market_id) | Q(milestones__market=market_id))
    else:
        known = Market.objects.filter(company=actor.company)
        known = known.exclude(accepted_on=None, has_retention_bond=False)
        rows = rows.filter(Q(statements__market__in=known) | Q(milestones__market__in=known))
    parts = Instalment.objects.filter(
        invoice__in=rows, item__party=F("invoice__buyer"), amount=F("invoice__retained_amount")
    )
    if due_by is not None:
        parts = parts.filter(
            item__open_amount__gt=0,
            due_date__lte=due_by,
            item__account__key="customers_retention",
        )
    last = {
        part.invoice_id: part for part in parts.select_related("item", "invoice").order_by("pk")
    }  # what the buyer keeps back is written after its instalments
    return [
        RetentionPart(part.invoice, part.due_date, part.amount, part.item.open_amount, part.item_id)
        for _, part in sorted(last.items())
    ]


# -- the run --------------------------------------------------------------------------------------


def milestone_pieces(*, actor: Actor, on: date) -> Iterable[Piece]:
    """Milestones reached and not billed, one piece a market, deposits deducted.

    Each market is billed alone. Twenty queries, whatever their number, when there is one.
    """
    del on
    actor.require(Right.READ)
    reached = set(
        MarketLine.objects.filter(
            company=actor.company,
            market__mode=Market.Mode.MILESTONES,
            reached_on__isnull=False,
            invoice=None,
        ).values_list("market_id", flat=True)
    )
    if not reached:
        return
    found = {row.pk: row for row in markets(actor=actor).filter(pk__in=reached).order_by("pk")}
    rows: dict[int, list[MarketLine]] = {pk: [] for pk in found}
    for row in MarketLine.objects.filter(market__in=reached).order_by("market", "position"):
        rows[row.market_id].append(row)
    lefts = deposits_left(actor=actor, market_ids=reached)
    drafted = set(
        Deposit.objects.filter(
            market__in=reached, cancelled_at=None, invoice__status=Invoice.Status.DRAFT
        ).values_list("market_id", flat=True)
    )
    kept = dict(
        Invoice.objects.filter(milestones__market__in=reached)
        .order_by()
        .values_list("milestones__market")
        .annotate(total=Sum("retained_amount", distinct=True))
    )
    today = clock.today()
    seller = seller_of(company=actor.company, on=today)
    buyers = parties.snapshots(actor=actor, party_ids={row.party_id for row in found.values()})
    for market_id, market in found.items():
        groups = groups_of(
            market_lines_to_tax(rows[market_id]), buyers[market.party_id], seller, today
        )
        works = {
            row.pk: Work(
                row.pk,
                row.name,
                row.net_amount,
                group,
                row.revenue_account,
                row.net_amount if row.invoice_id else ZERO,
            )
            for row, (group, _) in zip(rows[market_id], groups, strict=True)
        }
        yield _milestone_piece(
            market,
            rows[market_id],
            works,
            lefts.get(market_id, ()),
            kept.get(market_id) or ZERO,
            waits="un acompte est encore en brouillon" if market_id in drafted else "",
        )


def _milestone_piece(
    market: Market,
    rows: Sequence[MarketLine],
    works: Mapping[int, Work],
    lefts: Sequence[DepositLeft],
    kept: Decimal,
    *,
    waits: str,
) -> Piece:
    reached = {
        row.pk: row.reached_on
        for row in rows
        if row.reached_on is not None and row.invoice_id is None
    }
    plan = plan_statement(
        list(works.values()),
        dict.fromkeys(reached, HUNDRED),
        deposits_left=lefts,
        retention_percent=ZERO if market.has_retention_bond else market.retention_percent,
        retained_before=ZERO if market.has_retention_bond else kept,
    )
    last = all(row.invoice_id is not None or row.pk in reached for row in rows)
    frame = market.frame
    if not frame and last and plan.allowances:
        frame = final_frame(works[pk].group.nature for pk in reached)
    return Piece(
        source=billable.MILESTONE,
        source_id=min(reached),
        number=market.number,
        party_id=market.party_id,
        supplied_on=max(reached.values()),
        net=plan.works_net,
        lines=milestone_lines([works[pk] for pk in reached], reached),
        members=tuple(reached),
        delivered_on=max(reached.values()),
        order_reference=market.order_reference,
        project_reference=market.number,
        frame=frame,
        note=f"Marché {market.number} : {market.name}",
        retained_amount=plan.retained,
        retained_until=retained_until(
            market.accepted_on, (row.expected_on for row in rows), market.signed_on
        )
        if plan.retained
        else None,
        allowances=plan.allowances,
        waits=waits,
        alone=True,
    )
