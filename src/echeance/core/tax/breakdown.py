"""VAT breakdown and totals of a document.

Every line is rounded, then each rate is taxed once on the sum of its lines.
Source: EN 16931-1 BR-CO-10 to BR-CO-16, BR-S-8, BR-S-9.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from echeance.core.money import ZERO, allocate, round_amount
from echeance.core.tax.categories import Nature, VatCategory
from echeance.core.tax.due_point import Exigibility, exigibility

_HUNDRED = Decimal(100)
_ORDER = {category: position for position, category in enumerate(VatCategory)}


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """What VAT needs to know of a line, or of a document allowance or charge.

    Attributes:
        net_amount: Amount without VAT, rounded (BT-131, BT-92, BT-99).
        category: BT-151.
        rate: Per cent (BT-152); zero unless the category is S.
        nature: Goods or services.
        exemption_code: VATEX code (BT-121).
        exemption_text: Words of the exemption (BT-120).
    """

    net_amount: Decimal
    category: VatCategory = VatCategory.S
    rate: Decimal = ZERO
    nature: Nature = Nature.GOODS
    exemption_code: str = ""
    exemption_text: str = ""


@dataclass(frozen=True, slots=True)
class VatLine:
    """One line of the VAT breakdown (BG-23)."""

    category: VatCategory
    rate: Decimal
    base: Decimal
    vat: Decimal
    exemption_code: str = ""
    exemption_text: str = ""


@dataclass(frozen=True, slots=True)
class VatShare:
    """Part of a breakdown line that becomes due in one way; what the ledger keeps on its items."""

    category: VatCategory
    rate: Decimal
    base: Decimal
    vat: Decimal
    exigibility: Exigibility


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of a document (BG-22) and its VAT breakdown.

    Attributes:
        line_net_total: Sum of the lines (BT-106).
        allowance_total: Sum of the document allowances (BT-107).
        charge_total: Sum of the document charges (BT-108).
        net_total: Total without VAT (BT-109).
        vat_total: BT-110.
        gross_total: Total with VAT (BT-112).
        prepaid_amount: BT-113.
        rounding_amount: BT-114.
        amount_due: BT-115.
        vat_lines: BG-23.
    """

    line_net_total: Decimal
    allowance_total: Decimal
    charge_total: Decimal
    net_total: Decimal
    vat_total: Decimal
    gross_total: Decimal
    prepaid_amount: Decimal
    rounding_amount: Decimal
    amount_due: Decimal
    vat_lines: tuple[VatLine, ...]


def breakdown(
    lines: Iterable[TaxedLine],
    *,
    allowances: Iterable[TaxedLine] = (),
    charges: Iterable[TaxedLine] = (),
    currency: str = "EUR",
) -> tuple[VatLine, ...]:
    """One line per category and rate, taxed rates first and highest first.

    Allowances are given positive and taken off their rate. Where lines of one category give
    several reasons, the texts are joined and the code is kept only if it is the same everywhere:
    EN 16931 has one breakdown line for each exempt category.

    >>> [str(v.vat) for v in breakdown([TaxedLine(Decimal("0.33"), rate=Decimal(20))] * 3)]
    ['0.20']
    """
    signed = [
        *((line, line.net_amount) for line in lines),
        *((line, -line.net_amount) for line in allowances),
        *((line, line.net_amount) for line in charges),
    ]
    groups: dict[tuple[VatCategory, Decimal], list[tuple[TaxedLine, Decimal]]] = {}
    for line, amount in signed:
        assert amount == round_amount(amount, currency), "line amounts are rounded before VAT"
        groups.setdefault((line.category, line.rate), []).append((line, amount))
    result = []
    for category, rate in sorted(groups, key=lambda key: (_ORDER[key[0]], -key[1])):
        members = groups[category, rate]
        base = sum((amount for _, amount in members), ZERO)
        codes = {line.exemption_code for line, _ in members}
        texts = dict.fromkeys(line.exemption_text for line, _ in members if line.exemption_text)
        result.append(
            VatLine(
                category,
                rate,
                round_amount(base, currency),
                round_amount(base * rate / _HUNDRED, currency),
                codes.pop() if len(codes) == 1 else "",
                " ; ".join(texts),
            )
        )
    return tuple(result)


