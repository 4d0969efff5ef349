"""What a file has and the semantic invoice cannot say: empty groups, other taxes, double totals.

The sheets look at elements, the model at values; this closes the gap between the two.

Source: the contexts of the rules in the CEN sheets for UBL and CII, and in the French ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from echeance.core.einvoice.detect import Detected
from echeance.core.einvoice.fields import TERMS, Kind
from echeance.core.einvoice.model import Finding, Party
from echeance.core.einvoice.reading import ReadResult, UnknownKind
from echeance.core.einvoice.rules.case import UBL
from echeance.core.einvoice.rules.vat import CATEGORIES

_TERMS: Final = {term.rule: term for term in reversed(TERMS) if term.rule}
_DATES: Final = frozenset(term.id for term in TERMS if term.kind is Kind.DATE)
_SPELT: Final = re.compile(
    rb"<(?:\w+:)?(\w+)(?:\s[^<>]{0,200})?>\s{0,50}"
    rb"(\+[0-9.]{1,30}|-?[0-9]{1,30}\.|-?\.[0-9]{1,30})\s{0,50}<"
)
_NUMBERS: Final = {
    "PriceAmount": "BR-FR-DEC-03",
    "ChargeAmount": "BR-FR-DEC-03",
    "Amount": "BR-FR-DEC-01",
    "Quantity": "BR-FR-DEC-02",
    "Percent": "BR-FR-DEC-04",
}
"""End of an element's name to the French rule of its number; the first that fits."""


# What could not be read, what is absent


def unreadable(result: ReadResult) -> set[str]:
    """Terms with a value that is not of their kind."""
    return {item.location for item in result.findings if item.rule == "FORMAT"}


def absences(result: ReadResult, document: Detected) -> Iterator[Finding]:
    """What reading found, corrected by what the file has as empty elements.

    A value that is there and cannot be read is not said to be absent as well.
    """
    illegible = unreadable(result)
    hollow = [place for place in _HOLLOW if _is_hollow(place, result, document)]
    withdrawn = {place.withdrawn for place in hollow}
    for finding in result.findings:
        absent = finding.rule != "FORMAT"
        if absent and (finding.location in illegible or finding.rule in withdrawn):
            continue
        yield finding
    invoice = result.invoice
    rules = [rule for place in hollow for rule in place.rules]
    rules += _below(document)
    if document.syntax != UBL:
        # The sheets for CII look for the country of a party, not of an address.
        rules += [
            rule
            for party, rule in (
                (invoice.seller or Party(), "BR-09"),
                (invoice.buyer or Party(), "BR-11"),
                (invoice.tax_representative, "BR-20"),
            )
            if party and party.address is None and rule not in rules
        ]
    rules += [] if invoice.seller else ["BR-06", "BR-08"]
    rules += [] if invoice.buyer else ["BR-07", "BR-10"]
    for rule in rules:
        if rule not in withdrawn:
            yield _absence(rule)


def _absence(rule: str) -> Finding:
    term = _TERMS.get(rule)
    label, number = (term.label, term.id) if term else ("Une période ou un compte", "BG-14")
    return Finding(
        rule, "fatal", number, f"{label} ({number}) manque : demandez un fichier complet."
    )


@dataclass(frozen=True, slots=True)
class _Hollow:
    """A group that a file may have without anything in it.

    Attributes:
        name: Of the group in the model, which is then None.
        ubl: Its element in UBL, below the root.
        cii: Its element in CII, below the root.
        rules: What is absent when it is there and empty.
        withdrawn: The rule that says it is absent, when it is not.
    """

    name: str
    ubl: str
    cii: str
    rules: tuple[str, ...]
    withdrawn: str = ""


