"""Explain the entries of statements and book the explanation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal, policy
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.cash import queries
from echeance.cash.commands import booking, payers
from echeance.cash.commands.booking import Limits
from echeance.cash.errors import EntryAlreadyMatchedError
from echeance.cash.events import EntryMatched
from echeance.cash.models import Match, MatchAllocation, MatchDifference, StatementEntry
from echeance.cash.types import CashPolicy, MatchProposal, NewMatch
from echeance.core.bookkeeping import account_number
from echeance.core.money import format_amount
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, PostedEntry, Posting

SUSPENSE = account_number("suspense")
STATEMENT_KIND = "bank_statement"
CHUNK = 200


def propose_matches(*, actor: Actor) -> list[MatchProposal]:
    """Look for the explanation of every receipt that has none, and open the questions.

    A payment proved unique is only proposed here; :func:`accept_matches` books it. A payment
    whose explanation a person undid is always asked. A question whose payment has become clear
    is left open until it is accepted.

    Returns:
        One proposal an entry, oldest first. Five queries, plus the work items.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = list(queries.entries_to_match(actor=actor))
    proposals = queries.proposals(actor=actor, entries=entries)
    by_entry = {entry.pk: entry for entry in entries}
    base.open_work_items(
        actor=actor,
        items=[
            _question(by_entry[proposal.entry_id], proposal)
            for proposal in proposals
            if proposal.decision != "apply"
        ],
    )
    return proposals


def propose_payments(*, actor: Actor) -> list[MatchProposal]:
    """Look for what the payments made pay, and ask where several documents fit.

    A payment nobody can explain (a wage, a fee) is no question: it stays in the list of lines.

    Returns:
        One proposal a line of money out, oldest first.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = list(queries.entries_to_match(actor=actor, money_out=True))
    proposals = queries.proposals(actor=actor, entries=entries)
    by_entry = {entry.pk: entry for entry in entries}
    base.open_work_items(
        actor=actor,
        items=[
            _question(by_entry[proposal.entry_id], proposal)
            for proposal in proposals
            if proposal.decision == "ask"
        ],
    )
    return proposals


def accept_proved(*, actor: Actor, entry_ids: Collection[int]) -> list[int]:
    """Book those of some receipts whose explanation is proved unique at this instant.

    Returns:
        The match ids, oldest entry first; an entry that is no longer proved is left alone.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = list(queries.entries_to_match(actor=actor))
    return accept_matches(
        actor=actor,
        matches=[
            one.first
            for one in queries.proposals(actor=actor, entries=entries)
            if one.decision == "apply" and one.entry_id in entry_ids
        ],
    )


def _question(entry: StatementEntry, proposal: MatchProposal) -> WorkItemFacts:
    answers = [
        Answer(key=f"accept:{number}", label=candidate.label)
        for number, candidate in enumerate(proposal.candidates[:3])
    ]
    asked = "Qui a payé" if entry.direction == StatementEntry.Direction.CREDIT else "Que règlent"
    title = proposal.question or (
        f"{asked} {format_amount(entry.amount)} le {entry.booking_date:%d/%m/%Y} ?"
    )
    return WorkItemFacts(
        key=f"cash.match:{entry.pk}",
        kind="cash.match",
        subject=f"statement_entry:{entry.pk}",
        title=title,
        evidence={
            "text": entry.text,
            "payer": entry.payer_name,
            "iban": entry.payer_iban,
            "amount": str(entry.amount),
            "booking_date": entry.booking_date.isoformat(),
            "decision": proposal.decision,
            "reasons": list(proposal.reasons),
            "candidates": [
                {
                    "label": candidate.label,
                    "items": [
                        {"item_id": item.item_id, "amount": str(item.amount)}
                        for item in candidate.items
                    ],
                    "differences": [
                        {
                            "kind": one.kind,
                            "amount": str(one.amount),
                            "account": one.account,
                            "vat": one.vat,
                            "item_id": one.item_id,
                        }
                        for one in candidate.differences
                    ],
                }
                for candidate in proposal.candidates
            ],
            "party_id": proposal.party_id,
            "missing_fact": proposal.missing_fact,
        },
        answers=(*answers, Answer(key="set_aside", label="Mettre de côté (compte d'attente)")),
        amount=entry.amount,
        due_date=entry.booking_date,
    )


