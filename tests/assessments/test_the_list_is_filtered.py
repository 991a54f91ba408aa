"""The filters of the list of assessments, each alone, and what an unknown value does."""

import pytest
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.vocabulary import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(client):
    reader = factories.make_person(Role.EDITOR, Role.COORDINATOR)
    other = factories.make_person()
    mine = factories.make_assessment(reader, cluster=factories.make_cluster(title="Blocking of media"))
    theirs = factories.make_assessment(
        other,
        cluster=factories.make_cluster(title="Prisoners vote"),
        rating="cannot",
        override_reason="x",
        cannot_reason="no_access",
        cannot_steps="Asked.",
    )
    theirs = perform(theirs, "submit", by=other)
    client.force_login(reader)
    return client, mine, theirs


def shown(client, **query):
    answer = client.get(reverse("assessment_list"), query)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["pager"].items}


def test_each_filter_narrows_the_list(case):
    client, mine, theirs = case
    both = {mine.pk, theirs.pk}
    reference = theirs.ratings.first().item.recommendation.reference
    assert shown(client) == both
    assert shown(client, status="draft") == {mine.pk}
    assert shown(client, status=["draft", "submitted"]) == both
    assert shown(client, rating="cannot") == {theirs.pk}
    assert shown(client, round=mine.round_id) == {mine.pk}
    assert shown(client, organisation=theirs.organisation_id) == {theirs.pk}
    assert shown(client, mine="on") == {mine.pk}
    assert shown(client, q="media") == {mine.pk}
    assert shown(client, q=reference) == {theirs.pk}
    assert shown(client, status="draft", rating="cannot") == set()


def test_an_unknown_value_is_said_and_breaks_nothing(case):
    client, _mine, _theirs = case
    assert (
        client.get(reverse("assessment_list"), {"status": "burnt", "round": "x", "page": "-3"}).status_code
        == 200
    )


def test_the_list_for_htmx_is_the_same_fragment(case):
    client, _mine, _theirs = case
    url = reverse("assessment_list")
    fragment = client.get(url, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "HX-Request" in fragment.headers["Vary"]
    assert fragment.content.decode().strip() in client.get(url).content.decode()


def test_organisations_to_choose_from_are_those_in_the_list(client):
    hidden = factories.make_assessment(factories.make_person())
    client.force_login(factories.make_person(Role.OBSERVER))
    assert hidden.organisation.name not in client.get(reverse("assessment_list")).content.decode()
