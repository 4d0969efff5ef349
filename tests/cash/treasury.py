"""A company with books, a current account, a till, and bank lines written in short words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.cash import commands as cash
from echeance.cash.models import Match, Statement, StatementEntry
from echeance.cash.types import MatchedItem, NewCheque, NewTillMovement
from echeance.ledger import queries as ledger
from echeance.ledger.models import EntryLine, OpenItem, OpenItemVat
from ledger.books import Books, day

IBAN = "FR7630006000011234567890189"


class Treasury(Books):
    """Customers A and B, supplier S; amounts are texts, days are ``15/06`` of 2026."""

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self.bank = cash.add_bank_account(actor=actor, name="Courant", iban=IBAN)
        self.till = cash.add_till(actor=actor, name="Comptoir")
        self.statement: Statement | None = None
        self.lines = 0

    def state(self) -> tuple[object, ...]:
        """Balances by account and party, what is open, letters and VAT moved: all that undo owes."""
        totals: dict[tuple[str, int | None], Decimal] = {}
        for line in EntryLine.objects.select_related("account"):
            place = (line.account.number, line.party_id)
            totals[place] = totals.get(place, Decimal(0)) + line.debit - line.credit
        open_items = OpenItem.objects.filter(open_amount__gt=0).values_list("pk", "open_amount")
        vat = OpenItemVat.objects.order_by("pk").values_list("pk", "moved")
        return (
            {place: total for place, total in totals.items() if total},
            sorted(open_items),
            [row for row in vat if row[1]],
        )

    def line(self, amount: str, when: str = "15/06", text: str = "VIR") -> int:
        """A bank line: positive comes in, negative goes out."""
        if self.statement is None:
            file = archive.store_file(
                actor=self.actor,
                file=NewFile(
                    b"releve", "r.txt", "text/plain", "bank_statement", "", date(2037, 1, 1)
                ),
            )
            self.statement = Statement.objects.create(
                company=self.actor.company,
                bank_account=self.bank,
                file=file,
                opening_date=date(2026, 1, 1),
                opening_balance=0,
                closing_date=date(2026, 6, 30),
                closing_balance=0,
                imported_at=clock.now(),
            )
        self.lines += 1
        value = Decimal(amount)
        entry = StatementEntry.objects.create(
            company=self.actor.company,
            bank_account=self.bank,
            statement=self.statement,
            position=self.lines,
            fingerprint=f"{self.lines:064d}",
            direction="CRDT" if value > 0 else "DBIT",
            amount=abs(value),
            booking_date=day(when),
            text=text,
        )
        self.statement.closing_balance += value
        self.statement.save()
        return entry.pk

    def cheque(self, number: str, when: str, amount: str, *paid: tuple[int, str]) -> int:
        """A cheque of A that pays items."""
        facts = NewCheque(
            party_id=self.parties["A"],
            number=number,
            amount=Decimal(amount),
            received_on=day(when),
            items=tuple(MatchedItem(pk, Decimal(part)) for pk, part in paid),
            bank_name="Banque du Lac",
        )
        return cash.record_cheques(actor=self.actor, cheques=[facts])[0]

    def cash_in(self, when: str, amount: str, *paid: tuple[int, str], party: str = "A") -> int:
        """Cash of a customer."""
        return self.move("receipt", when, amount, *paid, party=party)

    def move(
        self, kind: str, when: str, amount: str, *paid: tuple[int, str], party: str = "", **facts
    ) -> int:
        """A movement of the till."""
        movement = NewTillMovement(
            till_id=self.till.pk,
            kind=kind,
            on=day(when),
            amount=Decimal(amount),
            label=f"{kind} {when}",
            party_id=self.parties[party] if party else None,
            items=tuple(MatchedItem(pk, Decimal(part)) for pk, part in paid),
            **facts,
        )
        return cash.record_till_movements(actor=self.actor, movements=[movement])[0]

    def purchase(self, ref: str, when: str, net: str = "100.00", party: str = "S") -> int:
        """A supplier's invoice at 20 %, its VAT deductible at once."""
        from ledger.books import item

        tax = Decimal(net) / 5
        lines = f"401000 C{Decimal(net) + tax} {party}; 607000 D{net}; 445660 D{tax}"
        return self.post(f"AC {ref} {when}", lines, item(0, when, "invoice"))[0]

    def balance(self, account: str) -> Decimal:
        """Debit less credit of an account."""
        return ledger.account_balance(actor=self.actor, account=account)

    def undo_match(self, match_id: int) -> None:
        """Undo a match, and check that the row says so."""
        assert cash.undo_matches(actor=self.actor, match_ids=[match_id]) == 1
        assert Match.objects.get(pk=match_id).undone_at

    def verified(self) -> bool:
        """Whether the books prove themselves."""
        return not list(ledger.verify(self.actor.company))


@pytest.fixture
def treasury(actor) -> Treasury:
    return Treasury(actor)
