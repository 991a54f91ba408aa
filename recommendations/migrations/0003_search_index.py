"""The table of the full-text search, which each database keeps in its own way (overview/search.py)."""

from django.db import migrations

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
    dependencies = [("recommendations", "0002_database_rules")]

    operations = [
        migrations.RunPython(make, drop),
    ]
