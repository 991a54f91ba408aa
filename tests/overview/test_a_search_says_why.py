"""Each result of a search shows the words that were found, marked, and in which text they stand."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations.overview.matched import why_found
from recommendations.vocabulary import TextKind
from recommendations.words.stems import found_in, query_terms
from tests.factories import (
    make_cycle,
    make_document,
    make_person,
    make_recommendation,
    make_state,
    make_theme,
)

LONG = "An invented beginning that goes on. " * 12 + "At the very end the camps are closed."


def held(text: str, query: str, language: str) -> list[str]:
    return [part for part, hits in found_in(text, query_terms(query), language) if hits]


@pytest.mark.parametrize(
    ("text", "query", "language", "words"),
    [
        ("Stop «torturing» people; torture, always.", "torture", "en", ["torturing", "torture"]),
        ("Расследовать все случаи пыток!", "расследование пытки", "ru", ["Расследовать", "пыток"]),
        ("Әйелдердің құқығын (қорғау)", "кукык айел", "kk", ["Әйелдердің", "құқығын"]),
        ("Follow the Universal Periodic Review up", "УПО", "en", ["Universal", "Periodic", "Review"]),
        ("решение Совета по правам человека", "СПЧ", "ru", ["Совета", "правам", "человека"]),
        ("Nothing of it", "torture", "en", []),
    ],
)
def test_the_words_are_marked_in_whatever_form_they_stand(text, query, language, words):
    assert held(text, query, language) == words
    assert "".join(part for part, _hits in found_in(text, query_terms(query), language)) == text


@pytest.fixture
def camp(db):
    """An invented recommendation with texts in two languages, a theme and a State that made it."""
    return make_recommendation(
        "124.26",
        document=make_document(
            make_cycle(make_state("KAZ", name_en="Kazakhstan", name_ru="Казахстан", name_kk="Қазақстан"), 2)
        ),
        texts=[
            ("en", TextKind.OFFICIAL, LONG),
            ("ru", TextKind.WORKING_TRANSLATION, "Закрыть лагеря <b>немедленно</b>"),
        ],
        recommending=[make_state("NOR", name_en="Norway", name_ru="Норвегия", name_kk="Норвегия")],
        themes=[make_theme("places", name_en="Places of detention", name_ru="Места лишения свободы")],
    )


def reasons(row, query):
    return [
        (one.where, [part for part, hit in one.pieces if hit])
        for one in why_found([row.pk], query, {row.pk: LONG})[row.pk]
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("camps", [("Official text (English)", ["camps"])]),
        ("лагерь", [("Working translation (Russian)", ["лагеря"])]),
        ("лишение свободы", [("Theme", ["лишения", "свободы"])]),
        ("норвегия", [("Made by", ["Норвегия"])]),
        ("KAZ-2-124", [("Reference", ["KAZ-2-124.26"])]),
        ("camp Norway", [("Official text (English)", ["camps"]), ("Made by", ["Norway"])]),
    ],
)
def test_each_reason_names_the_text_it_stands_in(camp, query, expected):
    assert reasons(camp, query) == expected


def test_a_passage_is_cut_between_words_about_the_word(camp):
    (found,) = why_found([camp.pk], "camps", {})[camp.pk]
    passage = "".join(part for part, _hit in found.pieces)
    assert passage.startswith("… ") and passage.endswith("the camps are closed.")
    assert len(passage) < 220


def test_a_paraphrase_beside_an_official_text_is_no_reason(db):
    row = make_recommendation(
        texts=[("en", TextKind.OFFICIAL, "Close the camp"), ("ru", TextKind.PARAPHRASE, "Закрыть учреждение")]
    )
    assert why_found([row.pk], "учреждение", {})[row.pk] == ()


def test_the_page_marks_the_words_and_escapes_the_rest(camp, client):
    client.force_login(make_person())
    page = client.get("/recommendations/", {"q": "лагерей"}).content.decode()
    assert "<mark>лагеря</mark> &lt;b&gt;" in page
    assert 'aria-label="Found in"' in page
    assert "<mark>" not in client.get("/recommendations/").content.decode()


def test_what_the_line_shows_is_not_said_again(db, client):
    make_recommendation(text="Close the camp (an invented sentence).")
    client.force_login(make_person())
    page = client.get("/recommendations/", {"q": "camps"}).content.decode()
    assert "<mark>camp</mark>" in page
    assert "Found in" not in page


def test_many_rows_cost_what_one_costs(camp):
    others = [
        make_recommendation(text=f"Close camp {number}", document=camp.document).pk for number in range(9)
    ]
    with CaptureQueriesContext(connection) as one:
        why_found([camp.pk], "camp", {})
    with CaptureQueriesContext(connection) as many:
        why_found([camp.pk, *others], "camp", {})
    assert len(one) == len(many) <= 6
