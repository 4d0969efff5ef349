"""What lines may be beside a customer's payment: transfers, returns; what was learnt of payers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from echeance.base.rights import Right
from echeance.cash.models import (
    Match,
    MatchAllocation,
    PayerLink,
    PaymentInstruction,
    ReturnedPayment,
    StatementEntry,
)
from echeance.cash.queries.matching import open_entries, undone_by_a_person
from echeance.cash.rules import tells_own_transfer
from echeance.cash.types import NewReturn, NewTransfer, ReturnProposal
from echeance.core.money import ZERO, format_amount

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

TRANSFER_DAYS = 5
"""Most days between the two lines of one transfer."""
RETURN_DAYS = 430
"""Thirteen months: an unauthorised direct debit may still come back (EPC016-06)."""
COST_LIKELY = Decimal("50.00")
"""Largest fee looked for beyond the amount of a receipt."""
RETURN_CODES = frozenset({"03", "10", "12", "33", "38", "A3", "A4", "B3", "B4"})
"""CFONB codes of unpaid cheques, refused debits, transfers and bills."""
ANONYMOUS = frozenset({"", "NOTPROVIDED", "NONREF"})
CANDIDATES = 5
UNDONE = "Ce rapprochement a déjà été annulé par une personne : le confirmez-vous ?"


def transfer_pairs(*, actor: Actor) -> list[NewTransfer]:
    """Lines that nothing explains and that look like one transfer between own accounts.

    A debit and a credit of one amount, on two accounts, five days apart at most, and no other
    line of either side could stand for one of them. Oldest first. One query.
    """
    rows = list(
        open_entries(actor=actor)
        .filter(amount__gt=0)
        .order_by("booking_date", "pk")
        .only("pk", "amount", "direction", "booking_date", "bank_account")
    )
    by_amount: dict[Decimal, list[StatementEntry]] = {}
    for row in rows:
        by_amount.setdefault(row.amount, []).append(row)
    found: list[NewTransfer] = []
    for same in by_amount.values():
        pairs = [
            (out, came)
            for out in same
            if out.direction == StatementEntry.Direction.DEBIT
            for came in same
            if came.direction == StatementEntry.Direction.CREDIT
            and came.bank_account_id != out.bank_account_id
            and abs((came.booking_date - out.booking_date).days) <= TRANSFER_DAYS
        ]
        found += [
            NewTransfer(out.pk, came.pk)
            for out, came in pairs
            if sum(out is left or came is right for left, right in pairs) == 1
        ]
    return found


def proved_transfers(*, actor: Actor) -> list[tuple[StatementEntry, StatementEntry]]:
    """Pairs of :func:`transfer_pairs` whose two texts say so and that nobody undid. Three queries.

    Returns:
        The line that left and the line that came, their accounts joined, oldest first.
    """
    pairs = transfer_pairs(actor=actor)
    ids = [end for one in pairs for end in (one.out_entry_id, one.in_entry_id) if end is not None]
    if not ids:
        return []
    refused = undone_by_a_person(actor=actor, entry_ids=ids)
    rows = open_entries(actor=actor).filter(pk__in=ids).select_related("bank_account").in_bulk()
    return [
        (rows[one.out_entry_id], rows[one.in_entry_id])
        for one in pairs
        if one.out_entry_id is not None
        and one.in_entry_id is not None
        and not refused & {one.out_entry_id, one.in_entry_id}
        and tells_own_transfer(rows[one.out_entry_id].text)
        and tells_own_transfer(rows[one.in_entry_id].text)
    ]


def is_return(entry: StatementEntry) -> bool:
    """Whether the bank says that a line takes back an earlier payment."""
    return bool(entry.return_reason or entry.reversal or entry.bank_code in RETURN_CODES)


def return_proposals(*, actor: Actor, entries: Iterable[StatementEntry]) -> list[ReturnProposal]:
    """Which earlier payment each line takes back, for those the bank calls returns.

    Proved by an end-to-end or mandate reference that one payment only bears; an amount alone is a
    question. Four queries, plus two a line with a reference of a campaign.

    Args:
        actor: Who asks.
        entries: Lines that nothing explains yet; those that are no return are left out.
    """
    actor.require(Right.READ)
    lines = [entry for entry in entries if is_return(entry)]
    refused = undone_by_a_person(actor=actor, entry_ids=[entry.pk for entry in lines])
    found = [_returned(actor, entry) for entry in lines]
    return [
        replace(one, decision="ask", reasons=(UNDONE, *one.reasons))
        if one.decision == "apply" and one.entry_id in refused
        else one
        for one in found
    ]


def _returned(actor: Actor, entry: StatementEntry) -> ReturnProposal:
    references = _references(entry)
    ordered = _ordered(actor, entry, references)
    if ordered:
        match_id, item_ids, amount = ordered
        cost = entry.amount - amount
        reason = "La référence de bout en bout est celle d'un ordre remis à la banque."
        one = NewReturn(entry.pk, match_id, item_ids)
        return ReturnProposal(entry.pk, "apply", (one,), cost, (reason,))
    near = _near(actor, entry)
    cited = [match for match in near if references & _references(match.entry)]
    if len(cited) == 1:
        cost = abs(entry.amount - cited[0].entry.amount)
        reason = "Sa référence est celle d'un seul encaissement, du même montant"
        told = f"{reason}, à {format_amount(cost)} de frais près." if cost else f"{reason}."
        return ReturnProposal(entry.pk, "apply", (NewReturn(entry.pk, cited[0].pk),), cost, (told,))
    chosen = cited or [match for match in near if match.entry.amount == entry.amount]
    if not chosen:
        return ReturnProposal(
            entry.pk, "unknown", (), ZERO, ("Aucun encaissement de ce montant n'est rapproché.",)
        )
    return ReturnProposal(
        entry.pk,
        "ask",
        tuple(NewReturn(entry.pk, match.pk) for match in chosen[:CANDIDATES]),
        ZERO,
        ("Le montant seul ne dit pas quel paiement est revenu.",),
    )


def _references(entry: StatementEntry) -> set[str]:
    told = [str(one) for one in (*entry.references, *entry.mandate_ids)]
    told += [str(detail.get("end_to_end_id", "")) for detail in entry.details]
    return {one.strip().upper() for one in told} - ANONYMOUS


def _ordered(
    actor: Actor, entry: StatementEntry, references: set[str]
) -> tuple[int, tuple[int, ...], Decimal] | None:
    """The receipt of an order of a campaign: match, documents of the order, amount."""
    if not references:
        return None
    orders = list(
        PaymentInstruction.objects.filter(
            company=actor.company,
            end_to_end_id__in=references,
            amount__lte=entry.amount,
            amount__gte=entry.amount - COST_LIKELY,
        ).prefetch_related("items")[:2]
    )
    if len(orders) != 1:
        return None
    items = tuple(item.open_item_id for item in orders[0].items.all() if item.amount > ZERO)
    matches = set(
        MatchAllocation.objects.filter(
            company=actor.company,
            open_item__in=items,
            amount__gt=0,
            allocation__reversed_by=None,
            match__undone_at=None,
        )
        .exclude(match__entry__direction=entry.direction)
        .values_list("match", flat=True)
    )
    return (matches.pop(), items, orders[0].amount) if len(matches) == 1 else None


def _near(actor: Actor, entry: StatementEntry) -> Sequence[Match]:
    """Standing payments of the other side that a line may take back, latest first."""
    if entry.direction == StatementEntry.Direction.DEBIT:
        low, high = entry.amount - COST_LIKELY, entry.amount
    else:
        low, high = entry.amount, entry.amount + COST_LIKELY
    kinds = (Match.MatchKind.CUSTOMERS, Match.MatchKind.SUPPLIERS, Match.MatchKind.REFUND)
    return list(
        Match.objects.filter(
            company=actor.company,
            undone_at=None,
            kind__in=kinds,
            entry__amount__range=(low, high),
            entry__booking_date__range=(
                entry.booking_date - timedelta(days=RETURN_DAYS),
                entry.booking_date,
            ),
        )
        .exclude(entry__direction=entry.direction)
        .exclude(
            pk__in=ReturnedPayment.objects.filter(
                company=actor.company, match__undone_at=None, returned_match__isnull=False
            ).values("returned_match")
        )
        .select_related("entry")
        .order_by("-entry__booking_date", "-pk")
    )


def learnt_payers(*, actor: Actor, text: str = "", removed: bool = False) -> QuerySet[PayerLink]:
    """Payers learnt from confirmed answers, latest first, party and answer joined. One query.

    Args:
        actor: Whose company.
        text: Part of a name, an IBAN or a party's name.
        removed: Those that somebody removed, instead of those in force.
    """
    actor.require(Right.READ)
    rows = PayerLink.objects.filter(company=actor.company, removed_at__isnull=not removed)
    if text:
        compact = "".join(text.split()).upper()
        rows = rows.filter(
            Q(shown__icontains=text) | Q(value__contains=compact) | Q(party__name__icontains=text)
        )
    return rows.select_related("party", "learnt_from__entry").order_by("-learnt_at", "-pk")
