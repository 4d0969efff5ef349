"""Reads of month-end accruals: what a closing should hold, what was posted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.models import Accrual, Invoice, InvoiceLine, Order, OrderLine
from echeance.billing.queries.deposits import groups_of
from echeance.billing.queries.documents import cancellations_to_credit, seller_of
from echeance.billing.queries.lines import line_of_order
from echeance.billing.queries.parts import rates_for
from echeance.billing.queries.rebates import (
    rebate_agreements,
    rebate_earned,
    rebate_settlements,
)
from echeance.billing.queries.to_bill import filled, pieces_to_bill
from echeance.billing.rules import billable
from echeance.billing.rules.accruals import prorated, vat_of
from echeance.billing.rules.amounts import EURO, Exchange
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.posting import revenue_account
from echeance.billing.rules.rebates import shares_by_vat
from echeance.billing.types import (
    GLOBAL_CREDIT,
    PREPAYMENT,
    SELF_BILLED_KINDS,
    AccrualLine,
    AccrualProposal,
    DraftLine,
)
from echeance.core.bookkeeping import account_number
from echeance.core.dates import add_years
from echeance.core.money import round_amount
from echeance.core.tabular import Cell, write_csv, write_xlsx
from echeance.core.tax import Exemption
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

_NOT_INCOME: Final = frozenset({billable.DEPOSIT, billable.DISBURSEMENT})
EXPORTED: Final = (
    "Genre", "Arrêté au", "Pièce", "Client", "Livré le", "Compte", "Taux de TVA", "HT", "TVA",
)  # fmt: skip


def accruals(*, actor: Actor) -> QuerySet[Accrual]:
    """Accruals posted with their entries, latest closing first. One query."""
    actor.require(Right.READ)
    rows = Accrual.objects.filter(company=actor.company)
    return rows.select_related("entry", "reversal").order_by("-closing", "kind", "-pk")


def accrual_for(*, actor: Actor, accrual_id: int) -> Accrual:
    """One accrual of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = accruals(actor=actor).filter(pk=accrual_id).first()
    if row is None:
        raise NotFoundError(what=f"régularisation n° {accrual_id}")
    return row


def propose_accruals(*, actor: Actor, closing: date) -> AccrualProposal:
    """What a closing should hold: supplied or to be credited by then, and not on a document.

    To be invoiced: what every source has left to bill and that was supplied by the closing day (a
    period under way for its days elapsed), drafts, and invoices issued after it for a supply up to
    it. To be credited: cancellations, drafts of credit notes and those issued after it, rebates
    earned. Deposits are no income; disbursements neither. A constant number of queries for each
    source, plus those of each rebate.

    Args:
        actor: Whose company.
        closing: Last day of the period.
    """
    actor.require(Right.READ)
    left_out: list[tuple[str, str]] = []
    # Periods that run on the closing day are due later, a year later at most.
    pieces = [
        (piece, share)
        for piece in pieces_to_bill(actor=actor, on=add_years(closing, 1))
        if piece.source not in _NOT_INCOME
        and (share := _earned(piece, closing, left_out)) is not None
    ]
    documents = _documents(actor, closing)
    currencies = {piece.currency for piece, _ in pieces} | {row.currency for row, _ in documents}
    rates = rates_for(actor=actor, currencies=currencies - {EURO}, on=closing)
    valued = {EURO, *rates}
    pieces = [one for one in pieces if _known(one[0].number, one[0].currency, valued, left_out)]
    documents = [
        (row, days)
        for row, days in documents
        if row.exchange_rate or _known(str(row), row.currency, valued, left_out)
    ]
    to_invoice = [
        *_of_pieces(actor, pieces, closing, rates),
        *_of_documents([one for one in documents if not one[0].is_credit_note], closing, rates),
    ]
    to_credit = [
        *_of_cancellations(actor, closing, left_out),
        *_of_documents([one for one in documents if one[0].is_credit_note], closing, rates),
        *_of_rebates(actor, closing),
    ]
    return AccrualProposal(closing, tuple(to_invoice), tuple(to_credit), tuple(left_out))


