"""Indexes that answer which recommendations have a term without looking at a single row of the table.

On the tables that Django keeps for many-to-many fields they replace the index of the term alone.
"""

from django.db import migrations, models

TABLE = "recommendations_recommendation_{}"
TERMS = {"themes": "theme_id", "groups": "affectedgroup_id", "goals": "goal_id"}


def pair(apps, schema_editor):
    connection = schema_editor.connection
    for name, column in TERMS.items():
        table = TABLE.format(name)
        schema_editor.execute(f"CREATE INDEX recommendations_by_{name} ON {table} ({column}, recommendation_id)")
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table)
        for index, details in found.items():
            if details["index"] and not details["unique"] and details["columns"] == [column]:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(index)}")


def single(apps, schema_editor):
    for name, column in TERMS.items():
        schema_editor.execute(f"CREATE INDEX {TABLE.format(name)}_{column} ON {TABLE.format(name)} ({column})")
        schema_editor.execute(f"DROP INDEX recommendations_by_{name}")


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0004_cache_table")]

    operations = [
        migrations.AddIndex(
            model_name="recommendingstate",
            index=models.Index(fields=["state", "recommendation"], name="recommending_by_state"),
        ),
        migrations.RunPython(pair, single),
    ]
