"""Factures et avoirs: drafted, issued, sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from echeance.base.fields import AmountField
from echeance.billing.rules.channels import Channel
from echeance.billing.types import (
    CITES_ANOTHER,
    CORRECTIVE,
    CREDIT_KINDS,
    CREDIT_NOTE,
    GLOBAL_CREDIT,
    INVOICE,
    PREPAYMENT,
    SELF_BILLED,
    SELF_BILLED_CREDIT,
    SELF_BILLED_KINDS,
)


class ChannelLabel(models.TextChoices):
    """How a document leaves; ``auto`` follows the customer."""

    AUTO = Channel.AUTO.value, "selon le client"
    PLATFORM = Channel.PLATFORM.value, "plateforme agréée"
    CHORUS = Channel.CHORUS.value, "Chorus Pro"
    MAIL = Channel.MAIL.value, "courriel"
    POST = Channel.POST.value, "courrier"
    PORTAL = Channel.PORTAL.value, "portail du client"
    NONE = Channel.NONE.value, "aucun envoi"


class InvoiceSeries(models.Model):
    """Série of numbers: unbroken in a year, dates never go back.

    A self-billing series belongs to one supplier (CGI 289 I-2).
    """

    class SeriesKind(models.TextChoices):
        """Type of the documents it numbers (BT-3)."""

        INVOICE = INVOICE, "factures"
        CREDIT_NOTE = CREDIT_NOTE, "avoirs"
        PREPAYMENT = PREPAYMENT, "factures d'acompte"
        CORRECTIVE = CORRECTIVE, "factures rectificatives"
        SELF_BILLED = SELF_BILLED, "factures auto-facturées"
        SELF_BILLED_CREDIT = SELF_BILLED_CREDIT, "avoirs auto-facturés"
        GLOBAL_CREDIT = GLOBAL_CREDIT, "avoirs de remise globale"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    kind = models.CharField("genre", max_length=3, choices=SeriesKind)
    prefix = models.CharField("préfixe", max_length=12)
    label = models.CharField("libellé", max_length=80, blank=True)
    digits = models.PositiveSmallIntegerField("chiffres", default=6)
    is_default = models.BooleanField("série habituelle de ce genre", default=True)
    supplier = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, null=True, related_name="+"
    )
    last_issue_date = models.DateField("dernière date d'émission", null=True)
    created_at = models.DateTimeField("créée le")
    closed_at = models.DateTimeField("close le", null=True)

    class Meta:
        """One prefix a series; one usual series a kind, and a supplier where it is self-billed."""

        constraints = [
            models.UniqueConstraint(fields=["company", "prefix"], name="series_prefix_unique"),
            models.UniqueConstraint(
                fields=["company", "kind"],
                condition=Q(is_default=True, closed_at__isnull=True, supplier__isnull=True),
                name="series_usual_of_kind",
            ),
            models.UniqueConstraint(
                fields=["company", "kind", "supplier"],
                condition=Q(is_default=True, closed_at__isnull=True, supplier__isnull=False),
                name="series_usual_of_supplier",
            ),
        ]

    def __str__(self) -> str:
        return self.prefix


class DocumentStyle(models.Model):
    """Présentation des documents; each save adds a row, the last is in force.

    Without a template of its own, the company has the one of the house.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    color = models.CharField("couleur", max_length=7, default="#1f4e79")
    logo = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    template = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    mail_subject = models.CharField("objet du courriel", max_length=200, blank=True)
    payment_link = models.CharField("lien de paiement", max_length=300, blank=True)
    footer = models.TextField("pied de page", blank=True)
    payment_qr = models.BooleanField("code de virement", default=True)
    creditor_reference = models.BooleanField("référence RF (ISO 11649)", default=False)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.CharField("par", max_length=120)


