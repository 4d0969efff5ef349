"""Forms of doubtful debts and of collective proceedings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from echeance.base import clock
from echeance.base.language import choices_of
from echeance.collection.types import INSOLVENCY_LABELS

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


class CaseForm(forms.Form):
    """Proceedings of a customer."""

    party = forms.CharField(label="Code du client", max_length=40)
    kind = forms.ChoiceField(label="Procédure", choices=choices_of(INSOLVENCY_LABELS.items()))
    judgment_on = _day(label="Jugement d'ouverture", initial=None)
    published_on = _day(
        label="Parution au BODACC",
        required=False,
        initial=None,
        help_text="Le délai de déclaration court de ce jour.",
    )
    court = forms.CharField(label="Tribunal", max_length=200, required=False)
    representative = forms.CharField(
        label="Mandataire ou liquidateur", max_length=200, required=False
    )
    representative_address = forms.CharField(
        label="Son adresse",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CaseChangeForm(CaseForm):
    """What is learnt of proceedings later."""

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        del self.fields["party"], self.fields["judgment_on"]

    admitted_amount = forms.DecimalField(
        label="Montant admis",
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class SplitForm(forms.Form):
    """What of a debt was born before the judgment."""

    item = forms.TypedChoiceField(label="Créance", coerce=int)
    before = forms.DecimalField(
        label="Part d'avant le jugement (TTC)",
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    secured = forms.CharField(
        label="Sûreté ou réserve de propriété",
        max_length=200,
        required=False,
        help_text="Vide : créance chirographaire.",
    )

    def __init__(self, data: Any = None, *, rows: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["item"].choices = list(rows)  # type: ignore[attr-defined]


class SentForm(forms.Form):
    """The claim was sent."""

    sent_on = _day(label="Envoyée le")
    proof_file = forms.FileField(label="Preuve d'envoi", required=False)


class CloseForm(forms.Form):
    """The proceedings ended."""

    closed_on = _day(label="Close le")
    closing_reason = forms.CharField(label="Suite donnée", max_length=200)


class NoticeFileForm(forms.Form):
    """Announcements saved from the BODACC."""

    file = forms.FileField(label="Fichier JSON")
