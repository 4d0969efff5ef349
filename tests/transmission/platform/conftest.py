"""The platform of practice, running on loopback, and invoices to deposit there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.conftest import NOW

from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.model import (
    Address,
    Delivery,
    Identifier,
    Invoice,
    InvoiceLine,
    Note,
    Party,
    PaymentMeans,
    Totals,
    VatBreakdown,
)
from echeance.practice.platform.server import PracticePlatform
from echeance.transmission.platform.chorus import ChorusClient
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.types import (
    FlowInfo,
    FlowProfile,
    FlowSyntax,
    Patience,
    ProcessingRule,
)

QUICK = Patience(timeout_seconds=5, attempts=3, wait_seconds=0.001, wait_seconds_max=0.01)

ATELIER = Party(
    name="Atelier Morel",
    legal_id=Identifier("552100554", "0002"),
    vat_id="FR96552100554",
    legal_information="SAS au capital de 50 000 €",
    electronic_address=Identifier("552100554", "0225"),
    address=Address(
        line_one="12 rue de la Paix", post_code="69002", city="Lyon", country_code="FR"
    ),
)
BAKERY = Party(
    name="Boulangerie Lefèvre & Fils",
    legal_id=Identifier("404833048", "0002"),
    vat_id="FR83404833048",
    electronic_address=Identifier("404833048", "0225"),
    address=Address(
        line_one="3 place du Marché", post_code="13001", city="Marseille", country_code="FR"
    ),
)


def invoice(number: str, **more: object) -> Invoice:
    """One line of 100 €, VAT 20 €, 120 € in all, sold by the Atelier to the bakery."""
    facts = {
        "number": number,
        "issue_date": date(2026, 11, 24),
        "type_code": "380",
        "currency": "EUR",
        "due_date": date(2026, 12, 31),
        "payment_terms": "30 jours fin de mois",
        "notes": (
            Note("Indemnité forfaitaire pour frais de recouvrement : 40 €", "PMT"),
            Note("Pénalités de retard au taux de 12 %", "PMD"),
            Note("Escompte pour paiement anticipé : néant", "AAB"),
        ),
        "business_process": "M1",
        "specification_id": "urn:cen.eu:en16931:2017",
        "seller": ATELIER,
        "buyer": BAKERY,
        "delivery": Delivery(delivery_date=date(2026, 11, 20)),
        "payment_means": (PaymentMeans(type_code="30", iban="FR7630006000011234567890189"),),
        "totals": Totals(
            line_total=Decimal("100.00"),
            net_total=Decimal("100.00"),
            vat_total=Decimal("20.00"),
            gross_total=Decimal("120.00"),
            amount_due=Decimal("120.00"),
        ),
        "vat_breakdown": (
            VatBreakdown(
                taxable_amount=Decimal("100.00"),
                tax_amount=Decimal("20.00"),
                vat_category="S",
                vat_rate=Decimal("20.00"),
            ),
        ),
        "lines": (
            InvoiceLine(
                id="1",
                name="Étagère en chêne",
                quantity=Decimal(1),
                unit_code="C62",
                unit_price=Decimal("100.00"),
                net_amount=Decimal("100.00"),
                vat_category="S",
                vat_rate=Decimal("20.00"),
            ),
        ),
    }
    return Invoice(**{**facts, **more})


def bought(number: str) -> Invoice:
    """The same, the other way round: the bakery sells to the Atelier."""
    return replace(invoice(number), seller=BAKERY, buyer=ATELIER)


def info_of(content: bytes, tracking_id: str = "suivi-1", **more: object) -> FlowInfo:
    facts = {
        "name": "FA-1.xml",
        "syntax": FlowSyntax.CII,
        "rule": ProcessingRule.B2B,
        "tracking_id": tracking_id,
        "sha256": hashlib.sha256(content).hexdigest(),
        "profile": FlowProfile.CIUS,
    }
    return FlowInfo(**{**facts, **more})


class Time:
    """The instant both sides live at; it moves when the test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now

    def pass_(self, **how: float) -> None:
        self.now += timedelta(**how)


@pytest.fixture
def platform_time() -> Time:
    return Time()


PlatformOf = Callable[..., PracticePlatform]


@pytest.fixture
def platform_with(platform_time) -> Iterator[PlatformOf]:
    """Start a platform with given faults; it is ended with the test."""
    running: list[PracticePlatform] = []

    def start(**how: object) -> PracticePlatform:
        platform = PracticePlatform(now=platform_time, **how)
        platform.start()
        running.append(platform)
        return platform

    yield start
    for platform in running:
        platform.close()


@pytest.fixture
def platform(platform_with) -> PracticePlatform:
    """A platform where nothing fails by itself."""
    return platform_with()


@pytest.fixture
def client(platform) -> Iterator[PlatformClient]:
    with PlatformClient(platform.access, patience=QUICK) as opened:
        yield opened


@pytest.fixture
def chorus(platform) -> Iterator[ChorusClient]:
    with ChorusClient(platform.chorus_access, patience=QUICK) as opened:
        yield opened


@pytest.fixture
def content() -> bytes:
    return write_cii(invoice("FA-1"))
