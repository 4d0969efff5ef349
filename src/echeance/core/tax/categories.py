"""VAT categories, natures of supply, and the reasons for charging no VAT.

Sources: UNCL5305 as used by EN 16931; the VATEX code list; CGI 256 to 298 (texts in
:mod:`echeance.core.mentions`, where they are dated).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class VatCategory(StrEnum):
    """BT-118 and BT-151."""

    S = "S"  # taxed, whatever the rate
    Z = "Z"  # zero rated: not used in France
    E = "E"  # exempt
    AE = "AE"  # reverse charge
    K = "K"  # intra-Community supply of goods
    G = "G"  # export
    O = "O"  # outside the scope of VAT  # noqa: E741

    @property
    def is_taxed(self) -> bool:
        """Whether the seller collects VAT."""
        return self is VatCategory.S


class Nature(StrEnum):
    """What is supplied (CGI ann. II art. 242 nonies A, 8° bis). A line is never mixed."""

    GOODS = "goods"
    SERVICES = "services"
    MIXED = "mixed"

    @property
    def letter(self) -> str:
        """First character of the business process BT-23: B, S or M."""
        return {"goods": "B", "services": "S", "mixed": "M"}[self]


def combined_nature(natures: Iterable[Nature]) -> Nature:
    """The nature of a document from those of its lines; at least one.

    >>> combined_nature([Nature.GOODS, Nature.SERVICES]).letter
    'M'
    """
    distinct = set(natures)
    assert distinct, "a document has at least one line"
    return distinct.pop() if len(distinct) == 1 else Nature.MIXED


class Exemption(StrEnum):
    """Why no VAT is charged: the case a person chooses, from which the codes follow."""

    FRANCHISE = "franchise"
    INTRA_GOODS = "intra_goods"
    EXPORT = "export"
    EU_SERVICES = "eu_services"
    CONSTRUCTION_SUBCONTRACTING = "construction_subcontracting"
    FOREIGN_SUPPLIER = "foreign_supplier"
    WASTE = "waste"
    DOM_NO_VAT = "dom_no_vat"
    EXEMPT = "exempt"  # CGI 261 and following: the article is given with the line
    TRAVEL_AGENCY = "travel_agency"
    SECOND_HAND = "second_hand"
    WORK_OF_ART = "work_of_art"
    COLLECTIBLE = "collectible"
    DISBURSEMENT = "disbursement"
    CREDIT_NET_OF_TAX = "credit_net_of_tax"


@dataclass(frozen=True, slots=True)
class ExemptionRule:
    """What a case of exemption means on an invoice.

    Attributes:
        exemption: The case.
        category: BT-118 and BT-151.
        code: BT-121; empty where the list has no code and the text alone speaks.
        needs_vat_ids: Both VAT numbers are mandatory (242 nonies A, 3° and 4°).
    """

    exemption: Exemption
    category: VatCategory
    code: str
    needs_vat_ids: bool = False


EXEMPTIONS: dict[Exemption, ExemptionRule] = {
    rule.exemption: rule
    for rule in (
        ExemptionRule(Exemption.FRANCHISE, VatCategory.E, "VATEX-FR-FRANCHISE"),
        ExemptionRule(Exemption.INTRA_GOODS, VatCategory.K, "VATEX-EU-IC", needs_vat_ids=True),
        ExemptionRule(Exemption.EXPORT, VatCategory.G, "VATEX-EU-G"),
        ExemptionRule(Exemption.EU_SERVICES, VatCategory.AE, "VATEX-EU-AE", needs_vat_ids=True),
        ExemptionRule(
            Exemption.CONSTRUCTION_SUBCONTRACTING,
            VatCategory.AE,
            "VATEX-EU-AE",
            needs_vat_ids=True,
        ),
        ExemptionRule(
            Exemption.FOREIGN_SUPPLIER, VatCategory.AE, "VATEX-EU-AE", needs_vat_ids=True
        ),
        ExemptionRule(Exemption.WASTE, VatCategory.AE, "VATEX-EU-AE", needs_vat_ids=True),
        # Not O: an invoice in O may not show the seller's VAT number (BR-O-02).
        ExemptionRule(Exemption.DOM_NO_VAT, VatCategory.E, ""),
        ExemptionRule(Exemption.EXEMPT, VatCategory.E, ""),
        ExemptionRule(Exemption.TRAVEL_AGENCY, VatCategory.E, "VATEX-EU-D"),
        ExemptionRule(Exemption.SECOND_HAND, VatCategory.E, "VATEX-EU-F"),
        ExemptionRule(Exemption.WORK_OF_ART, VatCategory.E, "VATEX-EU-I"),
        ExemptionRule(Exemption.COLLECTIBLE, VatCategory.E, "VATEX-EU-J"),
        ExemptionRule(Exemption.DISBURSEMENT, VatCategory.O, "VATEX-EU-O"),
        ExemptionRule(Exemption.CREDIT_NET_OF_TAX, VatCategory.E, "VATEX-FR-CNWVAT"),
    )
}

_DIRECTIVE_143 = (
    "",
    *(
        f"-1{letter}"
        for letter in ["A", "B", "C", "D", "E", "F", "FA", "G", "H", "I", "J", "K", "L"]
    ),
)
_DIRECTIVE_151 = ("", *(f"-1{letter}" for letter in ["A", "AA", "B", "C", "D", "E"]))

VATEX: frozenset[str] = frozenset(
    (
        *(f"VATEX-EU-{name}" for name in ["AE", "D", "F", "G", "I", "IC", "J", "O"]),
        "VATEX-EU-79-C",
        "VATEX-EU-132",
        *(f"VATEX-EU-132-1{letter}" for letter in "ABCDEFGHIJKLMNOPQ"),
        "VATEX-EU-135-1",
        *(f"VATEX-EU-143{suffix}" for suffix in _DIRECTIVE_143),
        "VATEX-EU-144",
        "VATEX-EU-146-1E",
        "VATEX-EU-148",
        *(f"VATEX-EU-148-{letter}" for letter in "ABCDEFG"),
        *(f"VATEX-EU-151{suffix}" for suffix in _DIRECTIVE_151),
        "VATEX-EU-153",
        "VATEX-EU-159",
        "VATEX-EU-309",
        *(f"VATEX-FR-CGI261-{number}" for number in (1, 2, 3, 4, 5, 7, 8)),
        "VATEX-FR-CGI261A",
        "VATEX-FR-CGI261B",
        *(f"VATEX-FR-CGI261C-{number}" for number in (1, 2, 3)),
        *(f"VATEX-FR-CGI261D-{number}" for number in ("1", "1BIS", "2", "3", "4")),
        *(f"VATEX-FR-CGI261E-{number}" for number in (1, 2)),
        "VATEX-FR-CGI275",
        "VATEX-FR-CGI277A",
        "VATEX-FR-CGI295",
        "VATEX-FR-298SEXDECIESA",
        "VATEX-FR-AE",
        "VATEX-FR-FRANCHISE",
        "VATEX-FR-CNWVAT",
    )
)
"""Codes of exemption reasons that a French invoice may carry (BT-121)."""