def _earned(
    piece: Piece, closing: date, left_out: list[tuple[str, str]]
) -> tuple[date, date] | None:
    """Days over which a piece is earned; none when it is not, or when that is not known."""
    if piece.period_start is not None and piece.period_end is not None:
        if piece.period_start > closing:
            return None
        return piece.period_start, piece.period_end
    if piece.source == billable.ORDER and piece.delivered_on is None:
        if piece.supplied_on <= closing:
            left_out.append((piece.number, "aucune date de livraison"))
        return None
    return (piece.supplied_on, piece.supplied_on) if piece.supplied_on <= closing else None


def _known(
    label: str, currency: str, valued: Collection[str], left_out: list[tuple[str, str]]
) -> bool:
    """Whether a currency has a rate on or before the closing; what has none is said."""
    if currency in valued:
        return True
    left_out.append((label, "aucun cours de sa devise à cette date"))
    return False


def _of_pieces(
    actor: Actor,
    pieces: Sequence[tuple[Piece, tuple[date, date]]],
    closing: date,
    rates: Mapping[str, Exchange],
) -> Iterator[AccrualLine]:
    whole = filled(actor=actor, pieces=[piece for piece, _ in pieces])
    buyers = parties.snapshots(actor=actor, party_ids={piece.party_id for piece in whole})
    seller = seller_of(company=actor.company, on=closing)
    for piece, (_, (start, end)) in zip(whole, pieces, strict=True):
        buyer = buyers[piece.party_id]
        groups = groups_of(piece.lines, buyer, seller, closing)
        for line, (group, net) in zip(piece.lines, groups, strict=True):
            euros = rates[piece.currency].euros(net) if piece.currency != EURO else net
            earned = prorated(euros, start, end, closing)
            yield AccrualLine(
                source=piece.source,
                source_id=piece.source_id,
                label=f"{piece.number} {line.name}"[:200],
                party_id=buyer.party_id,
                party_name=buyer.name,
                supplied_on=min(end, closing),
                account=line.revenue_account or revenue_account(line.nature),
                rate=group.rate,
                net=earned,
                vat=vat_of(earned, group.rate),
            )


_Earned = tuple[Invoice, tuple[date, date]]


def _documents(actor: Actor, closing: date) -> list[_Earned]:
    """Drafts, and documents issued after the closing, for a supply up to it; with its days."""
    rows = (
        Invoice.objects.filter(company=actor.company)
        .filter(Q(status=Invoice.Status.DRAFT) | Q(issue_date__gt=closing))
        .exclude(kind__in=[PREPAYMENT, GLOBAL_CREDIT, *SELF_BILLED_KINDS])
        .exclude(preceding__kind=PREPAYMENT)
        .select_related("preceding")
        .defer("facts", "preceding__facts")
        .order_by("pk")
    )
    return [
        (row, days)
        for row in rows
        if (days := _supply_days(row)) is not None and days[0] <= closing
    ]


def _of_documents(
    documents: Sequence[_Earned], closing: date, rates: Mapping[str, Exchange]
) -> Iterator[AccrualLine]:
    kept = {row.pk: (row, days) for row, days in documents}
    lines = InvoiceLine.objects.filter(invoice__in=kept).exclude(
        exemption=Exemption.DISBURSEMENT.value
    )
    for line in lines.order_by("invoice", "position"):
        row, (start, end) = kept[line.invoice_id]
        net = line.net_amount
        if row.exchange_rate:
            net = round_amount(net / row.exchange_rate)
        elif row.currency != EURO:
            net = rates[row.currency].euros(net)
        net = prorated(net, start, end, closing)
        yield AccrualLine(
            source="draft" if row.number is None else "issued",
            source_id=row.pk,
            label=f"{row} {line.name}"[:200],
            party_id=row.buyer_id,
            party_name=row.buyer_name,
            supplied_on=min(end, closing),
            account=line.revenue_account,
            rate=line.vat_rate,
            net=net,
            vat=vat_of(net, line.vat_rate),
        )


def _supply_days(row: Invoice) -> tuple[date, date] | None:
    """Days over which a document is earned; for a credit note, the day its invoice was issued."""
    day = row.delivery_date
    if row.is_credit_note:
        day = row.preceding.issue_date if row.preceding else None
        return None if day is None else (day, day)
    if row.period_start and row.period_end:
        return row.period_start, row.period_end
    if day is None:
        day = row.created_at.date() if row.issue_date is None else row.issue_date
    return day, day


