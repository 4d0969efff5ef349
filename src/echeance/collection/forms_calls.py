"""Forms of the calls: how one went, whom they are handed to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from echeance.collection.types import CALL_OUTCOME_LABELS, CallAnswer, CallOutcome

DAY_LABELS = {
    CallOutcome.PROMISED: "Paiement promis pour le",
    CallOutcome.CALL_BACK: "Rappeler le",
    CallOutcome.PAID_ALREADY: "Payé le, d'après le client",
}


class CallForm(forms.Form):
    """How a call went; the day is asked for where the outcome needs one.

    Args:
        data: What was sent.
        asked: The outcome whose day is now asked for, with what was noted so far.
    """

    outcome = forms.ChoiceField(
        label="Issue", choices=[(one.value, label) for one, label in CALL_OUTCOME_LABELS.items()]
    )
    day = forms.DateField(
        label="Jour",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    amount = forms.DecimalField(
        label="Montant promis (€)",
        required=False,
        localize=True,
        min_value=Decimal("0.01"),
        decimal_places=2,
        max_digits=14,
        help_text="Vide : tout ce qui est échu et non contesté.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    note = forms.CharField(
        label="Compte rendu",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-shortcut": "e", "aria-keyshortcuts": "e"}),
    )

    def __init__(self, data: Any = None, *, asked: str = "", note: str = "") -> None:
        super().__init__(data, initial={"outcome": asked, "note": note})
        outcome = (data or {}).get("outcome", asked)
        self.asked = outcome if outcome in DAY_LABELS else ""
        if self.asked:
            day = self.fields["day"]
            day.label, day.required = DAY_LABELS[CallOutcome(outcome)], True
            day.widget.attrs["autofocus"] = True

    def answer(self) -> CallAnswer:
        """The outcome, once the form is valid."""
        given = self.cleaned_data
        return CallAnswer(
            outcome=CallOutcome(given["outcome"]),
            note=given["note"],
            day=given["day"],
            amount=given["amount"],
        )
