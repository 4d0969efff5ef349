"""Customers, suppliers, whom to write to, where their money comes from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from echeance.base.fields import AmountField
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
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="subsidiaries"
    )
    credit_limit = AmountField("encours autorisé", null=True)
    on_hold_since = models.DateTimeField("bloqué depuis", null=True)
    on_hold_reason = models.CharField("motif du blocage", max_length=200, blank=True)
    search_words = models.TextField("mots de recherche")
    erased_at = models.DateTimeField("données personnelles effacées le", null=True)
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
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")), name="party_not_its_parent"
            ),
            models.CheckConstraint(
                condition=Q(credit_limit__isnull=True) | Q(credit_limit__gte=0),
                name="party_credit_limit_positive",
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


class Establishment(models.Model):
    """Établissement of a firm (SIRET, BT-46), with its own address and place in the directory."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="establishments")
    siret = models.CharField("SIRET (BT-46)", max_length=14)
    name = models.CharField("enseigne", max_length=200, blank=True)
    is_head_office = models.BooleanField("siège", default=False)
    address_line = models.CharField("adresse (BT-50)", max_length=200, blank=True)
    address_extra = models.CharField("complément (BT-51)", max_length=200, blank=True)
    postcode = models.CharField("code postal (BT-53)", max_length=12, blank=True)
    city = models.CharField("ville (BT-52)", max_length=80, blank=True)
    country = models.CharField("pays (BT-55)", max_length=2, default="FR")
    electronic_address = models.CharField(
        "adresse de facturation électronique (BT-49)", max_length=259, blank=True
    )
    ended_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        """A SIRET once a party; one head office."""

        constraints = [
            models.UniqueConstraint(
                fields=["party", "siret"],
                condition=Q(ended_at__isnull=True),
                name="establishment_once_a_party",
            ),
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(ended_at__isnull=True, is_head_office=True),
                name="establishment_one_head_office",
            ),
        ]
        indexes = [models.Index(fields=["company", "siret"], name="establishment_siret")]

    def __str__(self) -> str:
        return self.name or self.siret


class BuyerService(models.Model):
    """Service of a public buyer that receives invoices (code service, BT-10)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="services")
    code = models.CharField("code service (BT-10)", max_length=100)
    name = models.CharField("nom", max_length=200, blank=True)
    engagement_required = models.BooleanField("numéro d'engagement exigé (BT-13)", default=False)
    ended_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        """A code once a buyer."""

        constraints = [
            models.UniqueConstraint(
                fields=["party", "code"],
                condition=Q(ended_at__isnull=True),
                name="buyer_service_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class SepaMandate(models.Model):
    """Mandat de prélèvement SEPA signed by a customer (BT-89 is its reference)."""

    class Scheme(models.TextChoices):
        """Rule book of the collection."""

        CORE = "core", "SEPA Core"
        B2B = "b2b", "SEPA interentreprises"

    class Sequence(models.TextChoices):
        """One collection, or as many as there are invoices."""

        RECURRENT = "recurrent", "récurrent"
        ONE_OFF = "one_off", "ponctuel"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates")
    reference = models.CharField("référence unique du mandat (BT-89)", max_length=35)
    scheme = models.CharField("schéma", max_length=4, choices=Scheme, default=Scheme.CORE)
    sequence = models.CharField("type", max_length=10, choices=Sequence, default=Sequence.RECURRENT)
    creditor_id = models.CharField("identifiant créancier SEPA (BT-90)", max_length=35)
    bank_account = models.ForeignKey(
        PartyBankAccount, on_delete=models.PROTECT, related_name="mandates"
    )
    signed_on = models.DateField("signé le")
    added_at = models.DateTimeField("ajouté le")
    added_by = models.CharField("par", max_length=120)
    last_used_on = models.DateField("dernier prélèvement le", null=True)
    revoked_at = models.DateTimeField("révoqué le", null=True)
    revoked_by = models.CharField("révoqué par", max_length=120, blank=True)
    revoked_reason = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        """A reference once a creditor."""

        constraints = [
            models.UniqueConstraint(fields=["company", "reference"], name="mandate_reference"),
        ]

    def __str__(self) -> str:
        return self.reference


class RegistryCheck(models.Model):
    """Réponse of a public register on a party: SIRENE, VIES, directory. Rows are added."""

    class Register(models.TextChoices):
        """Who was asked."""

        SIRENE = "sirene", "répertoire SIRENE"
        VIES = "vies", "VIES"
        DIRECTORY = "directory", "annuaire des plateformes"

    class Outcome(models.TextChoices):
        """What it answered."""

        FOUND = "found", "trouvé"
        CLOSED = "closed", "cessé"
        UNKNOWN = "unknown", "inconnu"
        UNAVAILABLE = "unavailable", "pas de réponse"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="registry_checks")
    register = models.CharField("registre", max_length=10, choices=Register)
    asked = models.CharField("identifiant demandé", max_length=40)
    outcome = models.CharField("réponse", max_length=12, choices=Outcome)
    facts = models.JSONField("données reçues", default=dict)
    reference = models.CharField("numéro de consultation", max_length=60, blank=True)
    checked_at = models.DateTimeField("consulté le")
    checked_by = models.CharField("par", max_length=120)

    class Meta:
        """The last answer of a register is looked for by party."""

        indexes = [
            models.Index(fields=["party", "register", "-checked_at"], name="registry_last"),
        ]


class PartyMerge(models.Model):
    """Fusion of a party into another, with what it moved, so that it can be undone exactly."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    gone = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="merges")
    stays = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="absorptions")
    moved = models.JSONField("ce qui a été déplacé", default=dict)
    merged_at = models.DateTimeField("fusionné le")
    merged_by = models.CharField("par", max_length=120)
    undone_at = models.DateTimeField("annulé le", null=True)
    undone_by = models.CharField("annulé par", max_length=120, blank=True)

    class Meta:
        """A party is merged once at a time, never into itself."""

        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="merge_in_force"
            ),
            models.CheckConstraint(condition=~Q(gone=F("stays")), name="merge_of_two"),
        ]


class QualityBatch(models.Model):
    """Corrections of the quality queue accepted together, so that they are undone together.

    ``lines`` keeps, for each: its key, the party, what was done, and the values it replaced.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    lines = models.JSONField("corrections", default=list)
    done_at = models.DateTimeField("faites le")
    done_by = models.CharField("par", max_length=120)
    undone_at = models.DateTimeField("annulées le", null=True)
    undone_by = models.CharField("annulées par", max_length=120, blank=True)


class QualityDismissal(models.Model):
    """A finding of the quality queue that somebody set aside, until a day or until it changes."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="dismissals")
    code = models.CharField("anomalie", max_length=40)
    value = models.CharField("valeur", max_length=200, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True)
    until = models.DateField("jusqu'au", null=True)
    dismissed_at = models.DateTimeField("écartée le")
    dismissed_by = models.CharField("par", max_length=120)
    withdrawn_at = models.DateTimeField("reprise le", null=True)

    class Meta:
        """A finding on a value is set aside once."""

        constraints = [
            models.UniqueConstraint(
                fields=["party", "code", "value"],
                condition=Q(withdrawn_at__isnull=True),
                name="quality_dismissed_once",
            ),
        ]
