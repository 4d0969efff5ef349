"""Who sells and who buys, as a document prints them.

Sources: EN 16931-1 BG-4 and BG-7; CGI 289 I-2 (a buyer that bills itself in its supplier's name).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from echeance.billing.types import SellerFacts
from echeance.core.terms import CustomerKind
from echeance.parties.types import PartySnapshot


@dataclass(frozen=True, slots=True)
class EstablishmentFacts:
    """The establishment of a buyer that receives a document (BT-46)."""

    party_id: int
    siret: str
    address_line: str
    address_extra: str
    postcode: str
    city: str
    country: str
    electronic_address: str


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """What drafting needs of a self-billing mandate.

    Attributes:
        franchise: The supplier charges no VAT (CGI 293 B).
        ends_on: Last day it may be used; none for no end.
        revoked: Nothing more is made under it.
    """

    supplier_id: int
    reference: str
    franchise: bool
    signed_on: date
    ends_on: date | None
    revoked: bool


def at_establishment(buyer: PartySnapshot, place: EstablishmentFacts) -> PartySnapshot:
    """The buyer at the establishment that receives the document.

    What the establishment does not say is that of the firm; VAT follows its address.
    """
    moved = replace(
        buyer,
        siret=place.siret,
        electronic_address=place.electronic_address or buyer.electronic_address,
    )
    if not place.address_line:
        return moved
    return replace(
        moved,
        address_line=place.address_line,
        address_extra=place.address_extra,
        postcode=place.postcode,
        city=place.city,
        country=place.country,
        territory="",
    )


def company_as_buyer(company: SellerFacts) -> PartySnapshot:
    """The company as the buyer of what it bills in a supplier's name."""
    return PartySnapshot(
        code="",
        name=company.name,
        category=CustomerKind.PROFESSIONAL.value,
        legal_form=company.legal_form,
        siren=company.siren,
        siret=company.siret,
        vat_id=company.vat_id,
        address_line=company.address_line,
        address_extra=company.address_extra,
        postcode=company.postcode,
        city=company.city,
        country=company.country,
        electronic_address=company.electronic_address,
    )


def supplier_as_seller(supplier: PartySnapshot, *, franchise: bool) -> SellerFacts:
    """The supplier as the seller of what the company bills in its name."""
    return SellerFacts(
        name=supplier.name,
        legal_form=supplier.legal_form,
        share_capital=None,
        siren=supplier.siren,
        siret=supplier.siret,
        vat_id=supplier.vat_id,
        rcs_city="",
        address_line=supplier.address_line,
        address_extra=supplier.address_extra,
        postcode=supplier.postcode,
        city=supplier.city,
        country=supplier.country,
        email="",
        phone="",
        electronic_address=supplier.electronic_address,
        franchise=franchise,
        on_debits=False,
    )
