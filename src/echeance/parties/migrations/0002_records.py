import django.db.models.deletion
import echeance.base.fields
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_payment_terms"),
        ("parties", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="BuyerService",
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
                            "code",
                            models.CharField(max_length=100, verbose_name="code service (BT-10)"),
                        ),
                        ("name", models.CharField(blank=True, max_length=200, verbose_name="nom")),
                        (
                            "engagement_required",
                            models.BooleanField(
                                default=False, verbose_name="numéro d'engagement exigé (BT-13)"
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="retiré le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="services",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("party", "code"),
                                name="buyer_service_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Establishment",
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
                        ("siret", models.CharField(max_length=14, verbose_name="SIRET (BT-46)")),
                        (
                            "name",
                            models.CharField(blank=True, max_length=200, verbose_name="enseigne"),
                        ),
                        (
                            "is_head_office",
                            models.BooleanField(default=False, verbose_name="siège"),
                        ),
                        (
                            "address_line",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="adresse (BT-50)"
                            ),
                        ),
                        (
                            "address_extra",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="complément (BT-51)"
                            ),
                        ),
                        (
                            "postcode",
                            models.CharField(
                                blank=True, max_length=12, verbose_name="code postal (BT-53)"
                            ),
                        ),
                        (
                            "city",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="ville (BT-52)"
                            ),
                        ),
                        (
                            "country",
                            models.CharField(
                                default="FR", max_length=2, verbose_name="pays (BT-55)"
                            ),
                        ),
                        (
                            "electronic_address",
                            models.CharField(
                                blank=True,
                                max_length=259,
                                verbose_name="adresse de facturation électronique (BT-49)",
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="retiré le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="establishments",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "siret"], name="establishment_siret")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("party", "siret"),
                                name="establishment_once_a_party",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("ended_at__isnull", True), ("is_head_office", True)
                                ),
                                fields=("party",),
                                name="establishment_one_head_office",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartyMerge",
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
                            "moved",
                            models.JSONField(default=dict, verbose_name="ce qui a été déplacé"),
                        ),
                        ("merged_at", models.DateTimeField(verbose_name="fusionné le")),
                        ("merged_by", models.CharField(max_length=120, verbose_name="par")),
                        ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                        (
                            "undone_by",
                            models.CharField(blank=True, max_length=120, verbose_name="annulé par"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "gone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="parties.party",
                            ),
                        ),
                        (
                            "stays",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="absorptions",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at__isnull", True)),
                                fields=("gone",),
                                name="merge_in_force",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("gone", models.F("stays")), _negated=True),
                                name="merge_of_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QualityDismissal",
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
                        ("code", models.CharField(max_length=40, verbose_name="anomalie")),
                        (
                            "value",
                            models.CharField(blank=True, max_length=200, verbose_name="valeur"),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                        ("until", models.DateField(null=True, verbose_name="jusqu'au")),
                        ("dismissed_at", models.DateTimeField(verbose_name="écartée le")),
                        ("dismissed_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "withdrawn_at",
                            models.DateTimeField(null=True, verbose_name="reprise le"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dismissals",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at__isnull", True)),
                                fields=("party", "code", "value"),
                                name="quality_dismissed_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegistryCheck",
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
                            "register",
                            models.CharField(
                                choices=[
                                    ("sirene", "répertoire SIRENE"),
                                    ("vies", "VIES"),
                                    ("directory", "annuaire des plateformes"),
                                ],
                                max_length=10,
                                verbose_name="registre",
                            ),
                        ),
                        (
                            "asked",
                            models.CharField(max_length=40, verbose_name="identifiant demandé"),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("found", "trouvé"),
                                    ("closed", "cessé"),
                                    ("unknown", "inconnu"),
                                    ("unavailable", "pas de réponse"),
                                ],
                                max_length=12,
                                verbose_name="réponse",
                            ),
                        ),
                        ("facts", models.JSONField(default=dict, verbose_name="données reçues")),
                        (
                            "reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="numéro de consultation"
                            ),
                        ),
                        ("checked_at", models.DateTimeField(verbose_name="consulté le")),
                        ("checked_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="registry_checks",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["party", "register", "-checked_at"], name="registry_last"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SepaMandate",
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
                            "reference",
                            models.CharField(
                                max_length=35, verbose_name="référence unique du mandat (BT-89)"
                            ),
                        ),
                        (
                            "scheme",
                            models.CharField(
                                choices=[("core", "SEPA Core"), ("b2b", "SEPA interentreprises")],
                                default="core",
                                max_length=4,
                                verbose_name="schéma",
                            ),
                        ),
                        (
                            "sequence",
                            models.CharField(
                                choices=[("recurrent", "récurrent"), ("one_off", "ponctuel")],
                                default="recurrent",
                                max_length=10,
                                verbose_name="type",
                            ),
                        ),
                        (
                            "creditor_id",
                            models.CharField(
                                max_length=35, verbose_name="identifiant créancier SEPA (BT-90)"
                            ),
                        ),
                        ("signed_on", models.DateField(verbose_name="signé le")),
                        ("added_at", models.DateTimeField(verbose_name="ajouté le")),
                        ("added_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "last_used_on",
                            models.DateField(null=True, verbose_name="dernier prélèvement le"),
                        ),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="révoqué le")),
                        (
                            "revoked_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="révoqué par"
                            ),
                        ),
                        (
                            "revoked_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                        (
                            "bank_account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mandates",
                                to="parties.partybankaccount",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mandates",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "reference"), name="mandate_reference"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="party",
            name="credit_limit",
            field=echeance.base.fields.AmountField(
                null=True, scale=2, verbose_name="encours autorisé"
            ),
        ),
        migrations.AddField(
            model_name="party",
            name="erased_at",
            field=models.DateTimeField(null=True, verbose_name="données personnelles effacées le"),
        ),
        migrations.AddField(
            model_name="party",
            name="on_hold_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="motif du blocage"),
        ),
        migrations.AddField(
            model_name="party",
            name="on_hold_since",
            field=models.DateTimeField(null=True, verbose_name="bloqué depuis"),
        ),
        migrations.AddField(
            model_name="party",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subsidiaries",
                to="parties.party",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True),
                    models.Q(("parent", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="party_not_its_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credit_limit__isnull", True), ("credit_limit__gte", 0), _connector="OR"
                ),
                name="party_credit_limit_positive",
            ),
        ),
    ]
