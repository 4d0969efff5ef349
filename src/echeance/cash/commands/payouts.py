"""Payouts of card terminals and providers: their report taken in, one bank line for many sales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.cash import queries
from echeance.cash.commands.lumps import (
    CUSTOMERS,
    Counterpart,
    book_entry,
    house,
    lock_entry,
    signed,
)
from echeance.cash.commands.undoing import UNDO_HOOKS
from echeance.cash.errors import (
    LumpAmountError,
    PayoutKnownError,
    PayoutNotPaidError,
    PayoutStateError,
    StatementCurrencyError,
)
from echeance.cash.events import PayoutImported, PayoutLineIdentified
from echeance.cash.models import Match, PayoutBatch, PayoutLine
from echeance.core.bank.payouts import PayoutReport, read_payouts
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, format_amount
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import CREDIT, DEBIT, OpenItemFacts

SUSPENSE = account_number("suspense")
FEES = account_number("bank_fees")
REPORT_KIND = "payout_report"
NO_INVOICE = frozenset({"fee", "adjustment"})


@transaction.atomic
def import_payouts(*, actor: Actor, content: bytes, filename: str) -> list[int]:
    """Take in the report of a provider: archived, net proved, invoices recognised by their number.

    A payout imported before is left alone. Operations whose invoice is not recognised open one
    question a payout.

    Returns:
        Ids of the new payouts, in the order of the file.

    Raises:
        EcheanceError: Of ``core.bank`` when it cannot be read or does not prove its net.
        PayoutNotPaidError: No operation of the file was paid out.
        PayoutKnownError: Every payout of it was imported before.
        StatementCurrencyError: Not in euros.
    """
    actor.require(Right.IMPORT_STATEMENTS)
    paid = [one for one in read_payouts(content, filename=filename) if one.is_paid]
    if not paid:
        raise PayoutNotPaidError(filename=filename)
    for one in paid:
        if one.currency != "EUR":
            raise StatementCurrencyError(currency=one.currency)
    known = set(
        PayoutBatch.objects.filter(
            company=actor.company, reference__in=[one.reference[:80] for one in paid]
        ).values_list("provider", "reference")
    )
    fresh = [one for one in paid if (one.provider, one.reference[:80]) not in known]
    if not fresh:
        references = ", ".join(one.reference for one in paid[:3])
        raise PayoutKnownError(filename=filename, references=references)
    file = archive.store_file(
        actor=house(actor),
        file=NewFile(
            content=content,
            filename=filename,
            media_type="text/csv",
            kind=REPORT_KIND,
            subject="",
            keep_until=ledger_queries.keep_until(
                actor=actor, day=max(one.paid_on for one in fresh)
            ),
        ),
    )
    return [_keep(actor, one, file.pk) for one in fresh]


def _keep(actor: Actor, report: PayoutReport, file_id: int) -> int:
    batch = PayoutBatch.objects.create(
        company=actor.company,
        provider=report.provider,
        reference=report.reference[:80],
        paid_on=report.paid_on,
        gross=report.gross,
        fees=report.fees,
        net=report.net,
        currency=report.currency,
        file_id=file_id,
        imported_at=clock.now(),
    )
    texts = [f"{line.reference} {line.description}" for line in report.lines]
    items = queries.items_cited(actor=actor, texts=texts)
    rows = PayoutLine.objects.bulk_create(
        PayoutLine(
            company=actor.company,
            batch=batch,
            position=place,
            kind=line.kind,
            on=line.on,
            reference=line.reference[:120],
            description=line.description[:300],
            gross=line.gross,
            fee=line.fee,
            open_item_id=item.item_id if item and line.kind not in NO_INVOICE else None,
        )
        for place, (line, item) in enumerate(zip(report.lines, items, strict=True), 1)
    )
    unknown = [row for row in rows if row.gross and row.open_item_id is None]
    journal.record(PayoutImported(batch.pk, batch.reference, batch.net, len(unknown)), actor=actor)
    if unknown:
        _ask(actor, batch, unknown)
    return batch.pk


def _ask(actor: Actor, batch: PayoutBatch, unknown: Sequence[PayoutLine]) -> None:
    amount = sum((abs(row.gross) for row in unknown), ZERO)
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=f"cash.payout:{batch.pk}",
                kind="cash.payout",
                subject=f"payout:{batch.pk}",
                title=(
                    f"De quelles factures sont {format_amount(amount)} du versement "
                    f"{batch.reference} ?"
                ),
                evidence={
                    "lines": [
                        {"text": f"{row.reference} {row.description}", "amount": str(row.gross)}
                        for row in unknown[:20]
                    ]
                },
                answers=(Answer(key="suspense", label="Laisser au compte d'attente"),),
                amount=amount,
                due_date=batch.paid_on,
            )
        ],
    )


def _batch(actor: Actor, batch_id: int) -> PayoutBatch:
    batch = (
        PayoutBatch.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=batch_id)
        .first()
    )
    if batch is None:
        raise NotFoundError(what=f"versement n° {batch_id}")
    if batch.match_id:
        raise PayoutStateError(reference=batch.reference)
    return batch


@transaction.atomic
def identify_payout_lines(*, actor: Actor, batch_id: int, items: Mapping[int, int]) -> int:
    """Say of which invoice operations are: line id, then open item id of a customer.

    Returns:
        How many were said. The question of the payout closes when none is left.

    Raises:
        PayoutStateError: The payout is booked.
        NotFoundError: A line or an item is not one of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    batch = _batch(actor, batch_id)
    rows = {row.pk: row for row in batch.lines.filter(pk__in=items)}
    known = {
        item.item_id
        for item in ledger_queries.items_for(actor=actor, item_ids=list(items.values()))
        if item.account.startswith("411")
    }
    for line_id, item_id in items.items():
        if line_id not in rows:
            raise NotFoundError(what=f"opération n° {line_id}")
        if item_id not in known:
            raise NotFoundError(what=f"échéance n° {item_id}")
        PayoutLine.objects.filter(pk=line_id).update(open_item=item_id)
    journal.record_many(
        [PayoutLineIdentified(batch.pk, line, item) for line, item in items.items()], actor=actor
    )
    if not batch.lines.filter(open_item=None).exclude(gross=0).exists():
        base.close_work_items(actor=actor, keys=[f"cash.payout:{batch.pk}"], answer="identified")
    return len(items)


