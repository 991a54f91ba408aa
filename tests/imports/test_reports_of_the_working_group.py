"""A report in English, then the same in other languages: through the whole import."""

import pytest

from recommendations.catalogue.models import Recommendation, RecommendationText, StateClaim
from recommendations.catalogue.reference import load_reference
from recommendations.imports.commanding import import_file, state_named
from tests.formats import invented_working_group_report as invented
from tests.formats.words_of_the_report import LANGUAGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(tmp_path):
    load_reference()

    def bring(content, ending):
        path = tmp_path / f"report.{ending}"
        path.write_bytes(content)
        return import_file(path, state=state_named("KAZ"), dry_run=False)

    return bring


def counts(told):
    assert (told["problems"], told["doubts"]) == ([], [])
    return told["created"], told["updated"], told["unchanged"]


def texts(language):
    rows = RecommendationText.objects.filter(language=language)
    return dict(rows.values_list("recommendation__paragraph", "text"))


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_texts_of_another_language_join_their_recommendations_by_number(bring, language):
    assert counts(bring(invented.make_docx(), "docx")) == (18, 0, 0)
    before = list(Recommendation.objects.order_by("pk").values_list("position", "reference"))

    assert counts(bring(invented.make_pdf(language=language), "pdf")) == (0, 18, 0)

    lists = invented.lists_of(language)
    assert texts(language) == {label: text for each in lists for label, text in each.items}
    assert list(Recommendation.objects.order_by("pk").values_list("position", "reference")) == before
    assert StateClaim.objects.count() == 16
    assert counts(bring(invented.make_docx(language=language), "docx")) == (0, 0, 18)
    assert counts(bring(invented.make_pdf(), "pdf")) == (0, 0, 18)


def test_another_number_of_paragraphs_stops_the_import_with_both_counts(bring):
    bring(invented.make_docx(), "docx")
    fewer = invented.lists_of("ru")
    del fewer[1].items[-1]

    told = bring(invented.make_docx(fewer, language="ru"), "docx")

    (problem,) = told["problems"]
    assert "17 in the file, 18 here" in problem["message"] and "125.12" in problem["message"]
    assert texts("ru") == {}


def test_another_number_of_states_stops_the_import_with_both_counts(bring):
    bring(invented.make_docx(), "docx")
    lists = invented.lists_of("ru")
    lists[0].items[2] = ("124.3", f"{LANGUAGES['ru'].text} (Испания);")

    told = bring(invented.make_docx(lists, language="ru"), "docx")

    (problem,) = told["problems"]
    assert "KAZ-2-124.3: 1 in the file, 2 here" in problem["message"]
    assert texts("ru") == {}


def test_word_and_pdf_give_the_same_recommendations(bring):
    assert counts(bring(invented.make_pdf(), "pdf")) == (18, 0, 0)
    assert counts(bring(invented.make_docx(), "docx")) == (0, 0, 18)


def test_a_state_that_is_not_known_is_named_with_its_paragraph(bring):
    lists = invented.lists_of()
    lists[0].items[0] = ("124.1", "Invented text (Inventia);")

    told = bring(invented.make_docx(lists), "docx")

    assert "paragraph 124.1" in told["problems"][0]["message"]
    assert "“Inventia”" in told["problems"][0]["message"]
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Iran (République islamique d’)", "IRN"),
        ("Bolivia (Estado Plurinacional de)", "BOL"),
        ("المملكة المتحدة لبريطانيا العظمى وأيرلندا الشمالية", "GBR"),
        ("委内瑞拉（玻利瓦尔共和国）", "VEN"),
        ("Соединенные Штаты Америки", "USA"),
    ],
)
def test_states_are_known_by_the_names_that_the_un_gives_them_in_its_languages(label, code):
    load_reference()

    assert state_named(label).code == code
