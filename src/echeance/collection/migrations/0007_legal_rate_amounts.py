"""Legal rates are kept as integers, like every exact figure."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

import echeance.base.fields

RATES = {
    "legal_individuals": "taux légal, particuliers",
    "legal_professionals": "taux légal, autres cas",
    "ecb": "taux de la BCE",
}


def in_hundredths(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Rows written as decimals become whole hundredths before their columns do."""
    rows = apps.get_model("collection", "LegalRate").objects
    rows.update(**{name: F(name) * 100 for name in RATES})


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0006_insolvency_items"),
    ]

    operations = [
        migrations.RunPython(in_hundredths, migrations.RunPython.noop),
        *(
            migrations.AlterField(
                model_name="legalrate",
                name=name,
                field=echeance.base.fields.AmountField(scale=2, verbose_name=label),
            )
            for name, label in RATES.items()
        ),
    ]
