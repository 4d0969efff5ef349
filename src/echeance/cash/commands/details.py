"""Details that a report of the day or a notice tells of entries booked by a statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from echeance.archive import queries as archive_queries
from echeance.archive.models import StoredFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.cash import queries
from echeance.cash.events import EntriesDetailed
from echeance.cash.models import BankAccount, HeldFile, StatementEntry
from echeance.cash.types import StatementReport
from echeance.core import bank, money
from echeance.core.errors import EcheanceError

_CHUNK = 200
_FIELDS = (
    "text",
    "payer_name",
    "payer_iban",
    "references",
    "details",
    "mandate_ids",
    "return_reason",
    "original_amount",
    "original_currency",
)


def told_by(label: str, details: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a statement entry that its label and details fill.

    Args:
        label: What the statement itself says.
        details: Facts under the names of :class:`echeance.core.bank.EntryDetail`.
    """

    def every(name: str) -> list[str]:
        found = (str(detail[name]) for detail in details if detail.get(name))
        return list(dict.fromkeys(found))

    references = [
        str(reference)
        for detail in details
        for reference in (
            detail.get("creditor_reference"),
            detail.get("end_to_end_id"),
            *detail.get("document_numbers", ()),
        )
        if reference
    ]
    payers, ibans = every("payer_name"), every("payer_iban")
    alone = details[0] if len(details) == 1 else {}
    ordered = alone.get("original_amount")
    return {
        "text": " ".join(dict.fromkeys(one for one in (label, *every("remittance_text")) if one)),
        "payer_name": payers[0][:140] if payers else "",
        "payer_iban": ibans[0] if len(ibans) == 1 else "",
        "references": list(dict.fromkeys(references)),
        "details": [dict(detail) for detail in details],
        "mandate_ids": every("mandate_id"),
        "return_reason": next(iter(every("return_reason")), "")[:40],
        "original_amount": _cents(ordered, str(alone.get("original_currency", ""))),
        "original_currency": str(alone.get("original_currency", ""))[:3],
    }


def _cents(text: object, currency: str) -> Decimal | None:
    """An amount that the table can hold: two decimals, or nothing."""
    if not text or not currency:
        return None
    amount = Decimal(str(text))
    return amount if amount == money.round_amount(amount, "EUR") else None


def add_details(
    *, actor: Actor, account: BankAccount, file: StoredFile, told: bank.Statement, filename: str
) -> StatementReport:
    """Complete the entries that a report or a notice tells of; those not booked yet wait.

    An entry is the one of the same bank reference, amount and direction, else the only one of the
    same day, amount and direction. Nothing is booked. What finds no entry keeps its file in the
    quarantine, and is tried again after each statement.
    """
    done, waiting = _complete(actor, account, told)
    if waiting:
        HeldFile.objects.get_or_create(
            company=actor.company,
            file=file,
            resolved_at=None,
            defaults={
                "filename": filename[:200],
                "code": queries.WAITING,
                "reason": gettext(
                    "Des opérations de ce fichier ({count}) ne sont pas encore sur un relevé : "
                    "leurs détails les rejoindront quand le relevé sera importé."
                ).format(count=waiting),
                "facts": {"waiting": waiting, "format": told.format},
                "received_at": clock.now(),
                "received_by": actor.name[:120],
            },
        )
    return StatementReport(
        statement_id=0,
        account_name=account.name,
        closing_date=told.closing_date,
        closing_balance=told.closing_balance or money.ZERO,
        new_entries=0,
        known_entries=done,
        proof=told.proof,
        kind=told.kind,
        waiting=waiting,
    )


def add_waiting_details(*, actor: Actor) -> int:
    """Try again the notices that wait for their statement; return how many are done with.

    One reading of each file that waits.
    """
    accounts = {one.account_key: one for one in queries.bank_accounts(actor=actor)}
    finished = 0
    waiting = HeldFile.objects.filter(
        company=actor.company, code=queries.WAITING, resolved_at=None
    ).order_by("pk")
    for held in list(waiting):
        content = archive_queries.content(actor=actor, file_id=held.file_id)
        try:
            told = bank.read(content, filename=held.filename)
        except EcheanceError:
            continue  # the rules of reading have changed: a person sees it in the quarantine
        left = 0
        for one in told:
            account = accounts.get(one.account_key)
            left += _complete(actor, account, one)[1] if account else len(one.entries)
        if left:
            continue
        held.resolved_at = clock.now()
        held.resolved_by = actor.name[:120]
        held.resolution = "détails rattachés au relevé"
        held.save(update_fields=["resolved_at", "resolved_by", "resolution"])
        finished += 1
    return finished


def _complete(actor: Actor, account: BankAccount, told: bank.Statement) -> tuple[int, int]:
    """Fill the entries found; how many were found, how many were not. Two queries a chunk."""
    done = waiting = filled = 0
    used: set[int] = set()
    for start in range(0, len(told.entries), _CHUNK):
        chunk = told.entries[start : start + _CHUNK]
        rows = StatementEntry.objects.filter(
            Q(booking_date__in={one.booking_date for one in chunk})
            | Q(bank_reference__in={one.bank_reference for one in chunk} - {""}),
            bank_account=account,
        )
        by_reference: dict[tuple[str, str, Decimal], list[StatementEntry]] = defaultdict(list)
        by_day: dict[tuple[object, str, Decimal], list[StatementEntry]] = defaultdict(list)
        for row in rows:
            by_reference[row.bank_reference, row.direction, row.amount].append(row)
            by_day[row.booking_date, row.direction, row.amount].append(row)
        changed = []
        for one in chunk:
            found = by_reference[one.bank_reference, one.direction, one.amount]
            if not one.bank_reference or not found:
                found = by_day[one.booking_date, one.direction, one.amount]
            if len(found) != 1 or found[0].pk in used:
                waiting += 1
                continue
            used.add(found[0].pk)
            done += 1
            if _fill(found[0], one):
                changed.append(found[0])
        StatementEntry.objects.bulk_update(changed, _FIELDS, batch_size=_CHUNK)
        filled += len(changed)
    if filled:
        journal.record(
            EntriesDetailed(bank_account_id=account.pk, source=told.format, entries=filled),
            actor=actor,
        )
    return done, waiting


def _fill(row: StatementEntry, one: bank.StatementEntry) -> bool:
    """Add what the row does not say; whether it changed. What it says is never replaced."""
    facts = [bank.detail_facts(detail) for detail in one.details]
    if not facts or len(facts) < len(row.details):
        return False
    if len(facts) == len(row.details):
        facts = [new | old for new, old in zip(facts, row.details, strict=True)]
    if facts == row.details:
        return False
    new = told_by(one.label, facts)
    row.text = " ".join(dict.fromkeys(text for text in (row.text, new["text"]) if text))
    row.references = list(dict.fromkeys([*row.references, *new["references"]]))
    row.mandate_ids = list(dict.fromkeys([*row.mandate_ids, *new["mandate_ids"]]))
    row.details = facts
    for name in ("payer_name", "payer_iban", "return_reason", "original_currency"):
        setattr(row, name, getattr(row, name) or new[name])
    row.original_amount = (
        new["original_amount"] if row.original_amount is None else row.original_amount
    )
    return True
