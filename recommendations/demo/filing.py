"""The demonstration's submission: a draft that rests on what was published, signed by one organisation so far."""

from __future__ import annotations

from django.utils.translation import gettext as _

from recommendations.assessments.models import Assessment
from recommendations.catalogue.models import ReviewCycle
from recommendations.demo.story import Story
from recommendations.publications import signing, writing
from recommendations.vocabulary import AssessmentStatus, SignOffKind

BEGUN_DAYS_AGO, SIGNED_DAYS_AGO = 3, 2


def begin_submission(story: Story) -> None:
    """A draft of a mid-term report with the published texts in English."""
    editor, organisation = story.people["editor"], story.organisations["word"]
    cycle = ReviewCycle.objects.get(key="KAZ-2")
    published = list(
        Assessment.objects.filter(status=AssessmentStatus.PUBLISHED, language="en").order_by("pk")
    )
    submission = writing.begin(
        by=editor,
        cycle=cycle,
        organisation=organisation,
        title=_("Mid-term report (demonstration)"),
        at=story.days_ago(BEGUN_DAYS_AGO),
    )
    writing.take(submission, published, by=editor, at=story.days_ago(BEGUN_DAYS_AGO))
    signing.decide(
        submission,
        organisation=organisation,
        kind=SignOffKind.SIGNS,
        by=editor,
        at=story.days_ago(SIGNED_DAYS_AGO),
    )
