"""Forms of the house: sign-in, password, identity of a company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext, gettext_lazy

from echeance.assistant.types import Founding
from echeance.base import clock
from echeance.base.language import choices_of, translated
from echeance.base.models import Company
from echeance.base.types import CompanyFacts
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import Bic, Iban, Siren, Siret, VatId
from echeance.core.terms import parse_terms


class SignInForm(AuthenticationForm):
    """E-mail address and password."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "Adresse ou mot de passe inexact : vérifiez les deux, puis recommencez. "
            "Après un oubli, un administrateur peut vous donner un nouveau mot de passe."
        ),
        "inactive": gettext_lazy("Ce compte est fermé : adressez-vous à un administrateur."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Adresse de courriel"
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True}
        )


class OwnPasswordForm(PasswordChangeForm):
    """The present password, and the new one twice."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": gettext_lazy("Ce n'est pas votre mot de passe actuel : retapez-le."),
        "password_mismatch": gettext_lazy(
            "Les deux nouveaux mots de passe diffèrent : retapez le second."
        ),
    }


class CompanyForm(forms.Form):
    """Who the company is and how it owes VAT; everything that its invoices must say of it."""

    siren = forms.CharField(label="SIREN", max_length=15, help_text="Neuf chiffres.")
    name = forms.CharField(label="Raison sociale", max_length=200)
    legal_form = forms.CharField(
        label="Forme juridique",
        max_length=60,
        required=False,
        help_text="SAS, SARL, EI… : elle figure sur les factures.",
    )
    share_capital = forms.DecimalField(
        label="Capital social (€)", min_value=0, max_digits=14, decimal_places=2, required=False
    )
    siret = forms.CharField(label="SIRET du siège", max_length=20, required=False)
    rcs_city = forms.CharField(label="Ville du RCS", max_length=60, required=False)
    address_line = forms.CharField(label="Adresse", max_length=200)
    address_extra = forms.CharField(label="Complément", max_length=200, required=False)
    postcode = forms.CharField(label="Code postal", max_length=12)
    city = forms.CharField(label="Ville", max_length=80)
    email = forms.EmailField(label="Courriel de facturation", required=False)
    phone = forms.CharField(label="Téléphone", max_length=30, required=False)
    vat_regime = forms.ChoiceField(
        label="Régime de TVA", choices=choices_of(Company.VatRegime.choices)
    )
    vat_id = forms.CharField(
        label="Numéro de TVA",
        max_length=20,
        required=False,
        help_text="Laissez vide : il est calculé à partir du SIREN.",
    )
    vat_on_debits_since = forms.DateField(
        label="Option pour les débits depuis",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Vide : la TVA des services est due à l'encaissement.",
    )
    payment_terms = forms.CharField(
        label="Conditions de règlement habituelles",
        max_length=200,
        initial="30 jours",
        help_text="Par exemple « 30 jours » ou « 45 jours fin de mois » ; un client peut avoir "
        "les siennes.",
    )
    size = forms.ChoiceField(
        label="Taille",
        choices=choices_of(Company.Size.choices),
        initial=Company.Size.SMALL,
        help_text="Elle fixe la date de la facturation électronique obligatoire.",
    )

    def clean_siren(self) -> str:
        """Nine digits with a right key."""
        return _checked(lambda: str(Siren.parse(self.cleaned_data["siren"])))

    def clean_siret(self) -> str:
        """Empty, or fourteen digits with a right key."""
        text = self.cleaned_data["siret"]
        return _checked(lambda: str(Siret.parse(text))) if text else ""

    def clean_payment_terms(self) -> str:
        """Their code, from words that can be read."""
        return _checked(lambda: parse_terms(self.cleaned_data["payment_terms"]).code)

    def clean(self) -> dict[str, Any]:
        """Fill the VAT number from the SIREN, and check that each identifier is of this SIREN."""
        facts = self.cleaned_data
        if "siren" not in facts:
            return facts
        siren = Siren(facts["siren"])
        if facts.get("siret") and Siret(facts["siret"]).siren != siren:
            self.add_error(
                "siret",
                gettext(
                    "Ce SIRET n'est pas un établissement de ce SIREN : corrigez l'un ou l'autre."
                ),
            )
        franchise = facts.get("vat_regime") == Company.VatRegime.FRANCHISE
        if facts.get("vat_id"):
            try:
                vat_id = VatId.parse(facts["vat_id"])
                vat_id.check_siren(siren)
                facts["vat_id"] = str(vat_id)
            except EcheanceError as error:
                self.add_error("vat_id", translated(error))
        elif not franchise:
            facts["vat_id"] = str(siren.vat_id)
        return facts

    def facts(self) -> CompanyFacts:
        """The facts of a valid form; the e-invoicing address is the SIREN until changed."""
        names = {one.name for one in fields(CompanyFacts)}
        facts = {name: value for name, value in self.cleaned_data.items() if name in names}
        return CompanyFacts(**facts, electronic_address=self.cleaned_data["siren"])


class FirstPageForm(CompanyForm):
    """A company of one's own: who it is, and what it starts with; usual answers are filled in."""

    iban = forms.CharField(
        label="IBAN",
        max_length=42,
        required=False,
        help_text="Le compte où vos clients paient : il figure sur les factures.",
    )
    bic = forms.CharField(label="BIC", max_length=11, required=False)
    invoice_prefix = forms.CharField(
        label="Préfixe des factures",
        max_length=12,
        initial="FA",
        help_text="Suivi de l'année et du rang : FA-2026-000001.",
    )
    credit_note_prefix = forms.CharField(label="Préfixe des avoirs", max_length=12, initial="AV")
    fiscal_year_start = forms.DateField(
        label="Début de l'exercice",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Il dure un an.",
    )
    penalty_rate_percent = forms.DecimalField(
        label="Pénalités de retard (% par an)",
        required=False,
        localize=True,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text="Celui de vos conditions de vente. Vide : le taux légal, BCE + 10 points.",
    )
    color = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label="Couleur des documents",
        initial="#1f4e79",
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    logo = forms.FileField(
        label="Logo", required=False, help_text="PNG, JPEG ou SVG, 2 Mo au plus."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year_start"].initial = date(clock.today().year, 1, 1)

    def clean_iban(self) -> str:
        """Empty, or an IBAN whose key is right."""
        text = self.cleaned_data["iban"]
        return _checked(lambda: str(Iban.parse(text))) if text else ""

    def clean_bic(self) -> str:
        """Empty, or a BIC."""
        text = self.cleaned_data["bic"]
        return _checked(lambda: str(Bic.parse(text))) if text else ""

    def clean_fiscal_year_start(self) -> date:
        """A year that holds today: the first invoice is of today."""
        start: date = self.cleaned_data["fiscal_year_start"]
        if not 0 <= (clock.today() - start).days < 365:
            raise forms.ValidationError(
                "L'exercice doit contenir aujourd'hui : donnez son premier jour."
            )
        return start

    def founding(self) -> Founding:
        """What the company of a valid form starts with."""
        facts = self.cleaned_data
        names = {one.name for one in fields(Founding)} - {"account_name", "logo"}
        logo = facts["logo"].read() if facts.get("logo") else b""
        chosen = {name: facts[name] for name in names}
        if not logo and facts["color"] == self.fields["color"].initial:
            chosen["color"] = ""
        return Founding(**chosen, logo=logo)


def _checked(parse: Callable[[], str]) -> str:
    """What ``parse`` returns; its business error becomes the error of the field."""
    try:
        return parse()
    except EcheanceError as error:
        raise forms.ValidationError(translated(error)) from error
