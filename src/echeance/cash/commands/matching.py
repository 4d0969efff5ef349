"""Explain the entries of statements, book the explanation, undo it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.cash import queries
from echeance.cash.commands.undoing import run_undo_hooks
from echeance.cash.errors import (
    EntryAlreadyMatchedError,
    MatchExceedsEntryError,
    MatchUndoneError,
    NotAReceiptError,
    PartyNeededError,
)
from echeance.cash.events import (
    EntryMatched,
    MatchUndone,
)
from echeance.cash.models import Match, MatchAllocation, StatementEntry
from echeance.cash.rules import PaidItem, PartyShare, spread
from echeance.cash.types import (
    MatchProposal,
    NewMatch,
)
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, format_amount
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, OpenItemFacts, Posting

CUSTOMERS = account_number("customers")
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
            NewMatch(one.entry_id, one.candidates[0].items, one.party_id, one.reasons)
            for one in queries.proposals(actor=actor, entries=entries)
            if one.decision == "apply" and one.entry_id in entry_ids
        ],
    )


def _question(entry: StatementEntry, proposal: MatchProposal) -> WorkItemFacts:
    answers = [
        Answer(key=f"accept:{number}", label=candidate.label)
        for number, candidate in enumerate(proposal.candidates[:3])
    ]
    title = proposal.question or (
        f"Qui a payé {format_amount(entry.amount)} le {entry.booking_date:%d/%m/%Y} ?"
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
                }
                for candidate in proposal.candidates
            ],
            "party_id": proposal.party_id,
        },
        answers=(*answers, Answer(key="set_aside", label="Mettre de côté (compte d'attente)")),
        amount=entry.amount,
        due_date=entry.booking_date,
    )


def accept_matches(*, actor: Actor, matches: Sequence[NewMatch]) -> list[int]:
    """Book explanations: bank entry, receipts lettered with what they pay, questions closed.

    Chunks of two hundred in one transaction each; a refusal stops its chunk whole.

    Args:
        actor: Needs the right to match payments.
        matches: One for each entry; amounts positive, credit notes given as items of the
            credit side.

    Returns:
        The match ids, in order.

    Raises:
        EntryAlreadyMatchedError: An entry is explained already, or stands twice in ``matches``.
        MatchExceedsEntryError: More is given out than the entry brings in.
        PartyNeededError: Money is left over and no customer is named.
        NotAReceiptError: The entry is a debit.
        NotFoundError: An entry or an open item is not one of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    ids: list[int] = []
    for start in range(0, len(matches), CHUNK):
        with transaction.atomic():
            ids += _accept_chunk(actor, matches[start : start + CHUNK])
    return ids


def _accept_chunk(actor: Actor, matches: Sequence[NewMatch]) -> list[int]:
    entries = _lock_open(actor, [match.entry_id for match in matches])
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
    shares = [_shares(entries[match.entry_id], match, facts) for match in matches]
    posted = ledger.post_entries(
        actor=actor,
        entries=[
            _receipt_entry(entries[match.entry_id], share)
            for match, share in zip(matches, shares, strict=True)
        ],
    )
    allocations: list[NewAllocation] = []
    spans: list[tuple[int, int]] = []
    for match, share, entry in zip(matches, shares, posted, strict=True):
        first = len(allocations)
        day = entries[match.entry_id].booking_date
        for part, receipt_item in zip(share, entry.item_ids, strict=True):
            allocations += [
                NewAllocation(debit, credit, amount, day) for debit, credit, amount in part.credits
            ]
            allocations += [
                NewAllocation(item_id, receipt_item, amount, day)
                for item_id, amount in part.receipts
            ]
        spans.append((first, len(allocations)))
    allocation_ids = ledger.allocate(actor=actor, allocations=allocations)
    now = clock.now()
    rows = Match.objects.bulk_create(
        Match(
            company=actor.company,
            entry_id=match.entry_id,
            kind=Match.MatchKind.CUSTOMERS,
            journal_entry_id=entry.entry_id,
            reasons=list(match.reasons),
            accepted_at=now,
            accepted_by=actor.name,
        )
        for match, entry in zip(matches, posted, strict=True)
    )
    MatchAllocation.objects.bulk_create(
        MatchAllocation(
            company=actor.company,
            match=row,
            open_item_id=allocations[place].debit_item_id,
            allocation_id=allocation_ids[place],
            amount=allocations[place].amount,
        )
        for row, (first, last) in zip(rows, spans, strict=True)
        for place in range(first, last)
    )
    _record(actor, rows, entries)
    return [row.pk for row in rows]


def _record(actor: Actor, rows: Sequence[Match], entries: dict[int, StatementEntry]) -> None:
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


def _lock_open(actor: Actor, entry_ids: Sequence[int]) -> dict[int, StatementEntry]:
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


