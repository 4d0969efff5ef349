"""Errors of the assistant."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class NotUndoableError(EcheanceError):
    """A decision that undid itself, that left, or whose undoing is the act of another screen."""

    code = "assistant.not_undoable"
    kind = Kind.REFUSED
    message = "« {act} » ne s'annule pas, ou plus, d'ici ({how}) : ouvrez la pièce concernée."

    act: str
    how: str
