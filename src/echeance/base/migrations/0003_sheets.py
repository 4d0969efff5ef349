import django.db.models.deletion
import echeance.base.schema
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_payment_terms"),
    ]

    operations = [
        echeance.base.schema.CreateModels(
            models=[
                migrations.CreateModel(
                    name="SheetExport",
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
                        ("sheet", models.CharField(max_length=40, verbose_name="liste")),
                        ("columns", models.JSONField(default=list, verbose_name="colonnes")),
                        ("keys", models.JSONField(default=list, verbose_name="fiches")),
                        ("exported_at", models.DateTimeField(verbose_name="exportée le")),
                        ("exported_by", models.CharField(max_length=120, verbose_name="par")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SheetImport",
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
                        ("sheet", models.CharField(max_length=40, verbose_name="liste")),
                        ("filename", models.CharField(max_length=200, verbose_name="fichier")),
                        ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                        ("rows", models.PositiveIntegerField(verbose_name="lignes")),
                        (
                            "unchanged",
                            models.PositiveIntegerField(verbose_name="lignes identiques"),
                        ),
                        (
                            "problems",
                            models.JSONField(default=list, verbose_name="cellules refusées"),
                        ),
                        ("notices", models.JSONField(default=list, verbose_name="remarques")),
                        ("read_at", models.DateTimeField(verbose_name="lu le")),
                        ("read_by", models.CharField(max_length=120, verbose_name="par")),
                        ("applied_at", models.DateTimeField(null=True, verbose_name="repris le")),
                        (
                            "applied_by",
                            models.CharField(blank=True, max_length=120, verbose_name="repris par"),
                        ),
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
                            "export",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="base.sheetexport",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["company", "sheet", "sha256"], name="sheet_import_file"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SheetChange",
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
                        ("row", models.PositiveIntegerField(verbose_name="ligne du fichier")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("changed", "modifiée"),
                                    ("new", "nouvelle"),
                                    ("removed", "absente du fichier"),
                                ],
                                max_length=8,
                                verbose_name="genre",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "à décider"),
                                    ("applied", "reprise"),
                                    ("refused", "refusée"),
                                    ("stale", "modifiée entre-temps"),
                                    ("undone", "annulée"),
                                    ("kept", "gardée, modifiée depuis"),
                                ],
                                default="open",
                                max_length=8,
                                verbose_name="état",
                            ),
                        ),
                        ("key", models.CharField(blank=True, max_length=20, verbose_name="fiche")),
                        ("label", models.CharField(max_length=200, verbose_name="nom")),
                        ("fields", models.JSONField(default=list, verbose_name="champs")),
                        ("before", models.JSONField(default=dict, verbose_name="avant")),
                        ("after", models.JSONField(default=dict, verbose_name="après")),
                        ("told", models.JSONField(default=list, verbose_name="remarques")),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="base.company"
                            ),
                        ),
                        (
                            "sheet_import",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="base.sheetimport",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["sheet_import", "state"], name="sheet_change_state"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
