"""Orders given to the bank and the lines of its statements: one tells what the other paid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from django.db import transaction

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.commands.campaign_files import forget_execution, note_executed
from echeance.cash.commands.matching import accept_matches
from echeance.cash.commands.undoing import UNDO_HOOKS
from echeance.cash.errors import OrdersDifferError
from echeance.cash.models import Match, PaymentCampaign, StatementEntry
from echeance.cash.types import InstructedPart, MatchedItem, NewMatch
from echeance.core.money import ZERO

TRANSFER: Final = PaymentCampaign.CampaignKind.TRANSFER
REASON: Final = "La banque cite l'ordre {reference}, remis par la société."


@transaction.atomic
def settle_orders(*, actor: Actor, entry_ids: Collection[int]) -> list[int]:
    """Explain bank lines by the orders of campaigns that they cite, whole files included.

    A line that cites end-to-end references is explained by those orders; one that cites the file
    alone (MsgId, PmtInfId), by all of its orders that wait for their line. Amounts must agree to
    the cent; what each order pays was fixed when it was approved.

    Args:
        actor: Needs the right to match payments.
        entry_ids: Lines of statements that nothing explains yet.

    Returns:
        The match ids, in the order of the lines.

    Raises:
        NotFoundError: A line is not one of this company.
        OrdersDifferError: A line cites no order, or orders of another amount or direction.
        EntryAlreadyMatchedError: A line is explained already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = {
        entry.pk: entry
        for entry in StatementEntry.objects.filter(company=actor.company, pk__in=set(entry_ids))
    }
    for entry_id in entry_ids:
        if entry_id not in entries:
            raise NotFoundError(what=f"ligne de relevé n° {entry_id}")
    ordered = [entries[entry_id] for entry_id in entry_ids]
    cited = [_cited(entry) for entry in ordered]
    every = {reference for references in cited for reference in references}
    by_order = queries.instructed_items(actor=actor, end_to_end_ids=every)
    by_file = queries.instructed_by_campaign(actor=actor, references=every | _stems(every))
    matches, paid = [], []
    for entry, references in zip(ordered, cited, strict=True):
        parts = [part for reference in sorted(references) for part in by_order.get(reference, ())]
        if not parts:
            stems = sorted(references | _stems(references))
            parts = [part for stem in stems for part in by_file.get(stem, ())]
        _check(entry, parts)
        matches.append(
            NewMatch(
                entry.pk,
                tuple(MatchedItem(part.item_id, abs(part.amount)) for part in parts),
                reasons=(REASON.format(reference=parts[0].end_to_end_id),),
            )
        )
        paid.append({part.end_to_end_id for part in parts})
    match_ids = accept_matches(actor=actor, matches=matches)
    for entry, match_id, references in zip(ordered, match_ids, paid, strict=True):
        note_executed(
            actor=actor, matches=dict.fromkeys(references, match_id), on=entry.booking_date
        )
    return match_ids


def _cited(entry: StatementEntry) -> set[str]:
    told = [str(one) for one in entry.references]
    told += [str(detail.get("end_to_end_id", "")) for detail in entry.details]
    return {one.strip() for one in told if one.strip()}


def _stems(references: Collection[str]) -> set[str]:
    """MsgId of the files whose PmtInfId are cited."""
    return {reference.rpartition("-")[0] for reference in references} - {""}


def _check(entry: StatementEntry, parts: Sequence[InstructedPart]) -> None:
    if not parts:
        raise OrdersDifferError(entry.pk, entry.amount, ZERO)
    total = sum((part.amount for part in parts), ZERO)
    incoming = entry.direction == StatementEntry.Direction.CREDIT
    kinds = {part.kind for part in parts}
    wanted = PaymentCampaign.CampaignKind.DIRECT_DEBIT if incoming else TRANSFER
    if total != entry.amount or kinds != {wanted}:
        raise OrdersDifferError(entry.pk, entry.amount, total)


def free_orders(actor: Actor, matches: Sequence[Match]) -> None:
    """Orders whose match was undone wait for their line again."""
    forget_execution(actor=actor, match_ids=[match.pk for match in matches])


for _kind in (Match.MatchKind.CUSTOMERS, Match.MatchKind.SUPPLIERS, Match.MatchKind.REFUND):
    UNDO_HOOKS.setdefault(_kind, free_orders)
