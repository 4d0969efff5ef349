"""Entries of debts that may not be paid: doubtful, allowance, loss, received after all. Pure.

Sources: PCG art. 214-25 (allowance), 944-41 (416, 491); CGI art. 269-2 c and 272-1 (VAT).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from echeance.core.bookkeeping import (
    Loss,
    OpenVat,
    VatLeft,
    account_number,
    loss_of,
    split_credit,
    vat_owed_again,
)
from echeance.core.money import ZERO, format_number
from echeance.ledger.types import EntryFacts, ItemVat, NewOpenItem, OpenItemFacts, Posting

JOURNAL = "OD"
CUSTOMERS = account_number("customers")
DOUBTFUL = account_number("doubtful_customers")
_RECEIPTS = "receipts"


def open_vat(rows: Sequence[ItemVat]) -> tuple[OpenVat, ...]:
    """VAT of the ledger as the arithmetic reads it."""
    return tuple(OpenVat(one.rate, one.base, one.vat, one.exigibility == _RECEIPTS) for one in rows)


def part_of(amount: Decimal, rows: Sequence[ItemVat]) -> tuple[ItemVat, ...]:
    """VAT of a part of what is open, each rate by its share; all of it for the whole.

    Args:
        amount: The part, VAT included.
        rows: VAT of what is open; bases and VAT sum to it. Empty without VAT facts.
    """
    if not rows:
        return ()
    left = [VatLeft(one.rate, one.base, one.vat) for one in rows]
    return tuple(
        replace(one, base=share.base, vat=share.vat)
        for one, share in zip(rows, split_credit(amount, left), strict=True)
    )


def carried_entry(
    item: OpenItemFacts, rows: Sequence[ItemVat], *, account: str, on: date, label: str
) -> EntryFacts:
    """Carry what is left of an item to another party account, VAT not due yet with it.

    Its first item closes the old one, its second stands in for it.
    """
    return _entry(
        item,
        on,
        label,
        (
            Posting(account, debit=item.open_amount, party_id=item.party_id, label=label),
            Posting(item.account, credit=item.open_amount, party_id=item.party_id, label=label),
        ),
        (
            _closing(item, 1, tuple(rows)),
            NewOpenItem(
                posting_index=0,
                due_date=item.due_date,
                kind=item.kind,
                document_ref=item.document_ref,
                order_ref=item.order_ref,
                payment_ref=item.payment_ref,
                vat=tuple(rows),
            ),
        ),
    )


def doubtful_entry(item: OpenItemFacts, rows: Sequence[ItemVat], on: date) -> EntryFacts:
    """416 from 411, VAT included: the customer's debt is doubted, nothing is lost yet."""
    label = f"Passage en client douteux {item.document_ref}"
    return carried_entry(item, rows, account=DOUBTFUL, on=on, label=label)


def healthy_entry(item: OpenItemFacts, rows: Sequence[ItemVat], on: date) -> EntryFacts:
    """411 from 416: the debt is no longer doubted."""
    label = f"Retour au compte client {item.document_ref}"
    return carried_entry(item, rows, account=CUSTOMERS, on=on, label=label)


def allowance_entry(
    item: OpenItemFacts, amount: Decimal, on: date, rate_percent: Decimal
) -> EntryFacts:
    """6817 to 491 for more allowance, 491 to 7817 for less; ``amount`` is signed, not zero."""
    allowance = account_number("doubtful_allowance")
    size = abs(amount)
    if amount > ZERO:
        label = f"Dépréciation {item.document_ref} à {_percent(rate_percent)}"
        debit, credit = account_number("allowance_expense"), allowance
    else:
        label = f"Reprise de dépréciation {item.document_ref}"
        debit, credit = allowance, account_number("allowance_reversal")
    postings = (Posting(debit, debit=size, label=label), Posting(credit, credit=size, label=label))
    return _entry(item, on, label, postings, ())


