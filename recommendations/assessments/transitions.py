"""How an assessment travels: the table, with who may do what, what it needs and what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.access import policy
from recommendations.assessments.compliance import SPEAKING, refresh_compliance
from recommendations.assessments.models import Assessment, ItemRating, LegalClearance
from recommendations.assessments.redacting import endangering
from recommendations.assessments.requirements import missing, rests_on_a_single_source
from recommendations.assessments.versions import freeze
from recommendations.evidence.models import Evidence
from recommendations.jobs.queue import HANDLERS, enqueue
from recommendations.vocabulary import AssessmentStatus, Audience, ConsentUse
from recommendations.workflow.engine import Guard, Happening, Transition, Workflow

DRAFT, SUBMITTED = AssessmentStatus.DRAFT, AssessmentStatus.SUBMITTED
RETURNED, APPROVED = AssessmentStatus.RETURNED, AssessmentStatus.APPROVED
PUBLISHED, SUPERSEDED = AssessmentStatus.PUBLISHED, AssessmentStatus.SUPERSEDED
WITHDRAWN, RETRACTED = AssessmentStatus.WITHDRAWN, AssessmentStatus.RETRACTED

# From these statuses something may stand in files that were made for an audience.
APPROVED_ONCE = (APPROVED, PUBLISHED)

NOTIFY = "reminders.notify"
TAKE_BACK = "exports.take_back"


# --- guards: why not, or nothing ----------------------------------------------------------------------------------


def is_author(assessment: Assessment, person: Any) -> bool:
    """Whether this person wrote it or entered it for its organisation."""
    return assessment.authors.filter(pk=person.pk).exists()


def _may(act: str) -> Guard:
    def guard(_assessment: Assessment, by: Any) -> str | None:
        return policy.refusal(by, act)

    return guard


def _any_of(*acts: str) -> Guard:
    def guard(_assessment: Assessment, by: Any) -> str | None:
        if any(policy.may(by, act) for act in acts):
            return None
        return policy.refusal(by, acts[0])

    return guard


def _an_author(assessment: Assessment, by: Any) -> str | None:
    if policy.may(by, "assessment.write") and is_author(assessment, by):
        return None
    return _("Only its authors can do this.")


def _author_or_coordinator(assessment: Assessment, by: Any) -> str | None:
    if policy.may(by, "assessment.publish") or _an_author(assessment, by) is None:
        return None
    return _("Only its authors and coordinators can do this.")


def _no_author(assessment: Assessment, by: Any) -> str | None:
    """Four eyes: who wrote it, or entered it for its organisation, decides nothing about it."""
    if is_author(assessment, by) or assessment.submitted_by_id == by.pk:
        return _("You wrote this assessment or entered it for its organisation: another person must do this.")
    return None


def _round_is_open(assessment: Assessment, _by: Any) -> str | None:
    if assessment.round.is_open:
        return None
    return _("This round is closed: nothing in it can be changed.")


def _complete(assessment: Assessment, _by: Any) -> str | None:
    still = missing(assessment)
    return " ".join([_("Still missing:"), *still]) if still else None


def _safe_for(use: str) -> Guard:
    """Nobody who can be recognised in what it cites is endangered by this step."""

    def guard(assessment: Assessment, _by: Any) -> str | None:
        numbers = endangering(assessment, use)
        if not numbers:
            return None
        listed = ", ".join(f"E-{number}" for number in sorted(numbers))
        return _(
            "Not safe for sources: %(items)s. Consent is missing or ended, or a source runs a high risk. Take "
            "what rests on it out of the text, or have the consent recorded."
        ) % {"items": listed}

    return guard


def _has_a_say_in_retraction(assessment: Assessment, by: Any) -> str | None:
    if policy.may(by, "assessment.publish") or policy.may(by, "assessment.review"):
        return None
    if _an_author(assessment, by) is None:
        return None
    return _("Only its authors, reviewers and coordinators can do this.")


def _not_asked_yet(assessment: Assessment, _by: Any) -> str | None:
    if assessment.retraction_asked_by_id is None:
        return None
    return _("Its retraction was asked for already: a second person must confirm it.")


def _was_asked(assessment: Assessment, _by: Any) -> str | None:
    if assessment.retraction_asked_by_id is not None:
        return None
    return _("Nobody has asked for its retraction.")


def _asker_or_coordinator(assessment: Assessment, by: Any) -> str | None:
    if assessment.retraction_asked_by_id in (None, by.pk) or policy.may(by, "assessment.publish"):
        return None
    return _("Only the person who asked for the retraction and coordinators can do this.")


def _second_person(assessment: Assessment, by: Any) -> str | None:
    """Two people, one of them at least a coordinator."""
    first = assessment.retraction_asked_by
    if first is None:
        return _("First its retraction must be asked for, by another person.")
    if first.pk == by.pk:
        return _("You asked for the retraction: a second person must confirm it.")
    if not any(policy.may(person, "assessment.publish") for person in (first, by)):
        return _("One of the two who retract it must be a coordinator.")
    return None


# --- effects: what follows, in the same transaction ---------------------------------------------------------------


def _keep_version(happening: Happening) -> None:
    assessment = happening.subject
    assessment.single_source = rests_on_a_single_source(assessment)
    assessment.unseen_by_approver = []
    assessment.save(update_fields=["single_source", "unseen_by_approver"])
    # What was weighed was another text.
    LegalClearance.objects.filter(assessment=assessment).delete()
    freeze(assessment, by=happening.by, at=happening.at)


def _keep_note(happening: Happening) -> None:
    happening.subject.last_note = happening.note
    happening.subject.save(update_fields=["last_note"])


def _list_unseen(happening: Happening) -> None:
    """What no approver saw stays listed on the assessment."""
    happening.subject.unseen_by_approver = unseen_by(happening.by, happening.subject)
    happening.subject.save(update_fields=["unseen_by_approver"])


def unseen_by(person: Any, assessment: Assessment) -> list[int]:
    """The numbers of the cited items that this person may not see."""
    cited = Evidence.objects.filter(citations__assessment=assessment)
    seen = Evidence.objects.visible_to(person).filter(citations__assessment=assessment)
    return list(cited.exclude(pk__in=seen.values("pk")).order_by("number").values_list("number", flat=True))


def _replace_published(happening: Happening) -> None:
    """Of the same recommendations the organisation's earlier published ratings are superseded.

    An earlier assessment that covers more stays published for the rest; it is superseded once nothing is left.
    """
    assessment = happening.subject
    items = list(assessment.ratings.values_list("item", flat=True))
    replaced = ItemRating.objects.filter(
        organisation=assessment.organisation_id, item__in=items, status=PUBLISHED
    ).exclude(assessment=assessment)
    earlier_ids = sorted(set(replaced.values_list("assessment", flat=True)))
    replaced.update(status=SUPERSEDED)
    for earlier in Assessment.objects.filter(pk__in=earlier_ids, status=PUBLISHED):
        if not earlier.ratings.filter(status=PUBLISHED).exists():
            WORKFLOW.perform(earlier, "supersede", by=happening.by, at=happening.at)
        assessment.supersedes = earlier
    assessment.save(update_fields=["supersedes"])


def _copy_status(happening: Happening) -> None:
    """The ratings carry their assessment's status, for the database's own rules, and the compliance status follows."""
    ratings = happening.subject.ratings.all()
    ratings.update(status=happening.subject.status)
    speaking = SPEAKING[Audience.COALITION]
    if happening.before in speaking or happening.subject.status in speaking:
        refresh_compliance(ratings.values_list("item", flat=True), at=happening.at)


def _keep_retraction_reason(happening: Happening) -> None:
    happening.subject.retraction_reason = happening.note
    happening.subject.save(update_fields=["retraction_reason"])


def _tell(kind: str) -> Callable[[Happening], None]:
    """Have the people concerned told, where somebody registered to do so."""

    def effect(happening: Happening) -> None:
        if NOTIFY in HANDLERS:
            assessment = happening.subject
            enqueue(
                NOTIFY,
                {"kind": kind, "assessment": assessment.pk},
                key=f"{kind}:{assessment.pk}:{assessment.revision}",
                by=happening.by,
            )

    return effect


def _take_back_files(happening: Happening) -> None:
    """What an audience no longer sees leaves the files that were made of it."""
    if TAKE_BACK in HANDLERS and happening.before in APPROVED_ONCE:
        assessment = happening.subject
        enqueue(
            TAKE_BACK,
            {"assessment": assessment.pk},
            key=f"{TAKE_BACK}:{assessment.pk}:{assessment.revision}",
            by=happening.by,
        )


WORKFLOW = Workflow(
    name="assessment",
    statuses=AssessmentStatus,
    verb="assessment",
    dated=("updated_at",),
    transitions=(
        Transition(
            "submit",
            gettext_lazy("Submit for review"),
            (DRAFT, RETURNED),
            SUBMITTED,
            who=gettext_lazy("an author"),
            guards=(_an_author, _round_is_open, _complete, _safe_for(ConsentUse.COALITION)),
            needs=gettext_lazy("everything the method asks for"),
            stamps=("submitted_by", "submitted_at"),
            effects=(_keep_version, _copy_status, _tell("assessment.submitted")),
        ),
        Transition(
            "recall",
            gettext_lazy("Recall to go on writing"),
            (SUBMITTED,),
            DRAFT,
            who=gettext_lazy("an author"),
            guards=(_an_author,),
            clears=("submitted_by", "submitted_at"),
            effects=(_copy_status,),
        ),
        Transition(
            "return",
            gettext_lazy("Return to the authors"),
            (SUBMITTED, APPROVED),
            RETURNED,
            who=gettext_lazy("a reviewer or a coordinator"),
            guards=(_any_of("assessment.review", "assessment.publish"),),
            note_required=True,
            stamps=("returned_by", "returned_at"),
            clears=("approved_by", "approved_at"),
            effects=(_keep_note, _copy_status, _take_back_files, _tell("assessment.returned")),
        ),
        Transition(
            "approve",
            gettext_lazy("Approve"),
            (SUBMITTED,),
            APPROVED,
            who=gettext_lazy("a reviewer who is no author of it"),
            guards=(_may("assessment.review"), _no_author, _safe_for(ConsentUse.COALITION)),
            needs=gettext_lazy("every cited item seen, or what was not seen is listed"),
            stamps=("approved_by", "approved_at"),
            effects=(_list_unseen, _copy_status, _tell("assessment.approved")),
        ),
        Transition(
            "publish",
            gettext_lazy("Publish"),
            (APPROVED,),
            PUBLISHED,
            who=gettext_lazy("a coordinator who is no author of it"),
            guards=(_may("assessment.publish"), _no_author, _safe_for(ConsentUse.PUBLIC)),
            needs=gettext_lazy("supersedes the one before"),
            stamps=("published_by", "published_at"),
            effects=(_replace_published, _copy_status, _tell("assessment.published")),
        ),
        Transition(
            "withdraw",
            gettext_lazy("Withdraw"),
            (DRAFT, SUBMITTED, RETURNED, APPROVED),
            WITHDRAWN,
            who=gettext_lazy("an author or a coordinator"),
            guards=(_author_or_coordinator,),
            note_required=True,
            effects=(_keep_note, _copy_status, _take_back_files),
        ),
        Transition(
            "supersede",
            gettext_lazy("Superseded by the next"),
            (PUBLISHED,),
            SUPERSEDED,
            who=gettext_lazy("the product, when the next one is published"),
            effects=(_copy_status,),
            by_itself=True,
        ),
        Transition(
            "ask_retraction",
            gettext_lazy("Ask for its retraction"),
            (PUBLISHED,),
            PUBLISHED,
            who=gettext_lazy("an author, a reviewer or a coordinator"),
            guards=(_has_a_say_in_retraction, _not_asked_yet),
            note_required=True,
            stamps=("retraction_asked_by",),
            effects=(_keep_retraction_reason,),
        ),
        Transition(
            "keep",
            gettext_lazy("Keep it: no retraction"),
            (PUBLISHED,),
            PUBLISHED,
            who=gettext_lazy("who asked for its retraction, or a coordinator"),
            guards=(_has_a_say_in_retraction, _was_asked, _asker_or_coordinator),
            note_required=True,
            clears=("retraction_asked_by",),
            effects=(_keep_retraction_reason,),
        ),
        Transition(
            "retract",
            gettext_lazy("Retract"),
            (PUBLISHED,),
            RETRACTED,
            who=gettext_lazy("a second person; one of the two is a coordinator"),
            guards=(_has_a_say_in_retraction, _second_person),
            needs=gettext_lazy("a notice remains, the text leaves every page, export and edition"),
            note_required=True,
            stamps=("retracted_by", "retracted_at"),
            effects=(_keep_note, _copy_status, _take_back_files),
        ),
    ),
)

PAGE = """# How an assessment travels

Written by `manage.py workflow_docs` from `recommendations/assessments/transitions.py`; change it there.

{table}
An author is whoever wrote in an assessment or entered it for an organisation that works by mail. Nobody decides
about what she wrote: the page greys the button and says why, the endpoint refuses, and the database refuses once
more. Each action compares and sets the status in one statement: of many people who press at once one wins, and the
others are told. Each submission keeps an immutable version. Publishing replaces what the same organisation published
about the same recommendations in the same round; an earlier assessment that covers more stays for the rest.
"""


def workflow_page() -> str:
    """docs/workflow.md: the table, its diagram, and what the table cannot say."""
    return PAGE.format(table=WORKFLOW.as_markdown())
