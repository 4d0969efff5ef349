"""Accruals of a month end: their entry, and their VAT.

Source: PCG, accounts 4181, 4198 and 44587: what was supplied and not invoiced is income of the
period, its VAT waits on an account of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.types import AccrualLine
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, round_amount
from echeance.ledger.types import EntryFacts, Posting

JOURNAL: Final = "OD"
TO_INVOICE: Final = "to_invoice"
TO_CREDIT: Final = "to_credit"
_HUNDRED: Final = Decimal(100)
_LABELS: Final = {TO_INVOICE: "Factures à établir", TO_CREDIT: "Avoirs à établir"}
_REFS: Final = {TO_INVOICE: "FAE", TO_CREDIT: "AAE"}


def vat_of(net: Decimal, rate: Decimal) -> Decimal:
    """VAT of a part of an accrual, rounded."""
    return round_amount(net * rate / _HUNDRED)


def totals(lines: Sequence[AccrualLine]) -> tuple[Decimal, Decimal]:
    """Without VAT, and VAT."""
    return (
        sum((line.net for line in lines), ZERO),
        sum((line.vat for line in lines), ZERO),
    )


def prorated(net: Decimal, starts_on: date, ends_on: date, closing: date) -> Decimal:
    """Part of the price of a period that is earned on a closing day, by days.

    >>> str(prorated(Decimal("90.00"), date(2026, 10, 16), date(2026, 11, 14), date(2026, 10, 31)))
    '48.00'
    """
    if closing >= ends_on:
        return net
    if closing < starts_on:
        return ZERO
    days = (ends_on - starts_on).days + 1
    return round_amount(net * ((closing - starts_on).days + 1) / days)


def entry_of(kind: str, closing: date, lines: Sequence[AccrualLine]) -> EntryFacts:
    """The entry of an accrual, dated of the closing day.

    Invoices to be made: 4181 by 70x and 44587. Credit notes to be made: 70x and 44587 by 4198.
    """
    net, vat = totals(lines)
    by_account: dict[str, Decimal] = {}
    for line in lines:
        by_account[line.account] = by_account.get(line.account, ZERO) + line.net
    invoicing = kind == TO_INVOICE
    whole = account_number("customers_unbilled" if invoicing else "customer_credits_due")
    parts = [*sorted(by_account.items()), (account_number("vat_to_regularise_sales"), vat)]
    return EntryFacts(
        journal_code=JOURNAL,
        entry_date=closing,
        document_ref=f"{_REFS[kind]}-{closing:%Y-%m-%d}",
        document_date=closing,
        label=f"{_LABELS[kind]} au {closing:%d/%m/%Y}",
        postings=(
            _posting(whole, net + vat, debit=invoicing),
            *(_posting(account, amount, debit=not invoicing) for account, amount in parts),
        ),
    )


def _posting(account: str, amount: Decimal, *, debit: bool) -> Posting:
    """A negative amount stands on the other side."""
    if amount < ZERO:
        debit, amount = not debit, -amount
    return Posting(account, debit=amount) if debit else Posting(account, credit=amount)
