"""Preflight finds, in one go and in French, what the official rules would refuse."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.einvoice.samples import (
    BAR_B2B,
    BUYER,
    GERMAN,
    NOTES,
    SAMPLES,
    SELLER,
    SWISS,
    invoice,
    line,
)
from echeance.core.einvoice.checks import check
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.model import (
    AllowanceCharge,
    Attachment,
    Identifier,
    Invoice,
    Note,
    PaymentMeans,
    Period,
)

STANDARD = SAMPLES["standard rate"]
INTRA = SAMPLES["intra-Community goods"]
CREDIT = SAMPLES["credit note"]


def rules(document: Invoice) -> list[str]:
    return [finding.rule for finding in check(document) if finding.severity == "fatal"]


def party(base, **changes):
    return replace(base, **changes)


def first_line(document: Invoice, **changes) -> Invoice:
    head, *rest = document.lines
    return replace(document, lines=(replace(head, **changes), *rest))


def totals(document: Invoice, **changes) -> Invoice:
    return replace(document, totals=replace(document.totals, **changes))


def vat(document: Invoice, **changes) -> Invoice:
    head, *rest = document.vat_breakdown
    return replace(document, vat_breakdown=(replace(head, **changes), *rest))


@pytest.mark.parametrize("name", SAMPLES)
def test_good_documents_have_no_finding(name):
    assert check(SAMPLES[name]) == []


BROKEN = {
    "no number": (replace(STANDARD, number=""), ["BR-02"]),
    "no issue date": (replace(STANDARD, issue_date=None), ["BR-03"]),
    "no type": (replace(STANDARD, type_code=""), ["BR-04"]),
    "no seller name": (replace(STANDARD, seller=party(SELLER, name="")), ["BR-06"]),
    "no buyer address": (replace(STANDARD, buyer=party(BUYER, address=None)), ["BR-10"]),
    "no buyer country": (
        replace(STANDARD, buyer=party(BUYER, address=replace(BUYER.address, country_code=""))),
        ["BR-11"],
    ),
    "no item name": (first_line(STANDARD, name=""), ["BR-25"]),
    "no unit": (first_line(STANDARD, unit_code=""), ["BR-23"]),
    "negative price": (first_line(STANDARD, unit_price=Decimal(-1)), ["BR-27", "BR-FR-DEC-03"]),
    "period reversed": (
        replace(STANDARD, period=Period(STANDARD.due_date, STANDARD.issue_date)),
        ["BR-29"],
    ),
    "transfer without account": (
        replace(STANDARD, payment_means=(PaymentMeans(type_code="30"),)),
        ["BR-61"],
    ),
    "no scheme on an address": (
        replace(STANDARD, buyer=party(BUYER, electronic_address=Identifier("404833048"))),
        ["BR-63", "BR-FR-21"],
    ),
    "VAT number without country": (
        replace(STANDARD, seller=party(SELLER, vat_id="40303265045")),
        ["BR-CO-09"],
    ),
    "both tax points": (
        replace(STANDARD, tax_point_code="5", tax_point_date=STANDARD.issue_date),
        ["BR-CO-03"],
    ),
    "sum of lines": (totals(STANDARD, line_total=Decimal("481.81")), ["BR-CO-10", "BR-CO-13"]),
    "total VAT": (totals(STANDARD, vat_total=Decimal("96.37")), ["BR-CO-14", "BR-CO-15"]),
    "total with VAT": (totals(STANDARD, gross_total=Decimal("578.17")), ["BR-CO-15", "BR-CO-16"]),
    "amount due": (totals(STANDARD, amount_due=Decimal("578.17")), ["BR-CO-16"]),
    "no due date nor terms": (replace(STANDARD, due_date=None, payment_terms=""), ["BR-CO-25"]),
    "allowance without reason": (
        invoice(
            line("Étagère", "1", "100"),
            allowances=(AllowanceCharge(amount=Decimal(1), vat_category="S", vat_rate=Decimal(20)),),
        ),
        ["BR-CO-21"],
    ),
    "VAT base": (vat(STANDARD, taxable_amount=Decimal("481.00"), tax_amount=Decimal("96.20")), ["BR-CO-14", "BR-S-08"]),
    "breakdown missing": (replace(STANDARD, vat_breakdown=()), ["BR-CO-18", "BR-CO-14", "BR-S-01"]),
    "exemption without reason": (vat(SAMPLES["franchise"], exemption_reason="", exemption_code=""), ["BR-E-10"]),
    "taxed with a reason": (vat(STANDARD, exemption_reason="Exonération"), ["BR-S-10"]),
    "reverse charge without buyer id": (
        replace(SAMPLES["domestic reverse charge"], buyer=party(BUYER, vat_id="", legal_id=None)),
        ["BR-AE-02"],
    ),
    "intra-Community without buyer VAT": (replace(INTRA, buyer=party(GERMAN, vat_id="")), ["BR-IC-02"]),
    "intra-Community without delivery": (replace(INTRA, delivery=None), ["BR-IC-11", "BR-IC-12"]),
    "seller without VAT number": (replace(STANDARD, seller=party(SELLER, vat_id="")), ["BR-S-02"]),
    "number too long": (replace(STANDARD, number="F" * 36), ["BR-FR-01"]),
    "number with a space": (replace(STANDARD, number="F 1"), ["BR-FR-02"]),
    "year out of range": (replace(STANDARD, issue_date=STANDARD.issue_date.replace(year=1999)), ["BR-FR-03"]),
    "note missing": (replace(STANDARD, notes=(*NOTES[:2], BAR_B2B)), ["BR-FR-05"]),
    "note twice": (replace(STANDARD, notes=(*NOTES, NOTES[0], BAR_B2B)), ["BR-FR-06"]),
    "no business process": (replace(STANDARD, business_process=""), ["BR-FR-08"]),
    "SIRET of another": (
        replace(STANDARD, seller=party(SELLER, global_identifiers=(Identifier("40483304800022", "0009"),))),
        ["BR-FR-09"],
    ),
    "no seller SIREN": (replace(STANDARD, seller=party(SELLER, legal_id=None)), ["BR-FR-10", "BR-FR-09"]),
    "no buyer SIREN": (
        replace(STANDARD, buyer=party(BUYER, legal_id=None)),
        ["BR-FR-11"],
    ),
    "no buyer address online": (
        replace(STANDARD, notes=NOTES, buyer=party(BUYER, electronic_address=None)),
        ["BR-FR-12"],
    ),
    "unknown rate": (invoice(line("Étagère", "1", "100", rate="19")), ["BR-FR-16", "BR-FR-16"]),
    "attachment of unknown kind": (
        replace(STANDARD, attachments=(Attachment("1", "PHOTO", content=b"x", mime_code="image/png", filename="a.png"),)),
        ["BR-FR-17"],
    ),
    "unknown treatment": (replace(STANDARD, notes=(*NOTES, Note("B2X", "BAR"))), ["BR-FR-20"]),
    "address of another": (
        replace(STANDARD, buyer=party(BUYER, electronic_address=Identifier("303265045", "0225"))),
        ["BR-FR-21"],
    ),
    "bad address": (
        replace(STANDARD, buyer=party(BUYER, electronic_address=Identifier("404833048/1", "0225"))),
        ["BR-FR-23"],
    ),
    "corrective without original": (replace(STANDARD, type_code="384"), ["BR-FR-CO-04"]),
    "credit note without original": (replace(CREDIT, preceding_invoices=()), ["BR-FR-CO-05"]),
    "due before issue": (
        replace(STANDARD, due_date=STANDARD.issue_date.replace(day=1)),
        ["BR-FR-CO-07"],
    ),
    "paid but due": (replace(STANDARD, business_process="M2"), ["BR-FR-CO-09"]),
    "quantity too fine": (first_line(STANDARD, quantity=Decimal("2.00001")), ["BR-FR-DEC-02"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_each_fault_is_found_and_nothing_else(case):
    document, expected = BROKEN[case]

    assert rules(document) == expected


# BR-CO-25 is in the standard, but the Factur-X sheet tests it only where terms are present.
@pytest.mark.parametrize("case", sorted(BROKEN.keys() - {"no due date nor terms"}))
def test_the_official_rules_refuse_the_same_documents(validator, case):
    verdict = validator.validate(write_cii(BROKEN[case][0]))

    assert verdict.validated
    assert verdict.valid is False


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (replace(STANDARD, seller=party(SELLER, vat_id="FR41303265045")), "TVA-CLE"),
        (replace(STANDARD, payment_means=(PaymentMeans("30", iban="FR7630006000011234567890188"),)), "IBAN-CLE"),
        (replace(STANDARD, seller=party(SELLER, legal_id=Identifier("303265046", "0002"), global_identifiers=())), "SIREN-CLE"),
    ],
)  # fmt: skip
def test_keys_no_official_sheet_checks_are_checked(document, rule):
    assert rules(document) == [rule]


def test_a_line_whose_amount_is_not_its_product_is_a_warning():
    [finding] = [
        f for f in check(first_line(STANDARD, quantity=Decimal(3))) if f.severity == "warning"
    ]

    assert finding.location == "BG-25[1]/BT-131"
    assert finding.message == (
        "Le montant de la ligne 1 est 299.80, le calcul donne 449.70 : vérifiez quantité, prix et remises."
    )


def test_all_faults_are_told_at_once():
    found = rules(replace(first_line(STANDARD, name=""), number="", notes=(), buyer=SWISS))

    assert found == ["BR-02", "BR-25", "BR-FR-05", "BR-FR-05", "BR-FR-05"]
