# The statuses of the life cycle, in and out.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0002_search"),
        ("base", "0002_payment_terms"),
        ("transmission", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LifecycleStatus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("in", "reçu"), ("out", "émis")], max_length=3, verbose_name="sens"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("seller", "vendeur"), ("buyer", "acheteur")],
                        max_length=6,
                        verbose_name="rôle de la société",
                    ),
                ),
                ("document_ref", models.CharField(max_length=80, verbose_name="numéro (MDT-87)")),
                (
                    "document_type",
                    models.CharField(blank=True, max_length=3, verbose_name="type (MDT-91)"),
                ),
                (
                    "document_date",
                    models.DateField(null=True, verbose_name="date du document (MDT-100)"),
                ),
                (
                    "counterparty_siren",
                    models.CharField(
                        blank=True, max_length=9, verbose_name="SIREN de l'autre partie"
                    ),
                ),
                (
                    "counterparty_address",
                    models.CharField(
                        blank=True, max_length=125, verbose_name="son adresse (MDT-73)"
                    ),
                ),
                ("code", models.PositiveSmallIntegerField(verbose_name="statut (MDT-105)")),
                (
                    "issuer",
                    models.CharField(
                        choices=[
                            ("seller", "le vendeur"),
                            ("buyer", "l'acheteur"),
                            ("factor", "l'affactureur"),
                            ("sending_platform", "la plateforme du vendeur"),
                            ("receiving_platform", "la plateforme de l'acheteur"),
                            ("portal", "le portail public"),
                        ],
                        max_length=18,
                        verbose_name="donné par",
                    ),
                ),
                ("public", models.BooleanField(default=False, verbose_name="de Chorus Pro")),
                ("status_at", models.DateTimeField(verbose_name="horodatage du statut (MDT-78)")),
                ("reasons", models.JSONField(default=list, verbose_name="motifs (MDG-37)")),
                (
                    "amounts",
                    models.JSONField(default=list, verbose_name="montants par taux (MDG-43)"),
                ),
                ("source", models.CharField(max_length=120, verbose_name="provenance")),
                (
                    "sequence",
                    models.PositiveIntegerField(default=0, verbose_name="rang dans la provenance"),
                ),
                ("anomaly", models.TextField(blank=True, verbose_name="incohérence")),
                ("recorded_at", models.DateTimeField(verbose_name="enregistré le")),
                ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="base.company"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="archive.storedfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "document_ref"], name="lifecycle_document"),
                    models.Index(fields=["company", "direction", "id"], name="lifecycle_cursor"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "source", "sequence"), name="lifecycle_status_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__gte", 100), ("code__lte", 999)),
                        name="lifecycle_code_of_three",
                    ),
                ],
            },
        ),
    ]
