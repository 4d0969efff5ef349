"""Sales of a period: invoices to firms abroad one by one (10.1), consumers by day (10.3).

Sales between firms established in France are not here: their e-invoices tell them.

Sources: CGI art. 290, ann. II art. 242 nonies M; DGFiP, external specifications v3.2, rules G1.68
(categories) and G2.19 (identifiers).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.dates import DateRange
from echeance.core.einvoice import model as en16931
from echeance.core.money import ZERO, round_amount
from echeance.core.reporting.gaps import Gap, GapReason
from echeance.core.reporting.model import (
    Category,
    DaySales,
    Firm,
    Preceding,
    RateTotal,
    ReportedInvoice,
    TaxSubtotal,
    Transactions,
)
from echeance.core.tax import Exemption, Nature, TaxPoint, VatCategory
from echeance.core.words import clean_line

_SIREN, _UNION, _OUTSIDE = "0002", "0223", "0227"
_OVERSEAS: Final = frozenset({"0228", "0229"})  # RIDET and TAHITI stand as they are
_IDENTIFIER_MAX: Final = 18
_HUNDRED: Final = Decimal(100)

_NOT_TAXED_HERE: Final = frozenset(
    {
        Exemption.INTRA_GOODS,
        Exemption.EXPORT,
        Exemption.EU_SERVICES,
        Exemption.DOM_NO_VAT,
    }
)
_ON_MARGIN: Final = frozenset(
    {
        Exemption.TRAVEL_AGENCY,
        Exemption.SECOND_HAND,
        Exemption.WORK_OF_ART,
        Exemption.COLLECTIBLE,
    }
)
OUT_OF_SCOPE: Final = frozenset({Exemption.EXEMPT, Exemption.DISBURSEMENT})
"""Never reported: CGI 261 to 261 E are excluded by art. 290, and money paid for the customer is
no sale."""


@dataclass(frozen=True, slots=True)
class ConsumerLine:
    """A line sold to a consumer.

    Attributes:
        net: BT-131, positive on credit notes too.
        exemption: The case of ``core.tax`` when no VAT is charged; empty otherwise.
    """

    nature: Nature
    category: VatCategory
    rate: Decimal
    net: Decimal
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class ConsumerSale:
    """An invoice or credit note to a consumer.

    Attributes:
        credit: It gives back: it counts below zero on its day.
        on_debits: The seller had opted for the debits (TT-80).
        vat: VAT charged, by category and rate (BG-23).
    """

    number: str
    day: date
    lines: tuple[ConsumerLine, ...]
    vat: Mapping[tuple[VatCategory, Decimal], Decimal]
    credit: bool = False
    on_debits: bool = False


def transactions(
    days: DateRange,
    documents: Iterable[en16931.Invoice],
    sales: Iterable[ConsumerSale],
    *,
    union: Collection[str],
) -> tuple[Transactions, tuple[Gap, ...]]:
    """The sales of a period and what had to be left out of it.

    Args:
        days: The period.
        documents: Invoices and credit notes to firms abroad, issued in the period.
        sales: Those to consumers, wherever they live.
        union: Countries of the European Union but France, ISO 3166.
    """
    gaps: list[Gap] = []
    invoices = []
    for document in documents:
        told = reported_invoice(document, union=union)
        if isinstance(told, Gap):
            gaps.append(told)
        else:
            invoices.append(told)
    totals = _Totals()
    for sale in sales:
        gaps += totals.add(sale)
    return (
        Transactions(
            days.start,
            days.last,
            tuple(sorted(invoices, key=lambda one: (one.issue_date, one.number))),
            tuple(totals.days()),
        ),
        tuple(gaps),
    )


def reported_invoice(document: en16931.Invoice, *, union: Collection[str]) -> ReportedInvoice | Gap:
    """An invoice to a firm abroad as flux 10.1 tells it, or why it cannot.

    Args:
        document: An issued document: number, date, seller and buyer are there.
        union: Countries of the European Union but France.
    """
    assert document.issue_date is not None, "an issued document has its date"
    assert document.seller is not None, "an issued document has its seller"
    assert document.buyer is not None, "an issued document has its buyer"
    assert document.totals is not None, "an issued document has its totals"
    buyer = buyer_firm(document.buyer, union)
    if buyer is None:
        return Gap(document.number, GapReason.BUYER_NUMBER)
    if any(
        part.vat_category == VatCategory.E and not part.exemption_code
        for part in document.vat_breakdown
    ):
        return Gap(document.number, GapReason.EXEMPTION_CODE)
    return ReportedInvoice(
        number=document.number,
        issue_date=document.issue_date,
        type_code=document.type_code,
        business_process=document.business_process,
        seller=_seller(document.seller),
        vat_total=document.totals.vat_total or ZERO,
        subtotals=tuple(
            TaxSubtotal(
                base=part.taxable_amount,
                vat=part.tax_amount,
                category=part.vat_category,
                rate=part.vat_rate or ZERO,
                exemption_reason=clean_line(part.exemption_reason),
                exemption_code=part.exemption_code,
            )
            for part in document.vat_breakdown
        ),
        buyer=buyer,
        net_total=document.totals.net_total,
        currency=document.currency,
        due_date=document.due_date,
        tax_point_code=document.tax_point_code,
        preceding=tuple(
            Preceding(one.number, one.issue_date) for one in document.preceding_invoices
        ),
        delivery_date=document.delivery.delivery_date if document.delivery else None,
    )


def _seller(party: en16931.Party) -> Firm:
    siren = party.legal_id.value if party.legal_id else ""
    return Firm(siren, _SIREN, party.vat_id, _country(party))


def _country(party: en16931.Party) -> str:
    return party.address.country_code if party.address else ""


def buyer_firm(party: en16931.Party, union: Collection[str]) -> Firm | None:
    """The buyer by the number that its country gives; none when that number is missing.

    In the European Union and in France the VAT number is mandatory (G2.33). Elsewhere the
    number is made of the country and the name, 18 signs in all (G2.19).

    >>> swiss = en16931.Party(name="Dupont Bois SA", address=en16931.Address(country_code="CH"))
    >>> buyer_firm(swiss, {"DE"}).identifier
    'CHDupont Bois SA'
    """
    country = _country(party)
    if party.legal_id and party.legal_id.scheme in _OVERSEAS:
        return Firm(party.legal_id.value, party.legal_id.scheme, party.vat_id, country)
    if country in union:
        return Firm(party.vat_id, _UNION, party.vat_id, country) if party.vat_id else None
    if party.legal_id and party.legal_id.scheme == _SIREN:
        siren = party.legal_id.value
        return Firm(siren, _SIREN, party.vat_id, country) if party.vat_id else None
    name = clean_line(party.name)
    return Firm(f"{country}{name}"[:_IDENTIFIER_MAX].strip(), _OUTSIDE, party.vat_id, country)


# -- consumers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class _Key:
    day: date
    category: Category
    tax_point_code: str


class _Totals:
    """Sums of the sales to consumers by day, category and rate."""

    def __init__(self) -> None:
        self._amounts: dict[_Key, dict[Decimal, tuple[Decimal, Decimal]]] = {}
        self._numbers: dict[_Key, set[str]] = {}

    def add(self, sale: ConsumerSale) -> list[Gap]:
        """Count a document; what cannot be counted is told."""
        gaps = set()
        sign = -1 if sale.credit else 1
        for (nature, exemption, rate), base, vat in _shares(sale):
            if exemption in OUT_OF_SCOPE:
                continue
            if exemption in _ON_MARGIN:
                gaps.add(Gap(sale.number, GapReason.MARGIN))
                continue
            category = category_of(nature, exemption)
            option = sale.on_debits and category is Category.SERVICES
            key = _Key(sale.day, category, TaxPoint.INVOICE.value if option else "")
            rates = self._amounts.setdefault(key, {})
            before = rates.get(rate, (ZERO, ZERO))
            rates[rate] = (before[0] + sign * base, before[1] + sign * vat)
            self._numbers.setdefault(key, set()).add(sale.number)
        return list(gaps)

    def days(self) -> Iterator[DaySales]:
        """The sums, by day and category, highest rate first."""
        for key in sorted(self._amounts):
            rates = self._amounts[key]
            subtotals = tuple(RateTotal(rate, *rates[rate]) for rate in sorted(rates, reverse=True))
            yield DaySales(
                day=key.day,
                category=key.category,
                net=sum((one.base for one in subtotals), ZERO),
                vat=sum((one.vat for one in subtotals), ZERO),
                subtotals=subtotals,
                tax_point_code=key.tax_point_code,
                count=len(self._numbers[key]),
            )


def category_of(nature: Nature, exemption: str) -> Category:
    """What was sold. A seller in franchise sells goods or services at rate 0, taxed in France.

    >>> category_of(Nature.SERVICES, "").value, category_of(Nature.GOODS, "export").value
    ('TPS1', 'TNT1')
    """
    if exemption in _NOT_TAXED_HERE:
        return Category.NOT_TAXED
    return Category.SERVICES if nature is Nature.SERVICES else Category.GOODS


def _shares(
    sale: ConsumerSale,
) -> Iterator[tuple[tuple[Nature, str, Decimal], Decimal, Decimal]]:
    """Base and VAT by nature, exemption and rate.

    VAT is charged once a rate (BR-S-9), so a rate that bears goods and services is cut: the first
    shares are rounded, the last takes the rest and nothing is lost.
    """
    groups: dict[tuple[VatCategory, Decimal], dict[tuple[Nature, str], Decimal]] = {}
    for line in sale.lines:
        bases = groups.setdefault((line.category, line.rate), {})
        kind = (line.nature, line.exemption)
        bases[kind] = bases.get(kind, ZERO) + line.net
    for (category, rate), bases in groups.items():
        left = sale.vat.get((category, rate), ZERO)
        kinds = sorted(bases)
        for kind in kinds:
            exact = bases[kind] * rate / _HUNDRED
            vat = left if kind == kinds[-1] else round_amount(exact)
            left -= vat
            yield (*kind, rate), bases[kind], vat
