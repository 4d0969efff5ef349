"""Quotes: drafted, sent by a link nobody can guess, answered once, turned into an order."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db import transaction

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands import holds
from echeance.billing.commands.deposits import ask_for_deposit
from echeance.billing.errors import QuoteInvalidError, QuoteStateError
from echeance.billing.events import (
    QuoteAnswered,
    QuoteChanged,
    QuoteDrafted,
    QuoteReplaced,
    QuoteSent,
)
from echeance.billing.models import Item, Order, OrderLine, Quote, QuoteLine
from echeance.billing.queries.prices import expected_prices
from echeance.billing.queries.quotes import Offer, line_facts_of, offer_of, quote_of_link
from echeance.billing.rules import quotes as rules
from echeance.billing.types import (
    PriceAsked,
    PriceFound,
    QuoteFacts,
    QuoteLineFacts,
    QuoteTotals,
    SentQuote,
)
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.terms import parse_terms
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

SOURCE = "devis"
_TOKEN_BYTES = 32


@transaction.atomic
def draft_quotes(*, actor: Actor, quotes: Sequence[QuoteFacts]) -> list[Quote]:
    """Draft quotes, in the order given; all or none.

    A line without a name or a price takes those of its article: the price agreed with the
    customer, else that of the catalogue.

    Raises:
        QuoteInvalidError: Every problem of every quote.
    """
    actor.require(Right.DRAFT_INVOICES)
    full, buyers = _ready(actor, quotes)
    today = clock.today()
    ranks = counters.take(
        company=actor.company, name=f"billing.quotes:{today.year}", count=len(full)
    )
    rows = []
    for rank, facts in zip(ranks, full, strict=True):
        row = Quote(
            company=actor.company,
            number=f"DV-{today.year}-{rank:04d}",
            quote_date=today,
            created_at=clock.now(),
            created_by=actor.name,
        )
        rows.append(_write(actor, row, facts, buyers[facts.party_id]))
    journal.record_many(
        [QuoteDrafted(row.pk, row.number, row.version, str(row.gross_total)) for row in rows],
        actor=actor,
    )
    return rows


def _ready(
    actor: Actor, quotes: Sequence[QuoteFacts]
) -> tuple[list[QuoteFacts], dict[int, PartySnapshot]]:
    """Quotes whose lines say everything, and their customers; or every problem."""
    buyers = parties.snapshots(actor=actor, party_ids={one.party_id for one in quotes})
    codes = {line.item_code for one in quotes for line in one.lines if line.item_code}
    items = {row.code: row for row in Item.objects.filter(company=actor.company, code__in=codes)}
    full = [_filled(actor, one, items) for one in quotes]
    problems = []
    for rank, facts in enumerate(full, start=1):
        found = rules.problems_of(facts, clock.today())
        if facts.party_id not in buyers:
            found.append(f"le client n° {facts.party_id} est introuvable")
        if facts.payment_terms:
            try:
                parse_terms(facts.payment_terms)
            except EcheanceError as error:
                found.append(str(error).rstrip("."))
        where = f"devis {rank}, " if len(full) > 1 else ""
        problems += [f"{where}{problem}" for problem in found]
    if problems:
        raise QuoteInvalidError(tuple(problems))
    return full, buyers


def _filled(actor: Actor, facts: QuoteFacts, items: dict[str, Item]) -> QuoteFacts:
    today = clock.today()
    asked = {
        rank: PriceAsked(facts.party_id, line.item_code, line.quantity, today)
        for rank, line in enumerate(facts.lines)
        if line.unit_price is None and line.item_code in items
    }
    found = dict(zip(asked, expected_prices(actor=actor, lines=list(asked.values())), strict=True))
    return replace(
        facts,
        valid_until=facts.valid_until or today + rules.USUAL_DAYS,
        lines=tuple(
            _filled_line(line, items.get(line.item_code), found.get(rank))
            for rank, line in enumerate(facts.lines)
        ),
    )


def _filled_line(
    line: QuoteLineFacts, item: Item | None, price: PriceFound | None
) -> QuoteLineFacts:
    if item is not None:
        line = replace(
            line,
            name=line.name or item.name,
            description=line.description or item.description,
            nature=item.nature,
            unit_code=item.unit_code,
            vat_rate=item.vat_rate if line.vat_rate is None else line.vat_rate,
            exemption=line.exemption or item.exemption,
            exemption_article=line.exemption_article or item.exemption_article,
        )
    if price is not None:
        line = replace(line, unit_price=price.gross_price, discount_percent=price.discount_percent)
    return line


def _write(actor: Actor, row: Quote, facts: QuoteFacts, buyer: PartySnapshot) -> Quote:
    """Write a quote and its lines over what it had."""
    assert facts.valid_until is not None, "a ready quote has its last day"
    row.party_id = buyer.party_id
    row.title = facts.title.strip()[:200]
    row.valid_until = facts.valid_until
    row.deposit_percent = facts.deposit_percent
    row.payment_terms = parse_terms(facts.payment_terms).code if facts.payment_terms else ""
    row.note = facts.note.strip()
    lines = [_line_row(row, rank, line) for rank, line in enumerate(facts.lines, start=1)]
    totals = rules.totals_of(
        rules.counted(line_facts_of(lines)),
        buyer=buyer,
        seller=queries.seller_of(company=actor.company, on=row.quote_date),
        on=row.quote_date,
        deposit_percent=row.deposit_percent,
    )
    row.net_total, row.vat_total, row.gross_total = totals.net, totals.vat, totals.gross
    row.save()
    QuoteLine.objects.filter(quote=row).delete()
    QuoteLine.objects.bulk_create(lines)
    return row


def _line_row(row: Quote, rank: int, line: QuoteLineFacts) -> QuoteLine:
    assert line.unit_price is not None, "a line without a price was refused"
    return QuoteLine(
        company_id=row.company_id,
        quote=row,
        position=rank,
        is_option=line.is_option,
        is_chosen=not line.is_option,
        item_code=line.item_code,
        name=line.name.strip()[:200],
        description=line.description.strip(),
        nature=line.nature,
        quantity=line.quantity,
        unit_code=line.unit_code,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        vat_rate=line.vat_rate,
        exemption=line.exemption,
        exemption_article=line.exemption_article,
    )


def try_quote(*, actor: Actor, facts: QuoteFacts) -> QuoteTotals:
    """What a quote would come to, options left aside, without writing anything.

    Raises:
        QuoteInvalidError: Every problem of it.
    """
    actor.require(Right.DRAFT_INVOICES)
    (full,), buyers = _ready(actor, [facts])
    today = clock.today()
    lines = [_line_row(Quote(), rank, line) for rank, line in enumerate(full.lines, start=1)]
    return rules.totals_of(
        rules.counted(line_facts_of(lines)),
        buyer=buyers[full.party_id],
        seller=queries.seller_of(company=actor.company, on=today),
        on=today,
        deposit_percent=full.deposit_percent,
    )


@transaction.atomic
def change_quote(*, actor: Actor, quote_id: int, facts: QuoteFacts) -> Quote:
    """Change a draft quote, all of it.

    Raises:
        NotFoundError: Not one of this company.
        QuoteStateError: It was sent: revise it.
        QuoteInvalidError: Every problem of it.
    """
    actor.require(Right.DRAFT_INVOICES)
    (row,) = _locked(actor, [quote_id])
    if row.status != Quote.Status.DRAFT:
        raise QuoteStateError(str(row), "il est envoyé, faites-en une nouvelle version")
    (full,), buyers = _ready(actor, [facts])
    _write(actor, row, full, buyers[full.party_id])
    journal.record(QuoteChanged(row.pk, str(row.gross_total)), actor=actor)
    return row


@transaction.atomic
def discard_quotes(*, actor: Actor, quote_ids: Collection[int]) -> int:
    """Delete draft quotes. All or none; how many.

    Raises:
        NotFoundError: One is not of this company.
        QuoteStateError: One was sent.
    """
    actor.require(Right.DRAFT_INVOICES)
    rows = _locked(actor, quote_ids)
    for row in rows:
        if row.status != Quote.Status.DRAFT:
            raise QuoteStateError(str(row), "il est envoyé, il reste au dossier")
    Quote.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def revise_quote(*, actor: Actor, quote_id: int) -> Quote:
    """Draft the next version of a quote that was sent; it replaces it once it is sent itself.

    Raises:
        NotFoundError: Not one of this company.
        QuoteStateError: It is a draft, is accepted, or has a later version.
    """
    actor.require(Right.DRAFT_INVOICES)
    (row,) = _locked(actor, [quote_id])
    latest = queries.quote_versions(actor=actor, number=row.number)[0]
    if row.status == Quote.Status.DRAFT:
        raise QuoteStateError(str(row), "c'est un brouillon, modifiez-le")
    if row.status == Quote.Status.ACCEPTED:
        raise QuoteStateError(str(row), "il est accepté, faites un nouveau devis")
    if latest.pk != row.pk:
        raise QuoteStateError(str(row), f"il a une version plus récente, {latest}")
    lines = list(row.lines.order_by("position"))
    today = clock.today()
    made = Quote.objects.create(
        company=actor.company,
        party_id=row.party_id,
        number=row.number,
        version=row.version + 1,
        title=row.title,
        quote_date=today,
        valid_until=max(row.valid_until, today + rules.USUAL_DAYS),
        deposit_percent=row.deposit_percent,
        payment_terms=row.payment_terms,
        note=row.note,
        net_total=row.net_total,
        vat_total=row.vat_total,
        gross_total=row.gross_total,
        created_at=clock.now(),
        created_by=actor.name,
    )
    for line in lines:
        line.pk, line.quote, line.is_chosen = None, made, not line.is_option
    QuoteLine.objects.bulk_create(lines)
    journal.record(
        QuoteDrafted(made.pk, made.number, made.version, str(made.gross_total)), actor=actor
    )
    return made


@transaction.atomic
def send_quotes(*, actor: Actor, quote_ids: Collection[int]) -> list[SentQuote]:
    """Give each quote its link; one sent before gets a new link, the old one opens nothing more.

    The version before, if any, is replaced: its link says so. All or none.

    Returns:
        The secret of each link, which is kept nowhere: only its digest is.

    Raises:
        NotFoundError: One is not of this company.
        QuoteStateError: One is answered, replaced or expired, or a version before is accepted.
    """
    actor.require(Right.SEND_DOCUMENTS)
    today, now = clock.today(), clock.now()
    sent = []
    for row in _locked(actor, quote_ids):
        if row.status not in {Quote.Status.DRAFT, Quote.Status.SENT}:
            raise QuoteStateError(str(row), f"il est {row.get_status_display()}")
        if row.valid_until < today:
            raise QuoteStateError(
                str(row), f"sa validité s'est arrêtée le {row.valid_until:%d/%m/%Y}, prolongez-la"
            )
        _replace_before(actor, row)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        row.status = Quote.Status.SENT
        row.sent_at = now
        row.token_sha256 = rules.token_digest(token)
        row.save(update_fields=["status", "sent_at", "token_sha256"])
        offer = offer_of(actor=actor, quote=row, on=today)
        journal.record(QuoteSent(row.pk, row.number, row.version, offer.sha256), actor=actor)
        sent.append(SentQuote(row.pk, token))
    return sent


def _replace_before(actor: Actor, row: Quote) -> None:
    before = list(
        Quote.objects.select_for_update()
        .filter(company=actor.company, number=row.number, version__lt=row.version)
        .order_by("version")
    )
    for one in before:
        if one.status == Quote.Status.ACCEPTED:
            raise QuoteStateError(str(one), "le client l'a accepté, il ne se remplace plus")
    replaced = [one for one in before if one.status == Quote.Status.SENT]
    Quote.objects.filter(pk__in=[one.pk for one in replaced]).update(status=Quote.Status.REPLACED)
    journal.record_many([QuoteReplaced(one.pk, str(one), row.pk) for one in replaced], actor=actor)


@transaction.atomic
def answer_quote_by_link(
    *,
    token: str,
    accepted: bool,
    name: str,
    agreed: bool = False,
    options: Collection[int] = (),
    reason: str = "",
    order_reference: str = "",
) -> Quote:
    """Accept or refuse a quote through its link; the bearer has no other right than this one.

    Args:
        token: Secret of the link.
        accepted: Yes or no.
        name: Who answers.
        agreed: « Bon pour accord » is ticked; needed to accept.
        options: Positions of the options ticked.
        reason: Why not.
        order_reference: The customer's own order number, if any.

    Raises:
        QuoteLinkError: The link opens nothing.
        QuoteStateError: It is expired, replaced or answered.
        QuoteInvalidError: No name, no « bon pour accord », no reason, or an option that is none.
    """
    actor, found = quote_of_link(token=token)
    actor.require(Right.READ)
    row = Quote.objects.select_for_update().get(pk=found.pk)
    problems = []
    if accepted and not agreed:
        problems.append("cochez « Bon pour accord »")
    return _answer(
        actor,
        row,
        problems,
        accepted=accepted,
        name=name,
        options=options,
        reason=reason,
        order_reference=order_reference,
        through="link",
    )


@transaction.atomic
def record_quote_answer(
    *,
    actor: Actor,
    quote_id: int,
    accepted: bool,
    name: str,
    options: Collection[int] = (),
    reason: str = "",
    order_reference: str = "",
) -> Quote:
    """Note an answer that came otherwise: a signed paper, a mail, a call.

    Raises:
        NotFoundError: Not one of this company.
        QuoteStateError: It is a draft, expired, replaced or answered.
        QuoteInvalidError: No name, no reason, or an option that is none.
    """
    actor.require(Right.IMPORT_ORDERS)
    (row,) = _locked(actor, [quote_id])
    return _answer(
        actor,
        row,
        [],
        accepted=accepted,
        name=name,
        options=options,
        reason=reason,
        order_reference=order_reference,
        through="person",
    )


def _answer(
    actor: Actor,
    row: Quote,
    problems: list[str],
    *,
    accepted: bool,
    name: str,
    options: Collection[int],
    reason: str,
    order_reference: str,
    through: str,
) -> Quote:
    today = clock.today()
    state = rules.state_of(row.status, row.valid_until, today)
    if state != Quote.Status.SENT:
        raise QuoteStateError(str(row), _closed(state))
    chosen = set(options) if accepted else set()
    offer = offer_of(actor=actor, quote=row, on=today, options=chosen)
    if not name.strip():
        problems.append("donnez votre nom")
    if not accepted and not reason.strip():
        problems.append("dites pourquoi, en quelques mots")
    if chosen - {line.position for line in offer.lines if line.is_option}:
        problems.append("une option cochée n'est pas de ce devis")
    if problems:
        raise QuoteInvalidError(tuple(problems))
    now = clock.now()
    row.status = Quote.Status.ACCEPTED if accepted else Quote.Status.REFUSED
    row.answered_at = now
    row.answered_by = name.strip()[:120]
    row.answer = {
        "accepted": accepted,
        "through": through,
        "options": sorted(chosen),
        "reason": reason.strip()[:500],
        "content_sha256": offer.sha256,
        "content": offer.content,
    }
    if accepted:
        QuoteLine.objects.filter(quote=row, is_option=True).update(is_chosen=False)
        QuoteLine.objects.filter(quote=row, position__in=chosen).update(is_chosen=True)
        totals = offer.totals
        row.net_total, row.vat_total, row.gross_total = totals.net, totals.vat, totals.gross
        row.order = _order(actor, row, offer, chosen, order_reference)
    row.save()
    journal.record(
        QuoteAnswered(
            row.pk,
            str(row),
            accepted,
            row.answered_by,
            str(row.gross_total),
            offer.sha256,
            row.order_id,
        ),
        actor=actor,
    )
    return row


def _closed(state: str) -> str:
    return {
        Quote.Status.DRAFT: "il n'est pas envoyé",
        Quote.Status.ACCEPTED: "il est déjà accepté",
        Quote.Status.REFUSED: "il a déjà été refusé",
        Quote.Status.REPLACED: "une version plus récente le remplace, demandez-en le lien",
        rules.EXPIRED: "sa validité est passée, demandez-en un nouveau",
    }[state]


def _order(actor: Actor, row: Quote, offer: Offer, chosen: set[int], order_reference: str) -> Order:
    """The order an accepted quote becomes, kept back when its customer may owe no more."""
    now = clock.now()
    order = Order.objects.create(
        company=actor.company,
        source=SOURCE,
        number=str(row).replace(" ", "-"),
        party_id=row.party_id,
        order_date=clock.today(),
        order_reference=order_reference.strip()[:60],
        net_total=offer.totals.net,
        received_at=now,
        accepted_at=now,
    )
    OrderLine.objects.bulk_create(
        [
            OrderLine(
                company=actor.company,
                order=order,
                position=rank,
                item_code=line.item_code,
                name=line.name,
                description=line.description,
                nature=line.nature,
                quantity=line.quantity,
                unit_code=line.unit_code,
                unit_price=line.unit_price,
                discount_percent=line.discount_percent,
                vat_rate=line.vat_rate,
                exemption=line.exemption,
                exemption_article=line.exemption_article,
            )
            for rank, line in enumerate(rules.counted(offer.lines, chosen), start=1)
        ]
    )
    # The link has no right of its own: what an acceptance entails is the company's doing.
    house = replace(actor, rights=actor.rights | {Right.DRAFT_INVOICES, Right.IMPORT_ORDERS})
    if row.deposit_percent > ZERO:
        ask_for_deposit(actor=house, order_id=order.pk, percent=row.deposit_percent)
    if reason := holds.reasons_of(house, [order]).get(order.pk):
        order.accepted_at, order.held_at, order.waiting_reason = None, now, reason
        order.save(update_fields=["accepted_at", "held_at", "waiting_reason"])
    return order


def _locked(actor: Actor, quote_ids: Collection[int]) -> list[Quote]:
    rows = list(
        Quote.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(quote_ids))
        .order_by("pk")
    )
    if missing := set(quote_ids) - {row.pk for row in rows}:
        raise NotFoundError(what=f"devis n° {min(missing)}")
    return rows
