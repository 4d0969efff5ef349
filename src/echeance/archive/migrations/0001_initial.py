import django.db.models.deletion
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_initial"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="StoredFile",
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
                            "sha256",
                            models.CharField(max_length=64, verbose_name="empreinte SHA-256"),
                        ),
                        ("size", models.PositiveBigIntegerField(verbose_name="taille en octets")),
                        (
                            "media_type",
                            models.CharField(max_length=100, verbose_name="type de contenu"),
                        ),
                        (
                            "filename",
                            models.CharField(max_length=200, verbose_name="nom du fichier"),
                        ),
                        ("kind", models.CharField(max_length=40, verbose_name="genre")),
                        (
                            "subject",
                            models.CharField(blank=True, max_length=80, verbose_name="objet"),
                        ),
                        ("stored_at", models.DateTimeField(verbose_name="archivé le")),
                        ("keep_until", models.DateField(verbose_name="à conserver jusqu'au")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "subject"], name="stored_file_subject"),
                            models.Index(fields=["company", "keep_until"], name="stored_file_term"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("company", "sha256"), name="stored_file_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("size__gt", 0)), name="stored_file_not_empty"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileText",
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
                        ("text", models.TextField(verbose_name="mots")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "file",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="words",
                                to="archive.storedfile",
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
