"""The table of the full-text search, which each database keeps in its own way (overview/search.py)."""

import django.db.models.deletion
from django.db import migrations, models

import recommendations.overview.models

TABLE = "recommendations_search"
SQLITE = (
    # Tokens come folded and stemmed; between them stand blanks, within them -./ belong to references and symbols.
    f"""CREATE VIRTUAL TABLE {TABLE} USING fts5(stems, tokenize = "ascii tokenchars '-./'")""",
)
POSTGRESQL = (
    f"CREATE TABLE {TABLE} (rowid bigint PRIMARY KEY, stems tsvector NOT NULL)",
    f"CREATE INDEX {TABLE}_stems ON {TABLE} USING gin (stems)",
)


def make(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {TABLE}")


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0006_import_staging")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "recommendation",
                    models.OneToOneField(
                        db_column="rowid",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="recommendations.recommendation",
                    ),
                ),
                ("stems", recommendations.overview.models.StemsField()),
                ("rank", models.FloatField()),
            ],
            options={"db_table": TABLE, "managed": False},
        ),
        migrations.RunPython(make, drop),
    ]
