import pytest

from recommendations.words.citations import cited_numbers, replace_citations, split_citations, unknown_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Blocked [E-12].", [12]),
        ("[E-12] again [E-12], then [e-3]", [12, 3]),
        ("[E-12, E-15; E-7]", [12, 15, 7]),
        ("[Е-12] typed on a Russian keyboard, [E–5] with a dash, [ E 6 ] with blanks", [12, 5, 6]),
        ("no citation: E-12, [12], [E-], [E-x], [[]]", []),
    ],
)
def test_citations_are_found(text, numbers):
    assert cited_numbers(text) == numbers


def test_numbers_that_do_not_exist_are_named():
    assert unknown_numbers("[E-1] [E-2] [E-99]", {1, 2}) == [99]


def test_a_citation_is_replaced_by_what_the_caller_makes_of_it():
    assert replace_citations("a [E-2, E-1] b", lambda numbers: f"<{numbers}>") == "a <[2, 1]> b"


def test_the_parts_keep_every_other_sign():
    assert split_citations("<b> [E-1][E-2] end") == ["<b> ", [1], [2], " end"]
    assert split_citations("") == []
