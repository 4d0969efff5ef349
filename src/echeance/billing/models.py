"""Facturation: what is ordered, drafted, issued and sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from echeance.base.fields import AmountField
from echeance.billing.types import CREDIT_NOTE, INVOICE, PREPAYMENT
from echeance.core.reporting.model import ReportKind


class Item(models.Model):
    """Article of the catalogue: fills what a line does not say."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    code = models.CharField("code (BT-155)", max_length=60)
    name = models.CharField("désignation (BT-153)", max_length=200)
    description = models.TextField("description (BT-154)", blank=True)
    nature = models.CharField("nature", max_length=8, default="goods")
    unit_code = models.CharField("unité (BT-130)", max_length=3, default="C62")
    unit_price = AmountField("prix unitaire HT (BT-146)", scale=6, null=True)
    vat_rate = AmountField("taux de TVA (BT-152)", scale=6, null=True)
    exemption = models.CharField("exonération", max_length=30, blank=True)
    exemption_article = models.CharField("article d'exonération", max_length=60, blank=True)
    revenue_account = models.CharField("compte de produit", max_length=12, blank=True)
    closed_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        """One code, one article."""

        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="item_code_unique"),
            models.CheckConstraint(
                condition=Q(nature__in=["goods", "services"]), name="item_nature_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportMapping(models.Model):
    """Correspondance of the columns of a source of orders; saved again, it replaces the last."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    source = models.CharField("source", max_length=40)
    columns = models.JSONField("colonnes", default=dict)
    formats = models.JSONField("formats", default=dict)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.CharField("par", max_length=120)

    class Meta:
        """One mapping a source."""

        constraints = [
            models.UniqueConstraint(fields=["company", "source"], name="mapping_source_unique"),
        ]


class OrderImport(models.Model):
    """Import de commandes: one file, once."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    source = models.CharField("source", max_length=40)
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT)
    filename = models.CharField("fichier", max_length=200)
    imported_at = models.DateTimeField("importé le")
    imported_by = models.CharField("par", max_length=120)
    rows = models.PositiveIntegerField("lignes")
    orders = models.PositiveIntegerField("commandes")
    cancellations = models.PositiveIntegerField("annulations")
    waiting = models.PositiveIntegerField("documents en attente")
    rejected = models.PositiveIntegerField("lignes rejetées")

    class Meta:
        """The same bytes are imported once."""

        constraints = [
            models.UniqueConstraint(fields=["company", "file"], name="order_import_file_unique"),
        ]


class RejectedLine(models.Model):
    """Ligne rejetée of an import, with its reason and its text. Rows are added, never changed."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    order_import = models.ForeignKey(
        OrderImport, on_delete=models.PROTECT, related_name="rejected_lines"
    )
    row = models.PositiveIntegerField("ligne")
    document = models.CharField("document", max_length=60, blank=True)
    code = models.CharField("motif", max_length=40)
    column = models.CharField("colonne", max_length=200, blank=True)
    value = models.CharField("valeur", max_length=200, blank=True)
    reason = models.TextField("explication")
    raw = models.TextField("texte de la ligne")

    class Meta:
        """A line is rejected once, for all its reasons."""

        constraints = [
            models.UniqueConstraint(fields=["order_import", "row"], name="rejected_line_once"),
        ]


class Order(models.Model):
    """Commande to bill, or cancellation of one.

    It waits while ``accepted_at`` is empty: a person accepts it or sets it aside.
    """

    class OrderKind(models.TextChoices):
        """What the document asks for."""

        ORDER = "order", "commande"
        CANCELLATION = "cancellation", "annulation"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    order_import = models.ForeignKey(
        OrderImport, on_delete=models.PROTECT, null=True, related_name="documents"
    )
    source = models.CharField("source", max_length=40)
    number = models.CharField("numéro (BT-14)", max_length=60)
    kind = models.CharField("genre", max_length=12, choices=OrderKind, default=OrderKind.ORDER)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT)
    order_date = models.DateField("date")
    delivery_date = models.DateField("date de livraison (BT-72)", null=True)
    order_reference = models.CharField("bon de commande (BT-13)", max_length=60, blank=True)
    buyer_reference = models.CharField("référence de l'acheteur (BT-10)", max_length=60, blank=True)
    net_total = AmountField("total HT")
    received_at = models.DateTimeField("reçue le")
    waiting_reason = models.TextField("pourquoi elle attend", blank=True)
    accepted_at = models.DateTimeField("acceptée le", null=True)
    set_aside_at = models.DateTimeField("écartée le", null=True)
    set_aside_reason = models.CharField("motif d'écart", max_length=200, blank=True)
    cancels = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="cancelled_by"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.SET_NULL, null=True, related_name="orders"
    )

    class Meta:
        """A number once a source; a document that waits says why."""

        constraints = [
            models.UniqueConstraint(fields=["company", "source", "number"], name="order_unique"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=False) | ~Q(waiting_reason=""),
                name="order_waits_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="cancellation") | Q(cancels__isnull=True),
                name="order_only_cancellations_cancel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "id"],
                condition=Q(invoice__isnull=True),
                name="order_left_to_bill",
            ),
            models.Index(fields=["company", "party"], name="order_party"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """Ligne de commande; quantities are positive, those of a cancellation too."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField("rang")
    row = models.PositiveIntegerField("ligne du fichier", null=True)
    item_code = models.CharField("code article (BT-155)", max_length=60, blank=True)
    name = models.CharField("désignation (BT-153)", max_length=200)
    description = models.TextField("description (BT-154)", blank=True)
    nature = models.CharField("nature", max_length=8)
    quantity = AmountField("quantité (BT-129)", scale=6)
    unit_code = models.CharField("unité (BT-130)", max_length=3)
    unit_price = AmountField("prix unitaire HT (BT-146)", scale=6)
    vat_rate = AmountField("taux de TVA (BT-152)", scale=6, null=True)
    exemption = models.CharField("exonération", max_length=30, blank=True)
    exemption_article = models.CharField("article d'exonération", max_length=60, blank=True)
    revenue_account = models.CharField("compte de produit", max_length=12, blank=True)
    cancels = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="cancelled_by"
    )

    class Meta:
        """Ordered; something at a price."""

        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity"),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="order_line_price"),
        ]


