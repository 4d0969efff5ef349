"""Issuing: number, frozen facts, entry, open items and journal in one short transaction.

Nothing is rendered here: the files are made afterwards from the frozen facts, by workers.
Source: CGI 289 I-5, BOI-TVA-DECLA-30-20-20-10 (numbering), settled points 11 and 13.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from echeance.base import clock, counters, journal, queue
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.printed import printed_facts
from echeance.billing.commands.series import first_series
from echeance.billing.commands.setup import frozen_style
from echeance.billing.errors import IssueDateError, NoSeriesError, SeriesClosedError
from echeance.billing.events import InvoiceIssued
from echeance.billing.models import (
    CreditApproval,
    Instalment,
    Invoice,
    InvoiceSeries,
    InvoiceVat,
)
from echeance.billing.rules import document, frozen, numbering, posting
from echeance.billing.rules import preflight as rules
from echeance.billing.rules.document import Composed, Draft
from echeance.billing.rules.taxes import seller_rate
from echeance.billing.types import (
    SELF_BILLED_KINDS,
    Finding,
    IssueResult,
    Severity,
    StyleFacts,
)
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.errors import NoFiscalYearError
from echeance.ledger.types import DEBIT, NewAllocation, OpenItemFacts, PostedEntry
from echeance.parties import queries as parties

CHUNK = 200
_BATCH = 500
_WRITTEN = [
    "status",
    "series",
    "number",
    "buyer_name",
    "issue_date",
    "due_date",
    "net_total",
    "vat_total",
    "gross_total",
    "exchange_rate",
    "exchange_date",
    "exchange_source",
    "issued_at",
    "issued_by",
    "facts",
    "template_sha256",
    "entry",
]


def issue_invoices(
    *, actor: Actor, invoice_ids: Sequence[int], issue_date: date | None = None
) -> list[IssueResult]:
    """Issue drafts, numbered in the order given; one bad draft never stops the others.

    A chunk of 200 is one transaction and a constant number of queries. Its sealing is queued in
    the same transaction. A killed run leaves whole chunks: run it again with the same drafts,
    those issued keep their number.

    Args:
        actor: Who issues.
        invoice_ids: Drafts.
        issue_date: BT-2; today when absent.

    Returns:
        One result for each distinct draft, in the order given.

    Raises:
        IssueDateError: The day has not come.
        NoFiscalYearError: No fiscal year holds the day.
        NoSeriesError: Billing was not set up.
    """
    actor.require(Right.ISSUE_INVOICES)
    day = issue_date or clock.today()
    if day > clock.today():
        raise IssueDateError(day, "elle n'est pas encore venue")
    if ledger_queries.fiscal_year_of(company=actor.company, day=day) is None:
        raise NoFiscalYearError(day=day)
    wanted = list(dict.fromkeys(invoice_ids))
    occasion = queries.occasion_of(actor=actor, issue_date=day)
    run = _Run(actor, day, occasion, frozen_style(actor), seller_rate(occasion.seller, day))
    found: dict[int, IssueResult] = {}
    for chunk in _chunks(wanted, _originals(actor, wanted)):
        with _uncollected():
            found |= {result.invoice_id: result for result in _issue(run, chunk)}
    return [found[invoice_id] for invoice_id in wanted]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the collector of cycles rest during a chunk.

    A chunk makes some hundred thousand objects that all live to its end and hold no cycle:
    looking for garbage among them again and again takes a quarter of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same for all the documents of a call."""

    actor: Actor
    day: date
    occasion: rules.Occasion
    style: StyleFacts
    standard_rate: Decimal


@dataclass(frozen=True, slots=True)
class _Ready:
    """A draft that nothing stops."""

    row: Invoice
    draft: Draft
    composed: Composed


