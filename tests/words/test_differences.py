from hypothesis import given
from hypothesis import strategies as st

from recommendations.words.compare import Segment, word_differences

WORDS = st.lists(st.sampled_from(["the", "right", "to", "vote", " ", "\n", ",", "(Spain)", "ҚР"])).map(
    " ".join
)


@given(WORDS, WORDS)
def test_the_segments_give_back_both_texts(old, new):
    found = word_differences(old, new)
    assert "".join(part.text for part in found if part.kind != "ins") == old
    assert "".join(part.text for part in found if part.kind != "del") == new


def test_a_changed_word_is_one_deletion_and_one_insertion():
    assert word_differences("Ratify the Statute", "Sign the Statute") == [
        Segment("del", "Ratify"),
        Segment("ins", "Sign"),
        Segment("same", " the Statute"),
    ]


def test_a_rewritten_phrase_is_not_cut_up_at_its_blanks():
    assert word_differences("a torture case b", "a fair trial b") == [
        Segment("same", "a "),
        Segment("del", "torture case"),
        Segment("ins", "fair trial"),
        Segment("same", " b"),
    ]


def test_equal_texts_differ_nowhere():
    assert word_differences("same", "same") == [Segment("same", "same")]
    assert word_differences("", "") == []
