"""Remittance advices: taken in and archived, applied to the receipt they explain."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.commands.matching import accept_matches
from echeance.cash.errors import (
    RemittanceAppliedError,
    RemittanceDiffersError,
    RemittanceEmptyError,
)
from echeance.cash.events import RemittanceReceived
from echeance.cash.models import Match, RemittanceAdvice
from echeance.cash.queries.remittance import RemittanceProposal
from echeance.cash.types import MatchedItem, NewMatch
from echeance.core import remittance
from echeance.core.remittance import RemittanceLine, RemittanceReading
from echeance.ledger import queries as ledger_queries
from echeance.parties import queries as parties

KIND = "remittance_advice"
PASTED = "avis-colle.txt"
TOLD = 5
"""Differences that a refusal lists; it says how many others there are."""


@transaction.atomic
def receive_remittance(
    *, actor: Actor, content: bytes, filename: str = PASTED, party_id: int | None = None
) -> RemittanceAdvice:
    """Take in an advice: file or pasted text, archived as it came, its lines read and kept.

    Nothing is booked. The same bytes taken in again are another advice of the same file.

    Args:
        actor: Needs the right to match payments.
        content: The file, or the text in UTF-8.
        filename: Shown to people.
        party_id: The payer, when known.

    Raises:
        EcheanceError: Of ``core.remittance`` when nothing can be read, of its readers otherwise.
        NotFoundError: The party is not one of this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    party = parties.party_for(actor=actor, party_id=party_id) if party_id is not None else None
    reading = remittance.read(content, filename=filename)
    today = clock.today()
    file = archive.store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename=filename or PASTED,
            media_type=mimetypes.guess_type(filename)[0] or "text/plain",
            kind=KIND,
            subject="",
            keep_until=ledger_queries.keep_until(actor=actor, day=reading.payment_date or today),
        ),
    )
    advice = RemittanceAdvice.objects.create(
        company=actor.company,
        file=file,
        party=party,
        payment_reference=reading.payment_reference[:80],
        payment_date=reading.payment_date,
        amount=reading.total,
        lines=_kept(reading),
        received_at=clock.now(),
        received_by=actor.name,
    )
    journal.record(
        RemittanceReceived(advice.pk, filename, len(reading.lines), reading.total), actor=actor
    )
    return advice


def _kept(reading: RemittanceReading) -> list[dict[str, Any]]:
    lines = [_line(line) for line in reading.lines]
    return [
        *lines,
        *({"row": one.row, "raw": one.raw, "unread": one.reason} for one in reading.unread),
    ]


def _line(line: RemittanceLine) -> dict[str, Any]:
    def text(value: object) -> str | None:
        return None if value is None else str(value)

    return {
        "row": line.row,
        "document": line.document,
        "amount": text(line.amount),
        "document_date": text(line.document_date),
        "gross_amount": text(line.gross_amount),
        "deduction": text(line.deduction),
        "raw": line.raw,
    }


def apply_remittance(
    *,
    actor: Actor,
    advice_id: int,
    entry_id: int,
    party_id: int | None = None,
    accept_differences: bool = False,
    remember: bool = False,
) -> int:
    """Explain a receipt by an advice, in one match whatever the number of lines.

    What is left of the payment stays on the account of the payer.

    Args:
        actor: Needs the right to match payments.
        advice_id: The advice.
        entry_id: The receipt.
        party_id: The payer, when the advice does not say.
        accept_differences: A person has read the differences and wants what agrees to be applied.
        remember: The payer is to be recognised from now on.

    Returns:
        The match.

    Raises:
        RemittanceAppliedError: The advice explains another receipt already.
        RemittanceEmptyError: None of its documents is open.
        RemittanceDiffersError: Something differs, and nobody said to go on.
        EcheanceError: Of :func:`accept_matches`.
    """
    actor.require(Right.MATCH_PAYMENTS)
    found = queries.remittance_proposal(
        actor=actor, advice_id=advice_id, entry_id=entry_id, party_id=party_id
    )
    differences = found.settlement.differences
    if differences and not accept_differences:
        more = len(differences) - TOLD
        told = [*differences[:TOLD], *([f"Et {more} autres écarts."] if more > 0 else [])]
        raise RemittanceDiffersError(count=len(differences), differences=" ".join(told))
    return _apply(actor, found, entry_id, remember=remember)


@transaction.atomic
def _apply(actor: Actor, found: RemittanceProposal, entry_id: int, *, remember: bool) -> int:
    advice = RemittanceAdvice.objects.select_for_update(of=("self",)).get(pk=found.advice.pk)
    if advice.match_id and Match.objects.filter(pk=advice.match_id, undone_at=None).exists():
        raise RemittanceAppliedError(filename=found.advice.file.filename)
    if not found.settlement.allocations:
        raise RemittanceEmptyError(filename=found.advice.file.filename)
    [match_id] = accept_matches(
        actor=actor,
        matches=[
            NewMatch(
                entry_id,
                tuple(MatchedItem(pk, abs(amount)) for pk, amount in found.settlement.allocations),
                found.party_id,
                (_reason(found), *found.settlement.differences[:TOLD]),
                method="remittance",
                remember=remember,
            )
        ],
    )
    RemittanceAdvice.objects.filter(pk=advice.pk).update(
        match_id=match_id, party_id=advice.party_id or found.party_id
    )
    return match_id


def _reason(found: RemittanceProposal) -> str:
    count = len(found.settlement.lines)
    lines = f"{count} ligne{'s' if count > 1 else ''}"
    return f"Avis de règlement « {found.advice.file.filename} » : {lines}."


def apply_remittance_alone(*, actor: Actor, advice_id: int) -> int | None:
    """Apply an advice that came by itself (a mail), when nothing is left to decide.

    One unexplained receipt alone must have its total, every line must agree to the cent, and no
    person may have undone an explanation of that receipt.

    Returns:
        The match, or None: the advice waits for a person, or for its payment.
    """
    actor.require(Right.MATCH_PAYMENTS)
    advice = queries.remittance_advice_for(actor=actor, advice_id=advice_id)
    receipts = queries.receipts_of_remittance(actor=actor, advice=advice)
    if len(receipts) != 1 or queries.undone_by_a_person(actor=actor, entry_ids=[receipts[0].pk]):
        return None
    found = queries.remittance_proposal(actor=actor, advice_id=advice_id, entry_id=receipts[0].pk)
    if not found.settlement.is_clean or found.party_id is None:
        return None
    if not _is_payer(actor, found):
        return None
    return _apply(actor, found, receipts[0].pk, remember=False)


def _is_payer(actor: Actor, found: RemittanceProposal) -> bool:
    """Whether nothing says that the receipt is another customer's: its IBAN is known as such."""
    entry = found.entry
    assert entry is not None, "asked with its receipt"
    known = parties.payers_by_iban(actor=actor) if entry.payer_iban else {}
    return known.get(entry.payer_iban, found.party_id) == found.party_id