def _of_cancellations(
    actor: Actor, closing: date, left_out: list[tuple[str, str]]
) -> Iterator[AccrualLine]:
    rows = {
        row.pk: row
        for row in cancellations_to_credit(actor=actor).filter(
            order_date__lte=closing, cancels__invoice__issue_date__lte=closing
        )
    }
    lines: dict[int, list[DraftLine]] = {}
    found = OrderLine.objects.filter(company=actor.company, order__in=rows)
    for one in found.order_by("order", "position"):
        lines.setdefault(one.order_id, []).append(line_of_order(one))
    currencies = {row.currency for row in rows.values()} - {EURO}
    rates = rates_for(actor=actor, currencies=currencies, on=closing)
    valued = {EURO, *rates}
    known = [row for row in rows.values() if _known(row.number, row.currency, valued, left_out)]
    yield from _of_orders(actor, known, lines, closing, rates)


def _of_orders(
    actor: Actor,
    rows: Sequence[Order],
    lines: dict[int, list[DraftLine]],
    closing: date,
    rates: Mapping[str, Exchange],
) -> Iterator[AccrualLine]:
    buyers = parties.snapshots(actor=actor, party_ids={row.party_id for row in rows})
    seller = seller_of(company=actor.company, on=closing)
    for row in rows:
        buyer, own = buyers[row.party_id], lines.get(row.pk, [])
        for line, (group, net) in zip(own, groups_of(own, buyer, seller, closing), strict=True):
            euros = rates[row.currency].euros(net) if row.currency != EURO else net
            yield AccrualLine(
                source="cancellation",
                source_id=row.pk,
                label=f"{row.number} {line.name}"[:200],
                party_id=buyer.party_id,
                party_name=buyer.name,
                supplied_on=row.order_date,
                account=line.revenue_account or revenue_account(line.nature),
                rate=group.rate,
                net=euros,
                vat=vat_of(euros, group.rate),
            )


def _of_rebates(actor: Actor, closing: date) -> Iterator[AccrualLine]:
    agreements = rebate_agreements(actor=actor, open_only=True).filter(starts_on__lte=closing)
    for row in agreements:
        notes = rebate_settlements(actor=actor, agreement_id=row.pk)
        if notes.filter(invoice__issue_date__lte=closing).exists():
            continue
        found, turnover = rebate_earned(actor=actor, agreement=row, on=closing)
        if not found.amount:
            continue
        for group, part in shares_by_vat(found.amount, turnover.by_group).items():
            yield AccrualLine(
                source="rebate",
                source_id=row.pk,
                label=f"Remise de fin d'année, contrat {row.number}",
                party_id=row.party_id,
                party_name=row.party.name,
                supplied_on=min(closing, row.ends_on),
                account=account_number("sales_reductions"),
                rate=group.rate,
                net=part,
                vat=vat_of(part, group.rate),
            )


def accrual_lines(row: Accrual) -> list[AccrualLine]:
    """The lines an accrual was posted with. No query."""
    return [
        AccrualLine(
            **{
                **one,
                "supplied_on": date.fromisoformat(one["supplied_on"]),
                "rate": Decimal(one["rate"]),
                "net": Decimal(one["net"]),
                "vat": Decimal(one["vat"]),
            }
        )
        for one in row.lines
    ]


def kept_lines(lines: Sequence[AccrualLine]) -> list[dict[str, object]]:
    """Lines as the table keeps them. No query."""
    return [
        {
            **asdict(line),
            "supplied_on": line.supplied_on.isoformat(),
            "rate": str(line.rate),
            "net": str(line.net),
            "vat": str(line.vat),
        }
        for line in lines
    ]


def export_accruals(proposal: AccrualProposal, *, kind: str = "csv") -> bytes:
    """The lines of a proposal as a file. No query."""
    rows: list[list[Cell]] = [
        [
            label,
            proposal.closing,
            line.label,
            line.party_name,
            line.supplied_on,
            line.account,
            line.rate,
            line.net,
            line.vat,
        ]
        for label, lines in (
            ("Facture à établir", proposal.to_invoice),
            ("Avoir à établir", proposal.to_credit),
        )
        for line in lines
    ]
    write = write_csv if kind == "csv" else write_xlsx
    return write(EXPORTED, rows)
