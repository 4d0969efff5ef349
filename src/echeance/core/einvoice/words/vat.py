"""The rules of each VAT category: fourteen patterns for nine categories.

Source: EN 16931-1:2017 6.4.4 (BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF, BR-AG).
"""

# A table reads best with one row a line.
# ruff: noqa: E501

from __future__ import annotations

from typing import Final

_CATEGORIES: Final = {
    "S": ("« taux normal ou réduit »", "“standard or reduced rate”"),
    "Z": ("« taux zéro »", "“zero rate”"),
    "E": ("« exonéré »", "“exempt”"),
    "AE": ("« autoliquidation »", "“reverse charge”"),
    "IC": ("« livraison intracommunautaire »", "“intra-Community supply”"),
    "G": ("« exportation »", "“export”"),
    "O": ("« hors champ de la TVA »", "“outside the scope of VAT”"),
    "AF": ("« Canaries (IGIC) »", "“Canary Islands (IGIC)”"),
    "AG": ("« Ceuta et Melilla (IPSI) »", "“Ceuta and Melilla (IPSI)”"),
}
_TAXED: Final = frozenset({"S", "AF", "AG"})
_WHERE: Final = {
    2: ("une ligne", "a line", "BT-151"),
    3: ("une remise", "an allowance", "BT-95"),
    4: ("une majoration", "a charge", "BT-102"),
}
_OTHER: Final = {
    11: ("un autre récapitulatif de TVA", "another VAT breakdown", "BG-23"),
    12: ("une ligne d'une autre catégorie", "a line of another category", "BT-151"),
    13: ("une remise d'une autre catégorie", "an allowance of another category", "BT-95"),
    14: ("une majoration d'une autre catégorie", "a charge of another category", "BT-102"),
}


def _sentence(category: str, number: int) -> tuple[str, str, tuple[str, ...]] | None:
    fr, en = _CATEGORIES[category]
    taxed, free = category in _TAXED, category == "O"
    match number:
        case 1:
            return (
                f"TVA {fr} : le récapitulatif ne répond pas aux lignes de cette catégorie.",
                f"VAT {en}: the breakdown does not answer the lines of this category.",
                ("BG-23", "BT-118"),
            )
        case 2 | 3 | 4:
            where, place, term = _WHERE[number]
            if free:
                what, thing = (
                    "un numéro de TVA est donné, il n'en faut pas",
                    "a VAT number is given and must not be",
                )
            elif category in {"AE", "IC"}:
                what = "il manque le numéro de TVA du vendeur ou l'identifiant de l'acheteur"
                thing = "the seller's VAT number or the buyer's identifier is missing"
            else:
                what, thing = (
                    "il manque le numéro de TVA du vendeur",
                    "the seller's VAT number is missing",
                )
            return (
                f"TVA {fr} sur {where} : {what}.",
                f"VAT {en} on {place}: {thing}.",
                (term, "BT-31"),
            )
        case 5 | 6 | 7:
            where, place, _ = _WHERE[number - 3]
            term = ("BT-152", "BT-96", "BT-103")[number - 5]
            if category == "S":
                what, thing = "le taux doit être supérieur à zéro", "the rate must be above zero"
            elif taxed:
                what, thing = "le taux ne peut pas être négatif", "the rate cannot be negative"
            elif free:
                what, thing = "il ne faut pas de taux", "there must be no rate"
            else:
                what, thing = "le taux doit être 0", "the rate must be 0"
            return f"TVA {fr} sur {where} : {what}.", f"VAT {en} on {place}: {thing}.", (term,)
        case 8:
            return (
                f"TVA {fr} : la base du récapitulatif n'est pas la somme des lignes, remises et majorations.",
                f"VAT {en}: the base is not the sum of the lines, allowances and charges.",
                ("BT-116",),
            )
        case 9:
            return (
                f"TVA {fr} : le montant de TVA {'ne répond pas à la base et au taux' if taxed else 'doit être 0'}.",
                f"VAT {en}: the VAT amount {'does not follow from base and rate' if taxed else 'must be 0'}.",
                ("BT-117",),
            )
        case 10:
            refused = taxed or category == "Z"
            return (
                f"TVA {fr} : {'un motif d’exonération est donné à tort' if refused else 'il manque le motif d’exonération'}.".replace(
                    "’", "'"
                ),
                f"VAT {en}: the exemption reason {'must not be given' if refused else 'is missing'}.",
                ("BT-120", "BT-121"),
            )
        case 11 | 12 if category == "IC":
            what, thing, term = {
                11: (
                    "la date de livraison ou la période facturée",
                    "the delivery date or invoicing period",
                    "BT-72",
                ),
                12: ("le pays de livraison", "the country of delivery", "BT-80"),
            }[number]
            return f"TVA {fr} : il manque {what}.", f"VAT {en}: {thing} is missing.", (term,)
        case 11 | 12 | 13 | 14 if free:
            what, thing, term = _OTHER[number]
            return (
                f"TVA {fr} : la facture porte aussi {what}.",
                f"VAT {en}: the invoice also has {thing}.",
                (term,),
            )
    return None


SENTENCES: Final = {
    f"BR-{category}-{number:02}": ("tva", *said)
    for category in _CATEGORIES
    for number in range(1, 15)
    if (said := _sentence(category, number)) is not None
}
"""Rule to its family, French sentence, English sentence and terms."""
