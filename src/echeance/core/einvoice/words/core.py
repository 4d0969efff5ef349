"""The rules of EN 16931 that need their own sentence, French then English.

Source: EN 16931-1:2017 6.4 (BR-*, BR-CO-*, BR-DEC-*, BR-CL-*); the sentences are the project's own.
"""

# A table reads best with one row a line.

from __future__ import annotations

from typing import Final

_MISSING: Final = (
    ("BR-01", "Le profil de la facture", "The invoice profile", "BT-24"),
    ("BR-02", "Le numéro de la facture", "The invoice number", "BT-1"),
    ("BR-03", "La date d'émission", "The issue date", "BT-2"),
    ("BR-04", "Le type de la facture", "The invoice type", "BT-3"),
    ("BR-05", "La devise de la facture", "The invoice currency", "BT-5"),
    ("BR-06", "Le nom du vendeur", "The seller's name", "BT-27"),
    ("BR-07", "Le nom de l'acheteur", "The buyer's name", "BT-44"),
    ("BR-08", "L'adresse du vendeur", "The seller's address", "BG-5"),
    ("BR-09", "Le pays du vendeur", "The seller's country", "BT-40"),
    ("BR-10", "L'adresse de l'acheteur", "The buyer's address", "BG-8"),
    ("BR-11", "Le pays de l'acheteur", "The buyer's country", "BT-55"),
    ("BR-12", "La somme des lignes hors taxe", "The sum of the lines excluding VAT", "BT-106"),
    ("BR-13", "Le total hors taxe", "The total excluding VAT", "BT-109"),
    ("BR-14", "Le total TTC", "The total including VAT", "BT-112"),
    ("BR-15", "Le net à payer", "The amount due", "BT-115"),
    ("BR-16", "La première ligne de la facture", "The first line of the invoice", "BG-25"),
    ("BR-17", "Le nom du bénéficiaire du paiement", "The payee's name", "BT-59"),
    ("BR-18", "Le nom du représentant fiscal", "The tax representative's name", "BT-62"),
    ("BR-19", "L'adresse du représentant fiscal", "The tax representative's address", "BG-12"),
    ("BR-20", "Le pays du représentant fiscal", "The tax representative's country", "BT-69"),
    ("BR-21", "Le numéro d'une ligne", "The number of a line", "BT-126"),
    ("BR-22", "La quantité d'une ligne", "The quantity of a line", "BT-129"),
    ("BR-23", "L'unité d'une ligne", "The unit of a line", "BT-130"),
    ("BR-24", "Le montant hors taxe d'une ligne", "The net amount of a line", "BT-131"),
    ("BR-25", "La désignation d'une ligne", "The description of a line", "BT-153"),
    ("BR-26", "Le prix unitaire d'une ligne", "The unit price of a line", "BT-146"),
    ("BR-31", "Le montant d'une remise", "The amount of an allowance", "BT-92"),
    ("BR-32", "La catégorie de TVA d'une remise", "The VAT category of an allowance", "BT-95"),
    ("BR-33", "Le motif d'une remise", "The reason of an allowance", "BT-97"),
    ("BR-36", "Le montant d'une majoration", "The amount of a charge", "BT-99"),
    ("BR-37", "La catégorie de TVA d'une majoration", "The VAT category of a charge", "BT-102"),
    ("BR-38", "Le motif d'une majoration", "The reason of a charge", "BT-104"),
    ("BR-41", "Le montant d'une remise de ligne", "The amount of a line allowance", "BT-136"),
    ("BR-42", "Le motif d'une remise de ligne", "The reason of a line allowance", "BT-139"),
    ("BR-43", "Le montant d'une majoration de ligne", "The amount of a line charge", "BT-141"),
    ("BR-44", "Le motif d'une majoration de ligne", "The reason of a line charge", "BT-144"),
    ("BR-45", "La base hors taxe d'un taux de TVA", "The taxable amount of a VAT rate", "BT-116"),
    ("BR-46", "Le montant de TVA d'un taux", "The VAT amount of a rate", "BT-117"),
    (
        "BR-47",
        "La catégorie d'un récapitulatif de TVA",
        "The category of a VAT breakdown",
        "BT-118",
    ),
    ("BR-48", "Le taux d'un récapitulatif de TVA", "The rate of a VAT breakdown", "BT-119"),
    ("BR-49", "Le moyen de paiement", "The means of payment", "BT-81"),
    ("BR-50", "Le compte à créditer par virement", "The account to credit by transfer", "BT-84"),
    ("BR-52", "La référence d'une pièce jointe", "The reference of an attachment", "BT-122"),
    (
        "BR-53",
        "La TVA en devise de comptabilisation",
        "The VAT in the accounting currency",
        "BT-111",
    ),
    (
        "BR-54",
        "Le nom ou la valeur d'un attribut d'article",
        "The name or value of an item attribute",
        "BT-160",
    ),
    ("BR-55", "Le numéro de la facture d'origine", "The number of the original invoice", "BT-25"),
    (
        "BR-56",
        "Le numéro de TVA du représentant fiscal",
        "The tax representative's VAT number",
        "BT-63",
    ),
    ("BR-57", "Le pays de livraison", "The country of delivery", "BT-80"),
    ("BR-61", "L'IBAN du virement", "The IBAN of the credit transfer", "BT-84"),
    (
        "BR-62",
        "Le schéma de l'adresse électronique du vendeur",
        "The scheme of the seller's electronic address",
        "BT-34",
    ),
    (
        "BR-63",
        "Le schéma de l'adresse électronique de l'acheteur",
        "The scheme of the buyer's electronic address",
        "BT-49",
    ),
    ("BR-64", "Le schéma du code article", "The scheme of the item's standard code", "BT-157"),
    ("BR-65", "La liste de la classe d'un article", "The list of an item's class", "BT-158"),
    ("BR-CO-04", "La catégorie de TVA d'une ligne", "The VAT category of a line", "BT-151"),
    ("BR-CO-18", "Le récapitulatif de TVA", "The VAT breakdown", "BG-23"),
    (
        "BR-CO-19",
        "La date de début ou de fin de la période facturée",
        "The start or end date of the invoicing period",
        "BG-14",
    ),
    (
        "BR-CO-20",
        "La date de début ou de fin de la période d'une ligne",
        "The start or end date of a line's period",
        "BG-26",
    ),
    (
        "BR-CO-21",
        "Le motif ou le code du motif d'une remise",
        "The reason or reason code of an allowance",
        "BT-97",
    ),
    (
        "BR-CO-22",
        "Le motif ou le code du motif d'une majoration",
        "The reason or reason code of a charge",
        "BT-104",
    ),
    (
        "BR-CO-23",
        "Le motif ou le code du motif d'une remise de ligne",
        "The reason or reason code of a line allowance",
        "BT-139",
    ),
    (
        "BR-CO-24",
        "Le motif ou le code du motif d'une majoration de ligne",
        "The reason or reason code of a line charge",
        "BT-144",
    ),
    (
        "BR-CO-25",
        "La date d'échéance ou les conditions de règlement",
        "The due date or the payment terms",
        "BT-9",
    ),
    (
        "BR-CO-26",
        "L'identifiant du vendeur (SIREN, numéro de TVA ou autre)",
        "The seller's identifier (SIREN, VAT number or other)",
        "BT-30",
    ),
)
_SAID: Final = (
    ("BR-27", "Un prix unitaire est négatif.", "A unit price is negative.", "BT-146"),
    ("BR-28", "Un prix brut est négatif.", "A gross price is negative.", "BT-148"),
    (
        "BR-29",
        "La période facturée finit avant de commencer.",
        "The invoicing period ends before it starts.",
        "BT-74",
    ),
    (
        "BR-30",
        "La période d'une ligne finit avant de commencer.",
        "The period of a line ends before it starts.",
        "BT-135",
    ),
    (
        "BR-51",
        "Le numéro de carte bancaire est donné en entier.",
        "The whole number of the bank card is given.",
        "BT-87",
    ),
    (
        "BR-CO-03",
        "La date d'exigibilité de la TVA et son code sont donnés tous les deux.",
        "Both the VAT point date and its code are given.",
        "BT-7",
    ),
    (
        "BR-CO-05",
        "Le code et le motif d'une remise ne disent pas la même chose.",
        "The code and the reason of an allowance disagree.",
        "BT-98",
    ),
    (
        "BR-CO-06",
        "Le code et le motif d'une majoration ne disent pas la même chose.",
        "The code and the reason of a charge disagree.",
        "BT-105",
    ),
    (
        "BR-CO-07",
        "Le code et le motif d'une remise de ligne ne disent pas la même chose.",
        "The code and the reason of a line allowance disagree.",
        "BT-140",
    ),
    (
        "BR-CO-08",
        "Le code et le motif d'une majoration de ligne ne disent pas la même chose.",
        "The code and the reason of a line charge disagree.",
        "BT-145",
    ),
    (
        "BR-CO-09",
        "Un numéro de TVA ne commence pas par le code de son pays.",
        "A VAT number does not begin with its country code.",
        "BT-31",
    ),
    (
        "BR-CO-10",
        "La somme des lignes n'est pas égale au total des lignes annoncé.",
        "The lines do not add up to the stated sum of lines.",
        "BT-106",
    ),
    (
        "BR-CO-11",
        "Les remises ne donnent pas le total des remises annoncé.",
        "The allowances do not add up to their stated total.",
        "BT-107",
    ),
    (
        "BR-CO-12",
        "Les majorations ne donnent pas le total des majorations annoncé.",
        "The charges do not add up to their stated total.",
        "BT-108",
    ),
    (
        "BR-CO-13",
        "Le total HT n'est pas égal aux lignes, moins les remises, plus les majorations.",
        "The total excluding VAT is not the lines less allowances plus charges.",
        "BT-109",
    ),
    (
        "BR-CO-14",
        "Le total de TVA n'est pas la somme des montants par taux.",
        "The VAT total is not the sum of the amounts by rate.",
        "BT-110",
    ),
    (
        "BR-CO-15",
        "Le total TTC n'est pas égal au total HT plus la TVA.",
        "The total including VAT is not the net total plus VAT.",
        "BT-112",
    ),
    (
        "BR-CO-16",
        "Le net à payer n'est pas égal au total TTC, moins le déjà réglé, plus l'arrondi.",
        "The amount due is not the gross total less prepayments plus rounding.",
        "BT-115",
    ),
    (
        "BR-CO-17",
        "La TVA d'un taux n'est pas égale à sa base multipliée par le taux.",
        "The VAT of a rate is not its base times the rate.",
        "BT-117",
    ),
    (
        "BR-CO-27",
        "Le compte est donné deux fois : en IBAN et sous une autre forme.",
        "The account is given twice: as an IBAN and in another form.",
        "BT-84",
    ),
)
_DECIMALS: Final = (
    ("01", "le montant d'une remise", "the amount of an allowance", "BT-92"),
    ("02", "l'assiette d'une remise", "the base of an allowance", "BT-93"),
    ("05", "le montant d'une majoration", "the amount of a charge", "BT-99"),
    ("06", "l'assiette d'une majoration", "the base of a charge", "BT-100"),
    ("09", "la somme des lignes", "the sum of the lines", "BT-106"),
    ("10", "le total des remises", "the total of allowances", "BT-107"),
    ("11", "le total des majorations", "the total of charges", "BT-108"),
    ("12", "le total HT", "the total excluding VAT", "BT-109"),
    ("13", "le total de TVA", "the VAT total", "BT-110"),
    ("14", "le total TTC", "the total including VAT", "BT-112"),
    ("15", "la TVA en devise de comptabilisation", "the VAT in accounting currency", "BT-111"),
    ("16", "le montant déjà réglé", "the amount already paid", "BT-113"),
    ("17", "l'arrondi", "the rounding amount", "BT-114"),
    ("18", "le net à payer", "the amount due", "BT-115"),
    ("19", "la base d'un taux de TVA", "the base of a VAT rate", "BT-116"),
    ("20", "la TVA d'un taux", "the VAT of a rate", "BT-117"),
    ("23", "le montant d'une ligne", "the net amount of a line", "BT-131"),
    ("24", "le montant d'une remise de ligne", "the amount of a line allowance", "BT-136"),
    ("25", "l'assiette d'une remise de ligne", "the base of a line allowance", "BT-137"),
    ("27", "le montant d'une majoration de ligne", "the amount of a line charge", "BT-141"),
    ("28", "l'assiette d'une majoration de ligne", "the base of a line charge", "BT-142"),
)
_CODES: Final = (
    ("01", "Le type de facture", "The invoice type", "BT-3"),
    ("03", "La devise d'un montant", "The currency of an amount", "BT-5"),
    ("04", "La devise de la facture", "The invoice currency", "BT-5"),
    ("05", "La devise de comptabilisation", "The accounting currency", "BT-6"),
    ("06", "Le code d'exigibilité de la TVA", "The VAT point date code", "BT-8"),
    ("07", "Le schéma d'un objet facturé", "The scheme of an invoiced object", "BT-18"),
    ("08", "Le sujet d'une mention", "The subject of a note", "BT-21"),
    ("10", "Le schéma d'un identifiant", "The scheme of an identifier", "BT-29"),
    ("11", "Le schéma d'un identifiant légal", "The scheme of a legal identifier", "BT-30"),
    ("13", "La liste d'une classe d'article", "The list of an item class", "BT-158"),
    ("14", "Le code d'un pays", "A country code", "BT-40"),
    ("15", "Le pays d'origine d'un article", "The country of origin of an item", "BT-159"),
    ("16", "Le moyen de paiement", "The means of payment", "BT-81"),
    ("17", "La catégorie de TVA d'un récapitulatif", "The VAT category of a breakdown", "BT-118"),
    ("18", "La catégorie de TVA d'une ligne", "The VAT category of a line", "BT-151"),
    ("19", "Le motif d'une remise", "The reason of an allowance", "BT-98"),
    ("20", "Le motif d'une majoration", "The reason of a charge", "BT-105"),
    ("21", "Le schéma d'un code article", "The scheme of an item code", "BT-157"),
    ("22", "Le motif d'exonération de TVA", "The VAT exemption reason", "BT-121"),
    ("23", "L'unité d'une quantité", "The unit of a quantity", "BT-130"),
    ("24", "Le type d'une pièce jointe", "The type of an attachment", "BT-125"),
    ("25", "Le schéma d'une adresse électronique", "The scheme of an electronic address", "BT-34"),
    ("26", "Le schéma d'un lieu de livraison", "The scheme of a place of delivery", "BT-71"),
)
SENTENCES: Final = {
    **{
        rule: (
            "presence",
            f"Il manque {fr[0].lower()}{fr[1:]}.",
            f"{en} is missing.",
            (term,),
        )
        for rule, fr, en, term in _MISSING
    },
    **{
        rule: ("arithmetique" if "CO-1" in rule else "presence", fr, en, (term,))
        for rule, fr, en, term in _SAID
    },
    **{
        f"BR-DEC-{number}": (
            "decimales",
            f"Trop de décimales : {fr} en a plus de deux.",
            f"Too many decimals: {en} has more than two.",
            (term,),
        )
        for number, fr, en, term in _DECIMALS
    },
    **{
        f"BR-CL-{number}": (
            "codes",
            f"{fr} n'est pas un code de la liste officielle.",
            f"{en} is not a code of the official list.",
            (term,),
        )
        for number, fr, en, term in _CODES
    },
}
"""Rule to its family, French sentence, English sentence and terms."""
