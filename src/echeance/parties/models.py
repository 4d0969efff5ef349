"""Customers, suppliers, whom to write to, where their money comes from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from echeance.core.terms import CustomerKind
from echeance.parties.types import Purpose


class Party(models.Model):
    """Tiers (BG-7 Buyer, or a supplier). Issued documents keep the values they were issued with."""

    class Category(models.TextChoices):
        """Who it is; the law of mentions, delays and penalties differs."""

        PROFESSIONAL = CustomerKind.PROFESSIONAL.value, "entreprise"
        CONSUMER = CustomerKind.CONSUMER.value, "particulier"
        PUBLIC = CustomerKind.PUBLIC.value, "acheteur public"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    code = models.CharField("code", max_length=40)
    name = models.CharField("nom ou raison sociale (BT-44)", max_length=200)
    category = models.CharField("catégorie", max_length=12, choices=Category)
    is_customer = models.BooleanField("client", default=True)
    is_supplier = models.BooleanField("fournisseur", default=False)
    legal_form = models.CharField("forme juridique", max_length=60, blank=True)
    siren = models.CharField("SIREN (BT-47)", max_length=9, blank=True)
    siret = models.CharField("SIRET (BT-46)", max_length=14, blank=True)
    vat_id = models.CharField("n° de TVA (BT-48)", max_length=20, blank=True)
    language = models.CharField("langue", max_length=2, default="fr")
    address_line = models.CharField("adresse (BT-50)", max_length=200, blank=True)
    address_extra = models.CharField("complément (BT-51)", max_length=200, blank=True)
    postcode = models.CharField("code postal (BT-53)", max_length=12, blank=True)
    city = models.CharField("ville (BT-52)", max_length=80, blank=True)
    country = models.CharField("pays (BT-55)", max_length=2, default="FR")
    territory = models.CharField("territoire de TVA", max_length=12, blank=True)
    electronic_address = models.CharField(
        "adresse de facturation électronique (BT-49)", max_length=259, blank=True
    )
    payment_terms = models.CharField("conditions de règlement (BT-20)", max_length=200)
    order_reference_required = models.BooleanField("bon de commande exigé (BT-13)", default=False)
    vat_exemption = models.CharField("exonération habituelle", max_length=30, blank=True)
    search_words = models.TextField("mots de recherche")
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged"
    )
    created_at = models.DateTimeField("créé le")
    closed_at = models.DateTimeField("clos le", null=True)

    class Meta:
        """One code, one party; a consumer has no identifier of a firm."""

        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="party_code_unique"),
            models.CheckConstraint(
                condition=~Q(category="consumer") | Q(siren="", siret="", vat_id=""),
                name="party_consumer_has_no_siren",
            ),
            models.CheckConstraint(
                condition=Q(is_customer=True) | Q(is_supplier=True), name="party_has_a_role"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(closed_at__isnull=False),
                name="party_merged_is_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "name"], name="party_name"),
            models.Index(fields=["company", "siren"], name="party_siren"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """Contact of a party, for one purpose."""

    class PurposeLabel(models.TextChoices):
        """What they are written to about."""

        BILLING = Purpose.BILLING.value, "facturation"
        REMINDERS = Purpose.REMINDERS.value, "relances"
        DISPUTES = Purpose.DISPUTES.value, "litiges"
        PLATFORM = Purpose.PLATFORM.value, "plateforme"
        GENERAL = Purpose.GENERAL.value, "général"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contacts")
    purpose = models.CharField("objet", max_length=10, choices=PurposeLabel)
    name = models.CharField("nom", max_length=120, blank=True)
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    bounced_at = models.DateTimeField("courriel revenu le", null=True)
    is_active = models.BooleanField("actif", default=True)

    class Meta:
        """An address is written to once a purpose."""

        constraints = [
            models.UniqueConstraint(
                "party",
                "purpose",
                Lower("email"),
                condition=Q(is_active=True) & ~Q(email=""),
                name="contact_email_unique",
            ),
        ]
        indexes = [models.Index("company", Lower("email"), name="contact_email")]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class PartyAddress(models.Model):
    """Adresse d'un tiers beside its own (BG-15)."""

    class Kind(models.TextChoices):
        """What it is for."""

        DELIVERY = "delivery", "livraison"
        SERVICE = "service", "exécution du service"
        MAIL = "mail", "correspondance"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField("genre", max_length=10, choices=Kind)
    name = models.CharField("nom (BT-70)", max_length=200, blank=True)
    address_line = models.CharField("adresse (BT-75)", max_length=200)
    address_extra = models.CharField("complément (BT-76)", max_length=200, blank=True)
    postcode = models.CharField("code postal (BT-78)", max_length=12, blank=True)
    city = models.CharField("ville (BT-77)", max_length=80)
    country = models.CharField("pays (BT-80)", max_length=2, default="FR")
    ended_at = models.DateTimeField("retirée le", null=True)


class PartyBankAccount(models.Model):
    """RIB of a party: recognises its payments; confirmed by a person before it is paid anything."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bank_accounts")
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True)
    holder = models.CharField("titulaire", max_length=120, blank=True)
    added_at = models.DateTimeField("ajouté le")
    added_by = models.CharField("par", max_length=120)
    confirmed_at = models.DateTimeField("confirmé le", null=True)
    confirmed_by = models.CharField("confirmé par", max_length=120, blank=True)
    ended_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        """A party has an account once."""

        constraints = [
            models.UniqueConstraint(
                fields=["party", "iban"],
                condition=Q(ended_at__isnull=True),
                name="bank_account_once_a_party",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "iban"],
                condition=Q(ended_at__isnull=True),
                name="bank_account_running",
            ),
        ]
