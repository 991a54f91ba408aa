"""The evidence and the indicators of the demonstration, each with its source."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from recommendations.catalogue.models import Demand, State
from recommendations.demo.story import RECORDED_DAYS_AGO, Row, Story, day, read
from recommendations.evidence.indicators import add_indicator, record_observation
from recommendations.evidence.models import Source
from recommendations.evidence.recording import add_evidence, check_evidence, link_evidence
from recommendations.evidence.sources import keep_source
from recommendations.vocabulary import EvidenceCheck


def add_findings(story: Story) -> None:
    """Add the evidence with its links and checks, then the indicators with their observations."""
    file = read("evidence")
    sources = {key: _source(row) for key, row in file["sources"].items()}
    kazakhstan = State.objects.get(code="KAZ")
    demands = {
        (str(demand.recommendation.reference), demand.letter): demand
        for demand in Demand.objects.select_related("recommendation")
    }
    for row in file["evidence"]:
        _add(row, sources[row["source"]], kazakhstan, demands, story)
    for row in read("indicators")["indicators"]:
        _follow(row, sources[row["source"]], kazakhstan, story)


def _source(row: Row) -> Source | None:
    return keep_source(
        {"publisher": row["publisher"], "title": row["title"], "published_text": row["published"] or ""}
    )


def _add(
    row: Row, source: Source | None, state: State, demands: dict[tuple[str, str], Demand], story: Story
) -> None:
    author = story.people[row["added_by"]]
    evidence = add_evidence(
        by=author,
        title=row["title"],
        kind=row["kind"],
        description=row["description"],
        source=source,
        happened_from=day(row["from"]) if row["from"] else None,
        happened_until=day(row["until"]) if row["until"] else None,
        place=row["place"],
        language=row["language"],
        confidentiality=row["confidentiality"],
        act_version=row["act_version"],
        method=row["method"],
        state=state,
        is_demo=True,
        at=story.days_ago(RECORDED_DAYS_AGO - 5),
    )
    story.evidence[row["key"]] = evidence
    for link in row["links"]:
        recommendation = story.recommendations[link["recommendation"]]
        link_evidence(
            evidence,
            recommendation=recommendation,
            demand=demands[recommendation.reference, link["demand"]] if "demand" in link else None,
            shows=link["shows"],
            why=link["why"],
            passage=link["passage"],
            by=author,
            at=story.days_ago(RECORDED_DAYS_AGO - 5),
        )
    if row["check"] != EvidenceCheck.NOT_CHECKED:
        check_evidence(
            evidence,
            status=row["check"],
            note=row["check_note"],
            by=_checker(author, story),
            at=story.days_ago(RECORDED_DAYS_AGO - 8),
        )


def _checker(author: Any, story: Story) -> Any:
    """A reviewer of another organisation than the author's."""
    reviewers = (story.people["reviewer"], story.people["reviewer2"])
    return next(person for person in reviewers if person.organisation_id != author.organisation_id)


def _follow(row: Row, source: Source | None, state: State, story: Story) -> None:
    author = story.people["editor"]
    at = story.days_ago(RECORDED_DAYS_AGO - 10)
    indicator = add_indicator(
        by=author,
        state=state,
        slug=row["slug"],
        name=row["name"]["en"],
        name_ru=row["name"]["ru"],
        name_kk=row["name"]["kk"],
        definition=row["definition"],
        unit=row["unit"],
        target=row["target"],
        target_note=row["target_note"],
        recommendations=[story.recommendations[reference] for reference in row["recommendations"]],
        is_demo=True,
        at=at,
    )
    for observation in row["observations"]:
        record_observation(
            indicator,
            on=day(observation["on"]),
            when_label=observation["when"],
            series=observation["series"],
            # By way of text: 90.45 is to stay 90.45.
            value=Decimal(str(observation["value"])),
            source=source,
            note=observation["note"],
            by=author,
            at=at,
        )
