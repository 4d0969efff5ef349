"""Markets: recorded, billed by statements or milestones, accepted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.drafts import draft_documents
from echeance.billing.errors import MarketRefusedError
from echeance.billing.events import (
    MarketSaved,
    MilestoneReached,
    StatementDrafted,
    WorksAccepted,
)
from echeance.billing.models import (
    Instalment,
    Invoice,
    Market,
    MarketLine,
    ProgressStatement,
    ProgressStatementLine,
)
from echeance.billing.queries.markets import MarketState
from echeance.billing.rules import markets as rules
from echeance.billing.rules.deposits import final_frame
from echeance.billing.types import DraftFacts, DraftLine, MarketLineFacts
from echeance.core.bookkeeping import account_number
from echeance.core.dates import add_years
from echeance.core.money import ZERO, round_amount
from echeance.core.progress import HIGHEST_RETENTION, RetentionTooHighError
from echeance.core.tax import Exemption, Nature
from echeance.ledger import commands as ledger

_FRAMES = ("", "S3", "S5", "S6")
_LINES_MAX = 500


@transaction.atomic
def save_market(
    *,
    actor: Actor,
    party_id: int,
    number: str,
    name: str,
    signed_on: date,
    lines: Sequence[MarketLineFacts],
    mode: str = "progress",
    order_reference: str = "",
    retention_percent: Decimal = ZERO,
    has_retention_bond: bool = False,
    frame: str = "",
) -> Market:
    """Record a market and its lines.

    Args:
        actor: Who records.
        party_id: The customer.
        number: BT-11, once a company.
        name: What the works are.
        signed_on: Day of signature.
        lines: At least one.
        mode: ``progress`` or ``milestones``.
        order_reference: BT-13.
        retention_percent: At most 5.
        has_retention_bond: A bond stands in for the retention: nothing is kept back.
        frame: BT-23 of a sub-contractor or co-contractor: ``S3``, ``S5``, ``S6``; empty lets the
            rules choose.

    Raises:
        MarketRefusedError: The number is taken, or a line cannot stand.
        RetentionTooHighError: Above 5 %.
    """
    actor.require(Right.DRAFT_INVOICES)
    number = number.strip()
    if problem := _problem(number, name, lines, mode, frame):
        raise MarketRefusedError(number, problem)
    if not ZERO <= retention_percent <= HIGHEST_RETENTION:
        raise RetentionTooHighError(retention_percent)
    if Market.objects.filter(company=actor.company, number=number).exists():
        raise MarketRefusedError(number, "ce numéro est déjà pris, choisissez-en un autre")
    buyer = queries.buyer_of(actor=actor, party_id=party_id)
    market = Market.objects.create(
        company=actor.company,
        party_id=buyer,
        number=number,
        name=name.strip()[:200],
        mode=mode,
        order_reference=order_reference.strip()[:60],
        signed_on=signed_on,
        retention_percent=retention_percent,
        has_retention_bond=has_retention_bond,
        frame=frame,
    )
    MarketLine.objects.bulk_create(
        MarketLine(
            company=actor.company,
            market=market,
            position=position,
            name=line.name.strip()[:200],
            nature=line.nature,
            net_amount=line.net_amount,
            vat_rate=line.vat_rate,
            exemption=line.exemption,
            exemption_article=line.exemption_article,
            revenue_account=line.revenue_account,
            expected_on=line.expected_on,
        )
        for position, line in enumerate(lines, start=1)
    )
    total = sum((line.net_amount for line in lines), ZERO)
    journal.record(MarketSaved(market.pk, number, str(total)), actor=actor)
    return market


def _problem(
    number: str, name: str, lines: Sequence[MarketLineFacts], mode: str, frame: str
) -> str:
    if not number or not name.strip():
        return "il lui faut un numéro et un objet"
    if mode not in Market.Mode.values:
        return "il se facture par situations ou par jalons, choisissez l'un des deux"
    if frame not in _FRAMES:
        return f"le cadre « {frame} » n'est pas celui d'un marché (S3, S5 ou S6)"
    if not 0 < len(lines) <= _LINES_MAX:
        return f"donnez-lui de 1 à {_LINES_MAX} postes"
    for position, line in enumerate(lines, start=1):
        if not line.name.strip():
            return f"le poste {position} n'a pas de désignation"
        if line.net_amount <= ZERO or line.net_amount != round_amount(line.net_amount):
            return f"le montant du poste {position} est positif et en centimes entiers"
        if line.nature not in {Nature.GOODS, Nature.SERVICES}:
            return f"la nature du poste {position} est « goods » ou « services »"
        if line.exemption and line.exemption not in set(Exemption):
            return f"le motif d'exonération du poste {position} est inconnu"
    return ""


def _lock(actor: Actor, market_id: int) -> Market:
    row = Market.objects.select_for_update().filter(company=actor.company, pk=market_id).first()
    if row is None:
        raise NotFoundError(what=f"marché n° {market_id}")
    return row


@transaction.atomic
def draft_statement(
    *,
    actor: Actor,
    market_id: int,
    on: date,
    progress: Mapping[int, Decimal] | None = None,
    final: bool = False,
) -> ProgressStatement:
    """Draft the next statement of a market, with its deductions and what is kept back.

    Works are billed as the difference with what was billed before; deposits are deducted in the
    proportion of the works done, each with its VAT; the retention is a part of the total that is
    due at the end of the guarantee. A draft that is discarded, and a document wholly credited, give
    back what they billed. About thirty-five queries.

    Args:
        actor: Who drafts.
        market_id: The market.
        on: Day the works were measured.
        progress: Line to its progress since the beginning, per cent; lines that are not there have
            not moved. For a final statement every line ends, whatever is said here.
        final: It closes the market; so does a statement that ends every line.

    Raises:
        NotFoundError: Not a market of this company.
        MarketRefusedError: It is closed or by milestones, a deposit is still a draft, nothing has
            moved, or a deposit would be left once all is billed.
        ProgressBackwardsError: A line would be beyond 100 %, or behind what was billed.
    """
    actor.require(Right.DRAFT_INVOICES)
    market = _lock(actor, market_id)
    if market.mode != Market.Mode.PROGRESS:
        raise MarketRefusedError(market.number, "il se facture par jalons, pas par situations")
    state = queries.market_state(actor=actor, market=market)
    _check_open(actor, market, state)
    percents = dict(progress or {})
    unknown = set(percents) - {one.line_id for one in state.works}
    if unknown:
        raise MarketRefusedError(market.number, "un poste n'est pas de ce marché, relisez-le")
    plan = queries.plan_of(market, state, percents, final=final)
    final = final or all(one.cumulative == one.work.net for one in plan.lines)
    if not plan.works_net:
        raise MarketRefusedError(
            market.number, "aucun poste n'a avancé depuis la dernière situation"
        )
    rank = state.last_rank + 1
    label = rules.statement_label(rank, on, is_final=final)
    if final:
        _check_nothing_left(market, state, plan)
    row = draft_documents(
        actor=actor,
        drafts=[
            _document(
                market,
                rules.statement_lines(plan),
                plan,
                on=on,
                note=f"{label}, marché {market.number} : {market.name}",
                frame=_frame(market, plan, final=final),
            )
        ],
    )[0]
    statement = _keep(actor, market, plan, row, rank=rank, on=on, final=final)
    market.closed_at = clock.now() if final else None
    market.save(update_fields=["closed_at"])
    journal.record(StatementDrafted(market.pk, rank, row.pk, str(plan.net), final), actor=actor)
    return statement


def _check_open(actor: Actor, market: Market, state: MarketState) -> None:
    if state.has_final:
        raise MarketRefusedError(
            market.number, "il est soldé par son décompte final, créditez-le pour le rouvrir"
        )
    for deposit in queries.deposits(actor=actor, market_id=market.pk):
        if deposit.invoice is not None and deposit.invoice.number is None:
            raise MarketRefusedError(
                market.number, "un acompte est encore en brouillon, émettez-le ou abandonnez-le"
            )


def _check_nothing_left(market: Market, state: MarketState, plan: rules.StatementPlan) -> None:
    left = sum((one.left for one in state.lefts), ZERO)
    if left != plan.deducted_net:
        raise MarketRefusedError(
            market.number,
            "les acomptes dépassent les travaux qui restent, faites d'abord un avoir sur l'acompte",
        )


def _frame(market: Market, plan: rules.StatementPlan, *, final: bool) -> str:
    if market.frame:
        return market.frame
    if final and plan.allowances:
        return final_frame(one.work.group.nature for one in plan.lines if one.net)
    return ""


def _document(
    market: Market,
    lines: tuple[DraftLine, ...],
    plan: rules.StatementPlan,
    *,
    on: date,
    note: str,
    frame: str,
) -> DraftFacts:
    expected = market.lines.values_list("expected_on", flat=True)
    return DraftFacts(
        buyer_id=market.party_id,
        lines=lines,
        order_reference=market.order_reference,
        project_reference=market.number,
        delivery_date=on,
        note=note,
        frame=frame,
        allowances=plan.allowances,
        retained_amount=plan.retained,
        retained_until=rules.retained_until(market.accepted_on, expected, market.signed_on)
        if plan.retained
        else None,
    )


def _keep(
    actor: Actor,
    market: Market,
    plan: rules.StatementPlan,
    row: Invoice,
    *,
    rank: int,
    on: date,
    final: bool,
) -> ProgressStatement:
    # A statement whose draft was discarded is none: its rank is free again.
    ProgressStatement.objects.filter(market=market, rank__gte=rank, invoice=None).delete()
    statement = ProgressStatement.objects.create(
        company=actor.company,
        market=market,
        rank=rank,
        on=on,
        is_final=final,
        drafted_at=clock.now(),
        drafted_by=actor.name,
        invoice=row,
    )
    ProgressStatementLine.objects.bulk_create(
        ProgressStatementLine(
            company=actor.company,
            statement=statement,
            market_line_id=one.work.line_id,
            percent=round(one.percent, 6),
            cumulative=one.cumulative,
            net_amount=one.net,
        )
        for one in plan.lines
    )
    return statement


@transaction.atomic
def reach_milestones(
    *, actor: Actor, market_id: int, line_ids: Collection[int], on: date
) -> list[MarketLine]:
    """Say that milestones were reached on a day; each may then be billed, once.

    Raises:
        NotFoundError: Not a market of this company.
        MarketRefusedError: It is billed by statements, a line is not of it, is billed already, or
            the day has not come.
    """
    actor.require(Right.DRAFT_INVOICES)
    market = _lock(actor, market_id)
    rows = _milestones(market, line_ids)
    if on > clock.today():
        raise MarketRefusedError(market.number, "un jalon ne s'atteint pas dans l'avenir")
    for row in rows:
        if row.invoice_id is not None:
            raise MarketRefusedError(market.number, f"le jalon {row.position} est déjà facturé")
        row.reached_on = on
    MarketLine.objects.bulk_update(rows, ["reached_on"])
    journal.record_many(
        [MilestoneReached(market.pk, row.position, on.isoformat()) for row in rows], actor=actor
    )
    return rows


def _milestones(market: Market, line_ids: Collection[int]) -> list[MarketLine]:
    if market.mode != Market.Mode.MILESTONES:
        raise MarketRefusedError(market.number, "il se facture par situations, pas par jalons")
    rows = list(market.lines.filter(pk__in=set(line_ids)).order_by("position"))
    if len(rows) != len(set(line_ids)):
        raise MarketRefusedError(market.number, "un jalon n'est pas de ce marché, relisez-le")
    return rows


@transaction.atomic
def draft_milestones(*, actor: Actor, market_id: int) -> Invoice:
    """Draft one invoice of the milestones reached and not billed, deposits deducted.

    Deposits are deducted in the proportion of the milestones billed since the beginning.

    Raises:
        NotFoundError: Not a market of this company.
        MarketRefusedError: None is reached and left to bill, or a deposit is still a draft.
    """
    actor.require(Right.DRAFT_INVOICES)
    market = _lock(actor, market_id)
    if market.mode != Market.Mode.MILESTONES:
        raise MarketRefusedError(market.number, "il se facture par situations, pas par jalons")
    state = queries.market_state(actor=actor, market=market)
    _check_open(actor, market, state)
    works = {one.line_id: one for one in state.works}
    rows = [
        row
        for row in market.lines.exclude(reached_on=None).order_by("position")
        if works[row.pk].billed < row.net_amount
    ]
    if not rows:
        raise MarketRefusedError(market.number, "aucun jalon atteint n'est à facturer")
    plan = queries.plan_of(market, state, {row.pk: Decimal(100) for row in rows})
    reached = {row.pk: row.reached_on for row in rows if row.reached_on is not None}
    last = all(works[pk].billed == works[pk].net or pk in reached for pk in works)
    if last:
        _check_nothing_left(market, state, plan)
    invoice = draft_documents(
        actor=actor,
        drafts=[
            _document(
                market,
                rules.milestone_lines([works[pk] for pk in reached], reached),
                plan,
                on=max(reached.values()),
                note=f"Marché {market.number} : {market.name}",
                frame=_frame(market, plan, final=last),
            )
        ],
    )[0]
    market.lines.filter(pk__in=reached).update(invoice=invoice)
    market.closed_at = clock.now() if last else None
    market.save(update_fields=["closed_at"])
    return invoice


@transaction.atomic
def accept_works(*, actor: Actor, market_id: int, on: date) -> list[str]:
    """Record the acceptance of the works (réception): what is kept back is due one year later.

    What issued documents keep back is carried to that day in the books, by entries of the journal
    OD; drafts take the day too. Harmless when repeated on the same day.

    Args:
        actor: Who records; may issue invoices.
        market_id: The market.
        on: Day of acceptance, with or without reserves.

    Returns:
        Numbers of the documents whose retention was carried.

    Raises:
        NotFoundError: Not a market of this company.
        MarketRefusedError: The day has not come, or comes before the signature.
        PeriodClosedError: Today is in a closed month.

    Source: loi n° 71-584 art. 2.
    """
    actor.require(Right.ISSUE_INVOICES)
    market = _lock(actor, market_id)
    if not market.signed_on <= on <= clock.today():
        raise MarketRefusedError(
            market.number, "la réception se situe entre la signature et aujourd'hui"
        )
    market.accepted_on = on
    market.save(update_fields=["accepted_on"])
    return _carry(actor, market, add_years(on, 1), on)


@transaction.atomic
def replace_retention(*, actor: Actor, market_id: int) -> list[str]:
    """Record that a bond stands in for the retention: what was kept back is due now.

    The next statements keep nothing back.

    Returns:
        Numbers of the documents whose retention was carried to today.

    Raises:
        NotFoundError: Not a market of this company.

    Source: loi n° 71-584 art. 1, al. 4.
    """
    actor.require(Right.ISSUE_INVOICES)
    market = _lock(actor, market_id)
    market.has_retention_bond = True
    market.save(update_fields=["has_retention_bond"])
    return _carry(actor, market, clock.today(), clock.today(), released=True)


@transaction.atomic
def release_retentions(*, actor: Actor, market_id: int | None = None) -> list[str]:
    """Put what was kept back and is due by today among what customers owe (4117 to 411).

    From then on it is paid, reminded and matched as any other due amount. Harmless when repeated.

    Args:
        actor: Who releases; may issue invoices.
        market_id: Of that market only; none for all those whose works were accepted.

    Returns:
        Numbers of the documents whose retention was released.

    Raises:
        NotFoundError: Not a market of this company.

    Source: loi n° 71-584 art. 2: paid at the end of one year, with or without a release.
    """
    actor.require(Right.ISSUE_INVOICES)
    today = clock.today()
    if market_id is not None:
        market = _lock(actor, market_id)
        if market.accepted_on is None and not market.has_retention_bond:
            return []
    parts = queries.retentions(actor=actor, market_id=market_id, due_by=today)
    new = ledger.redate_items(
        actor=_poster(actor),
        item_ids=[part.item_id for part in parts],
        on=today,
        account=account_number("customers"),
    )
    for one in Instalment.objects.filter(item__in=new):
        one.item_id = new[one.item_id]
        one.save(update_fields=["item"])
    return [part.invoice.number or "" for part in parts if part.item_id in new]


def _poster(actor: Actor) -> Actor:
    """Who may issue an invoice may say when what it keeps back is due."""
    return replace(actor, rights=actor.rights | {Right.POST_ENTRIES, Right.MATCH_PAYMENTS})


def _carry(
    actor: Actor, market: Market, due_on: date, on: date, *, released: bool = False
) -> list[str]:
    parts = [
        part
        for part in queries.retentions(actor=actor, market_id=market.pk)
        if part.open_amount and part.due_date != due_on
    ]
    new = ledger.redate_items(
        actor=_poster(actor),
        item_ids=[part.item_id for part in parts],
        due_date=due_on,
        on=clock.today(),
        account=account_number("customers") if released else "",
    )
    for one in Instalment.objects.filter(item__in=new):
        one.item_id, one.due_date = new[one.item_id], due_on
        one.save(update_fields=["item", "due_date"])
    drafts = Invoice.objects.filter(
        statements__market=market, status=Invoice.Status.DRAFT, retained_amount__gt=0
    )
    Invoice.objects.filter(pk__in=list(drafts.values_list("pk", flat=True))).update(
        retained_until=due_on
    )
    numbers = [part.invoice.number or "" for part in parts]
    journal.record(
        WorksAccepted(market.pk, on.isoformat(), due_on.isoformat(), numbers), actor=actor
    )
    return numbers
