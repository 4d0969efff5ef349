"""VAT that moves with the money, and VAT that a credit note gives back.

VAT on receipts waits on 44574 and moves to 44571 as the customer pays. The move is reckoned on
totals, not payment by payment, so that rounding never drifts and the last payment clears it.

Sources: CGI 269-2 c (due on receipt), 272-1 (credit notes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import ZERO, allocate, round_amount

_HUNDRED = Decimal(100)


def vat_due_on_receipt(
    vat: Decimal,
    gross: Decimal,
    received_total: Decimal,
    moved_total: Decimal,
    currency: str = "EUR",
) -> Decimal:
    """VAT to move from waiting to collected now; negative when a receipt was undone.

    Called once for each rate. Credit notes reduce ``vat`` and ``gross`` before the call; a refund
    of a credit note uses the credit note's own figures, sides swapped by the caller.

    Args:
        vat: VAT of the item at one rate.
        gross: Whole amount of the item, all rates, above zero.
        received_total: All that was received on the item so far; more than ``gross`` counts as
            ``gross``.
        moved_total: VAT already moved at this rate.
        currency: ISO 4217 code.

    >>> str(vat_due_on_receipt(Decimal("20.00"), Decimal("120.00"), Decimal(50), Decimal(0)))
    '8.33'
    >>> str(vat_due_on_receipt(Decimal("20.00"), Decimal("120.00"), Decimal(120), Decimal("8.33")))
    '11.67'
    """
    assert gross > ZERO, "an item has an amount"
    received = max(ZERO, min(received_total, gross))
    # Decimal division is rounded at 28 digits: multiply first, divide last.
    return round_amount(vat * received / gross, currency) - moved_total


@dataclass(eq=False)
class CreditExceedsInvoiceError(EcheanceError):
    """A credit note gives back more than is left of its invoice."""

    code = "bookkeeping.credit_exceeds_invoice"
    kind = Kind.REFUSED
    message = "L'avoir de {amount} dépasse ce qui reste à créditer ({left}) : réduisez son montant."

    amount: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class VatLeft:
    """What is left of an invoice at one rate, earlier credit notes taken off."""

    rate: Decimal
    base: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        """Base and VAT."""
        return self.base + self.vat


@dataclass(frozen=True, slots=True)
class CreditShare:
    """Part of a credit note at one rate."""

    rate: Decimal
    base: Decimal
    vat: Decimal


def credit_vat(base: Decimal, left: VatLeft, currency: str = "EUR") -> Decimal:
    """VAT of a credit note for ``base`` at one rate: never more than is left, all of it at the end.

    Raises:
        CreditExceedsInvoiceError: ``base`` is more than what is left.

    >>> str(credit_vat(Decimal("0.33"), VatLeft(Decimal(20), Decimal("0.33"), Decimal("0.06"))))
    '0.06'
    """
    if base > left.base:
        raise CreditExceedsInvoiceError(base, left.base)
    if base == left.base:
        return left.vat
    return min(round_amount(base * left.rate / _HUNDRED, currency), left.vat)


def split_credit(
    gross: Decimal, left: Sequence[VatLeft], currency: str = "EUR"
) -> tuple[CreditShare, ...]:
    """Spread a credit given with VAT included over the rates, in proportion of what is left.

    The shares sum to ``gross``; none takes more base or VAT than its rate has left.

    Args:
        gross: Amount to credit, VAT included, positive.
        left: What is left of the invoice, one row per rate.
        currency: ISO 4217 code.

    Returns:
        One share per row of ``left``, same order.

    Raises:
        CreditExceedsInvoiceError: ``gross`` is more than what is left.
    """
    assert gross > ZERO, "a credit note is positive"
    whole = sum((row.gross for row in left), ZERO)
    if gross > whole:
        raise CreditExceedsInvoiceError(gross, whole)
    shares = []
    parts = allocate(gross, [row.gross for row in left], currency)
    for row, part in zip(left, parts, strict=True):
        exact = part * row.rate / (_HUNDRED + row.rate)
        vat = row.vat if part == row.gross else min(round_amount(exact, currency), row.vat)
        # A cent of rounding may leave too little base: VAT then takes it.
        base = min(part - vat, row.base)
        shares.append(CreditShare(row.rate, base, part - base))
    return tuple(shares)
