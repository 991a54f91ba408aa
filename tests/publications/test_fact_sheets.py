"""A fact sheet is begun, written, reviewed, and printed with what was published on its subject; it fits one page."""

import io

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.assessments import workflow as assessments
from recommendations.publications import fact_sheet_workflow as workflow
from recommendations.publications import fact_sheets
from recommendations.publications.models_fact_sheets import FactSheet, SheetStatus
from recommendations.vocabulary import PositionKind, Role
from recommendations.workflow.engine import Refused, Stale
from tests.exports import reading
from tests.factories import (
    make_assessment,
    make_cluster,
    make_person,
    make_recommendation,
    make_round,
    make_state,
    make_theme,
)

pytestmark = pytest.mark.django_db

WRITTEN = {
    "title": "Blocking of sites (invented)",
    "experience": "People wait (invented).\n\nThey wait long (invented).",
    "ask_1": "Repeal the article on blocking (invented).",
    "ask_2": "Publish a register of blocked sites (invented).",
    "question": "How many sites are blocked without a court (invented)?",
    "contact": "The Coalition (invented), contact@example.org",
}


@pytest.fixture
def editor():
    return make_person(Role.EDITOR)


@pytest.fixture
def reviewer():
    return make_person(Role.REVIEWER)


@pytest.fixture
def theme():
    return make_theme("expression", name_en="Freedom of expression")


@pytest.fixture
def round_(theme):
    one = make_recommendation(
        "1.1",
        text="Stop blocking (invented).",
        position=PositionKind.SUPPORTED,
        lead_theme=theme,
        recommending=[make_state("NOR", name_en="Norway")],
    )
    other = make_recommendation("1.2", text="Something else (invented).")
    return make_round(one, other)


@pytest.fixture
def sheet(editor, round_, theme):
    return fact_sheets.begin(by=editor, round=round_, theme=theme, language="en")


def written(sheet, by, **texts):
    current = FactSheet.objects.get(pk=sheet.pk)
    return fact_sheets.save(current, by=by, revision=current.revision, texts=WRITTEN | texts)


def text_of(sheet):
    stream = io.BytesIO()
    fact_sheets.write(FactSheet.objects.get(pk=sheet.pk), "docx", stream)
    return reading.document_text(stream.getvalue())


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_sheet_is_about_a_theme_or_about_a_cluster_of_its_round(editor, round_, theme):
    elsewhere = make_cluster()
    for wrong in ({}, {"theme": theme, "cluster": make_cluster(round_)}, {"cluster": elsewhere}):
        with pytest.raises(Refused, match="theme, or a cluster"):
            fact_sheets.begin(by=editor, round=round_, language="en", **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactSheet.objects.create(round=round_, organisation=editor.organisation, created_by=editor)


def test_who_is_second_to_save_changes_nothing(sheet, editor):
    written(sheet, editor)
    with pytest.raises(Stale):
        fact_sheets.save(sheet, by=editor, revision=sheet.revision, texts={"question": "Mine?"})
    assert FactSheet.objects.get().question == WRITTEN["question"]


def test_others_do_not_write_in_it_and_nobody_while_it_is_in_review(sheet, editor):
    with pytest.raises(Refused, match="its authors"):
        written(sheet, make_person(Role.EDITOR))
    workflow.perform(written(sheet, editor), "submit", by=editor)
    with pytest.raises(Refused, match="recall or return"):
        written(sheet, editor)


def test_a_sheet_in_another_language_begins_with_the_texts_to_be_translated(sheet, editor, round_, theme):
    written(sheet, editor)
    like = FactSheet.objects.get()
    other = fact_sheets.begin(by=editor, round=round_, theme=theme, language="ru", like=like)
    assert (other.ask_1, other.language, other.status) == (WRITTEN["ask_1"], "ru", SheetStatus.DRAFT)


# --- the way ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ({"ask_1": "word " * 31}, "31 of 30 words"),
        ({"ask_2": ""}, "two or three"),
        ({"question": " "}, "advance question"),
        ({"experience": ""}, "what people experience"),
        ({"contact": ""}, "Whom to ask"),
    ],
)
def test_what_is_not_whole_is_not_submitted(sheet, editor, text, said):
    with pytest.raises(Refused, match=said):
        workflow.perform(written(sheet, editor, **text), "submit", by=editor)


def test_thirty_words_may_be_read_out(sheet, editor):
    submitted = workflow.perform(written(sheet, editor, ask_1="word " * 30), "submit", by=editor)
    assert submitted.status == SheetStatus.SUBMITTED


