"""The entry of a document: who owes it, sales by account, VAT by due point; in euros.

Sources: PCG accounts 411, 4117, 4191, 70, 44571, 401, 44566; 44574 and 44564 for VAT due on receipt
(settled points 4 and 5); CGI 283 (reverse charge of a self-billed purchase).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.rules.amounts import Amounts, Draft, Due, dues_of, in_euros, own_share
from echeance.billing.types import GLOBAL_CREDIT, PREPAYMENT, SELF_BILLED_KINDS
from echeance.core.bookkeeping import account_number, sales_key, vat_key
from echeance.core.money import ZERO, allocate, format_number, round_amount
from echeance.core.tax import (
    Exigibility,
    Nature,
    VatCategory,
    VatShare,
    split_over_instalments,
)
from echeance.core.terms import Instalment
from echeance.ledger.types import EntryFacts, ItemVat, NewOpenItem, Posting

SALES: Final = "VT"
PURCHASES: Final = "AC"
ADVANCES: Final = account_number("customer_advances")
_HUNDRED: Final = Decimal(100)
_REVERSED: Final = frozenset({VatCategory.AE, VatCategory.K})


def revenue_account(nature: str) -> str:
    """The usual account of a sale, where its article names none.

    >>> revenue_account("services"), revenue_account("goods")
    ('706000', '707000')
    """
    return account_number(sales_key(Nature(nature)))


def purchase_account(nature: str) -> str:
    """The usual account of what is bought under a self-billing mandate.

    >>> purchase_account("services"), purchase_account("goods")
    ('604000', '607000')
    """
    services = Nature(nature) is Nature.SERVICES
    return account_number("purchases_services" if services else "purchases_goods")


def usual_account(kind: str, nature: str) -> str:
    """The usual account of a line of a document.

    >>> usual_account("380", "services"), usual_account("386", "goods")
    ('706000', '419100')
    >>> usual_account("262", "goods"), usual_account("389", "services")
    ('709000', '604000')
    """
    if kind == PREPAYMENT:
        return ADVANCES
    if kind == GLOBAL_CREDIT:
        return account_number("sales_reductions")
    return purchase_account(nature) if kind in SELF_BILLED_KINDS else revenue_account(nature)


def allowance_account(*, is_charge: bool, deposit: bool, self_billed: bool = False) -> str:
    """The usual account of a discount, a charge or a deposit deducted.

    >>> allowance_account(is_charge=False, deposit=False)
    '709000'
    >>> allowance_account(is_charge=True, deposit=False)
    '708500'
    >>> allowance_account(is_charge=False, deposit=True)
    '419100'
    """
    if deposit:
        return ADVANCES
    if self_billed:
        return account_number("purchases_services" if is_charge else "purchase_reductions")
    return account_number("sales_shipping" if is_charge else "sales_reductions")


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """An entry, and what its items stand for.

    Attributes:
        facts: What the ledger posts; its items are, in order, the dues, the advances, then what
            annuls the document a corrective one stands in for.
        dues: What is owed, one item each.
        advances: Number of the prepayment invoice each advance is of: the document itself where
            it is one, else the deposit it deducts or takes back.
        annulling: How many items give back a document that is annulled.
    """

    facts: EntryFacts
    dues: tuple[Due, ...]
    advances: tuple[str, ...] = ()
    annulling: int = 0


def entry_of(
    draft: Draft,
    amounts: Amounts,
    *,
    number: str,
    issue_date: date,
    dues: Sequence[Due],
    annulled: Amounts | None = None,
    standard_rate: Decimal = ZERO,
) -> DocumentEntry:
    """The entry of a document; a credit note is its mirror, all amounts positive.

    A corrective invoice has two halves in one entry: its own, and the mirror of all that is left
    of the invoice it stands in for.

    Args:
        draft: The document.
        amounts: Its totals, in its currency.
        number: Its number.
        issue_date: Its date.
        dues: Who owes what and when, in its currency.
        annulled: Totals of ``draft.annuls``.
        standard_rate: Per cent, for the reverse charge of a self-billed purchase.

    Raises:
        ExchangeRateMissingError: The rate of its currency is not known.
    """
    word = "Avoir" if draft.is_credit_note else "Facture"
    stamp = _Stamp(number, issue_date, standard_rate)
    half = _half(draft, amounts, tuple(dues), stamp)
    halves = [half]
    if draft.annuls is not None and annulled is not None and draft.preceding is not None:
        own = Instalment(issue_date, own_share(draft.annuls, annulled.gross))
        back = dues_of(draft.annuls, annulled.gross, (own,))
        halves.append(_half(draft.annuls, annulled, back, stamp))
    postings: list[Posting] = []
    items: list[NewOpenItem] = []
    for one in halves:
        items += [_moved(item, len(postings)) for item in one.items]
        postings += one.postings
    return DocumentEntry(
        EntryFacts(
            journal_code=PURCHASES if draft.is_self_billed else SALES,
            entry_date=issue_date,
            document_ref=number,
            document_date=issue_date,
            label=f"{word} {number} {draft.party_name}"[:200],
            postings=tuple(postings),
            items=tuple(items),
        ),
        tuple(dues),
        half.advances,
        len(items) - len(half.items),
    )


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What both halves share."""

    number: str
    day: date
    standard_rate: Decimal


