"""Rules of the document, its parties, its periods and payment, and its lines.

Source: EN 16931-1 6.4 (BR-01 to BR-65, BR-CO-03, -09, -19 to -26), ISO 13616 (IBAN).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final

from echeance.core.einvoice.code_lists import COUNTRIES
from echeance.core.einvoice.model import (
    ZERO,
    AllowanceCharge,
    Finding,
    InvoiceLine,
    Party,
    Period,
)
from echeance.core.einvoice.rules.case import CII, Case, fatal, rule_set, warning
from echeance.core.identifiers import Iban, VatId
from echeance.core.money import round_amount

COVERED: Final = rule_set(
    "BR-17 BR-54 BR-27 BR-28 BR-29 BR-30 BR-48 BR-50 BR-51 BR-61 BR-CO-03 BR-CO-09 BR-CO-19 "
    "BR-CO-20 BR-CO-21 BR-CO-22 BR-CO-23 BR-CO-24 BR-CO-26"
)
OWN: Final = frozenset({"TVA-CLE", "IBAN-CLE", "PEPPOL-EN16931-R120", "BR-CO-25"})
"""What no official sheet checks; BR-CO-25 is in the standard, and was left out of the sheets."""

_TRANSFERS: Final = frozenset({"30", "58"})
_SEPA: Final = "SEPA"
_GREEK: Final = "EL"


@lru_cache(maxsize=4096)
def _vat_number_exists(number: str) -> bool:
    """Whether the key of a VAT number is right; the same few numbers come back all day."""
    return VatId.is_valid(number)


@lru_cache(maxsize=4096)
def _iban_exists(iban: str) -> bool:
    return Iban.is_valid(iban)


def parties(case: Case) -> Iterator[Finding]:
    """Who they are: enough to be identified, with numbers that can exist."""
    seller, payee = case.seller, case.payee
    named = [item for item in seller.global_identifiers if item.scheme != _SEPA]
    if case.invoice.seller and not (
        seller.identifiers or named or seller.legal_id or seller.vat_id
    ):
        yield fatal(
            "BR-CO-26", "BG-4", "Le vendeur n'a ni SIREN ni n° de TVA : renseignez l'un des deux."
        )
    # The sheet for CII compares nothing: its path leads nowhere.
    if case.syntax != CII and case.invoice.payee and _same(payee, seller):
        yield fatal(
            "BR-17",
            "BT-59",
            "Le bénéficiaire du paiement est le vendeur lui-même : retirez le bénéficiaire.",
        )
    for party, term, label in (
        (seller, "BT-31", "vendeur"),
        (case.representative, "BT-63", "représentant fiscal"),
        (case.buyer, "BT-48", "acheteur"),
    ):
        yield from _vat_number(party.vat_id, term, label)


def _same(payee: Party, seller: Party) -> bool:
    """Whether payee and seller are told to be the same, by trading name or identifier."""
    own = {*seller.identifiers, *(item.value for item in seller.global_identifiers)}
    others = {*payee.identifiers, *(item.value for item in payee.global_identifiers)}
    return bool(own & others) or bool(payee.name and payee.name == seller.trading_name)


def _vat_number(number: str, term: str, label: str) -> Iterator[Finding]:
    if not number:
        return
    prefix = number[:2]
    if prefix not in COUNTRIES and prefix != _GREEK:
        yield fatal(
            "BR-CO-09",
            term,
            f"Le n° de TVA « {number} » ({label}) doit commencer par le code du pays : ajoutez-le.",
        )
    elif not _vat_number_exists(number):
        yield fatal(
            "TVA-CLE",
            term,
            f"Le n° de TVA « {number} » ({label}) n'est pas valable : corrigez-le.",
        )


def dates(case: Case) -> Iterator[Finding]:
    """The day VAT is due, the period, the due date."""
    invoice, totals = case.invoice, case.totals
    if invoice.tax_point_date and invoice.tax_point_code:
        yield fatal(
            "BR-CO-03",
            "BT-7",
            "La date et le code d'exigibilité sont donnés tous les deux : gardez l'un des deux.",
        )
    yield from _period(invoice.period, "BR-29", "BR-CO-19", "BG-14")
    if totals and totals.amount_due > ZERO and not (invoice.due_date or invoice.payment_terms):
        yield Finding(
            "BR-CO-25",
            "warning" if case.printed else "fatal",
            "BT-9",
            "Il reste une somme à payer sans échéance ni conditions : renseignez l'échéance.",
        )


def _period(period: Period | None, order: str, presence: str, location: str) -> Iterator[Finding]:
    if period is None:
        return
    if not (period.start or period.end):
        yield fatal(
            presence,
            location,
            "La période n'a ni début ni fin : renseignez au moins l'un des deux.",
        )
    elif period.start and period.end and period.end < period.start:
        yield fatal(
            order, location, "La période finit avant de commencer : corrigez ses deux dates."
        )


def payment(case: Case) -> Iterator[Finding]:
    """Accounts and cards."""
    for means in case.invoice.payment_means:
        # The sheets for CII ask for the number of an account only where there is an account.
        account = case.syntax != CII or means.account_name
        if account and means.type_code in _TRANSFERS and not (means.iban or means.account_id):
            yield fatal(
                "BR-61",
                "BT-84",
                "Le règlement est prévu par virement sans compte à créditer : renseignez l'IBAN.",
            )
        if len(means.card_number) > 10:
            yield fatal(
                "BR-51",
                "BT-87",
                "Le numéro de carte est lisible : n'en gardez que les derniers chiffres.",
            )
        for iban, term in ((means.iban, "BT-84"), (means.debited_iban, "BT-91")):
            if iban and not _iban_exists(iban):
                yield fatal("IBAN-CLE", term, f"L'IBAN « {iban} » n'est pas valable : corrigez-le.")


def lines(case: Case) -> Iterator[Finding]:
    """Prices, periods, and the reasons of allowances and charges, of lines and of the document."""
    for place, line in case.numbered_lines():
        for price, rule, term in (
            (line.unit_price, "BR-27", "BT-146"),
            (line.gross_price, "BR-28", "BT-148"),
        ):
            # An absent price is not "at least zero" either, for the sheets.
            missing = price is None and rule == "BR-27" and case.printed
            if missing or (price is not None and price < ZERO):
                yield fatal(
                    rule,
                    f"{place}/{term}",
                    f"Un prix est négatif ou absent ({place}) : mettez le signe sur la quantité.",
                )
        yield from _period(line.period, "BR-30", "BR-CO-20", f"{place}/BG-26")
        yield from _reasons(line.allowances, "BR-CO-23", f"{place}/BG-27", "remise")
        yield from _reasons(line.charges, "BR-CO-24", f"{place}/BG-28", "majoration")
        yield from _product(line, place)
        if not all(item.name and item.value for item in line.attributes):
            yield fatal(
                "BR-54",
                f"{place}/BG-32",
                f"Un attribut d'article n'a pas de nom ou pas de valeur ({place}) : complétez-le.",
            )
    yield from _reasons(case.invoice.allowances, "BR-CO-21", "BG-20", "remise")
    yield from _reasons(case.invoice.charges, "BR-CO-22", "BG-21", "majoration")


def _product(line: InvoiceLine, place: str) -> Iterator[Finding]:
    expected = _line_amount(line)
    if expected is not None and expected != line.net_amount:
        yield warning(
            "PEPPOL-EN16931-R120",
            f"{place}/BT-131",
            f"Le montant de la ligne {place[6:-1]} est {line.net_amount}, le calcul donne "
            f"{expected} : vérifiez quantité, prix et remises.",
        )


def _line_amount(line: InvoiceLine) -> Decimal | None:
    if line.quantity is None or line.unit_price is None:
        return None
    gross = line.quantity * line.unit_price / (line.base_quantity or 1)
    allowances = sum((item.amount for item in line.allowances), ZERO)
    charges = sum((item.amount for item in line.charges), ZERO)
    return round_amount(gross - allowances + charges)


def _reasons(
    items: tuple[AllowanceCharge, ...], rule: str, location: str, label: str
) -> Iterator[Finding]:
    for index, item in enumerate(items, start=1):
        if not (item.reason or item.reason_code):
            yield fatal(
                rule, f"{location}[{index}]", f"Une {label} n'a pas de motif : donnez-en un."
            )
