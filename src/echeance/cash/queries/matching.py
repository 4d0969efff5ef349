"""What the entries of statements are, what explains them, what is asked about them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, cast

from django.db.models import Count, Prefetch

from echeance.base import clock
from echeance.base import queries as base
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import Match, MatchAllocation, PayerLink, StatementEntry
from echeance.cash.queries import facts
from echeance.cash.rules import KIND_LABELS, line_for
from echeance.cash.types import (
    Candidate,
    CashPolicy,
    MatchedItem,
    MatchProposal,
    Question,
    QuestionLine,
    QuestionOption,
)
from echeance.core import matching
from echeance.core.matching.references import key
from echeance.core.money import ZERO, format_amount
from echeance.ledger import queries as ledger
from echeance.ledger.types import CREDIT, OpenItemFacts
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from echeance.base.actor import Actor
    from echeance.parties.types import PartySnapshot

RETENTION = facts.RETENTION
STANDING_ALLOCATIONS = Prefetch(
    "allocations",
    MatchAllocation.objects.filter(amount__gt=0, allocation__reversed_by=None).select_related(
        "open_item"
    ),
)
"""What a match pays now: what a return took back is left out."""


def entries(*, actor: Actor, standing: str = "") -> QuerySet[StatementEntry]:
    """Statement entries, latest first.

    Args:
        actor: Whose company.
        standing: ``open`` for the unexplained ones, ``matched``, ``set_aside``, ``held`` for
            those that wait for a day, ``to_check`` for those marked so, or all.
    """
    rows = StatementEntry.objects.filter(company=actor.company)
    aside = Match.objects.filter(
        company=actor.company, undone_at=None, kind=Match.MatchKind.SET_ASIDE
    ).values("entry")
    if standing == "open":
        rows = rows.exclude(pk__in=_explained(actor))
    elif standing == "held":
        rows = rows.exclude(pk__in=_explained(actor)).filter(held_until__gt=clock.today())
    elif standing == "to_check":
        rows = rows.filter(to_check=True)
    elif standing == "matched":
        rows = rows.filter(pk__in=_explained(actor)).exclude(pk__in=aside)
    elif standing == "set_aside":
        rows = rows.filter(pk__in=aside)
    return rows.select_related("bank_account").order_by("-booking_date", "-pk")


def open_entries(*, actor: Actor) -> QuerySet[StatementEntry]:
    """Lines of both sides that nothing explains and that wait for no day. One query."""
    return (
        StatementEntry.objects.filter(company=actor.company)
        .exclude(pk__in=_explained(actor))
        .exclude(held_until__gt=clock.today())
    )


def entries_to_match(
    *, actor: Actor, entry_ids: Collection[int] | None = None, money_out: bool = False
) -> QuerySet[StatementEntry]:
    """Receipts that nothing explains yet, oldest first; held ones wait for their day. One query.

    Args:
        actor: Whose company.
        entry_ids: Only those.
        money_out: The payments made instead.
    """
    way = StatementEntry.Direction.DEBIT if money_out else StatementEntry.Direction.CREDIT
    rows = open_entries(actor=actor).filter(direction=way, amount__gt=0)
    if entry_ids is not None:
        rows = rows.filter(pk__in=entry_ids)
    return rows.select_related("bank_account").order_by("booking_date", "pk")


def _explained(actor: Actor) -> QuerySet[Match, int]:
    return Match.objects.filter(company=actor.company, undone_at=None).values_list(
        "entry_id", flat=True
    )


def undone_by_a_person(*, actor: Actor, entry_ids: Collection[int]) -> set[int]:
    """Entries whose explanation somebody undid: the assistant never applies them alone again."""
    return set(
        Match.objects.filter(company=actor.company, entry__in=entry_ids)
        .exclude(undone_at=None)
        .values_list("entry_id", flat=True)
    )


def entry_for(*, actor: Actor, entry_id: int) -> StatementEntry:
    """One statement entry of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    entry = (
        StatementEntry.objects.filter(company=actor.company, pk=entry_id)
        .select_related("bank_account", "statement")
        .first()
    )
    if entry is None:
        raise NotFoundError(what=f"ligne de relevé n° {entry_id}")
    return entry


def standing_match(*, actor: Actor, entry_id: int) -> Match | None:
    """The explanation in force of an entry, its allocations read ahead. Two queries."""
    return (
        Match.objects.filter(company=actor.company, entry_id=entry_id, undone_at=None)
        .prefetch_related(STANDING_ALLOCATIONS)
        .first()
    )


def standing_matches(*, actor: Actor, entry_ids: Collection[int]) -> dict[int, int]:
    """The explanation in force of each entry that has one, by entry. One query."""
    return dict(
        Match.objects.filter(
            company=actor.company, entry__in=set(entry_ids), undone_at=None
        ).values_list("entry_id", "pk")
    )


def matches_of_items(
    *, actor: Actor, item_ids: Collection[int]
) -> dict[int, list[MatchAllocation]]:
    """Standing allocations by open item: which bank lines paid it. One query."""
    rows = MatchAllocation.objects.filter(
        company=actor.company,
        open_item__in=item_ids,
        match__undone_at=None,
        amount__gt=0,
        allocation__reversed_by=None,
    ).select_related("match__entry")
    found: dict[int, list[MatchAllocation]] = {}
    for row in rows:
        found.setdefault(row.open_item_id, []).append(row)
    return found


