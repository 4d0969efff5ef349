"""The billing run: pieces of every source become drafts, and drafts that nothing stops are issued.

A chunk is one transaction: drafts are made and their sources told together, or neither. A run
killed anywhere is completed by the next one, which takes up the drafts that were left and groups
what remains in the same order: the same documents, under the same numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, Protocol

from django.db import transaction
from django.db.models import Q

from echeance.base import clock, policy
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.commands.contracts import tell_contracts
from echeance.billing.commands.drafts import draft_documents
from echeance.billing.commands.holds import recheck_orders
from echeance.billing.commands.issue import issue_invoices
from echeance.billing.errors import IssueDateError, OrderNotBillableError, PieceTakenError
from echeance.billing.models import (
    Delivery,
    Disbursement,
    Invoice,
    Market,
    MarketLine,
    Order,
    TimeEntry,
)
from echeance.billing.queries import to_bill
from echeance.billing.queries.deliveries import FREE_DELIVERY
from echeance.billing.queries.hours import FREE_TIME
from echeance.billing.rules import billable
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.grouping import USUAL, Group, draft_of, groups_of
from echeance.billing.types import (
    BillingPolicy,
    Finding,
    IssueResult,
    RunDraft,
    RunReport,
    Severity,
)

CHUNK = 200
_BATCH = 500
WHY_LABELS: Final = {
    "dear": "son montant demande un accord",
    "blocked": "le contrôle avant émission l'arrête",
    "asked": "le contrôle avant émission demande une confirmation",
}
"""Why a draft of a run stays a draft."""
_TOO_DEAR: Final = WHY_LABELS["dear"]


class Tells(Protocol):
    """Tell a source the documents that bill its pieces, in the transaction that made them.

    Raises:
        PieceTakenError: One is not free any more; the whole chunk is undone.
    """

    def __call__(self, *, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
        """Tell it."""
        ...


def link(*, model: Any, free: Q, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
    """Write the document on the rows of a table that has ``invoice``. Two queries a chunk of 500.

    Args:
        model: The table, a model class.
        free: What a row must still be.
        actor: Who bills.
        billed: Each piece with its document.

    Raises:
        PieceTakenError: A row is not free any more.
    """
    documents = {pk: invoice for piece, invoice in billed for pk in piece.rows}
    names = {pk: piece.number for piece, _ in billed for pk in piece.rows}
    wanted = sorted(documents)
    for start in range(0, len(wanted), _BATCH):
        chunk = wanted[start : start + _BATCH]
        rows = list(
            model.objects.select_for_update()
            .filter(free, company=actor.company, invoice=None, pk__in=chunk)
            .order_by("pk")
        )
        if missing := set(chunk) - {row.pk for row in rows}:
            raise PieceTakenError(what=names[min(missing)])
        for row in rows:
            row.invoice = documents[row.pk]
        model.objects.bulk_update(rows, ["invoice"])


def _tell_orders(*, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
    link(model=Order, free=to_bill.FREE_ORDER, actor=actor, billed=billed)


def _tell_milestones(*, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
    """A market whose last milestone is billed is closed."""
    link(model=MarketLine, free=Q(reached_on__isnull=False), actor=actor, billed=billed)
    lines = [pk for piece, _ in billed for pk in piece.rows]
    done = Market.objects.filter(lines__in=lines).exclude(lines__invoice=None)
    pks = list(done.values_list("pk", flat=True))
    Market.objects.filter(pk__in=pks).update(closed_at=clock.now())


def _tell_disbursements(*, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
    link(model=Disbursement, free=Q(file__isnull=False), actor=actor, billed=billed)


def _tell_deliveries(*, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
    link(model=Delivery, free=FREE_DELIVERY, actor=actor, billed=billed)


def _tell_time(*, actor: Actor, billed: Sequence[tuple[Piece, Invoice]]) -> None:
    link(model=TimeEntry, free=FREE_TIME, actor=actor, billed=billed)


TOLD: Final[Mapping[str, Tells]] = {
    billable.ORDER: _tell_orders,
    billable.MILESTONE: _tell_milestones,
    billable.DISBURSEMENT: _tell_disbursements,
    billable.DELIVERY: _tell_deliveries,
    billable.TIME: _tell_time,
    billable.CONTRACT: tell_contracts,
}
"""How each source of :data:`echeance.billing.queries.to_bill.SOURCES` is told."""


def draft_groups(
    *, actor: Actor, groups: Sequence[Group], rules: Mapping[int, Any]
) -> list[tuple[Group, Invoice]]:
    """Make the drafts of groups and tell their sources; 200 a transaction.

    Raises:
        PieceTakenError: A piece was billed meanwhile; the chunks before it are kept.
        DraftInvalidError: A piece cannot make a draft.
    """
    actor.require(Right.DRAFT_INVOICES)
    return [one for chunk in _drafted(actor, groups, rules) for one in chunk]


def _drafted(
    actor: Actor, groups: Sequence[Group], rules: Mapping[int, Any]
) -> Iterator[list[tuple[Group, Invoice]]]:
    """Groups with their drafts, a chunk at a time, each in a transaction of its own."""
    for start in range(0, len(groups), CHUNK):
        with transaction.atomic():
            made = _draft(actor, groups[start : start + CHUNK], rules)
        yield made


def draft_orders(*, actor: Actor, order_ids: Collection[int]) -> list[Invoice]:
    """Draft chosen orders now, whatever their day: grouped by the rules of their customers.

    Raises:
        NotFoundError: One is not of this company.
        OrderNotBillableError: One waits, is kept back, set aside, billed, or is a cancellation.
        PieceTakenError: Somebody billed one meanwhile.
    """
    actor.require(Right.DRAFT_INVOICES)
    wanted = set(order_ids)
    rows = Order.objects.filter(company=actor.company, pk__in=wanted).order_by("order_date", "pk")
    found = list(rows)
    if missing := wanted - {row.pk for row in found}:
        raise NotFoundError(what=f"commande n° {min(missing)}")
    for row in found:
        if reason := _unbillable(row):
            raise OrderNotBillableError(row.number, reason)
    pieces, rules = to_bill.ruled(
        actor=actor, pieces=[to_bill.piece_of_order(row) for row in found]
    )
    for piece in pieces:
        if piece.waits:
            raise OrderNotBillableError(piece.number, piece.waits)
    made = draft_groups(actor=actor, groups=groups_of(pieces, rules), rules=rules)
    return [row for _, row in made]


def _unbillable(row: Order) -> str:
    """Why an order cannot be drafted as it is, as a French clause; empty when it can."""
    if row.is_cancellation:
        return "c'est une annulation, elle donne un avoir"
    if row.set_aside_at is not None:
        return "elle a été écartée"
    if row.is_held or row.accepted_at is None:
        return f"elle attend une décision ({row.waiting_reason})"
    if row.invoice_id is not None:
        return f"elle est déjà facturée (document n° {row.invoice_id})"
    return "elle se facture par ses livraisons" if row.billed_by_delivery else ""


def _draft(
    actor: Actor, groups: Sequence[Group], rules: Mapping[int, Any]
) -> list[tuple[Group, Invoice]]:
    lines = iter(
        to_bill.filled(actor=actor, pieces=[piece for group in groups for piece in group.pieces])
    )
    full = [replace(one, pieces=tuple(next(lines) for _ in one.pieces)) for one in groups]
    rows = draft_documents(
        actor=actor,
        drafts=[draft_of(one, rules.get(one.party_id, USUAL)) for one in full],
    )
    billed: dict[str, list[tuple[Piece, Invoice]]] = {}
    for group, row in zip(full, rows, strict=True):
        for piece in group.pieces:
            billed.setdefault(piece.source, []).append((piece, row))
    for source, pairs in billed.items():
        TOLD[source](actor=actor, billed=pairs)
    # The groups as they were given: their lines are in the drafts now, and weigh.
    return list(zip(groups, rows, strict=True))


def plan_run(*, actor: Actor, on: date, limit: int | None = None) -> RunReport:
    """What a run of that day would do, without writing anything.

    It makes the drafts, examines them and undoes them, chunk by chunk: what it says is what the
    run will do.

    Args:
        actor: Who asks.
        on: Day of the run.
        limit: Documents to examine at most, the oldest first; all of them when absent.

    Raises:
        IssueDateError: The day has not come.
        DraftInvalidError: A piece cannot make a draft.
    """
    actor.require(Right.DRAFT_INVOICES)
    _refuse_future(on)
    planned = to_bill.groups_to_bill(actor=actor, on=on)
    before = list(to_bill.drafts_of_sources(actor=actor)[:limit])
    found = [*_examined(actor, on, [(None, row) for row in before])]
    due = planned.due if limit is None else planned.due[: max(0, limit - len(before))]
    for start in range(0, len(due), CHUNK):
        chunk = due[start : start + CHUNK]
        with transaction.atomic():
            trial = list(_examined(actor, on, _draft(actor, chunk, planned.rules)))
            transaction.set_rollback(True)
        found += [replace(one, invoice_id=None) for one in trial]
    unseen = len(planned.due) - len(due)
    return RunReport(on, accepted=False, drafts=tuple(found), left=planned.left, unseen=unseen)


def run_billing(*, actor: Actor, on: date) -> RunReport:
    """Draft all that is due and issue what nothing stops, up to the amount of the policy.

    Orders kept back for credit are looked at again first.

    Drafts that an earlier run left are taken first, those a person made by hand are left alone.

    Raises:
        IssueDateError: The day has not come.
        NoFiscalYearError, NoSeriesError: See :func:`issue_invoices`.
        PieceTakenError: A piece was billed meanwhile; run it again.
    """
    actor.require(Right.ISSUE_INVOICES)
    _refuse_future(on)
    recheck_orders(actor=actor)
    found = [
        _draft_told(None, row)
        for row in to_bill.drafts_of_sources(actor=actor).iterator(chunk_size=_BATCH)
    ]
    planned = to_bill.groups_to_bill(actor=actor, on=on)
    for chunk in _drafted(actor, planned.due, planned.rules):
        found += [_draft_told(group, row) for group, row in chunk]
    most = policy.read(actor.company, BillingPolicy).auto_issue_max
    small = [one.invoice_id for one in found if one.gross <= most and one.invoice_id is not None]
    results = {
        one.invoice_id: one for one in issue_invoices(actor=actor, invoice_ids=small, issue_date=on)
    }
    dear = {
        pk: tuple(findings)
        for pk, findings in queries.preflight(
            actor=actor,
            invoice_ids=[
                one.invoice_id
                for one in found
                if one.invoice_id is not None and one.invoice_id not in results
            ],
            issue_date=on,
        ).items()
    }
    drafts = tuple(_ended(one, results, dear) for one in found)
    return RunReport(on, accepted=True, drafts=drafts, left=planned.left)


def _ended(
    one: RunDraft,
    results: Mapping[int, IssueResult],
    dear: Mapping[int, tuple[Finding, ...]],
) -> RunDraft:
    """A draft with what became of it."""
    assert one.invoice_id is not None, "a run makes its drafts"
    result = results.get(one.invoice_id)
    if result is None:
        said = dear.get(one.invoice_id, ())
        return replace(one, findings=said, why=_stops(said) or _TOO_DEAR)
    why = "" if result.number else _stops(result.findings)
    return replace(one, number=result.number or "", findings=result.findings, why=why)


def _refuse_future(on: date) -> None:
    if on > clock.today():
        raise IssueDateError(on, "elle n'est pas encore venue")


def _examined(
    actor: Actor, on: date, drafts: Sequence[tuple[Group | None, Invoice]]
) -> Iterator[RunDraft]:
    """Drafts with their findings, and why they would stay drafts."""
    limit = policy.read(actor.company, BillingPolicy).auto_issue_max
    findings = queries.preflight(
        actor=actor, invoice_ids=[row.pk for _, row in drafts], issue_date=on
    )
    for group, row in drafts:
        said = tuple(findings.get(row.pk, ()))
        why = _stops(said)
        if not why and row.gross_total > limit:
            why = _TOO_DEAR
        yield replace(_draft_told(group, row), findings=said, why=why)


def _draft_told(group: Group | None, row: Invoice) -> RunDraft:
    return RunDraft(
        invoice_id=row.pk,
        party_id=row.buyer_id,
        party_name=row.buyer_name,
        gross=row.gross_total,
        currency=row.currency,
        pieces=tuple(piece.number for piece in group.pieces) if group else (),
        deadline=group.deadline if group else None,
    )


def _stops(findings: Sequence[Finding]) -> str:
    """Why findings keep a draft a draft, as a French clause; empty when they do not."""
    stopping = [one for one in findings if one.stops]
    if any(one.severity is Severity.BLOCKING for one in stopping):
        return WHY_LABELS["blocked"]
    return WHY_LABELS["asked"] if stopping else ""
