"""The native verdict of a file: read it, then apply the rules, in this process and at once.

It has the shape of the official verdict, and on the rules it covers the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from echeance.core.einvoice.checks import COVERED, EUROPEAN, OWN, binds_france, examine
from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.detect import Detected, detect
from echeance.core.einvoice.errors import FileError
from echeance.core.einvoice.fields import TERMS, Kind, Level
from echeance.core.einvoice.model import Finding, Party
from echeance.core.einvoice.official.artefacts import plan
from echeance.core.einvoice.official.verdict import Verdict, not_validated, unopened
from echeance.core.einvoice.profiles import BY_SPECIFICATION
from echeance.core.einvoice.reading import ReadResult, UnknownKind
from echeance.core.einvoice.rules.case import CII, UBL, Case, rule_set
from echeance.core.einvoice.rules.coded import COVERED as _CODES
from echeance.core.einvoice.rules.vat import CATEGORIES
from echeance.core.einvoice.ubl import read_ubl

__all__ = [
    "COVERED",
    "EUROPEAN",
    "OWN",
    "canonical",
    "judged",
    "native_verdict",
    "rule_of",
    "scope",
]

_RULE: Final = re.compile(r"(BR(?:-FR)?(?:-[A-Z]+)?-\d+)")
_IN_TEXT: Final = re.compile(r"\s*\[(BR-[A-Z0-9-]+)\]")
# The same test under two numbers: what a reader is told once.
_TWINS: Final = {
    "BR-33": "BR-CO-21",
    "BR-38": "BR-CO-22",
    "BR-42": "BR-CO-23",
    "BR-44": "BR-CO-24",
    "BR-FR-30_BT-21": "BR-FR-31",
    "BR-FR-08_BT-151-2": "BR-FR-15",
}
# Factur-X names the taxes of the Canaries and of Ceuta as EN 16931-1 does, the CEN sheets do not.
_FAMILIES: Final = {"BR-IG-": "BR-AF-", "BR-IP-": "BR-AG-"}
_TERMS: Final = {term.rule: term for term in reversed(TERMS) if term.rule}
_DATES: Final = frozenset(term.id for term in TERMS if term.kind is Kind.DATE)
_WARNINGS_OF_UBL: Final = frozenset({"BR-51"})
_OF_MINIMUM: Final = rule_set(
    "BR-01 BR-02 BR-03 BR-04 BR-05 BR-06 BR-07 BR-08 BR-09 BR-13 BR-14 BR-15 BR-CO-09 "
    "BR-CO-26 BR-DEC-12 BR-DEC-14 BR-DEC-18"
)
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
_ABOUT_LINES: Final = re.compile(
    r"BR-(16|2[1-8]|30|41|43|51|52|6[45]|B-.*|CO-(04|10|20|23|24)|DEC-2[3-8]"
    r"|(S|Z|E|AE|IC|G|O|AF|AG)-(01|02|05|08)|O-12)"
)
_RELAXED: Final = rule_set(
    "BR-22 BR-23 BR-24 BR-26 BR-54 BR-27 BR-28 BR-CO-04 BR-CO-10 BR-CO-11 BR-CO-12 BR-CO-13 "
    "BR-CO-15 BR-CO-16 BR-CO-17 BR-CO-22 BR-CO-24 BR-AF-10 BR-AG-10 BR-S-10 BR-Z-10 BR-S-09 "
    "BR-O-02 BR-O-03 BR-O-04 BR-O-11 BR-O-12 BR-O-13 BR-O-14"
) | {f"BR-{item.name}-{number}" for item in CATEGORIES.values() for number in ("01", "08")}


def canonical(rule: str) -> str:
    """The rule an official finding is about, as this engine names it.

    >>> canonical("BR-FR-05_BT-22-1"), canonical("BR-IG-08"), canonical("BR-33")
    ('BR-FR-05', 'BR-AF-08', 'BR-CO-21')
    """
    if rule in _TWINS:
        return _TWINS[rule]
    found = _RULE.match(rule)
    if found is None:
        return rule
    name = found[1]
    for family, ours in _FAMILIES.items():
        if name.startswith(family):
            return ours + name.removeprefix(family)
    return name


def rule_of(finding: Finding) -> str:
    """The rule of an official finding: its identifier, or the one its text begins with.

    >>> rule_of(Finding("FX-SCH-A-000001", "fatal", "", "[BR-CO-16]-Amount due…"))
    'BR-CO-16'
    """
    named = _IN_TEXT.match(finding.message)
    if named and not finding.rule.startswith("BR-"):
        return canonical(named[1])
    return canonical(finding.rule)


def native_verdict(content: bytes, filename: str = "") -> Verdict:
    """Judge one file by the rules of this engine; nothing it contains makes this raise.

    Returns:
        As the official one; ``validated`` is False for files that hold no invoice, and for
        profiles whose rules are not known here.
    """
    try:
        document = detect(content, filename)
    except FileError as error:
        return unopened(error)
    chosen = plan(
        document.syntax, document.specification_id, etree.QName(document.root).localname, ""
    )
    if not chosen.sheets or document.syntax not in {"CII", "FACTUR-X", "UBL"}:
        return not_validated(chosen.reason, syntax=document.syntax, profile=document.profile)
    findings = judged(document)
    return Verdict(
        validated=True,
        valid=all(finding.severity != "fatal" for finding in findings),
        syntax=document.syntax,
        profile=document.profile,
        findings=tuple(findings),
    )


def judged(document: Detected, *, french: bool | None = None) -> list[Finding]:
    """The findings of a parsed document: what could not be read, what is absent, what is wrong.

    Args:
        document: The document, CII or UBL.
        french: Whether the French rules bind it; by the country of its seller when not said, and
            never in MINIMUM, which is no invoice in French law.
    """
    syntax = UBL if document.syntax == UBL else CII
    result = read_ubl(document.root) if syntax == UBL else read_cii(document.root)
    profile = BY_SPECIFICATION.get(document.specification_id)
    level = profile.level if profile else Level.EN16931
    if french is None:
        french = level > Level.MINIMUM and binds_france(result.invoice)
    case = Case(result.invoice, printed=True, level=level, syntax=syntax)
    findings = [
        *_absences(result, document),
        *_repeated_totals(result),
        *examine(case, french=french),
        *(_spelling(document.xml) if french else ()),
        *(_impossible_dates(result) if french and syntax == CII else ()),
    ]
    known = scope(level) | OWN | {"FORMAT"}
    if "BT-2" in _unreadable(result):
        # Compared with a date that is there, though it is none.
        known -= {"BR-FR-CO-07"}
    return [
        replace(finding, severity="warning")
        if syntax == UBL and finding.rule in _WARNINGS_OF_UBL
        else finding
        for finding in findings
        if finding.rule in known
    ]


def scope(level: Level) -> frozenset[str]:
    """The rules of :data:`COVERED` that the official sheets of a profile apply.

    EXTENDED replaces the rules of sums by rules with a tolerance (BR-FXEXT-*), which are not
    covered here; the two lowest profiles lack the terms most rules are about.
    """
    match level:
        case Level.MINIMUM:
            return _OF_MINIMUM
        case Level.BASIC_WL:
            return frozenset(rule for rule in COVERED if not _ABOUT_LINES.fullmatch(rule)) - _CODES
        case Level.BASIC:
            return COVERED - {"BR-51", "BR-52"} - _CODES
        case Level.EXTENDED:
            return COVERED - _RELAXED - _CODES
        case _:
            return COVERED


# What could not be read, what is absent


def _unreadable(result: ReadResult) -> set[str]:
    """Terms with a value that is not of their kind."""
    return {item.location for item in result.findings if item.rule == "FORMAT"}


def _absences(result: ReadResult, document: Detected) -> Iterator[Finding]:
    """What reading found, corrected by what the file has as empty elements.

    A value that is there and cannot be read is not said to be absent as well.
    """
    unreadable = _unreadable(result)
    hollow = [place for place in _HOLLOW if _is_hollow(place, result, document)]
    withdrawn = {place.withdrawn for place in hollow}
    for finding in result.findings:
        absent = finding.rule != "FORMAT"
        if absent and (finding.location in unreadable or finding.rule in withdrawn):
            continue
        yield finding
    invoice = result.invoice
    rules = [rule for place in hollow for rule in place.rules]
    rules += _hollow_below(document)
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
    element = document.root.find(place.ubl if document.syntax == UBL else place.cii)
    return element is not None


def _is_empty(element: etree._Element) -> bool:
    return not any(str(text).strip() for text in element.itertext(etree.Element))


def _hollow_below(document: Detected) -> Iterator[str]:
    """Rules of the empty periods, and of the empty accounts of transfers."""
    root = document.root
    for path in ("{*}InvoicePeriod", f"{_SETTLEMENT}/{{*}}BillingSpecifiedPeriod"):
        if any(_is_empty(element) for element in root.iterfind(path)):
            yield "BR-CO-19"
    for path in _LINE_PERIODS:
        if any(_is_empty(element) for element in root.iterfind(path)):
            yield "BR-CO-20"
    for means in root.iterfind("{*}PaymentMeans"):
        account = means.find("{*}PayeeFinancialAccount")
        if (
            account is not None
            and _is_empty(account)
            and (means.findtext("{*}PaymentMeansCode") or "").strip() in {"30", "58"}
        ):
            yield "BR-50"


# Numbers


def _spelling(xml: bytes) -> Iterator[Finding]:
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


def _impossible_dates(result: ReadResult) -> Iterator[Finding]:
    """Dates that are none: the schema of CII takes any text, the French rules do not."""
    for number in sorted(_unreadable(result) & _DATES):
        yield Finding(
            "BR-FR-03",
            "fatal",
            number,
            f"La date {number} n'existe pas : demandez un fichier corrigé.",
        )


# Totals said twice


def _repeated_totals(result: ReadResult) -> Iterator[Finding]:
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
