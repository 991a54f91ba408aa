"""The round of the demonstration: clusters, assignments, and assessments that went every way there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from recommendations.assessments.commenting import add_comment
from recommendations.assessments.findings import FINDING_FIELDS
from recommendations.assessments.models import Assessment, Cluster, RoundItem
from recommendations.assessments.rounds import make_cluster, open_round
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import save_draft, start_assessment
from recommendations.catalogue.models import ReviewCycle, Theme
from recommendations.demo.story import Row, Story, day

# The files cite evidence by its key; its number is given when it is added.
_CITED = re.compile(r"\[E:([a-z0-9-]+)\]")
# What the file leaves out is empty, also where an earlier text was carried over.
_NO_FINDINGS: Row = dict.fromkeys(FINDING_FIELDS, "") | {"steps_under_way": False}


def do_the_work(story: Story, file: Row) -> None:
    """Open the round, give its clusters out, and write, review and publish."""
    clusters = _give_out(story, file)
    acts = sorted(_acts(file), key=lambda act: -act["days_ago"])
    written: dict[int, Assessment] = {}
    for act in acts:
        _do(act, clusters, written, story)


def _give_out(story: Story, file: Row) -> dict[str, Cluster]:
    plan = file["round"]
    cycle = ReviewCycle.objects.select_related("state").get(key=plan["cycle"])
    coordinator = story.people[plan["opened_by"]]
    followed = [row for row in story.recommendations.values() if row.cycle_id == cycle.pk]
    opened = open_round(
        by=coordinator,
        cycle=cycle,
        title=plan["title"],
        purpose=plan["purpose"],
        cutoff_on=day(plan["cutoff_on"]),
        deadline=story.in_days(plan["deadline_in_days"]),
        recommendations=followed,
        is_demo=True,
        at=story.days_ago(plan["opened_days_ago"]),
    )
    items = {item.recommendation.reference: item for item in opened.items.select_related("recommendation")}
    themes = {theme.code: theme for theme in Theme.objects.all()}
    return {
        row["key"]: make_cluster(
            opened,
            title=row["title"]["en"],
            title_ru=row["title"]["ru"],
            title_kk=row["title"]["kk"],
            theme=themes[row["theme"]],
            items=[items[reference] for reference in row["recommendations"]],
            organisation=story.organisations[row["organisation"]],
            assignee=story.people.get(row["assignee"]),
            due_on=story.in_days(row["due_in_days"]),
            by=coordinator,
            at=story.days_ago(plan["opened_days_ago"]),
        )
        for row in file["clusters"]
    }


def _acts(file: Row) -> Iterator[Row]:
    """Everything that happens to the assessments, each act with the number of its assessment in the file."""
    for number, row in enumerate(file["assessments"]):
        yield {"number": number, "act": "write", "days_ago": row["days_ago"], "assessment": row}
        for comment in row["comments"]:
            yield {"number": number, "act": "comment", **comment}
        for act in row["acts"]:
            yield {"number": number, **act}


def _do(act: Row, clusters: dict[str, Cluster], written: dict[int, Assessment], story: Story) -> None:
    at = story.days_ago(act["days_ago"])
    if act["act"] == "write":
        written[act["number"]] = _write(act["assessment"], clusters, story, at)
        return
    # Another assessment's publication may have superseded this one meanwhile.
    assessment = Assessment.objects.get(pk=written[act["number"]].pk)
    person = story.people[act["by"]]
    if act["act"] == "comment":
        add_comment(assessment, part=act["part"], text=act["text"], by=person, at=at)
    else:
        perform(assessment, act["act"], by=person, note=act["note"], at=at)


def _write(row: Row, clusters: dict[str, Cluster], story: Story, at: Any) -> Assessment:
    author = story.people[row["started_by"]]
    cluster = clusters[row["cluster"]]
    draft = start_assessment(
        by=author,
        cluster=cluster,
        organisation=story.organisations[row["organisation"]],
        language=row["language"],
        is_demo=True,
        at=at,
    )
    fields = _NO_FINDINGS | {name: _cited(value, story) for name, value in row["fields"].items()}
    # What was carried over from an earlier text was gone through.
    fields |= {"cutoff_on": day(row["fields"]["cutoff_on"]), "to_be_confirmed": False}
    return save_draft(
        draft,
        by=author,
        revision=draft.revision,
        fields=fields,
        ratings=list(_ratings(row, cluster, story)),
        at=at,
    )


def _ratings(row: Row, cluster: Cluster, story: Story) -> Iterator[Row]:
    """A line for each recommendation and each demand of the cluster: what is rated apart, else nothing of its own."""
    apart = {(rating["recommendation"], rating["demand"]): rating for rating in row["ratings"]}
    items = RoundItem.objects.filter(cluster=cluster).select_related("recommendation")
    for item in items.prefetch_related("recommendation__demands"):
        reference = item.recommendation.reference
        for letter, demand in [
            (None, None),
            *((row.letter, row.pk) for row in item.recommendation.demands.all()),
        ]:
            own = apart.get((reference, letter))
            line = {"item": item.pk, "demand": demand, "is_own": False, "sentence": "", **_NO_FINDINGS}
            if own:
                line |= {
                    name: _cited(value, story)
                    for name, value in own.items()
                    if name not in ("recommendation", "demand")
                }
                line["is_own"] = True
            yield line


def _cited(value: Any, story: Story) -> Any:
    """A text with its citations by number; anything else as it is."""
    if not isinstance(value, str):
        return value
    return _CITED.sub(lambda match: f"[{story.evidence[match[1]].label}]", value)
