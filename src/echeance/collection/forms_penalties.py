"""Forms of penalty notes and of the table of legal rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from echeance.base import clock
from echeance.core.dates import Semester

CENT = Decimal("0.01")


class UntilForm(forms.Form):
    """Until when interest is reckoned."""

    au = forms.DateField(
        label="Intérêts arrêtés au",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Jour compté ; aujourd'hui au plus tard.",
    )

    def until(self) -> date:
        """The day asked for when it is over, else today."""
        asked = self.cleaned_data.get("au") if self.is_valid() else None
        return min(asked, clock.today()) if asked else clock.today()


class WaiverForm(forms.Form):
    """What is given up of a note, and why."""

    amount = forms.DecimalField(
        label="Montant remis (€)",
        required=False,
        localize=True,
        min_value=CENT,
        decimal_places=2,
        max_digits=14,
        help_text="Vide : tout ce qui reste à payer. Les intérêts d'abord, puis les 40 €.",
    )
    reason = forms.CharField(label="Motif de la remise", max_length=200)


def _rate(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        localize=True,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class RatesForm(forms.Form):
    """Rates of one semester: the one that follows the table, or one to confirm."""

    semester = forms.ChoiceField(label="Semestre")
    legal_professionals = _rate("Taux légal, autres cas (%)")
    legal_individuals = _rate("Taux légal, créancier particulier (%)")
    ecb = _rate("Taux de la BCE (%)", "Opérations principales de refinancement, au premier jour.")
    source = forms.CharField(
        label="Texte",
        max_length=200,
        help_text="L'arrêté et sa date : il reste avec les taux.",
    )
    to_confirm = forms.BooleanField(label="Un chiffre reste à confirmer", required=False)

    def __init__(self, data: Any = None, *, halves: list[Semester]) -> None:
        super().__init__(data)
        field = self.fields["semester"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(half), str(half)) for half in halves]

    def half(self) -> Semester:
        """The semester of a valid form."""
        year, half = self.cleaned_data["semester"].split("S")
        return Semester(int(year), int(half))
