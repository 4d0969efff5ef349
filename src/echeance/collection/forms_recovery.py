"""Forms of the unpaid: a step, its end, an event of an order to pay, an interrupting act."""

from __future__ import annotations

from django import forms

from echeance.base.language import choices_of
from echeance.collection.types import LIMITATION_CAUSE_LABELS, RECOVERY_LABELS
from echeance.core.recovery.proceedings import ORDER_EVENT_LABELS


def _day(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RecoveryStepForm(forms.Form):
    """A step to engage for the debts ticked."""

    kind = forms.ChoiceField(label="Étape", choices=choices_of(RECOVERY_LABELS.items()))
    counterpart = forms.CharField(
        label="Confié à",
        max_length=200,
        required=False,
        help_text="Recouvreur, commissaire de justice, assureur ou tribunal.",
    )
    reference = forms.CharField(label="Référence du dossier", max_length=80, required=False)
    confirmed = forms.CharField(
        label="Motif si vous passez outre une réserve",
        max_length=200,
        required=False,
        help_text="Vide : l'étape s'arrête si quelque chose manque, et le dit.",
    )


class StepEndForm(forms.Form):
    """How a step ended."""

    outcome = forms.CharField(label="Issue de l'étape", max_length=180)


class OrderEventForm(forms.Form):
    """What happened to a request for an order to pay."""

    event = forms.ChoiceField(label="Événement", choices=choices_of(ORDER_EVENT_LABELS.items()))
    on = _day("Survenu le")


class InterruptionForm(forms.Form):
    """An act that interrupts limitation for the debts ticked."""

    cause = forms.ChoiceField(
        label="Acte interruptif", choices=choices_of(LIMITATION_CAUSE_LABELS.items())
    )
    on = _day("Date de l'acte")
    note = forms.CharField(label="Où est la preuve", max_length=200, required=False)


class OrderRequestForm(forms.Form):
    """What the record cannot say of a request for an order to pay."""

    court_city = forms.CharField(label="Ville du tribunal du débiteur", max_length=80)
    represented_by = forms.CharField(
        label="Représentant de la société, et sa qualité", max_length=120
    )
