"""The controlled vocabularies: every word that is stored as a code, with its label, and nothing else."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Language(TextChoices):
    """The languages of the interface and of texts that are entered; UN texts may be in others."""

    ENGLISH = "en", _("English")
    RUSSIAN = "ru", _("Russian")
    KAZAKH = "kk", _("Kazakh")


class TextLanguage(TextChoices):
    """The languages a recommendation's text may be held in: the six of the UN, and Kazakh."""

    ENGLISH = "en", _("English")
    RUSSIAN = "ru", _("Russian")
    KAZAKH = "kk", _("Kazakh")
    FRENCH = "fr", _("French")
    SPANISH = "es", _("Spanish")
    ARABIC = "ar", _("Arabic")
    CHINESE = "zh", _("Chinese")


class Role(TextChoices):
    """What a person does in the coalition; one person may hold several."""

    EDITOR = "editor", _("NGO editor")
    REVIEWER = "reviewer", _("Reviewer")
    COORDINATOR = "coordinator", _("Coordinator")
    OBSERVER = "observer", _("Observer")
    ADMINISTRATOR = "administrator", _("Administrator")


class Audience(TextChoices):
    """For whom something is made when it is not for one person."""

    PUBLIC = "public", _("Public")
    COALITION = "coalition", _("Coalition")


class MechanismKind(TextChoices):
    """The UN's mechanisms that recommend."""

    UPR = "upr", _("Universal Periodic Review")
    TREATY_BODY = "treaty_body", _("Treaty body")
    SPECIAL_PROCEDURE = "special_procedure", _("Special procedure")


class DocumentKind(TextChoices):
    """What a UN document is to a review."""

    WORKING_GROUP_REPORT = "working_group_report", _("Report of the Working Group")
    ADDENDUM = "addendum", _("Addendum (the State's answers)")
    NATIONAL_REPORT = "national_report", _("National report")
    COMPILATION = "compilation", _("Compilation of UN information")
    STAKEHOLDERS_SUMMARY = "stakeholders_summary", _("Summary of stakeholders' submissions")
    COUNCIL_REPORT = "council_report", _("Report of the Human Rights Council's session")
    DECISION = "decision", _("Decision of the Human Rights Council")
    CONCLUDING_OBSERVATIONS = "concluding_observations", _("Concluding observations")
    OTHER = "other", pgettext_lazy("document kind", "Other document")


class PositionKind(TextChoices):
    """The State's answer to a recommendation (resolution 5/1, para. 32: supported or noted)."""

    SUPPORTED = "supported", _("Supported")
    SUPPORTED_IN_PART = "supported_in_part", _("Supported in part")
    NOTED = "noted", _("Noted")
    UNDER_CONSIDERATION = "under_consideration", _("Under consideration")


class TextKind(TextChoices):
    """How far a text of a recommendation may be relied on; the order is that of preference."""

    OFFICIAL = "official", _("Official text")
    WORKING_TRANSLATION = "working_translation", _("Working translation")
    PARAPHRASE = "paraphrase", _("Paraphrase (not the official text)")


class ActionCategory(IntegerChoices):
    """UPR Info's categories, read mainly from the first verb: a hint only."""

    MINIMAL = 1, _("1 Minimal action")
    CONTINUING = 2, _("2 Continuing action")
    CONSIDERING = 3, _("3 Considering action")
    GENERAL = 4, _("4 General action")
    SPECIFIC = 5, _("5 Specific action")


