"""Who may open what: every address with the people for whom it opens, on rows of the demonstration.

A row says for whom an address opens, that is, answers with something else than "not here" (404), "not you" (403) or
the way to the sign-in. Everybody else must be refused. An address that looks different from row to row of the data
(a draft, a published assessment) has a line for each.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from recommendations.assessments.models import Assessment, Comment, Round
from recommendations.catalogue.models import Milestone
from recommendations.evidence.models import Evidence, Indicator
from recommendations.organisations.models import User
from recommendations.publications.models import Submission

# The demonstration's people; the second editor is of another organisation than the first.
PEOPLE = {
    "editor": "editor@example.org",
    "other editor": "editor3@example.org",
    "reviewer": "reviewer@example.org",
    "coordinator": "coordinator@example.org",
    "observer": "observer@example.org",
    "administrator": "admin@example.org",
}
EDITORS = {"editor", "other editor"}
REVIEWER, COORDINATOR, ADMINISTRATOR = {"reviewer"}, {"coordinator"}, {"administrator"}
MEMBERS = EDITORS | REVIEWER | COORDINATOR
READERS = MEMBERS | {"observer"}
SIGNED_IN = READERS | ADMINISTRATOR | {"no role"}
VISITOR = {"visitor"}
EVERYBODY = SIGNED_IN | VISITOR
NOBODY: set[str] = set()
# The demonstration's restricted item belongs to the organisation of these; its administrator is of it too, but has no
# role that reads content.
ITS_OWNERS = {"other editor", "reviewer", "coordinator"}


class Rows:
    """The rows of the demonstration that the addresses below speak of."""

    def assessment(self, status: str, organisation: str) -> Assessment:
        return Assessment.objects.filter(status=status, organisation__short_name__startswith=organisation)[0]

    def evidence(self, confidentiality: str) -> Evidence:
        return Evidence.objects.filter(confidentiality=confidentiality, links__isnull=False).order_by(
            "number"
        )[0]

    @cached_property
    def round(self) -> Round:
        return Round.objects.get()

    @cached_property
    def indicator(self) -> Indicator:
        return Indicator.objects.get(slug="blocked-domains")

    @cached_property
    def person(self) -> User:
        return User.objects.get(email="editor2@example.org")


@dataclass(frozen=True)
class Row:
    """One line of the matrix."""

    name: str
    opens_for: set[str]
    arguments: Callable[[Rows], dict[str, Any]] = field(default=lambda rows: {})
    method: str = "get"
    query: Callable[[Rows], str] = field(default=lambda rows: "")
    sent: Callable[[Rows], dict[str, Any]] = field(default=lambda rows: {})
    what: str = ""


def draft(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.assessment("draft", "Free Word").pk}


def submitted(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.assessment("submitted", "Free Word").pk}


def approved(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.assessment("approved", "Free Word").pk}


def published(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.assessment("published", "Free Word").pk}


def evidence(confidentiality: str) -> Callable[[Rows], dict[str, Any]]:
    return lambda rows: {"number": rows.evidence(confidentiality).number}


def link(confidentiality: str) -> Callable[[Rows], dict[str, Any]]:
    def arguments(rows: Rows) -> dict[str, Any]:
        item = rows.evidence(confidentiality)
        return {"number": item.number, "pk": item.links.all()[0].pk}

    return arguments


def a_guess_about(confidentiality: str) -> Callable[[Rows], dict[str, Any]]:
    return lambda rows: {"number": rows.evidence(confidentiality).number, "pk": 987654}


def a_submission(rows: Rows) -> dict[str, Any]:
    return {"pk": Submission.objects.get().pk}


def no_edition(rows: Rows) -> dict[str, Any]:
    return {"key": "KAZ-2-987654-1"}


def a_comment(rows: Rows) -> dict[str, Any]:
    return {"pk": Comment.objects.get(assessment__status="returned").pk}


def the_round(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.round.pk}


def a_translation(rows: Rows) -> dict[str, Any]:
    return published(rows) | {"language": "kk"}


def a_cluster(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.round.clusters.all()[0].pk}


def a_person(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.person.pk}


def an_organisation(rows: Rows) -> dict[str, Any]:
    return {"pk": rows.person.organisation_id}


def the_indicator(rows: Rows) -> dict[str, Any]:
    return {"slug": rows.indicator.slug}


def a_value(rows: Rows) -> dict[str, Any]:
    return {"slug": rows.indicator.slug, "pk": rows.indicator.observations.all()[0].pk}


def the_recommendation(rows: Rows) -> dict[str, Any]:
    return {"ref": "KAZ-2-124.26"}


def the_cycle(rows: Rows) -> dict[str, Any]:
    return {"cycle": "KAZ-2"}


def a_milestone(rows: Rows) -> dict[str, Any]:
    return {"pk": Milestone.objects.filter(cycle__number=2)[0].pk}


def guessed(rows: Rows) -> dict[str, Any]:
    return {"pk": 987654}


def guessed_key(rows: Rows) -> dict[str, Any]:
    return {"key": "8f14e45f-ceea-467f-a0e6-3b1c2d4f5a60"}


def for_a_cluster(rows: Rows) -> str:
    return f"cluster={a_cluster(rows)['pk']}"


MATRIX = [
    # --- the site and sign-in
    Row("healthz", EVERYBODY),
    Row("robots", EVERYBODY),
    Row("security_txt", NOBODY, what="where the site names no contact"),
    Row("quick_exit", EVERYBODY, method="post"),
    Row("away", EVERYBODY),
    Row("set_language", EVERYBODY, method="post"),
    Row("account_login", EVERYBODY),
    Row("account_logout", EVERYBODY),
    Row("account_inactive", EVERYBODY),
    Row("account_signup", EVERYBODY, what="says that people come by invitation"),
    Row("account_reauthenticate", SIGNED_IN),
    Row("account_email", SIGNED_IN),
    Row("account_email_verification_sent", EVERYBODY),
    Row("account_confirm_email", EVERYBODY, lambda rows: {"key": "guessed"}),
    Row("account_change_password", SIGNED_IN),
    Row("account_set_password", SIGNED_IN),
    Row("account_reset_password", EVERYBODY),
    Row("account_reset_password_done", EVERYBODY),
    Row("account_reset_password_from_key", EVERYBODY, lambda rows: {"uidb36": "1", "key": "guessed"}),
    Row("account_reset_password_from_key_done", EVERYBODY),
    Row("account_confirm_login_code", EVERYBODY),
    Row("usersessions_list", SIGNED_IN),
    Row("session_end", SIGNED_IN, method="post", sent=lambda rows: {"do": "others"}),
    Row("second_factor", SIGNED_IN),
    Row("mfa_index", SIGNED_IN),
    Row("mfa_authenticate", EVERYBODY),
    Row("mfa_reauthenticate", SIGNED_IN),
    Row("mfa_activate_totp", SIGNED_IN),
    Row("mfa_deactivate_totp", NOBODY, what="who has no app"),
    Row("mfa_list_webauthn", SIGNED_IN),
    Row("mfa_add_webauthn", SIGNED_IN),
    Row("mfa_reauthenticate_webauthn", SIGNED_IN),
    Row("mfa_remove_webauthn", NOBODY, lambda rows: {"pk": 0}, what="who has no key"),
    Row("mfa_edit_webauthn", NOBODY, lambda rows: {"pk": 0}, what="who has no key"),
    Row("mfa_login_webauthn", EVERYBODY),
    Row("mfa_view_recovery_codes", SIGNED_IN),
    Row("mfa_generate_recovery_codes", SIGNED_IN),
    Row("mfa_download_recovery_codes", NOBODY, what="who has no codes"),
    # --- everybody's own pages
    Row("my_work", SIGNED_IN),
    Row("profile", SIGNED_IN),
    Row("method", SIGNED_IN),
    Row("method_edition", SIGNED_IN, lambda rows: {"number": rows.round.method_edition}),
    Row("what_a_seizure_gives_away", SIGNED_IN),
    Row("what_not_to_put_in", SIGNED_IN),
    Row("styleguide", SIGNED_IN),
    Row("calendar", READERS),
    Row("calendar_day", READERS, lambda rows: {"kind": "milestone"} | a_milestone(rows)),
    Row("calendar_day", NOBODY, lambda rows: {"kind": "cluster"} | guessed(rows), what="work of nobody"),
    Row("feed_make", READERS, method="post"),
    Row("feed_end", NOBODY, guessed, "post", what="nobody's calendar address"),
    Row("calendar_feed", NOBODY, lambda rows: {"token": "guessed"}, what="a guessed calendar address"),
    Row("notification_list", SIGNED_IN),
    Row("notifications_read", SIGNED_IN, method="post"),
    Row("notification_read", NOBODY, guessed, method="post", what="nobody's notification"),
    Row("rule_list", COORDINATOR),
    Row("rule_edit", COORDINATOR, lambda rows: {"kind": "milestone"}),
    Row("delivery_list", ADMINISTRATOR),
    Row("delivery_again", NOBODY, guessed, "post", what="a guessed mail"),
    Row("mail_stop", NOBODY, lambda rows: {"token": "guessed"}, what="a guessed address"),
    Row("notification_open", NOBODY, guessed, method="post", what="nobody's notification"),
    # --- recommendations and cycles
    Row("recommendation_list", READERS),
    Row("recommendation_export", READERS, query=lambda rows: "format=csv"),
    Row("cluster_from_selection", COORDINATOR, method="post", sent=lambda rows: {"into": rows.round.pk}),
    Row("recommendation_detail", READERS, the_recommendation),
    Row("recommendation_new", EDITORS | COORDINATOR),
    Row("recommendation_edit", EDITORS | COORDINATOR, the_recommendation),
    Row("demands_edit", EDITORS | COORDINATOR, the_recommendation),
    Row("position_new", EDITORS | COORDINATOR, the_recommendation),
    Row("claim_new", EDITORS | COORDINATOR, the_recommendation),
    Row("recommendation_link_new", MEMBERS, the_recommendation),
    Row("recommendation_unlink", NOBODY, guessed, "post", what="a guessed link"),
    Row("cycle_list", READERS),
    Row("cycle_new", COORDINATOR),
    Row("cycle_detail", READERS, the_cycle),
    Row("cycle_edit", COORDINATOR, the_cycle),
    Row("cycle_calendar", READERS, the_cycle),
    Row("cycle_next", COORDINATOR, the_cycle),
    Row("milestone_new", COORDINATOR, the_cycle),
    Row("milestone_edit", COORDINATOR, a_milestone),
    Row("milestone_cancel", COORDINATOR, a_milestone, "post"),
    Row("milestone_confirm", COORDINATOR, a_milestone, "post"),
    Row("summary_export", READERS, the_cycle),
    Row("matrix_export", READERS, the_cycle),
    Row("state_sheets", READERS, the_cycle),
    Row(
        "state_sheets", MEMBERS, the_cycle, query=lambda rows: "audience=coalition", what="for the coalition"
    ),
    Row("state_sheet_file", READERS, lambda rows: the_cycle(rows) | {"code": "all", "format": "docx"}),
    Row(
        "state_sheet_file",
        MEMBERS,
        lambda rows: the_cycle(rows) | {"code": "all", "format": "docx"},
        query=lambda rows: "audience=coalition",
        what="for the coalition",
    ),
    # --- evidence and indicators
    Row("evidence_list", READERS),
    Row("evidence_new", MEMBERS),
    Row("evidence_suggest", MEMBERS),
    Row("evidence_file", NOBODY, guessed, what="a guessed file"),
    Row("evidence_detail", READERS, evidence("public"), what="public"),
    Row("evidence_detail", MEMBERS, evidence("coalition"), what="coalition"),
    Row("evidence_detail", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_edit", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_access", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_who", MEMBERS, evidence("public"), what="public"),
    Row("evidence_who", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_level_decide", NOBODY, a_guess_about("restricted"), "post", what="a guessed change"),
    Row("evidence_admission", NOBODY, a_guess_about("restricted"), "post", what="a guessed request"),
    Row("evidence_people", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_person_remove", NOBODY, a_guess_about("restricted"), "post", what="a guessed person"),
    Row("consent_new", NOBODY, a_guess_about("restricted"), what="a guessed person"),
    Row("consent_withdraw", NOBODY, a_guess_about("restricted"), what="a guessed consent"),
    Row("source_list", MEMBERS),
    Row("source_new", MEMBERS),
    Row("source_edit", NOBODY, guessed, what="a guessed source"),
    Row("evidence_check", REVIEWER | COORDINATOR, evidence("restricted"), what="restricted"),
    Row("evidence_file_new", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_copy", NOBODY, guessed, what="a guessed file"),
    Row("evidence_redacted", NOBODY, guessed, what="a guessed file"),
    Row("evidence_receipt", NOBODY, guessed, what="a guessed file"),
    Row("evidence_preview", NOBODY, lambda rows: {"pk": 987654, "page": 1}, what="a guessed file"),
    Row("upload_piece", NOBODY, guessed_key, what="a guessed upload"),
    Row("upload_finish", NOBODY, guessed_key, "post", what="a guessed upload"),
    Row("upload_give_up", NOBODY, guessed_key, "post", what="a guessed upload"),
    Row("evidence_fetch", MEMBERS, evidence("public"), "post", what="public"),
    Row("evidence_fetch", ITS_OWNERS, evidence("restricted"), "post", what="restricted"),
    Row("upload_begin", MEMBERS, evidence("public"), "post", what="public"),
    Row("upload_begin", ITS_OWNERS, evidence("restricted"), "post", what="restricted"),
    Row("evidence_custody", MEMBERS, evidence("public"), what="public"),
    Row("evidence_custody", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_with_custody", MEMBERS, evidence("public"), "post", what="public"),
    Row("evidence_with_custody", ITS_OWNERS, evidence("restricted"), "post", what="restricted"),
    Row("evidence_verify", ITS_OWNERS, evidence("restricted"), "post", what="restricted"),
    Row("evidence_source", MEMBERS, evidence("public"), "post", what="public"),
    Row("evidence_source", ITS_OWNERS, evidence("restricted"), "post", what="restricted"),
    Row("evidence_link_new", ITS_OWNERS, evidence("restricted"), what="restricted"),
    Row("evidence_link_edit", ITS_OWNERS, link("restricted"), what="restricted"),
    Row("evidence_link_remove", ITS_OWNERS, link("restricted"), "post", what="restricted"),
    Row("indicator_list", READERS),
    Row("indicator_new", EDITORS | COORDINATOR),
    Row("indicator_detail", READERS, the_indicator),
    Row("indicator_edit", EDITORS | COORDINATOR, the_indicator),
    Row("observation_new", EDITORS | COORDINATOR, the_indicator),
    Row("observation_remove", EDITORS | COORDINATOR, a_value, "post"),
    # --- rounds and clusters
    Row("round_list", READERS),
    Row("round_new", COORDINATOR),
    Row("round_detail", READERS, the_round),
    Row("round_edit", COORDINATOR, the_round),
    Row("round_assign", COORDINATOR, the_round, "post"),
    Row("work_hand_over", COORDINATOR, a_person),
    Row("round_close", COORDINATOR, the_round, "post"),
    Row("cluster_new", COORDINATOR, the_round),
    Row("clusters_from_themes", COORDINATOR, the_round, "post"),
    Row("cluster_detail", READERS, a_cluster),
    Row("cluster_edit", COORDINATOR, a_cluster, "post"),
    # --- assessments
    Row("assessment_list", READERS),
    Row("review_together", REVIEWER | COORDINATOR, query=lambda rows: f"pk={submitted(rows)['pk']}"),
    Row("review_queue", REVIEWER | COORDINATOR),
    Row("assessment_new", EDITORS | COORDINATOR, query=for_a_cluster),
    Row("edition_list", READERS),
    Row("edition_new", COORDINATOR),
    Row("edition_detail", NOBODY, no_edition, what="a guessed edition"),
    Row("edition_sign", NOBODY, lambda rows: no_edition(rows) | {"organisation": 1}, "post", what="guessed"),
    Row("fact_sheet_list", READERS),
    Row("fact_sheet_new", EDITORS | COORDINATOR),
    Row("fact_sheet_detail", NOBODY, guessed, what="a guessed sheet"),
    Row("fact_sheet_edit", NOBODY, guessed, what="a guessed sheet"),
    Row("fact_sheet_file", NOBODY, lambda rows: guessed(rows) | {"format": "pdf"}, what="a guessed sheet"),
    Row(
        "fact_sheet_action",
        NOBODY,
        lambda rows: guessed(rows) | {"action": "submit"},
        "post",
        what="a guessed sheet",
    ),
    Row("link_list", MEMBERS),
    Row("link_make", NOBODY, no_edition, "post", what="a guessed edition"),
    Row("link_end", NOBODY, guessed, "post", what="a guessed link"),
    Row("shared", NOBODY, lambda rows: {"token": "guessed"}, what="a guessed address"),
    Row(
        "shared_file",
        NOBODY,
        lambda rows: {"token": "guessed", "language": "en", "format": "pdf"},
        what="a guessed address",
    ),
    Row("edition_freeze", NOBODY, no_edition, "post", what="a guessed edition"),
    Row("edition_drop", NOBODY, no_edition, "post", what="a guessed edition"),
    Row("edition_renew", NOBODY, no_edition, "post", what="a guessed edition"),
    Row(
        "edition_file",
        NOBODY,
        lambda rows: no_edition(rows) | {"language": "en", "format": "pdf"},
        what="a guessed edition",
    ),
    Row("submission_list", READERS),
    Row("submission_new", EDITORS | COORDINATOR),
    Row("submission_detail", {"editor"} | COORDINATOR, a_submission, what="a draft"),
    Row("submission_edit", {"editor"} | COORDINATOR, a_submission),
    Row("submission_texts", {"editor"} | COORDINATOR, a_submission),
    Row(
        "submission_sign",
        {"editor"} | COORDINATOR,
        lambda rows: a_submission(rows) | {"organisation": rows.person.organisation_id},
        method="post",
    ),
    Row("submission_version", NOBODY, lambda rows: a_submission(rows) | {"number": 1}, what="none yet"),
    Row("submission_file", {"editor"} | COORDINATOR, lambda rows: a_submission(rows) | {"format": "docx"}),
    Row(
        "submission_action",
        {"editor"} | COORDINATOR,
        lambda rows: a_submission(rows) | {"action": "submit"},
        method="post",
    ),
    Row("assessment_detail", {"editor"}, draft, what="a draft"),
    Row("assessment_detail", {"editor"} | REVIEWER | COORDINATOR, submitted, what="submitted"),
    Row("assessment_detail", MEMBERS, approved, what="approved"),
    Row("assessment_detail", READERS, published, what="published"),
    Row("assessment_edit", {"editor"}, draft, what="a draft"),
    Row("assessment_edit", NOBODY, submitted, what="submitted"),
    Row("assessment_autosave", {"editor"}, draft, "post", what="a draft"),
    Row("assessment_proposal", {"editor"}, draft, what="a draft"),
    Row("assessment_review", REVIEWER | COORDINATOR, submitted, what="submitted"),
    Row("assessment_review", NOBODY, draft, what="a draft"),
    Row("assessment_comment", {"editor"} | REVIEWER | COORDINATOR, submitted, "post", what="submitted"),
    Row(
        "assessment_version",
        {"editor"} | REVIEWER | COORDINATOR,
        lambda rows: submitted(rows) | {"number": 1},
    ),
    Row(
        "assessment_action",
        REVIEWER,
        lambda rows: submitted(rows) | {"action": "approve"},
        "post",
        what="approve",
    ),
    Row(
        "assessment_action",
        {"editor"},
        lambda rows: submitted(rows) | {"action": "recall"},
        "post",
        what="recall",
    ),
    Row(
        "assessment_action",
        COORDINATOR,
        lambda rows: approved(rows) | {"action": "publish"},
        "post",
        what="publish",
    ),
    Row(
        "assessment_action",
        NOBODY,
        lambda rows: draft(rows) | {"action": "publish"},
        "post",
        what="publish a draft",
    ),
    Row("assessment_legal", {"editor"}, draft, what="a draft"),
    Row("assessment_legal", MEMBERS, approved, what="approved"),
    Row("assessment_admit", NOBODY, submitted, "post", what="nobody named"),
    Row("translation_list", MEMBERS),
    Row("translation_edit", MEMBERS, a_translation),
    Row("translation_edit", NOBODY, lambda rows: published(rows) | {"language": "xx"}, what="no language"),
    Row("caution_list", COORDINATOR),
    Row("caution_remove", NOBODY, guessed, "post", what="a guessed caution"),
    Row("comment_resolve", {"editor"} | REVIEWER | COORDINATOR, a_comment, "post"),
    # --- exports
    Row("export_list", READERS),
    Row("export_detail", NOBODY, guessed, what="a guessed export"),
    Row("export_retry", NOBODY, guessed, "post", what="a guessed export"),
    Row("export_who", NOBODY, guessed, what="a guessed export"),
    Row("export_renew", NOBODY, guessed, "post", what="a guessed export"),
    Row("export_download", NOBODY, guessed, what="a guessed export"),
    # --- imports
    Row("import_list", COORDINATOR),
    Row("import_new", COORDINATOR),
    Row("import_where", COORDINATOR),
    Row("import_template", COORDINATOR),
    Row("import_detail", NOBODY, guessed, what="a guessed import"),
    Row("import_confirm", NOBODY, guessed, "post", what="a guessed import"),
    Row("import_choose", NOBODY, guessed, "post", what="a guessed import"),
    Row("import_decide", NOBODY, guessed, "post", what="a guessed import"),
    Row("import_answer", NOBODY, guessed, "post", what="a guessed import"),
    Row("import_correct", NOBODY, guessed, "post", what="a guessed import"),
    Row("import_look", NOBODY, guessed, "post", what="a guessed import"),
    Row("import_discard", NOBODY, guessed, "post", what="a guessed import"),
    Row("import_take_back", NOBODY, guessed, what="a guessed import"),
    Row("import_again", NOBODY, guessed, "post", what="a guessed import"),
    # --- what a coalition brings in
    Row("bringing_list", MEMBERS),
    Row("bringing_new", MEMBERS),
    Row("bringing_detail", NOBODY, guessed, what="a guessed file"),
    Row("bringing_columns", NOBODY, guessed, what="a guessed file"),
    Row("bringing_choose", NOBODY, guessed, "post", what="a guessed file"),
    Row("bringing_again", NOBODY, guessed, "post", what="a guessed file"),
    Row("bringing_take_back", NOBODY, guessed, what="a guessed file"),
    Row("bringing_discard", NOBODY, guessed, "post", what="a guessed file"),
    # --- sheets for work in the field
    Row("field_sheets", EDITORS | COORDINATOR, the_round),
    Row("field_return", EDITORS | COORDINATOR, the_round, "post"),
    Row("field_merge", NOBODY, guessed, what="a guessed return"),
    Row("field_take_over", NOBODY, guessed, "post", what="a guessed return"),
    Row("field_discard", NOBODY, guessed, "post", what="a guessed return"),
    # --- administration
    Row("people_list", ADMINISTRATOR),
    Row("invite", ADMINISTRATOR),
    Row("person_edit", ADMINISTRATOR, a_person),
    Row("person_access", ADMINISTRATOR, a_person, "post"),
    Row("colleagues", COORDINATOR),
    Row("signin_ask", COORDINATOR, a_person),
    Row("signin_confirm", NOBODY, guessed, "post", what="a guessed restoration"),
    Row("signin_restore", NOBODY, lambda rows: {"token": "guessed"}, what="a guessed way in"),
    Row("site_close", COORDINATOR | ADMINISTRATOR),
    Row("site_close", ADMINISTRATOR, method="post", what="closing"),
    Row("site_open", COORDINATOR | ADMINISTRATOR, method="post"),
    Row("person_leave", COORDINATOR | ADMINISTRATOR, a_person),
    Row("freeze_list", MEMBERS),
    Row("freeze_person", MEMBERS, a_person),
    Row("freeze_end", NOBODY, guessed, "post", what="a guessed freeze"),
    Row("person_reach", NOBODY, a_person, what="of an account that is not frozen"),
    Row("invitation_revoke", NOBODY, guessed, "post", what="a guessed invitation"),
    Row("invitation_accept", NOBODY, lambda rows: {"token": "guessed"}, what="a guessed invitation"),
    Row("organisation_list", ADMINISTRATOR),
    Row("organisation_new", ADMINISTRATOR),
    Row("organisation_edit", ADMINISTRATOR, an_organisation),
    Row("audit_log", ADMINISTRATOR),
    Row("audit_retention", ADMINISTRATOR),
    Row("audit_erase", ADMINISTRATOR, lambda rows: {"number": 1}),
    Row("everything", ADMINISTRATOR),
    Row("everything_download", NOBODY, guessed, what="a guessed export"),
    Row("everything_remove", NOBODY, guessed, "post", what="a guessed export"),
    Row("mail_folder", ADMINISTRATOR),
    Row("readyz", EVERYBODY),
    Row("metrics", NOBODY, what="metrics without the token"),
    Row("site_status", ADMINISTRATOR),
    Row("job_retry", NOBODY, lambda rows: {"pk": 999_999}, method="post", what="a job that is not there"),
    Row("mail_message", NOBODY, lambda rows: {"name": "guessed.log"}, what="a guessed mail"),
    # --- public pages, which are closed unless the setting opens them
    Row("public_home", NOBODY),
    Row("public_cycle", NOBODY, the_cycle),
    Row("public_recommendation", NOBODY, the_recommendation),
    Row("public_assessment", NOBODY, published),
]
