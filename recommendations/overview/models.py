"""The search index: one row of word stems for each recommendation, written by overview/search.py only."""

from __future__ import annotations

from typing import Any

from django.db import models

from recommendations.catalogue.models import Recommendation

__all__ = ["SearchEntry"]


class StemsField(models.TextField):
    """Stems as the database's full-text search keeps them; knows the lookup ``matches``."""


@StemsField.register_lookup
class Matches(models.Lookup):
    """Whether the stems hold what a query asks for; the query is in the database's own language."""

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """SQLite: FTS5."""
        column, before = self.process_lhs(compiler, connection)
        value, asked = self.process_rhs(compiler, connection)
        return f"{column} MATCH {value}", (*before, *asked)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """PostgreSQL: the operator its GIN index answers."""
        column, before = self.process_lhs(compiler, connection)
        value, asked = self.process_rhs(compiler, connection)
        return f"{column} @@ {value}::tsquery", (*before, *asked)


class SearchEntry(models.Model):
    """What a recommendation is found by. An FTS5 table on SQLite, a ``tsvector`` with a GIN index on PostgreSQL.

    Not managed by Django, which knows neither; the migration ``search_index`` makes it. A row whose recommendation is
    gone does no harm: the index is only read joined to the recommendations.
    """

    recommendation = models.OneToOneField(
        Recommendation,
        models.DO_NOTHING,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        related_name="search_entry",
    )
    stems = StemsField()
    # FTS5's own column: how well the row fits the query it was matched by. PostgreSQL works it out instead.
    rank = models.FloatField()

    class Meta:
        managed = False
        db_table = "recommendations_search"

    def __str__(self) -> str:
        return str(self.recommendation)