class MilestoneKind(TextChoices):
    """The dated events of a review cycle, in the order in which they usually come."""

    STAKEHOLDER_DEADLINE = "stakeholder_deadline", _("Stakeholder submissions due")
    PRE_SESSION_APPLICATION = "pre_session_application", _("Application for the pre-session")
    NATIONAL_REPORT = "national_report", _("National report")
    COMPILATION = "compilation", _("UN compilation and summary")
    EMBASSY_MEETINGS = "embassy_meetings", _("Embassy meetings")
    PRE_SESSION = "pre_session", _("Pre-session")
    ADVANCE_QUESTIONS = "advance_questions", _("Advance questions")
    REVIEW = "review", _("Review")
    RECOMMENDATIONS_CIRCULATED = "recommendations_circulated", _("Recommendations circulated")
    WORKING_GROUP_REPORT = "working_group_report", _("Report of the Working Group")
    STATE_ANSWERS = "state_answers", _("The State's answers")
    WRITTEN_STATEMENT = "written_statement", _("NGO written statement")
    ADOPTION = "adoption", _("Adoption by the Human Rights Council")
    IMPLEMENTATION_PLAN = "implementation_plan", _("The State's implementation plan")
    MID_TERM = "mid_term", _("Mid-term report")
    TREATY_BODY_REVIEW = "treaty_body_review", _("Treaty body's review")
    OTHER = "other", pgettext_lazy("milestone kind", "Other date")


class CyclePhase(TextChoices):
    """Where a cycle stands, in the order in which its phases come."""

    COLLECTING = "collecting", pgettext_lazy("phase of a cycle", "Collecting")
    DRAFTING = "drafting", pgettext_lazy("phase of a cycle", "Drafting")
    REVIEWING = "review", pgettext_lazy("phase of a cycle", "Internal review")
    SUBMISSION = "submission", pgettext_lazy("phase of a cycle", "Submission")
    ADVOCACY = "advocacy", pgettext_lazy("phase of a cycle", "Advocacy")
    ADOPTION = "adoption", pgettext_lazy("phase of a cycle", "Answers and adoption")
    FOLLOW_UP = "follow_up", pgettext_lazy("phase of a cycle", "Follow-up")
    MID_TERM = "mid_term", pgettext_lazy("phase of a cycle", "Mid-term")


class ClaimKind(TextChoices):
    """What the State says it did with a recommendation."""

    IMPLEMENTED = "implemented", _("Already implemented")
    IN_PROCESS = "in_process", _("In the process of being implemented")
    IMPLEMENTED_OR_IN_PROCESS = "implemented_or_in_process", _("Already implemented or in process")
    OTHER = "other", pgettext_lazy("claim kind", "Other statement")


class Rating(TextChoices):
    """How far a recommendation is implemented; definitions in assessments/method.py (GLOSSARY §3)."""

    FULLY = "fully", _("Fully implemented")
    PARTIALLY = "partially", _("Partially implemented")
    NOT = "not", _("Not implemented")
    REVERSED = "reversed", _("Reversed (went backwards)")
    CANNOT = "cannot", _("Cannot be assessed")


class TestRating(TextChoices):
    """What one of the three tests (law, policy, practice) may say."""

    __test__ = False  # not a class of tests

    FULLY = "fully", _("Fully implemented")
    PARTIALLY = "partially", _("Partially implemented")
    NOT = "not", _("Not implemented")
    REVERSED = "reversed", _("Reversed (went backwards)")
    CANNOT = "cannot", _("Cannot be assessed")
    NOT_REQUIRED = "not_required", _("Not required by the wording")


class CannotReason(TextChoices):
    """Why a recommendation cannot be assessed; one is compulsory with that rating."""

    NOT_PUBLISHED = "not_published", _("The State does not publish or refused the information")
    NO_ACCESS = "no_access", _("No access to the place or persons")
    SOURCES = "sources", _("Sources too few or contradictory")
    WORDING = "wording", _("The wording allows no test")
    OTHERS = "others", _("Addressed to others than the State")


