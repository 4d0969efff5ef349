"""From a draft to the document of EN 16931: totals, due dates, mentions, notes.

Sources: EN 16931-1 (BT and BG numbers), XP Z12-012 (BR-FR), CGI ann. II 242 nonies A, C. com.
L441-9 and L441-10, and for credit notes CGI 272-1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from echeance.billing.rules import taxes
from echeance.billing.types import (
    CREDIT_NOTE,
    PREPAYMENT,
    BillingPolicy,
    PaymentAccount,
    SellerFacts,
)
from echeance.core.bookkeeping import VatLeft, credit_vat
from echeance.core.einvoice import model
from echeance.core.einvoice.profiles import CORE
from echeance.core.identifiers import Siren
from echeance.core.mentions import ExemptionUse, Mention, MentionFacts, mentions_for
from echeance.core.money import ZERO
from echeance.core.tax import (
    Exemption,
    Exigibility,
    Nature,
    TaxedLine,
    VatCategory,
    VatLine,
    VatShare,
    breakdown,
    combined_nature,
    tax_point,
    vat_shares,
)
from echeance.core.terms import (
    CustomerKind,
    Instalment,
    PaymentTerms,
    due_dates,
    parse_terms,
    terms_label,
)
from echeance.parties.types import PartySnapshot

CREDIT_TERMS: Final = "À déduire de votre prochain règlement, ou à rembourser"
CONSUMER_NOTES: Final = (
    model.Note("Pénalités de retard : sans objet (acheteur non professionnel)", "PMD"),
    model.Note("Indemnité de recouvrement : sans objet (acheteur non professionnel)", "PMT"),
)
NO_DISCOUNT: Final = model.Note("Escompte pour paiement anticipé : néant", "AAB")
SEPA_TRANSFER: Final = "58"

VatKey = tuple[VatCategory, Decimal, Exigibility]


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


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before its number.

    Attributes:
        terms: Code of the payment terms.
        preceding: Number and date of the invoice a credit note corrects.
        left: For a credit note, what is left of that invoice by category, rate and exigibility.
        billing_email: Where the buyer receives invoices; its electronic address (BT-49) when it
            has none of its own.
    """

    kind: str
    buyer: PartySnapshot
    lines: tuple[Line, ...]
    terms: str
    currency: str = "EUR"
    order_reference: str = ""
    sales_order_reference: str = ""
    buyer_reference: str = ""
    delivery_date: date | None = None
    note: str = ""
    reason: str = ""
    preceding: tuple[str, date] | None = None
    left: Mapping[VatKey, VatLeft] | None = None
    billing_email: str = ""

    @property
    def is_credit_note(self) -> bool:
        """Whether it gives back."""
        return self.kind == CREDIT_NOTE


