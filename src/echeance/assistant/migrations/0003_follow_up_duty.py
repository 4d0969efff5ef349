# The duty about what customers undertook.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0002_platform_duties")]

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
                    ("follow_up", "Promesses, échéanciers et appels"),
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