def unapplied_by_party(*, actor: Actor) -> dict[int, Decimal]:
    """Money received and not yet given to an invoice, by customer. Two queries.

    That of a merged customer is of the one that stays.
    """
    merged = parties.merged_parties(actor=actor)
    found: dict[int, Decimal] = {}
    for item in ledger.open_items(actor=actor, account_prefix="411", side="credit"):
        if item.kind == "receipt" and item.party_id is not None:
            stays = merged.get(item.party_id, item.party_id)
            found[stays] = found.get(stays, Decimal(0)) + item.open_amount
    return found


def in_question_by_party(*, actor: Actor) -> dict[int, Decimal]:
    """Receipts that seem a customer's and that nobody has explained yet. Three queries.

    Whoever may have paid is not reminded while the question is open.
    """
    asked = base.work_items(actor=actor, on=date.max, kind="cash.match")
    payers = {int(item.subject.partition(":")[2]): item.evidence.get("party_id") for item in asked}
    merged = parties.merged_parties(actor=actor)
    found: dict[int, Decimal] = {}
    for entry in entries_to_match(actor=actor, entry_ids=list(payers)):
        party_id = payers[entry.pk]
        if party_id is not None:
            stays = merged.get(int(party_id), int(party_id))
            found[stays] = found.get(stays, Decimal(0)) + entry.amount
    return found


def proposals(*, actor: Actor, entries: Sequence[StatementEntry]) -> list[MatchProposal]:
    """What the matcher says of receipts, and of payments made, in their order.

    Payments compete for the open items, so the proof holds for the whole of what is to be
    matched: give all of it. Lines that wait for a day compete too, and are not answered.

    Args:
        actor: Whose company.
        entries: From :func:`entries_to_match`.

    Returns:
        One proposal an entry. Fourteen queries for the receipts, as many for the payments made,
        and two more a chunk of 500 parties; none without an entry.
    """
    refused = undone_by_a_person(actor=actor, entry_ids=[entry.pk for entry in entries])
    found: dict[int, MatchProposal] = {}
    for money_out in (False, True):
        way = StatementEntry.Direction.DEBIT if money_out else StatementEntry.Direction.CREDIT
        of_way = [entry for entry in entries if entry.direction == way]
        if of_way:
            found |= _propose(actor, of_way, refused, money_out=money_out)
    return [found[entry.pk] for entry in entries]


def _propose(
    actor: Actor, entries: Sequence[StatementEntry], refused: set[int], *, money_out: bool
) -> dict[int, MatchProposal]:
    items = facts.payables(actor=actor) if money_out else facts.receivables(actor=actor)
    waiting = StatementEntry.objects.filter(
        company=actor.company,
        direction=entries[0].direction,
        held_until__gt=clock.today(),
        amount__gt=0,
    ).exclude(pk__in=_explained(actor))
    asked = {entry.pk for entry in entries}
    competing = [*entries, *(entry for entry in waiting if entry.pk not in asked)]
    by_id = {item.item_id: item for item in items}
    found = matching.propose(
        [facts.payment(entry) for entry in competing],
        facts.matcher_items(
            actor=actor,
            items=items,
            side="credit" if money_out else "debit",
            settled=facts.settled_cited(
                actor=actor,
                entries=entries,
                account_prefix="401" if money_out else "411",
            ),
        ),
        known_payers=parties.payers_by_iban(actor=actor),
        links=[] if money_out else payer_links(actor=actor),
        rules=matching.MatchingRules() if money_out else facts.matching_rules(actor=actor),
    )
    return {
        one.entry_id: _proposal(one, by_id, refused_before=one.entry_id in refused)
        for one in found
        if one.entry_id in asked
    }


def applies_alone(*, proposal: MatchProposal, limits: CashPolicy) -> bool:
    """Whether the differences of a proved explanation are all among those taken alone."""
    candidate = proposal.candidates[0]
    owed = sum((item.amount for item in candidate.items), ZERO)
    alone = [line for line in limits.differences if line.alone]
    return all(
        one.kind == "unapplied" or line_for(one, owed, alone) is not None
        for one in candidate.differences
    )


def payer_links(*, actor: Actor) -> list[matching.PayerLink]:
    """What confirmed answers taught of payers, as of the debtor that stays. Two queries."""
    merged = parties.merged_parties(actor=actor)
    debtors: dict[tuple[str, str], set[int]] = {}
    for link in PayerLink.objects.filter(company=actor.company, removed_at=None):
        stays = merged.get(link.party_id, link.party_id)
        debtors.setdefault((link.kind, link.value), set()).add(stays)
    return [
        matching.PayerLink(cast("Literal['iban', 'name', 'text']", kind), value, frozenset(ids))
        for (kind, value), ids in sorted(debtors.items())
    ]


