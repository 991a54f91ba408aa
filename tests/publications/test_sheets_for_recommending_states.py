"""A recommending State gets a sheet that quotes its own wording and says what was answered, found, and to be asked."""

import io

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recommendations.assessments import workflow as assessments
from recommendations.catalogue.models import Document
from recommendations.publications import state_sheets
from recommendations.vocabulary import Audience, PositionKind, Role
from tests.exports import reading
from tests.factories import (
    make_assessment,
    make_cited_evidence,
    make_cluster,
    make_cycle,
    make_person,
    make_recommendation,
    make_round,
    make_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def states():
    return make_state("NOR", name_en="Norway"), make_state("FRA", name_en="France")


@pytest.fixture
def round_(states):
    norway, france = states
    both = make_recommendation(
        "1.1", text="Stop it (invented).", position=PositionKind.SUPPORTED, recommending=[norway, france]
    )
    both.recommending.filter(state=norway).update(wording="Stop it at once (invented).")
    alone = make_recommendation("1.2", text="Ratify it (invented).", recommending=[france])
    return make_round(both, alone)


@pytest.fixture
def assessed(round_):
    """Both recommendations, approved but not published."""
    editor, reviewer = make_person(Role.EDITOR), make_person(Role.REVIEWER)
    cluster = make_cluster(round_)
    item = make_cited_evidence(editor)
    made = make_assessment(editor, cluster=cluster, next_ask=f"Repeal the article [{item.label}].")
    made = assessments.perform(made, "submit", by=editor)
    return assessments.perform(made, "approve", by=reviewer)


def text_of(round_, state, *, audience=Audience.COALITION, language="en"):
    stream = io.BytesIO()
    assert state_sheets.write(
        stream,
        format="docx",
        cycle=make_cycle(),
        round=round_,
        audience=audience,
        language=language,
        state=state,
    )
    return reading.document_text(stream.getvalue())


def test_a_sheet_quotes_the_wording_of_its_state_and_holds_only_what_that_state_asked(round_, states):
    norway, france = states
    hers = text_of(round_, norway)
    assert "“Stop it at once (invented).”" in hers
    assert "Ratify it" not in hers
    others = text_of(round_, france)
    assert "“Stop it (invented).”" in others
    assert "“Ratify it (invented).”" in others


def test_it_says_the_answer_with_its_document_what_came_of_it_and_what_to_ask_next(assessed, round_, states):
    said = text_of(round_, states[0])
    assert "Supported" in said
    assert Document.objects.get().symbol in said
    assert "Not implemented" in said
    assert "Repeal the article" in said
    assert "E-" not in said


def test_what_is_not_published_stands_in_no_sheet_for_the_public(assessed, round_, states):
    said = text_of(round_, states[0], audience=Audience.PUBLIC)
    assert "Not yet assessed" in said
    assert "Repeal the article" not in said


def test_the_booklet_holds_every_state_in_the_order_of_its_name(round_):
    said = text_of(round_, None)
    assert said.index("France") < said.index("Norway")
    assert said.count("“") == 3


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pdf_is_tagged_in_its_language_and_a_short_sheet_fits_one_page(
    assessed, round_, states, language
):
    stream = io.BytesIO()
    state_sheets.write(
        stream,
        format="pdf",
        cycle=make_cycle(),
        round=round_,
        audience=Audience.COALITION,
        language=language,
        state=states[0],
    )
    read = pypdf.PdfReader(stream)
    assert read.trailer["/Root"]["/Lang"].lower().startswith(language)
    assert b"pdfuaid:part" in read.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert len(read.pages) == 1


def test_a_state_that_recommended_nothing_has_no_sheet(client, round_):
    make_state("CHE", name_en="Switzerland")
    client.force_login(make_person(Role.EDITOR))
    assert client.get(reverse("state_sheet_file", args=["KAZ-2", "CHE", "docx"])).status_code == 404
    assert client.get(reverse("state_sheet_file", args=["KAZ-2", "NOR", "exe"])).status_code == 404


def test_the_page_lists_the_states_with_their_sheets_for_the_public_first(client, round_):
    client.force_login(make_person(Role.OBSERVER))
    page = client.get(reverse("state_sheets", args=["KAZ-2"])).content.decode()
    assert "Norway" in page
    assert "audience=public" in page
    assert "Coalition" not in page
    file = client.get(reverse("state_sheet_file", args=["KAZ-2", "NOR", "docx"]))
    assert b"".join(file.streaming_content).startswith(b"PK")
    refused = client.get(
        reverse("state_sheet_file", args=["KAZ-2", "NOR", "docx"]), {"audience": "coalition"}
    )
    assert refused.status_code == 403


def test_the_list_leads_to_the_sheets_once_a_state_and_a_cycle_are_chosen(client, round_):
    client.force_login(make_person(Role.EDITOR))
    url, sheets = reverse("recommendation_list"), reverse("state_sheets", args=["KAZ-2"])
    assert sheets not in client.get(url, {"recommending": "NOR"}).content.decode()
    assert sheets in client.get(url, {"recommending": "NOR", "cycle": "KAZ-2"}).content.decode()


def test_the_page_asks_the_database_as_often_for_many_states_as_for_one(client, round_):
    client.force_login(make_person(Role.EDITOR))
    url = reverse("state_sheets", args=["KAZ-2"])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    make_recommendation("1.3", recommending=[make_state() for _number in range(10)])
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(few) == len(many)