def _originals(actor: Actor, wanted: Sequence[int]) -> dict[int, int | None]:
    originals: dict[int, int | None] = {}
    for start in range(0, len(wanted), _BATCH):
        rows = Invoice.objects.filter(
            company=actor.company, pk__in=wanted[start : start + _BATCH]
        ).values_list("pk", "preceding_id")
        originals.update(rows)
    return originals


def _chunks(wanted: Sequence[int], originals: Mapping[int, int | None]) -> Iterator[list[int]]:
    """At most 200 drafts; two credit notes of one invoice never share a chunk.

    The second must see what the first has taken.
    """
    chunk: list[int] = []
    credited: set[int] = set()
    for invoice_id in wanted:
        original = originals.get(invoice_id)
        if len(chunk) == CHUNK or original in credited:
            yield chunk
            chunk, credited = [], set()
        chunk.append(invoice_id)
        if original is not None:
            credited.add(original)
    if chunk:
        yield chunk


def _issue(run: _Run, chunk: Sequence[int]) -> list[IssueResult]:
    """Issue a chunk; one that a lower room refuses is halved until the culprit stands alone."""
    try:
        with transaction.atomic():
            return _issue_chunk(run, chunk)
    except NoSeriesError:
        raise
    except EcheanceError as error:
        if len(chunk) == 1:
            return [IssueResult(chunk[0], None, (Finding(error.code, str(error)),))]
    half = len(chunk) // 2
    return [*_issue(run, chunk[:half]), *_issue(run, chunk[half:])]


def _issue_chunk(run: _Run, chunk: Sequence[int]) -> list[IssueResult]:
    actor = run.actor
    rows = _lock(actor, chunk)
    fresh = [row for row in rows.values() if row.number is None]
    series = _lock_series(actor, fresh)
    drafts = queries.drafts_of(actor=actor, invoices=fresh, on=run.day)
    arounds = queries.around_of(actor=actor, rows=fresh, drafts=drafts, occasion=run.occasion)
    unapproved = _unapproved(run, fresh)
    results: dict[int, IssueResult] = {}
    ready: list[_Ready] = []
    for invoice_id in chunk:
        row = rows.get(invoice_id)
        if row is None or row.number is not None:
            results[invoice_id] = _no_draft(invoice_id, row)
            continue
        if row.is_credit_note and Right.ISSUE_CREDITS not in actor.rights:
            results[invoice_id] = IssueResult(invoice_id, None, (_NO_CREDITS,))
            continue
        numbered_in = series[row.pk]
        if row.pk in unapproved:
            results[invoice_id] = IssueResult(invoice_id, None, (_NOT_APPROVED,))
            continue
        composed, findings = rules.examine(
            drafts[row.pk],
            replace(run.occasion, last_issue_date=numbered_in.last_issue_date),
            queries.stand_in(numbered_in, run.day),
            arounds[row.pk],
        )
        if composed is None or rules.blocking(findings):
            results[invoice_id] = IssueResult(invoice_id, None, tuple(findings))
            continue
        ready.append(_Ready(row, drafts[row.pk], composed))
        results[invoice_id] = IssueResult(invoice_id, "", tuple(findings))
    for one in _write(run, series, ready):
        before = results[one.pk]
        results[one.pk] = replace(before, number=one.number)
    return [results[invoice_id] for invoice_id in chunk]


_NO_CREDITS = Finding(
    "billing.credit_right_missing",
    "Vous n'avez pas le droit d'émettre un avoir : demandez-le à un responsable.",
)


_NOT_APPROVED = Finding(
    "billing.credit_not_approved",
    "Cet avoir dépasse le seuil d'accord : demandez-le à un collègue, puis émettez-le.",
)


def _unapproved(run: _Run, rows: Sequence[Invoice]) -> set[int]:
    """Credit notes above the threshold that nobody else approved at their total.

    One query where a threshold is set and passed.
    """
    most = run.occasion.policy.credit_approval_over
    waiting = {
        row.pk: row
        for row in rows
        if most is not None and row.is_credit_note and row.net_total > most
    }
    if not waiting:
        return set()
    approved = CreditApproval.objects.filter(invoice__in=waiting)
    return set(waiting) - {
        one.invoice_id
        for one in approved
        if one.net_total == waiting[one.invoice_id].net_total
        and one.approved_by != waiting[one.invoice_id].created_by
    }


