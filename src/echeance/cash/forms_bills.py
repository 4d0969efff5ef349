"""The form of a bill of exchange."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from echeance.base.language import amount, choices_of
from echeance.cash.forms_campaigns import checked
from echeance.core.identifiers import Iban
from echeance.ledger.types import OpenItemFacts


class BillForm(forms.Form):
    """A bill that a customer accepted, or signed."""

    kind = forms.ChoiceField(
        label="Nature",
        choices=choices_of((("lcr", "Lettre de change (LCR)"), ("bor", "Billet à ordre (BOR)"))),
    )
    accepted = forms.BooleanField(label="Acceptée par le client", required=False, initial=True)
    items = forms.MultipleChoiceField(
        label="Échéances réglées par l'effet", widget=forms.CheckboxSelectMultiple
    )
    created_on = forms.DateField(
        label="Créé le", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    due_date = forms.DateField(
        label="Échéance de l'effet",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    iban = forms.CharField(label="IBAN du tiré", max_length=42)
    reference = forms.CharField(label="Référence de l'effet", max_length=10, required=False)

    def __init__(self, data: Any = None, *, items: Sequence[OpenItemFacts], today: date) -> None:
        super().__init__(data, initial={"created_on": today})
        field = self.fields["items"]
        assert isinstance(field, forms.MultipleChoiceField), "declared above"
        field.choices = [
            (str(item.item_id), f"{item.document_ref} · {amount(item.open_amount)}")
            for item in items
        ]

    def clean_iban(self) -> str:
        """An IBAN whose key is right."""
        return checked(Iban.parse, self.cleaned_data["iban"])
