"""Rules of the VAT categories: one table of what each category wants, one pass over the document.

Source: EN 16931-1 6.4.3 (BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-IG, BR-IP, BR-B) as the CEN
sheets spell them (IGIC is BR-AF, IPSI is BR-AG), BR-CO-17, BR-48.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from echeance.core.einvoice.model import (
    ZERO,
    AllowanceCharge,
    Finding,
    Party,
    VatBreakdown,
)
from echeance.core.einvoice.rules.case import CII, UBL, Case, country, fatal, rounded, rule_set
from echeance.core.money import round_amount


@dataclass(frozen=True, slots=True)
class Category:
    """What a VAT category wants.

    Attributes:
        name: As its rules spell it.
        rate: ``positive``, ``zero``, ``any`` (not negative) or ``none``.
        seller: ``tax`` (any tax number), ``vat`` (a VAT number) or ``none`` (no VAT number at all).
        buyer: ``""``, ``vat`` or ``known`` (a VAT or legal number).
        explained: Whether the breakdown says why no VAT is charged; otherwise it must not.
        by_rate: Whether the breakdown has a line per rate.
    """

    name: str
    rate: str
    seller: str
    buyer: str = ""
    explained: bool = True
    by_rate: bool = False


CATEGORIES: Final = {
    "S": Category("S", "positive", "tax", explained=False, by_rate=True),
    "Z": Category("Z", "zero", "tax", explained=False),
    "E": Category("E", "zero", "tax"),
    "AE": Category("AE", "zero", "tax", "known"),
    "K": Category("IC", "zero", "vat", "vat"),
    "G": Category("G", "zero", "vat"),
    "O": Category("O", "none", "none"),
    "L": Category("AF", "any", "tax", explained=False, by_rate=True),
    "M": Category("AG", "any", "tax", explained=False, by_rate=True),
}
COVERED: Final = rule_set(
    "BR-IC-11 BR-IC-12 BR-O-11 BR-O-12 BR-O-13 BR-O-14 BR-B-01 BR-B-02 BR-CO-17 BR-48"
) | {f"BR-{item.name}-{number:02}" for item in CATEGORIES.values() for number in range(1, 11)}
OWN: Final = frozenset({"TVA-RECAP", "TVA-ARRONDI", "TVA-MONTANT"})

# IGIC and IPSI: the sheets for CII look for their amounts where there are none.
_ISLANDS: Final = frozenset({"L", "M"})

_SPLIT_PAYMENT: Final = "B"
_Key = tuple[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class _Use:
    """A place that applies a category: a line, an allowance or a charge of the document."""

    category: str
    rate: Decimal | None
    amount: Decimal
    kind: int  # 0 line, 1 allowance, 2 charge
    location: str


def _uses(case: Case) -> list[_Use]:
    invoice = case.invoice
    found = [
        _Use(line.vat_category, line.vat_rate, line.net_amount, 0, f"BG-25[{index}]/BT-151")
        for index, line in enumerate(invoice.lines, start=1)
        if line.subtype in {"", "DETAIL"}
    ]
    found += _of_document(invoice.allowances, 1, "BG-20", "BT-95", -1)
    found += _of_document(invoice.charges, 2, "BG-21", "BT-102", 1)
    return found


def _of_document(
    items: tuple[AllowanceCharge, ...], kind: int, group: str, term: str, sign: int
) -> list[_Use]:
    return [
        _Use(item.vat_category, item.vat_rate, sign * item.amount, kind, f"{group}[{index}]/{term}")
        for index, item in enumerate(items, start=1)
    ]


def vat(case: Case) -> Iterator[Finding]:
    """All rules of the VAT categories."""
    uses = _uses(case)
    breakdown = case.invoice.vat_breakdown
    yield from _rates(uses)
    yield from _identification(case, uses)
    yield from (_presence_in_cii if case.syntax == CII else _presence)(uses, breakdown)
    bases: dict[_Key, Decimal] = defaultdict(lambda: ZERO)
    for use in uses:
        bases[_key(use.category, use.rate)] += use.amount
    for item in breakdown:
        yield from _amounts(case, item, bases)
        yield from _explanation(item)
    yield from _unlisted(bases, breakdown)
    yield from _delivered(case)
    yield from _outside(case, uses, breakdown)
    yield from _split_payment(case, uses)


def _key(category: str, rate: Decimal | None) -> _Key:
    wanted = CATEGORIES.get(category)
    return (category, rate if wanted and wanted.by_rate else None)


def _words(category: str, rate: Decimal | None) -> str:
    return category if rate is None else f"{category} à {rate} %"


# Rates


def _rates(uses: list[_Use]) -> Iterator[Finding]:
    for use in uses:
        wanted = CATEGORIES.get(use.category)
        fault = wanted and _rate_fault(wanted, use.category, use.rate)
        if wanted and fault:
            yield fatal(f"BR-{wanted.name}-{use.kind + 5:02}", use.location, fault)


def _rate_fault(wanted: Category, code: str, rate: Decimal | None) -> str:
    match wanted.rate:
        case "positive" if rate is None or rate <= ZERO:
            return f"Une opération taxée ({code}) doit avoir un taux supérieur à zéro."
        case "zero" if rate != ZERO:
            return f"La catégorie {code} veut un taux de 0 : corrigez-le."
        case "none" if rate is not None:
            return f"Une opération hors champ ({code}) ne porte aucun taux : retirez-le."
        case "any" if rate is None or rate < ZERO:
            return f"La catégorie {code} veut un taux, même nul : renseignez-le."
        case _:
            return ""


# Who must be identified


def _identification(case: Case, uses: list[_Use]) -> Iterator[Finding]:
    seller, buyer, agent = case.seller, case.buyer, case.representative
    for code, kind in sorted({(use.category, use.kind) for use in uses}):
        wanted = CATEGORIES.get(code)
        if wanted is None:
            continue
        rule = f"BR-{wanted.name}-{kind + 2:02}"
        if wanted.seller == "none":
            if seller.vat_id or agent.vat_id or buyer.vat_id:
                yield fatal(
                    rule,
                    "BT-31",
                    "Une facture hors champ de la TVA (O) ne porte aucun n° de TVA : retirez-les.",
                )
            continue
        known = bool(seller.vat_id or agent.vat_id)
        if not known and not (wanted.seller == "tax" and seller.tax_id):
            yield fatal(
                rule, "BT-31", f"La catégorie {code} veut le n° de TVA du vendeur : ajoutez-le."
            )
        elif not _buyer_known(wanted, buyer):
            yield fatal(
                rule,
                "BT-48",
                f"La catégorie {code} veut le n° de TVA de l'acheteur : ajoutez-le.",
            )


def _buyer_known(wanted: Category, buyer: Party) -> bool:
    if wanted.buyer == "vat":
        return bool(buyer.vat_id)
    return wanted.buyer == "" or bool(buyer.vat_id or buyer.legal_id)


# The breakdown and the lines say the same categories


def _presence(uses: list[_Use], breakdown: tuple[VatBreakdown, ...]) -> Iterator[Finding]:
    used = {use.category for use in uses}
    shown = Counter(item.vat_category for item in breakdown)
    for code, wanted in CATEGORIES.items():
        rule = f"BR-{wanted.name}-01"
        if code in used and not shown[code]:
            yield fatal(
                rule,
                "BG-23",
                f"Le récapitulatif de TVA n'a pas la catégorie {code} : ajoutez-la.",
            )
        elif wanted.by_rate and shown[code] and code not in used:
            yield fatal(
                rule,
                "BG-23",
                f"Le récapitulatif de TVA a une catégorie {code} qu'aucune ligne n'emploie : "
                "retirez-la.",
            )
        elif not wanted.by_rate and shown[code] > 1:
            yield fatal(
                rule,
                "BG-23",
                f"Le récapitulatif de TVA a deux fois la catégorie {code} : réunissez-les.",
            )


def _presence_in_cii(uses: list[_Use], breakdown: tuple[VatBreakdown, ...]) -> Iterator[Finding]:
    """The same rules as the sheets for CII spell them: they count, and forget some cases."""
    lines = Counter(use.category for use in uses if use.kind == 0)
    others = Counter(use.category for use in uses if use.kind)
    shown = Counter(item.vat_category for item in breakdown)
    for code, wanted in CATEGORIES.items():
        count = shown[code]
        used = bool(lines[code] or others[code])
        if wanted.by_rate:
            wrong = (0 < lines[code] < 2 - count) or (0 < others[code] < 2 - count)
        elif code == "O":
            wrong = count > 1 or (count == 1 and not used)
        else:
            wrong = count > 1 or (count == 1) is not used
        if wrong:
            yield fatal(
                f"BR-{wanted.name}-01",
                "BG-23",
                f"Le récapitulatif de TVA et les lignes ne disent pas la même chose de la "
                f"catégorie {code} : une ligne de récapitulatif par catégorie employée.",
            )


def _unlisted(bases: dict[_Key, Decimal], breakdown: tuple[VatBreakdown, ...]) -> Iterator[Finding]:
    """Rates of lines that the breakdown forgets, or says twice: no official rule looks at it."""
    shown = Counter(_key(item.vat_category, item.vat_rate) for item in breakdown)
    categories = {item.vat_category for item in breakdown}
    for code, rate in bases:
        wanted = CATEGORIES.get(code)
        if wanted and wanted.by_rate and code in categories and not shown[code, rate]:
            yield fatal(
                "TVA-RECAP",
                "BG-23",
                f"Le récapitulatif de TVA n'a pas la ligne {_words(code, rate)} : ajoutez-la.",
            )
    for (code, rate), count in shown.items():
        wanted = CATEGORIES.get(code)
        if wanted and wanted.by_rate and count > 1:
            yield fatal(
                "TVA-RECAP",
                "BG-23",
                f"Le récapitulatif de TVA a deux fois la ligne {_words(code, rate)} : "
                "réunissez-les.",
            )


# Amounts of the breakdown


def _amounts(case: Case, item: VatBreakdown, bases: dict[_Key, Decimal]) -> Iterator[Finding]:
    if item.vat_rate is None and item.vat_category != "O":
        words = _words(item.vat_category, None)
        yield fatal("BR-48", "BT-119", f"Le taux de TVA manque au récapitulatif ({words}).")
    yield from _tax(case, item)
    wanted = CATEGORIES.get(item.vat_category)
    if wanted and case.has_lines:
        yield from _base(case, wanted, item, bases)


def _tax(case: Case, item: VatBreakdown) -> Iterator[Finding]:
    """The VAT of one line of the breakdown, against its base and its rate."""
    code, rate, tax = item.vat_category, item.vat_rate, item.tax_amount
    expected = round_amount(abs(item.taxable_amount) * (rate or ZERO) / 100)
    exact = expected if item.taxable_amount >= ZERO else -expected
    gap = abs(abs(tax) - expected)
    message = (
        f"La TVA {_words(code, rate)} est {tax}, le calcul donne {exact} : corrigez le "
        "récapitulatif."
    )
    in_cii = case.syntax == CII
    # In the sheets for CII the rules of these categories come first and hide this one.
    hidden = in_cii and code in {"O", "L", "M"}
    far = gap > 1 or (gap == 1 and not in_cii)
    wrong = far if _whole(rate) else _whole(tax) != ZERO
    if wrong and not hidden:
        yield fatal("BR-CO-17", "BT-117", message)
    wanted = CATEGORIES.get(code)
    if wanted is None:
        return
    if (rate is None or gap >= 1) if wanted.by_rate else tax != ZERO:
        yield fatal(_official(case, wanted, code, "09"), "BT-117", message)
    elif tax != exact:
        yield _cents(case, "BT-117", message)


def _official(case: Case, wanted: Category, code: str, number: str) -> str:
    """The rule of an amount; ours where the sheets for CII have one that never fires."""
    blind = case.syntax == CII and code in _ISLANDS
    return "TVA-MONTANT" if blind else f"BR-{wanted.name}-{number}"


def _cents(case: Case, location: str, message: str) -> Finding:
    """A gap below one euro, which the standard tolerates: not in what is written here."""
    return Finding("TVA-ARRONDI", "warning" if case.printed else "fatal", location, message)


def _whole(value: Decimal | None) -> Decimal:
    """A number without decimals, as the official rules round it before they compare with zero."""
    return ZERO if value is None else rounded(value / 100) * 100


def _base(
    case: Case, wanted: Category, item: VatBreakdown, bases: dict[_Key, Decimal]
) -> Iterator[Finding]:
    key = _key(item.vat_category, item.vat_rate)
    if wanted.by_rate and item.vat_rate is None:
        return
    base = bases.get(key)
    gap = abs(item.taxable_amount - (base or ZERO))
    message = (
        f"La base de TVA {_words(*key)} est {item.taxable_amount}, les lignes donnent "
        f"{base or ZERO} : corrigez le récapitulatif."
    )
    # The sheet for UBL alone lets the base of a rate miss by less than one, and wants it used.
    tolerated = wanted.by_rate and case.syntax == UBL and case.printed and gap < 1
    unused = base is None and case.syntax != CII and (item.vat_category == "S" or not bases)
    if unused or (gap and not tolerated):
        yield fatal(_official(case, wanted, item.vat_category, "08"), "BT-116", message)
    elif gap:
        yield _cents(case, "BT-116", message)


def _explanation(item: VatBreakdown) -> Iterator[Finding]:
    wanted = CATEGORIES.get(item.vat_category)
    explained = bool(item.exemption_reason or item.exemption_code)
    if wanted and explained is not wanted.explained:
        yield fatal(
            f"BR-{wanted.name}-10",
            "BT-120",
            f"La catégorie {item.vat_category} veut un motif d'exonération : ajoutez-le."
            if wanted.explained
            else f"La catégorie {item.vat_category} est taxée et porte un motif d'exonération : "
            "retirez-le.",
        )


# Categories with rules of their own


def _delivered(case: Case) -> Iterator[Finding]:
    invoice, delivery = case.invoice, case.invoice.delivery
    if all(item.vat_category != "K" for item in invoice.vat_breakdown):
        return
    if not (invoice.period or (delivery and delivery.delivery_date)):
        yield fatal(
            "BR-IC-11",
            "BT-72",
            "Une livraison intracommunautaire veut la date de livraison ou la période.",
        )
    if not (delivery and delivery.address and delivery.address.country_code):
        yield fatal(
            "BR-IC-12",
            "BT-80",
            "Une livraison intracommunautaire veut le pays de livraison : ajoutez l'adresse.",
        )


def _outside(
    case: Case, uses: list[_Use], breakdown: tuple[VatBreakdown, ...]
) -> Iterator[Finding]:
    shown = {item.vat_category for item in breakdown}
    if "O" not in shown:
        return
    message = (
        "Des opérations hors champ de la TVA (O) sont mêlées à d'autres : faites deux factures."
    )
    mixed = {use.kind for use in uses if use.category not in {"O", ""}}
    in_breakdown = shown - {"O", ""}
    if case.syntax == CII:
        # Its sheets do not tell the breakdown from lines, nor allowances from charges.
        lines = bool(in_breakdown) or 0 in mixed
        faults = (lines, lines, bool(mixed & {1, 2}), bool(mixed & {1, 2}))
    else:
        faults = (bool(in_breakdown), 0 in mixed, 1 in mixed, 2 in mixed)
    for rule, fault in zip(("BR-O-11", "BR-O-12", "BR-O-13", "BR-O-14"), faults, strict=True):
        if fault:
            yield fatal(rule, "BG-23", message)


def _split_payment(case: Case, uses: list[_Use]) -> Iterator[Finding]:
    codes = {use.category for use in uses}
    codes |= {item.vat_category for item in case.invoice.vat_breakdown}
    if _SPLIT_PAYMENT not in codes:
        return
    delivery = case.invoice.delivery
    countries = {country(party) for party in (case.seller, case.buyer, case.representative)}
    countries |= {delivery.address.country_code if delivery and delivery.address else ""}
    if countries - {"IT", ""}:
        yield fatal("BR-B-01", "BG-23", "La TVA scindée (B) n'existe qu'entre parties italiennes.")
    if "S" in codes:
        yield fatal(
            "BR-B-02", "BG-23", "La TVA scindée (B) et la TVA ordinaire (S) ne se mêlent pas."
        )
