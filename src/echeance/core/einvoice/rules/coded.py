"""Rules of the code lists: a code stands in its list.

Source: EN 16931-1 6.4 (BR-CL-01 to BR-CL-26).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from echeance.core.einvoice import code_lists as lists
from echeance.core.einvoice.model import AllowanceCharge, Finding, Identifier, Party
from echeance.core.einvoice.rules.case import CII, Case, fatal, rule_set

COVERED: Final = rule_set(
    "BR-CL-01 BR-CL-04 BR-CL-05 BR-CL-06 BR-CL-07 BR-CL-10 BR-CL-11 BR-CL-13 BR-CL-14 BR-CL-15 "
    "BR-CL-16 BR-CL-17 BR-CL-18 BR-CL-19 BR-CL-20 BR-CL-21 BR-CL-22 BR-CL-23 BR-CL-24 "
    "BR-CL-25 BR-CL-26"
)

_TYPES: Final = lists.INVOICE_TYPES | lists.CREDIT_NOTE_TYPES
_PARTY_SCHEMES: Final = lists.IDENTIFIER_SCHEMES | {"SEPA"}
_TAX_POINTS: Final = frozenset({"5", "29", "72"})
"""UNTDID 2475, as the model holds BT-8; UBL writes its counterpart of UNTDID 2005."""
_Coded = tuple[str, str, str, str, frozenset[str]]


def codes(case: Case) -> Iterator[Finding]:
    """Every code of the document that is in none of the lists."""
    for rule, location, label, code, known in _coded(case):
        if code and code not in known:
            yield fatal(rule, location, f"{label} : le code « {code} » est inconnu ({location}).")


def _coded(case: Case) -> Iterator[_Coded]:
    invoice = case.invoice
    yield "BR-CL-01", "BT-3", "Type de document", invoice.type_code, _TYPES
    yield "BR-CL-04", "BT-5", "Devise", invoice.currency, lists.CURRENCIES
    yield "BR-CL-05", "BT-6", "Devise de TVA", invoice.accounting_currency, lists.CURRENCIES
    yield "BR-CL-06", "BT-8", "Exigibilité de la TVA", invoice.tax_point_code, _TAX_POINTS
    yield from _object(invoice.object_id, "BT-18")
    for group, party in (
        ("BG-4", invoice.seller),
        ("BG-7", invoice.buyer),
        ("BG-10", invoice.payee),
        ("BG-11", invoice.tax_representative),
    ):
        if party:
            yield from _party(party, group)
    delivery = invoice.delivery
    if delivery:
        for item in delivery.global_identifiers:
            yield "BR-CL-26", "BT-71", "Lieu de livraison", item.scheme, lists.IDENTIFIER_SCHEMES
        if delivery.address:
            code = delivery.address.country_code
            yield "BR-CL-14", "BT-80", "Pays de livraison", code, lists.COUNTRIES
    for means in invoice.payment_means:
        yield "BR-CL-16", "BT-81", "Moyen de paiement", means.type_code, lists.PAYMENT_MEANS
    for entry in invoice.vat_breakdown:
        code = entry.vat_category
        rule = "BR-CL-18" if case.syntax == CII else "BR-CL-17"
        yield rule, "BT-118", "Catégorie de TVA", code, lists.VAT_CATEGORIES
        code = entry.exemption_code.upper()
        yield "BR-CL-22", "BT-121", "Motif d'exonération", code, lists.EXEMPTION_REASONS
    for attachment in invoice.attachments:
        yield "BR-CL-24", "BT-125", "Type de fichier", attachment.mime_code, lists.MIME_CODES
    yield from _items(invoice.allowances, "BR-CL-19", "BG-20", lists.ALLOWANCE_REASONS)
    yield from _items(invoice.charges, "BR-CL-20", "BG-21", lists.CHARGE_REASONS)
    yield from _lines(case)


def _party(party: Party, group: str) -> Iterator[_Coded]:
    for item in party.global_identifiers:
        yield "BR-CL-10", group, "Identifiant", item.scheme, _PARTY_SCHEMES
    if party.legal_id:
        code = party.legal_id.scheme
        yield "BR-CL-11", group, "Identifiant légal", code, lists.IDENTIFIER_SCHEMES
    if party.electronic_address:
        code = party.electronic_address.scheme
        yield "BR-CL-25", group, "Adresse électronique", code, lists.ADDRESS_SCHEMES
    if party.address:
        yield "BR-CL-14", group, "Pays", party.address.country_code, lists.COUNTRIES


def _object(item: Identifier | None, location: str) -> Iterator[_Coded]:
    if item:
        yield "BR-CL-07", location, "Objet facturé", item.scheme, lists.OBJECT_SCHEMES


def _items(
    items: tuple[AllowanceCharge, ...], rule: str, location: str, known: frozenset[str]
) -> Iterator[_Coded]:
    for index, item in enumerate(items, start=1):
        place = f"{location}[{index}]"
        yield rule, place, "Motif", item.reason_code, known
        yield "BR-CL-17", place, "Catégorie de TVA", item.vat_category, lists.VAT_CATEGORIES


def _lines(case: Case) -> Iterator[_Coded]:
    for place, line in case.numbered_lines():
        for item in line.object_ids:
            yield from _object(item, f"{place}/BT-128")
        yield "BR-CL-23", f"{place}/BT-130", "Unité", line.unit_code, lists.UNITS
        yield "BR-CL-23", f"{place}/BT-150", "Unité du prix", line.base_unit_code, lists.UNITS
        code = line.vat_category
        yield "BR-CL-18", f"{place}/BT-151", "Catégorie de TVA", code, lists.VAT_CATEGORIES
        if line.standard_item_id:
            code = line.standard_item_id.scheme
            yield "BR-CL-21", f"{place}/BT-157", "Article", code, lists.IDENTIFIER_SCHEMES
        for item in line.classifications:
            yield (
                "BR-CL-13",
                f"{place}/BT-158",
                "Classe d'article",
                item.scheme,
                lists.CLASSIFICATION_SCHEMES,
            )
        yield "BR-CL-15", f"{place}/BT-159", "Pays d'origine", line.origin_country, lists.COUNTRIES
        yield from _items(line.allowances, "BR-CL-19", f"{place}/BG-27", lists.ALLOWANCE_REASONS)
        yield from _items(line.charges, "BR-CL-20", f"{place}/BG-28", lists.CHARGE_REASONS)
