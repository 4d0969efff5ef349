"""What the rules of one document share: the document, its parties, and how a finding is made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from echeance.core.einvoice.fields import Level
from echeance.core.einvoice.model import Finding, Invoice, InvoiceLine, Party, Totals

CII: Final = "CII"
UBL: Final = "UBL"
_NOBODY: Final = Party()
_DETAIL: Final = frozenset({"", "DETAIL"})


@dataclass(frozen=True, slots=True)
class Case:
    """One document under examination.

    Attributes:
        invoice: The document.
        printed: Whether its numbers are as a file prints them, where a third decimal is a fault
            even when it is a zero; facts that are still to be written have only a value.
        level: What its profile may carry: MINIMUM and BASIC WL have no lines, so nothing can be
            summed there.
        syntax: ``CII`` or ``UBL``, whose sheets differ in a few rules; "" for facts still to be
            written, which must obey the standard itself.
    """

    invoice: Invoice
    printed: bool = False
    level: Level = Level.EN16931
    syntax: str = ""

    @property
    def has_lines(self) -> bool:
        """Whether its profile carries lines at all."""
        return self.level >= Level.BASIC

    @property
    def seller(self) -> Party:
        """The seller, empty when absent."""
        return self.invoice.seller or _NOBODY

    @property
    def buyer(self) -> Party:
        """The buyer, empty when absent."""
        return self.invoice.buyer or _NOBODY

    @property
    def representative(self) -> Party:
        """The tax representative, empty when absent."""
        return self.invoice.tax_representative or _NOBODY

    @property
    def payee(self) -> Party:
        """The payee, empty when absent."""
        return self.invoice.payee or _NOBODY

    @property
    def totals(self) -> Totals | None:
        """BG-22."""
        return self.invoice.totals

    def numbered_lines(self) -> Iterator[tuple[str, InvoiceLine]]:
        """The lines, each with its place (``BG-25[3]``)."""
        for index, line in enumerate(self.invoice.lines, start=1):
            yield f"BG-25[{index}]", line

    def counted_lines(self) -> Iterator[InvoiceLine]:
        """The lines that count in the totals: all of the core, the details of the extension."""
        return (line for line in self.invoice.lines if line.subtype in _DETAIL)

    def decimals(self, value: Decimal) -> int:
        """How many decimals a number has: as printed, or once its last zeros are dropped."""
        number = value if self.printed else value.normalize()
        return max(0, -int(number.as_tuple().exponent))


def rule_set(text: str) -> frozenset[str]:
    """Rules named one after the other, as a set.

    >>> sorted(rule_set("BR-02 BR-01"))
    ['BR-01', 'BR-02']
    """
    return frozenset(text.split())


def fatal(rule: str, location: str, message: str) -> Finding:
    """A fault that makes the document invalid."""
    return Finding(rule, "fatal", location, message)


def warning(rule: str, location: str, message: str) -> Finding:
    """Something to look at; the document may be issued."""
    return Finding(rule, "warning", location, message)


def country(party: Party | None) -> str:
    """Country code of a party, "" when unknown."""
    return party.address.country_code if party and party.address else ""


def rounded(value: Decimal) -> Decimal:
    """Two decimals, halves towards plus infinity, as the official rules compute (XPath).

    >>> rounded(Decimal("0.125")), rounded(Decimal("-0.125"))
    (Decimal('0.13'), Decimal('-0.12'))
    """
    return Decimal(math.floor(value * 100 + Decimal("0.5"))) / 100
