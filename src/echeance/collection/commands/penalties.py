"""Interest and the 40 € claimed as receivables of their own: issued, sealed, waived.

A note is no invoice: it is outside the scope of VAT (it pays a harm, not a supply), so no
e-invoice is made of it. Its entry stands in the journal PE.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.cash import queries as cash
from echeance.collection import queries
from echeance.collection.errors import (
    PenaltyDayError,
    PenaltyReasonMissingError,
    PenaltyWaiverTooLargeError,
    PenaltyWaiverUndoneError,
)
from echeance.collection.events import (
    PenaltiesWaived,
    PenaltyNoteIssued,
    PenaltyWaiverUndone,
)
from echeance.collection.models import PenaltyLine, PenaltyNote, PenaltyWaiver
from echeance.collection.types import PenaltyClaim, PenaltyPart, PenaltyReport
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, round_amount
from echeance.core.penalty_note import NoteLine, NoteSlice, PenaltyNotePaper, write_penalty_note
from echeance.core.words import clean_line
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.parties import queries as parties

JOURNAL = "PE"
PREFIX = "PN"
NOTE_KIND = "penalty_note"
DUE_DAYS = 30
"""Days a customer has to pay a note, unless told otherwise."""

_CHUNK = 500
_INTEREST = account_number("penalties_received")
_INDEMNITY = account_number("misc_income")
_CUSTOMERS = account_number("customers")


def issue_penalty_notes(
    *,
    actor: Actor,
    until: date,
    party_ids: Collection[int] | None = None,
    item_ids: Collection[int] | None = None,
    due_days: int = DUE_DAYS,
    dry_run: bool = False,
) -> PenaltyReport:
    """Claim the interest and the 40 € that late items bear: one note a customer.

    Numbers are an unbroken yearly run. Nothing is claimed twice: a second call of the same day
    claims nothing. Files are made apart, by :func:`seal_penalty_notes`.

    Args:
        actor: Needs the right to issue invoices.
        until: Last day of interest, today or before.
        party_ids: Only those customers.
        item_ids: Only those items.
        due_days: Days to pay.
        dry_run: Say what would be claimed; nothing is written, and reading is enough.

    Returns:
        What was claimed, with the notes, and what was left out and why. About fifteen queries,
        and thirty a chunk of 500 notes.

    Raises:
        PenaltyDayError: ``until`` is not over.
        NoLegalRateError: The rates of a semester are unknown.
        PeriodClosedError: Today is in a closed month.
    """
    actor.require(Right.READ if dry_run else Right.ISSUE_INVOICES)
    if until > clock.today():
        raise PenaltyDayError(day=until)
    if dry_run:
        return queries.claimable(actor=actor, until=until, party_ids=party_ids, item_ids=item_ids)
    with transaction.atomic():
        _one_at_a_time(actor)
        report = queries.claimable(actor=actor, until=until, party_ids=party_ids, item_ids=item_ids)
        issued: list[PenaltyClaim] = []
        for start in range(0, len(report.claims), _CHUNK):
            issued += _issue(actor, report.claims[start : start + _CHUNK], due_days)
    return replace(report, claims=tuple(issued))


def _issue(actor: Actor, claims: Sequence[PenaltyClaim], due_days: int) -> list[PenaltyClaim]:
    today = clock.today()
    poster = _house(actor)
    ledger.open_accounts(actor=poster, keys=("customers", "penalties_received", "misc_income"))
    ledger.open_journals(actor=poster, codes=(JOURNAL,))
    taken = counters.take(
        company=actor.company, name=f"collection.penalty_notes:{today.year}", count=len(claims)
    )
    numbers = [f"{PREFIX}-{today.year}-{number:05d}" for number in taken]
    due = today + timedelta(days=due_days)
    posted = ledger.post_entries(
        actor=poster,
        entries=[
            _entry(claim, number, today, due) for claim, number in zip(claims, numbers, strict=True)
        ],
    )
    notes = PenaltyNote.objects.bulk_create(
        PenaltyNote(
            company=actor.company,
            party_id=claim.party_id,
            number=number,
            issued_on=today,
            until=claim.until,
            due_date=due,
            interest=claim.interest,
            indemnity=claim.indemnity,
            total=claim.total,
            entry_id=entry.entry_id,
            open_item_id=entry.item_ids[0],
            issued_at=clock.now(),
            issued_by=actor.name,
        )
        for claim, number, entry in zip(claims, numbers, posted, strict=True)
    )
    PenaltyLine.objects.bulk_create(
        (
            PenaltyLine(
                company=actor.company,
                note=note,
                open_item_id=part.item_id,
                document_ref=part.document_ref,
                due_date=part.due_date,
                slices=_slices(part),
                interest=part.interest,
                indemnity=part.indemnity,
            )
            for claim, note in zip(claims, notes, strict=True)
            for part in claim.parts
        ),
        batch_size=_CHUNK,
    )
    journal.record_many(
        [
            PenaltyNoteIssued(note.pk, note.party_id, note.number, note.interest, note.indemnity)
            for note in notes
        ],
        actor=actor,
    )
    return [
        replace(claim, note_id=note.pk, number=note.number)
        for claim, note in zip(claims, notes, strict=True)
    ]


def _entry(claim: PenaltyClaim, number: str, today: date, due: date) -> EntryFacts:
    return EntryFacts(
        journal_code=JOURNAL,
        entry_date=today,
        document_ref=number,
        document_date=today,
        label=f"Pénalités de retard {claim.party_name}"[:200],
        postings=(
            Posting(_CUSTOMERS, debit=claim.total, party_id=claim.party_id),
            Posting(_INTEREST, credit=claim.interest),
            Posting(_INDEMNITY, credit=claim.indemnity),
        ),
        items=(NewOpenItem(0, due, "invoice", number),),
    )


def _slices(part: PenaltyPart) -> list[dict[str, str | int]]:
    """Slices as they are kept: days counted are ``from`` to ``to``, both included."""
    rows: list[dict[str, str | int]] = [
        {
            "from": one.start.isoformat(),
            "to": (one.end - timedelta(days=1)).isoformat(),
            "days": one.days,
            "base": str(one.base),
            "rate": str(one.rate_percent),
            "amount": str(one.amount),
        }
        for one in part.slices
    ]
    if part.adjustment:
        rows.append({"adjustment": str(part.adjustment)})
    return rows


def seal_penalty_notes(*, actor: Actor, note_ids: Collection[int]) -> int:
    """Make and archive the file of notes that have none; outside the transaction that issued them.

    The same note gives the same bytes, so a call cut off anywhere is simply made again.

    Returns:
        How many files were made.

    Raises:
        NotFoundError: One is not of this company.
    """
    actor.require(Right.READ)
    done = 0
    for note_id in dict.fromkeys(note_ids):
        note = queries.penalty_note_for(actor=actor, note_id=note_id)
        if note.file_id:
            continue
        content = write_penalty_note(_paper(actor, note))
        with transaction.atomic():
            file = archive.store_file(
                actor=_house(actor),
                file=NewFile(
                    content=content,
                    filename=f"{note.number}.pdf",
                    media_type="application/pdf",
                    kind=NOTE_KIND,
                    subject=f"penalty_note:{note.pk}",
                    keep_until=ledger_queries.keep_until(actor=actor, day=note.issued_on),
                ),
            )
            PenaltyNote.objects.filter(pk=note.pk, file=None).update(file=file)
        done += 1
    return done


def _paper(actor: Actor, note: PenaltyNote) -> PenaltyNotePaper:
    company = actor.company
    customer = parties.snapshots(actor=actor, party_ids=[note.party_id])[note.party_id]
    account = next((one for one in cash.bank_accounts(actor=actor) if one.iban), None)
    return PenaltyNotePaper(
        number=note.number,
        on=note.issued_on,
        until=note.until,
        due_date=note.due_date,
        is_public=customer.category == "public",
        creditor=_address(company.name, company.siren, company.address_line,
                          f"{company.postcode} {company.city}"),
        debtor=_address(customer.name, customer.siren, customer.address_line,
                        f"{customer.postcode} {customer.city}"),
        lines=tuple(
            NoteLine(
                line.document_ref,
                line.due_date,
                tuple(_note_slice(one) for one in line.slices if "days" in one),
                sum((Decimal(one["adjustment"]) for one in line.slices if "days" not in one), ZERO),
                line.interest,
                line.indemnity,
            )
            for line in note.lines.all()
        ),
        iban=account.iban if account else "",
        bic=account.bic if account else "",
        made_at=note.issued_at,
    )  # fmt: skip


def _note_slice(told: dict[str, Any]) -> NoteSlice:
    return NoteSlice(
        date.fromisoformat(told["from"]),
        date.fromisoformat(told["to"]),
        int(told["days"]),
        Decimal(told["base"]),
        Decimal(told["rate"]),
        Decimal(told["amount"]),
    )


def _address(name: str, siren: str, *lines: str) -> tuple[str, ...]:
    return tuple(line for line in (name, f"SIREN {siren}" if siren else "", *lines) if line.strip())


@transaction.atomic
def waive_penalties(
    *, actor: Actor, note_id: int, reason: str, amount: Decimal | None = None
) -> PenaltyWaiver:
    """Give up what a note claims, or a part of it: interest first, then the 40 €.

    What is waived was claimed once and is not claimed again.

    Args:
        actor: Needs the right to write off.
        note_id: The note.
        reason: Kept with it.
        amount: All that is left when absent.

    Raises:
        NotFoundError: Not a note of this company.
        PenaltyReasonMissingError: No reason.
        PenaltyWaiverTooLargeError: More than is left, nothing, or a part of a cent.
    """
    actor.require(Right.WRITE_OFF)
    why = clean_line(reason)
    if not why:
        raise PenaltyReasonMissingError
    _one_at_a_time(actor)
    note = queries.penalty_note_for(actor=actor, note_id=note_id)
    left = note.open_item.open_amount
    given = left if amount is None else amount
    if not ZERO < given <= left or given != round_amount(given):
        raise PenaltyWaiverTooLargeError(number=note.number, amount=given, left=left)
    on_interest = min(given, note.interest - _interest_waived(note))
    today = clock.today()
    (posted,) = ledger.post_entries(
        actor=_house(actor),
        entries=[
            EntryFacts(
                journal_code=JOURNAL,
                entry_date=today,
                document_ref=note.number,
                document_date=today,
                label=f"Remise de pénalités {note.number}",
                postings=(
                    Posting(_CUSTOMERS, credit=given, party_id=note.open_item.party_id),
                    Posting(_INTEREST, debit=on_interest),
                    Posting(_INDEMNITY, debit=given - on_interest),
                ),
                items=(NewOpenItem(0, today, "other", note.number, credits_ref=note.number),),
            )
        ],
    )
    ledger.allocate(
        actor=_house(actor),
        allocations=[NewAllocation(note.open_item_id, posted.item_ids[0], given, today)],
    )
    waiver = PenaltyWaiver.objects.create(
        company=actor.company,
        note=note,
        amount=given,
        reason=why[:200],
        entry_id=posted.entry_id,
        waived_at=clock.now(),
        waived_by=actor.name,
    )
    journal.record(
        PenaltiesWaived(waiver.pk, note.party_id, note.number, given, waiver.reason), actor=actor
    )
    return waiver


def _interest_waived(note: PenaltyNote) -> Decimal:
    """Interest that standing waivers have given up, read from their entries."""
    rows = PenaltyWaiver.objects.filter(
        note=note, undone_at=None, entry__lines__account__number=_INTEREST
    ).values_list("entry__lines__debit", flat=True)
    return sum(rows, ZERO)


@transaction.atomic
def undo_waiver(*, actor: Actor, waiver_id: int) -> PenaltyWaiver:
    """Claim again what was waived: settlement undone, entry reversed, the note open as before.

    Raises:
        NotFoundError: Not a waiver of this company.
        PenaltyWaiverUndoneError: It was undone before.
    """
    actor.require(Right.WRITE_OFF)
    waiver = (
        PenaltyWaiver.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=waiver_id)
        .select_related("note")
        .first()
    )
    if waiver is None:
        raise NotFoundError(what=f"remise n° {waiver_id}")
    if waiver.undone_at:
        raise PenaltyWaiverUndoneError(number=waiver.note.number)
    house = _house(actor)
    items = ledger_queries.items_of_entries(actor=actor, entry_ids=[waiver.entry_id])
    mine = {item.item_id for item in items.get(waiver.entry_id, ())}
    rows = ledger_queries.allocations_of(actor=actor, item_ids=mine)
    undone = {row.reverses_id for row in rows}
    live = [
        row.allocation_id
        for row in rows
        if row.reverses_id is None and row.allocation_id not in undone
    ]
    today = clock.today()
    ledger.unallocate(actor=house, allocation_ids=live, on=today)
    ledger.reverse_entries(actor=house, entry_ids=[waiver.entry_id], on=today)
    waiver.undone_at = clock.now()
    waiver.undone_by = actor.name
    waiver.save(update_fields=["undone_at", "undone_by"])
    journal.record(
        PenaltyWaiverUndone(waiver.pk, waiver.note.party_id, waiver.note.number), actor=actor
    )
    return waiver


def _one_at_a_time(actor: Actor) -> None:
    """Two people claiming the same days at once would claim them twice: one waits."""
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)


def _house(actor: Actor) -> Actor:
    """The actor with the rights to post what its own act needs, once that act was checked."""
    extra = {Right.POST_ENTRIES, Right.MATCH_PAYMENTS, Right.STORE_FILES}
    return replace(actor, rights=actor.rights | extra)
