"""Form of the policy: every slice that a room declares, edited whole, with its French labels.

The fields follow the types of the slices; the words are here. A setting without words fails a
test, so that no rule can be added in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from django import forms
from django.utils.translation import gettext

from echeance.base import policy
from echeance.base.language import choices_of
from echeance.cash.types import DifferenceLine
from echeance.core.bookkeeping import CHART, account_number
from echeance.core.dunning import Imputation
from echeance.core.terms import Sector

SECTION_LABELS = {
    "day": "La journée",
    "billing": "Facturation",
    "cash": "Encaissements",
    "collection": "Relances",
    "disputes": "Litiges",
}
SETTING_LABELS = {
    "day.issue": "Émettre seul les factures sans anomalie",
    "day.match": "Rapprocher seul les encaissements prouvés",
    "day.send": "Envoyer seul les factures scellées",
    "day.remind": "Préparer seul les relances",
    "billing.hold_minutes": "Retenue avant l'envoi d'une facture (minutes)",
    "billing.auto_issue_max": "Montant TTC au-delà duquel une facture attend une personne (€)",
    "billing.partial_orders": "Commande dont une ligne est refusée",
    "billing.credit_orders": "Commande au-delà de l'encours autorisé",
    "billing.check_price": "Prix différent du tarif ou du catalogue",
    "billing.check_amount": "Montant inhabituel pour le client",
    "billing.check_twin": "Même commande et même montant qu'un autre document",
    "billing.check_same_lines": "Mêmes lignes et même montant qu'un autre document",
    "billing.check_credit": "Client au-delà de son encours, ou bloqué",
    "billing.check_order_reference": "Numéro de commande exigé et absent",
    "billing.check_public": "Code service ou engagement d'un acheteur public",
    "billing.check_late": "Facture en retard sur la livraison",
    "billing.check_foreign_vat": "TVA française hors de ses usages",
    "billing.late_days": "Facture en retard à partir de (jours après la livraison)",
    "billing.twin_days": "Documents semblables cherchés sur (jours)",
    "billing.credit_approval_over": "Total HT au-delà duquel un avoir demande un accord (€)",
    "billing.penalty_rate_percent": "Taux de pénalités écrit sur les factures (% par an)",
    "billing.sector": "Plafond légal des délais de paiement",
    "billing.insurance": "Assurance décennale",
    "billing.sole_trader": "Entrepreneur individuel",
    "billing.vat_group": "Membre d'un groupe TVA",
    "billing.platform_number": "Matricule de la plateforme agréée",
    "billing.platform_name": "Nom de la plateforme agréée",
    "cash.auto_apply": "Appliquer seul ce qui n'a qu'une explication",
    "cash.auto_apply_limit": "Montant au-delà duquel il demande toujours (€)",
    "cash.differences": "Écarts qu'un paiement peut avoir",
    "collection.bank_business_days_max": "Âge maximal du relevé bancaire (jours ouvrés)",
    "collection.floor_amount": "Montant en dessous duquel on ne relance pas (€)",
    "collection.business_days_only": "Relancer les jours ouvrés seulement",
    "collection.hold_minutes": "Retenue avant le départ d'une relance (minutes)",
    "collection.auto_send": "Laisser partir seul les relances après la retenue",
    "collection.proposed_ranks": "Niveaux qui attendent toujours une personne",
    "collection.imputation": "Un acompte paie d'abord",
    "collection.contract_rate": "Taux de pénalités du contrat (% par an)",
    "collection.carriage_debts": "Nos factures sont des transports (prescription d'un an)",
    "collection.insurance_notice_days": "Jours de retard avant la déclaration à l'assureur-crédit",
    "disputes.answer_days": "Délai pour régler un litige (jours)",
    "disputes.quality_days": "Délai quand la qualité est contestée (jours)",
    "disputes.data_days": "Délai quand une mention est à corriger (jours)",
    "disputes.question_days": "Délai de réponse d'un collègue (jours)",
    "collection.doubtful_after_days": "Retard qui rend une créance douteuse (jours)",
}
HELP_LABELS = {
    "billing.auto_issue_max": "Les plus grosses vous sont proposées.",
    "billing.credit_approval_over": "Vide : jamais. L'accord vient d'un autre que son auteur.",
    "billing.penalty_rate_percent": "Vide : le taux légal, BCE + 10 points.",
    "billing.insurance": "Assureur et étendue, pour le bâtiment : elle figure sur les factures.",
    "billing.vat_group": "Nom, adresse et numéro de TVA du groupe.",
    "billing.platform_number": "Quatre signes, donnés par la plateforme ; l'e-reporting la nomme.",
    "cash.auto_apply_limit": "Vide : aucun plafond.",
    "cash.differences": "Une ligne par écart : nature ; compte ; plafond en € ; plafond en % ; "
    "moins, plus ou les deux ; preuve (banque, mot, conditions) ; TVA ; seul ou demande. "
    "Un tiret : rien.",
    "collection.bank_business_days_max": "Au-delà, rien ne part : un client a peut-être payé.",
    "collection.proposed_ranks": "Numéros séparés par des virgules, comme « 3 » ou « 2, 3 ».",
    "collection.imputation": "La loi impute d'abord sur les intérêts (C. civ. art. 1343-1).",
    "collection.contract_rate": "Vide : le taux légal. Le même que sur les factures.",
    "collection.carriage_debts": "C. com. art. L133-6 : un an à compter de la livraison.",
    "collection.insurance_notice_days": "Celui de votre police d'assurance-crédit.",
}
SEVERITY_LABELS: Mapping[str, str] = {
    "block": "interdit l'émission",
    "confirm": "demande une confirmation",
    "warn": "prévient seulement",
    "off": "n'est pas contrôlé",
}
_CHECKS = (
    "price",
    "amount",
    "twin",
    "same_lines",
    "credit",
    "order_reference",
    "public",
    "late",
    "foreign_vat",
)
CHOICE_LABELS: Mapping[str, str] = {
    **{
        f"billing.check_{check}.{value}": label
        for check in _CHECKS
        for value, label in SEVERITY_LABELS.items()
    },
    "billing.partial_orders.wait": "attend en entier",
    "billing.partial_orders.keep": "ses bonnes lignes sont facturées",
    "billing.credit_orders.hold": "attend une personne",
    "billing.credit_orders.take": "est prise, sa facture est contrôlée",
    f"collection.imputation.{Imputation.INTEREST_FIRST}": "les intérêts, puis le principal",
    f"collection.imputation.{Imputation.PRINCIPAL_FIRST}": "le principal, puis les intérêts",
    f"billing.sector.{Sector.GENERAL}": "cas général : 60 jours, ou 45 jours fin de mois",
    f"billing.sector.{Sector.PERIODIC}": "facture récapitulative : 45 jours",
    f"billing.sector.{Sector.TRANSPORT}": "transport et location de véhicules : 30 jours",
    f"billing.sector.{Sector.PERISHABLE_FOOD}": "denrées périssables : 30 jours",
    f"billing.sector.{Sector.LIVE_CATTLE}": "bétail et viandes fraîches : 20 jours",
    f"billing.sector.{Sector.ALCOHOL}": "boissons alcooliques : 30 jours",
    f"billing.sector.{Sector.PUBLIC}": "État et collectivités : 30 jours",
    f"billing.sector.{Sector.PUBLIC_HOSPITAL}": "hôpitaux publics : 50 jours",
    f"billing.sector.{Sector.PUBLIC_COMPANY}": "entreprises publiques : 60 jours",
}
ENUMS: Mapping[str, type[StrEnum]] = {"billing.sector": Sector}
"""Settings kept as texts whose values are those of an enumeration."""

PLACES = 2
DIFFERENCES = "cash.differences"


class RanksField(forms.CharField):
    """Whole numbers separated by commas."""

    def prepare_value(self, value: Any) -> Any:
        """``(2, 3)`` is shown ``2, 3``."""
        return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> Any:
        """The numbers, in order."""
        texts = [part.strip() for part in str(super().clean(value)).split(",") if part.strip()]
        if not all(text.isdecimal() for text in texts):
            raise forms.ValidationError(
                gettext("Donnez des numéros de niveau séparés par des virgules.")
            )
        return sorted({int(text) for text in texts})


DIFFERENCE_WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "bank_charges": "frais bancaires",
        "discount": "escompte",
        "rounding": "arrondi",
        "retention": "retenue",
        "small": "petit écart",
        "exchange": "change",
    },
    "direction": {"short": "moins", "over": "plus", "both": "les deux"},
    "evidence": {"none": "-", "told": "banque", "word": "mot", "terms": "conditions"},
    "vat": {"none": "-", "prorata": "TVA"},
    "alone": {"yes": "seul", "no": "demande"},
}
"""Words of the lines on differences; the first of each is what an empty cell says."""
COLUMNS = 8
DIFFERENCES_MAX = 30


class DifferencesField(forms.CharField):
    """Lines of the policy on differences, one a line of text."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """Each line as words: ``arrondi ; 658000 ; 0,05 ; - ; moins ; - ; - ; seul``."""
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(_line_text(line) for line in value)

    def clean(self, value: Any) -> Any:
        """The lines, in order."""
        texts = [text.strip() for text in str(super().clean(value)).splitlines() if text.strip()]
        if len(texts) > DIFFERENCES_MAX:
            raise forms.ValidationError(gettext("Trente lignes suffisent : retirez-en."))
        return [_line_of(number, text) for number, text in enumerate(texts, 1)]


def _line_text(line: DifferenceLine) -> str:
    def figure(value: Decimal | None) -> str:
        return "-" if value is None else f"{value:f}".replace(".", ",")

    return " ; ".join(
        (
            DIFFERENCE_WORDS["kind"][line.kind],
            account_number(line.account),
            figure(line.limit_amount),
            figure(line.limit_percent),
            DIFFERENCE_WORDS["direction"][line.direction],
            DIFFERENCE_WORDS["evidence"][line.evidence],
            DIFFERENCE_WORDS["vat"][line.vat],
            DIFFERENCE_WORDS["alone"]["yes" if line.alone else "no"],
        )
    )


def _line_of(number: int, text: str) -> DifferenceLine:
    """The line written in a text.

    Raises:
        ValidationError: With the number of the line, and the word that is not known.
    """
    cells = [cell.strip() for cell in text.split(";")]
    cells += ["-"] * (COLUMNS - len(cells))
    if len(cells) > COLUMNS:
        raise forms.ValidationError(
            gettext("Ligne {number} : huit colonnes au plus, séparées par « ; ».").format(
                number=number
            )
        )
    kind, account, euros, percent, direction, evidence, vat, alone = cells
    keys = {account_number(one.key): one.key for one in CHART if one.number[0] in "67"}
    keys[account_number("customers_retention")] = "customers_retention"
    if account not in keys:
        raise _unknown(number, account)
    return DifferenceLine(
        kind=cast("Any", _word(number, "kind", kind)),
        account=keys[account],
        vat=cast("Any", _word(number, "vat", vat)),
        limit_amount=_figure(number, euros),
        limit_percent=_figure(number, percent),
        direction=cast("Any", _word(number, "direction", direction)),
        evidence=cast("Any", _word(number, "evidence", evidence)),
        alone=_word(number, "alone", alone) == "yes",
    )


def _word(number: int, column: str, text: str) -> str:
    words = DIFFERENCE_WORDS[column]
    if text in {"", "-"} and column != "kind":
        return next(iter(words)) if column != "alone" else "no"
    for value, word in words.items():
        if word.casefold() == text.casefold():
            return value
    raise _unknown(number, text)


def _figure(number: int, text: str) -> Decimal | None:
    if text in {"", "-"}:
        return None
    compact = "".join(text.split()).rstrip("€%").replace(",", ".")
    if not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", compact):
        raise _unknown(number, text)
    return Decimal(compact)


def _unknown(number: int, text: str) -> forms.ValidationError:
    told = gettext("Ligne {number} : « {text} » n'est pas compris. Suivez les autres lignes.")
    return forms.ValidationError(told.format(number=number, text=text[:40]))


class PolicyForm(forms.Form):
    """The whole policy; what equals the default is not kept, so that defaults may improve."""

    note = forms.CharField(
        label="Pourquoi ce changement",
        max_length=200,
        required=False,
        help_text="Vos collègues le liront dans l'historique.",
    )

    def __init__(self, data: Any = None, *, document: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(data)
        for section, slice_class in policy.slices().items():
            kept = policy.parse(slice_class, dict(document.get(section, {})))
            hints = get_type_hints(slice_class)
            for one in fields(slice_class):
                field = _field(f"{section}.{one.name}", hints[one.name])
                field.initial = getattr(kept, one.name)
                self.fields[f"{section}-{one.name}"] = field

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Title and fields of each slice, in the order of the labels."""
        known = policy.slices()
        return [
            (title, [self[f"{section}-{one.name}"] for one in fields(known[section])])
            for section, title in SECTION_LABELS.items()
            if section in known
        ]

    def document(self) -> dict[str, dict[str, Any]]:
        """What a valid form says and the defaults do not."""
        document: dict[str, dict[str, Any]] = {}
        for section, slice_class in policy.slices().items():
            usual = slice_class()
            for one in fields(slice_class):
                value = self.cleaned_data[f"{section}-{one.name}"]
                default = getattr(usual, one.name)
                if value != (list(default) if isinstance(default, tuple) else default):
                    if f"{section}.{one.name}" == DIFFERENCES:
                        value = [asdict(line) for line in value]
                    document.setdefault(section, {})[one.name] = value
        return document


