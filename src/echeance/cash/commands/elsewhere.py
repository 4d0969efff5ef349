"""Lines that are nobody's payment: fees and other accounts, transfers between own accounts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.cash.commands.booking import bank_line, document_ref
from echeance.cash.commands.matching import lock_open, new_match, record_matches
from echeance.cash.errors import PartyAccountError, TransferMismatchError, VatBeyondAmountError
from echeance.cash.models import Match, StatementEntry
from echeance.cash.types import NewBooking, NewTransfer
from echeance.core.bookkeeping import CHART, account_number
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger.types import EntryFacts, Posting

FEES = ("627", "661")
"""Accounts of what a bank takes: whoever matches payments books them, other accounts need more."""
TRANSFERS = account_number("transfers")
_PARTY_PREFIXES = tuple(account.number[:4] for account in CHART if account.is_party)


@transaction.atomic
def book_on_account(*, actor: Actor, bookings: Sequence[NewBooking]) -> list[int]:
    """Book lines on accounts that are no party's, with the deductible VAT inside if any.

    Bank fees and interest (627, 661) paid need the right to match; any other account, and money
    that comes in, needs the right to write off or to post entries.

    Args:
        actor: Needs the right to match payments.
        bookings: One a line.

    Returns:
        The match ids, in order; :func:`undo_matches` undoes them.

    Raises:
        PartyAccountError: The account is kept by party.
        VatBeyondAmountError: VAT is negative or not less than the amount.
        EntryAlreadyMatchedError: One is explained already.
        UnknownAccountError: Not in the company's chart.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = lock_open(actor, [one.entry_id for one in bookings])
    for one in bookings:
        entry = entries[one.entry_id]
        if one.account.startswith(_PARTY_PREFIXES):
            raise PartyAccountError(account=one.account)
        if not ZERO <= one.vat < entry.amount:
            raise VatBeyondAmountError(vat=one.vat, amount=entry.amount)
        if not _is_fee(one, entry) and Right.POST_ENTRIES not in actor.rights:
            actor.require(Right.WRITE_OFF)
    posted = ledger.post_entries(
        actor=actor, entries=[_booking(entries[one.entry_id], one) for one in bookings]
    )
    rows = Match.objects.bulk_create(
        new_match(
            actor,
            one.entry_id,
            Match.MatchKind.CHARGES
            if _is_fee(one, entries[one.entry_id])
            else Match.MatchKind.OTHER,
            done.entry_id,
            reasons=[f"Porté au compte {one.account}."],
        )
        for one, done in zip(bookings, posted, strict=True)
    )
    record_matches(actor, rows, entries)
    return [row.pk for row in rows]


def _is_fee(one: NewBooking, entry: StatementEntry) -> bool:
    return one.account.startswith(FEES) and entry.direction == StatementEntry.Direction.DEBIT


def _booking(entry: StatementEntry, one: NewBooking) -> EntryFacts:
    label = (one.label or entry.text)[:120]
    received = entry.direction == StatementEntry.Direction.CREDIT
    net = entry.amount - one.vat
    vat_account = account_number("vat_collected" if received else "vat_deductible")

    def posting(account: str, amount: Decimal) -> Posting:
        return Posting(
            account,
            debit=ZERO if received else amount,
            credit=amount if received else ZERO,
            label=label,
        )

    return EntryFacts(
        journal_code="BQ",
        entry_date=entry.booking_date,
        document_ref=document_ref(entry),
        document_date=entry.booking_date,
        label=label,
        postings=(
            bank_line(entry, label),
            posting(one.account, net),
            *([posting(vat_account, one.vat)] if one.vat else []),
        ),
    )


@transaction.atomic
def match_transfers(*, actor: Actor, transfers: Sequence[NewTransfer]) -> list[int]:
    """Explain lines as money moved between own accounts, through 580.

    Each line has an entry and a match of its own: where one bank has told its line and the other
    has not yet, 580 keeps the amount, and comes back to zero with the second line.

    Args:
        actor: Needs the right to match payments.
        transfers: Pairs, or one end alone.

    Returns:
        The match ids, in the order of the lines; :func:`undo_matches` undoes each.

    Raises:
        TransferMismatchError: Not a debit and a credit of one amount on two accounts.
        EntryAlreadyMatchedError: One is explained already.
    """
    actor.require(Right.MATCH_PAYMENTS)
    ends = [
        entry_id
        for one in transfers
        for entry_id in (one.out_entry_id, one.in_entry_id)
        if entry_id is not None
    ]
    entries = lock_open(actor, ends)
    for one in transfers:
        _check_ends(one, entries)
    posted = ledger.post_entries(actor=actor, entries=[_transfer(entries[one]) for one in ends])
    rows = Match.objects.bulk_create(
        new_match(
            actor,
            entry_id,
            Match.MatchKind.TRANSFER,
            done.entry_id,
            reasons=["Virement entre deux comptes de la société."],
        )
        for entry_id, done in zip(ends, posted, strict=True)
    )
    record_matches(actor, rows, entries)
    return [row.pk for row in rows]


def _check_ends(one: NewTransfer, entries: dict[int, StatementEntry]) -> None:
    left = entries.get(one.out_entry_id or 0)
    came = entries.get(one.in_entry_id or 0)
    wrong = (
        (left is None and came is None)
        or (left is not None and left.direction != StatementEntry.Direction.DEBIT)
        or (came is not None and came.direction != StatementEntry.Direction.CREDIT)
        or (
            left is not None
            and came is not None
            and (left.amount != came.amount or left.bank_account_id == came.bank_account_id)
        )
    )
    if wrong:
        raise TransferMismatchError(
            out_entry_id=one.out_entry_id or 0, in_entry_id=one.in_entry_id or 0
        )


def _transfer(entry: StatementEntry) -> EntryFacts:
    label = f"Virement interne : {entry.text}"[:120]
    received = entry.direction == StatementEntry.Direction.CREDIT
    return EntryFacts(
        journal_code="BQ",
        entry_date=entry.booking_date,
        document_ref=document_ref(entry),
        document_date=entry.booking_date,
        label=label,
        postings=(
            bank_line(entry, label),
            Posting(
                TRANSFERS,
                debit=ZERO if received else entry.amount,
                credit=entry.amount if received else ZERO,
                label=label,
            ),
        ),
    )
