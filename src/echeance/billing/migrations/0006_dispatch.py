import django.db.models.deletion
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_payment_terms"),
        ("billing", "0005_document_forms"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="InvoiceDispatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("auto", "selon le client"),
                                    ("platform", "plateforme agréée"),
                                    ("chorus", "Chorus Pro"),
                                    ("mail", "courriel"),
                                    ("post", "courrier"),
                                    ("portal", "portail du client"),
                                    ("none", "aucun envoi"),
                                ],
                                max_length=10,
                                verbose_name="canal",
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(verbose_name="rang")),
                        ("why", models.CharField(max_length=200, verbose_name="raison")),
                        ("decided_at", models.DateTimeField(verbose_name="décidé le")),
                        ("decided_by", models.CharField(max_length=120, verbose_name="par")),
                        ("failed_at", models.DateTimeField(null=True, verbose_name="échoué le")),
                        (
                            "failure",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="cause de l'échec"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dispatches",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "failed_at"], name="dispatch_running")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "channel"), name="dispatch_channel_once"
                            ),
                            models.UniqueConstraint(
                                fields=("invoice", "rank"), name="dispatch_rank_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("failed_at__isnull", True), ("failure", "")),
                                    models.Q(
                                        ("failed_at__isnull", False),
                                        models.Q(("failure", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="dispatch_failure_says_why",
                            ),
                        ],
                    },
                )
            ],
        ),
        migrations.AddField(
            model_name="invoice",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("auto", "selon le client"),
                    ("platform", "plateforme agréée"),
                    ("chorus", "Chorus Pro"),
                    ("mail", "courriel"),
                    ("post", "courrier"),
                    ("portal", "portail du client"),
                    ("none", "aucun envoi"),
                ],
                max_length=10,
                verbose_name="canal de ce document",
            ),
        ),
    ]
