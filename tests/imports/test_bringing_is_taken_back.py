"""What was brought in goes again whole, or it is said what was built on it; interrupted work goes on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from recommendations.assessments.commenting import add_comment
from recommendations.assessments.models import Assessment, Citation
from recommendations.audit.models import Event
from recommendations.evidence.models import Evidence, EvidenceLink, Source
from recommendations.evidence.recording import change_evidence, change_link, link_evidence
from recommendations.imports.bringing import steps, undoing
from recommendations.imports.bringing.models import Bringing
from recommendations.imports.undo import StandsInTheWay
from recommendations.jobs.models import Job
from recommendations.vocabulary import JobState, Shows
from tests.factories import make_assessment, make_recommendation, make_round
from tests.imports.reports import workbook
from tests.imports.test_what_they_have_is_brought_in import (  # noqa: F401
    HEADER,
    ROW,
    confirm,
    other,
    person,
    planned,
    recommendation,
    send,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought(planned, confirm):  # noqa: F811
    """A list of two items that was brought in."""
    bringing = planned(workbook(HEADER, ROW, other("Invented: a second item")))
    confirm(bringing)
    bringing.refresh_from_db()
    assert bringing.status == Bringing.Status.APPLIED
    return bringing


def labels(bringing) -> list[str]:
    return [one.label for one in undoing.what_built_on(bringing)]


def test_a_list_is_taken_back_whole(client, brought):
    page = client.get(reverse("bringing_take_back", args=[brought.pk]))
    assert "2 items of evidence are removed" in told(page)
    client.post(reverse("bringing_take_back", args=[brought.pk]))
    brought.refresh_from_db()
    assert brought.status == Bringing.Status.TAKEN_BACK
    assert not Evidence.objects.exists()
    assert not EvidenceLink.objects.exists()
    assert not Source.objects.exists()
    assert Event.objects.latest("pk").verb == "bringing.taken_back"
    assert "This file was taken back" in told(client.get(reverse("bringing_detail", args=[brought.pk])))


def test_what_was_taken_back_can_be_brought_in_again(planned, confirm, person, brought):  # noqa: F811
    undoing.take_back(brought, by=person)
    again = planned(workbook(HEADER, ROW, other("Invented: a second item")))
    assert set(again.staged.values_list("action", flat=True)) == {"new"}


def test_an_item_that_somebody_changed_stands_in_the_way(client, person, brought):  # noqa: F811
    item = Evidence.objects.first()
    change_evidence(item, by=person, revision=item.revision, title="Invented: another title")
    answer = client.post(reverse("bringing_take_back", args=[brought.pk]))
    assert answer.status_code == 409
    assert "Evidence changed or checked since" in told(answer)
    assert Evidence.objects.count() == 2


def test_a_link_that_somebody_changed_or_added_stands_in_the_way(person, brought):  # noqa: F811
    link = EvidenceLink.objects.first()
    change_link(link, by=person, shows=Shows.CONTEXT, why="Invented: seen otherwise", passage="")
    assert labels(brought) == ["Links to evidence changed since"]
    link_evidence(link.evidence, recommendation=make_recommendation("1.2"), shows=Shows.CONTEXT, by=person)
    assert labels(brought) == ["Links to evidence changed since", "Links to evidence"]


def test_an_item_that_an_assessment_cites_stands_in_the_way(person, brought):  # noqa: F811
    item = Evidence.objects.first()
    Citation.objects.create(assessment=make_assessment(), evidence=item)
    assert labels(brought) == ["Citations in assessments"]
    with pytest.raises(StandsInTheWay):
        undoing.take_back(brought, by=person)
    assert Evidence.objects.filter(pk=item.pk).exists()


@pytest.fixture
def drafted(planned, confirm, recommendation):  # noqa: F811
    """An earlier assessment that became a draft."""
    round_ = make_round(recommendation)
    content = workbook(["Recommendation", "Rating"], ["KAZ-2-1.1", "not implemented"])
    bringing = planned(content, kind="assessments", round=round_.pk)
    confirm(bringing)
    bringing.refresh_from_db()
    assert Assessment.objects.count() == 1, list(bringing.staged.values_list("note", flat=True))
    return bringing


def test_drafts_are_taken_back(person, drafted):  # noqa: F811
    assert undoing.take_back(drafted, by=person).assessments == 1
    assert not Assessment.objects.exists()


def test_a_draft_that_somebody_commented_on_stands_in_the_way(person, drafted):  # noqa: F811
    add_comment(Assessment.objects.get(), part="", text="Invented remark", by=person)
    assert labels(drafted) == ["Comments"]


def test_work_that_failed_for_good_is_interrupted_and_can_go_on(client, person, planned):  # noqa: F811
    bringing = planned(workbook(HEADER, ROW))
    Bringing.objects.filter(pk=bringing.pk).update(status=Bringing.Status.APPLYING)
    failed = {"name": steps.JOB, "payload": {"bringing": bringing.pk}, "key": f"{steps.JOB}:{bringing.pk}"}
    Job.objects.create(**failed, state=JobState.FAILED, asked_by=person)
    page = client.get(reverse("bringing_detail", args=[bringing.pk]))
    assert "The work was interrupted" in told(page)
    client.post(reverse("bringing_again", args=[bringing.pk]))
    bringing.refresh_from_db()
    assert bringing.status == Bringing.Status.APPLYING
    steps.queue.run(Job.objects.get(name=steps.JOB, state=JobState.WAITING))
    bringing.refresh_from_db()
    assert bringing.status == Bringing.Status.APPLIED
    assert Evidence.objects.count() == 1


def test_work_that_waits_for_another_try_is_not_interrupted(client, person, planned):  # noqa: F811
    bringing = planned(workbook(HEADER, ROW))
    Bringing.objects.filter(pk=bringing.pk).update(status=Bringing.Status.APPLYING)
    waiting = {"name": steps.JOB, "payload": {"bringing": bringing.pk}, "key": f"{steps.JOB}:{bringing.pk}"}
    Job.objects.create(**waiting, state=JobState.WAITING, asked_by=person)
    client.get(reverse("bringing_list"))
    bringing.refresh_from_db()
    assert bringing.status == Bringing.Status.APPLYING
