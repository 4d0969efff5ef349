import django.db.models.deletion
import echeance.base.fields
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("archive", "0001_initial"),
        ("base", "0001_initial"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="BankAccount",
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
                        ("name", models.CharField(max_length=80, verbose_name="intitulé")),
                        (
                            "account_key",
                            models.CharField(max_length=40, verbose_name="identifiant du compte"),
                        ),
                        ("iban", models.CharField(blank=True, max_length=34, verbose_name="IBAN")),
                        ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                        (
                            "ledger_account",
                            models.CharField(
                                default="512000", max_length=12, verbose_name="compte comptable"
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(default="EUR", max_length=3, verbose_name="devise"),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="ajouté le")),
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
                                fields=("company", "account_key"), name="bank_account_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Statement",
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
                            "statement_id",
                            models.CharField(blank=True, max_length=60, verbose_name="référence"),
                        ),
                        ("opening_date", models.DateField(verbose_name="solde initial au")),
                        (
                            "opening_balance",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="solde initial (OPBD)"
                            ),
                        ),
                        ("closing_date", models.DateField(verbose_name="solde final au")),
                        (
                            "closing_balance",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="solde final (CLBD)"
                            ),
                        ),
                        ("imported_at", models.DateTimeField(verbose_name="importé le")),
                        (
                            "bank_account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="cash.bankaccount"
                            ),
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
                                on_delete=django.db.models.deletion.PROTECT, to="archive.storedfile"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "bank_account", "closing_date"],
                                name="statement_date",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatementEntry",
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
                        ("fingerprint", models.CharField(max_length=64, verbose_name="empreinte")),
                        (
                            "direction",
                            models.CharField(
                                choices=[("CRDT", "crédit"), ("DBIT", "débit")],
                                max_length=4,
                                verbose_name="sens",
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        (
                            "booking_date",
                            models.DateField(verbose_name="date d'opération (BookgDt)"),
                        ),
                        (
                            "value_date",
                            models.DateField(null=True, verbose_name="date de valeur (ValDt)"),
                        ),
                        (
                            "bank_reference",
                            models.CharField(
                                blank=True,
                                max_length=80,
                                verbose_name="référence banque (AcctSvcrRef)",
                            ),
                        ),
                        (
                            "bank_code",
                            models.CharField(
                                blank=True, max_length=40, verbose_name="code opération"
                            ),
                        ),
                        ("text", models.TextField(blank=True, verbose_name="libellé")),
                        (
                            "payer_name",
                            models.CharField(
                                blank=True, max_length=140, verbose_name="donneur d'ordre"
                            ),
                        ),
                        (
                            "payer_iban",
                            models.CharField(
                                blank=True, max_length=34, verbose_name="IBAN du donneur d'ordre"
                            ),
                        ),
                        ("references", models.JSONField(default=list, verbose_name="références")),
                        ("raw", models.TextField(blank=True, verbose_name="texte du fichier")),
                        (
                            "bank_account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="cash.bankaccount"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "statement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="cash.statement",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "booking_date"], name="statement_entry_date"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bank_account", "fingerprint"), name="statement_entry_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)),
                                name="statement_entry_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Match",
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
                                    ("customers", "règlement client"),
                                    ("set_aside", "mis de côté"),
                                ],
                                max_length=10,
                                verbose_name="nature",
                            ),
                        ),
                        ("reasons", models.JSONField(default=list, verbose_name="raisons")),
                        ("accepted_at", models.DateTimeField(verbose_name="accepté le")),
                        ("accepted_by", models.CharField(max_length=120, verbose_name="par")),
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
                            "journal_entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.journalentry",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="matches",
                                to="cash.statemententry",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at__isnull", True)),
                                fields=("entry",),
                                name="match_one_standing",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MatchAllocation",
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
                        (
                            "allocation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.allocation"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "match",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allocations",
                                to="cash.match",
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
