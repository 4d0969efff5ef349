"""The sentences of the preflight, and what the policy may decide of each rule.

The French sentence is the msgid: its facts stay apart, so that a door can say it in another
language. Plain Python: rules build findings with :func:`finding`, views translate them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.types import BillingPolicy, Finding, Fix, Severity
from echeance.core.money import format_amount

FINDING_LABELS: Final[dict[str, str]] = {
    "billing.issue_date": (
        "La date d'émission du {day} est refusée : {problem}. Choisissez une autre date."
    ),
    "billing.siren_missing": "Le SIREN de {name} manque : complétez sa fiche.",
    "billing.address_missing": (
        "L'adresse de {name} est incomplète ({absent}) : complétez sa fiche."
    ),
    "billing.no_line": "Le document n'a aucune ligne : ajoutez-en une.",
    "billing.price_not_positive": (
        "Ligne {line} : le prix de « {item} » est nul ou négatif ; corrigez-le, ou retirez la "
        "ligne."
    ),
    "billing.quantity_not_positive": (
        "Ligne {line} : la quantité de « {item} » est nulle ou négative ; corrigez-la, ou faites "
        "un avoir."
    ),
    "billing.total_not_positive": (
        "Le total du document est nul : vérifiez les quantités et les prix."
    ),
    "billing.order_reference_missing": (
        "{name} exige son numéro de bon de commande : renseignez-le."
    ),
    "billing.no_billing_contact": (
        "{name} n'a pas de contact de facturation joignable : le document pourra être émis, pas "
        "envoyé. Ajoutez une adresse à sa fiche."
    ),
    "billing.no_payment_account": (
        "Aucun compte bancaire ne sera imprimé : ajoutez celui de la société."
    ),
    "billing.seller_vat_id_missing": (
        "Le n° de TVA du vendeur est obligatoire pour cette exonération : complétez sa fiche."
    ),
    "billing.vat_id_missing": (
        "Le n° de TVA de l'acheteur est obligatoire pour cette exonération : complétez sa fiche."
    ),
    "billing.french_vat_abroad": (
        "La TVA française est facturée à une entreprise de l'Union européenne : vérifiez que "
        "l'exonération ou l'autoliquidation ne s'applique pas."
    ),
    "billing.service_abroad_taxed": (
        "Une prestation pour une entreprise hors de l'Union européenne est en principe hors TVA "
        "française (CGI 259, 1°) : choisissez le motif sur la ligne."
    ),
    "billing.goods_to_overseas": (
        "Des biens expédiés de métropole {territory} valent exportation (CGI 294, 2) : choisissez "
        "le motif sur la ligne, ou gardez le taux local si le bien part d'un stock sur place."
    ),
    "billing.corsican_rate": (
        "Ligne {line} : le taux de 13 % ne vise que des produits pétroliers livrés en Corse "
        "(CGI 297) ; choisissez le taux de la prestation."
    ),
    "billing.consumer_exempt": (
        "Ligne {line} : une livraison intracommunautaire exonérée ou une autoliquidation suppose "
        "un acheteur assujetti, et {name} est un particulier ; facturez la TVA, ou changez sa "
        "catégorie."
    ),
    "billing.intra_delivery_missing": (
        "Une livraison intracommunautaire dit le jour de la livraison : sans lui, la date "
        "d'émission sera écrite. Renseignez la date de livraison."
    ),
    "billing.intra_deadline": (
        "Facture due au plus tard le {deadline} pour une livraison du {supplied} dans l'Union "
        "(CGI 289, I-3) : émettez-la sans attendre."
    ),
    "billing.supply_in_future": (
        "La livraison du {supplied} n'a pas encore eu lieu : attendez-la, corrigez sa date, ou "
        "faites une facture d'acompte."
    ),
    "billing.late_billing": (
        "Livraison du {supplied} facturée {days} jours plus tard : la loi veut la facture à la "
        "livraison (CGI 289, I-3). Émettez-la sans attendre."
    ),
    "billing.months_mixed": (
        "Une facture récapitulative ne réunit que les livraisons d'un mois civil (CGI 289, I-3), "
        "et celle-ci va du {start} au {end} : faites-en une par mois."
    ),
    "billing.period_closed": (
        "Le mois de {month} est clos en comptabilité : choisissez une date d'émission plus récente."
    ),
    "billing.price_differs": (
        "Ligne {line} : « {item} » est facturé {price} alors que {origin} dit {expected} : "
        "corrigez le prix, ou confirmez."
    ),
    "billing.unusual_amount": (
        "Montant inhabituel pour {name} : {net} HT, contre {median} HT d'habitude (de {low} à "
        "{high} sur ses {count} dernières factures). Relisez les quantités et les prix, ou "
        "confirmez."
    ),
    "billing.already_billed": (
        "{name} a déjà {other} du {day} pour {gross}, avec {same} : comparez les deux, puis "
        "supprimez ce brouillon ou confirmez."
    ),
    "billing.same_lines": (
        "{name} a déjà {other} du {day} pour {gross}, avec les mêmes lignes : vérifiez que ce "
        "n'est pas la même chose deux fois."
    ),
    "billing.order_billed": (
        "Ligne {line} : « {item} » est déjà facturé par {other} ; {billed} facturés pour {ordered} "
        "commandés. Supprimez la ligne, ou confirmez."
    ),
    "billing.credit_limit": (
        "{name} dépasse son encours autorisé : {problem}. Encaissez, relevez le plafond, ou "
        "confirmez."
    ),
    "billing.party_on_hold": (
        "{name} ne doit plus être facturé : {problem}. Débloquez sa fiche, ou confirmez."
    ),
    "billing.deposit_not_deducted": (
        "{name} a versé un acompte que ce document ne déduit pas : {amount} HT restent à déduire. "
        "Déduisez-le, ou confirmez."
    ),
    "billing.service_code_missing": (
        "{name} reçoit ses factures par service : renseignez le code du service (BT-10), l'un de "
        "{codes}."
    ),
    "billing.service_code_unknown": (
        "Le code service « {code} » n'est pas de {name} : choisissez l'un de {codes}."
    ),
    "billing.engagement_missing": (
        "Le service {code} de {name} exige un numéro d'engagement : renseignez-le comme bon de "
        "commande (BT-13)."
    ),
    "billing.public_references": (
        "{name} est un acheteur public : vérifiez dans l'annuaire de Chorus Pro s'il exige un code "
        "service ou un numéro d'engagement."
    ),
    "billing.credit_right_missing": (
        "Vous n'avez pas le droit d'émettre un avoir : demandez-le à un responsable."
    ),
}
"""What is wrong and what to do, by rule."""

FIX_LABELS: Final[dict[str, str]] = {
    Fix.PARTY: "Ouvrir la fiche du client",
    Fix.DRAFT: "Modifier le brouillon",
    Fix.COMPANY: "Ouvrir la fiche de la société",
    Fix.BANK: "Ajouter un compte bancaire",
    Fix.ITEMS: "Ouvrir les articles",
}
"""Words of the link to where a finding is put right."""

_DRAFT_RULES: Final = frozenset(
    {
        "billing.issue_date",
        "billing.no_line",
        "billing.price_not_positive",
        "billing.quantity_not_positive",
        "billing.total_not_positive",
        "billing.order_reference_missing",
        "billing.french_vat_abroad",
        "billing.service_abroad_taxed",
        "billing.goods_to_overseas",
        "billing.corsican_rate",
        "billing.intra_delivery_missing",
        "billing.supply_in_future",
        "billing.months_mixed",
        "billing.price_differs",
        "billing.unusual_amount",
        "billing.order_billed",
        "billing.service_code_missing",
        "billing.service_code_unknown",
        "billing.engagement_missing",
        "billing.public_references",
    }
)
_PARTY_RULES: Final = frozenset(
    {
        "billing.siren_missing",
        "billing.address_missing",
        "billing.no_billing_contact",
        "billing.vat_id_missing",
        "billing.consumer_exempt",
        "billing.credit_limit",
        "billing.party_on_hold",
    }
)

DEFAULTS: Final[dict[str, Severity]] = {
    "billing.no_billing_contact": Severity.WARNING,
    "billing.no_payment_account": Severity.WARNING,
    "billing.intra_delivery_missing": Severity.WARNING,
    "billing.intra_deadline": Severity.WARNING,
    "billing.corsican_rate": Severity.WARNING,
    "billing.public_references": Severity.WARNING,
    "billing.supply_in_future": Severity.CONFIRMABLE,
    "billing.order_billed": Severity.CONFIRMABLE,
    "billing.deposit_not_deducted": Severity.CONFIRMABLE,
}
"""Rules that do not block and that the policy does not move; all others block."""

DECIDED: Final[dict[str, str]] = {
    "billing.price_differs": "check_price",
    "billing.unusual_amount": "check_amount",
    "billing.already_billed": "check_twin",
    "billing.same_lines": "check_same_lines",
    "billing.credit_limit": "check_credit",
    "billing.party_on_hold": "check_credit",
    "billing.order_reference_missing": "check_order_reference",
    "billing.service_code_missing": "check_public",
    "billing.service_code_unknown": "check_public",
    "billing.engagement_missing": "check_public",
    "billing.late_billing": "check_late",
    "billing.french_vat_abroad": "check_foreign_vat",
    "billing.service_abroad_taxed": "check_foreign_vat",
    "billing.goods_to_overseas": "check_foreign_vat",
}
"""Setting of the policy that decides of a rule. What the law or the standard wants is not there."""

_SEVERITIES: Final = {
    "block": Severity.BLOCKING,
    "confirm": Severity.CONFIRMABLE,
    "warn": Severity.WARNING,
}


def finding(
    code: str, policy: BillingPolicy | None = None, /, *, place: str = "", **facts: object
) -> Finding | None:
    """A finding in words, as severe as its rule or the policy says; none when it is not checked.

    Args:
        code: The rule, one of :data:`FINDING_LABELS`.
        policy: Decides of the rules of :data:`DECIDED`; without it they have their default.
        place: Business term, or ``ligne 3``.
        facts: What the sentence names: texts, whole numbers, days, amounts (``Decimal``) in
            ``currency``, else in euros.
    """
    setting = DECIDED.get(code)
    if setting is None:
        severity = DEFAULTS.get(code, Severity.BLOCKING)
    else:
        chosen = getattr(policy or BillingPolicy(), setting)
        if chosen == "off":
            return None
        severity = _SEVERITIES[chosen]
    template = FINDING_LABELS[code]
    return Finding(
        code,
        template.format(**{name: _french(value, facts) for name, value in facts.items()}),
        severity,
        place,
        fix=_fix(code),
        template=template,
        facts=facts,
    )


def _fix(code: str) -> str:
    if code in _DRAFT_RULES:
        return Fix.DRAFT
    if code in _PARTY_RULES:
        return Fix.PARTY
    if code == "billing.no_payment_account":
        return Fix.BANK
    return Fix.COMPANY if code == "billing.seller_vat_id_missing" else ""


def _french(value: object, facts: Mapping[str, object]) -> object:
    if isinstance(value, Decimal):
        return format_amount(value, str(facts.get("currency", "EUR")))
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value