def _field(setting: str, hint: Any) -> forms.Field:
    """The field of a setting, by its type."""
    words: dict[str, Any] = {
        "label": SETTING_LABELS[setting],
        "help_text": HELP_LABELS.get(setting, ""),
    }
    if setting == DIFFERENCES:
        return DifferencesField(required=False, max_length=10_000, **words)
    values = _values(setting, hint)
    if values:
        choices = [(value, CHOICE_LABELS[f"{setting}.{value}"]) for value in values]
        return forms.ChoiceField(choices=choices_of(choices), **words)
    if hint is bool:
        return forms.BooleanField(required=False, **words)
    if hint is int:
        return forms.IntegerField(min_value=0, max_value=100_000, **words)
    if Decimal in {hint, *get_args(hint)}:
        needed = hint is Decimal
        return forms.DecimalField(
            min_value=0, decimal_places=PLACES, localize=True, required=needed, **words
        )
    if get_origin(hint) is tuple:
        return RanksField(required=False, **words)
    assert hint is str, f"no field for {setting}: {hint}"
    return forms.CharField(max_length=300, required=False, **words)


def _values(setting: str, hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    enum = ENUMS.get(setting, hint)
    if isinstance(enum, type) and issubclass(enum, StrEnum):
        return [one.value for one in enum]
    return []
