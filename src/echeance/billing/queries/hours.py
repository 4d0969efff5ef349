"""Hours: recorded, approved, left to bill; the time sheet of a document."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import TimeEntry
from echeance.billing.rules import billable
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.contracts import net_of
from echeance.billing.rules.hours import Hours, hour_lines
from echeance.core.dates import month_end, month_start
from echeance.core.tabular import write_csv
from echeance.parties import queries as parties

FREE_TIME = Q(is_billable=True, approved_at__isnull=False, invoice=None)
"""Hours that may be billed."""
SHEET_HEADERS = ("Jour", "Intervenant", "Travail", "Heures", "Taux HT", "Montant HT")


def time_entries(
    *, actor: Actor, party_id: int | None = None, approved: bool | None = None
) -> QuerySet[TimeEntry]:
    """Hours, the latest day first. One query."""
    actor.require(Right.READ)
    rows = TimeEntry.objects.filter(company=actor.company).select_related("party", "item", "order")
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    if approved is not None:
        rows = rows.filter(approved_at__isnull=not approved)
    return rows.order_by("-worked_on", "-pk")


def time_pieces(*, actor: Actor, on: date) -> list[Piece]:
    """Hours to bill: a piece for each customer, order and month; one query.

    A month is billed on its last day. Hours nobody approved make a piece apart, that waits.
    """
    del on
    actor.require(Right.READ)
    rows = (
        TimeEntry.objects.filter(company=actor.company, is_billable=True, invoice=None)
        .select_related("item", "order")
        .order_by("worked_on", "pk")
    )
    groups: dict[tuple[object, ...], list[TimeEntry]] = {}
    for row in rows:
        key = (row.party_id, row.order_id, month_start(row.worked_on), row.approved_at is None)
        groups.setdefault(key, []).append(row)
    return [_piece(together) for together in groups.values()]


def _piece(together: list[TimeEntry]) -> Piece:
    first, last = together[0], together[-1]
    order = first.order
    lines = tuple(hour_lines(hours_of(row) for row in together))
    return Piece(
        source=billable.TIME,
        source_id=first.pk,
        number=f"temps de {first.worked_on:%m/%Y}" + (f", {order.number}" if order else ""),
        party_id=first.party_id,
        supplied_on=last.worked_on,
        net=net_of(lines),
        lines=lines,
        members=tuple(row.pk for row in together),
        currency=order.currency if order else "EUR",
        order_reference=order.order_reference if order else "",
        sales_order_reference=order.number if order else "",
        buyer_reference=order.buyer_reference if order else "",
        establishment_id=order.establishment_id if order else None,
        period_start=first.worked_on,
        period_end=last.worked_on,
        not_before=month_end(last.worked_on),
        waits="" if first.approved_at else "validez les temps",
    )


def hours_of(row: TimeEntry) -> Hours:
    """Hours as the rules read them; their article in hand. No query."""
    item = row.item
    return Hours(
        entry_id=row.pk,
        person=row.person,
        worked_on=row.worked_on,
        hours=row.hours,
        rate=row.hourly_rate,
        description=row.description,
        item_code=item.code if item else "",
        item_name=item.name if item else "",
        vat_rate=item.vat_rate if item else None,
        exemption=item.exemption if item else "",
        exemption_article=item.exemption_article if item else "",
        revenue_account=item.revenue_account if item else "",
    )


def time_sheet(*, actor: Actor, invoice_id: int) -> bytes:
    """The hours a document bills, day by day, as a CSV file; empty for none. One query."""
    actor.require(Right.READ)
    rows = TimeEntry.objects.filter(company=actor.company, invoice=invoice_id).order_by(
        "worked_on", "person", "pk"
    )
    cells = [
        (
            row.worked_on,
            row.person,
            row.description,
            row.hours.normalize(),
            row.hourly_rate.normalize(),
            (row.hours * row.hourly_rate).normalize(),
        )
        for row in rows
    ]
    return write_csv(SHEET_HEADERS, cells) if cells else b""
