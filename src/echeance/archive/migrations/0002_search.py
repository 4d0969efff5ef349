"""Full-text index of the archive: FTS5 on SQLite, GIN on PostgreSQL."""

from django.db import migrations

from echeance.archive import fulltext


def install(apps, schema_editor):
    fulltext.run(fulltext.INSTALL, schema_editor.connection)


def remove(apps, schema_editor):
    fulltext.run(fulltext.REMOVE, schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