def accept_matches(*, actor: Actor, matches: Sequence[NewMatch]) -> list[int]:
    """Book explanations: bank entry, what it settles lettered, differences, questions closed.

    Money in settles what is owed to the company, money out what it owes: suppliers' invoices,
    customers' credits. Chunks of two hundred in one transaction each; a refusal stops its chunk
    whole. A difference inside a line of the policy needs no more than the right to match; a small
    one written off, or one beyond the lines, needs the right to write off.

    Args:
        actor: Needs the right to match payments.
        matches: One for each entry; amounts positive, credit notes given as items of the
            credit side.

    Returns:
        The match ids, in order. About forty queries a chunk, whatever it holds.

    Raises:
        EntryAlreadyMatchedError: An entry is explained already, or stands twice in ``matches``.
        MatchExceedsEntryError: More is given out than the entry brings in.
        PartyNeededError: Money is left over and no customer is named.
        NotAReceiptError: The documents are not of the side that the entry settles.
        DifferenceBeyondPolicyError: No line of the policy explains a difference.
        DifferenceImpossibleError: A difference has no account, or is more than its document.
        NotFoundError: An entry or an open item is not one of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    if not matches:
        return []
    differ = any(match.differences for match in matches)
    limits = Limits(
        policy.read(actor.company, CashPolicy).differences if differ else (),
        Right.WRITE_OFF in actor.rights,
    )
    ids: list[int] = []
    for start in range(0, len(matches), CHUNK):
        with transaction.atomic():
            ids += _accept_chunk(actor, matches[start : start + CHUNK], limits)
    return ids


def _accept_chunk(actor: Actor, matches: Sequence[NewMatch], limits: Limits) -> list[int]:
    entries = lock_open(actor, [match.entry_id for match in matches])
    facts = {
        item.item_id: item
        for item in ledger_queries.items_for(
            actor=actor, item_ids={item.item_id for match in matches for item in match.items}
        )
    }
    for match in matches:
        for item in match.items:
            if item.item_id not in facts:
                raise NotFoundError(what=f"échéance n° {item.item_id}")
    plans = [booking.plan(entries[match.entry_id], match, facts, limits) for match in matches]
    lowered = {item_id for plan in plans for _, item_id, _ in plan.lowered}
    vat = ledger_queries.vat_left(actor=actor, item_ids=lowered) if lowered else {}
    posted = ledger.post_entries(
        actor=actor, entries=[booking.entry_facts(plan, vat) for plan in plans]
    )
    settled = [
        (rank, one)
        for rank, (plan, entry) in enumerate(zip(plans, posted, strict=True))
        for one in booking.settlements(plan, entry.item_ids)
    ]
    allocation_ids = ledger.allocate(
        actor=actor, allocations=[one.allocation for _, one in settled]
    )
    rows = _write_matches(actor, plans, posted)
    MatchAllocation.objects.bulk_create(
        MatchAllocation(
            company=actor.company,
            match=rows[rank],
            open_item_id=one.item_id,
            allocation_id=allocation_id,
            amount=one.allocation.amount,
        )
        for (rank, one), allocation_id in zip(settled, allocation_ids, strict=True)
        if one.taken is None
    )
    MatchDifference.objects.bulk_create(_differences(actor, plans, rows, settled, allocation_ids))
    payers.learn(
        actor,
        [
            (row, plan.entry, {share.party_id for share in plan.shares})
            for row, plan in zip(rows, plans, strict=True)
            if plan.match.remember
        ],
    )
    record_matches(actor, rows, entries)
    return [row.pk for row in rows]


def _write_matches(
    actor: Actor, plans: Sequence[booking.Plan], posted: Sequence[PostedEntry]
) -> list[Match]:
    return Match.objects.bulk_create(
        new_match(
            actor,
            plan.entry.pk,
            plan.kind,
            entry.entry_id,
            reasons=plan.match.reasons,
            method=plan.match.method,
        )
        for plan, entry in zip(plans, posted, strict=True)
    )


def new_match(
    actor: Actor,
    entry_id: int,
    kind: Match.MatchKind,
    journal_entry_id: int,
    *,
    reasons: Sequence[str],
    method: str = "",
) -> Match:
    """The row of a match that is not written yet."""
    return Match(
        company=actor.company,
        entry_id=entry_id,
        kind=kind,
        journal_entry_id=journal_entry_id,
        reasons=list(reasons),
        accepted_at=clock.now(),
        accepted_by=actor.name,
        method=method[:12],
        by_assistant=actor.user is None,
    )


def _differences(
    actor: Actor,
    plans: Sequence[booking.Plan],
    rows: Sequence[Match],
    settled: Sequence[tuple[int, booking.Settled]],
    allocation_ids: Sequence[int],
) -> Iterator[MatchDifference]:
    """A row a document lowered, with its allocation; one for each difference lost on the way."""
    for (rank, one), allocation_id in zip(settled, allocation_ids, strict=True):
        if one.taken is not None:
            yield MatchDifference(
                company=actor.company,
                match=rows[rank],
                kind=one.taken.kind,
                amount=-one.allocation.amount,
                account=account_number(one.taken.key),
                open_item_id=one.item_id,
                allocation_id=allocation_id,
                journal_entry_id=rows[rank].journal_entry_id,
            )
    for plan, row in zip(plans, rows, strict=True):
        for taken in plan.taken:
            if taken.key and taken.parts:
                continue
            yield MatchDifference(
                company=actor.company,
                match=row,
                kind=taken.kind,
                amount=taken.amount,
                account=account_number(taken.key) if taken.key else "",
                open_item_id=taken.item_id,
                journal_entry_id=row.journal_entry_id if taken.key else None,
            )


def record_matches(actor: Actor, rows: Sequence[Match], entries: dict[int, StatementEntry]) -> None:
    """Close the questions of entries that are explained now, and tell the journal."""
    base.close_work_items(
        actor=actor, keys=[f"cash.match:{row.entry_id}" for row in rows], answer="matched"
    )
    journal.record_many(
        [
            EntryMatched(
                entry_id=row.entry_id,
                match_id=row.pk,
                kind=row.kind,
                amount=entries[row.entry_id].amount,
            )
            for row in rows
        ],
        actor=actor,
    )


def lock_open(actor: Actor, entry_ids: Sequence[int]) -> dict[int, StatementEntry]:
    """Lock entries that nothing explains yet, by id. Two queries.

    Raises:
        NotFoundError: One is not of this company.
        EntryAlreadyMatchedError: One is explained already, or stands twice.
    """
    rows = (
        StatementEntry.objects.select_for_update(of=("self",))
        .select_related("bank_account")
        .filter(company=actor.company, pk__in=entry_ids)
        .order_by("pk")
    )
    entries = {entry.pk: entry for entry in rows}
    for entry_id in entry_ids:
        if entry_id not in entries:
            raise NotFoundError(what=f"ligne de relevé n° {entry_id}")
    if len(set(entry_ids)) != len(entry_ids):
        raise EntryAlreadyMatchedError(entry_id=entry_ids[0])
    taken = Match.objects.filter(entry__in=entry_ids, undone_at=None).first()
    if taken:
        raise EntryAlreadyMatchedError(entry_id=taken.entry_id)
    return entries


@transaction.atomic
def set_aside(*, actor: Actor, entry_ids: Sequence[int], reason: str) -> list[int]:
    """Book entries nobody can explain yet on the suspense account; they can be undone later.

    Raises:
        EntryAlreadyMatchedError: One is explained already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = lock_open(actor, list(entry_ids))
    ordered = [entries[entry_id] for entry_id in entry_ids]
    posted = ledger.post_entries(actor=actor, entries=[_suspense_entry(one) for one in ordered])
    rows = Match.objects.bulk_create(
        new_match(actor, entry.pk, Match.MatchKind.SET_ASIDE, done.entry_id, reasons=[reason])
        for entry, done in zip(ordered, posted, strict=True)
    )
    record_matches(actor, rows, entries)
    return [row.pk for row in rows]


def _suspense_entry(entry: StatementEntry) -> EntryFacts:
    received = entry.direction == StatementEntry.Direction.CREDIT
    into, out = (entry.amount, Decimal(0)) if received else (Decimal(0), entry.amount)
    label = f"À identifier : {entry.text}"[:120]
    return EntryFacts(
        journal_code="BQ",
        entry_date=entry.booking_date,
        document_ref=booking.document_ref(entry),
        document_date=entry.booking_date,
        label=label,
        postings=(
            Posting(entry.bank_account.ledger_account, debit=into, credit=out, label=label),
            Posting(SUSPENSE, debit=out, credit=into, label=label),
        ),
        items=(),
    )
