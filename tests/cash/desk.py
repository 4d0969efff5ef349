"""Books of 2026, customers and suppliers, two bank accounts, and short words for bank lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.cash import commands as cash
from echeance.cash.models import BankAccount, Match, Statement, StatementEntry
from echeance.cash.types import MatchedItem, NewMatch
from echeance.core.matching import Difference
from echeance.ledger import queries as ledger
from echeance.ledger.models import EntryLine, OpenItem, OpenItemVat
from ledger.books import Books, day, item, vat

IBANS = ("FR7630006000011234567890189", "FR1420041010050500013M02606")


class Desk(Books):
    """The desk where bank lines arrive. Customers A and B, supplier S; amounts are texts."""

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self.accounts = []
        for name, iban, number in zip(
            ("Courant", "Livret"), IBANS, ("512000", "512000"), strict=True
        ):
            self.accounts.append(
                cash.add_bank_account(actor=actor, name=name, iban=iban, ledger_account=number)
            )
        self.statements = [self._statement(account) for account in self.accounts]
        self.lines = 0

    def _statement(self, account: BankAccount) -> Statement:
        file = archive.store_file(
            actor=self.actor,
            file=NewFile(
                f"relevé {account.pk}".encode(),
                f"{account.pk}.txt",
                "text/plain",
                "bank_statement",
                "",
                date(2037, 1, 1),
            ),
        )
        return Statement.objects.create(
            company=self.actor.company,
            bank_account=account,
            file=file,
            opening_date=date(2026, 1, 1),
            opening_balance=0,
            closing_date=date(2026, 12, 31),
            closing_balance=0,
            imported_at=clock.now(),
        )

    def line(self, amount: str, when: str = "15/06", account: int = 0, **facts) -> int:
        """A bank line: positive comes in, negative goes out."""
        self.lines += 1
        value = Decimal(amount)
        return StatementEntry.objects.create(
            company=self.actor.company,
            bank_account=self.accounts[account],
            statement=self.statements[account],
            position=self.lines,
            fingerprint=f"{self.lines:064d}",
            direction="CRDT" if value > 0 else "DBIT",
            amount=abs(value),
            booking_date=day(when),
            **{"text": "VIR", **facts},
        ).pk

    def purchase(self, ref: str, when: str, net: str = "100.00") -> int:
        """A supplier's invoice of S at 20 %, its VAT deductible at once."""
        tax = Decimal(net) / 5
        lines = f"401000 C{Decimal(net) + tax} S; 607000 D{net}; 445660 D{tax}"
        return self.post(
            f"AC {ref} {when}", lines, item(0, when, "invoice", vat("20", net, str(tax), "debits"))
        )[0]

    def credit_note(self, ref: str, when: str, net: str, credits_ref: str = "") -> int:
        """A credit note to A for services at 20 %."""
        tax = Decimal(net) / 5
        lines = f"411000 C{Decimal(net) + tax} A; 706000 D{net}; 445740 D{tax}"
        return self.post(
            f"VT {ref} {when}",
            lines,
            item(0, when, "credit_note", vat("20", net, str(tax)), credits_ref=credits_ref),
        )[0]

    def accept(self, entry_id: int, items, party: str = "", differences=(), **facts) -> int:
        """Match a line with {item: amount}; differences are (kind, amount, account)."""
        return cash.accept_matches(
            actor=facts.pop("actor", self.actor),
            matches=[
                NewMatch(
                    entry_id,
                    tuple(MatchedItem(pk, Decimal(amount)) for pk, amount in items.items()),
                    self.parties[party] if party else None,
                    differences=tuple(
                        Difference(one[0], Decimal(one[1]), *one[2:]) for one in differences
                    ),
                    **facts,
                )
            ],
        )[0]

    def balances(self, *accounts: str) -> list[str]:
        """Debit less credit of accounts."""
        return [str(ledger.account_balance(actor=self.actor, account=one)) for one in accounts]

    def lefts(self, *item_ids: int) -> list[str]:
        """What is open of some items."""
        return [str(amount) for amount in self.left(*item_ids)]

    def entry_lines(self, match_id: int) -> list[tuple[str, str, str]]:
        """Account, debit and credit of each line of a match's entry."""
        rows = Match.objects.get(pk=match_id).journal_entry.lines.select_related("account")
        return [
            (row.account.number, str(row.debit), str(row.credit)) for row in rows.order_by("pk")
        ]

    def state(self):
        """What undoing gives back: open items, VAT that became due, the balance of every account.

        Items that an undo closed for ever (a receipt and its mirror) are not there.
        """
        items = OpenItem.objects.filter(company=self.actor.company, open_amount__gt=0)
        moved = OpenItemVat.objects.filter(company=self.actor.company, item__in=items)
        balances: dict[tuple[str, int | None], Decimal] = {}
        lines = EntryLine.objects.filter(company=self.actor.company)
        for account, party, debit, credit in lines.values_list(
            "account__number", "party", "debit", "credit"
        ):
            place = (account, party)
            balances[place] = balances.get(place, Decimal(0)) + debit - credit
        return (
            list(items.order_by("pk").values_list("pk", "open_amount")),
            list(moved.order_by("pk").values_list("pk", "moved")),
            {place: total for place, total in balances.items() if total},
        )

    def proved(self) -> list:
        """What ``ledger verify`` finds wrong."""
        return ledger.verify(self.actor.company)
