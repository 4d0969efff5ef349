import django.db.models.deletion
import django.db.models.functions.text
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Party",
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
                        ("code", models.CharField(max_length=40, verbose_name="code")),
                        (
                            "name",
                            models.CharField(
                                max_length=200, verbose_name="nom ou raison sociale (BT-44)"
                            ),
                        ),
                        (
                            "category",
                            models.CharField(
                                choices=[
                                    ("professional", "entreprise"),
                                    ("consumer", "particulier"),
                                    ("public", "acheteur public"),
                                ],
                                max_length=12,
                                verbose_name="catégorie",
                            ),
                        ),
                        ("is_customer", models.BooleanField(default=True, verbose_name="client")),
                        (
                            "is_supplier",
                            models.BooleanField(default=False, verbose_name="fournisseur"),
                        ),
                        (
                            "legal_form",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="forme juridique"
                            ),
                        ),
                        (
                            "siren",
                            models.CharField(
                                blank=True, max_length=9, verbose_name="SIREN (BT-47)"
                            ),
                        ),
                        (
                            "siret",
                            models.CharField(
                                blank=True, max_length=14, verbose_name="SIRET (BT-46)"
                            ),
                        ),
                        (
                            "vat_id",
                            models.CharField(
                                blank=True, max_length=20, verbose_name="n° de TVA (BT-48)"
                            ),
                        ),
                        (
                            "language",
                            models.CharField(default="fr", max_length=2, verbose_name="langue"),
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
                            "territory",
                            models.CharField(
                                blank=True, max_length=12, verbose_name="territoire de TVA"
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
                        (
                            "payment_terms",
                            models.CharField(
                                max_length=200, verbose_name="conditions de règlement (BT-20)"
                            ),
                        ),
                        (
                            "order_reference_required",
                            models.BooleanField(
                                default=False, verbose_name="bon de commande exigé (BT-13)"
                            ),
                        ),
                        (
                            "vat_exemption",
                            models.CharField(
                                blank=True, max_length=30, verbose_name="exonération habituelle"
                            ),
                        ),
                        ("search_words", models.TextField(verbose_name="mots de recherche")),
                        ("created_at", models.DateTimeField(verbose_name="créé le")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="clos le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "name"], name="party_name"),
                            models.Index(fields=["company", "siren"], name="party_siren"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "code"), name="party_code_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("category", "consumer"), _negated=True),
                                    models.Q(("siren", ""), ("siret", ""), ("vat_id", "")),
                                    _connector="OR",
                                ),
                                name="party_consumer_has_no_siren",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_customer", True), ("is_supplier", True), _connector="OR"
                                ),
                                name="party_has_a_role",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into__isnull", True),
                                    ("closed_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="party_merged_is_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
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
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("billing", "facturation"),
                                    ("reminders", "relances"),
                                    ("disputes", "litiges"),
                                    ("platform", "plateforme"),
                                    ("general", "général"),
                                ],
                                max_length=10,
                                verbose_name="objet",
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=120, verbose_name="nom")),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="courriel"),
                        ),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=30, verbose_name="téléphone"),
                        ),
                        (
                            "bounced_at",
                            models.DateTimeField(null=True, verbose_name="courriel revenu le"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="actif")),
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
                                related_name="contacts",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                models.F("company"),
                                django.db.models.functions.text.Lower("email"),
                                name="contact_email",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("party"),
                                models.F("purpose"),
                                django.db.models.functions.text.Lower("email"),
                                condition=models.Q(
                                    ("is_active", True), models.Q(("email", ""), _negated=True)
                                ),
                                name="contact_email_unique",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartyAddress",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("delivery", "livraison"),
                                    ("service", "exécution du service"),
                                    ("mail", "correspondance"),
                                ],
                                max_length=10,
                                verbose_name="genre",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="nom (BT-70)"
                            ),
                        ),
                        (
                            "address_line",
                            models.CharField(max_length=200, verbose_name="adresse (BT-75)"),
                        ),
                        (
                            "address_extra",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="complément (BT-76)"
                            ),
                        ),
                        (
                            "postcode",
                            models.CharField(
                                blank=True, max_length=12, verbose_name="code postal (BT-78)"
                            ),
                        ),
                        ("city", models.CharField(max_length=80, verbose_name="ville (BT-77)")),
                        (
                            "country",
                            models.CharField(
                                default="FR", max_length=2, verbose_name="pays (BT-80)"
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="retirée le")),
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
                                related_name="addresses",
                                to="parties.party",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PartyBankAccount",
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
                        ("iban", models.CharField(max_length=34, verbose_name="IBAN")),
                        ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                        (
                            "holder",
                            models.CharField(blank=True, max_length=120, verbose_name="titulaire"),
                        ),
                        ("added_at", models.DateTimeField(verbose_name="ajouté le")),
                        ("added_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "confirmed_at",
                            models.DateTimeField(null=True, verbose_name="confirmé le"),
                        ),
                        (
                            "confirmed_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="confirmé par"
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
                                related_name="bank_accounts",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["company", "iban"],
                                name="bank_account_running",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("party", "iban"),
                                name="bank_account_once_a_party",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
