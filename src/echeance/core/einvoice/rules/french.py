"""Rules of the French reform (BR-FR-*), which bind documents whose seller is in France.

Source: XP Z12-012 V1.4, schematrons 1.4.0; the key of SIREN and SIRET is INSEE's (Luhn).
"""

from __future__ import annotations

import re
from collections import Counter
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
from echeance.core.einvoice.model import (
    ZERO,
    AllowanceCharge,
    Finding,
    Identifier,
    InvoiceLine,
    Party,
)
from echeance.core.einvoice.rules.case import CII, UBL, Case, fatal, rule_set
from echeance.core.identifiers import Siren, Siret

COVERED: Final = rule_set(
    "BR-FR-01 BR-FR-02 BR-FR-03 BR-FR-04 BR-FR-05 BR-FR-06 BR-FR-08 BR-FR-09 BR-FR-10 "
    "BR-FR-11 BR-FR-12 BR-FR-13 BR-FR-15 BR-FR-16 BR-FR-17 BR-FR-18 BR-FR-20 BR-FR-21 "
    "BR-FR-22 BR-FR-23 BR-FR-24 BR-FR-25 BR-FR-26 BR-FR-31 BR-FR-32 BR-FR-CO-03 BR-FR-CO-04 "
    "BR-FR-CO-05 BR-FR-CO-07 BR-FR-CO-08 BR-FR-CO-09 BR-FR-CO-10 BR-FR-CO-12 BR-FR-CO-14 "
    "BR-FR-CO-15 BR-FR-DEC-01 BR-FR-DEC-02 BR-FR-DEC-03 BR-FR-DEC-04"
)
OWN: Final = frozenset({"SIREN-CLE", "SIRET-CLE"})

_ONCE: Final = {
    "PMT": "de l'indemnité forfaitaire de 40 € (PMT)",
    "PMD": "des pénalités de retard (PMD)",
    "AAB": "de l'escompte ou de son absence (AAB)",
}
_NUMBER: Final = re.compile(r"[A-Za-z0-9+\-_/]+")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9+\-_.]+")
_NINE: Final = re.compile(r"[0-9]{9}")
_FOURTEEN: Final = re.compile(r"[0-9]{14}")
_LONGEST: Final = 35
_SIREN, _SIRET, _ROUTING, _SINGLE_TAXPAYER, _FRANCE = "0002", "0009", "0224", "0231", "0225"
_ALREADY_PAID: Final = frozenset({"B2", "S2", "M2"})
_AFTER_PREPAYMENT: Final = frozenset({"B4", "S4", "M4"})
_BOTH_WAYS: Final = frozenset({"B9", "S9", "M9"})


def document(case: Case) -> Iterator[Finding]:
    """Numbers, dates, type, frame, and what the document refers to."""
    invoice = case.invoice
    yield from _number(invoice.number, "BT-1", case.syntax)
    for item in invoice.preceding_invoices:
        yield from _number(item.number, "BT-25", case.syntax)
        if item.type_code and item.type_code not in TYPE_CODES:
            yield fatal("BR-FR-04", "BG-3", f"Le type « {item.type_code} » n'est pas admis.")
    for day, term in _dates(case):
        if day and not 2000 <= day.year <= 2099:
            yield fatal("BR-FR-03", term, f"La date {day:%d/%m/%Y} est hors du siècle : corrigez.")
    if invoice.type_code and invoice.type_code not in TYPE_CODES:
        yield fatal("BR-FR-04", "BT-3", f"Le type « {invoice.type_code} » n'est pas admis.")
    if invoice.business_process not in BUSINESS_PROCESSES:
        yield fatal(
            "BR-FR-08",
            "BT-23",
            "Le cadre de facturation manque ou n'est pas admis : choisissez B1 (biens), S1 "
            "(services) ou M1 (mixte).",
        )
    yield from _references(case)
    if invoice.currency not in {"", "EUR"} and not (
        invoice.accounting_currency == "EUR"
        and case.totals
        and case.totals.vat_total_accounting is not None
    ):
        yield fatal(
            "BR-FR-CO-12", "BT-6", "Une facture en devise donne aussi son total de TVA en euros."
        )


