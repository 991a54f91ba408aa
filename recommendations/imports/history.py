"""What imports did to a recommendation: the entries that they add to its history."""

from __future__ import annotations

from django.db.models import Q

from recommendations.audit.history import Entry, history_of_rows
from recommendations.catalogue.models import Recommendation
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.vocabulary import ImportAction, ImportState


def imports_of(recommendation: Recommendation) -> list[Entry]:
    """The imports that made or changed the record; a run is one event, what it wrote stands in its rows."""
    rows = ImportRow.objects.filter(
        Q(recommendation=recommendation) | Q(reference=recommendation.reference),
        action__in=[ImportAction.NEW, ImportAction.CHANGED],
    )
    runs = ImportRun.objects.filter(
        status__in=[ImportState.APPLIED, ImportState.TAKING_BACK, ImportState.TAKEN_BACK],
        pk__in=rows.values("run"),
    )
    entries = [
        entry
        for verb in ("import.applied", "import.taken_back")
        for entry in history_of_rows(runs, verb=verb)
    ]
    return sorted(entries, key=lambda entry: entry.when, reverse=True)
