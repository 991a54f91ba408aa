"""What stands on the rows of an import: what people, or later imports, built on them since.

Every table that refers to what the import made is asked, found through ``_meta``: a table added later is not forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access.visibility import RULES, visible
from recommendations.assessments.models import Assessment, RoundItem
from recommendations.catalogue.models import (
    Recommendation,
    RecommendationLink,
    ReviewCycle,
)
from recommendations.evidence.models import Evidence, EvidenceLink, Indicator
from recommendations.imports import written
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.traces import images_of, parts, related_to
from recommendations.imports.written import Part, Written
from recommendations.vocabulary import ImportAction, ImportState

MOST_EXAMPLES = 10
_CHUNK = 500
# Columns of a recommendation that change when something is added to it.
_FOLLOWS = ("updated_at", "position", "position_on")

# Tables in words, by their models' names; one that is not named here is called by its verbose name.
NAMES: dict[str, Any] = {
    "RoundItem": gettext_lazy("Followed in a round"),
    "EvidenceLink": gettext_lazy("Links to evidence"),
    "Indicator_recommendations": gettext_lazy("Indicators"),
    "RecommendationLink": gettext_lazy("Links between recommendations"),
    "RecommendationIdentifier": gettext_lazy("Identifiers in other sources"),
    "Demand": gettext_lazy("Demands"),
    "Position": gettext_lazy("Positions"),
    "StateClaim": gettext_lazy("State claims"),
    "RecommendationText": gettext_lazy("Texts"),
    "RecommendingState": gettext_lazy("Recommending States"),
    "ReferenceAlias": gettext_lazy("Earlier references"),
    "Recommendation": gettext_lazy("Recommendations"),
    "Recommendation_themes": gettext_lazy("Themes"),
    "Recommendation_groups": gettext_lazy("Affected groups"),
    "Recommendation_goals": gettext_lazy("SDGs"),
    "Recommendation_targets": gettext_lazy("SDG targets"),
    "Recommendation_responsible_bodies": gettext_lazy("Responsible bodies"),
    "Recommendation_obligations": gettext_lazy("Obligations"),
    "Recommendation_plan_items": gettext_lazy("Items of the State's plan"),
    "Milestone": gettext_lazy("Milestones"),
    "Document": gettext_lazy("Documents"),
    "Pledge": gettext_lazy("Voluntary pledges"),
    "Round": gettext_lazy("Rounds"),
    "Export": gettext_lazy("Exports"),
    "ReviewCycle_troika": gettext_lazy("Troika"),
    "EvidenceFile": gettext_lazy("Files of evidence"),
    "Evidence_named_people": gettext_lazy("People who may see an item"),
    "Citation": gettext_lazy("Citations in assessments"),
    "Comment": gettext_lazy("Comments"),
    "Translation": gettext_lazy("Translations"),
    "AssessmentVersion": gettext_lazy("Submitted versions"),
    "Assessment": gettext_lazy("Later assessments"),
    "Submission": gettext_lazy("Submissions"),
    "Edition": gettext_lazy("Editions"),
    "FactSheet": gettext_lazy("Fact sheets"),
}


@dataclass
class Standing:
    """One kind of thing that stands on the import's rows: how many, and some of them with their addresses."""

    kind: str
    label: str
    count: int
    examples: list[tuple[str, str]] = field(default_factory=list)


def what_built_on(run: ImportRun, *, reader: Any = None, found: Written | None = None) -> list[Standing]:
    """What stands on the rows of the run, grouped; nothing where it can be taken back.

    ``reader`` is whom it is told: what she may not see is told as one entry without a number. None is told all.
    """
    return _Search(run, found or written.read(run)).told(reader)


