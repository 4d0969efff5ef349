"""Devis: sent, accepted by a signed link, turned into an order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from echeance.base.fields import AmountField


class Quote(models.Model):
    """Devis for a customer; once sent its lines change no more, a new version replaces it."""

    class Status(models.TextChoices):
        """Its own life; expired is read from ``valid_until``."""

        DRAFT = "draft", "brouillon"
        SENT = "sent", "envoyé"
        ACCEPTED = "accepted", "accepté"
        REFUSED = "refused", "refusé"
        REPLACED = "replaced", "remplacé"

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="quotes")
    number = models.CharField("numéro", max_length=35)
    version = models.PositiveSmallIntegerField("version", default=1)
    title = models.CharField("objet", max_length=200)
    status = models.CharField("état", max_length=10, choices=Status, default=Status.DRAFT)
    quote_date = models.DateField("date")
    valid_until = models.DateField("valable jusqu'au")
    deposit_percent = AmountField("acompte à la commande (%)", scale=6, default=0)
    payment_terms = models.CharField("conditions de règlement", max_length=200, blank=True)
    note = models.TextField("remarque", blank=True)
    net_total = AmountField("total HT", default=0)
    vat_total = AmountField("total TVA", default=0)
    gross_total = AmountField("total TTC", default=0)
    token_sha256 = models.CharField("empreinte du lien", max_length=64, blank=True)
    created_at = models.DateTimeField("créé le")
    created_by = models.CharField("par", max_length=120)
    sent_at = models.DateTimeField("envoyé le", null=True)
    answered_at = models.DateTimeField("répondu le", null=True)
    answered_by = models.CharField("signataire", max_length=120, blank=True)
    answer = models.JSONField("réponse", default=dict)
    order = models.OneToOneField(
        "billing.Order", on_delete=models.PROTECT, null=True, related_name="quote"
    )

    class Meta:
        """A number and version once; an order only once accepted."""

        constraints = [
            models.UniqueConstraint(fields=["company", "number", "version"], name="quote_number"),
            models.UniqueConstraint(
                fields=["token_sha256"], condition=~Q(token_sha256=""), name="quote_link"
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=True) | Q(status="accepted"), name="quote_order_accepted"
            ),
        ]
        indexes = [models.Index(fields=["company", "status"], name="quote_status")]

    def __str__(self) -> str:
        return self.number if self.version == 1 else f"{self.number} v{self.version}"


class QuoteLine(models.Model):
    """Ligne de devis; an option counts only once the customer has ticked it."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField("rang")
    is_option = models.BooleanField("option", default=False)
    is_chosen = models.BooleanField("retenue", default=True)
    item_code = models.CharField("code article", max_length=60, blank=True)
    name = models.CharField("désignation", max_length=200)
    description = models.TextField("description", blank=True)
    nature = models.CharField("nature", max_length=8, default="goods")
    quantity = AmountField("quantité", scale=6)
    unit_code = models.CharField("unité", max_length=3, default="C62")
    unit_price = AmountField("prix unitaire HT", scale=6)
    discount_percent = AmountField("remise (%)", scale=6, default=0)
    vat_rate = AmountField("taux de TVA", scale=6, null=True)
    exemption = models.CharField("exonération", max_length=30, blank=True)
    exemption_article = models.CharField("article d'exonération", max_length=60, blank=True)

    class Meta:
        """Ordered."""

        constraints = [
            models.UniqueConstraint(fields=["quote", "position"], name="quote_line_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_quantity"),
        ]
