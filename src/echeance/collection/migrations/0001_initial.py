import django.db.models.deletion
import echeance.base.fields
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_initial"),
        ("ledger", "0001_initial"),
        ("parties", "0001_initial"),
        ("transmission", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="DunningPlan",
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
                            "is_default",
                            models.BooleanField(default=False, verbose_name="plan de la société"),
                        ),
                        (
                            "days_between_contacts",
                            models.PositiveSmallIntegerField(
                                default=7, verbose_name="jours entre deux messages"
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="créé le")),
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
                                condition=models.Q(("is_default", True)),
                                fields=("company",),
                                name="dunning_plan_one_default",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DunningLevel",
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
                        ("rank", models.PositiveSmallIntegerField(verbose_name="rang")),
                        ("key", models.CharField(max_length=40, verbose_name="clé")),
                        ("label", models.CharField(max_length=80, verbose_name="intitulé")),
                        (
                            "days_after_due",
                            models.SmallIntegerField(verbose_name="jours après l'échéance"),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("mail", "courriel"),
                                    ("phone", "téléphone"),
                                    ("post", "courrier"),
                                    ("registered", "lettre recommandée"),
                                ],
                                max_length=10,
                                verbose_name="canal",
                            ),
                        ),
                        (
                            "tone",
                            models.CharField(
                                choices=[
                                    ("service", "service"),
                                    ("courteous", "courtois"),
                                    ("firm", "ferme"),
                                    ("formal", "formel"),
                                ],
                                max_length=10,
                                verbose_name="ton",
                            ),
                        ),
                        (
                            "shows_penalties",
                            models.BooleanField(
                                default=False, verbose_name="chiffre les pénalités et les 40 €"
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="levels",
                                to="collection.dunningplan",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "rank"), name="dunning_level_rank"
                            ),
                            models.UniqueConstraint(
                                fields=("plan", "days_after_due"), name="dunning_level_days"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DunningRun",
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
                        ("prepared_at", models.DateTimeField(verbose_name="préparée le")),
                        ("prepared_by", models.CharField(max_length=120, verbose_name="par")),
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
                                fields=("company", "on"), name="dunning_run_once_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DunningText",
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
                        ("language", models.CharField(max_length=2, verbose_name="langue")),
                        ("subject", models.CharField(max_length=150, verbose_name="sujet")),
                        ("body", models.TextField(verbose_name="texte")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "level",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="texts",
                                to="collection.dunninglevel",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("level", "language"), name="dunning_text_unique"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
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
                        ("reason", models.CharField(max_length=200, verbose_name="motif")),
                        ("until", models.DateField(null=True, verbose_name="jusqu'au")),
                        ("placed_at", models.DateTimeField(verbose_name="posée le")),
                        ("placed_by", models.CharField(max_length=120, verbose_name="par")),
                        ("lifted_at", models.DateTimeField(null=True, verbose_name="levée le")),
                        (
                            "lifted_by",
                            models.CharField(blank=True, max_length=120, verbose_name="levée par"),
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
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("lifted_at__isnull", True)),
                                fields=["company", "party"],
                                name="hold_standing",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Promise",
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
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant promis"
                            ),
                        ),
                        ("promised_on", models.DateField(verbose_name="promis pour le")),
                        (
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="précisions"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="notée le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
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
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "promised_on"], name="promise_day")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="promise_positive"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reminder",
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
                        ("rank", models.PositiveSmallIntegerField(verbose_name="rang")),
                        ("label", models.CharField(max_length=80, verbose_name="niveau")),
                        (
                            "total",
                            echeance.base.fields.AmountField(scale=2, verbose_name="total demandé"),
                        ),
                        (
                            "interest",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="pénalités de retard"
                            ),
                        ),
                        (
                            "indemnity",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="indemnités forfaitaires"
                            ),
                        ),
                        ("prepared_at", models.DateTimeField(verbose_name="préparée le")),
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
                        (
                            "released_at",
                            models.DateTimeField(null=True, verbose_name="accordée le"),
                        ),
                        (
                            "cancelled_at",
                            models.DateTimeField(null=True, verbose_name="annulée le"),
                        ),
                        (
                            "cancel_reason",
                            models.TextField(blank=True, verbose_name="motif d'annulation"),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="transmission.message",
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminders",
                                to="collection.dunningrun",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "party"], name="reminder_party"),
                            models.Index(
                                condition=models.Q(("cancelled_at__isnull", True)),
                                fields=["company"],
                                name="reminder_standing",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("run", "party"), name="reminder_once_a_run"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("total__gt", 0)), name="reminder_asks_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReminderItem",
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
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        ("due_date", models.DateField(verbose_name="échéance")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant demandé"
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(verbose_name="rang atteint")),
                        (
                            "interest",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="pénalités de retard"
                            ),
                        ),
                        (
                            "indemnity",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="indemnité forfaitaire"
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
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                        (
                            "reminder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="collection.reminder",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reminder", "open_item"), name="reminder_item_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Dispute",
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
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="montant contesté"
                            ),
                        ),
                        (
                            "reason_code",
                            models.CharField(
                                choices=[
                                    ("AUTRE", "autre motif"),
                                    ("CMD_ERR", "commande incorrecte ou absente"),
                                    ("SIRET_ERR", "SIRET incorrect ou absent"),
                                    ("CODE_ROUTAGE_ERR", "code de routage incorrect ou absent"),
                                    ("REF_CT_ABSENT", "référence de contrat absente"),
                                    ("REF_ERR", "référence incorrecte"),
                                    ("PU_ERR", "prix unitaire incorrect"),
                                    ("REM_ERR", "remise incorrecte"),
                                    ("QTE_ERR", "quantité incorrecte"),
                                    ("ART_ERR", "article incorrect"),
                                    ("MODPAI_ERR", "modalités de paiement incorrectes"),
                                    ("QUALITE_ERR", "qualité de la livraison"),
                                    ("LIVR_INCOMP", "livraison incomplète"),
                                    ("COORD_BANC_ERR", "coordonnées bancaires incorrectes"),
                                    ("TX_TVA_ERR", "taux de TVA incorrect"),
                                    ("MONTANTTOTAL_ERR", "montant total incorrect"),
                                    ("CALCUL_ERR", "erreur de calcul"),
                                    ("NON_CONFORME", "mention obligatoire absente"),
                                    ("DOUBLON", "facture déjà reçue"),
                                    ("DEST_INC", "destinataire inconnu"),
                                    ("DEST_ERR", "destinataire incorrect"),
                                    ("TRANSAC_INC", "transaction inconnue"),
                                    ("EMMET_INC", "émetteur inconnu"),
                                    ("CONTRAT_TERM", "contrat terminé"),
                                    ("DOUBLE_FACT", "déjà facturé"),
                                    ("ADR_ERR", "adresse de facturation incorrecte"),
                                ],
                                max_length=20,
                                verbose_name="motif (statut 207)",
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="précisions")),
                        ("opened_at", models.DateTimeField(verbose_name="ouvert le")),
                        ("opened_by", models.CharField(max_length=120, verbose_name="par")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="clos le")),
                        (
                            "closed_by",
                            models.CharField(blank=True, max_length=120, verbose_name="clos par"),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("founded", "fondé"),
                                    ("unfounded", "non fondé"),
                                    ("settled", "transigé"),
                                ],
                                max_length=10,
                                verbose_name="issue",
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
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
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
                        "indexes": [
                            models.Index(
                                condition=models.Q(("closed_at__isnull", True)),
                                fields=["company", "open_item"],
                                name="dispute_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="dispute_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("outcome", "")),
                                    models.Q(
                                        ("closed_at__isnull", False),
                                        models.Q(("outcome", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="dispute_outcome_iff_closed",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
