"""The log in plain words: for each verb the sentence that says who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.vocabulary import (
    AssessmentStatus,
    Audience,
    Confidentiality,
    EvidenceCheck,
    EvidenceKind,
    Role,
)

if TYPE_CHECKING:
    from recommendations.audit.models import Event

# verb → sentence with %(actor)s and %(subject)s. A verb without a sentence is a defect (tests/audit).
SENTENCES = {
    "recommendation.recorded": gettext_lazy("%(actor)s recorded %(subject)s"),
    "recommendation.corrected": gettext_lazy("%(actor)s corrected %(subject)s"),
    "recommendation.linked": gettext_lazy("%(actor)s linked %(subject)s to another cycle"),
    "recommendation.unlinked": gettext_lazy("%(actor)s took back a link of %(subject)s"),
    "position.recorded": gettext_lazy("%(actor)s recorded a position on %(subject)s"),
    "claim.recorded": gettext_lazy("%(actor)s recorded a State claim on %(subject)s"),
    "demands.split": gettext_lazy("%(actor)s split %(subject)s into demands"),
    "cycle.opened": gettext_lazy("%(actor)s opened the review cycle %(subject)s"),
    "cycle.changed": gettext_lazy("%(actor)s changed the review cycle %(subject)s"),
    "signin.restoration_asked": gettext_lazy("%(actor)s asked to restore the sign-in of %(subject)s"),
    "signin.restoration_confirmed": gettext_lazy("%(actor)s confirmed to restore the sign-in of %(subject)s"),
    "signin.restoration_ended": gettext_lazy("%(actor)s stopped the restoring of the sign-in of %(subject)s"),
    "signin.restored": gettext_lazy("The sign-in of %(subject)s was restored"),
    "evidence.source_dead": gettext_lazy("%(actor)s found that the source of %(subject)s no longer answers"),
    "evidence.source_answers": gettext_lazy("%(actor)s found that the source of %(subject)s answers"),
    "reminder.changed": gettext_lazy("%(actor)s changed the rule of reminders “%(subject)s”"),
    "reminder.sent_again": gettext_lazy("%(actor)s had a mail sent again"),
    "feed.made": gettext_lazy("%(actor)s made a calendar address"),
    "feed.ended": gettext_lazy("%(actor)s ended a calendar address"),
    "milestone.added": gettext_lazy("%(actor)s added the milestone %(subject)s"),
    "milestone.proposals_added": gettext_lazy("%(actor)s added estimated milestones to %(subject)s"),
    "milestone.moved": gettext_lazy("%(actor)s moved the milestone %(subject)s"),
    "milestone.changed": gettext_lazy("%(actor)s changed the milestone %(subject)s"),
    "milestone.cancelled": gettext_lazy("%(actor)s cancelled the milestone %(subject)s"),
    "import.planned": gettext_lazy("%(actor)s read the file %(subject)s"),
    "import.applied": gettext_lazy("%(actor)s imported the file %(subject)s"),
    "import.taken_back": gettext_lazy("%(actor)s took back the import of %(subject)s"),
    "import.discarded": gettext_lazy("%(actor)s discarded the import of %(subject)s"),
    "bringing.applied": gettext_lazy("%(actor)s brought in the file %(subject)s"),
    "bringing.taken_back": gettext_lazy("%(actor)s took back what came with the file %(subject)s"),
    "bringing.discarded": gettext_lazy("%(actor)s put the file %(subject)s aside"),
    "fieldsheet.made": gettext_lazy("%(actor)s downloaded a sheet for work in the field: %(subject)s"),
    "fieldsheet.taken_over": gettext_lazy("%(actor)s took over what came back of %(subject)s"),
    "fieldsheet.discarded": gettext_lazy("%(actor)s put aside a file that came back of %(subject)s"),
    "evidence.added": gettext_lazy("%(actor)s added the evidence %(subject)s"),
    "evidence.changed": gettext_lazy("%(actor)s changed the evidence %(subject)s"),
    "evidence.level_changed": gettext_lazy("%(actor)s changed who may see %(subject)s"),
    "evidence.lowering_asked": gettext_lazy("%(actor)s asked that more people see %(subject)s"),
    "evidence.lowering_declined": gettext_lazy("%(actor)s left who may see %(subject)s as it was"),
    "evidence.admission_asked": gettext_lazy("%(actor)s asked to let a reviewer see %(subject)s"),
    "evidence.admission_declined": gettext_lazy("%(actor)s did not let a reviewer see %(subject)s"),
    "evidence.person_added": gettext_lazy("%(actor)s noted that a person can be recognised in %(subject)s"),
    "evidence.person_removed": gettext_lazy(
        "%(actor)s noted that a person cannot be recognised in %(subject)s"
    ),
    "consent.recorded": gettext_lazy("%(actor)s recorded a consent for %(subject)s"),
    "consent.withdrawn": gettext_lazy("%(actor)s recorded that a consent for %(subject)s was withdrawn"),
    "source.protected": gettext_lazy("%(actor)s added a protected source"),
    "source.changed": gettext_lazy("%(actor)s changed the record of a protected source"),
    "evidence.admitted": gettext_lazy("%(actor)s let another person see %(subject)s"),
    "evidence.admission_ended": gettext_lazy("%(actor)s ended another person's view of %(subject)s"),
    "evidence.file_received": gettext_lazy("%(actor)s added a file to %(subject)s"),
    "evidence.file_opened": gettext_lazy("%(actor)s opened a file of %(subject)s"),
    "evidence.copied": gettext_lazy("A copy of a file of %(subject)s was made for sharing"),
    "evidence.not_copied": gettext_lazy("No copy for sharing could be made of a file of %(subject)s"),
    "evidence.copy_opened": gettext_lazy("%(actor)s saved a copy of a file of %(subject)s"),
    "evidence.redacted": gettext_lazy("%(actor)s added a redacted copy to %(subject)s"),
    "evidence.viewed": gettext_lazy("%(actor)s looked at %(subject)s"),
    "evidence.scanned": gettext_lazy("A file of %(subject)s was searched for malicious software"),
    "evidence.infected": gettext_lazy(
        "Malicious software was found in a file of %(subject)s, which is no longer handed out"
    ),
    "evidence.handed_out": gettext_lazy("%(actor)s saved %(subject)s with its chain of custody"),
    "evidence.verified": gettext_lazy("%(actor)s compared the files of %(subject)s with their hashes"),
    "evidence.receipt_taken": gettext_lazy("%(actor)s saved the receipt of a file of %(subject)s"),
    "evidence.linked": gettext_lazy("%(actor)s linked %(subject)s to a recommendation"),
    "evidence.link_changed": gettext_lazy("%(actor)s changed what %(subject)s shows"),
    "evidence.unlinked": gettext_lazy("%(actor)s took back a link of %(subject)s"),
    "evidence.checked": gettext_lazy("%(actor)s recorded a check of %(subject)s"),
    "indicator.added": gettext_lazy("%(actor)s added the indicator %(subject)s"),
    "indicator.changed": gettext_lazy("%(actor)s changed the indicator %(subject)s"),
    "observation.recorded": gettext_lazy("%(actor)s recorded a value of %(subject)s"),
    "observation.removed": gettext_lazy("%(actor)s removed a value of %(subject)s"),
    "round.opened": gettext_lazy("%(actor)s opened the round %(subject)s"),
    "round.changed": gettext_lazy("%(actor)s changed the round %(subject)s"),
    "round.closed": gettext_lazy("%(actor)s closed the round %(subject)s"),
    "cluster.made": gettext_lazy("%(actor)s made the cluster %(subject)s"),
    "cluster.changed": gettext_lazy("%(actor)s changed the cluster %(subject)s"),
    "cluster.dissolved": gettext_lazy("%(actor)s dissolved the cluster %(subject)s"),
    "work.handed_over": gettext_lazy("%(actor)s handed over the work of %(subject)s"),
    "work.assigned": gettext_lazy("%(actor)s assigned work in %(subject)s"),
    "submission.started": gettext_lazy("%(actor)s began the submission %(subject)s"),
    "submission.saved": gettext_lazy("%(actor)s wrote in the submission %(subject)s"),
    "submission.texts_taken": gettext_lazy(
        "%(actor)s took texts of assessments into the submission %(subject)s"
    ),
    "submission.signed": gettext_lazy("%(actor)s recorded who signs the submission %(subject)s"),
    "submission.submit": gettext_lazy("%(actor)s submitted %(subject)s for review"),
    "submission.recall": gettext_lazy("%(actor)s recalled the submission %(subject)s"),
    "submission.return": gettext_lazy("%(actor)s returned the submission %(subject)s"),
    "submission.approve": gettext_lazy("%(actor)s approved the submission %(subject)s"),
    "submission.file": gettext_lazy("%(actor)s marked the submission %(subject)s as filed"),
    "submission.withdraw": gettext_lazy("%(actor)s withdrew the submission %(subject)s"),
    "edition.prepared": gettext_lazy("%(actor)s opened the edition %(subject)s for signing"),
    "edition.signed": gettext_lazy("%(actor)s recorded who signs the edition %(subject)s"),
    "edition.frozen": gettext_lazy("%(actor)s froze the edition %(subject)s"),
    "edition.made": gettext_lazy("The files of the edition %(subject)s were made"),
    "edition.dropped": gettext_lazy("%(actor)s gave up the edition %(subject)s"),
    "edition.downloaded": gettext_lazy("%(actor)s downloaded the edition %(subject)s"),
    "edition.taken_back": gettext_lazy("The files of the edition %(subject)s were removed"),
    "fact_sheet.started": gettext_lazy("%(actor)s began the fact sheet %(subject)s"),
    "fact_sheet.saved": gettext_lazy("%(actor)s wrote in the fact sheet %(subject)s"),
    "fact_sheet.submit": gettext_lazy("%(actor)s submitted the fact sheet %(subject)s for review"),
    "fact_sheet.recall": gettext_lazy("%(actor)s recalled the fact sheet %(subject)s"),
    "fact_sheet.return": gettext_lazy("%(actor)s returned the fact sheet %(subject)s"),
    "fact_sheet.approve": gettext_lazy("%(actor)s approved the fact sheet %(subject)s"),
    "fact_sheet.withdraw": gettext_lazy("%(actor)s withdrew the fact sheet %(subject)s"),
    "fact_sheet.handed_out": gettext_lazy("%(actor)s took the fact sheet %(subject)s"),
    "link.made": gettext_lazy("%(actor)s made the share link %(subject)s"),
    "link.ended": gettext_lazy("%(actor)s ended the share link %(subject)s"),
    "link.opened": gettext_lazy("The share link %(subject)s was opened"),
    "sheet.handed_out": gettext_lazy("%(actor)s took sheets for recommending States of %(subject)s"),
    "assessment.started": gettext_lazy("%(actor)s started the assessment %(subject)s"),
    "assessment.written": gettext_lazy("%(actor)s joined in writing the assessment %(subject)s"),
    "assessment.submit": gettext_lazy("%(actor)s submitted the assessment %(subject)s"),
    "assessment.recall": gettext_lazy("%(actor)s recalled the assessment %(subject)s"),
    "assessment.return": gettext_lazy("%(actor)s returned the assessment %(subject)s"),
    "assessment.approve": gettext_lazy("%(actor)s approved the assessment %(subject)s"),
    "assessment.publish": gettext_lazy("%(actor)s published the assessment %(subject)s"),
    "assessment.withdraw": gettext_lazy("%(actor)s withdrew the assessment %(subject)s"),
    "assessment.supersede": gettext_lazy("The assessment %(subject)s was replaced by a newer one"),
    "assessment.keep": gettext_lazy("%(actor)s decided not to retract the assessment %(subject)s"),
    "assessment.ask_retraction": gettext_lazy("%(actor)s asked to retract the assessment %(subject)s"),
    "assessment.retract": gettext_lazy("%(actor)s retracted the assessment %(subject)s"),
    "assessment.redacted": gettext_lazy("Passages of %(subject)s were taken out for the safety of sources"),
    "assessment.clearance_asked": gettext_lazy("%(actor)s asked to clear %(subject)s for the public"),
    "assessment.cleared": gettext_lazy("%(actor)s cleared %(subject)s for the public"),
    "assessment.kept_back": gettext_lazy("%(actor)s kept %(subject)s from the public"),
    "assessment.officials_noted": gettext_lazy("%(actor)s noted whether %(subject)s names officials"),
    "caution.added": gettext_lazy("%(actor)s asked for the legal-risk step under the theme %(subject)s"),
    "caution.removed": gettext_lazy(
        "%(actor)s asked for the legal-risk step under the theme %(subject)s no more"
    ),
    "translation.taken": gettext_lazy("%(actor)s took on a translation of the assessment %(subject)s"),
    "translation.saved": gettext_lazy("%(actor)s saved a translation of the assessment %(subject)s"),
    "translation.checked": gettext_lazy("%(actor)s checked a translation of the assessment %(subject)s"),
    "assessment.commented": gettext_lazy("%(actor)s commented on the assessment %(subject)s"),
    "assessment.comment_resolved": gettext_lazy(
        "%(actor)s dealt with a comment on the assessment %(subject)s"
    ),
    "everything.asked": gettext_lazy("%(actor)s asked for a complete export, restricted evidence included"),
    "everything.exported": gettext_lazy(
        "A complete export, restricted evidence included, was begun on the server"
    ),
    "everything.made": gettext_lazy("The complete export %(subject)s was made"),
    "everything.downloaded": gettext_lazy("%(actor)s downloaded the complete export %(subject)s"),
    "everything.removed": gettext_lazy("The complete export %(subject)s was removed from the server"),
    "export.asked": gettext_lazy("%(actor)s asked for an export"),
    "export.made": gettext_lazy("The export %(subject)s was made"),
    "export.taken_back": gettext_lazy(
        "The export %(subject)s is no longer handed out: something in it was retracted, restricted or withheld"
    ),
    "export.downloaded": gettext_lazy("%(actor)s downloaded the export %(subject)s"),
    "person.invited": gettext_lazy("%(actor)s invited a person"),
    "person.joined": gettext_lazy("%(subject)s accepted an invitation"),
    "person.added": gettext_lazy("%(actor)s added %(subject)s"),
    "person.roles_changed": gettext_lazy("%(actor)s changed the roles of %(subject)s"),
    "person.moved": gettext_lazy("%(actor)s changed the organisation of %(subject)s"),
    "person.deactivated": gettext_lazy("%(actor)s ended the access of %(subject)s"),
    "person.reactivated": gettext_lazy("%(actor)s gave %(subject)s access again"),
    "person.freeze_asked": gettext_lazy("%(actor)s asked to freeze the account of %(subject)s"),
    "person.freeze_withdrawn": gettext_lazy("%(actor)s no longer asks to freeze the account of %(subject)s"),
    "person.frozen": gettext_lazy("%(actor)s froze the account of %(subject)s"),
    "person.thaw_asked": gettext_lazy("%(actor)s asked to thaw the account of %(subject)s"),
    "person.thawed": gettext_lazy("%(actor)s confirmed to thaw the account of %(subject)s"),
    "person.signed_in": gettext_lazy("%(actor)s signed in"),
    "person.sign_in_failed": gettext_lazy("A sign-in failed"),
    "person.signed_out": gettext_lazy("%(actor)s signed out"),
    "person.password_changed": gettext_lazy("%(actor)s changed the password"),
    "person.new_device": gettext_lazy("%(actor)s signed in on a device not seen before"),
    "person.timed_out": gettext_lazy("%(subject)s was signed out after the time allowed"),
    "person.sessions_ended": gettext_lazy("%(actor)s ended sign-ins of %(subject)s"),
    "factor.added": gettext_lazy("%(actor)s added a second factor"),
    "factor.removed": gettext_lazy("%(actor)s removed a second factor"),
    "factor.cleared": gettext_lazy("The second factors of %(subject)s were taken away"),
    "factor.codes_kept": gettext_lazy("%(actor)s wrote down recovery codes"),
    "factor.codes_renewed": gettext_lazy("%(actor)s made new recovery codes"),
    "factor.code_used": gettext_lazy("%(actor)s used a recovery code"),
    "factor.failed": gettext_lazy("A second factor was refused"),
    "invitation.revoked": gettext_lazy("%(actor)s took back the invitation of %(subject)s"),
    "organisation.added": gettext_lazy("%(actor)s added the organisation %(subject)s"),
    "organisation.changed": gettext_lazy("%(actor)s changed the organisation %(subject)s"),
    "import.answered": gettext_lazy("%(actor)s said what labels of the file %(subject)s stand for"),
    "import.corrected": gettext_lazy("%(actor)s put right what comes with the file %(subject)s"),
    "term.spelling_added": gettext_lazy("%(actor)s added a spelling of %(subject)s"),
    "term.changed": gettext_lazy("%(actor)s corrected the names of %(subject)s"),
    "reminder.rule_changed": gettext_lazy("%(actor)s changed the reminder “%(subject)s”"),
    "reference.loaded": gettext_lazy("The reference data were loaded"),
    "job.retried": gettext_lazy("%(actor)s had work that was given up tried again"),
    "person.left": gettext_lazy("%(actor)s ended the membership of %(subject)s, who left"),
    "site.closed": gettext_lazy("%(actor)s closed the site to the outside"),
    "site.opening_asked": gettext_lazy("%(actor)s asked to open the site again"),
    "site.opened": gettext_lazy("%(actor)s confirmed to open the site again"),
    "audit.erased": gettext_lazy("%(actor)s erased details of the log"),
    "audit.retention_changed": gettext_lazy("%(actor)s changed how long details of the log are kept"),
    "demo.loaded": gettext_lazy("The demonstration was loaded"),
}


# What an event's detail tells the readers of the log, in words. An allowlist: reasons, texts, figures and what
# evidence shows are content, which the administrator's role does not open.
TOLD: dict[str, Any] = {
    "from": gettext_lazy("From"),
    "to": gettext_lazy("To"),
    "label": gettext_lazy("Spelling"),
    "roles": gettext_lazy("Roles"),
    "organisation": gettext_lazy("Organisation"),
    "confidentiality": gettext_lazy("Who may see it"),
    "kind": gettext_lazy("Kind"),
    "status": gettext_lazy("Check"),
    "format": gettext_lazy("Format"),
    "audience": gettext_lazy("For whom"),
    "due": gettext_lazy("Due"),
    "items": gettext_lazy("Recommendations"),
    "recommendations": gettext_lazy("Recommendations"),
    "rows": gettext_lazy("Rows"),
    "created": gettext_lazy("New"),
    "updated": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "conflicts": gettext_lazy("In conflict"),
    "removed": gettext_lazy("Removed"),
    "restored": gettext_lazy("Set back"),
    "size": gettext_lazy("Size"),
    "sha256": gettext_lazy("SHA-256"),
}
CODES: dict[str, Any] = {
    code: label
    for words in (AssessmentStatus, Role, Confidentiality, EvidenceKind, EvidenceCheck, Audience)
    for code, label in words.choices
}


def details(event: Event) -> list[tuple[str, str]]:
    """What the event's detail tells, as (label, value) in the reader's language; nothing of what was erased."""
    detail = getattr(event, "detail", None)
    if detail is None or detail.erased_at:
        return []
    return [
        (str(label), _in_words(detail.detail[key]))
        for key, label in TOLD.items()
        if detail.detail.get(key) not in (None, "", [], {})
    ]


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    return str(CODES.get(value, value)) if isinstance(value, str) else str(value)


def sentence(event: Event) -> str:
    """The event in the reader's language: who did what to what (not when)."""
    actor = str(event.actor) if event.actor_id else _("The product")
    return str(SENTENCES[event.verb]) % {"actor": actor, "subject": event.subject_label}
