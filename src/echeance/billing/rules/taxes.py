"""Which VAT a line bears: the case a person chose, else what buyer, seller and nature give.

Sources: CGI 293 B (franchise), 262 I (export), 262 ter I (goods to a firm of the EU), 259-1 and
directive 2006/112/CE art. 44 and 196 (services to a firm of the EU), 294-1 (Guyane, Mayotte).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.findings import finding
from echeance.billing.types import BillingPolicy, DraftLine, Finding, SellerFacts
from echeance.core.mentions import ExemptionUse, exemption_text
from echeance.core.money import ZERO
from echeance.core.tax import (
    EXEMPTIONS,
    Exemption,
    Nature,
    TaxedLine,
    Territory,
    VatCategory,
    check_lines,
    rates_on,
    standard_rate,
    territory_of,
)
from echeance.core.terms import CustomerKind
from echeance.parties.types import PartySnapshot

_EU: Final = "AT BE BG CY CZ DE DK EE ES FI GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_COUNTRIES: Final = frozenset(_EU.split())
"""Members of the Union but France."""


@dataclass(frozen=True, slots=True)
class LineTax:
    """Category and rate of a line, and the case of exemption if any."""

    category: VatCategory
    rate: Decimal
    exemption: str = ""
    article: str = ""


def territory(buyer: PartySnapshot, seller: SellerFacts) -> Territory:
    """Whose rates apply: the buyer's part of France, the seller's when the buyer is abroad."""
    if buyer.territory:
        return Territory(buyer.territory)
    return (
        territory_of(buyer.country, buyer.postcode)
        or territory_of(seller.country, seller.postcode)
        or Territory.METROPOLE
    )


def seller_rate(seller: SellerFacts, on: date) -> Decimal:
    """Standard rate where the company is; zero where there is no VAT."""
    home = territory_of(seller.country, seller.postcode)
    rates = rates_on(home, on) if home else ()
    return rates[0].percent if rates else ZERO


def usual_exemption(buyer: PartySnapshot, nature: Nature) -> Exemption | None:
    """The exemption that follows from where the buyer is; none when French VAT is due."""
    if buyer.country in {"FR", "MC"}:
        home = territory_of(buyer.country, buyer.postcode)
        return Exemption.DOM_NO_VAT if home in {Territory.GUYANE, Territory.MAYOTTE} else None
    if buyer.country in EU_COUNTRIES:
        if not buyer.vat_id:
            return None
        return Exemption.INTRA_GOODS if nature is Nature.GOODS else Exemption.EU_SERVICES
    return Exemption.EXPORT if nature is Nature.GOODS else None


def tax_of(line: DraftLine, buyer: PartySnapshot, seller: SellerFacts, on: date) -> LineTax:
    """VAT of a line.

    In order: the case named on the line, the seller's franchise, the buyer's usual case, the rate
    named on the line, what the buyer's country gives, the standard rate of the territory. A line
    that credits another keeps its VAT, whatever has changed since.

    Raises:
        NoVatRateError: No rate is known there and then.
    """
    chosen = line.exemption
    if not chosen and line.credited_line_id is None:
        chosen = Exemption.FRANCHISE if seller.franchise else buyer.vat_exemption
        if not chosen and line.vat_rate is None:
            chosen = usual_exemption(buyer, Nature(line.nature)) or ""
    if chosen:
        case = Exemption(chosen)
        return LineTax(EXEMPTIONS[case].category, ZERO, case.value, line.exemption_article)
    rate = line.vat_rate
    if rate is None:
        rate = standard_rate(territory(buyer, seller), on)
    return LineTax(VatCategory.S, trimmed(rate))


def trimmed(value: Decimal) -> Decimal:
    """A number without the zeros its column adds.

    >>> trimmed(Decimal("20.000000")), trimmed(Decimal("5.500000")), trimmed(Decimal("100"))
    (Decimal('20'), Decimal('5.5'), Decimal('100'))
    """
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def taxed_line(
    *, net_amount: Decimal, nature: str, tax: LineTax, on: date, language: str = "fr"
) -> TaxedLine:
    """What the VAT arithmetic needs of a line."""
    code = text = ""
    if tax.exemption:
        case = Exemption(tax.exemption)
        code = EXEMPTIONS[case].code
        text = exemption_text(ExemptionUse(case, tax.article), on, language)
    return TaxedLine(net_amount, tax.category, tax.rate, Nature(nature), code, text)


def tax_findings(
    lines: Sequence[TaxedLine],
    exemptions: Sequence[str],
    buyer: PartySnapshot,
    seller: SellerFacts,
    on: date,
    *,
    policy: BillingPolicy | None = None,
) -> Iterator[Finding]:
    """Everything wrong with the VAT of a draft; what the policy does not check is left out."""
    where = territory(buyer, seller)
    for found in check_lines(lines, where, on):
        place = f"ligne {found.line}" if found.line else ""
        yield Finding(found.code, found.message, place=place, fix="draft", english=found.english)
    cases = {Exemption(one) for one in exemptions if one}
    if any(EXEMPTIONS[case].needs_vat_ids for case in cases):
        for code, vat_id, place in (
            ("billing.seller_vat_id_missing", seller.vat_id, "BT-31"),
            ("billing.vat_id_missing", buyer.vat_id, "BT-48"),
        ):
            if not vat_id:
                yield from _made(finding(code, place=place))
    if buyer.category == CustomerKind.CONSUMER:
        yield from _consumer_findings(exemptions, buyer)
    taxed = [line for line in lines if line.category is VatCategory.S]
    if not taxed:
        return
    if buyer.country in {"FR", "MC"}:
        yield from _territory_findings(lines, taxed, where, seller, policy)
        return
    if buyer.country in EU_COUNTRIES and buyer.vat_id:
        yield from _made(finding("billing.french_vat_abroad", policy))
    if (
        buyer.country not in EU_COUNTRIES
        and buyer.category != CustomerKind.CONSUMER
        and any(line.nature is Nature.SERVICES for line in taxed)
    ):
        yield from _made(finding("billing.service_abroad_taxed", policy))


def _made(one: Finding | None) -> Iterator[Finding]:
    if one is not None:
        yield one


def _consumer_findings(exemptions: Sequence[str], buyer: PartySnapshot) -> Iterator[Finding]:
    """Sources: CGI 262 ter I (a buyer that is taxable), 283 (reverse charge)."""
    for position, one in enumerate(exemptions, start=1):
        if one and EXEMPTIONS[Exemption(one)].needs_vat_ids:
            yield from _made(
                finding(
                    "billing.consumer_exempt",
                    place=f"ligne {position}",
                    line=position,
                    name=buyer.name,
                )
            )


_SHIPPED_TO: Final = frozenset({Territory.GUADELOUPE, Territory.MARTINIQUE, Territory.REUNION})
_PETROLEUM: Final = Decimal(13)


def _territory_findings(
    lines: Sequence[TaxedLine],
    taxed: Sequence[TaxedLine],
    where: Territory,
    seller: SellerFacts,
    policy: BillingPolicy | None,
) -> Iterator[Finding]:
    """Rates that exist in a territory and do not fit what is sold. Sources: CGI 294, 297."""
    home = territory_of(seller.country, seller.postcode)
    if (
        where in _SHIPPED_TO
        and home in {Territory.METROPOLE, Territory.CORSICA}
        and any(line.nature is Nature.GOODS for line in taxed)
    ):
        yield from _made(finding("billing.goods_to_overseas", policy, territory=where.place))
    for position, line in enumerate(lines, start=1):
        if (
            where is Territory.CORSICA
            and line.category is VatCategory.S
            and line.rate == _PETROLEUM
            and line.nature is Nature.SERVICES
        ):
            yield from _made(
                finding("billing.corsican_rate", place=f"ligne {position}", line=position)
            )
