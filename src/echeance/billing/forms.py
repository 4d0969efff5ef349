"""What a person types in the pages of billing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from echeance.base.language import translated
from echeance.billing.models import Invoice
from echeance.billing.rules.crediting import LineLeft
from echeance.billing.types import CreditLine, View
from echeance.core.errors import EcheanceError
from echeance.core.money import ZERO
from echeance.core.tabular import MAX_BYTES
from echeance.core.terms import parse_terms

PERIOD_LABELS = [
    ("mois", "Ce mois-ci"),
    ("mois-dernier", "Le mois dernier"),
    ("90-jours", "90 derniers jours"),
    ("annee", "Cette année"),
    ("annee-derniere", "L'année dernière"),
]
"""Periods of issue, by the key their address carries."""
HELD_MAX = 1_500_000
"""Largest file a page brings back by itself: what Django takes in one form field, as text."""
SORTS = {"date", "client", "montant", "echeance"}


def period_bounds(key: str, on: date) -> tuple[date | None, date | None]:
    """First and last day of a period; both none for an unknown one.

    >>> period_bounds("mois-dernier", date(2026, 3, 31))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    month = on.replace(day=1)
    year = on.replace(month=1, day=1)
    match key:
        case "mois":
            return month, on
        case "mois-dernier":
            last = month - timedelta(days=1)
            return last.replace(day=1), last
        case "90-jours":
            return on - timedelta(days=90), on
        case "annee":
            return year, on
        case "annee-derniere":
            last = year - timedelta(days=1)
            return last.replace(month=1, day=1), last
        case _:
            return None, None


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """What a list of documents shows, as its address says it; what is unknown is left out.

    Attributes:
        view: One of the lists; none for all documents.
        text: Looked for in numbers, names and references.
        period: Key of :data:`PERIOD_LABELS`, or empty.
        sort: A key of :data:`SORTS`, with ``-`` for the largest first.
    """

    view: View | None
    text: str
    period: str
    sort: str

    @classmethod
    def read(cls, given: QueryDict) -> InvoiceFilter:
        """The filter of an address."""
        view, sort = given.get("vue", ""), given.get("tri", "")
        period = given.get("periode", "")
        return cls(
            view=View(view) if view in set(View) else None,
            text=given.get("q", "").strip()[:100],
            period=period if period in dict(PERIOD_LABELS) else "",
            sort=sort if sort.removeprefix("-") in SORTS else "-date",
        )

    def query(self, *, view: bool = True, sort: bool = True) -> str:
        """The part of the address that says the same, without its empty parts."""
        parts = {
            "vue": self.view.value if view and self.view else "",
            "q": self.text,
            "periode": self.period,
            "tri": self.sort if sort and self.sort != "-date" else "",
        }
        return urlencode({name: value for name, value in parts.items() if value})


class DraftForm(forms.Form):
    """What may be changed of a draft without touching its lines."""

    order_reference = forms.CharField(
        label="Bon de commande du client",
        max_length=60,
        required=False,
        help_text="Certains clients refusent une facture qui ne le porte pas.",
    )
    buyer_reference = forms.CharField(
        label="Référence de l'acheteur",
        max_length=60,
        required=False,
        help_text="Code service d'un acheteur public, par exemple.",
    )
    delivery_date = forms.DateField(
        label="Date de livraison ou d'exécution",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    payment_terms = forms.CharField(
        label="Conditions de règlement",
        max_length=200,
        help_text="Par exemple « 30 jours » ou « 45 jours fin de mois ».",
    )
    note = forms.CharField(
        label="Remarque imprimée", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @classmethod
    def values_of(cls, row: Invoice) -> dict[str, object]:
        """The present values of a draft, its terms in words."""
        values = {name: getattr(row, name) for name in cls.base_fields}
        return values | {"payment_terms": parse_terms(row.payment_terms).label}

    def clean_payment_terms(self) -> str:
        """Terms that can be read, or the sentence that says why not."""
        try:
            return parse_terms(self.cleaned_data["payment_terms"]).code
        except EcheanceError as error:
            raise forms.ValidationError(translated(error)) from error


class CreditForm(forms.Form):
    """Why a credit note is made, and how much of each line it gives back."""

    reason = forms.CharField(
        label="Motif",
        max_length=200,
        help_text="Il est imprimé sur l'avoir : « retour de marchandise », « erreur de prix »…",
    )

    def __init__(self, *args: Any, left: Mapping[int, LineLeft], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = {pk: line for pk, line in left.items() if line.net_amount > ZERO}
        for pk, line in self._left.items():
            self.fields[f"quantity_{pk}"] = forms.DecimalField(
                label=gettext("Quantité à créditer, ligne {row}").format(row=line.position),
                initial=line.quantity,
                min_value=ZERO,
                max_value=line.quantity,
                max_digits=18,
                decimal_places=4,
                localize=True,
                required=False,
                widget=forms.TextInput(attrs={"class": "input num", "inputmode": "decimal"}),
            )

    def quantity_fields(self) -> list[tuple[int, forms.BoundField]]:
        """Line by line, the field of its quantity."""
        return [(pk, self[f"quantity_{pk}"]) for pk in self._left]

    def credited(self) -> list[CreditLine]:
        """Lines of a valid form that give something back; a whole line takes what is left of it."""
        found = []
        for pk, line in self._left.items():
            quantity = self.cleaned_data[f"quantity_{pk}"] or ZERO
            if quantity:
                found.append(CreditLine(pk, None if quantity == line.quantity else quantity))
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a credit note of nothing."""
        if not self.errors and not self.credited():
            raise forms.ValidationError(
                gettext("Aucune quantité n'est à créditer : indiquez-en au moins une.")
            )
        return self.cleaned_data


class ImportForm(forms.Form):
    """A file of orders; after a trial, a small one comes back by itself in ``held``."""

    source = forms.ChoiceField(
        label="Source",
        help_text="Elle dit quelles colonnes lire. « standard » : les titres de la maison.",
    )
    file = forms.FileField(
        label="Fichier de commandes",
        required=False,
        help_text="CSV ou XLSX. Rien n'est écrit avant que vous ayez vu ce qu'il donnerait.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    held_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sources: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(source, source) for source in sources]

    def clean(self) -> dict[str, Any]:
        """Put the bytes and the name of the file in ``content`` and ``filename``."""
        facts = self.cleaned_data
        file = facts.get("file")
        if file is not None:
            if file.size > MAX_BYTES:
                told = gettext("Le fichier dépasse {size} Mo : coupez-le en plusieurs.")
                raise forms.ValidationError(told.format(size=MAX_BYTES // 1_000_000))
            return facts | {"content": file.read(), "filename": file.name or "commandes"}
        try:
            content = b64decode(facts.get("held") or "", validate=True)
        except ValueError:
            content = b""
        if not content:
            self.add_error("file", gettext("Choisissez un fichier."))
        return facts | {"content": content, "filename": facts.get("held_name") or "commandes"}

    @staticmethod
    def hold(content: bytes, filename: str) -> dict[str, str]:
        """What brings the same file back with the next click; empty when it is too large."""
        if len(content) > HELD_MAX:
            return {}
        return {"held": b64encode(content).decode(), "held_name": filename}


class SetAsideForm(forms.Form):
    """Why orders will not be billed."""

    reason = forms.CharField(label="Motif", max_length=200)
