import django.db.models.deletion
import echeance.base.fields
import echeance.base.schema
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="User",
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
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "email",
                            models.EmailField(max_length=254, unique=True, verbose_name="courriel"),
                        ),
                        ("full_name", models.CharField(max_length=120, verbose_name="nom")),
                        (
                            "language",
                            models.CharField(default="fr", max_length=5, verbose_name="langue"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="actif")),
                        ("created_at", models.DateTimeField(verbose_name="créé le")),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Company",
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
                            "name",
                            models.CharField(max_length=200, verbose_name="raison sociale (BT-27)"),
                        ),
                        (
                            "legal_form",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="forme juridique"
                            ),
                        ),
                        (
                            "share_capital",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="capital social"
                            ),
                        ),
                        (
                            "siren",
                            models.CharField(
                                max_length=9, unique=True, verbose_name="SIREN (BT-30)"
                            ),
                        ),
                        (
                            "siret",
                            models.CharField(
                                blank=True, max_length=14, verbose_name="SIRET du siège"
                            ),
                        ),
                        (
                            "vat_id",
                            models.CharField(
                                blank=True, max_length=20, verbose_name="n° de TVA (BT-31)"
                            ),
                        ),
                        (
                            "rcs_city",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="ville du RCS"
                            ),
                        ),
                        (
                            "address_line",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="adresse (BT-35)"
                            ),
                        ),
                        (
                            "address_extra",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="complément (BT-36)"
                            ),
                        ),
                        (
                            "postcode",
                            models.CharField(
                                blank=True, max_length=12, verbose_name="code postal (BT-38)"
                            ),
                        ),
                        (
                            "city",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="ville (BT-37)"
                            ),
                        ),
                        (
                            "country",
                            models.CharField(
                                default="FR", max_length=2, verbose_name="pays (BT-40)"
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="courriel"),
                        ),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=30, verbose_name="téléphone"),
                        ),
                        (
                            "electronic_address",
                            models.CharField(
                                blank=True,
                                max_length=125,
                                verbose_name="adresse de facturation électronique (BT-34, schéma 0225)",
                            ),
                        ),
                        (
                            "vat_regime",
                            models.CharField(
                                choices=[
                                    ("monthly", "réel normal, mensuel"),
                                    ("quarterly", "réel normal, trimestriel"),
                                    ("franchise", "franchise en base (art. 293 B du CGI)"),
                                ],
                                default="monthly",
                                max_length=12,
                                verbose_name="régime de TVA",
                            ),
                        ),
                        (
                            "vat_on_debits_since",
                            models.DateField(
                                null=True, verbose_name="option TVA d'après les débits depuis"
                            ),
                        ),
                        (
                            "size",
                            models.CharField(
                                choices=[
                                    ("large", "grande entreprise ou ETI"),
                                    ("small", "PME ou microentreprise"),
                                ],
                                default="small",
                                max_length=8,
                                verbose_name="taille",
                            ),
                        ),
                        (
                            "is_practice",
                            models.BooleanField(
                                default=False, verbose_name="société d'entraînement"
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="créée le")),
                    ],
                ),
                migrations.CreateModel(
                    name="ApiToken",
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
                        ("name", models.CharField(max_length=80, verbose_name="nom")),
                        (
                            "sha256",
                            models.CharField(max_length=64, unique=True, verbose_name="empreinte"),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="créé le")),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="révoqué le")),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Counter",
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
                        ("name", models.CharField(max_length=60, verbose_name="nom")),
                        ("last", models.PositiveBigIntegerField(default=0, verbose_name="dernier")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "name"), name="counter_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotentRequest",
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
                        ("key", models.CharField(max_length=120, verbose_name="clé")),
                        (
                            "request_sha256",
                            models.CharField(max_length=64, verbose_name="empreinte de la demande"),
                        ),
                        ("status", models.PositiveSmallIntegerField(verbose_name="statut HTTP")),
                        ("body", models.TextField(verbose_name="réponse")),
                        ("created_at", models.DateTimeField(verbose_name="reçue le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "key"), name="idempotency_key_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
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
                        ("path", models.CharField(max_length=200, verbose_name="tâche")),
                        ("kwargs", models.JSONField(default=dict, verbose_name="arguments")),
                        (
                            "queue",
                            models.CharField(default="default", max_length=32, verbose_name="file"),
                        ),
                        ("priority", models.SmallIntegerField(default=0, verbose_name="priorité")),
                        (
                            "key",
                            models.CharField(
                                max_length=200, null=True, unique=True, verbose_name="clé"
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("READY", "prête"),
                                    ("RUNNING", "en cours"),
                                    ("SUCCESSFUL", "faite"),
                                    ("FAILED", "en échec"),
                                ],
                                default="READY",
                                max_length=12,
                                verbose_name="état",
                            ),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(default=0, verbose_name="essais"),
                        ),
                        (
                            "max_attempts",
                            models.PositiveSmallIntegerField(
                                default=5, verbose_name="essais au plus"
                            ),
                        ),
                        ("run_after", models.DateTimeField(verbose_name="pas avant")),
                        (
                            "lease_until",
                            models.DateTimeField(null=True, verbose_name="bail jusqu'à"),
                        ),
                        (
                            "worker",
                            models.CharField(blank=True, max_length=80, verbose_name="exécutant"),
                        ),
                        ("enqueued_at", models.DateTimeField(verbose_name="déposée le")),
                        (
                            "started_at",
                            models.DateTimeField(null=True, verbose_name="commencée le"),
                        ),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="finie le")),
                        ("result", models.JSONField(null=True, verbose_name="résultat")),
                        ("errors", models.JSONField(default=list, verbose_name="erreurs")),
                        (
                            "company",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "READY")),
                                fields=["queue", "-priority", "run_after"],
                                name="job_ready",
                            ),
                            models.Index(
                                condition=models.Q(("status", "RUNNING")),
                                fields=["lease_until"],
                                name="job_leased",
                            ),
                            models.Index(fields=["finished_at"], name="job_finished"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JournalEvent",
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
                        ("at", models.DateTimeField(verbose_name="instant")),
                        ("actor", models.CharField(max_length=120, verbose_name="auteur")),
                        ("action", models.CharField(max_length=80, verbose_name="action")),
                        ("subject", models.CharField(max_length=80, verbose_name="objet")),
                        ("facts", models.JSONField(default=dict, verbose_name="faits")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "subject"], name="journal_subject"),
                            models.Index(fields=["company", "at"], name="journal_at"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                            "role",
                            models.CharField(
                                choices=[
                                    ("assistant", "Assistant facturation"),
                                    ("manager", "Responsable facturation"),
                                    ("accountant", "Comptable"),
                                    ("treasurer", "Trésorier"),
                                    ("operations", "Exploitation"),
                                    ("auditor", "Auditeur"),
                                    ("administrator", "Administrateur"),
                                ],
                                max_length=14,
                                verbose_name="rôle",
                            ),
                        ),
                        ("started_at", models.DateTimeField(verbose_name="depuis")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="jusqu'à")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="base.company",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("company", "user"),
                                name="membership_one_running",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        [
                                            "assistant",
                                            "manager",
                                            "accountant",
                                            "treasurer",
                                            "operations",
                                            "auditor",
                                            "administrator",
                                        ],
                                    )
                                ),
                                name="membership_role_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyVersion",
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
                        ("number", models.PositiveIntegerField(verbose_name="version")),
                        ("document", models.JSONField(default=dict, verbose_name="règles")),
                        ("saved_at", models.DateTimeField(verbose_name="enregistrée le")),
                        ("saved_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="policies",
                                to="base.company",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="policy_version_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkItem",
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
                        ("key", models.CharField(max_length=120, verbose_name="affaire")),
                        ("kind", models.CharField(max_length=40, verbose_name="genre")),
                        ("subject", models.CharField(max_length=80, verbose_name="objet")),
                        ("title", models.CharField(max_length=300, verbose_name="question")),
                        ("evidence", models.JSONField(default=dict, verbose_name="éléments")),
                        (
                            "answers",
                            models.JSONField(default=list, verbose_name="réponses proposées"),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="montant en jeu"
                            ),
                        ),
                        ("due_date", models.DateField(null=True, verbose_name="à traiter avant")),
                        ("opened_at", models.DateTimeField(verbose_name="ouverte le")),
                        ("opened_by", models.CharField(max_length=120, verbose_name="par")),
                        ("snoozed_until", models.DateField(null=True, verbose_name="reportée au")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="close le")),
                        (
                            "closed_by",
                            models.CharField(blank=True, max_length=120, verbose_name="close par"),
                        ),
                        (
                            "answer",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="réponse donnée"
                            ),
                        ),
                        (
                            "assigned_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="work_items",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("closed_at__isnull", True)),
                                fields=["company", "kind"],
                                name="work_item_open",
                            ),
                            models.Index(fields=["company", "subject"], name="work_item_subject"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("closed_at__isnull", True)),
                                fields=("company", "key"),
                                name="work_item_one_open",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
