import django.db.models.deletion
import echeance.base.schema
import echeance.transmission.types
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0002_search"),
        ("base", "0002_payment_terms"),
        ("parties", "0001_initial"),
        ("transmission", "0002_lifecycle"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="FlowCursor",
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
                            "updated_after",
                            models.DateTimeField(verbose_name="changements lus jusqu'à"),
                        ),
                        ("polled_at", models.DateTimeField(verbose_name="lu le")),
                        (
                            "company",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Flow",
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
                            "tracking_id",
                            models.CharField(max_length=100, verbose_name="identifiant de suivi"),
                        ),
                        ("subject", models.CharField(max_length=80, verbose_name="objet")),
                        (
                            "document_ref",
                            models.CharField(max_length=80, verbose_name="numéro du document"),
                        ),
                        ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                        ("name", models.CharField(max_length=200, verbose_name="nom du fichier")),
                        (
                            "syntax",
                            models.CharField(
                                choices=[
                                    ("CII", "CII"),
                                    ("UBL", "UBL"),
                                    ("Factur-X", "Factur-X"),
                                    ("CDAR", "CDAR"),
                                    ("FRR", "FRR"),
                                ],
                                max_length=10,
                                verbose_name="syntaxe",
                            ),
                        ),
                        (
                            "profile",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("Basic", "Basic"),
                                    ("CIUS", "CIUS"),
                                    ("Extended-CTC-FR", "Extended-CTC-FR"),
                                ],
                                max_length=20,
                                verbose_name="profil",
                            ),
                        ),
                        (
                            "rule",
                            models.CharField(
                                choices=[
                                    ("B2B", "B2B"),
                                    ("B2BInt", "B2BInt"),
                                    ("B2C", "B2C"),
                                    ("B2G", "B2G"),
                                    ("B2GInt", "B2GInt"),
                                    ("OutOfScope", "OutOfScope"),
                                    ("B2GOutOfScope", "B2GOutOfScope"),
                                    ("ArchiveOnly", "ArchiveOnly"),
                                    ("NotApplicable", "NotApplicable"),
                                ],
                                max_length=20,
                                verbose_name="règle de traitement",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "à déposer"),
                                    ("in_flight", "en cours de dépôt"),
                                    ("unknown", "issue inconnue"),
                                    ("deposited", "déposé"),
                                    ("accepted", "accepté"),
                                    ("refused", "refusé"),
                                ],
                                default=echeance.transmission.types.FlowState["QUEUED"],
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        (
                            "flow_id",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="numéro de la plateforme"
                            ),
                        ),
                        ("detail", models.TextField(blank=True, verbose_name="précision")),
                        (
                            "reasons",
                            models.JSONField(default=list, verbose_name="motifs de la plateforme"),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(default=0, verbose_name="essais"),
                        ),
                        (
                            "losses",
                            models.PositiveSmallIntegerField(
                                default=0, verbose_name="réponses perdues"
                            ),
                        ),
                        (
                            "looks",
                            models.PositiveSmallIntegerField(
                                default=0, verbose_name="recherches sans succès"
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="préparé le")),
                        ("retry_at", models.DateTimeField(null=True, verbose_name="pas avant")),
                        ("in_flight_at", models.DateTimeField(null=True, verbose_name="remis le")),
                        (
                            "in_flight_until",
                            models.DateTimeField(null=True, verbose_name="bail jusqu'à"),
                        ),
                        (
                            "sent_by",
                            models.CharField(blank=True, max_length=80, verbose_name="processus"),
                        ),
                        ("deposited_at", models.DateTimeField(null=True, verbose_name="déposé le")),
                        (
                            "finished_at",
                            models.DateTimeField(null=True, verbose_name="avis rendu le"),
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
                            models.Index(fields=["company", "subject"], name="flow_subject"),
                            models.Index(fields=["company", "state", "-id"], name="flow_state"),
                            models.Index(
                                condition=models.Q(("state__in", ["queued", "unknown"])),
                                fields=["retry_at"],
                                name="flow_due",
                            ),
                            models.Index(
                                condition=models.Q(("state", "in_flight")),
                                fields=["in_flight_until"],
                                name="flow_flying",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "tracking_id"), name="flow_tracking_id"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "queued",
                                            "in_flight",
                                            "unknown",
                                            "deposited",
                                            "accepted",
                                            "refused",
                                        ],
                                    )
                                ),
                                name="flow_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["deposited", "accepted"]), _negated=True
                                    ),
                                    models.Q(
                                        ("deposited_at__isnull", False),
                                        models.Q(("flow_id", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="flow_deposited_has_proof",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "in_flight"), _negated=True),
                                    models.Q(
                                        ("in_flight_at__isnull", False),
                                        ("in_flight_until__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="flow_left_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("state__in", ["accepted", "refused"]),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", True),
                                        (
                                            "state__in",
                                            ["queued", "in_flight", "unknown", "deposited"],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="flow_finished_iff_judged",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReceivedFlow",
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
                        ("number", models.PositiveIntegerField(verbose_name="rang d'arrivée")),
                        (
                            "flow_id",
                            models.CharField(
                                max_length=200, verbose_name="numéro de la plateforme"
                            ),
                        ),
                        (
                            "flow_type",
                            models.CharField(max_length=40, verbose_name="genre de flux"),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="nom du fichier")),
                        (
                            "sha256",
                            models.CharField(blank=True, max_length=64, verbose_name="empreinte"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "reçu"),
                                    ("quarantined", "en quarantaine"),
                                    ("repeated", "déjà reçu"),
                                ],
                                max_length=11,
                                verbose_name="état",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(blank=True, max_length=10, verbose_name="document"),
                        ),
                        (
                            "syntax",
                            models.CharField(blank=True, max_length=10, verbose_name="syntaxe"),
                        ),
                        (
                            "document_ref",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="numéro (BT-1)"
                            ),
                        ),
                        (
                            "document_type",
                            models.CharField(blank=True, max_length=3, verbose_name="type (BT-3)"),
                        ),
                        ("document_date", models.DateField(null=True, verbose_name="date (BT-2)")),
                        (
                            "seller_siren",
                            models.CharField(
                                blank=True, max_length=9, verbose_name="SIREN du vendeur"
                            ),
                        ),
                        (
                            "seller_name",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="vendeur (BT-27)"
                            ),
                        ),
                        (
                            "reason",
                            models.TextField(blank=True, verbose_name="motif de quarantaine"),
                        ),
                        (
                            "reason_code",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="code du motif"
                            ),
                        ),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(default=1, verbose_name="lectures"),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="reçu le")),
                        ("read_at", models.DateTimeField(verbose_name="dernière lecture")),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "state", "-id"], name="received_flow_state"
                            ),
                            models.Index(fields=["company", "sha256"], name="received_flow_sha256"),
                            models.Index(
                                fields=["company", "seller_siren"], name="received_flow_seller"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "flow_id"), name="received_flow_once"
                            ),
                            models.UniqueConstraint(
                                fields=("company", "number"), name="received_flow_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state", "quarantined"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("file__isnull", False),
                                        ("reason", ""),
                                        ("state__in", ["received", "repeated"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="received_flow_reason_iff_aside",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
