"""What a person gives to attach a file to a record."""

from __future__ import annotations

import mimetypes
from typing import Any

from django import forms
from django.utils.translation import gettext

from echeance.base.language import choices_of

PIECE_BYTES_MAX = 20_000_000
PIECE_LABELS = [
    ("contract", "contrat"),
    ("mandate", "mandat de prélèvement"),
    ("order", "bon de commande"),
    ("bank_details", "RIB"),
    ("registration", "extrait de registre"),
    ("terms", "conditions générales"),
    ("other", "autre"),
]


class PieceForm(forms.Form):
    """A file, what it is, what to call it."""

    file = forms.FileField(label="Fichier", max_length=200)
    kind = forms.ChoiceField(label="Genre", choices=choices_of(PIECE_LABELS))
    label = forms.CharField(
        label="Libellé", max_length=200, required=False, help_text="Vide : le nom du fichier."
    )

    def clean_file(self) -> Any:
        """Not beyond what a page may receive."""
        file = self.cleaned_data["file"]
        if file.size > PIECE_BYTES_MAX:
            told = gettext(
                "Le fichier dépasse {size} Mo : réduisez-le, ou joignez-le en plusieurs."
            )
            raise forms.ValidationError(told.format(size=PIECE_BYTES_MAX // 1_000_000))
        return file

    def media_type(self) -> str:
        """Type of the file by its name; the browser's word is not taken for it."""
        guessed, _ = mimetypes.guess_type(self.cleaned_data["file"].name or "")
        return guessed or "application/octet-stream"