class Invoice(models.Model):
    """Facture ou avoir: a draft can change; once issued, nothing of it but its sealing does.

    Paid, late, disputed are read from the ledger by ``number``, never kept here.
    """

    class InvoiceKind(models.TextChoices):
        """BT-3."""

        INVOICE = INVOICE, "facture"
        CREDIT_NOTE = CREDIT_NOTE, "avoir"
        PREPAYMENT = PREPAYMENT, "facture d'acompte"
        CORRECTIVE = CORRECTIVE, "facture rectificative"
        SELF_BILLED = SELF_BILLED, "facture auto-facturée"
        SELF_BILLED_CREDIT = SELF_BILLED_CREDIT, "avoir auto-facturé"
        GLOBAL_CREDIT = GLOBAL_CREDIT, "avoir de remise globale"

    class Status(models.TextChoices):
        """Its own life; sealed is ``sealed_at``."""

        DRAFT = "draft", "brouillon"
        ISSUED = "issued", "émise"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    kind = models.CharField("type (BT-3)", max_length=3, choices=InvoiceKind, default=INVOICE)
    status = models.CharField("état", max_length=6, choices=Status, default=Status.DRAFT)
    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, null=True)
    number = models.CharField("numéro (BT-1)", max_length=35, null=True)  # noqa: DJ001  unique or none
    buyer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    buyer_name = models.CharField("acheteur (BT-44)", max_length=200)
    issue_date = models.DateField("date d'émission (BT-2)", null=True)
    due_date = models.DateField("échéance (BT-9)", null=True)
    delivery_date = models.DateField("date de livraison (BT-72)", null=True)
    currency = models.CharField("devise (BT-5)", max_length=3, default="EUR")
    order_reference = models.CharField("bon de commande (BT-13)", max_length=60, blank=True)
    sales_order_reference = models.CharField("commande (BT-14)", max_length=60, blank=True)
    buyer_reference = models.CharField("référence de l'acheteur (BT-10)", max_length=60, blank=True)
    payment_terms = models.CharField("conditions de règlement (BT-20)", max_length=200)
    note = models.TextField("remarque (BT-22)", blank=True)
    language = models.CharField("langue du document", max_length=2, blank=True)
    channel = models.CharField(
        "canal de ce document", max_length=10, blank=True, choices=ChannelLabel
    )
    establishment = models.ForeignKey(
        "parties.Establishment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    frame = models.CharField("cadre de facturation (BT-23)", max_length=3, blank=True)
    contract_reference = models.CharField("contrat (BT-12)", max_length=60, blank=True)
    project_reference = models.CharField("projet (BT-11)", max_length=60, blank=True)
    period_start = models.DateField("début de période (BT-73)", null=True)
    period_end = models.DateField("fin de période (BT-74)", null=True)
    exchange_rate = AmountField("cours : devise pour un euro", scale=6, null=True)
    exchange_date = models.DateField("jour du cours", null=True)
    exchange_source = models.CharField("source du cours", max_length=60, blank=True)
    retained_amount = AmountField("retenue de garantie", default=0)
    retained_until = models.DateField("fin de la retenue", null=True)
    mandate = models.ForeignKey(
        "billing.SelfBillingMandate", on_delete=models.PROTECT, null=True, related_name="documents"
    )
    preceding = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes"
    )
    reason = models.CharField("motif de l'avoir", max_length=200, blank=True)
    reason_code = models.CharField("code du motif", max_length=40, blank=True)
    net_total = AmountField("total HT (BT-109)", default=0)
    vat_total = AmountField("total TVA (BT-110)", default=0)
    gross_total = AmountField("total TTC (BT-112)", default=0)
    created_at = models.DateTimeField("créée le")
    created_by = models.CharField("par", max_length=120)
    issued_at = models.DateTimeField("émise le", null=True)
    issued_by = models.CharField("émise par", max_length=120, blank=True)
    facts = models.JSONField("faits figés", null=True)
    template_sha256 = models.CharField("empreinte du modèle", max_length=64, blank=True)
    entry = models.ForeignKey(
        "ledger.JournalEntry", on_delete=models.PROTECT, null=True, related_name="+"
    )
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    sealed_at = models.DateTimeField("scellée le", null=True)
    verdict = models.JSONField("verdict officiel", null=True)

    class Meta:
        """A number, its facts and its entry come together; the file comes last."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="invoice_number_unique"),
            models.CheckConstraint(
                condition=Q(
                    status="draft",
                    number__isnull=True,
                    facts__isnull=True,
                    entry__isnull=True,
                    issued_at__isnull=True,
                )
                | Q(
                    status="issued",
                    number__isnull=False,
                    facts__isnull=False,
                    entry__isnull=False,
                    issued_at__isnull=False,
                    issue_date__isnull=False,
                    series__isnull=False,
                ),
                name="invoice_number_iff_issued",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, file__isnull=True)
                | Q(sealed_at__isnull=False, file__isnull=False, status="issued"),
                name="invoice_file_iff_sealed",
            ),
            models.CheckConstraint(
                condition=Q(gross_total=F("net_total") + F("vat_total")),
                name="invoice_totals_add_up",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CITES_ANOTHER, preceding__isnull=False)
                | (~Q(kind__in=CITES_ANOTHER) & Q(preceding__isnull=True)),
                name="invoice_credit_has_original",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SELF_BILLED_KINDS, mandate__isnull=False)
                | (~Q(kind__in=SELF_BILLED_KINDS) & Q(mandate__isnull=True)),
                name="invoice_self_billed_under_mandate",
            ),
            models.CheckConstraint(
                condition=Q(currency="EUR", exchange_rate__isnull=True)
                | (~Q(currency="EUR") & (Q(status="draft") | Q(exchange_rate__gt=0))),
                name="invoice_rate_iff_foreign",
            ),
            models.CheckConstraint(
                condition=Q(retained_amount=0, retained_until__isnull=True)
                | Q(retained_amount__gt=0, retained_until__isnull=False),
                name="invoice_retention_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "-id"], name="invoice_status"),
            models.Index(fields=["company", "buyer"], name="invoice_buyer"),
            models.Index(fields=["company", "buyer", "gross_total"], name="invoice_same_amount"),
            models.Index(fields=["company", "issue_date"], name="invoice_issue_date"),
            models.Index(
                fields=["company", "id"],
                condition=Q(status="issued", sealed_at__isnull=True),
                name="invoice_to_seal",
            ),
        ]

    def __str__(self) -> str:
        return self.number or gettext("brouillon {number}").format(number=self.pk)

    @property
    def is_credit_note(self) -> bool:
        """Whether it gives back."""
        return self.kind in CREDIT_KINDS


class InvoiceLine(models.Model):
    """Ligne (BG-25); VAT category and rate are those chosen when it was drafted."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField("rang (BT-126)")
    item_code = models.CharField("code article (BT-155)", max_length=60, blank=True)
    name = models.CharField("désignation (BT-153)", max_length=200)
    description = models.TextField("description (BT-154)", blank=True)
    nature = models.CharField("nature", max_length=8)
    quantity = AmountField("quantité (BT-129)", scale=6)
    unit_code = models.CharField("unité (BT-130)", max_length=3)
    unit_price = AmountField("prix unitaire HT (BT-146)", scale=6)
    net_amount = AmountField("montant HT (BT-131)")
    vat_category = models.CharField("catégorie de TVA (BT-151)", max_length=2)
    vat_rate = AmountField("taux de TVA (BT-152)", scale=6)
    exemption = models.CharField("exonération", max_length=30, blank=True)
    exemption_article = models.CharField("article d'exonération", max_length=60, blank=True)
    revenue_account = models.CharField("compte de produit", max_length=12)
    gross_price = AmountField("prix brut (BT-148)", scale=6, null=True)
    price_discount = AmountField("remise sur le prix (BT-147)", scale=6, null=True)
    period_start = models.DateField("début de période (BT-134)", null=True)
    period_end = models.DateField("fin de période (BT-135)", null=True)
    order_line = models.ForeignKey(
        "billing.OrderLine", on_delete=models.PROTECT, null=True, related_name="+"
    )
    credited_line = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credits"
    )
    vat_amount = AmountField("TVA arrêtée d'un avoir par montant", null=True)

    class Meta:
        """Ordered."""

        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position"),
        ]


