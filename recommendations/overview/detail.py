"""Everything a reader may know of one recommendation, gathered with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import Reader, is_member
from recommendations.assessments.method import obligation_sentence, standing_sentence
from recommendations.assessments.models import Assessment, ComplianceStatus, ItemRating, Round, RoundItem
from recommendations.audit.history import Entry, history_of
from recommendations.catalogue.models import (
    Position,
    Recommendation,
    RecommendationLink,
    RecommendingState,
    StateClaim,
)
from recommendations.catalogue.texts import best_text, preferred_text, shown_texts
from recommendations.charts import Point, Target, both_widths, line_chart
from recommendations.evidence.models import EvidenceLink, Indicator, Observation
from recommendations.evidence.numbers import shown as number_shown
from recommendations.overview.rows import SPEAKING
from recommendations.vocabulary import AssessmentStatus, Shows


@dataclass(frozen=True)
class Group:
    """Evidence that shows the same."""

    shows: str
    label: Any
    links: list[EvidenceLink]


@dataclass(frozen=True)
class Series:
    """One series of an indicator: its picture and the table that says the same."""

    indicator: Indicator
    name: str
    chart: str
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Finding:
    """An assessment that speaks of this recommendation, with what it finds here."""

    assessment: Assessment
    rating: ItemRating
    demands: list[ItemRating]
    is_newest: bool


@dataclass(frozen=True)
class Action:
    """Something one may do, or why not, as components/_action_buttons.html shows it."""

    url: str
    label: str
    refusal: str | None
    primary: bool = False
    danger: bool = False
    link: bool = True


def recommendation_for(reader: Reader, reference: str) -> Any:
    """The recommendation of this reference, prefetched for its page (a query, so that 404 is the caller's)."""
    return (
        Recommendation.objects.visible_to(reader)
        .filter(reference=reference)
        .select_related("state", "body", "document", "cycle__session", "lead_theme")
        .prefetch_related(
            "texts",
            "themes",
            "groups",
            "goals",
            "targets",
            "responsible_bodies",
            "obligations__treaty",
            Prefetch("recommending", RecommendingState.objects.select_related("state")),
            "demands__texts",
            "demands__states",
            Prefetch("positions", Position.objects.visible_to(reader).select_related("document")),
            Prefetch("claims", StateClaim.objects.visible_to(reader).select_related("document")),
        )
    )


def text_context(recommendation: Recommendation, language: str) -> dict[str, Any]:
    """The text in the asked language (or the nearest) and the languages to switch between."""
    text, is_fallback = preferred_text(recommendation, language)
    return {
        "text": text,
        "is_fallback": is_fallback,
        "languages": sorted({row.language for row in shown_texts(recommendation.texts.all())}),
        "text_language": text.language if text else "",
    }


def demands(
    recommendation: Recommendation, language: str
) -> list[tuple[str, tuple[str, str, str] | None, list[Any]]]:
    """The demands it holds: (letter, (language, kind, text) to show, States that asked it)."""
    return [
        (
            demand.letter,
            best_text([(row.language, "official", row.text) for row in demand.texts.all()], language)[0],
            list(demand.states.all()),
        )
        for demand in recommendation.demands.all()
    ]


def evidence_groups(recommendation: Recommendation, reader: Reader) -> list[Group]:
    """The evidence the reader may see, by what it shows; every kind of showing stands, also an empty one."""
    links = list(
        EvidenceLink.objects.visible_to(reader)
        .filter(recommendation=recommendation)
        .select_related("evidence__source", "evidence__organisation", "demand")
        # What has no date stands last: the two databases would disagree.
        .order_by(F("evidence__happened_from").desc(nulls_last=True), "-evidence__number")
    )
    return [
        Group(shows.value, shows.label, [link for link in links if link.shows == shows]) for shows in Shows
    ]


def findings(recommendation: Recommendation, reader: Reader) -> list[Finding]:
    """What was found over time, the newest round first; what was withdrawn is left out, retracted is a notice."""
    ratings = list(
        ItemRating.objects.visible_to(reader)
        .filter(item__recommendation=recommendation)
        .exclude(status=AssessmentStatus.WITHDRAWN)
        .select_related(
            "assessment__round",
            "assessment__organisation",
            "assessment__cluster",
            "assessment__item",
            "demand",
        )
        .order_by("-assessment__round__opened_on", "-assessment__pk", "demand__letter")
    )
    wholes = [row for row in ratings if row.demand_id is None]
    parts: dict[int, list[ItemRating]] = {}
    for row in ratings:
        if row.demand_id is not None:
            parts.setdefault(row.assessment_id, []).append(row)
    return [
        Finding(row.assessment, row, parts.get(row.assessment_id, []), is_newest=place == 0)
        for place, row in enumerate(wholes)
    ]


def item_of(recommendation: Recommendation, reader: Reader, round_: Round | None) -> RoundItem | None:
    """How the recommendation is followed: in the chosen round, else in its current one."""
    items = RoundItem.objects.visible_to(reader).filter(recommendation=recommendation)
    items = items.filter(round=round_) if round_ else items.filter(is_current=True)
    return items.select_related("round", "cluster", "organisation", "assignee").first()


def compliance_of(item: RoundItem | None, reader: Reader) -> ComplianceStatus | None:
    """What is said of it in that round, to this reader."""
    return ComplianceStatus.objects.visible_to(reader).filter(item=item).first() if item else None


def rests_on_a_single_source(item: RoundItem | None, found: list[Finding]) -> bool:
    """Whether what is said of it in that round rests on one unsystematic source (method §4.5)."""
    return item is not None and any(
        one.assessment.single_source and one.rating.item_id == item.pk and one.rating.status in SPEAKING
        for one in found
    )


def same_demand(
    recommendation: Recommendation, reader: Reader
) -> list[tuple[RecommendationLink, Recommendation]]:
    """The recommendations of other cycles that ask the same, the oldest first, each with its link."""
    links = RecommendationLink.objects.filter(Q(earlier=recommendation) | Q(later=recommendation))
    others = {
        (link.later_id if link.earlier_id == recommendation.pk else link.earlier_id): link for link in links
    }
    seen = Recommendation.objects.visible_to(reader).select_related("cycle").in_bulk(list(others))
    pairs = [(others[key], other) for key, other in seen.items()]
    return sorted(
        pairs, key=lambda pair: (pair[1].cycle.number if pair[1].cycle else 0, pair[1].paragraph_key)
    )


def indicator_series(recommendation: Recommendation, reader: Reader) -> list[Series]:
    """The indicators that go with it, each series drawn and told in a table."""
    indicators = (
        Indicator.objects.visible_to(reader)
        .filter(recommendations=recommendation)
        .prefetch_related(
            Prefetch("observations", Observation.objects.visible_to(reader).select_related("source"))
        )
    )
    found = []
    for indicator in indicators:
        groups: dict[str, list[Observation]] = {}
        for observation in indicator.observations.all():
            groups.setdefault(observation.series, []).append(observation)
        for name, observations in groups.items():
            found.append(_series(indicator, name, observations))
    return found


def _series(indicator: Indicator, name: str, observations: list[Observation]) -> Series:
    points = [
        Point(
            day=row.on,
            value=float(row.value),
            day_shown=row.when_label or date_format(row.on, "SHORT_DATE_FORMAT"),
            value_shown=number_shown(row.value),
        )
        for row in observations
    ]
    target = (
        Target(float(indicator.target), _("target: %(value)s") % {"value": number_shown(indicator.target)})
        if indicator.target is not None
        else None
    )
    title = f"{indicator.local_name} · {name}" if name else indicator.local_name
    return Series(
        indicator=indicator,
        name=name,
        # A single value is better read than drawn.
        chart=both_widths(line_chart, points, title=title, unit=indicator.unit, target=target)
        if len(points) > 1
        else "",
        rows=[
            (point.day_shown, point.value_shown, str(row.source or ""))
            for point, row in zip(points, observations, strict=True)
        ],
    )


def standing_sentences(recommendation: Recommendation) -> list[str]:
    """What stands beside it whatever is found: that it was only noted, and what binds the State anyway."""
    noted = standing_sentence(recommendation.position)
    if not noted:
        return []
    return [
        noted,
        *(
            obligation_sentence(
                article=obligation.article, treaty=str(obligation.treaty), since=obligation.in_force_since
            )
            for obligation in recommendation.obligations.all()
        ),
    ]


# What capabilities above this one did to a recommendation, such as imports. Filled when the product starts.
HISTORIES: list[Callable[[Recommendation], list[Entry]]] = []


def history(recommendation: Recommendation, reader: Reader) -> list[Entry]:
    """The record's history in plain words, for members: it names people."""
    if not is_member(reader):
        return []
    entries = [*history_of(recommendation), *(entry for told in HISTORIES for entry in told(recommendation))]
    return sorted(entries, key=lambda entry: entry.when, reverse=True)


def actions(recommendation: Recommendation, item: RoundItem | None, reader: Reader) -> list[Action]:
    """What this person may do from the page, the refused ones with their reason."""
    reference = recommendation.reference
    write_url = ""
    write_refusal = policy.refusal(reader, "assessment.write")
    if item is None:
        write_refusal = write_refusal or _("It is followed in no round yet; a coordinator opens rounds.")
    elif not item.round.is_open:
        write_refusal = write_refusal or _("The round “%(round)s” is closed.") % {"round": item.round}
    else:
        subject = f"cluster={item.cluster_id}" if item.cluster_id else f"item={item.pk}"
        write_url = f"{reverse('assessment_new')}?{subject}"
    return [
        Action(write_url, _("Write an assessment"), write_refusal, primary=True),
        Action(
            f"{reverse('evidence_new')}?recommendation={reference}",
            _("Add evidence"),
            policy.refusal(reader, "evidence.add"),
        ),
        Action(
            reverse("position_new", args=[reference]),
            _("Record a position"),
            policy.refusal(reader, "position.record"),
        ),
        Action(
            reverse("claim_new", args=[reference]),
            _("Record a State claim"),
            policy.refusal(reader, "position.record"),
        ),
        Action(
            reverse("recommendation_edit", args=[reference]),
            _("Correct the record"),
            policy.refusal(reader, "recommendation.record"),
        ),
        Action(
            reverse("demands_edit", args=[reference]),
            _("Split into demands"),
            policy.refusal(reader, "recommendation.record"),
        ),
        Action(
            reverse("recommendation_link_new", args=[reference]),
            _("Link to another cycle"),
            policy.refusal(reader, "recommendation.link"),
        ),
    ]
