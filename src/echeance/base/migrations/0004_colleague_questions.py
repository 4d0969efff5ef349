import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_sheets"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColleagueQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=80, verbose_name="objet")),
                ("text", models.TextField(verbose_name="question")),
                ("asked_at", models.DateTimeField(verbose_name="posée le")),
                ("asked_by", models.CharField(max_length=120, verbose_name="par")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="adresse")),
                (
                    "secret_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="empreinte du secret"),
                ),
                ("answer_by", models.DateField(null=True, verbose_name="réponse attendue le")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="répondu le")),
                (
                    "answered_by",
                    models.CharField(blank=True, max_length=120, verbose_name="répondu par"),
                ),
                ("answer", models.TextField(blank=True, verbose_name="réponse")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="retirée le")),
                (
                    "asked_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions_asked",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="base.company"
                    ),
                ),
                (
                    "work_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="base.workitem",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "subject"], name="colleague_question_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("secret_digest", ""), _negated=True),
                        fields=("secret_digest",),
                        name="colleague_question_secret",
                    )
                ],
            },
        ),
    ]
