import django.db.models.deletion
import echeance.base.fields
import echeance.base.schema
import echeance.collection.types
import echeance.core.dunning.ladder
from django.conf import settings
from django.db import migrations, models


def close_stages(apps, schema_editor):
    """Disputes that were closed stand in the last column of the board."""
    apps.get_model("collection", "Dispute").objects.exclude(closed_at=None).update(stage="closed")


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0003_file_links"),
        ("base", "0004_colleague_questions"),
        ("base", "__first__"),
        ("billing", "0008_unique_without_party"),
        ("collection", "0001_initial"),
        ("ledger", "0004_unique_without_party"),
        ("parties", "0003_quality_batches"),
        ("transmission", "0005_other_channels"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="AccountStatement",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        ("on", models.DateField(verbose_name="arrêté au")),
                        (
                            "balance",
                            echeance.base.fields.AmountField(scale=2, verbose_name="solde"),
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
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="transmission.message",
                            ),
                        ),
                        (
                            "letter",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="transmission.postalitem",
                            ),
                        ),
                        ("made_at", models.DateTimeField(verbose_name="fait le")),
                        ("made_by", models.CharField(max_length=120, verbose_name="par")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("party", "on"), name="account_statement_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CallTask",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        ("key", models.CharField(max_length=120, verbose_name="clé")),
                        ("reason", models.CharField(max_length=200, verbose_name="pourquoi")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="montant en jeu"
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="à passer le")),
                        (
                            "assigned_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contact_name",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="interlocuteur"
                            ),
                        ),
                        (
                            "phone",
                            models.CharField(blank=True, max_length=30, verbose_name="téléphone"),
                        ),
                        ("made_at", models.DateTimeField(verbose_name="demandé le")),
                        ("made_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("promised", "a promis de payer"),
                                    ("paid_already", "dit avoir payé"),
                                    ("disputes", "conteste"),
                                    ("call_back", "à rappeler"),
                                    ("no_answer", "ne répond pas"),
                                    ("message_left", "message laissé"),
                                    ("wrong_number", "mauvais numéro"),
                                    ("refuses", "refuse de payer"),
                                    ("insolvent", "annonce une procédure collective"),
                                ],
                                max_length=12,
                                verbose_name="issue",
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="compte rendu")),
                        ("done_at", models.DateTimeField(null=True, verbose_name="passé le")),
                        (
                            "done_by",
                            models.CharField(blank=True, max_length=120, verbose_name="passé par"),
                        ),
                        ("cancelled_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                        (
                            "cancel_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="motif d'annulation"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("cancelled_at__isnull", True), ("done_at__isnull", True)
                                ),
                                fields=["company", "due_on"],
                                name="call_task_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "key"), name="call_task_key"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at__isnull", True), ("outcome", "")),
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("done_at__isnull", False),
                                        models.Q(("outcome", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="call_task_outcome_iff_done",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerReply",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "reminder",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replies",
                                to="collection.reminder",
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(default="mail", max_length=12, verbose_name="canal"),
                        ),
                        ("key", models.CharField(max_length=120, verbose_name="clé")),
                        ("received_at", models.DateTimeField(verbose_name="reçue le")),
                        ("text", models.TextField(blank=True, verbose_name="texte")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="notée par")),
                        ("read_at", models.DateTimeField(null=True, verbose_name="lue le")),
                        (
                            "read_by",
                            models.CharField(blank=True, max_length=120, verbose_name="lue par"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("read_at__isnull", True)),
                                fields=["company", "party"],
                                name="customer_reply_unread",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "key"), name="customer_reply_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DisputePiece",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "dispute",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pieces",
                                to="collection.dispute",
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(verbose_name="rang")),
                        ("label", models.CharField(max_length=120, verbose_name="pièce")),
                        (
                            "file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        ("provided_at", models.DateTimeField(null=True, verbose_name="reçue le")),
                        (
                            "provided_by",
                            models.CharField(blank=True, max_length=120, verbose_name="par"),
                        ),
                        ("waived_at", models.DateTimeField(null=True, verbose_name="écartée le")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("dispute", "rank"), name="dispute_piece_rank"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InsolvencyNotice",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "reference",
                            models.CharField(max_length=60, verbose_name="référence de l'annonce"),
                        ),
                        ("siren", models.CharField(max_length=9, verbose_name="SIREN")),
                        ("published_on", models.DateField(verbose_name="parue le")),
                        ("kind", models.CharField(max_length=120, verbose_name="nature")),
                        ("facts", models.JSONField(default=dict, verbose_name="annonce")),
                        ("seen_at", models.DateTimeField(verbose_name="lue le")),
                        ("settled_at", models.DateTimeField(null=True, verbose_name="traitée le")),
                        (
                            "settled_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="traitée par"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "party", "reference"),
                                name="insolvency_notice_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InsolvencyCase",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("safeguard", "sauvegarde"),
                                    ("receivership", "redressement judiciaire"),
                                    ("liquidation", "liquidation judiciaire"),
                                ],
                                max_length=12,
                                verbose_name="procédure",
                            ),
                        ),
                        ("judgment_on", models.DateField(verbose_name="jugement d'ouverture")),
                        (
                            "published_on",
                            models.DateField(null=True, verbose_name="parution au BODACC"),
                        ),
                        (
                            "notice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="collection.insolvencynotice",
                            ),
                        ),
                        (
                            "court",
                            models.CharField(blank=True, max_length=200, verbose_name="tribunal"),
                        ),
                        (
                            "representative",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="mandataire judiciaire"
                            ),
                        ),
                        (
                            "representative_address",
                            models.TextField(blank=True, verbose_name="adresse du mandataire"),
                        ),
                        (
                            "claim_due_on",
                            models.DateField(null=True, verbose_name="déclarer avant le"),
                        ),
                        ("claimed_on", models.DateField(null=True, verbose_name="déclarée le")),
                        (
                            "claimed_amount",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="montant déclaré"
                            ),
                        ),
                        (
                            "claim_file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "claim_word",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "claim_proof",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "admitted_amount",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="montant admis"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(verbose_name="notée le")),
                        ("opened_by", models.CharField(max_length=120, verbose_name="par")),
                        ("closed_on", models.DateField(null=True, verbose_name="close le")),
                        (
                            "closing_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="clôture"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "party"], name="insolvency_case_party")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("closed_on__isnull", True)),
                                fields=("party",),
                                name="insolvency_case_one_open",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LegalRate",
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
                        ("year", models.PositiveSmallIntegerField(verbose_name="année")),
                        ("half", models.PositiveSmallIntegerField(verbose_name="semestre")),
                        (
                            "legal_individuals",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="taux légal, particuliers"
                            ),
                        ),
                        (
                            "legal_professionals",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="taux légal, autres cas"
                            ),
                        ),
                        (
                            "ecb",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="taux de la BCE"
                            ),
                        ),
                        (
                            "to_confirm",
                            models.BooleanField(default=False, verbose_name="à confirmer"),
                        ),
                        (
                            "source",
                            models.CharField(blank=True, max_length=200, verbose_name="source"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="noté le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "replaced_at",
                            models.DateTimeField(null=True, verbose_name="remplacé le"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("replaced_at__isnull", True)),
                                fields=("year", "half"),
                                name="legal_rate_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("half__in", [1, 2])), name="legal_rate_half"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LetterProof",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "reminder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proofs",
                                to="collection.reminder",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("posted", "preuve de dépôt"),
                                    ("presented", "avis de passage"),
                                    ("received", "accusé de réception signé"),
                                    ("refused", "pli refusé"),
                                    ("unclaimed", "pli avisé et non réclamé"),
                                    ("returned", "destinataire inconnu à l'adresse"),
                                ],
                                max_length=10,
                                verbose_name="preuve",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="jour")),
                        (
                            "tracking",
                            models.CharField(
                                blank=True, max_length=40, verbose_name="numéro de suivi"
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
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="remarque"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="notée le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reminder", "kind"), name="letter_proof_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LetterTemplate",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="nom")),
                        ("use", models.CharField(max_length=20, verbose_name="emploi")),
                        (
                            "level",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="letters",
                                to="collection.dunninglevel",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(default="fr", max_length=2, verbose_name="langue"),
                        ),
                        (
                            "syntax",
                            models.CharField(
                                choices=[("word", "Word"), ("typst", "Typst")],
                                max_length=5,
                                verbose_name="format",
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
                        ("added_at", models.DateTimeField(verbose_name="ajouté le")),
                        ("added_by", models.CharField(max_length=120, verbose_name="par")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="retiré le")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("ended_at__isnull", True), ("level__isnull", False)
                                ),
                                fields=("level", "language"),
                                name="letter_template_level",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("ended_at__isnull", True), ("level__isnull", True)
                                ),
                                fields=("company", "use", "language"),
                                name="letter_template_use",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LimitationAct",
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
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("acknowledgement", "reconnaissance de dette"),
                                    ("part_payment", "paiement partiel"),
                                    ("court_action", "demande en justice"),
                                    ("enforcement", "mesure d'exécution forcée"),
                                ],
                                max_length=16,
                                verbose_name="acte",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="date")),
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
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="précisions"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="noté le")),
                        ("recorded_by", models.CharField(max_length=120, verbose_name="par")),
                        ("withdrawn_at", models.DateTimeField(null=True, verbose_name="retiré le")),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "open_item"], name="limitation_act_item"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayerProfile",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        ("computed_on", models.DateField(verbose_name="calculé le")),
                        (
                            "paid_count",
                            models.PositiveIntegerField(verbose_name="échéances payées"),
                        ),
                        (
                            "paid_amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant payé"),
                        ),
                        (
                            "weighted_days_late",
                            echeance.base.fields.AmountField(
                                scale=1, verbose_name="retard moyen pondéré"
                            ),
                        ),
                        (
                            "median_days_late",
                            models.SmallIntegerField(verbose_name="retard médian"),
                        ),
                        (
                            "usual_spread_days",
                            models.PositiveSmallIntegerField(
                                default=0, verbose_name="écart habituel"
                            ),
                        ),
                        (
                            "trend_days",
                            echeance.base.fields.AmountField(scale=1, verbose_name="tendance"),
                        ),
                        (
                            "promises_judged",
                            models.PositiveIntegerField(default=0, verbose_name="promesses jugées"),
                        ),
                        (
                            "promises_kept",
                            models.PositiveIntegerField(default=0, verbose_name="promesses tenues"),
                        ),
                        (
                            "disputed_count",
                            models.PositiveIntegerField(
                                default=0, verbose_name="échéances contestées"
                            ),
                        ),
                        (
                            "disputed_amount",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="montant contesté"
                            ),
                        ),
                        ("grade", models.CharField(max_length=12, verbose_name="profil")),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "grade"], name="payer_profile_grade")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentPlan",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "brouillon"),
                                    ("proposed", "proposé"),
                                    ("accepted", "accepté"),
                                    ("completed", "soldé"),
                                    ("broken", "rompu"),
                                    ("cancelled", "annulé"),
                                ],
                                default=echeance.collection.types.PaymentPlanState["DRAFT"],
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        ("total", echeance.base.fields.AmountField(scale=2, verbose_name="total")),
                        (
                            "grace_days",
                            models.PositiveSmallIntegerField(
                                default=3, verbose_name="jours de tolérance"
                            ),
                        ),
                        (
                            "misses_max",
                            models.PositiveSmallIntegerField(
                                default=0, verbose_name="échéances manquées admises"
                            ),
                        ),
                        (
                            "acknowledges_debt",
                            models.BooleanField(
                                default=True, verbose_name="vaut reconnaissance de dette"
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="précisions")),
                        (
                            "document",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "signed_file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        ("made_at", models.DateTimeField(verbose_name="fait le")),
                        ("made_by", models.CharField(max_length=120, verbose_name="par")),
                        ("proposed_at", models.DateTimeField(null=True, verbose_name="proposé le")),
                        ("accepted_on", models.DateField(null=True, verbose_name="accepté le")),
                        (
                            "accepted_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="accepté par"
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="fini le")),
                        (
                            "ended_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="motif"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "state"], name="payment_plan_state")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("total__gt", 0)), name="payment_plan_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["accepted", "completed", "broken"]),
                                        _negated=True,
                                    ),
                                    ("accepted_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="payment_plan_accepted_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentPlanInstalment",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="instalments",
                                to="collection.paymentplan",
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(verbose_name="rang")),
                        ("due_on", models.DateField(verbose_name="date")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "rank"), name="payment_instalment_rank"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="payment_instalment_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentPlanItem",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="collection.paymentplan",
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "open_item"), name="payment_plan_item_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="payment_plan_item_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentPrediction",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "open_item",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                        ("computed_on", models.DateField(verbose_name="calculée le")),
                        ("expected_on", models.DateField(verbose_name="attendu le")),
                        ("early_on", models.DateField(verbose_name="au plus tôt")),
                        ("late_on", models.DateField(verbose_name="au plus tard")),
                        ("method", models.CharField(max_length=12, verbose_name="méthode")),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "expected_on"], name="payment_prediction_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PenaltyNote",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        ("number", models.CharField(max_length=35, verbose_name="numéro")),
                        ("issued_on", models.DateField(verbose_name="date")),
                        ("until", models.DateField(verbose_name="intérêts arrêtés au")),
                        ("due_date", models.DateField(verbose_name="échéance")),
                        (
                            "interest",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="pénalités de retard"
                            ),
                        ),
                        (
                            "indemnity",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="indemnités forfaitaires"
                            ),
                        ),
                        ("total", echeance.base.fields.AmountField(scale=2, verbose_name="total")),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.journalentry",
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.openitem",
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
                        ("issued_at", models.DateTimeField(verbose_name="émise le")),
                        ("issued_by", models.CharField(max_length=120, verbose_name="par")),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "party"], name="penalty_note_party")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="penalty_note_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("total__gt", 0)), name="penalty_note_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PenaltyLine",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="collection.penaltynote",
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.openitem",
                            ),
                        ),
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        ("due_date", models.DateField(verbose_name="échéance")),
                        ("slices", models.JSONField(default=list, verbose_name="tranches")),
                        (
                            "interest",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="pénalités de retard"
                            ),
                        ),
                        (
                            "indemnity",
                            echeance.base.fields.AmountField(
                                scale=2, verbose_name="indemnité forfaitaire"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "open_item"], name="penalty_line_item")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("note", "open_item"), name="penalty_line_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PenaltyWaiver",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waivers",
                                to="collection.penaltynote",
                            ),
                        ),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant remis"),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="motif")),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.journalentry",
                            ),
                        ),
                        ("waived_at", models.DateTimeField(verbose_name="remis le")),
                        ("waived_by", models.CharField(max_length=120, verbose_name="par")),
                        ("undone_at", models.DateTimeField(null=True, verbose_name="annulée le")),
                        (
                            "undone_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="annulée par"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="penalty_waiver_positive",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanChoice",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="choices",
                                to="collection.dunningplan",
                            ),
                        ),
                        ("chosen_at", models.DateTimeField(verbose_name="choisi le")),
                        ("chosen_by", models.CharField(max_length=120, verbose_name="par")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="fini le")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("party",),
                                name="plan_choice_one",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecoveryStep",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("supply_hold", "arrêt des livraisons"),
                                    ("insurance_notice", "déclaration à l'assurance-crédit"),
                                    ("agency", "dossier confié à un recouvreur"),
                                    ("bailiff", "dossier confié à un commissaire de justice"),
                                    ("payment_order", "requête en injonction de payer"),
                                    ("court", "assignation"),
                                ],
                                max_length=18,
                                verbose_name="nature",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="date")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="montant"
                            ),
                        ),
                        (
                            "counterpart",
                            models.CharField(blank=True, max_length=200, verbose_name="confié à"),
                        ),
                        (
                            "reference",
                            models.CharField(blank=True, max_length=80, verbose_name="référence"),
                        ),
                        ("facts", models.JSONField(default=dict, verbose_name="données")),
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
                            "word_file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="précisions"),
                        ),
                        ("opened_at", models.DateTimeField(verbose_name="engagée le")),
                        ("opened_by", models.CharField(max_length=120, verbose_name="par")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="finie le")),
                        (
                            "ended_by",
                            models.CharField(blank=True, max_length=120, verbose_name="finie par"),
                        ),
                        (
                            "outcome",
                            models.CharField(blank=True, max_length=200, verbose_name="issue"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "party"], name="recovery_step_party")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecoveryItem",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="collection.recoverystep",
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="ledger.openitem"
                            ),
                        ),
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step", "open_item"), name="recovery_item_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnpaidEntry",
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
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("doubtful", "passage en client douteux"),
                                    ("allowance", "dépréciation"),
                                    ("reversal", "reprise de dépréciation"),
                                    ("loss", "perte"),
                                    ("recovered", "encaissement après perte"),
                                ],
                                max_length=10,
                                verbose_name="nature",
                            ),
                        ),
                        (
                            "open_item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.openitem",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.openitem",
                            ),
                        ),
                        ("document_ref", models.CharField(max_length=80, verbose_name="pièce")),
                        (
                            "amount",
                            echeance.base.fields.AmountField(scale=2, verbose_name="montant"),
                        ),
                        (
                            "vat_amount",
                            echeance.base.fields.AmountField(
                                default=0, scale=2, verbose_name="TVA récupérée"
                            ),
                        ),
                        (
                            "rate_percent",
                            echeance.base.fields.AmountField(
                                null=True, scale=2, verbose_name="taux de dépréciation"
                            ),
                        ),
                        ("on", models.DateField(verbose_name="date")),
                        ("reason", models.CharField(max_length=200, verbose_name="motif")),
                        (
                            "entry",
                            models.ForeignKey(
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
                        ("booked_at", models.DateTimeField(verbose_name="passée le")),
                        ("booked_by", models.CharField(max_length=120, verbose_name="par")),
                        ("undone_at", models.DateTimeField(null=True, verbose_name="annulée le")),
                        (
                            "undone_by",
                            models.CharField(
                                blank=True, max_length=120, verbose_name="annulée par"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "party"], name="unpaid_entry_party"),
                            models.Index(
                                fields=["company", "document_ref"], name="unpaid_entry_document"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="unpaid_entry_positive"
                            )
                        ],
                    },
                ),
            ],
        ),
        echeance.base.schema.AddFields(
            fields={
                "dispute": [
                    ("answer_by", models.DateField(null=True, verbose_name="à régler avant le")),
                    (
                        "carrier",
                        models.CharField(blank=True, max_length=120, verbose_name="transporteur"),
                    ),
                    ("cause", models.CharField(blank=True, max_length=120, verbose_name="cause")),
                    (
                        "credit_note",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="billing.invoice",
                        ),
                    ),
                    (
                        "invoice_line",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="billing.invoiceline",
                        ),
                    ),
                    ("lesson", models.TextField(blank=True, verbose_name="à retenir")),
                    (
                        "owner",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "product",
                        models.CharField(blank=True, max_length=120, verbose_name="article"),
                    ),
                    (
                        "quantity",
                        echeance.base.fields.AmountField(
                            null=True, scale=6, verbose_name="quantité contestée"
                        ),
                    ),
                    ("refusal", models.TextField(blank=True, verbose_name="refus motivé")),
                    (
                        "seller",
                        models.CharField(blank=True, max_length=120, verbose_name="vendeur"),
                    ),
                    ("site", models.CharField(blank=True, max_length=120, verbose_name="site")),
                    (
                        "stage",
                        models.CharField(
                            choices=[
                                ("new", "Nouveau"),
                                ("operations", "Attend un collègue"),
                                ("customer", "Attend le client"),
                                ("credit", "Avoir à émettre"),
                                ("closed", "Clos"),
                            ],
                            default=echeance.collection.types.DisputeStage["NEW"],
                            max_length=10,
                            verbose_name="étape",
                        ),
                    ),
                ],
                "dunninglevel": [
                    (
                        "attaches_invoices",
                        models.BooleanField(default=True, verbose_name="joint les factures"),
                    ),
                    (
                        "attaches_statement",
                        models.BooleanField(
                            default=False, verbose_name="joint le relevé de compte"
                        ),
                    ),
                    (
                        "is_automatic",
                        models.BooleanField(default=True, verbose_name="part sans accord"),
                    ),
                    (
                        "signed_as",
                        models.CharField(
                            blank=True, max_length=120, verbose_name="qualité du signataire"
                        ),
                    ),
                    (
                        "signed_by",
                        models.CharField(blank=True, max_length=120, verbose_name="signataire"),
                    ),
                    (
                        "step",
                        models.CharField(
                            choices=[
                                ("courtesy", "message de courtoisie"),
                                ("reminder", "relance"),
                                ("formal_notice", "mise en demeure"),
                                ("handover", "remise au contentieux"),
                            ],
                            default=echeance.core.dunning.ladder.Step["REMINDER"],
                            max_length=14,
                            verbose_name="étape",
                        ),
                    ),
                ],
                "dunningplan": [
                    ("archived_at", models.DateTimeField(null=True, verbose_name="archivé le")),
                    (
                        "category",
                        models.CharField(
                            blank=True, max_length=12, verbose_name="catégorie de clients"
                        ),
                    ),
                    (
                        "ceiling_amount",
                        echeance.base.fields.AmountField(
                            null=True,
                            scale=2,
                            verbose_name="montant au-delà duquel une personne décide",
                        ),
                    ),
                    (
                        "floor_amount",
                        echeance.base.fields.AmountField(
                            null=True, scale=2, verbose_name="montant plancher"
                        ),
                    ),
                    (
                        "grouping",
                        models.CharField(
                            choices=[
                                ("customer", "un message par client"),
                                ("group", "un message au siège pour tout le groupe"),
                            ],
                            default=echeance.collection.types.Grouping["CUSTOMER"],
                            max_length=8,
                            verbose_name="regroupement",
                        ),
                    ),
                    ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ],
                "promise": [
                    ("judged_at", models.DateTimeField(null=True, verbose_name="jugée le")),
                    (
                        "paid",
                        echeance.base.fields.AmountField(
                            null=True, scale=2, verbose_name="payé à la date promise"
                        ),
                    ),
                    (
                        "source",
                        models.CharField(
                            choices=[
                                ("call", "au téléphone"),
                                ("mail", "par courriel"),
                                ("portal", "sur l'espace client"),
                                ("platform", "par la plateforme"),
                                ("plan", "dans un échéancier"),
                            ],
                            default=echeance.collection.types.PromiseSource["CALL"],
                            max_length=10,
                            verbose_name="reçue",
                        ),
                    ),
                    (
                        "verdict",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("kept", "tenue"),
                                ("partly", "tenue en partie"),
                                ("broken", "non tenue"),
                                ("withdrawn", "retirée"),
                            ],
                            max_length=10,
                            verbose_name="suite",
                        ),
                    ),
                ],
                "reminder": [
                    ("body", models.TextField(blank=True, verbose_name="texte")),
                    (
                        "channel",
                        models.CharField(default="mail", max_length=12, verbose_name="canal"),
                    ),
                    (
                        "document",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="archive.storedfile",
                        ),
                    ),
                    (
                        "language",
                        models.CharField(default="fr", max_length=2, verbose_name="langue"),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="collection.dunningplan",
                        ),
                    ),
                    (
                        "signed_by",
                        models.CharField(blank=True, max_length=120, verbose_name="signataire"),
                    ),
                    (
                        "step",
                        models.CharField(default="reminder", max_length=14, verbose_name="étape"),
                    ),
                    (
                        "subject_line",
                        models.CharField(blank=True, max_length=200, verbose_name="sujet"),
                    ),
                    (
                        "word_file",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="archive.storedfile",
                        ),
                    ),
                ],
                "reminderitem": [
                    (
                        "days_after_due",
                        models.SmallIntegerField(null=True, verbose_name="jours du niveau atteint"),
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="reminder",
            name="letter",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="transmission.postalitem",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="call",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminder",
                to="collection.calltask",
            ),
        ),
        migrations.AlterField(
            model_name="dunninglevel",
            name="channel",
            field=models.CharField(
                choices=[
                    ("mail", "courriel"),
                    ("phone", "téléphone"),
                    ("post", "courrier"),
                    ("registered", "lettre recommandée"),
                    ("e_registered", "recommandé électronique"),
                    ("sms", "SMS"),
                ],
                max_length=12,
                verbose_name="canal",
            ),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="message",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="transmission.message"
            ),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(("judged_at__isnull", True)),
                fields=["company", "promised_on"],
                name="promise_to_judge",
            ),
        ),
        migrations.AddConstraint(
            model_name="dunningplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("archived_at__isnull", True), models.Q(("category", ""), _negated=True)
                ),
                fields=("company", "category"),
                name="dunning_plan_one_a_category",
            ),
        ),
        migrations.AddConstraint(
            model_name="dunningplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_default", False),
                    models.Q(("archived_at__isnull", True), ("category", "")),
                    _connector="OR",
                ),
                name="dunning_plan_default_for_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("call__isnull", True), ("letter__isnull", True), ("message__isnull", False)
                    ),
                    models.Q(
                        ("call__isnull", True), ("letter__isnull", False), ("message__isnull", True)
                    ),
                    models.Q(
                        ("call__isnull", False), ("letter__isnull", True), ("message__isnull", True)
                    ),
                    models.Q(
                        ("call__isnull", True),
                        ("letter__isnull", True),
                        ("message__isnull", True),
                        ("released_at", None),
                    ),
                    _connector="OR",
                ),
                name="reminder_one_way",
            ),
        ),
        migrations.RunPython(close_stages, migrations.RunPython.noop),
    ]
