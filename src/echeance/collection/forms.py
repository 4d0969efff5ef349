"""Forms of the collection room: a dispute, its end, a pause, a promise, a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from echeance.base.language import amount
from echeance.ledger.types import OpenItemFacts


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class HoldForm(forms.Form):
    """A pause of the reminders of a customer."""

    reason = forms.CharField(label="Pourquoi suspendre les relances", max_length=200)
    until = _day(
        "Jusqu'au (inclus)", "Vide : jusqu'à ce qu'une personne les reprenne.", required=False
    )


class PromiseForm(forms.Form):
    """What a customer said he would pay, and when."""

    items = forms.TypedMultipleChoiceField(
        label="Échéances promises", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    promised_on = _day("Promis pour le")
    note = forms.CharField(label="Précisions", max_length=200, required=False)

    def __init__(self, data: Any = None, *, items: Sequence[OpenItemFacts]) -> None:
        super().__init__(data)
        field = self.fields["items"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [
            (item.item_id, f"{item.document_ref} · {amount(item.open_amount)}") for item in items
        ]


class TextForm(forms.Form):
    """What a level says."""

    subject = forms.CharField(label="Sujet", max_length=150)
    body = forms.CharField(
        label="Texte", max_length=5000, widget=forms.Textarea(attrs={"rows": 14})
    )
