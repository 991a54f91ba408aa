"""Builds the cycle summary of one cycle, round, audience and language, with a fixed number of queries.

Everything is read as the audience may see it; what is kept back is counted once for the whole summary.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.utils import timezone, translation

from recommendations.assessments.compliance import SPEAKING
from recommendations.assessments.method_editions import text_of
from recommendations.assessments.models import (
    Assessment,
    Citation,
    Cluster,
    ItemRating,
    Round,
)
from recommendations.assessments.translating import source_of
from recommendations.catalogue.models import (
    Milestone,
    Recommendation,
    ReviewCycle,
)
from recommendations.catalogue.texts import best_text, preferred_text
from recommendations.evidence.models import Evidence, EvidenceLink, Indicator, Observation
from recommendations.overview.lines import (
    DIFFER,
    NOT_YET,
    STATUSES,
    ClaimLine,
    CycleFacts,
    DemandLine,
    DocumentLine,
    Finding,
    IndicatorSeries,
    MilestoneLine,
    ObligationLine,
    ObservationPoint,
    PositionLine,
    RecommendationLine,
    RoundFacts,
    SpreadLine,
    StatusCounts,
    UnTotals,
    Withheld,
    narrative,
)
from recommendations.overview.reading import STATUS_OF, Reading
from recommendations.overview.summary import CycleSummary, in_document_order
from recommendations.overview.totals import totals_note
from recommendations.vocabulary import Audience
from recommendations.words.alphabet import alphabetical
from recommendations.words.citations import without_citations


def rounds_of(cycle: ReviewCycle, reader: Any) -> list[Round]:
    """The cycle's rounds, the latest first."""
    return list(Round.objects.visible_to(reader).filter(cycle=cycle))


def build_summary(
    *,
    cycle: ReviewCycle,
    round: Round | None,
    audience: str,
    language: str,
    at: datetime | None = None,
    references: Collection[str] | None = None,
    inside: bool = False,
) -> CycleSummary:
    """The summary as this audience may see it, its words in this language; of some recommendations only when named.

    ``inside`` makes its addresses lead to the pages of who is signed in, also where it is what the public may see.
    """
    moment = (at or timezone.now()).replace(microsecond=0)
    with translation.override(language):
        return _Builder(cycle, round, Audience(audience), language, moment, references, inside=inside).build()


