"""What the pages of one assessment show: to read it, to decide about it, and to say what was refused."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from recommendations.access import policy
from recommendations.access.visibility import is_member
from recommendations.assessments import reading, workflow
from recommendations.assessments.forms import CommentForm, ReasonForm
from recommendations.assessments.legal import weighing
from recommendations.assessments.method import DEFINITIONS, STANDARD_OF_PROOF
from recommendations.assessments.models import Assessment, AssessmentVersion, Comment
from recommendations.assessments.requirements import missing
from recommendations.assessments.transitions import is_author
from recommendations.assessments.translating import translations_of
from recommendations.assessments.versions import PARTS, content_of, differences, version_before
from recommendations.assessments.writing import EDITABLE, edit_refusal
from recommendations.organisations.models import User
from recommendations.vocabulary import AssessmentStatus

PRIMARY_ACTIONS = ("submit", "publish")
DANGEROUS_ACTIONS = ("withdraw", "ask_retraction", "retract")
# Decided on the review page, where the text, its evidence and the differences are in view.
REVIEW_ACTIONS = ("approve", "return")


def for_pages(request: HttpRequest) -> Any:
    """The assessments that the reader may see, with what every page of one shows."""
    return Assessment.objects.visible_to(request.user).select_related(
        "round__cycle",
        "cluster",
        "item__recommendation",
        "organisation",
        "submitted_by",
        "approved_by",
        "published_by",
        "returned_by",
        "retraction_asked_by",
        "retracted_by",
        "supersedes",
        "carried_from",
    )


def detail_context(
    request: HttpRequest, assessment: Assessment, *, reason_form: ReasonForm | None = None
) -> dict[str, Any]:
    """What the page of one assessment shows."""
    person = request.user
    shelf = reading.shelf(assessment, reader=person)
    versions = AssessmentVersion.objects.visible_to(person).filter(assessment=assessment)
    comments = Comment.objects.visible_to(person).filter(assessment=assessment)
    writable = assessment.status in EDITABLE and edit_refusal(assessment, by=person) is None
    return {
        "assessment": assessment,
        "subjects": reading.subjects(assessment),
        "shelf": shelf,
        "parts": read_parts(assessment, shelf),
        "authors": list(assessment.authors.all()) if is_member(person) else [],
        "versions": versions.select_related("submitted_by"),
        "steps": _steps(assessment, named=is_member(person)),
        "offers": _offers(assessment, person) if is_member(person) else [],
        "comments": comments.select_related("author", "resolved_by"),
        "part_titles": PARTS,
        "is_member": is_member(person),
        "replaced_by": Assessment.objects.visible_to(person).filter(supersedes=assessment).first(),
        "may_edit": writable,
        "missing": missing(assessment) if writable else [],
        "reason_form": reason_form or ReasonForm(),
        "in_review": assessment.status == AssessmentStatus.SUBMITTED and policy.may(person, "review.queue"),
        "next_ask": reading.paragraphs(assessment.next_ask, shelf),
        "redactions": assessment.redactions.all(),
        "weighing": weighing(assessment) if is_member(person) else None,
        "to_admit": _to_admit(request, assessment),
        "translations": translations_of(assessment) if is_member(person) else [],
    }


def _to_admit(request: HttpRequest, assessment: Assessment) -> list[tuple[Any, list[int]]]:
    """While it is being reviewed, for its authors and coordinators: who may not see which cited items."""
    person = request.user
    if assessment.status != AssessmentStatus.SUBMITTED or not (
        is_author(assessment, person) or policy.may(person, "assessment.publish")
    ):
        return []
    return reading.who_cannot_see(assessment, reviewers_of(request, assessment))


def read_parts(assessment: Assessment, shelf: reading.Shelf) -> list[dict[str, Any]]:
    """The narrative's parts with their tests, in the order in which they are read."""
    found = []
    for part, test in (
        ("law_text", "law"),
        ("policy_text", "policy"),
        ("practice_text", "practice"),
        ("narrative", ""),
    ):
        text = reading.paragraphs(getattr(assessment, part), shelf)
        code = getattr(assessment, test) if test else ""
        if text or code:
            found.append({"part": part, "title": PARTS[part], "test": code, "text": text})
    return found


def _steps(assessment: Assessment, *, named: bool) -> list[dict[str, Any]]:
    """Its way so far, the newest first; who took each step is told inside the coalition only."""
    steps = [
        (assessment.retracted_at, _("Retracted"), assessment.retracted_by),
        (assessment.published_at, _("Published"), assessment.published_by),
        (assessment.approved_at, _("Approved"), assessment.approved_by),
        (assessment.returned_at, _("Returned"), assessment.returned_by),
        (assessment.submitted_at, _("Submitted"), assessment.submitted_by),
        (assessment.created_at, _("Started"), assessment.created_by),
    ]
    taken = sorted(((at, title, person) for at, title, person in steps if at), key=lambda step: step[0])
    return [
        {"when": at, "title": title, "text": str(person) if person and named else ""}
        for at, title, person in reversed(taken)
    ]


