"""Texts of the mandatory mentions, each with the days it holds and its source.

Law references are data because they move: the CGI articles on VAT become articles of the CIBS on
1 January 2027 (ordonnances 2025-1247 and 2026-671) and remain accepted on invoices until
30 June 2028. The CIBS numbers are marked ``to_confirm``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from echeance.core.errors import EcheanceError, Kind
from echeance.core.mentions.translations import translated

_START = date(2014, 1, 1)
_CGI_END = date(2028, 7, 1)


@dataclass(eq=False)
class NoWordingError(EcheanceError):
    """The table has no text for that mention and day."""

    code = "mentions.no_wording"
    kind = Kind.INVALID
    message = (
        "Aucun texte connu pour la mention « {key} » au {day:%d/%m/%Y} : vérifiez la date, "
        "ou mettez Échéance à jour."
    )

    key: str
    day: date


@dataclass(frozen=True, slots=True)
class Wording:
    """One text.

    Attributes:
        key: Name of the mention.
        fr: French text; ``{names}`` are filled by the selection.
        en: The same in English.
        source: Law article.
        subject_code: Code of the note in the e-invoice (BT-21); empty when the text has a field
            of its own there (BT-120 for exemptions, BT-23 for the nature of the operation).
        valid_from: First day.
        valid_to: First day after, or none.
        to_confirm: The figure or reference was not yet checked on the official text.
    """

    key: str
    fr: str
    en: str
    source: str
    subject_code: str = ""
    valid_from: date = _START
    valid_to: date | None = None
    to_confirm: bool = False

    def text(self, language: str) -> str:
        """The French text, and beside it that of another language (English when it has none).

        The law wants the French one (loi n° 94-665 art. 2); the other is for who reads it.
        """
        if language in {"", "fr"}:
            return self.fr
        other = translated(self.en, language)
        return self.fr if other == self.fr else f"{self.fr} / {other}"


def _moved(key: str, cgi: tuple[str, str, str], later: tuple[str, str, str]) -> tuple[Wording, ...]:
    """The CGI wording until 30 June 2028, then the one that replaces it: (fr, en, source) each."""
    return (
        Wording(key, *cgi, valid_to=_CGI_END),
        Wording(key, *later, valid_from=_CGI_END, to_confirm=True),
    )


WORDINGS: tuple[Wording, ...] = (
    # -- exemptions: keys are those of echeance.core.tax.Exemption ---------------------------------
    *_moved(
        "franchise",
        (
            "TVA non applicable, article 293 B du CGI",
            "VAT not applicable, article 293 B of the French tax code (CGI)",
            "CGI 293 E II",
        ),
        (
            "TVA non applicable, article L. 223-3 du CIBS",
            "VAT not applicable, article L. 223-3 of the French CIBS code",
            "CIBS L223-3",
        ),
    ),
    *_moved(
        "intra_goods",
        (
            "Exonération de TVA, article 262 ter, I du CGI",
            "VAT exempt, article 262 ter, I of the French tax code (CGI)",
            "CGI 262 ter I",
        ),
        (
            "Exonération de TVA, article 138 de la directive 2006/112/CE",
            "VAT exempt, article 138 of Council Directive 2006/112/EC",
            "Directive 2006/112/CE art. 138",
        ),
    ),
    *_moved(
        "export",
        (
            "Exonération de TVA, article 262, I du CGI",
            "VAT exempt, article 262, I of the French tax code (CGI)",
            "CGI 262 I",
        ),
        (
            "Exonération de TVA, article L. 213-16 du CIBS",
            "VAT exempt, article L. 213-16 of the French CIBS code",
            "CIBS L213-16",
        ),
    ),
    Wording(
        "eu_services",
        "Autoliquidation, articles 44 et 196 de la directive 2006/112/CE",
        "Reverse charge, articles 44 and 196 of Council Directive 2006/112/EC",
        "CGI ann. II 242 nonies A I 13° ; directive 2006/112/CE art. 44 et 196",
    ),
    *_moved(
        "construction_subcontracting",
        (
            "Autoliquidation – article 283-2 nonies du CGI",
            "Reverse charge – article 283-2 nonies of the French tax code (CGI)",
            "CGI 283-2 nonies",
        ),
        ("Autoliquidation", "Reverse charge", "CGI ann. II 242 nonies A I 13°"),
    ),
    *_moved(
        "foreign_supplier",
        (
            "Autoliquidation – article 283-1, al. 2 du CGI",
            "Reverse charge – article 283-1, para. 2 of the French tax code (CGI)",
            "CGI 283-1 al. 2",
        ),
        ("Autoliquidation", "Reverse charge", "CGI ann. II 242 nonies A I 13°"),
    ),
    *_moved(
        "waste",
        (
            "Autoliquidation – article 283-2 sexies du CGI",
            "Reverse charge – article 283-2 sexies of the French tax code (CGI)",
            "CGI 283-2 sexies",
        ),
        ("Autoliquidation", "Reverse charge", "CGI ann. II 242 nonies A I 13°"),
    ),
    *_moved(
        "dom_no_vat",
        (
            "TVA non applicable, article 294, 1 du CGI",
            "VAT not applicable, article 294, 1 of the French tax code (CGI)",
            "CGI 294, 1",
        ),
        (
            "TVA non applicable en Guyane et à Mayotte",
            "VAT not applicable in French Guiana and Mayotte",
            "CGI ann. II 242 nonies A I 12°",
        ),
    ),
    Wording(
        "exempt",
        "Exonération de TVA, {article}",
        "VAT exempt, {article}",
        "CGI ann. II 242 nonies A I 12°",
    ),
    Wording(
        "travel_agency",
        "Régime particulier – Agences de voyages",
        "Margin scheme – Travel agents",
        "CGI ann. II 242 nonies A I 15°",
    ),
    Wording(
        "second_hand",
        "Régime particulier – Biens d'occasion",
        "Margin scheme – Second-hand goods",
        "CGI ann. II 242 nonies A I 16°",
    ),
    Wording(
        "work_of_art",
        "Régime particulier – Objets d'art",
        "Margin scheme – Works of art",
        "CGI ann. II 242 nonies A I 16°",
    ),
    Wording(
        "collectible",
        "Régime particulier – Objets de collection et d'antiquité",
        "Margin scheme – Collector's items and antiques",
        "CGI ann. II 242 nonies A I 16°",
    ),
    Wording(
        "disbursement",
        "Débours, hors champ de la TVA (article 267, II-2° du CGI)",
        "Disbursement, outside the scope of VAT (article 267, II-2° of the French tax code)",
        "CGI 267 II-2°",
    ),
    Wording(
        "credit_net_of_tax",
        "Avoir net de taxe : la TVA de la facture d'origine n'est pas rectifiée",
        "Credit note net of tax: the VAT of the original invoice is not corrected",
        "CGI 272-1",
        to_confirm=True,
    ),
    # -- other tax mentions ------------------------------------------------------------------------
    Wording(
        "on_debits",
        "Option pour le paiement de la taxe d'après les débits",
        "Option for payment of VAT on the basis of debits",
        "CGI ann. II 242 nonies A I 11° bis",
        subject_code="AAI",
    ),
    Wording(
        "self_billed",
        "Autofacturation",
        "Self-billing",
        "CGI ann. II 242 nonies A I 14°",
        subject_code="AAI",
    ),
    Wording(
        "vat_group",
        "Membre d'un assujetti unique : {vat_group}",
        "Member of a VAT group: {vat_group}",
        "CGI ann. II 242 nonies A I 5° bis",
        subject_code="TXD",
    ),
    Wording(
        "nature_goods",
        "Nature de l'opération : livraison de biens",
        "Operation: supply of goods",
        "CGI ann. II 242 nonies A I 8° bis",
    ),
    Wording(
        "nature_services",
        "Nature de l'opération : prestation de services",
        "Operation: supply of services",
        "CGI ann. II 242 nonies A I 8° bis",
    ),
    Wording(
        "nature_mixed",
        "Nature de l'opération : livraison de biens et prestation de services",
        "Operation: supply of goods and services",
        "CGI ann. II 242 nonies A I 8° bis",
    ),
    # -- payment -----------------------------------------------------------------------------------
    Wording(
        "penalty_rate",
        "Tout retard de paiement entraîne des pénalités au taux annuel de {rate} %, exigibles sans "
        "rappel",
        "Late payment entails penalties at the yearly rate of {rate} %, due without reminder",
        "C. com. L441-10 II",
        subject_code="PMD",
    ),
    Wording(
        "penalty_default",
        "Tout retard de paiement entraîne des pénalités au taux de refinancement de la BCE majoré "
        "de 10 points, exigibles sans rappel",
        "Late payment entails penalties at the ECB refinancing rate plus 10 points, due without "
        "reminder",
        "C. com. L441-10 II",
        subject_code="PMD",
    ),
    Wording(
        "penalty_public",
        "Tout retard de paiement entraîne des intérêts moratoires au taux de refinancement de la "
        "BCE majoré de 8 points, dus de plein droit",
        "Late payment entails interest at the ECB refinancing rate plus 8 points, due as of right",
        "CCP R2192-31",
        subject_code="PMD",
    ),
    Wording(
        "indemnity",
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €",
        "Fixed compensation for recovery costs in case of late payment: €40",
        "C. com. D441-5",
        subject_code="PMT",
    ),
    Wording(
        "indemnity_public",
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €",
        "Fixed compensation for recovery costs in case of late payment: €40",
        "CCP D2192-35",
        subject_code="PMT",
    ),
    Wording(
        "no_discount",
        "Escompte pour paiement anticipé : néant",
        "Discount for early payment: none",
        "C. com. L441-9",
        subject_code="AAB",
    ),
    Wording(
        "discount",
        "Escompte de {percent} % pour paiement sous {days} jours ; seule la taxe correspondant au "
        "prix effectivement payé ouvre droit à déduction",
        "Discount of {percent} % for payment within {days} days; only the VAT on the price "
        "actually paid is deductible",
        "C. com. L441-9 ; BOI-TVA-DECLA-30-20-20-10",
        subject_code="AAB",
        to_confirm=True,
    ),
    # -- the seller --------------------------------------------------------------------------------
    Wording(
        "capital",
        "{legal_form} au capital social de {capital}",
        "{legal_form} with a share capital of {capital}",
        "C. com. R123-238",
        subject_code="REG",
    ),
    Wording(
        "legal_form",
        "{legal_form}",
        "{legal_form}",
        "C. com. R123-238",
        subject_code="REG",
    ),
    Wording(
        "sole_trader",
        "Entrepreneur individuel (EI)",
        "Sole trader (EI)",
        "C. com. R526-27",
        subject_code="REG",
    ),
    Wording(
        "registry",
        "RCS {city} {siren}",
        "RCS {city} {siren}",
        "C. com. R123-237",
        subject_code="ABL",
    ),
    Wording(
        "insurance",
        "Assurance professionnelle : {insurance}",
        "Professional insurance: {insurance}",
        "Loi 96-603 art. 22-2",
        subject_code="AAI",
    ),
)


def wording(key: str, day: date) -> Wording:
    """The text of a mention in force on a day.

    Raises:
        NoWordingError: no text then, or an unknown key.

    >>> wording("franchise", date(2026, 11, 24)).fr
    'TVA non applicable, article 293 B du CGI'
    """
    for candidate in WORDINGS:
        ended = candidate.valid_to is not None and candidate.valid_to <= day
        if candidate.key == key and candidate.valid_from <= day and not ended:
            return candidate
    raise NoWordingError(key, day)