def loss_entry(
    item: OpenItemFacts, amount: Decimal, rows: Sequence[ItemVat], on: date, *, recovers: bool
) -> tuple[EntryFacts, Loss]:
    """654, with the VAT taken off 44574 or claimed back on 44571, from the customer's account.

    Args:
        item: The debt, on 411 or 416.
        amount: Lost, VAT included, no more than is open.
        rows: VAT of that amount, from :func:`part_of`.
        on: Date of the entry.
        recovers: VAT due already is claimed back.
    """
    loss = loss_of(amount, open_vat(rows), recovers=recovers)
    label = f"Créance irrécouvrable {item.document_ref}"
    postings = [Posting(account_number("bad_debts"), debit=loss.expense, label=label)]
    for one in rows:
        deferred = one.exigibility == _RECEIPTS
        if deferred or recovers:
            account = account_number("vat_deferred" if deferred else "vat_collected")
            text = f"{label}, TVA {_percent(one.rate)}"
            postings.append(Posting(account, debit=one.vat, label=text))
    postings.append(Posting(item.account, credit=amount, party_id=item.party_id, label=label))
    closing = _closing(item, len(postings) - 1, tuple(rows))
    return _entry(item, on, label, tuple(postings), (closing,)), loss


def recovered_vat(
    rows: Sequence[ItemVat],
    *,
    lost: Decimal,
    received_total: Decimal,
    received_before: Decimal,
    claimed: bool,
) -> list[tuple[Decimal, Decimal]]:
    """VAT owed again on what is received of a loss, rate by rate (rate, amount).

    Args:
        rows: VAT of the lost amount.
        lost: The lost amount, VAT included.
        received_total: Received of it since, this time too.
        received_before: The same without this time.
        claimed: VAT due from the invoice was claimed back; VAT on receipts always is owed.
    """
    found = []
    for one in rows:
        if not (claimed or one.exigibility == _RECEIPTS):
            continue
        before = vat_owed_again(one.vat, lost, received_before, ZERO)
        found.append((one.rate, vat_owed_again(one.vat, lost, received_total, before)))
    return found


def recovery_entry(
    receipt: OpenItemFacts,
    document_ref: str,
    document_date: date,
    *,
    amount: Decimal,
    vat: Sequence[tuple[Decimal, Decimal]],
    on: date,
) -> EntryFacts:
    """758 and the VAT owed again, from money received that no open debt explains.

    The PCG in force since 2025 has no account of its own for it (7714 is gone): 758.
    """
    label = f"Encaissement sur créance perdue {document_ref}"
    tax = sum((one for _, one in vat), ZERO)
    postings = [
        Posting(receipt.account, debit=amount, party_id=receipt.party_id, label=label),
        Posting(account_number("misc_income"), credit=amount - tax, label=label),
    ]
    postings += [
        Posting(account_number("vat_collected"), credit=one, label=f"{label}, TVA {_percent(rate)}")
        for rate, one in vat
    ]
    item = NewOpenItem(
        posting_index=0, due_date=on, kind="other", document_ref=document_ref, amount=amount
    )
    return EntryFacts(JOURNAL, on, document_ref, document_date, label, tuple(postings), (item,))


def _closing(item: OpenItemFacts, place: int, rows: tuple[ItemVat, ...]) -> NewOpenItem:
    return NewOpenItem(
        posting_index=place,
        due_date=item.due_date,
        kind="other",
        document_ref=item.document_ref,
        credits_ref=item.document_ref,
        vat=rows,
    )


def _entry(
    item: OpenItemFacts,
    on: date,
    label: str,
    postings: tuple[Posting, ...],
    items: tuple[NewOpenItem, ...],
) -> EntryFacts:
    return EntryFacts(JOURNAL, on, item.document_ref, item.document_date, label, postings, items)


def _percent(rate: Decimal) -> str:
    text = format_number(rate).rstrip("0").rstrip(",")
    return f"{text} %"