class InvoiceSeries(models.Model):
    """Série of numbers: unbroken in a year, dates never go back."""

    class SeriesKind(models.TextChoices):
        """Type of the documents it numbers (BT-3)."""

        INVOICE = INVOICE, "factures"
        CREDIT_NOTE = CREDIT_NOTE, "avoirs"
        PREPAYMENT = PREPAYMENT, "factures d'acompte"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    kind = models.CharField("genre", max_length=3, choices=SeriesKind)
    prefix = models.CharField("préfixe", max_length=12)
    digits = models.PositiveSmallIntegerField("chiffres", default=6)
    last_issue_date = models.DateField("dernière date d'émission", null=True)
    created_at = models.DateTimeField("créée le")

    class Meta:
        """One prefix and one series a kind."""

        constraints = [
            models.UniqueConstraint(fields=["company", "prefix"], name="series_prefix_unique"),
            models.UniqueConstraint(fields=["company", "kind"], name="series_kind_unique"),
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
    preceding = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes"
    )
    reason = models.CharField("motif de l'avoir", max_length=200, blank=True)
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
                    series__isnull=True,
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
                condition=Q(kind=CREDIT_NOTE, preceding__isnull=False)
                | (~Q(kind=CREDIT_NOTE) & Q(preceding__isnull=True)),
                name="invoice_credit_has_original",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "-id"], name="invoice_status"),
            models.Index(fields=["company", "buyer"], name="invoice_buyer"),
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
        return self.kind == CREDIT_NOTE


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
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="+")
    credited_line = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credits"
    )

    class Meta:
        """Ordered."""

        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position"),
        ]


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
    """Échéance of an issued invoice; what is left of it is read in the ledger."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="instalments")
    due_date = models.DateField("échéance")
    amount = AmountField("montant")
    item = models.ForeignKey("ledger.OpenItem", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One row a day."""

        constraints = [
            models.UniqueConstraint(fields=["invoice", "due_date"], name="instalment_day"),
        ]


class SalesReport(models.Model):
    """E-reporting (flux 10): one message of a period. Rows are added, never changed.

    A later message stands in for the former one of the same period, whole (TT-4 ``RE``).
    """

    class Kind(models.TextChoices):
        """What it tells: 10.1 and 10.3, or 10.2 and 10.4."""

        TRANSACTIONS = ReportKind.TRANSACTIONS.value, "transactions"
        PAYMENTS = ReportKind.PAYMENTS.value, "paiements"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    kind = models.CharField("genre", max_length=12, choices=Kind)
    first_day = models.DateField("premier jour")
    last_day = models.DateField("dernier jour")
    due_on = models.DateField("dernier jour pour transmettre")
    rank = models.PositiveSmallIntegerField("rang")
    number = models.CharField("identifiant (TT-1)", max_length=50)
    stands_in_for = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    file = models.ForeignKey("archive.StoredFile", on_delete=models.PROTECT, related_name="+")
    left_out = models.JSONField("laissés de côté", default=list)
    prepared_at = models.DateTimeField("préparé le")
    prepared_by = models.CharField("par", max_length=120)

    class Meta:
        """One chain of messages a period; the first stands in for none."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="report_number_unique"),
            models.UniqueConstraint(
                fields=["company", "kind", "first_day", "rank"], name="report_rank_unique"
            ),
            models.CheckConstraint(
                condition=Q(rank=1, stands_in_for__isnull=True)
                | Q(rank__gt=1, stands_in_for__isnull=False),
                name="report_corrects_iff_not_first",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="report_days_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """How other rooms name it."""
        return f"sales_report:{self.pk}"
