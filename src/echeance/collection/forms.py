"""Forms of the collection room: a dispute, its end, a pause, a promise, a text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from echeance.base.language import amount, choices_of, day
from echeance.collection.types import DISPUTE_REASON_LABELS, DisputeOutcome, DisputeReason
from echeance.ledger.types import OpenItemFacts

OUTCOME_LABELS = {
    DisputeOutcome.FOUNDED: "Fondé : un avoir sera fait",
    DisputeOutcome.UNFOUNDED: "Non fondé : la somme reste due",
    DisputeOutcome.SETTLED: "Transigé",
}


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class DisputeForm(forms.Form):
    """What a customer contests."""

    item = forms.TypedChoiceField(label="Échéance contestée", coerce=int)
    reason = forms.ChoiceField(
        label="Motif",
        choices=choices_of(DISPUTE_REASON_LABELS.items()),
        help_text="Les motifs du statut « En litige » des plateformes.",
    )
    amount = forms.DecimalField(
        label="Montant contesté (€)",
        required=False,
        localize=True,
        min_value=Decimal("0.01"),
        decimal_places=2,
        help_text="Vide : tout ce qui reste dû. Le reste continue d'être relancé.",
    )
    note = forms.CharField(
        label="Ce que dit le client",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, items: Sequence[OpenItemFacts]) -> None:
        super().__init__(data)
        field = self.fields["item"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            (
                item.item_id,
                gettext("{number} au {due} : {left}").format(
                    number=item.document_ref, due=day(item.due_date), left=amount(item.open_amount)
                ),
            )
            for item in items
        ]

    def reason_code(self) -> DisputeReason:
        """The reason of a valid form."""
        return DisputeReason(self.cleaned_data["reason"])


class DisputeEndForm(forms.Form):
    """How a dispute ended."""

    outcome = forms.ChoiceField(label="Issue", choices=choices_of(OUTCOME_LABELS.items()))


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
