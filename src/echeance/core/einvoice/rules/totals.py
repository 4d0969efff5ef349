"""Rules of the totals, and how many decimals an amount may have.

Source: EN 16931-1 6.4 (BR-CO-10 to BR-CO-16, BR-53, BR-DEC-01 to BR-DEC-28).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from echeance.core.einvoice.fields import Level
from echeance.core.einvoice.model import ZERO, AllowanceCharge, Finding, Totals
from echeance.core.einvoice.rules.case import CII, UBL, Case, fatal, rounded, rule_set

COVERED: Final = rule_set(
    "BR-53 BR-CO-10 BR-CO-11 BR-CO-12 BR-CO-13 BR-CO-14 BR-CO-15 BR-CO-16 BR-DEC-01 BR-DEC-02 "
    "BR-DEC-05 BR-DEC-06 BR-DEC-09 BR-DEC-10 BR-DEC-11 BR-DEC-12 BR-DEC-14 BR-DEC-16 "
    "BR-DEC-17 BR-DEC-18 BR-DEC-19 BR-DEC-20 BR-DEC-23 BR-DEC-24 BR-DEC-25 BR-DEC-27 "
    "BR-DEC-28"
)

_Sum = tuple[str, str, str, Decimal | None, Decimal]
_Amount = tuple[str, str, Decimal | None]


def sums(case: Case) -> Iterator[Finding]:
    """Each total is what the amounts above it give, to the cent."""
    totals, invoice = case.totals, case.invoice
    if totals is None:
        return
    for rule, term, label, found, expected in _sums(case, totals):
        if found != expected:
            yield fatal(
                rule,
                term,
                f"{label} ({term}) est {found}, le calcul donne {expected} : corrigez."
                if found is not None
                else f"{label} ({term}) manque, le calcul donne {expected} : ajoutez-le.",
            )
    # CII may leave out a VAT total of zero; UBL may not.
    if case.syntax != CII and invoice.currency and totals.vat_total is None:
        yield fatal(
            "BR-CO-15", "BT-110", "Le total de TVA manque : renseignez-le, même nul (BT-110)."
        )
    yield from _in_accounting_currency(case, totals)


def _in_accounting_currency(case: Case, totals: Totals) -> Iterator[Finding]:
    currency = case.invoice.accounting_currency
    if not currency or totals.vat_total_accounting is not None:
        return
    # In UBL one total serves both currencies when they are the same; CII refuses to repeat it.
    if case.syntax == CII or currency != case.invoice.currency or totals.vat_total is None:
        yield fatal("BR-53", "BT-111", f"Le total de TVA en {currency} manque : renseignez-le.")


def _sums(case: Case, totals: Totals) -> Iterator[_Sum]:
    invoice = case.invoice
    allowances, charges = totals.allowance_total or ZERO, totals.charge_total or ZERO
    line_total, vat = totals.line_total, totals.vat_total
    if case.has_lines and (line_total is not None or case.printed):
        amount = rounded(sum((line.net_amount for line in case.counted_lines()), ZERO))
        yield "BR-CO-10", "BT-106", "La somme des lignes", line_total, amount
    if invoice.allowances or totals.allowance_total is not None:
        amount = _total(invoice.allowances)
        yield "BR-CO-11", "BT-107", "Le total des remises", totals.allowance_total, amount
    if invoice.charges or totals.charge_total is not None:
        amount = _total(invoice.charges)
        yield "BR-CO-12", "BT-108", "Le total des majorations", totals.charge_total, amount
    if line_total is not None:
        amount = rounded(line_total - allowances + charges)
        yield "BR-CO-13", "BT-109", "Le total HT", totals.net_total, amount
    elif case.printed:
        yield "BR-CO-13", "BT-106", "La somme des lignes", None, totals.net_total
    broken_down = case.level >= Level.BASIC_WL and case.syntax != UBL
    if vat is not None and (invoice.vat_breakdown or broken_down):
        amount = rounded(sum((item.tax_amount for item in invoice.vat_breakdown), ZERO))
        yield "BR-CO-14", "BT-110", "Le total de TVA", vat, amount
    if vat is not None or case.syntax == CII:
        amount = rounded(totals.net_total + (vat or ZERO))
        yield "BR-CO-15", "BT-112", "Le total TTC", totals.gross_total, amount
    amount = rounded(
        totals.gross_total - (totals.prepaid_amount or ZERO) + (totals.rounding_amount or ZERO)
    )
    yield "BR-CO-16", "BT-115", "Le net à payer", totals.amount_due, amount


def _total(items: Iterable[AllowanceCharge]) -> Decimal:
    return rounded(sum((item.amount for item in items), ZERO))


def decimals(case: Case) -> Iterator[Finding]:
    """No amount has more than two decimals; prices and quantities may."""
    for rule, location, value in _amounts(case):
        if value is not None and case.decimals(value) > 2:
            yield fatal(
                rule,
                location,
                f"« {value} » a plus de 2 décimales : arrondissez-le avant d'émettre.",
            )


def _amounts(case: Case) -> Iterator[_Amount]:
    invoice, totals = case.invoice, case.totals
    yield from _of_items(invoice.allowances, "BR-DEC-01", "BR-DEC-02", "BG-20")
    yield from _of_items(invoice.charges, "BR-DEC-05", "BR-DEC-06", "BG-21")
    if totals:
        yield "BR-DEC-09", "BT-106", totals.line_total
        yield "BR-DEC-10", "BT-107", totals.allowance_total
        yield "BR-DEC-11", "BT-108", totals.charge_total
        yield "BR-DEC-12", "BT-109", totals.net_total
        yield "BR-DEC-14", "BT-112", totals.gross_total
        yield "BR-DEC-16", "BT-113", totals.prepaid_amount
        yield "BR-DEC-17", "BT-114", totals.rounding_amount
        yield "BR-DEC-18", "BT-115", totals.amount_due
    for item in invoice.vat_breakdown:
        yield "BR-DEC-19", "BT-116", item.taxable_amount
        yield "BR-DEC-20", "BT-117", item.tax_amount
    for place, line in case.numbered_lines():
        yield "BR-DEC-23", f"{place}/BT-131", line.net_amount
        yield from _of_items(line.allowances, "BR-DEC-24", "BR-DEC-25", f"{place}/BG-27")
        yield from _of_items(line.charges, "BR-DEC-27", "BR-DEC-28", f"{place}/BG-28")


def _of_items(
    items: tuple[AllowanceCharge, ...], amount: str, base: str, location: str
) -> Iterator[_Amount]:
    for index, item in enumerate(items, start=1):
        yield amount, f"{location}[{index}]", item.amount
        yield base, f"{location}[{index}]", item.base_amount