def _proposal(
    found: matching.Proposal, items: dict[int, OpenItemFacts], *, refused_before: bool
) -> MatchProposal:
    options = list(found.alternatives)
    if found.allocations:
        options.insert(0, matching.Explanation(found.allocations, found.differences))
    candidates = tuple(_candidate(option, items) for option in dict.fromkeys(options))
    decision, question = found.decision, found.question
    if decision == "apply" and refused_before:
        decision = "ask"
        question = "Ce rapprochement a déjà été annulé par une personne : le confirmez-vous ?"
    return MatchProposal(
        entry_id=found.entry_id,
        decision=decision,
        reasons=tuple(reason.sentence for reason in found.reasons),
        question=question,
        party_id=found.debtor_id,
        candidates=candidates,
        fragments=tuple(reason.fragment for reason in found.reasons if reason.fragment),
        missing_fact=found.missing_fact,
        method=found.method,
    )


def _candidate(option: matching.Explanation, items: dict[int, OpenItemFacts]) -> Candidate:
    parts = option.allocations
    label = " + ".join(
        f"{items[part.item_id].document_ref} ({format_amount(part.amount)})" for part in parts
    )
    told = [
        f"{KIND_LABELS.get(one.kind, one.kind)} {format_amount(one.amount)}"
        for one in option.differences
    ]
    return Candidate(
        items=tuple(MatchedItem(part.item_id, abs(part.amount)) for part in parts),
        label=" ; ".join((label, *told)),
        differences=option.differences,
    )


def questions(
    *, actor: Actor, proposals: Sequence[MatchProposal], entries: Iterable[StatementEntry]
) -> list[Question]:
    """Proposals as a person reads them: what each explanation is, what agrees and what does not.

    In the order of the proposals. Two queries.
    """
    by_entry = {entry.pk: entry for entry in entries}
    items = {
        item.item_id: item
        for item in ledger.items_for(
            actor=actor,
            item_ids={
                item.item_id
                for one in proposals
                for candidate in one.candidates
                for item in candidate.items
            },
        )
    }
    payers = {one.party_id for one in proposals} | {item.party_id for item in items.values()}
    snapshots = parties.snapshots(actor=actor, party_ids={one for one in payers if one is not None})
    names = {party_id: party.name for party_id, party in snapshots.items()}
    return [
        Question(
            entry_id=one.entry_id,
            proposal=one,
            title=one.question or "Qui a payé ?",
            pieces=_pieces(by_entry[one.entry_id].text, one.fragments),
            payer=names.get(one.party_id or 0, ""),
            options=tuple(
                _option(by_entry[one.entry_id], one, candidate, items, snapshots)
                for candidate in one.candidates
            ),
        )
        for one in proposals
    ]


def _option(
    entry: StatementEntry,
    proposal: MatchProposal,
    candidate: Candidate,
    items: dict[int, OpenItemFacts],
    snapshots: Mapping[int, PartySnapshot],
) -> QuestionOption:
    cited = key(" ".join((entry.text, *map(str, entry.references))))
    lines = []
    owners: set[int | None] = set()
    for part in candidate.items:
        item = items[part.item_id]
        sign = -1 if item.side == CREDIT else 1
        owner = snapshots.get(item.party_id or 0)
        owners.add(owner.party_id if owner else None)
        lines.append(
            QuestionLine(
                document_ref=item.document_ref,
                party_name=owner.name if owner else "",
                due_date=item.due_date,
                open_amount=sign * item.open_amount,
                amount=sign * part.amount,
                is_cited=key(item.document_ref) in cited,
            )
        )
    given = sum((line.amount for line in lines), ZERO)
    told = sum((one.amount for one in candidate.differences), ZERO)
    return QuestionOption(
        candidate=candidate,
        lines=tuple(lines),
        left=entry.amount - given - told,
        is_payer=owners == {proposal.party_id},
        differences=tuple(
            (KIND_LABELS.get(one.kind, one.kind), one.amount) for one in candidate.differences
        ),
    )


def _pieces(text: str, fragments: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """A text cut where a fragment begins or ends: pieces, and whether each one matched.

    >>> _pieces("VIR FA-12 MERCI", [(4, 9)])
    (('VIR ', False), ('FA-12', True), (' MERCI', False))
    """
    places = {place for first, last in fragments for place in range(first, last)}
    cuts = [place for place in range(1, len(text)) if (place in places) != (place - 1 in places)]
    ends = [0, *cuts, len(text)]
    return tuple(
        (text[first:last], first in places) for first, last in pairwise(ends) if first < last
    )


def matches(*, actor: Actor, kind: Match.MatchKind) -> QuerySet[Match]:
    """Explanations in force, latest first, with entry and what they paid. Three queries."""
    actor.require(Right.READ)
    return (
        Match.objects.filter(company=actor.company, undone_at=None, kind=kind)
        .select_related("entry__bank_account")
        .prefetch_related(STANDING_ALLOCATIONS)
        .order_by("-accepted_at", "-pk")
    )


def standing_counts(*, actor: Actor) -> dict[str, int]:
    """How many explanations are in force, by kind. One query."""
    rows = Match.objects.filter(company=actor.company, undone_at=None)
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))
