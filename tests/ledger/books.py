"""Books of 2026 with two customers and a supplier, and short words for what is posted there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from echeance.base.actor import Actor
from echeance.ledger import commands
from echeance.ledger.models import OpenItem
from echeance.ledger.types import EntryFacts, ItemVat, NewAllocation, NewOpenItem, Posting
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts


def day(text: str) -> date:
    """A day of 2026, written ``05/01``."""
    number, month = text.split("/")
    return date(2026, int(month), int(number))


def vat(rate: str, base: str, amount: str, exigibility: str = "receipts") -> ItemVat:
    """VAT of an item at one rate."""
    category = "S" if Decimal(rate) else "G"
    return ItemVat(category, Decimal(rate), Decimal(base), Decimal(amount), exigibility)


def item(
    place: int,
    due: str,
    kind: str,
    *rates: ItemVat,
    ref: str = "",
    amount: str | None = None,
    credits_ref: str = "",
) -> NewOpenItem:
    """What a line leaves open; its document is the entry's unless it is named."""
    return NewOpenItem(
        posting_index=place,
        due_date=day(due),
        kind=kind,
        document_ref=ref,
        amount=None if amount is None else Decimal(amount),
        vat=rates,
        credits_ref=credits_ref,
    )


class Books:
    """The books of a company, written and settled by document number."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        commands.set_up_books(
            actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
        )
        made = parties.create_parties(
            actor=actor,
            parties=[
                PartyFacts(code="A", name="Alma", category="consumer"),
                PartyFacts(code="B", name="Bor", category="consumer"),
                PartyFacts(
                    code="S",
                    name="Sève",
                    category="consumer",
                    is_customer=False,
                    is_supplier=True,
                ),
            ],
        )
        self.parties = {party.code: party.pk for party in made}

    def post(self, place: str, lines: str, *items: NewOpenItem) -> list[int]:
        """Post one entry, ids of its items.

        Args:
            place: Journal, document and day: ``VT F1 05/01``.
            lines: ``411000 D1200.00 A; 707000 C1000.00; …``.
            items: What its party lines leave open.
        """
        facts = self.facts(place, lines, *items)
        return list(commands.post_entries(actor=self.actor, entries=[facts])[0].item_ids)

    def facts(self, place: str, lines: str, *items: NewOpenItem) -> EntryFacts:
        """The facts of an entry, from the same words."""
        journal, ref, when = place.split()
        return EntryFacts(
            journal_code=journal,
            entry_date=day(when),
            document_ref=ref,
            document_date=day(when),
            label=ref,
            postings=tuple(self._posting(line) for line in lines.split("; ")),
            items=tuple(replace(one, document_ref=one.document_ref or ref) for one in items),
        )

    def _posting(self, line: str) -> Posting:
        account, side, *party = line.split()
        amount = Decimal(side[1:])
        return Posting(
            account,
            debit=amount if side[0] == "D" else Decimal(0),
            credit=amount if side[0] == "C" else Decimal(0),
            party_id=self.parties[party[0]] if party else None,
        )

    def service(self, ref: str, when: str, due: str, net: str = "100.00") -> int:
        """An invoice of services at 20 % to A, its VAT due on receipt."""
        tax = Decimal(net) / 5
        lines = f"411000 D{Decimal(net) + tax} A; 706000 C{net}; 445740 C{tax}"
        return self.post(
            f"VT {ref} {when}", lines, item(0, due, "invoice", vat("20", net, str(tax)))
        )[0]

    def goods(self, ref: str, when: str, due: str, net: str = "100.00") -> int:
        """An invoice of goods at 20 % to A, its VAT due at once."""
        tax = Decimal(net) / 5
        lines = f"411000 D{Decimal(net) + tax} A; 707000 C{net}; 445710 C{tax}"
        return self.post(
            f"VT {ref} {when}", lines, item(0, due, "invoice", vat("20", net, str(tax), "debits"))
        )[0]

    def receipt(self, ref: str, when: str, amount: str, party: str = "A") -> int:
        """Money of a customer on the bank account."""
        lines = f"512000 D{amount}; 411000 C{amount} {party}"
        return self.post(f"BQ {ref} {when}", lines, item(1, when, "receipt"))[0]

    def refund(self, ref: str, when: str, amount: str) -> int:
        """Money given back to A."""
        lines = f"411000 D{amount} A; 512000 C{amount}"
        return self.post(f"BQ {ref} {when}", lines, item(0, when, "refund"))[0]

    def settle(self, debit: int, credit: int, amount: str, when: str) -> int:
        """Allocate; the id of the allocation."""
        return commands.allocate(
            actor=self.actor,
            allocations=[NewAllocation(debit, credit, Decimal(amount), day(when))],
        )[0]

    def undo(self, allocations: Sequence[int], when: str) -> list[int]:
        """Undo allocations on a day."""
        return commands.unallocate(actor=self.actor, allocation_ids=allocations, on=day(when))

    def left(self, *item_ids: int) -> list[Decimal]:
        """What is open of some items."""
        return [OpenItem.objects.get(pk=pk).open_amount for pk in item_ids]
