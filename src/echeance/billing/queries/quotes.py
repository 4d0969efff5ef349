"""Quotes: of the company, and the one a link opens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import QuoteLinkError
from echeance.billing.models import Quote, QuoteLine
from echeance.billing.queries.documents import seller_of
from echeance.billing.rules import quotes as rules
from echeance.billing.types import QuoteTotals
from echeance.parties import queries as parties

TOKEN_SIZE = 43
"""Characters of a secret of 256 bits, as ``secrets.token_urlsafe`` writes it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote with everything it says.

    Attributes:
        state: Its status, or ``expired``.
        totals: With the options given, or those chosen.
        content: What is accepted, see :func:`echeance.billing.rules.quotes.content_of`.
        sha256: Its digest.
    """

    quote: Quote
    lines: tuple[rules.Line, ...]
    state: str
    totals: QuoteTotals
    content: dict[str, Any]
    sha256: str


def quote_list(
    *, actor: Actor, text: str = "", state: str = "", on: date, party_id: int | None = None
) -> QuerySet[Quote]:
    """Quotes, the latest first, their customers in hand. One query.

    Args:
        actor: Who asks.
        text: Looked for in numbers, objects and names.
        state: A status, or ``expired``; empty for all.
        on: The day that tells expired ones.
        party_id: Of one customer.
    """
    actor.require(Right.READ)
    rows = Quote.objects.filter(company=actor.company).select_related("party")
    if text:
        rows = rows.filter(
            Q(number__icontains=text) | Q(title__icontains=text) | Q(party__name__icontains=text)
        )
    if state == rules.EXPIRED:
        rows = rows.filter(status=Quote.Status.SENT, valid_until__lt=on)
    elif state == Quote.Status.SENT:
        rows = rows.filter(status=Quote.Status.SENT, valid_until__gte=on)
    elif state:
        rows = rows.filter(status=state)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.order_by("-id")


def quote_for(*, actor: Actor, quote_id: int) -> Quote:
    """One quote. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = (
        Quote.objects.filter(company=actor.company, pk=quote_id)
        .select_related("party", "order", "company")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"devis n° {quote_id}")
    return row


def quote_versions(*, actor: Actor, number: str) -> QuerySet[Quote]:
    """Every version of a quote, the latest first. One query."""
    actor.require(Right.READ)
    return Quote.objects.filter(company=actor.company, number=number).order_by("-version")


def line_facts_of(rows: Sequence[QuoteLine]) -> tuple[rules.Line, ...]:
    """Lines as the rules reckon them. No query."""
    return tuple(
        rules.Line(
            position=row.position,
            name=row.name,
            quantity=row.quantity,
            unit_price=row.unit_price,
            discount_percent=row.discount_percent,
            nature=row.nature,
            vat_rate=row.vat_rate,
            exemption=row.exemption,
            exemption_article=row.exemption_article,
            is_option=row.is_option,
            is_chosen=row.is_chosen,
            item_code=row.item_code,
            description=row.description,
            unit_code=row.unit_code,
        )
        for row in rows
    )


def offer_of(
    *, actor: Actor, quote: Quote, on: date, options: Collection[int] | None = None
) -> Offer:
    """A quote in hand with everything it says on a day. Two queries.

    Args:
        actor: Who asks, or the link.
        quote: The quote.
        on: The day that tells whether it has expired.
        options: Positions of the options ticked; none for those chosen.
    """
    actor.require(Right.READ)
    lines = line_facts_of(
        list(QuoteLine.objects.filter(company=actor.company, quote=quote).order_by("position"))
    )
    buyer = parties.snapshots(actor=actor, party_ids=[quote.party_id])[quote.party_id]
    totals = rules.totals_of(
        rules.counted(lines, options),
        buyer=buyer,
        seller=seller_of(company=actor.company, on=quote.quote_date),
        on=quote.quote_date,
        deposit_percent=quote.deposit_percent,
    )
    content = rules.content_of(
        number=quote.number,
        version=quote.version,
        title=quote.title,
        seller=actor.company.name,
        buyer=buyer.name,
        valid_until=quote.valid_until,
        payment_terms=quote.payment_terms,
        note=quote.note,
        deposit_percent=quote.deposit_percent,
        lines=rules.counted(lines, options),
        totals=totals,
    )
    state = rules.state_of(quote.status, quote.valid_until, on)
    return Offer(quote, lines, state, totals, content, rules.digest(content))


def quote_of_link(*, token: str) -> tuple[Actor, Quote]:
    """The quote a link opens, and who the link makes of its bearer: a reader of nothing else.

    One query. Nothing but the digest of a secret is kept, so nobody reads links from the database.

    Raises:
        QuoteLinkError: The link opens nothing; it says no more, whatever the reason.
    """
    row = None
    if len(token) == TOKEN_SIZE and token.isascii():
        row = (
            Quote.objects.filter(token_sha256=rules.token_digest(token))
            .exclude(status=Quote.Status.DRAFT)
            .select_related("company", "party")
            .first()
        )
    if row is None:
        raise QuoteLinkError
    return Actor(company=row.company, user=None, rights=frozenset({Right.READ})), row
