"""E-reporting."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from echeance.core.reporting.model import ReportKind


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
