# The messages of e-reporting.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0002_search"),
        ("base", "0002_payment_terms"),
        ("billing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SalesReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("transactions", "transactions"), ("payments", "paiements")],
                        max_length=12,
                        verbose_name="genre",
                    ),
                ),
                ("first_day", models.DateField(verbose_name="premier jour")),
                ("last_day", models.DateField(verbose_name="dernier jour")),
                ("due_on", models.DateField(verbose_name="dernier jour pour transmettre")),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("number", models.CharField(max_length=50, verbose_name="identifiant (TT-1)")),
                ("left_out", models.JSONField(default=list, verbose_name="laissés de côté")),
                ("prepared_at", models.DateTimeField(verbose_name="préparé le")),
                ("prepared_by", models.CharField(max_length=120, verbose_name="par")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="base.company"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="archive.storedfile",
                    ),
                ),
                (
                    "stands_in_for",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="billing.salesreport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "number"), name="report_number_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "kind", "first_day", "rank"), name="report_rank_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rank", 1), ("stands_in_for__isnull", True)),
                            models.Q(("rank__gt", 1), ("stands_in_for__isnull", False)),
                            _connector="OR",
                        ),
                        name="report_corrects_iff_not_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="report_days_ordered",
                    ),
                ],
            },
        ),
    ]
