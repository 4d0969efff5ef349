"""Companies that have their chart get the account of retentions."""

from __future__ import annotations

from django.db import migrations


def add_account(apps, schema_editor):
    account = apps.get_model("ledger", "Account")
    kept = account.objects.filter(key="customers_retention").values("company")
    numbered = account.objects.filter(number="411700").values("company")
    companies = (
        account.objects.filter(key="customers")
        .exclude(company__in=kept)
        .exclude(company__in=numbered)
        .values_list("company_id", flat=True)
    )
    account.objects.bulk_create(
        account(
            company_id=company_id,
            key="customers_retention",
            number="411700",
            label="Clients, retenues de garantie",
            is_party=True,
        )
        for company_id in companies
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_disbursement_account")]

    operations = [migrations.RunPython(add_account, migrations.RunPython.noop)]
