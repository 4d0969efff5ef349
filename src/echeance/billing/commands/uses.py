"""What becomes of a credit note: refunded, deducted from other invoices, or kept for later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import CreditUseError
from echeance.billing.events import CreditUsed, CreditUseUndone
from echeance.billing.models import CreditUse, Invoice
from echeance.billing.types import UsePart
from echeance.core.money import ZERO, round_amount
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import NewAllocation, OpenItemFacts
from echeance.parties import queries as parties


@transaction.atomic
def use_credit(*, actor: Actor, credit_note_id: int, parts: Sequence[UsePart]) -> list[CreditUse]:
    """Decide what becomes of what is left of an issued credit note, in any number of parts.

    A deduction settles the chosen invoice at once, earliest instalment first. A refund is decided
    here and paid with the payments; a part kept for later waits, and a later deduction or refund
    takes from it. All of the parts, or none.

    Args:
        actor: May issue credit notes.
        credit_note_id: The credit note.
        parts: What to do with each amount, in euros.

    Raises:
        NotFoundError: Not a document of this company.
        CreditUseError: Not an issued credit note of a customer, more than is left, or an invoice
            of another party, or one that has less to pay.
        PeriodClosedError: Today is in a closed month.
    """
    actor.require(Right.ISSUE_CREDITS)
    note = _lock(actor, credit_note_id)
    number = str(note)
    numbers = _targets(actor, note, parts)
    items = ledger_queries.items_of_document(actor=actor, document_refs=[number, *numbers.values()])
    mine = [item for item in items.get(number, ()) if item.open_amount > ZERO]
    decided = list(CreditUse.objects.filter(credit_note=note, undone_at=None).order_by("pk"))
    refunds = max(
        _sum(decided, CreditUse.Use.REFUND) - _refunded(actor, items.get(number, ())), ZERO
    )
    free = max(sum((item.open_amount for item in mine), ZERO) - refunds, ZERO)
    _check(number, parts, free, decided)
    made: list[CreditUse] = []
    left = {item.item_id: item.open_amount for of in items.values() for item in of}
    merged = parties.merged_parties(actor=actor)
    for part in parts:
        target = numbers.get(part.target_id or 0, "")
        allocations: list[int] = []
        if part.use == CreditUse.Use.DEDUCTION:
            debts = items.get(target, ())
            wanted, rest = _deductions(part.amount, mine, debts, left, merged)
            if rest:
                raise CreditUseError(
                    number,
                    f"la facture choisie n'est pas du même client, ou il y manque {rest} à payer",
                )
            allocations = ledger.allocate(actor=_matcher(actor), allocations=wanted)
        made.append(
            CreditUse.objects.create(
                company=actor.company,
                credit_note=note,
                use=part.use,
                target_id=part.target_id,
                amount=part.amount,
                allocations=allocations,
                decided_at=clock.now(),
                decided_by=actor.name,
            )
        )
        journal.record(CreditUsed(note.pk, part.use, str(part.amount), target), actor=actor)
    taken = sum((part.amount for part in parts if part.use != CreditUse.Use.LATER), ZERO)
    _take_from_later(actor, note, decided, free - taken)
    return made


def _matcher(actor: Actor) -> Actor:
    """The actor, allowed to settle: who may issue a credit note may say what it lowers."""
    return replace(actor, rights=actor.rights | {Right.MATCH_PAYMENTS})


def _lock(actor: Actor, credit_note_id: int) -> Invoice:
    note = (
        Invoice.objects.select_for_update().filter(company=actor.company, pk=credit_note_id).first()
    )
    if note is None:
        raise NotFoundError(what=f"avoir n° {credit_note_id}")
    if not note.is_credit_note or note.number is None or note.mandate_id is not None:
        raise CreditUseError(str(note), "seul un avoir émis à un client s'emploie")
    return note


def _targets(actor: Actor, note: Invoice, parts: Iterable[UsePart]) -> dict[int, str]:
    wanted = {part.target_id for part in parts if part.target_id is not None}
    found = dict(
        Invoice.objects.filter(
            company=actor.company, pk__in=wanted, status=Invoice.Status.ISSUED
        ).values_list("pk", "number")
    )
    if missing := wanted - set(found):
        raise CreditUseError(str(note), f"la facture n° {min(missing)} n'est pas émise")
    return {pk: number or "" for pk, number in found.items()}


def _check(
    number: str, parts: Sequence[UsePart], free: Decimal, decided: Sequence[CreditUse]
) -> None:
    if not parts:
        raise CreditUseError(number, "indiquez au moins une part")
    for part in parts:
        if part.use not in CreditUse.Use.values:
            raise CreditUseError(number, f"l'emploi « {part.use} » est inconnu")
        if part.amount <= ZERO or part.amount != round_amount(part.amount):
            raise CreditUseError(number, "chaque part est au centime, supérieure à zéro")
        if (part.use == CreditUse.Use.DEDUCTION) != (part.target_id is not None):
            raise CreditUseError(number, "une déduction, et elle seule, nomme sa facture")
    kept = _sum(decided, CreditUse.Use.LATER)
    asked = sum((part.amount for part in parts if part.use != CreditUse.Use.LATER), ZERO)
    later = sum((part.amount for part in parts if part.use == CreditUse.Use.LATER), ZERO)
    if asked + later + max(kept - asked, ZERO) > free:
        raise CreditUseError(
            number, f"il en reste {free}, dont {min(kept, free)} déjà gardés pour plus tard"
        )


def _sum(decided: Iterable[CreditUse], use: str) -> Decimal:
    return sum((one.amount for one in decided if one.use == use), ZERO)


def _deductions(
    amount: Decimal,
    credits_: Iterable[OpenItemFacts],
    debts: Sequence[OpenItemFacts],
    left: dict[int, Decimal],
    merged: Mapping[int, int],
) -> tuple[list[NewAllocation], Decimal]:
    """Allocations of an amount, and what of it finds no debt; ``left`` is lowered.

    Items of a merged customer are those of the one that stays.
    """

    def owner(item: OpenItemFacts) -> int:
        return merged.get(item.party_id or 0, item.party_id or 0)

    day = clock.today()
    wanted: list[NewAllocation] = []
    for credit in credits_:
        for debt in debts:
            same = (debt.account, owner(debt)) == (credit.account, owner(credit))
            part = min(amount, left[credit.item_id], left[debt.item_id])
            if same and debt.side != credit.side and part > ZERO:
                wanted.append(NewAllocation(debt.item_id, credit.item_id, part, day))
                left[credit.item_id] -= part
                left[debt.item_id] -= part
                amount -= part
    return wanted, amount


def _refunded(actor: Actor, items: Sequence[OpenItemFacts]) -> Decimal:
    """What payments to the customer settled of a credit note. Two queries."""
    ids = {item.item_id for item in items}
    settled = ledger_queries.allocations_of(actor=actor, item_ids=ids)
    refunds = {
        item.item_id
        for item in ledger_queries.items_for(
            actor=actor, item_ids={one.debit_item_id for one in settled}
        )
        if item.kind == "refund"
    }
    return sum((one.amount for one in settled if one.debit_item_id in refunds), ZERO)


def _take_from_later(
    actor: Actor,
    note: Invoice,
    decided: Sequence[CreditUse],
    free: Decimal,
) -> None:
    """What was kept for later and is used now is kept no more; what is left of it is."""
    kept = [one for one in decided if one.use == CreditUse.Use.LATER]
    total = sum((one.amount for one in kept), ZERO)
    still = min(total, max(free, ZERO))
    if not kept or still == total:
        return
    for one in kept:
        one.undone_at, one.undone_by = clock.now(), actor.name
    CreditUse.objects.bulk_update(kept, ["undone_at", "undone_by"])
    if still:
        CreditUse.objects.create(
            company=actor.company,
            credit_note=note,
            use=CreditUse.Use.LATER,
            amount=still,
            decided_at=clock.now(),
            decided_by=actor.name,
        )


@transaction.atomic
def undo_credit_use(*, actor: Actor, use_id: int) -> CreditUse:
    """Undo a decision on a credit note; a deduction opens its invoice again.

    Raises:
        NotFoundError: Not a decision of this company.
        CreditUseError: It was undone before.
        AllocationReversedError: The deduction was undone in the ledger.
        PeriodClosedError: Today is in a closed month.
    """
    actor.require(Right.ISSUE_CREDITS)
    use = (
        CreditUse.objects.select_for_update(of=("self",))
        .select_related("credit_note", "target")
        .filter(company=actor.company, pk=use_id)
        .first()
    )
    if use is None:
        raise NotFoundError(what=f"emploi d'avoir n° {use_id}")
    number = str(use.credit_note)
    if use.undone_at is not None:
        raise CreditUseError(number, "cet emploi est déjà annulé")
    if use.allocations:
        ledger.unallocate(actor=_matcher(actor), allocation_ids=use.allocations, on=clock.today())
    use.undone_at, use.undone_by = clock.now(), actor.name
    use.save(update_fields=["undone_at", "undone_by"])
    target = str(use.target) if use.target else ""
    journal.record(
        CreditUseUndone(use.credit_note_id, use.use, str(use.amount), target), actor=actor
    )
    return use
