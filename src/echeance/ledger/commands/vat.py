"""VAT on receipts: 44574 to 44571 as money comes, and back when it goes.

Source: CGI art. 269-2 c; settled point 4. Suppliers' VAT (44564 to 44566) follows the same rule
as it is paid: CGI art. 271-I-2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from echeance.base.actor import Actor
from echeance.base.fields import AmountField
from echeance.core.money import ZERO
from echeance.ledger import receipts, rules
from echeance.ledger.commands.posting import write_entries
from echeance.ledger.models import Account, Allocation, OpenItem, OpenItemVat, VatMove
from echeance.ledger.types import EntryFacts, Posting


@dataclass(frozen=True, slots=True)
class Move:
    """VAT of an item at one rate to move on a day; negative when it goes back."""

    item: OpenItem
    row: OpenItemVat
    on: date
    amount: Decimal


def moves(actor: Actor, items: Mapping[int, OpenItem], new: Sequence[Allocation]) -> list[Move]:
    """What new allocations will make due, day by day; nothing is written. Up to four queries.

    Args:
        actor: Whose company.
        items: The items they touch.
        new: Allocations or reversals that are not in the database yet.
    """
    rows = receipts.vat_rows(items)
    if not rows:
        return []
    settled = receipts.settlements(actor.company, rows)
    others = {other for of_item in settled.values() for other in of_item}
    facts = receipts.settled_items(items, rows, others - items.keys())
    moved = {row.pk: row.moved for of_item in rows.values() for row in of_item}
    found: list[Move] = []
    for day in sorted({one.effective_date for one in new}):
        touched: set[int] = set()
        for one in new:
            if one.effective_date == day:
                receipts.add(settled, one.debit_item_id, one.credit_item_id, one.amount)
                touched |= {one.debit_item_id, one.credit_item_id}
        for pk in sorted(touched & rows.keys()):
            due = rules.vat_due(
                facts[pk], ((facts[other], amount) for other, amount in settled[pk].items())
            )
            for row in rows[pk]:
                amount = due[row.category, row.rate] - moved[row.pk]
                moved[row.pk] += amount
                if amount:
                    found.append(Move(items[pk], row, day, amount))
    return found


def post(actor: Actor, found: Sequence[Move]) -> None:
    """Write the entries of VAT that moves, one a document and day. Eight queries or so."""
    if not found:
        return
    by_entry: dict[tuple[date, str, date], list[Move]] = {}
    for move in found:
        place = (move.on, move.item.document_ref, move.item.document_date)
        by_entry.setdefault(place, []).append(move)
    accounts = _accounts(actor)
    posted = write_entries(actor, [_entry(of_entry, accounts) for of_entry in by_entry.values()])
    VatMove.objects.bulk_create(
        VatMove(
            company=actor.company,
            item_vat=move.row,
            entry_id=entry.entry_id,
            amount=move.amount,
            on=move.on,
        )
        for entry, of_entry in zip(posted, by_entry.values(), strict=True)
        for move in of_entry
    )
    sums = (
        VatMove.objects.filter(item_vat=OuterRef("pk"))
        .order_by()
        .values("item_vat")
        .values(total=Sum("amount"))
    )
    OpenItemVat.objects.filter(pk__in={move.row.pk for move in found}).update(
        moved=Subquery(sums, output_field=AmountField())
    )


KEYS = ("vat_deferred", "vat_collected", "vat_deductible_deferred", "vat_deductible")


def _accounts(actor: Actor) -> dict[str, str]:
    rows = Account.objects.filter(company=actor.company, key__in=KEYS)
    return dict(rows.values_list("key", "number"))


def _entry(of_entry: Sequence[Move], accounts: Mapping[str, str]) -> EntryFacts:
    """One line each way for each rate: debit waiting, credit due, for an invoice that is paid.

    A corrective invoice holds both what it asks and what it takes back: each is told apart.
    """
    item = of_entry[0].item
    label = f"TVA exigible sur encaissement {item.document_ref}"
    totals: dict[tuple[str, str, Decimal, str], Decimal] = {}
    for move in of_entry:
        purchase = move.item.account.number.startswith("40")
        waiting, due = (
            (accounts["vat_deductible_deferred"], accounts["vat_deductible"])
            if purchase
            else (accounts["vat_deferred"], accounts["vat_collected"])
        )
        # On the credit side (a credit note, a supplier's invoice) all of it is the other way.
        signed = move.amount if move.item.side == OpenItem.Side.DEBIT else -move.amount
        place = (waiting, due, move.row.rate, move.item.side)
        totals[place] = totals.get(place, ZERO) + signed
    return EntryFacts(
        journal_code="OD",
        entry_date=of_entry[0].on,
        document_ref=item.document_ref,
        document_date=item.document_date,
        label=label,
        postings=tuple(
            posting
            for (waiting, due, rate, _), amount in totals.items()
            for posting in _both_ways(waiting, due, amount, f"{label}, {_percent(rate)}")
        ),
    )


def _both_ways(waiting: str, due: str, amount: Decimal, label: str) -> Iterable[Posting]:
    debit, credit = (waiting, due) if amount > ZERO else (due, waiting)
    yield Posting(debit, debit=abs(amount), label=label)
    yield Posting(credit, credit=abs(amount), label=label)


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f} %".replace(".", ",")