class AssessmentStatus(TextChoices):
    """Where an assessment is on its way; the way itself is assessments/transitions.py."""

    DRAFT = "draft", pgettext_lazy("assessment", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("assessment", "Submitted")
    RETURNED = "returned", pgettext_lazy("assessment", "Returned")
    APPROVED = "approved", pgettext_lazy("assessment", "Approved")
    PUBLISHED = "published", pgettext_lazy("assessment", "Published")
    SUPERSEDED = "superseded", pgettext_lazy("assessment", "Superseded")
    WITHDRAWN = "withdrawn", pgettext_lazy("assessment", "Withdrawn")
    RETRACTED = "retracted", pgettext_lazy("assessment", "Retracted")


OPEN_STATUSES = (
    AssessmentStatus.DRAFT,
    AssessmentStatus.SUBMITTED,
    AssessmentStatus.RETURNED,
    AssessmentStatus.APPROVED,
)


class RoundPurpose(TextChoices):
    """What an assessment round is for."""

    MID_TERM = "mid_term", _("Mid-term report")
    SUBMISSION = "submission", _("Stakeholder submission")
    TREATY_BODY = "treaty_body", _("Treaty-body review")
    YEARLY = "yearly", _("Yearly update")
    OTHER = "other", pgettext_lazy("round purpose", "Other purpose")


class Confidentiality(TextChoices):
    """Who may see an item of evidence."""

    PUBLIC = "public", _("Public")
    COALITION = "coalition", _("Coalition")
    RESTRICTED = "restricted", _("Restricted to my organisation")


# What needs the legal-risk step beside themes, kept where themes keep their code.
NAMED_OFFICIALS = "named-officials"


class LevelChangeState(TextChoices):
    """What became of a change of an item's level; lowering needs a second person."""

    RAISED = "raised", _("raised")
    ASKED = "asked", _("waits for a second person")
    LOWERED = "lowered", _("lowered")
    DECLINED = "declined", _("declined")


class RiskLevel(TextChoices):
    """What a source risks by being known."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class ConsentUse(TextChoices):
    """What a person agrees to."""

    COALITION = "coalition", _("use within the coalition")
    UN = "un", _("submission to the UN")
    PUBLIC = "public", _("publication")


class EvidenceKind(TextChoices):
    """What an item of evidence is."""

    STATISTIC = "statistic", _("Statistic")
    LAW = "law", _("Law or regulation")
    JUDGMENT = "judgment", _("Judgment")
    TESTIMONY = "testimony", _("Testimony")
    NEWS = "news", _("News report")
    OFFICIAL_ANSWER = "official_answer", _("Official answer")
    UNANSWERED_REQUEST = "unanswered_request", _("Unanswered or refused request for information")
    UN_FINDING = "un_finding", _("UN finding")
    NGO_REPORT = "ngo_report", _("NGO report")
    MONITORING = "monitoring", _("Own monitoring")
    PHOTOGRAPH = "photograph", _("Photograph")
    RECORDING = "recording", _("Audio or video recording")
    HELD_ELSEWHERE = "held_elsewhere", _("Held elsewhere (no file here)")
    OTHER = "other", pgettext_lazy("evidence kind", "Other")


SYSTEMATIC_KINDS = (EvidenceKind.STATISTIC, EvidenceKind.MONITORING)


class EvidenceCheck(TextChoices):
    """How far an item of evidence was verified."""

    NOT_CHECKED = "not_checked", _("Not checked")
    CHECKED = "checked", _("Checked against the original")
    CORROBORATED = "corroborated", _("Corroborated by an independent source")
    DISPUTED = "disputed", _("Disputed")


class Shows(TextChoices):
    """What an item of evidence shows about a recommendation."""

    FULL = "full", _("Full implementation")
    PARTIAL = "partial", _("Partial implementation")
    NON = "non", _("Non-implementation")
    REGRESSION = "regression", _("Regression")
    CONTEXT = "context", _("Context")


class JobState(TextChoices):
    """Where a piece of background work is."""

    WAITING = "waiting", pgettext_lazy("job", "Waiting")
    RUNNING = "running", pgettext_lazy("job", "Running")
    DONE = "done", pgettext_lazy("job", "Done")
    FAILED = "failed", pgettext_lazy("job", "Failed")


class ImportState(TextChoices):
    """Where an import run is."""

    READING = "reading", _("Being read")
    ASKING = "asking", _("Waiting for answers")
    PLANNED = "planned", _("Waiting for confirmation")
    REFUSED = "refused", _("Cannot be applied: it has problems")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    INTERRUPTED = "interrupted", _("Interrupted")
    DISCARDED = "discarded", _("Discarded")
    TAKING_BACK = "taking_back", _("Being taken back")
    TAKEN_BACK = "taken_back", _("Taken back")


class ImportAction(TextChoices):
    """What an import will do with one row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    CONFLICT = "conflict", _("In conflict")
    UNDECIDED = "undecided", _("To be decided")


class ImportDecision(TextChoices):
    """Whose version stays where a file differs from what a person wrote here."""

    OURS = "ours", _("Keep ours")
    THEIRS = "theirs", _("Take the file's")


class UnknownLabels(TextChoices):
    """What an import does with labels of themes, groups and States that it does not know."""

    ASK = "ask", _("Ask")
    TELL = "tell", _("Tell as problems")
    LEAVE_OUT = "leave_out", _("Leave out")


class ReminderKind(TextChoices):
    """The events of which people are reminded."""

    MILESTONE = "milestone", _("A milestone is near")
    MILESTONE_PASSED = "milestone_passed", _("A milestone passed with work open")
    ROUND_DEADLINE = "round_deadline", _("A round's deadline is near")
    ASSIGNMENT_DUE = "assignment_due", _("An assignment is due")
    ASSIGNMENT_OVERDUE = "assignment_overdue", _("An assignment is overdue")
    WAITING_REVIEW = "waiting_review", _("An assessment waits for review")
    RETURNED_DRAFT = "returned_draft", _("A returned assessment waits for its author")
    COMMENT_WAITING = "comment_waiting", _("A comment or mention waits for an answer")
    CONTRADICTION = "contradiction", _("New evidence contradicts a published rating")
    STALE = "stale", _("An assessment has gone stale")
    UNDER_CONSIDERATION = (
        "under_consideration",
        _("A position is still under consideration after the adoption"),
    )
    OBSERVATION_EXPECTED = "observation_expected", _("A new value of an indicator is expected")
    DEAD_LINK = "dead_link", _("The address of a source no longer answers")
    CONSENT_ENDING = "consent_ending", _("A consent is about to end")


class ReminderAudience(TextChoices):
    """Whom a rule tells; who may not see the thing is told in no case."""

    IN_CHARGE = "in_charge", _("who has it in hand")
    REVIEWERS = "reviewers", _("reviewers")
    COORDINATORS = "coordinators", _("coordinators")
    MEMBERS = "members", _("all members")


class ReminderChannel(TextChoices):
    """How a person hears of a kind of reminder."""

    DIGEST = "digest", _("in the product and in the digest")
    AT_ONCE = "at_once", _("in the product and by mail at once")
    PRODUCT = "product", _("in the product only")
    OFF = "off", _("not at all")


class SubmissionStatus(TextChoices):
    """Where a submission to the UN is on its way."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted for review")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    FILED = "filed", pgettext_lazy("submission", "Filed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EditionStatus(TextChoices):
    """Where an edition of a summary is on its way."""

    OPEN = "open", pgettext_lazy("edition", "Open for signing")
    FROZEN = "frozen", pgettext_lazy("edition", "Frozen")
    DROPPED = "dropped", pgettext_lazy("edition", "Given up")


class SignOffKind(TextChoices):
    """What an organisation decides about a filing that bears the coalition's name."""

    SIGNS = "signs", pgettext_lazy("sign-off", "Signs")
    RESERVATION = "reservation", pgettext_lazy("sign-off", "Signs with a reservation")
    UNNAMED = "unnamed", pgettext_lazy("sign-off", "Signs, unnamed in public versions")
    OUT = "out", pgettext_lazy("sign-off", "Stays out")
