"""What a cycle summary is built from, read for one audience with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Prefetch, Q
from django.urls import reverse

from recommendations.assessments.compliance import SPEAKING, newest_of_each
from recommendations.assessments.models import (
    ComplianceStatus,
    ItemRating,
    Round,
    RoundItem,
)
from recommendations.assessments.translating import checked_texts
from recommendations.catalogue.models import (
    DemandText,
    Obligation,
    Position,
    Recommendation,
    RecommendationLink,
    RecommendingState,
    ReviewCycle,
    StateClaim,
)
from recommendations.evidence.models import Evidence, EvidenceLink
from recommendations.overview.filters import PROGRESS
from recommendations.overview.lines import (
    STATUSES,
    Endnote,
    RepeatLine,
)
from recommendations.vocabulary import Audience
from recommendations.words.alphabet import alphabetical

STATUS_OF = {status: name for name, statuses in PROGRESS.items() for status in statuses}


class Reading:
    """The rows of one cycle and round as one audience may see them, by the keys under which lines are made."""

    def __init__(
        self,
        cycle: ReviewCycle,
        round_: Round | None,
        audience: Audience,
        language: str,
        at: datetime,
        references: Collection[str] | None = None,
        *,
        inside: bool = False,
    ) -> None:
        self.references = references
        # Whether addresses lead to the pages of who is signed in: an observer is told what the public is, but here.
        self.inside = inside or audience != Audience.PUBLIC
        self.cycle, self.round, self.audience, self.language, self.at = cycle, round_, audience, language, at
        self.is_public = audience == Audience.PUBLIC

    def read_recommendations(self) -> list[Any]:
        """The cycle's recommendations with everything that stands with them, in the order of the documents.

        What stands with each is kept as plain lists (`its_states`, …): a query set for each of them would take as
        long as reading them.
        """
        return list(
            Recommendation.objects.visible_to(self.audience)
            .filter(self._wanted())
            .select_related("document", "lead_theme")
            .prefetch_related(
                "texts",
                Prefetch("themes", to_attr="its_themes"),
                Prefetch("groups", to_attr="its_groups"),
                Prefetch("goals", to_attr="its_goals"),
                Prefetch(
                    "obligations", Obligation.objects.select_related("treaty"), to_attr="its_obligations"
                ),
                Prefetch(
                    "recommending", RecommendingState.objects.select_related("state"), to_attr="its_states"
                ),
                Prefetch("positions", self._with_document(Position), to_attr="its_positions"),
                Prefetch("claims", self._with_document(StateClaim), to_attr="its_claims"),
                Prefetch("demands", to_attr="its_demands"),
                Prefetch("its_demands__states", to_attr="asked_by"),
                Prefetch("its_demands__texts", DemandText.objects.order_by("pk"), to_attr="its_texts"),
            )
            .in_order()
        )

    def _with_document(self, model: type[Position] | type[StateClaim]) -> Any:
        return model.objects.visible_to(self.audience).select_related("document")

    def _wanted(self) -> Q:
        wanted = Q(cycle=self.cycle)
        return wanted if self.references is None else wanted & Q(reference__in=self.references)

    def read_work(self, ids: list[int]) -> None:
        """The round's items, ratings and what is said of each recommendation."""
        self.items: dict[int, RoundItem] = {}
        self.told: dict[int, ComplianceStatus] = {}
        self.speaking: dict[int, list[ItemRating]] = {}
        self.demand_ratings: dict[tuple[int, int], ItemRating] = {}
        self.statuses: dict[int, str] = {}
        self.translations: dict[int, dict[str, str]] = {}
        if self.round is None:
            return
        items = RoundItem.objects.visible_to(self.audience).filter(round=self.round, recommendation__in=ids)
        self.items = {item.recommendation_id: item for item in items.select_related("cluster")}
        told = ComplianceStatus.objects.visible_to(self.audience).filter(item__in=self.items.values())
        self.told = {row.item_id: row for row in told}
        ratings = list(
            ItemRating.objects.visible_to(self.audience)
            .filter(item__in=self.items.values(), status__in=SPEAKING[self.audience])
            .select_related("assessment__cluster", "organisation", "demand")
            .order_by("organisation__name", "pk")
        )
        wholes: dict[int, list[ItemRating]] = defaultdict(list)
        for row in ratings:
            if row.demand_id is None:
                wholes[row.item_id].append(row)
        self.speaking = {
            item: sorted(
                newest_of_each(found, SPEAKING[self.audience]),
                key=lambda row: alphabetical(row.organisation.name_in(self.language), self.language),
            )
            for item, found in wholes.items()
        }
        spoken = {row.assessment_id: row.assessment for found in self.speaking.values() for row in found}
        self.translations = checked_texts(spoken.values(), self.language)
        for row in ratings:
            if row.demand_id is not None and row.assessment_id in spoken:
                self.demand_ratings[row.assessment_id, row.demand_id] = row
        # How far the work has come is told inside the coalition also of what is not yet approved, as a status only.
        progress = ItemRating.objects.filter(item__in=self.items.values(), demand=None)
        if self.is_public:
            progress = progress.visible_to(self.audience).filter(status__in=SPEAKING[self.audience])
        for item, status in progress.values_list("item", "status"):
            name = STATUS_OF.get(status)
            if name and STATUSES.index(name) > STATUSES.index(self.statuses.get(item, "not_yet")):
                self.statuses[item] = name

    def read_evidence(self, ids: list[int]) -> None:
        """Cited items become endnotes; numbers are given here and put in the order of the documents at the end."""
        assessments = {row.assessment_id for found in self.speaking.values() for row in found}
        cited = (
            Evidence.objects.visible_to(self.audience)
            .filter(citations__assessment__in=assessments)
            .select_related("source")
            .distinct()
            .order_by("number")
        )
        self.endnotes = {item.number: self._endnote(place, item) for place, item in enumerate(cited, start=1)}
        self.numbers = {number: note.number for number, note in self.endnotes.items()}
        self.evidence_counts = dict(
            EvidenceLink.objects.visible_to(self.audience)
            .filter(recommendation__in=ids)
            .values_list("recommendation")
            .annotate(n=Count("evidence", distinct=True))
            .order_by()
        )

    def _endnote(self, number: int, item: Evidence) -> Endnote:
        source = item.source
        return Endnote(
            number=number,
            reference=item.label,
            title=item.title,
            kind=item.kind,
            check=item.check_status,
            publisher=source.publisher if source else "",
            source_url=source.url if source else "",
            published=source.published_on if source else None,
            accessed=source.accessed_on if source else None,
            url=self.address("evidence_detail", item.number) if self.inside else "",
        )

    def read_repeats(self, ids: list[int]) -> None:
        """The links to other cycles, from both ends."""
        self.repeats: dict[int, list[RepeatLine]] = defaultdict(list)
        links = RecommendationLink.objects.filter(Q(earlier__in=ids) | Q(later__in=ids)).select_related(
            "earlier", "later"
        )
        inside = set(ids)
        for link in links.order_by("earlier__order_key", "later__order_key"):
            if link.later_id in inside:
                self.repeats[link.later_id].append(self._repeat(link.earlier, is_earlier=True))
            if link.earlier_id in inside:
                self.repeats[link.earlier_id].append(self._repeat(link.later, is_earlier=False))

    def _repeat(self, other: Recommendation, *, is_earlier: bool) -> RepeatLine:
        return RepeatLine(
            reference=other.reference, url=self.recommendation_url(other.reference), is_earlier=is_earlier
        )

    # --- addresses ------------------------------------------------------------------------------------------------

    def address(self, name: str, *args: Any) -> str:
        """A page's address as people type it."""
        return settings.SITE_URL + reverse(name, args=args)

    def recommendation_url(self, reference: str) -> str:
        """Where the recommendation stands for this audience; nowhere while the public pages are closed."""
        if self.inside:
            return self.address("recommendation_detail", reference)
        return self.address("public_recommendation", reference) if settings.PUBLIC_PAGES else ""

    def cycle_url(self) -> str:
        if self.inside:
            return self.address("cycle_detail", self.cycle.key)
        return self.address("public_cycle", self.cycle.key) if settings.PUBLIC_PAGES else ""
