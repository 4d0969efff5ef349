"""One broken document per covered rule: the native engine and the official sheets both find it.

Every row breaks a rich document, valid in both syntaxes, in one place. What is compared is not the
rule of the row alone: all covered rules must get the same answer from both, in each syntax.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from core.einvoice.harness import Sheets
from core.einvoice.samples import BAR_B2B, BUYER, SAMPLES, SELLER
from echeance.core.einvoice import native
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.model import (
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    Delivery,
    Identifier,
    Invoice,
    InvoiceLine,
    ItemAttribute,
    Note,
    Party,
    PaymentMeans,
    Period,
    PrecedingInvoice,
    Totals,
    VatBreakdown,
)
from echeance.core.einvoice.native import COVERED, canonical, judged
from echeance.core.einvoice.rules.vat import CATEGORIES
from echeance.core.einvoice.ubl import write_ubl

D = Decimal
RATES = {"S": D(20), "L": D(7), "M": D(4), "O": None}
REASONS = {"E": "VATEX-EU-132", "AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G"}
PARIS = Address(line_one="1 rue", post_code="75001", city="Paris", country_code="FR")


def rich(category: str = "S") -> Invoice:
    """A document with something in every group the rules look at: 200 before VAT."""
    rate = RATES.get(category, D(0))
    tax = D(200) * (rate or 0) / 100
    outside = category == "O"
    wanted = CATEGORIES[category]
    applied = {"vat_category": category, "vat_rate": rate}
    reason = f"Motif {category}" if wanted.explained else ""
    return replace(
        SAMPLES["standard rate"],
        seller=replace(SELLER, vat_id="" if outside else SELLER.vat_id, trading_name="Morel"),
        buyer=replace(BUYER, vat_id="" if outside else BUYER.vat_id, contact=Contact("Achats")),
        payee=Party(name="Affactureur", legal_id=Identifier("552081317", "0002")),
        tax_representative=None
        if outside
        else Party(name="Représentant", vat_id="FR23334175221", address=PARIS),
        delivery=Delivery(
            name="Dépôt",
            global_identifiers=(Identifier("40483304800022", "0009"),),
            delivery_date=date(2026, 11, 20),
            address=PARIS,
        ),
        period=Period(date(2026, 11, 1), date(2026, 11, 30)),
        tax_point_code="72",
        object_id=Identifier("CPT-1", "ABT"),
        preceding_invoices=(PrecedingInvoice("FA-2026-000007", date(2026, 10, 2)),),
        allowances=(AllowanceCharge(D(15), D(150), D(10), "Remise", "95", **applied),),
        charges=(AllowanceCharge(D(20), D(200), D(10), "Port", "FC", **applied),),
        attachments=(
            Attachment("1", "RIB", content=b"%PDF", mime_code="application/pdf", filename="a.pdf"),
        ),
        lines=(
            InvoiceLine(
                id="1",
                object_ids=(Identifier("CHANTIER", "AAR"),),
                quantity=D(2),
                unit_code="C62",
                net_amount=D(195),
                period=Period(date(2026, 11, 1), date(2026, 11, 30)),
                allowances=(AllowanceCharge(D(10), D(100), D(10), "Remise", "95"),),
                charges=(AllowanceCharge(D(5), D(100), D(5), "Port", "FC"),),
                unit_price=D(100),
                price_discount=D(20),
                gross_price=D(120),
                base_quantity=D(1),
                base_unit_code="C62",
                name="Étagère",
                standard_item_id=Identifier("3001234567892", "0160"),
                classifications=(Identifier("123", "HS"),),
                origin_country="FR",
                attributes=(ItemAttribute("Couleur", "Chêne"),),
                **applied,
            ),
        ),
        vat_breakdown=(
            VatBreakdown(D(200), tax, category, rate, reason, REASONS.get(category, "")),
        ),
        totals=Totals(
            line_total=D(195),
            allowance_total=D(15),
            charge_total=D(20),
            net_total=D(200),
            vat_total=tax,
            gross_total=200 + tax,
            prepaid_amount=D(50),
            rounding_amount=D("0.01"),
            amount_due=D("150.01") + tax,
        ),
    )


def put(value: Any, path: str, new: Any) -> Any:
    """A copy with the attribute or item at a dotted path changed."""
    name, _, rest = path.partition(".")
    if isinstance(value, tuple):
        index = int(name)
        inner = put(value[index], rest, new) if rest else new
        return (*value[:index], inner, *value[index + 1 :])
    return replace(value, **{name: put(getattr(value, name), rest, new) if rest else new})


def removed(content: bytes, path: str) -> bytes:
    """The document without its first element at a path of local names, or without an attribute."""
    root = etree.fromstring(content)
    path, _, attribute = path.partition("@")
    steps = [step for step in path.split("/") if step]
    element = root.find(".//" + "/".join(f"{{*}}{step}" for step in steps))
    assert element is not None, path
    if attribute:
        del element.attrib[attribute]
    else:
        element.getparent().remove(element)
    return etree.tostring(root)


@dataclass(frozen=True)
class Broken:
    """One row: the rule it breaks, and the document in the syntaxes that can say it."""

    rule: str
    ubl: bytes | None
    cii: bytes | None


def model(rule: str, *changes: tuple[str, Any], category: str = "S", only: str = "") -> Broken:
    document = rich(category)
    for path, new in changes:
        document = put(document, path, new)
    return Broken(
        rule,
        None if only == "cii" else write_ubl(document),
        None if only == "ubl" else write_cii(document),
    )


def absent(rule: str, ubl: str = "", cii: str = "") -> Broken:
    document = rich()
    return Broken(
        rule,
        removed(write_ubl(document), ubl) if ubl else None,
        removed(write_cii(document), cii) if cii else None,
    )


LINE, SUM = "lines.0", "totals"
FINE = D("1.001")


def _presence() -> list[Broken]:
    total = "LegalMonetaryTotal"
    settlement = "SpecifiedTradeSettlementHeaderMonetarySummation"
    return [
        model("BR-01", ("specification_id", "")),
        model("BR-02", ("number", "")),
        model("BR-03", ("issue_date", None)),
        model("BR-04", ("type_code", "")),
        model("BR-05", ("currency", ""), only="ubl"),
        model("BR-06", ("seller.name", "")),
        model("BR-07", ("buyer.name", "")),
        model("BR-08", ("seller.address", None)),
        model("BR-09", ("seller.address.country_code", "")),
        model("BR-10", ("buyer.address", None)),
        model("BR-11", ("buyer.address.country_code", "")),
        absent("BR-12", f"{total}/LineExtensionAmount", f"{settlement}/LineTotalAmount"),
        absent("BR-13", f"{total}/TaxExclusiveAmount", f"{settlement}/TaxBasisTotalAmount"),
        absent("BR-14", f"{total}/TaxInclusiveAmount", f"{settlement}/GrandTotalAmount"),
        absent("BR-15", f"{total}/PayableAmount", f"{settlement}/DuePayableAmount"),
        model("BR-16", ("lines", ())),
        model("BR-17", ("payee.name", "")),
        model("BR-18", ("tax_representative.name", "")),
        model("BR-19", ("tax_representative.address", None)),
        model("BR-20", ("tax_representative.address.country_code", "")),
        model("BR-21", (f"{LINE}.id", "")),
        absent("BR-22", "InvoicedQuantity", "BilledQuantity"),
        model("BR-23", (f"{LINE}.unit_code", "")),
        absent("BR-24", "InvoiceLine/LineExtensionAmount", "LineTotalAmount"),
        model("BR-25", (f"{LINE}.name", "")),
        absent("BR-26", "Price/PriceAmount", "NetPriceProductTradePrice/ChargeAmount"),
        absent("BR-31", "Invoice/AllowanceCharge/Amount".removeprefix("Invoice/")),
        model("BR-32", ("allowances.0.vat_category", "")),
        model("BR-37", ("charges.0.vat_category", "")),
        absent("BR-41", "InvoiceLine/AllowanceCharge/Amount"),
        absent("BR-45", "TaxSubtotal/TaxableAmount", "ApplicableTradeTax/BasisAmount"),
        absent("BR-46", "TaxSubtotal/TaxAmount", "ApplicableTradeTax/CalculatedAmount"),
        model("BR-47", ("vat_breakdown.0.vat_category", "")),
        model("BR-48", ("vat_breakdown.0.vat_rate", None)),
        absent(
            "BR-49",
            "PaymentMeans/PaymentMeansCode",
            "SpecifiedTradeSettlementPaymentMeans/TypeCode",
        ),
        model("BR-52", ("attachments.0.reference", "")),
        model("BR-54", (f"{LINE}.attributes.0.value", "")),
        model("BR-55", ("preceding_invoices.0.number", "")),
        model("BR-56", ("tax_representative.vat_id", "")),
        model("BR-57", ("delivery.address.country_code", "")),
        model("BR-62", ("seller.electronic_address.scheme", "")),
        model("BR-63", ("buyer.electronic_address.scheme", "")),
        model("BR-64", (f"{LINE}.standard_item_id.scheme", "")),
        model("BR-65", (f"{LINE}.classifications.0.scheme", "")),
        model("BR-CO-04", (f"{LINE}.vat_category", "")),
        model("BR-CO-18", ("vat_breakdown", ())),
        # A tax that does not say it is VAT is another tax.
        absent("BR-CO-04", cii="SpecifiedLineTradeSettlement/ApplicableTradeTax/TypeCode"),
        absent(
            "BR-32",
            "AllowanceCharge/TaxCategory/TaxScheme",
            "SpecifiedTradeAllowanceCharge/CategoryTradeTax/TypeCode",
        ),
        absent("BR-50", "PayeeFinancialAccount/ID", "PayeePartyCreditorFinancialAccount/IBANID"),
        absent("BR-62", cii="SellerTradeParty/URIUniversalCommunication/URIID"),
    ]


def _document() -> list[Broken]:
    before = Period(date(2026, 11, 30), date(2026, 11, 1))
    return [
        model("BR-27", (f"{LINE}.unit_price", D(-100))),
        model("BR-28", (f"{LINE}.gross_price", D(-120))),
        model("BR-29", ("period", before)),
        model("BR-30", (f"{LINE}.period", before)),
        model("BR-51", ("payment_means.0", PaymentMeans("48", card_number="12345678901"))),
        model("BR-61", ("payment_means.0", PaymentMeans("58"))),
        model("BR-CO-03", ("tax_point_date", date(2026, 11, 20))),
        model("BR-CO-09", ("buyer.vat_id", "83404833048")),
        model("BR-CO-21", ("allowances.0.reason", ""), ("allowances.0.reason_code", "")),
        model("BR-CO-22", ("charges.0.reason", ""), ("charges.0.reason_code", "")),
        model(
            "BR-CO-23",
            (f"{LINE}.allowances.0.reason", ""),
            (f"{LINE}.allowances.0.reason_code", ""),
        ),
        model("BR-CO-24", (f"{LINE}.charges.0.reason", ""), (f"{LINE}.charges.0.reason_code", "")),
        model(
            "BR-CO-26",
            ("seller.legal_id", None),
            ("seller.vat_id", ""),
            ("seller.global_identifiers", ()),
        ),
        model("BR-53", ("accounting_currency", "SEK")),
        model("BR-CO-10", (f"{SUM}.line_total", D(194))),
        model("BR-CO-11", (f"{SUM}.allowance_total", D(14))),
        model("BR-CO-12", (f"{SUM}.charge_total", D(21))),
        model("BR-CO-13", (f"{SUM}.net_total", D(201))),
        model("BR-CO-14", (f"{SUM}.vat_total", D(41))),
        model("BR-CO-15", (f"{SUM}.gross_total", D(241))),
        model("BR-CO-16", (f"{SUM}.amount_due", D(190))),
        model("BR-CO-17", ("vat_breakdown.0.tax_amount", D(42))),
        *(
            model(f"BR-DEC-{number}", (path, FINE))
            for number, path in {
                "01": "allowances.0.amount",
                "02": "allowances.0.base_amount",
                "05": "charges.0.amount",
                "06": "charges.0.base_amount",
                "09": "totals.line_total",
                "10": "totals.allowance_total",
                "11": "totals.charge_total",
                "12": "totals.net_total",
                "14": "totals.gross_total",
                "16": "totals.prepaid_amount",
                "17": "totals.rounding_amount",
                "18": "totals.amount_due",
                "19": "vat_breakdown.0.taxable_amount",
                "20": "vat_breakdown.0.tax_amount",
                "23": "lines.0.net_amount",
                "24": "lines.0.allowances.0.amount",
                "25": "lines.0.allowances.0.base_amount",
                "27": "lines.0.charges.0.amount",
                "28": "lines.0.charges.0.base_amount",
            }.items()
        ),
    ]


def _codes() -> list[Broken]:
    return [
        model(f"BR-CL-{number}", (path, new))
        for number, path, new in (
            ("01", "type_code", "999"),
            ("04", "currency", "XYZ"),
            ("05", "accounting_currency", "XYZ"),
            ("06", "tax_point_code", "7"),
            ("07", "object_id.scheme", "??"),
            ("10", "seller.global_identifiers.0.scheme", "9999"),
            ("11", "seller.legal_id.scheme", "9999"),
            ("13", "lines.0.classifications.0.scheme", "??"),
            ("14", "buyer.address.country_code", "XX"),
            ("15", "lines.0.origin_country", "XX"),
            ("16", "payment_means.0.type_code", "99"),
            ("17", "vat_breakdown.0.vat_category", "X"),
            ("18", "lines.0.vat_category", "X"),
            ("19", "allowances.0.reason_code", "1"),
            ("20", "charges.0.reason_code", "1"),
            ("21", "lines.0.standard_item_id.scheme", "9999"),
            ("22", "vat_breakdown.0.exemption_code", "VATEX-XX"),
            ("23", "lines.0.unit_code", "PIECE"),
            ("24", "attachments.0.mime_code", "text/html"),
            ("25", "seller.electronic_address.scheme", "ZZ"),
            ("26", "delivery.global_identifiers.0.scheme", "9999"),
        )
    ]


def _categories() -> list[Broken]:
    return [row for code in CATEGORIES for row in _category(code)]


def _category(code: str) -> list[Broken]:
    wanted = CATEGORIES[code]
    other = VatBreakdown(D(0), D(0), "Z" if code != "Z" else "E", D(0), "", "")
    if code in {"E", "Z", "O"}:
        other = VatBreakdown(D(0), D(0), "S", D(20))
    wrong_rate = {"positive": D(0), "zero": D(5), "none": D(5), "any": None}[wanted.rate]
    explained = ("Motif", "") if not wanted.explained else ("", "")
    parties = (
        [("seller.vat_id", "FR40303265045")]
        if code == "O"
        else [("seller.vat_id", ""), ("tax_representative", None)]
    )
    # Each place alone: the others take another category.
    away = {"vat_category": "Z", "vat_rate": D(0)}
    if code == "Z":
        away = {"vat_category": "E", "vat_rate": D(0)}
    line = [(f"lines.0.{key}", value) for key, value in away.items()]
    allowance = [(f"allowances.0.{key}", value) for key, value in away.items()]
    charge = [(f"charges.0.{key}", value) for key, value in away.items()]
    return [
        model(f"BR-{wanted.name}-{number}", *changes, category=code)
        for number, changes in (
            ("01", [("vat_breakdown", (other,))]),
            ("02", [*parties, *allowance, *charge]),
            ("03", [*parties, *line, *charge]),
            ("04", [*parties, *line, *allowance]),
            ("05", [("lines.0.vat_rate", wrong_rate)]),
            ("06", [("allowances.0.vat_rate", wrong_rate)]),
            ("07", [("charges.0.vat_rate", wrong_rate)]),
            ("08", [("vat_breakdown.0.taxable_amount", D(150))]),
            ("09", [("vat_breakdown.0.tax_amount", D(99))]),
            (
                "10",
                [
                    ("vat_breakdown.0.exemption_reason", explained[0]),
                    ("vat_breakdown.0.exemption_code", explained[1]),
                ],
            ),
        )
    ]


def _special_categories() -> list[Broken]:
    standard = VatBreakdown(D(0), D(0), "S", D(20))
    taxed = {"vat_category": "S", "vat_rate": D(20)}
    return [
        model("BR-IC-11", ("period", None), ("delivery.delivery_date", None), ("tax_point_code", ""), category="K"),
        model("BR-IC-12", ("delivery.address", None), category="K"),
        model("BR-O-11", ("vat_breakdown", (*rich("O").vat_breakdown, standard)), category="O"),
        model("BR-O-12", *((f"lines.0.{key}", value) for key, value in taxed.items()), category="O"),
        model("BR-O-13", *((f"allowances.0.{key}", value) for key, value in taxed.items()), category="O"),
        model("BR-O-14", *((f"charges.0.{key}", value) for key, value in taxed.items()), category="O"),
        model("BR-B-01", ("lines.0.vat_category", "B")),
        model("BR-B-02", ("lines.0.vat_category", "B")),
    ]  # fmt: skip


def _french() -> list[Broken]:
    notes = rich().notes
    siren = Identifier("404833048", "0002")
    return [
        model("BR-FR-01", ("number", "F" * 36)),
        model("BR-FR-02", ("number", "F 1")),
        model("BR-FR-03", ("due_date", date(2126, 12, 31))),
        model("BR-FR-04", ("type_code", "326")),
        model("BR-FR-05", ("notes", notes[1:])),
        model("BR-FR-06", ("notes", (*notes, notes[0]))),
        model("BR-FR-08", ("business_process", "")),
        model("BR-FR-09", ("seller.global_identifiers.0.value", "40483304800022")),
        model("BR-FR-10", ("seller.legal_id.scheme", "0060")),
        model("BR-FR-11", ("buyer.legal_id", None)),
        model("BR-FR-12", ("buyer.electronic_address", None)),
        model("BR-FR-13", ("seller.electronic_address", None)),
        model("BR-FR-15", category="L"),
        model("BR-FR-16", ("lines.0.vat_rate", D(19))),
        model("BR-FR-17", ("attachments.0.description", "PHOTO")),
        model(
            "BR-FR-18",
            (
                "attachments",
                tuple(replace(rich().attachments[0], description="LISIBLE") for _ in "ab"),
            ),
        ),
        model("BR-FR-20", ("notes", (*notes[:3], Note("B2X", "BAR")))),
        model("BR-FR-21", ("buyer.electronic_address.value", "303265045")),
        model("BR-FR-22", ("type_code", "389"), ("seller.electronic_address.value", "404833048")),
        model("BR-FR-23", ("buyer.electronic_address.value", "404833048/1")),
        model("BR-FR-24", ("buyer.global_identifiers", (Identifier("A B", "0224"),))),
        model("BR-FR-25", ("buyer.electronic_address.value", "404833048_" + "A" * 120)),
        model("BR-FR-26", ("buyer.global_identifiers", (Identifier("A" * 101, "0224"),))),
        model("BR-FR-31", ("notes", (*notes, BAR_B2B))),
        model("BR-FR-32", ("payee.legal_id.value", "5520")),
        model("BR-FR-CO-03", ("type_code", "262")),
        model("BR-FR-CO-04", ("type_code", "384"), ("preceding_invoices", ())),
        model("BR-FR-CO-05", ("type_code", "381"), ("preceding_invoices", ())),
        model("BR-FR-CO-07", ("due_date", date(2026, 11, 1))),
        model("BR-FR-CO-08", ("business_process", "M4"), ("type_code", "386")),
        model("BR-FR-CO-09", ("business_process", "M2")),
        model("BR-FR-CO-10", ("buyer.global_identifiers", (siren, siren))),
        model("BR-FR-CO-12", ("currency", "USD")),
        model("BR-FR-CO-14", ("seller.global_identifiers.0", Identifier("303265045", "0231"))),
        model(
            "BR-FR-CO-15",
            ("seller.global_identifiers.0", Identifier("303265045", "0231")),
            ("tax_representative", None),
        ),
        model("BR-FR-DEC-01", ("allowances.0.base_amount", FINE)),
        model("BR-FR-DEC-02", ("lines.0.quantity", D("2.00001"))),
        model("BR-FR-DEC-03", ("lines.0.unit_price", D("100.0000001"))),
        model("BR-FR-DEC-04", ("lines.0.vat_rate", D("20.005"))),
    ]


TABLES: tuple[Callable[[], list[Broken]], ...] = (
    _presence,
    _document,
    _codes,
    _categories,
    _special_categories,
    _french,
)
# Rules no document of this table breaks, with where they are held instead.
ELSEWHERE = dict.fromkeys(
    ("BR-36", "BR-43", "BR-CO-19", "BR-CO-20"),
    "an empty or absent element: the CEN unit tests",
)


@pytest.fixture(scope="module")
def sheets():
    running = Sheets()
    yield running
    running.close()


def both(sheets: Sheets, content: bytes, syntax: str) -> tuple[set[str], set[str]]:
    """Covered rules that fire: officially (European and French sheets) and natively."""
    official = {canonical(rule) for rule in sheets.fired(content, syntax, f"fr-{syntax}")}
    ours = {finding.rule for finding in judged(detect(content), french=True)}
    return official & COVERED, ours & COVERED


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_rich_document_is_good(sheets, category):
    # Category L and M are not for France, nor is the rate of 4 %.
    expected = {"L": {"BR-FR-15"}, "M": {"BR-FR-15", "BR-FR-16"}}.get(category, set())

    for syntax, write in (("ubl", write_ubl), ("cii", write_cii)):
        assert both(sheets, write(rich(category)), syntax) == (expected, expected)


@pytest.mark.parametrize("table", TABLES)
def test_each_broken_document_breaks_the_same_rules_natively_and_officially(sheets, table):
    for row in table():
        fired: set[str] = set()
        for syntax, content in (("ubl", row.ubl), ("cii", row.cii)):
            if content is None:
                continue
            official, ours = both(sheets, content, syntax)
            assert ours == official, f"{row.rule} in {syntax}"
            fired |= ours
        assert row.rule in fired, row.rule


def test_the_table_has_every_covered_rule():
    broken = {row.rule for table in TABLES for row in table()}

    assert COVERED - broken == set(ELSEWHERE)
    assert not broken - COVERED - native.OWN
