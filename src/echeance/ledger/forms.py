"""Forms of the ledger."""

from __future__ import annotations

from datetime import date

from django import forms

BUCKET_LABELS = {
    "not_due": "Non échu",
    "1-30": "1–30 j",
    "31-60": "31–60 j",
    "61-90": "61–90 j",
    "91-120": "91–120 j",
    "over_120": "> 120 j",
}


class AgedBalanceForm(forms.Form):
    """The day of the balance, and one of its buckets; what is not understood is left out."""

    au = forms.DateField(
        label="Au",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
    )
    tranche = forms.ChoiceField(
        label="Tranche", required=False, choices=list(BUCKET_LABELS.items())
    )

    def asked(self, today: date) -> tuple[date, str]:
        """The day, today by default, and the bucket, all of them by default."""
        self.is_valid()
        return self.cleaned_data.get("au") or today, self.cleaned_data.get("tranche", "")


class OpenItemsForm(forms.Form):
    """A file of open items, and the day from which they are ours."""

    file = forms.FileField(
        label="Fichier des échéances ouvertes",
        help_text="CSV ou Excel : une ligne par échéance qui reste due, ou par avoir.",
    )
    on = forms.DateField(
        label="Jour de la reprise",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Les écritures de reprise portent cette date ; chaque pièce garde la sienne.",
    )
