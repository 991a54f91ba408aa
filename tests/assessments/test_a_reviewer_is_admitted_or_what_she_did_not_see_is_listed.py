"""A reviewer who may not see a cited item: she is let in by its custodian, or what no approver saw stays listed."""

import io

import pytest
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.evidence.models_safety import AdmissionRequest
from recommendations.exports import services
from recommendations.vocabulary import AssessmentStatus, Confidentiality, Role
from tests.factories import make_assessment, make_cited_evidence, make_person, make_recommendation, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A submitted assessment that cites a restricted item of its own organisation, and a reviewer of another."""
    editor, reviewer = make_person(), make_person(Role.REVIEWER)
    secret = make_cited_evidence(editor, confidentiality=Confidentiality.RESTRICTED)
    item = make_round(make_recommendation("1.1")).items.get()
    assessment = make_assessment(editor, item=item, narrative=f"It happened [E-{secret.number}].")
    perform(assessment, "submit", by=editor)
    return {"editor": editor, "reviewer": reviewer, "secret": secret, "assessment": assessment}


def test_the_author_asks_for_her_with_one_click_and_the_custodian_lets_her_in(client, world):
    page = reverse("assessment_detail", args=[world["assessment"].pk])
    admit = reverse("assessment_admit", args=[world["assessment"].pk])
    client.force_login(world["editor"])
    assert admit in client.get(page).content.decode()
    client.post(admit, {"person": world["reviewer"].pk})
    asked = AdmissionRequest.objects.get()
    assert (asked.evidence, asked.person) == (world["secret"], world["reviewer"])
    decide = reverse("evidence_admission", args=[world["secret"].number, asked.pk])
    client.post(decide, {"do": "admit"})
    assert admit not in client.get(page).content.decode()
    client.force_login(world["reviewer"])
    assert client.get(reverse("evidence_detail", args=[world["secret"].number])).status_code == 200


def test_the_reviewer_asks_for_herself(client, world):
    client.force_login(world["reviewer"])
    admit = reverse("assessment_admit", args=[world["assessment"].pk])
    review = reverse("assessment_review", args=[world["assessment"].pk])
    assert admit in client.get(review).content.decode()
    assert client.post(admit, {"person": world["reviewer"].pk}).url == review
    assert AdmissionRequest.objects.get().asked_by == world["reviewer"]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER])
def test_others_do_not_ask_for_her(client, world, role):
    client.force_login(make_person(role))
    admit = reverse("assessment_admit", args=[world["assessment"].pk])
    client.post(admit, {"person": world["reviewer"].pk})
    assert not AdmissionRequest.objects.exists()


def test_what_no_approver_saw_is_listed_on_the_assessment_and_in_the_coalitions_summary(client, world):
    assessment, number = world["assessment"], world["secret"].number
    client.force_login(world["reviewer"])
    client.post(
        reverse("assessment_action", args=[assessment.pk, "approve"]),
        {"revision": assessment.revision, "unseen_accepted": "1"},
    )
    assessment.refresh_from_db()
    assert (assessment.status, assessment.unseen_by_approver) == (AssessmentStatus.APPROVED, [number])
    page = client.get(reverse("assessment_detail", args=[assessment.pk])).content.decode()
    assert "Seen by no approver" in page
    perform(assessment, "publish", by=make_person(Role.COORDINATOR))
    for audience, told in (("coalition", True), ("public", False)):
        stream = io.BytesIO()
        services.write_summary(
            stream,
            cycle=assessment.round.cycle,
            round=assessment.round,
            audience=audience,
            format="json",
            language="en",
        )
        assert (f'"E-{number}"' in stream.getvalue().decode()) is told
