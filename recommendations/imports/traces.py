"""What an import wrote, recorded while it writes: without it nobody could take the import back exactly.

Of new recommendations the keys are enough: in the transaction that makes them nobody else can write to them, so every
row that hangs on them then is the import's, and every later one is not. Of recommendations that were there before, each
row that the import adds, changes or removes is kept as it was and as it is since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from recommendations.catalogue.models import Document, Recommendation
from recommendations.imports import bulk
from recommendations.imports.models import ImportRow, ImportRun, ImportTrace
from recommendations.overview.models import SearchEntry

Row = dict[str, Any]
# A row by its table and key, as it was and as the import left it; None where there was, or is, no such row.
Change = tuple[str, int, Row | None, Row | None]

# What hangs on a recommendation without saying anything about it: the imports' own books, and what is derived.
BOOKS = (ImportRow, ImportRun, ImportTrace, SearchEntry)
_CATALOGUE = "recommendations.catalogue."


@cache
def related_to(model: type[models.Model]) -> tuple[models.ForeignKey, ...]:
    """Every foreign key to this model, those of many-to-many tables too; a later table is among them by itself."""
    return tuple(
        field
        for other in apps.get_models(include_auto_created=True)
        if other not in BOOKS
        for field in other._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is model
    )


@cache
def parts() -> tuple[models.ForeignKey, ...]:
    """The foreign keys by which rows of the catalogue belong to a recommendation: texts, positions, themes."""
    return tuple(
        field for field in related_to(Recommendation) if field.model.__module__.startswith(_CATALOGUE)
    )


@cache
def numbered() -> tuple[type[models.Model], ...]:
    """The tables whose rows are numbered in the order in which they are made."""
    return tuple(
        model
        for model in apps.get_models(include_auto_created=True)
        if model not in BOOKS and isinstance(model._meta.pk, models.AutoField | models.BigAutoField)
    )


def ranges(keys: Iterable[int]) -> list[list[int]]:
    """Ascending keys as [first, last] of each run without a gap."""
    found: list[list[int]] = []
    for key in keys:
        if found and found[-1][1] == key - 1:
            found[-1][1] = key
        else:
            found.append([key, key])
    return found


def plain(value: Any) -> Any:
    """A field's value as JSON holds it; its ``to_python`` gives the value back."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def images(ids: Sequence[int]) -> dict[tuple[str, int], Row]:
    """These recommendations and all that belongs to them in the catalogue, by table and key."""
    found = dict(_images(Recommendation, "pk", ids))
    for field in parts():
        found.update(_images(field.model, field.attname, ids))
    return found


def images_of(model: type[models.Model], keys: Sequence[int]) -> dict[tuple[str, int], Row]:
    """These rows of one table."""
    return dict(_images(model, "pk", keys))


def _images(model: type[models.Model], by: str, keys: Sequence[int]) -> Iterator[tuple[tuple[str, int], Row]]:
    names = [field.attname for field in model._meta.concrete_fields]
    label, key = model._meta.label, model._meta.pk.attname
    for values in model._base_manager.filter(**{f"{by}__in": keys}).values_list(*names):
        row = {name: plain(value) for name, value in zip(names, values, strict=True)}
        yield (label, row[key]), row


class Trace:
    """The trace of one State of a run; call ``close`` at the end of the transaction that writes the State."""

    def __init__(self, run: ImportRun, state: str):
        self._run = run
        self._state = state
        self._wrote = False

    @contextmanager
    def of(self, *, created: Sequence[int], changed: Sequence[int]) -> Iterator[None]:
        """Record what is written meanwhile: new recommendations by key, others row by row."""
        before = images(changed) if changed else {}
        yield
        after = images(changed) if changed else {}
        changes: list[Change] = [
            (*place, before.get(place), after.get(place))
            for place in {**before, **after}
            if before.get(place) != after.get(place)
        ]
        if created or changes:
            self._write({"created": ranges(created), "changed": changes})

    @contextmanager
    def of_documents(self, keys: Sequence[int]) -> Iterator[None]:
        """Record what is changed meanwhile in these documents."""
        before = images_of(Document, keys)
        yield
        after = images_of(Document, keys)
        changes = [(*place, before[place], after.get(place)) for place in before]
        if changes:
            self._write({"created": [], "changed": changes})

    def close(self, *, made: Iterable[models.Model], followed: Sequence[int]) -> None:
        """Note what was added besides, and the last row of every table at this moment."""
        added = [(row._meta.label, row.pk) for row in made]
        if self._wrote or added:
            self._write({"made": added, "followed": followed, "last": _last_rows()})

    def _write(self, content: dict[str, Any]) -> None:
        self._wrote = True
        bulk.insert(
            ImportTrace, ("run_id", "state", "content"), [(self._run.pk, self._state, bulk.document(content))]
        )


def _last_rows() -> dict[str, int]:
    quote = connection.ops.quote_name
    asked = ", ".join(f"(SELECT MAX(id) FROM {quote(model._meta.db_table)})" for model in numbered())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        found = cursor.fetchone()
    return {model._meta.label: last or 0 for model, last in zip(numbered(), found, strict=True)}
