"""Catalogue: articles, price lists, rates of exchange and indices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from echeance.base.fields import AmountField


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
    eco_contribution = AmountField("éco-contribution unitaire HT", scale=6, null=True)
    eco_label = models.CharField("nature de l'éco-contribution", max_length=60, blank=True)
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


class PriceList(models.Model):
    """Tarif: prices agreed with the customers whose billing rule names it."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    code = models.CharField("code", max_length=40)
    name = models.CharField("nom", max_length=120)
    currency = models.CharField("devise", max_length=3, default="EUR")
    closed_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        """One code, one list."""

        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="price_list_code"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceBreak(models.Model):
    """Prix of an article in a list, from a quantity and a day on."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="breaks")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="breaks")
    min_quantity = AmountField("à partir de", scale=6, default=0)
    unit_price = AmountField("prix unitaire HT", scale=6)
    discount_percent = AmountField("remise (%)", scale=6, default=0)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True)

    class Meta:
        """One price a quantity and first day."""

        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "item", "min_quantity", "starts_on"], name="price_break_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="price_break_ordered",
            ),
        ]


class ExchangeRate(models.Model):
    """Cours of a currency: how much of it one euro buys, on a day. Rows are added."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    currency = models.CharField("devise", max_length=3)
    on = models.DateField("jour")
    rate = AmountField("pour un euro", scale=6)
    source = models.CharField("source", max_length=60)
    added_at = models.DateTimeField("ajouté le")
    added_by = models.CharField("par", max_length=120)

    class Meta:
        """One rate a day."""

        constraints = [
            models.UniqueConstraint(fields=["company", "currency", "on"], name="rate_of_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        ]


class PriceIndex(models.Model):
    """Indice of revision (Syntec, ICC, ILC…)."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    code = models.CharField("code", max_length=40)
    name = models.CharField("nom", max_length=120)

    class Meta:
        """One code."""

        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="price_index_code"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceIndexValue(models.Model):
    """Valeur of an index for a month or a quarter, named by its first day. Rows are added."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    index = models.ForeignKey(PriceIndex, on_delete=models.PROTECT, related_name="values")
    period = models.DateField("période")
    value = AmountField("valeur", scale=6)
    published_on = models.DateField("publiée le")

    class Meta:
        """One value a period."""

        constraints = [
            models.UniqueConstraint(fields=["index", "period"], name="price_index_period"),
        ]