class InvoiceAllowance(models.Model):
    """Remise ou frais on a document (BG-20, BG-21) or on a line (BG-27, BG-28).

    A deposit deducted from a later invoice is an allowance that names it, with its VAT.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="allowances")
    line = models.ForeignKey(
        InvoiceLine, on_delete=models.CASCADE, null=True, related_name="allowances"
    )
    position = models.PositiveIntegerField("rang")
    is_charge = models.BooleanField("frais", default=False)
    reason = models.CharField("motif (BT-97, BT-104, BT-139, BT-144)", max_length=200)
    reason_code = models.CharField("code du motif", max_length=4, blank=True)
    percent = AmountField("taux (BT-94)", scale=6, null=True)
    base = AmountField("base (BT-93)", null=True)
    amount = AmountField("montant (BT-92, BT-99, BT-136, BT-141)")
    vat_category = models.CharField("catégorie de TVA (BT-95)", max_length=2, blank=True)
    vat_rate = AmountField("taux de TVA (BT-96)", scale=6, null=True)
    nature = models.CharField("nature", max_length=8, default="goods")
    exemption = models.CharField("exonération", max_length=30, blank=True)
    exemption_article = models.CharField("article d'exonération", max_length=60, blank=True)
    account = models.CharField("compte", max_length=12, blank=True)
    deposit = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="deductions"
    )
    credited = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credits"
    )

    class Meta:
        """Ordered; above zero."""

        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "position"], name="invoice_allowance_position"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_allowance_amount"),
            models.CheckConstraint(
                condition=Q(deposit__isnull=True) | Q(is_charge=False, line__isnull=True),
                name="invoice_allowance_deposit",
            ),
        ]


class InvoicePayer(models.Model):
    """Payeur of a share of an invoice: a training body, an insurer. The rest is the buyer's."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="payers")
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("rang")
    percent = AmountField("part (%)", scale=6, null=True)
    amount = AmountField("montant TTC", null=True)
    reference = models.CharField("numéro de prise en charge", max_length=60, blank=True)

    class Meta:
        """A payer once; a part or an amount."""

        constraints = [
            models.UniqueConstraint(fields=["invoice", "party"], name="invoice_payer_once"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, amount__isnull=True)
                | Q(percent__isnull=True, amount__isnull=False),
                name="invoice_payer_part_or_amount",
            ),
        ]