def _number(number: str, term: str, syntax: str) -> Iterator[Finding]:
    if not number:
        return
    message = (
        f"Le numéro « {number} » doit avoir au plus 35 caractères parmi lettres, chiffres, "
        "+ - _ / : changez le modèle de la série."
    )
    well_formed = _NUMBER.fullmatch(number) is not None
    if len(number) > _LONGEST or (not well_formed and syntax == UBL):
        yield fatal("BR-FR-01", term, message)
    if not well_formed:
        yield fatal("BR-FR-02", term, message)


def _dates(case: Case) -> Iterator[tuple[date | None, str]]:
    invoice = case.invoice
    yield invoice.issue_date, "BT-2"
    yield invoice.tax_point_date, "BT-7"
    yield invoice.due_date, "BT-9"
    yield invoice.delivery.delivery_date if invoice.delivery else None, "BT-72"
    for item in invoice.preceding_invoices:
        yield item.issue_date, "BT-26"
    if invoice.period:
        yield invoice.period.start, "BT-73"
        yield invoice.period.end, "BT-74"
    for place, line in case.numbered_lines():
        if line.period:
            yield line.period.start, f"{place}/BT-134"
            yield line.period.end, f"{place}/BT-135"


def _references(case: Case) -> Iterator[Finding]:
    invoice = case.invoice
    before = invoice.preceding_invoices
    if invoice.type_code in CORRECTIVES and len(before) != 1:
        yield fatal(
            "BR-FR-CO-04", "BG-3", "Une rectificative cite une facture d'origine et sa date."
        )
    dated = any(item.number and item.issue_date for item in before)
    if invoice.type_code in CREDIT_NOTES and not (dated or _each_line_refers(case)):
        yield fatal(
            "BR-FR-CO-05",
            "BG-3",
            "Un avoir cite le numéro et la date de la facture d'origine : ajoutez-les.",
        )
    period = invoice.period
    if invoice.type_code == "262" and not (
        invoice.contract_reference and period and period.start and period.end
    ):
        yield fatal(
            "BR-FR-CO-03", "BT-12", "Un avoir de remise globale cite le contrat et la période."
        )


def _each_line_refers(case: Case) -> bool:
    lines = list(case.counted_lines())
    return bool(lines) and all(
        any(item.number and item.issue_date for item in line.preceding_invoices) for line in lines
    )


def notes(case: Case) -> Iterator[Finding]:
    """The mentions of the law, each once, and the treatment asked of the platform."""
    invoice = case.invoice
    counts = Counter(note.subject_code for note in invoice.notes)
    for code, words in _ONCE.items():
        if counts[code] != 1:
            yield fatal(
                "BR-FR-05" if counts[code] == 0 else "BR-FR-06",
                "BT-21",
                f"La mention {words} figure {counts[code]} fois : elle doit figurer une fois.",
            )
    if counts["TXD"] > 1:
        yield fatal("BR-FR-06", "BT-21", "La mention TXD figure plusieurs fois : gardez-en une.")
    treatments = [note.text for note in invoice.notes if note.subject_code == "BAR"]
    if sum(text in TREATMENTS for text in treatments) > 1:
        yield fatal("BR-FR-31", "BT-21", "Le traitement (BAR) est donné plusieurs fois.")
    for text in treatments:
        if text not in TREATMENTS:
            yield fatal("BR-FR-20", "BT-22", f"Le traitement « {text} » (BAR) n'est pas admis.")


