"""A submission is begun, written, reviewed, signed and filed; the document says what it says."""

import io
import zipfile
from datetime import date, timedelta

import docx
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments import workflow as assessments
from recommendations.audit.log import faults
from recommendations.catalogue.models import Milestone
from recommendations.publications import checks, filing, signing, workflow, writing
from recommendations.publications.models import SignOff, Submission
from recommendations.vocabulary import (
    Confidentiality,
    MilestoneKind,
    Role,
    SignOffKind,
    SubmissionStatus,
)
from recommendations.workflow.engine import Refused
from tests.factories import (
    make_assessment,
    make_cycle,
    make_evidence,
    make_organisation,
    make_person,
    make_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_person(Role.EDITOR)


@pytest.fixture
def reviewer():
    return make_person(Role.REVIEWER)


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def submission(editor):
    return writing.begin(
        by=editor, cycle=make_cycle(), organisation=editor.organisation, title="Expression (invented)"
    )


def written(submission, by, *texts, **settings):
    """The submission with these parts, as it stands afterwards."""
    current = Submission.objects.get(pk=submission.pk)
    parts = [{"pk": None, "heading": f"Part {n}", "text": text} for n, text in enumerate(texts, start=1)]
    return writing.save(current, by=by, revision=current.revision, settings=settings, parts=parts)


def public_item(by, **fields):
    return make_evidence(by, confidentiality=Confidentiality.PUBLIC, **fields)


def approved(submission, editor, reviewer):
    submission = workflow.perform(Submission.objects.get(pk=submission.pk), "submit", by=editor)
    return workflow.perform(submission, "approve", by=reviewer)


def approved_assessment(by, reviewer, **fields):
    made = make_assessment(by, **fields)
    made = assessments.perform(made, "submit", by=by)
    return assessments.perform(made, "approve", by=reviewer)


# --- beginning and writing --------------------------------------------------------------------------------------------


def test_submissions_of_a_cycle_are_numbered_one_after_the_other(editor):
    first = writing.begin(by=editor, cycle=make_cycle(), organisation=editor.organisation, title="A")
    second = writing.begin(by=editor, cycle=make_cycle(), organisation=editor.organisation, title="B")
    elsewhere = writing.begin(
        by=editor, cycle=make_cycle(number=3), organisation=editor.organisation, title="C"
    )
    assert [first.number, second.number, elsewhere.number] == [1, 2, 1]


def test_an_observer_begins_none():
    observer = make_person(Role.OBSERVER)
    with pytest.raises(Refused, match="roles"):
        writing.begin(by=observer, cycle=make_cycle(), organisation=observer.organisation, title="A")


def test_parts_are_kept_in_the_order_of_their_places_and_empty_new_ones_are_left_out(submission, editor):
    saved = written(submission, editor, "One.", "Two.")
    first, second = saved.parts.all()
    again = writing.save(
        saved,
        by=editor,
        revision=saved.revision,
        settings={},
        parts=[
            {"pk": second.pk, "heading": "B", "text": "Two."},
            {"pk": first.pk, "heading": "A", "text": "One."},
            {"pk": None, "heading": " ", "text": ""},
        ],
    )
    assert [part.heading for part in again.parts.all()] == ["B", "A"]


def test_who_is_second_to_save_changes_nothing(submission, editor):
    written(submission, editor, "Hers.")
    with pytest.raises(writing.Changed) as raised:
        writing.save(submission, by=editor, revision=submission.revision, settings={}, parts=[])
    assert [part.text for part in raised.value.current.parts.all()] == ["Hers."]


def test_a_part_of_another_submission_cannot_be_taken_over(submission, editor):
    other = writing.begin(by=editor, cycle=make_cycle(), organisation=editor.organisation, title="Other")
    theirs = written(other, editor, "Theirs.").parts.get()
    current = Submission.objects.get(pk=submission.pk)
    writing.save(
        current,
        by=editor,
        revision=current.revision,
        settings={},
        parts=[{"pk": theirs.pk, "heading": "Mine", "text": "Mine."}],
    )
    theirs.refresh_from_db()
    assert (theirs.text, theirs.submission) == ("Theirs.", other)


def test_somebody_of_another_organisation_does_not_write_in_it(submission):
    stranger = make_person(Role.EDITOR)
    with pytest.raises(Refused, match="lead organisation"):
        written(submission, stranger, "Mine.")


def test_what_is_in_review_is_not_written(submission, editor):
    written(submission, editor, "One.")
    workflow.perform(Submission.objects.get(pk=submission.pk), "submit", by=editor)
    with pytest.raises(Refused, match="recall or return"):
        written(submission, editor, "Two.")


# --- texts of assessments ---------------------------------------------------------------------------------------------


def test_an_approved_assessment_becomes_a_part_with_its_text_and_only_once(submission, editor, reviewer):
    assessment = approved_assessment(editor, reviewer)
    assert writing.take(submission, [assessment], by=editor) == 1
    assert writing.take(submission, [assessment], by=editor) == 0
    part = submission.parts.get()
    assert part.heading == assessment.subject
    assert part.text.startswith("Nothing changed.\n\nSites are blocked without a court [E-")


def test_a_draft_is_not_taken(submission, editor):
    draft = make_assessment(editor)
    assert draft not in writing.available(submission, reader=editor)
    assert writing.take(submission, [draft], by=editor) == 0


def test_assessments_of_all_cycles_of_the_state_are_offered_and_none_of_another_state(editor, reviewer):
    assessment = approved_assessment(editor, reviewer)
    later, elsewhere = (
        writing.begin(by=editor, cycle=cycle, organisation=editor.organisation, title="Later")
        for cycle in (make_cycle(number=5), make_cycle(make_state()))
    )
    assert assessment in writing.available(later, reader=editor)
    assert assessment not in writing.available(elsewhere, reader=editor)


def test_a_text_in_another_language_than_the_filing_stands_against_it_until_it_is_translated(
    submission, editor, reviewer
):
    writing.take(submission, [approved_assessment(editor, reviewer, language="ru")], by=editor)
    assert names_of(submission)["translation"].blocks
    part = submission.parts.get()
    part.text = "Translated."
    part.save()
    assert "translation" not in names_of(submission)


def test_an_assessment_that_changed_since_is_named(submission, editor, reviewer):
    assessment = approved_assessment(editor, reviewer)
    writing.take(submission, [assessment], by=editor)
    assert "sources" not in names_of(submission)
    type(assessment).objects.filter(pk=assessment.pk).update(narrative="Something changed.")
    assert assessment.subject in names_of(submission)["sources"].sentence


def names_of(submission, **when):
    current = Submission.objects.get(pk=submission.pk)
    return {check.name: check for check in checks.all_checks(current, **when)}


# --- the check list ---------------------------------------------------------------------------------------------------


def test_words_of_headings_and_paragraphs_count_and_citations_do_not(submission, editor):
    item = public_item(editor)
    saved = written(submission, editor, f"Well-known sites — 29,468 of them – are blocked [{item.label}].")
    assert writing.word_count(saved.parts.all()) == 2 + 7


@pytest.mark.parametrize(("joint", "limit"), [(True, 5630), (False, 2815)])
def test_the_limit_is_that_of_the_cycle_for_one_or_for_several(submission, editor, joint, limit):
    saved = written(submission, editor, "word " * limit, is_joint=joint)
    assert saved.limit == limit
    assert names_of(saved)["length"].blocks  # its heading makes it too long
    saved.parts.update(heading="")
    assert not names_of(saved)["length"].blocks


def test_its_own_limit_goes_before_the_cycles(submission, editor):
    assert written(submission, editor, "One two three.", word_limit=2).limit == 2
    assert "3 of 2" not in names_of(submission)["length"].sentence  # the heading counts: five words
    assert names_of(submission)["length"].sentence == "5 of 2 words. 3 words too many."


def test_a_filing_cites_public_evidence_only(submission, editor):
    open_item, closed = public_item(editor), make_evidence(editor)
    written(submission, editor, f"It is so [{open_item.label}, {closed.label}, E-99999].")
    against = [check.sentence for check in checks.text_checks(submission) if check.blocks]
    assert any(closed.label in one and open_item.label not in one for one in against)
    assert any("E-99999" in one for one in against)


def test_kazakh_is_no_language_of_the_un_and_russian_is(submission, editor):
    assert not names_of(written(submission, editor, "Текст.", language="ru"))["language"].blocks
    assert names_of(written(submission, editor, "Мәтін.", language="kk"))["language"].blocks


def test_the_deadline_is_the_cycles_and_an_estimate_says_so(submission, editor):
    today = date(2014, 3, 1)
    assert names_of(submission, today=today)["deadline"].state == "look"
    due = Milestone.objects.create(
        cycle=submission.cycle, kind=MilestoneKind.STAKEHOLDER_DEADLINE, on=today + timedelta(days=2)
    )
    assert names_of(submission, today=today)["deadline"].sentence.startswith("2 days left")
    assert names_of(submission, today=today + timedelta(days=3))["deadline"].state == "look"
    due.is_estimate = True
    due.save()
    assert "estimate" in names_of(submission, today=today)["deadline"].sentence


# --- the way ----------------------------------------------------------------------------------------------------------


def test_an_empty_submission_is_not_submitted(submission, editor):
    with pytest.raises(Refused, match="no text"):
        workflow.perform(submission, "submit", by=editor)


def test_who_wrote_in_it_does_not_approve_it(submission, editor):
    both = make_person(Role.EDITOR, Role.REVIEWER, organisation=editor.organisation)
    written(submission, both, "Hers.")
    submitted = workflow.perform(Submission.objects.get(pk=submission.pk), "submit", by=editor)
    with pytest.raises(Refused, match="another person"):
        workflow.perform(submitted, "approve", by=both)


def test_the_database_refuses_that_submitter_and_approver_are_one(submission, editor):
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(submitted_by=editor, approved_by=editor)


def test_each_submission_for_review_is_kept_as_a_version(submission, editor, reviewer):
    written(submission, editor, "One.")
    first = workflow.perform(Submission.objects.get(pk=submission.pk), "submit", by=editor)
    workflow.perform(first, "return", by=reviewer, note="More, please.")
    written(submission, editor, "One and two.")
    workflow.perform(Submission.objects.get(pk=submission.pk), "submit", by=editor)
    texts = {row.number: row.content["parts"][0]["text"] for row in submission.versions.all()}
    assert texts == {1: "One.", 2: "One and two."}


def test_a_return_needs_a_reason(submission, editor, reviewer):
    written(submission, editor, "One.")
    submitted = workflow.perform(Submission.objects.get(pk=submission.pk), "submit", by=editor)
    with pytest.raises(Refused, match="reason"):
        workflow.perform(submitted, "return", by=reviewer, note=" ")


def test_it_is_filed_once_its_lead_organisation_signs_and_stays_as_it_is(
    submission, editor, reviewer, coordinator
):
    written(submission, editor, "One.")
    ready = approved(submission, editor, reviewer)
    with pytest.raises(Refused, match="lead organisation"):
        workflow.perform(ready, "file", by=coordinator)
    signing.decide(ready, organisation=editor.organisation, kind=SignOffKind.SIGNS, by=editor)
    filed = workflow.perform(Submission.objects.get(pk=ready.pk), "file", by=coordinator)
    assert filed.status == SubmissionStatus.FILED
    with pytest.raises(Refused):
        written(filed, editor, "Two.")
    with pytest.raises(Refused, match="signers"):
        signing.decide(filed, organisation=editor.organisation, kind=SignOffKind.OUT, by=editor)
    assert list(faults()) == []


def test_an_editor_files_nothing(submission, editor, reviewer):
    written(submission, editor, "One.")
    ready = approved(submission, editor, reviewer)
    signing.decide(ready, organisation=editor.organisation, kind=SignOffKind.SIGNS, by=editor)
    with pytest.raises(Refused, match="roles"):
        workflow.perform(ready, "file", by=make_person(Role.EDITOR))


# --- who signs --------------------------------------------------------------------------------------------------------


def test_an_organisation_decides_for_itself_and_a_coordinator_for_those_by_mail(
    submission, editor, coordinator
):
    other = make_organisation()
    with pytest.raises(Refused, match="for itself"):
        signing.decide(submission, organisation=other, kind=SignOffKind.SIGNS, by=editor)
    recorded = signing.decide(
        submission,
        organisation=other,
        kind=SignOffKind.SIGNS,
        by=coordinator,
        decided_by="its board, by mail",
    )
    assert recorded.decided_by == "its board, by mail"


def test_a_reservation_says_what_it_is(submission, editor):
    with pytest.raises(Refused, match="reservation"):
        signing.decide(
            submission,
            organisation=editor.organisation,
            kind=SignOffKind.RESERVATION,
            by=editor,
            reservation=" ",
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(
            submission=submission, organisation=editor.organisation, kind="reservation", recorded_by=editor
        )


def test_the_board_shows_who_is_missing_and_whose_text_changed_since(submission, editor, reviewer):
    written(submission, editor, "One.")
    signing.decide(submission, organisation=editor.organisation, kind=SignOffKind.SIGNS, by=editor)
    seats = {seat.organisation: seat for seat in signing.board(submission, reader=editor)}
    assert seats[reviewer.organisation].decision is None
    assert not seats[editor.organisation].changed_since
    workflow.perform(Submission.objects.get(pk=submission.pk), "submit", by=editor)
    seats = {seat.organisation: seat for seat in signing.board(submission, reader=editor)}
    assert seats[editor.organisation].changed_since


# --- the document -----------------------------------------------------------------------------------------------------


@pytest.fixture
def signed(submission, editor, reviewer, coordinator):
    """An approved submission with two paragraphs, one source, four decisions."""
    item = public_item(
        editor,
        title="A count (invented)",
        source={"publisher": "A bureau (invented)", "title": "Yearbook (invented)", "published_text": "2016"},
    )
    written(submission, editor, f"First [{item.label}].\n\nSecond ұ, again [{item.label}].", "Third.")
    ready = approved(submission, editor, reviewer)
    signing.decide(ready, organisation=editor.organisation, kind=SignOffKind.SIGNS, by=editor)
    for kind in (SignOffKind.RESERVATION, SignOffKind.UNNAMED, SignOffKind.OUT):
        organisation = make_organisation(name=f"Organisation that {kind}")
        signing.decide(
            ready, organisation=organisation, kind=kind, by=coordinator, reservation="Not part 2 (invented)."
        )
    return ready


def test_the_word_file_numbers_paragraphs_names_its_signers_and_cites_in_endnotes(signed, editor):
    content = io.BytesIO()
    filing.write(signed, "docx", content)
    document = docx.Document(content)
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert [text for text in texts if text[:2] in ("1.", "2.", "3.")] == [
        "1. First.",
        "2. Second ұ, again1.",
        "3. Third.",
    ]
    everything = "\n".join(texts)
    assert editor.organisation.name in everything
    assert "Organisation that reservation: Not part 2 (invented)." in everything
    assert "1 other organisation" in everything
    assert "Organisation that unnamed" not in everything
    assert "Organisation that out" not in everything
    notes = zipfile.ZipFile(content).read("word/endnotes.xml").decode()
    assert "Yearbook (invented)" in notes
    assert "E-" not in notes
    assert "Contents" not in everything


def test_a_draft_says_so_in_its_file_and_an_approved_one_does_not(submission, editor, reviewer):
    written(submission, editor, "One.")
    assert filing.build(Submission.objects.get(pk=submission.pk)).status == "Draft"
    assert filing.build(approved(submission, editor, reviewer)).status == ""


def test_the_pdf_is_set(signed):
    content = io.BytesIO()
    filing.write(signed, "pdf", content)
    assert content.getvalue().startswith(b"%PDF-")


def test_what_became_confidential_leaves_the_file(signed, editor):
    assert len(filing.build(signed).endnotes) == 1
    type(public_item(editor)).objects.update(confidentiality=Confidentiality.COALITION)
    assert filing.build(signed).endnotes == ()


# --- the pages --------------------------------------------------------------------------------------------------------


def test_a_person_begins_takes_writes_submits_and_signs_on_pages(client, editor, reviewer):
    assessment = approved_assessment(editor, reviewer)
    assessment.citations.get().evidence.__class__.objects.update(confidentiality=Confidentiality.PUBLIC)
    client.force_login(editor)
    cycle = assessment.round.cycle
    answer = client.post(
        reverse("submission_new"),
        {"cycle": cycle.key, "title": "One (invented)", "is_joint": "on", "language": "en"},
    )
    made = Submission.objects.get()
    assert answer.url == reverse("submission_texts", args=[made.pk])
    assert assessment.subject in client.get(answer.url).content.decode()
    client.post(answer.url, {"take": [assessment.pk]})
    page = client.get(reverse("submission_edit", args=[made.pk])).content.decode()
    assert "Nothing changed." in page
    part = made.parts.get()
    made.refresh_from_db()
    sent = {
        "revision": made.revision,
        "title": "One (invented)",
        "is_joint": "on",
        "language": "en",
        f"part-{part.pk}-pk": part.pk,
        f"part-{part.pk}-place": 1,
        f"part-{part.pk}-heading": "Blocking",
        f"part-{part.pk}-text": part.text,
        "part-new-place": 2,
        "part-new-heading": "",
        "part-new-text": "",
    }
    assert client.post(reverse("submission_edit", args=[made.pk]), sent).status_code == 302
    stale = client.post(reverse("submission_edit", args=[made.pk]), sent | {f"part-{part.pk}-text": "Other."})
    assert stale.status_code == 409
    assert "Other." in stale.content.decode()
    detail = reverse("submission_detail", args=[made.pk])
    revision = Submission.objects.get().revision
    answer = client.post(reverse("submission_action", args=[made.pk, "submit"]), {"revision": revision})
    assert answer.status_code == 302
    assert "Version 1" in client.get(detail).content.decode()
    client.post(reverse("submission_sign", args=[made.pk, editor.organisation_id]), {"kind": "signs"})
    assert SignOff.objects.get().recorded_by == editor
    assert client.get(reverse("submission_version", args=[made.pk, 1]) + "?with=now").status_code == 200
    word = client.get(reverse("submission_file", args=[made.pk, "docx"]))
    assert b"".join(word.streaming_content).startswith(b"PK")


def test_a_refused_action_keeps_the_typed_reason_and_says_why(client, submission, editor):
    client.force_login(editor)
    answer = client.post(reverse("submission_action", args=[submission.pk, "submit"]), {"revision": 1})
    assert answer.status_code == 422
    assert "It has no text yet." in answer.content.decode()


def test_drafts_are_seen_by_their_writers_submitted_ones_by_members_filed_ones_by_observers(
    client, submission, editor, reviewer, coordinator
):
    stranger, observer = make_person(Role.EDITOR), make_person(Role.OBSERVER)
    url = reverse("submission_detail", args=[submission.pk])

    def opens_for(person):
        client.force_login(person)
        return client.get(url).status_code == 200

    assert [opens_for(one) for one in (editor, coordinator, stranger, observer)] == [True, True, False, False]
    written(submission, editor, "One.")
    ready = approved(submission, editor, reviewer)
    assert [opens_for(one) for one in (stranger, observer)] == [True, False]
    signing.decide(ready, organisation=editor.organisation, kind=SignOffKind.SIGNS, by=editor)
    workflow.perform(Submission.objects.get(pk=ready.pk), "file", by=coordinator)
    assert opens_for(observer)
    assert timezone.now() >= Submission.objects.get().filed_at


def test_an_observer_is_not_shown_who_stays_unnamed_or_who_wrote(client, signed, editor, coordinator):
    workflow.perform(Submission.objects.get(pk=signed.pk), "file", by=coordinator)
    client.force_login(make_person(Role.OBSERVER))
    page = client.get(reverse("submission_detail", args=[signed.pk])).content.decode()
    assert editor.organisation.name in page
    assert "Organisation that unnamed" not in page
    assert editor.name not in page
