"""Issuing: number, frozen facts, entry, open items and journal in one short transaction.

Nothing is rendered here: the files are made afterwards from the frozen facts, by workers.
Source: CGI 289 I-5, BOI-TVA-DECLA-30-20-20-10 (numbering), settled points 11 and 13.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, counters, journal, queue
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.printed import printed_facts
from echeance.billing.commands.setup import frozen_style
from echeance.billing.errors import IssueDateError, NoSeriesError
from echeance.billing.events import InvoiceIssued
from echeance.billing.models import Instalment, Invoice, InvoiceSeries, InvoiceVat
from echeance.billing.rules import document, frozen, numbering, posting
from echeance.billing.rules import preflight as rules
from echeance.billing.rules.document import Composed, Draft
from echeance.billing.types import Finding, IssueResult, Severity, StyleFacts
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.errors import NoFiscalYearError
from echeance.ledger.types import NewAllocation, PostedEntry

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
    run = _Run(actor, day, queries.occasion_of(actor=actor, issue_date=day), frozen_style(actor))
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
    series = _lock_series(actor, {row.kind for row in fresh})
    drafts = queries.drafts_of(actor=actor, invoices=fresh)
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
        composed, findings = rules.examine(
            drafts[row.pk],
            replace(run.occasion, last_issue_date=series[row.kind].last_issue_date),
            queries.stand_in(series[row.kind], run.day),
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


def _lock_series(actor: Actor, kinds: set[str]) -> dict[str, InvoiceSeries]:
    series = {
        row.kind: row
        for row in InvoiceSeries.objects.select_for_update()
        .filter(company=actor.company, kind__in=kinds)
        .order_by("pk")
    }
    if kinds - set(series):
        raise NoSeriesError
    return series


def _write(
    run: _Run, series: Mapping[str, InvoiceSeries], ready: Sequence[_Ready]
) -> list[Invoice]:
    if not ready:
        return []
    actor, day = run.actor, run.day
    numbers = _numbers(run, series, ready)
    finals = [
        document.with_number(one.composed, number)
        for one, number in zip(ready, numbers, strict=True)
    ]
    posted = ledger.post_entries(
        actor=actor,
        entries=[
            posting.entry_of(
                one.draft,
                final.amounts,
                number=number,
                issue_date=day,
                instalments=final.instalments,
            )
            for one, final, number in zip(ready, finals, numbers, strict=True)
        ],
    )
    now = clock.now()
    rows = [one.row for one in ready]
    printed = printed_facts(actor=actor, rows=rows)
    for one, final, number, entry in zip(ready, finals, numbers, posted, strict=True):
        row = one.row
        row.status = Invoice.Status.ISSUED
        row.series = series[row.kind]
        row.number = number
        row.buyer_name = one.draft.buyer.name
        row.issue_date = day
        row.due_date = final.document.due_date
        row.net_total = final.amounts.net
        row.vat_total = final.amounts.vat
        row.gross_total = final.amounts.gross
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
    _settle_credits(actor, day, rows, posted)
    for kind in {row.kind for row in rows}:
        InvoiceSeries.objects.filter(pk=series[kind].pk).update(last_issue_date=day)
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


def _numbers(run: _Run, series: Mapping[str, InvoiceSeries], ready: Sequence[_Ready]) -> list[str]:
    """The next numbers of each series, in the order of the drafts."""
    kinds = [one.row.kind for one in ready]
    ranks = {
        kind: iter(
            counters.take(
                company=run.actor.company,
                name=numbering.counter_name(series[kind].pk, run.day),
                count=kinds.count(kind),
            )
        )
        for kind in sorted(set(kinds))
    }
    return [
        numbering.number_of(series[kind].prefix, series[kind].digits, run.day, next(ranks[kind]))
        for kind in kinds
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
            if not row.is_credit_note
            for part, item_id in zip(final.instalments, entry.item_ids, strict=True)
        ),
        batch_size=_BATCH,
    )


def _settle_credits(
    actor: Actor, day: date, rows: Sequence[Invoice], posted: Sequence[PostedEntry]
) -> None:
    """Allocate credit notes to the open part of their invoice, the earliest instalment first."""
    notes = [
        (row, entry.item_ids[0])
        for row, entry in zip(rows, posted, strict=True)
        if row.is_credit_note
    ]
    if not notes:
        return
    originals = dict(
        Invoice.objects.filter(pk__in={row.preceding_id for row, _ in notes}).values_list(
            "pk", "number"
        )
    )
    numbers = {number for number in originals.values() if number is not None}
    open_items = ledger_queries.items_of_document(actor=actor, document_refs=numbers)
    allocations = []
    for row, credit_item_id in notes:
        number = originals[row.preceding_id] if row.preceding_id is not None else None
        left = row.gross_total
        for item in open_items.get(number or "", ()):
            amount: Decimal = min(left, item.open_amount)
            if item.side == "debit" and amount > ZERO:
                allocations.append(NewAllocation(item.item_id, credit_item_id, amount, day))
                left -= amount
    ledger.allocate(actor=actor, allocations=allocations)
