"""What each rule says, in plain words, and what to do about it.

Source: EN 16931-1:2017 6.4, XP Z12-012 V1.4, Factur-X 1.09; the sentences are the project's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from echeance.core.einvoice.words import core, french, vat


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule in plain words.

    Attributes:
        rule: As the finding names it.
        known: Whether a sentence of its own exists; if not, the sentence only quotes the rule.
        family: Of the finding, also the name of its page (``tva``, ``codes``…).
        terms: BT and BG numbers it is about, none where it is repeated on many.
        sentence_fr: What is wrong, in French.
        sentence_en: The same in English.
        todo_fr: What to do now, in French.
        todo_en: The same in English.
    """

    rule: str
    known: bool
    family: str
    terms: tuple[str, ...]
    sentence_fr: str
    sentence_en: str
    todo_fr: str
    todo_en: str

    @property
    def page(self) -> str:
        """Path of the page of its family below the documentation."""
        return f"guide/controles/{self.family}"


ADVICE: Final = {
    "presence": (
        "Complétez l'information, ou demandez-la à l'émetteur.",
        "Fill in what is missing, or ask the issuer for it.",
    ),
    "arithmetique": (
        "Refaites le calcul ; ne payez pas une facture reçue avant d'avoir la bonne.",
        "Work the sum out again; do not pay a received invoice before the right one has come.",
    ),
    "tva": (
        "Vérifiez la catégorie, le taux et le motif de TVA de chaque ligne.",
        "Check the VAT category, rate and reason of each line.",
    ),
    "codes": (
        "Choisissez un code de la liste officielle.",
        "Choose a code of the official list.",
    ),
    "decimales": (
        "Arrondissez le nombre et écrivez-le avec un point.",
        "Round the number and write it with a point.",
    ),
    "regles-francaises": (
        "Corrigez avant le dépôt : la plateforme rejetterait la facture.",
        "Correct it before the deposit: the platform would reject the invoice.",
    ),
    "structure": (
        "Faites corriger le fichier par le logiciel qui l'a produit.",
        "Have the file corrected by the software that made it.",
    ),
    "pdf-a": (
        "Produisez de nouveau le PDF, en PDF/A-3.",
        "Make the PDF again, as PDF/A-3.",
    ),
    "cles": (
        "Comparez le numéro avec un document de son titulaire.",
        "Compare the number with a document of its holder.",
    ),
    "cycle-de-vie": (
        "Préparez de nouveau le statut.",
        "Prepare the status again.",
    ),
    "flux-10": (
        "Corrigez la période, puis préparez-la de nouveau.",
        "Correct the period, then prepare it again.",
    ),
}
"""Family to what one does about its findings, in French and in English."""

_OWN: Final = {
    "XSD": (
        "structure",
        "Le fichier n'a pas la structure de son format.",
        "The file does not have the structure of its format.",
        (),
    ),
    "MOTEUR": (
        "structure",
        "Les règles officielles n'ont pas pu être appliquées jusqu'au bout.",
        "The official rules could not be applied to the end.",
        (),
    ),
    "SIREN-CLE": ("cles", "La clé d'un SIREN est fausse.", "The key of a SIREN is wrong.", ()),
    "IBAN-CLE": (
        "cles",
        "La clé d'un IBAN est fausse.",
        "The key of an IBAN is wrong.",
        ("BT-84",),
    ),
    "TVA-ARRONDI": (
        "tva",
        "La TVA d'un taux diffère du calcul par un arrondi.",
        "The VAT of a rate differs from the sum by a rounding.",
        ("BT-117",),
    ),
    "PEPPOL-EN16931-R008": (
        "structure",
        "Le fichier contient un élément vide.",
        "The file contains an empty element.",
        (),
    ),
}
SENTENCES: Final = {**core.SENTENCES, **vat.SENTENCES, **french.SENTENCES, **_OWN}
"""Every rule that has a sentence of its own, by its base name."""

