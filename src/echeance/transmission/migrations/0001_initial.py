import django.db.models.deletion
import echeance.base.schema
import echeance.transmission.types
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("archive", "0001_initial"),
        ("base", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Message",
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
                        ("key", models.CharField(max_length=120, verbose_name="clé")),
                        ("kind", models.CharField(max_length=40, verbose_name="genre")),
                        ("subject", models.CharField(max_length=80, verbose_name="objet")),
                        ("sender", models.CharField(max_length=254, verbose_name="de")),
                        (
                            "sender_name",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="nom de l'expéditeur"
                            ),
                        ),
                        ("to", models.JSONField(default=list, verbose_name="à")),
                        ("cc", models.JSONField(default=list, verbose_name="copie")),
                        (
                            "reply_to",
                            models.CharField(blank=True, max_length=254, verbose_name="répondre à"),
                        ),
                        ("subject_line", models.CharField(max_length=200, verbose_name="sujet")),
                        ("body", models.TextField(verbose_name="texte")),
                        ("html", models.TextField(blank=True, verbose_name="texte HTML")),
                        (
                            "message_id",
                            models.CharField(max_length=300, verbose_name="Message-ID (RFC 5322)"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("held", "retenu"),
                                    ("released", "à envoyer"),
                                    ("in_flight", "en cours d'envoi"),
                                    ("sent", "envoyé"),
                                    ("refused", "refusé"),
                                    ("bounced", "non remis"),
                                    ("unknown", "issue inconnue"),
                                    ("expired", "accord expiré"),
                                    ("withdrawn", "retiré"),
                                ],
                                default=echeance.transmission.types.Status["HELD"],
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        ("created_at", models.DateTimeField(verbose_name="préparé le")),
                        ("hold_until", models.DateTimeField(verbose_name="retenu jusqu'à")),
                        ("released_at", models.DateTimeField(null=True, verbose_name="accordé le")),
                        (
                            "release_expires_at",
                            models.DateTimeField(null=True, verbose_name="accord valable jusqu'à"),
                        ),
                        (
                            "retry_at",
                            models.DateTimeField(null=True, verbose_name="nouvel essai après"),
                        ),
                        (
                            "in_flight_at",
                            models.DateTimeField(null=True, verbose_name="remis au serveur le"),
                        ),
                        (
                            "in_flight_until",
                            models.DateTimeField(
                                null=True, verbose_name="bail de l'expéditeur jusqu'à"
                            ),
                        ),
                        (
                            "sent_by",
                            models.CharField(
                                blank=True, max_length=80, verbose_name="processus expéditeur"
                            ),
                        ),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="fini le")),
                        (
                            "attempts",
                            models.PositiveSmallIntegerField(default=0, verbose_name="essais"),
                        ),
                        (
                            "response",
                            models.TextField(blank=True, verbose_name="réponse du serveur"),
                        ),
                        (
                            "refused_recipients",
                            models.JSONField(default=dict, verbose_name="destinataires refusés"),
                        ),
                        (
                            "content_sha256",
                            models.CharField(
                                blank=True,
                                max_length=64,
                                verbose_name="empreinte du courriel remis",
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="parties.party",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "subject"], name="message_subject"),
                            models.Index(
                                fields=["company", "status", "-id"], name="message_status"
                            ),
                            models.Index(fields=["message_id"], name="message_rfc_id"),
                            models.Index(
                                condition=models.Q(("status", "released")),
                                fields=["released_at"],
                                name="message_due",
                            ),
                            models.Index(
                                condition=models.Q(("status", "in_flight")),
                                fields=["in_flight_until"],
                                name="message_flying",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "key"), name="message_key_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "held",
                                            "released",
                                            "in_flight",
                                            "sent",
                                            "refused",
                                            "bounced",
                                            "unknown",
                                            "expired",
                                            "withdrawn",
                                        ],
                                    )
                                ),
                                name="message_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status__in", ["in_flight", "sent", "bounced", "unknown"]),
                                        _negated=True,
                                    ),
                                    ("in_flight_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="message_left_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        (
                                            "status__in",
                                            ["sent", "refused", "bounced", "unknown", "withdrawn"],
                                        ),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", True),
                                        (
                                            "status__in",
                                            ["held", "released", "in_flight", "expired"],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="message_finished_iff_done",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MessageEvent",
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
                        ("at", models.DateTimeField(verbose_name="instant")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("held", "retenu"),
                                    ("released", "à envoyer"),
                                    ("in_flight", "en cours d'envoi"),
                                    ("sent", "envoyé"),
                                    ("refused", "refusé"),
                                    ("bounced", "non remis"),
                                    ("unknown", "issue inconnue"),
                                    ("expired", "accord expiré"),
                                    ("withdrawn", "retiré"),
                                ],
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        ("detail", models.TextField(blank=True, verbose_name="détail")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="transmission.message",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["message", "id"], name="message_event_order")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MessageFile",
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
                        ("order", models.PositiveSmallIntegerField(verbose_name="rang")),
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
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="files",
                                to="transmission.message",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("message", "order"), name="message_file_order"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
