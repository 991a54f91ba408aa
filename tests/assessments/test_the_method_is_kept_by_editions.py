"""The method in force is kept when a round is opened, and pages and documents go by what was kept."""

import io

import docx
import pytest
from django.utils import timezone

from recommendations.assessments import method
from recommendations.assessments.method_editions import keep_in_force, number_in_force, text_of
from recommendations.assessments.method_text import SOURCE, fingerprint, text_in_force
from recommendations.assessments.models import MethodEdition, Round
from recommendations.assessments.rounds import open_round
from recommendations.documents.renderers import RENDERERS
from recommendations.overview.build import build_summary
from recommendations.vocabulary import Audience, Language, Rating, Role, RoundPurpose
from tests.factories import make_cycle, make_person, make_recommendation, make_round

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def opened(title: str) -> Round:
    cycle = make_cycle()
    return open_round(
        by=make_person(Role.COORDINATOR),
        cycle=cycle,
        title=title,
        purpose=RoundPurpose.values[0],
        cutoff_on=TODAY,
        deadline=TODAY,
        recommendations=[make_recommendation(cycle=cycle)],
    )


@pytest.fixture
def reworded(monkeypatch):
    """From now on the code defines one rating in other words."""
    monkeypatch.setitem(method.DEFINITIONS, Rating.FULLY, "Everything asked for is in place.")


def test_rounds_under_an_unchanged_method_share_one_edition():
    first, second = opened("First"), opened("Second")
    assert first.method_edition == second.method_edition == method.METHOD_EDITION
    kept = MethodEdition.objects.get()
    assert set(kept.text) == set(Language.values)
    assert kept.text["ru"] == text_in_force("ru") != kept.text["en"]


def test_a_changed_definition_makes_a_new_edition_and_earlier_rounds_keep_theirs(monkeypatch):
    first = opened("First")
    before = text_in_force("en")
    monkeypatch.setitem(method.DEFINITIONS, Rating.FULLY, "Everything asked for is in place.")
    second = opened("Second")
    assert second.method_edition == number_in_force() == f"{method.METHOD_EDITION}.2"
    assert text_of(first.method_edition, "en") == before
    assert text_of(second.method_edition, "en") == text_in_force("en") != before


def test_going_back_to_the_earlier_words_goes_back_to_their_edition(monkeypatch):
    keep_in_force(at=timezone.now())
    with monkeypatch.context() as other:
        other.setitem(method.DEFINITIONS, Rating.NOT, "Nothing is in place.")
        keep_in_force(at=timezone.now())
    assert keep_in_force(at=timezone.now()).number == method.METHOD_EDITION
    assert MethodEdition.objects.count() == 2


def test_the_definitions_of_edition_1_0_are_those_that_were_published():
    # Whoever changes a definition, a rule or the workflow table gives METHOD_EDITION a new number, then this line.
    published = {"1.0": "e5640d54ebd4a3553ac1b2d4998d3fa5e4fd4148d45821fe2d6bc97ed8fc2035"}
    assert fingerprint(text_in_force(SOURCE)) == published[method.METHOD_EDITION]


def test_a_document_prints_the_method_of_its_round_not_the_one_in_force(reworded):
    round_ = opened("Under other words")
    method.DEFINITIONS[Rating.FULLY] = "Words of later."
    summary = build_summary(cycle=round_.cycle, round=round_, audience=Audience.COALITION, language="en")
    stream = io.BytesIO()
    RENDERERS["docx"](summary, stream)
    tables = docx.Document(io.BytesIO(stream.getvalue())).tables
    said = " ".join(cell.text for table in tables for row in table.rows for cell in row.cells)
    assert "Everything asked for is in place." in said
    assert "Words of later." not in said


def test_the_page_of_an_edition_shows_what_was_kept(client, monkeypatch):
    round_ = opened("First")
    monkeypatch.setitem(method.DEFINITIONS, Rating.FULLY, "Everything asked for is in place.")
    client.force_login(make_person(Role.OBSERVER))
    kept = client.get(f"/method/{round_.method_edition}/").content.decode()
    assert "no longer in force" in kept
    assert "Everything asked for is in place." not in kept
    assert "First" in kept
    now = client.get("/method/").content.decode()
    assert "Everything asked for is in place." in now


def test_a_round_from_before_editions_were_kept_leads_to_the_method_in_force(client):
    make_round(method_edition="0.9")
    client.force_login(make_person(Role.OBSERVER))
    assert client.get("/method/0.9/")["Location"] == "/method/"
    assert client.get("/method/0.8/").status_code == 404


@pytest.mark.parametrize(("open_to_all", "status"), [(True, 200), (False, 302)])
def test_everybody_reads_it_while_the_public_pages_are_open(client, settings, open_to_all, status):
    settings.PUBLIC_PAGES = open_to_all
    round_ = opened("A round’s title")
    for address in ("/method/", f"/method/{round_.method_edition}/"):
        answer = client.get(address)
        assert answer.status_code == status
        assert "A round’s title" not in answer.content.decode()


def test_the_pages_of_round_and_cycle_lead_to_their_edition(client):
    round_ = opened("First")
    client.force_login(make_person(Role.COORDINATOR))
    for address in (f"/rounds/{round_.pk}/", f"/cycles/{round_.cycle.key}/"):
        assert f'href="/method/{round_.method_edition}/"' in client.get(address).content.decode()
