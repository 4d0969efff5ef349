"""What may explain that a payment is not what its documents owe: the lines of the policy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from echeance.core.matching.model import Difference, DifferenceRule, OpenItem, Payment
from echeance.core.matching.references import fold
from echeance.core.money import ZERO, round_amount

LABELS: Final = {
    "bank_charges": "frais bancaires",
    "discount": "escompte",
    "rounding": "arrondi",
    "retention": "retenue de garantie",
    "small": "écart négligeable",
    "exchange": "différence de change",
    "unapplied": "acompte non affecté",
}
_WORDS: Final = {
    "bank_charges": r"FRAIS|COMMISSIONS?|CHARGES?|FEES?|COM\b",
    "discount": r"ESCOMPTES?|ESC\b|DISCOUNT|SKONTO",
    "rounding": r"ARRONDIS?",
    "retention": r"RETENUES?|GARANTIE|RG\b",
    "small": r"(?!)",
    "exchange": r"CHANGE|TAUX|COURS",
}
_PATTERNS: Final = {kind: re.compile(rf"\b(?:{words})") for kind, words in _WORDS.items()}
# Sentences that say that only a part is paid.
_PART = re.compile(
    r"\b(?:ACOMPTES?|PARTIELS?|PARTIELLES?|VERSEMENTS?|A VALOIR|ECHEANCE|MENSUALITES?|TRANCHES?"
    r"|[1-9] ?/ ?(?:[2-9]|1[0-2])\b(?![-/0-9]))"
)
_NOT_A_PART = re.compile(
    r"\b(?:AVOIRS?|RETENUES?|RG|ESCOMPTES?|DEDUCTIONS?|DEDUITS?|DEDUITE?S?|MOINS|TROP[ -]PERCU|RFA"
    r"|LITIGES?|SOLDES?|FRAIS|REMISES?|COMPENSATIONS?|PENALITES?|NET)\b"
)
# A shortfall up to that may be a charge, a discount or a retention: it is asked about.
_SHARE_MIN: Final = Decimal("0.10")
_AMOUNT_MIN: Final = Decimal("60.00")
# A customer who pays the price without VAT pays the total divided by one of these.
_VAT_FACTORS: Final = (Decimal("1.20"), Decimal("1.10"), Decimal("1.055"), Decimal("1.021"))


def gross_told(payment: Payment) -> Decimal | None:
    """What the payer sent before the charges that the bank tells, when it tells them.

    The original amount wins; charges and original amount that disagree tell nothing.
    """
    original = payment.original_amount
    if original is not None and payment.original_currency != payment.currency:
        original = None
    if payment.charges and original is not None and original != payment.amount + payment.charges:
        return None if original != payment.amount else payment.amount + payment.charges
    if original is not None and original > payment.amount:
        return original
    return payment.amount + payment.charges if payment.charges else None


def lines_for(
    rules: Iterable[DifferenceRule],
    payment: Payment,
    items: Sequence[OpenItem],
    gap: Decimal,
) -> list[DifferenceRule]:
    """The lines of the policy that explain ``gap``, what the payment lacks (negative) or exceeds.

    Args:
        rules: The lines.
        payment: What the bank says.
        items: The documents it pays whole.
        gap: Amount received less what the documents owe; not zero.
    """
    return [rule for rule in rules if _fits(rule, payment, items, gap)]


def difference(rule: DifferenceRule, items: Sequence[OpenItem], gap: Decimal) -> Difference:
    """The difference that a line explains, on the document when there is one only."""
    item_id = items[0].item_id if len(items) == 1 else None
    return Difference(rule.kind, gap, rule.account, rule.vat, item_id)


def _fits(rule: DifferenceRule, payment: Payment, items: Sequence[OpenItem], gap: Decimal) -> bool:
    if rule.direction != "both" and (gap < ZERO) != (rule.direction == "short"):
        return False
    size = abs(gap)
    total = sum((item.open_amount for item in items), ZERO)
    if rule.limit_amount is not None and size > rule.limit_amount:
        return False
    if rule.limit_percent is not None and size * 100 > rule.limit_percent * total:
        return False
    if rule.kind == "exchange" and payment.original_currency in {"", payment.currency}:
        return False
    told = gross_told(payment)
    if rule.kind == "bank_charges" and told is not None and told != total:
        return False
    if rule.evidence == "told":
        return gap < ZERO and told == total
    if rule.evidence == "word":
        return bool(_PATTERNS[rule.kind].search(fold(payment.text)))
    if rule.evidence == "terms":
        return rule.kind == "discount" and _discount(items, payment) == size and gap < ZERO
    return True


def _discount(items: Sequence[OpenItem], payment: Payment) -> Decimal:
    """The discounts that the documents still offer on the day of the payment."""
    return sum(
        (
            item.discount_amount
            for item in items
            if item.discount_until is not None and payment.booking_date <= item.discount_until
        ),
        ZERO,
    )


def may_be_part(payment: Payment, item: OpenItem) -> bool:
    """Whether a payment that cites one document and falls short of it can only be a part of it.

    A shortfall that a charge, a discount, a retention or the VAT could be is not: the text must
    then say that it is a part. Source: usage; the shares are those of common deductions.
    """
    text = fold(payment.text)
    if _NOT_A_PART.search(text) or payment.charges or payment.original_amount is not None:
        return False
    if item.discount_amount and item.open_amount - payment.amount <= item.discount_amount:
        return False
    if _PART.search(text):
        return True
    short = item.open_amount - payment.amount
    if short < _AMOUNT_MIN or short <= _SHARE_MIN * item.open_amount:
        return False
    owed = {item.open_amount, item.amount or item.open_amount}
    without_vat = {round_amount(one / factor) for one in owed for factor in _VAT_FACTORS}
    cent = Decimal("0.01")
    return not any(abs(payment.amount - one) <= cent for one in without_vat)