_AGREEMENT: Final = "*/{*}ApplicableHeaderTradeAgreement"
_SETTLEMENT: Final = "*/{*}ApplicableHeaderTradeSettlement"
_UBL_SELLER: Final = "{*}AccountingSupplierParty"
_UBL_BUYER: Final = "{*}AccountingCustomerParty"
_HOLLOW: Final = (
    _Hollow("seller", _UBL_SELLER, f"{_AGREEMENT}/{{*}}SellerTradeParty", ("BR-CO-26",)),
    _Hollow(
        "seller.address",
        f"{_UBL_SELLER}/{{*}}Party/{{*}}PostalAddress",
        f"{_AGREEMENT}/{{*}}SellerTradeParty/{{*}}PostalTradeAddress",
        ("BR-09",),
        "BR-08",
    ),
    _Hollow(
        "buyer.address",
        f"{_UBL_BUYER}/{{*}}Party/{{*}}PostalAddress",
        f"{_AGREEMENT}/{{*}}BuyerTradeParty/{{*}}PostalTradeAddress",
        ("BR-11",),
        "BR-10",
    ),
    _Hollow(
        "totals",
        "{*}LegalMonetaryTotal",
        f"{_SETTLEMENT}/{{*}}SpecifiedTradeSettlementHeaderMonetarySummation",
        ("BR-12", "BR-13", "BR-14", "BR-15"),
    ),
    _Hollow(
        "seller.electronic_address",
        "",
        f"{_AGREEMENT}/{{*}}SellerTradeParty/{{*}}URIUniversalCommunication",
        ("BR-62",),
    ),
    _Hollow(
        "buyer.electronic_address",
        "",
        f"{_AGREEMENT}/{{*}}BuyerTradeParty/{{*}}URIUniversalCommunication",
        ("BR-63",),
    ),
    _Hollow("payee", "{*}PayeeParty", f"{_SETTLEMENT}/{{*}}PayeeTradeParty", ("BR-17",)),
    _Hollow(
        "tax_representative",
        "{*}TaxRepresentativeParty",
        f"{_AGREEMENT}/{{*}}SellerTaxRepresentativeTradeParty",
        ("BR-18", "BR-19", "BR-56"),
    ),
    _Hollow(
        "tax_representative.address",
        "{*}TaxRepresentativeParty/{*}PostalAddress",
        f"{_AGREEMENT}/{{*}}SellerTaxRepresentativeTradeParty/{{*}}PostalTradeAddress",
        ("BR-20",),
        "BR-19",
    ),
    _Hollow(
        "delivery.address",
        "{*}Delivery/{*}DeliveryLocation/{*}Address",
        "*/{*}ApplicableHeaderTradeDelivery/{*}ShipToTradeParty/{*}PostalTradeAddress",
        ("BR-57",),
    ),
)


_CII_LINE: Final = "*/{*}IncludedSupplyChainTradeLineItem/{*}SpecifiedLineTradeSettlement"
_LINE_PERIODS: Final = (
    "{*}InvoiceLine/{*}InvoicePeriod",
    "{*}CreditNoteLine/{*}InvoicePeriod",
    f"{_CII_LINE}/{{*}}BillingSpecifiedPeriod",
)


def _is_hollow(place: _Hollow, result: ReadResult, document: Detected) -> bool:
    value: object = result.invoice
    for name in place.name.split("."):
        value = getattr(value, name) if value is not None else None
    if value is not None:
        return False
    path = place.ubl if document.syntax == UBL else place.cii
    return bool(path) and document.root.find(path) is not None


def _is_empty(element: etree._Element) -> bool:
    return not any(str(text).strip() for text in element.itertext(etree.Element))


def _below(document: Detected) -> Iterator[str]:
    """Rules of empty periods and accounts, and of taxes that are not VAT."""
    root = document.root
    for path in ("{*}InvoicePeriod", f"{_SETTLEMENT}/{{*}}BillingSpecifiedPeriod"):
        if any(_is_empty(element) for element in root.iterfind(path)):
            yield "BR-CO-19"
    for path in _LINE_PERIODS:
        if any(_is_empty(element) for element in root.iterfind(path)):
            yield "BR-CO-20"
    in_ubl = document.syntax == UBL
    yield from _accounts_in_ubl(root) if in_ubl else _accounts_in_cii(root)
    scheme = "{*}TaxScheme/{*}ID" if in_ubl else "{*}TypeCode"
    for path, rules in _TAXES_OF_UBL if in_ubl else _TAXES_OF_CII:
        if any(not _is_vat(tax, scheme) for tax in root.iterfind(path)):
            yield from rules
    path, category = _ITEMS_OF_UBL if in_ubl else _ITEMS_OF_CII
    for item in root.iterfind(path):
        tax = item.find(category)
        if tax is not None and not _is_vat(tax, scheme):
            yield "BR-37" if _is_charge(item) else "BR-32"


def _is_vat(tax: etree._Element, scheme: str) -> bool:
    return (tax.findtext(scheme) or "").strip().upper() == "VAT"


def _is_charge(item: etree._Element) -> bool:
    indicator = item.find("{*}ChargeIndicator")
    text = "" if indicator is None else "".join(str(part) for part in indicator.itertext())
    return text.strip() in {"true", "1"}


