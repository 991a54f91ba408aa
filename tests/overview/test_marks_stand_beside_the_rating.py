"""Beside a rating stands everywhere that a part went backwards, and that it rests on a single source."""

import csv
import io

import pytest
from django.urls import reverse

from recommendations.assessments.compliance import refresh_compliance
from recommendations.assessments.workflow import perform
from recommendations.vocabulary import Rating, Role
from tests.factories import make_assessment, make_person

pytestmark = pytest.mark.django_db

MARKS = ("something went backwards", "single source")


@pytest.fixture
def recommendation():
    editor = make_person()
    assessment = make_assessment(
        editor, rating=Rating.PARTIALLY, override_reason="One site was opened again."
    )
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    perform(assessment, "publish", by=make_person(Role.COORDINATOR))
    assessment.single_source = True
    assessment.save(update_fields=["single_source"])
    assessment.ratings.update(reversed_mark=True)
    refresh_compliance(assessment.ratings.values_list("item", flat=True))
    return assessment.ratings.first().item.recommendation


@pytest.mark.parametrize("role", [Role.EDITOR, Role.OBSERVER])
def test_on_every_page_that_shows_the_rating(client, recommendation, role, settings):
    settings.PUBLIC_PAGES = True
    client.force_login(make_person(role))
    for address in (
        reverse("recommendation_list"),
        reverse("recommendation_detail", args=[recommendation.reference]),
        reverse("public_recommendation", args=[recommendation.reference]),
    ):
        page = client.get(address).content.decode()
        assert [mark for mark in MARKS if mark not in page] == [], address


def test_in_the_file_of_the_selection(client, recommendation):
    client.force_login(make_person())
    answer = client.get(reverse("recommendation_export"), {"format": "csv"})
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert {row["Marks"] for row in rows} == {"; ".join(MARKS)}
