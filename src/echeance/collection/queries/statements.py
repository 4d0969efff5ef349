"""Reads of statements of account: what a customer owed at the end of a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection.models import AccountStatement
from echeance.collection.queries.letters import (
    bank_account,
    company_lines,
    legal_line,
    payment_line,
)
from echeance.core.letters.statement import StatementFacts, StatementLine
from echeance.core.money import ZERO
from echeance.core.tabular import write_xlsx
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.parties import queries as parties
from echeance.transmission import postal
from echeance.transmission import queries as transmission

if TYPE_CHECKING:
    from django.db.models import QuerySet

STATEMENT_KIND = "statement"
COLUMNS = (
    "Pièce", "Date", "Échéance", "Commande", "Montant", "Reste ouvert", "Solde", "Jours de retard",
)  # fmt: skip


def statements(*, actor: Actor) -> QuerySet[AccountStatement]:
    """Statements made, the latest first, with what they went with. One query."""
    actor.require(Right.READ)
    return (
        AccountStatement.objects.filter(company=actor.company)
        .select_related("party", "file", "message", "letter")
        .order_by("-pk")
    )


def statement_for(*, actor: Actor, statement_id: int) -> AccountStatement:
    """One statement of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = statements(actor=actor).filter(pk=statement_id).first()
    if row is None:
        raise NotFoundError(what=f"relevé de compte n° {statement_id}")
    return row


def customers_to_state(*, actor: Actor, on: date) -> dict[int, Decimal]:
    """Customers with something open at the end of a day, and their balance. Two queries."""
    found: dict[int, Decimal] = {}
    merged = parties.merged_parties(actor=actor)
    for item in ledger.open_items(actor=actor, on=_past(on)):
        if item.party_id is not None:
            key = merged.get(item.party_id, item.party_id)
            found[key] = found.get(key, ZERO) + _signed(item, item.open_amount)
    return found


def statement_facts(
    *, actor: Actor, party_ids: Collection[int], on: date, made_at: datetime | None = None
) -> dict[int, StatementFacts]:
    """What the statements of these customers say, by the id asked for; merged ones included.

    Customers with nothing open that day are there too, without a line. Seven queries, whatever
    their number (those of parties are one a chunk of 500).

    Args:
        actor: Who asks.
        party_ids: Customers of the company.
        on: The end of that day.
        made_at: Aware; now when ``None``.
    """
    actor.require(Right.READ)
    stays = parties.with_merged(actor=actor, party_ids=party_ids)
    snapshots = parties.snapshots(actor=actor, party_ids=party_ids)
    addresses = parties.postal_addresses(actor=actor, party_ids=party_ids)
    items: dict[int, list[OpenItemFacts]] = {}
    for item in ledger.open_items(actor=actor, party_ids=list(stays), on=_past(on)):
        if item.party_id is not None:
            items.setdefault(stays[item.party_id], []).append(item)
    account = bank_account(actor=actor)
    company = actor.company
    return {
        asked: StatementFacts(
            language=snapshot.language if snapshot.language in {"fr", "en"} else "fr",
            client=snapshot.name,
            code=snapshot.code,
            address=postal.postal_lines(addresses[asked]),
            on=on,
            lines=_lines(items.get(stays.get(asked, asked), []), on),
            company=company.name,
            company_lines=company_lines(company),
            legal_line=legal_line(company),
            payment=payment_line(account, "en" if snapshot.language == "en" else "fr"),
            made_at=made_at or clock.now(),
        )
        for asked, snapshot in snapshots.items()
    }


def statement_xlsx(*, actor: Actor, party_id: int, on: date) -> bytes:
    """The statement of a customer as a workbook. Seven queries.

    Raises:
        NotFoundError: Not a customer of this company.
    """
    facts = statement_facts(actor=actor, party_ids=[party_id], on=on)
    if party_id not in facts:
        raise NotFoundError(what=f"tiers n° {party_id}")
    return workbook(facts[party_id])


def workbook(facts: StatementFacts) -> bytes:
    """A statement as a workbook: one line an open item, amounts as numbers."""
    return write_xlsx(
        COLUMNS,
        [
            [
                line.number,
                line.document_date,
                line.due_date,
                line.order_ref,
                line.amount,
                line.outstanding,
                line.balance,
                Decimal(line.days_late) if line.days_late else "",
            ]
            for line in facts.lines
        ],
    )


def statements_to_release(*, actor: Actor, now: datetime) -> list[AccountStatement]:
    """Statements whose message waits for its last check. Two queries."""
    waiting = transmission.to_release(actor=actor, kind=STATEMENT_KIND, now=now)
    return list(
        AccountStatement.objects.filter(company=actor.company, message__in=waiting)
        .select_related("message", "party")
        .order_by("pk")
    )


def _past(on: date) -> date | None:
    return on if on < clock.today() else None


def _signed(item: OpenItemFacts, amount: Decimal) -> Decimal:
    return amount if item.side == DEBIT else -amount


def _lines(items: Collection[OpenItemFacts], on: date) -> tuple[StatementLine, ...]:
    found = []
    balance = ZERO
    for item in items:
        balance += _signed(item, item.open_amount)
        found.append(
            StatementLine(
                number=item.document_ref,
                document_date=item.document_date,
                due_date=item.due_date,
                order_ref=item.order_ref,
                amount=_signed(item, item.amount),
                outstanding=_signed(item, item.open_amount),
                balance=balance,
                days_late=max((on - item.due_date).days, 0) if item.side == DEBIT else 0,
            )
        )
    return tuple(found)
