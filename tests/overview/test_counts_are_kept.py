"""Counts beside the filters are counted once, and anew as soon as the log tells of a change."""

from datetime import date

import pytest
from django.http import QueryDict

from recommendations.audit.models import ChainHead
from recommendations.catalogue.models import Recommendation
from recommendations.catalogue.positions import record_position
from recommendations.evidence.recording import link_evidence
from recommendations.overview import counted
from recommendations.overview.facets import facets
from recommendations.overview.filters import RecommendationFilter
from recommendations.overview.tallies import NAMES, tallies
from recommendations.vocabulary import Confidentiality, PositionKind, Shows
from tests.factories import make_evidence, make_person, make_recommendation, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    counted.forget()


def counts_of(person, query: str = "") -> dict[str, dict[str, int]]:
    selection = RecommendationFilter(QueryDict(query), reader=person)
    found = facets(selection, total=selection.count())
    return {facet.name: {value.value: value.count for value in facet.values} for facet in found}


def test_a_second_look_asks_the_database_for_no_count(django_assert_max_num_queries) -> None:
    person = make_person()
    make_recommendation(position=PositionKind.NOTED)
    first = counts_of(person)
    with django_assert_max_num_queries(2):  # how many rows there are, and the stamp
        assert counts_of(person) == first


def test_a_recorded_position_is_counted_at_once() -> None:
    person = make_person()
    recommendation = make_recommendation(position=PositionKind.NOTED)
    assert counts_of(person)["position"] == {"noted": 1}
    record_position(
        recommendation, kind=PositionKind.SUPPORTED, document=None, on=date(2020, 1, 1), by=person
    )
    assert counts_of(person)["position"] == {"supported": 1}


def test_nothing_is_kept_while_nothing_was_logged() -> None:
    make_recommendation()
    ChainHead.objects.all().delete()
    assert counted.stamp() == ""
    assert [counted.once(("",), lambda number=number: number) for number in (1, 2)] == [1, 2]


def test_what_one_person_sees_is_not_told_to_another() -> None:
    """Restricted evidence of one organisation: counted for its own people, never for others."""
    recommendation, owner, other = make_recommendation(), make_person(), make_person()
    evidence = make_evidence(owner, confidentiality=Confidentiality.RESTRICTED)
    link_evidence(evidence, recommendation=recommendation, shows=Shows.CONTEXT, by=owner)
    assert counts_of(owner)["evidence"] == {"yes": 1}
    assert counts_of(other)["evidence"] == {"no": 1}
    # Also where the filter, not the facet, is one's own.
    assert counts_of(owner, "evidence=yes")["position"] == {"none": 1}
    assert "position" not in counts_of(other, "evidence=yes")


def test_tallies_over_everything_and_over_a_selection_that_holds_everything_agree() -> None:
    theme = make_theme("water")
    for position in (PositionKind.NOTED, PositionKind.SUPPORTED, ""):
        make_recommendation(position=position, themes=[theme])
    everything = tallies(Recommendation.objects.all(), NAMES)
    selection = tallies(Recommendation.objects.filter(pk__gt=0), NAMES)
    assert everything == selection
    assert everything["position"] == {"noted": 1, "supported": 1, "": 1}
    assert everything["theme"] == {theme.pk: 3}


def test_tallies_of_nothing_are_empty() -> None:
    make_recommendation()
    assert tallies(Recommendation.objects.filter(pk__in=[]), ["theme", "state"]) == {"theme": {}, "state": {}}
