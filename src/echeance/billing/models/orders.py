"""Commandes: imported, accepted or waiting."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField


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
    establishment = models.ForeignKey(
        "parties.Establishment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    billed_by_delivery = models.BooleanField("facturée à la livraison", default=False)
    held_at = models.DateTimeField("retenue pour encours le", null=True)
    released_at = models.DateTimeField("débloquée le", null=True)
    released_by = models.CharField("débloquée par", max_length=120, blank=True)
    currency = models.CharField("devise (BT-5)", max_length=3, default="EUR")
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

    @property
    def is_cancellation(self) -> bool:
        """Whether it cancels another."""
        return self.kind == self.OrderKind.CANCELLATION

    @property
    def is_held(self) -> bool:
        """Whether it waits because its customer may not owe more."""
        return self.held_at is not None and self.released_at is None


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
    discount_percent = AmountField("remise (%)", scale=6, default=0)
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
