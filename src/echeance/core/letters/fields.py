"""Merge fields of letters: the one table that Word models, Typst models and the guide follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field that a letter may name.

    Attributes:
        name: As it is written between braces.
        label: What it holds, in French.
        example: A value; of a table, that of its first row as ``column: value`` pairs.
        columns: Names of the columns of a table; empty for a plain text.
        is_list: A list of texts, one a line.
    """

    name: str
    label: str
    example: str
    columns: tuple[str, ...] = ()
    is_list: bool = False


MERGE_FIELDS: Final = (
    MergeField("client", "Nom ou raison sociale du client", "Boulangerie Lefèvre SARL"),
    MergeField("civilite", "Formule d'appel", "Madame, Monsieur"),
    MergeField(
        "adresse",
        "Lignes de l'adresse postale, nom compris",
        "Boulangerie Lefèvre SARL / 3 place du Marché / 13001 MARSEILLE",
        is_list=True,
    ),
    MergeField(
        "factures",
        "Créances demandées, une par ligne",
        "numero: FA-2026-00041 / date: 31/08/2026 / echeance: 30/09/2026 / jours: 55 / "
        "montant: 1 200,00 € / solde: 1 200,00 €",
        ("numero", "date", "echeance", "jours", "montant", "solde"),
    ),
    MergeField("total", "Somme des créances demandées", "1 200,00 €"),
    MergeField(
        "penalites",
        "Calcul des pénalités de retard, une tranche par ligne",
        "numero: FA-2026-00041 / debut: 01/10/2026 / jours: 55 / base: 1 200,00 € / "
        "taux: 12,40 / montant: 22,42 €",
        ("numero", "debut", "jours", "base", "taux", "montant"),
    ),
    MergeField("interets", "Total des pénalités de retard", "22,42 €"),
    MergeField("indemnites", "Total des indemnités forfaitaires de 40 €", "40,00 €"),
    MergeField("credits", "Avoirs et règlements pas encore imputés", "0,00 €"),
    MergeField("net", "Total moins les avoirs et règlements pas encore imputés", "1 200,00 €"),
    MergeField("jour", "Jour de la lettre", "24 novembre 2026"),
    MergeField("delai", "Dernier jour pour payer, huit jours après la lettre", "2 décembre 2026"),
    MergeField(
        "reglement",
        "Comment payer",
        "Règlement par virement : IBAN FR76 3000 6000 0112 3456 7890 189 (BIC AGRIFRPP)",
    ),
    MergeField("iban", "IBAN de la société", "FR76 3000 6000 0112 3456 7890 189"),
    MergeField("societe", "Nom de votre société", "Atelier Morel SAS"),
    MergeField("signataire", "Nom de la personne qui signe", "Camille Morel"),
    MergeField("qualite", "Qualité de la personne qui signe", "directrice financière"),
    MergeField("reference", "Référence de la lettre, à rappeler", "L-2026-11-24-12"),
    MergeField("dossier", "Code du client", "C0012"),
    MergeField("objet", "Objet de la lettre", "Mise en demeure de payer 1 200,00 €"),
    MergeField(
        "texte",
        "Texte du niveau de relance, un paragraphe par ligne",
        "Madame, Monsieur, / Nos relances sont restées sans effet. / …",
        is_list=True,
    ),
)

NAMES: Final = frozenset(field.name for field in MERGE_FIELDS)

NEEDED: Final = (frozenset({"factures", "texte"}), frozenset({"total", "net", "texte"}))
"""A letter must name one field of each: without them the customer would not know what to pay."""


def needed_missing(used: frozenset[str] | set[str]) -> tuple[str, ...]:
    """Which needed fields a model lacks: the first of each group that has none of its own.

    >>> needed_missing({"client", "total"})
    ('factures',)
    >>> needed_missing({"texte"})
    ()
    """
    first = ("factures", "total")
    return tuple(name for name, group in zip(first, NEEDED, strict=True) if not group & set(used))
