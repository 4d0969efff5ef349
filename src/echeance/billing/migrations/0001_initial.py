import django.db.models.deletion
import django.db.models.expressions
import echeance.base.fields
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("archive", "0001_initial"),
        ("base", "0001_initial"),
        ("ledger", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="DocumentStyle",
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
                            "color",
                            models.CharField(
                                default="#1f4e79", max_length=7, verbose_name="couleur"
                            ),
                        ),
                        ("saved_at", models.DateTimeField(verbose_name="enregistrée le")),
                        ("saved_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "logo",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "template",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="InvoiceSeries",
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
                                    ("380", "factures"),
                                    ("381", "avoirs"),
                                    ("386", "factures d'acompte"),
                                ],
                                max_length=3,
                                verbose_name="genre",
                            ),
                        ),
                        ("prefix", models.CharField(max_length=12, verbose_name="préfixe")),
                        (
                            "digits",
                            models.PositiveSmallIntegerField(default=6, verbose_name="chiffres"),
                        ),
                        (
                            "last_issue_date",
                            models.DateField(null=True, verbose_name="dernière date d'émission"),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="créée le")),
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
                                fields=("company", "prefix"), name="series_prefix_unique"
                            ),
                            models.UniqueConstraint(
                                fields=("company", "kind"), name="series_kind_unique"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invoice",
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
                                    ("380", "facture"),
                                    ("381", "avoir"),
                                    ("386", "facture d'acompte"),
                                ],
                                default="380",
                                max_length=3,
                                verbose_name="type (BT-3)",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("draft", "brouillon"), ("issued", "émise")],
                                default="draft",
                                max_length=6,
                                verbose_name="état",
                            ),
                        ),
                        (
                            "number",
                            models.CharField(
                                max_length=35, null=True, verbose_name="numéro (BT-1)"
                            ),
                        ),
                        (
                            "buyer_name",
                            models.CharField(max_length=200, verbose_name="acheteur (BT-44)"),
                        ),
                        (
                            "issue_date",
                            models.DateField(null=True, verbose_name="date d'émission (BT-2)"),
                        ),
                        ("due_date", models.DateField(null=True, verbose_name="échéance (BT-9)")),
                        (
                            "delivery_date",
                            models.DateField(null=True, verbose_name="date de livraison (BT-72)"),
                        ),
                        (
                            "currency",
                            models.CharField(
                                default="EUR", max_length=3, verbose_name="devise (BT-5)"
                            ),
                        ),
                        (
                            "order_reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="bon de commande (BT-13)"
                            ),
                        ),
                        (
                            "sales_order_reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="commande (BT-14)"
                            ),
                        ),
                        (
                            "buyer_reference",
                            models.CharField(
                                blank=True,
                                max_length=60,
                                verbose_name="référence de l'acheteur (BT-10)",
                            ),
                        ),
                        (
                            "payment_terms",
                            models.CharField(
                                max_length=200, verbose_name="conditions de règlement (BT-20)"
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="remarque (BT-22)")),
                        (
                            "reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="motif de l'avoir"
                            ),
                        ),
                        (
                            "net_total",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="total HT (BT-109)"
                            ),
                        ),
                        (
                            "vat_total",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="total TVA (BT-110)"
                            ),
                        ),
                        (
                            "gross_total",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="total TTC (BT-112)"
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="créée le")),
                        ("created_by", models.CharField(max_length=120, verbose_name="par")),
                        ("issued_at", models.DateTimeField(null=True, verbose_name="émise le")),
                        (
                            "issued_by",
                            models.CharField(blank=True, max_length=120, verbose_name="émise par"),
                        ),
                        ("facts", models.JSONField(null=True, verbose_name="faits figés")),
                        (
                            "template_sha256",
                            models.CharField(
                                blank=True, max_length=64, verbose_name="empreinte du modèle"
                            ),
                        ),
                        ("sealed_at", models.DateTimeField(null=True, verbose_name="scellée le")),
                        ("verdict", models.JSONField(null=True, verbose_name="verdict officiel")),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="parties.party",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.journalentry",
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
                            "preceding",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credit_notes",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "series",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="billing.invoiceseries",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "status", "-id"], name="invoice_status"
                            ),
                            models.Index(fields=["company", "buyer"], name="invoice_buyer"),
                            models.Index(
                                fields=["company", "issue_date"], name="invoice_issue_date"
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("sealed_at__isnull", True), ("status", "issued")
                                ),
                                fields=["company", "id"],
                                name="invoice_to_seal",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="invoice_number_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("entry__isnull", True),
                                        ("facts__isnull", True),
                                        ("issued_at__isnull", True),
                                        ("number__isnull", True),
                                        ("series__isnull", True),
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("file__isnull", True), ("sealed_at__isnull", True)),
                                    models.Q(
                                        ("file__isnull", False),
                                        ("sealed_at__isnull", False),
                                        ("status", "issued"),
                                    ),
                                    _connector="OR",
                                ),
                                name="invoice_file_iff_sealed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "gross_total",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("net_total"), "+", models.F("vat_total")
                                        ),
                                    )
                                ),
                                name="invoice_totals_add_up",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "381"), ("preceding__isnull", False)),
                                    models.Q(
                                        models.Q(("kind", "381"), _negated=True),
                                        ("preceding__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="invoice_credit_has_original",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceVat",
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
                            "category",
                            models.CharField(max_length=2, verbose_name="catégorie (BT-118)"),
                        ),
                        (
                            "rate",
                            echeance.base.fields.AmountField(scale=6, verbose_name="taux (BT-119)"),
                        ),
                        ("exigibility", models.CharField(max_length=8, verbose_name="exigibilité")),
                        (
                            "base",
                            echeance.base.fields.AmountField(scale=2, verbose_name="base (BT-116)"),
                        ),
                        (
                            "vat",
                            echeance.base.fields.AmountField(scale=2, verbose_name="TVA (BT-117)"),
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
                                related_name="vat",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "category", "rate", "exigibility"),
                                name="invoice_vat_group",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Item",
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
                        ("code", models.CharField(max_length=60, verbose_name="code (BT-155)")),
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
                            models.CharField(default="goods", max_length=8, verbose_name="nature"),
                        ),
                        (
                            "unit_code",
                            models.CharField(
                                default="C62", max_length=3, verbose_name="unité (BT-130)"
                            ),
                        ),
                        (
                            "unit_price",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="prix unitaire HT (BT-146)"
                            ),
                        ),
                        (
                            "vat_rate",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="taux de TVA (BT-152)"
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
                                fields=("company", "code"), name="item_code_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("nature__in", ["goods", "services"])),
                                name="item_nature_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrderImport",
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
                        ("source", models.CharField(max_length=40, verbose_name="source")),
                        ("filename", models.CharField(max_length=200, verbose_name="fichier")),
                        ("imported_at", models.DateTimeField(verbose_name="importé le")),
                        ("imported_by", models.CharField(max_length=120, verbose_name="par")),
                        ("rows", models.PositiveIntegerField(verbose_name="lignes")),
                        ("orders", models.PositiveIntegerField(verbose_name="commandes")),
                        ("cancellations", models.PositiveIntegerField(verbose_name="annulations")),
                        (
                            "waiting",
                            models.PositiveIntegerField(verbose_name="documents en attente"),
                        ),
                        ("rejected", models.PositiveIntegerField(verbose_name="lignes rejetées")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="archive.storedfile"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "file"), name="order_import_file_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Order",
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
                        ("source", models.CharField(max_length=40, verbose_name="source")),
                        ("number", models.CharField(max_length=60, verbose_name="numéro (BT-14)")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("order", "commande"), ("cancellation", "annulation")],
                                default="order",
                                max_length=12,
                                verbose_name="genre",
                            ),
                        ),
                        ("order_date", models.DateField(verbose_name="date")),
                        (
                            "delivery_date",
                            models.DateField(null=True, verbose_name="date de livraison (BT-72)"),
                        ),
                        (
                            "order_reference",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="bon de commande (BT-13)"
                            ),
                        ),
                        (
                            "buyer_reference",
                            models.CharField(
                                blank=True,
                                max_length=60,
                                verbose_name="référence de l'acheteur (BT-10)",
                            ),
                        ),
                        (
                            "net_total",
                            echeance.base.fields.AmountField(scale=2, verbose_name="total HT"),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="reçue le")),
                        (
                            "waiting_reason",
                            models.TextField(blank=True, verbose_name="pourquoi elle attend"),
                        ),
                        (
                            "accepted_at",
                            models.DateTimeField(null=True, verbose_name="acceptée le"),
                        ),
                        (
                            "set_aside_at",
                            models.DateTimeField(null=True, verbose_name="écartée le"),
                        ),
                        (
                            "set_aside_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="motif d'écart"
                            ),
                        ),
                        (
                            "cancels",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cancelled_by",
                                to="billing.order",
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
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="orders",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "order_import",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="billing.orderimport",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("invoice__isnull", True)),
                                fields=["company", "id"],
                                name="order_left_to_bill",
                            ),
                            models.Index(fields=["company", "party"], name="order_party"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "source", "number"), name="order_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accepted_at__isnull", False),
                                    models.Q(("waiting_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="order_waits_for_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "cancellation"),
                                    ("cancels__isnull", True),
                                    _connector="OR",
                                ),
                                name="order_only_cancellations_cancel",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrderLine",
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
                            "row",
                            models.PositiveIntegerField(null=True, verbose_name="ligne du fichier"),
                        ),
                        (
                            "item_code",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="code article (BT-155)"
                            ),
                        ),
                        (
                            "name",
                            models.CharField(max_length=200, verbose_name="désignation (BT-153)"),
                        ),
                        (
                            "description",
                            models.TextField(blank=True, verbose_name="description (BT-154)"),
                        ),
                        ("nature", models.CharField(max_length=8, verbose_name="nature")),
                        (
                            "quantity",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="quantité (BT-129)"
                            ),
                        ),
                        (
                            "unit_code",
                            models.CharField(max_length=3, verbose_name="unité (BT-130)"),
                        ),
                        (
                            "unit_price",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="prix unitaire HT (BT-146)"
                            ),
                        ),
                        (
                            "vat_rate",
                            echeance.base.fields.AmountField(
                                null=True, scale=6, verbose_name="taux de TVA (BT-152)"
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
                            "cancels",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cancelled_by",
                                to="billing.orderline",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="billing.order",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order", "position"), name="order_line_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)), name="order_line_quantity"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("unit_price__gt", 0)), name="order_line_price"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceLine",
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
                        ("position", models.PositiveIntegerField(verbose_name="rang (BT-126)")),
                        (
                            "item_code",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="code article (BT-155)"
                            ),
                        ),
                        (
                            "name",
                            models.CharField(max_length=200, verbose_name="désignation (BT-153)"),
                        ),
                        (
                            "description",
                            models.TextField(blank=True, verbose_name="description (BT-154)"),
                        ),
                        ("nature", models.CharField(max_length=8, verbose_name="nature")),
                        (
                            "quantity",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="quantité (BT-129)"
                            ),
                        ),
                        (
                            "unit_code",
                            models.CharField(max_length=3, verbose_name="unité (BT-130)"),
                        ),
                        (
                            "unit_price",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="prix unitaire HT (BT-146)"
                            ),
                        ),
                        (
                            "net_amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant HT (BT-131)"
                            ),
                        ),
                        (
                            "vat_category",
                            models.CharField(
                                max_length=2, verbose_name="catégorie de TVA (BT-151)"
                            ),
                        ),
                        (
                            "vat_rate",
                            echeance.base.fields.AmountField(
                                scale=6, verbose_name="taux de TVA (BT-152)"
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
                            models.CharField(max_length=12, verbose_name="compte de produit"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "credited_line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credits",
                                to="billing.invoiceline",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="billing.invoice",
                            ),
                        ),
                        (
                            "order_line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="billing.orderline",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "position"), name="invoice_line_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RejectedLine",
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
                        ("row", models.PositiveIntegerField(verbose_name="ligne")),
                        (
                            "document",
                            models.CharField(blank=True, max_length=60, verbose_name="document"),
                        ),
                        ("code", models.CharField(max_length=40, verbose_name="motif")),
                        (
                            "column",
                            models.CharField(blank=True, max_length=200, verbose_name="colonne"),
                        ),
                        (
                            "value",
                            models.CharField(blank=True, max_length=200, verbose_name="valeur"),
                        ),
                        ("reason", models.TextField(verbose_name="explication")),
                        ("raw", models.TextField(verbose_name="texte de la ligne")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "order_import",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rejected_lines",
                                to="billing.orderimport",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order_import", "row"), name="rejected_line_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportMapping",
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
                        ("source", models.CharField(max_length=40, verbose_name="source")),
                        ("columns", models.JSONField(default=dict, verbose_name="colonnes")),
                        ("formats", models.JSONField(default=dict, verbose_name="formats")),
                        ("saved_at", models.DateTimeField(verbose_name="enregistrée le")),
                        ("saved_by", models.CharField(max_length=120, verbose_name="par")),
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
                                fields=("company", "source"), name="mapping_source_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Instalment",
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
                        ("due_date", models.DateField(verbose_name="échéance")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
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
                                related_name="+",
                                to="ledger.openitem",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="instalments",
                                to="billing.invoice",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "due_date"), name="instalment_day"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
