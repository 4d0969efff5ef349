"""Errors of letter models."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class LetterModelError(EcheanceError):
    """A model is checked before it is kept: it is safe, and a letter can be made of it."""

    code = "letters.model"
    kind = Kind.INVALID
    message = "Ce modèle n'est pas accepté : {problems}. Corrigez-le, puis recommencez."

    problems: str


@dataclass(eq=False)
class WordRenderingError(EcheanceError):
    """A Word model that was accepted cannot be filled in."""

    code = "letters.word_rendering"
    kind = Kind.UNAVAILABLE
    message = (
        "Le modèle Word n'a pas pu être rempli : {reason}. Vérifiez-le, ou retirez-le pour "
        "revenir au modèle de la maison."
    )

    reason: str