def _no_draft(invoice_id: int, row: Invoice | None) -> IssueResult:
    if row is None:
        finding = Finding(
            "base.not_found", f"Introuvable : facture n° {invoice_id}. Rafraîchissez la liste."
        )
        return IssueResult(invoice_id, None, (finding,))
    finding = Finding(
        "billing.invoice_already_issued",
        f"La facture {row.number} était déjà émise : rien n'a été changé.",
        Severity.WARNING,
    )
    return IssueResult(invoice_id, row.number, (finding,))


def _lock(actor: Actor, chunk: Sequence[int]) -> dict[int, Invoice]:
    """Documents of a chunk, locked with the invoices their credit notes take from.

    All in one order: two runs that share some of them wait for each other, they never block.
    """
    originals = Invoice.objects.filter(pk__in=chunk, preceding__isnull=False)
    wanted = {*chunk, *originals.values_list("preceding_id", flat=True)}
    locked = (
        Invoice.objects.select_for_update()
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    )
    asked = set(chunk)
    return {row.pk: row for row in locked if row.pk in asked}


def _lock_series(actor: Actor, rows: Sequence[Invoice]) -> dict[int, InvoiceSeries]:
    """The series of each draft, locked: the one it names, else the usual one of its kind.

    One query; a kind that never had a series gets its own then.
    """
    named = {row.series_id for row in rows if row.series_id is not None}
    wanted = {_usual(row) for row in rows if row.series_id is None}
    found = list(
        InvoiceSeries.objects.select_for_update()
        .filter(company=actor.company, closed_at__isnull=True)
        .filter(Q(pk__in=named) | Q(kind__in={kind for kind, _ in wanted}, is_default=True))
        .order_by("pk")
    )
    by_id = {one.pk: one for one in found}
    usual = {(one.kind, one.supplier_id): one for one in found if one.is_default}
    for kind, supplier_id in sorted(wanted - set(usual), key=str):
        usual[kind, supplier_id] = first_series(actor, kind=kind, supplier_id=supplier_id)
    if missing := named - set(by_id):
        closed = InvoiceSeries.objects.get(company=actor.company, pk=min(missing))
        raise SeriesClosedError(closed.prefix)
    return {
        row.pk: usual[_usual(row)] if row.series_id is None else by_id[row.series_id]
        for row in rows
    }


def _usual(row: Invoice) -> tuple[str, int | None]:
    """What the usual series of a document depends on: CGI 289 I-2 wants one a supplier."""
    return row.kind, row.buyer_id if row.kind in SELF_BILLED_KINDS else None


