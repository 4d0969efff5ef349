"""Programming interface of the ledger; the door authenticates and puts the actor in ``auth``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from ninja import Router, Schema

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.ledger import queries
from echeance.ledger.models import JournalEntry
from echeance.ledger.types import BUCKETS, AgedRow, OpenItemFacts

router = Router(tags=["Comptabilité"])


class AgedRowOut(Schema):
    """What a party owes by age, its credits apart; amounts are strings of decimals."""

    party_id: int | None
    buckets: dict[str, Decimal]
    credits: Decimal
    balance: Decimal


class AgedBalanceOut(Schema):
    """Aged balance at the end of a day."""

    on: date
    total: Decimal
    rows: list[AgedRowOut]


class OpenItemOut(Schema):
    """An open item of a party account."""

    item_id: int
    party_id: int | None
    account: str
    side: str
    kind: str
    document_ref: str
    document_date: date
    due_date: date
    amount: Decimal
    open_amount: Decimal
    currency: str
    letter: str


class EntryLineOut(Schema):
    """A line of an entry."""

    account: str
    label: str
    debit: Decimal
    credit: Decimal


class EntryOut(Schema):
    """An entry of a document."""

    journal_code: str
    number: int
    entry_date: date
    label: str
    lines: list[EntryLineOut]


def _actor(request: HttpRequest) -> Actor:
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates before it routes"
    return actor


@router.get("/aged-balance", response=AgedBalanceOut)
def aged_balance(
    request: HttpRequest, on: date | None = None, account_prefix: str = "411"
) -> AgedBalanceOut:
    """Balance âgée à la fin d'un jour, aujourd'hui à défaut."""
    balance = queries.aged_balance(
        actor=_actor(request), on=on or clock.today(), account_prefix=account_prefix
    )
    return AgedBalanceOut(
        on=balance.on, total=balance.total, rows=[_aged_row(row) for row in balance.rows]
    )


def _aged_row(row: AgedRow) -> AgedRowOut:
    return AgedRowOut(
        party_id=row.party_id,
        buckets=dict(zip(BUCKETS, row.buckets, strict=True)),
        credits=row.credits,
        balance=row.balance,
    )


@router.get("/open-items", response=list[OpenItemOut])
def open_items(
    request: HttpRequest,
    party_id: int | None = None,
    on: date | None = None,
    account_prefix: str = "411",
) -> list[OpenItemFacts]:
    """Échéances ouvertes, par date."""
    return queries.open_items(
        actor=_actor(request),
        account_prefix=account_prefix,
        party_ids=None if party_id is None else [party_id],
        on=on,
    )


@router.get("/entries", response=list[EntryOut])
def entries(request: HttpRequest, document_ref: str) -> list[EntryOut]:
    """Écritures d'une pièce."""
    rows = queries.entries_of(actor=_actor(request), document_ref=document_ref)
    return [_entry(row) for row in rows]


def _entry(row: JournalEntry) -> EntryOut:
    return EntryOut(
        journal_code=row.journal.code,
        number=row.number,
        entry_date=row.entry_date,
        label=row.label,
        lines=[
            EntryLineOut(
                account=line.account.number, label=line.label, debit=line.debit, credit=line.credit
            )
            for line in row.lines.all()
        ],
    )