def test_who_wrote_in_it_does_not_approve_it(sheet, editor, reviewer):
    both = make_person(Role.EDITOR, Role.REVIEWER, organisation=editor.organisation)
    submitted = workflow.perform(written(sheet, both), "submit", by=editor)
    with pytest.raises(Refused, match="another person"):
        workflow.perform(submitted, "approve", by=both)
    assert workflow.perform(submitted, "approve", by=reviewer).status == SheetStatus.APPROVED
    with pytest.raises(IntegrityError), transaction.atomic():
        FactSheet.objects.update(submitted_by=editor, approved_by=editor)


# --- the document -----------------------------------------------------------------------------------------------------


def test_it_says_what_was_written_and_what_was_published_on_its_theme_alone(
    sheet, editor, reviewer, round_, settings
):
    settings.COALITION_NAME = "The Coalition (invented)"
    item = round_.items.get(recommendation__reference="KAZ-2-1.1")
    made = make_assessment(editor, item=item)
    made = assessments.perform(made, "submit", by=editor)
    made = assessments.perform(made, "approve", by=reviewer)
    written(sheet, editor)
    said = text_of(sheet)
    assert "Not yet assessed" in said  # approved, not published
    assert all(text.split("\n")[0] in said for text in WRITTEN.values())
    assert "The Coalition (invented)" in said
    assert "Stop blocking (invented)." in said
    assert "Norway" in said
    assert "Something else" not in said
    assert "Draft" in said
    assessments.perform(made, "publish", by=make_person(Role.COORDINATOR))
    assert "Not implemented" in text_of(sheet)


def test_once_approved_it_is_no_draft(sheet, editor, reviewer):
    submitted = workflow.perform(written(sheet, editor), "submit", by=editor)
    workflow.perform(submitted, "approve", by=reviewer)
    assert "Draft" not in text_of(sheet)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_it_fits_one_tagged_page_in_each_language(editor, round_, theme, language):
    sheet = fact_sheets.begin(by=editor, round=round_, theme=theme, language=language)
    written(sheet, editor)
    stream = io.BytesIO()
    fact_sheets.write(FactSheet.objects.get(), "pdf", stream)
    read = pypdf.PdfReader(stream)
    assert read.trailer["/Root"]["/Lang"].lower().startswith(language)
    assert b"pdfuaid:part" in read.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert len(read.pages) == 1


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_person_begins_writes_and_submits_on_the_pages(client, editor, round_, theme):
    client.force_login(editor)
    client.post(reverse("fact_sheet_new"), {"round": round_.pk, "theme": theme.pk, "language": "en"})
    sheet = FactSheet.objects.get()
    edit = reverse("fact_sheet_edit", args=[sheet.pk])
    assert 'data-word-limit="30"' in client.get(edit).content.decode()
    assert client.post(edit, WRITTEN | {"revision": 1}).status_code == 302
    stale = client.post(edit, WRITTEN | {"revision": 1, "question": "Other?"})
    assert stale.status_code == 409
    assert "Other?" in stale.content.decode()
    act = reverse("fact_sheet_action", args=[sheet.pk, "submit"])
    assert client.post(act, {"revision": 1}).status_code == 409
    assert client.post(act, {"revision": 2}).status_code == 302
    assert FactSheet.objects.get().status == SheetStatus.SUBMITTED


def test_the_page_says_when_it_is_longer_than_one_page(client, sheet, editor):
    client.force_login(editor)
    written(sheet, editor)
    url = reverse("fact_sheet_detail", args=[sheet.pk])
    assert "Shorten it" not in client.get(url).content.decode()
    written(sheet, editor, experience="A long sentence (invented). " * 400)
    assert "Shorten it" in client.get(url).content.decode()


def test_drafts_are_seen_by_their_writers_submitted_ones_by_members_approved_ones_by_observers(
    client, sheet, editor, reviewer
):
    stranger, observer = make_person(Role.EDITOR), make_person(Role.OBSERVER)
    url = reverse("fact_sheet_detail", args=[sheet.pk])

    def opens_for(person):
        client.force_login(person)
        return client.get(url).status_code == 200

    assert [opens_for(one) for one in (editor, stranger, observer)] == [True, False, False]
    submitted = workflow.perform(written(sheet, editor), "submit", by=editor)
    assert [opens_for(one) for one in (stranger, observer)] == [True, False]
    workflow.perform(submitted, "approve", by=reviewer)
    assert opens_for(observer)
    assert editor.name not in client.get(url).content.decode()


def test_the_list_asks_the_database_as_often_for_many_sheets_as_for_one(client, sheet, editor, round_, theme):
    client.force_login(editor)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("fact_sheet_list"))
        return len(queries)

    asked()
    few = asked()
    for _number in range(9):
        fact_sheets.begin(by=editor, round=round_, theme=theme, language="en")
    assert asked() == few
