"""The table of the cache that all processes share: without it nobody could sign in on a database just migrated."""

from django.core.management import call_command
from django.db import migrations


def make(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0003_search_index")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
