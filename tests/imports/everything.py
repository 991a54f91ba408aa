"""The whole database as a test compares it before an import and after it was taken back."""

from django.apps import apps
from django.db import connection

# What an import leaves behind on purpose: its file and its books, the log, and the references that stay reserved.
KEPT = {
    "SourceFile",
    "ImportRun",
    "ImportRow",
    "ImportTrace",
    "Event",
    "EventDetail",
    "ChainHead",
    "Job",
    "RetiredReference",
}


def everything() -> dict[str, object]:
    """Every row of every table, and the search index."""
    found: dict[str, object] = {}
    for model in apps.get_models(include_auto_created=True):
        if model.__name__ not in KEPT and model._meta.managed:
            names = [field.attname for field in model._meta.concrete_fields]
            found[model._meta.label] = sorted(map(repr, model._base_manager.values_list(*names)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid, stems FROM recommendations_search ORDER BY rowid")
        found["search"] = cursor.fetchall()
    return found
