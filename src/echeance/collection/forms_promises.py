"""Forms of the payment plans: the instalments, the agreement, its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from echeance.base.language import amount, choices_of, day
from echeance.collection.types import NewPaymentPlan
from echeance.core.dunning.instalments import COUNT_MAX, Every
from echeance.ledger.types import OpenItemFacts

EVERY_LABELS = {
    Every.MONTH: "tous les mois, le même jour",
    Every.MONTH_END: "en fin de mois",
    Every.TWO_WEEKS: "toutes les deux semaines",
    Every.WEEK: "toutes les semaines",
}
PARTS_LENGTH_MAX = 5000
_PART = re.compile(r"^\s*(\d{1,2}/\d{1,2}/\d{4})\s+(\S.*?)\s*€?\s*$")


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class PaymentPlanForm(forms.Form):
    """What a payment plan pays, and when."""

    items = forms.TypedMultipleChoiceField(
        label="Ce que l'échéancier règle", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    count = forms.IntegerField(
        label="Nombre d'échéances", min_value=1, max_value=COUNT_MAX, initial=3
    )
    first_on = _day("Première échéance")
    every = forms.ChoiceField(label="Puis", choices=choices_of(EVERY_LABELS.items()))
    business_days = forms.BooleanField(
        label="Reporter au jour ouvré suivant", required=False, initial=True
    )
    parts = forms.CharField(
        label="Échéances convenues à la main",
        required=False,
        max_length=PARTS_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Une par ligne, « 15/12/2026 500,00 ». Elles remplacent le calcul ci-dessus.",
    )
    grace_days = forms.IntegerField(
        label="Jours de tolérance", min_value=0, max_value=60, initial=3
    )
    misses_max = forms.IntegerField(
        label="Échéances manquées admises", min_value=0, max_value=12, initial=0
    )
    acknowledges_debt = forms.BooleanField(
        label="L'accord vaut reconnaissance de dette", required=False, initial=True
    )
    note = forms.CharField(
        label="Conditions particulières",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, items: Sequence[OpenItemFacts]) -> None:
        super().__init__(data)
        field = self.fields["items"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [
            (
                item.item_id,
                f"{item.document_ref} · {day(item.due_date)} · {amount(item.open_amount)}",
            )
            for item in items
        ]

    def clean_parts(self) -> tuple[tuple[date, Decimal], ...]:
        """Day and amount of each line."""
        found = []
        lines = [line for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        for place, line in enumerate(lines[: COUNT_MAX + 1], 1):
            read = _part(line)
            if read is None:
                told = gettext("Ligne {number} : écrivez un jour et un montant.")
                raise ValidationError(told.format(number=place))
            found.append(read)
        return tuple(found)

    def facts(self, party_id: int) -> NewPaymentPlan:
        """The plan, once the form is valid."""
        given = self.cleaned_data
        return NewPaymentPlan(
            party_id=party_id,
            item_ids=tuple(given["items"]),
            first_on=given["first_on"],
            count=given["count"],
            every=Every(given["every"]),
            business_days=given["business_days"],
            parts=given["parts"],
            grace_days=given["grace_days"],
            misses_max=given["misses_max"],
            acknowledges_debt=given["acknowledges_debt"],
            note=given["note"],
        )


def _part(line: str) -> tuple[date, Decimal] | None:
    found = _PART.match(line)
    if found is None:
        return None
    try:
        read = datetime.strptime(found[1], "%d/%m/%Y").date()  # noqa: DTZ007  a civil day
        value = Decimal(re.sub(r"\s", "", found[2]).replace(",", "."))
    except (ValueError, InvalidOperation):
        return None
    return (read, value) if value.is_finite() else None


class AcceptanceForm(forms.Form):
    """That a customer accepted a plan."""

    accepted_by = forms.CharField(label="Accepté par", max_length=120)
    accepted_on = _day("Le")
    signed = forms.FileField(label="Accord signé", required=False, help_text="PDF ou image.")


class PlanEndForm(forms.Form):
    """Why a plan is cancelled."""

    reason = forms.CharField(label="Motif d'annulation", max_length=200)


class PlanLinkForm(forms.Form):
    """The customer's own agreement, through the link."""

    name = forms.CharField(label="Votre nom", max_length=120)
    agreed = forms.BooleanField(label="Bon pour accord", required=False)
