"""How a submission travels: the same engine as for assessments, with its own table, ending with its filing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access import policy
from recommendations.publications import checks, writing
from recommendations.publications.models import Submission
from recommendations.vocabulary import SubmissionStatus
from recommendations.workflow.engine import Effect, Guard, Happening, Offer, Transition, Workflow


def may(*acts: str) -> Guard:
    """A guard: the person has the right to one of these acts."""

    def guard(_submission: Submission, by: Any) -> str | None:
        return None if any(policy.may(by, act) for act in acts) else policy.refusal(by, acts[0])

    return guard


def writes_it(submission: Any, by: Any) -> str | None:
    """A guard of what an organisation leads and has authors: they do this."""
    if not policy.may(by, "submission.write"):
        return policy.refusal(by, "submission.write")
    if is_author(submission, by) or by.organisation_id == submission.organisation_id:
        return None
    return _("Only its lead organisation and its authors can do this.")


def is_author(submission: Any, person: Any) -> bool:
    """Whether this person wrote in it."""
    return submission.authors.filter(pk=person.pk).exists()


def no_author(submission: Any, by: Any) -> str | None:
    """A guard: who wrote in it, or submitted it, does not do this."""
    if is_author(submission, by) or submission.submitted_by_id == by.pk:
        return _("You wrote in it: another person must do this.")
    return None


def _complete(submission: Submission, _by: Any) -> str | None:
    still = checks.blocking(checks.text_checks(submission))
    return " ".join([_("Still to do:"), *still]) if still else None


def _ready_to_file(submission: Submission, _by: Any) -> str | None:
    still = checks.blocking(checks.all_checks(submission))
    return " ".join([_("Still to do:"), *still]) if still else None


def _keep_version(happening: Happening) -> None:
    writing.freeze(happening.subject, by=happening.by, at=happening.at)


def _keep_note(happening: Happening) -> None:
    """An effect: the reason stands on the page."""
    happening.subject.last_note = happening.note
    happening.subject.save(update_fields=["last_note"])


AUTHOR = gettext_lazy("an author, or her organisation")


def reviewed(
    statuses: Any, *, complete: Guard, needs: Any, when_submitted: tuple[Effect, ...] = (), then: tuple = ()
) -> tuple[Transition, ...]:
    """The way of what is written and reviewed here: submitted, returned or approved, withdrawn.

    ``complete`` says what is missing, ``needs`` the same for the table; ``then`` are the steps after the approval.
    """
    reviews = may("assessment.review", "submission.file")
    return (
        Transition(
            "submit",
            gettext_lazy("Submit for review"),
            (statuses.DRAFT, statuses.RETURNED),
            statuses.SUBMITTED,
            AUTHOR,
            guards=(writes_it, complete),
            needs=needs,
            stamps=("submitted_by", "submitted_at"),
            clears=("returned_by", "returned_at"),
            effects=when_submitted,
        ),
        Transition(
            "recall",
            gettext_lazy("Recall"),
            (statuses.SUBMITTED,),
            statuses.DRAFT,
            AUTHOR,
            guards=(writes_it,),
            clears=("submitted_by", "submitted_at"),
        ),
        Transition(
            "return",
            gettext_lazy("Return"),
            (statuses.SUBMITTED, statuses.APPROVED),
            statuses.RETURNED,
            gettext_lazy("a reviewer or coordinator"),
            guards=(reviews,),
            note_required=True,
            stamps=("returned_by", "returned_at"),
            clears=("approved_by", "approved_at"),
            effects=(_keep_note,),
        ),
        Transition(
            "approve",
            gettext_lazy("Approve"),
            (statuses.SUBMITTED,),
            statuses.APPROVED,
            gettext_lazy("a reviewer or coordinator who wrote nothing in it"),
            guards=(reviews, no_author, complete),
            stamps=("approved_by", "approved_at"),
        ),
        *then,
        Transition(
            "withdraw",
            gettext_lazy("Withdraw"),
            (statuses.DRAFT, statuses.SUBMITTED, statuses.RETURNED, statuses.APPROVED),
            statuses.WITHDRAWN,
            AUTHOR,
            guards=(writes_it,),
            note_required=True,
            effects=(_keep_note,),
        ),
    )


TRANSITIONS = reviewed(
    SubmissionStatus,
    complete=_complete,
    needs=gettext_lazy("text, length, citations and language in order"),
    when_submitted=(_keep_version,),
    then=(
        Transition(
            "file",
            gettext_lazy("Mark as filed"),
            (SubmissionStatus.APPROVED,),
            SubmissionStatus.FILED,
            gettext_lazy("a coordinator who wrote nothing in it"),
            guards=(may("submission.file"), no_author, _ready_to_file),
            needs=gettext_lazy("the whole check list, and that its lead organisation signs"),
            stamps=("filed_by", "filed_at"),
        ),
    ),
)

WORKFLOW = Workflow(
    name="submission",
    statuses=SubmissionStatus,
    transitions=TRANSITIONS,
    verb="submission",
    dated=("updated_at",),
)


PAGE = """# How a submission travels

From `recommendations/publications/workflow.py`.

{table}
"""


def workflow_page() -> str:
    """The second part of docs/workflow.md."""
    return PAGE.format(table=WORKFLOW.as_markdown())


def refusal(submission: Submission, action: str, *, by: Any) -> str | None:
    """Why this person may not do this now, in words; None when nothing stands against it."""
    return WORKFLOW.refusal(submission, action, by=by)


def offers(submission: Submission, *, by: Any) -> list[Offer]:
    """The actions that exist from its status, each with the reason why not."""
    return WORKFLOW.offers(submission, by=by)


def perform(
    submission: Submission, action: str, *, by: Any, note: str = "", at: datetime | None = None
) -> Submission:
    """Do it, or raise ``Refused`` (``Stale`` when somebody was faster); returns the submission as it stands."""
    return WORKFLOW.perform(submission, action, by=by, note=note, at=at)