class _Builder(Reading):
    def build(self) -> CycleSummary:
        rows = self.read_recommendations()
        ids = [row.pk for row in rows]
        self.read_work(ids)
        self.read_evidence(ids)
        self.read_repeats(ids)
        indicators = self._indicators(ids)
        followed: dict[str, list[str]] = defaultdict(list)
        for series in indicators:
            for reference in series.recommendations:
                followed[reference].append(series.title)
        lines = tuple(replace(self._line(row), indicators=tuple(followed[row.reference])) for row in rows)
        organisations = sorted(
            {row.organisation.name_in(self.language) for group in self.speaking.values() for row in group},
            key=lambda name: alphabetical(name, self.language),
        )
        summary = CycleSummary(
            cycle=self._cycle_facts(),
            round=self._round_facts(),
            audience=self.audience.value,
            language=self.language,
            made_at=self.at,
            rows=lines,
            un_totals=self._un_totals(),
            totals_note=totals_note(self.cycle, Counter(row.position for row in rows)),
            cluster_coverage=self._cluster_coverage(),
            endnotes=tuple(self.endnotes.values()),
            indicators=indicators,
            withheld=self._withheld(ids),
            organisations=() if self.is_public else tuple(organisations),
            site=settings.SITE_URL,
            is_demo=any(row.is_demo for row in rows) or bool(self.round and self.round.is_demo),
            method=text_of(self.round.method_edition if self.round else "", self.language),
        )
        return in_document_order(summary)

    # --- facts ----------------------------------------------------------------------------------------------------

    def _cycle_facts(self) -> CycleFacts:
        cycle = self.cycle
        milestones = Milestone.objects.visible_to(self.audience).filter(cycle=cycle, cancelled_at=None)
        return CycleFacts(
            reference=cycle.key,
            state_name=cycle.state.name_in(self.language),
            state_code=cycle.state.code,
            number=cycle.number,
            url=self.cycle_url(),
            session=cycle.session.number if cycle.session else None,
            session_start=cycle.session.starts_on if cycle.session else None,
            session_end=cycle.session.ends_on if cycle.session else None,
            review_date=cycle.review_on,
            adoption_date=cycle.adopted_on,
            adoption_decision=cycle.decision,
            documents=tuple(
                DocumentLine(
                    symbol=row.symbol,
                    title=row.title,
                    kind=row.kind,
                    date=row.published_on,
                    url=row.url,
                    symbol_is_inferred=row.is_inferred,
                )
                for row in cycle.documents.all()
            ),
            milestones=tuple(
                MilestoneLine(kind=row.kind, title=row.label, date=row.on, is_estimate=row.is_estimate)
                for row in milestones
            ),
        )

    def _round_facts(self) -> RoundFacts | None:
        found = self.round
        if found is None:
            return None
        return RoundFacts(
            id=found.pk,
            title=found.title,
            purpose=found.purpose,
            cutoff_date=found.cutoff_on,
            deadline=found.deadline,
            method_edition=found.method_edition,
        )

    def _un_totals(self) -> UnTotals | None:
        cycle = self.cycle
        if cycle.un_received is None and cycle.un_supported is None and cycle.un_noted is None:
            return None
        return UnTotals(
            received=cycle.un_received,
            supported=cycle.un_supported,
            noted=cycle.un_noted,
            source=cycle.un_note,
        )

    def _cluster_coverage(self) -> StatusCounts:
        if self.round is None:
            return StatusCounts()
        furthest: dict[int, str] = dict.fromkeys(
            Cluster.objects.visible_to(self.audience).filter(round=self.round).values_list("pk", flat=True),
            "not_yet",
        )
        assessments = Assessment.objects.filter(cluster__in=list(furthest))
        if self.is_public:
            assessments = assessments.visible_to(self.audience).filter(status__in=SPEAKING[self.audience])
        for cluster, status in assessments.values_list("cluster", "status"):
            name = STATUS_OF.get(status)
            if name and STATUSES.index(name) > STATUSES.index(furthest[cluster]):
                furthest[cluster] = name
        counts = dict.fromkeys(STATUSES, 0)
        for name in furthest.values():
            counts[name] += 1
        return StatusCounts(**counts)

    def _indicators(self, ids: list[int]) -> tuple[IndicatorSeries, ...]:
        found = (
            Indicator.objects.visible_to(self.audience)
            .filter(recommendations__in=ids)
            .distinct()
            .prefetch_related(
                Prefetch(
                    "observations", Observation.objects.visible_to(self.audience).select_related("source")
                ),
                Prefetch("recommendations", Recommendation.objects.filter(pk__in=ids).in_order()),
            )
        )
        lines = []
        for indicator in found:
            series: dict[str, list[Observation]] = {}
            for row in indicator.observations.all():
                series.setdefault(row.series, []).append(row)
            title = getattr(indicator, f"name_{self.language}", "") or indicator.name
            for name, rows in series.items():
                lines.append(
                    IndicatorSeries(
                        title=f"{title}: {name}" if name else title,
                        unit=indicator.unit,
                        url=self.address("indicator_detail", indicator.slug) if self.inside else "",
                        definition=indicator.definition,
                        target=indicator.target,
                        target_note=indicator.target_note,
                        points=tuple(
                            ObservationPoint(
                                when=row.when_label or str(row.on.year),
                                on=row.on,
                                value=row.value,
                                source=str(row.source or ""),
                                note=row.note,
                            )
                            for row in rows
                        ),
                        recommendations=tuple(row.reference for row in indicator.recommendations.all()),
                    )
                )
        return tuple(lines)

    def _withheld(self, ids: list[int]) -> Withheld:
        """Items of evidence that belong here and that the audience may not see, counted once."""
        seen = Evidence.objects.visible_to(self.audience).values("pk")
        assessments = {row.assessment_id for found in self.speaking.values() for row in found}
        belong = Q(pk__in=Citation.objects.filter(assessment__in=assessments).values("evidence"))
        if not self.is_public:
            belong |= Q(pk__in=EvidenceLink.objects.filter(recommendation__in=ids).values("evidence"))
        count = Evidence.objects.filter(belong).exclude(pk__in=seen).count()
        return Withheld(anything=count > 0, count=None if self.is_public else count)

    # --- one recommendation ---------------------------------------------------------------------------------------

    def _line(self, row: Any) -> RecommendationLine:
        item = self.items.get(row.pk)
        told = self.told.get(item.pk) if item else None
        ratings = self.speaking.get(item.pk, []) if item else []
        text, is_fallback = preferred_text(row, self.language)
        differs = bool(told and told.differs)
        return RecommendationLine(
            reference=row.reference,
            paragraph=row.paragraph,
            text=text.text if text else "",
            text_kind=text.kind if text else "official",
            text_language=text.language if text else self.language,
            text_is_fallback=is_fallback,
            url=self.recommendation_url(row.reference),
            document=row.document.symbol,
            states=tuple(one.state.name_in(self.language) for one in row.its_states),
            position=row.position,
            positions=tuple(
                PositionLine(
                    position=one.kind,
                    date=one.on,
                    document=one.document.symbol if one.document else "",
                    locator=one.locator,
                    quote=one.quote,
                )
                for one in row.its_positions
            ),
            theme=row.lead_theme.name_in(self.language) if row.lead_theme else "",
            theme_code=row.lead_theme.code if row.lead_theme else "",
            themes=self._names(row.its_themes),
            groups=self._names(row.its_groups),
            sdgs=tuple(str(goal.number) for goal in row.its_goals),
            categories=tuple(
                one.action_category for one in row.its_states if one.action_category is not None
            ),
            outcome=DIFFER if differs else (told.rating if told else NOT_YET),
            status=self.statuses.get(item.pk, "not_yet") if item else "not_yet",
            findings=tuple(self._finding(rating) for rating in ratings),
            spread=tuple(
                SpreadLine(organisation=self._organisation(rating), rating=rating.rating)
                for rating in ratings
            )
            if differs
            else (),
            demands=self._demands(row, ratings),
            claims=tuple(
                ClaimLine(
                    claim=one.kind,
                    quote=one.quote,
                    source=", ".join(
                        part for part in (one.document.symbol if one.document else "", one.locator) if part
                    ),
                    date=one.on,
                )
                for one in row.its_claims
            ),
            obligations=tuple(
                ObligationLine(
                    article=one.article, treaty=one.treaty.name_in(self.language), since=one.in_force_since
                )
                for one in row.its_obligations
            ),
            evidence_count=self.evidence_counts.get(row.pk, 0),
            repeats=tuple(self.repeats.get(row.pk, ())),
            cluster=self._cluster_title(item.cluster) if item and item.cluster else "",
        )

    def _finding(self, rating: ItemRating) -> Finding:
        assessment = rating.assessment
        translated = self.translations.get(assessment.pk)
        texts = translated if translated is not None else source_of(assessment)
        parts = ("narrative", "law_text", "policy_text", "practice_text")
        reasons = "\n\n".join(texts[part] for part in parts if part in texts)
        fell_back = translated is None and assessment.language != self.language
        return Finding(
            key=str(assessment.pk),
            rating=rating.rating,
            organisation=self._organisation(rating),
            cluster=self._cluster_title(assessment.cluster) if assessment.cluster else "",
            law=rating.law,
            policy=rating.policy,
            practice=rating.practice,
            implemented_when=without_citations(rating.implemented_when or assessment.implemented_when),
            sentence=narrative(rating.sentence, self.numbers),
            reasons=narrative(reasons, self.numbers),
            language=assessment.language if fell_back and texts else "",
            ask_next=narrative(texts.get("next_ask", ""), self.numbers),
            cannot_reason=rating.cannot_reason,
            cannot_details=narrative(rating.cannot_steps, self.numbers),
            override_reason=narrative(rating.override_reason, self.numbers),
            cutoff_date=assessment.cutoff_on,
            went_backwards_in_part=rating.reversed_mark,
            steps_under_way=rating.steps_under_way,
            single_source=assessment.single_source,
            unseen=() if self.is_public else tuple(f"E-{number}" for number in assessment.unseen_by_approver),
        )

    def _demands(self, row: Any, ratings: list[ItemRating]) -> tuple[DemandLine, ...]:
        lines = []
        for demand in row.its_demands:
            found = {
                part.rating: part
                for rating in ratings
                if (part := self.demand_ratings.get((rating.assessment_id, demand.pk)))
            }
            outcome = NOT_YET if not found else (next(iter(found)) if len(found) == 1 else DIFFER)
            text, _fallback = best_text(
                [(one.language, "official", one.text) for one in demand.its_texts], self.language
            )
            lines.append(
                DemandLine(
                    label=demand.letter,
                    text=text[2] if text else "",
                    states=tuple(state.name_in(self.language) for state in demand.asked_by),
                    outcome=outcome,
                    implemented_when=next(iter(found.values())).implemented_when if len(found) == 1 else "",
                )
            )
        return tuple(lines)

    def _names(self, terms: Iterable[Any]) -> tuple[str, ...]:
        return tuple(term.name_in(self.language) for term in terms)

    def _organisation(self, rating: ItemRating) -> str:
        """Named inside the coalition only: outside an organisation is named when it has signed."""
        return "" if self.is_public else rating.organisation.short_name

    def _cluster_title(self, cluster: Cluster) -> str:
        return cluster.title_in(self.language)
