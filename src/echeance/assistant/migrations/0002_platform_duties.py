# The duties about platforms.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="duty",
            field=models.CharField(
                choices=[
                    ("take_orders", "Commandes reçues"),
                    ("take_bank", "Relevés bancaires"),
                    ("heed", "Statuts des plateformes"),
                    ("match", "Rapprochement des encaissements"),
                    ("receipts", "Encaissements déclarés aux plateformes"),
                    ("bill", "Facturation"),
                    ("seal", "Fichiers et contrôle officiel"),
                    ("deposit", "Dépôt sur la plateforme"),
                    ("send", "Envoi des factures"),
                    ("remind", "Relances"),
                ],
                max_length=12,
                verbose_name="tâche",
            ),
        ),
    ]
