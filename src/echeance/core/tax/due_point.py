"""When VAT becomes due to the State, and how the invoice says it.

Goods: on delivery, in practice with the invoice. Services: on receipt of the money, unless the
seller opted for the debits. Advances: on receipt, for goods too since 1 January 2023.

Source: CGI 269-2 and 77-1 of ann. III; UNTDID 2005 as used by BT-8.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from echeance.core.tax.categories import Nature, VatCategory


class Exigibility(StrEnum):
    """Which account holds the VAT of an invoice when it is issued."""

    DEBITS = "debits"  # due at once: 44571
    RECEIPTS = "receipts"  # due as money comes: 44574, then 44571
    NONE = "none"  # no VAT charged


class TaxPoint(StrEnum):
    """BT-8: the value is the code of CII (UNTDID 2475)."""

    INVOICE = "5"
    DELIVERY = "29"
    PAYMENT = "72"

    @property
    def ubl(self) -> str:
        """The same in UBL (UNTDID 2005)."""
        return {"5": "3", "29": "35", "72": "432"}[self]


def exigibility(
    category: VatCategory, nature: Nature, *, on_debits: bool = False, prepayment: bool = False
) -> Exigibility:
    """When the VAT of one line becomes due.

    Args:
        category: VAT category of the line.
        nature: Goods or services.
        on_debits: The seller opted for the debits; it bears on services alone.
        prepayment: The invoice asks for an advance (type 386).

    >>> exigibility(VatCategory.S, Nature.SERVICES).value
    'receipts'
    """
    assert nature is not Nature.MIXED, "a line is either goods or services"
    if not category.is_taxed:
        return Exigibility.NONE
    if nature is Nature.SERVICES:
        return Exigibility.DEBITS if on_debits else Exigibility.RECEIPTS
    return Exigibility.RECEIPTS if prepayment else Exigibility.DEBITS


def tax_point(
    natures: Collection[Nature], *, on_debits: bool = False, prepayment: bool = False
) -> TaxPoint | None:
    """BT-8 of a document, from the natures of its taxed lines.

    Code 5 is for the option alone. None when nothing is taxed, or when goods and services without
    the option are due on different days: the document has room for one code only.

    >>> tax_point([Nature.SERVICES]).value, tax_point([Nature.GOODS]).value
    ('72', '29')
    """
    distinct = set(natures)
    assert Nature.MIXED not in distinct, "a line is either goods or services"
    if not distinct:
        return None
    if Nature.SERVICES in distinct and on_debits:
        return TaxPoint.INVOICE
    if distinct == {Nature.SERVICES} or prepayment:
        return TaxPoint.PAYMENT
    return TaxPoint.DELIVERY if distinct == {Nature.GOODS} else None
