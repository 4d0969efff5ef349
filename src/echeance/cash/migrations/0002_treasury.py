import django.db.models.deletion
import echeance.base.fields
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0003_file_links"),
        ("base", "0004_colleague_questions"),
        ("cash", "0001_initial"),
        ("ledger", "0004_unique_without_party"),
        ("parties", "0003_quality_batches"),
    ]

    operations = [
        migrations.AddField(
            model_name="bankaccount",
            name="bank_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="banque"),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="closed_at",
            field=models.DateTimeField(null=True, verbose_name="clos le"),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="creditor_id",
            field=models.CharField(
                blank=True, max_length=35, verbose_name="identifiant créancier SEPA (ICS)"
            ),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="file_layout",
            field=models.JSONField(default=dict, verbose_name="disposition de ses fichiers CSV"),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="issuer_number",
            field=models.CharField(
                blank=True, max_length=6, verbose_name="numéro d'émetteur (NNE)"
            ),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("bank", "banque"),
                    ("till", "caisse"),
                    ("provider", "prestataire de paiement"),
                    ("factor", "affactureur"),
                ],
                default="bank",
                max_length=8,
                verbose_name="nature",
            ),
        ),
        migrations.AddField(
            model_name="match",
            name="by_assistant",
            field=models.BooleanField(default=False, verbose_name="par l'assistant"),
        ),
        migrations.AddField(
            model_name="match",
            name="method",
            field=models.CharField(blank=True, max_length=12, verbose_name="preuve"),
        ),
        migrations.AddField(
            model_name="match",
            name="undone_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="motif d'annulation"),
        ),
        migrations.AddField(
            model_name="statement",
            name="format",
            field=models.CharField(blank=True, max_length=40, verbose_name="format"),
        ),
        migrations.AddField(
            model_name="statement",
            name="proof",
            field=models.CharField(default="balances", max_length=8, verbose_name="preuve"),
        ),
        migrations.AddField(
            model_name="statement",
            name="sequence_number",
            field=models.PositiveBigIntegerField(null=True, verbose_name="numéro (ElctrncSeqNb)"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="charges",
            field=echeance.base.fields.AmountField(
                null=True, scale=2, verbose_name="frais retenus"
            ),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="details",
            field=models.JSONField(default=list, verbose_name="détails (TxDtls)"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="held_until",
            field=models.DateField(null=True, verbose_name="en attente jusqu'au"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="hold_note",
            field=models.CharField(blank=True, max_length=300, verbose_name="note d'attente"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="mandate_ids",
            field=models.JSONField(default=list, verbose_name="mandats"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="original_amount",
            field=echeance.base.fields.AmountField(
                null=True, scale=2, verbose_name="montant ordonné"
            ),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="original_currency",
            field=models.CharField(blank=True, max_length=3, verbose_name="devise ordonnée"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="return_reason",
            field=models.CharField(blank=True, max_length=40, verbose_name="motif de rejet"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="reversal",
            field=models.BooleanField(default=False, verbose_name="contre-passation (RvslInd)"),
        ),
        migrations.AddField(
            model_name="statemententry",
            name="to_check",
            field=models.BooleanField(default=False, verbose_name="à vérifier"),
        ),
        migrations.AlterField(
            model_name="match",
            name="kind",
            field=models.CharField(
                choices=[
                    ("customers", "règlement client"),
                    ("suppliers", "règlement fournisseur"),
                    ("set_aside", "mis de côté"),
                    ("transfer", "virement interne"),
                    ("payout", "versement d'un prestataire"),
                    ("clearing", "remise portée en banque"),
                    ("returned", "paiement rejeté"),
                    ("refund", "remboursement"),
                    ("charges", "frais bancaires"),
                    ("other", "autre compte"),
                ],
                max_length=12,
                verbose_name="nature",
            ),
        ),
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="ChequeDeposit",
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
                        ("number", models.CharField(max_length=20, verbose_name="numéro")),
                        ("deposited_on", models.DateField(verbose_name="remis le")),
                        ("created_at", models.DateTimeField(verbose_name="préparé le")),
                        ("created_by", models.CharField(max_length=120, verbose_name="par")),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "journal_entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.journalentry",
                            ),
                        ),
                        (
                            "match",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="cash.match",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="cheque_deposit_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Cheque",
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
                        ("number", models.CharField(max_length=20, verbose_name="numéro")),
                        (
                            "bank_name",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="banque tirée"
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        ("received_on", models.DateField(verbose_name="reçu le")),
                        ("unpaid_at", models.DateTimeField(null=True, verbose_name="impayé le")),
                        ("cancelled_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistré le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
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
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "receipt_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                        (
                            "deposit",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cheques",
                                to="cash.chequedeposit",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="cheque_positive"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("cancelled_at__isnull", True)),
                                fields=("company", "party", "number", "amount"),
                                name="cheque_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HeldFile",
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
                        ("filename", models.CharField(max_length=200, verbose_name="fichier")),
                        ("code", models.CharField(max_length=60, verbose_name="code d'erreur")),
                        ("reason", models.TextField(verbose_name="raison")),
                        ("facts", models.JSONField(default=dict, verbose_name="éléments")),
                        ("received_at", models.DateTimeField(verbose_name="reçu le")),
                        ("received_by", models.CharField(max_length=120, verbose_name="par")),
                        ("resolved_at", models.DateTimeField(null=True, verbose_name="réglé le")),
                        (
                            "resolved_by",
                            models.CharField(blank=True, max_length=120, verbose_name="réglé par"),
                        ),
                        (
                            "resolution",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="suite donnée"
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("resolved_at__isnull", True)),
                                fields=("company", "file"),
                                name="held_file_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MatchDifference",
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
                        ("kind", models.CharField(max_length=12, verbose_name="nature")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        (
                            "account",
                            models.CharField(blank=True, max_length=12, verbose_name="compte"),
                        ),
                        (
                            "allocation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.allocation",
                            ),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.journalentry",
                            ),
                        ),
                        (
                            "match",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="differences",
                                to="cash.match",
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.openitem",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="NettingAgreement",
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
                        ("signed_on", models.DateField(verbose_name="signée le")),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistrée le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
                        ("ended_on", models.DateField(null=True, verbose_name="prend fin le")),
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
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Netting",
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
                        ("on", models.DateField(verbose_name="au")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant compensé"
                            ),
                        ),
                        (
                            "allocations",
                            models.JSONField(default=list, verbose_name="affectations"),
                        ),
                        ("items", models.JSONField(default=list, verbose_name="pièces")),
                        ("made_at", models.DateTimeField(verbose_name="faite le")),
                        ("made_by", models.CharField(max_length=120, verbose_name="par")),
                        ("undone_at", models.DateTimeField(null=True, verbose_name="annulée le")),
                        (
                            "undone_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="annulée par"
                            ),
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
                            "agreement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="cash.nettingagreement",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PayerLink",
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
                                    ("iban", "IBAN"),
                                    ("name", "nom"),
                                    ("text", "mots du libellé"),
                                ],
                                max_length=4,
                                verbose_name="reconnu par",
                            ),
                        ),
                        ("value", models.CharField(max_length=140, verbose_name="valeur")),
                        ("shown", models.CharField(max_length=140, verbose_name="telle que lue")),
                        ("learnt_at", models.DateTimeField(verbose_name="appris le")),
                        (
                            "learnt_by",
                            models.CharField(max_length=120, verbose_name="confirmé par"),
                        ),
                        ("removed_at", models.DateTimeField(null=True, verbose_name="retiré le")),
                        (
                            "removed_by",
                            models.CharField(blank=True, max_length=120, verbose_name="retiré par"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "learnt_from",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="cash.match",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("removed_at__isnull", True)),
                                fields=("company", "kind", "value", "party"),
                                name="payer_link_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentCampaign",
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
                                    ("transfer", "virements"),
                                    ("direct_debit", "prélèvements"),
                                    ("bills", "effets (LCR, BOR)"),
                                ],
                                max_length=12,
                                verbose_name="nature",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "en préparation"),
                                    ("proposed", "à approuver"),
                                    ("approved", "approuvée"),
                                    ("exported", "remise à la banque"),
                                    ("cancelled", "annulée"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(max_length=35, verbose_name="référence (MsgId)"),
                        ),
                        ("execution_date", models.DateField(verbose_name="date d'exécution")),
                        ("created_at", models.DateTimeField(verbose_name="préparée le")),
                        ("created_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "proposed_at",
                            models.DateTimeField(null=True, verbose_name="proposée le"),
                        ),
                        (
                            "proposed_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="proposée par"
                            ),
                        ),
                        (
                            "approved_at",
                            models.DateTimeField(null=True, verbose_name="approuvée le"),
                        ),
                        (
                            "approved_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="approuvée par"
                            ),
                        ),
                        ("exported_at", models.DateTimeField(null=True, verbose_name="remise le")),
                        (
                            "cancelled_at",
                            models.DateTimeField(null=True, verbose_name="annulée le"),
                        ),
                        (
                            "cancelled_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="annulée par"
                            ),
                        ),
                        (
                            "entry_option",
                            models.CharField(
                                blank=True,
                                max_length=1,
                                verbose_name="escompte ou encaissement (LCR)",
                            ),
                        ),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="archive.storedfile",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "reference"), name="campaign_reference"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", ""),
                                    models.Q(
                                        ("approved_by", models.F("proposed_by")), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="campaign_two_persons",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BillOfExchange",
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
                                    ("lcr", "lettre de change relevé"),
                                    ("bor", "billet à ordre relevé"),
                                ],
                                max_length=3,
                                verbose_name="nature",
                            ),
                        ),
                        ("accepted", models.BooleanField(default=False, verbose_name="accepté")),
                        ("reference", models.CharField(max_length=10, verbose_name="référence")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        ("created_on", models.DateField(verbose_name="créé le")),
                        ("due_date", models.DateField(verbose_name="échéance")),
                        ("iban", models.CharField(max_length=34, verbose_name="IBAN du tiré")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("held", "en portefeuille"),
                                    ("remitted", "remis à l'encaissement"),
                                    ("discounted", "remis à l'escompte"),
                                    ("paid", "payé"),
                                    ("unpaid", "impayé"),
                                    ("cancelled", "annulé"),
                                ],
                                default="held",
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistré le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "bill_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bills",
                                to="ledger.openitem",
                            ),
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
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "receipt_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bills_received",
                                to="ledger.openitem",
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="cash.paymentcampaign",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "party", "reference"), name="bill_reference"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentInstruction",
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
                        ("name", models.CharField(max_length=70, verbose_name="nom (Nm)")),
                        ("iban", models.CharField(max_length=34, verbose_name="IBAN")),
                        ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant (InstdAmt)"
                            ),
                        ),
                        (
                            "end_to_end_id",
                            models.CharField(
                                max_length=35, verbose_name="référence de bout en bout (EndToEndId)"
                            ),
                        ),
                        (
                            "remittance_text",
                            models.CharField(
                                blank=True, max_length=140, verbose_name="libellé (Ustrd)"
                            ),
                        ),
                        (
                            "sequence_type",
                            models.CharField(
                                blank=True, max_length=4, verbose_name="séquence (SeqTp)"
                            ),
                        ),
                        ("due_date", models.DateField(null=True, verbose_name="échéance")),
                        ("notified_on", models.DateField(null=True, verbose_name="prénotifié le")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("waiting", "à remettre"),
                                    ("excluded", "exclu"),
                                    ("sent", "remis"),
                                    ("accepted", "accepté par la banque"),
                                    ("rejected", "rejeté par la banque"),
                                    ("executed", "exécuté"),
                                    ("returned", "revenu"),
                                ],
                                default="waiting",
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        (
                            "status_reason",
                            models.CharField(blank=True, max_length=40, verbose_name="motif"),
                        ),
                        (
                            "status_text",
                            models.CharField(blank=True, max_length=300, verbose_name="précision"),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="instructions",
                                to="cash.paymentcampaign",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "mandate",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="parties.sepamandate",
                            ),
                        ),
                        (
                            "match",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="cash.match",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "end_to_end_id"), name="instruction_end_to_end"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="instruction_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InstructedItem",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                        (
                            "instruction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="cash.paymentinstruction",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PayoutBatch",
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
                        ("provider", models.CharField(max_length=20, verbose_name="prestataire")),
                        (
                            "reference",
                            models.CharField(max_length=80, verbose_name="référence du versement"),
                        ),
                        ("paid_on", models.DateField(verbose_name="versé le")),
                        ("gross", echeance.base.fields.AmountField(scale=2, verbose_name="brut")),
                        (
                            "fees",
                            echeance.base.fields.AmountField(scale=2, verbose_name="commissions"),
                        ),
                        ("net", echeance.base.fields.AmountField(scale=2, verbose_name="net")),
                        (
                            "currency",
                            models.CharField(default="EUR", max_length=3, verbose_name="devise"),
                        ),
                        ("imported_at", models.DateTimeField(verbose_name="importé le")),
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
                        (
                            "match",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="cash.match",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "provider", "reference"), name="payout_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutLine",
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
                        ("kind", models.CharField(max_length=20, verbose_name="nature")),
                        ("on", models.DateField(null=True, verbose_name="le")),
                        (
                            "reference",
                            models.CharField(blank=True, max_length=120, verbose_name="référence"),
                        ),
                        (
                            "description",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="description"
                            ),
                        ),
                        ("gross", echeance.base.fields.AmountField(scale=2, verbose_name="brut")),
                        (
                            "fee",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="commission"
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="cash.payoutbatch",
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.openitem",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ReceivableAssignment",
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
                                    ("factoring", "affacturage (subrogation, C. civ. art. 1346-1)"),
                                    ("dailly", "cession Dailly (C. mon. fin. art. L313-23)"),
                                ],
                                max_length=10,
                                verbose_name="nature",
                            ),
                        ),
                        ("reference", models.CharField(max_length=40, verbose_name="référence")),
                        ("assigned_on", models.DateField(verbose_name="datée du")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "en préparation"),
                                    ("assigned", "cédée"),
                                    ("cancelled", "annulée"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        (
                            "financed_percent",
                            echeance.base.fields.AmountField(
                                scale=4, verbose_name="part financée (%)"
                            ),
                        ),
                        (
                            "guarantee_percent",
                            echeance.base.fields.AmountField(
                                scale=4, verbose_name="retenue de garantie (%)"
                            ),
                        ),
                        (
                            "is_notified",
                            models.BooleanField(
                                default=False, verbose_name="notifiée aux débiteurs"
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="préparée le")),
                        ("created_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "assignee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
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
                            "file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "journal_entry",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "reference"), name="assignment_reference"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssignedItem",
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
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant cédé"),
                        ),
                        ("returned_at", models.DateTimeField(null=True, verbose_name="rendue le")),
                        (
                            "returned_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                        (
                            "assignment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="cash.receivableassignment",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RemittanceAdvice",
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
                            "payment_reference",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="référence du paiement"
                            ),
                        ),
                        (
                            "payment_date",
                            models.DateField(null=True, verbose_name="date du paiement"),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="total annoncé"
                            ),
                        ),
                        ("lines", models.JSONField(default=list, verbose_name="lignes lues")),
                        ("received_at", models.DateTimeField(verbose_name="reçu le")),
                        ("received_by", models.CharField(max_length=120, verbose_name="par")),
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
                        (
                            "match",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="remittance_advices",
                                to="cash.match",
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
                ),
                migrations.CreateModel(
                    name="ReturnedPayment",
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
                            "reason_code",
                            models.CharField(blank=True, max_length=40, verbose_name="motif"),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant revenu"
                            ),
                        ),
                        (
                            "cost",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="frais de rejet"
                            ),
                        ),
                        (
                            "action",
                            models.CharField(
                                blank=True, max_length=30, verbose_name="suite à donner"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "instruction",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returns",
                                to="cash.paymentinstruction",
                            ),
                        ),
                        (
                            "match",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returned",
                                to="cash.match",
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
                            "returned_match",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returns",
                                to="cash.match",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TillMovement",
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
                                    ("receipt", "encaissement d'un client"),
                                    ("expense", "dépense"),
                                    ("deposit", "remise en banque"),
                                    ("withdrawal", "retrait de la banque"),
                                    ("count", "écart de comptage"),
                                ],
                                max_length=10,
                                verbose_name="nature",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="le")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant, positif s'il entre"
                            ),
                        ),
                        ("label", models.CharField(max_length=120, verbose_name="libellé")),
                        (
                            "piece_ref",
                            models.CharField(blank=True, max_length=80, verbose_name="pièce"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="enregistré le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
                        ("cancelled_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                        (
                            "cancelled_by",
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
                            "match",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="cash.match",
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
                            "receipt_item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="ledger.openitem",
                            ),
                        ),
                        (
                            "till",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="cash.bankaccount",
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
