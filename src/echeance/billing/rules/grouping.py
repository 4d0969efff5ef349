"""Which pieces make one document, and the day it is due to be made.

Sources: CGI 289 I-3 (invoice at the supply; periodic invoice for what falls in one calendar month,
made by its end; the 15th of the next month for exempt supplies within the Union and for services
taxed at the customer) and CGI ann. II 242 nonies A I (day of each supply).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from echeance.billing.rules.billable import DISBURSEMENT, Piece
from echeance.billing.types import INVOICE, DraftFacts, DraftLine
from echeance.core.dates import (
    ONE_DAY,
    add_months,
    is_business_day,
    month_end,
    month_start,
    roll_forward,
)
from echeance.core.money import ZERO

BY_ORDER, BY_DELIVERY, MONTHLY = "order", "delivery", "monthly"
AT_ONCE, WEEKLY, EACH_MONTH = "at_once", "weekly", "monthly"
INTRA_EU_DAY: Final = 15
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rule:
    """How a customer is billed; the defaults are those of a customer without a rule.

    Attributes:
        grouping: ``order``, ``delivery`` or ``monthly``.
        by_order_reference: Never two of the buyer's orders (BT-13) in one document.
        calendar: ``at_once``, ``weekly`` or ``monthly``.
        calendar_day: Weekday from 1 (Monday) to 7, or day of the month; 0 is its last.
        series_id: Series of its numbers; none for the usual one.
        intra_eu: What is sold to it is exempt in the Union or taxed at its place.
    """

    grouping: str = BY_ORDER
    by_order_reference: bool = True
    calendar: str = AT_ONCE
    calendar_day: int = 0
    series_id: int | None = None
    intra_eu: bool = False


USUAL: Final = Rule()


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that one document bills, oldest first.

    Attributes:
        due_on: Day the document is due to be made.
        deadline: Last day the law allows.
    """

    party_id: int
    pieces: tuple[Piece, ...]
    due_on: date
    deadline: date

    @property
    def net(self) -> Decimal:
        """Before VAT, deposits not deducted."""
        return sum((piece.net for piece in self.pieces), ZERO)


def due_on(piece: Piece, rule: Rule) -> date:
    """The day a piece is due to be billed.

    At once is the day of the supply. A weekly or monthly day is the first one on or after the
    supply; one that is not worked moves to the next worked day, or to the one before when the
    next is in another month. A monthly récapitulative is never due after the end of its month.

    >>> from datetime import date
    >>> from decimal import Decimal
    >>> piece = Piece("order", 1, "C1", 7, date(2026, 11, 3), Decimal(10))
    >>> due_on(piece, USUAL)
    datetime.date(2026, 11, 3)
    >>> due_on(piece, Rule(grouping="monthly"))
    datetime.date(2026, 11, 30)
    >>> due_on(piece, Rule(calendar="weekly", calendar_day=5))
    datetime.date(2026, 11, 6)
    """
    first = max(piece.supplied_on, piece.not_before or piece.supplied_on)
    if rule.calendar == WEEKLY:
        found = _weekly(first, rule.calendar_day)
    elif rule.calendar == EACH_MONTH:
        found = _monthly(first, rule.calendar_day)
    elif rule.grouping == MONTHLY and not piece.alone:
        found = _monthly(first, 0)
    else:
        found = first
    if rule.grouping == MONTHLY and not piece.alone:
        found = max(first, min(found, month_end(piece.supplied_on)))
    return found


def _weekly(first: date, weekday: int) -> date:
    day = first + timedelta(days=(weekday - first.isoweekday()) % 7)
    while (worked := _worked(day)) < first:
        day += _WEEK
    return worked


def _monthly(first: date, number: int) -> date:
    month = month_start(first)
    while True:
        last = month_end(month)
        wanted = last if number == 0 else month.replace(day=min(number, last.day))
        worked = _worked(wanted)
        if worked >= first:
            return worked
        if number == 0 and first <= wanted:
            return first  # the last days of a month that ends on a rest day
        month = add_months(month, 1)


def _worked(day: date) -> date:
    """The next worked day of the same month, else the one before."""
    found = roll_forward(day)
    if found.month == day.month:
        return found
    while not is_business_day(day):
        day -= ONE_DAY
    return day


def deadline(piece: Piece, rule: Rule) -> date:
    """The last day the law lets a supply be invoiced. Source: CGI 289 I-3.

    A récapitulative: the end of the month. Exempt in the Union or taxed at the customer: the
    15th of the next month. Else the day of the supply, which practice reads with a few days.

    >>> from datetime import date
    >>> from decimal import Decimal
    >>> piece = Piece("order", 1, "C1", 7, date(2026, 11, 3), Decimal(10))
    >>> deadline(piece, Rule(intra_eu=True))
    datetime.date(2026, 12, 15)
    """
    if rule.intra_eu:
        return add_months(month_start(piece.supplied_on), 1).replace(day=INTRA_EU_DAY)
    if rule.grouping == MONTHLY and not piece.alone:
        return month_end(piece.supplied_on)
    return piece.supplied_on