@dataclass(frozen=True, slots=True)
class _Half:
    postings: list[Posting]
    items: list[NewOpenItem]
    advances: tuple[str, ...]


def _moved(item: NewOpenItem, by: int) -> NewOpenItem:
    return replace(item, posting_index=item.posting_index + by) if by else item


def _half(draft: Draft, amounts: Amounts, dues: tuple[Due, ...], stamp: _Stamp) -> _Half:
    gross, shares = in_euros(draft, amounts)
    # A sale debits its customer; a credit note, or a purchase, credits the other party.
    debits_party = draft.is_credit_note == draft.is_self_billed
    postings, items = _owed(draft, gross, shares, stamp.number, dues, debits_party=debits_party)
    parts, advances = _parts(draft, gross - sum((share.vat for share in shares), ZERO))
    for account, amount, party_id in parts:
        postings.append(_posting(account, amount, party_id, debit=not debits_party))
    postings += [
        _posting(
            _vat_account(draft, share.exigibility),
            share.vat,
            None,
            debit=not debits_party,
            label=f"TVA {_percent(share.rate)} %",
        )
        for share in shares
        if share.exigibility is not Exigibility.NONE
    ]
    if draft.is_self_billed:
        postings += _reverse_charge(shares, stamp.standard_rate, debit=not debits_party)
    places = [
        place for place, (account, _, _) in enumerate(parts) if account.startswith(ADVANCES[:4])
    ]
    first = len({(due.party_id, due.retained) for due in dues})
    items += [
        NewOpenItem(
            posting_index=first + place,
            due_date=stamp.day,
            kind="other",
            document_ref=stamp.number,
            payment_ref=of or stamp.number,
        )
        for place, of in zip(places, advances, strict=True)
    ]
    return _Half(postings, items, advances)


def _owed(
    draft: Draft,
    gross: Decimal,
    shares: Sequence[VatShare],
    number: str,
    dues: tuple[Due, ...],
    *,
    debits_party: bool,
) -> tuple[list[Posting], list[NewOpenItem]]:
    """One line a party and account, one item a due with its part of VAT."""
    if not dues:
        return [], []
    euros = allocate(gross, [due.amount for due in dues])
    vat = split_over_instalments(shares, euros)
    places: dict[tuple[int, bool], int] = {}
    sums: dict[tuple[int, bool], Decimal] = {}
    for due, amount in zip(dues, euros, strict=True):
        key = (due.party_id, due.retained)
        places.setdefault(key, len(places))
        sums[key] = sums.get(key, ZERO) + amount
    postings = [
        _posting(_party_account(draft, retained=retained), amount, party_id, debit=debits_party)
        for (party_id, retained), amount in sums.items()
    ]
    kind = "credit_note" if draft.is_credit_note else "invoice"
    credits_ref = draft.preceding[0] if draft.preceding and draft.is_credit_note else ""
    items = [
        NewOpenItem(
            posting_index=places[due.party_id, due.retained],
            due_date=due.due_date,
            kind=kind,
            document_ref=number,
            order_ref=due.reference or draft.order_reference or draft.sales_order_reference,
            payment_ref=number,
            amount=amount,
            credits_ref=credits_ref,
            vat=tuple(_item_vat(share) for share in part),
        )
        for due, amount, part in zip(dues, euros, vat, strict=True)
    ]
    return postings, items


