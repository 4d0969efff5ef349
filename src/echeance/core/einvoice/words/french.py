"""The French rules, by subject: one sentence for all the terms a rule is repeated on.

Source: XP Z12-012 V1.4 (BR-FR), schematrons 1.4.0; the sentences are the project's own.
"""

# A table reads best with one row a line.
# ruff: noqa: E501

from __future__ import annotations

from typing import Final

_ROWS: Final = (
    (
        "BR-FR-01",
        "Un numéro de facture dépasse 35 caractères.",
        "An invoice number is longer than 35 characters.",
    ),
    (
        "BR-FR-02",
        "Un numéro de facture contient un caractère interdit.",
        "An invoice number contains a forbidden character.",
    ),
    (
        "BR-FR-03",
        "L'année d'une date n'est pas entre 2000 et 2099.",
        "The year of a date is not between 2000 and 2099.",
    ),
    (
        "BR-FR-04",
        "Le type de document n'est pas admis en France.",
        "The document type is not accepted in France.",
    ),
    (
        "BR-FR-05",
        "Il manque une mention légale : indemnité de 40 €, pénalités de retard ou escompte.",
        "A legal notice is missing: 40 € indemnity, late penalties or discount.",
    ),
    ("BR-FR-06", "Une mention légale est donnée deux fois.", "A legal notice is given twice."),
    (
        "BR-FR-08",
        "Le cadre de facturation est absent ou inconnu.",
        "The invoicing frame is missing or unknown.",
    ),
    (
        "BR-FR-09",
        "Le SIRET n'a pas 14 chiffres ou ne commence pas par le SIREN.",
        "The SIRET does not have 14 digits or does not begin with the SIREN.",
    ),
    (
        "BR-FR-10",
        "Le SIREN du vendeur manque ou n'a pas 9 chiffres.",
        "The seller's SIREN is missing or does not have 9 digits.",
    ),
    (
        "BR-FR-11",
        "Le SIREN de l'acheteur manque ou n'a pas 9 chiffres.",
        "The buyer's SIREN is missing or does not have 9 digits.",
    ),
    (
        "BR-FR-12",
        "Il manque l'adresse de facturation électronique de l'acheteur.",
        "The buyer's e-invoicing address is missing.",
    ),
    (
        "BR-FR-13",
        "Il manque l'adresse de facturation électronique du vendeur.",
        "The seller's e-invoicing address is missing.",
    ),
    (
        "BR-FR-15",
        "La catégorie de TVA n'est pas admise en France.",
        "The VAT category is not accepted in France.",
    ),
    (
        "BR-FR-16",
        "Le taux de TVA n'est pas un taux français.",
        "The VAT rate is not a French rate.",
    ),
    (
        "BR-FR-17",
        "La nature d'une pièce jointe n'est pas dans la liste française.",
        "The nature of an attachment is not in the French list.",
    ),
    (
        "BR-FR-18",
        "Deux pièces jointes sont dites « LISIBLE ».",
        "Two attachments are marked “LISIBLE”.",
    ),
    (
        "BR-FR-20",
        "La mention BAR n'a pas une valeur admise.",
        "The BAR note does not have an accepted value.",
    ),
    (
        "BR-FR-21",
        "L'adresse électronique de l'acheteur ne commence pas par son SIREN.",
        "The buyer's electronic address does not begin with its SIREN.",
    ),
    (
        "BR-FR-22",
        "L'adresse électronique du vendeur ne commence pas par son SIREN.",
        "The seller's electronic address does not begin with its SIREN.",
    ),
    (
        "BR-FR-23",
        "Une adresse électronique contient un caractère interdit.",
        "An electronic address contains a forbidden character.",
    ),
    (
        "BR-FR-24",
        "Un identifiant privé contient un caractère interdit.",
        "A private identifier contains a forbidden character.",
    ),
    (
        "BR-FR-25",
        "Une adresse électronique dépasse 125 caractères.",
        "An electronic address is longer than 125 characters.",
    ),
    (
        "BR-FR-26",
        "Un identifiant privé dépasse 100 caractères.",
        "A private identifier is longer than 100 characters.",
    ),
    (
        "BR-FR-27",
        "Un attribut d'article n'a ni nom ni code.",
        "An item attribute has neither a name nor a code.",
    ),
    (
        "BR-FR-28",
        "Un attribut d'article doit avoir une valeur ou une mesure, pas les deux.",
        "An item attribute must have a value or a measure, not both.",
    ),
    (
        "BR-FR-29",
        "L'objet facturé AFL ou AVV est vide ou donné deux fois.",
        "The invoiced object AFL or AVV is empty or given twice.",
    ),
    (
        "BR-FR-30",
        "L'objet facturé d'une ligne est vide ou donné deux fois.",
        "The invoiced object of a line is empty or given twice.",
    ),
    (
        "BR-FR-31",
        "Plusieurs mentions BAR se contredisent.",
        "Several BAR notes contradict one another.",
    ),
    ("BR-FR-32", "Un SIREN n'a pas 9 chiffres.", "A SIREN does not have 9 digits."),
    (
        "BR-FR-CO-03",
        "L'avoir de remise globale n'a pas son contrat et sa période.",
        "The global allowance credit note lacks its contract and period.",
    ),
    (
        "BR-FR-CO-04",
        "La facture rectificative doit citer une seule facture d'origine, avec sa date.",
        "The corrected invoice must name exactly one original invoice, with its date.",
    ),
    (
        "BR-FR-CO-05",
        "L'avoir ne cite pas sa facture d'origine avec sa date.",
        "The credit note does not name its original invoice with its date.",
    ),
    (
        "BR-FR-CO-07",
        "L'échéance est avant la date de la facture.",
        "The due date is before the invoice date.",
    ),
    (
        "BR-FR-CO-08",
        "Le cadre « facture après acompte » ne va pas avec une facture d'acompte.",
        "The “final after prepayment” frame does not fit a prepayment invoice.",
    ),
    (
        "BR-FR-CO-09",
        "La facture se dit déjà payée, mais ses montants ou sa date de paiement disent autre chose.",
        "The invoice says it is already paid, but its amounts or payment date disagree.",
    ),
    (
        "BR-FR-CO-10",
        "Un identifiant n'a pas de schéma, ou deux ont le même.",
        "An identifier has no scheme, or two have the same.",
    ),
    (
        "BR-FR-CO-12",
        "La facture en devise étrangère ne donne pas la TVA en euros.",
        "The invoice in a foreign currency does not give its VAT in euros.",
    ),
    (
        "BR-FR-CO-14",
        "Il manque la mention du membre d'un assujetti unique.",
        "The notice of a member of a VAT group is missing.",
    ),
    (
        "BR-FR-CO-15",
        "Il manque le numéro de TVA de l'assujetti unique.",
        "The VAT number of the VAT group is missing.",
    ),
    (
        "BR-FR-DEC-01",
        "Un montant est mal écrit : deux décimales au plus, un point, pas de « + ».",
        "An amount is badly written: at most two decimals, a point, no “+”.",
    ),
    (
        "BR-FR-DEC-02",
        "Une quantité est mal écrite : quatre décimales au plus, un point.",
        "A quantity is badly written: at most four decimals, a point.",
    ),
    (
        "BR-FR-DEC-03",
        "Un prix est mal écrit : six décimales au plus, un point, pas de signe.",
        "A price is badly written: at most six decimals, a point, no sign.",
    ),
    (
        "BR-FR-DEC-04",
        "Un taux de TVA est mal écrit : deux décimales au plus, un point, sans « % ».",
        "A VAT rate is badly written: at most two decimals, a point, no “%”.",
    ),
    (
        "BR-FR-MV",
        "La facture à plusieurs vendeurs ne suit pas sa forme (lignes GROUP et leurs totaux).",
        "The invoice of several sellers does not follow its form (GROUP lines and their totals).",
    ),
    (
        "BR-FR-BD",
        "La facture bidirectionnelle ne suit pas sa forme (deux lignes GROUP, autofacture).",
        "The two-way invoice does not follow its form (two GROUP lines, self-billed).",
    ),
    (
        "BR-FR-CDV",
        "Le message de statut ne suit pas la norme du cycle de vie.",
        "The status message does not follow the life-cycle standard.",
    ),
)
SENTENCES: Final = {
    rule: (
        "cycle-de-vie"
        if rule == "BR-FR-CDV"
        else "decimales"
        if "DEC" in rule
        else "regles-francaises",
        french,
        english,
        (),
    )
    for rule, french, english in _ROWS
}
"""Rule, without its terms, to its family, French sentence, English sentence and no term."""
