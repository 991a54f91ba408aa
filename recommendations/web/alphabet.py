"""Querysets in the order of the reader's alphabet, on both databases: PostgreSQL by ICU, SQLite by our own key."""

from __future__ import annotations

import functools
from typing import Any

from django.db.models import Expression, Func
from django.utils.deconstruct import deconstructible
from django.utils.translation import get_language

from recommendations.words.alphabet import compare

LANGUAGES = ("en", "ru", "kk")


@deconstructible
class InAlphabet(Func):
    """A name in the order of the active language: ``order_by(InAlphabet("name"))``, also in ``Meta.ordering``.

    With more than one field they are the names in English (or whatever stands for all), in Russian and in Kazakh, and
    the reader's is taken where it is not empty. Which language is asked for when the query runs, not before.
    """

    def as_sql(
        self, compiler: Any, connection: Any, *_more: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """The column, or the reader's with the first behind it, under the collation of the language."""
        language = (get_language() or "en")[:2]
        language = language if language in LANGUAGES else "en"
        columns: list[Expression] = self.get_source_expressions()
        first, params = compiler.compile(columns[0])
        place = LANGUAGES.index(language)
        if 0 < place < len(columns):
            own, own_params = compiler.compile(columns[place])
            first, params = f"COALESCE(NULLIF({own}, ''), {first})", (*own_params, *params)
        return f'{first} COLLATE "{language}-x-icu"', tuple(params)


def teach_alphabets(connection: Any, **_signal: Any) -> None:
    """Gives a new SQLite connection the collations that PostgreSQL has by itself, under the same names."""
    if connection.vendor == "sqlite":
        for language in LANGUAGES:
            connection.connection.create_collation(
                f"{language}-x-icu", functools.partial(compare, language=language)
            )
