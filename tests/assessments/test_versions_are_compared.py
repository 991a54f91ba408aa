"""What a reviewer is shown of the difference between two versions."""

import pytest

from recommendations.assessments.versions import content_of, differences, version_before
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import save_draft, start_assessment
from recommendations.vocabulary import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return factories.make_person()


def test_words_ratings_and_citations_that_changed_are_named(author):
    assessment = factories.make_assessment(author)
    old = content_of(assessment)
    row = assessment.ratings.first()
    item = factories.make_cited_evidence(author)
    assessment = save_draft(
        assessment,
        by=author,
        revision=assessment.revision,
        fields={
            "narrative": "Nothing changed since 2014.",
            "practice_text": f"Sites are blocked [E-{item.number}].",
            "law": "not",
        },
        ratings=[{"item": row.item_id, "is_own": True, "rating": "partially", "override_reason": "x"}],
    )
    found = differences(old, content_of(assessment))
    changed = {part.part for part in found.parts if part.changed}
    assert changed == {"narrative", "practice_text", "law"}
    narrative = next(part for part in found.parts if part.part == "narrative")
    assert "".join(s.text for s in narrative.segments if s.kind == "ins").strip() == "since 2014"
    assert [(r.label, r.old_rating, r.new_rating) for r in found.rows] == [
        (row.item.recommendation.reference, "not", "partially")
    ]
    assert found.cited == (item.number,)
    assert len(found.no_longer_cited) == 1


def test_codes_are_compared_by_their_words(author):
    old = content_of(factories.make_assessment(author))
    found = differences(old, old | {"rating": "fully"})
    rating = next(part for part in found.parts if part.part == "rating")
    assert "".join(s.text for s in rating.segments if s.kind != "del") == "Fully implemented"


def test_the_same_content_has_no_differences(author):
    content = content_of(factories.make_assessment(author))
    assert not differences(content, content).anything


def test_a_first_version_is_compared_with_the_one_it_was_carried_over_from_unless_that_was_retracted(author):
    first = factories.make_assessment(author)
    for action, person in (
        ("submit", author),
        ("approve", factories.make_person(Role.REVIEWER)),
        ("publish", factories.make_person(Role.COORDINATOR)),
    ):
        first = perform(first, action, by=person)
    recommendations = [item.recommendation for item in first.cluster.items.all()]
    draft = start_assessment(
        by=author, cluster=factories.make_cluster(factories.make_round(*recommendations))
    )
    assert version_before(draft, number=1) == first.versions.get()
    assert version_before(first, number=1) is None
    perform(
        first, "ask_retraction", by=factories.make_person(Role.COORDINATOR), note="A source is in danger."
    )
    perform(first, "retract", by=factories.make_person(Role.REVIEWER), note="Confirmed.")
    assert version_before(draft, number=1) is None
