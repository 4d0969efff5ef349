"""Proof of the books: each check returns all it finds, with the document and the figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Sum
from django.db.models.functions import Coalesce

from echeance.base.models import Company
from echeance.core.money import ZERO, format_amount
from echeance.ledger.models import Allocation, EntryLine, JournalEntry, OpenItem, OpenItemVat
from echeance.ledger.types import LedgerFinding


def verify(*, company: Company) -> list[LedgerFinding]:
    """Everything wrong in a company's books; empty when they are right. Eight queries."""
    checks = (unbalanced_entries, holes, open_amounts, party_accounts, vat_moves, letters)
    return [finding for check in checks for finding in check(company)]


def unbalanced_entries(company: Company) -> Iterator[LedgerFinding]:
    """Each entry's debits equal its credits."""
    rows = (
        EntryLine.objects.filter(company=company)
        .values("entry", "entry__document_ref")
        .annotate(debits=Sum("debit"), credits=Sum("credit"))
        .exclude(debits=F("credits"))
    )
    for row in rows:
        yield LedgerFinding(
            "unbalanced_entry",
            f"journal_entry:{row['entry']}",
            f"{row['entry__document_ref']} : débit {format_amount(row['debits'])}, "
            f"crédit {format_amount(row['credits'])}.",
        )


def holes(company: Company) -> Iterator[LedgerFinding]:
    """Entry numbers run from 1 without a hole in each journal and year."""
    rows = (
        JournalEntry.objects.filter(company=company)
        .values("journal__code", "fiscal_year")
        .annotate(first=Min("number"), last=Max("number"), count=Count("pk"))
    )
    for row in rows:
        if row["first"] != 1 or row["last"] != row["count"]:
            yield LedgerFinding(
                "entry_number_hole",
                f"fiscal_year:{row['fiscal_year']}",
                f"Journal {row['journal__code']} : {row['count']} écritures numérotées de "
                f"{row['first']} à {row['last']}.",
            )


def open_amounts(company: Company) -> Iterator[LedgerFinding]:
    """The open amount of an item is its amount less its allocations."""
    for side, related in (("debit", "credited_by"), ("credit", "debited_by")):
        rows = (
            OpenItem.objects.filter(company=company, side=side)
            .annotate(settled=Coalesce(Sum(f"{related}__amount"), 0))
            .exclude(open_amount=F("amount") - F("settled"))
        )
        for item in rows.iterator(2000):
            yield LedgerFinding(
                "open_amount",
                f"open_item:{item.pk}",
                f"{item.document_ref} : {format_amount(item.open_amount)} ouverts, mais ses "
                f"affectations disent autre chose.",
            )


def party_accounts(company: Company) -> Iterator[LedgerFinding]:
    """The balance of a customer account is the signed sum of its open items."""
    lines = {
        row["account__number"]: (row["debits"] or ZERO) - (row["credits"] or ZERO)
        for row in EntryLine.objects.filter(company=company, account__number__startswith="411")
        .values("account__number")
        .annotate(debits=Sum("debit"), credits=Sum("credit"))
    }
    items: dict[str, Decimal] = {}
    sums = (
        OpenItem.objects.filter(company=company, account__number__startswith="411")
        .values_list("account__number", "side")
        .annotate(total=Sum("open_amount"))
    )
    for number, side, total in sums:
        signed = total if side == "debit" else -total
        items[number] = items.get(number, ZERO) + signed
    for number, balance in lines.items():
        if balance != items.get(number, ZERO):
            yield LedgerFinding(
                "party_account",
                f"account:{number}",
                f"Compte {number} : solde {format_amount(balance)}, échéances ouvertes "
                f"{items.get(number, ZERO)} €.",
            )


def vat_moves(company: Company) -> Iterator[LedgerFinding]:
    """What an item says has become due is the sum of its moves, within its VAT."""
    rows = (
        OpenItemVat.objects.filter(company=company, exigibility="receipts")
        .annotate(told=Coalesce(Sum("moves__amount"), 0))
        .exclude(moved=F("told"), moved__gte=0, moved__lte=F("vat"))
        .select_related("item")
    )
    for row in rows:
        yield LedgerFinding(
            "vat_moved",
            f"open_item:{row.item_id}",
            f"{row.item.document_ref} : TVA exigible {format_amount(row.moved)} à justifier.",
        )


def letters(company: Company) -> Iterator[LedgerFinding]:
    """A letter stands on settled items only."""
    for item in OpenItem.objects.filter(company=company, open_amount__gt=0).exclude(letter=""):
        yield LedgerFinding(
            "letter_on_open_item",
            f"open_item:{item.pk}",
            f"{item.document_ref} porte la lettre {item.letter} mais n'est pas soldée.",
        )


def allocation_count(company: Company) -> int:
    """How many allocations the proof went through, for the account of `ledger verify`."""
    return Allocation.objects.filter(company=company).count()
