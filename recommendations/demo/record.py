"""The recommendations of the demonstration: paragraph, States and positions as the UN has them, in our own words."""

from __future__ import annotations

from collections.abc import Iterable

from recommendations.catalogue.models import (
    AffectedGroup,
    Document,
    Obligation,
    Recommendation,
    State,
    Target,
    Theme,
)
from recommendations.catalogue.positions import record_position
from recommendations.catalogue.recording import (
    link_recommendations,
    record_claim,
    record_recommendation,
    split_demands,
)
from recommendations.demo.story import RECORDED_DAYS_AGO, Row, Story, read
from recommendations.vocabulary import TextKind


class Terms:
    """The reference data by code, read once."""

    def __init__(self) -> None:
        self.states = {state.code: state for state in State.objects.all()}
        self.themes = {theme.code: theme for theme in Theme.objects.all()}
        self.groups = {group.code: group for group in AffectedGroup.objects.all()}
        self.targets = {target.code: target for target in Target.objects.select_related("goal")}
        self.documents = {
            document.symbol: document
            for document in Document.objects.select_related("body", "state", "cycle", "cycle__state")
        }
        self.obligations = {
            (obligation.state_id, obligation.treaty.code, obligation.article): obligation
            for obligation in Obligation.objects.select_related("treaty")
        }


def record_recommendations(story: Story) -> None:
    """Record all of them, with what the State answered and claimed, and split those with several demands.

    The product itself records them: nobody in the demonstration wrote or corrected them, so an import is free to
    bring the official wording.
    """
    terms = Terms()
    for row in read("recommendations")["recommendations"]:
        recommendation = _record(row, terms, story)
        story.recommendations[recommendation.reference] = recommendation


def link_across_cycles(story: Story, links: Iterable[Row]) -> None:
    """What was asked again, as the coordinator found it."""
    for row in links:
        link_recommendations(
            earlier=story.recommendations[row["earlier"]],
            later=story.recommendations[row["later"]],
            note=row["note"],
            by=story.people["coordinator"],
            at=story.days_ago(RECORDED_DAYS_AGO),
        )


def _record(row: Row, terms: Terms, story: Story) -> Recommendation:
    at = story.days_ago(RECORDED_DAYS_AGO)
    state = terms.states[row["state"]]
    themes = [terms.themes[code] for code in row["themes"]]
    targets = [terms.targets[code] for code in row["sdg_targets"]]
    obligation = row["obligation"]
    recommendation = record_recommendation(
        by=None,
        document=terms.documents[row["document"]],
        paragraph=row["paragraph"],
        texts=[(language, TextKind.PARAPHRASE, text) for language, text in row["paraphrase"].items()],
        recommending=[
            (terms.states[made["state"]], made["action_category"], "") for made in row["recommending_states"]
        ],
        themes=themes,
        lead_theme=next((theme for theme in themes if not theme.is_general), themes[0]),
        groups=[terms.groups[code] for code in row["groups"]],
        goals={target.goal for target in targets},
        targets=targets,
        obligations=[terms.obligations[state.pk, obligation["treaty"], obligation["article"]]]
        if obligation
        else [],
        is_demo=True,
        at=at,
    )
    for sequence, position in enumerate(row["positions"], start=1):
        record_position(
            recommendation,
            kind=position["position"],
            document=terms.documents[position["document"]],
            locator=position["locator"],
            sequence=sequence,
            by=None,
            at=at,
        )
    if row["state_claim"]:
        record_claim(
            recommendation,
            kind=row["state_claim"]["claim"],
            document=terms.documents[row["state_claim"]["document"]],
            locator=row["state_claim"]["locator"],
            by=None,
            at=at,
        )
    if row["demands"]:
        split_demands(
            recommendation,
            demands=[
                (demand["letter"], demand["paraphrase"], [terms.states[code] for code in demand["states"]])
                for demand in row["demands"]
            ],
            by=None,
            at=at,
        )
    return recommendation
