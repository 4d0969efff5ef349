# The usual payment terms of a company.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="payment_terms",
            field=models.CharField(
                default="net30",
                max_length=200,
                verbose_name="conditions de règlement habituelles (BT-20)",
            ),
        ),
    ]