class InvoiceAttachment(models.Model):
    """Pièce jointe of a document: inside its file (BG-24, BT-125) or beside it."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("rang")
    code = models.CharField("genre (BT-123)", max_length=40)
    label = models.CharField("libellé (BT-122)", max_length=100)
    is_embedded = models.BooleanField("dans le fichier", default=True)

    class Meta:
        """A file once a document."""

        constraints = [
            models.UniqueConstraint(fields=["invoice", "file"], name="invoice_attachment_once"),
        ]


class InvoiceDispatch(models.Model):
    """Canal pris par un document, and why: each channel once, the second when the first fails."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="dispatches")
    channel = models.CharField("canal", max_length=10, choices=ChannelLabel)
    rank = models.PositiveSmallIntegerField("rang")
    why = models.CharField("raison", max_length=200)
    decided_at = models.DateTimeField("décidé le")
    decided_by = models.CharField("par", max_length=120)
    failed_at = models.DateTimeField("échoué le", null=True)
    failure = models.CharField("cause de l'échec", max_length=300, blank=True)

    class Meta:
        """A channel once a document; a failure says why."""

        constraints = [
            models.UniqueConstraint(fields=["invoice", "channel"], name="dispatch_channel_once"),
            models.UniqueConstraint(fields=["invoice", "rank"], name="dispatch_rank_once"),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, failure="")
                | (Q(failed_at__isnull=False) & ~Q(failure="")),
                name="dispatch_failure_says_why",
            ),
        ]
        indexes = [models.Index(fields=["company", "failed_at"], name="dispatch_running")]

    def __str__(self) -> str:
        return self.get_channel_display()


class Confirmation(models.Model):
    """Confirmation of a finding of the preflight: who said yes, and to what value."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="confirmations")
    code = models.CharField("règle", max_length=60)
    place = models.CharField("endroit", max_length=60, blank=True)
    message = models.TextField("ce qui était dit")
    reason = models.CharField("motif", max_length=200, blank=True)
    confirmed_at = models.DateTimeField("confirmée le")
    confirmed_by = models.CharField("par", max_length=120)
    withdrawn_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        """A finding is confirmed once."""

        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "code", "place"],
                condition=Q(withdrawn_at__isnull=True),
                name="confirmation_once",
            ),
        ]


class CreditApproval(models.Model):
    """Accord on a credit note above the threshold of the policy."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="approval")
    net_total = AmountField("total HT accordé")
    approved_at = models.DateTimeField("accordé le")
    approved_by = models.CharField("par", max_length=120)