@transaction.atomic
def match_payout(*, actor: Actor, batch_id: int, entry_id: int) -> int:
    """Book the bank line of a payout: D 512 net, D 627 fees, C 411 what each customer paid.

    Refunds and chargebacks debit their customer; operations of no known invoice go to 471. What a
    sale is above its invoice stays on the customer's account.

    Returns:
        The match; ``undo_matches`` takes it back and the payout waits again.

    Raises:
        LumpAmountError: The bank line is not the net of the payout.
        PayoutStateError: The payout is booked already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    batch = _batch(actor, batch_id)
    entry = lock_entry(actor, entry_id)
    if signed(entry) != batch.net:
        raise LumpAmountError(f"le versement {batch.reference}", signed(entry), batch.net)
    lines = list(batch.lines.order_by("position"))
    counterparts = _counterparts(actor, lines)
    unknown = sum((abs(row.gross) for row in lines if row.open_item_id is None), ZERO)
    reasons = [
        (
            f"Versement {batch.reference} : {format_amount(batch.gross)} de brut, moins "
            f"{format_amount(batch.fees)} de commissions, font {format_amount(batch.net)}."
        )
    ]
    if unknown:
        reasons.append(f"{format_amount(unknown)} sans facture reconnue, au compte d'attente.")
    match = book_entry(
        actor,
        entry,
        Match.MatchKind.PAYOUT,
        label=f"Versement {batch.provider} {batch.reference}",
        counterparts=[
            Counterpart(FEES, batch.fees, label=f"Commissions {batch.provider}"),
            *counterparts,
        ],
        reasons=reasons,
    )
    PayoutBatch.objects.filter(pk=batch.pk).update(match=match)
    return match.pk


def _counterparts(actor: Actor, lines: Sequence[PayoutLine]) -> list[Counterpart]:
    """One line an operation, each settling what its document still leaves open."""
    cited = {row.open_item_id for row in lines if row.open_item_id}
    facts = {one.item_id: one for one in ledger_queries.items_for(actor=actor, item_ids=cited)}
    documents = ledger_queries.items_of_document(
        actor=actor, document_refs={one.document_ref for one in facts.values()}
    )
    left = {item.item_id: item.open_amount for items in documents.values() for item in items}
    made: list[Counterpart] = []
    for row in lines:
        if not row.gross:
            continue
        label = f"{row.reference} {row.description}".strip()[:120]
        item = facts.get(row.open_item_id or 0)
        if item is None or item.party_id is None:
            made.append(Counterpart(SUSPENSE, -row.gross, label=label))
            continue
        side = DEBIT if row.gross > ZERO else CREDIT
        own = [one for one in documents.get(item.document_ref, ()) if one.account == CUSTOMERS]
        made.append(
            Counterpart(
                CUSTOMERS,
                -row.gross,
                party_id=item.party_id,
                label=label,
                settles=_settled(own, side, abs(row.gross), left),
                kind="receipt" if row.gross > ZERO else "refund",
            )
        )
    return made


def _settled(
    items: Sequence[OpenItemFacts], side: str, amount: Decimal, left: dict[int, Decimal]
) -> tuple[tuple[int, Decimal], ...]:
    parts: list[tuple[int, Decimal]] = []
    for item in items:
        if item.side == side and (part := min(amount, left[item.item_id])) > ZERO:
            left[item.item_id] -= part
            amount -= part
            parts.append((item.item_id, part))
    return tuple(parts)


def _payout_undone(actor: Actor, matches: Sequence[Match]) -> None:
    PayoutBatch.objects.filter(company=actor.company, match__in=matches).update(match=None)


UNDO_HOOKS[Match.MatchKind.PAYOUT] = _payout_undone