# Two rules of the UBL sheet stand under the number of another.
_MISNUMBERED: Final = {"BR-FR-08_BT-151-2": "BR-FR-15", "BR-FR-30_BT-21": "BR-FR-31"}
_NAMED: Final = re.compile(r"\[((?:BR|CII|UBL)-[A-Za-z0-9-]+)\]")
_FRENCH: Final = re.compile(r"BR-FR-(?:(?:CO|DEC)-\d\d|MV|BD|CDV|\d\d)")
_EXTENDED: Final = re.compile(r"BR-(?:FREXT|FXEXT|EXT)-(.+?)(?:ini|rev|b)?$")
_SHAPE: Final = re.compile(r"(?:CII|UBL)-|FX-SCH-")
_FLUX: Final = re.compile(r"[GPS]\d\.\d+")
_CORE: Final = re.compile(r"BR-(?:[A-Z]+-)?\d\d")


def base(rule: str, message: str = "") -> str:
    """The rule whose sentence explains a finding.

    >>> base("BR-FR-05_BT-22_PMT"), base("BR-FREXT-S-08ini"), base("BR-FXEXT-BR-22")
    ('BR-FR-05', 'BR-S-08', 'BR-22')
    >>> base("FX-SCH-A-000001", "[BR-CO-16]-Amount due…")
    'BR-CO-16'
    """
    named = _NAMED.search(message)
    if named and (not rule or rule == "NON-PRÉVU" or rule.startswith("FX-SCH")):
        return base(named[1])
    if twin := _MISNUMBERED.get(rule):
        return twin
    if french_rule := _FRENCH.match(rule):
        return french_rule[0]
    if extended := _EXTENDED.match(rule):
        rest = extended[1].removeprefix("BR-")
        found = _CORE.match(f"BR-{rest}")
        return found[0] if found else rule
    return rule.replace("BR-IG-", "BR-AF-").replace("BR-IP-", "BR-AG-")


def family(rule: str) -> str:
    """The family of a rule no sentence is known for."""
    if rule.startswith("ISO 19005-3"):
        return "pdf-a"
    if _FLUX.match(rule):
        return "flux-10"
    if rule.startswith("BR-CL-"):
        return "codes"
    return "structure" if _SHAPE.match(rule) or not rule.startswith("BR-") else "presence"


def explain(rule: str, message: str = "") -> Explanation:
    """A rule in plain words.

    Args:
        rule: As an engine names it.
        message: The finding's own text: it names the rule of a Factur-X sheet, and is quoted when
            no sentence is known.
    """
    found = SENTENCES.get(base(rule, message))
    if found is None:
        group, (text_fr, text_en) = family(rule), _quoted(rule, message)
        terms: tuple[str, ...] = ()
    else:
        group, text_fr, text_en, terms = found
    todo_fr, todo_en = ADVICE[group]
    return Explanation(rule, found is not None, group, terms, text_fr, text_en, todo_fr, todo_en)


def _quoted(rule: str, message: str) -> tuple[str, str]:
    """An honest sentence for a rule that has none: its name, and its own words."""
    if shape := _of_shape(message[:1000]):
        return shape
    name = rule or "sans nom"
    text = " ".join(message.split())[:300]
    if not text:
        return f"La règle {name} n'est pas respectée.", f"Rule {rule or 'without name'} is broken."
    return (
        f"La règle {name} n'est pas respectée ; elle dit : « {text} ».",
        f"Rule {rule or 'without name'} is broken; it says: “{text}”.",
    )


_ELEMENT: Final = r"(?:Element|Attribute|Element variant) '?([\w:@]+)[^']{0,300}'"
_SHAPES: Final = tuple(
    (re.compile(pattern), french_text, english_text)
    for pattern, french_text, english_text in (
        (
            rf"{_ELEMENT} (?:is )?marked as not used",
            "L'élément « {} » n'a pas sa place ici.",
            "Element “{}” has no place here.",
        ),
        (
            r"A UBL invoice should not include (?:the )?([\w ]{1,200}\w)",
            "L'élément « {} » n'est pas prévu par la norme.",
            "Element “{}” is not foreseen by the standard.",
        ),
        (
            r"(\w+) should not be present",
            "L'élément « {} » n'est pas prévu par la norme.",
            "Element “{}” is not foreseen by the standard.",
        ),
        (
            r"Value of '([\w:@]+)' is not allowed",
            "La valeur de « {} » n'est pas admise.",
            "The value of “{}” is not allowed.",
        ),
    )
)
"""What sheets say of the shape of a file, and how it reads here."""


def _of_shape(message: str) -> tuple[str, str] | None:
    for pattern, french_text, english_text in _SHAPES:
        if found := pattern.search(message):
            return french_text.format(found[1]), english_text.format(found[1])
    return None
