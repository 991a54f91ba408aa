"""Background work of reminders: the clock's run, and telling people what just happened to an assessment."""

from dataclasses import asdict

from celery import shared_task
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from recommendations.access.visibility import can_see, visible
from recommendations.assessments.models import Assessment, Comment
from recommendations.catalogue.models import Milestone
from recommendations.jobs.queue import Effects, Work, enqueue, handler, run_due
from recommendations.organisations.models import User
from recommendations.reminders import digests  # noqa: F401  (registers the handler that sends them)
from recommendations.reminders.dispatch import dispatch, notify
from recommendations.reminders.seeing import visible_ids

SLOT = 5  # minutes


@shared_task(name="recommendations.reminders.dispatch", ignore_result=True)
def dispatch_reminders() -> None:
    """What beat starts every few minutes: however many clocks there are, one job a slot."""
    now = timezone.now()
    slot = now.replace(minute=now.minute // SLOT * SLOT)
    enqueue("reminders.dispatch", key=f"reminders.dispatch:{slot:%Y-%m-%dT%H:%M}")
    run_due()


@handler("reminders.dispatch", called=gettext_lazy("Looking for what is due"))
def dispatch_now(work: Work) -> Effects:
    """Find what is due and write it down; the digests are jobs of their own. What was skipped stands in the result."""
    report = asdict(dispatch(send=False))
    return lambda: report


@handler("reminders.notify", called=gettext_lazy("Word of an assessment"))
def tell(work: Work) -> Effects | None:
    """Tell reviewers of what was submitted, and authors of what became of theirs."""
    kind = work.payload["kind"]
    assessment = (
        Assessment.objects.filter(pk=work.payload["assessment"])
        .select_related("cluster", "item__recommendation", "organisation")
        .first()
    )
    if assessment is None:
        return None

    def effects() -> dict[str, int]:
        authors = assessment.authors.filter(is_active=True)
        if kind == "assessment.submitted":
            people = User.objects.filter(is_active=True, is_reviewer=True).exclude(
                pk__in=authors.values("pk")
            )
            url = reverse("assessment_review", args=[assessment.pk])
        else:
            people = authors.exclude(pk=work.asked_by.pk) if work.asked_by else authors
            url = reverse("assessment_detail", args=[assessment.pk])
        told = [
            person
            for person in people
            if Assessment.objects.filter(visible(Assessment, person), pk=assessment.pk).exists()
        ]
        count = notify(
            recipients=told, kind=kind, url=url, params={"what": str(assessment)}, subject=assessment
        )
        return {"told": count}

    return effects


@handler("reminders.tell", called=gettext_lazy("Word of what is ready or was given out"))
def tell_one(work: Work) -> Effects | None:
    """Tell one person of what is hers: work in a round, an export that is ready, an import that is done."""
    person = User.objects.filter(pk=work.payload["person"], is_active=True).first()
    if person is None:
        return None
    pages = {
        "export": "export_detail",
        "edition": "edition_detail",
        "import": "import_detail",
        "round": "round_detail",
        "freeze": "freeze_person",
        "evidence": "evidence_access",
    }
    url = next(
        (reverse(page, args=[work.payload[name]]) for name, page in pages.items() if name in work.payload), ""
    )

    def effects() -> dict[str, int]:
        count = notify(
            recipients=[person],
            kind=work.payload["kind"],
            url=url,
            params={"what": work.payload.get("what", "")},
        )
        return {"told": count}

    return effects


@handler("reminders.redacted", called=gettext_lazy("Word of a redacted reissue"))
def tell_of_redaction(work: Work) -> Effects | None:
    """Tell authors and coordinators that passages were taken out of an assessment."""
    assessment = (
        Assessment.objects.filter(pk=work.payload["assessment"])
        .select_related("cluster", "item__recommendation", "organisation")
        .first()
    )
    if assessment is None:
        return None

    def effects() -> dict[str, int]:
        people = User.objects.filter(is_active=True).filter(
            Q(is_coordinator=True) | Q(pk__in=assessment.authors.values("pk"))
        )
        count = notify(
            recipients=[person for person in people if can_see(assessment, person)],
            kind="assessment.redacted",
            url=reverse("assessment_detail", args=[assessment.pk]),
            params={"what": str(assessment)},
            subject=assessment,
        )
        return {"told": count}

    return effects


@handler("reminders.milestone_moved", called=gettext_lazy("Word of a moved milestone"))
def tell_of_move(work: Work) -> Effects | None:
    """Tell those who were reminded of a milestone's old date that it moved: once each, whoever moved it excepted."""
    milestone = Milestone.objects.filter(pk=work.payload["milestone"]).select_related("cycle").first()
    if milestone is None or milestone.cancelled_at or str(milestone.on) == work.payload["from"]:
        return None

    def effects() -> dict[str, int]:
        told = User.objects.filter(
            is_active=True,
            deliveries__anchor_kind="Milestone",
            deliveries__anchor_id=milestone.pk,
            deliveries__anchor_on=work.payload["from"],
        ).distinct()
        people = [
            person
            for person in told
            if person != work.asked_by and visible_ids(Milestone, {milestone.pk}, person)
        ]
        count = notify(
            recipients=people,
            kind="milestone.moved",
            url=reverse("cycle_calendar", args=[milestone.cycle.key]),
            params={
                "what": milestone.title or milestone.kind,
                "cycle": milestone.cycle.key,
                "anchor_on": work.payload["from"],
                "moved_on": milestone.on.isoformat(),
            },
            subject=milestone,
        )
        return {"told": count}

    return effects


@handler("reminders.mentioned", called=gettext_lazy("Word of a question to a colleague"))
def tell_of_mention(work: Work) -> Effects | None:
    """Tell a person that a comment asks her by name, where she may still read it."""
    comment = (
        Comment.objects.filter(pk=work.payload["comment"], resolved_at=None)
        .select_related("assessment__cluster", "assessment__item__recommendation", "assessment__organisation")
        .first()
    )
    person = User.objects.filter(pk=work.payload["person"], is_active=True).first()
    if comment is None or person is None or not visible_ids(Assessment, {comment.assessment_id}, person):
        return None
    url = f"{reverse('assessment_detail', args=[comment.assessment_id])}#comment-{comment.pk}"

    def effects() -> dict[str, int]:
        params = {"what": str(comment.assessment)}
        count = notify(
            recipients=[person],
            kind="comment.mentioned",
            url=url,
            params=params,
            subject=comment.assessment,
        )
        return {"told": count}

    return effects