def groups_of(pieces: Iterable[Piece], rules: Mapping[int, Rule]) -> list[Group]:
    """Every piece in exactly one group, in the order of the first piece of each.

    Never together: two customers, kinds of document, currencies, establishments, references of
    the buyer, terms, frames, contracts or projects; disbursements and anything else; two
    calendar months; two due days, so that what is due never waits for what is not.

    Args:
        pieces: Oldest first.
        rules: Rule of the customers that have one.
    """
    found: dict[tuple[object, ...], list[Piece]] = {}
    for piece in pieces:
        rule = rules.get(piece.party_id, USUAL)
        found.setdefault(_key(piece, rule), []).append(piece)
    return [_group(together, rules.get(together[0].party_id, USUAL)) for together in found.values()]


def _group(pieces: Sequence[Piece], rule: Rule) -> Group:
    return Group(
        pieces[0].party_id,
        tuple(pieces),
        max(due_on(piece, rule) for piece in pieces),
        min(deadline(piece, rule) for piece in pieces),
    )


def _key(piece: Piece, rule: Rule) -> tuple[object, ...]:
    by_order = rule.grouping == BY_ORDER and piece.sales_order_reference
    if (
        piece.alone
        or piece.kind != INVOICE
        or piece.retained_amount
        or (rule.grouping != MONTHLY and not by_order)
    ):
        return piece.key
    return (
        piece.party_id,
        piece.sales_order_reference if by_order else "",
        month_start(piece.supplied_on),
        due_on(piece, rule),
        piece.currency,
        piece.establishment_id,
        piece.order_reference if rule.by_order_reference or by_order else "",
        piece.buyer_reference,
        piece.payment_terms,
        piece.frame,
        piece.contract_reference,
        piece.project_reference,
        piece.source == DISBURSEMENT,
        piece.payers,
    )


def draft_of(group: Group, rule: Rule) -> DraftFacts:
    """The draft that bills a group whose pieces are filled.

    What all the pieces share is said of the document. Of several supplies, each line says its
    day (BT-134, BT-135) and its order; the document says the days they span (BT-73, BT-74).
    """
    first = group.pieces[0]
    days = sorted({piece.supplied_on for piece in group.pieces})
    many = len(group.pieces) > 1
    start, end = first.period_start, first.period_end
    if many:
        start = min(piece.period_start or piece.supplied_on for piece in group.pieces)
        end = max(piece.period_end or piece.supplied_on for piece in group.pieces)
        if start == end:
            start = end = None
    return DraftFacts(
        buyer_id=group.party_id,
        lines=tuple(
            line
            for piece in group.pieces
            for line in (_told(piece, group, days=len(days)) if many else piece.lines)
        ),
        kind=first.kind,
        order_reference=_shared(group, "order_reference"),
        sales_order_reference=_shared(group, "sales_order_reference"),
        buyer_reference=first.buyer_reference,
        delivery_date=None if start or len(days) > 1 else first.delivered_on,
        payment_terms=first.payment_terms,
        note="\n".join(dict.fromkeys(piece.note for piece in group.pieces if piece.note)),
        currency=first.currency,
        establishment_id=first.establishment_id,
        frame=first.frame,
        contract_reference=first.contract_reference,
        project_reference=first.project_reference,
        period_start=start,
        period_end=end,
        retained_amount=first.retained_amount,
        retained_until=first.retained_until,
        series_id=rule.series_id,
        allowances=tuple(one for piece in group.pieces for one in piece.allowances),
        payers=first.payers,
        attachments=tuple(
            dict.fromkeys(one for piece in group.pieces for one in piece.attachments)
        ),
    )


def _shared(group: Group, field: str) -> str:
    values = {str(getattr(piece, field)) for piece in group.pieces}
    return values.pop() if len(values) == 1 else ""


def _told(piece: Piece, group: Group, *, days: int) -> list[DraftLine]:
    """Lines that say which supply they come from."""
    origin = _origin(piece, group)
    return [
        replace(
            line,
            description="\n".join(part for part in (origin, line.description) if part),
            period_start=line.period_start or (piece.supplied_on if days > 1 else None),
            period_end=line.period_end or (piece.supplied_on if days > 1 else None),
        )
        for line in piece.lines
    ]


def _origin(piece: Piece, group: Group) -> str:
    """« Bon de livraison BL-7, commande BC-12 », without what the document says of all."""
    parts = []
    if piece.delivery_reference:
        parts.append(f"bon de livraison {piece.delivery_reference}")
    if piece.order_reference and not _shared(group, "order_reference"):
        parts.append(f"commande {piece.order_reference}")
    elif piece.sales_order_reference and not _shared(group, "sales_order_reference"):
        parts.append(f"commande {piece.sales_order_reference}")
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]
