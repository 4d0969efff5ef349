"""Forms of cheques, tills, payouts, assignments and set-off."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from echeance.base import clock

CENT = Decimal("0.01")
MOVE_LABELS = {
    "receipt": "Encaissement d'un client",
    "expense": "Dépense ou fournisseur payé",
    "deposit": "Remise en banque",
    "withdrawal": "Retrait de la banque",
    "count": "Écart de comptage",
}
MOVES = tuple(pair for pair in MOVE_LABELS.items() if pair[0] != "count")
ASSIGNMENT_LABELS = {"factoring": "Affacturage (subrogation)", "dailly": "Cession Dailly"}
ASSIGNMENTS = tuple(ASSIGNMENT_LABELS.items())


def _day(*, label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        initial=clock.today,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **more,
    )


def _amount(*, label: str, **more: Any) -> forms.DecimalField:
    facts: dict[str, Any] = {"min_value": CENT} | more
    return forms.DecimalField(
        label=label,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        **facts,
    )


class ChequeForm(forms.Form):
    """A cheque received."""

    number = forms.RegexField(
        r"^[0-9A-Za-z-]{1,20}$",
        label="Numéro du chèque",
        error_messages={"invalid": "Donnez le numéro imprimé sur le chèque, sans espace."},
    )
    amount = _amount(label="Montant")
    received_on = _day(label="Reçu le")
    bank_name = forms.CharField(label="Banque tirée", max_length=80, required=False)
    documents = forms.CharField(
        label="Factures réglées",
        max_length=400,
        required=False,
        help_text="Leurs numéros, séparés par des virgules, dans l'ordre à solder.",
    )
    party = forms.CharField(
        label="Code du client",
        max_length=40,
        required=False,
        help_text="Nécessaire seulement si aucune facture n'est donnée.",
    )


class DepositForm(forms.Form):
    """Cheques to put on a slip."""

    bank_account = forms.TypedChoiceField(label="Compte à créditer", coerce=int)
    deposited_on = _day(label="Remis le")

    def __init__(self, data: Any = None, *, accounts: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["bank_account"].choices = list(accounts)  # type: ignore[attr-defined]


class TillForm(forms.Form):
    """A till to open."""

    name = forms.CharField(label="Nom de la caisse", max_length=80)
    ledger_account = forms.RegexField(
        r"^53\d{1,10}$",
        label="Compte comptable",
        initial="530000",
        error_messages={"invalid": "Donnez un compte de caisse, qui commence par 53."},
    )


class MovementForm(forms.Form):
    """Cash that enters or leaves."""

    kind = forms.ChoiceField(label="Nature", choices=MOVES)
    on = _day(label="Le")
    amount = _amount(label="Montant TTC")
    label = forms.CharField(label="Libellé", max_length=120)
    documents = forms.CharField(
        label="Factures réglées",
        max_length=400,
        required=False,
        help_text="Numéros des factures du client, ou du fournisseur payé.",
    )
    party = forms.CharField(label="Code du tiers", max_length=40, required=False)
    account = forms.RegexField(
        r"^6\d{2,11}$",
        label="Compte de charge",
        required=False,
        help_text="Pour une dépense sans fournisseur.",
        error_messages={"invalid": "Donnez un compte de charge, qui commence par 6."},
    )
    vat = _amount(label="Dont TVA déductible", required=False, min_value=Decimal(0))
    piece_ref = forms.CharField(label="Pièce", max_length=80, required=False)


class CountForm(forms.Form):
    """What was counted in a till."""

    on = _day(label="Compté le")
    counted = _amount(label="Espèces comptées", min_value=Decimal(0))


class PayoutForm(forms.Form):
    """A report of a provider."""

    file = forms.FileField(
        label="Rapport du prestataire",
        help_text="Export CSV de Stripe ou de PayPal, qui va jusqu'au versement.",
    )


class AssignmentForm(forms.Form):
    """What an assignment is and costs."""

    kind = forms.ChoiceField(label="Nature", choices=ASSIGNMENTS)
    assignee = forms.CharField(
        label="Code du cessionnaire",
        max_length=40,
        help_text="L'affactureur ou la banque, tiers de la société.",
    )
    reference = forms.CharField(label="Référence", max_length=40)
    on = _day(label="Datée du")
    financed_percent = _amount(
        label="Part financée (%)", min_value=Decimal(0), max_value=Decimal(100), initial=Decimal(90)
    )
    guarantee_percent = _amount(
        label="Retenue de garantie (%)",
        min_value=Decimal(0),
        max_value=Decimal(100),
        initial=Decimal(10),
    )
    commission = _amount(label="Commission HT", min_value=Decimal(0), initial=Decimal(0))
    vat = _amount(label="TVA de la commission", min_value=Decimal(0), initial=Decimal(0))
    interest = _amount(label="Intérêts", min_value=Decimal(0), initial=Decimal(0))
    is_notified = forms.BooleanField(
        label="Débiteurs informés de la cession", required=False, initial=True
    )


class AgreementForm(forms.Form):
    """An agreement of set-off."""

    party = forms.CharField(label="Code du tiers", max_length=40)
    signed_on = _day(label="Signée le")


class DayForm(forms.Form):
    """A day asked for in the address."""

    au = _day(label="Au", required=False)
    compte = forms.CharField(label="Compte", max_length=12, required=False)


class PeriodForm(forms.Form):
    """A period asked for in the address."""

    du = _day(label="Du", required=False)
    au = _day(label="Au", required=False)
