"""Ten rows cost as many queries as one: list, queue, and the pages of one assessment."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.catalogue.models import Demand
from recommendations.evidence.models import EvidenceLink
from recommendations.vocabulary import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return factories.make_person(Role.EDITOR, Role.REVIEWER, Role.COORDINATOR)


def queries(client, url):
    client.get(url)  # what the first visit of a process fills
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def submitted(count):
    for _number in range(count):
        author = factories.make_person()
        perform(factories.make_assessment(author), "submit", by=author)


@pytest.mark.parametrize("name", ["assessment_list", "review_queue"])
def test_a_list_of_ten_costs_as_much_as_a_list_of_one(client, reader, name):
    client.force_login(reader)
    submitted(1)
    one = queries(client, reverse(name))
    submitted(9)
    assert queries(client, reverse(name)) == one


def assessment_of(size, author):
    recommendations = [factories.make_recommendation(position="noted") for _number in range(size)]
    for recommendation in recommendations:
        Demand.objects.create(recommendation=recommendation, letter="a")
    cluster = factories.make_cluster(factories.make_round(*recommendations))
    assessment = factories.make_assessment(author, cluster=cluster)
    for recommendation in recommendations:
        EvidenceLink.objects.create(
            evidence=factories.make_cited_evidence(author),
            recommendation=recommendation,
            shows="non",
            linked_by=author,
        )
    return assessment


@pytest.mark.parametrize("name", ["assessment_detail", "assessment_edit"])
def test_a_page_of_ten_recommendations_costs_as_much_as_one(client, name):
    pages = []
    for size in (1, 10):
        author = factories.make_person()
        client.force_login(author)
        pages.append(queries(client, reverse(name, args=[assessment_of(size, author).pk])))
    assert pages[0] == pages[1]


def test_a_review_of_ten_recommendations_costs_as_much_as_one(client, reader):
    client.force_login(reader)
    pages = []
    for size in (1, 10):
        author = factories.make_person()
        assessment = assessment_of(size, author)
        rows = [
            {"item": row.item_id, "demand": row.demand_id, "implemented_when": "it is so"}
            for row in assessment.ratings.exclude(demand=None)
        ]
        assessment = factories.save_draft(
            assessment, by=author, revision=assessment.revision, fields={}, ratings=rows
        )
        perform(assessment, "submit", by=author)
        pages.append(queries(client, reverse("assessment_review", args=[assessment.pk])))
    assert pages[0] == pages[1]
