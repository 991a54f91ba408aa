"""What the assessments say of a recommendation, for each audience, never averaged."""

import pytest

from recommendations.assessments.compliance import refresh_compliance
from recommendations.assessments.models import ComplianceStatus
from recommendations.assessments.workflow import perform
from recommendations.vocabulary import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster():
    return factories.make_cluster(factories.make_round(factories.make_recommendation()))


def bring(cluster, to, rating="not", organisation=None, **fields):
    author = factories.make_person(organisation=organisation)
    fields = {"rating": rating, "override_reason": "As we see it."} | fields
    if rating == "cannot":
        fields |= {"cannot_reason": "no_access", "cannot_steps": "Asked."}
    assessment = factories.make_assessment(author, cluster=cluster, **fields)
    steps = (("submit", author), ("approve", factories.make_person(Role.REVIEWER)))
    for action, person in (*steps, ("publish", factories.make_person(Role.COORDINATOR))):
        assessment = perform(assessment, action, by=person)
        if assessment.status == to:
            break
    return assessment


def status(cluster, audience):
    return ComplianceStatus.objects.filter(item=cluster.items.get(), audience=audience).first()


def test_a_submitted_assessment_says_nothing_yet(cluster):
    bring(cluster, "submitted")
    assert not ComplianceStatus.objects.exists()


def test_the_coalition_reads_what_is_approved_and_the_public_what_is_published(cluster):
    bring(cluster, "approved")
    assert status(cluster, "coalition").rating == "not"
    assert status(cluster, "public") is None


def test_organisations_that_agree_have_one_rating(cluster):
    bring(cluster, "published")
    bring(cluster, "published")
    found = status(cluster, "public")
    assert (found.rating, found.differs, found.spread) == ("not", False, {"not": 2})


def test_organisations_that_differ_keep_their_spread(cluster):
    bring(cluster, "published", "not")
    bring(cluster, "published", "partially")
    bring(cluster, "published", "partially")
    found = status(cluster, "public")
    assert (found.rating, found.differs, found.spread) == ("", True, {"not": 1, "partially": 2})


def test_an_approved_update_speaks_inside_and_the_published_one_outside(cluster):
    first = bring(cluster, "published", "not")
    bring(cluster, "approved", "partially", organisation=first.organisation)
    assert status(cluster, "coalition").rating == "partially"
    assert status(cluster, "public").rating == "not"


def test_cannot_be_assessed_is_a_rating_like_the_others(cluster):
    bring(cluster, "published", "cannot")
    assert status(cluster, "public").rating == "cannot"


def test_marks_come_along(cluster):
    bring(cluster, "published", "not", steps_under_way=True)
    assert status(cluster, "public").under_way


def test_what_is_superseded_speaks_no_more(cluster):
    first = bring(cluster, "published", "not")
    bring(cluster, "published", "partially", organisation=first.organisation)
    assert status(cluster, "public").rating == "partially"
    assert status(cluster, "public").spread == {"partially": 1}


def test_the_work_does_not_grow_with_the_recommendations(django_assert_num_queries):
    def ids(size):
        cluster = factories.make_cluster(size=size)
        bring(cluster, "published")
        return list(cluster.items.values_list("pk", flat=True))

    one, ten = ids(1), ids(10)
    with django_assert_num_queries(7):
        assert refresh_compliance(one) == 2
    with django_assert_num_queries(7):
        assert refresh_compliance(ten) == 20
