"""What a person types in the pages of transmission."""

from __future__ import annotations

from django import forms


class PostedForm(forms.Form):
    """The day a batch was posted, and its proof."""

    on = forms.DateField(
        label="Posté le", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    proof = forms.FileField(
        label="Preuve de dépôt", required=False, help_text="Bordereau ou photo, 10 Mo au plus."
    )
    note = forms.CharField(label="Remarque", max_length=200, required=False)
