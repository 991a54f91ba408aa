"""Fails halfway."""

from django.db import migrations


def fail(apps, schema_editor):
    raise ValueError("an invented fault")


class Migration(migrations.Migration):
    dependencies = [("upgrading", "0001_works")]
    operations = [migrations.RunPython(fail)]
