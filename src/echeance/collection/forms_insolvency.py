"""Forms of doubtful debts and of collective proceedings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from echeance.base import clock

CENT = Decimal("0.01")


def _day(*, label: str, **more: Any) -> forms.DateField:
    facts: dict[str, Any] = {"initial": clock.today} | more
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **facts,
    )


class UnpaidActForm(forms.Form):
    """What is booked of the debts that are ticked."""

    on = _day(label="Date de l'écriture")
    reason = forms.CharField(
        label="Motif",
        max_length=200,
        help_text="Il reste avec l'écriture : expert-comptable et contrôle le liront.",
    )
    rate_percent = forms.DecimalField(
        label="Taux de dépréciation (%)",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="Du montant hors TVA encore ouvert. 0 reprend toute la dépréciation.",
    )
    claim = forms.BooleanField(
        label="Récupérer la TVA déjà versée",
        required=False,
        help_text="Liquidation judiciaire, ou preuve que la créance est irrécouvrable.",
    )
    proof = forms.CharField(
        label="Preuve",
        required=False,
        max_length=120,
        help_text="Vide : le jugement de liquidation noté sur le client.",
    )
    proved_on = _day(label="Date de la preuve", required=False, initial=None)


class ReceivedForm(forms.Form):
    """Money received of a debt that was written off."""

    loss = forms.TypedChoiceField(label="Créance perdue", coerce=int)
    receipt = forms.TypedChoiceField(label="Encaissement", coerce=int)
    amount = forms.DecimalField(
        label="Montant",
        min_value=CENT,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    on = _day(label="Date de l'écriture")

    def __init__(
        self,
        data: Any = None,
        *,
        losses: Iterable[tuple[int, str]],
        receipts: Iterable[tuple[int, str]],
    ) -> None:
        super().__init__(data)
        self.fields["loss"].choices = list(losses)  # type: ignore[attr-defined]
        self.fields["receipt"].choices = list(receipts)  # type: ignore[attr-defined]
