"""From a draft to the document of EN 16931: due dates, mentions, notes, parties, frame.

Sources: EN 16931-1 (BT and BG numbers), XP Z12-012 (BR-FR), CGI ann. II 242 nonies A, C. com.
L441-9 and L441-10, and for credit notes CGI 272-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from echeance.billing.errors import NothingLeftToReplaceError
from echeance.billing.rules.amounts import (
    EURO,
    Allowance,
    Amounts,
    Draft,
    Due,
    Exchange,
    Line,
    PaidShare,
    Payer,
    VatKey,
    amounts_of,
    dues_of,
    in_euros,
    own_share,
    paid_shares,
)
from echeance.billing.types import (
    CORRECTIVE,
    PREPAYMENT,
    BillingPolicy,
    PaymentAccount,
    SellerFacts,
)
from echeance.core.einvoice import model
from echeance.core.einvoice.profiles import CORE
from echeance.core.identifiers import Siren
from echeance.core.mentions import ExemptionUse, Mention, MentionFacts, mentions_for
from echeance.core.money import ZERO, format_amount
from echeance.core.tax import Exemption, Nature, VatCategory, combined_nature, tax_point
from echeance.core.terms import (
    CustomerKind,
    Instalment,
    PaymentTerms,
    due_dates,
    parse_terms,
    terms_label,
)
from echeance.parties.types import PartySnapshot

__all__ = [
    "Allowance",
    "Amounts",
    "Composed",
    "Draft",
    "Due",
    "Exchange",
    "Line",
    "Payer",
    "VatKey",
    "amounts_of",
    "compose",
    "frame_of",
    "mentions_of",
    "parsed_terms",
    "treatment",
    "with_number",
]

PAID_TERMS: Final = "Déjà réglée"
CREDIT_TERMS: Final = "À déduire de votre prochain règlement, ou à rembourser"
CONSUMER_NOTES: Final = (
    model.Note("Pénalités de retard : sans objet (acheteur non professionnel)", "PMD"),
    model.Note("Indemnité de recouvrement : sans objet (acheteur non professionnel)", "PMT"),
)
NO_DISCOUNT: Final = model.Note("Escompte pour paiement anticipé : néant", "AAB")
SEPA_TRANSFER: Final = "58"

ALREADY_PAID: Final = frozenset({"B2", "S2", "M2"})
"""Frames of what is paid when the document is made: nothing is left to pay (BR-FR-CO-09)."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A draft made into a document, with what the XML has no room for.

    Attributes:
        instalments: Of the buyer's own share; empty for a credit note.
        dues: Who owes what and when: instalments, retention, other payers.
        payers: What each payer other than the buyer pays.
        retained: What is kept back, and until when.
    """

    document: model.Invoice
    amounts: Amounts
    instalments: tuple[Instalment, ...]
    mentions: tuple[str, ...]
    language: str
    dues: tuple[Due, ...] = ()
    payers: tuple[PaidShare, ...] = ()
    retained: Instalment | None = None


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
        NothingLeftToReplaceError: A corrective invoice has nothing to annul.
        UnreadableTermsError: The payment terms cannot be read.
        NoWordingError: No mention is known at that date.
    """
    if draft.kind == CORRECTIVE and draft.annuls is None and draft.preceding is not None:
        raise NothingLeftToReplaceError(draft.preceding[0])
    amounts = amounts_of(draft, seller, issue_date)
    natures = [Nature(line.nature) for line in draft.lines]
    nature = combined_nature(natures)
    mentions = mentions_of(draft, seller, nature, policy, issue_date)
    frame = frame_of(draft, nature)
    plan = _payment_plan(draft, amounts, issue_date, paid=frame in ALREADY_PAID)
    outside = all(line.tax.category is VatCategory.O for line in draft.lines)
    document = model.Invoice(
        number=number,
        issue_date=issue_date,
        type_code=draft.kind,
        currency=draft.currency,
        accounting_currency="" if draft.currency == EURO else EURO,
        tax_point_code=_tax_point_code(draft, seller, amounts),
        due_date=plan.due_date,
        buyer_reference=draft.buyer_reference,
        project_reference=draft.project_reference,
        contract_reference=draft.contract_reference,
        order_reference=draft.order_reference,
        sales_order_reference=draft.sales_order_reference,
        payment_terms=plan.terms,
        notes=_notes(draft, mentions),
        business_process=frame,
        specification_id=CORE,
        preceding_invoices=tuple(
            model.PrecedingInvoice(*one)
            for one in (*((draft.preceding,) if draft.preceding else ()), *draft.deposits)
        ),
        seller=_supplier(draft, with_vat_id=not outside)
        if draft.is_self_billed
        else _seller(seller, with_vat_id=not outside),
        buyer=_seller(seller, with_vat_id=not outside)
        if draft.is_self_billed
        else _buyer(draft, with_vat_id=not outside),
        delivery=_delivery(draft, issue_date),
        period=_period(draft.period),
        payment_means=_payment_means(draft, account),
        remittance_information="" if draft.is_credit_note else number,
        allowances=tuple(_allowance(one) for one in draft.allowances if not one.is_charge),
        charges=tuple(_allowance(one) for one in draft.allowances if one.is_charge),
        totals=_totals(draft, amounts, paid=frame in ALREADY_PAID),
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
        lines=tuple(_line(line) for line in draft.lines),
    )
    printed = tuple(mention.text for mention in mentions if mention.key.startswith("nature_"))
    return Composed(
        document,
        amounts,
        plan.instalments if not draft.is_credit_note else (),
        printed,
        draft.buyer.language,
        plan.dues,
        paid_shares(draft.payers, amounts.gross, draft.currency),
        Instalment(draft.retained_until, draft.retained_amount) if draft.retained_until else None,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """When it is paid, and how that is said."""

    instalments: tuple[Instalment, ...]
    dues: tuple[Due, ...]
    due_date: date | None
    terms: str


def _payment_plan(draft: Draft, amounts: Amounts, issue_date: date, *, paid: bool) -> _Plan:
    own = own_share(draft, amounts.gross)
    if draft.is_credit_note or paid:
        # A credit note is usable from its date; what is already paid is owed no more.
        at_once = (Instalment(issue_date, own),)
        dues = dues_of(draft, amounts.gross, at_once)
        if paid:
            return _Plan(at_once, dues, issue_date, PAID_TERMS)
        return _Plan(at_once, dues, None, CREDIT_TERMS)
    terms = parsed_terms(draft.terms)
    instalments = due_dates(terms, issue_date, own, draft.currency)
    text = _capitalised(terms_label(terms, issue_date, own))
    if draft.retained_until:
        text += (
            f" ; retenue de garantie de {format_amount(draft.retained_amount, draft.currency)} "
            f"jusqu'au {draft.retained_until:%d/%m/%Y}"
        )
    for share in paid_shares(draft.payers, amounts.gross, draft.currency):
        reference = f" ({share.reference})" if share.reference else ""
        text += (
            f" ; dont {format_amount(share.amount, draft.currency)} à régler par {share.name}"
            f"{reference}"
        )
    return _Plan(
        instalments,
        dues_of(draft, amounts.gross, instalments),
        instalments[-1].due_date,
        text,
    )


def frame_of(draft: Draft, nature: Nature) -> str:
    """BT-23: the frame named on the draft, else what the document is.

    A final invoice that deducts a deposit is B4, S4 or M4, but a credit note on it is plain;
    services of a sub-contractor under the reverse charge of construction are S5.

    Source: XP Z12-012 V1.4, BR-FR-08.
    """
    if draft.frame:
        return draft.frame
    if draft.deposits and not draft.is_credit_note:
        return f"{nature.letter}4"
    subcontracted = all(
        line.tax.exemption == Exemption.CONSTRUCTION_SUBCONTRACTING for line in draft.lines
    )
    if subcontracted and nature is Nature.SERVICES:
        return "S5"
    return f"{nature.letter}1"


def _totals(draft: Draft, amounts: Amounts, *, paid: bool) -> model.Totals:
    accounting = None
    if draft.currency != EURO:
        accounting = sum((share.vat for share in in_euros(draft, amounts)[1]), ZERO)
    return model.Totals(
        line_total=amounts.line_total,
        allowance_total=amounts.allowance_total
        if any(not one.is_charge for one in draft.allowances)
        else None,
        charge_total=amounts.charge_total
        if any(one.is_charge for one in draft.allowances)
        else None,
        net_total=amounts.net,
        vat_total=amounts.vat,
        vat_total_accounting=accounting,
        gross_total=amounts.gross,
        prepaid_amount=amounts.gross if paid else None,
        amount_due=ZERO if paid else amounts.gross,
    )


def _line(line: Line) -> model.InvoiceLine:
    return model.InvoiceLine(
        id=str(line.position),
        name=line.name,
        description=line.description,
        seller_item_id=line.item_code,
        quantity=line.quantity,
        unit_code=line.unit_code,
        unit_price=line.unit_price,
        gross_price=line.gross_price,
        price_discount=line.price_discount,
        period=_period(line.period),
        allowances=tuple(_allowance(one) for one in line.allowances if not one.is_charge),
        charges=tuple(_allowance(one) for one in line.allowances if one.is_charge),
        net_amount=line.net_amount,
        vat_category=line.tax.category.value,
        vat_rate=_rate(line.tax.category, line.tax.rate),
    )


def _allowance(one: Allowance) -> model.AllowanceCharge:
    tax = one.tax
    return model.AllowanceCharge(
        amount=one.amount,
        base_amount=one.base,
        percent=one.percent,
        reason=one.reason,
        reason_code=one.reason_code,
        vat_category=tax.category.value if tax else "",
        vat_rate=_rate(tax.category, tax.rate) if tax else None,
    )


def _period(days: tuple[date | None, date | None]) -> model.Period | None:
    return model.Period(*days) if any(days) else None


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
        ExemptionUse(Exemption(tax.exemption), tax.article)
        for tax in (
            *(line.tax for line in draft.lines),
            *(one.tax for one in draft.allowances if one.tax),
        )
        if tax.exemption
    )
    if draft.seller:
        # The seller is the supplier: of the company's own mentions none is true of it.
        return _mentions(
            MentionFacts(
                customer=CustomerKind.PROFESSIONAL,
                nature=nature,
                exemptions=tuple(uses),
                self_billed=True,
                legal_form=draft.seller.legal_form,
                siren=Siren(draft.seller.siren) if Siren.is_valid(draft.seller.siren) else None,
                language=draft.buyer.language,
            ),
            on,
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
    other = draft.seller or draft.buyer
    notes.append(model.Note(treatment(draft.buyer, other.country), "BAR"))
    if draft.annuls and draft.preceding:
        number, day = draft.preceding
        notes.append(model.Note(f"Annule et remplace la facture {number} du {day:%d/%m/%Y}", "AAI"))
    if draft.reason:
        word = "Motif de l'avoir" if draft.is_credit_note else "Motif"
        notes.append(model.Note(f"{word} : {draft.reason}"))
    if draft.note:
        notes.append(model.Note(draft.note))
    return tuple(notes)


def treatment(buyer: PartySnapshot, country: str = "") -> str:
    """The flow a document belongs to (note BAR): between French firms, abroad, to consumers.

    Args:
        buyer: Who is billed.
        country: Of the other party, where it is not the buyer: a supplier billed in its name.
    """
    consumer = buyer.category == CustomerKind.CONSUMER
    if (country or buyer.country) in {"FR", "MC"}:
        return "B2C" if consumer else "B2B"
    return "B2CINT" if consumer else "B2BINT"


def _tax_point_code(draft: Draft, seller: SellerFacts, amounts: Amounts) -> str:
    natures = {line.nature for line in amounts.taxed if line.category.is_taxed}
    debits = draft.seller_or(seller).on_debits
    point = tax_point(natures, on_debits=debits, prepayment=draft.kind == PREPAYMENT)
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
        electronic_address=_electronic(
            seller.electronic_address or seller.siren or (seller.email and f"EM:{seller.email}")
        ),
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


def _supplier(draft: Draft, *, with_vat_id: bool) -> model.Party:
    assert draft.seller is not None, "a self-billed document has its supplier"
    return _seller(draft.seller, with_vat_id=with_vat_id)


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
    if draft.is_credit_note or draft.is_self_billed or account is None:
        return ()
    return (
        model.PaymentMeans(
            type_code=SEPA_TRANSFER,
            iban=account.iban,
            bic=account.bic,
        ),
    )
