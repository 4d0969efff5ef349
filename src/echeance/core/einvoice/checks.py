"""Preflight: what the official rules would refuse, said at once, in French, without them.

Covers the rules that an invoice made here can break: presence (BR-01 to BR-65), arithmetic
(BR-CO-*), VAT categories (BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O), decimals (BR-DEC,
BR-FR-DEC) and the French rules (BR-FR-*), plus keys no official rule checks (SIREN, IBAN, VAT
number). The official verdict of the finished file remains the judge.

Source: EN 16931-1:2017 6.4, XP Z12-012 V1.4 (BR-FR), schematrons 1.4.0.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.einvoice.codes import (
    ATTACHMENT_CODES,
    BUSINESS_PROCESSES,
    CORRECTIVES,
    CREDIT_NOTES,
    PREPAYMENTS,
    SELF_BILLED,
    TREATMENTS,
    TYPE_CODES,
    VAT_RATES,
)
from echeance.core.einvoice.fields import TERMS, Kind, Term
from echeance.core.einvoice.model import (
    ZERO,
    AllowanceCharge,
    Finding,
    Invoice,
    InvoiceLine,
    Party,
    Period,
    Totals,
    VatBreakdown,
)
from echeance.core.einvoice.official.artefacts import FRENCH_SELLERS
from echeance.core.identifiers import Iban, Siren, Siret, VatId
from echeance.core.money import round_amount

_ONCE: Final = {
    "PMT": "de l'indemnité forfaitaire de 40 € (PMT)",
    "PMD": "des pénalités de retard (PMD)",
    "AAB": "de l'escompte ou de son absence (AAB)",
}
# VAT category to the name its rules bear.
_RULES: Final = {"S": "S", "Z": "Z", "E": "E", "AE": "AE", "K": "IC", "G": "G", "O": "O"}
_TRANSFERS: Final = frozenset({"30", "58"})
_NUMBER: Final = re.compile(r"[A-Za-z0-9+\-_/]{1,35}")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9\-_.]{1,125}")
_VAT_PREFIX: Final = re.compile(r"[A-Z]{2}")


def check(invoice: Invoice) -> list[Finding]:
    """All the faults of an invoice, in the order of the document; empty when it may be issued."""
    findings = [*_absent(invoice, (), "")]
    findings += _parties(invoice)
    findings += _dates_and_payment(invoice)
    findings += _lines(invoice)
    findings += _totals(invoice)
    findings += _vat(invoice)
    if _country(invoice.seller) in FRENCH_SELLERS:
        findings += _french(invoice)
    return findings


def _fatal(rule: str, location: str, message: str) -> Finding:
    return Finding(rule, "fatal", location, message)


def _country(party: Party | None) -> str:
    return party.address.country_code if party and party.address else ""


# Presence, from the table


def _below(names: tuple[str, ...]) -> list[Term]:
    return [
        term
        for term in TERMS
        if tuple(term.name.split(".")[:-1]) == names and (term.mandatory or term.kind is Kind.GROUP)
    ]


_GROUPS: Final = {
    names: _below(names)
    for names in {(), *(tuple(term.name.split(".")) for term in TERMS if term.kind is Kind.GROUP)}
}


def _absent(group: object, names: tuple[str, ...], place: str) -> Iterator[Finding]:
    """Mandatory terms without a value, in ``group`` and in the groups it holds."""
    for term in _GROUPS[names]:
        last = term.name.rpartition(".")[2]
        value = getattr(group, last)
        location = f"{place}{term.id}"
        if term.mandatory and (value is None or value in ("", ())):
            yield _fatal(
                term.rule or "EN 16931",
                location,
                f"{term.label} ({term.id}) manque{_at(place)} : complétez-le.",
            )
        elif term.kind is Kind.GROUP and value:
            below = (*names, last)
            if not isinstance(value, tuple):
                yield from _absent(value, below, place)
                continue
            for index, item in enumerate(value, start=1):
                yield from _absent(item, below, f"{place}{term.id}[{index}]/")


def _at(place: str) -> str:
    """``BG-25[3]/`` as words.

    >>> _at("BG-25[3]/"), _at("BG-1[2]/"), _at("")
    (' à la ligne 3', ' (BG-1[2])', '')
    """
    line = re.match(r"BG-25\[(\d+)\]/", place)
    if line:
        return f" à la ligne {line[1]}"
    return f" ({place[:-1]})" if place else ""


# Parties


def _parties(invoice: Invoice) -> Iterator[Finding]:
    seller, buyer = invoice.seller or Party(), invoice.buyer or Party()
    if not (seller.identifiers or seller.global_identifiers or seller.legal_id or seller.vat_id):
        yield _fatal(
            "BR-CO-26", "BG-4", "Le vendeur n'a ni SIREN ni n° de TVA : renseignez l'un des deux."
        )
    representative = invoice.tax_representative or Party()
    for party, term, label in (
        (seller, "BT-31", "vendeur"),
        (representative, "BT-63", "représentant fiscal"),
        (buyer, "BT-48", "acheteur"),
    ):
        if not party.vat_id:
            continue
        if not _VAT_PREFIX.match(party.vat_id):
            yield _fatal(
                "BR-CO-09",
                term,
                f"Le n° de TVA « {party.vat_id} » ({label}) doit commencer par le code du pays : "
                "ajoutez-le.",
            )
        elif not VatId.is_valid(party.vat_id):
            yield _fatal(
                "TVA-CLE",
                term,
                f"Le n° de TVA « {party.vat_id} » ({label}) n'est pas valable : corrigez-le.",
            )
    for means in invoice.payment_means:
        for iban, term in ((means.iban, "BT-84"), (means.debited_iban, "BT-91")):
            if iban and not Iban.is_valid(iban):
                yield _fatal(
                    "IBAN-CLE", term, f"L'IBAN « {iban} » n'est pas valable : corrigez-le."
                )


# Dates, payment


def _dates_and_payment(invoice: Invoice) -> Iterator[Finding]:
    if invoice.tax_point_date and invoice.tax_point_code:
        yield _fatal(
            "BR-CO-03",
            "BT-7",
            "La date et le code d'exigibilité sont donnés tous les deux : gardez l'un des deux.",
        )
    yield from _period(invoice.period, "BR-29", "BG-14")
    for means in invoice.payment_means:
        if means.type_code in _TRANSFERS and not (means.iban or means.account_id):
            yield _fatal(
                "BR-61",
                "BT-84",
                "Le règlement est prévu par virement sans compte à créditer : renseignez l'IBAN.",
            )
        if sum(sign.isdigit() for sign in means.card_number) > 10:
            yield _fatal(
                "BR-51",
                "BT-87",
                "Le numéro de carte est lisible : n'en gardez que les derniers chiffres.",
            )
    if (
        invoice.totals
        and invoice.totals.amount_due > ZERO
        and not (invoice.due_date or invoice.payment_terms)
    ):
        yield _fatal(
            "BR-CO-25",
            "BT-9",
            "Il reste une somme à payer sans échéance ni conditions : renseignez l'échéance.",
        )


def _period(period: Period | None, rule: str, location: str) -> Iterator[Finding]:
    if period is None:
        return
    if not (period.start or period.end):
        yield _fatal(
            "BR-CO-19" if rule == "BR-29" else "BR-CO-20",
            location,
            "La période n'a ni début ni fin : renseignez au moins l'un des deux.",
        )
    elif period.start and period.end and period.end < period.start:
        yield _fatal(
            rule, location, "La période finit avant de commencer : corrigez ses deux dates."
        )


# Lines


def _lines(invoice: Invoice) -> Iterator[Finding]:
    for index, line in enumerate(invoice.lines, start=1):
        place = f"BG-25[{index}]"
        for price, rule, term in (
            (line.unit_price, "BR-27", "BT-146"),
            (line.gross_price, "BR-28", "BT-148"),
        ):
            if price is not None and price < ZERO:
                yield _fatal(
                    rule,
                    f"{place}/{term}",
                    f"Le prix de la ligne {index} est négatif : mettez le signe sur la quantité.",
                )
        yield from _period(line.period, "BR-30", f"{place}/BG-26")
        yield from _reasons(line.allowances, "BR-CO-23", f"{place}/BG-27", "remise")
        yield from _reasons(line.charges, "BR-CO-24", f"{place}/BG-28", "majoration")
        yield from _decimals(line.net_amount, 2, "BR-DEC-23", f"{place}/BT-131")
        expected = _line_amount(line)
        if expected is not None and expected != line.net_amount:
            yield Finding(
                "PEPPOL-EN16931-R120",
                "warning",
                f"{place}/BT-131",
                f"Le montant de la ligne {index} est {line.net_amount}, le calcul donne "
                f"{expected} : vérifiez quantité, prix et remises.",
            )
    yield from _reasons(invoice.allowances, "BR-CO-21", "BG-20", "remise")
    yield from _reasons(invoice.charges, "BR-CO-22", "BG-21", "majoration")


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
            yield _fatal(
                rule, f"{location}[{index}]", f"Une {label} n'a pas de motif : donnez-en un."
            )
        yield from _decimals(item.amount, 2, "BR-DEC", f"{location}[{index}]")


def _decimals(value: Decimal | None, most: int, rule: str, location: str) -> Iterator[Finding]:
    if value is not None and value != round(value, most):
        yield _fatal(
            rule,
            location,
            f"« {value} » a plus de {most} décimales : arrondissez-le avant d'émettre.",
        )


# Totals


def _totals(invoice: Invoice) -> Iterator[Finding]:
    totals = invoice.totals
    if totals is None:
        return
    vat = totals.vat_total or ZERO
    allowances, charges = totals.allowance_total or ZERO, totals.charge_total or ZERO
    for rule, term, label, found, expected in (
        (
            "BR-CO-10",
            "BT-106",
            "La somme des lignes",
            totals.line_total or ZERO,
            sum((line.net_amount for line in invoice.lines), ZERO),
        ),
        (
            "BR-CO-11",
            "BT-107",
            "Le total des remises",
            allowances,
            sum((item.amount for item in invoice.allowances), ZERO),
        ),
        (
            "BR-CO-12",
            "BT-108",
            "Le total des majorations",
            charges,
            sum((item.amount for item in invoice.charges), ZERO),
        ),
        (
            "BR-CO-13",
            "BT-109",
            "Le total HT",
            totals.net_total,
            (totals.line_total or ZERO) - allowances + charges,
        ),
        (
            "BR-CO-14",
            "BT-110",
            "Le total de TVA",
            vat,
            sum((item.tax_amount for item in invoice.vat_breakdown), ZERO),
        ),
        ("BR-CO-15", "BT-112", "Le total TTC", totals.gross_total, totals.net_total + vat),
        ("BR-CO-16", "BT-115", "Le net à payer", totals.amount_due, _amount_due(totals)),
    ):
        if found != expected:
            yield _fatal(
                rule, term, f"{label} ({term}) est {found}, le calcul donne {expected} : corrigez."
            )
        yield from _decimals(found, 2, "BR-DEC", term)
    if invoice.accounting_currency and totals.vat_total_accounting is None:
        yield _fatal(
            "BR-53",
            "BT-111",
            f"Le total de TVA en {invoice.accounting_currency} manque : renseignez-le.",
        )


def _amount_due(totals: Totals) -> Decimal:
    prepaid = totals.prepaid_amount or ZERO
    return totals.gross_total - prepaid + (totals.rounding_amount or ZERO)


# VAT


def _vat(invoice: Invoice) -> Iterator[Finding]:
    bases: dict[tuple[str, Decimal | None], Decimal] = defaultdict(Decimal)
    items = [
        *((line.vat_category, line.vat_rate, line.net_amount, "BT-151") for line in invoice.lines),
        *((it.vat_category, it.vat_rate, -it.amount, "BT-95") for it in invoice.allowances),
        *((it.vat_category, it.vat_rate, it.amount, "BT-102") for it in invoice.charges),
    ]
    for category, rate, amount, term in items:
        if category in _RULES:
            yield from _rate(category, rate, f"BR-{_RULES[category]}-05", term)
            bases[_key(category, rate)] += amount
        elif category:
            yield _fatal("BR-CL-18", term, f"La catégorie de TVA « {category} » est inconnue.")
    shown: dict[tuple[str, Decimal | None], VatBreakdown] = {}
    for item in invoice.vat_breakdown:
        key = _key(item.vat_category, item.vat_rate)
        if key in shown:
            yield _fatal(
                f"BR-{_RULES.get(key[0], 'S')}-01",
                "BG-23",
                f"Le récapitulatif de TVA a deux fois la catégorie {_words(key)} : réunissez-les.",
            )
        shown[key] = item
        yield from _breakdown(item, bases.get(key))
    for key in bases:
        if key not in shown:
            yield _fatal(
                f"BR-{_RULES[key[0]]}-01",
                "BG-23",
                f"Le récapitulatif de TVA n'a pas la catégorie {_words(key)} : ajoutez-la.",
            )
    categories = {category for category, _ in [*bases, *shown]}
    yield from _identification(invoice, categories)
    if "O" in categories and len(categories) > 1:
        yield _fatal(
            "BR-O-11",
            "BG-23",
            "Des lignes hors champ de la TVA (O) sont mêlées à d'autres : faites deux factures.",
        )


def _key(category: str, rate: Decimal | None) -> tuple[str, Decimal | None]:
    """Only S is split by rate: the others have one line in the breakdown."""
    return (category, rate if category == "S" else None)


def _words(key: tuple[str, Decimal | None]) -> str:
    category, rate = key
    return category if rate is None else f"{category} à {rate} %"


def _rate(category: str, rate: Decimal | None, rule: str, term: str) -> Iterator[Finding]:
    if category == "S" and (rate is None or rate <= ZERO):
        yield _fatal(rule, term, "Une opération taxée (S) doit avoir un taux supérieur à zéro.")
    elif category == "O" and rate is not None:
        yield _fatal(rule, term, "Une opération hors champ (O) ne porte aucun taux : retirez-le.")
    elif category not in {"S", "O"} and rate != ZERO:
        yield _fatal(rule, term, f"La catégorie {category} veut un taux de 0 : corrigez-le.")


def _breakdown(item: VatBreakdown, base: Decimal | None) -> Iterator[Finding]:
    category = item.vat_category
    if category not in _RULES:
        return
    name = _RULES[category]
    yield from _rate(category, item.vat_rate, f"BR-{name}-05", "BT-119")
    if base is None or base != item.taxable_amount:
        yield _fatal(
            f"BR-{name}-08",
            "BT-116",
            f"La base de TVA {_words(_key(category, item.vat_rate))} est {item.taxable_amount}, "
            f"les lignes donnent {base or ZERO} : corrigez le récapitulatif.",
        )
    tax = round_amount(item.taxable_amount * (item.vat_rate or ZERO) / 100)
    if tax != item.tax_amount:
        yield _fatal(
            "BR-CO-17" if category == "S" else f"BR-{name}-09",
            "BT-117",
            f"La TVA {_words(_key(category, item.vat_rate))} est {item.tax_amount}, le calcul "
            f"donne {tax} : corrigez le récapitulatif.",
        )
    yield from _decimals(item.taxable_amount, 2, "BR-DEC-19", "BT-116")
    explained = bool(item.exemption_reason or item.exemption_code)
    if explained == (category in {"S", "Z"}):
        yield _fatal(
            f"BR-{name}-10",
            "BT-120",
            f"La catégorie {category} veut un motif d'exonération : ajoutez-le."
            if not explained
            else f"La catégorie {category} est taxée et porte un motif d'exonération : retirez-le.",
        )


def _identification(invoice: Invoice, categories: set[str]) -> Iterator[Finding]:
    seller, buyer = invoice.seller or Party(), invoice.buyer or Party()
    represented = bool(invoice.tax_representative and invoice.tax_representative.vat_id)
    for category in sorted(categories & set(_RULES)):
        rule = f"BR-{_RULES[category]}-02"
        seller_known = bool(seller.vat_id) or represented
        if category in {"S", "Z", "E", "AE"}:
            seller_known = seller_known or bool(seller.tax_id)
        if category == "O":
            if seller.vat_id or represented or buyer.vat_id:
                yield _fatal(
                    rule,
                    "BT-31",
                    "Une facture hors champ de la TVA (O) ne porte aucun n° de TVA : retirez-les.",
                )
            continue
        if not seller_known:
            yield _fatal(
                rule, "BT-31", f"La catégorie {category} veut le n° de TVA du vendeur : ajoutez-le."
            )
        if (category == "AE" and not (buyer.vat_id or buyer.legal_id)) or (
            category == "K" and not buyer.vat_id
        ):
            yield _fatal(
                rule,
                "BT-48",
                f"La catégorie {category} veut le n° de TVA de l'acheteur : ajoutez-le.",
            )
    if "K" in categories:
        delivery = invoice.delivery
        if not (invoice.period or (delivery and delivery.delivery_date)):
            yield _fatal(
                "BR-IC-11",
                "BT-72",
                "Une livraison intracommunautaire veut la date de livraison ou la période.",
            )
        if not (delivery and delivery.address and delivery.address.country_code):
            yield _fatal(
                "BR-IC-12",
                "BT-80",
                "Une livraison intracommunautaire veut le pays de livraison : ajoutez l'adresse.",
            )


# France


def _french(invoice: Invoice) -> Iterator[Finding]:
    yield from _french_document(invoice)
    yield from _french_notes(invoice)
    yield from _french_parties(invoice)
    yield from _french_numbers(invoice)
    yield from _french_payment(invoice)
    readable = 0
    for attachment in invoice.attachments:
        readable += attachment.description == "LISIBLE"
        if attachment.description not in ATTACHMENT_CODES:
            yield _fatal(
                "BR-FR-17",
                "BT-123",
                f"La nature « {attachment.description} » d'une pièce jointe n'est pas admise : "
                "choisissez-la dans la liste (RIB, BON_COMMANDE, DOCUMENT_ANNEXE…).",
            )
    if readable > 1:
        yield _fatal("BR-FR-18", "BT-123", "Une seule pièce jointe peut être « LISIBLE ».")


def _french_document(invoice: Invoice) -> Iterator[Finding]:
    for number, term in (
        (invoice.number, "BT-1"),
        *((item.number, "BT-25") for item in invoice.preceding_invoices),
    ):
        if number and not _NUMBER.fullmatch(number):
            yield _fatal(
                "BR-FR-01" if len(number) > 35 else "BR-FR-02",
                term,
                f"Le numéro « {number} » doit avoir au plus 35 caractères parmi lettres, "
                "chiffres, + - _ / : changez le modèle de la série.",
            )
    dates: tuple[tuple[date | None, str], ...] = (
        (invoice.issue_date, "BT-2"),
        (invoice.tax_point_date, "BT-7"),
        (invoice.due_date, "BT-9"),
        (invoice.delivery.delivery_date if invoice.delivery else None, "BT-72"),
        *((item.issue_date, "BT-26") for item in invoice.preceding_invoices),
    )
    for day, term in dates:
        if day and not 2000 <= day.year <= 2099:
            yield _fatal("BR-FR-03", term, f"La date {day:%d/%m/%Y} est hors du siècle : corrigez.")
    if invoice.type_code and invoice.type_code not in TYPE_CODES:
        yield _fatal("BR-FR-04", "BT-3", f"Le type « {invoice.type_code} » n'est pas admis.")
    if invoice.business_process not in BUSINESS_PROCESSES:
        yield _fatal(
            "BR-FR-08",
            "BT-23",
            "Le cadre de facturation manque ou n'est pas admis : choisissez B1 (biens), S1 "
            "(services) ou M1 (mixte).",
        )
    dated = [item for item in invoice.preceding_invoices if item.number and item.issue_date]
    if invoice.type_code in CORRECTIVES and len(dated) != 1:
        yield _fatal(
            "BR-FR-CO-04", "BG-3", "Une rectificative cite une facture d'origine et sa date."
        )
    if invoice.type_code in CREDIT_NOTES and not dated:
        yield _fatal(
            "BR-FR-CO-05",
            "BG-3",
            "Un avoir cite le numéro et la date de la facture d'origine : ajoutez-les.",
        )
    if invoice.type_code == "262" and not (invoice.contract_reference and invoice.period):
        yield _fatal(
            "BR-FR-CO-03", "BT-12", "Un avoir de remise globale cite le contrat et la période."
        )
    if invoice.currency not in {"", "EUR"} and not (
        invoice.accounting_currency == "EUR"
        and invoice.totals
        and invoice.totals.vat_total_accounting is not None
    ):
        yield _fatal(
            "BR-FR-CO-12", "BT-6", "Une facture en devise donne aussi son total de TVA en euros."
        )


def _french_notes(invoice: Invoice) -> Iterator[Finding]:
    for code, words in _ONCE.items():
        count = sum(note.subject_code == code for note in invoice.notes)
        if count != 1:
            yield _fatal(
                "BR-FR-05" if count == 0 else "BR-FR-06",
                "BT-21",
                f"La mention {words} figure {count} fois : elle doit figurer une fois.",
            )
    treatments = [note.text for note in invoice.notes if note.subject_code == "BAR"]
    if len(treatments) > 1:
        yield _fatal("BR-FR-31", "BT-21", "Le traitement (BAR) est donné plusieurs fois.")
    for text in treatments:
        if text not in TREATMENTS:
            yield _fatal("BR-FR-20", "BT-22", f"Le traitement « {text} » (BAR) n'est pas admis.")


def _french_parties(invoice: Invoice) -> Iterator[Finding]:
    seller, buyer = invoice.seller or Party(), invoice.buyer or Party()
    domestic = any(note.subject_code == "BAR" and note.text == "B2B" for note in invoice.notes)
    for party, label, rule, term, wanted in (
        (seller, "du vendeur", "BR-FR-10", "BT-30", True),
        (buyer, "de l'acheteur", "BR-FR-11", "BT-47", domestic),
    ):
        legal = party.legal_id
        is_siren = legal is not None and legal.scheme == "0002"
        if (wanted and not is_siren) or (legal and is_siren and not Siren.is_valid(legal.value)):
            yield _fatal(
                rule,
                term,
                f"Le SIREN {label} (schéma 0002) manque ou n'est pas valable : corrigez sa fiche.",
            )
        for identifier in party.global_identifiers:
            if identifier.scheme == "0009" and not (
                Siret.is_valid(identifier.value)
                and (not legal or identifier.value.startswith(legal.value))
            ):
                yield _fatal(
                    "BR-FR-09",
                    "BT-29" if party is seller else "BT-46",
                    f"Le SIRET {label} n'est pas valable ou n'est pas de ce SIREN : corrigez-le.",
                )
        schemes = [identifier.scheme for identifier in party.global_identifiers]
        if len(set(schemes)) < len(schemes):
            yield _fatal(
                "BR-FR-CO-10",
                "BT-29" if party is seller else "BT-46",
                f"Deux identifiants {label} ont le même schéma : gardez-en un.",
            )
        address, address_term = party.electronic_address, "BT-34" if party is seller else "BT-49"
        if address is None or not address.value:
            yield _fatal(
                "BR-FR-13" if party is seller else "BR-FR-12",
                address_term,
                f"L'adresse de facturation électronique {label} manque : complétez sa fiche.",
            )
        elif address.scheme == "0225" and not _ADDRESS.fullmatch(address.value):
            yield _fatal(
                "BR-FR-23" if len(address.value) <= 125 else "BR-FR-25",
                address_term,
                f"L'adresse de facturation électronique {label} est mal formée : corrigez-la.",
            )
    customer = seller if invoice.type_code in SELF_BILLED else buyer
    address, legal = customer.electronic_address, customer.legal_id
    if domestic and not (
        address and legal and address.scheme == "0225" and address.value.startswith(legal.value)
    ):
        yield _fatal(
            "BR-FR-22" if customer is seller else "BR-FR-21",
            "BT-34" if customer is seller else "BT-49",
            "L'adresse de facturation électronique (schéma 0225) doit commencer par le SIREN de "
            "celui qui reçoit la facture : corrigez sa fiche.",
        )


def _french_numbers(invoice: Invoice) -> Iterator[Finding]:
    for index, line in enumerate(invoice.lines, start=1):
        place = f"BG-25[{index}]"
        yield from _decimals(line.quantity, 4, "BR-FR-DEC-02", f"{place}/BT-129")
        yield from _decimals(line.base_quantity, 4, "BR-FR-DEC-02", f"{place}/BT-149")
        yield from _decimals(line.unit_price, 6, "BR-FR-DEC-03", f"{place}/BT-146")
        yield from _decimals(line.gross_price, 6, "BR-FR-DEC-03", f"{place}/BT-148")
        yield from _french_rate(line.vat_rate, f"{place}/BT-152")
    for item in invoice.vat_breakdown:
        yield from _french_rate(item.vat_rate, "BT-119")
    for document_item in (*invoice.allowances, *invoice.charges):
        yield from _french_rate(document_item.vat_rate, "BT-96")


def _french_rate(rate: Decimal | None, location: str) -> Iterator[Finding]:
    if rate is not None and rate not in VAT_RATES:
        yield _fatal(
            "BR-FR-16", location, f"Le taux de TVA {rate} % n'est pas admis en France : corrigez."
        )


def _french_payment(invoice: Invoice) -> Iterator[Finding]:
    process, totals = invoice.business_process, invoice.totals
    already_paid = process in {"B2", "S2", "M2"}
    if (
        invoice.due_date
        and invoice.issue_date
        and invoice.due_date < invoice.issue_date
        and not (already_paid or invoice.type_code in PREPAYMENTS)
    ):
        yield _fatal(
            "BR-FR-CO-07", "BT-9", "L'échéance précède la date d'émission : corrigez l'échéance."
        )
    if process in {"B4", "S4", "M4"} and invoice.type_code in PREPAYMENTS:
        yield _fatal(
            "BR-FR-CO-08", "BT-23", "Une facture d'acompte n'a pas le cadre d'une facture finale."
        )
    if already_paid and not (
        totals
        and totals.prepaid_amount == totals.gross_total
        and totals.amount_due == ZERO
        and invoice.due_date
    ):
        yield _fatal(
            "BR-FR-CO-09",
            "BT-113",
            "Une facture déjà payée a un net à payer de zéro et sa date de paiement en échéance.",
        )
