"""The column that ``channels`` replaces goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0019_audiences_and_channels")]
    operations = [migrations.RemoveField("user", "digest_off")]