def _party_account(draft: Draft, *, retained: bool) -> str:
    if draft.is_self_billed:
        return account_number("suppliers")
    return account_number("customers_retention" if retained else "customers")


def _vat_account(draft: Draft, due: Exigibility) -> str:
    if not draft.is_self_billed:
        return account_number(vat_key(due))
    deferred = due is Exigibility.RECEIPTS
    return account_number("vat_deductible_deferred" if deferred else "vat_deductible")


_Part = tuple[str, Decimal, int | None]


def _parts(draft: Draft, net: Decimal) -> tuple[list[_Part], tuple[str, ...]]:
    """What the document sells or buys, by account, in euros; what it deducts is below zero.

    Args:
        draft: The document.
        net: Its total before VAT in euros: what rounding leaves goes to the largest part.

    Returns:
        The parts, and the prepayment invoice of each part that is an advance.
    """
    sums: dict[tuple[str, str], Decimal] = {}
    for line in draft.lines:
        of_advance = line.revenue_account.startswith(ADVANCES[:4])
        key = (line.revenue_account, _OWN if of_advance else "")
        sums[key] = sums.get(key, ZERO) + line.net_amount
    for one in draft.allowances:
        key = (one.account, one.deposit[0] if one.deposit else "")
        sums[key] = sums.get(key, ZERO) + (one.amount if one.is_charge else -one.amount)
    if draft.exchange is not None:
        sums = {key: draft.exchange.euros(amount) for key, amount in sums.items()}
        largest = max(sums, key=lambda key: (abs(sums[key]), key))
        sums[largest] += net - sum(sums.values(), ZERO)
    sums = {key: amount for key, amount in sums.items() if amount}
    parts = [
        (account, sums[account, of], draft.party_id if of else None) for account, of in sorted(sums)
    ]
    advances = [
        (draft.preceding[0] if draft.preceding and draft.is_credit_note else "")
        if of == _OWN
        else of
        for _, of in sorted(sums)
        if of
    ]
    return parts, tuple(advances)


_OWN: Final = "-"
"""Stands for the document itself among the deposits of a part."""


def _reverse_charge(shares: Sequence[VatShare], rate: Decimal, *, debit: bool) -> list[Posting]:
    base = sum((share.base for share in shares if share.category in _REVERSED), ZERO)
    vat = round_amount(base * rate / _HUNDRED)
    if not vat:
        return []
    label = f"TVA autoliquidée {_percent(rate)} %"
    return [
        _posting(account_number("vat_deductible"), vat, None, debit=debit, label=label),
        _posting(account_number("vat_intra_eu"), vat, None, debit=not debit, label=label),
    ]


def _posting(
    account: str, amount: Decimal, party_id: int | None, *, debit: bool, label: str = ""
) -> Posting:
    """One side above zero: an amount below zero stands on the other side."""
    if amount < ZERO:
        amount, debit = -amount, not debit
    if debit:
        return Posting(account, debit=amount, party_id=party_id, label=label)
    return Posting(account, credit=amount, party_id=party_id, label=label)


def _item_vat(share: VatShare) -> ItemVat:
    return ItemVat(share.category.value, share.rate, share.base, share.vat, share.exigibility.value)


def _percent(rate: Decimal) -> str:
    return format_number(rate, max(0, -int(rate.normalize().as_tuple().exponent)))
