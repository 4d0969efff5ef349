# Interrupting proceedings: their end and the title they gave.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0002_collection_tools"),
    ]

    operations = [
        migrations.AddField(
            model_name="limitationact",
            name="title",
            field=models.CharField(blank=True, max_length=200, verbose_name="titre obtenu"),
        ),
        migrations.AddField(
            model_name="limitationact",
            name="until",
            field=models.DateField(null=True, verbose_name="instance éteinte le"),
        ),
        migrations.AlterField(
            model_name="limitationact",
            name="cause",
            field=models.CharField(
                choices=[
                    ("acknowledgement", "reconnaissance de dette"),
                    ("part_payment", "paiement partiel"),
                    ("court_action", "demande en justice"),
                    ("enforcement", "mesure d'exécution forcée"),
                    ("written_demand", "demande écrite à un acheteur public"),
                ],
                max_length=16,
                verbose_name="acte",
            ),
        ),
    ]
