"""What customers owe or will owe: the books, the drafts, the orders accepted and not billed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.billing.models import DeliveryLine, ExchangeRate, Invoice, Order, OrderLine
from echeance.billing.queries.documents import seller_of
from echeance.billing.queries.lines import line_of_order
from echeance.billing.rules import credit as rules
from echeance.billing.rules.credit import Credit, Exposure
from echeance.billing.types import CREDIT_KINDS, SELF_BILLED_KINDS, DraftLine
from echeance.core.money import ZERO, round_amount
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, RECEIVABLES
from echeance.parties import queries as parties
from echeance.parties.types import CreditTerms

_CHUNK = 500
_EURO = "EUR"
_NOT_OWED = (*CREDIT_KINDS, *SELF_BILLED_KINDS)


def credit_of(*, actor: Actor, party_ids: Collection[int]) -> dict[int, Credit]:
    """Where each of these customers stands now, by the id asked for.

    Amounts are with VAT and in euros, at the last rate known of each currency. Orders are taxed
    as they would be billed today; of those billed by delivery, what is not yet billed.

    A dozen queries, whatever the number of customers, and a few more a chunk of 500.
    """
    actor.require(Right.READ)
    terms = parties.credit_terms(actor=actor, party_ids=party_ids)
    members = parties.members_of(actor=actor, party_ids=party_ids)
    everyone = {one for ids in members.values() for one in ids}
    own = _exposures(actor, everyone | {one.party_id for one in terms.values()})
    names = parties.snapshots(actor=actor, party_ids={one.group_id for one in terms.values()})
    found: dict[int, Credit] = {}
    for asked, term in terms.items():
        ids = members[asked]
        group = None
        if len(ids) > 1:
            group = sum((own[party_id] for party_id in ids), Exposure(limit=term.group_limit))
        found[asked] = Credit(
            party_id=term.party_id,
            own=replace(own[term.party_id], limit=term.limit),
            group=group,
            group_id=term.group_id,
            group_name=names[term.group_id].name if group else "",
            is_held=term.held,
            hold_reason=term.hold_reason,
        )
    return found


def limited(*, actor: Actor, party_ids: Collection[int]) -> dict[int, Credit]:
    """Where those of these customers stand that a limit or a hold can stop, by the id asked for.

    Most have neither: what they owe is then not read at all. Four queries when none has any.
    """
    terms = parties.credit_terms(actor=actor, party_ids=party_ids)
    wanted = [asked for asked, one in terms.items() if _can_stop(one)]
    return credit_of(actor=actor, party_ids=wanted) if wanted else {}


def _can_stop(terms: CreditTerms) -> bool:
    return terms.held or terms.limit is not None or terms.group_limit is not None


def _exposures(actor: Actor, party_ids: Collection[int]) -> dict[int, Exposure]:
    stands = parties.with_merged(actor=actor, party_ids=party_ids)
    rates = _rates(actor)
    open_items, unused = dict.fromkeys(party_ids, ZERO), dict.fromkeys(party_ids, ZERO)
    for item in ledger.open_items(actor=actor, account_prefix=RECEIVABLES, party_ids=list(stands)):
        if item.party_id is not None:
            side = open_items if item.side == DEBIT else unused
            side[stands[item.party_id]] += item.open_amount
    drafts = dict.fromkeys(party_ids, ZERO)
    rows = (
        Invoice.objects.filter(
            company=actor.company, status=Invoice.Status.DRAFT, buyer__in=list(stands)
        )
        .exclude(kind__in=_NOT_OWED)
        .order_by()
        .values_list("buyer_id", "currency")
        .annotate(total=Sum("gross_total"))
    )
    for buyer_id, currency, total in rows:
        drafts[stands[buyer_id]] += _in_euros(total, currency, rates)
    orders = _ordered(actor, stands, rates)
    return {
        party_id: Exposure(
            open_items[party_id],
            unused[party_id],
            drafts[party_id],
            orders.get(party_id, ZERO),
        )
        for party_id in party_ids
    }


def _ordered(actor: Actor, stands: dict[int, int], rates: dict[str, Decimal]) -> dict[int, Decimal]:
    """Orders accepted and not billed, with VAT, by customer. Four queries."""
    waiting = {
        pk: (party_id, currency)
        for pk, party_id, currency in Order.objects.filter(
            Q(held_at=None) | Q(released_at__isnull=False),
            company=actor.company,
            party__in=list(stands),
            kind=Order.OrderKind.ORDER,
            accepted_at__isnull=False,
            set_aside_at=None,
            invoice=None,
        ).values_list("pk", "party_id", "currency")
    }
    if not waiting:
        return {}
    lines: dict[int, list[DraftLine]] = {pk: [] for pk in waiting}
    for chunk in _chunks(waiting):
        mine = Q(company=actor.company, order_line__order__in=chunk)
        billed = dict(
            DeliveryLine.objects.filter(mine, delivery__invoice__isnull=False)
            .order_by()
            .values_list("order_line_id")
            .annotate(Sum("quantity"))
        )
        for line in OrderLine.objects.filter(company=actor.company, order__in=chunk):
            left = line.quantity - billed.get(line.pk, ZERO)
            if left > ZERO:
                lines[line.order_id].append(line_of_order(line, quantity=left))
    today = clock.today()
    seller = seller_of(company=Company.objects.get(pk=actor.company.pk), on=today)
    buyers = parties.snapshots(
        actor=actor, party_ids={stands[party_id] for party_id, _ in waiting.values()}
    )
    found: dict[int, Decimal] = {}
    for pk, (party_id, currency) in waiting.items():
        stays = stands[party_id]
        gross = rules.gross_of(lines[pk], buyers[stays], seller, today)
        found[stays] = found.get(stays, ZERO) + _in_euros(gross, currency, rates)
    return found


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]


def _rates(actor: Actor) -> dict[str, Decimal]:
    """The last rate known of each currency. One query."""
    rows = ExchangeRate.objects.filter(company=actor.company).order_by("on")
    return dict(rows.values_list("currency", "rate"))


def _in_euros(amount: Decimal, currency: str, rates: dict[str, Decimal]) -> Decimal:
    """An amount in euros; one whose rate nobody gave counts for its figure: never for nothing."""
    if currency == _EURO or currency not in rates:
        return amount
    return round_amount(amount / rates[currency])


def gross_of_lines(
    *, actor: Actor, lines: dict[int, tuple[int, list[DraftLine]]], on: date
) -> dict[int, Decimal]:
    """What lines would be billed, with VAT, by key; each key has its customer and its lines.

    Two queries, and one a chunk of 500 customers.
    """
    seller = seller_of(company=Company.objects.get(pk=actor.company.pk), on=on)
    buyers = parties.snapshots(actor=actor, party_ids={party_id for party_id, _ in lines.values()})
    return {
        key: rules.gross_of(of_it, buyers[party_id], seller, on)
        for key, (party_id, of_it) in lines.items()
    }
