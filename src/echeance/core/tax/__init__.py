"""TVA: categories, rates, exemptions, breakdown and due point of value added tax."""

from echeance.core.tax.breakdown import (
    TaxedLine,
    Totals,
    VatLine,
    VatShare,
    breakdown,
    split_over_instalments,
    totals,
    vat_shares,
)
from echeance.core.tax.categories import (
    EXEMPTIONS,
    VATEX,
    Exemption,
    ExemptionRule,
    Nature,
    VatCategory,
    combined_nature,
)
from echeance.core.tax.checks import TaxFinding, check_lines
from echeance.core.tax.due_point import Exigibility, TaxPoint, exigibility, tax_point
from echeance.core.tax.rates import (
    ACCEPTED_RATES,
    NoVatRateError,
    Rate,
    Territory,
    rates_on,
    standard_rate,
    territory_of,
)

__all__ = [
    "ACCEPTED_RATES",
    "EXEMPTIONS",
    "VATEX",
    "Exemption",
    "ExemptionRule",
    "Exigibility",
    "Nature",
    "NoVatRateError",
    "Rate",
    "TaxFinding",
    "TaxPoint",
    "TaxedLine",
    "Territory",
    "Totals",
    "VatCategory",
    "VatLine",
    "VatShare",
    "breakdown",
    "check_lines",
    "combined_nature",
    "exigibility",
    "rates_on",
    "split_over_instalments",
    "standard_rate",
    "tax_point",
    "territory_of",
    "totals",
    "vat_shares",
]
