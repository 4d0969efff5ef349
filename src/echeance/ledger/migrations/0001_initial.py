import django.db.models.deletion
import echeance.base.fields
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
                    name="Account",
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
                        ("key", models.CharField(blank=True, max_length=40, verbose_name="clé")),
                        ("number", models.CharField(max_length=12, verbose_name="numéro")),
                        ("label", models.CharField(max_length=120, verbose_name="intitulé")),
                        (
                            "is_party",
                            models.BooleanField(default=False, verbose_name="compte de tiers"),
                        ),
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
                                fields=("company", "number"), name="account_unique"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("company", "key"),
                                name="account_key_unique",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FiscalYear",
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
                        ("starts_on", models.DateField(verbose_name="début")),
                        ("ends_on", models.DateField(verbose_name="fin")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="clôturé le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                                name="fiscal_year_ordered",
                            ),
                            models.UniqueConstraint(
                                fields=("company", "starts_on"), name="fiscal_year_unique"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Journal",
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
                        ("code", models.CharField(max_length=6, verbose_name="code")),
                        ("label", models.CharField(max_length=60, verbose_name="libellé")),
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
                                fields=("company", "code"), name="journal_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JournalEntry",
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
                            models.PositiveBigIntegerField(verbose_name="numéro (EcritureNum)"),
                        ),
                        ("entry_date", models.DateField(verbose_name="date (EcritureDate)")),
                        (
                            "document_ref",
                            models.CharField(max_length=80, verbose_name="pièce (PieceRef)"),
                        ),
                        (
                            "document_date",
                            models.DateField(verbose_name="date de pièce (PieceDate)"),
                        ),
                        (
                            "label",
                            models.CharField(max_length=200, verbose_name="libellé (EcritureLib)"),
                        ),
                        ("posted_at", models.DateTimeField(verbose_name="validée le")),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
                            ),
                        ),
                        (
                            "fiscal_year",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.fiscalyear"
                            ),
                        ),
                        (
                            "journal",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.journal",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="ledger.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "document_ref"], name="entry_document"),
                            models.Index(fields=["company", "entry_date"], name="entry_date"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("journal", "fiscal_year", "number"),
                                name="entry_number_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gt", 0)), name="entry_number_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EntryLine",
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
                            "debit",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="débit"
                            ),
                        ),
                        (
                            "credit",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="crédit"
                            ),
                        ),
                        (
                            "label",
                            models.CharField(blank=True, max_length=200, verbose_name="libellé"),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.account"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="parties.party",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="ledger.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("party__isnull", False)),
                                fields=["party", "account"],
                                name="line_party",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("credit", 0), ("debit__gt", 0)),
                                    models.Q(("credit__gt", 0), ("debit", 0)),
                                    _connector="OR",
                                ),
                                name="line_one_side",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Lettering",
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
                        ("letter", models.CharField(max_length=8, verbose_name="lettre")),
                        ("lettered_on", models.DateField(verbose_name="lettré le")),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistré le")),
                        ("undone_at", models.DateTimeField(null=True, verbose_name="délettré le")),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.account",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "party", "rank"),
                                name="lettering_unique",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpenItem",
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
                            "side",
                            models.CharField(
                                choices=[("debit", "débit"), ("credit", "crédit")],
                                max_length=6,
                                verbose_name="sens",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("invoice", "facture"),
                                    ("credit_note", "avoir"),
                                    ("receipt", "encaissement"),
                                    ("refund", "remboursement"),
                                    ("other", "autre"),
                                ],
                                max_length=12,
                                verbose_name="nature",
                            ),
                        ),
                        ("entry_date", models.DateField(verbose_name="date d'écriture")),
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        ("document_date", models.DateField(verbose_name="date de pièce")),
                        (
                            "credits_ref",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="pièce créditée"
                            ),
                        ),
                        (
                            "order_ref",
                            models.CharField(blank=True, max_length=80, verbose_name="commande"),
                        ),
                        (
                            "payment_ref",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="référence de paiement"
                            ),
                        ),
                        ("due_date", models.DateField(verbose_name="échéance")),
                        (
                            "currency",
                            models.CharField(default="EUR", max_length=3, verbose_name="devise"),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        (
                            "open_amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="reste ouvert"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistrée le")),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.account",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
                            ),
                        ),
                        (
                            "lettering",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="ledger.lettering",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="ledger.entryline",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "document_ref"], name="open_item_document"
                            ),
                            models.Index(
                                fields=["company", "party", "due_date"], name="open_item_party"
                            ),
                            models.Index(
                                condition=models.Q(("open_amount__gt", 0)),
                                fields=["company", "account", "party"],
                                name="open_item_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("open_amount__gte", 0),
                                    ("open_amount__lte", models.F("amount")),
                                ),
                                name="open_item_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="open_item_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lettering__isnull", True), ("open_amount", 0), _connector="OR"
                                ),
                                name="open_item_lettered_is_settled",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Allocation",
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
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        ("effective_date", models.DateField(verbose_name="date d'effet")),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistrée le")),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="ledger.allocation",
                            ),
                        ),
                        (
                            "credit_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="debited_by",
                                to="ledger.openitem",
                            ),
                        ),
                        (
                            "debit_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credited_by",
                                to="ledger.openitem",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "effective_date"], name="allocation_date"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                                    models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                                    _connector="OR",
                                ),
                                name="allocation_sign",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpenItemVat",
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
                        ("category", models.CharField(max_length=2, verbose_name="catégorie")),
                        ("rate", echeance.base.fields.AmountField(scale=6, verbose_name="taux")),
                        ("base", echeance.base.fields.AmountField(scale=2, verbose_name="base")),
                        ("vat", echeance.base.fields.AmountField(scale=2, verbose_name="TVA")),
                        (
                            "exigibility",
                            models.CharField(
                                choices=[
                                    ("debits", "d'après les débits"),
                                    ("receipts", "à l'encaissement"),
                                    ("none", "sans TVA"),
                                ],
                                max_length=8,
                                verbose_name="exigibilité",
                            ),
                        ),
                        (
                            "moved",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="devenue exigible"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vat",
                                to="ledger.openitem",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("item", "category", "rate", "exigibility"),
                                name="item_vat_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("exigibility", "receipts"), ("moved", 0), _connector="OR"
                                ),
                                name="item_vat_moved_on_receipts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Period",
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
                        ("starts_on", models.DateField(verbose_name="début")),
                        ("ends_on", models.DateField(verbose_name="fin")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="clôturée le")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "fiscal_year",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="periods",
                                to="ledger.fiscalyear",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="period_ordered",
                            ),
                            models.UniqueConstraint(
                                fields=("company", "starts_on"), name="period_unique"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VatMove",
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
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        ("on", models.DateField(verbose_name="date")),
                        (
                            "company",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.company",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.journalentry",
                            ),
                        ),
                        (
                            "item_vat",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="ledger.openitemvat",
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
