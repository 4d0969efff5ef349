"""Forms of the bank room: a file, an account, a payment shared by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from echeance.base.language import amount, translated
from echeance.cash.types import MatchedItem
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import Bic, Iban
from echeance.ledger.types import OpenItemFacts


class StatementForm(forms.Form):
    """A bank file to take in."""

    file = forms.FileField(
        label="Fichier de la banque",
        help_text="camt.053 (XML) ou CFONB 120. Les soldes sont vérifiés avant toute écriture.",
    )


class BankAccountForm(forms.Form):
    """An account of the company."""

    name = forms.CharField(label="Intitulé", max_length=80, initial="Compte courant")
    iban = forms.CharField(label="IBAN", max_length=42)
    bic = forms.CharField(label="BIC", max_length=11, required=False)
    ledger_account = forms.RegexField(
        r"^512\d{0,9}$",
        label="Compte comptable",
        initial="512000",
        error_messages={"invalid": "Donnez un compte de banque, qui commence par 512."},
    )

    def clean_iban(self) -> str:
        """An IBAN whose key is right."""
        return checked(Iban.parse, self.cleaned_data["iban"])

    def clean_bic(self) -> str:
        """Empty, or a BIC."""
        text = self.cleaned_data["bic"]
        return checked(Bic.parse, text) if text else ""


def checked(parse: Callable[[str], object], text: str) -> str:
    """A text once parsed; the business error becomes that of the field."""
    try:
        return str(parse(text))
    except EcheanceError as error:
        raise forms.ValidationError(translated(error)) from error


class SharingForm(forms.Form):
    """How much of a payment goes to each open item of a customer; an empty field gives nothing."""

    def __init__(self, data: Any = None, *, items: Sequence[OpenItemFacts]) -> None:
        super().__init__(data)
        self.items = items
        for item in items:
            field = forms.DecimalField(
                label=gettext("Montant affecté à {number}").format(number=item.document_ref),
                min_value=Decimal("0.01"),
                max_value=item.open_amount,
                decimal_places=2,
                required=False,
                localize=True,
                error_messages={
                    "max_value": gettext("Il n'y reste que {left}.").format(
                        left=amount(item.open_amount)
                    )
                },
            )
            field.widget.attrs |= {
                "class": "input num",
                "inputmode": "decimal",
                "aria-label": field.label,
            }
            self.fields[f"item-{item.item_id}"] = field

    def rows(self) -> list[tuple[OpenItemFacts, forms.BoundField]]:
        """Each item with its field."""
        return [(item, self[f"item-{item.item_id}"]) for item in self.items]

    def shares(self) -> tuple[MatchedItem, ...]:
        """What a valid form gives to each item."""
        given = [(item.item_id, self.cleaned_data[f"item-{item.item_id}"]) for item in self.items]
        return tuple(MatchedItem(item_id, amount) for item_id, amount in given if amount)
