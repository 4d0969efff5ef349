import django.db.models.deletion
import echeance.base.schema
import echeance.transmission.types
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0003_file_links"),
        ("base", "0002_payment_terms"),
        ("parties", "0002_records"),
        ("transmission", "0003_flows"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="PostalBatch",
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
                        ("number", models.PositiveIntegerField(verbose_name="numéro du lot")),
                        ("provider", models.CharField(max_length=60, verbose_name="imprimeur")),
                        ("letters_count", models.PositiveIntegerField(verbose_name="courriers")),
                        ("sheets", models.PositiveIntegerField(verbose_name="feuilles")),
                        ("printed_at", models.DateTimeField(verbose_name="imprimé le")),
                        ("printed_by", models.CharField(max_length=120, verbose_name="par")),
                        ("posted_on", models.DateField(null=True, verbose_name="posté le")),
                        (
                            "posted_by",
                            models.CharField(blank=True, max_length=120, verbose_name="posté par"),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=200, verbose_name="remarque"),
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
                            "manifest",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                        (
                            "proof",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="archive.storedfile",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "number"), name="postal_batch_number"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("posted_by", ""), ("posted_on__isnull", True)),
                                    models.Q(
                                        ("posted_on__isnull", False),
                                        models.Q(("posted_by", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="postal_batch_posted_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostalItem",
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
                        ("subject", models.CharField(max_length=80, verbose_name="objet")),
                        (
                            "document_ref",
                            models.CharField(max_length=80, verbose_name="numéro du document"),
                        ),
                        ("address", models.JSONField(default=list, verbose_name="adresse")),
                        (
                            "is_duplicate",
                            models.BooleanField(default=False, verbose_name="duplicata"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "à imprimer"),
                                    ("printed", "imprimé"),
                                    ("posted", "posté"),
                                    ("withdrawn", "retiré"),
                                ],
                                default=echeance.transmission.types.PostalState["QUEUED"],
                                max_length=10,
                                verbose_name="état",
                            ),
                        ),
                        ("queued_at", models.DateTimeField(verbose_name="demandé le")),
                        ("queued_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "rank",
                            models.PositiveIntegerField(null=True, verbose_name="rang dans le lot"),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="letters",
                                to="transmission.postalbatch",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
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
                            models.Index(fields=["company", "subject"], name="postal_item_subject"),
                            models.Index(
                                fields=["company", "state", "id"], name="postal_item_state"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "key"), name="postal_item_key"
                            ),
                            models.UniqueConstraint(
                                fields=("batch", "rank"), name="postal_item_rank"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("batch__isnull", True),
                                        ("state__in", ["queued", "withdrawn"]),
                                    ),
                                    models.Q(
                                        ("batch__isnull", False),
                                        ("rank__isnull", False),
                                        ("state__in", ["printed", "posted"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="postal_item_printed_in_batch",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
