"""Invoices of a fictional company, one per situation, with totals worked by the test code."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from echeance.core.einvoice.model import (
    Address,
    AllowanceCharge,
    Contact,
    Delivery,
    Identifier,
    Invoice,
    InvoiceLine,
    Note,
    Party,
    PaymentMeans,
    PrecedingInvoice,
    Totals,
    VatBreakdown,
)
from echeance.core.money import round_amount

SHARED = Path(__file__).resolve().parents[4] / "shared"

SELLER = Party(
    name="Atelier Morel",
    global_identifiers=(Identifier("30326504500011", "0009"),),
    legal_id=Identifier("303265045", "0002"),
    vat_id="FR40303265045",
    legal_information="SAS au capital de 50 000 € – RCS Lyon 303 265 045",
    electronic_address=Identifier("303265045", "0225"),
    address=Address(
        line_one="12 rue de la Paix", post_code="69002", city="Lyon", country_code="FR"
    ),
    contact=Contact(
        "Service facturation", "+33 4 00 00 00 00", "facturation@atelier-morel.example"
    ),
)
BUYER = Party(
    name="Boulangerie Lefèvre & Fils",
    legal_id=Identifier("404833048", "0002"),
    vat_id="FR83404833048",
    electronic_address=Identifier("404833048", "0225"),
    address=Address(
        line_one="3 place du Marché", post_code="13001", city="Marseille", country_code="FR"
    ),
)
GERMAN = Party(
    name="Muster Handels GmbH",
    vat_id="DE136695976",
    electronic_address=Identifier("rechnung@muster.example", "EM"),
    address=Address(line_one="Musterstraße 1", post_code="10115", city="Berlin", country_code="DE"),
)
SWISS = Party(
    name="Exemple SA",
    electronic_address=Identifier("factures@exemple.example", "EM"),
    address=Address(line_one="Rue du Lac 5", post_code="1201", city="Genève", country_code="CH"),
)
NOTES = (
    Note("Indemnité forfaitaire pour frais de recouvrement : 40 €", "PMT"),
    Note("Tout retard de paiement entraîne des pénalités au taux de 12 %", "PMD"),
    Note("Escompte pour paiement anticipé : néant", "AAB"),
)
ZERO = Decimal(0)


def line(name, quantity, price, *, rate="20", category="S", unit="C62", **more) -> InvoiceLine:
    quantity, price = Decimal(quantity), Decimal(price)
    return InvoiceLine(
        id="",
        name=name,
        quantity=quantity,
        unit_code=unit,
        unit_price=price,
        net_amount=round_amount(quantity * price),
        vat_category=category,
        vat_rate=None if rate is None else Decimal(rate),
        **more,
    )


def invoice(
    *lines, reasons=None, prepaid=None, allowances=(), buyer=BUYER, notes=(), **more
) -> Invoice:
    """An invoice whose totals follow EN 16931: VAT once per rate, on the sum of its lines."""
    lines = tuple(replace(item, id=str(index)) for index, item in enumerate(lines, start=1))
    bases = defaultdict(Decimal)
    for item in lines:
        bases[item.vat_category, item.vat_rate] += item.net_amount
    for item in allowances:
        bases[item.vat_category, item.vat_rate] -= item.amount
    breakdown = tuple(
        VatBreakdown(
            taxable_amount=base,
            tax_amount=round_amount(base * (rate or ZERO) / 100),
            vat_category=category,
            vat_rate=rate,
            **(reasons or {}).get(category, {}),
        )
        for (category, rate), base in bases.items()
    )
    line_total = sum((item.net_amount for item in lines), ZERO)
    allowance_total = sum((item.amount for item in allowances), ZERO)
    vat = sum((item.tax_amount for item in breakdown), ZERO)
    gross = line_total - allowance_total + vat
    facts = {
        "number": "FA-2026-000042",
        "issue_date": date(2026, 11, 24),
        "type_code": "380",
        "currency": "EUR",
        "due_date": date(2026, 12, 31),
        "payment_terms": "30 jours fin de mois",
        "notes": (*NOTES, *notes),
        "business_process": "M1",
        "specification_id": "urn:cen.eu:en16931:2017",
        "seller": SELLER,
        "buyer": buyer,
        "delivery": Delivery(delivery_date=date(2026, 11, 20)),
        "payment_means": (
            PaymentMeans(
                type_code="30", text="Virement", iban="FR7630006000011234567890189", bic="AGRIFRPP"
            ),
        ),
        "remittance_information": "FA-2026-000042",
        "allowances": allowances,
        "totals": Totals(
            line_total=line_total,
            allowance_total=allowance_total if allowances else None,
            net_total=line_total - allowance_total,
            vat_total=vat,
            gross_total=gross,
            prepaid_amount=prepaid,
            amount_due=gross - (prepaid or ZERO),
        ),
        "vat_breakdown": breakdown,
        "lines": lines,
    }
    return Invoice(**{**facts, **more})


BAR_B2B = Note("B2B", "BAR")
ORIGINAL = (PrecedingInvoice("FA-2026-000007", date(2026, 10, 2)),)

SAMPLES: dict[str, Invoice] = {
    "standard rate": invoice(
        line("Étagère en chêne", "2", "149.90", seller_item_id="ET-CH", description="120 × 30 cm"),
        line("Pose", "3.5", "52", unit="HUR"),
        notes=(BAR_B2B,),
        order_reference="BC-7788",
        buyer_reference="SERVICE-ACHATS",
    ),
    "mixed rates with a document allowance": invoice(
        line("Livre « Le bois »", "12", "18.957346", rate="5.5"),
        line("Étagère", "1", "99.99"),
        line("Repas", "2", "15.5", rate="10"),
        allowances=(
            AllowanceCharge(
                amount=Decimal("10.00"),
                base_amount=Decimal("99.99"),
                reason="Remise commerciale",
                reason_code="95",
                vat_category="S",
                vat_rate=Decimal(20),
            ),
        ),
    ),
    "franchise": invoice(
        line("Conseil", "1", "800", category="E", rate="0", unit="DAY"),
        reasons={
            "E": {
                "exemption_reason": "TVA non applicable, article 293 B du CGI",
                "exemption_code": "VATEX-FR-FRANCHISE",
            }
        },
        business_process="S1",
    ),
    "domestic reverse charge": invoice(
        line("Sous-traitance de gros œuvre", "1", "12500", category="AE", rate="0"),
        reasons={
            "AE": {
                "exemption_reason": "Autoliquidation – article 283-2 nonies du CGI",
                "exemption_code": "VATEX-EU-AE",
            }
        },
        business_process="S1",
    ),
    "intra-Community goods": invoice(
        line("Table en frêne", "4", "640", category="K", rate="0"),
        reasons={
            "K": {
                "exemption_reason": "Exonération de TVA, article 262 ter, I du CGI",
                "exemption_code": "VATEX-EU-IC",
            }
        },
        buyer=GERMAN,
        delivery=Delivery(
            name="Muster Handels GmbH", delivery_date=date(2026, 11, 20), address=GERMAN.address
        ),
        business_process="B1",
    ),
    "export": invoice(
        line("Table en frêne", "1", "640", category="G", rate="0"),
        reasons={
            "G": {
                "exemption_reason": "Exonération de TVA, article 262, I du CGI",
                "exemption_code": "VATEX-EU-G",
            }
        },
        buyer=SWISS,
        business_process="B1",
    ),
    "credit note": invoice(
        line("Étagère en chêne", "1", "149.90"),
        number="AV-2026-000003",
        type_code="381",
        preceding_invoices=ORIGINAL,
        due_date=None,
    ),
    "deposit": invoice(
        line("Acompte de 30 % sur devis D-118", "1", "300"),
        number="AC-2026-000001",
        type_code="386",
        business_process="S1",
        tax_point_code="72",
    ),
    "services on receipts": invoice(
        line("Maintenance", "1", "450"), business_process="S1", tax_point_code="72"
    ),
    "services on debits": invoice(
        line("Maintenance", "1", "450"), business_process="S1", tax_point_code="5"
    ),
    "already paid in part": invoice(
        line("Étagère", "3", "99.99"), prepaid=Decimal("100.00"), preceding_invoices=ORIGINAL
    ),
    "already paid": invoice(
        line("Étagère", "1", "100"),
        prepaid=Decimal("120.00"),
        business_process="B2",
        due_date=date(2026, 11, 20),
    ),
}
