"""Receivables sold: to a factor by subrogation, to a bank by a « bordereau Dailly ».

The customer's item stays open, and its VAT on receipts waits, until the debtor pays the assignee:
the advance is credit, not the price. See ``docs/legal/affacturage-et-dailly.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, cast

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.commands.lumps import (
    CUSTOMERS,
    Counterpart,
    book_entry,
    house,
    lock_entry,
    posting,
    signed,
)
from echeance.cash.errors import AssignmentError, LumpAmountError
from echeance.cash.events import ReceivablesAssigned
from echeance.cash.models import AssignedItem, Match, ReceivableAssignment
from echeance.cash.types import NewAssignment
from echeance.core.assignment_note import AssignedClaim, AssignmentNote, write_assignment_note
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, allocate, round_amount
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, OpenItemFacts, Posting
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

KEYS = ("factor", "assigned_receivables", "factor_guarantee", "factoring_fees",
        "financing_interest", "vat_deductible")  # fmt: skip
FACTOR, CONTRA, GUARANTEE, FEES, INTEREST, VAT = (account_number(key) for key in KEYS)
NOTE_KIND = "assignment_note"
HUNDRED = Decimal(100)

Guard = Callable[[Actor, Collection[int]], Mapping[int, str]]
_guards: list[Guard] = []


def guard_assignments(*, guard: Guard) -> None:
    """Let an upper room refuse items: it gets open item ids, gives a French reason by item."""
    if guard not in _guards:
        _guards.append(guard)


@transaction.atomic
def assign_receivables(*, actor: Actor, assignment: NewAssignment) -> ReceivableAssignment:
    """Assign open items of customers: deed archived, entry posted, reminders left alone.

    Entry (OD): D 467100 what the assignee owes, D 467300 its guarantee, D 622500, 661600 and
    445660 its fees; C 467200 the receivables, whose items stay open until the debtors pay.

    Args:
        actor: Needs the right to assign receivables.
        assignment: What is assigned, to whom, at which cost.

    Raises:
        AssignmentError: An item is not an open invoice of a customer in euros, is assigned or in
            dispute; figures do not hold; the reference is taken.
    """
    actor.require(Right.ASSIGN_RECEIVABLES)
    items = _assignable(actor, assignment)
    gross = sum((item.open_amount for item in items), ZERO)
    guarantee = round_amount(gross * assignment.guarantee_percent / HUNDRED)
    costs = (assignment.commission, assignment.interest, assignment.vat)
    owed = gross - guarantee - sum(costs, ZERO)
    if min(*costs, guarantee, owed) < ZERO or assignment.guarantee_percent > HUNDRED:
        raise AssignmentError(
            assignment.reference, "retenue et frais sont positifs et moindres que les créances"
        )
    poster = house(actor)
    ledger.open_accounts(actor=poster, keys=KEYS)
    label = f"Cession de créances {assignment.reference}"
    entry_id = _post(
        poster,
        assignment.reference,
        assignment.on,
        label,
        (
            posting(FACTOR, owed),
            posting(GUARANTEE, guarantee),
            posting(FEES, assignment.commission),
            posting(INTEREST, assignment.interest),
            posting(VAT, assignment.vat),
            posting(CONTRA, -gross),
        ),
    )
    row = ReceivableAssignment.objects.create(
        company=actor.company,
        kind=assignment.kind,
        assignee_id=assignment.assignee_id,
        reference=assignment.reference,
        assigned_on=assignment.on,
        state=ReceivableAssignment.State.ASSIGNED,
        financed_percent=assignment.financed_percent,
        guarantee_percent=assignment.guarantee_percent,
        is_notified=assignment.is_notified,
        journal_entry_id=entry_id,
        created_at=clock.now(),
        created_by=actor.name,
    )
    AssignedItem.objects.bulk_create(
        AssignedItem(
            company=actor.company,
            assignment=row,
            open_item_id=item.item_id,
            amount=item.open_amount,
        )
        for item in items
    )
    row.file_id = _deed(actor, row, items)
    row.save(update_fields=["file"])
    journal.record(ReceivablesAssigned(row.pk, "assigned", gross), actor=actor)
    return row


def _assignable(actor: Actor, assignment: NewAssignment) -> list[OpenItemFacts]:
    def refuse(problem: str) -> AssignmentError:
        return AssignmentError(assignment.reference or "nouvelle", problem)

    wanted = set(assignment.item_ids)
    if assignment.kind not in ReceivableAssignment.AssignmentKind.values:
        raise refuse("choisissez affacturage ou Dailly")
    if not assignment.reference or not wanted:
        raise refuse("donnez une référence et choisissez au moins une facture")
    taken = ReceivableAssignment.objects.filter(
        company=actor.company, reference=assignment.reference
    )
    if taken.exists():
        raise refuse("cette référence est déjà prise, choisissez-en une autre")
    parties.party_for(actor=actor, party_id=assignment.assignee_id)
    items = ledger_queries.items_for(actor=actor, item_ids=wanted)
    if missing := wanted - {item.item_id for item in items}:
        raise NotFoundError(what=f"échéance n° {min(missing)}")
    sold = queries.assigned_items(actor=actor)
    refused: dict[int, str] = {}
    for guard in _guards:
        refused |= guard(actor, wanted)
    for item in items:
        number = item.document_ref
        if item.account != CUSTOMERS or item.side != "debit" or not item.open_amount:
            raise refuse(f"{number} n'est pas une facture client ouverte, retirez-la du choix")
        if item.currency != "EUR":
            raise refuse(f"{number} est en {item.currency}, seuls les euros se cèdent")
        if item.item_id in sold:
            raise refuse(f"{number} est déjà cédée ({sold[item.item_id]})")
        if item.item_id in refused:
            raise refuse(f"{number} {refused[item.item_id]}, retirez-la du choix")
        if item.document_date > assignment.on:
            raise refuse(f"{number} est postérieure à la cession, retirez-la ou changez la date")
    return items


def _post(actor: Actor, reference: str, on: date, label: str, lines: tuple[Posting, ...]) -> int:
    facts = EntryFacts("OD", on, reference, on, label, lines)
    return ledger.post_entries(actor=actor, entries=[facts])[0].entry_id


def _deed(actor: Actor, row: ReceivableAssignment, items: list[OpenItemFacts]) -> int:
    known = parties.snapshots(
        actor=actor, party_ids={row.assignee_id, *(item.party_id or 0 for item in items)}
    )
    company, assignee = actor.company, known[row.assignee_id]
    content = write_assignment_note(
        AssignmentNote(
            kind=cast("Literal['factoring', 'dailly']", row.kind),
            reference=row.reference,
            on=row.assigned_on,
            assignor=_lines(company.name, company.siren, company.address_line,
                            f"{company.postcode} {company.city}"),
            assignee=_lines(assignee.name, assignee.siren, assignee.address_line,
                            f"{assignee.postcode} {assignee.city}"),
            claims=tuple(
                AssignedClaim(
                    debtor=" ".join(part for part in (debtor.name, debtor.siren) if part),
                    place=f"{debtor.postcode} {debtor.city}".strip(),
                    number=item.document_ref,
                    due_date=item.due_date,
                    amount=item.open_amount,
                )
                for item in items
                for debtor in (known[item.party_id or 0],)
            ),
            is_notified=row.is_notified,
            made_at=row.created_at,
        )
    )  # fmt: skip
    return archive.store_file(
        actor=house(actor),
        file=NewFile(
            content=content,
            filename=f"cession-{row.pk}.pdf",
            media_type="application/pdf",
            kind=NOTE_KIND,
            subject=f"assignment:{row.pk}",
            keep_until=ledger_queries.keep_until(actor=actor, day=row.assigned_on),
        ),
    ).pk


def _lines(name: str, siren: str, *address: str) -> tuple[str, ...]:
    return tuple(
        line for line in (name, f"SIREN {siren}" if siren else "", *address) if line.strip()
    )


def _assignment(actor: Actor, assignment_id: int) -> ReceivableAssignment:
    row = (
        ReceivableAssignment.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=assignment_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"cession n° {assignment_id}")
    if row.state != ReceivableAssignment.State.ASSIGNED:
        raise AssignmentError(row.reference, "elle est annulée")
    return row


def _standing_entries(actor: Actor, reference: str) -> list[int]:
    """Entries of a reference that nothing reversed."""
    rows = list(ledger_queries.entries_of(actor=actor, document_ref=reference))
    gone = {row.reverses_id for row in rows if row.reverses_id}
    return [row.pk for row in rows if not row.reverses_id and row.pk not in gone]


def _item(actor: Actor, assigned_item_id: int) -> tuple[AssignedItem, ReceivableAssignment]:
    part = AssignedItem.objects.filter(company=actor.company, pk=assigned_item_id).first()
    if part is None:
        raise NotFoundError(what=f"créance cédée n° {assigned_item_id}")
    return part, _assignment(actor, part.assignment_id)


def _guarantee_of(part: AssignedItem, row: ReceivableAssignment) -> Decimal:
    """Its share of the guarantee; the shares of an assignment sum to it, no cent lost."""
    parts = list(row.items.order_by("pk").values_list("pk", "amount"))
    total = sum((amount for _, amount in parts), ZERO)
    shares = allocate(
        round_amount(total * row.guarantee_percent / HUNDRED), [amount for _, amount in parts]
    )
    return dict(zip((pk for pk, _ in parts), shares, strict=True))[part.pk]


def _paid_ref(part: AssignedItem, row: ReceivableAssignment) -> str:
    return f"{row.reference}/P{part.pk}"


def _returned_ref(part: AssignedItem, row: ReceivableAssignment) -> str:
    return f"{row.reference}/R{part.pk}"


@transaction.atomic
def pay_assigned_item(*, actor: Actor, assigned_item_id: int, on: date) -> int:
    """Record that the debtor has paid the assignee: the item is settled, its VAT due that day.

    D 467200, C 411; the guarantee kept for it comes back: D 467100, C 467300.

    Returns:
        The entry; :func:`unpay_assigned_item` takes it back.

    Raises:
        AssignmentError: It was returned, or paid already.
    """
    actor.require(Right.ASSIGN_RECEIVABLES)
    part, row = _item(actor, assigned_item_id)
    [item] = ledger_queries.items_for(actor=actor, item_ids=[part.open_item_id])
    if part.returned_at or item.open_amount < part.amount:
        raise AssignmentError(
            row.reference, f"{item.document_ref} n'attend plus le paiement du débiteur"
        )
    reference, guarantee = _paid_ref(part, row), _guarantee_of(part, row)
    label = f"Payé au cessionnaire : {item.document_ref}"
    [posted] = ledger.post_entries(
        actor=house(actor),
        entries=[
            EntryFacts(
                "OD",
                on,
                reference,
                on,
                label,
                (
                    posting(CUSTOMERS, -part.amount, party_id=item.party_id),
                    posting(CONTRA, part.amount),
                    posting(FACTOR, guarantee),
                    posting(GUARANTEE, -guarantee),
                ),
                (NewOpenItem(0, on, "receipt", reference),),
            )
        ],
    )
    ledger.allocate(
        actor=house(actor),
        allocations=[NewAllocation(item.item_id, posted.item_ids[0], part.amount, on)],
    )
    journal.record(ReceivablesAssigned(row.pk, "paid", part.amount), actor=actor)
    return posted.entry_id


@transaction.atomic
def unpay_assigned_item(*, actor: Actor, assigned_item_id: int) -> None:
    """Take back what :func:`pay_assigned_item` recorded.

    Raises:
        AssignmentError: It was not recorded as paid.
    """
    actor.require(Right.ASSIGN_RECEIVABLES)
    part, row = _item(actor, assigned_item_id)
    reference = _paid_ref(part, row)
    entries = _standing_entries(actor, reference)
    if not entries:
        raise AssignmentError(row.reference, "cette créance n'est pas notée payée")
    poster, today = house(actor), clock.today()
    rows = ledger_queries.allocations_of(actor=actor, item_ids=[part.open_item_id])
    undone = {one.reverses_id for one in rows if one.reverses_id}
    ledger.unallocate(
        actor=poster,
        allocation_ids=[
            one.allocation_id
            for one in rows
            if one.credit_ref == reference
            and one.reverses_id is None
            and one.allocation_id not in undone
        ],
        on=today,
    )
    ledger.reverse_entries(actor=poster, entry_ids=entries, on=today)
    journal.record(ReceivablesAssigned(row.pk, "unpaid", part.amount), actor=actor)


@transaction.atomic
def return_assigned_item(*, actor: Actor, assigned_item_id: int, on: date, reason: str) -> int:
    """Take back a receivable that the assignee returns unpaid: it is the company's to chase again.

    D 467200; C 467300 its guarantee, C 467100 the rest, which the company now owes.

    Returns:
        The entry; :func:`undo_return` takes it back.

    Raises:
        AssignmentError: It was returned, or paid already.
    """
    actor.require(Right.ASSIGN_RECEIVABLES)
    part, row = _item(actor, assigned_item_id)
    [item] = ledger_queries.items_for(actor=actor, item_ids=[part.open_item_id])
    if part.returned_at or _standing_entries(actor, _paid_ref(part, row)):
        raise AssignmentError(row.reference, f"{item.document_ref} est déjà rendue ou payée")
    guarantee = _guarantee_of(part, row)
    entry_id = _post(
        house(actor),
        _returned_ref(part, row),
        on,
        f"Créance rendue : {item.document_ref}",
        (
            posting(CONTRA, part.amount),
            posting(GUARANTEE, -guarantee),
            posting(FACTOR, guarantee - part.amount),
        ),
    )
    AssignedItem.objects.filter(pk=part.pk).update(
        returned_at=clock.now(), returned_reason=reason[:200]
    )
    journal.record(ReceivablesAssigned(row.pk, "returned", part.amount), actor=actor)
    return entry_id


@transaction.atomic
def undo_return(*, actor: Actor, assigned_item_id: int) -> None:
    """Take back a return: the receivable is the assignee's again.

    Raises:
        AssignmentError: It was not returned, or is assigned elsewhere since.
    """
    actor.require(Right.ASSIGN_RECEIVABLES)
    part, row = _item(actor, assigned_item_id)
    elsewhere = queries.assigned_items(actor=actor).get(part.open_item_id)
    if not part.returned_at or elsewhere:
        raise AssignmentError(row.reference, "cette créance n'est pas rendue, ou cédée depuis")
    entries = _standing_entries(actor, _returned_ref(part, row))
    ledger.reverse_entries(actor=house(actor), entry_ids=entries, on=clock.today())
    AssignedItem.objects.filter(pk=part.pk).update(returned_at=None, returned_reason="")
    journal.record(ReceivablesAssigned(row.pk, "return_undone", part.amount), actor=actor)


@transaction.atomic
def cancel_assignment(*, actor: Actor, assignment_id: int) -> None:
    """Cancel an assignment of which nothing was paid, returned or financed: entry reversed.

    Raises:
        AssignmentError: Something of it happened since: undo that first.
    """
    actor.require(Right.ASSIGN_RECEIVABLES)
    row = _assignment(actor, assignment_id)
    assert row.journal_entry_id is not None, "posted when assigned"
    for part in row.items.all():
        if part.returned_at or _standing_entries(actor, _paid_ref(part, row)):
            raise AssignmentError(
                row.reference, "une créance en est payée ou rendue, annulez d'abord cela"
            )
    if _financing(actor, row).exists():
        raise AssignmentError(
            row.reference, "son financement est rapproché, annulez d'abord ce rapprochement"
        )
    ledger.reverse_entries(actor=house(actor), entry_ids=[row.journal_entry_id], on=clock.today())
    row.state = ReceivableAssignment.State.CANCELLED
    row.save(update_fields=["state"])
    total = sum((part.amount for part in row.items.all()), ZERO)
    journal.record(ReceivablesAssigned(row.pk, "cancelled", total), actor=actor)


def _financing_label(row: ReceivableAssignment) -> str:
    return f"Financement de la cession {row.reference}"


def _financing(actor: Actor, row: ReceivableAssignment) -> QuerySet[Match]:
    return Match.objects.filter(
        company=actor.company,
        undone_at=None,
        kind=Match.MatchKind.OTHER,
        journal_entry__label=_financing_label(row),
    )


@transaction.atomic
def receive_financing(*, actor: Actor, assignment_id: int, entry_id: int) -> int:
    """Book the bank line by which the assignee pays: D 512, C 467100.

    Returns:
        The match; ``undo_matches`` takes it back.

    Raises:
        LumpAmountError: Money that goes out, or more than the assignee owes in all.
    """
    actor.require(Right.ASSIGN_RECEIVABLES)
    actor.require(Right.MATCH_PAYMENTS)
    row = _assignment(actor, assignment_id)
    entry = lock_entry(actor, entry_id)
    owed = ledger_queries.account_balance(actor=actor, account=FACTOR)
    if not ZERO < signed(entry) <= owed:
        raise LumpAmountError(f"le dû du cessionnaire ({row.reference})", signed(entry), owed)
    return book_entry(
        actor,
        entry,
        Match.MatchKind.OTHER,
        label=_financing_label(row),
        counterparts=[Counterpart(FACTOR, -entry.amount)],
        reasons=[f"Versé par le cessionnaire au titre de {row.reference}."],
    ).pk
