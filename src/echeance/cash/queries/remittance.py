"""Remittance advices kept, and what each settles today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.models import RemittanceAdvice, StatementEntry
from echeance.cash.queries.matching import RETENTION, entries_to_match, entry_for
from echeance.core import remittance
from echeance.core.bookkeeping import account_number
from echeance.core.matching.references import key
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from echeance.base.actor import Actor
    from echeance.ledger.types import OpenItemFacts

CUSTOMERS = account_number("customers")[:3]


@dataclass(frozen=True, slots=True)
class RemittanceProposal:
    """An advice against a receipt and the open items of today.

    Attributes:
        party_id: The customer that keeps what is left over: the one asked for, else the only one
            of the documents settled; None when they are of several.
    """

    advice: RemittanceAdvice
    entry: StatementEntry | None
    settlement: remittance.Settlement
    party_id: int | None


def remittance_advices(*, actor: Actor, entry_id: int | None = None) -> QuerySet[RemittanceAdvice]:
    """Advices, latest first, with file and party; those that explain an entry. One query."""
    actor.require(Right.READ)
    rows = RemittanceAdvice.objects.filter(company=actor.company)
    if entry_id is not None:
        rows = rows.filter(match__entry=entry_id, match__undone_at=None)
    return rows.select_related("file", "party", "match").order_by("-received_at", "-pk")


def remittance_advice_for(*, actor: Actor, advice_id: int) -> RemittanceAdvice:
    """One advice of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = remittance_advices(actor=actor).filter(pk=advice_id).first()
    if row is None:
        raise NotFoundError(what=f"avis de règlement n° {advice_id}")
    return row


def remittance_proposal(
    *,
    actor: Actor,
    advice_id: int,
    entry_id: int | None = None,
    party_id: int | None = None,
) -> RemittanceProposal:
    """What an advice settles now. Seven queries at most, whatever its lines.

    Args:
        actor: Who asks.
        advice_id: The advice.
        entry_id: The receipt it explains, when known.
        party_id: The payer, when known; that of the advice otherwise, else whoever has documents
            of these numbers.

    Raises:
        NotFoundError: The advice or the entry is not one of this company.
    """
    advice = remittance_advice_for(actor=actor, advice_id=advice_id)
    entry = entry_for(actor=actor, entry_id=entry_id) if entry_id is not None else None
    party_id = party_id or advice.party_id
    reading = reading_of(advice)
    items = _items(actor, reading, party_id)
    merged = parties.merged_parties(actor=actor)
    stays = {item.item_id: merged.get(item.party_id or 0, item.party_id) for item in items}
    settlement = remittance.settle(
        reading,
        [
            remittance.RemittanceItem(
                item_id=item.item_id,
                document_number=item.document_ref,
                due_date=item.due_date,
                open_amount=item.open_amount if item.side == "debit" else -item.open_amount,
                party_id=stays[item.item_id],
            )
            for item in items
        ],
        received=entry.amount if entry else None,
    )
    given = {item_id for item_id, _ in settlement.allocations}
    owners = {stays[item_id] for item_id in given}
    if party_id is None and len(owners) == 1:
        party_id = owners.pop()
    return RemittanceProposal(advice, entry, settlement, party_id)


def receipts_of_remittance(*, actor: Actor, advice: RemittanceAdvice) -> list[StatementEntry]:
    """Unexplained receipts of the very amount that an advice announces, oldest first. One query."""
    total = advice.amount if advice.amount is not None else reading_of(advice).sum
    return list(entries_to_match(actor=actor).filter(amount=total)) if total else []


def _items(
    actor: Actor, reading: remittance.RemittanceReading, party_id: int | None
) -> list[OpenItemFacts]:
    written = {line.document for line in reading.lines if line.document}
    named = ledger.items_of_document(actor=actor, document_refs=written)
    found = {item.item_id: item for items in named.values() for item in items}
    wanted = {key(number) for number in written}
    if party_id is not None or wanted - {key(number) for number in named}:
        payers: Collection[int] | None = None if party_id is None else [party_id]
        for item in ledger.open_items(actor=actor, account_prefix=CUSTOMERS, party_ids=payers):
            found[item.item_id] = item
    return [
        item
        for item in found.values()
        if item.account.startswith(CUSTOMERS) and item.account != RETENTION
    ]


def reading_of(advice: RemittanceAdvice) -> remittance.RemittanceReading:
    """The reading that was kept with an advice."""
    lines = [one for one in advice.lines if "unread" not in one]
    return remittance.RemittanceReading(
        lines=tuple(_line(one) for one in lines),
        unread=tuple(
            remittance.UnreadLine(one["row"], one["raw"], one["unread"])
            for one in advice.lines
            if "unread" in one
        ),
        total=advice.amount,
        payment_reference=advice.payment_reference,
        payment_date=advice.payment_date,
    )


def _line(kept: dict[str, Any]) -> remittance.RemittanceLine:
    def amount(name: str) -> Decimal | None:
        return None if kept.get(name) is None else Decimal(kept[name])

    day = kept.get("document_date")
    return remittance.RemittanceLine(
        row=kept["row"],
        document=kept["document"],
        amount=amount("amount"),
        document_date=date.fromisoformat(day) if day else None,
        gross_amount=amount("gross_amount"),
        deduction=amount("deduction"),
        raw=kept["raw"],
    )
