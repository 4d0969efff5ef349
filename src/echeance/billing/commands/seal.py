"""Sealing: file rendered, judged by the official rules, archived; outside any lock.

A sealing killed anywhere is done again by the next one, with the same bytes: the file depends on
the frozen facts alone, and the archive keeps the same bytes once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal, queue
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.billing import queries, rendering
from echeance.billing.commands.setup import kept_until, with_archive
from echeance.billing.events import InvoiceFileRefused, InvoiceSealed
from echeance.billing.models import Invoice
from echeance.billing.rules import frozen
from echeance.billing.types import SealReport
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.official.verdict import Verdict

CHUNK = 50


@dataclass(frozen=True, slots=True)
class _Made:
    """A document with its file and what the official rules say of it."""

    row: Invoice
    content: bytes
    verdict: Verdict


def seal_invoices(
    *,
    actor: Actor,
    invoice_ids: Sequence[int] | None = None,
    limit: int | None = None,
    validator: OfficialValidator | None = None,
) -> SealReport:
    """Make, judge and archive the files of issued documents that have none, oldest first.

    A file the official rules refuse is not kept and nothing leaves: a question opens, whose way
    out is an internal credit note and a new number. A file nobody could judge is left for the
    next turn. Rendering and judging overlap; rows are written 50 at a time.

    Args:
        actor: Who seals.
        invoice_ids: Only those; all that wait when None.
        limit: At most so many.
        validator: Judges the files; that of the process when None.
    """
    actor.require(Right.ISSUE_INVOICES)
    waiting = queries.to_seal(actor=actor)
    if invoice_ids is not None:
        waiting = waiting.filter(pk__in=invoice_ids)
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    judge = validator or rendering.validator()
    sealed = refused = not_validated = 0
    for chunk in _batched(_make(actor, ids, judge)):
        judged = [one for one in chunk if one.verdict.validated]
        kept = _keep(actor, judged) if judged else 0
        sealed += kept
        refused += len(judged) - kept
        not_validated += len(chunk) - len(judged)
    return SealReport(sealed, refused, not_validated)


@transaction.atomic
def request_sealing(*, actor: Actor, invoice_ids: Collection[int]) -> int:
    """Ask the worker to make the files of issued documents now; how many wait for one.

    Documents already sealed, refused or not issued are left out. Asking twice seals once.
    """
    actor.require(Right.ISSUE_INVOICES)
    waiting = queries.to_seal(actor=actor).filter(pk__in=invoice_ids)
    ids = list(waiting.values_list("pk", flat=True))
    if ids:
        queue.add(
            "echeance.billing.jobs.seal_invoices",
            company=actor.company,
            company_id=actor.company.pk,
            invoice_ids=ids,
        )
    return len(ids)


def _batched(made: Iterator[_Made]) -> Iterator[list[_Made]]:
    while chunk := list(islice(made, CHUNK)):
        yield chunk


def _make(actor: Actor, ids: Sequence[int], judge: OfficialValidator) -> Iterator[_Made]:
    """Files and verdicts in order; a few files are rendered ahead while others are judged."""
    renderer = rendering.Renderer(actor)
    ahead: list[tuple[Invoice, bytes]] = []

    def files() -> Iterator[tuple[bytes, str]]:
        for start in range(0, len(ids), CHUNK):
            rows = Invoice.objects.filter(
                company=actor.company, pk__in=ids[start : start + CHUNK]
            ).order_by("pk")
            for row in rows:
                assert row.facts is not None, "an issued document has its facts"
                content = renderer.render(frozen.thaw(row.facts))
                ahead.append((row, content))
                yield content, _filename(row)

    for verdict in judge.validate_many(files()):
        row, content = ahead.pop(0)
        yield _Made(row, content, verdict)


def _filename(row: Invoice) -> str:
    return f"{row}.pdf".replace("/", "-")


def _keep(actor: Actor, chunk: Sequence[_Made]) -> int:
    """Archive the valid files, then write all the verdicts; how many were sealed."""
    valid = [one for one in chunk if one.verdict.valid]
    refused = [one for one in chunk if not one.verdict.valid]
    until: dict[date, date] = {}
    for one in valid:
        day = one.row.issue_date
        assert day is not None
        if day not in until:
            until[day] = kept_until(actor, day)
    stored = archive.store_files(
        actor=with_archive(actor),
        files=[
            NewFile(
                content=one.content,
                filename=_filename(one.row),
                media_type="application/pdf",
                kind="credit_note" if one.row.is_credit_note else "invoice",
                subject=f"invoice:{one.row.pk}",
                keep_until=until[one.row.issue_date],
                text=_search_text(one.row),
            )
            for one in valid
            if one.row.issue_date is not None
        ],
    )
    now = clock.now()
    with transaction.atomic():
        # Another worker may have sealed some meanwhile, with the same bytes: its rows stand.
        free = set(
            Invoice.objects.select_for_update()
            .filter(pk__in=[one.row.pk for one in chunk], sealed_at=None, verdict__isnull=True)
            .values_list("pk", flat=True)
        )
        rows, events = [], []
        for one, file in zip(valid, stored, strict=True):
            if one.row.pk in free:
                one.row.file, one.row.sealed_at = file, now
                one.row.verdict = _summary(one.verdict)
                rows.append(one.row)
                events.append(InvoiceSealed(one.row.pk, file.pk, file.sha256))
        for one in refused:
            if one.row.pk in free:
                one.row.verdict = _summary(one.verdict)
                rows.append(one.row)
        Invoice.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["file", "sealed_at", "verdict"],
        )
        journal.record_many(events, actor=actor)
        _ask(actor, [one for one in refused if one.row.pk in free])
    return len(valid)


def _summary(verdict: Verdict) -> dict[str, object]:
    """A valid verdict in two words; all the findings of a refusal."""
    shape = verdict.as_dict()
    return shape if not verdict.valid else {**shape, "findings": shape["findings"][:20]}


def _search_text(row: Invoice) -> str:
    facts = row.facts or {}
    lines = facts.get("document", {}).get("lines", ())
    names = " ".join(str(line.get("name", "")) for line in lines)
    parts = (
        str(row),
        row.buyer_name,
        row.order_reference,
        row.sales_order_reference,
        str(row.gross_total),
        names,
    )
    return " ".join(part for part in parts if part)


def _ask(actor: Actor, refused: Sequence[_Made]) -> None:
    journal.record_many(
        [
            InvoiceFileRefused(
                one.row.pk, str(one.row), [finding.rule for finding in one.verdict.findings][:20]
            )
            for one in refused
        ],
        actor=actor,
    )
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=f"billing.file_refused:{one.row.pk}",
                kind="billing.file_refused",
                subject=f"invoice:{one.row.pk}",
                title=(
                    f"Le fichier de {one.row} est refusé par les règles officielles : rien n'est "
                    "envoyé. Annuler par un avoir interne et refaire la facture ?"
                ),
                evidence={"findings": _summary(one.verdict)["findings"]},
                answers=(
                    Answer("credit", "Faire l'avoir interne et une nouvelle facture"),
                    Answer("keep", "Attendre une correction du modèle"),
                ),
                amount=one.row.gross_total,
            )
            for one in refused
        ],
    )