def totals(
    lines: Sequence[TaxedLine],
    *,
    allowances: Sequence[TaxedLine] = (),
    charges: Sequence[TaxedLine] = (),
    prepaid_amount: Decimal = ZERO,
    rounding_amount: Decimal = ZERO,
    currency: str = "EUR",
) -> Totals:
    """Totals of a document; allowances and charges are given positive.

    >>> document = totals([TaxedLine(Decimal("99.99"), rate=Decimal("5.5"))])
    >>> str(document.vat_total), str(document.amount_due)
    ('5.50', '105.49')
    """
    vat_lines = breakdown(lines, allowances=allowances, charges=charges, currency=currency)

    def total(amounts: Iterable[Decimal]) -> Decimal:
        return round_amount(sum(amounts, ZERO), currency)

    line_net_total = total(line.net_amount for line in lines)
    allowance_total = total(line.net_amount for line in allowances)
    charge_total = total(line.net_amount for line in charges)
    net_total = line_net_total - allowance_total + charge_total
    vat_total = total(line.vat for line in vat_lines)
    gross_total = net_total + vat_total
    return Totals(
        line_net_total=line_net_total,
        allowance_total=allowance_total,
        charge_total=charge_total,
        net_total=net_total,
        vat_total=vat_total,
        gross_total=gross_total,
        prepaid_amount=prepaid_amount,
        rounding_amount=rounding_amount,
        amount_due=gross_total - prepaid_amount + rounding_amount,
        vat_lines=vat_lines,
    )


def vat_shares(
    lines: Iterable[TaxedLine],
    *,
    allowances: Iterable[TaxedLine] = (),
    charges: Iterable[TaxedLine] = (),
    on_debits: bool = False,
    prepayment: bool = False,
    currency: str = "EUR",
) -> tuple[VatShare, ...]:
    """The breakdown cut by exigibility: goods and services at 20 % fall due apart.

    VAT due at once is reckoned first; VAT on receipts takes the rest, so that both sum to the
    breakdown line to the cent.
    """
    signed = [
        *lines,
        *(
            TaxedLine(-line.net_amount, line.category, line.rate, line.nature)
            for line in allowances
        ),
        *charges,
    ]
    bases: dict[tuple[VatCategory, Decimal], dict[Exigibility, Decimal]] = {}
    for line in signed:
        due = exigibility(line.category, line.nature, on_debits=on_debits, prepayment=prepayment)
        group = bases.setdefault((line.category, line.rate), {})
        group[due] = group.get(due, ZERO) + line.net_amount
    result = []
    for whole in breakdown(signed, currency=currency):
        group = bases[whole.category, whole.rate]
        left = whole.vat
        dues = [due for due in Exigibility if due in group]
        for due in dues:
            exact = group[due] * whole.rate / _HUNDRED
            vat = left if due is dues[-1] else round_amount(exact, currency)
            left -= vat
            result.append(
                VatShare(whole.category, whole.rate, round_amount(group[due], currency), vat, due)
            )
    return tuple(result)


def split_over_instalments(
    shares: Sequence[VatShare], amounts: Sequence[Decimal], currency: str = "EUR"
) -> list[tuple[VatShare, ...]]:
    """Give each instalment its part of every share, with no cent of base or VAT lost.

    Args:
        shares: VAT of the document.
        amounts: Gross amount of each instalment, positive.
        currency: ISO 4217 code.

    Returns:
        One tuple of shares per instalment, in the order of ``amounts``.
    """
    parts: list[list[VatShare]] = [[] for _ in amounts]
    for share in shares:
        bases = allocate(share.base, amounts, currency)
        vats = allocate(share.vat, amounts, currency)
        for part, base, vat in zip(parts, bases, vats, strict=True):
            part.append(VatShare(share.category, share.rate, base, vat, share.exigibility))
    return [tuple(part) for part in parts]