def tell_who_cannot_see(request: HttpRequest, assessment: Assessment) -> None:
    """At a submission: which reviewers may not see everything that is cited, so that they can be admitted."""
    for person, numbers in reading.who_cannot_see(assessment, reviewers_of(request, assessment)):
        listed = ", ".join(f"E-{number}" for number in numbers)
        messages.warning(
            request,
            _(
                "%(person)s reviews, but may not see %(items)s: its custodian can admit her, or another "
                "reviewer decides."
            )
            % {"person": person, "items": listed},
        )


def reviewers_of(request: HttpRequest, assessment: Assessment) -> Any:
    """Those who might review it: reviewers who are no authors of it."""
    reviewers = User.objects.visible_to(request.user).filter(is_active=True, is_reviewer=True)
    return reviewers.exclude(pk__in=assessment.authors.values("pk"))


def _offers(assessment: Assessment, person: Any) -> list[dict[str, Any]]:
    return [
        {
            "action": offer.transition.action,
            "label": offer.transition.label,
            "refusal": offer.refusal,
            "needs_note": offer.transition.note_required,
            "primary": offer.transition.action in PRIMARY_ACTIONS,
            "danger": offer.transition.action in DANGEROUS_ACTIONS,
            "url": reverse("assessment_action", args=[assessment.pk, offer.transition.action]),
            "at_review": offer.transition.action in REVIEW_ACTIONS
            and assessment.status == AssessmentStatus.SUBMITTED,
        }
        for offer in workflow.offers(assessment, by=person)
        # There is nothing to keep it from until somebody asks.
        if offer.transition.action != "keep" or assessment.retraction_asked_by_id
    ]


def review_context(
    request: HttpRequest,
    assessment: Assessment,
    *,
    comment_form: CommentForm | None = None,
    reason_form: ReasonForm | None = None,
) -> dict[str, Any]:
    """What the review page shows."""
    person = request.user
    versions = list(assessment.versions.order_by("-number")[:1])
    before = version_before(assessment, number=versions[0].number) if versions else None
    new = versions[0].content if versions else content_of(assessment)
    changes = differences(before.content, new) if before else None
    shelf = reading.shelf(assessment, reader=person)
    comments = list(
        Comment.objects.visible_to(person)
        .filter(assessment=assessment)
        .select_related("author", "resolved_by")
    )
    return {
        "assessment": assessment,
        "subjects": reading.subjects(assessment),
        "shelf": shelf,
        "parts": _review_parts(assessment, shelf, changes, comments),
        "whole_comments": [comment for comment in comments if comment.part not in PARTS],
        "changes": changes,
        "before": before,
        "authors": list(assessment.authors.all()),
        "definition": DEFINITIONS.get(assessment.rating, ""),
        "standard_of_proof": STANDARD_OF_PROOF,
        "unseen": workflow.unseen_by(person, assessment),
        "approve_refusal": workflow.refusal(assessment, "approve", by=person),
        "return_refusal": workflow.refusal(assessment, "return", by=person),
        "reason_form": reason_form or ReasonForm(),
        "comment_form": comment_form or CommentForm(),
    }


# A test is read with its reasons.
TEST_OF = {"law_text": "law", "policy_text": "policy", "practice_text": "practice"}


def _review_parts(
    assessment: Assessment, shelf: Any, changes: Any, comments: list[Comment]
) -> list[dict[str, Any]]:
    """Every part of the text with what changed in it and the remarks about it; a test stands with its reasons."""
    changed = {part.part: part for part in changes.parts if part.changed} if changes else {}
    found = []
    for part, title in PARTS.items():
        if part in TEST_OF.values():
            continue
        test = TEST_OF.get(part, "")
        code = getattr(assessment, test or part) if test or part == "rating" else ""
        value = "" if part == "rating" else str(getattr(assessment, part) or "")
        remarks = [comment for comment in comments if comment.part in (part, test or part)]
        if not (value or code or remarks or part in changed or test in changed):
            continue
        if part == "cannot_reason" and value:
            value = assessment.get_cannot_reason_display()
        found.append(
            {
                "part": part,
                "title": title,
                "code": code,
                "code_change": changed.get(test or ("rating" if part == "rating" else "")),
                "text": reading.paragraphs(value, shelf),
                "change": None if part == "rating" else changed.get(part),
                "comments": remarks,
            }
        )
    return found


def refused(
    request: HttpRequest, assessment: Assessment, reason: str, *, note: str = "", status: int = 409
) -> HttpResponse:
    """A page that says what was not done and why, with the text that was sent, so that nothing is lost."""
    context = {"assessment": assessment, "reason": reason, "note": note}
    return render(request, "assessments/refused.html", context, status=status)