class _Search:
    def __init__(self, run: ImportRun, found: Written):
        self._run = run
        self._written = found
        self._rows: dict[type[models.Model], set[int]] = {}
        self._touched: set[int] = set()
        # Recommendations in which nothing but what follows from added rows is different.
        self._added_to: set[int] = set()
        self._own = {(label, key) for part in found.parts for label, key in part.made}
        for part in found.parts:
            self._on_created(part)
            self._on_changed(part)
            self._on_made(part)
        self._changed_since()

    def _add(self, model: type[models.Model], rows: Iterable[tuple[int, int | None]]) -> None:
        """Note rows by key, each with the recommendation that it belongs to."""
        for key, recommendation in rows:
            self._rows.setdefault(model, set()).add(key)
            if recommendation is not None:
                self._touched.add(recommendation)

    def _on_created(self, part: Part) -> None:
        for relation in related_to(Recommendation):
            for condition in part.among_created(relation.name):
                rows = _later(relation, part).filter(condition)
                self._add(relation.model, rows.values_list("pk", relation.attname))

    def _on_changed(self, part: Part) -> None:
        """Rows of the catalogue that were added to recommendations which the import had changed."""
        for start in range(0, len(changed := sorted(part.changed)), _CHUNK):
            ids = changed[start : start + _CHUNK]
            for relation in parts():
                rows = _later(relation, part).filter(**{f"{relation.attname}__in": ids})
                self._add(
                    relation.model,
                    (
                        (key, owner)
                        for key, owner in rows.values_list("pk", relation.attname)
                        if not self._is_own(relation.model, key, None)
                    ),
                )

    def _on_made(self, part: Part) -> None:
        """Rows that refer to a cycle or document that the import brought, or to a row that it added."""
        brought: dict[str, list[int]] = {}
        for label, key in part.made:
            brought.setdefault(label, []).append(key)
        for label, keys in self._written.added.items():
            brought.setdefault(label, []).extend(keys)
        for label, numbers in brought.items():
            model: Any = apps.get_model(label)
            for relation in related_to(model):
                owner = _owner_of(relation.model)
                for start in range(0, len(numbers), _CHUNK):
                    among = {f"{relation.attname}__in": numbers[start : start + _CHUNK]}
                    rows = _later(relation, part).filter(**among).values_list("pk", owner or "pk")
                    self._add(
                        relation.model,
                        (
                            (key, None)
                            for key, recommendation in rows
                            if not self._is_own(relation.model, key, recommendation if owner else None)
                        ),
                    )

    def _is_own(self, model: type[models.Model], key: int, recommendation: int | None) -> bool:
        """Whether the import itself made the row, for another State perhaps."""
        label = model._meta.label
        if (label, key) in self._own or key in self._written.added.get(label, ()):
            return True
        # What others added to a recommendation of the import is found with the recommendation.
        return recommendation is not None and self._written.has_created(recommendation)

    def _changed_since(self) -> None:
        """Recommendations that are no longer as the import left them."""
        since: set[int] = set()
        for part in self._written.parts:
            for condition in part.among_created("pk"):
                rows = Recommendation._base_manager.filter(condition)
                changed = rows.exclude(revision=1, updated_at=F("created_at"))
                for key, revision in changed.values_list("pk", "revision"):
                    since.add(key)
                    if revision == 1:
                        self._added_to.add(key)
        # The last trace of a row counts: what came before it is the run's own.
        seen: set[tuple[str, int]] = set()
        for changes in written.changes(self._run):
            tables: dict[str, list[int]] = {}
            for label, key, _before, _after in changes:
                tables.setdefault(label, []).append(key)
            now = {}
            for label, keys in tables.items():
                now.update(images_of(apps.get_model(label), keys))
            for label, key, before, after in changes:
                if (label, key) in seen:
                    continue
                seen.add((label, key))
                row = now.get((label, key))
                owner = written.owner_of(label, after or before or {})
                if owner is not None and not _same(row, after):
                    since.add(owner)
        self._since = since

    def told(self, reader: Any) -> list[Standing]:
        """What was found, in words for the reader."""
        later = self._later_imports()
        found = [group_of(ImportRun, later, _("Changed by a later import"))] if later else []
        # Who added a position is told by the position.
        by_hand = self._since - (self._touched & self._added_to) - self._by_imports
        if by_hand:
            found.append(group_of(Recommendation, by_hand, _("Corrected here since")))
        hidden = False
        for model, keys in self._rows.items():
            seen = seen_by(model, keys, reader)
            hidden = hidden or len(seen) < len(keys)
            if seen:
                found.append(group_of(model, seen, named(model)))
        if hidden:
            found.append(Standing("hidden", _("Something that you may not see"), 0))
        return found

    def _later_imports(self) -> set[int]:
        """The later imports that changed some of these recommendations; notes which those are."""
        self._by_imports: set[int] = set()
        runs: set[int] = set()
        since = sorted(self._since)
        for start in range(0, len(since), _CHUNK):
            references = dict(
                Recommendation._base_manager.filter(pk__in=since[start : start + _CHUNK]).values_list(
                    "reference", "pk"
                )
            )
            rows = ImportRow.objects.filter(
                Q(run__applied_at=None) | Q(run__applied_at__gt=self._run.applied_at or self._run.started_at),
                reference__in=references,
                run__status__in=[ImportState.APPLIED, ImportState.INTERRUPTED],
            ).exclude(Q(action=ImportAction.UNCHANGED) | Q(run=self._run))
            for run, reference in rows.values_list("run_id", "reference"):
                runs.add(run)
                self._by_imports.add(references[reference])
        return runs