def parties(case: Case) -> Iterator[Finding]:
    """SIREN, SIRET, routing codes and electronic addresses."""
    domestic = any(note.subject_code == "BAR" and note.text == "B2B" for note in case.invoice.notes)
    yield from _party(case.seller, "du vendeur", _SELLER_TERMS, wanted=_has_legal_group(case))
    yield from _party(case.buyer, "de l'acheteur", _BUYER_TERMS, wanted=domestic)
    payee = case.payee
    yield from _identifiers(payee.global_identifiers, payee.legal_id, "du bénéficiaire", "BT-60")
    yield from _legal_number(payee.legal_id, "du bénéficiaire", "BT-61")
    delivery = case.invoice.delivery
    if delivery:
        yield from _identifiers(delivery.global_identifiers, None, "de livraison", "BT-71")
    if case.syntax == UBL:
        yield from _without_scheme(case)
    self_billed = case.invoice.type_code in SELF_BILLED
    customer = case.seller if self_billed else case.buyer
    address, legal = customer.electronic_address, customer.legal_id
    number = legal.value if legal and legal.scheme == _SIREN else ""
    if domestic and not (
        address and address.scheme == _FRANCE and address.value.startswith(number)
    ):
        yield fatal(
            "BR-FR-22" if self_billed else "BR-FR-21",
            "BT-34" if self_billed else "BT-49",
            "L'adresse de facturation électronique (schéma 0225) doit commencer par le SIREN de "
            "celui qui reçoit la facture : corrigez sa fiche.",
        )
    if any(item.scheme == _SINGLE_TAXPAYER for item in case.seller.global_identifiers):
        yield from _single_taxpayer(case)


def _has_legal_group(case: Case) -> bool:
    """Whether a seller has the group that must hold its SIREN: in UBL it goes with its name."""
    seller = case.seller
    return case.syntax != UBL or bool(seller.name or seller.legal_id or seller.legal_information)


def _without_scheme(case: Case) -> Iterator[Finding]:
    """In UBL every identifier of a party has a scheme; in CII those without have their place."""
    delivery = case.invoice.delivery
    for identifiers, term in (
        (case.seller.identifiers, "BT-29"),
        (case.buyer.identifiers, "BT-46"),
        (case.payee.identifiers, "BT-60"),
        (delivery.identifiers if delivery else (), "BT-71"),
    ):
        if identifiers:
            yield fatal(
                "BR-FR-CO-10",
                term,
                f"L'identifiant « {identifiers[0]} » ({term}) n'a pas de schéma : donnez-en un.",
            )


_Terms = tuple[str, str, str, str, str]
# Terms of the legal number, of the identifiers, of the address, then the rules of the first and
# of the third when they are absent.
_SELLER_TERMS: Final[_Terms] = ("BT-30", "BT-29", "BT-34", "BR-FR-10", "BR-FR-13")
_BUYER_TERMS: Final[_Terms] = ("BT-47", "BT-46", "BT-49", "BR-FR-11", "BR-FR-12")


def _party(party: Party, label: str, terms: _Terms, *, wanted: bool) -> Iterator[Finding]:
    legal_term, id_term, address_term, legal_rule, address_rule = terms
    legal = party.legal_id
    good = legal is not None and legal.scheme == _SIREN and _NINE.fullmatch(legal.value)
    if wanted and not good:
        yield fatal(
            legal_rule,
            legal_term,
            f"Le SIREN {label} (schéma 0002) manque ou n'est pas valable : corrigez sa fiche.",
        )
    yield from _legal_number(legal, label, legal_term)
    yield from _identifiers(party.global_identifiers, legal, label, id_term)
    address = party.electronic_address
    if address is None or not address.value:
        yield fatal(
            address_rule,
            address_term,
            f"L'adresse de facturation électronique {label} manque : complétez sa fiche.",
        )
        return
    if len(address.value) > 125 or (
        address.scheme == _FRANCE and not _ADDRESS.fullmatch(address.value)
    ):
        yield fatal(
            "BR-FR-25" if len(address.value) > 125 else "BR-FR-23",
            address_term,
            f"L'adresse de facturation électronique {label} est mal formée : corrigez-la.",
        )


def _legal_number(legal: Identifier | None, label: str, term: str) -> Iterator[Finding]:
    if legal is None or legal.scheme != _SIREN:
        return
    if not _NINE.fullmatch(legal.value):
        yield fatal("BR-FR-32", term, f"Le SIREN {label} doit avoir neuf chiffres : corrigez-le.")
    elif not Siren.is_valid(legal.value):
        yield fatal(
            "SIREN-CLE", term, f"Le SIREN {label} « {legal.value} » n'existe pas : corrigez-le."
        )


