"""What Typst says of a template, in French for the person who edits it."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = (
    (r"expected expression", "une expression est attendue"),
    (r"unknown variable: (.+)", "le nom « {0} » est inconnu"),
    (r"unknown font family: (.+)", "la police « {0} » n'est pas installée"),
    (r"file not found.*", "ce fichier n'existe pas pour le modèle, qui ne voit que son logo"),
    (r".*(?:outside of project root|escape).*", "le modèle ne peut pas lire hors de son dossier"),
    (r".*package.*", "aucun paquet extérieur ne peut être chargé"),
    (r"unclosed (?:delimiter|string|raw text|label)", "un signe ouvrant n'est pas refermé"),
    (r"unexpected (.+)", "signe inattendu : {0}"),
    (r"expected (.+)", "il manque : {0}"),
    (r"maximum .* depth exceeded", "une fonction s'appelle elle-même sans fin"),
    (r"condition is always true", "la condition est toujours vraie : la boucle est sans fin"),
    (r"loop seems to be infinite", "la boucle semble sans fin"),
    (r"dictionary does not contain key (.+)", "les données n'ont pas de champ {0}"),
    (r"the text .* could not be displayed.*", "un caractère n'existe dans aucune police"),
    (r"missing argument: (.+)", "il manque l'argument « {0} »"),
    (r"PDF/UA.*", "le document ne serait pas accessible (PDF/UA) : {whole}"),
    (r"PDF/A.*", "le document ne serait pas archivable (PDF/A) : {whole}"),
)


def in_french(reason: str) -> str:
    """The reason in French where it is a usual one; else as Typst says it.

    >>> in_french("unknown variable: fo"), in_french("cannot add integer and string")
    ('le nom « fo » est inconnu', 'cannot add integer and string')
    """
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, reason)
        if found:
            return words.format(*found.groups(), whole=reason)
    return reason