def _same(row: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
    if row is None or after is None:
        return row is None and after is None
    # A column that a later version of the product added, or dropped, says nothing.
    return all(row[name] == value for name, value in after.items() if name in row)


def _later(relation: models.ForeignKey, part: Part) -> Any:
    """Rows of the relation's table made after the import wrote the State; all where that cannot be told."""
    rows = relation.model._base_manager.all()
    last = part.last.get(relation.model._meta.label)
    return rows if last is None else rows.filter(pk__gt=last)


def _owner_of(model: type[models.Model]) -> str:
    """The column by which a row belongs to a recommendation; nothing where it does not."""
    if model is Recommendation:
        return "pk"
    return next((one.attname for one in related_to(Recommendation) if one.model is model), "")


def seen_by(model: type[models.Model], keys: set[int], reader: Any) -> set[int]:
    """Those of these rows that the reader may see; None sees all, and rows without a rule everybody."""
    if reader is None or model.__name__ not in RULES:
        return keys
    seen: set[int] = set()
    ordered = sorted(keys)
    for start in range(0, len(ordered), _CHUNK):
        rows = model._base_manager.filter(visible(model, reader), pk__in=ordered[start : start + _CHUNK])
        seen.update(rows.values_list("pk", flat=True))
    return seen


def named(model: type[models.Model]) -> str:
    """What people call the rows of a table."""
    return str(NAMES.get(model.__name__, "")) or capfirst(str(model._meta.verbose_name_plural))


def group_of(model: type[models.Model], keys: set[int], label: str) -> Standing:
    """So many rows of a table, with some of them by name."""
    rows = model._base_manager.filter(pk__in=sorted(keys)[:MOST_EXAMPLES]).order_by("pk")
    return Standing(model.__name__, label, len(keys), [_example(row) for row in rows])


def _example(row: Any) -> tuple[str, str]:
    """A row in words, and the page on which it is found."""
    show = _SHOWN.get(type(row))
    if show:
        return show(row)
    for name in ("recommendation", "later", "cycle", "assessment", "evidence"):
        owner = getattr(row, name, None)
        if owner is not None:
            return _example(owner)
    return str(row), ""


def _of_round(item: Any) -> tuple[str, str]:
    place = f"{item.round}, {item.cluster}" if item.cluster else str(item.round)
    return f"{item.recommendation} · {place}", reverse("round_detail", args=[item.round_id])


_SHOWN: dict[type[models.Model], Callable[[Any], tuple[str, str]]] = {
    Evidence: lambda row: (f"{row.label} · {row.title}", reverse("evidence_detail", args=[row.number])),
    Assessment: lambda row: (str(row), reverse("assessment_detail", args=[row.pk])),
    Recommendation: lambda row: (row.reference, reverse("recommendation_detail", args=[row.reference])),
    ReviewCycle: lambda row: (row.key, reverse("cycle_detail", args=[row.key])),
    ImportRun: lambda row: (str(row), reverse("import_detail", args=[row.pk])),
    RoundItem: _of_round,
    EvidenceLink: lambda row: (
        f"{row.recommendation} · {row.evidence}",
        reverse("evidence_detail", args=[row.evidence.number]),
    ),
    Indicator.recommendations.through: lambda row: (
        f"{row.recommendation} · {row.indicator}",
        reverse("indicator_detail", args=[row.indicator.slug]),
    ),
    RecommendationLink: lambda row: (
        str(row),
        reverse("recommendation_detail", args=[row.later.reference]),
    ),
}
