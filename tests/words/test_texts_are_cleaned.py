import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.words.clean import clean_line, clean_text, fold_label


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("  two \t  blanks\u00a0here ", "two blanks here"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u200fmarks\u200e \u202bgo\u202c\ufeff", "marks go"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("a \n\n\n\n b", "a\n\nb"),
        ("cafe\u0301", "café"),
        ("lone \ud800 surrogate", "lone surrogate"),
    ],
)
def test_dirt_of_files_is_taken_off(dirty, clean):
    assert clean_text(dirty) == clean


def test_html_entities_are_resolved_only_where_asked_and_also_when_escaped_twice():
    assert clean_text("A &amp; B") == "A &amp; B"
    assert clean_text("A &amp; B&nbsp;&amp;quot;C&amp;quot;", entities=True) == 'A & B "C"'


def test_a_line_holds_no_line_end():
    assert clean_line("one\n\n two") == "one two"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Côte d’Ivoire", "COTE  D'IVOIRE*"),
        ("Timor-Leste", "timor–leste"),
        ("Timor-Leste", "Timor Leste"),
        ("Türkiye", "turkiye "),
        ("Guinea\u2010Bissau", "Guinea-Bissau"),
        ("Lao People's Democratic Republic", "Lao People’s Democratic Republic"),
        ("Trinidad & Tobago", "Trinidad and Tobago"),
        ("Королёвство", "королевство"),
        ("São Tomé", "Sao\u00a0Tome\u00ad"),
        ("Қазақстан", "ҚАЗАҚСТАН"),
        ("Côte dʼIvoire", "Cote dIvoire"),
    ],
)
def test_two_spellings_of_one_label_meet(one, other):
    assert fold_label(one) == fold_label(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Niger", "Nigeria"), ("Гвинея", "Гвинеи"), ("Қазақстан", "Казахстан"), ("йод", "иод")]
)
def test_two_labels_stay_apart(one, other):
    assert fold_label(one) != fold_label(other)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert fold_label(fold_label(text)) == fold_label(text)
