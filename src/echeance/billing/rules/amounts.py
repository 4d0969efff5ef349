"""What a document is before its number, and what it comes to: totals, VAT, what is owed by whom.

Sources: EN 16931-1 BR-CO-10 to BR-CO-17 (totals, allowances and charges in the base of their rate),
CGI 267 (what the base of VAT holds), 269-2 and 272-1, 289 IV (VAT in euros).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from echeance.billing.errors import ExchangeRateMissingError, SharesExceedTotalError
from echeance.billing.rules import taxes
from echeance.billing.types import (
    CREDIT_KINDS,
    PREPAYMENT,
    SELF_BILLED_KINDS,
    AttachmentFacts,
    SellerFacts,
)
from echeance.core.bookkeeping import VatLeft, credit_vat
from echeance.core.money import ZERO, round_amount
from echeance.core.tax import (
    Exigibility,
    Nature,
    TaxedLine,
    VatCategory,
    VatLine,
    VatShare,
    breakdown,
    vat_shares,
)
from echeance.core.terms import Instalment
from echeance.parties.types import PartySnapshot

EURO = "EUR"
_HUNDRED = Decimal(100)

VatKey = tuple[VatCategory, Decimal, Exigibility]


@dataclass(frozen=True, slots=True)
class Allowance:
    """A discount or a charge; see :class:`echeance.billing.models.InvoiceAllowance`.

    Attributes:
        tax: VAT of one on the document; none for one on a line, which follows its line.
        account: Where it is posted; empty for one on a line, which is in the sale.
        deposit: Number and date of the prepayment invoice it deducts.
    """

    reason: str
    amount: Decimal
    is_charge: bool = False
    reason_code: str = ""
    percent: Decimal | None = None
    base: Decimal | None = None
    tax: taxes.LineTax | None = None
    nature: str = "goods"
    account: str = ""
    deposit: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line as drafted; see :class:`echeance.billing.models.InvoiceLine`."""

    position: int
    name: str
    description: str
    item_code: str
    nature: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    net_amount: Decimal
    tax: taxes.LineTax
    revenue_account: str
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    period: tuple[date | None, date | None] = (None, None)
    allowances: tuple[Allowance, ...] = ()
    vat_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays a share: per cent of the total, or an amount, VAT included."""

    party_id: int
    name: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """How much of the document's currency one euro buys, and where that was read."""

    rate: Decimal
    on: date
    source: str

    def euros(self, amount: Decimal) -> Decimal:
        """An amount in euros, rounded half up.

        >>> str(Exchange(Decimal("1.0832"), date(2026, 11, 23), "BCE").euros(Decimal("120.00")))
        '110.78'
        """
        return round_amount(amount / self.rate)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before its number.

    Attributes:
        buyer: Who is billed, at the establishment that receives the document, in its language.
            When it is self-billed, the company itself.
        terms: Code of the payment terms.
        preceding: Number and date of the invoice a credit note or a corrective invoice names.
        left: For a credit note on an invoice, what is left of that invoice by category, rate and
            exigibility.
        billing_email: Where the buyer receives invoices; its electronic address (BT-49) when it
            has none of its own.
        seller: The supplier in whose name the document is made; none when the company sells.
        supplier_id: That supplier.
        exchange: Rate of the currency; none for euros, or when none is known yet.
        annuls: For a corrective invoice, the draft that gives back all that is left of the one it
            stands in for.
    """

    kind: str
    buyer: PartySnapshot
    lines: tuple[Line, ...]
    terms: str
    currency: str = EURO
    order_reference: str = ""
    sales_order_reference: str = ""
    buyer_reference: str = ""
    delivery_date: date | None = None
    note: str = ""
    reason: str = ""
    preceding: tuple[str, date] | None = None
    left: Mapping[VatKey, VatLeft] | None = None
    billing_email: str = ""
    frame: str = ""
    contract_reference: str = ""
    project_reference: str = ""
    period: tuple[date | None, date | None] = (None, None)
    retained_amount: Decimal = ZERO
    retained_until: date | None = None
    allowances: tuple[Allowance, ...] = ()
    payers: tuple[Payer, ...] = ()
    attachments: tuple[AttachmentFacts, ...] = ()
    exchange: Exchange | None = None
    seller: SellerFacts | None = None
    supplier_id: int | None = None
    annuls: Draft | None = None

    @property
    def is_credit_note(self) -> bool:
        """Whether it gives back."""
        return self.kind in CREDIT_KINDS

    @property
    def is_self_billed(self) -> bool:
        """Whether the company makes it as its buyer, in the name of a supplier."""
        return self.kind in SELF_BILLED_KINDS

    @property
    def party_id(self) -> int:
        """The other party: the customer, or the supplier of a self-billed document."""
        return self.buyer.party_id if self.supplier_id is None else self.supplier_id

    @property
    def party_name(self) -> str:
        """Its name."""
        return self.buyer.name if self.seller is None else self.seller.name

    @property
    def deposits(self) -> tuple[tuple[str, date], ...]:
        """Number and date of the prepayment invoices it deducts, each once."""
        return tuple(dict.fromkeys(one.deposit for one in self.allowances if one.deposit))

    def seller_or(self, company: SellerFacts) -> SellerFacts:
        """Who sells: the supplier of a self-billed document, else the company."""
        return self.seller or company


@dataclass(frozen=True, slots=True)
class Amounts:
    """Totals of a draft, in its currency; ``shares`` is the VAT cut by due point, for the ledger.

    Attributes:
        net: BT-109.
        vat: BT-110.
        gross: BT-112.
        vat_lines: BG-23.
        taxed: Lines, then discounts and charges of the document, for the checks of VAT.
        line_total: BT-106.
        allowance_total: BT-107.
        charge_total: BT-108.
    """

    net: Decimal
    vat: Decimal
    gross: Decimal
    vat_lines: tuple[VatLine, ...]
    shares: tuple[VatShare, ...]
    taxed: tuple[TaxedLine, ...]
    line_total: Decimal
    allowance_total: Decimal = ZERO
    charge_total: Decimal = ZERO


def amounts_of(draft: Draft, company: SellerFacts, on: date) -> Amounts:
    """Totals and VAT of a draft, dated ``on``.

    Raises:
        CreditExceedsInvoiceError: A credit note gives back more than is left.
    """
    language = draft.buyer.language
    lines = tuple(
        taxes.taxed_line(
            net_amount=line.net_amount, nature=line.nature, tax=line.tax, on=on, language=language
        )
        for line in draft.lines
    )
    allowances, charges = (
        tuple(
            taxes.taxed_line(
                net_amount=one.amount, nature=one.nature, tax=one.tax, on=on, language=language
            )
            for one in draft.allowances
            if one.is_charge is is_charge and one.tax is not None
        )
        for is_charge in (False, True)
    )
    vat_lines = breakdown(lines, allowances=allowances, charges=charges, currency=draft.currency)
    if draft.left is None:
        shares = vat_shares(
            lines,
            allowances=allowances,
            charges=charges,
            on_debits=draft.seller_or(company).on_debits,
            prepayment=draft.kind == PREPAYMENT,
            currency=draft.currency,
        )
    else:
        signed = [
            *zip(lines, (line.vat_amount for line in draft.lines), strict=True),
            *((replace(one, net_amount=-one.net_amount), None) for one in allowances),
            *((one, None) for one in charges),
        ]
        shares = credit_shares(signed, draft.left, draft.currency)
        vat_lines = tuple(
            replace(
                line,
                vat=sum(
                    (
                        share.vat
                        for share in shares
                        if (share.category, share.rate) == (line.category, line.rate)
                    ),
                    ZERO,
                ),
            )
            for line in vat_lines
        )
    line_total = sum((line.net_amount for line in lines), ZERO)
    allowance_total = sum((one.net_amount for one in allowances), ZERO)
    charge_total = sum((one.net_amount for one in charges), ZERO)
    net = line_total - allowance_total + charge_total
    vat = sum((line.vat for line in vat_lines), ZERO)
    return Amounts(
        net,
        vat,
        net + vat,
        vat_lines,
        shares,
        (*lines, *allowances, *charges),
        line_total,
        allowance_total,
        charge_total,
    )


def credit_shares(
    lines: Sequence[tuple[TaxedLine, Decimal | None]],
    left: Mapping[VatKey, VatLeft],
    currency: str = EURO,
) -> tuple[VatShare, ...]:
    """VAT a credit note gives back, by group of its invoice: never more than is left of each.

    A line takes the due point its invoice had: the option for the debits may have changed since.

    Args:
        lines: What is given back, discounts below zero, each with its VAT where it was fixed with
            the amount; the VAT of a group is then the sum of those of its lines.
        left: What is left of the invoice.
        currency: ISO 4217 code.

    Raises:
        CreditExceedsInvoiceError: A group has less left than the credit takes.
    """
    bases: dict[VatKey, Decimal] = {}
    fixed: dict[VatKey, list[Decimal | None]] = {}
    for line, vat in lines:
        key = (line.category, line.rate, _due_point(line, left))
        bases[key] = bases.get(key, ZERO) + line.net_amount
        fixed.setdefault(key, []).append(vat)
    shares = []
    for key, base in bases.items():
        rest = left.get(key, VatLeft(key[1], ZERO, ZERO))
        vat = credit_vat(base, rest, currency)
        given = [one for one in fixed[key] if one is not None]
        if given and len(given) == len(fixed[key]) and base != rest.base:
            vat = min(sum(given, ZERO), rest.vat)
        shares.append(VatShare(key[0], key[1], base, vat, key[2]))
    return tuple(shares)


def _due_point(line: TaxedLine, left: Mapping[VatKey, VatLeft]) -> Exigibility:
    due = [key[2] for key in left if key[:2] == (line.category, line.rate)]
    if len(due) == 1:
        return due[0]
    return Exigibility.RECEIPTS if line.nature is Nature.SERVICES else Exigibility.DEBITS


def in_euros(draft: Draft, amounts: Amounts) -> tuple[Decimal, tuple[VatShare, ...]]:
    """Gross total and VAT of a document in euros: as they are, or at its rate.

    Each is converted by itself and rounded; the sale takes what the rounding leaves.

    Raises:
        ExchangeRateMissingError: The rate of its currency is not known.
    """
    if draft.currency == EURO:
        return amounts.gross, amounts.shares
    if draft.exchange is None:
        raise ExchangeRateMissingError(draft.currency)
    euros = draft.exchange.euros
    shares = tuple(
        replace(share, base=euros(share.base), vat=euros(share.vat)) for share in amounts.shares
    )
    return euros(amounts.gross), shares


# -- who owes what, and when ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """What one party owes on one day, in the currency of the document.

    Attributes:
        retained: It is kept back until the end of a retention.
    """

    party_id: int
    due_date: date
    amount: Decimal
    retained: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PaidShare:
    """What a payer other than the buyer pays of a document."""

    party_id: int
    name: str
    amount: Decimal
    reference: str = ""


def paid_shares(
    payers: Sequence[Payer], gross: Decimal, currency: str = EURO
) -> tuple[PaidShare, ...]:
    """What each payer pays; the buyer pays what is left.

    Parts are reckoned on the whole total, each rounded half up; where they sum to a hundred with
    nothing else, the last one takes the rest.

    Raises:
        SharesExceedTotalError: They sum to more than the document.

    >>> opco = Payer(7, "OPCO", percent=Decimal(70))
    >>> [str(one.amount) for one in paid_shares([opco], Decimal("1200.00"))]
    ['840.00']
    """
    if not payers:
        return ()
    found: list[PaidShare] = []
    for payer in payers:
        if payer.amount is not None:
            amount = payer.amount
        else:
            amount = round_amount(gross * (payer.percent or ZERO) / _HUNDRED, currency)
        found.append(PaidShare(payer.party_id, payer.name, amount, payer.reference))
    total = sum((one.amount for one in found), ZERO)
    whole = sum((payer.percent or ZERO for payer in payers), ZERO) == _HUNDRED
    if whole and all(payer.percent is not None for payer in payers):
        found[-1] = replace(found[-1], amount=found[-1].amount + gross - total)
    elif total > gross:
        raise SharesExceedTotalError(total, gross)
    return tuple(one for one in found if one.amount > ZERO)


def own_share(draft: Draft, gross: Decimal) -> Decimal:
    """What the buyer pays at the usual terms: not what is kept back, nor what others pay.

    Raises:
        SharesExceedTotalError: Others' shares and the retention are more than the document.
    """
    others = paid_shares(draft.payers, gross, draft.currency)
    apart = sum((one.amount for one in others), draft.retained_amount)
    if apart > gross:
        raise SharesExceedTotalError(apart, gross)
    return gross - apart


def dues_of(draft: Draft, gross: Decimal, instalments: Sequence[Instalment]) -> tuple[Due, ...]:
    """Who owes what and when: the buyer's instalments, its retention, then the other payers.

    Args:
        draft: The document.
        gross: Its total, VAT included.
        instalments: Of the buyer's own share, at least one even when it is zero.
    """
    dues = [Due(draft.party_id, part.due_date, part.amount) for part in instalments]
    last = max(due.due_date for due in dues)
    if draft.retained_amount and draft.retained_until:
        day = last if draft.is_credit_note else draft.retained_until
        dues.append(Due(draft.party_id, day, draft.retained_amount, retained=True))
    dues += [
        Due(share.party_id, last, share.amount, reference=share.reference)
        for share in paid_shares(draft.payers, gross, draft.currency)
    ]
    return tuple(due for due in dues if due.amount > ZERO)
