import django.db.models.deletion
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="DayRun",
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
                        ("on", models.DateField(verbose_name="jour")),
                        ("started_at", models.DateTimeField(verbose_name="commencée le")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="finie le")),
                        (
                            "policy_version",
                            models.PositiveIntegerField(
                                default=0, verbose_name="version des règles"
                            ),
                        ),
                        ("acted", models.PositiveIntegerField(default=0, verbose_name="faits")),
                        ("asked", models.PositiveIntegerField(default=0, verbose_name="demandés")),
                        ("refused", models.PositiveIntegerField(default=0, verbose_name="refusés")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["company", "on"], name="day_run_on")],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
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
                        ("on", models.DateField(verbose_name="jour")),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistrée le")),
                        (
                            "duty",
                            models.CharField(
                                choices=[
                                    ("take_orders", "Commandes reçues"),
                                    ("take_bank", "Relevés bancaires"),
                                    ("match", "Rapprochement des encaissements"),
                                    ("bill", "Facturation"),
                                    ("seal", "Fichiers et contrôle officiel"),
                                    ("send", "Envoi des factures"),
                                    ("remind", "Relances"),
                                ],
                                max_length=12,
                                verbose_name="tâche",
                            ),
                        ),
                        ("subject", models.CharField(max_length=80, verbose_name="objet")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("acted", "fait"),
                                    ("asked", "demandé"),
                                    ("refused", "refusé"),
                                ],
                                max_length=8,
                                verbose_name="issue",
                            ),
                        ),
                        ("act", models.CharField(max_length=200, verbose_name="acte")),
                        ("reasons", models.JSONField(default=list, verbose_name="raisons")),
                        (
                            "reversal",
                            models.CharField(
                                choices=[
                                    ("none", "rien à annuler"),
                                    ("internal", "annulable : retour exact à l'état précédent"),
                                    ("held", "retirable tant que ce n'est pas parti"),
                                    ("sent", "parti : un message rectificatif sera préparé"),
                                    (
                                        "legal",
                                        "légal : s'annule par un avoir, jamais par une suppression",
                                    ),
                                ],
                                max_length=8,
                                verbose_name="annulation",
                            ),
                        ),
                        ("facts", models.JSONField(default=dict, verbose_name="faits")),
                        ("fingerprint", models.CharField(max_length=64, verbose_name="empreinte")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="parties.party",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="assistant.dayrun",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "subject", "duty"], name="decision_subject"
                            ),
                            models.Index(fields=["company", "party"], name="decision_party"),
                            models.Index(fields=["company", "on"], name="decision_on"),
                        ],
                    },
                ),
            ],
        ),
    ]
