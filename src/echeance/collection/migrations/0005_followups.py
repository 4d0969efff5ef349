"""What an acceptance, its link and a call leave behind."""

from django.db import migrations, models

import echeance.base.schema


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0004_disputes"),
    ]

    operations = [
        echeance.base.schema.AddFields(
            fields={
                "calltask": [
                    ("effects", models.JSONField(default=dict, verbose_name="effets")),
                ],
                "paymentplan": [
                    (
                        "accepted_at",
                        models.DateTimeField(null=True, verbose_name="acceptation notée le"),
                    ),
                    (
                        "link_digest",
                        models.CharField(
                            blank=True,
                            default="",
                            max_length=64,
                            verbose_name="empreinte du lien",
                        ),
                    ),
                ],
            }
        ),
    ]
