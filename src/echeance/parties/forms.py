"""What a person types in the pages of the parties; the commands check every value again."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from echeance.base.language import choices_of, translated
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import Iban
from echeance.core.terms import parse_terms
from echeance.parties.errors import PartiesInvalidError
from echeance.parties.models import Contact, Party, PartyBankAccount, SepaMandate
from echeance.parties.types import PartyFacts

LANGUAGE_LABELS = [
    ("fr", "français"),
    ("en", "anglais"),
    ("de", "allemand"),
    ("es", "espagnol"),
    ("it", "italien"),
    ("nl", "néerlandais"),
    ("pt", "portugais"),
]


class PartyForm(forms.Form):
    """Identity and terms of a customer."""

    code = forms.CharField(
        label="Code", max_length=40, help_text="Votre numéro pour ce client, unique."
    )
    name = forms.CharField(label="Nom ou raison sociale", max_length=200)
    category = forms.ChoiceField(
        label="Catégorie",
        choices=choices_of(Party.Category.choices),
        help_text="Mentions, délais et pénalités en dépendent.",
    )
    legal_form = forms.CharField(label="Forme juridique", max_length=60, required=False)
    siren = forms.CharField(label="SIREN", max_length=15, required=False)
    siret = forms.CharField(label="SIRET", max_length=20, required=False)
    vat_id = forms.CharField(label="N° de TVA", max_length=20, required=False)
    language = forms.ChoiceField(
        label="Langue de ses documents", choices=choices_of(LANGUAGE_LABELS)
    )
    address_line = forms.CharField(label="Adresse", max_length=200, required=False)
    address_extra = forms.CharField(label="Complément", max_length=200, required=False)
    postcode = forms.CharField(label="Code postal", max_length=12, required=False)
    city = forms.CharField(label="Ville", max_length=80, required=False)
    country = forms.CharField(label="Pays", max_length=2, initial="FR", help_text="Deux lettres.")
    electronic_address = forms.CharField(
        label="Adresse de facturation électronique",
        max_length=259,
        required=False,
        help_text="Laissez vide : elle se déduit du SIREN.",
    )
    payment_terms = forms.CharField(
        label="Conditions de règlement",
        max_length=200,
        required=False,
        help_text="Par exemple « 45 jours fin de mois ». Vide : celles de votre société.",
    )
    order_reference_required = forms.BooleanField(
        label="Exige son numéro de commande sur la facture", required=False
    )

    @classmethod
    def values_of(cls, party: Party) -> dict[str, object]:
        """The present values of a party, its terms in words."""
        values = {name: getattr(party, name) for name in cls.base_fields}
        return values | {"payment_terms": parse_terms(party.payment_terms).label}

    def facts(self) -> PartyFacts:
        """The facts of a valid form."""
        return PartyFacts(**self.cleaned_data)

    def refuse(self, error: PartiesInvalidError) -> None:
        """Put each problem beside its field."""
        for finding in error.findings:
            self.add_error(finding.field if finding.field in self.fields else None, finding.message)


class DismissForm(forms.Form):
    """Why findings are set aside, and until when."""

    reason = forms.CharField(label="Motif", max_length=200)
    until = forms.DateField(
        label="Jusqu'au",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class ErasureForm(forms.Form):
    """Why data are erased, and that whoever asks knows it cannot be undone."""

    reason = forms.CharField(
        label="Motif",
        max_length=200,
        help_text="Gardé au journal : « demande reçue le 3 mars », « client inactif ».",
    )
    sure = forms.BooleanField(label="Je sais que cet effacement ne s'annule pas")


class ContactForm(forms.Form):
    """Somebody to write to or to call."""

    purpose = forms.ChoiceField(label="Objet", choices=choices_of(Contact.PurposeLabel.choices))
    name = forms.CharField(label="Nom", max_length=120, required=False)
    email = forms.CharField(
        label="Courriel",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label="Téléphone",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    also = forms.MultipleChoiceField(
        label="Aussi pour",
        required=False,
        choices=choices_of(Contact.PurposeLabel.choices),
        widget=forms.CheckboxSelectMultiple,
        help_text="La même personne peut servir à plusieurs objets.",
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["also"]

    def clean(self) -> dict[str, Any]:
        """One way at least to reach them."""
        facts = self.cleaned_data
        if not self.errors and not facts["email"].strip() and not facts["phone"].strip():
            raise forms.ValidationError(
                gettext("Donnez un courriel ou un téléphone, au moins l'un des deux.")
            )
        return facts


class BankAccountForm(forms.Form):
    """An account the party pays from."""

    iban = forms.CharField(label="IBAN", max_length=42)
    bic = forms.CharField(label="BIC", max_length=14, required=False)
    holder = forms.CharField(label="Titulaire", max_length=120, required=False)


class EstablishmentForm(forms.Form):
    """An establishment of a firm; its SIRET is said once."""

    siret = forms.CharField(
        label="SIRET", max_length=20, help_text="Il commence par le SIREN de la fiche."
    )
    name = forms.CharField(label="Enseigne", max_length=200, required=False)
    is_head_office = forms.BooleanField(label="C'est le siège", required=False)
    address_line = forms.CharField(label="Adresse", max_length=200, required=False)
    address_extra = forms.CharField(label="Complément", max_length=200, required=False)
    postcode = forms.CharField(label="Code postal", max_length=12, required=False)
    city = forms.CharField(label="Ville", max_length=80, required=False)
    country = forms.CharField(label="Pays", max_length=2, initial="FR", help_text="Deux lettres.")
    electronic_address = forms.CharField(
        label="Adresse de facturation électronique",
        max_length=259,
        required=False,
        help_text="Vide : celle de l'entreprise.",
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["siret"]


class ServiceForm(forms.Form):
    """A service of a public buyer."""

    code = forms.CharField(
        label="Code service", max_length=100, help_text="Tel qu'il est dans l'annuaire."
    )
    name = forms.CharField(label="Nom", max_length=200, required=False)
    engagement_required = forms.BooleanField(label="Numéro d'engagement exigé", required=False)


class GroupForm(forms.Form):
    """The party another depends on."""

    parent = forms.CharField(
        label="Code du client dont il dépend",
        max_length=40,
        required=False,
        help_text="Vide : il ne dépend de personne.",
    )


class _EurosField(forms.DecimalField):
    """An amount as it is written in French: blanks between thousands are no mistake."""

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


class CreditForm(forms.Form):
    """What a customer may owe."""

    limit = _EurosField(
        label="Encours autorisé (€)",
        required=False,
        localize=True,
        min_value=Decimal(0),
        max_digits=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        decimal_places=2,
        help_text="Vide : sans limite. Celui de la tête d'un groupe vaut pour tout le groupe.",
    )


class ReasonForm(forms.Form):
    """Why something is done that somebody will ask about."""

    reason = forms.CharField(
        label="Motif", max_length=200, help_text="Conservé avec votre nom et la date."
    )


class MandateForm(forms.Form):
    """A SEPA mandate a customer has signed."""

    bank_account_id = forms.TypedChoiceField(label="Compte débité", coerce=int)
    signed_on = forms.DateField(
        label="Signé le", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reference = forms.CharField(
        label="Référence unique du mandat (RUM)",
        max_length=35,
        required=False,
        help_text="Vide : elle est attribuée.",
    )
    creditor_id = forms.CharField(
        label="Votre identifiant créancier SEPA (ICS)",
        max_length=42,
        required=False,
        help_text="Vide : celui du dernier mandat.",
    )
    scheme = forms.ChoiceField(label="Schéma", choices=choices_of(SepaMandate.Scheme.choices))
    sequence = forms.ChoiceField(label="Type", choices=choices_of(SepaMandate.Sequence.choices))

    def __init__(self, *args: Any, accounts: Iterable[PartyBankAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bank_account_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(account.pk, Iban(account.iban).formatted()) for account in accounts]


def refused(form: forms.Form, error: EcheanceError) -> None:
    """Put a business error on the form that caused it."""
    if isinstance(form, PartyForm) and isinstance(error, PartiesInvalidError):
        form.refuse(error)
    else:
        form.add_error(None, translated(error))
