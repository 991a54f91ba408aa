"""Makes a table and changes rows."""

from django.db import migrations, models


def change(apps, schema_editor):
    apps.get_model("recommendations", "Organisation").objects.update(name="Changed by the upgrade")


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0015_jobs_by_the_databases_clock")]
    operations = [
        migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]),
        migrations.RunPython(change),
    ]
