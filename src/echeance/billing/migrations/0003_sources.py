import django.db.models.deletion
import echeance.base.fields
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0003_file_links"),
        ("base", "0002_payment_terms"),
        ("billing", "0002_sales_report"),
        ("ledger", "0001_initial"),
        ("parties", "0002_records"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Accrual",
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
                                    ("to_invoice", "factures à établir"),
                                    ("to_credit", "avoirs à établir"),
                                ],
                                max_length=10,
                                verbose_name="genre",
                            ),
                        ),
                        ("closing", models.DateField(verbose_name="arrêté au")),
                        (
                            "net_total",
                            echeance.base.fields.AmountField(scale=2, verbose_name="total HT"),
                        ),
                        (
                            "vat_total",
                            echeance.base.fields.AmountField(scale=2, verbose_name="total TVA"),
                        ),
                        ("lines", models.JSONField(default=list, verbose_name="détail")),
                        ("posted_at", models.DateTimeField(verbose_name="passée le")),
                        ("posted_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "entry",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.journalentry",
                            ),
                        ),
                        (
                            "reversal",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("reversal__isnull", True)),
                                fields=("company", "kind", "closing"),
                                name="accrual_in_force",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriceList",
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
                        ("name", models.CharField(max_length=120, verbose_name="nom")),
                        (
                            "currency",
                            models.CharField(default="EUR", max_length=3, verbose_name="devise"),
                        ),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="retiré le")),
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
                                fields=("company", "code"), name="price_list_code"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BillingRule",
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
                            "grouping",
                            models.CharField(
                                choices=[
                                    ("order", "une facture par commande"),
                                    ("delivery", "une facture par livraison"),
                                    ("monthly", "une facture récapitulative par mois"),
                                ],
                                default="order",
                                max_length=10,
                                verbose_name="regroupement",
                            ),
                        ),
                        (
                            "by_order_reference",
                            models.BooleanField(
                                default=True, verbose_name="jamais deux bons de commande ensemble"
                            ),
                        ),
                        (
                            "calendar",
                            models.CharField(
                                choices=[
                                    ("at_once", "dès que possible"),
                                    ("weekly", "chaque semaine"),
                                    ("monthly", "chaque mois"),
                                ],
                                default="at_once",
                                max_length=10,
                                verbose_name="calendrier",
                            ),
                        ),
                        (
                            "calendar_day",
                            models.PositiveSmallIntegerField(default=0, verbose_name="jour"),
                        ),
                        (
                            "discount_percent",
                            echeance.base.fields.AmountField(
                                default=0, scale=6, verbose_name="remise habituelle (%)"
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(default="EUR", max_length=3, verbose_name="devise"),
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
                                default="auto",
                                max_length=10,
                                verbose_name="canal",
                            ),
                        ),
                        (
                            "second_channel",
                            models.CharField(
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
                                verbose_name="canal de secours",
                            ),
                        ),
                        (
                            "portal",
                            models.CharField(blank=True, max_length=60, verbose_name="portail"),
                        ),
                        (
                            "joined_pieces",
                            models.JSONField(default=list, verbose_name="pièces à joindre"),
                        ),
                        (
                            "usual_amount_checked",
                            models.BooleanField(
                                default=True, verbose_name="surveiller les montants inhabituels"
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="billing_rule",
                                to="parties.party",
                            ),
                        ),
                        (
                            "series",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.invoiceseries",
                            ),
                        ),
                        (
                            "price_list",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.pricelist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("calendar", "at_once"),
                                    models.Q(
                                        ("calendar", "weekly"),
                                        ("calendar_day__gte", 1),
                                        ("calendar_day__lte", 7),
                                    ),
                                    models.Q(("calendar", "monthly"), ("calendar_day__lte", 31)),
                                    _connector="OR",
                                ),
                                name="billing_rule_day",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Confirmation",
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
                        ("code", models.CharField(max_length=60, verbose_name="règle")),
                        (
                            "place",
                            models.CharField(blank=True, max_length=60, verbose_name="endroit"),
                        ),
                        ("message", models.TextField(verbose_name="ce qui était dit")),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                        ("confirmed_at", models.DateTimeField(verbose_name="confirmée le")),
                        ("confirmed_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "withdrawn_at",
                            models.DateTimeField(null=True, verbose_name="retirée le"),
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="confirmations",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at__isnull", True)),
                                fields=("invoice", "code", "place"),
                                name="confirmation_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contract",
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
                        ("number", models.CharField(max_length=60, verbose_name="numéro (BT-12)")),
                        ("name", models.CharField(max_length=200, verbose_name="objet")),
                        ("starts_on", models.DateField(verbose_name="premier jour")),
                        ("ends_on", models.DateField(null=True, verbose_name="dernier jour")),
                        (
                            "step",
                            models.CharField(
                                choices=[
                                    ("month", "mois"),
                                    ("quarter", "trimestre"),
                                    ("half_year", "semestre"),
                                    ("year", "année"),
                                ],
                                default="month",
                                max_length=10,
                                verbose_name="période",
                            ),
                        ),
                        (
                            "timing",
                            models.CharField(
                                choices=[("advance", "terme à échoir"), ("arrears", "terme échu")],
                                default="advance",
                                max_length=8,
                                verbose_name="terme",
                            ),
                        ),
                        (
                            "calendar",
                            models.BooleanField(default=False, verbose_name="périodes civiles"),
                        ),
                        (
                            "proration",
                            models.CharField(
                                choices=[("days", "en jours"), ("thirtieths", "en trentièmes")],
                                default="days",
                                max_length=10,
                                verbose_name="prorata",
                            ),
                        ),
                        (
                            "order_reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="bon de commande (BT-13)"
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(default="EUR", max_length=3, verbose_name="devise"),
                        ),
                        (
                            "payment_terms",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="conditions de règlement"
                            ),
                        ),
                        (
                            "formula",
                            models.JSONField(null=True, verbose_name="formule de révision"),
                        ),
                        (
                            "revised_every_months",
                            models.PositiveSmallIntegerField(
                                default=12, verbose_name="révisé tous les (mois)"
                            ),
                        ),
                        (
                            "terminated_at",
                            models.DateTimeField(null=True, verbose_name="résilié le"),
                        ),
                        (
                            "terminated_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="motif de résiliation"
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="créé le")),
                        ("created_by", models.CharField(max_length=120, verbose_name="par")),
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
                                related_name="contracts",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "party"], name="contract_party")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="contract_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="contract_ordered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContractLine",
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
                        ("position", models.PositiveIntegerField(verbose_name="rang")),
                        (
                            "name",
                            models.CharField(max_length=200, verbose_name="désignation (BT-153)"),
                        ),
                        (
                            "description",
                            models.TextField(blank=True, verbose_name="description (BT-154)"),
                        ),
                        (
                            "nature",
                            models.CharField(
                                default="services", max_length=8, verbose_name="nature"
                            ),
                        ),
                        (
                            "quantity",
                            echeance.base.fields.AmountField(
                                default=1, scale=6, verbose_name="quantité"
                            ),
                        ),
                        (
                            "unit_code",
                            models.CharField(default="C62", max_length=3, verbose_name="unité"),
                        ),
                        (
                            "unit_price",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="prix d'une période HT"
                            ),
                        ),
                        (
                            "discount_percent",
                            echeance.base.fields.AmountField(
                                default=0, scale=6, verbose_name="remise (%)"
                            ),
                        ),
                        (
                            "vat_rate",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="taux de TVA"
                            ),
                        ),
                        (
                            "exemption",
                            models.CharField(blank=True, max_length=30, verbose_name="exonération"),
                        ),
                        (
                            "exemption_article",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="article d'exonération"
                            ),
                        ),
                        (
                            "revenue_account",
                            models.CharField(
                                blank=True, max_length=12, verbose_name="compte de produit"
                            ),
                        ),
                        (
                            "is_revised",
                            models.BooleanField(default=True, verbose_name="révisée par l'indice"),
                        ),
                        ("starts_on", models.DateField(null=True, verbose_name="du")),
                        ("ends_on", models.DateField(null=True, verbose_name="au")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="billing.contract",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.item",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("contract", "position"), name="contract_line_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContractPeriod",
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
                        ("starts_on", models.DateField(verbose_name="premier jour")),
                        ("ends_on", models.DateField(verbose_name="dernier jour")),
                        (
                            "revision",
                            models.JSONField(null=True, verbose_name="révision appliquée"),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="préparée le")),
                        (
                            "waived_at",
                            models.DateTimeField(null=True, verbose_name="non facturée le"),
                        ),
                        (
                            "waived_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="periods",
                                to="billing.contract",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="contract_periods",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("contract", "starts_on"), name="contract_period_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="contract_period_ordered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreditApproval",
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
                            "net_total",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="total HT accordé"
                            ),
                        ),
                        ("approved_at", models.DateTimeField(verbose_name="accordé le")),
                        ("approved_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "invoice",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="approval",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CreditUse",
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
                            "use",
                            models.CharField(
                                choices=[
                                    ("refund", "remboursement"),
                                    ("deduction", "déduction"),
                                    ("later", "à valoir"),
                                ],
                                max_length=10,
                                verbose_name="emploi",
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        ("decided_at", models.DateTimeField(verbose_name="décidé le")),
                        ("decided_by", models.CharField(max_length=120, verbose_name="par")),
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
                            "credit_note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="uses",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="credit_use_amount"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("target__isnull", False), ("use", "deduction")),
                                    models.Q(
                                        models.Q(("use", "deduction"), _negated=True),
                                        ("target__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="credit_use_target",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
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
                            "number",
                            models.CharField(
                                max_length=60, verbose_name="bon de livraison (BT-16)"
                            ),
                        ),
                        ("delivered_on", models.DateField(verbose_name="livrée le (BT-72)")),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistrée le")),
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
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="deliveries",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="billing.order",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("invoice__isnull", True)),
                                fields=["company", "delivered_on"],
                                name="delivery_left_to_bill",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="delivery_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeliveryLine",
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
                            "quantity",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="quantité livrée"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="billing.delivery",
                            ),
                        ),
                        (
                            "order_line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delivered",
                                to="billing.orderline",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("delivery", "order_line"), name="delivery_line_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)),
                                name="delivery_line_quantity",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Market",
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
                        ("number", models.CharField(max_length=60, verbose_name="numéro (BT-11)")),
                        ("name", models.CharField(max_length=200, verbose_name="objet")),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("progress", "situations de travaux"),
                                    ("milestones", "jalons"),
                                ],
                                default="progress",
                                max_length=10,
                                verbose_name="mode",
                            ),
                        ),
                        (
                            "order_reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="bon de commande (BT-13)"
                            ),
                        ),
                        ("signed_on", models.DateField(verbose_name="signé le")),
                        (
                            "retention_percent",
                            echeance.base.fields.AmountField(
                                default=0, scale=6, verbose_name="retenue de garantie (%)"
                            ),
                        ),
                        (
                            "has_retention_bond",
                            models.BooleanField(
                                default=False, verbose_name="caution à la place de la retenue"
                            ),
                        ),
                        ("accepted_on", models.DateField(null=True, verbose_name="réception le")),
                        (
                            "frame",
                            models.CharField(
                                blank=True, max_length=3, verbose_name="cadre (BT-23)"
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="soldé le")),
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
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="market_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retention_percent__gte", 0), ("retention_percent__lte", 5)
                                ),
                                name="market_retention_legal",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deposit",
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
                        ("label", models.CharField(max_length=200, verbose_name="libellé")),
                        (
                            "percent",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="part (%)"
                            ),
                        ),
                        (
                            "net_amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant HT"),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="demandé le")),
                        ("created_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "cancelled_at",
                            models.DateTimeField(null=True, verbose_name="abandonné le"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "invoice",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="deposit_of",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deposits",
                                to="billing.order",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                        (
                            "market",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deposits",
                                to="billing.market",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("market__isnull", True), ("order__isnull", False)),
                                    models.Q(("market__isnull", False), ("order__isnull", True)),
                                    _connector="OR",
                                ),
                                name="deposit_on_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("net_amount__gt", 0)), name="deposit_amount"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Disbursement",
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
                        ("paid_on", models.DateField(verbose_name="payé le")),
                        ("label", models.CharField(max_length=200, verbose_name="objet")),
                        (
                            "supplier_reference",
                            models.CharField(max_length=80, verbose_name="pièce du fournisseur"),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant payé"),
                        ),
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
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="disbursements",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="disbursements",
                                to="billing.order",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("party", "supplier_reference", "paid_on"),
                                name="disbursement_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="disbursement_amount"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExchangeRate",
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
                        ("currency", models.CharField(max_length=3, verbose_name="devise")),
                        ("on", models.DateField(verbose_name="jour")),
                        (
                            "rate",
                            echeance.base.fields.AmountField(scale=6, verbose_name="pour un euro"),
                        ),
                        ("source", models.CharField(max_length=60, verbose_name="source")),
                        ("added_at", models.DateTimeField(verbose_name="ajouté le")),
                        ("added_by", models.CharField(max_length=120, verbose_name="par")),
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
                                fields=("company", "currency", "on"), name="rate_of_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rate__gt", 0)), name="rate_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceAllowance",
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
                        ("position", models.PositiveIntegerField(verbose_name="rang")),
                        ("is_charge", models.BooleanField(default=False, verbose_name="frais")),
                        (
                            "reason",
                            models.CharField(
                                max_length=200, verbose_name="motif (BT-97, BT-104, BT-139, BT-144)"
                            ),
                        ),
                        (
                            "reason_code",
                            models.CharField(
                                blank=True, max_length=4, verbose_name="code du motif"
                            ),
                        ),
                        (
                            "percent",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="taux (BT-94)"
                            ),
                        ),
                        (
                            "base",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="base (BT-93)"
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant (BT-92, BT-99, BT-136, BT-141)"
                            ),
                        ),
                        (
                            "vat_category",
                            models.CharField(
                                blank=True, max_length=2, verbose_name="catégorie de TVA (BT-95)"
                            ),
                        ),
                        (
                            "vat_rate",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="taux de TVA (BT-96)"
                            ),
                        ),
                        (
                            "nature",
                            models.CharField(default="goods", max_length=8, verbose_name="nature"),
                        ),
                        (
                            "exemption",
                            models.CharField(blank=True, max_length=30, verbose_name="exonération"),
                        ),
                        (
                            "exemption_article",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="article d'exonération"
                            ),
                        ),
                        (
                            "account",
                            models.CharField(blank=True, max_length=12, verbose_name="compte"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "deposit",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deductions",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="allowances",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="allowances",
                                to="billing.invoiceline",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "position"), name="invoice_allowance_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="invoice_allowance_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("deposit__isnull", True),
                                    models.Q(("is_charge", False), ("line__isnull", True)),
                                    _connector="OR",
                                ),
                                name="invoice_allowance_deposit",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceAttachment",
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
                        ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                        ("code", models.CharField(max_length=40, verbose_name="genre (BT-123)")),
                        (
                            "label",
                            models.CharField(max_length=100, verbose_name="libellé (BT-122)"),
                        ),
                        (
                            "is_embedded",
                            models.BooleanField(default=True, verbose_name="dans le fichier"),
                        ),
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
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attachments",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "file"), name="invoice_attachment_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvoicePayer",
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
                        ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                        (
                            "percent",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="part (%)"
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="montant TTC"
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="numéro de prise en charge"
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="payers",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "party"), name="invoice_payer_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount__isnull", True), ("percent__isnull", False)),
                                    models.Q(("amount__isnull", False), ("percent__isnull", True)),
                                    _connector="OR",
                                ),
                                name="invoice_payer_part_or_amount",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MarketLine",
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
                        ("position", models.PositiveIntegerField(verbose_name="rang")),
                        (
                            "name",
                            models.CharField(max_length=200, verbose_name="désignation (BT-153)"),
                        ),
                        (
                            "nature",
                            models.CharField(
                                default="services", max_length=8, verbose_name="nature"
                            ),
                        ),
                        (
                            "net_amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant HT"),
                        ),
                        (
                            "vat_rate",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="taux de TVA"
                            ),
                        ),
                        (
                            "exemption",
                            models.CharField(blank=True, max_length=30, verbose_name="exonération"),
                        ),
                        (
                            "exemption_article",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="article d'exonération"
                            ),
                        ),
                        (
                            "revenue_account",
                            models.CharField(
                                blank=True, max_length=12, verbose_name="compte de produit"
                            ),
                        ),
                        ("expected_on", models.DateField(null=True, verbose_name="prévu le")),
                        ("reached_on", models.DateField(null=True, verbose_name="atteint le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="milestones",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "market",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="billing.market",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("market", "position"), name="market_line_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayerShare",
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
                            "percent",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="part (%)"
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="montant TTC"
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="numéro de prise en charge"
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="du")),
                        ("ends_on", models.DateField(null=True, verbose_name="au")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="retirée le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payer_shares",
                                to="billing.order",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payer_shares",
                                to="parties.party",
                            ),
                        ),
                        (
                            "payer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount__isnull", True),
                                        ("percent__gt", 0),
                                        ("percent__lte", 100),
                                    ),
                                    models.Q(("amount__gt", 0), ("percent__isnull", True)),
                                    _connector="OR",
                                ),
                                name="payer_share_part_or_amount",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PortalHandover",
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
                        ("portal", models.CharField(max_length=60, verbose_name="portail")),
                        ("status", models.CharField(max_length=20, verbose_name="état")),
                        (
                            "reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="référence du portail"
                            ),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="remarque"),
                        ),
                        ("on", models.DateField(verbose_name="le")),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistré le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
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
                                related_name="handovers",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "invoice"], name="portal_handover_invoice"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriceBreak",
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
                            "min_quantity",
                            echeance.base.fields.AmountField(
                                default=0, scale=6, verbose_name="à partir de"
                            ),
                        ),
                        (
                            "unit_price",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="prix unitaire HT"
                            ),
                        ),
                        (
                            "discount_percent",
                            echeance.base.fields.AmountField(
                                default=0, scale=6, verbose_name="remise (%)"
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="du")),
                        ("ends_on", models.DateField(null=True, verbose_name="au")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="breaks",
                                to="billing.item",
                            ),
                        ),
                        (
                            "price_list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="breaks",
                                to="billing.pricelist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("price_list", "item", "min_quantity", "starts_on"),
                                name="price_break_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="price_break_ordered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriceIndex",
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
                        ("name", models.CharField(max_length=120, verbose_name="nom")),
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
                                fields=("company", "code"), name="price_index_code"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriceIndexValue",
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
                        ("period", models.DateField(verbose_name="période")),
                        ("value", echeance.base.fields.AmountField(scale=6, verbose_name="valeur")),
                        ("published_on", models.DateField(verbose_name="publiée le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "index",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="values",
                                to="billing.priceindex",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("index", "period"), name="price_index_period"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgressStatement",
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
                        ("rank", models.PositiveIntegerField(verbose_name="rang")),
                        ("on", models.DateField(verbose_name="arrêtée au")),
                        (
                            "is_final",
                            models.BooleanField(default=False, verbose_name="décompte final"),
                        ),
                        ("drafted_at", models.DateTimeField(verbose_name="préparée le")),
                        ("drafted_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="statements",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "market",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="statements",
                                to="billing.market",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("market", "rank"), name="statement_rank"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProgressStatementLine",
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
                            "percent",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="avancement (%)"
                            ),
                        ),
                        (
                            "cumulative",
                            echeance.base.fields.AmountField(scale=2, verbose_name="cumul HT"),
                        ),
                        (
                            "net_amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant HT de la situation"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "market_line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.marketline",
                            ),
                        ),
                        (
                            "statement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="billing.progressstatement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("statement", "market_line"), name="statement_line_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Quote",
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
                        ("number", models.CharField(max_length=35, verbose_name="numéro")),
                        (
                            "version",
                            models.PositiveSmallIntegerField(default=1, verbose_name="version"),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="objet")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "brouillon"),
                                    ("sent", "envoyé"),
                                    ("accepted", "accepté"),
                                    ("refused", "refusé"),
                                    ("replaced", "remplacé"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        ("quote_date", models.DateField(verbose_name="date")),
                        ("valid_until", models.DateField(verbose_name="valable jusqu'au")),
                        (
                            "deposit_percent",
                            echeance.base.fields.AmountField(
                                default=0, scale=6, verbose_name="acompte à la commande (%)"
                            ),
                        ),
                        (
                            "payment_terms",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="conditions de règlement"
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="remarque")),
                        (
                            "net_total",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="total HT"
                            ),
                        ),
                        (
                            "vat_total",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="total TVA"
                            ),
                        ),
                        (
                            "gross_total",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="total TTC"
                            ),
                        ),
                        (
                            "token_sha256",
                            models.CharField(
                                blank=True, max_length=64, verbose_name="empreinte du lien"
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="créé le")),
                        ("created_by", models.CharField(max_length=120, verbose_name="par")),
                        ("sent_at", models.DateTimeField(null=True, verbose_name="envoyé le")),
                        ("answered_at", models.DateTimeField(null=True, verbose_name="répondu le")),
                        (
                            "answered_by",
                            models.CharField(blank=True, max_length=120, verbose_name="signataire"),
                        ),
                        ("answer", models.JSONField(default=dict, verbose_name="réponse")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "order",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quote",
                                to="billing.order",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quotes",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "status"], name="quote_status")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number", "version"), name="quote_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("token_sha256", ""), _negated=True),
                                fields=("token_sha256",),
                                name="quote_link",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("order__isnull", True), ("status", "accepted"), _connector="OR"
                                ),
                                name="quote_order_accepted",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuoteLine",
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
                        ("position", models.PositiveIntegerField(verbose_name="rang")),
                        ("is_option", models.BooleanField(default=False, verbose_name="option")),
                        ("is_chosen", models.BooleanField(default=True, verbose_name="retenue")),
                        (
                            "item_code",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="code article"
                            ),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="désignation")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        (
                            "nature",
                            models.CharField(default="goods", max_length=8, verbose_name="nature"),
                        ),
                        (
                            "quantity",
                            echeance.base.fields.AmountField(scale=6, verbose_name="quantité"),
                        ),
                        (
                            "unit_code",
                            models.CharField(default="C62", max_length=3, verbose_name="unité"),
                        ),
                        (
                            "unit_price",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="prix unitaire HT"
                            ),
                        ),
                        (
                            "discount_percent",
                            echeance.base.fields.AmountField(
                                default=0, scale=6, verbose_name="remise (%)"
                            ),
                        ),
                        (
                            "vat_rate",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="taux de TVA"
                            ),
                        ),
                        (
                            "exemption",
                            models.CharField(blank=True, max_length=30, verbose_name="exonération"),
                        ),
                        (
                            "exemption_article",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="article d'exonération"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "quote",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="billing.quote",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("quote", "position"), name="quote_line_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)), name="quote_line_quantity"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RebateAgreement",
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
                        ("number", models.CharField(max_length=60, verbose_name="contrat (BT-12)")),
                        (
                            "for_group",
                            models.BooleanField(
                                default=False, verbose_name="chiffre d'affaires du groupe"
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="du")),
                        ("ends_on", models.DateField(verbose_name="au")),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("whole", "le taux atteint, sur tout"),
                                    ("slices", "chaque tranche à son taux"),
                                ],
                                default="whole",
                                max_length=10,
                                verbose_name="calcul",
                            ),
                        ),
                        ("tiers", models.JSONField(default=list, verbose_name="paliers")),
                        (
                            "item_codes",
                            models.JSONField(default=list, verbose_name="articles concernés"),
                        ),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="clos le")),
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
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="rebate_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="rebate_ordered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RebateSettlement",
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
                        ("starts_on", models.DateField(verbose_name="du")),
                        ("ends_on", models.DateField(verbose_name="au")),
                        (
                            "turnover",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="chiffre d'affaires HT"
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="remise HT"),
                        ),
                        ("detail", models.JSONField(default=dict, verbose_name="calcul")),
                        ("settled_at", models.DateTimeField(verbose_name="arrêté le")),
                        ("settled_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "agreement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="settlements",
                                to="billing.rebateagreement",
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
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="rebate",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("agreement", "starts_on"), name="rebate_period_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SelfBillingAnswer",
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
                            "answer",
                            models.CharField(
                                choices=[
                                    ("accepted", "acceptée"),
                                    ("tacit", "acceptée tacitement"),
                                    ("contested", "contestée"),
                                ],
                                max_length=10,
                                verbose_name="réponse",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                        ("answered_at", models.DateTimeField(verbose_name="reçue le")),
                        (
                            "recorded_by",
                            models.CharField(max_length=120, verbose_name="enregistrée par"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "invoice",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answer",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SelfBillingMandate",
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
                        ("reference", models.CharField(max_length=60, verbose_name="référence")),
                        ("signed_on", models.DateField(verbose_name="signé le")),
                        ("ends_on", models.DateField(null=True, verbose_name="jusqu'au")),
                        (
                            "contest_days",
                            models.PositiveSmallIntegerField(
                                default=15, verbose_name="jours pour contester"
                            ),
                        ),
                        (
                            "franchise",
                            models.BooleanField(
                                default=False, verbose_name="fournisseur en franchise de TVA"
                            ),
                        ),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="révoqué le")),
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
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "reference"),
                                name="self_billing_mandate_reference",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TimeEntry",
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
                            "source",
                            models.CharField(
                                default="saisie", max_length=40, verbose_name="source"
                            ),
                        ),
                        (
                            "external_id",
                            models.CharField(
                                max_length=60, verbose_name="identifiant de la source"
                            ),
                        ),
                        ("person", models.CharField(max_length=120, verbose_name="intervenant")),
                        ("worked_on", models.DateField(verbose_name="jour")),
                        ("hours", echeance.base.fields.AmountField(scale=6, verbose_name="heures")),
                        ("description", models.CharField(max_length=200, verbose_name="travail")),
                        (
                            "hourly_rate",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="taux horaire HT"
                            ),
                        ),
                        (
                            "is_billable",
                            models.BooleanField(default=True, verbose_name="facturable"),
                        ),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="validé le")),
                        (
                            "approved_by",
                            models.CharField(blank=True, max_length=120, verbose_name="validé par"),
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
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="time_entries",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.item",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="time_entries",
                                to="billing.order",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("invoice__isnull", True)),
                                fields=["company", "party", "worked_on"],
                                name="time_left_to_bill",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "source", "external_id"), name="time_entry_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("hours__gt", 0)), name="time_entry_hours"
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoice_number_iff_issued",
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoice_credit_has_original",
        ),
        migrations.RemoveConstraint(
            model_name="invoiceseries",
            name="series_kind_unique",
        ),
        migrations.AddField(
            model_name="documentstyle",
            name="footer",
            field=models.TextField(blank=True, verbose_name="pied de page"),
        ),
        migrations.AddField(
            model_name="documentstyle",
            name="mail_subject",
            field=models.CharField(blank=True, max_length=200, verbose_name="objet du courriel"),
        ),
        migrations.AddField(
            model_name="documentstyle",
            name="payment_link",
            field=models.CharField(blank=True, max_length=300, verbose_name="lien de paiement"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="contract_reference",
            field=models.CharField(blank=True, max_length=60, verbose_name="contrat (BT-12)"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="establishment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.establishment",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="exchange_date",
            field=models.DateField(null=True, verbose_name="jour du cours"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="exchange_rate",
            field=echeance.base.fields.AmountField(
                null=True, scale=6, verbose_name="cours : devise pour un euro"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="exchange_source",
            field=models.CharField(blank=True, max_length=60, verbose_name="source du cours"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="frame",
            field=models.CharField(
                blank=True, max_length=3, verbose_name="cadre de facturation (BT-23)"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="language",
            field=models.CharField(blank=True, max_length=2, verbose_name="langue du document"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="period_end",
            field=models.DateField(null=True, verbose_name="fin de période (BT-74)"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="period_start",
            field=models.DateField(null=True, verbose_name="début de période (BT-73)"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="project_reference",
            field=models.CharField(blank=True, max_length=60, verbose_name="projet (BT-11)"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="reason_code",
            field=models.CharField(blank=True, max_length=40, verbose_name="code du motif"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="retained_amount",
            field=echeance.base.fields.AmountField(
                default=0, scale=2, verbose_name="retenue de garantie"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="retained_until",
            field=models.DateField(null=True, verbose_name="fin de la retenue"),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="gross_price",
            field=echeance.base.fields.AmountField(
                null=True, scale=6, verbose_name="prix brut (BT-148)"
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="period_end",
            field=models.DateField(null=True, verbose_name="fin de période (BT-135)"),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="period_start",
            field=models.DateField(null=True, verbose_name="début de période (BT-134)"),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="price_discount",
            field=echeance.base.fields.AmountField(
                null=True, scale=6, verbose_name="remise sur le prix (BT-147)"
            ),
        ),
        migrations.AddField(
            model_name="invoiceseries",
            name="closed_at",
            field=models.DateTimeField(null=True, verbose_name="close le"),
        ),
        migrations.AddField(
            model_name="invoiceseries",
            name="is_default",
            field=models.BooleanField(default=True, verbose_name="série habituelle de ce genre"),
        ),
        migrations.AddField(
            model_name="invoiceseries",
            name="label",
            field=models.CharField(blank=True, max_length=80, verbose_name="libellé"),
        ),
        migrations.AddField(
            model_name="invoiceseries",
            name="supplier",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.party",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="eco_contribution",
            field=echeance.base.fields.AmountField(
                null=True, scale=6, verbose_name="éco-contribution unitaire HT"
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="eco_label",
            field=models.CharField(
                blank=True, max_length=60, verbose_name="nature de l'éco-contribution"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="billed_by_delivery",
            field=models.BooleanField(default=False, verbose_name="facturée à la livraison"),
        ),
        migrations.AddField(
            model_name="order",
            name="currency",
            field=models.CharField(default="EUR", max_length=3, verbose_name="devise (BT-5)"),
        ),
        migrations.AddField(
            model_name="order",
            name="establishment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.establishment",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="held_at",
            field=models.DateTimeField(null=True, verbose_name="retenue pour encours le"),
        ),
        migrations.AddField(
            model_name="order",
            name="released_at",
            field=models.DateTimeField(null=True, verbose_name="débloquée le"),
        ),
        migrations.AddField(
            model_name="order",
            name="released_by",
            field=models.CharField(blank=True, max_length=120, verbose_name="débloquée par"),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount_percent",
            field=echeance.base.fields.AmountField(default=0, scale=6, verbose_name="remise (%)"),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("380", "facture"),
                    ("381", "avoir"),
                    ("386", "facture d'acompte"),
                    ("384", "facture rectificative"),
                    ("389", "facture auto-facturée"),
                    ("261", "avoir auto-facturé"),
                    ("262", "avoir de remise globale"),
                ],
                default="380",
                max_length=3,
                verbose_name="type (BT-3)",
            ),
        ),
        migrations.AlterField(
            model_name="invoiceseries",
            name="kind",
            field=models.CharField(
                choices=[
                    ("380", "factures"),
                    ("381", "avoirs"),
                    ("386", "factures d'acompte"),
                    ("384", "factures rectificatives"),
                    ("389", "factures auto-facturées"),
                    ("261", "avoirs auto-facturés"),
                    ("262", "avoirs de remise globale"),
                ],
                max_length=3,
                verbose_name="genre",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="mandate",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="billing.selfbillingmandate",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceseries",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True), ("is_default", True)),
                fields=("company", "kind", "supplier"),
                name="series_usual_of_kind",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("entry__isnull", True),
                        ("facts__isnull", True),
                        ("issued_at__isnull", True),
                        ("number__isnull", True),
                        ("status", "draft"),
                    ),
                    models.Q(
                        ("entry__isnull", False),
                        ("facts__isnull", False),
                        ("issue_date__isnull", False),
                        ("issued_at__isnull", False),
                        ("number__isnull", False),
                        ("series__isnull", False),
                        ("status", "issued"),
                    ),
                    _connector="OR",
                ),
                name="invoice_number_iff_issued",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("381", "384", "261")), ("preceding__isnull", False)),
                    models.Q(
                        models.Q(("kind__in", ("381", "384", "261")), _negated=True),
                        ("preceding__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="invoice_credit_has_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("389", "261")), ("mandate__isnull", False)),
                    models.Q(
                        models.Q(("kind__in", ("389", "261")), _negated=True),
                        ("mandate__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="invoice_self_billed_under_mandate",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", "EUR"), ("exchange_rate__isnull", True)),
                    models.Q(
                        models.Q(("currency", "EUR"), _negated=True),
                        models.Q(("status", "draft"), ("exchange_rate__gt", 0), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="invoice_rate_iff_foreign",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retained_amount", 0), ("retained_until__isnull", True)),
                    models.Q(("retained_amount__gt", 0), ("retained_until__isnull", False)),
                    _connector="OR",
                ),
                name="invoice_retention_has_its_day",
            ),
        ),
    ]
