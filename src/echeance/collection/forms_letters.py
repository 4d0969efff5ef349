"""Forms of letters: proofs, models, statements of account."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from echeance.base import clock
from echeance.collection.types import PROOF_LABELS

FILE_BYTES_MAX = 10_000_000
LANGUAGES = (("fr", "français"), ("en", "anglais"))


def _day(**more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, **more)


class ProofForm(forms.Form):
    """A proof of the course of a letter."""

    kind = forms.ChoiceField(
        label="Preuve", choices=[(one.value, label) for one, label in PROOF_LABELS.items()]
    )
    on = _day(label="Jour")
    tracking = forms.CharField(label="Numéro de suivi", max_length=40, required=False)
    file = forms.FileField(
        label="Fichier de la preuve", required=False, help_text="Photo ou PDF, 10 Mo au plus."
    )
    note = forms.CharField(label="Remarque", max_length=200, required=False)


class ProofListForm(forms.Form):
    """A list of proofs."""

    file = forms.FileField(
        label="Liste des preuves",
        help_text="Classeur ou CSV, colonnes reference, suivi, preuve et date.",
    )


class LetterModelForm(forms.Form):
    """A model of letter."""

    name = forms.CharField(label="Nom du modèle", max_length=80)
    file = forms.FileField(label="Fichier", help_text="Word (.docx) ou Typst (.typ), 5 Mo au plus.")
    level = forms.ChoiceField(label="Niveau de relance", required=False)
    language = forms.ChoiceField(label="Langue des lettres", choices=LANGUAGES)

    def __init__(
        self, *args: Any, levels: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        """Offer the levels of the company.

        Args:
            *args: Of the form.
            levels: Key and label of each.
            **kwargs: Of the form.
        """
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", "tous les niveaux"), *(levels or [])]  # type: ignore[attr-defined]


class StatementDayForm(forms.Form):
    """The day statements are closed on."""

    au = _day(label="Arrêtés au", required=False, help_text="Aujourd'hui ou un jour passé.")

    def day(self) -> date:
        """The day asked for when it is over, else today."""
        asked = self.cleaned_data.get("au") if self.is_valid() else None
        return min(asked, clock.today()) if asked else clock.today()
