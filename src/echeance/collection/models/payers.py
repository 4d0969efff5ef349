"""How customers pay, reckoned from what they did; never typed."""

from __future__ import annotations

from django.db import models

from echeance.base.fields import AmountField


class PayerProfile(models.Model):
    """Profil payeur of a customer, as of a day; reckoned again each day from the ledger."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT)
    computed_on = models.DateField("calculé le")
    paid_count = models.PositiveIntegerField("échéances payées")
    paid_amount = AmountField("montant payé")
    weighted_days_late = AmountField("retard moyen pondéré", scale=1)
    median_days_late = models.SmallIntegerField("retard médian")
    usual_spread_days = models.PositiveSmallIntegerField("écart habituel", default=0)
    trend_days = AmountField("tendance", scale=1)
    promises_judged = models.PositiveIntegerField("promesses jugées", default=0)
    promises_kept = models.PositiveIntegerField("promesses tenues", default=0)
    disputed_count = models.PositiveIntegerField("échéances contestées", default=0)
    disputed_amount = AmountField("montant contesté", default=0)
    grade = models.CharField("profil", max_length=12)

    class Meta:
        """Read by company."""

        indexes = [
            models.Index(fields=["company", "grade"], name="payer_profile_grade"),
        ]


class PaymentPrediction(models.Model):
    """Date de paiement attendue of an open item, with its bounds and how it was reckoned."""

    company = models.ForeignKey("base.Company", on_delete=models.PROTECT)
    open_item = models.OneToOneField("ledger.OpenItem", on_delete=models.PROTECT)
    computed_on = models.DateField("calculée le")
    expected_on = models.DateField("attendu le")
    early_on = models.DateField("au plus tôt")
    late_on = models.DateField("au plus tard")
    method = models.CharField("méthode", max_length=12)

    class Meta:
        """Read by day."""

        indexes = [
            models.Index(fields=["company", "expected_on"], name="payment_prediction_day"),
        ]
