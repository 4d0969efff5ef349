"""The sales entry of a document: customers, revenue by account, VAT by due point.

Source: PCG accounts 411, 70, 44571; 44574 for VAT due on receipt (settled points 4 and 5).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from echeance.billing.rules.document import Amounts, Draft
from echeance.core.bookkeeping import account_number, sales_key, vat_key
from echeance.core.money import ZERO, format_number
from echeance.core.tax import Exigibility, Nature, VatShare, split_over_instalments
from echeance.core.terms import Instalment
from echeance.ledger.types import EntryFacts, ItemVat, NewOpenItem, Posting

JOURNAL = "VT"


def revenue_account(nature: str) -> str:
    """The usual account of a sale, where its article names none.

    >>> revenue_account("services"), revenue_account("goods")
    ('706000', '707000')
    """
    return account_number(sales_key(Nature(nature)))


def entry_of(
    draft: Draft,
    amounts: Amounts,
    *,
    number: str,
    issue_date: date,
    instalments: tuple[Instalment, ...],
) -> EntryFacts:
    """The entry of a document; a credit note is its mirror, all amounts positive."""
    label = f"{'Avoir' if draft.is_credit_note else 'Facture'} {number} {draft.buyer.name}"[:200]
    postings = [_side(account_number("customers"), amounts.gross, draft, receivable=True)]
    revenue: dict[str, Decimal] = {}
    for line in draft.lines:
        revenue[line.revenue_account] = revenue.get(line.revenue_account, ZERO) + line.net_amount
    postings += [
        _side(account, revenue[account], draft, receivable=False) for account in sorted(revenue)
    ]
    postings += [
        _side(
            account_number(vat_key(share.exigibility)),
            share.vat,
            draft,
            receivable=False,
            label=f"TVA {_percent(share.rate)} %",
        )
        for share in amounts.shares
        if share.exigibility is not Exigibility.NONE
    ]
    return EntryFacts(
        journal_code=JOURNAL,
        entry_date=issue_date,
        document_ref=number,
        document_date=issue_date,
        label=label,
        postings=tuple(postings),
        items=_items(draft, amounts, number, issue_date, instalments),
    )


def _side(
    account: str, amount: Decimal, draft: Draft, *, receivable: bool, label: str = ""
) -> Posting:
    party = draft.buyer.party_id if receivable else None
    if receivable != draft.is_credit_note:
        return Posting(account, debit=amount, party_id=party, label=label)
    return Posting(account, credit=amount, party_id=party, label=label)


def _items(
    draft: Draft,
    amounts: Amounts,
    number: str,
    issue_date: date,
    instalments: tuple[Instalment, ...],
) -> tuple[NewOpenItem, ...]:
    # A credit note is usable from its date; an invoice is owed at each instalment.
    due = instalments or (Instalment(issue_date, amounts.gross),)
    kind = "credit_note" if draft.is_credit_note else "invoice"
    parts = split_over_instalments(amounts.shares, [part.amount for part in due], draft.currency)
    return tuple(
        NewOpenItem(
            posting_index=0,
            due_date=part.due_date,
            kind=kind,
            document_ref=number,
            order_ref=draft.order_reference or draft.sales_order_reference,
            payment_ref=number,
            amount=part.amount,
            credits_ref=draft.preceding[0] if draft.preceding else "",
            vat=tuple(_item_vat(share) for share in shares),
        )
        for part, shares in zip(due, parts, strict=True)
    )


def _item_vat(share: VatShare) -> ItemVat:
    return ItemVat(share.category.value, share.rate, share.base, share.vat, share.exigibility.value)


def _percent(rate: Decimal) -> str:
    return format_number(rate, max(0, -int(rate.normalize().as_tuple().exponent)))