def _write(
    run: _Run, series: Mapping[int, InvoiceSeries], ready: Sequence[_Ready]
) -> list[Invoice]:
    if not ready:
        return []
    actor, day = run.actor, run.day
    numbers = _numbers(run, series, ready)
    finals = [
        document.with_number(one.composed, number)
        for one, number in zip(ready, numbers, strict=True)
    ]
    entries = [
        posting.entry_of(
            one.draft,
            final.amounts,
            number=number,
            issue_date=day,
            dues=final.dues,
            annulled=document.amounts_of(one.draft.annuls, run.occasion.seller, day)
            if one.draft.annuls
            else None,
            standard_rate=run.standard_rate,
        )
        for one, final, number in zip(ready, finals, numbers, strict=True)
    ]
    posted = ledger.post_entries(actor=_poster(actor), entries=[entry.facts for entry in entries])
    now = clock.now()
    rows = [one.row for one in ready]
    for one, final in zip(ready, finals, strict=True):
        exchange = one.draft.exchange
        one.row.exchange_rate = exchange.rate if exchange else None
        one.row.exchange_date = exchange.on if exchange else None
        one.row.exchange_source = exchange.source if exchange else ""
        one.row.gross_total = final.amounts.gross
    printed = printed_facts(actor=actor, rows=rows)
    for one, final, number, entry in zip(ready, finals, numbers, posted, strict=True):
        row = one.row
        row.status = Invoice.Status.ISSUED
        row.series = series[row.pk]
        row.number = number
        row.buyer_name = one.draft.party_name
        row.issue_date = day
        row.due_date = final.document.due_date
        row.net_total = final.amounts.net
        row.vat_total = final.amounts.vat
        row.issued_at = now
        row.issued_by = actor.name
        row.facts = frozen.freeze(final, run.style, printed[row.pk])
        row.template_sha256 = run.style.template_sha256
        row.entry_id = entry.entry_id
    # One insert that meets the rows and updates them: many times faster than a CASE a column.
    Invoice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_WRITTEN,
        batch_size=_BATCH,
    )
    _write_parts(actor, rows, finals, posted)
    _settle(actor, day, rows, [*zip(ready, entries, posted, strict=True)])
    InvoiceSeries.objects.filter(pk__in={series[row.pk].pk for row in rows}).update(
        last_issue_date=day
    )
    journal.record_many(
        [
            InvoiceIssued(row.pk, number, day.isoformat(), str(row.gross_total))
            for row, number in zip(rows, numbers, strict=True)
        ],
        actor=actor,
    )
    queue.add(
        "echeance.billing.jobs.seal_invoices",
        company=actor.company,
        key=f"billing.seal:{rows[0].pk}",
        company_id=actor.company.pk,
        invoice_ids=[row.pk for row in rows],
    )
    return rows


def _poster(actor: Actor) -> Actor:
    """The actor, allowed to post: who may issue a document may write its entry, purchases too."""
    return replace(actor, rights=actor.rights | {Right.POST_ENTRIES})


def _numbers(run: _Run, series: Mapping[int, InvoiceSeries], ready: Sequence[_Ready]) -> list[str]:
    """The next numbers of each series, in the order of the drafts."""
    chosen = [series[one.row.pk] for one in ready]
    counts = Counter(one.pk for one in chosen)
    ranks = {
        series_id: iter(
            counters.take(
                company=run.actor.company,
                name=numbering.counter_name(series_id, run.day),
                count=count,
            )
        )
        for series_id, count in sorted(counts.items())
    }
    return [
        numbering.number_of(one.prefix, one.digits, run.day, next(ranks[one.pk])) for one in chosen
    ]


def _write_parts(
    actor: Actor,
    rows: Sequence[Invoice],
    finals: Sequence[Composed],
    posted: Sequence[PostedEntry],
) -> None:
    InvoiceVat.objects.bulk_create(
        (
            InvoiceVat(
                company=actor.company,
                invoice=row,
                category=share.category.value,
                rate=share.rate,
                exigibility=share.exigibility.value,
                base=share.base,
                vat=share.vat,
            )
            for row, final in zip(rows, finals, strict=True)
            for share in final.amounts.shares
        ),
        batch_size=_BATCH,
    )
    Instalment.objects.bulk_create(
        (
            Instalment(
                company=actor.company,
                invoice=row,
                due_date=part.due_date,
                amount=part.amount,
                item_id=item_id,
            )
            for row, final, entry in zip(rows, finals, posted, strict=True)
            if not row.is_credit_note and row.kind not in SELF_BILLED_KINDS
            for part, item_id in zip(final.dues, entry.item_ids, strict=False)
        ),
        batch_size=_BATCH,
    )


_Written = tuple[_Ready, posting.DocumentEntry, PostedEntry]


