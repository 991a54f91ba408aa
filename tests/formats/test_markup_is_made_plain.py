"""Texts out of databases: markup and entities go, broken words are mended; all texts here are invented."""

import pytest

from recommendations.formats.markup import language_of, mend_words, plain_text


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("<p>Invented text</p>", "Invented text"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br />Three", "One\nTwo\nThree"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
        ('<span lang="EN-GB" style="color:red">Invented</span> <b>text</b>', "Invented text"),
        ("Invented &amp; text", "Invented & text"),
        ("Invented &amp;quot;text&amp;quot;", "Invented “text”".replace("“", '"').replace("”", '"')),
        ("&lt;p&gt;Invented&lt;/p&gt;", "Invented"),
        ("Invented&nbsp;&nbsp;text", "Invented text"),
        ("Invented <script>alert(1)</script>text", "Invented text"),
        ("Invented <!-- note -->text", "Invented text"),
        ("children < 18 years and > 3", "children < 18 years and > 3"),
        ("the <Spain> of", "the <Spain> of"),
        ("<p class='x", "<p class='x"),
        ("  \u200bInvented\u00ad text\u00a0 ", "Invented text"),
        ("", ""),
    ],
)
def test_markup_and_entities_go(given, plain):
    assert plain_text(given) == plain


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("the State P arty should", "the State Party should"),
        ("Indigenous P eoples ’ rights", "Indigenous Peoples’ rights"),
        ("peoples ’ lands", "peoples’ lands"),
        ("the Committee ’ s comment", "the Committee’s comment"),
        ("supply chain s ;", "supply chains;"),
        ("supply chain s of", "supply chains of"),
        ("non ‑ compliance", "non‑compliance"),
        ("the Covenant , into", "the Covenant, into"),
        ("affecting them .", "affecting them."),
        ("the achieve ment of", "the achievement of"),
        ("and ensur e robust", "and ensure robust"),
        ("i s not yet", "is not yet"),
        ("the imple mentation of", "the imple mentation of"),
        # What may be meant stays.
        ("hepatitis C treatment", "hepatitis C treatment"),
        ("a child and I", "a child and I"),
        ("in part A of annex B the", "in part A of annex B the"),
        ("the right (a) to life", "the right (a) to life"),
        ("items a) and b) of", "items a) and b) of"),
        ("article 5 b of", "article 5 b of"),
        ("2009 – 2014", "2009 – 2014"),
        ("States parties’ reports", "States parties’ reports"),
        ("persons with out", "persons with out"),
        ("sub - paragraph", "sub - paragraph"),
        ("etc ... and", "etc ... and"),
    ],
)
def test_broken_words_are_mended_where_nothing_else_can_be_meant(broken, whole):
    assert mend_words(broken) == whole


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Adopt an invented law that protects the rights of all", "en"),
        ("Adopter une loi inventée pour la protection des droits et du climat dans les villes", "fr"),
        ("Adoptar una ley inventada para que la protección de los derechos y del clima", "es"),
        ("Принять вымышленный закон", "ru"),
        ("Ойдан шығарылған заңды қабылдау қажет өңірлерде", "kk"),
        ("اعتماد قانون", "ar"),
        ("通过一项法律", "zh"),
        ("Ratify", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_text(text, code):
    assert language_of(text) == code


@pytest.mark.parametrize(
    "text", ["<" * 200_000, "<p " * 100_000, "&amp;" * 100_000, "<!--" * 50_000, "a " * 200_000]
)
def test_a_hostile_text_takes_no_time(text):
    mend_words(plain_text(text))