def _identifiers(
    items: tuple[Identifier, ...], legal: Identifier | None, label: str, term: str
) -> Iterator[Finding]:
    siret = next((item.value for item in items if item.scheme == _SIRET), None)
    if siret is not None:
        siren = legal.value if legal and legal.scheme == _SIREN else ""
        alone = term in {"BT-60", "BT-71"} and not siren
        if not _FOURTEEN.fullmatch(siret) or not (alone or siret[:9] == siren):
            yield fatal(
                "BR-FR-09",
                term,
                f"Le SIRET {label} n'est pas valable ou n'est pas de ce SIREN : corrigez-le.",
            )
        elif not Siret.is_valid(siret):
            yield fatal("SIRET-CLE", term, f"Le SIRET {label} « {siret} » n'existe pas.")
    schemes = [item.scheme for item in items]
    if len(set(schemes)) < len(schemes):
        yield fatal(
            "BR-FR-CO-10",
            term,
            f"Deux identifiants {label} ont le même schéma : gardez-en un.",
        )
    for item in items:
        if item.scheme in {_SIREN, _SINGLE_TAXPAYER} and not _NINE.fullmatch(item.value):
            yield fatal("BR-FR-32", term, f"L'identifiant {label} doit avoir neuf chiffres.")
        if item.scheme == _ROUTING and term in {"BT-29", "BT-46"}:
            yield from _routing(item.value, label, term)


def _routing(code: str, label: str, term: str) -> Iterator[Finding]:
    if not _ADDRESS.fullmatch(code):
        yield fatal("BR-FR-24", term, f"Le code routage {label} est mal formé : corrigez-le.")
    if len(code) > 100:
        yield fatal("BR-FR-26", term, f"Le code routage {label} dépasse 100 caractères.")


def _single_taxpayer(case: Case) -> Iterator[Finding]:
    """A member of a single taxpayer (CGI 256 C) says so and names who pays its VAT."""
    if all(
        (note.subject_code, note.text) != ("TXD", "MEMBRE_ASSUJETTI_UNIQUE")
        for note in case.invoice.notes
    ):
        yield fatal("BR-FR-CO-14", "BT-22", "Un membre d'un assujetti unique porte la mention TXD.")
    if not case.representative.vat_id:
        yield fatal(
            "BR-FR-CO-15",
            "BT-63",
            "Un membre d'un assujetti unique nomme l'assujetti unique comme représentant fiscal.",
        )


def numbers(case: Case) -> Iterator[Finding]:
    """Decimals and rates."""
    invoice, totals = case.invoice, case.totals
    if totals:
        for term, value in (
            ("BT-106", totals.line_total),
            ("BT-107", totals.allowance_total),
            ("BT-108", totals.charge_total),
            ("BT-109", totals.net_total),
            ("BT-110", totals.vat_total),
            ("BT-111", totals.vat_total_accounting),
            ("BT-112", totals.gross_total),
            ("BT-113", totals.prepaid_amount),
            ("BT-114", totals.rounding_amount),
            ("BT-115", totals.amount_due),
        ):
            yield from _decimals(case, value, 2, "BR-FR-DEC-01", term)
    for item in invoice.vat_breakdown:
        yield from _decimals(case, item.taxable_amount, 2, "BR-FR-DEC-01", "BT-116")
        yield from _decimals(case, item.tax_amount, 2, "BR-FR-DEC-01", "BT-117")
        yield from _taxed(case, item.vat_category, item.vat_rate, "BT-119")
    for group in (invoice.allowances, invoice.charges):
        yield from _items(case, group, "BT-92")
        for charge in group:
            yield from _taxed(case, charge.vat_category, charge.vat_rate, "BT-96")
    for place, line in case.numbered_lines():
        yield from _line(case, line, place)


def _line(case: Case, line: InvoiceLine, place: str) -> Iterator[Finding]:
    yield from _decimals(case, line.net_amount, 2, "BR-FR-DEC-01", f"{place}/BT-131")
    yield from _items(case, line.allowances, f"{place}/BG-27")
    yield from _items(case, line.charges, f"{place}/BG-28")
    yield from _decimals(case, line.quantity, 4, "BR-FR-DEC-02", f"{place}/BT-129")
    yield from _decimals(case, line.base_quantity, 4, "BR-FR-DEC-02", f"{place}/BT-149")
    signed = case.invoice.business_process in _BOTH_WAYS
    for term, price in (
        ("BT-146", line.unit_price),
        ("BT-147", line.price_discount),
        ("BT-148", line.gross_price),
    ):
        yield from _decimals(case, price, 6, "BR-FR-DEC-03", f"{place}/{term}", signed=signed)
    yield from _taxed(case, line.vat_category, line.vat_rate, f"{place}/BT-152")