@dataclass(frozen=True, slots=True)
class Amounts:
    """Totals of a draft; ``shares`` is the VAT cut by due point, for the ledger."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    vat_lines: tuple[VatLine, ...]
    shares: tuple[VatShare, ...]
    taxed: tuple[TaxedLine, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """A draft made into a document, with what the XML has no room for."""

    document: model.Invoice
    amounts: Amounts
    instalments: tuple[Instalment, ...]
    mentions: tuple[str, ...]
    language: str


def amounts_of(draft: Draft, seller: SellerFacts, on: date) -> Amounts:
    """Totals and VAT of a draft, dated ``on``.

    Raises:
        CreditExceedsInvoiceError: A credit note gives back more than is left.
    """
    taxed = tuple(
        taxes.taxed_line(
            net_amount=line.net_amount,
            nature=line.nature,
            tax=line.tax,
            on=on,
            language=draft.buyer.language,
        )
        for line in draft.lines
    )
    vat_lines = breakdown(taxed, currency=draft.currency)
    if draft.left is None:
        shares = vat_shares(
            taxed,
            on_debits=seller.on_debits,
            prepayment=draft.kind == PREPAYMENT,
            currency=draft.currency,
        )
    else:
        shares = credit_shares(taxed, draft.left, draft.currency)
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
    net = sum((line.net_amount for line in taxed), ZERO)
    vat = sum((line.vat for line in vat_lines), ZERO)
    return Amounts(net, vat, net + vat, vat_lines, shares, taxed)


def credit_shares(
    lines: Sequence[TaxedLine], left: Mapping[VatKey, VatLeft], currency: str = "EUR"
) -> tuple[VatShare, ...]:
    """VAT a credit note gives back, by group of its invoice: never more than is left of each.

    A line takes the due point its invoice had: the option for the debits may have changed since.

    Raises:
        CreditExceedsInvoiceError: A group has less left than the credit takes.
    """
    bases: dict[VatKey, Decimal] = {}
    for line in lines:
        due = [key[2] for key in left if key[:2] == (line.category, line.rate)]
        if len(due) == 1:
            exigibility = due[0]
        elif line.nature is Nature.SERVICES:
            exigibility = Exigibility.RECEIPTS
        else:
            exigibility = Exigibility.DEBITS
        key = (line.category, line.rate, exigibility)
        bases[key] = bases.get(key, ZERO) + line.net_amount
    nothing = ZERO
    return tuple(
        VatShare(
            key[0],
            key[1],
            base,
            credit_vat(base, left.get(key, VatLeft(key[1], nothing, nothing)), currency),
            key[2],
        )
        for key, base in bases.items()
    )


def compose(
    draft: Draft,
    *,
    number: str,
    issue_date: date,
    seller: SellerFacts,
    account: PaymentAccount | None,
    policy: BillingPolicy,
) -> Composed:
    """The document a draft becomes on ``issue_date`` under ``number``.

    Raises:
        CreditExceedsInvoiceError: A credit note gives back more than is left.
        UnreadableTermsError: The payment terms cannot be read.
        NoWordingError: No mention is known at that date.
    """
    amounts = amounts_of(draft, seller, issue_date)
    nature = combined_nature(Nature(line.nature) for line in draft.lines)
    mentions = mentions_of(draft, seller, nature, policy, issue_date)
    instalments: tuple[Instalment, ...] = ()
    due_date, terms_text = None, CREDIT_TERMS
    if not draft.is_credit_note:
        terms = parsed_terms(draft.terms)
        instalments = due_dates(terms, issue_date, amounts.gross, draft.currency)
        due_date = instalments[-1].due_date
        terms_text = _capitalised(terms_label(terms, issue_date, amounts.gross))
    outside = all(line.tax.category is VatCategory.O for line in draft.lines)
    document = model.Invoice(
        number=number,
        issue_date=issue_date,
        type_code=draft.kind,
        currency=draft.currency,
        tax_point_code=_tax_point_code(draft, seller, amounts),
        due_date=due_date,
        buyer_reference=draft.buyer_reference,
        order_reference=draft.order_reference,
        sales_order_reference=draft.sales_order_reference,
        payment_terms=terms_text,
        notes=_notes(draft, mentions),
        business_process=f"{nature.letter}1",
        specification_id=CORE,
        preceding_invoices=(model.PrecedingInvoice(*draft.preceding),) if draft.preceding else (),
        seller=_seller(seller, with_vat_id=not outside),
        buyer=_buyer(draft, with_vat_id=not outside),
        delivery=_delivery(draft, issue_date),
        payment_means=_payment_means(draft, account),
        remittance_information="" if draft.is_credit_note else number,
        totals=model.Totals(
            line_total=amounts.net,
            net_total=amounts.net,
            vat_total=amounts.vat,
            gross_total=amounts.gross,
            amount_due=amounts.gross,
        ),
        vat_breakdown=tuple(
            model.VatBreakdown(
                taxable_amount=line.base,
                tax_amount=line.vat,
                vat_category=line.category.value,
                vat_rate=_rate(line.category, line.rate),
                exemption_reason=line.exemption_text,
                exemption_code=line.exemption_code,
            )
            for line in amounts.vat_lines
        ),
        lines=tuple(
            model.InvoiceLine(
                id=str(line.position),
                name=line.name,
                description=line.description,
                seller_item_id=line.item_code,
                quantity=line.quantity,
                unit_code=line.unit_code,
                unit_price=line.unit_price,
                net_amount=line.net_amount,
                vat_category=line.tax.category.value,
                vat_rate=_rate(line.tax.category, line.tax.rate),
            )
            for line in draft.lines
        ),
    )
    printed = tuple(mention.text for mention in mentions if mention.key.startswith("nature_"))
    return Composed(document, amounts, instalments, printed, draft.buyer.language)


def with_number(composed: Composed, number: str) -> Composed:
    """The same document under its final number."""
    document = composed.document
    remittance = number if document.remittance_information else ""
    return replace(
        composed,
        document=replace(document, number=number, remittance_information=remittance),
    )


@lru_cache(maxsize=256)
def parsed_terms(code: str) -> PaymentTerms:
    """Payment terms of a code; a run reads the same few thousands of times.

    Raises:
        UnreadableTermsError: The code names no known terms.
    """
    return parse_terms(code)


def mentions_of(
    draft: Draft, seller: SellerFacts, nature: Nature, policy: BillingPolicy, on: date
) -> tuple[Mention, ...]:
    """Mandatory mentions of a draft.

    Raises:
        NoWordingError: No text is known at that date.
    """
    uses = dict.fromkeys(
        ExemptionUse(Exemption(line.tax.exemption), line.tax.article)
        for line in draft.lines
        if line.tax.exemption
    )
    return _mentions(
        MentionFacts(
            customer=CustomerKind(draft.buyer.category),
            nature=nature,
            exemptions=tuple(uses),
            on_debits=seller.on_debits,
            penalty_rate=policy.penalty_rate_percent,
            legal_form=seller.legal_form,
            share_capital=seller.share_capital,
            siren=Siren(seller.siren) if Siren.is_valid(seller.siren) else None,
            registry_city=seller.rcs_city,
            sole_trader=policy.sole_trader,
            vat_group=policy.vat_group,
            insurance=policy.insurance,
            language=draft.buyer.language,
        ),
        on,
    )


# A billing run has a handful of distinct facts for thousands of documents.
_mentions = lru_cache(maxsize=1024)(mentions_for)


def _notes(draft: Draft, mentions: Sequence[Mention]) -> tuple[model.Note, ...]:
    notes = [model.Note(mention.note, mention.subject_code) for mention in mentions]
    notes = [note for note in notes if note.subject_code]
    if draft.buyer.category == CustomerKind.CONSUMER:
        # BR-FR-05 wants the three notes on every document; the law gives consumers none of them.
        present = {note.subject_code for note in notes}
        notes += [
            note for note in (*CONSUMER_NOTES, NO_DISCOUNT) if note.subject_code not in present
        ]
    notes.append(model.Note(treatment(draft.buyer), "BAR"))
    if draft.reason:
        notes.append(model.Note(f"Motif de l'avoir : {draft.reason}"))
    if draft.note:
        notes.append(model.Note(draft.note))
    return tuple(notes)


def treatment(buyer: PartySnapshot) -> str:
    """The flow a document belongs to (note BAR): between French firms, abroad, to consumers."""
    consumer = buyer.category == CustomerKind.CONSUMER
    if buyer.country in {"FR", "MC"}:
        return "B2C" if consumer else "B2B"
    return "B2CINT" if consumer else "B2BINT"


def _tax_point_code(draft: Draft, seller: SellerFacts, amounts: Amounts) -> str:
    natures = {line.nature for line in amounts.taxed if line.category.is_taxed}
    point = tax_point(natures, on_debits=seller.on_debits, prepayment=draft.kind == PREPAYMENT)
    return point.value if point else ""


def _rate(category: VatCategory, rate: Decimal) -> Decimal | None:
    return None if category is VatCategory.O else rate


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=64)
def _seller(seller: SellerFacts, *, with_vat_id: bool) -> model.Party:
    return model.Party(
        name=seller.name,
        global_identifiers=(model.Identifier(seller.siret, "0009"),) if seller.siret else (),
        legal_id=model.Identifier(seller.siren, "0002") if seller.siren else None,
        vat_id=seller.vat_id if with_vat_id else "",
        electronic_address=_electronic(seller.electronic_address or seller.siren),
        address=model.Address(
            line_one=seller.address_line,
            line_two=seller.address_extra,
            post_code=seller.postcode,
            city=seller.city,
            country_code=seller.country,
        ),
        contact=model.Contact(telephone=seller.phone, email=seller.email)
        if seller.phone or seller.email
        else None,
    )


def _buyer(draft: Draft, *, with_vat_id: bool) -> model.Party:
    buyer = draft.buyer
    address = buyer.electronic_address
    if not address and draft.billing_email:
        address = f"EM:{draft.billing_email}"
    return model.Party(
        name=buyer.name,
        global_identifiers=(model.Identifier(buyer.siret, "0009"),) if buyer.siret else (),
        legal_id=model.Identifier(buyer.siren, "0002") if buyer.siren else None,
        vat_id=buyer.vat_id if with_vat_id else "",
        electronic_address=_electronic(address),
        address=_address(buyer),
    )


def _address(buyer: PartySnapshot) -> model.Address:
    return model.Address(
        line_one=buyer.address_line,
        line_two=buyer.address_extra,
        post_code=buyer.postcode,
        city=buyer.city,
        country_code=buyer.country,
    )


@lru_cache(maxsize=4096)
def _electronic(text: str) -> model.Identifier | None:
    """``scheme:value``; a bare value is a French routing address (0225)."""
    if not text:
        return None
    if ":" not in text:
        return model.Identifier(text, "0225")
    scheme, _, value = text.partition(":")
    return model.Identifier(value, scheme)


def _delivery(draft: Draft, issue_date: date) -> model.Delivery | None:
    intra = any(line.tax.category is VatCategory.K for line in draft.lines)
    if intra:  # BR-IC-11 and BR-IC-12 want the day and the country
        return model.Delivery(
            name=draft.buyer.name,
            delivery_date=draft.delivery_date or issue_date,
            address=_address(draft.buyer),
        )
    return model.Delivery(delivery_date=draft.delivery_date) if draft.delivery_date else None


def _payment_means(draft: Draft, account: PaymentAccount | None) -> tuple[model.PaymentMeans, ...]:
    if draft.is_credit_note or account is None:
        return ()
    return (
        model.PaymentMeans(
            type_code=SEPA_TRANSFER,
            iban=account.iban,
            bic=account.bic,
        ),
    )
