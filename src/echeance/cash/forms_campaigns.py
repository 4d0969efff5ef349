"""Forms of the campaigns of payment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Self

from django import forms

from echeance.base.language import choices_of, translated
from echeance.cash.models import BankAccount
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import CreditorId


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


def checked(parse: Callable[[str], object], text: str) -> str:
    """A text once parsed; the business error becomes that of the field."""
    try:
        return str(parse(text))
    except EcheanceError as error:
        raise forms.ValidationError(translated(error)) from error


class CampaignForm(forms.Form):
    """What to order, on which account, on which day."""

    kind = forms.ChoiceField(
        label="Que préparer",
        choices=choices_of(
            (
                ("transfer", "Virements aux fournisseurs"),
                ("direct_debit", "Prélèvements des clients"),
                ("bills", "Remise d'effets (LCR, BOR)"),
            )
        ),
    )
    account = forms.ChoiceField(label="Compte de la société")
    execution_date = _day(label="Date d'exécution")
    due_until = _day(
        label="Échéances jusqu'au",
        required=False,
        help_text="Pour les virements ; sans date, celles échues à la date d'exécution.",
    )
    entry_option = forms.ChoiceField(
        label="Remise des effets",
        required=False,
        choices=choices_of((("3", "À l'encaissement"), ("1", "À l'escompte"))),
    )

    def __init__(self, data: Any = None, *, accounts: Sequence[BankAccount], today: date) -> None:
        super().__init__(data, initial={"execution_date": today})
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField), "declared above"
        field.choices = [(str(one.pk), one.name) for one in accounts]


class StatusForm(forms.Form):
    """What the bank answers to a file."""

    file = forms.FileField(label="Réponse de la banque (pain.002)")


class NoticeForm(forms.Form):
    """The day customers were told of their debit."""

    on = _day(label="Préavis donné le")


class OrderIdentifiersForm(forms.Form):
    """What the bank gave for orders on an account."""

    creditor_id = forms.CharField(
        label="Identifiant créancier SEPA (ICS)", max_length=42, required=False
    )
    issuer_number = forms.CharField(label="Numéro d'émetteur (NNE)", max_length=6, required=False)

    @classmethod
    def of(cls, account: BankAccount) -> Self:
        """The form of an account, filled with what is known; ids do not clash on a page."""
        return cls(
            initial={"creditor_id": account.creditor_id, "issuer_number": account.issuer_number},
            auto_id=f"id_{account.pk}_%s",
        )

    def clean_creditor_id(self) -> str:
        """Empty, or an ICS whose key is right."""
        text = self.cleaned_data["creditor_id"]
        return checked(CreditorId.parse, text) if text else ""