def _accounts_in_ubl(root: etree._Element) -> Iterator[str]:
    for means in root.iterfind("{*}PaymentMeans"):
        account = means.find("{*}PayeeFinancialAccount")
        if account is None or not _is_transfer(means.findtext("{*}PaymentMeansCode")):
            continue
        if not (account.findtext("{*}ID") or "").strip():
            yield "BR-50"


def _accounts_in_cii(root: etree._Element) -> Iterator[str]:
    for means in root.iterfind(f"{_SETTLEMENT}/{{*}}SpecifiedTradeSettlementPaymentMeans"):
        account = means.find("{*}PayeePartyCreditorFinancialAccount")
        if account is not None and _is_transfer(means.findtext("{*}TypeCode")):
            numbers = [account.find("{*}IBANID"), account.find("{*}ProprietaryID")]
            if not any(number is not None and number.text for number in numbers):
                yield "BR-50"
            if all(number is None for number in numbers):
                yield "BR-61"


def _is_transfer(code: str | None) -> bool:
    return (code or "").strip() in {"30", "58"}


# Where a tax stands, and the rules that ask for the category of VAT there.
_TAXES_OF_UBL: Final = (
    ("{*}TaxTotal/{*}TaxSubtotal/{*}TaxCategory", ("BR-47", "BR-48")),
    ("{*}InvoiceLine/{*}Item/{*}ClassifiedTaxCategory", ("BR-CO-04",)),
    ("{*}CreditNoteLine/{*}Item/{*}ClassifiedTaxCategory", ("BR-CO-04",)),
)
_ITEMS_OF_UBL: Final = ("{*}AllowanceCharge", "{*}TaxCategory")
_ITEMS_OF_CII: Final = (
    f"{_SETTLEMENT}/{{*}}SpecifiedTradeAllowanceCharge",
    "{*}CategoryTradeTax",
)
_TAXES_OF_CII: Final = (
    (f"{_SETTLEMENT}/{{*}}ApplicableTradeTax", ("BR-47", "BR-48")),
    (f"{_CII_LINE}/{{*}}ApplicableTradeTax", ("BR-CO-04",)),
)


# Numbers


def spelling(xml: bytes) -> Iterator[Finding]:
    """Numbers the standard reads and the French rules refuse: ``+1``, ``1.``, ``.5``."""
    for found in _SPELT.finditer(xml):
        name = found[1].decode()
        rule = next((rule for end, rule in _NUMBERS.items() if name.endswith(end)), None)
        if rule:
            text = found[2].decode()
            yield Finding(
                rule,
                "fatal",
                name,
                f"Le nombre « {text} » ({name}) est mal écrit : demandez un fichier corrigé.",
            )


def impossible_dates(result: ReadResult) -> Iterator[Finding]:
    """Dates that are none: the schema of CII takes any text, the French rules do not."""
    for number in sorted(unreadable(result) & _DATES):
        yield Finding(
            "BR-FR-03",
            "fatal",
            number,
            f"La date {number} n'existe pas : demandez un fichier corrigé.",
        )


# Totals said twice


def repeated_totals(result: ReadResult) -> Iterator[Finding]:
    """A second VAT total in the currency of the invoice: the reader keeps it apart."""
    for item in result.unknown:
        if item.kind is not UnknownKind.ELEMENT or item.source is None:
            continue
        local = item.path.rpartition(":")[2]
        if local == "TaxTotal" and item.path.count("/") == 1:
            amount = item.source.find("{*}TaxAmount")
            yield from _second_breakdown(item.source)
        elif local == "TaxTotalAmount":
            amount = item.source
        else:
            continue
        if amount is not None and amount.get("currencyID") == result.invoice.currency:
            yield Finding(
                "BR-CO-15",
                "fatal",
                "BT-110",
                "Le total de TVA est donné deux fois : demandez un fichier corrigé.",
            )


def _second_breakdown(total: etree._Element) -> Iterator[Finding]:
    for code in total.iterfind("{*}TaxSubtotal/{*}TaxCategory/{*}ID"):
        category = CATEGORIES.get((code.text or "").strip())
        if category and not category.by_rate:
            yield Finding(
                f"BR-{category.name}-01",
                "fatal",
                "BG-23",
                "Le récapitulatif de TVA est donné deux fois : demandez un fichier corrigé.",
            )