class CreditUse(models.Model):
    """Emploi of a part of a credit note: refunded, deducted from an invoice, or kept for later."""

    class Use(models.TextChoices):
        """What becomes of the part."""

        REFUND = "refund", "remboursement"
        DEDUCTION = "deduction", "déduction"
        LATER = "later", "à valoir"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="uses")
    use = models.CharField("emploi", max_length=10, choices=Use)
    target = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+")
    amount = AmountField("montant")
    decided_at = models.DateTimeField("décidé le")
    decided_by = models.CharField("par", max_length=120)
    allocations = models.JSONField("affectations", default=list)
    undone_at = models.DateTimeField("annulé le", null=True)
    undone_by = models.CharField("annulé par", max_length=120, blank=True)

    class Meta:
        """A deduction names its invoice, and only it does."""

        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_use_amount"),
            models.CheckConstraint(
                condition=Q(use="deduction", target__isnull=False)
                | (~Q(use="deduction") & Q(target__isnull=True)),
                name="credit_use_target",
            ),
        ]


class SelfBillingMandate(models.Model):
    """Mandat d'autofacturation given by a supplier, before the first invoice made in its name.

    Source: CGI 289 I-2, CGI ann. II 242 nonies I.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    supplier = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("référence", max_length=60)
    signed_on = models.DateField("signé le")
    ends_on = models.DateField("jusqu'au", null=True)
    contest_days = models.PositiveSmallIntegerField("jours pour contester", default=15)
    franchise = models.BooleanField("fournisseur en franchise de TVA", default=False)
    file = models.ForeignKey(
        "archive.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField("révoqué le", null=True)

    class Meta:
        """A reference once."""

        constraints = [
            models.UniqueConstraint(
                fields=["company", "reference"], name="self_billing_mandate_reference"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SelfBillingAnswer(models.Model):
    """Réponse of a supplier to an invoice made in its name."""

    class Answer(models.TextChoices):
        """What it said."""

        ACCEPTED = "accepted", "acceptée"
        TACIT = "tacit", "acceptée tacitement"
        CONTESTED = "contested", "contestée"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="answer")
    answer = models.CharField("réponse", max_length=10, choices=Answer)
    reason = models.CharField("motif", max_length=200, blank=True)
    answered_at = models.DateTimeField("reçue le")
    recorded_by = models.CharField("enregistrée par", max_length=120)


class PortalHandover(models.Model):
    """Dépôt by hand on the portal of a large buyer, and what it answered. Rows are added."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="handovers")
    portal = models.CharField("portail", max_length=60)
    status = models.CharField("état", max_length=20)
    reference = models.CharField("référence du portail", max_length=60, blank=True)
    note = models.CharField("remarque", max_length=200, blank=True)
    on = models.DateField("le")
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.CharField("par", max_length=120)

    class Meta:
        """Read by document."""

        indexes = [models.Index(fields=["company", "invoice"], name="portal_handover_invoice")]


class InvoiceVat(models.Model):
    """TVA of an issued document by category, rate and exigibility (BG-23, cut by due point)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="vat")
    category = models.CharField("catégorie (BT-118)", max_length=2)
    rate = AmountField("taux (BT-119)", scale=6)
    exigibility = models.CharField("exigibilité", max_length=8)
    base = AmountField("base (BT-116)")
    vat = AmountField("TVA (BT-117)")

    class Meta:
        """One row a group."""

        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "category", "rate", "exigibility"], name="invoice_vat_group"
            ),
        ]


class Instalment(models.Model):
    """Échéance of an issued invoice; what is left of it is read in the ledger.

    Several may fall on one day: the retention of a market, the shares of several payers.
    """

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="instalments")
    due_date = models.DateField("échéance")
    amount = AmountField("montant")
    item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One row an open item."""

        constraints = [
            models.UniqueConstraint(fields=["item"], name="instalment_item"),
        ]