def _items(case: Case, items: tuple[AllowanceCharge, ...], location: str) -> Iterator[Finding]:
    for item in items:
        yield from _decimals(case, item.amount, 2, "BR-FR-DEC-01", location)
        yield from _decimals(case, item.base_amount, 2, "BR-FR-DEC-01", location)


def _decimals(
    case: Case,
    value: Decimal | None,
    most: int,
    rule: str,
    location: str,
    *,
    signed: bool = True,
    longest: int = 19,
) -> Iterator[Finding]:
    """``most`` decimals, ``longest`` signs without the point, and no minus unless ``signed``."""
    if value is None:
        return
    text = format(value, "f") if case.printed else format(value.normalize(), "f")
    whole, _, after = text.partition(".")
    if len(after) > most or len(whole) + len(after) > longest or (not signed and value < ZERO):
        yield fatal(
            rule,
            location,
            f"« {value} » a plus de {most} décimales, plus de {longest} chiffres ou un signe "
            "interdit : corrigez-le avant d'émettre.",
        )


def _taxed(case: Case, category: str, rate: Decimal | None, location: str) -> Iterator[Finding]:
    # In CII the group of an absent category is there with its rate.
    said = category or (case.syntax == CII and rate is not None)
    if said and category not in {"S", "E", "AE", "K", "G", "O", "Z"}:
        yield fatal(
            "BR-FR-15", location, f"La catégorie de TVA « {category} » n'est pas admise en France."
        )
    if rate is None:
        return
    if rate not in VAT_RATES or case.decimals(rate) > 2:
        yield fatal(
            "BR-FR-16", location, f"Le taux de TVA {rate} % n'est pas admis en France : corrigez."
        )
    yield from _decimals(case, rate, 2, "BR-FR-DEC-04", location, signed=False, longest=4)


def payment(case: Case) -> Iterator[Finding]:
    """The due date and the frames that say what is already paid."""
    invoice, totals = case.invoice, case.totals
    process = invoice.business_process
    already_paid = process in _ALREADY_PAID
    prepaid = invoice.type_code in PREPAYMENTS
    undated = case.syntax == CII and invoice.issue_date is None
    early = invoice.due_date and invoice.issue_date and invoice.due_date < invoice.issue_date
    if (early or (undated and invoice.due_date)) and not (already_paid or prepaid):
        yield fatal(
            "BR-FR-CO-07", "BT-9", "L'échéance précède la date d'émission : corrigez l'échéance."
        )
    if process in _AFTER_PREPAYMENT and prepaid:
        yield fatal(
            "BR-FR-CO-08", "BT-23", "Une facture d'acompte n'a pas le cadre d'une facture finale."
        )
    if already_paid and not (
        totals
        and totals.prepaid_amount == totals.gross_total
        and totals.amount_due == ZERO
        and invoice.due_date
    ):
        yield fatal(
            "BR-FR-CO-09",
            "BT-113",
            "Une facture déjà payée a un net à payer de zéro et sa date de paiement en échéance.",
        )


def attachments(case: Case) -> Iterator[Finding]:
    """The kinds of supporting documents."""
    readable = 0
    for attachment in case.invoice.attachments:
        readable += attachment.description == "LISIBLE"
        if attachment.description and attachment.description not in ATTACHMENT_CODES:
            yield fatal(
                "BR-FR-17",
                "BT-123",
                f"La nature « {attachment.description} » d'une pièce jointe n'est pas admise : "
                "choisissez-la dans la liste (RIB, BON_COMMANDE, DOCUMENT_ANNEXE…).",
            )
    if readable > 1:
        yield fatal("BR-FR-18", "BT-123", "Une seule pièce jointe peut être « LISIBLE ».")