def _settle(actor: Actor, day: date, rows: Sequence[Invoice], written: Sequence[_Written]) -> None:
    """Settle what new documents close by themselves, the earliest instalment first.

    A credit note, or the half of a corrective invoice that annuls, is set against the open part of
    its invoice; what is left of that half then pays the corrective invoice. A deposit deducted is
    set against the advance it was.
    """
    given = [
        (row.preceding_id, entry, posted)
        for row, (_, entry, posted) in zip(rows, written, strict=True)
        if row.preceding_id is not None
    ]
    deposits = {of for _, entry, _ in written for of in entry.advances if of}
    allocations: list[NewAllocation] = []
    if not given and not deposits:
        return
    # A customer merged since the invoice is credited under the number that stays.
    merged = parties.merged_parties(actor=actor)
    if given:
        allocations += _against_originals(actor, day, given, merged)
    if deposits:
        allocations += _against_advances(actor, day, deposits, written, merged)
    if allocations:
        ledger.allocate(actor=_matcher(actor), allocations=allocations)


def _matcher(actor: Actor) -> Actor:
    return replace(actor, rights=actor.rights | {Right.MATCH_PAYMENTS})


def _against_originals(
    actor: Actor,
    day: date,
    given: Sequence[tuple[int, posting.DocumentEntry, PostedEntry]],
    merged: Mapping[int, int],
) -> Iterator[NewAllocation]:
    """Three queries, whatever their number."""
    numbers = dict(
        Invoice.objects.filter(pk__in={pk for pk, _, _ in given}).values_list("pk", "number")
    )
    open_items = ledger_queries.items_of_document(
        actor=actor, document_refs={number for number in numbers.values() if number}
    )
    new = {
        item.item_id: item
        for item in ledger_queries.items_for(
            actor=actor, item_ids={pk for _, _, posted in given for pk in posted.item_ids}
        )
    }
    for original_id, entry, posted in given:
        targets = list(open_items.get(numbers[original_id] or "", ()))
        owed = len(entry.dues)
        mine = [new[pk] for pk in posted.item_ids[:owed]]
        backs = mine
        if entry.annulling:
            backs = [new[pk] for pk in posted.item_ids[-entry.annulling :]]
            targets += mine
        for back in backs:
            yield from settled_with(back, targets, day, merged)


def _against_advances(
    actor: Actor,
    day: date,
    deposits: set[str],
    written: Sequence[_Written],
    merged: Mapping[int, int],
) -> Iterator[NewAllocation]:
    """Two queries, whatever their number."""
    available = ledger_queries.advances(actor=actor, payment_refs=deposits)
    ids = {pk for _, _, posted in written for pk in posted.item_ids}
    new = {item.item_id: item for item in ledger_queries.items_for(actor=actor, item_ids=ids)}
    for _, entry, posted in written:
        owed = len(entry.dues)
        taken = posted.item_ids[owed : owed + len(entry.advances)]
        for item_id, deposit in zip(taken, entry.advances, strict=True):
            if deposit and new[item_id].side == DEBIT:
                advances = [item for item in available if item.payment_ref == deposit]
                yield from settled_with(new[item_id], advances, day, merged)


def settled_with(
    one: OpenItemFacts,
    others: Sequence[OpenItemFacts],
    day: date,
    merged: Mapping[int, int],
) -> Iterator[NewAllocation]:
    """Settle an item with others of the same account and party, earliest first, while any is left.

    Parties of which one was merged into the other are the same. What is taken is remembered in
    neither: items given twice are settled as the ledger has them.
    """

    def owner(item: OpenItemFacts) -> int:
        return merged.get(item.party_id or 0, item.party_id or 0)

    left = one.open_amount
    for other in others:
        same = (other.account, owner(other)) == (one.account, owner(one))
        amount = min(left, other.open_amount)
        if same and other.side != one.side and amount > ZERO:
            debit, credit = (one, other) if one.side == DEBIT else (other, one)
            yield NewAllocation(debit.item_id, credit.item_id, amount, day)
            left -= amount