def _shares(
    entry: StatementEntry, match: NewMatch, facts: dict[int, OpenItemFacts]
) -> list[PartyShare]:
    if entry.direction != StatementEntry.Direction.CREDIT:
        raise NotAReceiptError(entry_id=entry.pk)
    paid = [
        PaidItem(
            item_id=item.item_id,
            party_id=facts[item.item_id].party_id or 0,
            side=facts[item.item_id].side,
            amount=item.amount,
        )
        for item in match.items
    ]
    used = sum((share.received for share in spread(paid, ZERO, None)), ZERO)
    if used > entry.amount:
        raise MatchExceedsEntryError(given=used, amount=entry.amount, excess=used - entry.amount)
    if used < entry.amount and match.party_id is None:
        raise PartyNeededError(left=entry.amount - used)
    return spread(paid, entry.amount, match.party_id)


def _document_ref(entry: StatementEntry) -> str:
    return f"RLV{entry.statement_id}-{entry.position}"


def _receipt_entry(entry: StatementEntry, shares: Sequence[PartyShare]) -> EntryFacts:
    label = f"Règlement {entry.payer_name or entry.text}".strip()[:120]
    reference = _document_ref(entry)
    return EntryFacts(
        journal_code="BQ",
        entry_date=entry.booking_date,
        document_ref=reference,
        document_date=entry.booking_date,
        label=label,
        postings=(
            Posting(entry.bank_account.ledger_account, debit=entry.amount, label=label),
            *(
                Posting(CUSTOMERS, credit=share.received, party_id=share.party_id, label=label)
                for share in shares
            ),
        ),
        items=tuple(
            NewOpenItem(
                posting_index=number,
                due_date=entry.booking_date,
                kind="receipt",
                document_ref=reference,
                payment_ref=entry.bank_reference,
            )
            for number, _ in enumerate(shares, 1)
        ),
    )


@transaction.atomic
def set_aside(*, actor: Actor, entry_ids: Sequence[int], reason: str) -> list[int]:
    """Book entries nobody can explain yet on the suspense account; they can be undone later.

    Raises:
        EntryAlreadyMatchedError: One is explained already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = _lock_open(actor, list(entry_ids))
    ordered = [entries[entry_id] for entry_id in entry_ids]
    posted = ledger.post_entries(actor=actor, entries=[_suspense_entry(one) for one in ordered])
    rows = Match.objects.bulk_create(
        Match(
            company=actor.company,
            entry=entry,
            kind=Match.MatchKind.SET_ASIDE,
            journal_entry_id=done.entry_id,
            reasons=[reason],
            accepted_at=clock.now(),
            accepted_by=actor.name,
        )
        for entry, done in zip(ordered, posted, strict=True)
    )
    _record(actor, rows, entries)
    return [row.pk for row in rows]


def _suspense_entry(entry: StatementEntry) -> EntryFacts:
    received = entry.direction == StatementEntry.Direction.CREDIT
    into, out = (entry.amount, Decimal(0)) if received else (Decimal(0), entry.amount)
    label = f"À identifier : {entry.text}"[:120]
    return EntryFacts(
        journal_code="BQ",
        entry_date=entry.booking_date,
        document_ref=_document_ref(entry),
        document_date=entry.booking_date,
        label=label,
        postings=(
            Posting(entry.bank_account.ledger_account, debit=into, credit=out, label=label),
            Posting(SUSPENSE, debit=out, credit=into, label=label),
        ),
        items=(),
    )


@transaction.atomic
def undo_matches(*, actor: Actor, match_ids: Sequence[int]) -> int:
    """Undo explanations: items open again, VAT moved back, bank entries reversed, nothing edited.

    Returns:
        How many were undone: all of them, or none on a refusal.

    Raises:
        NotFoundError: A match is not one of this company.
        MatchUndoneError: One was undone before.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = {
        row.pk: row
        for row in Match.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=match_ids)
        .prefetch_related("allocations")
        .order_by("pk")
    }
    for match_id in match_ids:
        if match_id not in rows:
            raise NotFoundError(what=f"rapprochement n° {match_id}")
        if rows[match_id].undone_at:
            raise MatchUndoneError(match_id=match_id)
    today = clock.today()
    allocation_ids = [part.allocation_id for row in rows.values() for part in row.allocations.all()]
    if allocation_ids:
        ledger.unallocate(actor=actor, allocation_ids=allocation_ids, on=today)
    ledger.reverse_entries(
        actor=actor, entry_ids=[row.journal_entry_id for row in rows.values()], on=today
    )
    run_undo_hooks(actor, list(rows.values()))
    Match.objects.filter(pk__in=rows).update(undone_at=clock.now(), undone_by=actor.name)
    journal.record_many(
        [MatchUndone(entry_id=row.entry_id, match_id=row.pk) for row in rows.values()],
        actor=actor,
    )
    return len(rows)
