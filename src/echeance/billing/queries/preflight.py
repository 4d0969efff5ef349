"""What the preflight knows of drafts beside themselves, read for many at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Aggregate, OuterRef, Q, Subquery, Sum, TextField
from django.utils import timezone

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import (
    BillingRule,
    Confirmation,
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
    InvoiceSeries,
    Order,
    OrderLine,
)
from echeance.billing.queries.deposits import deposits_to_deduct
from echeance.billing.queries.documents import drafts_of, invoices, occasion_of, stand_in
from echeance.billing.queries.exposure import limited
from echeance.billing.queries.prices import expected_prices
from echeance.billing.rules import preflight as rules
from echeance.billing.rules.amounts import Draft
from echeance.billing.rules.credit import Credit
from echeance.billing.rules.preflight import Around, ExpectedPrice, Rebilled, Said, Twin
from echeance.billing.rules.taxes import trimmed
from echeance.billing.types import (
    CREDIT_KINDS,
    INVOICE,
    SELF_BILLED_KINDS,
    BillingPolicy,
    Finding,
    PriceAsked,
)
from echeance.core.money import ZERO
from echeance.core.tax import Nature
from echeance.core.terms import CustomerKind
from echeance.parties.models import BuyerService, Party

_CHUNK = 500
_TWINS_MAX = 5


class _JsonList(Aggregate):
    """The values of a group as a JSON list."""

    function = "JSON_GROUP_ARRAY"
    output_field: ClassVar[TextField[Any, Any]] = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """The name PostgreSQL has for it."""
        return self.as_sql(compiler, connection, function="JSON_AGG", **more)


def _listed(value: Any) -> list[int]:
    """A JSON list as the database gave it: a text, or a list already."""
    if not value:
        return []
    return [int(one) for one in (json.loads(value) if isinstance(value, str) else value)]


def preflight(
    *, actor: Actor, invoice_ids: Collection[int], issue_date: date | None = None
) -> dict[int, list[Finding]]:
    """Everything wrong with drafts, by draft; an empty list may be issued.

    Issued documents and unknown ids are absent. About thirty queries a chunk of 500.

    Args:
        actor: Whose company.
        invoice_ids: The drafts.
        issue_date: The day they would be issued; today when absent.
    """
    actor.require(Right.READ)
    occasion = occasion_of(actor=actor, issue_date=issue_date or clock.today())
    numbered = list(InvoiceSeries.objects.filter(company=actor.company, closed_at__isnull=True))
    named = {row.pk: row for row in numbered}
    usual = {(row.kind, row.supplier_id): row for row in numbered if row.is_default}
    wanted = sorted(set(invoice_ids))
    found: dict[int, list[Finding]] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = list(
            invoices(actor=actor, status=Invoice.Status.DRAFT).filter(
                pk__in=wanted[start : start + _CHUNK]
            )
        )
        drafts = drafts_of(actor=actor, invoices=rows, on=occasion.issue_date)
        arounds = around_of(actor=actor, rows=rows, drafts=drafts, occasion=occasion)
        for row in rows:
            owner = row.buyer_id if row.kind in SELF_BILLED_KINDS else None
            series = named.get(row.series_id or 0) or usual.get((row.kind, owner))
            found[row.pk] = rules.examine(
                drafts[row.pk],
                replace(occasion, last_issue_date=series.last_issue_date if series else None),
                stand_in(series, occasion.issue_date),
                arounds[row.pk],
            )[1]
    return found


def around_of(
    *,
    actor: Actor,
    rows: Sequence[Invoice],
    drafts: Mapping[int, Draft],
    occasion: rules.Occasion,
) -> dict[int, Around]:
    """What is known of drafts beside themselves, by draft.

    About fifteen queries for at most 500 drafts, whatever their customers have been billed.
    """
    policy = occasion.policy
    billed = [row for row in rows if row.kind == INVOICE]
    usual = _usual(actor, {row.buyer_id for row in billed}) if policy.check_amount != "off" else {}
    twins = _twins(actor, billed, occasion.issue_date, policy)
    rebilled = _rebilled(billed)
    prices = (
        _prices(actor, billed, drafts, occasion.issue_date) if policy.check_price != "off" else {}
    )
    stands = _credits(actor, billed) if policy.check_credit != "off" else {}
    services = _services(actor, billed, drafts)
    deposits = _deposits_left(actor, billed)
    said = _confirmations(rows)
    return {
        row.pk: Around(
            usual=usual.get(row.buyer_id, ()),
            twin=twins.get(row.pk),
            rebilled=rebilled.get(row.pk, ()),
            prices=prices.get(row.pk, {}),
            credit=stands.get(row.pk),
            services=services.get(row.buyer_id, {}),
            deposits_left=deposits.get(row.pk, ZERO),
            span=_span(row, drafts[row.pk]),
            confirmations=said.get(row.pk, {}),
        )
        for row in rows
    }


def _usual(actor: Actor, buyer_ids: Collection[int]) -> dict[int, tuple[Decimal, ...]]:
    """Net totals of the last invoices of each customer whose habit is watched. Two queries.

    They come by the index of the customer's documents, the last ones alone: what a customer was
    billed in all does not matter.
    """
    unwatched = set(
        BillingRule.objects.filter(
            company=actor.company, party__in=buyer_ids, usual_amount_checked=False
        ).values_list("party_id", flat=True)
    )
    last = Invoice.objects.filter(
        company=actor.company, buyer=OuterRef(OuterRef("pk")), number__isnull=False, kind=INVOICE
    ).order_by("-pk")
    cents = (
        Invoice.objects.filter(pk__in=last.values("pk")[: rules.USUAL_LAST])
        .order_by()
        .values("kind")
        .annotate(listed=_JsonList("net_total"))
        .values("listed")
    )
    parties = Party.objects.filter(company=actor.company, pk__in=set(buyer_ids) - unwatched)
    return {
        pk: tuple(Decimal(one).scaleb(-2) for one in _listed(listed))
        for pk, listed in parties.annotate(
            listed=Subquery(cents, output_field=TextField())
        ).values_list("pk", "listed")
    }


def _twins(
    actor: Actor, rows: Sequence[Invoice], on: date, policy: BillingPolicy
) -> dict[int, Twin]:
    """For each draft, the last document that looks the same, if any. Four queries.

    Same customer, kind, currency and gross total; then the same order of the buyer, or the same
    order of ours, or, when one of the two has none, the same lines. Two days of delivery or two
    periods tell two supplies apart, and an invoice credited in full no longer counts.
    """
    since = on - timedelta(days=policy.twin_days)
    alike = (
        Invoice.objects.filter(
            Q(issue_date__gte=since) | Q(number=None, pk__lt=OuterRef(OuterRef("pk"))),
            company=actor.company,
            buyer=OuterRef(OuterRef("buyer")),
            gross_total=OuterRef(OuterRef("gross_total")),
            kind=INVOICE,
            currency=OuterRef(OuterRef("currency")),
        )
        .exclude(pk=OuterRef(OuterRef("pk")))
        .order_by("-pk")
    )
    listed = (
        Invoice.objects.filter(pk__in=alike.values("pk")[:_TWINS_MAX])
        .order_by()
        .values("kind")
        .annotate(listed=_JsonList("pk"))
        .values("listed")
    )
    drafts = Invoice.objects.filter(pk__in=[row.pk for row in rows]).annotate(
        listed=Subquery(listed, output_field=TextField())
    )
    candidates = {
        pk: ids for pk, found in drafts.values_list("pk", "listed") if (ids := _listed(found))
    }
    if not candidates:
        return {}
    others = Invoice.objects.defer("facts", "verdict").in_bulk(
        {pk for ids in candidates.values() for pk in ids}
    )
    gone = _credited(others)
    contents = _contents([*candidates, *others])
    twins: dict[int, Twin] = {}
    for row in rows:
        for pk in sorted(candidates.get(row.pk, ()), reverse=True):
            same = None if pk in gone else _same(row, others[pk], contents)
            if same is not None:
                twins[row.pk] = _twin(others[pk], same)
                break
    return twins


def _twin(other: Invoice, same: str) -> Twin:
    name = f"la facture {other.number}" if other.number else f"le brouillon {other.pk}"
    day = other.issue_date or timezone.localdate(other.created_at)
    return Twin(name, day, other.gross_total, same)


def _credited(others: Mapping[int, Invoice]) -> set[int]:
    """Those that credit notes gave back in full. One query."""
    totals = (
        Invoice.objects.filter(preceding__in=list(others), status=Invoice.Status.ISSUED)
        .order_by()
        .values_list("preceding_id")
        .annotate(total=Sum("gross_total"))
    )
    return {pk for pk, total in totals if pk is not None and total >= others[pk].gross_total}


_Content = tuple[tuple[str, Decimal, Decimal, date | None], ...]


def _contents(invoice_ids: Collection[int]) -> dict[int, _Content]:
    """What documents bill, whatever the order of their lines. One query."""
    found: dict[int, list[tuple[str, Decimal, Decimal, date | None]]] = {}
    rows = InvoiceLine.objects.filter(invoice__in=set(invoice_ids))
    for pk, name, quantity, price, start in rows.values_list(
        "invoice_id", "name", "quantity", "unit_price", "period_start"
    ):
        found.setdefault(pk, []).append((name, quantity, price, start))
    return {pk: tuple(sorted(lines, key=str)) for pk, lines in found.items()}


def _same(row: Invoice, other: Invoice, contents: Mapping[int, _Content]) -> str | None:
    """What two documents of one amount have in common, as a French noun.

    Empty when it is only their lines; None when nothing is.
    """
    for field in ("delivery_date", "period_start"):
        mine, theirs = getattr(row, field), getattr(other, field)
        if mine and theirs and mine != theirs:
            return None
    ours, others = row.sales_order_reference, other.sales_order_reference
    same_lines = contents.get(row.pk) == contents.get(other.pk)
    if ours and ours == others:
        return f"la même commande {ours}" if same_lines else None
    two_orders = bool(ours and others)
    reference = row.order_reference
    if reference and reference == other.order_reference and (same_lines or not two_orders):
        return f"le même bon de commande {reference}"
    return "" if same_lines and not two_orders else None


_OrderLine = tuple[int, int, str, int, Decimal, str | None]


def _order_lines(rows: Sequence[Invoice]) -> list[_OrderLine]:
    """Lines of documents, drafts included, that bill the lines of orders these drafts bill.

    Document, position, name, line of the order, quantity, number. One query.
    """
    mine = InvoiceLine.objects.filter(invoice__in=rows, order_line__isnull=False)
    return list(
        InvoiceLine.objects.filter(
            order_line__in=mine.values("order_line"), invoice__kind=INVOICE
        ).values_list(
            "invoice_id", "position", "name", "order_line_id", "quantity", "invoice__number"
        )
    )


def _rebilled(rows: Sequence[Invoice]) -> dict[int, tuple[Rebilled, ...]]:
    """Lines of orders billed beyond what was ordered, by draft. One query, three if there is any.

    What a credit note gave back is not billed.
    """
    by_line: dict[int, list[_OrderLine]] = {}
    for line in _order_lines(rows):
        by_line.setdefault(line[3], []).append(line)
    several = {pk: lines for pk, lines in by_line.items() if len(lines) > 1}
    if not several:
        return {}
    ordered = dict(OrderLine.objects.filter(pk__in=several).values_list("pk", "quantity"))
    given_back = dict(
        InvoiceLine.objects.filter(
            credited_line__order_line__in=several, invoice__kind__in=CREDIT_KINDS
        )
        .order_by()
        .values_list("credited_line__order_line_id")
        .annotate(Sum("quantity"))
    )
    drafts = {row.pk for row in rows}
    found: dict[int, list[Rebilled]] = {}
    for pk, lines in several.items():
        billed = sum((line[4] for line in lines), ZERO) - given_back.get(pk, ZERO)
        last = max((line for line in lines if line[0] in drafts), key=lambda line: line[0])
        other = max((line for line in lines if line[0] != last[0]), default=None)
        if billed > ordered[pk] and other:
            name = other[5] or f"le brouillon {other[0]}"
            told = Rebilled(last[1], last[2], _number(ordered[pk]), _number(billed), name)
            found.setdefault(last[0], []).append(told)
    return {pk: tuple(sorted(lines, key=lambda one: one.line)) for pk, lines in found.items()}


def _number(value: Decimal) -> str:
    return f"{trimmed(value):f}".replace(".", ",")


ORIGIN_LABELS = {"list": "le tarif", "catalogue": "le catalogue"}


def _prices(
    actor: Actor, rows: Sequence[Invoice], drafts: Mapping[int, Draft], on: date
) -> dict[int, dict[int, ExpectedPrice]]:
    """What lines should cost by the price list of the customer or the catalogue. Five queries.

    By draft and position. A contract has its own prices.
    """
    places: list[tuple[int, int]] = []
    asked: list[PriceAsked] = []
    for row in rows:
        if row.contract_reference:
            continue
        for line in drafts[row.pk].lines:
            if line.item_code:
                places.append((row.pk, line.position))
                asked.append(
                    PriceAsked(
                        row.buyer_id,
                        line.item_code,
                        line.quantity,
                        row.delivery_date or on,
                        row.currency,
                    )
                )
    found: dict[int, dict[int, ExpectedPrice]] = {}
    for (pk, position), price in zip(
        places, expected_prices(actor=actor, lines=asked), strict=True
    ):
        if price is not None:
            found.setdefault(pk, {})[position] = ExpectedPrice(
                trimmed(price.unit_price), ORIGIN_LABELS.get(price.source, price.source)
            )
    return found


def _credits(actor: Actor, rows: Sequence[Invoice]) -> dict[int, Credit]:
    """Where the customers stand that something can stop, by draft.

    A draft whose order somebody let go is not asked about again. Drafts are counted one after the
    other, by number: those after a draft do not stop it.
    """
    stands = limited(actor=actor, party_ids={row.buyer_id for row in rows})
    if not stands:
        return {}
    mine = sorted((row for row in rows if row.buyer_id in stands), key=lambda row: -row.pk)
    let_go = set(
        Order.objects.filter(invoice__in=mine, released_at__isnull=False).values_list(
            "invoice_id", flat=True
        )
    )
    found: dict[int, Credit] = {}
    own: dict[int, Decimal] = {}
    group: dict[int, Decimal] = {}
    for row in mine:
        credit = stands[row.buyer_id]
        if row.pk not in let_go:
            found[row.pk] = credit.without_drafts(
                own.get(credit.party_id, ZERO), group.get(credit.group_id, ZERO)
            )
        own[credit.party_id] = own.get(credit.party_id, ZERO) + row.gross_total
        group[credit.group_id] = group.get(credit.group_id, ZERO) + row.gross_total
    return found


def _services(
    actor: Actor, rows: Sequence[Invoice], drafts: Mapping[int, Draft]
) -> dict[int, dict[str, bool]]:
    """Services of the public buyers, and whether each wants an engagement number. One query."""
    public = {row.buyer_id for row in rows if drafts[row.pk].buyer.category == CustomerKind.PUBLIC}
    found: dict[int, dict[str, bool]] = {}
    if public:
        services = BuyerService.objects.filter(
            company=actor.company, party__in=public, ended_at=None
        )
        for party_id, code, wants in services.values_list(
            "party_id", "code", "engagement_required"
        ):
            found.setdefault(party_id, {})[code] = wants
    return found


def _deposits_left(actor: Actor, rows: Sequence[Invoice]) -> dict[int, Decimal]:
    """What deposits leave to deduct, of orders billed by drafts that deduct none. Two queries.

    Five more when there is a deposit.
    """
    orders = dict(
        Order.objects.filter(
            invoice__in=rows, deposits__cancelled_at=None, deposits__invoice__number__isnull=False
        ).values_list("pk", "invoice_id")
    )
    if not orders:
        return {}
    deducting = set(
        InvoiceAllowance.objects.filter(invoice__in=rows, deposit__isnull=False).values_list(
            "invoice_id", flat=True
        )
    )
    left = deposits_to_deduct(actor=actor, order_ids=list(orders))
    found: dict[int, Decimal] = {}
    for order_id, allowances in left.items():
        invoice_id = orders[order_id]
        if invoice_id not in deducting:
            total = sum((one.amount for one in allowances), ZERO)
            found[invoice_id] = found.get(invoice_id, ZERO) + total
    return found


def _span(row: Invoice, draft: Draft) -> tuple[date, date] | None:
    """First and last supply of goods billed together; contracts and markets have periods."""
    if not row.period_start or not row.period_end:
        return None
    if row.contract_reference or row.project_reference:
        return None
    goods = any(line.nature == Nature.GOODS for line in draft.lines)
    return (row.period_start, row.period_end) if goods else None


def _confirmations(rows: Sequence[Invoice]) -> dict[int, dict[tuple[str, str], Said]]:
    """What somebody said yes to, by draft. One query."""
    found: dict[int, dict[tuple[str, str], Said]] = {}
    for row in Confirmation.objects.filter(invoice__in=rows, withdrawn_at=None):
        said = Said(row.message, row.confirmed_by, row.reason)
        found.setdefault(row.invoice_id, {})[row.code, row.place] = said
    return found
